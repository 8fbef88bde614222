/* test_language - the sender's words against the form's and the organiser's. */
#include "parsers/language.h"
#include "tests/parsers/event_fixture.h"

static const char *language_of_body(const char *body, const char *subject) {
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  g_autofree char *raw = g_strconcat(
      "From: Marie Durand <marie@ville.example>\nContent-Type: text/plain; charset=utf-8\n\n", body,
      NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static(raw, strlen(raw));
  g_autoptr(MimeMail) mail = mime_read(bytes, &limits);
  g_autoptr(Text) text = text_read(mail, &limits, NULL);
  QuotePeople people = {"marie@ville.example", "Marie Durand", NULL, fixture_event(), NULL};
  g_autoptr(Quote) quote = quote_mark(text, mail, &people);
  return language_of(fixture_event(), text, subject);
}

#define QUOTED                                                                                     \
  "\nLe 3 mars 2031, Comité des Jardins <fete@jardins.example> a écrit :\n"                      \
  "> Madame, Monsieur, nous vous invitons à la fête et vous prions de renvoyer le bulletin.\n"

static void test_language(void) {
  static const struct {
    const char *body, *language;
  } rows[] = {
      {"Bonjour, je viendrai avec plaisir à la fête.\n", "fr"},
      {"Hello, I will come to the fair with my wife.\n", "en"},
      {"お世話になっております。出席いたします。\n", "ja"},
      {"Hello, please find my answers below.\n\nNom : Durand\nPrénom : Marie\nCourriel : a@b.fr\n",
       "en"},
      {"Nom : Durand\nPrénom : Marie\nFonction : Adjointe à la culture\n", "fr"},
      {"Yes, we will be there!\n" QUOTED, "en"},
      {"OK\n" QUOTED, "fr"},
      {"", "fr"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("'%s'", rows[i].body);
    g_assert_cmpstr(language_of_body(rows[i].body, ""), ==, rows[i].language);
  }
}

static void test_subject(void) {
  g_assert_cmpstr(language_of_body("", "My answer to your invitation"), ==, "en");
}

static void test_no_language(void) {
  Wire__Event event = WIRE__EVENT__INIT;
  g_autoptr(Text) text = text_new();
  g_assert_cmpstr(language_of(&event, text, "x"), ==, "");
  g_assert_cmpstr(language_of(NULL, text, "x"), ==, "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/language/own-words", test_language);
  g_test_add_func("/language/subject", test_subject);
  g_test_add_func("/language/none", test_no_language);
  return g_test_run();
}
