/* desk_text - a person's own words, made fit to be sent. Pure. */
#pragma once
#include <glib.h>

/* `text` in NFC with "\n" for every line end, without control characters but tabs, without white
 * space at its end and empty lines at its beginning. The caller frees. NULL with
 * DESK_ERROR_INVALID: nothing in it, no UTF-8, or over DESK_TEXT_MAX_BYTES. */
char *desk_text_check(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
