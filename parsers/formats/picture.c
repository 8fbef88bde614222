/* picture - see picture.h. */
#include "parsers/formats/picture.h"

static PictureReader reader_of_pictures; /* set once, before the first message */

void picture_set_reader(PictureReader reader) {
  reader_of_pictures = reader;
}

gboolean picture_has_reader(void) {
  return reader_of_pictures != NULL;
}

gboolean picture_read(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                      Text *text) {
  if (reader_of_pictures) return reader_of_pictures(part, picture, limits, text);
  text->pictures = TRUE;
  return FALSE;
}
