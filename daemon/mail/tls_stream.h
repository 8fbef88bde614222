/* tls_stream - a socket with TLS (GnuTLS), deadlines and byte caps, under IMAP and SMTP alike.
 *
 * Verifies chain and host name before a byte is sent (RFC 6125, 7817, 8314), TLS 1.2 or later. Each
 * call ends at the deadline; no more than the cap is read after tls_stream_budget. */
#pragma once
#include "daemon/config.h"

typedef enum {
  MAIL_ERROR_TRANSIENT, /* network, time-out, 4yz: try again later */
  MAIL_ERROR_PERMANENT, /* refused for good: 5yz, folder missing */
  MAIL_ERROR_AUTH,      /* wrong user or password */
  MAIL_ERROR_TLS,       /* certificate or name does not hold */
  MAIL_ERROR_PROTOCOL   /* the server breaks the protocol or a bound */
} MailError;
#define MAIL_ERROR (mail_error_quark())
GQuark mail_error_quark(void);

typedef struct TlsStream TlsStream;

/* Connect to the endpoint; with LINK_TLS the handshake is done here. ca_file NULL: the system's. */
TlsStream *tls_stream_open(const Endpoint *endpoint, const char *ca_file, guint timeout_s,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same; the stream's calls also end, with an error, as soon as cancel_fd can be read (-1:
 * none). It is borrowed until the close. */
TlsStream *tls_stream_open_cancellable(const Endpoint *endpoint, const char *ca_file,
                                       guint timeout_s, int cancel_fd,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After STARTTLS: refuses if bytes are waiting in clear (command injection), then the handshake. */
gboolean tls_stream_start(TlsStream *stream, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tls_stream_close(TlsStream *stream);

/* From now on: so many seconds and so many bytes in (0: no cap). */
void tls_stream_budget(TlsStream *stream, guint seconds, guint64 bytes_in);
/* Read up to size bytes, wait for the first. Returns the count, 0 at end of file, -1 with an error.
 */
gssize tls_stream_read(TlsStream *stream, void *data, gsize size, GError **error);
/* Write everything. */
gboolean tls_stream_write(TlsStream *stream, const void *data, gsize size,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Wait until something can be read, the descriptor wake_fd (-1: none) can, or timeout_ms passed:
 * 1 readable, 2 woken, 0 time-out. */
int tls_stream_wait(TlsStream *stream, int wake_fd, int timeout_ms);
int tls_stream_fd(const TlsStream *stream);
/* "imaps://imap.example.org:993", as every error begins. */
const char *tls_stream_where(const TlsStream *stream);
