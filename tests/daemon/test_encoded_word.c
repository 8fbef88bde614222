/* encoded_word: RFC 2047 words that are whole and read back. */
#include "daemon/encoded_word.h"

#include <string.h>

static void test_needed(void) {
  static const struct {
    const char *text;
    gboolean needed;
  } cases[] = {
      {"Registration confirmed", FALSE},
      {"", FALSE},
      {"R\303\251union", TRUE},
      {"=?utf-8?Q?x?=", TRUE},
      {"a b c d e f g h i j k l m n o p q r s t u v w x y z and so on and on and on", FALSE},
      {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", TRUE}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].text);
    g_assert_true(encoded_word_needed(cases[i].text) == cases[i].needed);
  }
}

/* Decode each word by itself: it must be valid UTF-8 alone (RFC 2047 5: "integral number"). */
static char *decode(const char *words) {
  GString *out = g_string_new(NULL);
  g_auto(GStrv) list = g_strsplit(words, "\n ", -1);
  for (char **word = list; *word; word++) {
    g_assert_cmpuint(strlen(*word), <=, 75);
    g_assert_true(g_str_has_prefix(*word, "=?UTF-8?B?"));
    g_assert_true(g_str_has_suffix(*word, "?="));
    g_autofree char *code = g_strndup(*word + 10, strlen(*word) - 12);
    gsize length = 0;
    g_autofree guchar *bytes = g_base64_decode(code, &length);
    g_assert_true(g_utf8_validate((char *)bytes, (gssize)length, NULL));
    g_string_append_len(out, (char *)bytes, (gssize)length);
  }
  return g_string_free(out, FALSE);
}

static void test_reads_back(void) {
  static const char *const texts[] = {
      "é", "Re: Réunion du comité de pilotage large français du 3 juillet 2019 à Paris",
      "第7回日仏自治体交流会議フランス側拡大運営委員会第1回会合への参加申込を受け付けました",
      "が\343\201\213\343\202\231が\343\201\213\343\202\231が\343\201\213\343\202\231が\343\201\213"
      "\343\202\231が\343\201\213\343\202\231が\343\201\213\343\202\231",
      "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    for (gsize first = 0; first < 40; first++) {
      g_autofree char *words = encoded_word_write(texts[i], first);
      g_autofree char *back = decode(words);
      g_assert_cmpstr(back, ==, texts[i]);
      g_assert_cmpuint(first + strcspn(words, "\n"), <=, 76);
    }
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/encoded_word/needed", test_needed);
  g_test_add_func("/encoded_word/reads-back", test_reads_back);
  return g_test_run();
}
