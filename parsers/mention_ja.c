/* mention_ja - see mention_ja.h. */
#include "parsers/mention_ja.h"

#include <string.h>

#include "parsers/nameblock.h"
#include "parsers/office_ja.h"

enum { HALF_MAX = 5 /* characters of a name's half */, OFFICE_MAX_BYTES = 120, MENTIONS_MAX = 20 };

/* Ideographs and katakana: what names are written with between particles. */
static gboolean is_name_char(gunichar ch) {
  return (ch >= 0x4E00 && ch <= 0x9FFF) || ch == 0x3005 || ch == 0x3006 ||
         (ch >= 0x30A1 && ch <= 0x30FC && ch != 0x30FB);
}

/* Where the run of name characters that ends at `p` begins. */
static const char *run_start(const char *text, const char *p, guint *ret_chars) {
  for (*ret_chars = 0; p > text && *ret_chars <= HALF_MAX; (*ret_chars)++) {
    const char *before = g_utf8_prev_char(p);
    if (!is_name_char(g_utf8_get_char(before))) break;
    p = before;
  }
  return p;
}

static const char *run_end(const char *p, guint *ret_chars) {
  for (*ret_chars = 0; *p && *ret_chars <= HALF_MAX; (*ret_chars)++) {
    if (!is_name_char(g_utf8_get_char(p))) break;
    p = g_utf8_next_char(p);
  }
  return p;
}

/* What stands behind a person's name in a sentence. */
static gboolean ends_name(const char *p) {
  static const char *const behind[] = {"が", "は", "を", "も", "と", "の", "に", "、",
                                       "。", "様", "氏", "さ", "（", "(",  "で", NULL};
  for (guint i = 0; behind[i]; i++)
    if (g_str_has_prefix(p, behind[i])) return TRUE;
  return *p == '\0' || *p == ',' || *p == ';';
}

/* The words before the name that begins at `start`: "岡山県国際課長の", up to a comma. */
static char *office_before(const char *text, const char *start) {
  static const char *const stops[] = {"、", "。", "，", "「", "は", "が", "を", "て", "：", NULL};
  const char *end = start, *p = start;
  if (end - text >= 3 && strncmp(end - 3, "の", 3) == 0) end -= 3;
  for (p = end; p > text && end - p < OFFICE_MAX_BYTES;) {
    const char *before = g_utf8_prev_char(p);
    gboolean stop = strchr(";:,", *before) != NULL;
    for (guint i = 0; stops[i]; i++) stop = stop || g_str_has_prefix(before, stops[i]);
    if (stop) break;
    p = before;
  }
  return g_strstrip(g_strndup(p, (gsize)(end - p)));
}

void mention_ja_find(const char *text, GArray *found) {
  for (const char *space = strchr(text, ' '); space; space = strchr(space + 1, ' ')) {
    guint left = 0, right = 0;
    const char *start = run_start(text, space, &left), *end = run_end(space + 1, &right);
    if (left == 0 || right == 0 || left > HALF_MAX || right > HALF_MAX) continue;
    if (!ends_name(end) || found->len >= MENTIONS_MAX) continue;
    g_autofree char *name = g_strndup(start, (gsize)(end - start));
    if (!nameblock_is_person(name)) continue;
    g_autofree char *office = office_before(text, start);
    Mention mention = {.start = (gsize)(start - text), .end = (gsize)(end - text), .title = -1};
    mention.reach = mention.end;
    mention.name = g_steal_pointer(&name);
    office_ja_split(office, &mention.role, &mention.body);
    g_array_append_val(found, mention);
  }
}
