/* send_session - see send_session.h. Trusts nothing the server says: lines and replies are bounded,
 * and what it offered before TLS is forgotten after. */
#include "daemon/mail/send_session.h"

#include <string.h>

#include "daemon/log.h"
#include "store/crash_point.h"

enum {
  LINE_SHOWN_MAX = 80,
  QUIT_WAIT_S = 2,
  REPLY_BYTES_MAX = SEND_LINE_BYTES_MAX * SEND_REPLY_LINES_MAX
};

void send_reply_done(SendReply *reply) {
  g_clear_pointer(&reply->text, g_free);
}

void send_session_fail(SendSession *session, GError **error, MailError code, const char *format,
                       ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  session->lost = TRUE;
  g_set_error(error, MAIL_ERROR, (int)code, "%s: %s", tls_stream_where(session->stream), text);
}

/* --- lines in -------------------------------------------------------------------------------- */

static gboolean fill(SendSession *session, GError **error) {
  if (session->at) {
    memmove(session->buffer, session->buffer + session->at, session->end - session->at);
    session->end -= session->at;
    session->at = 0;
  }
  if (session->end == sizeof session->buffer) {
    send_session_fail(session, error, MAIL_ERROR_PROTOCOL,
                      "the server sent a line of more than %d bytes", SEND_LINE_BYTES_MAX);
    return FALSE;
  }
  gssize got = tls_stream_read(session->stream, session->buffer + session->end,
                               sizeof session->buffer - session->end, error);
  if (got > 0) session->end += (gsize)got;
  if (got == 0)
    send_session_fail(session, error, MAIL_ERROR_TRANSIENT, "the server closed the connection");
  if (got < 0) session->lost = TRUE;
  return got > 0;
}

/* The next line, without its end; borrowed until the next call. */
static const char *read_line(SendSession *session, GError **error) {
  gsize seen = 0;
  for (;;) {
    char *from = session->buffer + session->at;
    char *line_end = memchr(from + seen, '\n', session->end - session->at - seen);
    if (line_end) {
      session->at += (gsize)(line_end - from) + 1;
      if (line_end > from && line_end[-1] == '\r') line_end--;
      for (char *c = from; c < line_end; c++)
        if (g_ascii_iscntrl(*c)) *c = '?';
      *line_end = '\0';
      return from;
    }
    seen = session->end - session->at;
    if (!fill(session, error)) return NULL;
  }
}

/* --- replies --------------------------------------------------------------------------------- */

/* "250", "250 text", "250-text". */
static int line_code(const char *line) {
  if (line[0] < '2' || line[0] > '5' || !g_ascii_isdigit(line[1]) || !g_ascii_isdigit(line[2]))
    return 0;
  if (line[3] && line[3] != ' ' && line[3] != '-') return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

static void keep_text(GString *text, const char *line) {
  const char *words = line[3] ? line + 4 : "";
  if (!text->len) g_string_append_printf(text, "%.3s", line);
  if (*words) g_string_append_printf(text, " %s", words);
}

static char *clean_text(const GString *text) {
  g_autofree char *valid = g_utf8_make_valid(text->str, (gssize)text->len);
  return g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), SEND_REPLY_TEXT_MAX));
}

typedef void (*EachLine)(SendSession *session, const char *line);

static gboolean read_reply(SendSession *session, guint seconds, EachLine each, SendReply *ret_reply,
                           GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  int code = 0;
  tls_stream_budget(session->stream, seconds, REPLY_BYTES_MAX);
  for (guint i = 0; i < SEND_REPLY_LINES_MAX; i++) {
    const char *line = read_line(session, error);
    if (!line) return FALSE;
    int here = line_code(line);
    if (!here || (code && here != code)) {
      g_autofree char *shown = log_clean(line, LINE_SHOWN_MAX);
      send_session_fail(session, error, MAIL_ERROR_PROTOCOL,
                        "'%s' is no SMTP reply; is this a submission server?", shown);
      return FALSE;
    }
    code = here;
    if (text->len < SEND_REPLY_TEXT_MAX) keep_text(text, line);
    if (each && i > 0) each(session, line + MIN(strlen(line), 4));
    if (line[3] == '-') continue;
    *ret_reply = (SendReply){code, clean_text(text)};
    crash_point("smtp-reply");
    if (code == 421) session->lost = TRUE;
    return TRUE;
  }
  send_session_fail(session, error, MAIL_ERROR_PROTOCOL,
                    "the server sent a reply of more than %d lines", SEND_REPLY_LINES_MAX);
  return FALSE;
}

