/* desk - what a person decides: accept, ask, ignore, edit, cancel.
 *
 * Relies on commit for storing and answering, on decide for names and what is lacking. Promises:
 * one transaction a call, so that the record, its history, the answer and the journal line are all
 * there or none is; mail that must not be answered (automatic, lists, no address) is not, whoever
 * asks for it, and the journal says so. */
#include "daemon/desk/desk.h"

#include <string.h>

#include "daemon/commit.h"
#include "daemon/desk/desk_match.h"
#include "daemon/desk/desk_values.h"
#include "daemon/mail/send_smtp.h"
#include "daemon/util.h"
#include "store/journal.h"

G_DEFINE_QUARK(desk_error, desk_error)

/* One call: everything that it reads first and changes then. */
typedef struct {
  const Desk *desk;
  CommitContext context;
  StoreTxn *txn;
  gint64 now;
  Message *message;       /* NULL: gone, or none */
  Extraction *extraction; /* never NULL once loaded */
  const Event *event;
  GPtrArray *changes; /* Change*, registrations owned */
  char *sender;       /* whom an answer goes to */
  ReplyKind kind;
} Call;

static void change_free(gpointer data) {
  Change *change = data;
  registration_free(change->registration);
  g_free(change);
}

static gboolean call_begin(Call *call, const Desk *desk, GError **error) {
  *call = (Call){.desk = desk, .now = g_get_real_time() / G_USEC_PER_SEC};
  call->context = (CommitContext){
      .config = desk->config, .replies = desk->replies, .secret = store_secret(desk->store)};
  call->changes = g_ptr_array_new_with_free_func(change_free);
  call->txn = store_begin(desk->store, TRUE, error);
  return call->txn != NULL;
}

/* End the call: `good` commits and wakes the daemon, else nothing has happened. */
static gboolean call_end(Call *call, gboolean good, GError **error) {
  StoreTxn *txn = g_steal_pointer(&call->txn);
  if (good)
    good = store_commit(txn, error);
  else
    store_abort(txn);
  if (good) store_wake(call->desk->store);
  message_free(call->message);
  extraction_free(call->extraction);
  g_free(call->sender);
  g_ptr_array_unref(call->changes);
  return good;
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean not_found(GError **error, const char *what, guint64 id) {
  g_clear_error(error);
  g_set_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND, "there is no %s %" G_GUINT64_FORMAT, what,
              id);
  return FALSE;
}

/* What was read from the message; an empty one where nothing was kept. */
static gboolean load_extraction(Call *call, GError **error) {
  call->extraction = call->message && call->message->extraction
                         ? wire_extraction_read(call->message->extraction, error)
                         : extraction_new();
  return call->extraction != NULL;
}

static gboolean load_message(Call *call, guint64 id, GError **error) {
  g_autoptr(GError) failed = NULL;
  call->message = message_get(call->txn, id, &failed);
  if (!call->message && g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    return not_found(error, "message", id);
  if (!call->message) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  call->sender = g_strdup(call->message->from);
  return load_extraction(call, error);
}

static gboolean find_event(Call *call, const char *id, GError **error) {
  call->event = event_find(call->desk->config->events, id);
  if (!call->event && *id)
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "event '%s' is not configured; its file is missing among the events", id);
  else if (!call->event)
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "message %" G_GUINT64_FORMAT " belongs to no event; only 'ignore' is possible",
                call->message->id);
  return call->event != NULL;
}

static gboolean load_open_message(Call *call, guint64 id, GError **error) {
  if (!load_message(call, id, error)) return FALSE;
  if (strcmp(call->message->state, "settled")) return TRUE;
  g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
              "message %" G_GUINT64_FORMAT " is settled already; its registration can be edited",
              id);
  return FALSE;
}

