#include "daemon/commit.h"

#include <string.h>

#include "daemon/commit_bounce.h"
#include "daemon/reply_limits.h"
#include "daemon/token.h"
#include "daemon/util.h"
#include "store/counter.h"
#include "store/journal.h"
#include "store/person.h"

G_DEFINE_QUARK(commit_error, commit_error)

enum {
  KNOWN_MAX = 100, /* registrations looked at for one message */
  SAME_ID_MAX = 5, /* stored messages of one Message-ID looked at */
  DAY_S = 24 * 60 * 60
};

/* --- what the store knows that bears on this message ---------------------------------------- */

typedef struct {
  guint64 original; /* the stored message of which this one is a copy; 0: none */
  gboolean conflicting_id;
} Sameness;

static gboolean is_copy(StoreTxn *txn, guint64 id, const char *digest, GError **error) {
  g_autoptr(Message) other = message_get(txn, id, error);
  return other && !strcmp(other->digest, digest);
}

/* The same mail is known by its Message-ID and content; without a Message-ID by its content. */
static gboolean find_same(StoreTxn *txn, const Extraction *extraction, Sameness *same,
                          GError **error) {
  gboolean named = *extraction->message_id != '\0';
  g_autoptr(GArray) ids = named ? message_by_message_id(txn, extraction->message_id, SAME_ID_MAX)
                                : message_by_digest(txn, extraction->content_digest, SAME_ID_MAX);
  for (guint i = 0; i < ids->len && !same->original; i++) {
    guint64 id = g_array_index(ids, guint64, i);
    g_autoptr(GError) failed = NULL;
    if (is_copy(txn, id, extraction->content_digest, &failed)) same->original = id;
    if (failed) {
      g_propagate_error(error, g_steal_pointer(&failed));
      return FALSE;
    }
  }
  same->conflicting_id = named && ids->len > 0 && !same->original;
  return TRUE;
}

static gboolean is_known(const GPtrArray *known, guint64 id) {
  for (guint i = 0; i < known->len; i++)
    if (((const Registration *)known->pdata[i])->id == id) return TRUE;
  return FALSE;
}

static void add_known(GPtrArray *known, GPtrArray *found) {
  for (guint i = 0; i < found->len && known->len < KNOWN_MAX; i++) {
    const Registration *registration = found->pdata[i];
    if (!is_known(known, registration->id)) g_ptr_array_add(known, registration_copy(registration));
  }
  g_ptr_array_unref(found);
}

/* Registrations of the thread, of the sender, and of each address in the bulletin. */
static GPtrArray *find_known(StoreTxn *txn, const Event *event, const Extraction *extraction,
                             guint64 thread) {
  GPtrArray *known = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  if (thread) add_known(known, registration_by_thread(txn, thread, KNOWN_MAX));
  if (!event) return known;
  if (*extraction->from) {
    add_known(known, registration_by_sender(txn, event->id, extraction->from, KNOWN_MAX));
    add_known(known, registration_by_email(txn, event->id, extraction->from, KNOWN_MAX));
  }
  for (guint i = 0; i < extraction->participants->len; i++) {
    const FieldValue *email =
        participant_value(extraction->participants->pdata[i], event->email_field);
    if (email) add_known(known, registration_by_email(txn, event->id, email->value, KNOWN_MAX));
  }
  return known;
}

/* --- registrations -------------------------------------------------------------------------- */

static GPtrArray *copy_fields(const GPtrArray *fields) {
  GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
  for (guint i = 0; i < fields->len; i++) {
    const StoreField *field = fields->pdata[i];
    g_ptr_array_add(copy, store_field_new(field->name, field->value));
  }
  return copy;
}

/* Does this registration still wait for an answer to that message? */
static gboolean still_waits(StoreTxn *txn, guint64 registration, guint64 message, GError **error) {
  g_autoptr(Registration) row = registration_get(txn, registration, error);
  return row && row->message == message && !strcmp(row->status, "incomplete");
}

