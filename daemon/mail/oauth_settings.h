/* oauth_settings - the providers' addresses, and what a configured login needs (daemon/config.h).
 */
#pragma once
#include "daemon/config.h"

OauthSettings *oauth_settings_new(void);
OauthSettings *oauth_settings_ref(OauthSettings *settings);
/* NULL is fine. */
void oauth_settings_unref(OauthSettings *settings);

/* Fill in what the provider knows, and where the login is kept: a file of `store` that the same
 * user of the same client shares, so that one login serves mailbox and submission. `name` is what
 * bulletinctl calls the account by. */
void oauth_settings_complete(OauthSettings *settings, const char *name, const char *user,
                             const char *store);
/* What is wrong, and with which key (*ret_key, static). NULL: nothing. The caller frees. */
char *oauth_settings_problem(const OauthSettings *settings, const char **ret_key);
