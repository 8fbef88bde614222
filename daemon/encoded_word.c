#include "daemon/encoded_word.h"

#include <string.h>

enum {
  LINE_BYTES = 76,      /* of a line that holds an encoded word (RFC 2047 2) */
  WORD_BYTES = 75,      /* of a word */
  PLAIN_WORD_BYTES = 60 /* longer ones cannot be folded */
};

#define WORD_START "=?UTF-8?B?"
#define WORD_END "?="

gboolean encoded_word_needed(const char *text) {
  if (!g_str_is_ascii(text) || strstr(text, "=?")) return TRUE;
  for (const char *word = text; *word; word += strspn(word, " ")) {
    gsize length = strcspn(word, " ");
    if (length > PLAIN_WORD_BYTES) return TRUE;
    word += length;
  }
  return FALSE;
}

/* How many bytes of text a word of `room` bytes holds. */
static gsize capacity(gsize room) {
  return (MIN(room, WORD_BYTES) - strlen(WORD_START WORD_END)) / 4 * 3;
}

/* The end of what fits: whole characters, and no mark without its letter. */
static const char *piece_end(const char *at, gsize bytes) {
  const char *end = at, *best = at;
  while (*end) {
    const char *next = g_utf8_next_char(end);
    if ((gsize)(next - at) > bytes) break;
    end = next;
    if (!*end || !g_unichar_ismark(g_utf8_get_char(end))) best = end;
  }
  return best > at ? best : end;
}

char *encoded_word_write(const char *text, gsize first_bytes) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *out = g_string_new(NULL);
  gsize used = MIN(first_bytes, LINE_BYTES / 2);
  for (const char *at = valid; *at;) {
    const char *end = piece_end(at, capacity(LINE_BYTES - used));
    g_autofree char *code = g_base64_encode((const guchar *)at, (gsize)(end - at));
    g_string_append_printf(out, "%s" WORD_START "%s" WORD_END, out->len ? "\n " : "", code);
    used = 1;
    at = end;
  }
  return g_string_free(out, FALSE);
}
