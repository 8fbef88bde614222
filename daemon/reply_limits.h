/* reply_limits - when may this reply go out? Pure. A limit delays, it never drops. */
#pragma once
#include "daemon/config.h"

/* `to_address` and `to_all`: GArray of CounterEntry (store/counter.h), oldest first. Returns the
 * earliest time >= now at which every limit holds; *ret_limit: name of the limit that delays
 * ("address_hour", …; static), NULL when it is `now`. Zammad and RFC 3834 section 2 are the models.
 */
gint64 reply_limits_next(const ReplyLimits *limits, const GArray *to_address, const GArray *to_all,
                         const char *text_hash, gint64 now, const char **ret_limit);
