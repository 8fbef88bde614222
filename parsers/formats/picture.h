/* picture - pictures that may be bulletins: scans, photographs, pages of a PDF without text.
 *
 * bulletin-parser cannot read them: it marks the text, and the message is read once more by
 * bulletin-scan, which sets a reader. */
#pragma once
#include "parsers/text.h"

/* A picture as a file (JPEG, PNG, TIFF, …), or as pixels of four bytes (blue, green, red, none). */
typedef struct {
  GBytes *encoded; /* NULL: pixels */
  const guint8 *pixels;
  int width, height, stride;
  guint page; /* of the document that it stands in, from 1; 0: none */
} Picture;

/* Append what the picture says. FALSE: it is none that can be read, or no bulletin (a logo). */
typedef gboolean (*PictureReader)(const MimePart *part, const Picture *picture,
                                  const Wire__Limits *limits, Text *text);

/* Once, at the start of bulletin-scan. */
void picture_set_reader(PictureReader reader);
gboolean picture_has_reader(void);

/* Read the picture; without a reader text->pictures is set and FALSE returned. */
gboolean picture_read(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                      Text *text);
