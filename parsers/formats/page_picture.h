/* page_picture - the picture of one page of a part, as it was read, with places marked on it.
 *
 * The formats that have pages hand the page over while they read it; what was turned or
 * straightened for reading is shown turned and straightened, so that the rectangles of values fit.
 */
#pragma once
#include <cairo.h>

#include "parsers/text.h"
#include "parsers/wire.h"

struct PagePicture {
  const Wire__PageWish *wish; /* which page, how large, what to mark */
  GBytes *png;                /* NULL: it was not met, or is too large for a reply */
  double width, height;       /* of the page, points */
};

/* Is that the page that is wished for? FALSE where no page is. */
gboolean page_picture_is(const Text *text, guint part, guint page);

/* How many pixels a point of the page should take, for a page of that size in points. */
double page_picture_scale(const Text *text, double width, double height);

/* Keep the page; `surface` is borrowed and painted on, width and height are its size in points. */
void page_picture_keep(Text *text, cairo_surface_t *surface, double width, double height);
void page_picture_clear(PagePicture *picture);
