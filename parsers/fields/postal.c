/* postal_code, and the parts of a postal address written in one piece.
 *
 * French codes have five digits and stand before the town; Japanese ones are NNN-NNNN. */
#include <string.h>

#include "parsers/fields/field.h"

static gboolean digits_at(const char *p, guint n) {
  for (guint i = 0; i < n; i++)
    if (!g_ascii_isdigit(p[i])) return FALSE;
  return TRUE;
}

static gboolean french_ok(const char *code) {
  return digits_at(code, 5) && code[5] == '\0' && strncmp(code, "00", 2) != 0 &&
         strncmp(code, "99", 2) != 0;
}

/* NNN-NNNN at `p`, not inside a longer number. */
static gboolean japanese_at(const char *text, const char *p) {
  return digits_at(p, 3) && p[3] == '-' && digits_at(p + 4, 4) && !g_ascii_isdigit(p[8]) &&
         p[8] != '-' && (p == text || (!g_ascii_isdigit(p[-1]) && p[-1] != '-'));
}

static FieldResult other_country(const char *text) {
  gsize length = strlen(text);
  if (length < 3 || length > 12) return field_invalid("not a postal code");
  gboolean digit = FALSE;
  for (const char *p = text; *p; p++) {
    if (!g_ascii_isalnum(*p) && *p != ' ' && *p != '-') return field_invalid("not a postal code");
    digit = digit || g_ascii_isdigit(*p);
  }
  return digit ? field_valid(g_ascii_strup(text, -1)) : field_invalid("not a postal code");
}

/* The digits and the first words behind them; the rest may be the town. */
FieldResult field_parse_postal_code(const FieldContext *context, const char *raw) {
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *text = fold_string(clean);
  for (const char *p = text; *p; p++)
    if (japanese_at(text, p)) return field_valid(g_strndup(p, 8));
  const char *p = text;
  while (*p && !g_ascii_isdigit(*p)) p++;
  g_autoptr(GString) digits = g_string_new(NULL);
  const char *end = p;
  for (; *end && digits->len < 10; end++) {
    if (g_ascii_isdigit(*end))
      g_string_append_c(digits, *end);
    else if (*end != ' ' || !g_ascii_isdigit(end[1]))
      break;
  }
  if (french_ok(digits->str)) return field_valid(g_strdup(digits->str));
  if (digits->len == 7 && (g_strcmp0(context->country, "JP") == 0 || strstr(clean, "〒")))
    return field_valid(g_strdup_printf("%.3s-%s", digits->str, digits->str + 3));
  if (!field_in_france(context->country) && g_strcmp0(context->country, "JP") != 0)
    return other_country(text);
  if (digits->len == 0) return field_invalid("no digits");
  return field_invalid(digits->len < 5 ? "too short" : "not a postal code");
}

/* ---- a whole address ---- */

static char *trimmed(const char *start, gsize length) {
  char *text = g_strndup(start, length);
  char *begin = text, *end = text + length;
  while (*begin && strchr(" ,;-\t\n/|", *begin)) begin++;
  while (end > begin && strchr(" ,;-\t\n/|", end[-1])) end--;
  *end = '\0';
  /* an en or em dash is three bytes */
  while (g_str_has_prefix(begin, "–") || g_str_has_prefix(begin, "—") || *begin == ' ')
    begin += *begin == ' ' ? 1 : 3;
  while (g_str_has_suffix(begin, "–") || g_str_has_suffix(begin, "—")) {
    end -= 3;
    *end = '\0';
    while (end > begin && strchr(" ,;", end[-1])) *--end = '\0';
  }
  char *out = g_strdup(begin);
  g_free(text);
  return out;
}

/* The country's name behind the town is no part of the town. */
static void drop_country(char *city) {
  static const char *const names[] = {"france", "japan", "japon", NULL};
  for (guint i = 0; names[i]; i++) {
    gsize length = strlen(names[i]), all = strlen(city);
    if (all <= length + 1 || g_ascii_strcasecmp(city + all - length, names[i]) != 0) continue;
    char *cut = city + all - length;
    if (!strchr(" ,(-", cut[-1])) continue;
    while (cut > city && strchr(" ,(-", cut[-1])) cut--;
    *cut = '\0';
  }
}

/* Behind what parts a code from its town: "53400 – Craon", "53400 / Craon". */
static const char *skip_marks(const char *p) {
  for (;;) {
    if (*p && strchr(" ,-/", *p))
      p++;
    else if (g_str_has_prefix(p, "–") || g_str_has_prefix(p, "—"))
      p += strlen("–");
    else
      return p;
  }
}

/* The last group of exactly five digits with letters behind it; NULL: none. */
static const char *french_code(const char *text) {
  const char *found = NULL;
  for (const char *p = text; *p; p++) {
    if (!digits_at(p, 5)) continue;
    gboolean alone = !g_ascii_isdigit(p[5]) && (p == text || !g_ascii_isalnum(p[-1]));
    const char *behind = skip_marks(p + 5);
    if (alone && g_unichar_isalpha(g_utf8_get_char(behind)) && strncmp(p, "00", 2) != 0) found = p;
    while (g_ascii_isdigit(p[1])) p++;
  }
  return found;
}

/* "6-1-1 Shimoyoshida, Fujiyoshida, Yamanashi 403-8601, Japan": the street is what stands before
 * the first comma, the town what follows it. */
static gboolean split_japanese(const char *text, char **ret_street, char **ret_code,
                               char **ret_city) {
  for (const char *p = text; *p; p++) {
    if (!japanese_at(text, p)) continue;
    g_autofree char *before = trimmed(text, (gsize)(p - text));
    const char *comma = strchr(before, ',');
    if (!comma) return FALSE;
    const char *next = strchr(comma + 1, ',');
    *ret_street = trimmed(before, (gsize)(comma - before));
    *ret_city = trimmed(comma + 1, next ? (gsize)(next - comma - 1) : strlen(comma + 1));
    *ret_code = g_strndup(p, 8);
    return TRUE;
  }
  return FALSE;
}

static char *joined(const char *raw) {
  g_autofree char *clean = field_clean(raw);
  GString *out = g_string_new(NULL);
  for (const char *p = clean; *p; p++) {
    if (*p != '\n')
      g_string_append_c(out, *p);
    else
      g_string_append(out, out->len > 0 && out->str[out->len - 1] == ',' ? " " : ", ");
  }
  return g_string_free(out, FALSE);
}

void field_split_address(const char *raw, const char *country, char **ret_street, char **ret_code,
                         char **ret_city) {
  g_autofree char *text = joined(raw);
  if (field_is_japanese(text)) {
    *ret_street = g_strdup(text);
    *ret_code = g_strdup("");
    *ret_city = g_strdup("");
    return;
  }
  if (split_japanese(text, ret_street, ret_code, ret_city)) return;
  const char *code = french_code(text);
  if (!code || (country && !field_in_france(country))) {
    *ret_street = g_steal_pointer(&text);
    *ret_code = g_strdup("");
    *ret_city = g_strdup("");
    return;
  }
  gsize before = (gsize)(code - text);
  if (before >= 2 && g_ascii_strncasecmp(code - 2, "F-", 2) == 0) before -= 2;
  *ret_street = trimmed(text, before);
  *ret_code = g_strndup(code, 5);
  *ret_city = trimmed(code + 5, strlen(code + 5));
  drop_country(*ret_city);
}
