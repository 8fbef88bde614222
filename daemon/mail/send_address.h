/* send_address - the forms of an address in the envelope. Private to send_*.c. */
#pragma once
#include <glib.h>

enum { ADDRESS_BYTES_MAX = 254, ADDRESS_LOCAL_BYTES_MAX = 64, ADDRESS_LABEL_BYTES_MAX = 63 };

/* The address as it stands between < and >: its domain in ASCII (IDNA), for every server knows
 * that. NULL: not one addr-spec. "" gives "" only where `null_path`. The caller frees. */
char *send_address_path(const char *address, gboolean null_path);
