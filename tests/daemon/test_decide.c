/* The table of cases of decide: what is read and what is known, to what is done. */
#include <string.h>

#include "daemon/decide.h"
#include "daemon/decide_auth.h"
#include "daemon/util.h"

#define MARIE "organization=Nancy;last_name=Durand;first_name=Marie;email=m@v.example"
#define MARIE_YES MARIE ";attendance=yes"
#define PAUL_YES                                                                                   \
  "organization=Nancy;last_name=Petit;first_name=Paul;email=m@v.example;attendance=yes"
#define FROM "m@v.example"
#define TIED EXTRACTION_TIED

enum { BEFORE = 1000, DEADLINE = 2000, AFTER = 2000 };

typedef struct {
  const char *name;
  MailKind kind;
  guint flags;
  const char *from;
  const char *people; /* participants, "|" between them; "field=value;…" */
  const char *known;  /* registrations, "|" between them: "status sender thread field=value;…" */
  guint64 thread;
  gint64 received; /* 0: BEFORE */
  gboolean personal, conflicting, no_event;
  const char *doubt; /* a review reason of the parser */
  const char *results;
  const char *expected; /* "decision state reply: what status; …" */
} Case;

static const Case cases[] = {
    {"a complete bulletin is confirmed", KIND_BULLETIN, TIED, FROM, MARIE_YES,
     .expected = "accept settled confirmed: created registered"},
    {"a decline is thanked", KIND_BULLETIN, TIED, FROM, MARIE ";attendance=no",
     .expected = "accept settled declined: created declined"},
    {"what is missing is asked", KIND_BULLETIN, TIED, FROM, MARIE,
     .expected = "ask waiting-for-sender ask: created incomplete"},
    {"one of two incomplete: asked", KIND_BULLETIN, TIED, FROM,
     MARIE_YES "|"
               "organization=Nancy;last_name=Petit",
     .expected = "ask waiting-for-sender ask: created registered, created incomplete"},
    {"nobody named", KIND_BULLETIN, TIED, FROM, "", .expected = "review review received:"},
    {"a doubt of the parser", KIND_BULLETIN, TIED, FROM, MARIE_YES, .doubt = "two answers",
     .expected = "review review received: review review"},
    {"the deadline itself is late", KIND_BULLETIN, TIED, FROM, MARIE_YES, .received = AFTER,
     .expected = "review review late: late late"},
    {"a second before it is not", KIND_BULLETIN, TIED, FROM, MARIE_YES, .received = DEADLINE - 1,
     .expected = "accept settled confirmed: created registered"},
    /* people who are known */
    {"the answer completes", KIND_BULLETIN, TIED, FROM, "attendance=yes",
     "incomplete m@v.example 5 " MARIE, .thread = 5,
     .expected = "accept settled confirmed: completed registered"},
    {"the answer in a new mail completes", KIND_BULLETIN, TIED, FROM, "attendance=yes",
     "incomplete m@v.example 5 " MARIE,
     .expected = "accept settled confirmed: completed registered"},
    {"the answer still lacks something", KIND_BULLETIN, TIED, FROM, "phone=+33612345678",
     "incomplete m@v.example 5 " MARIE, .thread = 5,
     .expected = "ask waiting-for-sender ask: updated incomplete"},
    {"a correction of a value", KIND_BULLETIN, TIED, FROM, MARIE_YES ";phone=+33612345678",
     "registered m@v.example 5 " MARIE_YES,
     .expected = "accept settled updated: updated registered"},
    {"case and marks tell nobody apart", KIND_BULLETIN, TIED, FROM,
     "organization=Nancy;last_name=DURÀND;first_name=marie;email=m@v.example;attendance=no",
     "registered m@v.example 5 " MARIE_YES,
     .expected = "accept settled declined: updated declined"},
    {"the same again", KIND_BULLETIN, TIED, FROM, MARIE_YES, "registered m@v.example 5 " MARIE_YES,
     .expected = "accept settled confirmed: repeated registered"},
    {"a colleague of the same address", KIND_BULLETIN, TIED, FROM, PAUL_YES,
     "registered m@v.example 5 " MARIE_YES,
     .expected = "accept settled confirmed: created registered"},
    {"another name in her thread", KIND_BULLETIN, TIED, FROM, PAUL_YES,
     "registered m@v.example 5 " MARIE_YES, .thread = 5,
     .expected = "review review received: review review"},
    {"another name, called a correction", KIND_BULLETIN, TIED | EXTRACTION_CORRECTION, FROM,
     PAUL_YES, "registered m@v.example 5 " MARIE_YES, .thread = 5,
     .expected = "accept settled updated: updated registered"},
    {"a correction that fits two", KIND_BULLETIN, TIED | EXTRACTION_CORRECTION, FROM,
     "phone=+33612345678",
     "registered m@v.example 5 " MARIE_YES "|registered m@v.example 5 " PAUL_YES,
     .expected = "review review received: review review"},
    {"a stranger changes nothing", KIND_BULLETIN, TIED, "x@else.example", MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES, .expected = "review review received:"},
    {"a stranger with the token may", KIND_BULLETIN, TIED, "x@else.example", MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES, .thread = 5,
     .expected = "accept settled declined: updated declined"},
    {"back after a cancellation", KIND_BULLETIN, TIED, FROM, MARIE_YES,
     "cancelled m@v.example 5 " MARIE_YES,
     .expected = "accept settled updated: updated registered"},
    {"late, and registered already: it stays", KIND_BULLETIN, TIED, FROM, MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES, .received = AFTER, .expected = "review review late:"},
    {"his name in part, in the answer", KIND_BULLETIN, TIED, FROM,
     "last_name=DURAND;attendance=yes", "incomplete m@v.example 5 " MARIE, .thread = 5,
     .expected = "accept settled confirmed: completed registered"},
    {"another name in the answer", KIND_BULLETIN, TIED, FROM, "last_name=Petit;attendance=yes",
     "incomplete m@v.example 5 " MARIE, .thread = 5,
     .expected = "review review received: review review"},
    {"one registration twice in a mail", KIND_BULLETIN, TIED, FROM, MARIE_YES "|" MARIE_YES,
     "registered m@v.example 5 " MARIE_YES, .expected = "review review received:"},
    {"somebody of whom nothing is kept", KIND_BULLETIN, TIED, FROM, "shoe_size=41",
     .doubt = "two answers", .expected = "review review received:"},
    {"of no event", KIND_BULLETIN, TIED, FROM, MARIE_YES, .no_event = TRUE,
     .expected = "review review none:"},
    /* headers decide the answer */
    {"an automatic bulletin", KIND_BULLETIN, TIED | EXTRACTION_AUTOMATIC, FROM, MARIE_YES,
     .expected = "review review none: review review"},
    {"through a list", KIND_BULLETIN, TIED | EXTRACTION_LIST, FROM, MARIE_YES,
     .expected = "review review none: review review"},
    {"asks for no answer", KIND_BULLETIN, TIED | EXTRACTION_SUPPRESS, FROM, MARIE_YES,
     .expected = "review review none: review review"},
    {"an empty return path", KIND_QUESTION, TIED | EXTRACTION_NULL_SENDER, FROM, "",
     .expected = "review review none:"},
    {"no address at all", KIND_QUESTION, TIED, "", "", .expected = "review review none:"},
    {"the same Message-ID, other words", KIND_BULLETIN, TIED, FROM, MARIE_YES, .conflicting = TRUE,
     .expected = "review review none: review review"},
    {"authentication failed", KIND_BULLETIN, TIED, FROM, MARIE_YES,
     .results = "mx.v.example; dmarc=fail", .expected = "review review received: review review"},
    {"failed, says somebody else", KIND_BULLETIN, TIED, FROM, MARIE_YES,
     .results = "evil.example; dmarc=fail",
     .expected = "accept settled confirmed: created registered"},
    /* who may be in From: where a server is trusted to check it, what it found */
    {"a correction whose sender is proved", KIND_BULLETIN, TIED, FROM, MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES,
     .results = "mx.v.example; dmarc=pass header.from=v.example",
     .expected = "accept settled declined: updated declined"},
    {"a correction that anybody can have sent", KIND_BULLETIN, TIED, FROM, MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES, .results = "mx.v.example; none",
     .expected = "review review received:"},
    {"one that was not checked", KIND_BULLETIN, TIED, FROM, MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES, .results = "", .expected = "review review received:"},
    {"one that its own server proves", KIND_BULLETIN, TIED, FROM, MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES,
     .results = "evil.example; dmarc=pass header.from=v.example",
     .expected = "review review received:"},
    {"one that proves another domain", KIND_BULLETIN, TIED, FROM, MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES,
     .results = "mx.v.example; spf=pass smtp.mailfrom=a@evil.example",
     .expected = "review review received:"},
    {"not proved, but with the token", KIND_BULLETIN, TIED, FROM, MARIE ";attendance=no",
     "registered m@v.example 5 " MARIE_YES, .thread = 5, .results = "mx.v.example; none",
     .expected = "accept settled declined: updated declined"},
    {"a cancellation that anybody can have sent", KIND_CANCELLATION, TIED, FROM, "",
     "registered m@v.example 5 " MARIE_YES, .results = "mx.v.example; none",
     .expected = "review review received:"},
    {"a new registration needs no proof", KIND_BULLETIN, TIED, FROM, MARIE_YES,
     .results = "mx.v.example; none", .expected = "accept settled confirmed: created registered"},
    /* machines */
    {"an automatic answer", KIND_AUTO_REPLY, 0, FROM, "", .expected = "ignore settled none:"},
    {"a newsletter", KIND_BULK, 0, FROM, "", .expected = "ignore settled none:"},
    {"a bounce of somebody's mail", KIND_BOUNCE, 0, FROM, "", .expected = "ignore settled none:"},
    {"a bounce of ours", KIND_BOUNCE, 0, FROM, "", .thread = 5, .expected = "ignore review none:"},
    {"our own mail", KIND_QUESTION, TIED | EXTRACTION_FROM_US, FROM, "",
     .expected = "review review none:"},
    /* people without a bulletin */
    {"a question about the event", KIND_QUESTION, TIED, FROM, "",
     .expected = "review review received:"},
    {"a question about anything", KIND_QUESTION, 0, FROM, "", .expected = "review review none:"},
    {"nothing can be read", KIND_UNREADABLE, TIED, FROM, "",
     .expected = "review unreadable received:"},
    {"a person's other mail is left alone", KIND_QUESTION, 0, FROM, "", .personal = TRUE,
     .expected = "review aside none:"},
    {"a person answers the return path", KIND_BULLETIN, TIED, FROM, MARIE_YES, .personal = TRUE,
     .expected = "review review none: review review"},
    /* cancellations */
    {"of whom is not known", KIND_CANCELLATION, TIED, FROM, "",
     .expected = "review review received:"},
    {"by its sender", KIND_CANCELLATION, TIED, FROM, "", "registered m@v.example 5 " MARIE_YES,
     .expected = "accept settled cancelled: cancelled cancelled"},
    {"by a stranger", KIND_CANCELLATION, TIED, "x@else.example", "",
     "registered m@v.example 5 " MARIE_YES, .expected = "review review received:"},
    {"of one of two", KIND_CANCELLATION, TIED, FROM, "",
     "registered m@v.example 5 " MARIE_YES "|registered m@v.example 5 " PAUL_YES,
     .expected = "review review received:"},
    {"naming somebody else", KIND_CANCELLATION, TIED, FROM, "last_name=Petit;first_name=Paul",
     "registered m@v.example 5 " MARIE_YES, .expected = "review review received:"},
};

