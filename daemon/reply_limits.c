/* reply_limits - each limit is a window and a number: the first moment at which all of them hold.
 */
#include "daemon/reply_limits.h"

#include <string.h>

#include "store/counter.h"

enum { MINUTES_10_S = 600, HOUR_S = 3600, DAY_S = 24 * HOUR_S };

typedef struct {
  const char *name;
  const GArray *entries;
  guint max;
  gint64 window_s;
  const char *hash; /* only equal texts count; NULL: all */
} Limit;

/* When fewer than `max` of the entries lie in the window that ends then. */
static gint64 free_at(const Limit *limit, gint64 now) {
  g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
  for (guint i = 0; i < limit->entries->len; i++) {
    const CounterEntry *entry = &g_array_index(limit->entries, CounterEntry, i);
    if (entry->time > now - limit->window_s &&
        (!limit->hash || strcmp(entry->hash, limit->hash) == 0))
      g_array_append_val(times, entry->time);
  }
  if (!limit->max || times->len < limit->max) return now;
  return g_array_index(times, gint64, times->len - limit->max) + limit->window_s;
}

gint64 reply_limits_next(const ReplyLimits *limits, const GArray *to_address, const GArray *to_all,
                         const char *text_hash, gint64 now, const char **ret_limit) {
  const Limit all[] = {
      {"address_hour", to_address, limits->address_hour, HOUR_S, NULL},
      {"address_day", to_address, limits->address_day, DAY_S, NULL},
      {"all_10min", to_all, limits->all_10min, MINUTES_10_S, NULL},
      {"same_text_days", to_address, limits->same_text_days ? 1 : 0,
       (gint64)limits->same_text_days * DAY_S, text_hash},
  };
  gint64 next = now;
  *ret_limit = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
    gint64 at = free_at(&all[i], now);
    if (at <= next) continue;
    next = at;
    *ret_limit = all[i].name;
  }
  return next;
}
