/* decide - one question after the other, the first that holds settles the message.
 *
 * The order is the table of gates at the end: what must never be answered comes first, what changes
 * a record comes last. */
#include "daemon/decide.h"

#include <string.h>

#include "daemon/decide_auth.h"
#include "daemon/decide_bounce.h"
#include "daemon/decide_match.h"
#include "daemon/util.h"

static const char *const decision_names[] = {"accept", "ask", "review", "ignore"};
static const char *const reply_names[REPLY_COUNT] = {
    "none", "confirmed", "updated", "ask", "late", "declined", "cancelled", "received", "own"};

const char *decision_name(Decision decision) {
  return decision_names[decision];
}

const char *reply_kind_name(ReplyKind kind) {
  return reply_names[kind];
}

void change_free(gpointer data) {
  Change *change = data;
  registration_free(change->registration);
  g_free(change);
}

void verdict_free(Verdict *verdict) {
  if (!verdict) return;
  g_free(verdict->reason);
  g_free(verdict->reply_to);
  g_free(verdict->undelivered);
  g_ptr_array_unref(verdict->changes);
  g_free(verdict);
}

GPtrArray *decide_missing(const Event *event, const Registration *registration) {
  GPtrArray *missing = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < event->fields->len; i++) {
    const EventField *field = event->fields->pdata[i];
    if (field->required && !registration_value(registration, field->name))
      g_ptr_array_add(missing, g_strdup(field->name));
  }
  return missing;
}

/* --- whom the headers let us answer ----------------------------------------------------------- */

typedef struct {
  guint flag;
  const char *why;
} Silence;

static const Silence silences[] = {
    {EXTRACTION_FROM_US, "it comes from our own address"},
    {EXTRACTION_NULL_SENDER, "its return path is empty"},
    {EXTRACTION_AUTOMATIC, "its headers mark it as automatic"},
    {EXTRACTION_LIST, "it came through a mailing list"},
    {EXTRACTION_ROBOT_SENDER, "its sender is a robot's address"},
    {EXTRACTION_SUPPRESS, "its headers ask for no automatic answer"},
};

static gboolean has(const DecideInput *input, guint flags) {
  return (input->extraction->flags & flags) != 0;
}

static gboolean is_tied(const DecideInput *input) {
  return input->thread != 0 || has(input, EXTRACTION_TIED) ||
         input->extraction->kind == KIND_BULLETIN;
}

static gboolean is_addressed_elsewhere(const DecideInput *input) {
  return input->addresses_known && !input->thread && !has(input, EXTRACTION_TO_US);
}

/* RFC 3834 4: a service answers the author, a person's responder the return path alone. */
static const char *answer_address(const DecideInput *input) {
  const char *address = input->personal ? input->extraction->return_path : input->extraction->from;
  return address ? address : "";
}

/* Why nobody may be answered; NULL: the sender may be. */
static const char *why_silent(const DecideInput *input) {
  for (gsize i = 0; i < G_N_ELEMENTS(silences); i++)
    if (has(input, silences[i].flag)) return silences[i].why;
  if (input->conflicting_id) return "another mail with its Message-ID was seen before";
  if (!*answer_address(input)) return "there is no address to answer";
  if (input->personal && is_addressed_elsewhere(input)) return "it is not addressed to us";
  return NULL;
}

/* --- writing the verdict ---------------------------------------------------------------------- */

static void settle(Verdict *verdict, Decision decision, const char *state, const char *reason) {
  verdict->decision = decision;
  verdict->state = state;
  g_free(verdict->reason);
  verdict->reason = g_strdup(reason);
}

static void reply(Verdict *verdict, const DecideInput *input, ReplyKind kind) {
  const char *silent = why_silent(input);
  if (!silent) {
    verdict->reply = kind;
    verdict->reply_to = g_strdup(answer_address(input));
    return;
  }
  g_autofree char *before = verdict->reason;
  verdict->reason = g_strdup_printf("%s; nobody is answered: %s", before, silent);
}

