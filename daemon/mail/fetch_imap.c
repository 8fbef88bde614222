/* fetch_imap - see fetch_imap.h. The thread and its order of work; the commands are
 * fetch_session's, the choices fetch_plan's. What was handed over is kept in a cursor of the
 * thread's own, so that a connection that is lost goes on where it broke off. */
#include "daemon/mail/fetch_imap.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/mail/fetch_plan.h"
#include "daemon/mail/fetch_session.h"
#include "daemon/mail/tls_connect.h"

enum {
  TROUBLE_MAX = 2,    /* connections broken by one message alone before less of it is asked for */
  STEADY_S = 60,      /* a connection that lived so long was no failure */
  CHECK_GAP_MS = 250, /* between two checks, however often the server says that there is news */
  MARK_AGAIN_S = 300, /* after the server refused to flag or move */
};

typedef struct {
  guint32 uidvalidity, uid;
} Settled;

struct FetchImap {
  const Account *account;
  char *folder;
  gboolean once;
  FetchSink sink;
  void *context;
  GThread *thread;
  int stop_fd; /* readable for good once the thread shall end */
  int wake_fd; /* readable when something was settled or finished */
  gint stopping;

  GMutex lock;
  GArray *settled;    /* Settled, under the lock */
  gboolean finishing; /* under the lock */

  /* The thread's own from here on. */
  FetchSession *session;
  FetchFolder seen;
  Cursor *handed;      /* what was handed over, committed or not */
  gboolean told;       /* FETCH_CONNECTED of this connection */
  gboolean scanned;    /* this UIDVALIDITY was read through once */
  gboolean resettled;  /* the starting cursor's unmarked ones are in `marking` */
  GArray *marking;     /* guint32, ascending: to be flagged or moved */
  gint64 mark_after;   /* monotonic: not before */
  guint failures;      /* connections lost in a row */
  gboolean singly;     /* an answer broke the session: ask for one message at a time */
  guint32 trouble_uid; /* which one it was, and how often */
  guint trouble_count;
};

void fetched_message_free(FetchedMessage *message) {
  if (!message) return;
  if (message->raw) g_bytes_unref(message->raw);
  g_free(message);
}

static gboolean is_stopping(const FetchImap *fetch) {
  return g_atomic_int_get(&fetch->stopping);
}

static void emit(FetchImap *fetch, FetchEvent event) {
  event.uidvalidity = event.uidvalidity ? event.uidvalidity : fetch->seen.uidvalidity;
  fetch->sink.event(fetch, &event, fetch->context);
}

/* --- hand over ------------------------------------------------------------------------------- */

static gboolean deliver(FetchImap *fetch, FetchedMessage *message) {
  guint32 uid = message->uid;
  if (is_stopping(fetch)) {
    fetched_message_free(message);
    return FALSE;
  }
  if (fetch->sink.message(fetch, message, fetch->context)) { /* it is the sink's now */
    cursor_add(fetch->handed, uid);
    return TRUE;
  }
  g_atomic_int_set(&fetch->stopping, TRUE);
  return FALSE;
}

static gboolean deliver_all(FetchImap *fetch, GPtrArray *messages) {
  for (guint i = 0; i < messages->len; i++) {
    FetchedMessage *message = messages->pdata[i];
    if (cursor_has(fetch->handed, message->uid)) continue; /* told twice */
    messages->pdata[i] = NULL;
    if (!deliver(fetch, message)) return FALSE;
  }
  return TRUE;
}

/* The server gives neither the message nor its header: a person must see that it is there. */
static gboolean deliver_empty(FetchImap *fetch, const FetchListed *item) {
  FetchedMessage *message = g_new0(FetchedMessage, 1);
  message->uidvalidity = fetch->seen.uidvalidity;
  message->uid = item->uid;
  message->received = item->received;
  message->size_bytes = item->size_bytes;
  message->header_only = TRUE;
  message->raw = g_bytes_new_static("", 0);
  return deliver(fetch, message);
}

/* A connection that breaks during a FETCH may be the message's doing: from then on one at a time,
 * so that it is known which. */
static void note_trouble(FetchImap *fetch, const FetchListed *items, guint count) {
  fetch->singly = TRUE;
  if (count != 1) return;
  fetch->trouble_count = fetch->trouble_uid == items[0].uid ? fetch->trouble_count + 1 : 1;
  fetch->trouble_uid = items[0].uid;
}

