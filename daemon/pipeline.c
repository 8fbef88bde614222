#include "daemon/pipeline.h"

#include <gio/gio.h>
#include <sysexits.h>

#include "daemon/commit.h"
#include "daemon/log.h"
#include "daemon/mailbox.h"
#include "daemon/notice.h"
#include "daemon/outgoing.h"
#include "daemon/parse_pool.h"
#include "daemon/upkeep.h"
#include "daemon/wall_clock.h"
#include "store/crash_point.h"

struct Pipeline {
  Store *store;
  const Config *config;
  const Replies *replies;
  Metrics *metrics;
  gboolean once;
  void (*done)(int exit_code, void *context);
  void *context;
  GPtrArray *mailboxes; /* Mailbox* */
  GPtrArray *contexts;  /* FetchContext*, one a mailbox: what its fetcher's thread is handed */
  Intake *intake;
  ParsePool *pool;
  Outgoing *outgoing;
  GAsyncQueue *events; /* MailboxEvent*, from the fetchers' threads */
  GPtrArray *batch;    /* IntakeItem*, taken and not yet committed */
  gint woken;          /* atomic: a wake-up is under way */
  gint stopping;       /* atomic */
  guint timer, upkeep; /* GSource ids */
  Retention retention;
  gboolean store_refuses;
  WallClock clock;
  gint64 set_back_s;     /* by which the clock was set back, not yet dealt with */
  GFileMonitor *monitor; /* bulletinctl wakes us */
};

typedef struct {
  Mailbox *mailbox;
  FetchEvent *event;
} MailboxEvent;

typedef struct {
  Pipeline *pipeline;
  Mailbox *mailbox;
} FetchContext;

static void mailbox_event_free(MailboxEvent *queued) {
  fetch_event_free(queued->event);
  g_free(queued);
}

static gboolean on_wake(gpointer data);

/* Any thread: have the loop look at what has come. Wake-ups that meet become one. */
static void wake(void *context) {
  Pipeline *pipeline = context;
  if (g_atomic_int_get(&pipeline->stopping)) return;
  if (g_atomic_int_compare_and_exchange(&pipeline->woken, FALSE, TRUE))
    g_idle_add_full(G_PRIORITY_DEFAULT, on_wake, pipeline, NULL);
}

/* --- fetched, read: other threads ------------------------------------------------------------ */

static ParseJob *job_for(const Mailbox *mailbox, IntakeItem *item) {
  ParseJob *job = parse_job_new(item->fetched->raw, item);
  g_free(job->account_event);
  job->account_event = g_strdup(mailbox->account->event ? mailbox->account->event : "");
  job->addresses = g_strdupv(mailbox->account->addresses);
  job->header_only = item->fetched->header_only;
  if (item->event) {
    g_free(job->event);
    job->event = g_strdup(item->event);
  }
  return job;
}

static gboolean on_message(FetchImap *fetch, FetchedMessage *fetched, void *context) {
  (void)fetch;
  FetchContext *own = context;
  IntakeItem *item = intake_add(own->pipeline->intake, own->mailbox, fetched);
  if (!item) return FALSE;
  parse_pool_push(own->pipeline->pool, job_for(own->mailbox, item));
  crash_point("fetched");
  return TRUE;
}

static void on_event(FetchImap *fetch, const FetchEvent *event, void *context) {
  (void)fetch;
  FetchContext *own = context;
  MailboxEvent *queued = g_new0(MailboxEvent, 1);
  queued->mailbox = own->mailbox;
  queued->event = fetch_event_copy(event);
  g_async_queue_push(own->pipeline->events, queued);
  wake(own->pipeline);
}

static void on_read(ParseJob *job, Extraction *extraction, void *context) {
  Pipeline *pipeline = context;
  intake_read(pipeline->intake, job->tag, extraction);
  crash_point("read");
}

/* --- commit: the main loop -------------------------------------------------------------------- */

static CommitInput input_for(const IntakeItem *item) {
  const Mailbox *mailbox = item->mailbox;
  return (CommitInput){.account_name = mailbox->account->name,
                       .folder = mailbox->folder,
                       .account = mailbox->account,
                       .uidvalidity = item->fetched->uidvalidity,
                       .uid = item->fetched->uid,
                       .received = item->fetched->received,
                       .fetched_us = item->fetched_us,
                       .read_us = item->read_us,
                       .size_bytes = item->fetched->size_bytes,
                       .raw = item->fetched->raw,
                       .extraction = item->extraction};
}

