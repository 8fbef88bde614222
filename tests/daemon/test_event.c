/* Event files: what is read, and each mistake with its line. */
#include "daemon/event.h"
#include "daemon/settings.h"
#include "tests/daemon/config_fixture.h"
#include "tests/daemon/manual_check.h"

/* Three lines, then five. */
#define HEAD "id: e\nlanguages: [fr, en]\ntexts: { fr: { name: N } }\n"
#define EMAIL                                                                                      \
  "fields:\n  - name: email\n    type: email\n    role: email\n    labels: { fr: [Courriel] }\n"

static Event *load(const Scratch *scratch, const char *text, char **ret_problems) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *file = scratch_write(scratch, "e.yaml", text, -1);
  Event *event = event_load(file, problems);
  *ret_problems = scratch_problems(scratch, problems);
  return event;
}

/* --- mistakes --------------------------------------------------------------------------------- */

static void test_mistakes(void) {
  static const struct {
    const char *name, *text, *want;
  } rows[] = {
      {"right", HEAD EMAIL, ""},
      {"empty", "",
       "e.yaml:1: 'id' is missing; the event's name in commands, exports and addresses\n"
       "e.yaml:1: 'texts' is missing; name, date, place, … of the event, by language\n"
       "e.yaml:1: 'fields' is missing; what the bulletin asks for, in order\n"},
      {"id", "id: E 1\ntexts: { fr: { name: N } }\n" EMAIL,
       "e.yaml:1: id: 'E 1' must be lower-case letters, digits, '-', '_' and '.', at most 64\n"},
      {"languages", "id: e\nlanguages: [fr, French, fr]\ntexts: { fr: { name: N } }\n" EMAIL,
       "e.yaml:2: languages: 'French' is no language code; fr, en, ja, …\n"
       "e.yaml:2: languages: 'fr' stands here twice\n"},
      {"country", HEAD "country: France\n" EMAIL,
       "e.yaml:4: country: 'France' is no country code of two capitals (ISO 3166): FR\n"},
      {"timezone", HEAD "timezone: Europe/Pariss\n" EMAIL,
       "e.yaml:4: timezone: 'Europe/Pariss' is no time zone; one like Europe/Paris\n"},
      {"date", HEAD "starts: 2019-02-30T10:00:00\n" EMAIL,
       "e.yaml:4: starts: '2019-02-30T10:00:00' is no date and time; one like "
       "2019-07-03T16:30:00\n"},
      {"French date", HEAD "starts: 3/7/2019\n" EMAIL,
       "e.yaml:4: starts: '3/7/2019' is no date and time; one like 2019-07-03T16:30:00\n"},
      {"ends before it starts", HEAD "starts: 2019-07-03 16:30\nends: 2019-07-03 16:30\n" EMAIL,
       "e.yaml:5: ends: '2019-07-03 16:30' is not after starts\n"},
      {"deadline after it", HEAD "starts: 2019-07-03\ndeadline: 2019-07-04\n" EMAIL,
       "e.yaml:5: deadline: '2019-07-04' is after the event\n"},
      {"language of texts", "id: e\nlanguages: [fr]\ntexts: { fr: { name: N }, de: {} }\n" EMAIL,
       "e.yaml:3: 'de' is none of the event's languages (fr)\n"},
      {"key of texts", "id: e\nlanguages: [fr]\ntexts:\n  fr:\n    nom: N\n" EMAIL,
       "e.yaml:5: unknown key 'nom'; known: name, date, place, contact, privacy, privacy_url\n"
       "e.yaml:4: no name in the event's first language; texts: { fr: { name: … } }\n"},
      {"unknown key", HEAD "sentence: {}\n" EMAIL,
       "e.yaml:4: unknown key 'sentence'; did you mean 'sentences'?\n"},
      {"unknown sentences", HEAD "sentences: { attendance_yess: {} }\n" EMAIL,
       "e.yaml:4: unknown key 'attendance_yess'; did you mean 'attendance_yes'?\n"},
      {"match is no list", HEAD "match: { subject: comité }\n" EMAIL,
       "e.yaml:4: subject is text; it must be a list\n"},
      {"identity", HEAD EMAIL "identity: [emial, x]\n",
       "e.yaml:9: identity: no field 'emial'; did you mean 'email'?\n"
       "e.yaml:9: identity: no field 'x'; known: email\n"},
      {"sent is a list", HEAD EMAIL "sent: { blank: [a] }\n",
       "e.yaml:9: blank is a list; it must be text\n"},
      {"no field", HEAD "fields: []\n", "e.yaml:4: 0 fields; an event has from 1 to 100\n"},
      {"field is text", HEAD "fields: [email]\n", "e.yaml:4: a field is text; it must be a map\n"},
  };
  Scratch scratch = scratch_new();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *got = NULL;
    g_autoptr(Event) event = load(&scratch, rows[i].text, &got);
    assert_problems(rows[i].name, got, rows[i].want);
  }
  scratch_free(&scratch);
}

