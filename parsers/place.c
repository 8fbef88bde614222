/* place - see place.h. */
#include "parsers/place.h"

void place_add(TextLine *line, TextPlace place) {
  if (!line->places) line->places = g_array_new(FALSE, FALSE, sizeof(TextPlace));
  g_array_append_val(line->places, place);
}

/* How wide a text is in the print, in halves of an ideograph. */
static guint columns(const char *text, guint length) {
  guint n = 0;
  for (const char *p = text; p < text + length; p = g_utf8_next_char(p))
    n += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
  return n;
}

/* The part of the place that the bytes from `start` to `end` take: letters are of one width. */
static TextPlace part_of(const TextPlace *place, const char *line, guint start, guint end) {
  TextPlace part = *place;
  part.start = MAX(place->start, start);
  part.end = MIN(place->end, end);
  double whole = MAX(columns(line + place->start, place->end - place->start), 1);
  double before = columns(line + place->start, part.start - place->start);
  part.x += place->width * before / whole;
  part.width = place->width * columns(line + part.start, part.end - part.start) / whole;
  return part;
}

void place_value(FieldValue *value, const TextLine *line) {
  gboolean found = FALSE;
  double right = 0, bottom = 0;
  for (guint i = 0; line->places && i < line->places->len; i++) {
    const TextPlace *place = &g_array_index(line->places, TextPlace, i);
    if (place->start >= value->end || place->end <= value->start) continue;
    TextPlace part = part_of(place, line->text, value->start, value->end);
    value->x = found ? MIN(value->x, part.x) : part.x;
    value->y = found ? MIN(value->y, part.y) : part.y;
    right = found ? MAX(right, part.x + part.width) : part.x + part.width;
    bottom = found ? MAX(bottom, part.y + part.height) : part.y + part.height;
    value->confidence = MIN(value->confidence, part.confidence);
    found = TRUE;
  }
  if (!found) return;
  value->width = right - value->x;
  value->height = bottom - value->y;
}
