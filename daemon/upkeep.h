/* upkeep - what is done from time to time: retention, and watching that nobody has fallen silent.
 */
#pragma once
#include "daemon/mailbox.h"
#include "store/store.h"

enum { UPKEEP_EVERY_S = 60, UPKEEP_EXPIRE_MAX = 500, UPKEEP_COUNTER_DAYS = 31 };

/* Forget raw mail, journal lines and counters whose time is over, a bounded number a call. */
gboolean upkeep_expire(Store *store, const Config *config, gint64 now, GError **error);
/* A mailbox that was not read for silence_s is an error in the log, told once. */
void upkeep_silence(Mailbox *mailbox, gint64 now_monotonic_us, gint64 silence_s);
/* Has the fetcher's thread given a sign of life within what its timeouts allow? */
gboolean upkeep_fetcher_alive(const Mailbox *mailbox, gint64 now_monotonic_us);
