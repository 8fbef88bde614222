/* Our Message-IDs: made, read back, and not to be forged. */
#include <string.h>

#include "daemon/token.h"

static const guint8 SECRET[32] = {1, 2, 3};
static const guint8 OTHER[32] = {9};

static void test_roundtrip(void) {
  g_autofree char *id = token_make(SECRET, 12, 345, "confirmed", 0, "cuf.example");
  g_autofree char *same = token_make(SECRET, 12, 345, "confirmed", 0, "cuf.example");
  g_autofree char *next = token_make(SECRET, 12, 345, "confirmed", 1, "cuf.example");
  guint64 thread = 0, message = 0;
  g_assert_cmpstr(id, ==, same);
  g_assert_cmpstr(id, !=, next);
  g_assert_true(g_str_has_prefix(id, "bulletind.12.345.confirmed."));
  g_assert_true(g_str_has_suffix(id, "@cuf.example"));
  g_assert_true(token_read(SECRET, id, &thread, &message));
  g_assert_cmpuint(thread, ==, 12);
  g_assert_cmpuint(message, ==, 345);
  g_assert_true(token_read(SECRET, next, NULL, NULL));
}

static void test_accepted_forms(void) {
  g_autofree char *id = token_make(SECRET, 7, 8, "ask", 2, "cuf.example");
  g_autofree char *angled = g_strdup_printf("<%s>", id);
  g_autofree char *upper = g_ascii_strup(id, -1);
  g_assert_true(token_read(SECRET, angled, NULL, NULL));
  g_assert_true(token_read(SECRET, upper, NULL, NULL)); /* servers that fold the case */
}

static void test_forgeries(void) {
  g_autofree char *id = token_make(SECRET, 12, 345, "confirmed", 0, "cuf.example");
  g_assert_false(token_read(OTHER, id, NULL, NULL));
  for (char *at = id; *at != '@'; at++) { /* any other letter anywhere */
    char kept = *at;
    *at = kept == 'x' ? 'y' : 'x';
    g_assert_false(token_read(SECRET, id, NULL, NULL));
    *at = kept;
  }
  static const char *const strange[] = {"",
                                        "@",
                                        "<>",
                                        "a@b",
                                        "bulletind.@x",
                                        "bulletind.1.2.ask@x",
                                        "bulletind.1.2.ask.aaaaaaaaaaaaaaaaaaaaaaaa@x"};
  for (gsize i = 0; i < G_N_ELEMENTS(strange); i++)
    g_assert_false(token_read(SECRET, strange[i], NULL, NULL));
  g_autofree char *flood = g_strnfill(100000, 'a');
  g_assert_false(token_read(SECRET, flood, NULL, NULL));
}

static void test_find(void) {
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  g_assert_cmpuint(token_find(SECRET, ids), ==, 0);
  g_ptr_array_add(ids, g_strdup("their@own.example"));
  g_ptr_array_add(ids, token_make(OTHER, 66, 1, "ask", 0, "cuf.example"));
  g_ptr_array_add(ids, token_make(SECRET, 77, 1, "ask", 0, "cuf.example"));
  g_assert_cmpuint(token_find(SECRET, ids), ==, 77);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/token/roundtrip", test_roundtrip);
  g_test_add_func("/token/accepted-forms", test_accepted_forms);
  g_test_add_func("/token/forgeries", test_forgeries);
  g_test_add_func("/token/find", test_find);
  return g_test_run();
}
