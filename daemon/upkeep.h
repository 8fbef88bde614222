/* upkeep - what is done from time to time: retention, and watching that nobody has fallen silent.
 */
#pragma once
#include "daemon/mailbox.h"
#include "store/person.h"
#include "store/store.h"

enum { UPKEEP_EVERY_S = 60, UPKEEP_EXPIRE_MAX = 500, UPKEEP_COUNTER_DAYS = 31 };

/* Forget raw mail, journal lines and counters whose time is over, a bounded number a call. */
gboolean upkeep_expire(Store *store, const Config *config, gint64 now, GError **error);
/* Where the day's walk over the events that are over has come to; zeroed to begin. */
typedef struct {
  gint64 day; /* since 1970; 0: none yet */
  guint task; /* two an event: its private fields, then all of it */
  guint gone;
  RetentionWalk walk;
} Retention;
/* A bounded piece of the day's walk: forget private fields (keep_needs) and registrations with
 * their mails and answers (keep_registrations) of events that ended so long ago. */
gboolean upkeep_retain(Store *store, const Config *config, Retention *retention, gint64 now,
                       GError **error);
/* A mailbox that was not read for silence_s is an error in the log, told once. */
void upkeep_silence(Mailbox *mailbox, gint64 now_monotonic_us, gint64 silence_s);
/* Has the fetcher's thread given a sign of life within what its timeouts allow? */
gboolean upkeep_fetcher_alive(const Mailbox *mailbox, gint64 now_monotonic_us);