gboolean send_session_read(SendSession *session, guint seconds, SendReply *ret_reply,
                           GError **error) {
  return read_reply(session, seconds, NULL, ret_reply, error);
}

gboolean send_session_write(SendSession *session, const void *data, gsize size, guint seconds,
                            GError **error) {
  tls_stream_budget(session->stream, seconds, 0);
  crash_point("smtp-command");
  if (tls_stream_write(session->stream, data, size, error)) return TRUE;
  session->lost = TRUE;
  return FALSE;
}

static gboolean put_command(SendSession *session, const char *command, GError **error) {
  g_autofree char *line = g_strconcat(command, "\r\n", NULL);
  gboolean put =
      send_session_write(session, line, strlen(line), session->submission->timeout_s, error);
  explicit_bzero(line, strlen(line)); /* AUTH says secrets */
  return put;
}

gboolean send_session_ask(SendSession *session, const char *command, SendReply *ret_reply,
                          GError **error) {
  return put_command(session, command, error) &&
         send_session_read(session, session->submission->timeout_s, ret_reply, error);
}

gboolean send_session_is_stale(SendSession *session) {
  return session->lost || session->at < session->end ||
         tls_stream_wait(session->stream, -1, 0) != 0;
}

/* --- EHLO ------------------------------------------------------------------------------------ */

static const struct {
  const char *keyword;
  guint offer;
} OFFERS[] = {{"PIPELINING", SEND_PIPELINING},
              {"8BITMIME", SEND_8BITMIME},
              {"SMTPUTF8", SEND_SMTPUTF8},
              {"DSN", SEND_DSN},
              {"SIZE", SEND_SIZE},
              {"STARTTLS", SEND_STARTTLS}},
  MECHANISMS[] = {
      {"PLAIN", SEND_AUTH_PLAIN}, {"LOGIN", SEND_AUTH_LOGIN}, {"XOAUTH2", SEND_AUTH_XOAUTH2}};

static void note_mechanisms(SendSession *session, char **words) {
  for (guint i = 0; words[i]; i++)
    for (gsize k = 0; k < G_N_ELEMENTS(MECHANISMS); k++)
      if (!g_ascii_strcasecmp(words[i], MECHANISMS[k].keyword))
        session->offers |= MECHANISMS[k].offer;
}

/* "SIZE 10240000", "AUTH PLAIN LOGIN", and "AUTH=PLAIN" of old servers. */
static void note_offer(SendSession *session, const char *line) {
  g_auto(GStrv) words = g_strsplit_set(line, " =", -1);
  if (!words[0]) return;
  if (!g_ascii_strcasecmp(words[0], "AUTH")) note_mechanisms(session, words + 1);
  for (gsize i = 0; i < G_N_ELEMENTS(OFFERS); i++)
    if (!g_ascii_strcasecmp(words[0], OFFERS[i].keyword)) session->offers |= OFFERS[i].offer;
  if (!g_ascii_strcasecmp(words[0], "SIZE") && words[1])
    session->size_max = g_ascii_strtoull(words[1], NULL, 10);
}

static gboolean expect(SendSession *session, const SendReply *reply, int code, const char *doing,
                       GError **error) {
  if (reply->code == code) return TRUE;
  send_session_fail(session, error,
                    reply->code >= 500 ? MAIL_ERROR_PERMANENT : MAIL_ERROR_TRANSIENT, "%s: %s",
                    doing, reply->text);
  return FALSE;
}

