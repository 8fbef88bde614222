/* scan_read - what a picture says, by Tesseract: the reader of pictures of bulletin-scan.
 *
 * French and English first; Japanese where they make no sense of it. Everything is loaded by
 * scan_read_start, before the sandbox is entered. */
#pragma once
#include "parsers/formats/picture.h"

/* Load the languages that are installed. FALSE with an error: none is. */
gboolean scan_read_start(GError **error);

/* A PictureReader. */
gboolean scan_read(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                   Text *text);
