/* send_smtp - see send_smtp.h. A queue, and a thread for each connection.
 *
 * A thread connects when there is something to send, keeps its connection for a moment when there
 * is nothing more, and says QUIT. Promise: each item that was pushed is reported once, whatever the
 * server does and whenever we stop. */
#include "daemon/mail/send_smtp.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/mail/send_address.h"
#include "daemon/mail/send_dialogue.h"
#include "daemon/mail/send_session.h"

enum { IDLE_KEEP_S = 10, PAUSE_S = 30 };

struct SendSmtp {
  const Submission *submission;
  SendDone done;
  void *context;
  GMutex lock;                     /* all below but cancel_fd */
  GCond warm, cold, stop, drained; /* stop: for those who wait for time to pass */
  GQueue queue;                    /* SendItem* */
  guint warm_waiting;              /* threads with a connection and nothing to do */
  guint connected;                 /* threads with a connection */
  guint busy;                      /* threads with items in hand */
  gboolean closing, cancelled;
  int cancel_fd; /* readable: give up */
  GPtrArray *threads;
};

/* A thread's own. */
typedef struct {
  SendSmtp *send;
  SendSession *session; /* NULL: not connected */
  SendItem *behind;     /* taken to come after the one that is being sent */
} Connection;

static gboolean is_foreign(const char *path) {
  return path && !g_str_is_ascii(path);
}

static gboolean has_8bit(GBytes *mail) {
  gsize size;
  const guint8 *bytes = g_bytes_get_data(mail, &size);
  guint8 all = 0;
  for (gsize i = 0; i < size; i++) all |= bytes[i];
  return all >= 0x80;
}

SendItem *send_item_new(guint64 id, const char *envelope_from, const char *to, GBytes *mail) {
  SendItem *item = g_new0(SendItem, 1);
  item->id = id;
  item->envelope_from = g_strdup(envelope_from);
  item->to = g_strdup(to);
  item->from_path = send_address_path(envelope_from, TRUE);
  item->to_path = send_address_path(to, FALSE);
  item->utf8 = is_foreign(item->from_path) || is_foreign(item->to_path);
  item->mail = g_bytes_ref(mail);
  item->is_8bit = has_8bit(mail);
  return item;
}

void send_item_free(SendItem *item) {
  if (!item) return;
  g_free(item->envelope_from);
  g_free(item->to);
  g_free(item->from_path);
  g_free(item->to_path);
  g_bytes_unref(item->mail);
  g_free(item);
}

/* --- reports --------------------------------------------------------------------------------- */

static gboolean is_cancelled(SendSmtp *send) {
  g_mutex_lock(&send->lock);
  gboolean cancelled = send->cancelled;
  g_mutex_unlock(&send->lock);
  return cancelled;
}

/* Tell the outcome, free the item. */
static void report(SendSmtp *send, SendItem *item, SendOutcome *outcome) {
  gboolean stopped = outcome->code == 0 && is_cancelled(send);
  SendResult result = {.id = item->id,
                       .code = outcome->code,
                       .server = outcome->server || stopped,
                       .text = stopped ? "interrupted: we were told to stop" : outcome->text};
  send->done(&result, send->context);
  send_outcome_done(outcome);
  send_item_free(item);
}

/* --- the queue ------------------------------------------------------------------------------- */

/* A thread that is connected, where one is free; else wake another. With the lock. */
static void wake_one(SendSmtp *send) {
  g_cond_signal(send->warm_waiting >= send->queue.length ? &send->warm : &send->cold);
}

static SendItem *try_pop(SendSmtp *send) {
  g_mutex_lock(&send->lock);
  SendItem *item = g_queue_pop_head(&send->queue);
  g_mutex_unlock(&send->lock);
  return item;
}

static void wait_warm(SendSmtp *send) {
  gint64 until_us = g_get_monotonic_time() + IDLE_KEEP_S * G_USEC_PER_SEC;
  gboolean in_time = TRUE;
  send->warm_waiting++;
  while (!send->queue.length && !send->closing && in_time)
    in_time = g_cond_wait_until(&send->warm, &send->lock, until_us);
  send->warm_waiting--;
}

/* Wait for an item; NULL: nothing for a while (when connected), or we are closing. What is taken
 * here counts as in hand until settle_busy. */
static SendItem *wait_pop(SendSmtp *send, gboolean connected) {
  g_mutex_lock(&send->lock);
  if (connected)
    wait_warm(send);
  else
    while (!send->queue.length && !send->closing) g_cond_wait(&send->cold, &send->lock);
  SendItem *item = g_queue_pop_head(&send->queue);
  if (item) send->busy++;
  g_mutex_unlock(&send->lock);
  return item;
}