static gboolean greet(SendSession *session, GError **error) {
  SendReply reply = {0, NULL};
  gboolean welcome = send_session_read(session, session->submission->timeout_s, &reply, error) &&
                     expect(session, &reply, 220, "the server does not greet us", error);
  send_reply_done(&reply);
  return welcome;
}

static gboolean ehlo(SendSession *session, GError **error) {
  SendReply reply = {0, NULL};
  g_autofree char *command = g_strconcat("EHLO ", session->submission->helo, NULL);
  session->offers = 0;
  session->size_max = 0;
  gboolean welcome =
      put_command(session, command, error) &&
      read_reply(session, session->submission->timeout_s, note_offer, &reply, error) &&
      expect(session, &reply, 250, "EHLO was refused", error);
  send_reply_done(&reply);
  return welcome;
}

static gboolean start_tls(SendSession *session, GError **error) {
  SendReply reply = {0, NULL};
  if (!(session->offers & SEND_STARTTLS)) {
    send_session_fail(session, error, MAIL_ERROR_TLS,
                      "the server does not offer STARTTLS, nothing is sent in clear; is "
                      "submissions:// meant?");
    return FALSE;
  }
  gboolean agreed = send_session_ask(session, "STARTTLS", &reply, error) &&
                    expect(session, &reply, 220, "STARTTLS was refused", error);
  send_reply_done(&reply);
  if (!agreed) return FALSE;
  if (session->at < session->end) {
    send_session_fail(session, error, MAIL_ERROR_PROTOCOL,
                      "the server sent more in clear after STARTTLS; somebody may be injecting it");
    return FALSE;
  }
  tls_stream_budget(session->stream, session->submission->timeout_s, 0);
  if (tls_stream_start(session->stream, error)) return ehlo(session, error);
  session->lost = TRUE;
  return FALSE;
}

/* --- open and close -------------------------------------------------------------------------- */

static gboolean introduce(SendSession *session, GError **error) {
  if (!greet(session, error) || !ehlo(session, error)) return FALSE;
  if (session->submission->url.security == LINK_STARTTLS && !start_tls(session, error))
    return FALSE;
  return send_login(session, error);
}

SendSession *send_session_open(const Submission *submission, int cancel_fd, GError **error) {
  TlsStream *stream = tls_stream_open_cancellable(&submission->url, submission->ca_file,
                                                  submission->timeout_s, cancel_fd, error);
  if (!stream) return NULL;
  SendSession *session = g_new0(SendSession, 1);
  session->stream = stream;
  session->submission = submission;
  session->cancel_fd = cancel_fd;
  if (introduce(session, error)) return session;
  send_session_close(session);
  return NULL;
}

void send_session_close(SendSession *session) {
  if (!session) return;
  SendReply reply = {0, NULL};
  if (!session->lost && send_session_write(session, "QUIT\r\n", 6, QUIT_WAIT_S, NULL) &&
      send_session_read(session, QUIT_WAIT_S, &reply, NULL))
    send_reply_done(&reply);
  tls_stream_close(session->stream);
  g_free(session->mechanism);
  g_free(session);
}

char *send_session_describe(const SendSession *session) {
  GString *text = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(OFFERS); i++) {
    if (!(session->offers & OFFERS[i].offer) || OFFERS[i].offer == SEND_STARTTLS) continue;
    g_string_append_printf(text, "%s%s", text->len ? ", " : "", OFFERS[i].keyword);
    if (OFFERS[i].offer == SEND_SIZE && session->size_max)
      g_string_append_printf(text, " %" G_GUINT64_FORMAT, session->size_max);
  }
  if (session->mechanism)
    g_string_append_printf(text, "%sAUTH %s", text->len ? "; " : "", session->mechanism);
  return g_string_free(text, FALSE);
}