/* The mail whose sender was asked is settled once nothing of it waits any more. */
static gboolean settle_asked(StoreTxn *txn, guint64 id, guint64 by, GError **error) {
  g_autoptr(Message) message = message_get(txn, id, error);
  if (!message) return FALSE;
  if (strcmp(message->state, "waiting-for-sender") != 0) return TRUE;
  for (guint i = 0; i < message->registrations->len; i++) {
    g_autoptr(GError) failed = NULL;
    guint64 registration = g_array_index(message->registrations, guint64, i);
    if (still_waits(txn, registration, id, &failed)) return TRUE;
    if (failed) {
      g_propagate_error(error, g_steal_pointer(&failed));
      return FALSE;
    }
  }
  string_set(&message->state, "settled");
  g_free(message->reason);
  message->reason = by ? g_strdup_printf("answered by message %" G_GUINT64_FORMAT, by)
                       : g_strdup("settled by a person");
  return message_update(txn, message, error);
}

static void append_history(const Change *change, const Registration *before, const Message *message,
                           const char *who, gint64 now) {
  HistoryEntry *entry = history_entry_new();
  if (before) {
    g_ptr_array_unref(entry->before);
    entry->before = copy_fields(before->fields);
  }
  entry->time = now;
  string_set(&entry->who, who);
  string_set(&entry->what, change->what);
  string_set(&entry->message_id, message && !strcmp(who, "sender") ? message->message_id : "");
  string_set(&entry->status, change->registration->status);
  g_ptr_array_add(change->registration->history, entry);
}

static void stamp(Registration *registration, const Message *message, gint64 now) {
  registration->updated = now;
  if (!registration->id) registration->created = now;
  if (!message) return;
  string_set(&registration->message_id, message->message_id);
  registration->message = message->id;
  if (!registration->thread) registration->thread = message->thread;
}

static gboolean has_number(const GArray *numbers, guint64 number) {
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index(numbers, guint64, i) == number) return TRUE;
  return FALSE;
}

static gboolean store_change(StoreTxn *txn, const Change *change, Message *message, const char *who,
                             gint64 now, GError **error) {
  Registration *registration = change->registration;
  g_autoptr(Registration) before =
      registration->id ? registration_get(txn, registration->id, error) : NULL;
  if (registration->id && !before) return FALSE;
  append_history(change, before, message, who, now);
  stamp(registration, message, now);
  gboolean stored = before ? registration_update(txn, registration, error)
                           : registration_add(txn, registration, error);
  if (!stored) return FALSE;
  if (message && !has_number(message->registrations, registration->id))
    g_array_append_val(message->registrations, registration->id);
  guint64 by = message ? message->id : 0;
  return !before || !before->message || before->message == by ||
         settle_asked(txn, before->message, by, error);
}

gboolean commit_changes(const CommitContext *context, StoreTxn *txn, Message *message,
                        const GPtrArray *changes, const char *who, gint64 now, GError **error) {
  (void)context;
  for (guint i = 0; i < changes->len; i++)
    if (!store_change(txn, changes->pdata[i], message, who, now, error)) return FALSE;
  return TRUE;
}

/* --- the answer ------------------------------------------------------------------------------ */

static OutboxEntry *outbox_entry_for(const Reply *reply, const ReplyRequest *request,
                                     guint64 registration, gint64 now, gint64 next,
                                     const char *limit) {
  OutboxEntry *entry = outbox_entry_new();
  entry->message = request->message;
  entry->registration = registration;
  for (guint i = 0; i < request->registrations->len; i++) {
    guint64 id = ((const Registration *)request->registrations->pdata[i])->id;
    if (id != registration) g_array_append_val(entry->others, id);
  }
  entry->created = now;
  entry->next = next;
  string_set(&entry->to, reply->to);
  string_set(&entry->envelope_from, reply->envelope_from);
  string_set(&entry->kind, reply_kind_name(request->kind));
  string_set(&entry->state, limit ? "delayed" : "ready");
  string_set(&entry->message_id, reply->message_id);
  string_set(&entry->text_hash, reply->text_hash);
  if (limit) {
    g_free(entry->last_error);
    entry->last_error = g_strdup_printf("held by limit %s", limit);
  }
  entry->mail = g_bytes_ref(reply->mail);
  return entry;
}

