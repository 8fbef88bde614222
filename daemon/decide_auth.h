/* decide_auth - did a mail fail authentication? (RFC 8601) Pure. */
#pragma once
#include <glib.h>

/* TRUE: the topmost Authentication-Results field was written by `trusted` and says that DMARC
 * failed, or, where it knows no DMARC, that neither SPF nor DKIM passed and one of them failed. A
 * field by anybody else says nothing. */
gboolean decide_auth_failed(const char *results, const char *trusted);