static void test_field_mistakes(void) {
  static const struct {
    const char *name, *lines, *want; /* lines from 9 on */
  } rows[] = {
      {"type", "  - { name: a, type: txt, labels: { fr: [A] } }\n",
       "e.yaml:9: type: unknown 'txt'; did you mean 'text'?\n"},
      {"role", "  - { name: a, role: mail, labels: { fr: [A] } }\n",
       "e.yaml:9: role: unknown 'mail'; did you mean 'email'?\n"},
      {"name", "  - { name: Nom, labels: { fr: [A] } }\n",
       "e.yaml:9: name: 'Nom' must be lower-case letters, digits and '_', a letter first\n"},
      {"no name", "  - { labels: { fr: [A] } }\n",
       "e.yaml:9: 'name' is missing; what the field is called in exports and templates; "
       "lower-case letters, digits, _\n"},
      {"required", "  - { name: a, required: perhaps, labels: { fr: [A] } }\n",
       "e.yaml:9: required: 'perhaps' is neither true nor false\n"},
      {"name twice", "  - { name: email, labels: { fr: [A] } }\n",
       "e.yaml:9: field 'email' stands here again, first in line 5; remove one\n"},
      {"role twice", "  - { name: b, role: email, labels: { fr: [A] } }\n",
       "e.yaml:9: role 'email' is that of field 'email' already\n"},
      {"nothing to read", "  - name: a\n",
       "e.yaml:9: field 'a' has neither labels nor patterns; nothing would be read into it\n"},
      {"choice", "  - { name: a, type: choice, labels: { fr: [A] } }\n",
       "e.yaml:9: field 'a' is a choice without choices\n"},
      {"choices", "  - { name: a, labels: { fr: [A] },\n      choices: { x: { fr: [X] } } }\n",
       "e.yaml:10: choices of field 'a', which is of type text; make it 'type: choice'\n"},
      {"attendance",
       "  - { name: a, type: choice, role: attendance, labels: { fr: [A] },\n"
       "      choices: { oui: { fr: [Oui] } } }\n",
       "e.yaml:9: field 'a' of role attendance needs the choices \"yes\" and \"no\", in quotes\n"},
      {"bounds", "  - { name: a, minimum: 1, labels: { fr: [A] } }\n",
       "e.yaml:9: minimum and maximum of field 'a', which is of type text; they are for 'type: "
       "integer'\n"},
      {"bounds crossed",
       "  - { name: a, type: integer, minimum: 2, maximum: 1, "
       "labels: { fr: [A] } }\n",
       "e.yaml:9: maximum of field 'a' is below its minimum\n"},
      {"label language", "  - { name: a, labels: { ja: [A], fr: [A] } }\n",
       "e.yaml:9: 'ja' is none of the event's languages (fr, en)\n"},
      {"label empty", "  - { name: a, labels: { fr: [A, \" \"] } }\n",
       "e.yaml:9: labels: an empty text; remove it\n"},
      {"label a list", "  - { name: a, labels: { fr: [A, [B]] } }\n",
       "e.yaml:9: labels is a list; it must be text\n"},
      {"pattern", "  - name: a\n    patterns:\n      - { regx: x }\n      - x\n",
       "e.yaml:11: unknown key 'regx'; did you mean 'regex'?\n"
       "e.yaml:11: 'regex' is missing; PCRE2 that is tried on each line; a named group takes the "
       "value of that field\n"},
      {"pattern language", "  - name: a\n    patterns:\n      - { regex: x, language: ja }\n",
       "e.yaml:11: 'ja' is none of the event's languages (fr, en)\n"
       "e.yaml:9: field 'a' has neither labels nor patterns; nothing would be read into it\n"},
  };
  Scratch scratch = scratch_new();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = g_strconcat(HEAD EMAIL, rows[i].lines, NULL), *got = NULL;
    g_autoptr(Event) event = load(&scratch, text, &got);
    assert_problems(rows[i].name, got, rows[i].want);
  }
  scratch_free(&scratch);
}

