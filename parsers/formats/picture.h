/* picture - pictures that may be bulletins: scans, photographs, pages of a PDF without text.
 *
 * bulletin-parser cannot read them: it marks the text, and the message is read once more by
 * bulletin-scan, which has a reader. */
#pragma once
#include "parsers/text.h"

/* A picture as a file (JPEG, PNG, TIFF, …), or as pixels of four bytes (blue, green, red, none). */
struct Picture {
  GBytes *encoded; /* NULL: pixels */
  const guint8 *pixels;
  int width, height, stride;
  guint page; /* of the document that it stands in, from 1; 0: none */
};

/* Could the picture be a page, by its size, and no logo, banner or smiley? Told from its header
 * alone; TRUE where that does not say. */
gboolean picture_is_page(GBytes *encoded);

/* How many pages of the picture can be shown to a person: those of a TIFF, else 1; none of what is
 * no picture that bulletin-scan reads, a small one (an icon, a line of a signature), one over the
 * limit page_pixels. Told from its header alone. */
guint picture_pages(GBytes *encoded, const Wire__Limits *limits);

/* Read the picture; without a reader text->pictures is set and FALSE returned. */
gboolean picture_read(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                      Text *text);