/* A person decides; who wrote it himself about the event is told that it has arrived. */
static void to_review(Verdict *verdict, const DecideInput *input, const char *reason) {
  settle(verdict, DECISION_REVIEW, "review", reason);
  if (is_tied(input)) reply(verdict, input, REPLY_RECEIVED);
}

static void add_change(Verdict *verdict, Registration *registration, const char *status,
                       const char *what) {
  string_set(&registration->status, status);
  Change *change = g_new0(Change, 1);
  change->registration = registration;
  change->what = what;
  g_ptr_array_add(verdict->changes, change);
}

/* --- gates: each TRUE when it has settled the message ------------------------------------------
 */

static gboolean gate_duplicate(const DecideInput *input, Verdict *verdict) {
  if (!input->duplicate) return FALSE;
  settle(verdict, DECISION_IGNORE, "settled", "the same mail was seen before");
  return TRUE;
}

static gboolean gate_machine(const DecideInput *input, Verdict *verdict) {
  static const char *const reasons[KIND_COUNT] = {
      [KIND_AUTO_REPLY] = "an automatic answer",
      [KIND_BULK] = "a list, a newsletter or advertising",
  };
  MailKind kind = input->extraction->kind;
  if (!reasons[kind] && kind != KIND_BOUNCE) return FALSE;
  if (kind == KIND_BOUNCE)
    decide_bounce(input, verdict);
  else
    settle(verdict, DECISION_IGNORE, "settled", reasons[kind]);
  verdict->keep_text = !input->personal || is_tied(input);
  return TRUE;
}

static gboolean gate_own(const DecideInput *input, Verdict *verdict) {
  if (!has(input, EXTRACTION_FROM_US)) return FALSE;
  settle(verdict, DECISION_REVIEW, "review", "a mail from our own address; nobody is answered");
  return TRUE;
}

/* In a person's mailbox most mail is none of our business: its text is not kept. */
static gboolean gate_aside(const DecideInput *input, Verdict *verdict) {
  if (!input->personal || is_tied(input)) return FALSE;
  settle(verdict, DECISION_REVIEW, "aside", "not about the event");
  verdict->keep_text = FALSE;
  return TRUE;
}

static gboolean gate_unreadable(const DecideInput *input, Verdict *verdict) {
  if (input->extraction->kind != KIND_UNREADABLE) return FALSE;
  const GPtrArray *notes = input->extraction->notes;
  const char *why = has(input, EXTRACTION_HEADER_ONLY) ? "larger than message_size: not fetched"
                    : notes->len                       ? notes->pdata[notes->len - 1]
                                                       : "nothing could be read";
  to_review(verdict, input, why);
  verdict->state = "unreadable";
  return TRUE;
}

static gboolean gate_no_event(const DecideInput *input, Verdict *verdict) {
  if (input->event) return FALSE;
  settle(verdict, DECISION_REVIEW, "review", "it belongs to no event; nobody is answered");
  return TRUE;
}

/* What forbids to change a record by this mail alone; NULL: nothing. */
static const char *why_doubtful(const DecideInput *input) {
  const GPtrArray *reasons = input->extraction->review_reasons;
  const char *silent = why_silent(input);
  if (silent) return silent;
  if (decide_auth_failed(input->extraction->auth_results, input->trusted_authserv_id))
    return "the mail failed authentication";
  if (is_addressed_elsewhere(input)) return "it is not addressed to us";
  return reasons->len ? reasons->pdata[0] : NULL;
}

/* --- cancellation ------------------------------------------------------------------------------
 */

static gboolean names_somebody_else(const DecideInput *input, const Registration *registration) {
  const GPtrArray *people = input->extraction->participants;
  if (people->len != 1) return people->len > 1;
  g_autofree char *key = decide_name_key(input->event, people->pdata[0]);
  return *key && strcmp(key, registration->name_key) != 0;
}

static const Registration *only_cancellable(const DecideInput *input) {
  const Registration *found = NULL;
  for (guint i = 0; i < input->known->len; i++) {
    const Registration *registration = input->known->pdata[i];
    if (strcmp(registration->event, input->event->id) != 0 ||
        !strcmp(registration->status, "cancelled") || !match_may_change(input, registration))
      continue;
    if (found) return NULL;
    found = registration;
  }
  return found && !names_somebody_else(input, found) ? found : NULL;
}

