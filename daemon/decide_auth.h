/* decide_auth - did a mail fail authentication? (RFC 8601) Pure. */
#pragma once
#include <glib.h>

/* TRUE: the topmost Authentication-Results field was written by `trusted` and says that DMARC
 * failed, or, where it knows no DMARC, that neither SPF nor DKIM passed and one of them failed. A
 * field by anybody else says nothing; one whose quotes or comments do not end says failed. */
gboolean decide_auth_failed(const char *results, const char *trusted);

/* TRUE: that field proves that the mail is of the domain of `from` (addr-spec): DMARC, DKIM or SPF
 * passed for this domain or one above it, and nothing that counts more failed. */
gboolean decide_auth_proves(const char *results, const char *trusted, const char *from);
