/* tls_connect - a TCP connection to an endpoint: names looked up, each address tried, all of it
 * within a deadline and ended at once by a cancel descriptor. Used by tls_stream alone. */
#pragma once
#include "daemon/mail/tls_stream.h"

typedef enum { TLS_POLL_READY, TLS_POLL_TIME_OUT, TLS_POLL_CANCELLED } TlsPoll;

/* Wait for `events` on fd until deadline_us (monotonic); cancel_fd readable (-1: none) ends it. */
TlsPoll tls_connect_poll(int fd, short events, int cancel_fd, gint64 deadline_us);

/* A connected, non-blocking socket, or -1 with an error that begins with `where`. LINK_CLEAR
 * connects to loopback addresses alone, whatever the name resolves to. */
int tls_connect(const Endpoint *endpoint, const char *where, int cancel_fd, gint64 deadline_us,
                GError **error);