/* --- building --------------------------------------------------------------------------------- */

static void add_people(Extraction *extraction, const char *text) {
  g_auto(GStrv) people = g_strsplit(text, "|", -1);
  for (char **one = people; *one; one++) {
    Participant *participant = participant_new();
    g_auto(GStrv) values = g_strsplit(*one, ";", -1);
    for (char **value = values; *value; value++) {
      g_auto(GStrv) pair = g_strsplit(*value, "=", 2);
      g_ptr_array_add(participant->values, field_value_new(pair[0], pair[1]));
    }
    g_ptr_array_add(extraction->participants, participant);
  }
}

static Registration *registration_of(const Event *event, const char *text, guint64 id) {
  Registration *registration = registration_new();
  g_auto(GStrv) words = g_strsplit(text, " ", 4);
  registration->id = id;
  string_set(&registration->event, event->id);
  string_set(&registration->status, words[0]);
  string_set(&registration->sender, words[1]);
  registration->thread = g_ascii_strtoull(words[2], NULL, 10);
  g_auto(GStrv) values = g_strsplit(words[3], ";", -1);
  for (char **value = values; *value; value++) {
    g_auto(GStrv) pair = g_strsplit(*value, "=", 2);
    registration_set(registration, pair[0], pair[1]);
  }
  g_autoptr(Extraction) same = extraction_new();
  add_people(same, words[3]);
  string_set(&registration->email_key, registration_value(registration, "email"));
  g_free(registration->name_key);
  registration->name_key = decide_name_key(event, same->participants->pdata[0]);
  return registration;
}

