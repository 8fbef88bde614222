/* secret_wait - reads a secret without being held up by it: a password command may take its time,
 * so it runs in a thread that is left to itself when we are asked to stop. */
#pragma once
#include "daemon/mail/tls_stream.h"

/* As secret_read, but ends as soon as cancel_fd (-1: none) can be read; of SECRET_OAUTH, `oauth`
 * (else unused) tells how a token is had. NULL with MAIL_ERROR_TRANSIENT (time is up, stopped, no
 * descriptor) or secret_read's error; neither says for which server. The caller frees the value
 * with secret_wipe. */
char *secret_wait(const Secret *secret, OauthSettings *oauth, int cancel_fd, GError **error);
