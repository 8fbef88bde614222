/* cms - the content of signed data (RFC 5652 5), as opaque S/MIME mails and ".p7m" files hold it.
 *
 * Walks down to the content and reads nothing else: signatures are not verified, so no TLS library
 * is linked with the parser. DER and BER (parts of unknown length, as programs write that sign
 * while they send). */
#pragma once
#include <glib.h>

/* What was signed in `data`. NULL: nothing is in it (certificates alone, a detached signature), or
 * it cannot be read. *ret_broken: it does not end as it should; what came is returned. */
GBytes *cms_signed_content(GBytes *data, gboolean *ret_broken);