/* A misspelt group would never give a value. */
static void test_group_mistakes(void) {
  static const struct {
    const char *name, *lines, *want; /* lines from 9 on */
  } rows[] = {
      {"right", "    patterns: ['(?<email>x)(?P<email>y)|(?''email''z)']\n", ""},
      {"misspelt", "    patterns: ['(?<emial>x)']\n",
       "e.yaml:9: pattern of field 'email': the group 'emial' is no field of event 'e'; "
       "did you mean 'email'?\n"},
      {"no group",
       "    patterns:\n      - '(?<=a)(?<!b)(?:c)(?i)\\(?<d>[(?<e>]\\Q(?<f>\\E[]\\](?<g>]'\n", ""},
      {"behind a class", "    patterns:\n      - '[^]](?P<seats>[0-9])'\n      - \"(?'x'y)\"\n",
       "e.yaml:10: pattern of field 'email': the group 'seats' is no field of event 'e'; "
       "known: email\n"
       "e.yaml:11: pattern of field 'email': the group 'x' is no field of event 'e'; "
       "known: email\n"},
      {"facts", "sentences: { facts: { en: ['I am (?<diet>vegan)'] } }\n",
       "e.yaml:9: pattern of the facts: the group 'diet' is no field of event 'e'; "
       "known: email\n"},
      {"sentence", "sentences: { cancellation: { en: ['(?<mail>x)'] } }\n",
       "e.yaml:9: pattern of cancellation: the group 'mail' is no field of event 'e'; "
       "did you mean 'email'?\n"},
  };
  Scratch scratch = scratch_new();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = g_strconcat(HEAD EMAIL, rows[i].lines, NULL), *got = NULL;
    g_autoptr(Event) event = load(&scratch, text, &got);
    assert_problems(rows[i].name, got, rows[i].want);
  }
  scratch_free(&scratch);
}

static void test_example_mistakes(void) {
  static const struct {
    const char *name, *lines, *want; /* lines from 10 on */
  } rows[] = {
      {"right", "  - { name: a, text: b, expect: { kind: question } }\n", ""},
      {"unknown key", "  - { name: a, text: b, expects: { kind: question } }\n",
       "e.yaml:10: unknown key 'expects'; did you mean 'expect'?\n"
       "e.yaml:10: 'expect' is missing; what must be read from it\n"},
      {"unknown field", "  - name: a\n    text: b\n    expect:\n      fields:\n        mail: x\n",
       "e.yaml:14: expect: no field 'mail'; did you mean 'email'?\n"},
      {"unknown kind", "  - { name: a, text: b, expect: { kind: questoin } }\n",
       "e.yaml:10: kind: unknown 'questoin'; did you mean 'question'?\n"},
      {"unknown decision", "  - { name: a, text: b, expect: { decision: accepted } }\n",
       "e.yaml:10: decision: unknown 'accepted'; did you mean 'accept'?\n"},
      {"no body", "  - { name: a, expect: { kind: bulletin } }\n",
       "e.yaml:10: neither text nor mail; an example needs one of the two\n"},
      {"two bodies", "  - { name: a, text: b, mail: c.eml, expect: { kind: bulletin } }\n",
       "e.yaml:10: text beside mail; a mail from a file has its own, remove one\n"},
      {"nothing expected", "  - { name: a, text: b, expect: {} }\n",
       "e.yaml:10: expect is empty; nothing would be tested\n"},
      {"two of one name",
       "  - { name: a, text: b, expect: { kind: bulletin } }\n"
       "  - { name: a, text: c, expect: { kind: bulletin } }\n",
       "e.yaml:11: example 'a' stands here again, first in line 10; give it another name\n"},
      {"two ways", "  - name: a\n    text: b\n    expect: { fields: {}, participants: [] }\n",
       "e.yaml:12: fields and participants; give one of the two\n"},
      {"a person", "  - { name: a, text: b, expect: { participants: [x] } }\n",
       "e.yaml:10: a participant is text; it must be a map\n"},
      {"sender", "  - { name: a, from: Jeanne, text: b, expect: { kind: bulletin } }\n",
       "e.yaml:10: from: 'Jeanne' is no address; one like Jeanne Martin <jm@example.org>\n"},
  };
  Scratch scratch = scratch_new();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = g_strconcat(HEAD EMAIL "examples:\n", rows[i].lines, NULL), *got = NULL;
    g_autoptr(Event) event = load(&scratch, text, &got);
    assert_problems(rows[i].name, got, rows[i].want);
  }
  scratch_free(&scratch);
}

