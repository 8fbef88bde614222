/* fetch_login - see fetch_login.h. The secret lives in memory only while it is being sent. */
#include "daemon/mail/fetch_login.h"

#include <string.h>

#include "daemon/mail/oauth.h"
#include "daemon/mail/secret_wait.h"

static char *read_secret(const FetchWire *wire, GError **error) {
  g_autoptr(GError) failed = NULL;
  char *value = secret_wait(&wire->account->secret, wire->account->oauth, wire->cancel_fd, &failed);
  if (value) return value;
  if (failed->domain == MAIL_ERROR)
    fetch_wire_fail(wire, error, MAIL_ERROR_TRANSIENT, "%s", failed->message);
  else
    g_propagate_error(error, g_steal_pointer(&failed));
  return NULL;
}

/* --- capabilities ---------------------------------------------------------------------------- */

/* Not by mailimap_capability, which ends the process where a server says OK and tells none. */
gboolean fetch_login_capabilities(FetchWire *wire, GError **error) {
  fetch_wire_begin(wire);
  int rc = mailimap_custom_command(wire->imap, "CAPABILITY");
  return fetch_wire_done(wire, rc, MAIL_ERROR_PROTOCOL, "CAPABILITY", error);
}

/* Not by mailimap_has_extension, which cannot bear a list without a word in it. */
static gboolean offers(const FetchWire *wire, int type, const char *name) {
  const struct mailimap_connection_info *info = wire->imap->imap_connection_info;
  if (!info || !info->imap_capability || !info->imap_capability->cap_list) return FALSE;
  for (clistiter *at = clist_begin(info->imap_capability->cap_list); at; at = clist_next(at)) {
    const struct mailimap_capability *capability = clist_content(at);
    const char *word = type == MAILIMAP_CAPABILITY_AUTH_TYPE ? capability->cap_data.cap_auth_type
                                                             : capability->cap_data.cap_name;
    if (capability->cap_type == type && !g_ascii_strcasecmp(word, name)) return TRUE;
  }
  return FALSE;
}

gboolean fetch_login_offers(const FetchWire *wire, const char *extension) {
  return offers(wire, MAILIMAP_CAPABILITY_NAME, extension);
}

static gboolean offers_auth(const FetchWire *wire, const char *mechanism) {
  return offers(wire, MAILIMAP_CAPABILITY_AUTH_TYPE, mechanism);
}

/* --- AUTHENTICATE ------------------------------------------------------------------------------
 * By hand: libetpan's goes through whatever plug-ins of Cyrus SASL are installed. */

static gboolean put_line(FetchWire *wire, const char *text) {
  mailstream *stream = wire->imap->imap_stream;
  return mailstream_write(stream, text, strlen(text)) >= 0 &&
         mailstream_write(stream, "\r\n", 2) >= 0 && mailstream_flush(stream) >= 0;
}

/* Read past untagged lines; *ret_asked: the next one asks us to go on. */
static int read_until_asked(FetchWire *wire, gboolean *ret_asked) {
  for (;;) { /* bounded by the guard's lines */
    const char *line = mailimap_read_line(wire->imap);
    if (!line) return MAILIMAP_ERROR_STREAM;
    *ret_asked = line[0] == '+';
    if (line[0] != '*') return MAILIMAP_NO_ERROR;
  }
}

static int parse_tagged(FetchWire *wire) {
  struct mailimap_response *response = NULL;
  int rc = mailimap_parse_response(wire->imap, &response);
  if (rc != MAILIMAP_NO_ERROR) return rc;
  const struct mailimap_response_done *end = response->rsp_resp_done;
  gboolean ok = end->rsp_type == MAILIMAP_RESP_DONE_TYPE_TAGGED &&
                end->rsp_data.rsp_tagged->rsp_cond_state->rsp_type == MAILIMAP_RESP_COND_STATE_OK;
  mailimap_response_free(response);
  return ok ? MAILIMAP_NO_ERROR : MAILIMAP_ERROR_LOGIN;
}

static int authenticate(FetchWire *wire, const char *mechanism, const char *base64) {
  g_autofree char *command = g_strdup_printf("AUTHENTICATE %s", mechanism);
  gboolean asked = FALSE;
  int rc = mailimap_send_current_tag(wire->imap);
  if (rc != MAILIMAP_NO_ERROR) return rc;
  if (!put_line(wire, command)) return MAILIMAP_ERROR_STREAM;
  rc = read_until_asked(wire, &asked);
  if (rc == MAILIMAP_NO_ERROR && asked) {
    if (!put_line(wire, base64)) return MAILIMAP_ERROR_STREAM;
    rc = read_until_asked(wire, &asked);
  }
  if (rc == MAILIMAP_NO_ERROR && asked) { /* XOAUTH2 tells its error first, and wants an answer */
    if (!put_line(wire, "")) return MAILIMAP_ERROR_STREAM;
    rc = read_until_asked(wire, &asked);
  }
  if (rc == MAILIMAP_NO_ERROR && asked) return MAILIMAP_ERROR_PROTOCOL;
  return rc == MAILIMAP_NO_ERROR ? parse_tagged(wire) : rc;
}

