/* fetch_watch - for the tests of fetch_imap: a sink that notes what it is told, and can be waited
 * for; an account to start from. Included by one test program at a time, hence the bodies. */
#pragma once
#include <string.h>

#include "daemon/mail/fetch_imap.h"
#include "daemon/mailbox.h"

enum { WATCH_WAIT_S = 20 };

typedef struct {
  GMutex lock;
  GCond changed;
  GPtrArray *messages, *events; /* FetchedMessage*, FetchEvent* */
  guint refuse_after;           /* stop at this message; 0: never */
  FetchImap *fetch;
} Watch;

static inline gboolean watch_message(FetchImap *fetch, FetchedMessage *message, void *context) {
  Watch *watch = context;
  (void)fetch;
  g_mutex_lock(&watch->lock);
  g_ptr_array_add(watch->messages, message);
  gboolean go_on = !watch->refuse_after || watch->messages->len < watch->refuse_after;
  g_cond_broadcast(&watch->changed);
  g_mutex_unlock(&watch->lock);
  return go_on;
}

static inline void watch_event(FetchImap *fetch, const FetchEvent *event, void *context) {
  Watch *watch = context;
  (void)fetch;
  g_mutex_lock(&watch->lock);
  g_ptr_array_add(watch->events, fetch_event_copy(event));
  g_cond_broadcast(&watch->changed);
  g_mutex_unlock(&watch->lock);
}

static inline Watch *watch_start(const Account *account, const char *folder, const Cursor *cursor,
                                 gboolean once, guint refuse_after) {
  static const FetchSink sink = {watch_message, watch_event};
  Watch *watch = g_new0(Watch, 1);
  g_mutex_init(&watch->lock);
  g_cond_init(&watch->changed);
  watch->messages = g_ptr_array_new_with_free_func((GDestroyNotify)fetched_message_free);
  watch->events = g_ptr_array_new_with_free_func((GDestroyNotify)fetch_event_free);
  watch->refuse_after = refuse_after;
  g_autoptr(Cursor) unseen = cursor_new();
  watch->fetch = fetch_imap_start(account, folder, cursor ? cursor : unseen, once, &sink, watch);
  return watch;
}

/* Ends the fetcher; returns the seconds that it took. */
static inline double watch_stop(Watch *watch) {
  gint64 began = g_get_monotonic_time();
  fetch_imap_stop(g_steal_pointer(&watch->fetch));
  return (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
}

static inline double watch_end(Watch *watch) {
  double seconds = watch->fetch ? watch_stop(watch) : 0;
  g_ptr_array_unref(watch->messages);
  g_ptr_array_unref(watch->events);
  g_mutex_clear(&watch->lock);
  g_cond_clear(&watch->changed);
  g_free(watch);
  return seconds;
}

static inline guint watch_count(const Watch *watch, FetchEventKind kind) {
  guint count = 0;
  for (guint i = 0; i < watch->events->len; i++)
    count += ((const FetchEvent *)watch->events->pdata[i])->kind == kind;
  return count;
}

/* The last event of this kind, or NULL. */
static inline const FetchEvent *watch_last(Watch *watch, FetchEventKind kind) {
  const FetchEvent *found = NULL;
  g_mutex_lock(&watch->lock);
  for (guint i = 0; i < watch->events->len; i++) {
    const FetchEvent *event = watch->events->pdata[i];
    if (event->kind == kind) found = event;
  }
  g_mutex_unlock(&watch->lock);
  return found;
}

static inline void watch_tell(const Watch *watch) {
  for (guint i = 0; i < watch->events->len; i++) {
    const FetchEvent *event = watch->events->pdata[i];
    g_test_message("event %d uid %u count %zu wait %u %s", event->kind, event->uid, event->count,
                   event->wait_s, event->error ? event->error->message : event->text);
  }
  g_test_message("%u messages", watch->messages->len);
}

/* Wait until there were so many events of this kind; FALSE after WATCH_WAIT_S. */
static inline gboolean watch_event_wait(Watch *watch, FetchEventKind kind, guint count) {
  gint64 until = g_get_monotonic_time() + WATCH_WAIT_S * G_USEC_PER_SEC;
  gboolean in_time = TRUE;
  g_mutex_lock(&watch->lock);
  while (watch_count(watch, kind) < count && in_time)
    in_time = g_cond_wait_until(&watch->changed, &watch->lock, until);
  if (!in_time) watch_tell(watch);
  g_mutex_unlock(&watch->lock);
  return in_time;
}

static inline gboolean watch_message_wait(Watch *watch, guint count) {
  gint64 until = g_get_monotonic_time() + WATCH_WAIT_S * G_USEC_PER_SEC;
  gboolean in_time = TRUE;
  g_mutex_lock(&watch->lock);
  while (watch->messages->len < count && in_time)
    in_time = g_cond_wait_until(&watch->changed, &watch->lock, until);
  if (!in_time) watch_tell(watch);
  g_mutex_unlock(&watch->lock);
  return in_time;
}

static inline const FetchedMessage *watch_nth(Watch *watch, guint n) {
  g_mutex_lock(&watch->lock);
  const FetchedMessage *message = n < watch->messages->len ? watch->messages->pdata[n] : NULL;
  g_mutex_unlock(&watch->lock);
  return message;
}

/* UIDs handed over, "1 2 3". The caller frees. */
static inline char *watch_uids(Watch *watch) {
  GString *uids = g_string_new(NULL);
  g_mutex_lock(&watch->lock);
  for (guint i = 0; i < watch->messages->len; i++)
    g_string_append_printf(uids, "%s%u", i ? " " : "",
                           ((const FetchedMessage *)watch->messages->pdata[i])->uid);
  g_mutex_unlock(&watch->lock);
  return g_string_free(uids, FALSE);
}

static inline gboolean watch_raw_has(const FetchedMessage *message, const char *text) {
  gsize size;
  const char *bytes = g_bytes_get_data(message->raw, &size);
  return g_strstr_len(bytes, (gssize)size, text) != NULL;
}
