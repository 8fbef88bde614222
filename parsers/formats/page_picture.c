/* page_picture - see page_picture.h. */
#include "parsers/formats/page_picture.h"

#include <string.h>

enum { MARKS_MAX = 500, ROOM_POINTS = 2 };

gboolean page_picture_is(const Text *text, guint part, guint page) {
  return text->wanted && text->wanted->wish->part == part && text->wanted->wish->page == page;
}

double page_picture_scale(const Text *text, double width, double height) {
  guint side = text->wanted->wish->side;
  return CLAMP(side, 1, WIRE_PAGE_SIDE_MAX) / MAX(MAX(width, height), 1);
}

/* A marker pen's yellow under the letters, and a frame around. */
static void mark(cairo_t *cairo, const Wire__PageMark *place) {
  cairo_rectangle(cairo, place->x - ROOM_POINTS, place->y - ROOM_POINTS,
                  place->width + 2 * ROOM_POINTS, place->height + 2 * ROOM_POINTS);
  cairo_set_operator(cairo, CAIRO_OPERATOR_MULTIPLY);
  cairo_set_source_rgb(cairo, 1, 0.93, 0.45);
  cairo_fill_preserve(cairo);
  cairo_set_operator(cairo, CAIRO_OPERATOR_OVER);
  cairo_set_source_rgb(cairo, 0.75, 0.45, 0);
  cairo_set_line_width(cairo, 1);
  cairo_stroke(cairo);
}

static cairo_status_t append(void *data, const unsigned char *bytes, unsigned int length) {
  GByteArray *png = data;
  if (png->len + length > WIRE_PAGE_MAX_BYTES) return CAIRO_STATUS_WRITE_ERROR;
  g_byte_array_append(png, bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

void page_picture_keep(Text *text, cairo_surface_t *surface, double width, double height) {
  PagePicture *picture = text->wanted;
  page_picture_clear(picture);
  cairo_t *cairo = cairo_create(surface);
  cairo_scale(cairo, cairo_image_surface_get_width(surface) / MAX(width, 1),
              cairo_image_surface_get_height(surface) / MAX(height, 1));
  for (gsize i = 0; i < picture->wish->n_marks && i < MARKS_MAX; i++)
    mark(cairo, picture->wish->marks[i]);
  cairo_destroy(cairo);
  GByteArray *png = g_byte_array_new();
  cairo_status_t status = cairo_surface_write_to_png_stream(surface, append, png);
  picture->png = g_byte_array_free_to_bytes(png);
  picture->width = width;
  picture->height = height;
  if (status == CAIRO_STATUS_SUCCESS) return;
  page_picture_clear(picture);
  g_ptr_array_add(text->notes,
                  g_strdup("page left out: its picture is longer than a reply may be"));
}

void page_picture_clear(PagePicture *picture) {
  g_clear_pointer(&picture->png, g_bytes_unref);
}
