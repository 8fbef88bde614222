/* desk_message - what a person decides on a message: accept, ask, ignore, reply, requeue. */
#include <string.h>

#include "daemon/desk/desk_call.h"
#include "daemon/desk/desk_match.h"
#include "daemon/desk/desk_text.h"
#include "daemon/desk/desk_values.h"
#include "daemon/util.h"
#include "store/journal.h"

/* --- accept, ask ------------------------------------------------------------------------------ */

/* The record of each participant as the message and the person (`typed`; NULL: nobody) have it,
 * each in a change. Its status is still the one of before ("" if new). */
static gboolean gather(DeskCall *call, const DeskAction *typed, GError **error) {
  guint read = call->extraction->participants->len, count = MAX(read, 1);
  g_autoptr(Participant) nobody = participant_new();
  for (guint i = 0; i < count; i++) {
    DeskMatch match = {.txn = call->txn,
                       .event = call->event,
                       .message = call->message,
                       .participant = read ? call->extraction->participants->pdata[i] : nobody,
                       .alone = count == 1,
                       .taken = call->changes};
    g_autoptr(Registration) registration = desk_match(&match);
    if (typed && !desk_values_apply(call->event, typed, i + 1, count, registration, error))
      return FALSE;
    desk_match_keys(&match, registration);
    desk_call_change(call, g_steal_pointer(&registration), "created");
  }
  return TRUE;
}

/* A mail that withdraws: what it withdraws must be known and unmistakable. */
static gboolean gather_cancelled(DeskCall *call, GError **error) {
  g_autoptr(GPtrArray) active = desk_match_active(call->txn, call->event, call->message);
  if (active->len != 1) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "message %" G_GUINT64_FORMAT " withdraws %s; use 'cancel' with a registration's "
                "number, then 'ignore'",
                call->message->id,
                active->len ? "one of several registrations" : "no registration that is known");
    return FALSE;
  }
  Registration *registration = registration_copy(active->pdata[0]);
  desk_record_cancel(registration);
  desk_call_change(call, registration, "cancelled");
  call->kind = REPLY_CANCELLED;
  return TRUE;
}

gboolean desk_accept(DeskCall *call, GError **error) {
  const GPtrArray *changes = call->action->changes;
  if (!desk_call_open_message(call, call->action->id, error) ||
      !desk_call_event(call, call->message->event, error))
    return FALSE;
  gboolean withdraws = !strcmp(call->message->kind, mail_kind_name(KIND_CANCELLATION));
  if (withdraws && !(changes && changes->len)) {
    if (!gather_cancelled(call, error)) return FALSE;
  } else {
    if (!gather(call, call->action, error) || !desk_record_whole(call, error)) return FALSE;
    desk_record_confirm_all(call);
  }
  return desk_call_write(call, call->message, "accepted it", error) &&
         desk_call_settle(call, DECISION_ACCEPT, "settled", "accepted it", error);
}

/* As decide has it: who is complete is registered, who is not is asked for; who was registered
 * before stays so. Returns how many are asked for. */
static guint sort_out(DeskCall *call) {
  guint asked = 0;
  for (guint i = call->changes->len; i-- > 0;) {
    g_autoptr(GPtrArray) missing = desk_record_lacking(call, i);
    Change *change = call->changes->pdata[i];
    if (missing->len) {
      change->what = "asked";
      desk_record_set_missing(change->registration, missing);
      change->registration->asks++;
      string_set(&change->registration->status, "incomplete");
      asked++;
    } else if (!strcmp(change->registration->status, "registered")) {
      g_ptr_array_remove_index(call->changes, i);
    } else {
      desk_record_confirm(call, change);
    }
  }
  return asked;
}

gboolean desk_ask(DeskCall *call, GError **error) {
  guint64 id = call->action->id;
  if (!desk_call_open_message(call, id, error) ||
      !desk_call_event(call, call->message->event, error) || !gather(call, NULL, error))
    return FALSE;
  const char *why = NULL;
  if (!sort_out(call))
    why = "nothing required is lacking; 'accept' it";
  else
    (void)desk_call_address(call, &why);
  if (why) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "the sender of message %" G_GUINT64_FORMAT " cannot be asked: %s", id, why);
    return FALSE;
  }
  call->kind = REPLY_ASK;
  return desk_call_write(call, call->message, "asked the sender", error) &&
         desk_call_settle(call, DECISION_ASK, "waiting-for-sender", "asked the sender", error);
}

