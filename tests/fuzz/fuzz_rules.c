/* fuzz_rules - a regular expression in the first line, a text behind it: the expression compiles or
 * is told, its steps are bounded, and every span that is found lies within the text. */
#include "parsers/rules.h"
#include "tests/fuzz/target.h"
#include "tests/parsers/event_fixture.h"

static void problem_free(gpointer problem) {
  wire__problem__free_unpacked(problem, NULL);
}

static void check_span(Fold *text, gsize start, gsize end) {
  g_assert_cmpuint(start, <=, end);
  g_assert_cmpuint(end, <=, text->text->len);
  g_assert_cmpuint(fold_origin(text, start), <=, fold_origin(text, end));
  g_assert_true(g_utf8_validate(text->text->str + start, (gssize)(end - start), NULL));
}

static void check_hits(Rules *rules, Fold *text) {
  g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
  rules_find_patterns(rules, text, hits);
  rules_find_facts(rules, text, hits);
  for (guint i = 0; i < hits->len; i++) {
    const RuleHit *hit = &g_array_index(hits, RuleHit, i);
    g_assert_cmpuint(hit->field, <, rules_event(rules)->n_fields);
    check_span(text, hit->start, hit->end);
  }
}

static void check_words(Rules *rules, Fold *text) {
  gsize from = 0, start = 0, end = 0;
  while (from <= text->text->len && rules_find_label(rules, text, from, &start, &end)) {
    g_assert_cmpuint(start, >=, from);
    check_span(text, start, end);
    g_assert_cmpuint(end, >, start);
    from = end;
  }
  for (from = 0; rules_find_choice(rules, F_COMES, text, from, &start, &end) >= 0; from = end) {
    check_span(text, start, end);
    g_assert_cmpuint(end, >, from);
  }
  for (guint set = 0; set < RULES_SET_COUNT; set++) (void)rules_matches(rules, set, text, NULL);
}

static void check_own_pattern(char *regex, Fold *text) {
  Wire__Event event = *fixture_event();
  Wire__Field field = WIRE__FIELD__INIT, *fields[] = {&field};
  Wire__Pattern pattern = WIRE__PATTERN__INIT, *patterns[] = {&pattern};
  Wire__Limits limits = *target_limits();
  field.name = field.type = (char *)"text";
  pattern.regex = regex;
  field.patterns = event.facts = event.cancellation = patterns;
  field.n_patterns = event.n_facts = event.n_cancellation = 1;
  event.fields = fields;
  event.n_fields = 1;
  limits.match_steps = 1000;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(problem_free);
  g_autoptr(Rules) rules = rules_new(&event, &limits, problems);
  for (guint i = 0; i < problems->len; i++)
    g_assert_cmpuint(((Wire__Problem *)problems->pdata[i])->offset, <=, strlen(regex));
  rules_begin(rules);
  check_hits(rules, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Rules *rules;
  if (!rules) rules = rules_new(fixture_event(), target_limits(), NULL);
  g_autofree char *regex = g_strndup((const char *)data, size);
  if (!g_utf8_validate(regex, -1, NULL)) return 0;
  char *line_end = strchr(regex, '\n');
  if (line_end) *line_end = '\0';
  g_auto(Fold) text;
  fold_init(&text);
  fold_line(&text, line_end ? line_end + 1 : "", -1);
  rules_begin(rules);
  check_words(rules, &text);
  check_hits(rules, &text);
  check_own_pattern(regex, &text);
  return 0;
}
