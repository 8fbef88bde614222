/* counter - when we answered whom, for the limits: survives restarts. */
#pragma once
#include "store/store.h"

typedef struct {
  gint64 time;   /* seconds since 1970 */
  char hash[65]; /* text_hash of the reply, "" if none */
} CounterEntry;

/* Note a reply to `address` (lower case) planned for `time`. */
gboolean counter_add(StoreTxn *txn, const char *address, gint64 time, const char *hash,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Replies to `address` with time >= since, oldest first, no more than the last `most`, which is at
 * most COUNTER_MAX: GArray of CounterEntry. `address` NULL: replies to everybody. Never NULL. What
 * is not asked for costs nothing. */
GArray *counter_list(StoreTxn *txn, const char *address, gint64 since, guint most);
enum { COUNTER_MAX = 1000 };
/* Drop entries older than `before`; at most `max`. Returns how many. */
guint counter_expire(StoreTxn *txn, gint64 before, guint max);
