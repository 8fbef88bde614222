#include "daemon/outgoing.h"

#include <string.h>

#include "daemon/commit.h"
#include "daemon/log.h"
#include "daemon/mail/send_plan.h"
#include "daemon/mail/send_smtp.h"
#include "daemon/util.h"
#include "daemon/wall_clock.h"
#include "store/crash_point.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/outbox.h"

typedef struct {
  guint64 id;
  int code;
  gboolean server;
  gint64 arrived_us; /* since 1970 */
  char *text;
} Outcome;

struct Outgoing {
  Store *store;
  const Config *config;
  Metrics *metrics;
  SendSmtp *send;       /* NULL: no submission configured */
  GAsyncQueue *arrived; /* Outcome*, from the connections' threads */
  GPtrArray *outcomes;  /* Outcome*, not yet written */
  GPtrArray *marked;    /* SendItem*, marked in a transaction that is not yet durable */
  GHashTable *since;    /* id (guint64*) → when the mail was fetched (gint64*), of some in hand */
  guint in_hand;        /* handed over and not yet written */
  guint server_failures; /* in a row */
  gint64 not_before;     /* the server could not be reached: nothing is handed over until then */
  char *server_error;
  void (*wake)(void *context);
  void *context;
};

static void outcome_free(Outcome *outcome) {
  g_free(outcome->text);
  g_free(outcome);
}

static void on_done(const SendResult *result, void *context) {
  Outgoing *outgoing = context;
  Outcome *outcome = g_new0(Outcome, 1);
  outcome->id = result->id;
  outcome->code = result->code;
  outcome->server = result->server;
  outcome->arrived_us = g_get_real_time();
  outcome->text = log_clean(result->text, 500);
  crash_point("outcome-arrived");
  g_async_queue_push(outgoing->arrived, outcome);
  outgoing->wake(outgoing->context);
}

/* The clock may have been set back while nobody looked: then the log's last line is to come. It is
 * noted, so that the next start does not do it once more. */
static gboolean recover_clock(StoreTxn *txn, GError **error) {
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  gint64 back_s = journal_last_us(txn) / G_USEC_PER_SEC - now;
  if (back_s < WALL_CLOCK_JUMP_S) return TRUE;
  guint count = outbox_set_back(txn, now, back_s);
  g_autofree char *text = g_strdup_printf("the clock was set back by %" G_GINT64_FORMAT
                                          " s; %u answers do not wait for it",
                                          back_s, count);
  log_notice("outbox: %s", text);
  return journal_add(txn, 0, 0, "clock", text, error);
}

static gboolean recover(Store *store, GError **error) {
  StoreTxn *txn = store_begin(store, TRUE, error);
  if (!txn) return FALSE;
  if (!recover_clock(txn, error)) {
    store_abort(txn);
    return FALSE;
  }
  guint count = outbox_recover(txn);
  if (count) log_notice("outbox: %u answers were being sent at the last stop: sent again", count);
  return store_commit(txn, error);
}

Outgoing *outgoing_new(Store *store, const Config *config, Metrics *metrics,
                       void (*wake)(void *context), void *context, GError **error) {
  if (!recover(store, error)) return NULL;
  Outgoing *outgoing = g_new0(Outgoing, 1);
  outgoing->store = store;
  outgoing->config = config;
  outgoing->metrics = metrics;
  outgoing->wake = wake;
  outgoing->context = context;
  outgoing->arrived = g_async_queue_new_full((GDestroyNotify)outcome_free);
  outgoing->outcomes = g_ptr_array_new_with_free_func((GDestroyNotify)outcome_free);
  outgoing->since = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  outgoing->marked = g_ptr_array_new_with_free_func((GDestroyNotify)send_item_free);
  if (config->submission.url.host)
    outgoing->send = send_smtp_new(&config->submission, on_done, outgoing);
  return outgoing;
}