/* --- ignore ----------------------------------------------------------------------------------- */

gboolean desk_ignore(DeskCall *call, GError **error) {
  call->why_not = g_strdup("it is settled without an answer");
  return desk_call_open_message(call, call->action->id, error) &&
         desk_call_settle(call, DECISION_IGNORE, "settled", "ignored it", error) &&
         desk_call_journal(call, call->message->id, "ignored it", NULL, error);
}

/* --- reply ------------------------------------------------------------------------------------ */

/* A mail of no event is answered with the words of its account's, or of the first. */
static gboolean find_words(DeskCall *call, GError **error) {
  const GPtrArray *events = call->desk->config->events;
  const Account *account = desk_call_account(call);
  call->event = event_find(events, call->message->event);
  if (!call->event && account) call->event = event_find(events, account->event);
  if (!call->event && events->len) call->event = events->pdata[0];
  return call->event || desk_call_event(call, call->message->event, error);
}

static gboolean may_reply(const DeskCall *call, GError **error) {
  const char *why = NULL;
  if (desk_call_address(call, &why)) return TRUE;
  g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
              "message %" G_GUINT64_FORMAT " cannot be answered: %s", call->message->id, why);
  return FALSE;
}

/* It goes on waiting, and the queue says that somebody wrote. */
static gboolean keep_waiting(DeskCall *call, GError **error) {
  static const char mark[] = "; answered by ";
  Message *message = call->message;
  char *old = strstr(message->reason, mark);
  g_autofree char *first =
      old ? g_strndup(message->reason, (gsize)(old - message->reason)) : g_strdup(message->reason);
  g_free(message->reason);
  message->reason = g_strconcat(first, mark, call->desk->who, NULL);
  call->message_changed = TRUE;
  return message_update(call->txn, message, error);
}

static gboolean end_reply(DeskCall *call, GError **error) {
  static const char did[] = "answered it in own words";
  if (!strcmp(call->message->state, "settled")) return TRUE;
  return call->action->settle ? desk_call_settle(call, DECISION_REVIEW, "settled", did, error)
                              : keep_waiting(call, error);
}

gboolean desk_reply(DeskCall *call, GError **error) {
  g_autofree char *words = desk_text_check(call->action->own_text, error);
  if (!words || !desk_call_message(call, call->action->id, error) || !find_words(call, error) ||
      !may_reply(call, error))
    return FALSE;
  DeskAction cleaned = *call->action;
  cleaned.own_text = words;
  call->action = &cleaned;
  call->kind = REPLY_OWN;
  gboolean good =
      desk_call_write(call, NULL, "answered it in own words", error) && end_reply(call, error);
  call->action = NULL; /* `cleaned` ends here */
  return good;
}

/* --- requeue ---------------------------------------------------------------------------------- */

/* Told apart from what a refused call means elsewhere. */
static void as_desk_error(GError **error) {
  if (!error || !*error || !g_error_matches(*error, COMMIT_ERROR, COMMIT_ERROR_CHANGED)) return;
  (*error)->domain = DESK_ERROR;
  (*error)->code = DESK_ERROR_STATE;
}

static gboolean journal_again(const DeskCall *call, GError **error) {
  g_autoptr(GString) did = g_string_new("had it read again");
  for (guint i = 0; i < call->after->len; i++) {
    const Registration *one = call->after->pdata[i];
    g_string_append_printf(did, "%s registration %" G_GUINT64_FORMAT " is %s", i ? "," : ":",
                           one->id, one->status);
  }
  const char *told = call->context.composed->len ? NULL : call->why_not;
  return desk_call_journal(call, call->message->id, did->str, told, error);
}

gboolean desk_requeue(DeskCall *call, GError **error) {
  if (!desk_call_message(call, call->action->id, error)) return FALSE;
  GError *failed = NULL;
  CommitAgain again = {.account = desk_call_account(call),
                       .extraction = call->action->extraction,
                       .who = call->desk->who,
                       .round = desk_call_round(call),
                       .changed = call->after,
                       .notes = call->notes};
  call->context.once_a_text = TRUE;
  call->message_changed = TRUE;
  if (!commit_again(&call->context, call->txn, &again, call->message, call->now, &failed)) {
    as_desk_error(&failed);
    g_propagate_error(error, failed);
    return FALSE;
  }
  if (!call->context.composed->len)
    call->why_not = g_strdup("nothing new is to be said to the sender");
  return journal_again(call, error);
}
