/* reply_data: strangers' words as harmless lines, subjects without prefixes, moments for people. */
#include "daemon/reply_data.h"

typedef struct {
  const char *in, *want;
} Row;

static void test_clean(void) {
  static const Row rows[] = {
      {"Mairie", "Mairie"},
      {"", ""},
      {"  a \t b  ", "a b"},
      {"12 rue X\n13000 Aix", "12 rue X / 13000 Aix"},
      {"\n\na\n\nb\n", "a / / b /"},
      {"a\r\nBcc: x@y", "a / Bcc: x@y"},
      {"see http://e.example/x?y now", "see […] now"},
      {"WWW.e.example", "[…]"},
      {"xhttps://e.example", "[…]"},
      {"://", "[…]"},
      {"a@b.example", "a@b.example"},
      {"\xe2\x80\xae"
       "exe\xe2\x80\x8b",
       "exe"},
      {"\xff", "\xef\xbf\xbd"},
      {"0123456789012345678901234567890123456789", "0123456789012345678…"},
      {"日本語日本語日本語日本語日本語日本語日本語", "日本語日本語日本語日本語日本語日本語日…"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    gboolean cut = g_str_has_suffix(rows[i].want, "…");
    g_autofree char *have = reply_data_clean(rows[i].in, cut ? 20 : 200);
    g_assert_cmpstr(have, ==, rows[i].want);
  }
}

static void test_subject(void) {
  static const Row rows[] = {{"Bulletin", "Bulletin"},
                             {"Re: Bulletin", "Bulletin"},
                             {"RE : Fwd: TR: Bulletin", "Bulletin"},
                             {"Re[3]: Bulletin", "Bulletin"},
                             {"Re\xc2\xa0: Bulletin", "Bulletin"},
                             {"返信：転送: 参加票", "参加票"},
                             {"Réponse automatique : Bulletin", "Bulletin"},
                             {"Report: Bulletin", "Report: Bulletin"},
                             {"Réunion : le 3 juillet", "Réunion : le 3 juillet"},
                             {"Re:", ""},
                             {"", ""}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *have = reply_data_subject(rows[i].in);
    g_assert_cmpstr(have, ==, rows[i].want);
  }
}

static void test_moment(void) {
  static const struct {
    const char *language, *timezone;
    gint64 when;
    const char *want;
  } rows[] = {{"fr", "Europe/Paris", 1561413600, "25 juin 2019"},
              {"en", "Europe/Paris", 1561413600, "25 June 2019"},
              {"ja", "Europe/Paris", 1561413600, "2019年6月25日"},
              {"de", "Europe/Paris", 1561413600, "2019-06-25"},
              {NULL, "Europe/Paris", 1561413600, "2019-06-25"},
              {"fr", "UTC", 1561413600, "24 juin 2019 à 22h00"},
              {"en", "Asia/Tokyo", 1561413600, "25 June 2019, 07:00"},
              {"ja", "Asia/Tokyo", 1561413600, "2019年6月25日07時00分"},
              {"fr", "UTC", 1561939200, "1er juillet 2019"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(rows[i].timezone);
    g_autofree char *have = reply_data_moment(rows[i].language, zone, rows[i].when);
    g_assert_cmpstr(have, ==, rows[i].want);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reply_data/clean", test_clean);
  g_test_add_func("/reply_data/subject", test_subject);
  g_test_add_func("/reply_data/moment", test_moment);
  return g_test_run();
}