/* ret_sending: OutboxEntry*, answers to hand over at once, `max` at most. */
static gboolean write_messages(const Pipeline *pipeline, StoreTxn *txn, const GPtrArray *items,
                               gint64 now, GPtrArray *ret_sending, guint max, GError **error) {
  CommitContext context = {.config = pipeline->config,
                           .replies = pipeline->replies,
                           .secret = store_secret(pipeline->store),
                           .sending = ret_sending,
                           .sending_max = max};
  for (guint i = 0; i < items->len; i++) {
    CommitInput input = input_for(items->pdata[i]);
    guint64 id = 0;
    guint before = ret_sending ? ret_sending->len : 0;
    if (!commit_message(&context, txn, &input, now, &id, error)) return FALSE;
    for (guint s = before; ret_sending && s < ret_sending->len; s++)
      ((OutboxEntry *)ret_sending->pdata[s])->since_us = input.fetched_us;
  }
  return TRUE;
}

/* ret_cursors: one a mailbox, NULL where nothing changes. */
static gboolean write_cursors(const Pipeline *pipeline, StoreTxn *txn, const GPtrArray *items,
                              GPtrArray *ret_cursors, GError **error) {
  for (guint i = 0; i < pipeline->mailboxes->len; i++) {
    Mailbox *mailbox = pipeline->mailboxes->pdata[i];
    guint waiting = intake_count(pipeline->intake, mailbox);
    Cursor *cursor = mailbox_next_cursor(mailbox, items, waiting);
    g_ptr_array_add(ret_cursors, cursor);
    if (cursor && !cursor_save(txn, mailbox->account->name, mailbox->folder, cursor, error))
      return FALSE;
  }
  return TRUE;
}

/* The transaction is durable: now, and not before, the mailbox may be touched. */
static void after_commit(Pipeline *pipeline, const GPtrArray *items, GPtrArray *cursors) {
  for (guint i = 0; i < pipeline->mailboxes->len; i++) {
    Mailbox *mailbox = pipeline->mailboxes->pdata[i];
    if (!cursors->pdata[i]) continue;
    cursor_free(mailbox->cursor);
    mailbox->cursor = g_steal_pointer(&cursors->pdata[i]);
    mailbox->dirty = FALSE;
    g_autoptr(GArray) uids = mailbox_uids(mailbox, items);
    crash_point("settle-before");
    if (uids->len)
      fetch_imap_settle(mailbox->fetch, mailbox->cursor->uidvalidity,
                        (const guint32 *)(void *)uids->data, uids->len);
  }
}

static gboolean has_cursor(const GPtrArray *cursors) {
  for (guint i = 0; i < cursors->len; i++)
    if (cursors->pdata[i]) return TRUE;
  return FALSE;
}

static gboolean commit_items(Pipeline *pipeline, const GPtrArray *items, gint64 now,
                             GError **error) {
  g_autoptr(GPtrArray) cursors = g_ptr_array_new_with_free_func((GDestroyNotify)cursor_free);
  StoreTxn *txn = store_begin(pipeline->store, TRUE, error);
  if (!txn) return FALSE;
  if (!write_messages(pipeline, txn, items, now, NULL, 0, error) ||
      !write_cursors(pipeline, txn, items, cursors, error)) {
    store_abort(txn);
    return FALSE;
  }
  if (!items->len && !has_cursor(cursors)) {
    store_abort(txn);
    return TRUE;
  }
  if (!store_commit(txn, error)) return FALSE;
  after_commit(pipeline, items, cursors);
  crash_point("settle-after");
  return TRUE;
}

/* The batch and the outbox in one transaction; what is answered goes to a connection without being
 * looked for. */
static gboolean write_together(const Pipeline *pipeline, StoreTxn *txn, gint64 now,
                               GPtrArray *ret_cursors, gboolean *ret_changed, gint64 *ret_next,
                               GError **error) {
  g_autoptr(GPtrArray) sending = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_entry_free);
  guint room = outgoing_begin(pipeline->outgoing, txn, now);
  if (!write_messages(pipeline, txn, pipeline->batch, now, sending, room, error) ||
      !write_cursors(pipeline, txn, pipeline->batch, ret_cursors, error) ||
      !outgoing_write(pipeline->outgoing, txn, now, sending, ret_changed, ret_next, error))
    return FALSE;
  *ret_changed = *ret_changed || pipeline->batch->len || has_cursor(ret_cursors);
  return TRUE;
}

