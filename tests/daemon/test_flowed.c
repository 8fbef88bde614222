/* flowed: what is written reads back as the same text in an RFC 3676 reader. */
#include "daemon/flowed.h"

#include <string.h>

/* An RFC 3676 4.1-4.5 reader: the independent other side. */
static char *read_flowed(const char *text, gboolean delsp) {
  GString *out = g_string_new(NULL);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line && (line[1] || **line); line++) {
    const char *content = **line == ' ' ? *line + 1 : *line;
    gsize length = strlen(content);
    gboolean soft = length && content[length - 1] == ' ' && strcmp(content, "-- ");
    g_string_append_len(out, content, (gssize)(soft && delsp ? length - 1 : length));
    if (!soft) g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}

static guint columns(const char *line) {
  guint width = 0;
  for (const char *p = line; *p; p = g_utf8_next_char(p))
    width += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
  return width;
}

#define TEN "0123456789"
static const struct {
  const char *text, *want; /* want NULL: only that it reads back */
} cases[] = {
    {"", "\n"},
    {"Bonjour,\n\nmerci.", "Bonjour,\n\nmerci.\n"},
    {"trailing   \nblank", "trailing\nblank\n"},
    {" a\n> b\nFrom c\nFromage", "  a\n > b\n From c\nFromage\n"},
    {"-- \nCUF", "-- \nCUF\n"},
    {TEN TEN TEN TEN TEN TEN TEN " next word", TEN TEN TEN TEN TEN TEN TEN " \nnext word\n"},
    {TEN TEN TEN TEN TEN TEN TEN TEN TEN, TEN TEN TEN TEN TEN TEN TEN TEN TEN "\n"},
    {TEN TEN TEN TEN TEN TEN " From " TEN TEN TEN, NULL},
    {TEN TEN TEN TEN TEN TEN " > " TEN TEN TEN, NULL},
    {"あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもや、ゆよ",
     "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも \nや、ゆよ\n"},
    {"あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもや「ゆよ」", NULL},
    {"Collectivité : Communauté d'agglomération du Pays d'Aix-en-Provence, direction des "
     "relations internationales, service de la coopération décentralisée",
     NULL},
};

static void test_cases(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *have = flowed_write(cases[i].text, flowed_delsp(cases[i].text));
    if (cases[i].want) g_assert_cmpstr(have, ==, cases[i].want);
  }
}

static void test_reads_back(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    if (g_str_has_prefix(cases[i].text, "trailing")) continue; /* is trimmed, on purpose */
    g_autofree char *want = g_strconcat(cases[i].text, "\n", NULL);
    for (int delsp = 0; delsp < 2; delsp++) {
      g_autofree char *flowed = flowed_write(cases[i].text, delsp);
      g_autofree char *read = read_flowed(flowed, delsp);
      g_assert_cmpstr(read, ==, want);
    }
  }
}

/* Lines keep to the columns wherever there is a place to break. */
static void test_width(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < 400; i++) g_string_append(text, i % 7 ? "mot、語 " : "日本語の文章（例）");
  g_autofree char *flowed = flowed_write(text->str, TRUE);
  g_auto(GStrv) lines = g_strsplit(flowed, "\n", -1);
  for (char **line = lines; *line; line++) g_assert_cmpuint(columns(*line), <=, FLOWED_COLUMNS + 1);
  g_assert_cmpuint(g_strv_length(lines), >, 40);
}

static void test_delsp(void) {
  g_assert_false(flowed_delsp("Réunion du comité, à 16h30"));
  g_assert_true(flowed_delsp("Madame 山田"));
}

static void test_no_bad_start(void) {
  static const char sentence[] = "参加票を受け取りました、「ありがとう」ございます。";
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < 30; i++)
    g_string_append_printf(text, "%.*s%s", (int)(i % 5), "abcd", sentence);
  g_autofree char *flowed = flowed_write(text->str, TRUE);
  g_auto(GStrv) lines = g_strsplit(flowed, "\n", -1);
  for (char **line = lines; *line && **line; line++) {
    gunichar first = g_utf8_get_char(*line);
    g_assert_null(g_utf8_strchr("、。」", -1, first));
    g_assert_false(g_str_has_suffix(*line, "「 "));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/flowed/cases", test_cases);
  g_test_add_func("/flowed/reads-back", test_reads_back);
  g_test_add_func("/flowed/width", test_width);
  g_test_add_func("/flowed/delsp", test_delsp);
  g_test_add_func("/flowed/no-bad-start", test_no_bad_start);
  return g_test_run();
}
