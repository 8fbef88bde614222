/* Words of a text: those of some that stand in it, one of a list, and a line folded again. */
#include "parsers/words.h"

#include <string.h>

#include "parsers/fold.h"
#include "parsers/needles.h"

static void test_needles(void) {
  static const char *const words[] = {"message", "mail",  "\xC5\xBF", "ab",         "abc", "one",
                                      "two",     "three", "six",      "メッセージ", NULL};
  static const struct {
    const char *text;
    gboolean stand;
  } rows[] = {
      {"", FALSE},         {"m", FALSE},        {"mess", FALSE},     {"memessage", TRUE},
      {"courriel", FALSE}, {"e-mail", TRUE},    {"mai l", FALSE},    {"a", FALSE},
      {"ba", FALSE},       {"xab", TRUE},       {"\xC5\xBF", TRUE},  {"me\xC5\xBFsage", TRUE},
      {"thre", FALSE},     {"a three b", TRUE}, {"メッセー", FALSE}, {"元のメッセージ", TRUE},
      {"toe", FALSE},      {"sid", FALSE},
  };
  Needles needles;
  needles_init(&needles, words);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (needles_stand(&needles, rows[i].text) != rows[i].stand)
      g_test_fail_printf("'%s'", rows[i].text);
  needles_init(&needles, words + G_N_ELEMENTS(words) - 1);
  g_assert_false(needles_stand(&needles, "message"));
}

static void test_among(void) {
  static const char *const list[] = {"ville", "villes", "mairie", NULL};
  g_assert_true(words_among(list, "ville"));
  g_assert_true(words_among(list, "mairie"));
  g_assert_false(words_among(list, "vill"));
  g_assert_false(words_among(list, ""));
  g_assert_false(words_among(list + 3, "ville"));
}

/* Folded from what is known of it or anew: the same text, and the same way back. */
static void test_fold_again(void) {
  static const char *const lines[] = {"",        "Prénom(s) :",      " Nom : X", "Nom : X ",
                                      "œuvre",   "氏名（漢字）：",   "ｶﾞ ",      "a\u00A0",
                                      "\u3000x", "Œ. — «\u202Foui»", "é",        "`A`"};
  g_auto(Fold) anew = {0}, again = {0};
  fold_init(&anew);
  fold_init(&again);
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_autofree char *folded = g_strstrip(fold_string(lines[i]));
    fold_line(&anew, lines[i], -1);
    fold_again(&again, lines[i], folded);
    g_assert_cmpstr(anew.text->str, ==, again.text->str);
    for (gsize at = 0; at <= anew.text->len; at++)
      g_assert_cmpuint(fold_origin(&anew, at), ==, fold_origin(&again, at));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/words/needles", test_needles);
  g_test_add_func("/words/among", test_among);
  g_test_add_func("/words/fold-again", test_fold_again);
  return g_test_run();
}