static gboolean commit_together(Pipeline *pipeline, gint64 now, gint64 *ret_next, GError **error) {
  g_autoptr(GPtrArray) cursors = g_ptr_array_new_with_free_func((GDestroyNotify)cursor_free);
  StoreTxn *txn = store_begin(pipeline->store, TRUE, error);
  if (!txn) return FALSE;
  gboolean changed = FALSE;
  if (!write_together(pipeline, txn, now, cursors, &changed, ret_next, error)) {
    store_abort(txn);
    outgoing_dropped(pipeline->outgoing);
    return FALSE;
  }
  if (!changed) {
    store_abort(txn);
    return TRUE;
  }
  if (!store_commit(txn, error)) {
    outgoing_dropped(pipeline->outgoing);
    return FALSE;
  }
  outgoing_written(pipeline->outgoing);
  after_commit(pipeline, pipeline->batch, cursors);
  crash_point("settle-after");
  return TRUE;
}

/* One message that cannot be committed must not hold up the others: its mailbox's cursor stays
 * below it, so that it is read again at the next start. */
static void leave_out(const IntakeItem *item, const GError *error) {
  Mailbox *mailbox = item->mailbox;
  mailbox->hole = TRUE;
  log_error("%s/%s UID %u: cannot be stored: %s; it is tried again at the next start",
            mailbox->account->name, mailbox->folder, item->fetched->uid, error->message);
}

static gboolean commit_singly(Pipeline *pipeline, GPtrArray *items, gint64 now, GError **error) {
  while (items->len) {
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, items->pdata[0]);
    g_autoptr(GError) failed = NULL;
    if (!commit_items(pipeline, one, now, &failed)) {
      if (store_is_trouble(failed)) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return FALSE;
      }
      leave_out(one->pdata[0], failed);
    }
    g_ptr_array_remove_index(items, 0);
    intake_release(pipeline->intake, one);
  }
  return TRUE;
}

static void release_batch(Pipeline *pipeline) {
  intake_release(pipeline->intake, pipeline->batch);
  g_ptr_array_set_size(pipeline->batch, 0);
}

