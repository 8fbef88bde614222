/* flowed - text for format=flowed (RFC 3676): lines of at most 72 columns, so that it reads well on
 * a terminal and on a telephone alike. Pure. */
#pragma once
#include <glib.h>

enum { FLOWED_COLUMNS = 72 };

/* Does this text need delsp=yes? It does where it is written without spaces (Japanese): then a soft
 * line break is one space more, which the reader deletes (4.1, 4.5); elsewhere the line's own last
 * space is the break, which older readers show rightly too. */
gboolean flowed_delsp(const char *text);

/* Wrap and space-stuff `text` (UTF-8, LF). Ends with a line end. The caller frees. */
char *flowed_write(const char *text, gboolean delsp);
