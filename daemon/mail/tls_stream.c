/* tls_stream - see tls_stream.h. Every wait goes through tls_connect_poll: deadline and cancel. */
#include "daemon/mail/tls_stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/mail/tls_connect.h"

#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM"
#define NAMES_TOLD_MAX 3 /* of a certificate, in a message */
#define CANCEL_LOOK_US 10000

struct TlsStream {
  int fd, cancel_fd;
  char *where, *host, *ca_file;
  gnutls_session_t session; /* NULL: in clear */
  gnutls_certificate_credentials_t credentials;
  gint64 deadline_us; /* monotonic */
  guint64 cap, left;  /* cap 0: none */
  gint64 looked_us;   /* when a reader looked at cancel_fd last, monotonic */
  gboolean drained;   /* the last read took all there was: the next one waits first */
};

GQuark mail_error_quark(void) {
  return g_quark_from_static_string("mail-error");
}

static void fail(const TlsStream *stream, GError **error, MailError code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
static void fail(const TlsStream *stream, GError **error, MailError code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(error, MAIL_ERROR, (int)code, "%s: %s", stream->where, text);
}

static gboolean fail_waiting(const TlsStream *stream, TlsPoll why, const char *doing,
                             GError **error) {
  if (why == TLS_POLL_CANCELLED)
    fail(stream, error, MAIL_ERROR_TRANSIENT, "cancelled");
  else
    fail(stream, error, MAIL_ERROR_TRANSIENT, "the server did not answer in time (%s)", doing);
  return FALSE;
}

/* Wait for `events` until the deadline. */
static gboolean ready(const TlsStream *stream, short events, const char *doing, GError **error) {
  TlsPoll got = tls_connect_poll(stream->fd, events, stream->cancel_fd, stream->deadline_us);
  return got == TLS_POLL_READY || fail_waiting(stream, got, doing, error);
}

/* Asked before data that is at hand too: who drips a byte at a time, or floods us, ends at the
 * deadline and when we are told to stop. `every_us`: so often that is looked for. */
static gboolean may_go_on(TlsStream *stream, gint64 every_us, const char *doing, GError **error) {
  gint64 now_us = g_get_monotonic_time();
  if (now_us >= stream->deadline_us) return fail_waiting(stream, TLS_POLL_TIME_OUT, doing, error);
  if (now_us - stream->looked_us < every_us) return TRUE;
  stream->looked_us = now_us;
  if (stream->cancel_fd >= 0 &&
      tls_connect_poll(stream->cancel_fd, POLLIN, -1, 0) == TLS_POLL_READY)
    return fail_waiting(stream, TLS_POLL_CANCELLED, doing, error);
  return TRUE;
}

/* --- what is wrong with a certificate -------------------------------------------------------- */

static gnutls_x509_crt_t peer_certificate(const TlsStream *stream) {
  unsigned int count = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers(stream->session, &count);
  gnutls_x509_crt_t certificate = NULL;
  if (!chain || !count || gnutls_x509_crt_init(&certificate) < 0) return NULL;
  if (gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) == 0) return certificate;
  gnutls_x509_crt_deinit(certificate);
  return NULL;
}

/* Certificates come from strangers: nothing but printable ASCII goes into a message. */
static void append_clean(GString *text, const char *bytes, gsize size) {
  for (gsize i = 0; i < size && i < 255; i++)
    g_string_append_c(text, g_ascii_isprint(bytes[i]) ? bytes[i] : '?');
}

static void append_alternative(GString *names, const char *value, gsize size, int type) {
  if (names->len) g_string_append(names, ", ");
  char address[INET6_ADDRSTRLEN];
  if (type == GNUTLS_SAN_IPADDRESS && (size == 4 || size == 16) &&
      inet_ntop(size == 4 ? AF_INET : AF_INET6, value, address, sizeof address))
    g_string_append(names, address);
  else
    append_clean(names, value, size);
}

/* The names that a certificate stands for, as text. */
static char *certificate_names(gnutls_x509_crt_t certificate) {
  GString *names = g_string_new(NULL);
  char value[512];
  guint told = 0;
  for (guint i = 0; told < NAMES_TOLD_MAX; i++) {
    gsize size = sizeof value;
    int type = gnutls_x509_crt_get_subject_alt_name(certificate, i, value, &size, NULL);
    if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE || i > 100) break;
    if (type != GNUTLS_SAN_DNSNAME && type != GNUTLS_SAN_IPADDRESS) continue;
    append_alternative(names, value, size, type);
    told++;
  }
  gsize size = sizeof value;
  if (!names->len && gnutls_x509_crt_get_dn(certificate, value, &size) == 0)
    append_clean(names, value, size);
  return g_string_free(names, FALSE);
}

