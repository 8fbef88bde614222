/* What an expression is known to require, against texts that it matches and that it cannot. */
#include "parsers/required.h"

#include <string.h>

#include "parsers/needles.h"

static const struct {
  const char *regex, *text;
  gboolean may; /* stand in it; TRUE: nothing is known, too */
} rows[] = {
    {"annul(?:er|ez)\\b", "veuillez annuler", TRUE},
    {"annul(?:er|ez)\\b", "veuillez noter", FALSE},
    {"\\b(?:cancel|withdraw)\\b", "i withdraw", TRUE},
    {"\\b(?:cancel|withdraw)\\b", "i come", FALSE},
    {"cancel|no", "no", TRUE}, /* too short to tell */
    {"cancel|[a-z]+", "abc", TRUE},
    {"colou?r", "the color", TRUE},
    {"colou?r", "the cost", FALSE},
    {"abc+d", "abccd", TRUE},
    {"(?:abcd)?xyz", "xyz", TRUE},
    {"(?:abcd){0,2}xyz", "xyz", TRUE},
    {"(?:abcd){,2}xyz", "xyz", TRUE},
    {"(?:abcd){2}", "xyz", FALSE},
    {"a{2b|xyzz}", "xyzz}", TRUE}, /* no quantifier */
    {"CANCEL", "cancel", TRUE},
    {"(?<needs>halal|vegan) meal", "halal meal", TRUE},
    {"(?!cancel)come", "come", TRUE},
    {"(?<!cancel)come", "come", TRUE},
    {"(?=cancel)come", "come", TRUE},
    {"[^a]]cancel", "b]cancel", TRUE},
    {"[]|cancel]here", "]here", TRUE},
    {"[\\]|x]here", "xhere", TRUE},
    {"[[:alpha:]]here", "there", TRUE},
    {"\\Qcancel?\\E", "nothing", TRUE},
    {"(?i)cancel", "nothing", TRUE},
    {"(?x) can cel", "cancel", TRUE},
    {"can\\.cel", "can.cel", TRUE},
    {"can\\.cel", "cancel", FALSE},
    {"\\x{63}ancel", "cancel", TRUE},
    {"\\p{L}ancel", "cancel", TRUE},
    {"\\pLancel", "cancel", TRUE},
    {"(cancel)\\1", "nothing", TRUE},
    {"sister", "\u017fister", TRUE}, /* one case of "s" */
    {"\u53c2\u52a0", "\u53c2\u52a0\u3057\u307e\u3059", TRUE},
    {"\u53c2\u52a0", "\u6b20\u5e2d\u3057\u307e\u3059", FALSE},
    {"((((((((((((((((((((((cancel))))))))))))))))))))))", "nothing", TRUE},
    {"cancel)", "nothing", TRUE},
    {"(cancel", "nothing", TRUE},
    {"[cancel", "nothing", TRUE},
    {"cancel\\", "nothing", TRUE},
    {"", "nothing", TRUE},
};

static void test_rows(void) {
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    Required *required = required_new(rows[i].regex);
    Runs runs;
    runs_note(&runs, rows[i].text, strlen(rows[i].text));
    if (required_may_stand(required, &runs) != rows[i].may)
      g_error("row %u: %s in %s", i, rows[i].regex, rows[i].text);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    gboolean known = required_append(required, words);
    g_ptr_array_add(words, NULL);
    Needles needles;
    needles_init(&needles, (const char *const *)words->pdata);
    if ((!known || needles_stand(&needles, rows[i].text)) != rows[i].may)
      g_error("row %u: words of %s in %s", i, rows[i].regex, rows[i].text);
    required_free(required);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/parsers/required/rows", test_rows);
  return g_test_run();
}
