/* util - what GLib 2.74 lacks. */
#pragma once
#include <glib.h>
#include <string.h>

/* Replace an owned string by a copy of `value` (NULL allowed). As g_set_str of GLib 2.76. */
static inline void string_set(char **at, const char *value) {
  char *copy = g_strdup(value);
  g_free(*at);
  *at = copy;
}

/* g_utf8_validate_len, with ASCII passed over eight bytes at a time: nearly all of what we write.
 */
static inline gboolean utf8_is_valid(const char *text, gsize size) {
  static const guint64 ones = 0x0101010101010101, highs = 0x8080808080808080;
  for (gsize i = 0; i < size;) {
    guint64 eight = highs;
    if (size - i >= sizeof eight) memcpy(&eight, text + i, sizeof eight);
    if (!((eight | (eight - ones)) & highs)) { /* neither beyond ASCII nor a NUL */
      i += sizeof eight;
    } else if (text[i] > 0) {
      i++;
    } else {
      gunichar c = text[i] ? g_utf8_get_char_validated(text + i, (gssize)(size - i)) : 0;
      if (!c || c >= (gunichar)-2) return FALSE;
      i += (gsize)g_utf8_skip[(guchar)text[i]];
    }
  }
  return TRUE;
}
