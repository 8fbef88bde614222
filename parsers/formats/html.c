#include "parsers/formats/format.h"
gboolean html_read(const MimePart *part, const Wire__Limits *limits, Text *text) { return plain_read(part, limits, text); }