static gboolean commit_batch(Pipeline *pipeline, gint64 now, GError **error) {
  g_autoptr(GError) failed = NULL;
  if (!commit_items(pipeline, pipeline->batch, now, &failed)) {
    if (!store_is_trouble(failed) && pipeline->batch->len)
      return commit_singly(pipeline, pipeline->batch, now, error);
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  release_batch(pipeline);
  return TRUE;
}

/* Where it cannot be done together, each for itself: a record that cannot be written, in the outbox
 * or of one message, must not hold up the rest. */
static gboolean commit_all(Pipeline *pipeline, gint64 now, gint64 *ret_next, GError **error) {
  g_autoptr(GError) failed = NULL;
  if (commit_together(pipeline, now, ret_next, &failed)) {
    release_batch(pipeline);
    return TRUE;
  }
  if (store_is_trouble(failed)) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  return commit_batch(pipeline, now, error) &&
         outgoing_pump(pipeline->outgoing, now, ret_next, error);
}

/* --- the thread's event ------------------------------------------------------------------------
 */

/* The event of the thread's token comes before the parser's choice: read once more by its rules. */
static void redirect(Pipeline *pipeline) {
  if (pipeline->config->events->len < 2 || !pipeline->batch->len) return;
  const guint8 *secret = store_secret(pipeline->store);
  StoreTxn *txn = store_begin(pipeline->store, FALSE, NULL);
  for (guint i = 0; txn && i < pipeline->batch->len;) {
    IntakeItem *item = pipeline->batch->pdata[i];
    if (!item->event)
      item->event = commit_thread_event(pipeline->config, secret, txn, item->extraction);
    if (item->event && !g_str_equal(item->event, item->extraction->event)) {
      g_ptr_array_remove_index(pipeline->batch, i);
      intake_return(pipeline->intake, item);
      parse_pool_push(pipeline->pool, job_for(item->mailbox, item));
    } else {
      i++;
    }
  }
  store_abort(txn);
}

/* --- the loop ------------------------------------------------------------------------------------
 */

static void drain_events(Pipeline *pipeline) {
  for (MailboxEvent *queued; (queued = g_async_queue_try_pop(pipeline->events));) {
    mailbox_event(queued->mailbox, queued->event);
    mailbox_event_free(queued);
  }
}

/* Events are drained after the items were taken: the reset that an item follows is then known. */
static void take(Pipeline *pipeline) {
  if (!pipeline->batch->len) {
    g_autoptr(GPtrArray) ready = intake_take(pipeline->intake, PIPELINE_BATCH_MAX);
    g_ptr_array_extend_and_steal(pipeline->batch, g_steal_pointer(&ready));
  }
  drain_events(pipeline);
  redirect(pipeline);
}

static void store_state(Pipeline *pipeline, const GError *error) {
  metrics_set(pipeline->metrics, METRIC_STORE_REFUSES, error != NULL);
  if (error && !pipeline->store_refuses)
    log_error("%s; tried again every %d s, nothing is lost", error->message, PIPELINE_STORE_WAIT_S);
  if (!error && pipeline->store_refuses) log_notice("the store works again");
  pipeline->store_refuses = error != NULL;
}

static gboolean on_timer(gpointer data) {
  Pipeline *pipeline = data;
  pipeline->timer = 0;
  wake(pipeline);
  return G_SOURCE_REMOVE;
}

static void set_timer(Pipeline *pipeline, gint64 wait_s) {
  if (pipeline->timer) g_source_remove(pipeline->timer);
  pipeline->timer = g_timeout_add((guint)CLAMP(wait_s * 1000, 50, 60000), on_timer, pipeline);
}

static int exit_code(const Pipeline *pipeline) {
  for (guint i = 0; i < pipeline->mailboxes->len; i++) {
    const Mailbox *mailbox = pipeline->mailboxes->pdata[i];
    if (mailbox->exit_code) return mailbox->exit_code;
  }
  return outgoing_server_error(pipeline->outgoing) ? EX_UNAVAILABLE : EX_OK;
}

/* --once: is everything worked off? `next`: when the outbox has something due again. */
static void check_done(Pipeline *pipeline, gint64 now, gint64 next) {
  if (!pipeline->once || !pipeline->done) return;
  gboolean all_stopped = TRUE;
  for (guint i = 0; i < pipeline->mailboxes->len; i++) {
    Mailbox *mailbox = pipeline->mailboxes->pdata[i];
    all_stopped = all_stopped && mailbox->stopped;
    if (mailbox->finishing || !mailbox->seen_all || intake_count(pipeline->intake, mailbox))
      continue;
    mailbox->finishing = TRUE;
    fetch_imap_finish(mailbox->fetch);
  }
  gboolean due = next && next <= now && pipeline->config->submission.url.host;
  if (!all_stopped || intake_count(pipeline->intake, NULL) || due ||
      outgoing_busy(pipeline->outgoing))
    return;
  void (*done)(int, void *) = g_steal_pointer(&pipeline->done);
  done(exit_code(pipeline), pipeline->context);
}

/* FALSE: the store refuses; it is tried again. */
static gboolean follow_clock(Pipeline *pipeline, gint64 now, GError **error) {
  gint64 monotonic = g_get_monotonic_time() / G_USEC_PER_SEC;
  pipeline->set_back_s += wall_clock_set_back(&pipeline->clock, now, monotonic);
  if (!pipeline->set_back_s) return TRUE;
  if (!outgoing_set_back(pipeline->outgoing, now, pipeline->set_back_s, error)) return FALSE;
  log_notice("the clock was set back by %" G_GINT64_FORMAT " s; what waits does not wait for it",
             pipeline->set_back_s);
  pipeline->set_back_s = 0;
  return TRUE;
}

static gboolean on_wake(gpointer data) {
  Pipeline *pipeline = data;
  g_atomic_int_set(&pipeline->woken, FALSE);
  take(pipeline);
  g_autoptr(GError) error = NULL;
  gint64 now = g_get_real_time() / G_USEC_PER_SEC, next = 0;
  gboolean stored = follow_clock(pipeline, now, &error) && commit_all(pipeline, now, &next, &error);
  store_state(pipeline, stored ? NULL : error);
  if (!stored) {
    set_timer(pipeline, PIPELINE_STORE_WAIT_S);
    return G_SOURCE_REMOVE;
  }
  if (intake_has_ready(pipeline->intake)) wake(pipeline);
  set_timer(pipeline, next ? next - now : 60);
  check_done(pipeline, now, next);
  return G_SOURCE_REMOVE;
}

static void on_store_changed(GFileMonitor *monitor, GFile *file, GFile *other,
                             GFileMonitorEvent event, gpointer data) {
  (void)monitor, (void)file, (void)other, (void)event;
  wake(data);
}

static gboolean on_upkeep(gpointer data) {
  Pipeline *pipeline = data;
  gint64 now_us = g_get_real_time(), monotonic_us = g_get_monotonic_time();
  for (guint i = 0; i < pipeline->mailboxes->len; i++)
    upkeep_silence(pipeline->mailboxes->pdata[i], monotonic_us, PIPELINE_SILENCE_S);
  g_autoptr(GError) error = NULL;
  gint64 now = now_us / G_USEC_PER_SEC;
  gboolean queued = FALSE;
  if (!upkeep_expire(pipeline->store, pipeline->config, now, &error) ||
      !upkeep_retain(pipeline->store, pipeline->config, &pipeline->retention, now, &error) ||
      !notice_check(pipeline->store, pipeline->config, now, &queued, &error))
    store_state(pipeline, error);
  if (queued) wake(pipeline);
  return G_SOURCE_CONTINUE;
}

static gboolean on_first_upkeep(gpointer data) {
  on_upkeep(data);
  return G_SOURCE_REMOVE;
}

/* --- start and stop ------------------------------------------------------------------------------
 */

static const FetchSink sink = {.message = on_message, .event = on_event};

static gboolean add_mailbox(Pipeline *pipeline, const Account *account, const char *folder,
                            GError **error) {
  StoreTxn *txn = store_begin(pipeline->store, FALSE, error);
  if (!txn) return FALSE;
  Cursor *cursor = cursor_load(txn, account->name, folder, error);
  store_abort(txn);
  if (!cursor) return FALSE;
  Mailbox *mailbox = mailbox_new(account, folder, cursor, pipeline->metrics);
  FetchContext *context = g_new0(FetchContext, 1);
  *context = (FetchContext){pipeline, mailbox};
  g_ptr_array_add(pipeline->mailboxes, mailbox);
  g_ptr_array_add(pipeline->contexts, context);
  return TRUE;
}

static gboolean load_mailboxes(Pipeline *pipeline, GError **error) {
  for (guint i = 0; i < pipeline->config->accounts->len; i++) {
    const Account *account = pipeline->config->accounts->pdata[i];
    for (char **folder = account->folders; *folder; folder++)
      if (!add_mailbox(pipeline, account, *folder, error)) return FALSE;
  }
  return TRUE;
}

static void start_mailboxes(Pipeline *pipeline) {
  for (guint i = 0; i < pipeline->mailboxes->len; i++) {
    Mailbox *mailbox = pipeline->mailboxes->pdata[i];
    mailbox->fetch = fetch_imap_start(mailbox->account, mailbox->folder, mailbox->cursor,
                                      pipeline->once, &sink, pipeline->contexts->pdata[i]);
  }
}

static gboolean start_workers(Pipeline *pipeline, GError **error) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  Wire__Setup *setup = config_worker_setup(pipeline->config);
  pipeline->pool =
      parse_pool_new(NULL, pipeline->config->workers, setup, pipeline->config->events,
                     pipeline->config->worker_timeout_s, on_read, pipeline, problems, error);
  config_worker_setup_free(setup);
  if (pipeline->pool) parse_pool_set_scans(pipeline->pool, pipeline->config->scan_workers);
  if (pipeline->pool) parse_pool_set_metrics(pipeline->pool, pipeline->metrics);
  if (!pipeline->pool && problems->len)
    g_set_error_literal(error, WIRE_ERROR, WIRE_ERROR_INVALID, problems->pdata[0]);
  return pipeline->pool != NULL;
}

