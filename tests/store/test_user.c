/* user: rows by name, and a store that is verified with them. */
#include "store/user.h"

#include <string.h>

#include "store/keep.h"
#include "tests/store/scratch.h"

static User *person(const char *name) {
  User *user = user_new();
  char **const texts[] = {&user->name, &user->hash, &user->role};
  const char *const values[] = {name, "$hash$", "review"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_free(*texts[i]);
    *texts[i] = g_strdup(values[i]);
  }
  user->created = 1;
  user->changed = 2;
  user->generation = G_MAXUINT64;
  return user;
}

static gboolean say(const User *user, void *context) {
  g_string_append_printf(context, "%s %s %s %d %d %d; ", user->name, user->hash, user->role,
                         (int)user->created, (int)user->changed, user->generation == G_MAXUINT64);
  return strcmp(user->name, "luc") != 0;
}

static void on_fault(const char *fault, void *context) {
  (void)context;
  g_test_message("%s", fault);
}

static void test_rows(void) {
  g_autofree char *path = scratch_new();
  g_autoptr(GError) error = NULL;
  Store *store = store_open(path, STORE_CREATE, &error);
  g_assert_no_error(error);
  static const char *const names[] = {"luc", "hélène", "marie", "hélène"};
  StoreTxn *txn = store_begin(store, TRUE, &error);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(User) user = person(names[i]);
    g_assert_true(user_put(txn, user, &error));
  }
  g_assert_cmpuint(user_count(txn), ==, 3);
  g_autoptr(GString) said = g_string_new(NULL);
  g_assert_true(user_foreach(txn, say, said, &error)); /* stops where it is told to */
  g_assert_cmpstr(said->str, ==, "hélène $hash$ review 1 2 1; luc $hash$ review 1 2 1; ");
  g_assert_true(user_remove(txn, "luc", &error));
  g_assert_false(user_remove(txn, "luc", &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_null(user_get(txn, "luc", &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_true(store_commit(txn, &error));
  txn = store_begin(store, FALSE, &error);
  StoreReport report;
  g_assert_true(store_verify(txn, on_fault, NULL, &report, &error));
  g_assert_cmpuint(report.faults, ==, 0);
  store_abort(txn);
  store_close(store);
  scratch_remove(path);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/user/rows", test_rows);
  return g_test_run();
}