/* The registration with its event, the message that changed it last and what was read there. */
static gboolean load_registration(Call *call, guint64 id, Registration **ret, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(Registration) found = registration_get(call->txn, id, &failed);
  if (!found && g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    return not_found(error, "registration", id);
  if (!found) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  call->sender = g_strdup(found->sender);
  if (found->message) call->message = message_get(call->txn, found->message, NULL);
  if (!load_extraction(call, error) || !find_event(call, found->event, error)) return FALSE;
  *ret = g_steal_pointer(&found);
  return TRUE;
}

/* --- answering -------------------------------------------------------------------------------- */

static const Account *account_of(const Call *call) {
  const GPtrArray *accounts = call->desk->config->accounts;
  for (guint i = 0; call->message && accounts && i < accounts->len; i++) {
    const Account *account = accounts->pdata[i];
    if (!strcmp(account->name, call->message->account)) return account;
  }
  return NULL;
}

/* Where an answer may go, or NULL and why not. In a person's mailbox that is the return path (RFC
 * 3834 4), as long as it is the same person's mail that is answered. */
static const char *answer_address(const Call *call, const char **ret_why) {
  const Account *account = account_of(call);
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

/* Tells the answers of one kind to one message apart: a person may change one thing twice. */
static guint round_of(const Call *call) {
  const Change *change = call->changes->pdata[0];
  const Registration *registration = change->registration;
  g_autofree char *key =
      g_strdup_printf("%" G_GUINT64_FORMAT ":%u:%u:%" G_GINT64_FORMAT, registration->id,
                      registration->sequence, registration->history->len, call->now);
  return g_str_hash(key);
}

/* Queue the call's answer. *ret_told: how it went, for the journal; the caller frees. */
static gboolean answer(const Call *call, char **ret_told, GError **error) {
  const char *why = NULL, *to = answer_address(call, &why);
  if (call->kind == REPLY_NONE || !to) {
    *ret_told = g_strdup_printf("not answered: %s", why && call->kind != REPLY_NONE
                                                        ? why
                                                        : "it is not complete or not decided");
    return TRUE;
  }
  g_autoptr(GPtrArray) told = g_ptr_array_new();
  for (guint i = 0; i < call->changes->len; i++)
    g_ptr_array_add(told, ((Change *)call->changes->pdata[i])->registration);
  const Registration *first = told->pdata[0];
  const Message *message = call->message;
  ReplyRequest request = {.config = call->desk->config,
                          .replies = call->desk->replies,
                          .event = call->event,
                          .language = first->language,
                          .kind = call->kind,
                          .to = to,
                          .registrations = told,
                          .participants = call->extraction->participants,
                          .subject = message ? message->subject : "",
                          .message_id = message ? message->message_id : first->message_id,
                          .references = call->extraction->references,
                          .secret = call->context.secret,
                          .thread = first->thread,
                          .message = message ? message->id : 0,
                          .round = round_of(call),
                          .reply_to = commit_our_address(account_of(call)),
                          .now = call->now};
  *ret_told = g_strdup_printf("answer '%s' to %s", reply_kind_name(call->kind), to);
  if (commit_reply(&call->context, call->txn, &request, first->id, call->now, error)) return TRUE;
  g_clear_pointer(ret_told, g_free);
  return FALSE;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void add_change(Call *call, Registration *registration, const char *what) {
  Change *change = g_new0(Change, 1);
  change->registration = registration;
  change->what = what;
  g_ptr_array_add(call->changes, change);
}

static gboolean journal(const Call *call, const char *did, const char *told, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, "%s %s", call->desk->who, did);
  for (guint i = 0; i < call->changes->len; i++) {
    const Registration *registration = ((Change *)call->changes->pdata[i])->registration;
    g_string_append_printf(text, "%s registration %" G_GUINT64_FORMAT " is %s", i ? "," : ":",
                           registration->id, registration->status);
  }
  if (told) g_string_append_printf(text, "; %s", told);
  return journal_add(call->txn, 0, call->message ? call->message->id : 0, "person", text->str,
                     error);
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

static gboolean settle(Call *call, Decision decision, const char *state, const char *did,
                       GError **error) {
  Message *message = call->message;
  string_set(&message->state, state);
  string_set(&message->decision, decision_name(decision));
  g_free(message->reason);
  message->reason = g_strdup_printf("%s %s", call->desk->who, did);
  unique_registrations(message);
  return message_update(call->txn, message, error);
}

/* Changes, answer, journal, in this order: the answer tells the ids that storing gave. `owner`: the
 * message whose decision this is, or NULL where a registration alone is changed. */
static gboolean write_all(Call *call, Message *owner, const char *did, GError **error) {
  g_autofree char *told = NULL;
  return commit_changes(&call->context, call->txn, owner, call->changes, call->desk->who, call->now,
                        error) &&
         answer(call, &told, error) && journal(call, did, told, error);
}

/* --- accept, ask ------------------------------------------------------------------------------ */

static gboolean declines(const Event *event, const Registration *registration) {
  if (!event->attendance_field || !*event->attendance_field) return FALSE;
  const char *value = registration_value(registration, event->attendance_field);
  return value && !g_strcmp0(value, event->declined_value);
}

/* The record of each participant as the message and the person have it, each in a change. Its
 * status is still the one of before ("" if new). */
static gboolean gather(Call *call, const GPtrArray *changes, GError **error) {
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
    if (!desk_values_apply(call->event, changes, i + 1, count, registration, error)) return FALSE;
    desk_match_keys(&match, registration);
    add_change(call, g_steal_pointer(&registration), "created");
  }
  return TRUE;
}

static GPtrArray *lacking(const Call *call, guint index) {
  const Change *change = call->changes->pdata[index];
  return decide_missing(call->event, change->registration);
}

static gboolean nothing_lacks(const Call *call, GError **error) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < call->changes->len; i++) {
    g_autoptr(GPtrArray) missing = lacking(call, i);
    for (guint k = 0; k < missing->len; k++) {
      g_string_append(names, names->len ? ", " : "");
      if (call->changes->len > 1) g_string_append_printf(names, "%u.", i + 1);
      g_string_append(names, missing->pdata[k]);
    }
  }
  if (!names->len) return TRUE;
  g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
              "required values are lacking: %s; give them as field=value, or 'ask' the sender",
              names->str);
  return FALSE;
}

