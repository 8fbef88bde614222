#include "daemon/desk/desk_text.h"

#include <string.h>

#include "daemon/desk/desk.h"
#include "daemon/log.h"

static char *fail(GError **error, const char *what) {
  g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID, "%s; right would be up to %d bytes of UTF-8",
              what, DESK_TEXT_MAX_BYTES);
  return NULL;
}

/* CRLF and CR become LF; other controls and what turns the reading round go. */
static char *clean(const char *text) {
  GString *out = g_string_sized_new(strlen(text));
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c == '\r' && at[1] == '\n') continue;
    if (c == '\r') c = '\n';
    if (c == '\n' || c == '\t' || !log_is_unsafe(c)) g_string_append_unichar(out, c);
  }
  return g_string_free(out, FALSE);
}

char *desk_text_check(const char *text, GError **error) {
  if (!text || !*text) return fail(error, "there is no text to send");
  if (strlen(text) > 2 * DESK_TEXT_MAX_BYTES) return fail(error, "the text is too long");
  g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  if (!normal) return fail(error, "the text is no UTF-8");
  g_autofree char *words = clean(normal);
  g_strchomp(words);
  const char *start = words;
  while (*start == '\n') start++;
  if (!*start) return fail(error, "there is no text to send");
  if (strlen(start) > DESK_TEXT_MAX_BYTES) return fail(error, "the text is too long");
  return g_strdup(start);
}
