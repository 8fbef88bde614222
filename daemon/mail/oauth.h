/* oauth - access tokens for XOAUTH2 (RFC 6749 6), kept and renewed; the one user of libcurl.
 *
 * Every call is bounded in time and in bytes. Any thread, several programs: whoever comes first
 * renews, the others find the new token. */
#pragma once
#include "daemon/config.h"
#include "daemon/mail/oauth_answer.h"

enum { OAUTH_CONNECT_TIMEOUT_S = 10, OAUTH_TIMEOUT_S = 25 }; /* below secret_wait's */

/* A token that holds for a while; kept before it is returned, freed with secret_wipe. NULL:
 * MAIL_ERROR_TRANSIENT (again later) or CONFIG_ERROR (a person must do what it says). */
char *oauth_token(const OauthSettings *settings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The mail server refused `token`. TRUE: the next oauth_token brings another at once; FALSE: it was
 * new, or nothing can be changed now. */
gboolean oauth_refused(const OauthSettings *settings, const char *token);

/* What a form is sent with; value NULL: left out. */
typedef struct {
  const char *name, *value;
} OauthField;

typedef struct {
  long status;
  char *body;
  gsize size;
} OauthReply;
void oauth_reply_done(OauthReply *reply); /* wiped */

/* POST a form with the client's id and secret. No redirect is followed. FALSE: OAUTH_ERROR or
 * CONFIG_ERROR (the secret cannot be read). */
gboolean oauth_post(const OauthSettings *settings, const char *url, const OauthField *fields,
                    gsize count, OauthReply *ret_reply, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep a new login; `tokens` must hold a refresh token and is emptied. */
gboolean oauth_keep(const OauthSettings *settings, OauthTokens *tokens,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
