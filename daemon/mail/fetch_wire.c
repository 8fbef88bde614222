/* fetch_wire - see fetch_wire.h. Relies on tls_stream for time and bytes, on fetch_guard for what
 * libetpan's parser cannot bear. */
#include "daemon/mail/fetch_wire.h"

#include <libetpan/mailstream.h>
#include <libetpan/mmapstring.h>
#include <string.h>

#include "daemon/log.h"
#include "store/crash_point.h"

enum {
  SLOWEST_BYTES_S = 64 << 10,
  TIME_MAX_S = 3600, /* however much was asked for */
  GOODBYE_S = 2,
  READ_BUFFER_BYTES = 16 << 10,
  TEXT_SHOWN_MAX = 200, /* characters of the server's own words */
};

/* --- the stream under libetpan --------------------------------------------------------------- */

static ssize_t link_read(mailstream_low *low, void *data, size_t size) {
  FetchWire *wire = low->data;
  if (wire->error) return -1;
  gssize got = tls_stream_read(wire->stream, data, size, &wire->error);
  if (got < 0) return -1;
  if (got == 0) { /* libetpan would read on for ever */
    fetch_wire_fail(wire, &wire->error, MAIL_ERROR_TRANSIENT, "the server closed the connection");
    return -1;
  }
  const char *fault = fetch_guard_feed(&wire->guard, data, (gsize)got);
  if (!fault) return got;
  fetch_wire_fail(wire, &wire->error, MAIL_ERROR_PROTOCOL, "the server sent %s", fault);
  return -1;
}

static ssize_t link_write(mailstream_low *low, const void *data, size_t size) {
  FetchWire *wire = low->data;
  if (wire->error || !tls_stream_write(wire->stream, data, size, &wire->error)) return -1;
  return (ssize_t)size;
}

static int link_close(mailstream_low *low) {
  (void)low; /* fetch_wire_close closes the stream */
  return 0;
}

static int link_fd(mailstream_low *low) {
  return tls_stream_fd(((FetchWire *)low->data)->stream);
}

static void link_free(mailstream_low *low) {
  free(low);
}

static void link_cancel(mailstream_low *low) {
  (void)low;
}

static const mailstream_low_driver link_driver = {.mailstream_read = link_read,
                                                  .mailstream_write = link_write,
                                                  .mailstream_close = link_close,
                                                  .mailstream_get_fd = link_fd,
                                                  .mailstream_free = link_free,
                                                  .mailstream_cancel = link_cancel};

/* --- a command's budget and its outcome ------------------------------------------------------ */

void fetch_wire_begin(FetchWire *wire) {
  fetch_wire_begin_large(wire, 0, 0, 0);
}

void fetch_wire_begin_large(FetchWire *wire, guint64 expected, guint64 cap, guint64 literal_max) {
  guint seconds = wire->account->timeout_s + (guint)MIN(expected / SLOWEST_BYTES_S, TIME_MAX_S);
  tls_stream_budget(wire->stream, seconds, cap + FETCH_WIRE_COMMAND_BYTES);
  fetch_guard_begin(&wire->guard, FETCH_WIRE_COMMAND_LINES, literal_max);
  crash_point("imap-command");
}

void fetch_wire_fail(const FetchWire *wire, GError **error, MailError code, const char *format,
                     ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(error, MAIL_ERROR, (int)code, "%s: %s", tls_stream_where(wire->stream), text);
}

gboolean fetch_wire_is_broken(const FetchWire *wire, int rc) {
  static const int broken[] = {MAILIMAP_ERROR_BAD_STATE,      MAILIMAP_ERROR_STREAM,
                               MAILIMAP_ERROR_PARSE,          MAILIMAP_ERROR_CONNECTION_REFUSED,
                               MAILIMAP_ERROR_MEMORY,         MAILIMAP_ERROR_FATAL,
                               MAILIMAP_ERROR_PROTOCOL,       MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION,
                               MAILIMAP_ERROR_NEEDS_MORE_DATA};
  if (wire->error) return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(broken); i++)
    if (rc == broken[i]) return TRUE;
  return FALSE;
}

/* A NO that time will cure (RFC 5530). */
static gboolean is_passing(const FetchWire *wire) {
  static const char *const codes[] = {"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT", NULL};
  const struct mailimap_response_info *info = wire->imap->imap_response_info;
  const char *text = wire->imap->imap_response;
  for (guint i = 0; codes[i]; i++) {
    if (info && info->rsp_atom && !g_ascii_strcasecmp(info->rsp_atom, codes[i])) return TRUE;
    if (text && text[0] == '[' && g_str_has_prefix(text + 1, codes[i])) return TRUE;
  }
  return FALSE;
}

