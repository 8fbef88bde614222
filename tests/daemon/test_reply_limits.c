/* When a reply may go out: the contract's limits, one by one and together. */
#include <string.h>

#include "daemon/reply_limits.h"
#include "store/counter.h"

enum { NOW = 1000000, HOUR = 3600, DAY = 86400 };

/* `times`: seconds before NOW of earlier replies, oldest first; all with the hash "h". */
static GArray *replies_before(const char *times) {
  GArray *entries = g_array_new(FALSE, TRUE, sizeof(CounterEntry));
  g_auto(GStrv) words = g_strsplit(times, " ", -1);
  for (char **word = words; *word && **word; word++) {
    CounterEntry entry = {.time = NOW - g_ascii_strtoll(*word, NULL, 10), .hash = "h"};
    g_array_append_val(entries, entry);
  }
  return entries;
}

static void test_cases(void) {
  static const struct {
    ReplyLimits limits;
    const char *address, *all, *hash;
    gint64 next; /* after NOW */
    const char *limit;
  } rows[] = {
      {{.address_hour = 2}, "30 20", "", "x", HOUR - 30, "address_hour"},
      {{.address_hour = 2}, "30", "", "x", 0, NULL},
      {{.address_hour = 2}, "3600 20", "", "x", 0, NULL},
      {{.address_hour = 2}, "40 30 20", "", "x", HOUR - 30, "address_hour"},
      {{.address_day = 1}, "7200", "", "x", DAY - 7200, "address_day"},
      {{.all_10min = 3}, "", "100 50 20", "x", 500, "all_10min"},
      {{.same_text_days = 7}, "86400", "", "h", 6 * DAY, "same_text_days"},
      {{.same_text_days = 7}, "86400", "", "other", 0, NULL},
      {{0}, "3 2 1", "3 2 1", "h", 0, NULL},
      {{.address_hour = 1, .address_day = 2}, "7200 30", "", "x", DAY - 7200, "address_day"},
      {{.address_hour = 1}, "-600", "", "x", HOUR + 600, "address_hour"}, /* one is planned */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GArray) address = replies_before(rows[i].address);
    g_autoptr(GArray) all = replies_before(rows[i].all);
    const char *limit = NULL;
    gint64 next = reply_limits_next(&rows[i].limits, address, all, rows[i].hash, NOW, &limit);
    g_assert_cmpint(next - NOW, ==, rows[i].next);
    g_assert_cmpstr(limit, ==, rows[i].limit);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reply_limits/cases", test_cases);
  return g_test_run();
}
