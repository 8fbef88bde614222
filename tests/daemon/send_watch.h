/* send_watch - for the tests of send_smtp: notes what is reported of each item, and can be waited
 * for. Included by one test program at a time, hence the bodies. */
#pragma once
#include <string.h>

#include "daemon/mail/send_smtp.h"

enum { WATCH_WAIT_S = 20, WATCH_ITEMS_MAX = 2000 };

typedef struct {
  guint times; /* reported */
  int code;
  gboolean server;
  char *text;
} Told;

typedef struct {
  GMutex lock;
  GCond changed;
  Told told[WATCH_ITEMS_MAX]; /* by id */
  guint pushed, reported;
  GPtrArray
      *mails; /* GBytes*: freed at the end, for ThreadSanitizer cannot see GLib count references */
  SendSmtp *send;
} Watch;

static inline void watch_done(const SendResult *result, void *context) {
  Watch *watch = context;
  g_mutex_lock(&watch->lock);
  g_assert_cmpuint(result->id, <, WATCH_ITEMS_MAX);
  Told *told = &watch->told[result->id];
  told->times++;
  told->code = result->code;
  told->server = result->server;
  g_free(told->text);
  told->text = g_strdup(result->text);
  watch->reported++;
  g_cond_broadcast(&watch->changed);
  g_mutex_unlock(&watch->lock);
}

static inline Watch *watch_start(const Submission *submission) {
  Watch *watch = g_new0(Watch, 1);
  g_mutex_init(&watch->lock);
  g_cond_init(&watch->changed);
  watch->mails = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  watch->send = send_smtp_new(submission, watch_done, watch);
  return watch;
}

/* Item number 0, 1, … */
static inline void watch_push_mail(Watch *watch, const char *from, const char *to,
                                   const char *mail) {
  GBytes *bytes = g_bytes_new(mail, strlen(mail));
  g_ptr_array_add(watch->mails, bytes);
  send_smtp_push(watch->send, send_item_new(watch->pushed++, from, to, bytes));
}

static inline void watch_push(Watch *watch, const char *to) {
  watch_push_mail(watch, "", to, "Subject: hello\r\n\r\n.hidden\r\n");
}

static inline void watch_tell(const Watch *watch) {
  for (guint i = 0; i < MIN(watch->pushed, 20); i++)
    g_test_message("item %u: told %u times, code %d, server %d: %s", i, watch->told[i].times,
                   watch->told[i].code, watch->told[i].server, watch->told[i].text);
}

/* Wait until so many were reported; FALSE after WATCH_WAIT_S. */
static inline gboolean watch_wait(Watch *watch, guint count) {
  gint64 until = g_get_monotonic_time() + WATCH_WAIT_S * G_USEC_PER_SEC;
  gboolean in_time = TRUE;
  g_mutex_lock(&watch->lock);
  while (watch->reported < count && in_time)
    in_time = g_cond_wait_until(&watch->changed, &watch->lock, until);
  gboolean all = watch->reported >= count;
  g_mutex_unlock(&watch->lock);
  if (!all) watch_tell(watch);
  return all;
}

/* Ends the sender within timeout_s; every item was reported, once. The seconds that it took. */
static inline double watch_stop(Watch *watch, guint timeout_s) {
  gint64 began = g_get_monotonic_time();
  send_smtp_free(g_steal_pointer(&watch->send), timeout_s);
  double seconds = (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
  for (guint i = 0; i < watch->pushed; i++) g_assert_cmpuint(watch->told[i].times, ==, 1);
  g_assert_cmpuint(watch->reported, ==, watch->pushed);
  return seconds;
}

static inline void watch_free(Watch *watch) {
  if (watch->send) watch_stop(watch, 5);
  for (guint i = 0; i < WATCH_ITEMS_MAX; i++) g_free(watch->told[i].text);
  g_ptr_array_unref(watch->mails);
  g_mutex_clear(&watch->lock);
  g_cond_clear(&watch->changed);
  g_free(watch);
}

static inline guint watch_count_code(const Watch *watch, int code) {
  guint count = 0;
  for (guint i = 0; i < watch->pushed; i++)
    count += watch->told[i].times == 1 && watch->told[i].code == code;
  return count;
}