static char *certificate_issuer(gnutls_x509_crt_t certificate) {
  GString *issuer = g_string_new(NULL);
  char value[512];
  gsize size = sizeof value;
  if (gnutls_x509_crt_get_issuer_dn(certificate, value, &size) == 0)
    append_clean(issuer, value, size);
  return g_string_free(issuer, FALSE);
}

static char *day_of(time_t when) {
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(when);
  return date ? g_date_time_format(date, "%F") : g_strdup("?");
}

static char *trust_told(const TlsStream *stream, gnutls_x509_crt_t certificate) {
  g_autofree char *issuer = certificate_issuer(certificate);
  return stream->ca_file
             ? g_strdup_printf("certificate is signed by '%s', which %s does not hold; ca_file "
                               "must name the authority that signed it",
                               issuer, stream->ca_file)
             : g_strdup_printf("certificate is signed by '%s', which this system does not trust; "
                               "set ca_file to that authority's certificate (PEM)",
                               issuer);
}

static char *verdict_told(const TlsStream *stream, gnutls_x509_crt_t certificate, guint status) {
  if (status & GNUTLS_CERT_SIGNER_NOT_FOUND) return trust_told(stream, certificate);
  if (status & GNUTLS_CERT_EXPIRED) {
    g_autofree char *day = day_of(gnutls_x509_crt_get_expiration_time(certificate));
    return g_strdup_printf("certificate expired (its last day is %s); it must be renewed there",
                           day);
  }
  if (status & GNUTLS_CERT_NOT_ACTIVATED) {
    g_autofree char *day = day_of(gnutls_x509_crt_get_activation_time(certificate));
    return g_strdup_printf("certificate is not valid before %s; is this machine's clock right?",
                           day);
  }
  if (status & GNUTLS_CERT_UNEXPECTED_OWNER) {
    g_autofree char *names = certificate_names(certificate);
    return g_strdup_printf("certificate is for '%s', not '%s'; name the server as its certificate "
                           "does",
                           names, stream->host);
  }
  return NULL;
}

static void fail_certificate(const TlsStream *stream, GError **error) {
  guint status = gnutls_session_get_verify_cert_status(stream->session);
  gnutls_x509_crt_t certificate = peer_certificate(stream);
  g_autofree char *told = certificate ? verdict_told(stream, certificate, status) : NULL;
  if (certificate) gnutls_x509_crt_deinit(certificate);
  if (!told) {
    gnutls_datum_t text = {NULL, 0};
    gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0);
    told = g_strdup_printf("certificate does not hold: %s",
                           text.data ? g_strstrip((char *)text.data) : "none was sent");
    gnutls_free(text.data);
  }
  fail(stream, error, MAIL_ERROR_TLS, "%s", told);
}

/* --- handshake ------------------------------------------------------------------------------- */

static gboolean load_trust(TlsStream *stream, GError **error) {
  int rc = gnutls_certificate_allocate_credentials(&stream->credentials);
  g_assert(rc == 0);
  rc = stream->ca_file ? gnutls_certificate_set_x509_trust_file(
                             stream->credentials, stream->ca_file, GNUTLS_X509_FMT_PEM)
                       : gnutls_certificate_set_x509_system_trust(stream->credentials);
  if (rc > 0) return TRUE;
  fail(stream, error, MAIL_ERROR_TLS,
       "%s: %s; a PEM file with the authority's certificate is "
       "needed",
       stream->ca_file ? stream->ca_file : "the system's authorities",
       rc == 0 ? "holds no certificate" : gnutls_strerror(rc));
  return FALSE;
}

