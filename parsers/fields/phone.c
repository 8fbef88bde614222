/* phone - E.164 from national and international spellings.
 *
 * A national number belongs to the country of the postal address; only France and Japan are read
 * so, of any other country the international form is wanted. ITU-T E.164: at most 15 digits. */
#include <string.h>

#include "parsers/fields/field.h"

enum { PHONE_MAX_DIGITS = 15, PHONE_MIN_DIGITS = 8 };

/* May stand between the digits of one number. */
static gboolean is_between(char ch) {
  return ch == ' ' || ch == '.' || ch == '-' || ch == '/' || ch == '(' || ch == ')';
}

/* The digits of the number that starts at `text`: into `digits`, a '+' first if there was one.
 * "(0)" behind a country code is left out. Returns where it ends. */
static const char *take_digits(const char *text, GString *digits) {
  const char *p = text, *end = text;
  if (*p == '(' && p[1] == '+') p++;
  if (*p == '+') {
    g_string_append_c(digits, '+');
    p++;
  }
  guint gap = 0;
  for (; *p; p++) {
    if (g_ascii_isdigit(*p)) {
      gboolean trunk = p[0] == '0' && p[1] == ')' && p > text && p[-1] == '(' &&
                       (digits->str[0] == '+' || g_str_has_prefix(digits->str, "00"));
      if (!trunk) g_string_append_c(digits, *p);
      end = p + 1;
      gap = 0;
    } else if (!is_between(*p) || ++gap > 3) {
      break;
    }
    if (digits->len > 2 * PHONE_MAX_DIGITS) break;
  }
  return end;
}

static gboolean starts_number(const char *text, const char *p) {
  if (p > text && (g_ascii_isalnum(p[-1]) || p[-1] == '@' || p[-1] == '+')) return FALSE;
  return g_ascii_isdigit(*p) || *p == '+' || (*p == '(' && (p[1] == '+' || g_ascii_isdigit(p[1])));
}

char *field_find_phone(const char *text, gsize from, gsize *ret_start, gsize *ret_end) {
  for (const char *p = text + from; *p; p++) {
    if (!starts_number(text, p)) continue;
    g_autoptr(GString) digits = g_string_new(NULL);
    const char *end = take_digits(p, digits);
    if (digits->len >= PHONE_MIN_DIGITS && digits->len <= PHONE_MAX_DIGITS + 3) {
      if (ret_start) *ret_start = (gsize)(p - text);
      if (ret_end) *ret_end = (gsize)(end - text);
      return g_strndup(p, (gsize)(end - p));
    }
    if (end > p) p = end - 1;
  }
  return NULL;
}

/* Two numbers that only a slash or spaces part are read as one run: "03 .. / 06 ..". French ones
 * have ten digits and start with 0 again. */
static void cut_second(GString *digits) {
  if (digits->len == 20 && digits->str[0] == '0' && digits->str[10] == '0')
    g_string_truncate(digits, 10);
}

/* The overseas departments have country codes of their own: 0262 45 43 45 on La Réunion is
 * +262 262 45 43 45 (Arcep's numbering plan, décision 2018-0881). */
typedef struct {
  const char *country, *postal, *code;
  const char *prefixes; /* of national numbers, behind the 0 */
} Overseas;
static const Overseas overseas[] = {{"GP", "971", "590", "590 690 691"},
                                    {"MQ", "972", "596", "596 696 697"},
                                    {"GF", "973", "594", "594 694"},
                                    {"RE", "974", "262", "262 263 692 693"},
                                    {"YT", "976", "262", "269 639"}};

const char *field_overseas(const char *address) {
  for (guint i = 0; i < G_N_ELEMENTS(overseas); i++)
    for (const char *at = strstr(address, overseas[i].postal); at;
         at = strstr(at + 1, overseas[i].postal)) {
      gboolean alone = (at == address || !g_ascii_isdigit(at[-1])) && g_ascii_isdigit(at[3]) &&
                       g_ascii_isdigit(at[4]) && !g_ascii_isdigit(at[5]);
      if (alone) return overseas[i].country;
    }
  return NULL;
}

