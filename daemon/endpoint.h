/* endpoint - the URL of a server: scheme, host, port; clear text to loopback alone. */
#pragma once
#include "daemon/config.h"

typedef struct {
  const char *scheme; /* "imaps"; NULL ends a table */
  guint16 port;       /* where the URL has none */
  LinkSecurity security;
} EndpointScheme;

extern const EndpointScheme ENDPOINT_IMAP[];
extern const EndpointScheme ENDPOINT_SUBMISSION[];

/* SCHEME://HOST[:PORT]. Into *ret_endpoint, whose strings are replaced; else NULL in none of it
 * and what is wrong (owned by the caller) is returned. NULL: right. */
char *endpoint_parse(const char *url, const EndpointScheme *schemes, Endpoint *ret_endpoint);
/* localhost, 127.0.0.0/8, ::1: by form, nothing is looked up. */
gboolean endpoint_is_loopback(const char *host);
void endpoint_done(Endpoint *endpoint);

/* Where the page may listen: "" (nowhere), "127.0.0.1:PORT", "[::1]:PORT" (loopback by number
 * alone) or "unix:/PATH". NULL: right; else what is wrong, owned by the caller. */
char *endpoint_check_listen(const char *listen);
/* The page's URL: "" or http://HOST[:PORT]/PATH/ or https://…, the path of letters, digits and
 * "-._~/". http is for loopback alone. As above. */
char *endpoint_check_page(const char *url);
