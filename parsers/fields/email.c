/* email - an address that mail can be sent to, in lower case; RFC 5321 4.1.2 without quoting.
 *
 * Wrappings are taken off (mailto:, <>, full-width forms, a name before it); what is wrong inside
 * is never repaired. */
#include <string.h>

#include "parsers/fields/field.h"

enum { LOCAL_MAX_BYTES = 64, DOMAIN_MAX_BYTES = 253, LABEL_MAX_BYTES = 63 };

static gboolean is_local(char ch) {
  return g_ascii_isalnum(ch) || (ch != '\0' && strchr("!#$%&'*+/=?^_`{|}~.-", ch) != NULL);
}

static gboolean is_domain(char ch) {
  return g_ascii_isalnum(ch) || ch == '-' || ch == '.';
}

static gboolean local_ok(const char *local, gsize length) {
  if (length == 0 || length > LOCAL_MAX_BYTES) return FALSE;
  if (local[0] == '.' || local[length - 1] == '.') return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!is_local(local[i]) || (local[i] == '.' && local[i + 1] == '.')) return FALSE;
  return TRUE;
}

static gboolean label_ok(const char *label, gsize length) {
  return length > 0 && length <= LABEL_MAX_BYTES && label[0] != '-' && label[length - 1] != '-';
}

static gboolean domain_ok(const char *domain, gsize length) {
  if (length == 0 || length > DOMAIN_MAX_BYTES) return FALSE;
  const char *label = domain, *end = domain + length;
  guint labels = 0;
  for (;;) {
    const char *dot = memchr(label, '.', (gsize)(end - label));
    const char *stop = dot ? dot : end;
    if (!label_ok(label, (gsize)(stop - label))) return FALSE;
    labels++;
    if (!dot) break;
    label = dot + 1;
  }
  return labels >= 2 && end - label >= 2 && g_ascii_isalpha(label[0]);
}

char *field_find_email(const char *text, gsize from, gsize *ret_start, gsize *ret_end) {
  for (const char *at = strchr(text + from, '@'); at; at = strchr(at + 1, '@')) {
    const char *start = at, *end = at + 1;
    while (start > text + from && is_local(start[-1])) start--;
    while (is_domain(*end)) end++;
    while (end > at + 1 && (end[-1] == '.' || end[-1] == '-')) end--;
    /* a leading quote or bracket is no part of it */
    while (start < at && strchr("'`/=.*|{", *start)) start++;
    if (g_ascii_strncasecmp(start, "mailto", 6) == 0 && start[6] == ':') start += 7;
    if (!local_ok(start, (gsize)(at - start)) || !domain_ok(at + 1, (gsize)(end - at - 1)))
      continue;
    if (ret_start) *ret_start = (gsize)(start - text);
    if (ret_end) *ret_end = (gsize)(end - text);
    return g_strndup(start, (gsize)(end - start));
  }
  return NULL;
}

/* "marie @ ville.fr": the spaces beside the sign are taken out; nothing else is. */
static char *tighten(const char *text) {
  GString *out = g_string_new(NULL);
  for (const char *p = text; *p; p++) {
    if (*p == ' ' && (p[1] == '@' || (out->len > 0 && out->str[out->len - 1] == '@'))) continue;
    g_string_append_c(out, *p);
  }
  return g_string_free(out, FALSE);
}

/* A letter beyond ASCII glued to what was found means that the address was cut. */
static gboolean glued(const char *text, gsize start, gsize end) {
  if (start > 0 && (guchar)text[start - 1] >= 0x80) {
    const char *before = g_utf8_prev_char(text + start);
    if (g_unichar_isalnum(g_utf8_get_char(before)) && !field_is_japanese(before)) return TRUE;
  }
  if ((guchar)text[end] >= 0x80) {
    gunichar ch = g_utf8_get_char(text + end);
    if (g_unichar_isalnum(ch) && ch < 0x0250) return TRUE;
  }
  return text[end] == '@' || (start > 0 && text[start - 1] == '@');
}

/* Full-width forms to ASCII, accents kept (they make an address wrong). */
static char *narrow(const char *text) {
  GString *out = g_string_new(NULL);
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (ch >= 0xFF01 && ch <= 0xFF5E) ch = ch - 0xFF01 + '!';
    if (ch == 0x2010 || ch == 0x2011 || ch == 0x2212) ch = '-';
    g_string_append_unichar(out, ch);
  }
  return g_string_free(out, FALSE);
}

/* "marie (at) ville (dot) fr", "marie [arobase] ville.fr": the ways to hide an address from robots.
 * Only signs in brackets, or the words between spaces, are taken for what they stand for. */
static char *reveal(const char *text) {
  static const struct {
    const char *hidden, *shown;
  } signs[] = {{"(at)", "@"},      {"[at]", "@"},      {"{at}", "@"},      {"<at>", "@"},
               {"(arobase)", "@"}, {"[arobase]", "@"}, {"(a)", "@"},       {"[a]", "@"},
               {"(@)", "@"},       {"[@]", "@"},       {" arobase ", "@"}, {" at ", "@"},
               {"(dot)", "."},     {"[dot]", "."},     {"(point)", "."},   {"[point]", "."},
               {" point ", "."},   {" dot ", "."}};
  GString *out = g_string_new(NULL);
  for (const char *p = text; *p;) {
    guint i = 0;
    while (i < G_N_ELEMENTS(signs) &&
           g_ascii_strncasecmp(p, signs[i].hidden, strlen(signs[i].hidden)) != 0)
      i++;
    if (i == G_N_ELEMENTS(signs)) {
      g_string_append_c(out, *p++);
      continue;
    }
    while (out->len > 0 && out->str[out->len - 1] == ' ') g_string_truncate(out, out->len - 1);
    g_string_append(out, signs[i].shown);
    p += strlen(signs[i].hidden);
    p += strspn(p, " ");
  }
  return g_string_free(out, FALSE);
}

FieldResult field_parse_email(const FieldContext *context, const char *raw) {
  (void)context;
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *narrowed = narrow(clean);
  g_autofree char *shown = strchr(narrowed, '@') ? g_strdup(narrowed) : reveal(narrowed);
  g_autofree char *text = tighten(shown);
  gsize start = 0, end = 0;
  if (!strchr(text, '@')) return field_invalid("no @ sign");
  g_autofree char *found = field_find_email(text, 0, &start, &end);
  if (!found) return field_invalid("not an address");
  if (glued(text, start, end)) return field_invalid("letters that no address has");
  FieldResult result = field_valid(g_ascii_strdown(found, -1));
  g_autofree char *second = field_find_email(text, end, NULL, NULL);
  if (second && g_ascii_strcasecmp(second, found) != 0) result.doubt = "more than one address";
  return result;
}