/* One FETCH. A refusal is no error here: what was not handed over is seen from the cursor. */
static gboolean fetch_bodies(FetchImap *fetch, const FetchListed *items, guint count,
                             gboolean header_only, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(GPtrArray) messages = fetch_session_bodies(
      fetch->session, items, count, fetch->seen.uidvalidity, header_only, &failed);
  if (messages) return deliver_all(fetch, messages);
  if (g_error_matches(failed, MAIL_ERROR, MAIL_ERROR_PERMANENT)) return TRUE;
  note_trouble(fetch, items, count);
  g_propagate_error(error, g_steal_pointer(&failed));
  return FALSE;
}

/* A message that did not come with its set: gone, or whole by itself, or its header, or nothing. */
static gboolean fetch_hard(FetchImap *fetch, const FetchListed *item, GError **error) {
  g_autoptr(GArray) there = fetch_session_list(fetch->session, item->uid, item->uid, error);
  if (!there) return FALSE;
  if (!there->len) return TRUE;
  gboolean large = item->size_bytes > fetch->account->message_bytes;
  if (!large && !fetch_bodies(fetch, item, 1, FALSE, error)) return FALSE;
  if (cursor_has(fetch->handed, item->uid)) return TRUE;
  if (!fetch_bodies(fetch, item, 1, TRUE, error)) return FALSE;
  return cursor_has(fetch->handed, item->uid) || deliver_empty(fetch, item);
}

/* How often this one message broke the connection. */
static guint trouble_with(const FetchImap *fetch, const FetchListed *items, guint count) {
  return count == 1 && items[0].uid == fetch->trouble_uid ? fetch->trouble_count : 0;
}

static gboolean fetch_set(FetchImap *fetch, const FetchListed *items, guint count, GError **error) {
  guint trouble = trouble_with(fetch, items, count);
  if (trouble >= 2 * TROUBLE_MAX) return deliver_empty(fetch, items);
  gboolean header_only =
      trouble >= TROUBLE_MAX || (count == 1 && items[0].size_bytes > fetch->account->message_bytes);
  if (!fetch_bodies(fetch, items, count, header_only, error)) return FALSE;
  for (guint i = 0; i < count; i++)
    if (!cursor_has(fetch->handed, items[i].uid) && !fetch_hard(fetch, &items[i], error))
      return FALSE;
  return TRUE;
}

static gboolean hand_over(FetchImap *fetch, const GArray *items, GError **error) {
  const Account *account = fetch->account;
  for (guint at = 0; at < items->len;) {
    guint count = fetch_plan_set(items, at, fetch->singly ? 1 : account->set_messages,
                                 account->set_bytes, account->message_bytes);
    if (!fetch_set(fetch, &g_array_index(items, FetchListed, at), count, error)) return FALSE;
    at += count;
  }
  return TRUE;
}

/* --- the check of the whole folder ----------------------------------------------------------- */

static void reset(FetchImap *fetch, Cursor *fresh) {
  cursor_free(fetch->handed);
  fetch->handed = fresh;
  fetch->scanned = FALSE;
  fetch->resettled = TRUE; /* the old UIDs mean nothing now */
  fetch->trouble_uid = 0;
  g_array_set_size(fetch->marking, 0);
  emit(fetch, (FetchEvent){.kind = FETCH_RESET, .cursor = fresh});
}

static void tell_connected(FetchImap *fetch) {
  if (fetch->told) return;
  g_autofree char *text = fetch_session_describe(fetch->session);
  emit(fetch, (FetchEvent){.kind = FETCH_CONNECTED, .text = text});
  fetch->told = TRUE;
}

static gboolean look_at_folder(FetchImap *fetch, GError **error) {
  const Account *account = fetch->account;
  gboolean writable = account->after != AFTER_LEAVE;
  if (!fetch_session_select(fetch->session, fetch->folder, writable, &fetch->seen, error))
    return FALSE;
  tell_connected(fetch);
  Cursor *fresh = fetch_plan_reset(fetch->handed, fetch->seen.uidvalidity, fetch->seen.uidnext,
                                   account->start_all, g_get_real_time() / G_USEC_PER_SEC);
  if (!fresh && fetch->seen.uidnext_told)
    fresh = fetch_plan_rewind(fetch->handed, fetch->seen.uidnext);
  if (fresh) reset(fetch, fresh);
  if (!fetch->resettled && writable && fetch->handed->unmarked->len)
    g_array_append_vals(fetch->marking, fetch->handed->unmarked->data,
                        fetch->handed->unmarked->len);
  fetch->resettled = TRUE;
  return TRUE;
}

