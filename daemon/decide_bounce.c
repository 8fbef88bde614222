#include "daemon/decide_bounce.h"

#include <string.h>

/* What an answer is called in a sentence, by the outbox's word for its kind. */
static const struct {
  const char *kind, *words;
} answers[] = {
    {"confirmed", "the confirmation"},
    {"updated", "the confirmation of a change"},
    {"ask", "the question for what is missing"},
    {"late", "the notice that the bulletin came late"},
    {"declined", "the thanks for declining"},
    {"cancelled", "the confirmation of the cancellation"},
    {"received", "the notice that the mail has arrived"},
    {"own", "the letter"},
};

/* RFC 3463 3 and the registry of RFC 5248 in plain words; the first row that fits. */
static const struct {
  const char *status, *words;
} causes[] = {
    {"5.1.10", "the domain takes no mail"},
    {"5.1.1", "there is no such address"},
    {"5.1.2", "there is no such domain"},
    {"5.1.3", "the address is not valid"},
    {"5.1.6", "the mailbox has moved"},
    {"5.2.1", "the mailbox is closed"},
    {"5.2.2", "the mailbox is full"},
    {"4.2.2", "the mailbox is full"},
    {"5.2.3", "the mail is too large for the mailbox"},
    {"5.3.4", "the mail is too large for the mail system"},
    {"5.4.4", "there is no mail server for the domain"},
    {"5.4.6", "the mail went round in a circle"},
    {"5.4.7", "it could not be handed over in time"},
    {"4.4.7", "it could not be handed over in time"},
    {"5.4.", "the mail server could not be reached"},
    {"4.4.", "the mail server could not be reached"},
    {"5.7.", "the mail system refuses our mail"},
    {"4.7.", "the mail system refuses our mail"},
    {"5.1.", "the address was refused"},
};

/* Where the status does not say: words that mail systems use, in lower case. */
static const struct {
  const char *word, *words;
} hints[] = {
    {"user unknown", "there is no such address"},
    {"unknown user", "there is no such address"},
    {"no such user", "there is no such address"},
    {"does not exist", "there is no such address"},
    {"couldn't be found", "there is no such address"},
    {"no mailbox here", "there is no such address"},
    {"introuvable", "there is no such address"},
    {"inconnu", "there is no such address"},
    {"宛先不明", "there is no such address"},
    {"host not found", "there is no such domain"},
    {"domain not found", "there is no such domain"},
    {"quota", "the mailbox is full"},
    {"mailbox full", "the mailbox is full"},
    {"mailbox is full", "the mailbox is full"},
    {"pleine", "the mailbox is full"},
    {"spam", "the mail system refuses our mail"},
    {"blocked", "the mail system refuses our mail"},
    {"timed out", "the mail server could not be reached"},
    {"refused", "the mail system refused it"},
    {"rejected", "the mail system refused it"},
};

static const char *answer_words(const OutboxEntry *answer) {
  for (gsize i = 0; i < G_N_ELEMENTS(answers); i++)
    if (!strcmp(answers[i].kind, answer->kind)) return answers[i].words;
  return "an answer";
}

/* "5.1.1" is no prefix of "5.1.10": a row that ends in a dot stands for all below it. */
static gboolean is_status(const char *row, const char *status) {
  return g_str_has_suffix(row, ".") ? g_str_has_prefix(status, row) : !strcmp(status, row);
}

static const char *cause_words(const BounceReport *report) {
  for (gsize i = 0; i < G_N_ELEMENTS(causes); i++)
    if (is_status(causes[i].status, report->status)) return causes[i].words;
  g_autofree char *lower = g_utf8_strdown(report->diagnostic, -1);
  for (gsize i = 0; i < G_N_ELEMENTS(hints); i++)
    if (strstr(lower, hints[i].word)) return hints[i].words;
  return "the mail system gave it back";
}

/* "5.1.1 User unknown": status and the mail system's words, the status once. */
static char *system_words(const BounceReport *report) {
  if (!*report->status || strstr(report->diagnostic, report->status))
    return g_strdup(report->diagnostic);
  return g_strdup_printf("%s%s%s", report->status, *report->diagnostic ? " " : "",
                         report->diagnostic);
}

char *decide_bounce_error(const BounceReport *report) {
  g_autofree char *words = system_words(report);
  return g_strdup_printf("bounced: %s", *words ? words : cause_words(report));
}

