/* send_login - AUTH on a greeted SMTP connection (RFC 4954): XOAUTH2 with a token, else PLAIN, else
 * LOGIN. The secret lives in memory only while it is being sent. */
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/mail/send_session.h"
#include "daemon/mail/tls_connect.h"

enum { SECRET_WAIT_S = 60, CHALLENGES_MAX = 4 }; /* secret_read has its own, shorter, time */

/* --- the secret --------------------------------------------------------------------------------
 * A password command may take its time: it runs in a thread that is left to itself when we are
 * asked to stop. */

typedef struct {
  Secret secret;
  char *value;
  GError *error;
  int done_fd;
} Reading;

static void reading_done(gpointer data) {
  Reading *reading = data;
  secret_wipe(reading->value);
  g_clear_error(&reading->error);
  g_free(reading->secret.source);
  close(reading->done_fd);
}

static void reading_release(Reading *reading) {
  g_atomic_rc_box_release_full(reading, reading_done);
}

static gpointer reading_run(gpointer data) {
  Reading *reading = data;
  const guint64 one = 1;
  reading->value = secret_read(&reading->secret, &reading->error);
  if (write(reading->done_fd, &one, sizeof one) < 0) g_assert_not_reached();
  reading_release(reading);
  return NULL;
}

/* Until the thread is done, nothing of `reading` but done_fd is looked at. */
static char *reading_wait(SendSession *session, Reading *reading, GError **error) {
  gint64 deadline_us = g_get_monotonic_time() + SECRET_WAIT_S * G_USEC_PER_SEC;
  guint64 count;
  if (tls_connect_poll(reading->done_fd, POLLIN, session->cancel_fd, deadline_us) !=
      TLS_POLL_READY) {
    send_session_fail(session, error, MAIL_ERROR_TRANSIENT,
                      "the password could not be had in time");
    return NULL;
  }
  if (read(reading->done_fd, &count, sizeof count) < 0) g_assert_not_reached();
  if (reading->error)
    send_session_fail(session, error, MAIL_ERROR_AUTH, "%s", reading->error->message);
  return g_steal_pointer(&reading->value);
}

static char *read_secret(SendSession *session, GError **error) {
  const Secret *secret = &session->submission->secret;
  int done_fd = eventfd(0, EFD_CLOEXEC);
  if (done_fd < 0) {
    send_session_fail(session, error, MAIL_ERROR_TRANSIENT, "too many files are open");
    return NULL;
  }
  Reading *reading = g_atomic_rc_box_new0(Reading);
  reading->secret = (Secret){secret->kind, g_strdup(secret->source)};
  reading->done_fd = done_fd;
  g_thread_unref(g_thread_new("secret", reading_run, g_atomic_rc_box_acquire(reading)));
  char *value = reading_wait(session, reading, error);
  reading_release(reading);
  return value;
}

/* --- what is said ---------------------------------------------------------------------------- */

/* Our answers, base64, one after the other; the first may go with the command. */
typedef struct {
  const char *name;
  char *answers[2];
} Exchange;

static char *encode(char *text, gsize size) {
  char *base64 = g_base64_encode((const guchar *)text, size);
  explicit_bzero(text, size);
  g_free(text);
  return base64;
}

static Exchange plain_exchange(const char *user, const char *password) {
  gsize size = 2 + strlen(user) + strlen(password);
  char *text = g_strdup_printf("%c%s%c%s", '\0', user, '\0', password);
  return (Exchange){"PLAIN", {encode(text, size), NULL}};
}

static Exchange login_exchange(const char *user, const char *password) {
  return (Exchange){
      "LOGIN",
      {encode(g_strdup(user), strlen(user)), encode(g_strdup(password), strlen(password))}};
}

static Exchange xoauth2_exchange(const char *user, const char *token) {
  char *text = g_strdup_printf("user=%s\001auth=Bearer %s\001\001", user, token);
  return (Exchange){"XOAUTH2", {encode(text, strlen(text)), NULL}};
}

