#include "daemon/commit_bounce.h"

#include "daemon/decide_bounce.h"
#include "daemon/util.h"
#include "store/journal.h"

/* A relay may have folded its case (token.h: ours is in lower case). */
static guint64 find_row(StoreTxn *txn, const char *message_id) {
  guint64 id = outbox_by_message_id(txn, message_id);
  if (id) return id;
  g_autofree char *lower = g_ascii_strdown(message_id, -1);
  return outbox_by_message_id(txn, lower);
}

gboolean commit_bounce_find(StoreTxn *txn, const GPtrArray *references, OutboxEntry **ret_answer,
                            GError **error) {
  guint64 id = 0;
  for (guint i = references->len; i-- > 0 && !id;) id = find_row(txn, references->pdata[i]);
  OutboxEntry *answer = id ? outbox_get(txn, id, error) : NULL;
  if (id && !answer) return FALSE;
  *ret_answer = answer;
  return TRUE;
}

/* The values stay: before and after are the same, so that `show` finds no difference to tell. */
static void append_history(Registration *registration, const char *what, const Message *bounce,
                           gint64 now) {
  HistoryEntry *entry = history_entry_new();
  g_ptr_array_unref(entry->before);
  entry->before = g_ptr_array_ref(registration->fields);
  entry->time = now;
  string_set(&entry->who, "bounce");
  string_set(&entry->what, what);
  string_set(&entry->message_id, bounce->message_id);
  string_set(&entry->status, registration->status);
  g_ptr_array_add(registration->history, entry);
}

/* A registration that is gone is no reason to lose the rest. */
static gboolean mark_registration(StoreTxn *txn, guint64 id, const Verdict *verdict,
                                  Message *bounce, gint64 now, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(Registration) registration = registration_get(txn, id, &failed);
  if (!registration && g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND)) return TRUE;
  if (!registration) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  g_array_append_val(bounce->registrations, id);
  if (!verdict->undelivered) return TRUE;
  append_history(registration, verdict->undelivered, bounce, now);
  return registration_update(txn, registration, error);
}

static gboolean mark_registrations(StoreTxn *txn, const Verdict *verdict, const OutboxEntry *answer,
                                   Message *bounce, gint64 now, GError **error) {
  if (answer->registration &&
      !mark_registration(txn, answer->registration, verdict, bounce, now, error))
    return FALSE;
  for (guint i = 0; i < answer->others->len; i++)
    if (!mark_registration(txn, g_array_index(answer->others, guint64, i), verdict, bounce, now,
                           error))
      return FALSE;
  return TRUE;
}

static gboolean mark_answer(StoreTxn *txn, const BounceReport *report, OutboxEntry *answer,
                            GError **error) {
  string_set(&answer->state, "failed");
  g_free(answer->last_error);
  answer->last_error = decide_bounce_error(report);
  return outbox_update(txn, answer, error);
}

gboolean commit_bounce_write(StoreTxn *txn, const BounceReport *report, const Verdict *verdict,
                             OutboxEntry *answer, Message *bounce, gint64 now, GError **error) {
  if (verdict->undelivered && !mark_answer(txn, report, answer, error)) return FALSE;
  g_autofree char *text =
      g_strdup_printf("message %" G_GUINT64_FORMAT ": %s", bounce->id, verdict->reason);
  const char *what = verdict->undelivered ? "failed" : "reported";
  return mark_registrations(txn, verdict, answer, bounce, now, error) &&
         (!answer->message || journal_add(txn, 0, answer->message, what, text, error));
}