static Extraction *extraction_of(const Case *row) {
  Extraction *extraction = extraction_new();
  extraction->kind = row->kind;
  extraction->flags = row->flags;
  string_set(&extraction->from, row->from);
  string_set(&extraction->language, "fr");
  string_set(&extraction->auth_results, row->results ? row->results : "");
  if (*row->people) add_people(extraction, row->people);
  if (row->doubt) g_ptr_array_add(extraction->review_reasons, g_strdup(row->doubt));
  return extraction;
}

static char *describe(const Verdict *verdict) {
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "%s %s %s:", decision_name(verdict->decision), verdict->state,
                         reply_kind_name(verdict->reply));
  for (guint i = 0; i < verdict->changes->len; i++) {
    const Change *change = verdict->changes->pdata[i];
    g_string_append_printf(text, "%s %s %s", i ? "," : "", change->what,
                           change->registration->status);
  }
  return g_string_free(text, FALSE);
}

static Event *load_event(void) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  Event *event = event_load(SOURCE_DIR "/contrib/events/copil-2019.yaml", problems);
  g_assert_nonnull(event);
  g_assert_cmpuint(problems->len, ==, 0);
  event->deadline = DEADLINE;
  return event;
}

static void run_case(const Event *event, const Case *row) {
  g_autoptr(Extraction) extraction = extraction_of(row);
  g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  g_auto(GStrv) stored = g_strsplit(row->known ? row->known : "", "|", -1);
  for (guint i = 0; stored[i]; i++)
    g_ptr_array_add(known, registration_of(event, stored[i], i + 1));
  DecideInput input = {.extraction = extraction,
                       .event = row->no_event ? NULL : event,
                       .personal = row->personal,
                       .trusted_authserv_id = row->results ? "mx.v.example" : NULL,
                       .received = row->received ? row->received : BEFORE,
                       .asks_max = 2,
                       .conflicting_id = row->conflicting,
                       .thread = row->thread,
                       .known = known};
  g_autoptr(Verdict) verdict = decide(&input);
  g_autofree char *got = describe(verdict);
  if (strcmp(got, row->expected) != 0)
    g_test_message("case '%s': reason '%s'", row->name, verdict->reason);
  g_assert_cmpstr(got, ==, row->expected);
  g_assert_true((verdict->reply == REPLY_NONE) == (verdict->reply_to == NULL));
  g_assert_true(verdict->reason && *verdict->reason);
}