/* Old mail is left alone only while a folder whose UIDVALIDITY changed is read again: later, an old
 * date means that somebody moved the mail in. */
static gint64 oldest(const FetchImap *fetch) {
  return fetch->scanned || fetch->handed->base ? 0 : fetch->handed->since;
}

static gboolean scan(FetchImap *fetch, guint32 top, GError **error) {
  for (guint32 first = fetch->handed->base + 1; first && first <= top;) {
    guint32 last = fetch_plan_window(first, top);
    g_autoptr(GArray) listed = fetch_session_list(fetch->session, first, last, error);
    if (!listed) return FALSE;
    g_autoptr(GArray) items = fetch_plan_new(listed, fetch->handed, oldest(fetch));
    if (!hand_over(fetch, items, error)) return FALSE;
    first = last + 1;
    /* A gap in the UIDs may be billions wide: leap over it. */
    if (!listed->len && last < top &&
        !fetch_session_seek(fetch->session, fetch->seen.exists, first, &first, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean check(FetchImap *fetch, GError **error) {
  if (!look_at_folder(fetch, error)) return FALSE;
  guint32 top = fetch->seen.uidnext - 1;
  if (!scan(fetch, top, error)) return FALSE;
  cursor_join(fetch->handed, top);
  fetch->scanned = TRUE;
  fetch->singly = FALSE;
  emit(fetch, (FetchEvent){.kind = FETCH_CAUGHT_UP, .uid = top});
  return TRUE;
}

/* --- flag or move what is committed ---------------------------------------------------------- */

static gint compare_uids(gconstpointer left, gconstpointer right) {
  guint32 a = *(const guint32 *)left, b = *(const guint32 *)right;
  return (a > b) - (a < b);
}

static void take_settled(FetchImap *fetch) {
  g_mutex_lock(&fetch->lock);
  for (guint i = 0; i < fetch->settled->len; i++) {
    const Settled *settled = &g_array_index(fetch->settled, Settled, i);
    if (settled->uidvalidity == fetch->seen.uidvalidity)
      g_array_append_val(fetch->marking, settled->uid);
  }
  g_array_set_size(fetch->settled, 0);
  g_mutex_unlock(&fetch->lock);
  g_array_sort(fetch->marking, compare_uids);
  guint kept = 0;
  for (guint i = 0; i < fetch->marking->len; i++) {
    guint32 uid = g_array_index(fetch->marking, guint32, i);
    if (!kept || g_array_index(fetch->marking, guint32, kept - 1) != uid)
      g_array_index(fetch->marking, guint32, kept++) = uid;
  }
  g_array_set_size(fetch->marking, kept);
}

/* NULL if the account's `after:` can be done in this folder. Asked before anything is copied: mail
 * that is copied and then cannot be deleted would be copied again and again. */
static const char *why_not_marked(const Account *account, const FetchFolder *seen) {
  if (account->after == AFTER_LEAVE) return NULL;
  if (seen->read_only) return "is read-only: nothing can be flagged or moved";
  if (account->after == AFTER_MOVE && !seen->deletes)
    return "does not let this user delete: nothing can be moved";
  return NULL;
}

static gboolean mark_now(FetchImap *fetch, GError **error) {
  const guint32 *uids = (const guint32 *)(const void *)fetch->marking->data;
  gsize count = fetch->marking->len;
  const char *why_not = why_not_marked(fetch->account, &fetch->seen);
  if (why_not) {
    g_set_error(error, MAIL_ERROR, MAIL_ERROR_PERMANENT,
                "folder '%s' %s; give '%s' the right, or set after: leave", fetch->folder, why_not,
                fetch->account->user);
    return FALSE;
  }
  return fetch->account->after == AFTER_MOVE
             ? fetch_session_move(fetch->session, uids, count, fetch->account->after_folder, error)
             : fetch_session_flag(fetch->session, uids, count, fetch->seen.keywords, error);
}

/* A server that refuses to flag or move goes on being read: it is told, and tried again later. */
static gboolean mark(FetchImap *fetch, GError **error) {
  take_settled(fetch);
  if (!fetch->marking->len || g_get_monotonic_time() < fetch->mark_after) return TRUE;
  g_autoptr(GError) failed = NULL;
  if (mark_now(fetch, &failed)) {
    emit(fetch, (FetchEvent){.kind = FETCH_MARKED,
                             .uids = (const guint32 *)(const void *)fetch->marking->data,
                             .count = fetch->marking->len});
    g_array_set_size(fetch->marking, 0);
    return TRUE;
  }
  if (fetch->once || !g_error_matches(failed, MAIL_ERROR, MAIL_ERROR_PERMANENT)) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  fetch->mark_after = g_get_monotonic_time() + (gint64)MARK_AGAIN_S * G_USEC_PER_SEC;
  emit(fetch, (FetchEvent){.kind = FETCH_LOST, .error = failed, .wait_s = MARK_AGAIN_S});
  return TRUE;
}

/* --- the thread ------------------------------------------------------------------------------ */

static void drain(int fd) {
  guint64 count;
  while (read(fd, &count, sizeof count) > 0) {
  }
}

static gboolean is_finished(FetchImap *fetch) {
  if (!fetch->once) return FALSE;
  if (fetch->account->after == AFTER_LEAVE) return TRUE; /* nothing will be marked */
  g_mutex_lock(&fetch->lock);
  gboolean finished = fetch->finishing && !fetch->settled->len && !fetch->marking->len;
  g_mutex_unlock(&fetch->lock);
  return finished;
}

/* Wait until there is something to do; *ret_check: the folder must be looked at. */
static gboolean idle(FetchImap *fetch, gint64 check_at, gboolean *ret_check, GError **error) {
  gboolean news = FALSE;
  gint64 now = g_get_monotonic_time();
  gint64 until = MIN(check_at, now + (gint64)fetch->account->idle_renew_s * G_USEC_PER_SEC);
  int wait_ms = (int)MIN(MAX(until - now, 0) / 1000 + 1, G_MAXINT);
  if (!fetch_session_idle(fetch->session, fetch->wake_fd, wait_ms, &news, error)) return FALSE;
  drain(fetch->wake_fd);
  *ret_check = news || g_get_monotonic_time() >= check_at;
  return TRUE;
}

static void wait_until(const FetchImap *fetch, gint64 until_us) {
  tls_connect_poll(fetch->stop_fd, POLLIN, -1, until_us);
}

/* One connection's life. TRUE: the thread shall end. */
static gboolean serve(FetchImap *fetch, GError **error) {
  gboolean due = TRUE;
  gint64 check_at = 0, checked = 0;
  fetch->told = FALSE;
  fetch->session = fetch_session_open(fetch->account, fetch->stop_fd, error);
  if (!fetch->session) return FALSE;
  while (!is_stopping(fetch)) {
    if (due) {
      wait_until(fetch, checked + (gint64)CHECK_GAP_MS * 1000);
      if (!check(fetch, error)) return FALSE;
      checked = g_get_monotonic_time();
      check_at = checked + (gint64)fetch->account->poll_s * G_USEC_PER_SEC;
    }
    if (!mark(fetch, error)) return FALSE;
    if (is_finished(fetch)) return TRUE;
    if (!idle(fetch, check_at, &due, error)) return FALSE;
    if (fetch->once) due = FALSE; /* what comes now is for the next run */
  }
  return TRUE;
}

static gpointer run(gpointer data) {
  FetchImap *fetch = data;
  for (;;) {
    g_autoptr(GError) error = NULL;
    gint64 began = g_get_monotonic_time();
    gboolean ended = serve(fetch, &error);
    fetch_session_close(g_steal_pointer(&fetch->session));
    if (ended || is_stopping(fetch)) break;
    gboolean steady = fetch->told && g_get_monotonic_time() - began >= STEADY_S * G_USEC_PER_SEC;
    fetch->failures = steady ? 1 : fetch->failures + 1;
    guint wait_s = fetch_plan_backoff(fetch->failures, error, g_random_int());
    emit(fetch, (FetchEvent){.kind = FETCH_LOST, .error = error, .wait_s = wait_s});
    if (fetch->once) break;
    wait_until(fetch, g_get_monotonic_time() + (gint64)wait_s * G_USEC_PER_SEC);
    if (is_stopping(fetch)) break;
  }
  emit(fetch, (FetchEvent){.kind = FETCH_STOPPED});
  return NULL;
}

/* --- from outside ---------------------------------------------------------------------------- */

FetchImap *fetch_imap_start(const Account *account, const char *folder, const Cursor *cursor,
                            gboolean once, const FetchSink *sink, void *context) {
  FetchImap *fetch = g_new0(FetchImap, 1);
  fetch->account = account;
  fetch->folder = g_strdup(folder);
  fetch->handed = cursor_copy(cursor);
  fetch->once = once;
  fetch->sink = *sink;
  fetch->context = context;
  fetch->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  fetch->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  fetch->settled = g_array_new(FALSE, FALSE, sizeof(Settled));
  fetch->marking = g_array_new(FALSE, FALSE, sizeof(guint32));
  g_mutex_init(&fetch->lock);
  fetch->thread = g_thread_new("fetch", run, fetch);
  return fetch;
}

static void signal_fd(int fd) {
  guint64 one = 1;
  if (write(fd, &one, sizeof one) < 0) return; /* full: it is readable already */
}

void fetch_imap_settle(FetchImap *fetch, guint32 uidvalidity, const guint32 *uids, gsize count) {
  if (fetch->account->after == AFTER_LEAVE || !count) return;
  g_mutex_lock(&fetch->lock);
  for (gsize i = 0; i < count; i++) {
    Settled settled = {uidvalidity, uids[i]};
    g_array_append_val(fetch->settled, settled);
  }
  g_mutex_unlock(&fetch->lock);
  signal_fd(fetch->wake_fd);
}

void fetch_imap_finish(FetchImap *fetch) {
  g_mutex_lock(&fetch->lock);
  fetch->finishing = TRUE;
  g_mutex_unlock(&fetch->lock);
  signal_fd(fetch->wake_fd);
}

void fetch_imap_stop(FetchImap *fetch) {
  if (!fetch) return;
  g_atomic_int_set(&fetch->stopping, TRUE);
  signal_fd(fetch->stop_fd);
  g_thread_join(fetch->thread);
  close(fetch->stop_fd);
  close(fetch->wake_fd);
  g_array_unref(fetch->settled);
  g_array_unref(fetch->marking);
  cursor_free(fetch->handed);
  g_mutex_clear(&fetch->lock);
  g_free(fetch->folder);
  g_free(fetch);
}

const char *fetch_imap_folder(const FetchImap *fetch) {
  return fetch->folder;
}

/* --- bulletinctl check ----------------------------------------------------------------------- */

static gboolean check_folder(FetchSession *session, const Account *account, const char *folder,
                             GPtrArray *lines) {
  g_autoptr(GError) error = NULL;
  FetchFolder seen;
  gboolean writable = account->after != AFTER_LEAVE;
  g_autofree char *server = fetch_session_describe(session);
  gboolean found = fetch_session_select(session, folder, writable, &seen, &error);
  const char *why_not = found ? why_not_marked(account, &seen) : NULL;
  if (!found)
    g_ptr_array_add(lines, g_strdup_printf("%s/%s: %s", account->name, folder, error->message));
  else if (why_not)
    g_ptr_array_add(lines, g_strdup_printf("%s/%s: the folder %s; give '%s' the right, or set "
                                           "after: leave",
                                           account->name, folder, why_not, account->user));
  else
    g_ptr_array_add(lines, g_strdup_printf("%s/%s: works: %s; %u messages", account->name, folder,
                                           server, seen.exists));
  return found && !why_not;
}

gboolean fetch_imap_check(const Account *account, GPtrArray *lines) {
  g_autoptr(GError) error = NULL;
  FetchSession *session = fetch_session_open(account, -1, &error);
  if (!session) {
    g_ptr_array_add(lines, g_strdup_printf("%s: %s", account->name, error->message));
    return FALSE;
  }
  gboolean works = TRUE;
  for (guint i = 0; account->folders[i]; i++)
    works = check_folder(session, account, account->folders[i], lines) && works;
  fetch_session_close(session);
  return works;
}
