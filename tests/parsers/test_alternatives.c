/* test_alternatives - where labels stand in folded text: endings, signs between words, the longest.
 */
#include "parsers/alternatives.h"

#include <string.h>

#include "parsers/fold.h"

enum { LABELS_MAX = 5 };

typedef struct {
  const char *labels[LABELS_MAX]; /* found by their number */
  const char *line;               /* the label begins it */
  const char *want;               /* "number:what stands behind it"; "": none was found */
} Row;

static const Row rows[] = {
    {{"Nom"}, "Nom : X", "0: : x"},
    {{"Nom"}, "Nomade", ""},
    {{"Nom"}, "Nom2", ""},
    {{"Nom"}, "Nom", "0:"},
    {{"Nom"}, "No", ""},
    {{"Prénom(s)"}, "PRENOM", "0:"},
    {{"Prénom"}, "Prénom(s) : X", "0: : x"},
    {{"Prénoms"}, "prénom", "0:"},
    {{"Présent"}, "présent(e)(s) X", "0: x"},
    {{"Présent"}, "présent-e-s", "0:"},
    {{"Présent"}, "présent.e.s", "0:"},
    {{"Présent"}, "présentes", "0:"},
    {{"Présent"}, "présentés", "0:"},
    {{"Présent"}, "présentse", ""},
    {{"Présent"}, "présent(e", "0:"},
    {{"Présent"}, "présent - X", "0: - x"},
    {{"Présent"}, "présent-X", "0:-x"},
    {{"Présent(e) le 3"}, "présents le 3 mai", "0: mai"},
    {{"Nom de la ville"}, "nom-de - la /ville", "0:"},
    {{"Nom de la ville"}, "nom de la     ville", ""}, /* five signs apart */
    {{"Nom de la ville"}, "nom(s) (de) la ville", "0:"},
    {{"Nom ville"}, "nom : ville", ""},
    {{"Nom ville"}, "nom\tville", ""},
    {{"Nom ville"}, "nom ☐ ville", ""},
    {{"Nom ville"}, "nomville", ""},
    {{"TVA"}, "TVAs", "0:"},
    {{"No"}, "Nos", ""}, /* two letters have no ending */
    {{"Courriel e mail"}, "courriel e-mail", "0:"},
    {{"Courriel e mail"}, "courriels e mail", "0:"},
    {{"Nom", "Nom de la ville"}, "nom de la ville X", "1: x"},
    {{"Nom", "Nom de la ville"}, "nom de la villa X", "0: de la villa x"},
    {{"Nom de famille", "Nom", "Nom usuel"}, "nom usuel", "2:"},
    {{"Présents", "Présente"}, "présentes", "0:"}, /* as far, as long: by stem */
    {{"氏名"}, "氏名：山田", "0::山田"},
    {{"氏名"}, "氏名々", ""},
    {{"〒"}, "〒 100", "0: 100"},
    {{"Name"}, "ſame", ""},
    {{"Sigle"}, "ſigle", "0:"},
    {{"Νομος"}, "ΝΟΜΟΣ", "0:"},
};

static char *find(const Row *row, const char *line) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(alternative_free);
  for (guint i = 0; i < LABELS_MAX && row->labels[i]; i++)
    g_ptr_array_add(all, alternative_new(row->labels[i], i));
  alternatives_sort(all);
  const char *end = NULL;
  const Alternative *found = alternatives_find(all, 0, all->len, line, &end);
  return found ? g_strdup_printf("%u:%s", found->mark, end) : g_strdup("");
}

static void test_rows(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *line = fold_string(rows[i].line);
    g_autofree char *got = find(&rows[i], line);
    if (strcmp(got, rows[i].want) == 0) continue;
    g_test_message("'%s': got '%s', not '%s'", rows[i].line, got, rows[i].want);
    g_test_fail();
  }
}

static void test_nothing_in_it(void) {
  g_assert_null(alternative_new("", 0));
  g_assert_null(alternative_new(" : ", 0));
}

/* Signs that could be taken in many ways, behind each of many words, all for nothing. */
static void test_no_way_is_tried_twice(void) {
  g_autoptr(GString) label = g_string_new(NULL), line = g_string_new(NULL);
  for (guint i = 0; i < 200; i++) {
    g_string_append(label, "ville ");
    g_string_append(line, "ville-e-s) ");
  }
  g_string_append(label, "nom");
  Row row = {{label->str}, NULL, NULL};
  gint64 begin = g_get_monotonic_time();
  g_autofree char *got = find(&row, line->str);
  g_assert_cmpstr(got, ==, "");
  g_assert_cmpint(g_get_monotonic_time() - begin, <, G_USEC_PER_SEC);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/alternatives/rows", test_rows);
  g_test_add_func("/alternatives/empty", test_nothing_in_it);
  g_test_add_func("/alternatives/bounded", test_no_way_is_tried_twice);
  return g_test_run();
}
