/* text, lines, city - free text: kept as written, cleaned. */
#include <string.h>

#include "parsers/fields/field.h"

FieldResult field_parse_text(const FieldContext *context, const char *raw) {
  (void)context;
  char *clean = field_clean(raw);
  if (clean[0]) return field_valid(clean);
  g_free(clean);
  return field_blank();
}

/* A postal code before the town goes to its own field (people); here it is only cut off. */
FieldResult field_parse_city(const FieldContext *context, const char *raw) {
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *street = NULL, *code = NULL;
  char *city = NULL;
  if (clean[0] == '\0') return field_blank();
  field_split_address(clean, context->country, &street, &code, &city);
  if (city[0] && street[0] == '\0') return field_valid(city);
  g_free(city);
  gboolean letters = FALSE;
  for (const char *p = clean; *p && !letters; p = g_utf8_next_char(p))
    letters = g_unichar_isalpha(g_utf8_get_char(p));
  return letters ? field_valid(g_steal_pointer(&clean)) : field_invalid("not a town");
}
