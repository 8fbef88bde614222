/* desk_call - reading, answering and writing, as every verb does them. */
#include "daemon/desk/desk_call.h"

#include <string.h>

#include "daemon/mail/send_smtp.h"
#include "daemon/util.h"
#include "store/journal.h"

/* --- reading ---------------------------------------------------------------------------------- */

gboolean desk_call_not_loaded(GError **error, GError *failed, const char *what, guint64 id) {
  if (g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    g_error_free(failed);
    g_set_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND, "there is no %s %" G_GUINT64_FORMAT, what,
                id);
  } else {
    g_propagate_error(error, failed);
  }
  return FALSE;
}

/* What was read from the message; an empty one where nothing was kept. */
static gboolean load_extraction(DeskCall *call, GError **error) {
  call->extraction = call->message && call->message->extraction
                         ? wire_extraction_read(call->message->extraction, error)
                         : extraction_new();
  return call->extraction != NULL;
}

gboolean desk_call_fresh(const DeskCall *call, const Registration *registration, GError **error) {
  const char *seen = call->action->stamp;
  if (!seen) return TRUE;
  g_autofree char *stamp = registration ? desk_stamp_registration(registration)
                                        : desk_stamp_message(call->txn, call->message);
  if (!strcmp(seen, stamp)) return TRUE;
  g_autofree char *last = registration ? desk_last_of_registration(registration)
                                       : desk_last_of_message(call->txn, call->message);
  g_set_error(error, DESK_ERROR, DESK_ERROR_CHANGED, "%s %" G_GUINT64_FORMAT " has changed: %s",
              registration ? "registration" : "message",
              registration ? registration->id : call->message->id, last);
  return FALSE;
}

gboolean desk_call_message(DeskCall *call, guint64 id, GError **error) {
  GError *failed = NULL;
  call->message = message_get(call->txn, id, &failed);
  if (!call->message) return desk_call_not_loaded(error, failed, "message", id);
  call->sender = g_strdup(call->message->from);
  return desk_call_fresh(call, NULL, error) && load_extraction(call, error);
}

gboolean desk_call_event(DeskCall *call, const char *id, GError **error) {
  call->event = event_find(call->desk->config->events, id);
  if (!call->event && *id)
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "event '%s' is not configured; its file is missing among the events", id);
  else if (!call->event)
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "message %" G_GUINT64_FORMAT
                " belongs to no event; only 'ignore' and 'reply' are possible",
                call->message->id);
  return call->event != NULL;
}

gboolean desk_call_open_message(DeskCall *call, guint64 id, GError **error) {
  if (!desk_call_message(call, id, error)) return FALSE;
  if (strcmp(call->message->state, "settled")) return TRUE;
  g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
              "message %" G_GUINT64_FORMAT " is settled already; its registration can be edited",
              id);
  return FALSE;
}

Registration *desk_call_find(DeskCall *call, guint64 id, GError **error) {
  GError *failed = NULL;
  Registration *found = registration_get(call->txn, id, &failed);
  if (!found) desk_call_not_loaded(error, failed, "registration", id);
  return found;
}

gboolean desk_call_registration(DeskCall *call, guint64 id, Registration **ret, GError **error) {
  g_autoptr(Registration) found = desk_call_find(call, id, error);
  if (!found || !desk_call_fresh(call, found, error)) return FALSE;
  call->sender = g_strdup(found->sender);
  if (found->message) call->message = message_get(call->txn, found->message, NULL);
  if (!load_extraction(call, error) || !desk_call_event(call, found->event, error)) return FALSE;
  *ret = g_steal_pointer(&found);
  return TRUE;
}

/* --- answering -------------------------------------------------------------------------------- */

const Account *desk_call_account(const DeskCall *call) {
  return call->message ? config_account(call->desk->config, call->message->account) : NULL;
}

/* In a person's mailbox that is the return path (RFC 3834 4), as long as it is the same person's
 * mail that is answered. */
const char *desk_call_address(const DeskCall *call, const char **ret_why) {
  const Account *account = desk_call_account(call);
  const char *path = call->extraction->return_path, *to = call->sender;
  if (account && account->personal && path && *path && !strcmp(call->message->from, to)) to = path;
  *ret_why = NULL;
  if (call->extraction->flags & EXTRACTION_UNANSWERABLE)
    *ret_why = "its mail is automatic, from a list or asks for no answer";
  else if (!*to)
    *ret_why = "its mail has no sender";
  else if (!send_smtp_address_ok(to))
    *ret_why = "its sender's address is not valid";
  return *ret_why ? NULL : to;
}

guint desk_call_round(const DeskCall *call) {
  g_autoptr(GString) key = g_string_new(call->action->own_text);
  g_string_append_printf(key, ":%" G_GINT64_FORMAT ":%" G_GUINT64_FORMAT, call->now,
                         outbox_count(call->txn, NULL));
  for (guint i = 0; i < MIN(call->changes->len, 1); i++) {
    const Registration *registration = ((const Change *)call->changes->pdata[i])->registration;
    g_string_append_printf(key, ":%" G_GUINT64_FORMAT ":%u:%u", registration->id,
                           registration->sequence, registration->history->len);
  }
  return MAX(g_str_hash(key->str), 1);
}