static gboolean gate_cancellation(const DecideInput *input, Verdict *verdict) {
  if (input->extraction->kind != KIND_CANCELLATION) return FALSE;
  const char *doubt = why_doubtful(input);
  const Registration *found = only_cancellable(input);
  if (!found && !doubt) doubt = "a cancellation, but of which registration is not certain";
  if (doubt) {
    to_review(verdict, input, doubt);
    return TRUE;
  }
  Registration *registration = registration_copy(found);
  registration->sequence++;
  add_change(verdict, registration, "cancelled", "cancelled");
  settle(verdict, DECISION_ACCEPT, "settled", "cancelled by its sender");
  reply(verdict, input, REPLY_CANCELLED);
  return TRUE;
}

static gboolean gate_question(const DecideInput *input, Verdict *verdict) {
  if (input->extraction->kind != KIND_QUESTION) return FALSE;
  const GPtrArray *reasons = input->extraction->review_reasons;
  g_autofree char *why =
      g_strconcat("written by a person, neither a bulletin nor a cancellation",
                  reasons->len ? "; " : NULL, reasons->len ? reasons->pdata[0] : NULL, NULL);
  to_review(verdict, input, why);
  return TRUE;
}

/* --- bulletin ----------------------------------------------------------------------------------
 */

static void match_all(const DecideInput *input, GArray *matches) {
  const GPtrArray *people = input->extraction->participants;
  for (guint i = 0; i < people->len; i++) {
    Match match;
    match_participant(input, people->pdata[i], &match);
    for (guint k = 0; k < i && match.known && !match.doubt; k++)
      if (g_array_index(matches, Match, k).known == match.known)
        match.doubt = g_strdup("two participants of the mail are one registration");
    g_array_append_val(matches, match);
  }
}

static const char *first_doubt(const DecideInput *input, const GArray *matches) {
  const char *doubt = why_doubtful(input);
  for (guint i = 0; i < matches->len && !doubt; i++) doubt = g_array_index(matches, Match, i).doubt;
  return doubt || matches->len ? doubt : "a bulletin in which nobody is named";
}

static gboolean is_declined(const Event *event, const Registration *registration) {
  const char *attendance =
      *event->attendance_field ? registration_value(registration, event->attendance_field) : NULL;
  return attendance && !strcmp(attendance, event->declined_value);
}

/* Kept for the person who decides. What is registered already stays as it is until then. */
static void keep_new(const DecideInput *input, const GArray *matches, const char *status,
                     Verdict *verdict) {
  for (guint i = 0; i < matches->len; i++) {
    const Match *match = &g_array_index(matches, Match, i);
    if (match->known && strcmp(match->known->status, "incomplete") != 0) continue;
    if (match->known && match->doubt) continue;
    Registration *registration = match_merge(input, match);
    g_ptr_array_unref(registration->missing);
    registration->missing = decide_missing(input->event, registration);
    if (registration->fields->len)
      add_change(verdict, registration, status, status);
    else
      registration_free(registration);
  }
}

static gboolean is_late(const DecideInput *input) {
  return input->event->deadline && input->received >= input->event->deadline;
}

static void decide_late(const DecideInput *input, const GArray *matches, Verdict *verdict) {
  settle(verdict, DECISION_REVIEW, "review", "it came after the deadline");
  keep_new(input, matches, "late", verdict);
  reply(verdict, input, REPLY_LATE);
}

static const char *what_happened(const Match *match, const Registration *after) {
  if (!match->known) return "created";
  if (!strcmp(match->known->status, "incomplete") && strcmp(after->status, "incomplete") != 0)
    return "completed";
  return match_differs(match->known, after) || strcmp(match->known->status, after->status) != 0
             ? "updated"
             : "repeated";
}

