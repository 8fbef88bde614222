/* oauth_answer - what a token server said, read with distrust (RFC 6749 5, RFC 8628 3.2).
 *
 * Pure: bytes in, values out. Every size is bounded; a text that is kept is one clean line. */
#pragma once
#include <glib.h>

enum {
  OAUTH_ANSWER_BYTES_MAX = 64 << 10,
  OAUTH_TOKEN_BYTES_MAX = 12 << 10, /* of one token; base64 of it still fits an AUTH line of ours */
  OAUTH_CODE_BYTES_MAX = 4 << 10,   /* of a device code */
  OAUTH_USER_CODE_CHARS_MAX = 64,
  OAUTH_TEXT_CHARS_MAX = 200,      /* kept of an error's description */
  OAUTH_LIFETIME_DEFAULT_S = 3600, /* where expires_in is missing */
  OAUTH_LIFETIME_MAX_S = 30 * 86400,
  OAUTH_DEVICE_LIFETIME_MAX_S = 1800,
  OAUTH_INTERVAL_DEFAULT_S = 5, /* RFC 8628 3.5 */
  OAUTH_INTERVAL_MAX_S = 60
};

typedef enum {
  OAUTH_ERROR_TRANSIENT, /* busy, out of reach, nonsense: again later */
  OAUTH_ERROR_WITHDRAWN, /* the grant does not hold: a person must log in */
  OAUTH_ERROR_SETTING,   /* client, secret, scope or address is wrong */
  OAUTH_ERROR_PENDING,   /* the person has not decided (RFC 8628 3.5) */
  OAUTH_ERROR_SLOW_DOWN, /* the same, and we ask too often */
  OAUTH_ERROR_DENIED     /* the person said no, or not in time */
} OauthError;
#define OAUTH_ERROR (oauth_error_quark())
GQuark oauth_error_quark(void);

typedef struct {
  char *access_token;
  char *refresh_token; /* NULL: the one that we have goes on (RFC 6749 6) */
  guint lifetime_s;    /* 1 to OAUTH_LIFETIME_MAX_S */
} OauthTokens;
void oauth_tokens_done(OauthTokens *tokens); /* wiped */

typedef struct {
  char *device_code, *user_code, *url;
  guint lifetime_s, interval_s;
} OauthDevice;
void oauth_device_done(OauthDevice *device);

/* The body of a token server's answer with HTTP status `status`. FALSE: OAUTH_ERROR, in which no
 * token stands. */
gboolean oauth_answer_tokens(long status, const char *body, gsize size, OauthTokens *ret_tokens,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The body of a device authorisation answer. */
gboolean oauth_answer_device(long status, const char *body, gsize size, OauthDevice *ret_device,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Is this an address that secrets may be sent to: https://, or http:// to 127.0.0.1 or [::1]? */
gboolean oauth_answer_is_safe_url(const char *url);