static void exchange_done(Exchange *exchange) {
  for (gsize i = 0; i < G_N_ELEMENTS(exchange->answers); i++) secret_wipe(exchange->answers[i]);
}

/* "AUTH PLAIN AGZvbw==", where it fits in a line (RFC 4954 4), but for LOGIN, which knows no such
 * thing everywhere. */
static char *first_command(const Exchange *exchange, guint *ret_next) {
  gsize size = strlen("AUTH  \r\n") + strlen(exchange->name) + strlen(exchange->answers[0]);
  gboolean with = !exchange->answers[1] && size <= SEND_COMMAND_BYTES_MAX;
  *ret_next = with ? 1 : 0;
  return g_strdup_printf("AUTH %s%s%s", exchange->name, with ? " " : "",
                         with ? exchange->answers[0] : "");
}

/* Answers each 334; when we have no more to say (XOAUTH2 tells its error so), with an empty line.
 */
static gboolean converse(SendSession *session, const Exchange *exchange, SendReply *ret_reply,
                         GError **error) {
  guint next = 0;
  char *command = first_command(exchange, &next);
  gboolean told = send_session_ask(session, command, ret_reply, error);
  secret_wipe(command);
  for (guint i = 0; told && ret_reply->code == 334 && i < CHALLENGES_MAX; i++) {
    const char *answer = next < G_N_ELEMENTS(exchange->answers) ? exchange->answers[next] : NULL;
    next++;
    send_reply_done(ret_reply);
    told = send_session_ask(session, answer ? answer : "", ret_reply, error);
  }
  return told;
}

static gboolean run_exchange(SendSession *session, const Exchange *exchange, GError **error) {
  SendReply reply = {0, NULL};
  gboolean told = converse(session, exchange, &reply, error);
  gboolean in = told && reply.code == 235;
  if (told && !in)
    send_session_fail(session, error, reply.code >= 500 ? MAIL_ERROR_AUTH : MAIL_ERROR_TRANSIENT,
                      "login of '%s' (%s) was refused: %s", session->submission->user,
                      exchange->name, reply.text);
  send_reply_done(&reply);
  if (in) session->mechanism = g_strdup(exchange->name);
  return in;
}

/* --- log in ---------------------------------------------------------------------------------- */

static gboolean is_possible(SendSession *session, GError **error) {
  gboolean token = session->submission->secret.kind == SECRET_TOKEN_COMMAND;
  guint usable = token ? SEND_AUTH_XOAUTH2 : SEND_AUTH_PLAIN | SEND_AUTH_LOGIN;
  if (session->offers & usable) return TRUE;
  send_session_fail(session, error, MAIL_ERROR_AUTH,
                    token ? "the server does not offer XOAUTH2, which token_command needs; use "
                            "password_file"
                          : "the server offers neither PLAIN nor LOGIN on this connection; use "
                            "submission:// or submissions://, or token_command, or no user");
  return FALSE;
}

static Exchange choose(const SendSession *session, const char *secret) {
  const char *user = session->submission->user;
  if (session->submission->secret.kind == SECRET_TOKEN_COMMAND)
    return xoauth2_exchange(user, secret);
  return session->offers & SEND_AUTH_PLAIN ? plain_exchange(user, secret)
                                           : login_exchange(user, secret);
}

gboolean send_login(SendSession *session, GError **error) {
  if (!*session->submission->user) return TRUE;
  if (!is_possible(session, error)) return FALSE;
  char *secret = read_secret(session, error);
  if (!secret) return FALSE;
  gboolean in = FALSE;
  if (strpbrk(secret, "\r\n\001")) {
    send_session_fail(session, error, MAIL_ERROR_AUTH,
                      "the password holds control characters; it must be one line");
  } else {
    Exchange exchange = choose(session, secret);
    in = run_exchange(session, &exchange, error);
    exchange_done(&exchange);
  }
  secret_wipe(secret);
  return in;
}
