/* test_quote - whose words each line is. A row's letters stand for its lines: o own, h header of a
 * quote, c from the organiser (Comité), s from the sender, x from another, u from nobody named;
 * F behind one: forwarded. S: the sender's signature. Empty lines have none. */
#include "parsers/quote.h"

#include "parsers/signature.h"
#include "tests/parsers/event_fixture.h"

static char *voices(const char *body) {
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  g_autofree char *raw = g_strconcat("From: Marie Durand <marie@ville.example>\n"
                                     "Content-Type: text/plain; charset=utf-8\n\n",
                                     body, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static(raw, strlen(raw));
  g_autoptr(MimeMail) mail = mime_read(bytes, &limits);
  g_autoptr(Text) text = text_read(mail, &limits, NULL);
  QuotePeople people = {"marie@ville.example", "Marie Durand", NULL, fixture_event(), NULL};
  g_autoptr(Quote) quote = quote_mark(text, mail, &people);
  signature_mark(text, "Marie Durand");
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    const QuoteSegment *segment = quote_segment(quote, i);
    if (*line->text == '\0') continue;
    g_string_append_c(out, line->header                        ? 'h'
                           : line->signature                   ? 'S'
                           : segment->voice == VOICE_OWN       ? 'o'
                           : segment->voice == VOICE_ORGANISER ? 'c'
                           : segment->voice == VOICE_SELF      ? 's'
                           : segment->voice == VOICE_OTHER     ? 'x'
                                                               : 'u');
    if (segment->forwarded && !line->header) g_string_append_c(out, 'F');
  }
  return g_string_free(out, FALSE);
}

static const struct {
  const char *body, *voices;
} rows[] = {
    {"Bonjour\nNom : Durand\n", "oo"},
    {"Oui\n\nLe 3 mars 2031 à 10:00, Comité des Jardins <fete@jardins.example> a écrit :\n"
     "> Venez\n> Merci\n",
     "ohcc"},
    {"Oui\n\nLe 3 mars 2031 à 10:00,\nComité des Jardins <fete@jardins.example>\na écrit :\n> "
     "Venez\n",
     "ohhhc"},
    {"Oui\n\n-----Message d'origine-----\nVenez\n", "ohx"},
    {"Voir\n\n---------- Forwarded message ---------\nNom : Petit\n", "ohxF"},
    {"Yes\n\nOn Mon, Mar 3, 2031 at 10:00 AM Comité des Jardins <fete@jardins.example> wrote:\n"
     "> Come\n",
     "ohc"},
    {"はい\n\n2031年3月3日(月) 10:00 Comité des Jardins <fete@jardins.example>:\n> 来て\n", "ohc"},
    {"> Venez\n\nOui\n", "uo"},
    {"Le 3 mars 2031, Comité des Jardins a écrit :\n> Nom :\nDurand\n> Prénom :\nMarie\n", "hcoco"},
    {"Oui\n\n-----Message d'origine-----\nDe : Comité des Jardins\nEnvoyé : lundi 3 mars 2031\n"
     "À : Marie\nObjet : Fête\n\nVenez\n",
     "ohhhhhc"},
    {"Oui\n\nDe : Comité des Jardins <fete@jardins.example>\nEnvoyé : lundi 3 mars 2031\n"
     "À : Marie\nObjet : Fête\n\nVenez\nMerci\n",
     "ohhhhcc"},
    {"Voir ci-dessous\n\n---------- Forwarded message ---------\nDe : Paul Petit <paul@x.example>\n"
     "Date: lundi 3 mars 2031\nSubject: Fête\nTo: Marie\n\nNom : Petit\n",
     "ohhhhhxF"},
    {"Nouvelle version\n\nLe 3 mars 2031, Marie Durand <marie@ville.example> a écrit :\n> Nom : "
     "Durand\n",
     "ohs"},
    {"Oui\n\nLe 3 mars 2031, Comité des Jardins a écrit :\n> Venez\n>\n> Le 1 mars 2031, Paul "
     "Petit <paul@x.example> a écrit :\n>> Quand ?\n",
     "ohchx"},
    {"Le 3 juillet on m'a écrit ceci : bonjour\nNom : Durand\n", "oo"},
    {"De : la part de Marie\nNom : Durand\n", "oo"},
    {"Oui\n\nCordialement,\nMarie Durand\nMairie\n", "oSSS"},
    {"Oui\n\nMarie Durand\nMairie\nTél. 06\n", "oSSS"},
    {"Merci\nNom : Durand\nPrénom : Marie\nA\nB\nC\nD\nE\n", "oooooooo"},
    {"Oui\n--\nMarie\n", "oSS"},
    {"Oui\n\nEnvoyé de mon iPhone\n", "oS"},
    {"Yes\n\nBest regards,\nMarie\n", "oSS"},
    {"出席します\n\nよろしくお願いいたします。\n山田\n", "oSS"},
};