static void watch_store(Pipeline *pipeline) {
  g_autoptr(GFile) file = g_file_new_for_path(store_wake_path(pipeline->store));
  pipeline->monitor = g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (pipeline->monitor)
    g_signal_connect(pipeline->monitor, "changed", G_CALLBACK(on_store_changed), pipeline);
}

Pipeline *pipeline_new(Store *store, const Config *config, const Replies *replies, Metrics *metrics,
                       gboolean once, void (*done)(int exit_code, void *context), void *context,
                       GError **error) {
  Pipeline *pipeline = g_new0(Pipeline, 1);
  pipeline->store = store;
  pipeline->config = config;
  pipeline->replies = replies;
  pipeline->metrics = metrics;
  pipeline->once = once;
  pipeline->done = done;
  pipeline->context = context;
  pipeline->mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify)mailbox_free);
  pipeline->contexts = g_ptr_array_new_with_free_func(g_free);
  pipeline->batch = g_ptr_array_new();
  pipeline->events = g_async_queue_new_full((GDestroyNotify)mailbox_event_free);
  pipeline->intake = intake_new(wake, pipeline);
  pipeline->outgoing = outgoing_new(store, config, metrics, wake, pipeline, error);
  if (!pipeline->outgoing || !load_mailboxes(pipeline, error) || !start_workers(pipeline, error)) {
    pipeline_free(pipeline);
    return NULL;
  }
  watch_store(pipeline);
  start_mailboxes(pipeline);
  g_idle_add(on_first_upkeep, pipeline);
  pipeline->upkeep = g_timeout_add_seconds(UPKEEP_EVERY_S, on_upkeep, pipeline);
  wake(pipeline);
  return pipeline;
}

