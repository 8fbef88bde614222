#include "daemon/flowed.h"

#include <string.h>

#include "daemon/util.h"

enum { FIRST_WIDE_LEAD = 0xE1 }; /* the first byte of U+1100 */

/* What may not begin a line, and what may not end one (JIS X 4051, the usual part). */
static const char no_start[] =
    "、。，．・：；？！）］｝」』】〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ～";
static const char no_end[] = "（［｛「『【〈《";

static gboolean is_in(const char *set, gunichar c) {
  return g_utf8_strchr(set, -1, c) != NULL;
}

static guint columns(gunichar c) {
  if (c >= ' ' && c < 0x7F) return 1;
  return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/* May a line end between `before` and `after`? */
static gboolean may_break(gunichar before, gunichar after, gboolean delsp) {
  if (before == ' ') return after != ' ';
  if (!delsp) return FALSE;
  if (after == ' ' || is_in(no_start, after) || is_in(no_end, before)) return FALSE;
  return g_unichar_iswide(before) && g_unichar_iswide(after);
}

/* The end of the first line of the paragraph `at`: the last place to break within the columns, else
 * the first one after them (a long word stays whole). */
static const char *line_end(const char *at, gboolean delsp) {
  const char *best = NULL;
  guint width = 0;
  gunichar before = 0;
  gsize bytes = strlen(at);
  if (bytes <= FLOWED_COLUMNS) return at + bytes; /* no character has more columns than bytes */
  for (const char *p = at; *p; p = g_utf8_next_char(p)) {
    gunichar c = (guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char(p);
    if (before && may_break(before, c, delsp)) {
      if (best && width > FLOWED_COLUMNS) return best;
      best = p;
      if (width > FLOWED_COLUMNS) return best;
    }
    width += columns(c);
    before = c;
  }
  return width > FLOWED_COLUMNS && best ? best : at + bytes;
}

static gboolean needs_stuffing(const char *line) {
  return *line == ' ' || *line == '>' || g_str_has_prefix(line, "From ");
}

static void append_line(GString *out, const char *start, const char *end, const char *mark) {
  if (needs_stuffing(start)) g_string_append_c(out, ' ');
  g_string_append_len(out, start, end - start);
  g_string_append(out, mark);
}

/* The mark above a signature keeps its space (4.3); elsewhere a space at the end would flow. */
static void append_paragraph(GString *out, char *paragraph, gboolean delsp) {
  if (strcmp(paragraph, "-- ")) g_strchomp(paragraph);
  const char *at = paragraph;
  do {
    const char *end = strcmp(at, "-- ") ? line_end(at, delsp) : at + strlen(at);
    append_line(out, at, end, *end && delsp ? " \n" : "\n");
    at = end;
  } while (*at);
}

/* No wide character comes before U+1100, and what is no character is not wide. */
gboolean flowed_delsp(const char *text) {
  for (const char *p = text; *p; p++)
    if ((guchar)*p >= FIRST_WIDE_LEAD && g_unichar_iswide(g_utf8_get_char_validated(p, -1)))
      return TRUE;
  return FALSE;
}

char *flowed_write(const char *text, gboolean delsp) {
  gsize size = strlen(text);
  g_autofree char *valid =
      utf8_is_valid(text, size) ? g_strndup(text, size) : g_utf8_make_valid(text, (gssize)size);
  size = strlen(g_strchomp(valid));
  GString *out = g_string_sized_new(size + size / 8 + 1);
  for (char *at = valid; size && at;) {
    char *end = strchr(at, '\n');
    if (end) *end++ = '\0';
    append_paragraph(out, at, delsp);
    at = end;
  }
  if (!out->len) g_string_append_c(out, '\n');
  return g_string_free(out, FALSE);
}