static void fail_refused(FetchWire *wire, MailError refused, const char *doing, GError **error) {
  const char *words = wire->imap->imap_response ? wire->imap->imap_response : "";
  g_autofree char *clean = log_clean(words, TEXT_SHOWN_MAX);
  gsize size = strlen(clean);
  if (size && clean[size - 1] == '.') clean[size - 1] = '\0'; /* our own words may follow */
  gboolean passing = is_passing(wire);
  fetch_wire_fail(wire, error, passing ? MAIL_ERROR_TRANSIENT : refused,
                  "%s: the server refuses: %s%s", doing, *clean ? clean : "no reason given",
                  refused == MAIL_ERROR_AUTH && !passing ? "; check user and password" : "");
}

gboolean fetch_wire_done(FetchWire *wire, int rc, MailError refused, const char *doing,
                         GError **error) {
  crash_point("imap-answer");
  if (rc == MAILIMAP_NO_ERROR && !wire->error) return TRUE;
  if (!fetch_wire_is_broken(wire, rc)) {
    fail_refused(wire, refused, doing, error);
    return FALSE;
  }
  wire->broken = TRUE;
  if (wire->error)
    g_propagate_error(error, g_error_copy(wire->error));
  else
    fetch_wire_fail(wire, error, MAIL_ERROR_PROTOCOL,
                    "the answer to %s cannot be understood; is this an IMAP server?", doing);
  return FALSE;
}

/* --- open and close -------------------------------------------------------------------------- */

/* libetpan puts strings over 8 MB into files under /tmp: mail stays in memory. */
static void keep_strings_in_memory(void) {
  static gsize set;
  if (!g_once_init_enter(&set)) return;
  mmap_string_set_ceil(G_MAXSIZE);
  g_once_init_leave(&set, 1);
}

static gboolean greet(FetchWire *wire, gboolean *ret_known, GError **error) {
  mailstream_low *low = mailstream_low_new(wire, (mailstream_low_driver *)&link_driver);
  mailstream *stream = mailstream_new(low, READ_BUFFER_BYTES);
  fetch_wire_begin(wire);
  int rc = mailimap_connect(wire->imap, stream);
  *ret_known = rc == MAILIMAP_NO_ERROR_AUTHENTICATED;
  if (rc == MAILIMAP_NO_ERROR_AUTHENTICATED || rc == MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
    rc = MAILIMAP_NO_ERROR;
  return fetch_wire_done(wire, rc, MAIL_ERROR_TRANSIENT, "the greeting", error);
}

gboolean fetch_wire_open(FetchWire *wire, const Account *account, int cancel_fd,
                         gboolean *ret_known, GError **error) {
  keep_strings_in_memory();
  *wire = (FetchWire){.account = account, .cancel_fd = cancel_fd};
  fetch_guard_init(&wire->guard);
  wire->stream = tls_stream_open_cancellable(&account->imap, account->ca_file, account->timeout_s,
                                             cancel_fd, error);
  if (!wire->stream) return FALSE;
  wire->imap = mailimap_new(0, NULL);
  return greet(wire, ret_known, error);
}

gboolean fetch_wire_start_tls(FetchWire *wire, GError **error) {
  fetch_wire_begin(wire);
  int rc = mailimap_starttls(wire->imap);
  if (!wire->error && wire->imap->imap_stream->read_buffer_len) { /* libetpan says "refused" */
    fetch_wire_fail(wire, error, MAIL_ERROR_PROTOCOL,
                    "the server sent more in clear after STARTTLS; somebody may be injecting it");
    return FALSE;
  }
  if (!fetch_wire_done(wire, rc, MAIL_ERROR_TLS, "STARTTLS", error)) return FALSE;
  return tls_stream_start(wire->stream, error);
}

void fetch_wire_close(FetchWire *wire, gboolean goodbye) {
  if (wire->imap && goodbye && !wire->broken && !wire->error) {
    fetch_wire_begin(wire);
    tls_stream_budget(wire->stream, GOODBYE_S, FETCH_WIRE_COMMAND_BYTES);
    mailimap_logout(wire->imap);
  }
  if (wire->imap && wire->imap->imap_stream) { /* else mailimap_free would log out again */
    mailstream_close(wire->imap->imap_stream);
    wire->imap->imap_stream = NULL;
  }
  if (wire->imap) mailimap_free(wire->imap);
  tls_stream_close(wire->stream);
  g_clear_error(&wire->error);
}