static gpointer stop_fetch(gpointer fetch) {
  fetch_imap_stop(fetch);
  return NULL;
}

/* All at once: each may take its while to leave a hanging server. */
static void stop_mailboxes(Pipeline *pipeline) {
  g_autoptr(GPtrArray) threads = g_ptr_array_new();
  for (guint i = 0; i < pipeline->mailboxes->len; i++) {
    Mailbox *mailbox = pipeline->mailboxes->pdata[i];
    if (mailbox->fetch) g_ptr_array_add(threads, g_thread_new("stop", stop_fetch, mailbox->fetch));
    mailbox->fetch = NULL;
  }
  for (guint i = 0; i < threads->len; i++) g_thread_join(threads->pdata[i]);
}

void pipeline_free(Pipeline *pipeline) {
  if (!pipeline) return;
  g_atomic_int_set(&pipeline->stopping, TRUE);
  intake_close(pipeline->intake);
  stop_mailboxes(pipeline);
  parse_pool_free(pipeline->pool, FALSE);
  outgoing_free(pipeline->outgoing, PIPELINE_STOP_S);
  if (pipeline->timer) g_source_remove(pipeline->timer);
  if (pipeline->upkeep) g_source_remove(pipeline->upkeep);
  while (g_source_remove_by_user_data(pipeline)) {
  }
  if (pipeline->monitor) {
    g_signal_handlers_disconnect_by_data(pipeline->monitor, pipeline);
    g_object_unref(pipeline->monitor);
  }
  g_async_queue_unref(pipeline->events);
  g_ptr_array_unref(pipeline->batch);
  intake_free(pipeline->intake);
  g_ptr_array_unref(pipeline->contexts);
  g_ptr_array_unref(pipeline->mailboxes);
  g_free(pipeline);
}

/* --- told to systemd
 * ------------------------------------------------------------------------------ */

gboolean pipeline_healthy(Pipeline *pipeline) {
  gint64 oldest_us = intake_oldest_us(pipeline->intake);
  gint64 patience_us = ((gint64)pipeline->config->worker_timeout_s * 3 + 60) * G_USEC_PER_SEC;
  if (!pipeline->store_refuses && oldest_us && g_get_monotonic_time() - oldest_us > patience_us)
    return FALSE;
  for (guint i = 0; i < pipeline->mailboxes->len; i++)
    if (!upkeep_fetcher_alive(pipeline->mailboxes->pdata[i], g_get_monotonic_time())) return FALSE;
  return TRUE;
}

char *pipeline_status(Pipeline *pipeline) {
  StoreTxn *txn = store_begin(pipeline->store, FALSE, NULL);
  if (!txn) return g_strdup("the store cannot be read");
  char *status = g_strdup_printf("%" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT
                                 " in the queue, %" G_GUINT64_FORMAT " answers to send",
                                 message_count(txn, NULL), message_count(txn, "open"),
                                 outbox_count(txn, "open"));
  store_abort(txn);
  return status;
}

guint pipeline_restarts(const Pipeline *pipeline) {
  return parse_pool_restarts(pipeline->pool);
}