static gboolean journal_answer(StoreTxn *txn, const OutboxEntry *entry, GError **error) {
  g_autofree char *text =
      g_strdup_printf("%s to %s, Message-ID <%s>%s%s", entry->kind, entry->to, entry->message_id,
                      *entry->last_error ? ", " : "", entry->last_error);
  return journal_add(txn, 0, entry->message, "answered", text, error);
}

typedef struct {
  guint64 message;
  const char *text_hash;
  gboolean found;
} Said;

static gboolean is_said(const OutboxEntry *entry, void *context) {
  Said *said = context;
  said->found = entry->message == said->message && !strcmp(entry->text_hash, said->text_hash);
  return !said->found;
}

/* Was the message answered with this text before? The outbox has no index by message: this is for
 * one message that a person has read again. */
static gboolean said_before(StoreTxn *txn, guint64 message, const char *text_hash,
                            gboolean *ret_said, GError **error) {
  Said said = {message, text_hash, FALSE};
  if (!outbox_foreach(txn, NULL, is_said, &said, error)) return FALSE;
  *ret_said = said.found;
  return TRUE;
}

/* As mark_sending in outgoing.c would, with the row written once. */
static gboolean send_at_once(const CommitContext *context, OutboxEntry *entry) {
  if (strcmp(entry->state, "ready") != 0 || !context->sending ||
      context->sending->len >= context->sending_max)
    return FALSE;
  string_set(&entry->state, "sending");
  entry->attempts = 1;
  return TRUE;
}

gboolean commit_reply(const CommitContext *context, StoreTxn *txn, const ReplyRequest *request,
                      guint64 registration, gint64 now, GError **error) {
  g_autoptr(GArray) ever = counter_list(txn, request->to, 0, 1);
  ReplyRequest complete = *request;
  complete.first = ever->len == 0;
  g_autoptr(Reply) reply = compose_reply(&complete, error);
  if (!reply) return FALSE;
  if (outbox_by_message_id(txn, reply->message_id)) return TRUE; /* answered before: not twice */
  gboolean said = FALSE;
  if (context->once_a_text && !said_before(txn, request->message, reply->text_hash, &said, error))
    return FALSE;
  if (said) return TRUE;
  const ReplyLimits *limits = &context->config->submission.limits;
  gint64 since = now - MAX(1, (gint64)limits->same_text_days) * DAY_S;
  g_autoptr(GArray) to_address = counter_list(txn, request->to, since, COUNTER_MAX);
  g_autoptr(GArray) to_all = counter_list(txn, NULL, now - 600, limits->all_10min);
  const char *limit = NULL;
  gint64 next = reply_limits_next(limits, to_address, to_all, reply->text_hash, now, &limit);
  g_autoptr(OutboxEntry) entry = outbox_entry_for(reply, &complete, registration, now, next, limit);
  gboolean sending = send_at_once(context, entry);
  if (!outbox_add(txn, entry, error) ||
      !counter_add(txn, request->to, next, entry->text_hash, error) ||
      !journal_answer(txn, entry, error))
    return FALSE;
  if (sending) g_ptr_array_add(context->sending, g_steal_pointer(&entry));
  if (context->composed) g_ptr_array_add(context->composed, g_steal_pointer(&reply));
  return TRUE;
}

/* --- one message ------------------------------------------------------------------------------ */

/* What today's reading makes of a message; its Message-ID and digest, by which it is known, are no
 * part of that. */
