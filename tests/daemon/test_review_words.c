/* review_words: every text is there in every language with the same places to fill; the program's
 * English is told in the reader's language. */
#include <string.h>

#include "daemon/desk/review_chart.h"
#include "daemon/desk/review_templates.h"
#include "tests/daemon/reply_fixture.h"

/* "{1} {2:field}" of a text, in the order of the numbers. */
static char *places_of(const char *text) {
  GString *places = g_string_new(NULL);
  for (char digit = '1'; digit <= '9'; digit++) {
    char begin[] = {'{', digit, '\0'};
    if (strstr(text, begin)) g_string_append_c(places, digit);
  }
  return g_string_free(places, FALSE);
}

static void check_row(const WordsRow *row) {
  g_autofree char *wanted = places_of(row->texts[WORDS_EN]);
  for (guint i = 0; i < WORDS_LANGUAGES; i++) {
    g_autofree char *places = places_of(row->texts[i]);
    if (!*row->texts[i] || !g_utf8_validate(row->texts[i], -1, NULL) || strcmp(places, wanted))
      g_error("'%s' in %s: '%s'", row->key, words_code((WordsLanguage)i), row->texts[i]);
  }
}

static void test_every_text(void) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < WORDS_TABLE_COUNT; i++) {
    g_assert_true(g_hash_table_add(seen, (gpointer)WORDS_TABLE[i].key));
    if (g_str_has_suffix(WORDS_TABLE[i].key, ".one")) continue; /* "one second" has no number */
    check_row(&WORDS_TABLE[i]);
  }
  g_hash_table_remove_all(seen);
  for (guint i = 0; i < REASONS_TABLE_COUNT; i++)
    if (!g_hash_table_add(seen, (gpointer)REASONS_TABLE[i].key))
      g_error("'%s' stands twice", REASONS_TABLE[i].key);
}

static void test_templates_are_whole(void) {
  g_autoptr(GError) error = NULL;
  Templates *templates = templates_new(&error);
  g_assert_no_error(error);
  templates_free(templates);
}

static void test_languages(void) {
  static const struct {
    const char *accept;
    WordsLanguage language;
  } rows[] = {{NULL, WORDS_FR},
              {"", WORDS_FR},
              {"*", WORDS_FR},
              {"de", WORDS_FR},
              {"en", WORDS_EN},
              {"en-GB,fr;q=0.8", WORDS_EN},
              {"de,ja;q=0.5,en;q=0.4", WORDS_JA},
              {"en;q=0.3,fr;q=0.9", WORDS_FR},
              {"en;q=0", WORDS_FR},
              {"enx", WORDS_FR},
              {"JA-jp", WORDS_JA},
              {"en;q=nan,ja;q=0.1", WORDS_JA}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpint(words_choose(rows[i].accept), ==, rows[i].language);
}

static void test_reasons(void) {
  static const struct {
    const char *english, *french;
    gboolean foreign;
  } rows[] = {
      {"it came after the deadline", "Arrivé après la date limite", FALSE},
      {"two values for phone: +331 and +332",
       "Deux valeurs pour « Téléphone » : « +331 » et « +332 »", FALSE},
      {"required and not there: last_name email", "Il manque : Nom, Courriel", FALSE},
      {"asked often enough; required and not there: email",
       "L’expéditeur a déjà été relancé plusieurs fois ; Il manque : Courriel", FALSE},
      {"phone: more than one number", "Téléphone : plusieurs nombres", FALSE},
      {"a filled bulletin in a mail that looks like bulk",
       "Bulletin rempli, dans un message qui ressemble à : envoi en nombre", FALSE},
      {"page:marie accepted it: registration 3 is registered; answer 'confirmed' to a@b.example",
       "marie a accepté : fiche n° 3, inscrit ; confirmation à a@b.example", FALSE},
      {"admin:root ignored it", "root (administration) a classé le message sans réponse", FALSE},
      {"accept, settled: every required value is there",
       "Accepté : Tout ce qui est obligatoire est présent", FALSE},
      {"ask to a@b.example, Message-ID <x@y>, held by limit asks",
       "demande de précisions, à a@b.example ; Retenu par une limite d’envoi", FALSE},
      {"confirmed to a@b.example: 250 2.0.0 Ok: queued as 4X",
       "confirmation, à a@b.example : 250 2.0.0 Ok: queued as 4X", FALSE},
      {"message 4 has changed: page:marie ignored it at 2019-06-20T10:15:00+02:00",
       "Le message n° 4 a changé : marie a classé le message sans réponse (20 juin 2019 à 10:15)",
       FALSE},
      {"required values are lacking: 2.last_name; give them as field=value, or 'ask' the sender",
       "Il manque des valeurs obligatoires : Nom (2) ; complétez-les, ou demandez-les à "
       "l’expéditeur",
       FALSE},
      {"something quite new", "something quite new", TRUE},
      {"it came after the deadline; something quite new",
       "Arrivé après la date limite ; something quite new", TRUE},
      {"", "", FALSE},
      {"two values for : and", "Deux valeurs pour « : and »", FALSE},
      {"name <b>: more than a name", "Nom « <b> » : plus qu’un nom", FALSE},
  };
  Fixture fixture;
  fixture_open(&fixture);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    gboolean foreign = FALSE;
    g_autofree char *told = words_reason(WORDS_FR, fixture.event, rows[i].english, &foreign);
    g_autoptr(GString) plain = g_string_new(told); /* no-break spaces are as good as others here */
    g_string_replace(plain, "\u00a0", " ", 0);
    g_assert_cmpstr(plain->str, ==, rows[i].french);
    g_assert_true(foreign == rows[i].foreign);
    g_autofree char *japanese = words_reason(WORDS_JA, NULL, rows[i].english, &foreign);
    g_assert_true(g_utf8_validate(japanese, -1, NULL));
  }
  fixture_close(&fixture);
}

