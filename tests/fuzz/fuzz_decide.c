/* fuzz_decide - what was read of a mail and what is known, as lines of words: nobody is answered
 * who may not be, nothing incomplete is confirmed, a mail that came twice changes nothing.
 *
 *   mail KIND FLAGS FROM THREAD RECEIVED     numbers but FROM; the first line
 *   person / known STATUS SENDER THREAD      a participant, a registration; then its
 *   FIELD=VALUE                              values
 *   doubt                                    of the parser
 *   twice / other / personal / results TEXT  the mail is a duplicate, … */
#include "daemon/decide.h"

#include "daemon/util.h"
#include "tests/fuzz/target.h"

enum { PEOPLE_MAX = 6, DEADLINE = 2000 };

typedef struct {
  Extraction *extraction;
  GPtrArray *known;
  Participant *person;        /* the last one; or */
  Registration *registration; /* the last one */
  DecideInput input;
} Case;

static const Event *shared_event(void) {
  static Event *event;
  if (event) return event;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  event = event_load(SOURCE_DIR "/contrib/events/copil-2019.yaml", problems);
  g_assert_nonnull(event);
  event->deadline = DEADLINE;
  return event;
}

static const char *word(char **words, guint at) {
  return at < g_strv_length(words) ? words[at] : "";
}

static guint64 number(char **words, guint at) {
  return g_ascii_strtoull(word(words, at), NULL, 10);
}

static void read_mail(Case *of, char **words) {
  of->extraction->kind = (MailKind)(number(words, 1) % KIND_COUNT);
  of->extraction->flags = (guint)number(words, 2) & 0xfff;
  string_set(&of->extraction->from, word(words, 3));
  of->input.thread = number(words, 4);
  of->input.received = (gint64)(number(words, 5) % (2 * DEADLINE));
}

static void read_known(Case *of, char **words) {
  if (of->known->len >= PEOPLE_MAX) return;
  of->person = NULL;
  of->registration = registration_new();
  of->registration->id = of->known->len + 1;
  string_set(&of->registration->event, shared_event()->id);
  string_set(&of->registration->status, word(words, 1));
  string_set(&of->registration->sender, word(words, 2));
  of->registration->thread = number(words, 3);
  g_ptr_array_add(of->known, of->registration);
}

static void read_person(Case *of, char **words) {
  (void)words;
  if (of->extraction->participants->len >= PEOPLE_MAX) return;
  of->registration = NULL;
  of->person = participant_new();
  g_ptr_array_add(of->extraction->participants, of->person);
}

static void read_flag(Case *of, char **words) {
  if (!strcmp(words[0], "twice")) of->input.duplicate = TRUE;
  if (!strcmp(words[0], "other")) of->input.conflicting_id = TRUE;
  if (!strcmp(words[0], "personal")) of->input.personal = TRUE;
  if (!strcmp(words[0], "doubt"))
    g_ptr_array_add(of->extraction->review_reasons, g_strdup("doubt"));
  if (!strcmp(words[0], "results")) {
    of->input.trusted_authserv_id = "mx.example.test";
    g_free(of->extraction->auth_results);
    of->extraction->auth_results = g_strjoinv(" ", words + 1);
  }
}

static void read_value(Case *of, const char *line) {
  g_auto(GStrv) halves = g_strsplit(line, "=", 2);
  if (!halves[1] || !*halves[1] || !event_field(shared_event(), halves[0])) return;
  if (of->registration) registration_set(of->registration, halves[0], halves[1]);
  if (of->person && !participant_value(of->person, halves[0]))
    g_ptr_array_add(of->person->values, field_value_new(halves[0], halves[1]));
}

static void read_line(Case *of, const char *line) {
  g_auto(GStrv) words = g_strsplit(line, " ", 40);
  if (!words[0]) return;
  if (!strcmp(words[0], "mail"))
    read_mail(of, words);
  else if (!strcmp(words[0], "known"))
    read_known(of, words);
  else if (!strcmp(words[0], "person"))
    read_person(of, words);
  else if (strchr(line, '='))
    read_value(of, line);
  else
    read_flag(of, words);
}

static void check_change(const Change *change) {
  const Registration *registration = change->registration;
  target_utf8(registration->status);
  target_utf8(change->what);
  if (strcmp(registration->status, "registered") != 0) return;
  g_autoptr(GPtrArray) missing = decide_missing(shared_event(), registration);
  g_assert_cmpuint(missing->len, ==, 0);
}

static void check_answer(const Extraction *extraction, const Verdict *verdict) {
  g_assert_true((verdict->reply == REPLY_NONE) == (verdict->reply_to == NULL));
  if (verdict->reply == REPLY_NONE) return;
  g_assert_cmpuint(extraction->flags & EXTRACTION_UNANSWERABLE, ==, 0);
  g_assert_true(extraction->kind <= KIND_QUESTION || extraction->kind == KIND_UNREADABLE);
  g_assert_true(*verdict->reply_to != '\0');
  gboolean certain = verdict->reply == REPLY_CONFIRMED || verdict->reply == REPLY_UPDATED;
  g_assert_true(!certain || verdict->decision == DECISION_ACCEPT);
  g_assert_true(!certain || extraction->review_reasons->len == 0);
}

static void check(const Case *of) {
  g_autoptr(Verdict) verdict = decide(&of->input);
  target_utf8(verdict->reason);
  target_utf8(verdict->state);
  g_assert_null(strchr(verdict->reason, '\n'));
  check_answer(of->extraction, verdict);
  g_assert_true(!of->input.duplicate || verdict->changes->len == 0);
  for (guint i = 0; i < verdict->changes->len; i++) check_change(verdict->changes->pdata[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  if (!g_utf8_validate(text, -1, NULL)) return 0;
  g_autoptr(Extraction) extraction = extraction_new();
  g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  string_set(&extraction->event, shared_event()->id);
  Case of = {.extraction = extraction, .known = known};
  of.input = (DecideInput){
      .extraction = extraction, .event = shared_event(), .known = known, .asks_max = 3};
  g_auto(GStrv) lines = g_strsplit(text, "\n", 100);
  for (guint i = 0; lines[i]; i++) read_line(&of, lines[i]);
  check(&of);
  return 0;
}