static void take_verdict(Message *message, const Extraction *extraction, const Verdict *verdict) {
  string_set(&message->from, extraction->from);
  string_set(&message->event, extraction->event);
  string_set(&message->language, extraction->language);
  string_set(&message->kind, mail_kind_name(extraction->kind));
  string_set(&message->decision, decision_name(verdict->decision));
  string_set(&message->state, verdict->state);
  string_set(&message->reason, verdict->reason);
  string_set(&message->subject, verdict->keep_text ? extraction->subject : "");
  g_clear_pointer(&message->extraction, g_bytes_unref);
  if (verdict->keep_text) message->extraction = wire_extraction_write(extraction);
}

static Message *message_for(const CommitInput *input, const Verdict *verdict, guint64 thread,
                            gint64 now) {
  const Extraction *extraction = input->extraction;
  Message *message = message_new();
  string_set(&message->account, input->account_name);
  string_set(&message->folder, input->folder);
  message->uidvalidity = input->uidvalidity;
  message->uid = input->uid;
  message->received = input->received;
  message->stored = now;
  message->size_bytes = input->size_bytes;
  message->thread = thread;
  string_set(&message->message_id, extraction->message_id);
  string_set(&message->digest, extraction->content_digest);
  take_verdict(message, extraction, verdict);
  return message;
}

/* The thread by its token; else that of the registration that is changed; else a new one. */
static guint64 thread_of(const Verdict *verdict, guint64 token_thread) {
  if (token_thread) return token_thread;
  for (guint i = 0; i < verdict->changes->len; i++) {
    const Change *change = verdict->changes->pdata[i];
    if (change->registration->id) return change->registration->thread;
  }
  return 0;
}

const char *commit_our_address(const Account *account) {
  if (!account) return NULL;
  if (account->addresses && account->addresses[0]) return account->addresses[0];
  return account->user && strchr(account->user, '@') ? account->user : NULL;
}

void commit_to_review(Message *message, const char *why) {
  gboolean waits = strcmp(message->state, "settled") != 0 && *message->reason;
  g_autofree char *both = waits ? g_strdup_printf("%s; %s", message->reason, why) : g_strdup(why);
  string_set(&message->reason, both);
  string_set(&message->state, "review");
}

/* An answer that cannot be composed (an address that SMTP does not allow, say) is no reason to lose
 * the record: a person sees the message instead. */
static gboolean answer(const CommitContext *context, StoreTxn *txn, const CommitInput *input,
                       const Event *event, const Verdict *verdict, Message *message, gint64 now,
                       GError **error) {
  g_autoptr(GPtrArray) told = g_ptr_array_new();
  for (guint i = 0; i < verdict->changes->len; i++)
    g_ptr_array_add(told, ((Change *)verdict->changes->pdata[i])->registration);
  ReplyRequest request = {.config = context->config,
                          .replies = context->replies,
                          .event = event,
                          .language = verdict->language,
                          .kind = verdict->reply,
                          .to = verdict->reply_to,
                          .registrations = told,
                          .participants = input->extraction->participants,
                          .subject = input->extraction->subject,
                          .message_id = input->extraction->message_id,
                          .references = input->extraction->references,
                          .secret = context->secret,
                          .thread = message->thread,
                          .message = message->id,
                          .round = input->round,
                          .reply_to = commit_our_address(input->account),
                          .now = now};
  guint64 first = told->len ? ((Registration *)told->pdata[0])->id : 0;
  g_autoptr(GError) failed = NULL;
  if (commit_reply(context, txn, &request, first, now, &failed)) return TRUE;
  if (failed->domain == STORE_ERROR) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  g_autofree char *why = g_strdup_printf("no answer can be sent: %s", failed->message);
  commit_to_review(message, why);
  return journal_add(txn, 0, message->id, "failed", why, error);
}

