/* secret_wait - see secret_wait.h. */
#include "daemon/mail/secret_wait.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/mail/oauth.h"
#include "daemon/mail/oauth_settings.h"
#include "daemon/mail/tls_connect.h"

enum {
  SECRET_WAIT_S = 60, /* secret_read has its own, shorter, time for a command */
  SECRET_GRACE_S = 5  /* for a token that is just being renewed: the server may have changed it */
};

/* What the thread and its caller share; whoever is done last frees it. */
typedef struct {
  Secret secret;
  OauthSettings *oauth;
  char *value;
  GError *error;
  int done_fd;
} Reading;

static void reading_done(gpointer data) {
  Reading *reading = data;
  secret_wipe(reading->value);
  g_clear_error(&reading->error);
  g_free(reading->secret.source);
  oauth_settings_unref(reading->oauth);
  close(reading->done_fd);
}

static void reading_release(Reading *reading) {
  g_atomic_rc_box_release_full(reading, reading_done);
}

static gpointer reading_run(gpointer data) {
  Reading *reading = data;
  const guint64 one = 1;
  reading->value = reading->secret.kind == SECRET_OAUTH
                       ? oauth_token(reading->oauth, &reading->error)
                       : secret_read(&reading->secret, &reading->error);
  if (write(reading->done_fd, &one, sizeof one) < 0) g_assert_not_reached();
  reading_release(reading);
  return NULL;
}

/* Until the thread is done, nothing of `reading` but done_fd is looked at. */
static char *reading_wait(Reading *reading, int cancel_fd, GError **error) {
  gint64 deadline_us = g_get_monotonic_time() + SECRET_WAIT_S * G_USEC_PER_SEC;
  guint64 count;
  TlsPoll got = tls_connect_poll(reading->done_fd, POLLIN, cancel_fd, deadline_us);
  if (got == TLS_POLL_CANCELLED && reading->secret.kind == SECRET_OAUTH)
    got = tls_connect_poll(reading->done_fd, POLLIN, -1,
                           g_get_monotonic_time() + SECRET_GRACE_S * G_USEC_PER_SEC);
  if (got != TLS_POLL_READY) {
    g_set_error(error, MAIL_ERROR, MAIL_ERROR_TRANSIENT, "the password could not be had in time");
    return NULL;
  }
  if (read(reading->done_fd, &count, sizeof count) < 0) g_assert_not_reached();
  if (reading->error) g_propagate_error(error, g_steal_pointer(&reading->error));
  return g_steal_pointer(&reading->value);
}

char *secret_wait(const Secret *secret, OauthSettings *oauth, int cancel_fd, GError **error) {
  int done_fd = eventfd(0, EFD_CLOEXEC);
  if (done_fd < 0) {
    g_set_error(error, MAIL_ERROR, MAIL_ERROR_TRANSIENT, "too many files are open");
    return NULL;
  }
  Reading *reading = g_atomic_rc_box_new0(Reading);
  reading->secret = (Secret){secret->kind, g_strdup(secret->source)};
  reading->oauth = oauth_settings_ref(oauth);
  reading->done_fd = done_fd;
  g_thread_unref(g_thread_new("secret", reading_run, g_atomic_rc_box_acquire(reading)));
  char *value = reading_wait(reading, cancel_fd, error);
  reading_release(reading);
  return value;
}
