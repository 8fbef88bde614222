/* typed: what a person typed at the desk, by the rules of an event and with what is known of whose
 * it is. The types themselves are test_fields' matter. */
#include "parsers/typed.h"
#include "tests/parsers/event_fixture.h"

enum { PAIRS_MAX = 4 };

typedef struct {
  const char *typed[PAIRS_MAX][2], *known[PAIRS_MAX][2];
  const char *want; /* "value|!reason|" for each that was typed */
} Row;

static const Row rows[] = {
    {{{"phone", "06 12 34 56 78"}}, {{NULL}}, "+33612345678|"},
    {{{"phone", "03 1234 5678"}}, {{NULL}}, "+33312345678|"},
    {{{"phone", "03 1234 5678"}}, {{"town", "東京"}}, "+81312345678|"},
    {{{"phone", "03 1234 5678"}}, {{"street", "1-2-3 Nishi, Japan"}}, "+81312345678|"},
    {{{"phone", "03 1234 5678"}, {"town", "Lyon"}}, {{"town", "東京"}}, "+33312345678|Lyon|"},
    {{{"phone", "03 1234 5678"}}, {{"town", "東京"}, {"town", "Lyon"}}, "+33312345678|"},
    {{{"phone", "03 1234 5678"}}, {{"last", "東京"}}, "+33312345678|"}, /* no address */
    {{{"phone", "06 12"}, {"phone", "0612345678"}}, {{NULL}}, "!too short|+33612345678|"},
    {{{"phone", "……"}, {"nothing", "0612345678"}}, {{NULL}}, "||"},
};

/* Borrowed from the row. */
static gsize pairs_of(const char *const from[][2], Wire__Typed *pairs, Wire__Typed **list) {
  gsize count = 0;
  for (; count < PAIRS_MAX && from[count][0]; count++) {
    wire__typed__init(&pairs[count]);
    pairs[count].field = (char *)from[count][0];
    pairs[count].value = (char *)from[count][1];
    list[count] = &pairs[count];
  }
  return count;
}

static void say(const Participant *person, GString *out) {
  g_assert_cmpuint(person->values->len + person->invalid->len, <=, 1);
  if (person->values->len)
    g_string_append(out, ((const FieldValue *)person->values->pdata[0])->value);
  if (person->invalid->len)
    g_string_append_printf(out, "!%s", ((const InvalidValue *)person->invalid->pdata[0])->reason);
  g_string_append_c(out, '|');
}

static void test_rows(void) {
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    Wire__Typed pairs[2][PAIRS_MAX], *lists[2][PAIRS_MAX];
    Wire__Request request = WIRE__REQUEST__INIT;
    request.n_typed = pairs_of(rows[i].typed, pairs[0], lists[0]);
    request.n_known = pairs_of(rows[i].known, pairs[1], lists[1]);
    request.typed = lists[0];
    request.known = lists[1];
    g_autoptr(Extraction) result = extraction_new();
    g_autoptr(GString) got = g_string_new(NULL);
    typed_read(rules, &request, result);
    for (guint k = 0; k < result->participants->len; k++) say(result->participants->pdata[k], got);
    g_test_message("row %u", i);
    g_assert_cmpstr(got->str, ==, rows[i].want);
  }
}

static void test_refused(void) {
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  Wire__Typed one = WIRE__TYPED__INIT;
  one.field = (char *)"phone";
  g_autofree Wire__Typed **list = g_new(Wire__Typed *, WIRE_PARTICIPANTS_MAX + 1);
  for (guint i = 0; i <= WIRE_PARTICIPANTS_MAX; i++) list[i] = &one;
  Wire__Request request = WIRE__REQUEST__INIT;
  request.typed = list;
  request.n_typed = WIRE_PARTICIPANTS_MAX + 1;
  g_autoptr(Extraction) many = extraction_new(), none = extraction_new(), most = extraction_new();
  typed_read(rules, &request, many);
  g_assert_cmpint(many->kind, ==, KIND_UNREADABLE);
  g_assert_cmpuint(many->participants->len, ==, 0);
  request.n_typed--;
  typed_read(rules, &request, most);
  g_assert_cmpuint(most->participants->len, ==, WIRE_PARTICIPANTS_MAX);
  typed_read(NULL, &request, none);
  g_assert_cmpint(none->kind, ==, KIND_UNREADABLE);
  g_assert_cmpstr(none->notes->pdata[0], ==, "there is no such event");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/typed/rows", test_rows);
  g_test_add_func("/typed/refused", test_refused);
  return g_test_run();
}