/* "there is no such address (5.1.1 User unknown)" */
static char *cause_of(const BounceReport *report) {
  g_autofree char *words = system_words(report);
  if (!*words) return g_strdup(cause_words(report));
  return g_strdup_printf("%s (%s)", cause_words(report), words);
}

static const char *reported_recipient(const BounceReport *report) {
  return *report->original_recipient ? report->original_recipient : report->final_recipient;
}

/* "the confirmation to a@b"; of an answer that is not kept, what the report says of it. */
static char *name_answer(const DecideInput *input) {
  const OutboxEntry *answer = input->answer;
  if (answer) return g_strdup_printf("%s to %s", answer_words(answer), answer->to);
  const char *who = reported_recipient(input->extraction->bounce);
  return g_strdup_printf("an answer of ours%s%s", *who ? " to " : "", who);
}

static char *name_registrations(const OutboxEntry *answer) {
  GString *text = g_string_new(NULL);
  if (answer && answer->registration)
    g_string_append_printf(text, " (registration%s %" G_GUINT64_FORMAT,
                           answer->others->len ? "s" : "", answer->registration);
  for (guint i = 0; text->len && i < answer->others->len; i++)
    g_string_append_printf(text, ", %" G_GUINT64_FORMAT, g_array_index(answer->others, guint64, i));
  if (text->len) g_string_append_c(text, ')');
  return g_string_free(text, FALSE);
}

static void settle(Verdict *verdict, const char *state, char *take) {
  verdict->decision = DECISION_IGNORE;
  verdict->state = state;
  g_free(verdict->reason);
  verdict->reason = take;
}

/* An answer that still waits is not stopped: what was never sent cannot have come back, and a
 * forged report must not keep a confirmation from its reader. */
static gboolean may_mark(const OutboxEntry *answer) {
  return answer && (!strcmp(answer->state, "sent") || !strcmp(answer->state, "sending"));
}

static void decide_failed(const DecideInput *input, Verdict *verdict) {
  const OutboxEntry *answer = input->answer;
  g_autofree char *name = name_answer(input);
  g_autofree char *numbers = name_registrations(answer);
  g_autofree char *cause = cause_of(input->extraction->bounce);
  if (may_mark(answer))
    verdict->undelivered = g_strdup_printf("%s could not be delivered: %s", name, cause);
  settle(verdict, "review",
         g_strdup_printf("%s%s could not be delivered: %s", name, numbers, cause));
}

/* A person was told already. */
static void decide_again(const DecideInput *input, Verdict *verdict) {
  g_autofree char *name = name_answer(input);
  settle(verdict, "settled",
         g_strdup_printf("a report on %s, which is known not to be delivered", name));
}

static void decide_other(const DecideInput *input, Verdict *verdict) {
  static const char *const said[BOUNCE_ACTION_COUNT] = {
      [BOUNCE_UNKNOWN] = "does not say what became of it",
      [BOUNCE_DELAYED] = "is late and still tried",
      [BOUNCE_DELIVERED] = "was delivered",
      [BOUNCE_RELAYED] = "was passed on",
      [BOUNCE_EXPANDED] = "was passed on to several"};
  const BounceReport *report = input->extraction->bounce;
  g_autofree char *name = name_answer(input), *numbers = name_registrations(input->answer);
  if (report->action == BOUNCE_UNKNOWN) {
    settle(verdict, "review",
           g_strdup_printf("a report on %s%s that %s", name, numbers, said[report->action]));
    return;
  }
  g_autofree char *words = system_words(report);
  settle(verdict, "settled",
         g_strdup_printf("%s %s%s%s", name, said[report->action], *words ? ": " : "", words));
}

void decide_bounce(const DecideInput *input, Verdict *verdict) {
  const BounceReport *report = input->extraction->bounce;
  if (!input->answer && !input->thread)
    settle(verdict, "settled", g_strdup("a delivery report"));
  else if (!report) /* read before there were reports */
    settle(verdict, "review", g_strdup("an answer of ours could not be delivered"));
  else if (input->answer && !strcmp(input->answer->state, "failed"))
    decide_again(input, verdict);
  else if (report->action == BOUNCE_FAILED)
    decide_failed(input, verdict);
  else
    decide_other(input, verdict);
}
