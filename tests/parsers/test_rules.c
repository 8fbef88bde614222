/* test_rules - labels and patterns on folded lines; what does not compile; what runs too long. */
#include "tests/parsers/event_fixture.h"

/* The labels of a line, "[last] [first+last]", by field name. */
static char *labels_of(Rules *rules, const char *line) {
  g_autoptr(GString) out = g_string_new(NULL);
  g_auto(Fold) fold = {0};
  gsize from = 0, start = 0, end = 0;
  const RuleLabel *label = NULL;
  fold_init(&fold);
  fold_line(&fold, line, -1);
  while ((label = rules_find_label(rules, &fold, from, &start, &end))) {
    g_string_append(out, out->len ? " " : "");
    for (guint i = 0; i < label->n_fields; i++)
      g_string_append_printf(out, "%s%s", i ? "+" : "",
                             rules_event(rules)->fields[label->fields[i]]->name);
    from = end;
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static void test_labels(void) {
  static const struct {
    const char *line, *labels;
  } rows[] = {
      {"Nom : DURAND", "last"},
      {"NOM : DURAND", "last"},
      {"Prénom(s) : Marie", "first"},
      {"PRENOM : Marie", "first"},
      {"Nom de l'organisme : X", "body"},
      {"Nom de l’organisme : X", "body"},
      {"Nom et prénom : X", "last+first"},
      {"Nom - prénom : X", "last first"},
      {"Nom : X Prénom : Y", "last first"},
      {"N° de téléphone : 06", "phone"},
      {"Votre nom : X", "last"},
      {"Nomade : X", ""},
      {"Surnom : X", ""},
      {"Viendra à la fête : Oui", "comes"},
      {"氏名：山田", "last+first"},
      {"お電話：03", "phone"},
      {"Title: Ms", "title+office"},
      {"", ""},
  };
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *labels = labels_of(rules, rows[i].line);
    g_test_message("'%s'", rows[i].line);
    g_assert_cmpstr(labels, ==, rows[i].labels);
  }
}

static void test_given_first(void) {
  static const struct {
    const char *line;
    int given_first;
  } rows[] = {{"Nom et prénom :", 0}, {"Prénom et nom :", 1}, {"氏名：", -1}};
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(Fold) fold = {0};
    gsize start = 0, end = 0;
    fold_init(&fold);
    fold_line(&fold, rows[i].line, -1);
    const RuleLabel *label = rules_find_label(rules, &fold, 0, &start, &end);
    g_test_message("'%s'", rows[i].line);
    g_assert_nonnull(label);
    g_assert_cmpint(rules_label_given_first(rules, label), ==, rows[i].given_first);
  }
}

static void test_sentences(void) {
  static const struct {
    RulesSet set;
    const char *line;
    gboolean found;
  } rows[] = {
      {RULES_CANCELLATION, "Merci d'ANNULER mon inscription.", TRUE},
      {RULES_CANCELLATION, "Merci pour mon inscription.", FALSE},
      {RULES_ATTENDANCE_NO, "Je ne pourrai pas venir.", TRUE},
      {RULES_ATTENDANCE_YES, "Je confirme ma venue", TRUE},
      {RULES_MATCH_SUBJECT, "Je confirme ma venue", FALSE},
  };
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(Fold) fold = {0};
    fold_init(&fold);
    fold_line(&fold, rows[i].line, -1);
    g_test_message("'%s'", rows[i].line);
    g_assert_cmpint(rules_matches(rules, rows[i].set, &fold, NULL), ==, rows[i].found);
  }
}

static void test_patterns(void) {
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  fold_line(&fold, "Ne viendra pas à la fête : x", -1);
  rules_find_patterns(rules, &fold, hits);
  g_assert_cmpuint(hits->len, ==, 1);
  const RuleHit *hit = &g_array_index(hits, RuleHit, 0);
  g_assert_cmpuint(hit->field, ==, F_COMES);
  g_assert_cmpuint(hit->start, ==, 0);
  g_assert_cmpuint(hit->end, ==, strlen("ne viendra pas"));
}

static void problem_free(gpointer problem) {
  wire__problem__free_unpacked(problem, NULL);
}

