/* pdf_drawing - what is drawn on a page besides its text: the rules of tables, tick boxes, strokes
 * through words.
 *
 * The page is painted in grey, two pixels a point, and looked at. Coordinates are points from the
 * top left. Private to pdf_read. */
#pragma once
#include <poppler.h>

#include "parsers/formats/pdf_page.h"

typedef struct PdfDrawing PdfDrawing;

/* NULL: the page is larger than `pixels` would show. */
PdfDrawing *pdf_drawing_new(PopplerPage *page, guint64 pixels);
void pdf_drawing_free(PdfDrawing *drawing);

/* The ruled cell around the box of a text; FALSE: it stands in none. */
gboolean pdf_drawing_cell(const PdfDrawing *drawing, const PdfBox *text, PdfBox *ret_cell);

/* Does an upright rule stand between x0 and x1 at height y? */
gboolean pdf_drawing_parts(const PdfDrawing *drawing, double x0, double x1, double y);

/* Is there a tick box right before the text? *ret_ticked: with something in it. */
gboolean pdf_drawing_tick(const PdfDrawing *drawing, const PdfBox *text, PdfBox *ret_box,
                          gboolean *ret_ticked);

/* Is the text struck out by a line through its middle? */
gboolean pdf_drawing_struck(const PdfDrawing *drawing, const PdfBox *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfDrawing, pdf_drawing_free)
