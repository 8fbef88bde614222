/* harmless_out - see harmless_out.h. */
#include "parsers/formats/harmless_out.h"

#include <string.h>

#define NO_BREAK_SPACE "\302\240"
enum { CHARACTER_MAX_BYTES = 6, TAB_SPACES = 4 };

static gboolean has_room(HarmlessOut *out, gsize size) {
  if (out->cut) return FALSE;
  if (out->out->len + size + HARMLESS_RESERVE_BYTES <= out->max_bytes) return TRUE;
  g_string_append(out->out, HARMLESS_CUT);
  out->cut = TRUE;
  return FALSE;
}

static void append(HarmlessOut *out, const char *text) {
  if (has_room(out, strlen(text))) g_string_append(out->out, text);
}

static gboolean is_shown(gunichar c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return FALSE;
  return (c & 0xfffe) != 0xfffe && !(c >= 0xfdd0 && c <= 0xfdef);
}

static void append_character(HarmlessOut *out, const char *p, const char *next) {
  static const struct {
    char c;
    const char *escaped;
  } rows[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
  if (!is_shown(g_utf8_get_char(p))) return;
  out->said = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (*p == rows[i].c) {
      append(out, rows[i].escaped);
      return;
    }
  if (has_room(out, CHARACTER_MAX_BYTES)) g_string_append_len(out->out, p, next - p);
}

static gboolean is_white(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static gboolean ends_white(const HarmlessOut *out) {
  return out->out->len == 0 || out->out->str[out->out->len - 1] == ' ';
}

static void append_white(HarmlessOut *out, const char *p, const char *next, gboolean pre) {
  if (!pre) {
    if (!ends_white(out)) append(out, " ");
  } else if (*p == '\n') {
    append(out, "<br>");
  } else if (*p == '\t') {
    for (int i = 0; i < TAB_SPACES; i++) append(out, NO_BREAK_SPACE);
  } else if (*p == ' ') { /* one between two words is where a line may break */
    gboolean between = out->out->len > 0 && !ends_white(out) && *next && !is_white(*next) &&
                       !g_str_has_suffix(out->out->str, ">");
    append(out, between ? " " : NO_BREAK_SPACE);
  }
}

void harmless_out_text(HarmlessOut *out, const char *text, gsize size, gboolean pre) {
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)size);
  for (const char *p = valid, *next; *p && !out->cut; p = next) {
    next = g_utf8_next_char(p);
    if (is_white(*p))
      append_white(out, p, next, pre);
    else
      append_character(out, p, next);
  }
}

gboolean harmless_out_tag(HarmlessOut *out, const char *tag) {
  append(out, tag);
  return !out->cut;
}

void harmless_out_end(HarmlessOut *out, const char *name) {
  g_string_append_printf(out->out, "</%s>", name);
}

void harmless_out_note(HarmlessOut *out) {
  append(out, HARMLESS_CUT);
}
