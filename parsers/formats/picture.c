/* picture - see picture.h. */
#include "parsers/formats/picture.h"

gboolean picture_read(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                      Text *text) {
  if (text->reader) return text->reader(part, picture, limits, text);
  text->pictures = TRUE;
  return FALSE;
}