/* --- one outcome --------------------------------------------------------------------------------
 */

/* The server cannot be reached: that is no fault of the entry, and no attempt of it. */
static void defer_for_server(const Outgoing *outgoing, OutboxEntry *entry, gint64 now) {
  string_set(&entry->state, "deferred");
  if (entry->attempts) entry->attempts--;
  entry->next = MAX(now, outgoing->not_before);
}

/* Refused for good: a person must look at the message that was to be answered. */
static gboolean give_up(StoreTxn *txn, OutboxEntry *entry, const char *why, GError **error) {
  string_set(&entry->state, "failed");
  if (!entry->message) return TRUE;
  g_autoptr(Message) message = message_get(txn, entry->message, error);
  if (!message) return FALSE;
  g_autofree char *told =
      g_strdup_printf("answer %s to %s was not delivered: %s", entry->kind, entry->to, why);
  commit_to_review(message, told);
  return message_update(txn, message, error);
}

static gboolean retry_or_give_up(const Outgoing *outgoing, StoreTxn *txn, OutboxEntry *entry,
                                 const Outcome *outcome, gint64 now, GError **error) {
  gint64 lifetime_s = (gint64)outgoing->config->submission.lifetime_h * 3600;
  guint32 wait_s = 0;
  g_autoptr(GError) refused = NULL;
  if (send_plan_next(entry->attempts, outcome->code, now - entry->created, lifetime_s, &wait_s,
                     &refused)) {
    string_set(&entry->state, "deferred");
    entry->next = now + wait_s;
    return TRUE;
  }
  return give_up(txn, entry, outcome->text, error);
}

static gboolean is_accepted(const Outcome *outcome) {
  return outcome->code >= 200 && outcome->code < 300;
}

static const char *what_came(const OutboxEntry *entry, const Outcome *outcome) {
  if (is_accepted(outcome)) return "sent";
  return !strcmp(entry->state, "deferred") ? "deferred" : "failed";
}

static gboolean journal_outcome(StoreTxn *txn, const OutboxEntry *entry, const Outcome *outcome,
                                GError **error) {
  const char *what = what_came(entry, outcome);
  g_autofree char *text = g_strdup_printf("%s to %s: %s", entry->kind, entry->to, outcome->text);
  return journal_add(txn, 0, entry->message, what, text, error);
}

/* Its bounce may be read before the server's reply is written: then it stays failed. */
static void accept(OutboxEntry *entry, gint64 now) {
  entry->sent = now;
  if (!strcmp(entry->state, "failed")) return;
  string_set(&entry->state, "sent");
  string_set(&entry->last_error, "");
}

/* An answer that was composed in another run, or by a person, counts from when it was queued. */
static void measure(Outgoing *outgoing, const OutboxEntry *entry, const Outcome *outcome) {
  metrics_add(outgoing->metrics, METRIC_ANSWERS, 1, entry->kind, what_came(entry, outcome));
  if (!is_accepted(outcome)) return;
  const gint64 *since = g_hash_table_lookup(outgoing->since, &entry->id);
  gint64 from_us = since ? *since : entry->created * G_USEC_PER_SEC;
  metrics_observe(outgoing->metrics, METRIC_ANSWER_SECONDS,
                  (double)MAX(0, outcome->arrived_us - from_us) / (double)G_USEC_PER_SEC);
  g_hash_table_remove(outgoing->since, &entry->id);
}