static void set_missing(Registration *registration, const GPtrArray *missing) {
  g_ptr_array_set_size(registration->missing, 0);
  for (guint i = 0; missing && i < missing->len; i++)
    g_ptr_array_add(registration->missing, g_strdup(missing->pdata[i]));
}

/* Confirm one gathered record. Returns whether it had been confirmed before. */
static gboolean confirm(const Call *call, Change *change) {
  Registration *registration = change->registration;
  gboolean before = !strcmp(registration->status, "registered");
  change->what = before ? "updated" : registration->id ? "completed" : "created";
  if (before) registration->sequence++;
  string_set(&registration->status,
             declines(call->event, registration) ? "declined" : "registered");
  if (!strcmp(registration->status, "declined")) change->what = "declined";
  set_missing(registration, NULL);
  return before;
}

static void confirm_all(Call *call) {
  gboolean all_before = TRUE, all_decline = TRUE;
  for (guint i = 0; i < call->changes->len; i++) {
    Change *change = call->changes->pdata[i];
    all_before = confirm(call, change) && all_before;
    all_decline = all_decline && !strcmp(change->registration->status, "declined");
  }
  call->kind = all_decline ? REPLY_DECLINED : all_before ? REPLY_UPDATED : REPLY_CONFIRMED;
}

static void cancel_one(Registration *registration) {
  string_set(&registration->status, "cancelled");
  registration->sequence++;
  set_missing(registration, NULL);
}

/* A mail that withdraws: what it withdraws must be known and unmistakable. */
static gboolean gather_cancelled(Call *call, GError **error) {
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
  cancel_one(registration);
  add_change(call, registration, "cancelled");
  call->kind = REPLY_CANCELLED;
  return TRUE;
}

static gboolean accept(Call *call, guint64 id, const GPtrArray *changes, GError **error) {
  if (!load_open_message(call, id, error) || !find_event(call, call->message->event, error))
    return FALSE;
  gboolean withdraws = !strcmp(call->message->kind, mail_kind_name(KIND_CANCELLATION));
  if (withdraws && !(changes && changes->len)) {
    if (!gather_cancelled(call, error)) return FALSE;
  } else {
    if (!gather(call, changes, error) || !nothing_lacks(call, error)) return FALSE;
    confirm_all(call);
  }
  return write_all(call, call->message, "accepted it", error) &&
         settle(call, DECISION_ACCEPT, "settled", "accepted it", error);
}

gboolean desk_accept(const Desk *desk, guint64 id, const GPtrArray *changes, GError **error) {
  Call call;
  gboolean good = call_begin(&call, desk, error) && accept(&call, id, changes, error);
  return call_end(&call, good, error);
}

/* As decide has it: who is complete is registered, who is not is asked for; who was registered
 * before stays so. Returns how many are asked for. */
static guint sort_out(Call *call) {
  guint asked = 0;
  for (guint i = call->changes->len; i-- > 0;) {
    g_autoptr(GPtrArray) missing = lacking(call, i);
    Change *change = call->changes->pdata[i];
    if (missing->len) {
      change->what = "asked";
      set_missing(change->registration, missing);
      change->registration->asks++;
      string_set(&change->registration->status, "incomplete");
      asked++;
    } else if (!strcmp(change->registration->status, "registered")) {
      g_ptr_array_remove_index(call->changes, i);
    } else {
      confirm(call, change);
    }
  }
  return asked;
}