/* One participant becomes a change; TRUE: something must be asked of him. */
static gboolean apply(const DecideInput *input, const Match *match, Verdict *verdict) {
  Registration *registration = match_merge(input, match);
  g_ptr_array_unref(registration->missing);
  registration->missing = decide_missing(input->event, registration);
  gboolean incomplete = registration->missing->len > 0;
  const char *status = incomplete                                ? "incomplete"
                       : is_declined(input->event, registration) ? "declined"
                                                                 : "registered";
  if (incomplete) registration->asks++;
  if (match->known && !incomplete) registration->sequence++;
  add_change(verdict, registration, status, "");
  Change *change = verdict->changes->pdata[verdict->changes->len - 1];
  change->what = what_happened(match, registration);
  return incomplete;
}

/* Several people: the answer that says most to all of them. */
static ReplyKind reply_for(const Verdict *verdict) {
  gboolean declined = TRUE, updated = TRUE;
  for (guint i = 0; i < verdict->changes->len; i++) {
    const Change *change = verdict->changes->pdata[i];
    declined &= !strcmp(change->registration->status, "declined");
    updated &= !strcmp(change->what, "updated");
  }
  return declined ? REPLY_DECLINED : updated ? REPLY_UPDATED : REPLY_CONFIRMED;
}

static char *name_missing(const Verdict *verdict) {
  GString *text = g_string_new("required and not there:");
  for (guint i = 0; i < verdict->changes->len; i++) {
    const Change *change = verdict->changes->pdata[i];
    for (guint k = 0; k < change->registration->missing->len; k++)
      g_string_append_printf(text, " %s", (char *)change->registration->missing->pdata[k]);
  }
  return g_string_free(text, FALSE);
}

static gboolean asked_enough(const DecideInput *input, const Verdict *verdict) {
  for (guint i = 0; i < verdict->changes->len && input->asks_max; i++) {
    const Change *change = verdict->changes->pdata[i];
    if (change->registration->missing->len && change->registration->asks > input->asks_max)
      return TRUE;
  }
  return FALSE;
}

static void decide_values(const DecideInput *input, const GArray *matches, Verdict *verdict) {
  gboolean ask = FALSE;
  for (guint i = 0; i < matches->len; i++)
    ask |= apply(input, &g_array_index(matches, Match, i), verdict);
  if (!ask) {
    settle(verdict, DECISION_ACCEPT, "settled", "every required value is there");
    reply(verdict, input, reply_for(verdict));
    return;
  }
  g_autofree char *reason = name_missing(verdict);
  if (asked_enough(input, verdict)) {
    g_autofree char *enough = g_strdup_printf("asked often enough; %s", reason);
    to_review(verdict, input, enough);
    return;
  }
  settle(verdict, DECISION_ASK, "waiting-for-sender", reason);
  reply(verdict, input, REPLY_ASK);
}

static gboolean gate_bulletin(const DecideInput *input, Verdict *verdict) {
  g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
  g_array_set_clear_func(matches, (GDestroyNotify)match_clear);
  match_all(input, matches);
  const char *doubt = first_doubt(input, matches);
  if (doubt) {
    to_review(verdict, input, doubt);
    keep_new(input, matches, is_late(input) ? "late" : "review", verdict);
  } else if (is_late(input)) {
    decide_late(input, matches, verdict);
  } else {
    decide_values(input, matches, verdict);
  }
  return TRUE;
}

/* --- the order ---------------------------------------------------------------------------------
 */

typedef gboolean (*Gate)(const DecideInput *input, Verdict *verdict);
static const Gate gates[] = {gate_duplicate,    gate_machine,    gate_own,
                             gate_aside,        gate_unreadable, gate_no_event,
                             gate_cancellation, gate_question,   gate_bulletin};

static const char *language_of(const DecideInput *input) {
  if (*input->extraction->language) return input->extraction->language;
  return input->event && input->event->languages[0] ? input->event->languages[0] : "fr";
}

Verdict *decide(const DecideInput *input) {
  Verdict *verdict = g_new0(Verdict, 1);
  verdict->changes = g_ptr_array_new_with_free_func(change_free);
  verdict->keep_text = TRUE;
  verdict->language = language_of(input);
  for (gsize i = 0; i < G_N_ELEMENTS(gates); i++)
    if (gates[i](input, verdict)) break;
  return verdict;
}