static void test_example_choice(void) {
  Scratch scratch = scratch_new();
  g_autofree char *got = NULL;
  g_autoptr(Event) event =
      load(&scratch,
           HEAD EMAIL "  - { name: berth, type: choice, labels: { en: [Berth] },\n"
                      "      choices: { quay: { en: [Quay] }, buoy: { en: [Buoy] } } }\n"
                      "examples:\n  - { name: a, text: b, expect: { fields: { berth: Quay } } }\n",
           &got);
  g_assert_cmpstr(
      got, ==, "e.yaml:12: expect: 'Quay' is no choice of field 'berth'; did you mean 'quay'?\n");
  scratch_free(&scratch);
}

static void test_examples(void) {
  Scratch scratch = scratch_new();
  g_autofree char *got = NULL, *mail = g_build_filename(scratch.folder, "b.eml", NULL);
  g_autoptr(Event) event = load(
      &scratch,
      HEAD EMAIL "examples:\n"
                 "  - name: one\n    text: |\n      Hello\n    from: Ann <a@b.test>\n"
                 "    expect: { kind: bulletin, fields: { email: a@b.test } }\n"
                 "  - { name: two, mail: b.eml, expect: { participants: [ { email: ~ }, {} ] } }\n",
      &got);
  g_assert_cmpstr(got, ==, "");
  g_assert_cmpuint(event->examples->len, ==, 2);
  const EventExample *one = event->examples->pdata[0], *two = event->examples->pdata[1];
  g_assert_cmpstr(one->text, ==, "Hello\n");
  g_assert_cmpstr(one->from, ==, "Ann <a@b.test>");
  g_assert_cmpstr(one->subject, ==, "");
  g_assert_cmpstr(one->kind, ==, "bulletin");
  g_assert_cmpstr(one->decision, ==, "");
  g_assert_cmpuint(one->line, ==, 10);
  g_assert_cmpuint(one->people->len, ==, 1);
  g_assert_cmpstr(g_hash_table_lookup(one->people->pdata[0], "email"), ==, "a@b.test");
  g_assert_cmpstr(two->mail, ==, mail);
  g_assert_null(two->text);
  g_assert_cmpuint(two->people->len, ==, 2);
  g_assert_cmpstr(g_hash_table_lookup(two->people->pdata[0], "email"), ==, "");
  scratch_free(&scratch);
}

/* --- what is read -------------------------------------------------------------------------------
 */

static void test_moments(void) {
  static const struct {
    const char *zone, *text;
    gint64 want;
  } rows[] = {
      {"Europe/Paris", "2019-07-03T16:30:00", 1562164200}, /* 14:30 UTC, summer time */
      {"Europe/Paris", "2019-07-03 16:30", 1562164200},
      {"Europe/Paris", "2019-06-25T00:00:00", 1561413600},
      {"Europe/Paris", "2019-06-25", 1561413600},
      {"Europe/Paris", "2019-01-15T12:00:00", 1547550000}, /* 11:00 UTC, winter time */
      {"Asia/Tokyo", "2019-07-03T16:30:00", 1562139000},
      {"Asia/Tokyo", "2019-07-03T16:30:00+02:00", 1562164200},
      {"Asia/Tokyo", "2019-07-03T14:30:00Z", 1562164200},
  };
  Scratch scratch = scratch_new();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *got = NULL, *text = g_strdup_printf(HEAD "timezone: %s\nstarts: %s\n" EMAIL,
                                                         rows[i].zone, rows[i].text);
    g_autoptr(Event) event = load(&scratch, text, &got);
    g_assert_cmpstr(got, ==, "");
    g_assert_cmpint(event->starts, ==, rows[i].want);
  }
  scratch_free(&scratch);
}

