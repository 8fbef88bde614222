/* test_memo - what is kept comes back, for its own kind and words alone, and there is an end to it.
 */
#include "daemon/memo.h"

static void test_kept(void) {
  Memo *memo = memo_new();
  g_assert_null(memo_get(memo, "SUMMARY", "words"));
  memo_put(memo, "SUMMARY", "words", "text");
  memo_put(memo, "LOCATION", "words", "other");
  g_autofree char *text = memo_get(memo, "SUMMARY", "words");
  g_autofree char *other = memo_get(memo, "LOCATION", "words");
  g_assert_cmpstr(text, ==, "text");
  g_assert_cmpstr(other, ==, "other");
  g_assert_null(memo_get(memo, "CONTACT", "words"));
  memo_free(memo);
}

static void test_none(void) {
  memo_put(NULL, "SUMMARY", "words", "text");
  g_assert_null(memo_get(NULL, "SUMMARY", "words"));
  memo_free(NULL);
}

static void test_bounds(void) {
  Memo *memo = memo_new();
  g_autofree char *longer = g_strnfill(MEMO_TEXT_MAX_BYTES + 1, 'x');
  memo_put(memo, "k", longer, "text");
  memo_put(memo, "k", "words", longer);
  g_assert_null(memo_get(memo, "k", longer));
  g_assert_null(memo_get(memo, "k", "words"));
  memo_put(memo, "k", "first", "text");
  for (guint i = 0; i < MEMO_TEXTS_MAX; i++) {
    g_autofree char *words = g_strdup_printf("%u", i);
    memo_put(memo, "k", words, "text");
  }
  g_assert_null(memo_get(memo, "k", "first"));
  g_autofree char *last = memo_get(memo, "k", "255");
  g_assert_cmpstr(last, ==, "text");
  memo_free(memo);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/memo/kept", test_kept);
  g_test_add_func("/memo/none", test_none);
  g_test_add_func("/memo/bounds", test_bounds);
  return g_test_run();
}
