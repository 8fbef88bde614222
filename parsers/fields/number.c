/* integer - whole numbers within the field's bounds.
 *
 * Words beside the number are left out ("3 personnes", "GBR 4521"), thousands may be set apart
 * ("1 200", "1,200"); two numbers, or one with a fraction, are none. */
#include <string.h>

#include "parsers/fields/field.h"

enum { DIGITS_MAX = 18 }; /* fit in 64 bits whatever they are */

/* A sign belongs to the number that it touches, unless it joins it to a word: "GBR-4521". */
static gboolean is_negative(const char *start, const char *digits) {
  if (digits == start || digits[-1] != '-') return FALSE;
  return digits - 1 == start || digits[-2] == ' ';
}

/* Between digits, three more behind it: "1 200", "1,200", "1.200", "1'200". */
static gboolean is_thousands(const char *at) {
  if (!*at || !strchr(" ,.'", *at)) return FALSE;
  gsize digits = strspn(at + 1, "0123456789");
  return digits == 3;
}

/* Append the digits of the number at `at`; returns what is behind it. */
static const char *number_read(const char *at, GString *digits) {
  const char *start = at;
  while (g_ascii_isdigit(*at)) g_string_append_c(digits, *at++);
  while (at - start <= 3 && is_thousands(at)) {
    g_string_append_len(digits, at + 1, 3);
    at += 4;
    start = at - 3;
  }
  return at;
}

static gboolean within(const Wire__Field *field, gint64 number) {
  if (!field->minimum && !field->maximum) return TRUE;
  return number >= field->minimum && (!field->maximum || number <= field->maximum);
}

FieldResult field_parse_integer(const FieldContext *context, const char *raw) {
  const Wire__Field *field = rules_event(context->rules)->fields[context->field];
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *folded = fold_string(clean);
  g_autoptr(GString) digits = g_string_new(NULL);
  const char *at = folded + strcspn(folded, "0123456789");
  if (!*at) return field_invalid("not a number");
  gboolean negative = is_negative(folded, at);
  at = number_read(at, digits);
  if (strpbrk(at, "0123456789")) return field_invalid("more than one number");
  if (digits->len > DIGITS_MAX) return field_invalid("out of range");
  gint64 number = g_ascii_strtoll(digits->str, NULL, 10);
  if (negative) number = -number;
  if (!within(field, number)) return field_invalid("out of range");
  return field_valid(g_strdup_printf("%" G_GINT64_FORMAT, number));
}
