/* send_smtp - submission (RFC 6409) by our own pipelined client: a pool of connections, a thread
 * each.
 *
 * EHLO, STARTTLS, AUTH PLAIN, LOGIN, XOAUTH2; PIPELINING (RFC 2920), SIZE, 8BITMIME, SMTPUTF8 where
 * an address needs it, DSN where offered: NOTIFY=NEVER with the null return path, else
 * NOTIFY=FAILURE. Every address is checked before it is sent. */
#pragma once
#include "daemon/config.h"
#include "daemon/mail/tls_stream.h"

typedef struct SendSmtp SendSmtp;

typedef struct {
  guint64 id; /* outbox id */
  char *envelope_from, *to;
  char *from_path, *to_path; /* as they stand in MAIL and RCPT; NULL: no address */
  gboolean utf8;             /* a path is not ASCII: SMTPUTF8 (RFC 6531) */
  gboolean is_8bit;          /* the mail is: 8BITMIME (RFC 6152) */
  GBytes *mail;              /* CRLF line ends; dot-stuffed here */
} SendItem;
SendItem *send_item_new(guint64 id, const char *envelope_from, const char *to, GBytes *mail);
void send_item_free(SendItem *item);

typedef struct {
  guint64 id;
  int code;         /* last SMTP reply: 250 accepted, 4yz, 5yz; 0: link lost or not connected */
  gboolean server;  /* code 0: nothing wrong with this item, the server cannot be reached */
  const char *text; /* one line: reply or error */
} SendResult;

/* Called in a connection's thread, once for each item. */
typedef void (*SendDone)(const SendResult *result, void *context);

SendSmtp *send_smtp_new(const Submission *submission, SendDone done, void *context);
/* Queue an item; takes it. Never blocks. */
void send_smtp_push(SendSmtp *send, SendItem *item);
/* Finish the items in hand within timeout_s, report the rest as code 0 server, free. */
void send_smtp_free(SendSmtp *send, guint timeout_s);

/* Is this one addr-spec that may stand in MAIL or RCPT (RFC 5321 4.1.2; no CR LF, no > 254 bytes)?
 */
gboolean send_smtp_address_ok(const char *address);

/* Connect, EHLO, TLS, AUTH, QUIT: one line to `lines` for `bulletinctl check`; without an
 * envelope_from also MAIL FROM:<> and RSET: a line where the null return path is not taken. */
gboolean send_smtp_check(const Submission *submission, GPtrArray *lines);
