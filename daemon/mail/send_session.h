/* send_session - one connection to the submission server: greeting, EHLO, TLS, AUTH, replies.
 *
 * Private to send_*.c. Each call is bounded in time (the submission's timeout) and in bytes, and
 * ends early when cancel_fd can be read. */
#pragma once
#include "daemon/config.h"
#include "daemon/mail/tls_stream.h"

enum {
  SEND_LINE_BYTES_MAX = 2048, /* of a reply; RFC 5321 4.5.3.1.5 has 512 */
  SEND_REPLY_LINES_MAX = 100,
  SEND_REPLY_TEXT_MAX = 500, /* kept of it */
  SEND_COMMAND_BYTES_MAX = 512,
  SEND_DATA_TIMEOUTS = 5 /* the end of data may take so many times the timeout (RFC 5321 4.5.3.2) */
};

/* What EHLO offers, as bits. */
typedef enum {
  SEND_PIPELINING = 1 << 0,
  SEND_8BITMIME = 1 << 1,
  SEND_SMTPUTF8 = 1 << 2,
  SEND_DSN = 1 << 3,
  SEND_SIZE = 1 << 4,
  SEND_STARTTLS = 1 << 5,
  SEND_AUTH_PLAIN = 1 << 6,
  SEND_AUTH_LOGIN = 1 << 7,
  SEND_AUTH_XOAUTH2 = 1 << 8
} SendOffer;

typedef struct {
  TlsStream *stream;
  const Submission *submission;
  int cancel_fd;
  guint offers;       /* SendOffer */
  guint64 size_max;   /* of a mail; 0: not told */
  guint served;       /* mails that the server has answered for, well or ill */
  gboolean mail_open; /* a refused mail must be forgotten before the next: RSET */
  gboolean lost;      /* nothing more can be said here */
  char *mechanism;    /* of AUTH; NULL: none was needed */
  gsize at, end;      /* of what was read and not yet used */
  char buffer[SEND_LINE_BYTES_MAX];
} SendSession;

/* A whole reply: its code, and its lines as one line of clean text, "250 2.1.0 Ok". */
typedef struct {
  int code;
  char *text;
} SendReply;
void send_reply_done(SendReply *reply);

/* Connect and come as far as MAIL. NULL: an error that names the server. */
SendSession *send_session_open(const Submission *submission, int cancel_fd,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* QUIT where that can still be said; the answer is waited for briefly. */
void send_session_close(SendSession *session);

/* Write bytes within `seconds`. FALSE: the session is lost. */
gboolean send_session_write(SendSession *session, const void *data, gsize size, guint seconds,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Read one reply within `seconds`. FALSE: the session is lost; after code 421 it is lost too. */
gboolean send_session_read(SendSession *session, guint seconds, SendReply *ret_reply,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Has the server closed, or spoken unasked, while we were idle? */
gboolean send_session_is_stale(SendSession *session);
/* "PIPELINING, SIZE 10240000, DSN; AUTH PLAIN". The caller frees. */
char *send_session_describe(const SendSession *session);

/* An error of this session: "submission://host:587: TEXT". */
void send_session_fail(SendSession *session, GError **error, MailError code, const char *format,
                       ...) G_GNUC_PRINTF(4, 5);

/* --- between the files of a session ---------------------------------------------------------- */

/* One command and its reply. */
gboolean send_session_ask(SendSession *session, const char *command, SendReply *ret_reply,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Log in with what the server offers; nothing to do without a user (send_login.c). */
gboolean send_login(SendSession *session, GError **error) G_GNUC_WARN_UNUSED_RESULT;