static gboolean ask(Call *call, guint64 id, GError **error) {
  if (!load_open_message(call, id, error) || !find_event(call, call->message->event, error) ||
      !gather(call, NULL, error))
    return FALSE;
  const char *why = NULL;
  if (!sort_out(call))
    why = "nothing required is lacking; 'accept' it";
  else
    (void)answer_address(call, &why);
  if (why) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "the sender of message %" G_GUINT64_FORMAT " cannot be asked: %s", id, why);
    return FALSE;
  }
  call->kind = REPLY_ASK;
  return write_all(call, call->message, "asked the sender", error) &&
         settle(call, DECISION_ASK, "waiting-for-sender", "asked the sender", error);
}

gboolean desk_ask(const Desk *desk, guint64 id, GError **error) {
  Call call;
  gboolean good = call_begin(&call, desk, error) && ask(&call, id, error);
  return call_end(&call, good, error);
}

gboolean desk_ignore(const Desk *desk, guint64 id, GError **error) {
  Call call;
  gboolean good = call_begin(&call, desk, error) && load_open_message(&call, id, error) &&
                  settle(&call, DECISION_IGNORE, "settled", "ignored it", error) &&
                  journal(&call, "ignored it", NULL, error);
  return call_end(&call, good, error);
}

/* --- edit, cancel ----------------------------------------------------------------------------- */

/* What the record becomes by an edit: a confirmed one stays whole, one that waits for a person's
 * decision still does, one that was incomplete may now be complete. */
static gboolean edited_state(Call *call, Change *change, GError **error) {
  Registration *registration = change->registration;
  g_autoptr(GPtrArray) missing = decide_missing(call->event, registration);
  gboolean confirmed =
      !strcmp(registration->status, "registered") || !strcmp(registration->status, "declined");
  if (confirmed && !nothing_lacks(call, error)) return FALSE;
  if (!confirmed && (missing->len || strcmp(registration->status, "incomplete"))) {
    if (registration->missing->len) set_missing(registration, missing);
    return TRUE;
  }
  confirm_all(call);
  return TRUE;
}

static gboolean same_fields(const Registration *a, const Registration *b) {
  if (a->fields->len != b->fields->len) return FALSE;
  for (guint i = 0; i < a->fields->len; i++) {
    const StoreField *field = a->fields->pdata[i];
    if (g_strcmp0(field->value, registration_value(b, field->name))) return FALSE;
  }
  return TRUE;
}

static gboolean edit(Call *call, guint64 id, const GPtrArray *changes, GError **error) {
  g_autoptr(Registration) before = NULL;
  if (!load_registration(call, id, &before, error)) return FALSE;
  g_autoptr(Registration) after = registration_copy(before);
  if (!desk_values_apply(call->event, changes, 1, 1, after, error)) return FALSE;
  const char *wrong = !strcmp(before->status, "cancelled") ? "is cancelled"
                      : same_fields(before, after)         ? "has these values already"
                                                           : NULL;
  if (wrong) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE, "registration %" G_GUINT64_FORMAT " %s", id,
                wrong);
    return FALSE;
  }
  DeskMatch match = {.event = call->event, .message = call->message, .alone = TRUE};
  desk_match_keys(&match, after);
  add_change(call, g_steal_pointer(&after), "updated");
  return edited_state(call, call->changes->pdata[0], error) &&
         write_all(call, NULL, "edited it", error);
}

gboolean desk_edit(const Desk *desk, guint64 registration, const GPtrArray *changes,
                   GError **error) {
  Call call;
  gboolean good = call_begin(&call, desk, error) && edit(&call, registration, changes, error);
  return call_end(&call, good, error);
}

static gboolean cancel(Call *call, guint64 id, GError **error) {
  Registration *registration = NULL;
  if (!load_registration(call, id, &registration, error)) return FALSE;
  add_change(call, registration, "cancelled");
  if (!strcmp(registration->status, "cancelled")) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "registration %" G_GUINT64_FORMAT " is cancelled already", id);
    return FALSE;
  }
  cancel_one(registration);
  call->kind = REPLY_CANCELLED;
  return write_all(call, NULL, "cancelled it", error);
}

gboolean desk_cancel(const Desk *desk, guint64 registration, GError **error) {
  Call call;
  gboolean good = call_begin(&call, desk, error) && cancel(&call, registration, error);
  return call_end(&call, good, error);
}