static const char *language_of(const DeskCall *call, const Registration *first) {
  if (first) return first->language;
  const char *own = call->message ? call->message->language : "";
  return *own ? own : call->event->languages[0];
}

static ReplyRequest request_for(const DeskCall *call, const GPtrArray *told, const char *to) {
  const Registration *first = told->len ? told->pdata[0] : NULL;
  const Message *message = call->message;
  return (ReplyRequest){.config = call->desk->config,
                        .replies = call->desk->replies,
                        .event = call->event,
                        .language = language_of(call, first),
                        .kind = call->kind,
                        .to = to,
                        .registrations = told,
                        .participants = call->extraction->participants,
                        .subject = message ? message->subject : "",
                        .message_id = message ? message->message_id
                                      : first ? first->message_id
                                              : "",
                        .references = call->extraction->references,
                        .secret = call->context.secret,
                        .thread = first     ? first->thread
                                  : message ? message->thread
                                            : 0,
                        .message = message ? message->id : 0,
                        .round = desk_call_round(call),
                        .reply_to = commit_our_address(desk_call_account(call)),
                        .own_text = call->action->own_text,
                        .now = call->now};
}

/* Queue the call's answer. *ret_told: how it went, for the journal; the caller frees. */
static gboolean answer(DeskCall *call, char **ret_told, GError **error) {
  const char *why = NULL, *to = desk_call_address(call, &why);
  if (call->kind == REPLY_NONE) why = "it is not complete or not decided";
  if (why && !call->why_not) call->why_not = g_strdup(why);
  if (call->why_not || !to) {
    *ret_told = g_strdup_printf("not answered: %s", call->why_not);
    return TRUE;
  }
  g_autoptr(GPtrArray) told = g_ptr_array_new();
  for (guint i = 0; i < call->changes->len; i++)
    g_ptr_array_add(told, ((Change *)call->changes->pdata[i])->registration);
  ReplyRequest request = request_for(call, told, to);
  guint64 first = told->len ? ((const Registration *)told->pdata[0])->id : 0;
  *ret_told = g_strdup_printf("answer '%s' to %s", reply_kind_name(call->kind), to);
  if (commit_reply(&call->context, call->txn, &request, first, call->now, error)) return TRUE;
  g_clear_pointer(ret_told, g_free);
  return FALSE;
}

/* --- writing ---------------------------------------------------------------------------------- */

void desk_call_change(DeskCall *call, Registration *registration, const char *what) {
  Change *change = g_new0(Change, 1);
  change->registration = registration;
  change->what = what;
  g_ptr_array_add(call->changes, change);
}

void desk_call_note(DeskCall *call, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_ptr_array_add(call->notes, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

gboolean desk_call_journal(const DeskCall *call, guint64 message, const char *did, const char *told,
                           GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, "%s %s", call->desk->who, did);
  for (guint i = 0; i < call->changes->len; i++) {
    const Registration *registration = ((Change *)call->changes->pdata[i])->registration;
    g_string_append_printf(text, "%s registration %" G_GUINT64_FORMAT " is %s", i ? "," : ":",
                           registration->id, registration->status);
  }
  for (guint i = 0; i < call->notes->len; i++)
    g_string_append_printf(text, "; %s", (const char *)call->notes->pdata[i]);
  if (told) g_string_append_printf(text, "; %s", told);
  return journal_add(call->txn, 0, message, "person", text->str, error);
}

/* A registration that the message had made before is changed by it, not made again. */
static void unique_registrations(Message *message) {
  GArray *ids = message->registrations;
  for (guint i = ids->len; i-- > 1;)
    for (guint k = 0; k < i; k++)
      if (g_array_index(ids, guint64, k) == g_array_index(ids, guint64, i)) {
        g_array_remove_index(ids, i);
        break;
      }
}

gboolean desk_call_settle(DeskCall *call, Decision decision, const char *state, const char *did,
                          GError **error) {
  Message *message = call->message;
  string_set(&message->state, state);
  string_set(&message->decision, decision_name(decision));
  g_free(message->reason);
  message->reason = g_strdup_printf("%s %s", call->desk->who, did);
  unique_registrations(message);
  call->message_changed = TRUE;
  return message_update(call->txn, message, error);
}

gboolean desk_call_write(DeskCall *call, Message *owner, const char *did, GError **error) {
  g_autofree char *told = NULL;
  return commit_changes(&call->context, call->txn, owner, call->changes, call->desk->who, call->now,
                        error) &&
         answer(call, &told, error) &&
         desk_call_journal(call, call->message ? call->message->id : 0, did, told, error);
}