static void test_cases(void) {
  g_autoptr(Event) event = load_event();
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) run_case(event, &cases[i]);
}

/* --- more than one mail ----------------------------------------------------------------------- */

static void test_asks_end(void) {
  g_autoptr(Event) event = load_event();
  g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  Registration *asked = registration_of(event, "incomplete m@v.example 5 " MARIE, 1);
  asked->asks = 2;
  g_ptr_array_add(known, asked);
  const Case row = {
      .kind = KIND_BULLETIN, .flags = TIED, .from = FROM, .people = "phone=+33612345678"};
  g_autoptr(Extraction) extraction = extraction_of(&row);
  DecideInput input = {.extraction = extraction,
                       .event = event,
                       .received = BEFORE,
                       .asks_max = 2,
                       .thread = 5,
                       .known = known};
  g_autoptr(Verdict) verdict = decide(&input);
  g_autofree char *got = describe(verdict);
  g_assert_cmpstr(got, ==, "review review received: updated incomplete");
}

static void test_personal_answers_the_return_path(void) {
  g_autoptr(Event) event = load_event();
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  const Case row = {.kind = KIND_BULLETIN, .flags = TIED, .from = FROM, .people = MARIE_YES};
  g_autoptr(Extraction) extraction = extraction_of(&row);
  extraction->return_path = g_strdup("path@v.example");
  DecideInput input = {.extraction = extraction,
                       .event = event,
                       .personal = TRUE,
                       .received = BEFORE,
                       .known = none};
  g_autoptr(Verdict) verdict = decide(&input);
  g_assert_cmpint(verdict->reply, ==, REPLY_CONFIRMED);
  g_assert_cmpstr(verdict->reply_to, ==, "path@v.example");
}