static gboolean journal_message(StoreTxn *txn, const CommitInput *input, const Message *message,
                                GError **error) {
  g_autofree char *received = g_strdup_printf(
      "from <%s>, %s/%s UID %u, %" G_GUINT64_FORMAT " bytes, Message-ID <%s>", message->from,
      input->account_name, input->folder, input->uid, input->size_bytes, message->message_id);
  g_autofree char *read = g_strdup_printf("%s, language %s, participants: %u", message->kind,
                                          *message->language ? message->language : "unknown",
                                          input->extraction->participants->len);
  g_autofree char *decided =
      g_strdup_printf("%s, %s: %s", message->decision, message->state, message->reason);
  return journal_add(txn, input->fetched_us, message->id, "received", received, error) &&
         journal_add(txn, input->read_us, message->id, "read", read, error) &&
         journal_add(txn, 0, message->id, "decided", decided, error);
}

/* Seen before (delivered twice, or read again after a new UIDVALIDITY): noted, and that is all. */
static gboolean note_copy(StoreTxn *txn, const CommitInput *input, guint64 original,
                          GError **error) {
  g_autofree char *text = g_strdup_printf("the same mail again, %s/%s UID %u: nothing is done",
                                          input->account_name, input->folder, input->uid);
  return journal_add(txn, input->fetched_us, original, "received", text, error);
}

/* Its sender was forgotten, and the mailbox still holds it. */
static gboolean note_erased(StoreTxn *txn, const CommitInput *input, GError **error) {
  g_autofree char *text = g_strdup_printf("a mail that was erased, %s/%s UID %u: nothing is kept",
                                          input->account_name, input->folder, input->uid);
  return journal_add(txn, input->fetched_us, 0, "received", text, error);
}

static void verdict_input(DecideInput *decision, const CommitContext *context,
                          const CommitInput *input, const Event *event) {
  decision->extraction = input->extraction;
  decision->event = event;
  decision->personal = input->account && input->account->personal;
  decision->addresses_known =
      input->account && input->account->addresses && input->account->addresses[0];
  decision->trusted_authserv_id = input->account ? input->account->trusted_authserv_id : NULL;
  decision->received = input->received;
  decision->asks_max = context->config->submission.limits.asks;
}

static gboolean write_message(const CommitContext *context, StoreTxn *txn, const CommitInput *input,
                              const Event *event, const Verdict *verdict, OutboxEntry *bounced,
                              Message *message, gint64 now, GError **error) {
  message_number(txn, message);
  if (!journal_message(txn, input, message, error) ||
      !commit_changes(context, txn, message, verdict->changes, "sender", now, error))
    return FALSE;
  if (bounced &&
      !commit_bounce_write(txn, input->extraction->bounce, verdict, bounced, message, now, error))
    return FALSE;
  if (verdict->reply != REPLY_NONE && !context->unanswered &&
      !answer(context, txn, input, event, verdict, message, now, error))
    return FALSE;
  return message_add(txn, message, verdict->keep_text ? input->raw : NULL, error);
}

/* Nobody is answered: who would be asked was not, and waits for a person. */
static void not_asked(Verdict *verdict) {
  if (verdict->reply != REPLY_ASK) return;
  for (guint i = 0; i < verdict->changes->len; i++) {
    Registration *registration = ((Change *)verdict->changes->pdata[i])->registration;
    if (registration->missing->len && registration->asks) registration->asks--;
  }
  g_autofree char *reason = verdict->reason;
  verdict->reason = g_strdup_printf("%s; the sender was not asked", reason);
  verdict->decision = DECISION_REVIEW;
  verdict->state = "review";
}

/* Of a bounce: the answer of ours that it speaks of. */
static gboolean find_answer(StoreTxn *txn, const Extraction *extraction, OutboxEntry **ret_answer,
                            GError **error) {
  return extraction->kind != KIND_BOUNCE ||
         commit_bounce_find(txn, extraction->references, ret_answer, error);
}