static gboolean prepare(TlsStream *stream, GError **error) {
  if (!load_trust(stream, error)) return FALSE;
  int rc = gnutls_init(&stream->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
  g_assert(rc == 0);
  rc = gnutls_priority_set_direct(stream->session, PRIORITY, NULL);
  g_assert(rc == 0);
  gnutls_credentials_set(stream->session, GNUTLS_CRD_CERTIFICATE, stream->credentials);
  if (!g_hostname_is_ip_address(stream->host))
    gnutls_server_name_set(stream->session, GNUTLS_NAME_DNS, stream->host, strlen(stream->host));
  gnutls_session_set_verify_cert(stream->session, stream->host, 0);
  gnutls_transport_set_int(stream->session, stream->fd);
  gnutls_handshake_set_timeout(stream->session, GNUTLS_INDEFINITE_TIMEOUT); /* ours counts */
  return TRUE;
}

static void fail_handshake(const TlsStream *stream, int rc, GError **error) {
  if (rc == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR || rc == GNUTLS_E_NO_CERTIFICATE_FOUND)
    fail_certificate(stream, error);
  else if (rc == GNUTLS_E_UNEXPECTED_PACKET_LENGTH || rc == GNUTLS_E_UNEXPECTED_PACKET ||
           rc == GNUTLS_E_RECORD_OVERFLOW || rc == GNUTLS_E_UNSUPPORTED_VERSION_PACKET)
    fail(stream, error, MAIL_ERROR_TLS,
         "the server does not speak TLS 1.2 or later on this port; "
         "is STARTTLS meant, or another port?");
  else
    fail(stream, error,
         rc == GNUTLS_E_PREMATURE_TERMINATION || rc == GNUTLS_E_PULL_ERROR ? MAIL_ERROR_TRANSIENT
                                                                           : MAIL_ERROR_TLS,
         "TLS handshake failed: %s%s%s", gnutls_strerror(rc),
         rc == GNUTLS_E_FATAL_ALERT_RECEIVED ? " " : "",
         rc == GNUTLS_E_FATAL_ALERT_RECEIVED
             ? gnutls_alert_get_name(gnutls_alert_get(stream->session))
             : "");
}

static short wanted(const TlsStream *stream) {
  return gnutls_record_get_direction(stream->session) ? POLLOUT : POLLIN;
}

static gboolean handshake(TlsStream *stream, GError **error) {
  if (!prepare(stream, error)) return FALSE;
  for (;;) {
    int rc = gnutls_handshake(stream->session);
    if (rc == 0) return TRUE;
    if (rc != GNUTLS_E_AGAIN && rc != GNUTLS_E_INTERRUPTED && gnutls_error_is_fatal(rc)) {
      fail_handshake(stream, rc, error);
      return FALSE;
    }
    if (rc == GNUTLS_E_AGAIN && !ready(stream, wanted(stream), "TLS handshake", error))
      return FALSE;
  }
}

/* --- open, start, close ---------------------------------------------------------------------- */

/* The scheme as configured, host and port as used: "imaps://imap.example.org:993". */
static char *place(const Endpoint *endpoint) {
  const char *end = endpoint->url ? strstr(endpoint->url, "://") : NULL;
  gboolean bracket = strchr(endpoint->host, ':') != NULL;
  return g_strdup_printf("%.*s%s%s%s:%u", end ? (int)(end + 3 - endpoint->url) : 0,
                         end ? endpoint->url : "", bracket ? "[" : "", endpoint->host,
                         bracket ? "]" : "", endpoint->port);
}

TlsStream *tls_stream_open_cancellable(const Endpoint *endpoint, const char *ca_file,
                                       guint timeout_s, int cancel_fd, GError **error) {
  TlsStream *stream = g_new0(TlsStream, 1);
  stream->fd = -1;
  stream->cancel_fd = cancel_fd;
  stream->where = place(endpoint);
  stream->host = g_strdup(endpoint->host);
  stream->ca_file = g_strdup(ca_file);
  tls_stream_budget(stream, timeout_s, 0);
  stream->fd = tls_connect(endpoint, stream->where, cancel_fd, stream->deadline_us, error);
  if (stream->fd >= 0 && (endpoint->security != LINK_TLS || handshake(stream, error)))
    return stream;
  tls_stream_close(stream);
  return NULL;
}

TlsStream *tls_stream_open(const Endpoint *endpoint, const char *ca_file, guint timeout_s,
                           GError **error) {
  return tls_stream_open_cancellable(endpoint, ca_file, timeout_s, -1, error);
}

gboolean tls_stream_start(TlsStream *stream, GError **error) {
  char byte;
  if (recv(stream->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
    fail(stream, error, MAIL_ERROR_PROTOCOL,
         "the server sent more in clear after STARTTLS; somebody may be injecting it");
    return FALSE;
  }
  return handshake(stream, error);
}

void tls_stream_close(TlsStream *stream) {
  if (!stream) return;
  if (stream->session) {
    gnutls_bye(stream->session, GNUTLS_SHUT_WR); /* non-blocking, once: a courtesy */
    gnutls_deinit(stream->session);
  }
  if (stream->credentials) gnutls_certificate_free_credentials(stream->credentials);
  if (stream->fd >= 0) close(stream->fd);
  g_free(stream->where);
  g_free(stream->host);
  g_free(stream->ca_file);
  g_free(stream);
}

void tls_stream_budget(TlsStream *stream, guint seconds, guint64 bytes_in) {
  stream->deadline_us = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
  stream->cap = stream->left = bytes_in;
}

/* --- read and write -------------------------------------------------------------------------- */

enum { IO_AGAIN = -2 };

static gssize read_clear(const TlsStream *stream, void *data, gsize size, GError **error) {
  gssize got = recv(stream->fd, data, size, MSG_DONTWAIT);
  if (got >= 0) return got;
  if (errno == EAGAIN || errno == EINTR) return IO_AGAIN;
  fail(stream, error, MAIL_ERROR_TRANSIENT, "connection lost: %s", g_strerror(errno));
  return -1;
}

static gssize read_tls(const TlsStream *stream, void *data, gsize size, GError **error) {
  gssize got = gnutls_record_recv(stream->session, data, size);
  if (got >= 0) return got;
  if (got == GNUTLS_E_PREMATURE_TERMINATION) return 0;
  /* A renegotiation is never agreed to. */
  if (got != GNUTLS_E_REHANDSHAKE && !gnutls_error_is_fatal((int)got)) return IO_AGAIN;
  fail(stream, error, MAIL_ERROR_TRANSIENT, "connection lost: %s", gnutls_strerror((int)got));
  return -1;
}

gssize tls_stream_read(TlsStream *stream, void *data, gsize size, GError **error) {
  if (stream->cap && !stream->left) {
    fail(stream, error, MAIL_ERROR_PROTOCOL,
         "the server sent more than the %" G_GUINT64_FORMAT " bytes allowed here", stream->cap);
    return -1;
  }
  if (stream->cap) size = (gsize)MIN(size, stream->left);
  for (;;) {
    if (!may_go_on(stream, CANCEL_LOOK_US, "reading", error)) return -1;
    if (stream->drained && !stream->session && !ready(stream, POLLIN, "reading", error)) return -1;
    gssize got = stream->session ? read_tls(stream, data, size, error)
                                 : read_clear(stream, data, size, error);
    stream->drained = !stream->session && got >= 0 && (gsize)got < size;
    if (got > 0 && stream->cap) stream->left -= (guint64)got;
    if (got != IO_AGAIN) return got;
    short events = stream->session ? wanted(stream) : POLLIN;
    if (!ready(stream, events, "reading", error)) return -1;
  }
}

static gssize write_clear(const TlsStream *stream, const void *data, gsize size, GError **error) {
  gssize put = send(stream->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (put >= 0) return put;
  if (errno == EAGAIN || errno == EINTR) return IO_AGAIN;
  fail(stream, error, MAIL_ERROR_TRANSIENT, "connection lost: %s", g_strerror(errno));
  return -1;
}

static gssize write_tls(const TlsStream *stream, const void *data, gsize size, GError **error) {
  gssize put = gnutls_record_send(stream->session, data, size);
  if (put >= 0) return put;
  if (!gnutls_error_is_fatal((int)put)) return IO_AGAIN;
  fail(stream, error, MAIL_ERROR_TRANSIENT, "connection lost: %s", gnutls_strerror((int)put));
  return -1;
}

gboolean tls_stream_write(TlsStream *stream, const void *data, gsize size, GError **error) {
  const char *at = data;
  while (size) {
    if (!may_go_on(stream, 0, "writing", error)) return FALSE;
    gssize put =
        stream->session ? write_tls(stream, at, size, error) : write_clear(stream, at, size, error);
    if (put == IO_AGAIN) {
      if (!ready(stream, stream->session ? wanted(stream) : POLLOUT, "writing", error))
        return FALSE;
      continue;
    }
    if (put < 0) return FALSE;
    at += put;
    size -= (gsize)put;
  }
  return TRUE;
}

int tls_stream_wait(TlsStream *stream, int wake_fd, int timeout_ms) {
  if (stream->session && gnutls_record_check_pending(stream->session) > 0) return 1;
  gint64 until_us = g_get_monotonic_time() + (gint64)MAX(timeout_ms, 0) * 1000;
  struct pollfd fds[] = {
      {stream->fd, POLLIN, 0}, {wake_fd, POLLIN, 0}, {stream->cancel_fd, POLLIN, 0}};
  for (;;) {
    gint64 left_us = MAX(0, until_us - g_get_monotonic_time());
    int count = poll(fds, G_N_ELEMENTS(fds), (int)((left_us + 999) / 1000));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return 0;
    return fds[1].revents || fds[2].revents ? 2 : 1;
  }
}

int tls_stream_fd(const TlsStream *stream) {
  return stream->fd;
}

const char *tls_stream_where(const TlsStream *stream) {
  return stream->where;
}