static gboolean write_outcome(Outgoing *outgoing, StoreTxn *txn, const Outcome *outcome, gint64 now,
                              GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(OutboxEntry) entry = outbox_get(txn, outcome->id, &failed);
  if (!entry && g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    return TRUE; /* erased meanwhile: whom it spoke of was forgotten */
  if (!entry) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  if (!is_accepted(outcome)) string_set(&entry->last_error, outcome->text);
  if (is_accepted(outcome)) {
    accept(entry, now);
  } else if (outcome->server) {
    defer_for_server(outgoing, entry, now);
  } else if (!retry_or_give_up(outgoing, txn, entry, outcome, now, error)) {
    return FALSE;
  }
  if (!outbox_update(txn, entry, error) || !journal_outcome(txn, entry, outcome, error))
    return FALSE;
  measure(outgoing, entry, outcome);
  return TRUE;
}

/* --- the pump -----------------------------------------------------------------------------------
 */

static void note_server(Outgoing *outgoing, const Outcome *outcome, gint64 now) {
  metrics_set(outgoing->metrics, METRIC_SUBMISSION_UP, !outcome->server);
  if (!outcome->server) {
    if (outgoing->server_failures) log_notice("submission: the server answers again");
    outgoing->server_failures = 0;
    outgoing->not_before = 0;
    g_clear_pointer(&outgoing->server_error, g_free);
    return;
  }
  if (now < outgoing->not_before) return; /* the same failure, told by another item */
  guint wait_s = 5u << MIN(outgoing->server_failures, 6u);
  outgoing->server_failures++;
  outgoing->not_before = now + MIN(wait_s, (guint)OUTGOING_SERVER_WAIT_MAX_S);
  string_set(&outgoing->server_error, outcome->text);
  log_error("submission: %s; tried again in %u s", outcome->text,
            MIN(wait_s, (guint)OUTGOING_SERVER_WAIT_MAX_S));
}

static void collect(Outgoing *outgoing, gint64 now) {
  for (Outcome *outcome; (outcome = g_async_queue_try_pop(outgoing->arrived));) {
    note_server(outgoing, outcome, now);
    g_ptr_array_add(outgoing->outcomes, outcome);
  }
}

static gboolean may_hand_over(const Outgoing *outgoing, gint64 now) {
  return outgoing->send && now >= outgoing->not_before && outgoing->in_hand < OUTGOING_IN_HAND_MAX;
}

/* Mark it and have its mail ready. One without a mail can never be sent: a person sees it. */
static gboolean mark_entry(Outgoing *outgoing, StoreTxn *txn, OutboxEntry *entry, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(GBytes) mail = outbox_mail(txn, entry->id, &failed);
  if (!mail && !g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  if (!mail && !give_up(txn, entry, "the store does not hold its mail", error)) return FALSE;
  if (!mail) return outbox_update(txn, entry, error);
  string_set(&entry->state, "sending");
  entry->attempts++;
  g_ptr_array_add(outgoing->marked,
                  send_item_new(entry->id, entry->envelope_from, entry->to, mail));
  return outbox_update(txn, entry, error);
}

static gboolean mark_due(Outgoing *outgoing, StoreTxn *txn, gint64 now, GError **error) {
  guint taken = outgoing->in_hand + outgoing->marked->len;
  g_autoptr(GPtrArray) due =
      outbox_due(txn, now, OUTGOING_IN_HAND_MAX - MIN(taken, (guint)OUTGOING_IN_HAND_MAX), NULL);
  for (guint i = 0; i < due->len; i++)
    if (!mark_entry(outgoing, txn, due->pdata[i], error)) return FALSE;
  return TRUE;
}

static gboolean is_due(StoreTxn *txn, gint64 now) {
  gint64 next = outbox_next(txn);
  return next && next <= now;
}

guint outgoing_begin(Outgoing *outgoing, StoreTxn *txn, gint64 now) {
  collect(outgoing, now);
  return may_hand_over(outgoing, now) && !is_due(txn, now)
             ? OUTGOING_IN_HAND_MAX - outgoing->in_hand
             : 0;
}

gboolean outgoing_write(Outgoing *outgoing, StoreTxn *txn, gint64 now, const GPtrArray *sending,
                        gboolean *ret_changed, gint64 *ret_next, GError **error) {
  for (guint i = 0; i < outgoing->outcomes->len; i++)
    if (!write_outcome(outgoing, txn, outgoing->outcomes->pdata[i], now, error)) return FALSE;
  for (guint i = 0; sending && i < sending->len; i++) {
    const OutboxEntry *entry = sending->pdata[i];
    if (entry->since_us)
      g_hash_table_insert(outgoing->since, g_memdup2(&entry->id, sizeof entry->id),
                          g_memdup2(&entry->since_us, sizeof entry->since_us));
    g_ptr_array_add(outgoing->marked,
                    send_item_new(entry->id, entry->envelope_from, entry->to, entry->mail));
  }
  gboolean hand = may_hand_over(outgoing, now) && is_due(txn, now);
  if (hand && !mark_due(outgoing, txn, now, error)) return FALSE;
  gint64 next = outbox_next(txn);
  *ret_next = next && next <= now ? MAX(now, outgoing->not_before) : next;
  *ret_changed = hand || outgoing->outcomes->len || outgoing->marked->len;
  return TRUE;
}

void outgoing_written(Outgoing *outgoing) {
  crash_point("outcomes-written");
  outgoing->in_hand -= MIN(outgoing->in_hand, outgoing->outcomes->len);
  g_ptr_array_set_size(outgoing->outcomes, 0);
  outgoing->in_hand += outgoing->marked->len;
  for (guint i = 0; i < outgoing->marked->len; i++)
    send_smtp_push(outgoing->send, g_steal_pointer(&outgoing->marked->pdata[i]));
  g_ptr_array_set_size(outgoing->marked, 0);
}

void outgoing_dropped(Outgoing *outgoing) {
  g_ptr_array_set_size(outgoing->marked, 0);
}

static gboolean settle(Outgoing *outgoing, gint64 now, gint64 *ret_next, GError **error) {
  StoreTxn *txn = store_begin(outgoing->store, TRUE, error);
  if (!txn) return FALSE;
  gboolean changed = FALSE;
  gboolean written = outgoing_write(outgoing, txn, now, NULL, &changed, ret_next, error);
  if (written && changed) {
    written = store_commit(txn, error);
    if (written) outgoing_written(outgoing);
  } else {
    store_abort(txn);
  }
  if (!written) outgoing_dropped(outgoing);
  return written;
}

gboolean outgoing_pump(Outgoing *outgoing, gint64 now, gint64 *ret_next, GError **error) {
  collect(outgoing, now);
  return settle(outgoing, now, ret_next, error);
}

gboolean outgoing_set_back(Outgoing *outgoing, gint64 now, gint64 seconds, GError **error) {
  StoreTxn *txn = store_begin(outgoing->store, TRUE, error);
  if (!txn) return FALSE;
  outbox_set_back(txn, now, seconds);
  if (!store_commit(txn, error)) return FALSE;
  if (outgoing->not_before > now) outgoing->not_before = MAX(now, outgoing->not_before - seconds);
  return TRUE;
}

gboolean outgoing_busy(const Outgoing *outgoing) {
  return outgoing->in_hand > 0;
}

const char *outgoing_server_error(const Outgoing *outgoing) {
  return outgoing->server_error;
}

void outgoing_free(Outgoing *outgoing, guint timeout_s) {
  if (!outgoing) return;
  if (outgoing->send) send_smtp_free(g_steal_pointer(&outgoing->send), timeout_s);
  gint64 next = 0, now = g_get_real_time() / G_USEC_PER_SEC;
  g_autoptr(GError) error = NULL;
  collect(outgoing, now);
  if (outgoing->outcomes->len && !settle(outgoing, now, &next, &error))
    log_error("outbox: %s; what was sent last may be sent again", error->message);
  g_ptr_array_unref(outgoing->outcomes);
  g_ptr_array_unref(outgoing->marked);
  g_hash_table_unref(outgoing->since);
  g_async_queue_unref(outgoing->arrived);
  g_free(outgoing->server_error);
  g_free(outgoing);
}
