/* oauth_login - a person lets us read and send: device code (RFC 8628), or a browser that comes
 * back to a loopback address (RFC 8252) with PKCE (RFC 7636). Blocks; every wait has an end. */
#pragma once
#include "daemon/mail/oauth.h"

enum {
  OAUTH_BROWSER_WAIT_S = 600,        /* for the person */
  OAUTH_REQUEST_BYTES_MAX = 8 << 10, /* of a browser's request, or of a pasted address */
  OAUTH_REQUEST_WAIT_S = 5,
  OAUTH_REQUESTS_MAX = 100, /* that lead nowhere */
  OAUTH_SLOW_DOWN_S = 5     /* RFC 8628 3.5 */
};

/* Shows a line to the person. */
typedef void (*OauthTell)(const char *line);

/* A login by what the provider has: device code first, else the browser. paste_fd (-1: none): where
 * the person may paste the address that a browser on another machine could not open. FALSE:
 * OAUTH_ERROR or CONFIG_ERROR. On TRUE *ret_tokens has a refresh token; oauth_tokens_done. */
gboolean oauth_login(const OauthSettings *settings, int paste_fd, OauthTell tell,
                     OauthTokens *ret_tokens, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- pure, for the tests --------------------------------------------------------------------- */

/* S256 of a verifier (RFC 7636 4.2), base64url. The caller frees. */
char *oauth_login_challenge(const char *verifier);
/* The code in "GET /?code=…&state=… HTTP/1.1", or in an address that was pasted. NULL: it is none
 * for us (another path, another state): go on waiting. OAUTH_ERROR_DENIED: the person said no. */
char *oauth_login_code(const char *line, const char *state, GError **error);
