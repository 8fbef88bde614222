/* place - where on its page a piece of a line stands, for documents that have pages to look at.
 *
 * Distances are points (1/72 inch) from the page's top left; the longer side of a picture counts
 * 842 points, as A4's does. */
#pragma once
#include "parsers/extraction.h"
#include "parsers/text.h"

typedef struct TextPlace {
  guint start, end; /* bytes of the line, end exclusive */
  double x, y, width, height;
  guint confidence; /* 0..100: how surely its letters were read; 100: they were printed as such */
} TextPlace;

/* Note where bytes of the line stand. */
void place_add(TextLine *line, TextPlace place);

/* Give the value the rectangle around what stands at its place in its line, and no more confidence
 * than the letters there. Without places it stays as it is. */
void place_value(FieldValue *value, const TextLine *line);