static void settle_busy(SendSmtp *send) {
  g_mutex_lock(&send->lock);
  send->busy--;
  if (!send->busy && !send->queue.length) g_cond_broadcast(&send->drained);
  g_mutex_unlock(&send->lock);
}

static gboolean is_closing(SendSmtp *send) {
  g_mutex_lock(&send->lock);
  gboolean closing = send->closing;
  g_mutex_unlock(&send->lock);
  return closing;
}

/* --- connecting ------------------------------------------------------------------------------ */

static void count_connected(SendSmtp *send, int change) {
  g_mutex_lock(&send->lock);
  send->connected += (guint)change;
  g_mutex_unlock(&send->lock);
}

static void disconnect(Connection *connection) {
  if (!connection->session) return;
  send_session_close(g_steal_pointer(&connection->session));
  count_connected(connection->send, -1);
}

static gboolean connect_to(Connection *connection, GError **error) {
  SendSmtp *send = connection->send;
  if (connection->session && connection->session->lost) disconnect(connection);
  if (connection->session) return TRUE;
  connection->session = send_session_open(send->submission, send->cancel_fd, error);
  if (!connection->session) return FALSE;
  count_connected(send, 1);
  return TRUE;
}

/* Another thread's connection works: leave the item to it, and let some time pass. */
static gboolean leave_to_others(SendSmtp *send, SendItem *item) {
  gint64 until_us = g_get_monotonic_time() + PAUSE_S * G_USEC_PER_SEC;
  g_mutex_lock(&send->lock);
  gboolean left = send->connected > 0 && !send->closing;
  if (left) {
    g_queue_push_head(&send->queue, item);
    send->busy--;
    wake_one(send);
    while (!send->closing && g_cond_wait_until(&send->stop, &send->lock, until_us)) continue;
    send->busy++;
  }
  g_mutex_unlock(&send->lock);
  return left;
}

/* The server cannot be reached by any thread: so says every item that waits for it. */
static void unreachable(SendSmtp *send, SendItem *item, const char *text) {
  for (; item; item = try_pop(send)) {
    SendOutcome outcome = {.server = TRUE, .text = g_strdup(text)};
    report(send, item, &outcome);
  }
}

/* It can be reached, and takes nothing from us: the same, unless it does from another thread. */
static void turned_away(Connection *connection, const char *text) {
  SendSmtp *send = connection->send;
  disconnect(connection);
  g_mutex_lock(&send->lock);
  gboolean others = send->connected > 0;
  g_mutex_unlock(&send->lock);
  if (!others) unreachable(send, try_pop(send), text);
}

/* --- sending --------------------------------------------------------------------------------- */

/* What cannot be sent at all is reported and freed. */
static gboolean may_send(Connection *connection, SendItem *item) {
  SendOutcome outcome = {.code = 0};
  if (send_dialogue_may(connection->session, item, &outcome)) return TRUE;
  report(connection->send, item, &outcome);
  return FALSE;
}

static const SendItem *take_behind(void *context) {
  Connection *connection = context;
  do {
    connection->behind = try_pop(connection->send);
  } while (connection->behind && !may_send(connection, connection->behind));
  return connection->behind;
}

/* Send the item. Returns the one to send next: itself, the one behind it, or NULL. */
static SendItem *send_one(Connection *connection, SendItem *item, gboolean *begun) {
  SendOutcome outcome = {.code = 0};
  send_dialogue_run(connection->session, item, begun, take_behind, connection, &outcome);
  if (outcome.again && !is_cancelled(connection->send)) {
    send_outcome_done(&outcome);
    disconnect(connection);
    return item;
  }
  g_autofree char *why_not = outcome.server ? g_strdup(outcome.text) : NULL;
  report(connection->send, item, &outcome);
  if (why_not) turned_away(connection, why_not);
  return g_steal_pointer(&connection->behind);
}

/* Send the item, and those that come behind it in the same flow. Takes it. */
static void serve(Connection *connection, SendItem *item) {
  gboolean begun = FALSE;
  while (item) {
    g_autoptr(GError) error = NULL;
    if (!begun && !connect_to(connection, &error)) {
      if (!leave_to_others(connection->send, item))
        unreachable(connection->send, item, error->message);
      return;
    }
    if (!begun && !may_send(connection, item)) return;
    item = send_one(connection, item, &begun);
  }
}

/* Idle is over when the server has closed meanwhile: that is noticed before it costs an item. */
static void serve_fresh(Connection *connection, SendItem *item) {
  SendOutcome outcome = {.code = 0};
  if (!send_dialogue_may(NULL, item, &outcome)) {
    report(connection->send, item, &outcome);
    return;
  }
  if (connection->session && send_session_is_stale(connection->session)) {
    connection->session->lost = TRUE;
    disconnect(connection);
  }
  serve(connection, item);
}

