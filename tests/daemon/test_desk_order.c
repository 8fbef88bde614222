/* desk_order: after any changes the rows stand as if they had been sorted anew, both ways. */
#include "daemon/desk/desk_order.h"

#include <string.h>

enum { ROWS_MAX = 400, ROUNDS = 300, KEYS = 40 };

/* The same by the plainest means: rows with a key by it and their number, then those without. */
static gint before(gconstpointer a, gconstpointer b, gpointer context) {
  char **keys = context;
  guint left = *(const guint *)a, right = *(const guint *)b;
  if (!keys[left] || !keys[right]) {
    if (keys[left] || keys[right]) return keys[left] ? -1 : 1;
    return left < right ? -1 : 1;
  }
  gint by_key = strcmp(keys[left], keys[right]);
  return by_key ? by_key : left < right ? -1 : 1;
}

static void assert_sorted(const DeskOrder *order, char **keys, guint count) {
  guint rows[ROWS_MAX], keyed = 0;
  for (guint i = 0; i < count; i++) {
    rows[i] = i;
    keyed += keys[i] != NULL;
  }
  g_qsort_with_data(rows, (gint)count, sizeof *rows, before, keys);
  g_assert_true(desk_order_is_settled(order));
  g_assert_cmpuint(desk_order_count(order), ==, count);
  for (guint i = 0; i < count; i++) {
    g_assert_cmpuint(desk_order_row(order, i, FALSE), ==, rows[i]);
    guint turned = i < keyed ? rows[keyed - 1 - i] : rows[i];
    g_assert_cmpuint(desk_order_row(order, i, TRUE), ==, turned);
  }
}

static char *random_key(void) {
  gint32 number = g_test_rand_int_range(0, KEYS);
  return number ? g_strdup_printf("%02d", number) : NULL;
}

static void put(DeskOrder *order, char **keys, guint row) {
  g_free(keys[row]);
  keys[row] = random_key();
  desk_order_take(order, row, g_strdup(keys[row]));
}

static void test_any_changes(void) {
  DeskOrder *order = desk_order_new("last_name");
  char *keys[ROWS_MAX] = {NULL};
  guint count = 0;
  for (guint round = 0; round < ROUNDS; round++) {
    guint news = (guint)g_test_rand_int_range(0, 4), changes = (guint)g_test_rand_int_range(0, 12);
    for (guint i = 0; i < news && count < ROWS_MAX; i++) put(order, keys, count++);
    for (guint i = 0; i < changes && count; i++)
      put(order, keys, (guint)g_test_rand_int_range(0, (gint32)count));
    desk_order_settle(order);
    assert_sorted(order, keys, count);
  }
  g_assert_cmpuint(count, >, 100);
  for (guint i = 0; i < count; i++) g_free(keys[i]);
  desk_order_free(order);
}

static void test_nothing(void) {
  DeskOrder *order = desk_order_new("last_name");
  g_assert_cmpstr(desk_order_field(order), ==, "last_name");
  desk_order_settle(order);
  g_assert_cmpuint(desk_order_count(order), ==, 0);
  gsize empty = desk_order_bytes(order);
  desk_order_take(order, 0, g_strdup("a long key"));
  g_assert_false(desk_order_is_settled(order));
  desk_order_settle(order);
  g_assert_cmpuint(desk_order_bytes(order), >, empty);
  desk_order_take(order, 0, g_strdup("a long key")); /* the same is no change */
  g_assert_true(desk_order_is_settled(order));
  desk_order_free(order);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/order/any-changes", test_any_changes);
  g_test_add_func("/order/nothing", test_nothing);
  return g_test_run();
}