#define WHOLE                                                                                      \
  HEAD "timezone: Europe/Paris\n"                                                                  \
       "titles: { fr: [Bulletin], en: Form }\nwords: [Nancy]\nstaff: [a@example.org]\n"            \
       "match: { recipient: ['r'], subject: ['s', 't'] }\nreplies: own\n" EMAIL                    \
       "  - name: attendance\n    type: choice\n    role: attendance\n    required: true\n"        \
       "    labels: { fr: [Présence, Venue], en: [Attendance] }\n"                                \
       "    choices: { \"yes\": { fr: [Oui] }, \"no\": { fr: [Non, Absent], en: [\"No\"] } }\n"    \
       "    patterns: ['a', { regex: 'b', language: en }]\n"                                       \
       "  - { name: needs, private: true, suggestion: true, type: lines, max_chars: 10, labels: "  \
       "{ fr: [Besoins] } "                                                                        \
       "}\n"                                                                                       \
       "sentences: { attendance_no: { fr: ['x', 'y'], en: ['z'] } }\n"                             \
       "sent: { blank: \"B\", letter: \"L\" }\n"

static void test_rules(void) {
  Scratch scratch = scratch_new();
  g_autofree char *got = NULL;
  g_autoptr(Event) event = load(&scratch, WHOLE, &got);
  g_assert_cmpstr(got, ==, "");
  const Wire__Event *rules = event->rules;
  g_assert_cmpstr(rules->id, ==, "e");
  g_assert_cmpstr(rules->country, ==, "FR");
  g_assert_cmpuint(rules->n_languages, ==, 2);
  g_assert_cmpuint(rules->n_titles, ==, 2);
  g_assert_cmpstr(rules->titles[1]->language, ==, "en");
  g_assert_cmpstr(rules->words[0], ==, "Nancy");
  g_assert_cmpstr(rules->staff[0], ==, "a@example.org");
  g_assert_cmpuint(rules->n_match_recipient, ==, 1);
  g_assert_cmpstr(rules->match_subject[1]->regex, ==, "t");
  g_assert_cmpuint(rules->n_attendance_no, ==, 3);
  g_assert_cmpstr(rules->attendance_no[2]->language, ==, "en");
  g_assert_cmpuint(rules->n_attendance_yes, ==, 0);
  g_assert_cmpstr(rules->sent_texts[1], ==, "L");
  const Wire__Field *field = rules->fields[1];
  g_assert_cmpstr(field->role, ==, "attendance");
  g_assert_true(field->required);
  g_assert_cmpuint(field->n_labels, ==, 3);
  g_assert_cmpuint(field->n_choices, ==, 2);
  g_assert_cmpstr(field->choices[1]->words[1]->text, ==, "Absent");
  g_assert_cmpstr(field->patterns[0]->language, ==, "");
  g_assert_cmpstr(field->patterns[1]->language, ==, "en");
  g_assert_cmpuint(field->patterns[1]->line, ==, 21);
  g_assert_cmpuint(rules->fields[2]->max_chars, ==, 10);
  scratch_free(&scratch);
}

