/* send_login - AUTH on a greeted SMTP connection (RFC 4954): XOAUTH2 with a token, else PLAIN, else
 * LOGIN. The secret lives in memory only while it is being sent. */
#include <string.h>

#include "daemon/mail/oauth.h"
#include "daemon/mail/secret_wait.h"
#include "daemon/mail/send_session.h"

enum { CHALLENGES_MAX = 4 };

static char *read_secret(SendSession *session, GError **error) {
  g_autoptr(GError) failed = NULL;
  char *value = secret_wait(&session->submission->secret, session->submission->oauth,
                            session->cancel_fd, &failed);
  if (value) return value;
  MailError code = failed->domain == MAIL_ERROR ? MAIL_ERROR_TRANSIENT : MAIL_ERROR_AUTH;
  send_session_fail(session, error, code, "%s", failed->message);
  return NULL;
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

static gboolean wants_token(const SendSession *session) {
  SecretKind kind = session->submission->secret.kind;
  return kind == SECRET_TOKEN_COMMAND || kind == SECRET_OAUTH;
}

static gboolean is_possible(SendSession *session, GError **error) {
  gboolean token = wants_token(session);
  guint usable = token ? SEND_AUTH_XOAUTH2 : SEND_AUTH_PLAIN | SEND_AUTH_LOGIN;
  if (session->offers & usable) return TRUE;
  send_session_fail(session, error, MAIL_ERROR_AUTH,
                    token ? "the server does not offer XOAUTH2, which oauth and token_command "
                            "need; use password_file"
                          : "the server offers neither PLAIN nor LOGIN on this connection; use "
                            "submission:// or submissions://, or token_command, or no user");
  return FALSE;
}

static Exchange choose(const SendSession *session, const char *secret) {
  const char *user = session->submission->user;
  if (wants_token(session)) return xoauth2_exchange(user, secret);
  return session->offers & SEND_AUTH_PLAIN ? plain_exchange(user, secret)
                                           : login_exchange(user, secret);
}

/* A refused token is asked for anew, once: then it is not the token. */
static void on_refused(const SendSession *session, const char *token, GError **error) {
  if (session->submission->secret.kind != SECRET_OAUTH || (*error)->code != MAIL_ERROR_AUTH) return;
  if (oauth_refused(session->submission->oauth, token)) {
    (*error)->code = MAIL_ERROR_TRANSIENT;
    g_prefix_error(error, "the OAuth token is renewed: ");
  } else {
    g_prefix_error(error, "a new OAuth token does not help; if this goes on, run: %s: ",
                   session->submission->oauth->command);
  }
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
    g_autoptr(GError) failed = NULL;
    in = run_exchange(session, &exchange, &failed);
    exchange_done(&exchange);
    if (failed) {
      on_refused(session, secret, &failed);
      g_propagate_error(error, g_steal_pointer(&failed));
    }
  }
  secret_wipe(secret);
  return in;
}
