/* The table of cases of decide_bounce: what is reported and what is known of the answer, to what a
 * person is told. Nobody is ever answered. */
#include "daemon/decide_bounce.h"

#include <string.h>

#include "daemon/util.h"

typedef struct {
  const char *name;
  BounceAction action;
  const char *status, *diagnostic;
  const char *kind, *state; /* of the answer; NULL: none is kept */
  guint64 registration, other;
  guint64 thread;
  gboolean marks;
  const char *expected; /* "state: reason" */
} Case;

static const Case cases[] = {
    {"no such address", BOUNCE_FAILED, "5.1.1", "550 5.1.1 User unknown", "confirmed", "sent", 12,
     .thread = 5, .marks = TRUE,
     .expected = "review: the confirmation to a@v.example (registration 12) could not be "
                 "delivered: there is no such address (550 5.1.1 User unknown)"},
    {"of two registrations", BOUNCE_FAILED, "5.2.2", "quota", "ask", "sent", 12, 14, .thread = 5,
     .marks = TRUE,
     .expected = "review: the question for what is missing to a@v.example (registrations 12, 14) "
                 "could not be delivered: the mailbox is full (5.2.2 quota)"},
    {"of none", BOUNCE_FAILED, "5.7.26", "", "received", "sent", .thread = 5, .marks = TRUE,
     .expected = "review: the notice that the mail has arrived to a@v.example could not be "
                 "delivered: the mail system refuses our mail (5.7.26)"},
    {"a kind that is to come", BOUNCE_FAILED, "5.1.10", "", "reminder", "sent", 1, .thread = 5,
     .marks = TRUE,
     .expected = "review: an answer to a@v.example (registration 1) could not be delivered: the "
                 "domain takes no mail (5.1.10)"},
    {"read before our server's reply was written", BOUNCE_FAILED, "5.1.1", "", "confirmed",
     "sending", 1, .thread = 5, .marks = TRUE,
     .expected = "review: the confirmation to a@v.example (registration 1) could not be delivered: "
                 "there is no such address (5.1.1)"},
    {"words without a status", BOUNCE_FAILED, "", "Désolé, destinataire inconnu.", "confirmed",
     "sent", 1, .thread = 5, .marks = TRUE,
     .expected = "review: the confirmation to a@v.example (registration 1) could not be delivered: "
                 "there is no such address (Désolé, destinataire inconnu.)"},
    {"no words at all", BOUNCE_FAILED, "", "", "confirmed", "sent", 1, .thread = 5, .marks = TRUE,
     .expected = "review: the confirmation to a@v.example (registration 1) could not be delivered: "
                 "the mail system gave it back"},
    {"an answer that was never sent is not stopped", BOUNCE_FAILED, "5.1.1", "", "confirmed",
     "ready", 1, .thread = 5,
     .expected = "review: the confirmation to a@v.example (registration 1) could not be delivered: "
                 "there is no such address (5.1.1)"},
    {"nor one that is tried again", BOUNCE_FAILED, "5.1.1", "", "confirmed", "deferred", 1,
     .thread = 5,
     .expected = "review: the confirmation to a@v.example (registration 1) could not be delivered: "
                 "there is no such address (5.1.1)"},
    {"a second report", BOUNCE_FAILED, "5.1.1", "", "confirmed", "failed", 1, .thread = 5,
     .expected = "settled: a report on the confirmation to a@v.example, which is known not to be "
                 "delivered"},
    {"a warning", BOUNCE_DELAYED, "4.4.1", "timed out", "confirmed", "sent", 1, .thread = 5,
     .expected = "settled: the confirmation to a@v.example is late and still tried: 4.4.1 timed "
                 "out"},
    {"a success", BOUNCE_DELIVERED, "2.0.0", "", "confirmed", "sent", 1, .thread = 5,
     .expected = "settled: the confirmation to a@v.example was delivered: 2.0.0"},
    {"passed on", BOUNCE_RELAYED, "", "", "confirmed", "sent", 1, .thread = 5,
     .expected = "settled: the confirmation to a@v.example was passed on"},
    {"it does not say", BOUNCE_UNKNOWN, "", "", "confirmed", "sent", 1, .thread = 5,
     .expected = "review: a report on the confirmation to a@v.example (registration 1) that does "
                 "not say what became of it"},
    {"our thread, but no such answer is kept", BOUNCE_FAILED, "5.1.1", "", NULL, .thread = 5,
     .expected =
         "review: an answer of ours to a@v.example could not be delivered: there is no such "
         "address (5.1.1)"},
    {"the same, a warning", BOUNCE_DELAYED, "4.4.1", "", NULL, .thread = 5,
     .expected = "settled: an answer of ours to a@v.example is late and still tried: 4.4.1"},
    {"somebody else's mail", BOUNCE_FAILED, "5.1.1", "550 no", NULL,
     .expected = "settled: a delivery report"},
};