static void test_not_addressed_to_us(void) {
  g_autoptr(Event) event = load_event();
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  const Case row = {.kind = KIND_BULLETIN, .flags = TIED, .from = FROM, .people = MARIE_YES};
  g_autoptr(Extraction) extraction = extraction_of(&row);
  DecideInput input = {.extraction = extraction,
                       .event = event,
                       .addresses_known = TRUE,
                       .received = BEFORE,
                       .known = none};
  g_autoptr(Verdict) hidden = decide(&input);
  g_assert_cmpint(hidden->decision, ==, DECISION_REVIEW);
  extraction->flags |= EXTRACTION_TO_US;
  g_autoptr(Verdict) open = decide(&input);
  g_assert_cmpint(open->decision, ==, DECISION_ACCEPT);
}

static void test_values_are_merged(void) {
  g_autoptr(Event) event = load_event();
  g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  g_ptr_array_add(known,
                  registration_of(event, "registered m@v.example 5 " MARIE_YES ";city=Nancy", 1));
  const Case row = {.kind = KIND_BULLETIN,
                    .flags = TIED,
                    .from = FROM,
                    .people = MARIE ";phone=+33612345678;role=Maire"};
  g_autoptr(Extraction) extraction = extraction_of(&row);
  DecideInput input = {
      .extraction = extraction, .event = event, .received = BEFORE, .known = known};
  g_autoptr(Verdict) verdict = decide(&input);
  const Change *change = verdict->changes->pdata[0];
  g_assert_cmpstr(registration_value(change->registration, "city"), ==, "Nancy");
  g_assert_cmpstr(registration_value(change->registration, "role"), ==, "Maire");
  g_assert_cmpstr(registration_value(change->registration, "attendance"), ==, "yes");
  g_assert_cmpuint(change->registration->id, ==, 1);
  g_assert_cmpuint(change->registration->sequence, ==, 1);
}