/* An event of one field with one pattern. */
static Wire__Event event_with_pattern(Wire__Pattern *pattern, Wire__Field *field,
                                      Wire__Pattern **patterns, Wire__Field **fields) {
  Wire__Event event = WIRE__EVENT__INIT;
  wire__field__init(field);
  field->name = (char *)"code";
  field->type = (char *)"text";
  patterns[0] = pattern;
  field->patterns = patterns;
  field->n_patterns = 1;
  fields[0] = field;
  event.id = (char *)"one";
  event.fields = fields;
  event.n_fields = 1;
  return event;
}

static void test_bad_pattern(void) {
  Wire__Pattern pattern = WIRE__PATTERN__INIT, *patterns[1];
  Wire__Field field, *fields[1];
  pattern.regex = (char *)"é(abc";
  pattern.line = 12;
  Wire__Event event = event_with_pattern(&pattern, &field, patterns, fields);
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(problem_free);
  g_autoptr(Rules) rules = rules_new(&event, NULL, problems);
  g_assert_cmpuint(problems->len, ==, 1);
  const Wire__Problem *problem = problems->pdata[0];
  g_assert_cmpstr(problem->field, ==, "code");
  g_assert_cmpuint(problem->line, ==, 12);
  g_assert_cmpuint(problem->offset, ==, strlen("é(abc"));
  g_assert_nonnull(strstr(problem->text, "parenthes"));
}

static void test_match_limit(void) {
  Wire__Pattern pattern = WIRE__PATTERN__INIT, *patterns[1];
  Wire__Field field, *fields[1];
  pattern.regex = (char *)"^(?<code>(?:a+)+)$";
  pattern.line = 41;
  Wire__Event event = event_with_pattern(&pattern, &field, patterns, fields);
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  g_autoptr(Rules) rules = rules_new(&event, &limits, NULL);
  g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
  g_autofree char *line = g_strnfill(1000, 'a');
  line[999] = 'b';
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  fold_line(&fold, line, -1);
  rules_begin(rules);
  g_assert_null(rules_limited(rules));
  rules_find_patterns(rules, &fold, hits);
  g_assert_cmpuint(hits->len, ==, 0);
  g_assert_cmpstr(rules_limited(rules), ==,
                  "event one, code, pattern 1 in line 41: ^(?<code>(?:a+)+)$");
  rules_begin(rules);
  g_assert_null(rules_limited(rules));
}

/* More labels than one pattern of PCRE2 can hold; `alike`: long ones of one begin, too. */
static void read_many_labels(gboolean alike) {
  enum { N = 3000 };
  Wire__Field field = WIRE__FIELD__INIT, *fields[] = {&field};
  Wire__Event event = WIRE__EVENT__INIT;
  g_autofree Wire__Label *labels = g_new0(Wire__Label, N);
  g_autofree Wire__Label **pointers = g_new0(Wire__Label *, N);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < N; i++) {
    wire__label__init(&labels[i]);
    g_ptr_array_add(
        texts, alike ? g_strdup_printf("lab%u of a list that says in many long words what is to be "
                                       "written beside each one of all its labels",
                                       i)
                     : g_strdup_printf("%c label number %u of a long list", 'a' + i % 26, i));
    labels[i].text = texts->pdata[i];
    pointers[i] = &labels[i];
  }
  field.name = (char *)"many";
  field.type = (char *)"text";
  field.labels = pointers;
  field.n_labels = N;
  event.id = (char *)"many";
  event.fields = fields;
  event.n_fields = 1;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(problem_free);
  g_autoptr(Rules) rules = rules_new(&event, NULL, problems);
  g_assert_cmpuint(problems->len, ==, 0);
  for (guint i = 0; i < N; i += 97) {
    g_autofree char *found = labels_of(rules, labels[i].text);
    g_assert_cmpstr(found, ==, "many");
  }
}

static void test_many_labels(void) {
  read_many_labels(FALSE);
  read_many_labels(TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rules/labels", test_labels);
  g_test_add_func("/rules/given-first", test_given_first);
  g_test_add_func("/rules/sentences", test_sentences);
  g_test_add_func("/rules/patterns", test_patterns);
  g_test_add_func("/rules/bad-pattern", test_bad_pattern);
  g_test_add_func("/rules/match-limit", test_match_limit);
  g_test_add_func("/rules/many-labels", test_many_labels);
  return g_test_run();
}