static int authenticate_with(FetchWire *wire, const char *mechanism, char *text, gsize size) {
  char *base64 = g_base64_encode((const guchar *)text, size);
  int rc = authenticate(wire, mechanism, base64);
  secret_wipe(base64);
  explicit_bzero(text, size);
  g_free(text);
  return rc;
}

static int authenticate_plain(FetchWire *wire, const char *user, const char *password) {
  char *text = g_strdup_printf("%c%s%c%s", '\0', user, '\0', password);
  return authenticate_with(wire, "PLAIN", text, 2 + strlen(user) + strlen(password));
}

static int authenticate_token(FetchWire *wire, const char *user, const char *token) {
  char *text = g_strdup_printf("user=%s\001auth=Bearer %s\001\001", user, token);
  return authenticate_with(wire, "XOAUTH2", text, strlen(text));
}

/* --- log in ---------------------------------------------------------------------------------- */

static gboolean wants_token(const FetchWire *wire) {
  SecretKind kind = wire->account->secret.kind;
  return kind == SECRET_TOKEN_COMMAND || kind == SECRET_OAUTH;
}

static gboolean is_possible(const FetchWire *wire, gboolean token, gboolean plain, GError **error) {
  if (token && !offers_auth(wire, "XOAUTH2")) {
    fetch_wire_fail(wire, error, MAIL_ERROR_AUTH,
                    "the server does not offer XOAUTH2, which oauth and token_command need; "
                    "use password_file");
    return FALSE;
  }
  if (!token && !plain && fetch_login_offers(wire, "LOGINDISABLED")) {
    fetch_wire_fail(wire, error, MAIL_ERROR_AUTH,
                    "the server offers neither PLAIN nor LOGIN on this connection; use imaps:// or "
                    "imap+starttls://, or token_command");
    return FALSE;
  }
  return TRUE;
}

/* PLAIN carries any character; LOGIN is for servers that have nothing else. */
static gboolean log_in_with(FetchWire *wire, const char *secret, GError **error) {
  const char *user = wire->account->user;
  gboolean token = wants_token(wire);
  gboolean plain = offers_auth(wire, "PLAIN");
  g_autofree char *doing = g_strdup_printf("login of '%s'", user);
  if (!is_possible(wire, token, plain, error)) return FALSE;
  fetch_wire_begin(wire);
  int rc = token   ? authenticate_token(wire, user, secret)
           : plain ? authenticate_plain(wire, user, secret)
                   : mailimap_login(wire->imap, user, secret);
  if (!fetch_wire_done(wire, rc, MAIL_ERROR_AUTH, doing, error)) return FALSE;
  wire->imap->imap_state = MAILIMAP_STATE_AUTHENTICATED;
  return TRUE;
}

/* A refused token is asked for anew, once: then it is not the token. */
static void on_refused(const FetchWire *wire, const char *token, GError **error) {
  if (wire->account->secret.kind != SECRET_OAUTH || (*error)->domain != MAIL_ERROR ||
      (*error)->code != MAIL_ERROR_AUTH)
    return;
  if (oauth_refused(wire->account->oauth, token)) {
    (*error)->code = MAIL_ERROR_TRANSIENT;
    g_prefix_error(error, "the OAuth token is renewed: ");
  } else {
    g_prefix_error(error, "a new OAuth token does not help; if this goes on, run: %s: ",
                   wire->account->oauth->command);
  }
}

gboolean fetch_login(FetchWire *wire, GError **error) {
  g_autoptr(GError) failed = NULL;
  if (!fetch_login_capabilities(wire, error)) return FALSE;
  char *secret = read_secret(wire, error);
  if (!secret) return FALSE;
  gboolean clean = !strpbrk(secret, "\r\n\001");
  gboolean in = clean && log_in_with(wire, secret, &failed);
  if (!clean)
    fetch_wire_fail(wire, error, MAIL_ERROR_AUTH,
                    "the password holds control characters; it must be one line");
  if (failed) {
    on_refused(wire, secret, &failed);
    g_propagate_error(error, g_steal_pointer(&failed));
  }
  secret_wipe(secret);
  return in;
}