static gpointer run(gpointer data) {
  Connection connection = {.send = data};
  for (;;) {
    SendItem *item = wait_pop(connection.send, connection.session != NULL);
    if (item) {
      serve_fresh(&connection, item);
      settle_busy(connection.send);
    } else {
      disconnect(&connection);
      if (is_closing(connection.send)) return NULL;
    }
  }
}

/* --- public ---------------------------------------------------------------------------------- */

SendSmtp *send_smtp_new(const Submission *submission, SendDone done, void *context) {
  SendSmtp *send = g_new0(SendSmtp, 1);
  send->submission = submission;
  send->done = done;
  send->context = context;
  g_mutex_init(&send->lock);
  g_cond_init(&send->warm);
  g_cond_init(&send->cold);
  g_cond_init(&send->stop);
  g_cond_init(&send->drained);
  g_queue_init(&send->queue);
  send->cancel_fd = eventfd(0, EFD_CLOEXEC);
  g_assert(send->cancel_fd >= 0);
  send->threads = g_ptr_array_new();
  for (guint i = 0; i < MAX(submission->connections, 1); i++)
    g_ptr_array_add(send->threads, g_thread_new("smtp", run, send));
  return send;
}

void send_smtp_push(SendSmtp *send, SendItem *item) {
  g_mutex_lock(&send->lock);
  g_queue_push_tail(&send->queue, item);
  wake_one(send);
  g_mutex_unlock(&send->lock);
}

/* From now on every wait of a thread ends at once, with an error. */
static void cancel(SendSmtp *send) {
  const guint64 one = 1;
  g_mutex_lock(&send->lock);
  send->cancelled = TRUE;
  g_mutex_unlock(&send->lock);
  if (write(send->cancel_fd, &one, sizeof one) < 0) g_assert_not_reached();
}

static gboolean drain(SendSmtp *send, guint timeout_s) {
  gint64 until_us = g_get_monotonic_time() + (gint64)timeout_s * G_USEC_PER_SEC;
  gboolean in_time = TRUE;
  g_mutex_lock(&send->lock);
  send->closing = TRUE;
  g_cond_broadcast(&send->warm);
  g_cond_broadcast(&send->cold);
  g_cond_broadcast(&send->stop);
  while ((send->busy || send->queue.length) && in_time)
    in_time = g_cond_wait_until(&send->drained, &send->lock, until_us);
  g_mutex_unlock(&send->lock);
  return in_time;
}

void send_smtp_free(SendSmtp *send, guint timeout_s) {
  if (!send) return;
  if (!drain(send, timeout_s)) cancel(send);
  for (guint i = 0; i < send->threads->len; i++) g_thread_join(send->threads->pdata[i]);
  g_assert(!send->queue.length);
  g_ptr_array_unref(send->threads);
  close(send->cancel_fd);
  g_cond_clear(&send->warm);
  g_cond_clear(&send->cold);
  g_cond_clear(&send->stop);
  g_cond_clear(&send->drained);
  g_mutex_clear(&send->lock);
  g_free(send);
}

/* Would the relay take a mail that has no return path? Asked, and taken back: nothing is sent. */
static gboolean check_return_path(SendSession *session, GPtrArray *lines) {
  g_autoptr(GError) error = NULL;
  SendReply reply = {0, NULL}, forgotten = {0, NULL};
  gboolean told = send_session_ask(session, "MAIL FROM:<>", &reply, &error);
  gboolean taken = told && reply.code == 250;
  if (!told)
    g_ptr_array_add(lines, g_strdup_printf("submission: the null return path: %s", error->message));
  else if (!taken)
    g_ptr_array_add(
        lines,
        g_strdup_printf("submission: the server %s the null return path: %s%s",
                        reply.code >= 500 ? "refuses" : "defers", reply.text,
                        reply.code >= 500 ? "; set envelope_from: to an address of yours" : ""));
  else if (!send_session_ask(session, "RSET", &forgotten, NULL))
    session->lost = TRUE;
  send_reply_done(&forgotten);
  send_reply_done(&reply);
  return taken;
}

gboolean send_smtp_check(const Submission *submission, GPtrArray *lines) {
  g_autoptr(GError) error = NULL;
  SendSession *session = send_session_open(submission, -1, &error);
  if (!session) {
    g_ptr_array_add(lines, g_strdup_printf("submission: %s", error->message));
    return FALSE;
  }
  g_autofree char *offers = send_session_describe(session);
  g_ptr_array_add(lines, g_strdup_printf("submission: %s: works: %s",
                                         tls_stream_where(session->stream), offers));
  gboolean works = *submission->envelope_from || check_return_path(session, lines);
  send_session_close(session);
  return works;
}