const char *field_country(const char *country, const char *address) {
  g_autofree char *words = fold_words(address);
  gboolean japan = field_is_japanese(address) || strstr(words, "japan") || strstr(words, "japon");
  if (japan) return "JP";
  const char *overseas = strcmp(country, "FR") == 0 ? field_overseas(address) : NULL;
  return overseas ? overseas : country;
}

gboolean field_in_france(const char *country) {
  for (guint i = 0; i < G_N_ELEMENTS(overseas); i++)
    if (g_strcmp0(country, overseas[i].country) == 0) return TRUE;
  return g_strcmp0(country, "FR") == 0;
}

/* Of a national number of that country, without its 0. */
static const char *country_code(const char *digits, const char *country) {
  g_autofree char *prefix = g_strndup(digits, 3);
  for (guint i = 0; i < G_N_ELEMENTS(overseas); i++)
    if (g_strcmp0(country, overseas[i].country) == 0 && strstr(overseas[i].prefixes, prefix))
      return overseas[i].code;
  return "33";
}

static FieldResult international(const char *digits) {
  g_autofree char *rest = g_strdup(digits);
  gsize length = strlen(rest);
  if (g_str_has_prefix(rest, "33")) {
    const char *national = rest + 2;
    if (*national == '0') national++;
    length = strlen(national);
    if (length != 9 || *national == '0')
      return field_invalid(length < 9 ? "too short" : length > 9 ? "too long" : "not a number");
    return field_valid(g_strdup_printf("+33%s", national));
  }
  if (g_str_has_prefix(rest, "810")) memmove(rest + 2, rest + 3, length - 2);
  length = strlen(rest);
  if (length < PHONE_MIN_DIGITS) return field_invalid("too short");
  if (length > PHONE_MAX_DIGITS) return field_invalid("too long");
  if (rest[0] == '0') return field_invalid("not a country code");
  return field_valid(g_strconcat("+", rest, NULL));
}

static FieldResult national(const char *digits, const char *country) {
  gsize length = strlen(digits);
  if (length < PHONE_MIN_DIGITS) return field_invalid("too short");
  if (digits[0] != '0') return field_invalid("neither a national nor an international number");
  if (g_strcmp0(country, "JP") == 0) {
    if (length < 10) return field_invalid("too short");
    if (length > 11) return field_invalid("too long");
    return field_valid(g_strconcat("+81", digits + 1, NULL));
  }
  if (!field_in_france(country)) return field_invalid("no country code");
  if (length < 10) return field_invalid("too short");
  if (length > 10) return field_invalid("too long");
  if (digits[1] == '0') return field_invalid("not a number");
  return field_valid(g_strconcat("+", country_code(digits + 1, country), digits + 1, NULL));
}

/* "087-839-2197", "0742(34)4965": groups as Japan writes them; France writes pairs. */
static gboolean is_grouped_japanese(const char *text) {
  guint group = 0, groups = 0, digits = 0;
  for (const char *p = text;
       !(*p == '(' && groups == 2) && (*p == '-' || *p == '(' || *p == ')' || g_ascii_isdigit(*p));
       p++) {
    if (g_ascii_isdigit(*p)) {
      group++;
      digits++;
      continue;
    }
    if (group == 0 && groups > 0) return FALSE;
    groups += group > 0 ? 1 : 0;
    group = 0;
  }
  return groups == 2 && group == 4 && (digits == 10 || digits == 11) && text[0] == '0';
}

FieldResult field_parse_phone(const FieldContext *context, const char *raw) {
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *text = fold_string(clean);
  g_autoptr(GString) digits = g_string_new(NULL);
  const char *p = text;
  while (*p && !starts_number(text, p)) p++;
  if (*p == '\0') return field_invalid("no digits");
  take_digits(p, digits);
  cut_second(digits);
  if (digits->str[0] == '+') return international(digits->str + 1);
  if (g_str_has_prefix(digits->str, "00")) return international(digits->str + 2);
  /* "(33) 6 ..", "33 6 ..": the plus was forgotten */
  if (g_str_has_prefix(digits->str, "33") && digits->len == 11) return international(digits->str);
  return national(digits->str, is_grouped_japanese(p) ? "JP" : context->country);
}
