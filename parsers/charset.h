/* charset - bytes of a labelled or unlabelled character set to UTF-8 (ICU).
 *
 * The label is believed only if the bytes fit it: valid UTF-8 wins over any other label,
 * ISO-2022-JP is known by its escapes, windows-31j and windows-1252 stand in for their narrower
 * names (WHATWG Encoding), aliases that ICU lacks stand in a table; then ICU's detector, then
 * windows-1252. */
#pragma once
#include <glib.h>

/* Returns UTF-8 (not yet NFC; NUL bytes become U+FFFD), owned by the caller. *ret_used, if not
 * NULL, is the static name of the character set that was used; *ret_guessed: not the label's. */
char *charset_to_utf8(const guint8 *data, gsize size, const char *label, const char **ret_used,
                      gboolean *ret_guessed);
