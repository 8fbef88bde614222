/* fetch_wire - libetpan on our own stream: what fetch_session and fetch_login stand on.
 *
 * Verified TLS below it; each command gets a deadline, a cap of bytes, of lines and of a literal;
 * fetch_guard sees every byte before libetpan's parser does. Private to fetch_*.c. */
#pragma once
#include <libetpan/mailimap.h>

#include "daemon/config.h"
#include "daemon/mail/fetch_guard.h"
#include "daemon/mail/tls_stream.h"

enum {
  FETCH_WIRE_COMMAND_BYTES = 1 << 20, /* cap of an answer that is no message */
  FETCH_WIRE_COMMAND_LINES = 20000
};

typedef struct {
  const Account *account;
  int cancel_fd;
  TlsStream *stream;
  mailimap *imap;
  FetchGuard guard;
  GError *error;   /* the stream's or the guard's first */
  gboolean broken; /* out of step: nothing more may be said */
} FetchWire;

/* Connect and read the greeting; *ret_known: it says that we are logged in (PREAUTH). What FALSE
 * leaves behind is still closed by fetch_wire_close. */
gboolean fetch_wire_open(FetchWire *wire, const Account *account, int cancel_fd,
                         gboolean *ret_known, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* STARTTLS: nothing that was sent in clear before it counts. */
gboolean fetch_wire_start_tls(FetchWire *wire, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Close; with `goodbye` and if the connection is in step, log out first (at most two seconds). */
void fetch_wire_close(FetchWire *wire, gboolean goodbye);

/* A command begins that is answered by text alone. */
void fetch_wire_begin(FetchWire *wire);
/* One that is answered by about `expected` bytes of mail, and that `cap` bytes may answer, in
 * literals of at most literal_max each. */
void fetch_wire_begin_large(FetchWire *wire, guint64 expected, guint64 cap, guint64 literal_max);

/* Codes of libetpan after which the connection is out of step; all others mean a tagged NO or BAD.
 */
gboolean fetch_wire_is_broken(const FetchWire *wire, int rc);
/* Turn libetpan's code into an error: `refused` is the code of a NO; `doing` names the command. */
gboolean fetch_wire_done(FetchWire *wire, int rc, MailError refused, const char *doing,
                         GError **error);
void fetch_wire_fail(const FetchWire *wire, GError **error, MailError code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