static void test_people(void) {
  Scratch scratch = scratch_new();
  g_autofree char *got = NULL;
  g_autoptr(Event) event = load(&scratch, WHOLE, &got);
  g_autofree char *own = g_build_filename(scratch.folder, "own", NULL);
  g_assert_cmpstr(event->replies_dir, ==, own);
  g_assert_true(event->from_match);
  g_assert_cmpstr(event->email_field, ==, "email");
  g_assert_cmpstr(event->attendance_field, ==, "attendance");
  g_assert_cmpstr(event->declined_value, ==, "no");
  g_assert_cmpstr(event->identity[0], ==, "email");
  g_assert_null(event->identity[1]);
  g_assert_true(event_field(event, "needs")->private);
  g_assert_true(event_field(event, "needs")->suggestion);
  g_assert_false(event_field(event, "attendance")->suggestion);
  g_assert_null(event_field(event, "none"));
  g_assert_cmpstr(event_text(event, "en", "name"), ==, "N");
  g_assert_cmpstr(event_text(event, NULL, "place"), ==, "");
  static const struct {
    const char *language, *field, *want;
  } labels[] = {{"fr", "attendance", "Présence"},
                {"en", "attendance", "Attendance"},
                {"en", "needs", "Besoins"},
                {NULL, "needs", "Besoins"},
                {"fr", "none", "none"}};
  for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
    g_assert_cmpstr(event_label(event, labels[i].language, labels[i].field), ==, labels[i].want);
  g_assert_cmpstr(event_word(event, "en", "attendance", "no"), ==, "No");
  g_assert_cmpstr(event_word(event, "en", "attendance", "yes"), ==, "Oui");
  g_assert_cmpstr(event_word(event, "en", "attendance", "perhaps"), ==, "perhaps");
  g_assert_cmpstr(event_word(event, "en", "needs", "v"), ==, "v");
  scratch_free(&scratch);
}

/* The shipped event has the facts of the invitation. */
static void test_shipped(void) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Event) event = event_load(SOURCE_DIR "/contrib/events/copil-2019.yaml", problems);
  for (guint i = 0; i < problems->len; i++) g_printerr("%s\n", (char *)problems->pdata[i]);
  g_assert_cmpuint(problems->len, ==, 0);
  g_assert_cmpint(event->starts, ==, 1562164200);
  g_assert_cmpint(event->ends, ==, 1562169600);
  g_assert_cmpint(event->deadline, ==, 1561413600);
  static const struct {
    const char *name;
    gboolean required, private, suggestion;
  } fields[] = {{"organization", TRUE, FALSE, FALSE}, {"title", FALSE, FALSE, FALSE},
                {"last_name", TRUE, FALSE, FALSE},    {"first_name", TRUE, FALSE, FALSE},
                {"role", FALSE, FALSE, FALSE},        {"address", FALSE, FALSE, FALSE},
                {"postal_code", FALSE, FALSE, FALSE}, {"city", FALSE, FALSE, FALSE},
                {"phone", FALSE, FALSE, FALSE},       {"email", TRUE, FALSE, FALSE},
                {"attendance", TRUE, FALSE, FALSE},   {"japanese_partner", FALSE, FALSE, FALSE},
                {"themes", FALSE, FALSE, TRUE},       {"workshops", FALSE, FALSE, TRUE},
                {"needs", FALSE, TRUE, FALSE}};
  g_assert_cmpuint(event->fields->len, ==, G_N_ELEMENTS(fields));
  for (guint i = 0; i < event->fields->len; i++) {
    const EventField *field = event->fields->pdata[i];
    g_assert_cmpstr(field->name, ==, fields[i].name);
    g_assert_cmpint(field->required, ==, fields[i].required);
    g_assert_cmpint(field->private, ==, fields[i].private);
    g_assert_cmpint(field->suggestion, ==, fields[i].suggestion);
    g_assert_cmpuint(g_hash_table_size(field->labels), ==, 3);
  }
}

static void test_manual(void) {
  g_autofree char *table = event_describe();
  g_assert_true(manual_holds(SOURCE_DIR "/contrib/man/bulletind-event.5", table));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/event/mistakes", test_mistakes);
  g_test_add_func("/event/field-mistakes", test_field_mistakes);
  g_test_add_func("/event/group-mistakes", test_group_mistakes);
  g_test_add_func("/event/example-mistakes", test_example_mistakes);
  g_test_add_func("/event/example-choice", test_example_choice);
  g_test_add_func("/event/examples", test_examples);
  g_test_add_func("/event/moments", test_moments);
  g_test_add_func("/event/rules", test_rules);
  g_test_add_func("/event/people", test_people);
  g_test_add_func("/event/shipped", test_shipped);
  g_test_add_func("/event/manual", test_manual);
  return g_test_run();
}
