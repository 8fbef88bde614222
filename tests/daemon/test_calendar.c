/* calendar: what libical reads back from what was written, and the rules of RFC 5545 and 5546. */
#include "daemon/calendar.h"

#include <libical/ical.h>

#include "tests/daemon/reply_fixture.h"

enum { NOW = 1560000000 }; /* 2019-06-08T13:20:00Z */

typedef struct {
  const char *status, *attendance, *earlier; /* earlier: status in the history, NULL: none */
} Person;

static const struct {
  Person people[3];
  const char *method;   /* NULL: no calendar */
  const char *statuses; /* of the entries, in order */
} cases[] = {
    {{{"registered", "yes", NULL}}, "PUBLISH", "CONFIRMED "},
    {{{"registered", "no", NULL}}, NULL, ""},
    {{{"incomplete", "yes", NULL}}, NULL, ""},
    {{{"late", "yes", NULL}}, NULL, ""},
    {{{"declined", "no", NULL}}, NULL, ""},
    {{{"declined", "no", "registered"}}, "CANCEL", "CANCELLED "},
    {{{"cancelled", "yes", "registered"}}, "CANCEL", "CANCELLED "},
    {{{"cancelled", "yes", "incomplete"}}, NULL, ""},
    {{{"registered", "yes", NULL}, {"declined", "no", NULL}}, "PUBLISH", "CONFIRMED "},
    {{{"registered", "yes", NULL}, {"cancelled", "yes", "registered"}},
     "PUBLISH",
     "CONFIRMED CANCELLED "},
    {{{"registered", "yes", NULL}, {"registered", "yes", NULL}, {"incomplete", NULL, NULL}},
     "PUBLISH",
     "CONFIRMED CONFIRMED "},
};

static GPtrArray *people_of(const Person *people) {
  GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  for (guint i = 0; i < 3 && people[i].status; i++) {
    Registration *registration = fixture_helene();
    registration->id = 7 + i;
    registration->sequence = i;
    fixture_string(&registration->status, people[i].status);
    registration_set(registration, "attendance", people[i].attendance);
    HistoryEntry *entry = history_entry_new();
    fixture_string(&entry->status, people[i].earlier ? people[i].earlier : "incomplete");
    g_ptr_array_add(registration->history, entry);
    g_ptr_array_add(list, registration);
  }
  return list;
}

static char *write_with(const Fixture *fixture, const GPtrArray *people, const char *language,
                        Memo *memo, const char **ret_method) {
  CalendarRequest request = {.event = fixture->event,
                             .language = language,
                             .registrations = people,
                             .organizer_name = "Cités Unies \"France\", secrétariat; ici",
                             .organizer_address = "secretariat@cuf.example",
                             .domain = "cuf.example",
                             .now = NOW,
                             .memo = memo};
  return calendar_write(&request, ret_method);
}

static char *write_for(const Fixture *fixture, const GPtrArray *people, const char *language,
                       const char **ret_method) {
  return write_with(fixture, people, language, NULL, ret_method);
}

/* In each language, for one person and for two, by one memo. */
static void test_what_is_kept_is_the_same(void) {
  static const char *const languages[] = {"fr", "en", "ja", "fr"};
  Fixture fixture;
  fixture_open(&fixture);
  Memo *memo = memo_new();
  for (guint count = 1; count <= 2; count++) {
    const Person people[3] = {{"registered", "yes", NULL},
                              {count > 1 ? "registered" : NULL, "yes", NULL}};
    g_autoptr(GPtrArray) list = people_of(people);
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
      const char *method = NULL;
      g_autofree char *plain = write_for(&fixture, list, languages[i], &method);
      g_autofree char *first = write_with(&fixture, list, languages[i], memo, &method);
      g_autofree char *again = write_with(&fixture, list, languages[i], memo, &method);
      g_assert_cmpstr(first, ==, plain);
      g_assert_cmpstr(again, ==, plain);
    }
  }
  memo_free(memo);
  fixture_close(&fixture);
}

static char *statuses_of(icalcomponent *calendar) {
  GString *out = g_string_new(NULL);
  icalcomponent *entry = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
  for (; entry; entry = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    icalproperty *status = icalcomponent_get_first_property(entry, ICAL_STATUS_PROPERTY);
    g_string_append_printf(out, "%s ", icalproperty_get_value_as_string(status));
  }
  return g_string_free(out, FALSE);
}

static void test_methods(void) {
  Fixture fixture;
  fixture_open(&fixture);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) people = people_of(cases[i].people);
    const char *method = NULL;
    g_autofree char *text = write_for(&fixture, people, "fr", &method);
    g_test_message("row %u", i);
    g_assert_cmpstr(method, ==, cases[i].method);
    g_assert_true((text == NULL) == (cases[i].method == NULL));
    if (!text) continue;
    icalcomponent *calendar = icalparser_parse_string(text);
    g_autofree char *statuses = statuses_of(calendar);
    g_assert_cmpstr(statuses, ==, cases[i].statuses);
    g_assert_cmpint(icalcomponent_get_method(calendar), ==,
                    icalenum_string_to_method(cases[i].method));
    icalcomponent_free(calendar);
  }
  fixture_close(&fixture);
}

