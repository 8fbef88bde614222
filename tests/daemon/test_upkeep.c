/* upkeep - what is forgotten once an event is over: private fields first, the rest later. */
#include "daemon/upkeep.h"

#include "daemon/event.h"
#include "tests/store/scratch.h"

enum { DAY_S = 24 * 60 * 60, ENDS = 1000 * DAY_S, PEOPLE = UPKEEP_EXPIRE_MAX + 20 };

static void add_people(Store *store) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, TRUE);
  for (int i = 0; i < PEOPLE; i++) {
    g_autoptr(Registration) row = registration_new();
    g_free(row->event);
    row->event = g_strdup("e");
    registration_set(row, "city", "Paris");
    registration_set(row, "needs", "nuts");
    g_assert_true(registration_add(txn, row, &error));
  }
  scratch_commit(txn);
}

static gboolean count_needs(const Registration *row, void *context) {
  *(guint *)context += registration_value(row, "needs") ? 1 : 0;
  return TRUE;
}

static void assert_left(Store *store, guint people, guint needs) {
  StoreTxn *txn = scratch_begin(store, FALSE);
  guint found = 0;
  g_assert_true(registration_foreach(txn, "e", count_needs, &found, NULL));
  g_assert_cmpuint(registration_count(txn), ==, people);
  g_assert_cmpuint(found, ==, needs);
  store_abort(txn);
}

static void test_retain(void) {
  static const struct {
    const char *name;
    guint registration_days, needs_days;
    gint64 ends, days_after;
    guint calls, people, needs;
  } rows[] = {
      {"not over yet", 5, 2, ENDS, -1, 9, PEOPLE, PEOPLE},
      {"over, in its term", 5, 2, ENDS, 1, 9, PEOPLE, PEOPLE},
      {"needs, a bounded piece", 5, 2, ENDS, 3, 1, PEOPLE, 20},
      {"needs", 5, 2, ENDS, 3, 9, PEOPLE, 0},
      {"all", 5, 2, ENDS, 6, 9, 0, 0},
      {"for ever", 0, 0, ENDS, 9000, 9, PEOPLE, PEOPLE},
      {"no end is known", 5, 2, 0, 9000, 9, PEOPLE, PEOPLE},
  };
  EventField city = {.name = (char *)"city"}, needs = {.name = (char *)"needs", .private = TRUE};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].name);
    WITH_STORE(path, store);
    g_autoptr(GPtrArray) fields = g_ptr_array_new(), events = g_ptr_array_new();
    Event event = {.id = (char *)"e", .ends = rows[i].ends, .fields = fields};
    g_ptr_array_add(fields, &city);
    g_ptr_array_add(fields, &needs);
    g_ptr_array_add(events, &event);
    Config config = {.events = events,
                     .registration_days = rows[i].registration_days,
                     .needs_days = rows[i].needs_days};
    Retention retention = {0};
    add_people(store);
    for (guint call = 0; call < rows[i].calls; call++)
      g_assert_true(
          upkeep_retain(store, &config, &retention, ENDS + rows[i].days_after * DAY_S + 1, NULL));
    assert_left(store, rows[i].people, rows[i].needs);
    END_STORE(path, store);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/upkeep/retain", test_retain);
  return g_test_run();
}