/* Whatever a stranger makes a reason say, telling it ends soon. */
static void test_reasons_are_bounded(void) {
  g_autoptr(GString) long_one = g_string_new("nobody is answered: ");
  gboolean foreign = FALSE;
  for (guint i = 0; i < 20000; i++) g_string_append(long_one, "pictures: ");
  g_autofree char *told = words_reason(WORDS_FR, NULL, long_one->str, &foreign);
  g_assert_cmpuint(strlen(told), <, 64 << 10);
}

static void test_times(void) {
  static const struct {
    gint64 ago;
    const char *french, *english;
  } rows[] = {{-5, "à l’instant", "just now"},           {59, "à l’instant", "just now"},
              {60, "il y a une minute", "a minute ago"}, {7199, "il y a une heure", "an hour ago"},
              {7200, "il y a 2 heures", "2 hours ago"},  {86400, "hier", "a day ago"},
              {864000, "il y a 10 jours", "10 days ago"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *french = words_ago(WORDS_FR, 5000000 - rows[i].ago, 5000000);
    g_autofree char *english = words_ago(WORDS_EN, 5000000 - rows[i].ago, 5000000);
    g_assert_cmpstr(french, ==, rows[i].french);
    g_assert_cmpstr(english, ==, rows[i].english);
  }
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Paris");
  g_autofree char *day = words_day(WORDS_FR, 1561932000, zone);
  g_autofree char *time = words_time(WORDS_JA, 1561932000, zone);
  g_autofree char *never = words_time(WORDS_FR, G_MAXINT64, zone);
  g_assert_cmpstr(day, ==, "1er juillet 2019");
  g_assert_cmpstr(time, ==, "2019年7月1日 00:00");
  g_assert_cmpstr(never, ==, "–");
}

static void test_counts_and_sizes(void) {
  static const struct {
    guint64 bytes;
    const char *french;
  } rows[] = {{0, "0 octets"}, {999, "999 octets"}, {12345, "12 Ko"}, {1500000, "1,5 Mo"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = words_bytes(WORDS_FR, rows[i].bytes);
    g_assert_cmpstr(text, ==, rows[i].french);
  }
  g_autofree char *none = words_count(WORDS_FR, "queue_total", 0);
  g_autofree char *two = words_count(WORDS_FR, "queue_total", 2);
  g_autofree char *nil = words_count(WORDS_EN, "queue_total", 0);
  g_assert_cmpstr(none, ==, "0 message");
  g_assert_cmpstr(two, ==, "2 messages");
  g_assert_cmpstr(nil, ==, "0 messages");
}

/* --- charts ----------------------------------------------------------------------------------- */

static void test_bars(void) {
  g_autoptr(GPtrArray) counts = g_ptr_array_new();
  StatsCount rows[40];
  g_autofree char *empty = chart_bars(WORDS_FR, counts, NULL, NULL, NULL);
  g_assert_cmpstr(empty, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    rows[i] = (StatsCount){i ? (char *)"Ville" : (char *)"<script>\"&", 40 - i};
    g_ptr_array_add(counts, &rows[i]);
  }
  g_autofree char *html = chart_bars(WORDS_FR, counts, NULL, NULL, NULL);
  g_assert_null(strstr(html, "<script>"));
  g_assert_nonnull(strstr(html, "&lt;script&gt;&quot;&amp;"));
  g_auto(GStrv) parts = g_strsplit(html, "<tr ", -1);
  g_assert_cmpuint(g_strv_length(parts) - 1, ==, CHART_ROWS_MAX);
  g_assert_nonnull(strstr(html, "Autres (29)"));
}

static void test_days(void) {
  static const guint lengths[] = {0, 1, 2, 30, 121, 3660};
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Paris");
  for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(StatsDay));
    for (guint k = 0; k < lengths[i]; k++) {
      StatsDay day = {1546297200 + (gint64)k * 86400, k % 7};
      g_array_append_val(days, day);
    }
    g_autofree char *svg = chart_days(WORDS_FR, days, zone);
    g_auto(GStrv) bars = g_strsplit(svg, "<rect ", -1);
    g_assert_cmpuint(g_strv_length(bars), <=, CHART_COLUMNS_MAX + 1);
    g_assert_true((*svg != '\0') == (lengths[i] > 0));
    g_assert_null(strstr(svg, "nan"));
    g_assert_null(strstr(svg, "inf"));
    g_assert_null(strstr(svg, "style="));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/review-words/every-text", test_every_text);
  g_test_add_func("/review-words/templates-are-whole", test_templates_are_whole);
  g_test_add_func("/review-words/languages", test_languages);
  g_test_add_func("/review-words/reasons", test_reasons);
  g_test_add_func("/review-words/reasons-are-bounded", test_reasons_are_bounded);
  g_test_add_func("/review-words/times", test_times);
  g_test_add_func("/review-words/counts-and-sizes", test_counts_and_sizes);
  g_test_add_func("/review-chart/bars", test_bars);
  g_test_add_func("/review-chart/days", test_days);
  return g_test_run();
}
