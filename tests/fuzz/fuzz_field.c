/* fuzz_field - a value as written, read as each type: what is kept is clean and, where there is
 * one way to write it, read again the same; what is refused says why. */
#include "parsers/fields/field.h"
#include "tests/fuzz/target.h"
#include "tests/parsers/event_fixture.h"

/* Of these types there is one way to write a value. */
static gboolean is_canonical(guint field) {
  return field == F_PHONE || field == F_EMAIL || field == F_CODE || field == F_GUESTS ||
         field == F_ARRIVAL;
}

static void check_kept(const FieldContext *context, const char *value) {
  target_utf8(value);
  g_assert_true(*value);
  for (const char *c = value; *c; c++) g_assert_true(*c == '\n' || !g_ascii_iscntrl(*c));
  g_autofree char *composed = g_utf8_normalize(value, -1, G_NORMALIZE_NFC);
  g_assert_cmpstr(composed, ==, value);
  if (context->field == F_BODY || context->field == F_WISHES) g_assert_false(field_is_blank(value));
  g_assert_cmpint(g_utf8_strlen(value, -1), <=, 200); /* the fixture's max_chars */
  if (!is_canonical(context->field)) return;
  FieldResult again = field_parse(context, value);
  g_assert_cmpint(again.status, ==, FIELD_VALID);
  g_assert_cmpstr(again.value, ==, value);
  field_result_clear(&again);
}

static void check_split(const char *raw) {
  g_autofree char *last = NULL, *first = NULL;
  const char *doubt = NULL;
  if (!field_split_name(raw, -1, "", &last, &first, &doubt)) return;
  target_utf8(last);
  target_utf8(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Rules *rules;
  if (!rules) rules = rules_new(fixture_event(), target_limits(), NULL);
  g_autofree char *raw = g_strndup((const char *)data, size);
  if (!g_utf8_validate(raw, -1, NULL)) return 0;
  for (guint field = 0; field < N_FIELDS; field++)
    for (guint japan = 0; japan < 2; japan++) {
      FieldContext context = {rules, field, japan ? "JP" : "FR"};
      FieldResult result = field_parse(&context, raw);
      if (result.status == FIELD_VALID) check_kept(&context, result.value);
      if (result.status == FIELD_INVALID) g_assert_true(result.reason && *result.reason);
      field_result_clear(&result);
    }
  check_split(raw);
  return 0;
}
