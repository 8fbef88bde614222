/* util - what GLib 2.74 lacks. */
#pragma once
#include <glib.h>

/* Replace an owned string by a copy of `value` (NULL allowed). As g_set_str of GLib 2.76. */
static inline void string_set(char **at, const char *value) {
  char *copy = g_strdup(value);
  g_free(*at);
  *at = copy;
}