static Extraction *extraction_of(const Case *row) {
  Extraction *extraction = extraction_new();
  extraction->kind = KIND_BOUNCE;
  extraction->bounce = bounce_report_new();
  extraction->bounce->action = row->action;
  string_set(&extraction->bounce->status, row->status);
  string_set(&extraction->bounce->diagnostic, row->diagnostic);
  string_set(&extraction->bounce->final_recipient, "a@v.example");
  return extraction;
}

static OutboxEntry *answer_of(const Case *row) {
  if (!row->kind) return NULL;
  OutboxEntry *answer = outbox_entry_new();
  string_set(&answer->to, "a@v.example");
  string_set(&answer->kind, row->kind);
  string_set(&answer->state, row->state);
  answer->registration = row->registration;
  if (row->other) g_array_append_val(answer->others, row->other);
  return answer;
}

static void test_cases(void) {
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *row = &cases[i];
    g_autoptr(Extraction) extraction = extraction_of(row);
    g_autoptr(OutboxEntry) answer = answer_of(row);
    DecideInput input = {
        .extraction = extraction, .thread = row->thread, .answer = answer, .known = none};
    g_autoptr(Verdict) verdict = decide(&input);
    g_autofree char *got = g_strdup_printf("%s: %s", verdict->state, verdict->reason);
    if (strcmp(got, row->expected) != 0) g_test_message("case '%s'", row->name);
    g_assert_cmpstr(got, ==, row->expected);
    g_assert_cmpint(verdict->undelivered != NULL, ==, row->marks);
    g_assert_cmpint(verdict->reply, ==, REPLY_NONE);
    g_assert_cmpuint(verdict->changes->len, ==, 0);
    g_assert_cmpint(verdict->decision, ==, DECISION_IGNORE);
  }
}

/* An extraction that an older version stored has no report. */
static void test_no_report(void) {
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  g_autoptr(OutboxEntry) answer = answer_of(&cases[0]);
  g_autoptr(Extraction) extraction = extraction_new();
  extraction->kind = KIND_BOUNCE;
  DecideInput input = {.extraction = extraction, .thread = 5, .answer = answer, .known = none};
  g_autoptr(Verdict) verdict = decide(&input);
  g_assert_cmpstr(verdict->state, ==, "review");
  g_assert_null(verdict->undelivered);
}

static void test_error(void) {
  static const struct {
    const char *status, *diagnostic, *expected;
  } rows[] = {
      {"5.1.1", "User unknown", "bounced: 5.1.1 User unknown"},
      {"5.1.1", "550 5.1.1 User unknown", "bounced: 550 5.1.1 User unknown"},
      {"", "Désolé", "bounced: Désolé"},
      {"5.2.2", "", "bounced: 5.2.2"},
      {"", "", "bounced: the mail system gave it back"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    BounceReport report = {BOUNCE_FAILED, (char *)rows[i].status, "", "",
                           (char *)rows[i].diagnostic};
    g_autofree char *error = decide_bounce_error(&report);
    g_assert_cmpstr(error, ==, rows[i].expected);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/decide_bounce/cases", test_cases);
  g_test_add_func("/decide_bounce/no-report", test_no_report);
  g_test_add_func("/decide_bounce/error", test_error);
  return g_test_run();
}