static void test_voices(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *found = voices(rows[i].body);
    g_test_message("'%s'", rows[i].body);
    g_assert_cmpstr(found, ==, rows[i].voices);
  }
}

/* Lines of the organiser's, whole or cut, are told from others; in a long text, too, for which he
 * has another way of looking. */
static void test_sent(gconstpointer more) {
  static const struct {
    const char *line;
    gboolean sent;
  } lines[] = {{"Oui", FALSE},
               {"> Nous vous invitons à la grande", TRUE},
               {"> fête des jardins de printemps.", TRUE},
               {"> Autre chose, dite par nous seuls.", FALSE},
               {"> Nous vous invitons à la grande fête des voisins de printemps.", FALSE},
               {"> NOUS VOUS INVITONS A LA GRANDE FETE", TRUE},
               {"> grande fête", FALSE}}; /* too short to tell */
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  g_autoptr(GString) raw =
      g_string_new("From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n");
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
    g_string_append_printf(raw, "%s\n", lines[i].line);
  for (guint i = 0; i < GPOINTER_TO_UINT(more); i++) g_string_append(raw, "> x\n");
  g_autoptr(GBytes) bytes = g_bytes_new_static(raw->str, raw->len);
  g_autoptr(MimeMail) mail = mime_read(bytes, &limits);
  g_autoptr(Text) text = text_read(mail, &limits, NULL);
  QuotePeople people = {"a@b.example", "", NULL, fixture_event(), NULL};
  g_autoptr(Quote) quote = quote_mark(text, mail, &people);
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    const TextLine *line = text->lines->pdata[i];
    g_test_message("%s", lines[i].line);
    g_assert_cmpint(line->sent, ==, lines[i].sent);
  }
  g_assert_cmpuint(quote_segment(quote, 1)->sent_lines, ==, 3);
}

static void test_closings(void) {
  static const struct {
    const char *line;
    gboolean closing;
  } lines[] = {
      {"cordialement,", TRUE},
      {"bien a vous", TRUE},
      {"best regards,", TRUE},
      {"best wishes from us", TRUE},
      {"thank you", TRUE},
      {"thank you for the invitation to the fair", FALSE},
      {"merci de prevoir un repas", FALSE},
      {"---", TRUE},
      {"nom : durand", FALSE},
      {"cordialement : moi", FALSE},
      {"sent from typeapp<http://x.example>", TRUE},
      {"よろしくお願いいたします。", TRUE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_test_message("'%s'", lines[i].line);
    g_assert_cmpint(signature_is_closing(lines[i].line), ==, lines[i].closing);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quote/voices", test_voices);
  g_test_add_data_func("/quote/sent/short", GUINT_TO_POINTER(0), test_sent);
  g_test_add_data_func("/quote/sent/long", GUINT_TO_POINTER(400), test_sent);
  g_test_add_func("/quote/closings", test_closings);
  return g_test_run();
}
