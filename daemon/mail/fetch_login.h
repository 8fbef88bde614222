/* fetch_login - LOGIN, PLAIN or XOAUTH2 on a greeted connection. Private to fetch_*.c. */
#pragma once
#include "daemon/mail/fetch_wire.h"

/* Ask for the capabilities, read the account's secret, log in. MAIL_ERROR_AUTH: refused for what
 * the account says; the secret's own errors pass through. */
gboolean fetch_login(FetchWire *wire, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the server can do now; more is offered after the login. */
gboolean fetch_login_capabilities(FetchWire *wire, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean fetch_login_offers(const FetchWire *wire, const char *extension);