gboolean commit_message(const CommitContext *context, StoreTxn *txn, const CommitInput *input,
                        gint64 now, guint64 *ret_id, GError **error) {
  const Extraction *extraction = input->extraction;
  const Event *event = event_find(context->config->events, extraction->event);
  Sameness same = {0};
  if (!find_same(txn, extraction, &same, error)) return FALSE;
  if (same.original) {
    *ret_id = same.original;
    return note_copy(txn, input, same.original, error);
  }
  *ret_id = 0;
  if (tombstone_has_mail(txn, extraction->message_id, extraction->content_digest))
    return note_erased(txn, input, error);
  g_autoptr(OutboxEntry) bounced = NULL;
  if (!find_answer(txn, extraction, &bounced, error)) return FALSE;
  guint64 thread = token_find(context->secret, extraction->references);
  g_autoptr(GPtrArray) known = find_known(txn, event, extraction, thread);
  DecideInput decision = {
      .thread = thread, .known = known, .conflicting_id = same.conflicting_id, .answer = bounced};
  verdict_input(&decision, context, input, event);
  g_autoptr(Verdict) verdict = decide(&decision);
  if (context->unanswered) not_asked(verdict);
  g_autoptr(Message) message = message_for(input, verdict, thread_of(verdict, thread), now);
  if (!write_message(context, txn, input, event, verdict, bounced, message, now, error))
    return FALSE;
  *ret_id = message->id;
  return TRUE;
}

/* --- a stored message, read again --------------------------------------------------------------
 */

char *commit_thread_event(const Config *config, const guint8 *secret, StoreTxn *txn,
                          const Extraction *extraction) {
  guint64 thread = token_find(secret, extraction->references);
  if (!thread) return NULL;
  g_autoptr(Message) first = message_get(txn, thread, NULL);
  if (!first || g_str_equal(first->event, extraction->event)) return NULL;
  return event_find(config->events, first->event) ? g_strdup(first->event) : NULL;
}

static const char READ_AGAIN[] = "read again";

/* What a person or another mail has made of a registration since is not to be overwritten by what
 * the mail says. */
static gboolean untouched(const Message *message, const Registration *registration,
                          GError **error) {
  const GPtrArray *history = registration->history;
  const HistoryEntry *last = history->len ? history->pdata[history->len - 1] : NULL;
  const char *who = last ? last->who : "sender", *what = last ? last->what : "updated";
  gboolean machine = !strcmp(who, "sender") || !strcmp(who, "bounce") || !strcmp(what, READ_AGAIN);
  if (machine && registration->message == message->id) return TRUE;
  g_set_error(error, COMMIT_ERROR, COMMIT_ERROR_CHANGED,
              "registration %" G_GUINT64_FORMAT " was changed since (%s by %s); edit it instead",
              registration->id, what, machine ? "another mail" : who);
  return FALSE;
}

