/* flowed - text for format=flowed; delsp=yes (RFC 3676): lines of at most 72 columns, so that it
 * reads well on a terminal and on a telephone alike. Pure. */
#pragma once
#include <glib.h>

enum { FLOWED_COLUMNS = 72 };

/* Wrap and space-stuff `text` (UTF-8, LF). A soft line break is the line's own last space plus one
 * that the reader deletes (4.1, 4.5), so that Japanese, which has no spaces, can be broken too.
 * Ends with a line end. The caller frees. */
char *flowed_write(const char *text);
