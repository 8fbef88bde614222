/* encoded_word - header text as RFC 2047 words that are whole: GMime writes a long word without
 * spaces, as Japanese is, as one line of any length and so breaks section 2. Pure. */
#pragma once
#include <glib.h>

/* Must `text` be encoded: not ASCII, "=?" in it, or a word too long for a line? */
gboolean encoded_word_needed(const char *text);

/* `text` (one line of UTF-8) as words of at most 75 bytes, each whole characters, "\n " between;
 * the first line leaves room for `first_bytes` of field name. The caller frees. */
char *encoded_word_write(const char *text, gsize first_bytes);