/* Its own registrations, first of all that are known. */
static gboolean own_registrations(StoreTxn *txn, const Message *message, GPtrArray *own,
                                  GError **error) {
  for (guint i = 0; i < message->registrations->len && i < KNOWN_MAX; i++) {
    Registration *one =
        registration_get(txn, g_array_index(message->registrations, guint64, i), error);
    if (!one) return FALSE;
    g_ptr_array_add(own, one);
    if (strcmp(message->kind, mail_kind_name(KIND_BOUNCE)) && !untouched(message, one, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean same_texts(const GPtrArray *a, const GPtrArray *b) {
  if (a->len != b->len) return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (strcmp(a->pdata[i], b->pdata[i]) != 0) return FALSE;
  return TRUE;
}

static gboolean same_record(const Registration *a, const Registration *b) {
  return !strcmp(a->status, b->status) && same_texts(a->missing, b->missing) &&
         registration_same_fields(a, b);
}

/* Drop what would change nothing; the rest is told by its own word in the history. Where all of it
 * stays as it is, nobody hears of it. */
static void drop_repeated(Verdict *verdict, const GPtrArray *known) {
  guint before = verdict->changes->len;
  for (guint i = before; i-- > 0;) {
    Change *change = verdict->changes->pdata[i];
    gboolean same = FALSE;
    for (guint k = 0; k < known->len && !same; k++) {
      const Registration *one = known->pdata[k];
      same = one->id == change->registration->id && same_record(one, change->registration);
    }
    change->what = READ_AGAIN;
    if (same) g_ptr_array_remove_index(verdict->changes, i);
  }
  if (before && !verdict->changes->len) verdict->reply = REPLY_NONE;
}

/* What the mail had given before and by today's rules does not give any more stays; it is told. */
static void note_left(const CommitAgain *again, const GPtrArray *own, const GArray *now_meant) {
  for (guint i = 0; i < own->len; i++) {
    const Registration *one = own->pdata[i];
    if (has_number(now_meant, one->id)) continue;
    g_ptr_array_add(again->notes, g_strdup_printf("registration %" G_GUINT64_FORMAT
                                                  " is not in the mail as it is read now; it stays",
                                                  one->id));
  }
}

/* Ids of the registrations that the verdict speaks of. */
static GArray *meant_by(const Verdict *verdict) {
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  for (guint i = 0; i < verdict->changes->len; i++)
    g_array_append_val(ids, ((Change *)verdict->changes->pdata[i])->registration->id);
  return ids;
}

static gboolean write_again(const CommitContext *context, StoreTxn *txn, const CommitAgain *again,
                            const CommitInput *input, const Event *event, const Verdict *verdict,
                            OutboxEntry *bounced, Message *message, gint64 now, GError **error) {
  if (!commit_changes(context, txn, message, verdict->changes, again->who, now, error))
    return FALSE;
  if (bounced &&
      !commit_bounce_write(txn, again->extraction->bounce, verdict, bounced, message, now, error))
    return FALSE;
  for (guint i = 0; i < verdict->changes->len; i++)
    g_ptr_array_add(again->changed,
                    registration_copy(((Change *)verdict->changes->pdata[i])->registration));
  if (verdict->reply != REPLY_NONE && !context->unanswered &&
      !answer(context, txn, input, event, verdict, message, now, error))
    return FALSE;
  g_autofree char *decided =
      g_strdup_printf("%s, %s: %s", message->decision, message->state, message->reason);
  return message_update(txn, message, error) &&
         journal_add(txn, 0, message->id, "decided", decided, error);
}

gboolean commit_again(const CommitContext *context, StoreTxn *txn, const CommitAgain *again,
                      Message *message, gint64 now, GError **error) {
  const Extraction *extraction = again->extraction;
  const Event *event = event_find(context->config->events, extraction->event);
  CommitInput input = {.account = again->account,
                       .received = message->received,
                       .extraction = extraction,
                       .round = again->round};
  g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  g_autoptr(OutboxEntry) bounced = NULL;
  if (!own_registrations(txn, message, own, error) ||
      !find_answer(txn, extraction, &bounced, error))
    return FALSE;
  guint64 thread = token_find(context->secret, extraction->references);
  g_autoptr(GPtrArray) known = find_known(txn, event, extraction, thread);
  for (guint i = 0; i < own->len; i++)
    if (!is_known(known, ((const Registration *)own->pdata[i])->id))
      g_ptr_array_add(known, registration_copy(own->pdata[i]));
  for (guint i = 0; i < known->len; i++) {
    Registration *one = known->pdata[i];
    if (one->message == message->id && one->asks)
      one->asks--; /* it is this mail that was asked for */
  }
  DecideInput decision = {
      .thread = thread, .again = message->id, .known = known, .answer = bounced};
  verdict_input(&decision, context, &input, event);
  g_autoptr(Verdict) verdict = decide(&decision);
  g_autoptr(GArray) meant = meant_by(verdict);
  if (extraction->kind != KIND_BOUNCE) note_left(again, own, meant);
  drop_repeated(verdict, known);
  if (!strcmp(message->kind, mail_kind_name(KIND_BOUNCE)))
    g_clear_pointer(&bounced, outbox_entry_free); /* it is marked already */
  take_verdict(message, extraction, verdict);
  return write_again(context, txn, again, &input, event, verdict, bounced, message, now, error);
}
