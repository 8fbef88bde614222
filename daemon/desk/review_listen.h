/* review_listen - the socket that the page listens on: TCP on loopback, or a Unix socket. */
#pragma once
#include <glib.h>

enum { LISTEN_BACKLOG = 64, LISTEN_UNIX_MODE = 0660 };

/* A listening socket for `place`, as endpoint_check_listen allows it; never "". A Unix socket that
 * is left over (a socket on which nobody answers) is removed first, anything else that stands there
 * is not. -1 with an error (G_IO_ERROR) that says place, fault and cure. The caller closes it. */
int review_listen_open(const char *place, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Take a Unix socket's name away; nothing else is done for the others. Call before it is closed. */
void review_listen_remove(const char *place);