static void test_authentication_results(void) {
  static const struct {
    const char *results;
    gboolean failed;
  } rows[] = {
      {"mx.v.example; dmarc=fail (p=none) header.from=v.example", TRUE},
      {"mx.v.example 1; spf=fail smtp.mailfrom=v.example; dmarc=pass", FALSE},
      {"MX.v.example (comment; dmarc=pass); spf=softfail; dkim=none", TRUE},
      {"mx.v.example; spf=fail; dkim=pass", FALSE},
      {"mx.v.example; none", FALSE},
      {"evil.example; dmarc=fail", FALSE},
      {"mx.v.example.evil; dmarc=fail", FALSE},
      /* a sender chose what stands in quotes */
      {"mx.v.example; spf=fail smtp.mailfrom=\"x; spf=pass y\"@evil.example", TRUE},
      {"mx.v.example; spf=fail smtp.mailfrom=\"x\\\"; spf=pass y\"@evil.example", TRUE},
      {"mx.v.example; spf=none smtp.mailfrom=\"x(\"@evil.example; dmarc=fail", TRUE},
      {"mx.v.example; spf=none smtp.mailfrom=x(@evil.example; dmarc=fail", TRUE},
      {"mx.v.example; spf=none smtp.mailfrom=\"x@evil.example; dmarc=fail", TRUE},
      {"", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_assert_cmpint(decide_auth_failed(rows[i].results, "mx.v.example"), ==, rows[i].failed);
    g_assert_false(decide_auth_failed(rows[i].results, ""));
  }
}

static void test_authentication_proves(void) {
  static const struct {
    const char *results, *from;
    gboolean proves;
  } rows[] = {
      {"mx.v.example; dmarc=pass header.from=v.example", "m@v.example", TRUE},
      {"mx.v.example; dmarc=pass (p=none) header.from=V.Example", "m@V.example", TRUE},
      {"mx.v.example; dkim=pass header.d=v.example header.s=a", "m@mail.v.example", TRUE},
      {"mx.v.example; dkim=pass header.i=@v.example", "m@v.example", TRUE},
      {"mx.v.example; spf=pass smtp.mailfrom=m@v.example", "m@v.example", TRUE},
      {"mx.v.example; spf=fail; dkim=pass header.d=v.example", "m@v.example", TRUE},
      {"mx.v.example; dmarc=pass header.from=evil.example", "m@v.example", FALSE},
      {"mx.v.example; dkim=pass header.d=mail.v.example", "m@v.example", FALSE},
      {"mx.v.example; dkim=pass header.d=evilv.example", "m@v.example", FALSE},
      {"mx.v.example; dkim=pass header.d=example", "m@v.example", FALSE},
      {"mx.v.example; dkim=pass header.d=", "m@v.example", FALSE},
      {"mx.v.example; spf=pass smtp.mailfrom=v.example@evil.example", "m@v.example", FALSE},
      {"mx.v.example; dmarc=fail; spf=pass smtp.mailfrom=v.example", "m@v.example", FALSE},
      {"mx.v.example; dmarc=pass", "m@v.example", FALSE},
      {"mx.v.example; spf=none smtp.mailfrom=\"x; dmarc=pass header.from=v.example \"@evil.example",
       "m@v.example", FALSE},
      {"mx.v.example; none", "m@v.example", FALSE},
      {"evil.example; dmarc=pass header.from=v.example", "m@v.example", FALSE},
      {"mx.v.example; dmarc=pass header.from=v.example", "", FALSE},
      {"", "m@v.example", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].results);
    g_assert_cmpint(decide_auth_proves(rows[i].results, "mx.v.example", rows[i].from), ==,
                    rows[i].proves);
    g_assert_false(decide_auth_proves(rows[i].results, "", rows[i].from));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/decide/cases", test_cases);
  g_test_add_func("/decide/asks-end", test_asks_end);
  g_test_add_func("/decide/personal-answers-the-return-path",
                  test_personal_answers_the_return_path);
  g_test_add_func("/decide/not-addressed-to-us", test_not_addressed_to_us);
  g_test_add_func("/decide/values-are-merged", test_values_are_merged);
  g_test_add_func("/decide/authentication-results", test_authentication_results);
  g_test_add_func("/decide/authentication-proves", test_authentication_proves);
  return g_test_run();
}