static void assert_text(icalcomponent *entry, icalproperty_kind kind, const char *want) {
  icalproperty *property = icalcomponent_get_first_property(entry, kind);
  g_assert_nonnull(property);
  g_assert_cmpstr(icalvalue_get_text(icalproperty_get_value(property)), ==, want);
}

/* The properties that RFC 5546 3.2.1 wants, read back, in each language. */
static void test_entry(void) {
  static const char *const languages[] = {"fr", "en", "ja"};
  Fixture fixture;
  fixture_open(&fixture);
  g_autoptr(GPtrArray) people = people_of(cases[0].people);
  for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
    const char *method = NULL;
    g_autofree char *text = write_for(&fixture, people, languages[i], &method);
    icalcomponent *calendar = icalparser_parse_string(text);
    icalcomponent *entry = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    g_assert_cmpint(icalcomponent_count_errors(calendar), ==, 0);
    g_assert_cmpstr(icalcomponent_get_uid(entry), ==, "registration-7.copil-2019@cuf.example");
    g_assert_cmpstr(icaltime_as_ical_string(icalcomponent_get_dtstart(entry)), ==,
                    "20190703T143000Z"); /* 16:30 in Paris */
    g_assert_cmpstr(icaltime_as_ical_string(icalcomponent_get_dtend(entry)), ==,
                    "20190703T160000Z");
    g_assert_cmpstr(icaltime_as_ical_string(icalcomponent_get_dtstamp(entry)), ==,
                    "20190608T132000Z");
    g_assert_cmpint(icalcomponent_get_sequence(entry), ==, 0);
    assert_text(entry, ICAL_SUMMARY_PROPERTY, event_text(fixture.event, languages[i], "name"));
    assert_text(entry, ICAL_LOCATION_PROPERTY, event_text(fixture.event, languages[i], "place"));
    icalproperty *organizer = icalcomponent_get_first_property(entry, ICAL_ORGANIZER_PROPERTY);
    g_assert_cmpstr(icalproperty_get_organizer(organizer), ==, "mailto:secretariat@cuf.example");
    g_assert_null(icalcomponent_get_first_property(entry, ICAL_ATTENDEE_PROPERTY));
    icalcomponent_free(calendar);
  }
  fixture_close(&fixture);
}

/* RFC 5545 3.1: CRLF, no line over 75 octets, no cut within a character. */
static void test_lines(void) {
  Fixture fixture;
  fixture_open(&fixture);
  g_autoptr(GPtrArray) people = people_of(cases[10].people);
  const char *method = NULL;
  g_autofree char *text = write_for(&fixture, people, "ja", &method);
  g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
  for (char **line = lines; *line; line++) {
    g_assert_cmpuint(strlen(*line), <=, 75);
    g_assert_true(g_utf8_validate(*line, -1, NULL));
    g_assert_null(strchr(*line, '\n'));
  }
  g_assert_true(g_str_has_suffix(text, "END:VCALENDAR\r\n"));
  fixture_close(&fixture);
}

/* A name cannot add a property. */
static void test_hostile(void) {
  Fixture fixture;
  fixture_open(&fixture);
  g_autoptr(GPtrArray) people = people_of(cases[10].people);
  registration_set(people->pdata[0], "last_name", "X\r\nATTACH:http://evil.example/\r\nY;,\\");
  const char *method = NULL;
  g_autofree char *text = write_for(&fixture, people, "fr", &method);
  g_assert_null(strstr(text, "\nATTACH"));
  g_assert_null(strstr(text, "evil.example"));
  icalcomponent *calendar = icalparser_parse_string(text);
  g_assert_cmpint(icalcomponent_count_errors(calendar), ==, 0);
  icalcomponent_free(calendar);
  fixture_close(&fixture);
}

static void test_no_beginning(void) {
  Fixture fixture;
  fixture_open(&fixture);
  fixture_event(&fixture)->starts = 0;
  g_autoptr(GPtrArray) people = people_of(cases[0].people);
  const char *method = NULL;
  g_autofree char *text = write_for(&fixture, people, "fr", &method);
  g_assert_null(text);
  fixture_close(&fixture);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/calendar/kept", test_what_is_kept_is_the_same);
  g_test_add_func("/calendar/methods", test_methods);
  g_test_add_func("/calendar/entry", test_entry);
  g_test_add_func("/calendar/lines", test_lines);
  g_test_add_func("/calendar/hostile", test_hostile);
  g_test_add_func("/calendar/no-beginning", test_no_beginning);
  return g_test_run();
}
