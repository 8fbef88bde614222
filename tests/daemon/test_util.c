/* test_util - what is UTF-8 says the same as GLib, wherever in a word of eight bytes it stands. */
#include "daemon/util.h"

static const char *const pieces[] = {"a",
                                     "\xc3\xa9",
                                     "\xe6\x97\xa5",
                                     "\xf0\x9f\x98\x80",
                                     "\xc3",
                                     "\x80",
                                     "\xc0\x80",
                                     "\xe0\x80\x80",
                                     "\xed\xa0\x80",
                                     "\xf4\x90\x80\x80",
                                     "\xff",
                                     "\xf0\x9f",
                                     "\xef\xbf\xbf",
                                     "\x7f",
                                     "\x01"};

static void check(const char *text, gsize size) {
  gboolean want = g_utf8_validate_len(text, size, NULL);
  g_assert_cmpint(utf8_is_valid(text, size), ==, want);
}

static void test_utf8(void) {
  for (gsize before = 0; before < 18; before++)
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++)
      for (gsize k = 0; k < G_N_ELEMENTS(pieces); k++) {
        g_autofree char *start = g_strnfill(before, 'x');
        g_autofree char *text = g_strconcat(start, pieces[i], pieces[k], "0123456789", NULL);
        for (gsize size = 0; size <= strlen(text); size++) check(text, size);
      }
}

static void test_nul(void) {
  for (gsize at = 0; at < 20; at++) {
    char text[20];
    memset(text, 'x', sizeof text);
    text[at] = '\0';
    check(text, sizeof text);
    check(text, at);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/util/utf8", test_utf8);
  g_test_add_func("/util/nul", test_nul);
  return g_test_run();
}
