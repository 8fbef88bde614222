/* test_known - lines that earlier mails had: nothing may be read otherwise for them. */
#include "parsers/known.h"

#include "tests/parsers/extract_fixture.h"

static const char *const bodies[] = {
    FORM QUOTED BLANK,
    "Oui\n" QUOTED "> Organisme : ..........\nVille de Nancy\n> Nom : ..........\nPETIT\n"
    "> Prénom : ..........\nLuc\n> Courriel : ..........\nluc@nancy.example\n",
    /* a box is an answer, and a bullet where the line above begins with it, too */
    "Bonjour\n" QUOTED "> ☒ Viendra à la fête : Oui\n",
    "Bonjour\n" QUOTED "> ☒ Nom : DURAND\n> ☒ Viendra à la fête : Oui\n",
    /* what introduces a quote within one, over one line and several */
    "Voir dessous.\n> Le 4 mars 2031, Paul Roux <paul@roux.example> a écrit :\n> > Nom : ROUX\n",
    "Voir dessous.\n> Le 4 mars 2031, Paul Roux\n> <paul@roux.example> a écrit :\n> > Nom : ROUX\n",
    "Voir dessous.\n> Le 4 mars 2031, Paul Roux\n> viendra.\n> > Nom : ROUX\n",
    "> -----Message d'origine-----\n> De : Paul Roux <paul@roux.example>\n> Envoyé : lundi\n"
    "> À : Marie\n> Objet : la fête\n> Nom : ROUX\n",
    "> De : Paul Roux <paul@roux.example>\n> Nom : ROUX\n",
    /* the same line twice in a mail, and quoted as well as not */
    "> Nom : DURAND\n> Prénom : Marie\n> Nom : PETIT\n> Prénom : Luc\n> Nom : DURAND\n",
    "Nom : DURAND\n> Nom : DURAND\n",
    "> Nom\tPrénom\n> DURAND\tMarie\n",
};

static GBytes *reply_of(const Extractor *extractor, const char *body) {
  g_autoptr(Extraction) extraction = read_mail(extractor, MARIE, body);
  return wire_reply_write(1, extraction);
}

/* Whatever was read before, a mail says the same. */
static void test_same(void) {
  Fixture fixture;
  g_autoptr(Extractor) all = extractor_of(&fixture);
  for (guint turn = 0; turn < 3; turn++)
    for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
      guint at = turn == 1 ? (guint)G_N_ELEMENTS(bodies) - 1 - i : i;
      g_autoptr(Extractor) alone = extractor_of(&fixture);
      g_autoptr(GBytes) found = reply_of(all, bodies[at]), want = reply_of(alone, bodies[at]);
      if (!g_bytes_equal(found, want))
        g_test_fail_printf("turn %u: '%s' is read otherwise than alone", turn, bodies[at]);
    }
}

static Text *text_of(guint from, guint to, guint depth) {
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  Text *text = text_new();
  for (guint i = from; i < to; i++) {
    g_autofree char *line = g_strdup_printf("Ligne numéro %u", i);
    text_add(text, &limits, line, -1, 0, depth);
  }
  return text;
}

static guint known_in(const Text *text) {
  guint n = 0;
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    g_autofree char *folded = fold_string(line->text);
    if (line->known) g_assert_cmpstr(line->folded, ==, folded);
    n += line->known ? 1 : 0;
  }
  return n;
}

/* Which lines of a first mail are still remembered when it comes again. */
static guint marked_in(const Text *text) {
  guint n = 0;
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    gboolean holds = FALSE;
    n += known_tells(line->known, KNOWN_OPENS, &holds) && holds ? 1 : 0;
  }
  return n;
}

static void mark_all(Text *text) {
  for (guint i = 0; i < text->lines->len; i++)
    known_note(((TextLine *)text->lines->pdata[i])->known, KNOWN_OPENS, TRUE);
}

static void test_places(void) {
  Known *known = known_new();
  g_autoptr(Text) few = text_of(0, 10, 1), again = text_of(0, 10, 1);
  g_autoptr(Text) own = text_of(0, 10, 0), many = text_of(10, 10 + 5 * KNOWN_LINES, 2);
  known_begin(known, few);
  guint n = known_in(few);
  g_assert_cmpuint(n, >=, 8); /* two may want one place */
  g_assert_cmpuint(marked_in(few), ==, 0);
  mark_all(few);
  known_begin(known, own); /* not quoted: not remembered */
  g_assert_cmpuint(known_in(own), ==, 0);
  known_begin(known, again);
  g_assert_cmpuint(marked_in(again), ==, n);
  known_begin(known, many); /* more than there is room for take the places of others */
  g_assert_cmpuint(known_in(many), >, KNOWN_LINES / 2);
  g_assert_cmpuint(known_in(many), <=, KNOWN_LINES);
  known_free(known);
}

static void test_longest(void) {
  Known *known = known_new();
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  g_autoptr(Text) text = text_new();
  g_autofree char *line = g_strnfill(KNOWN_LINE_MAX_BYTES + 1, 'a');
  text_add(text, &limits, line, KNOWN_LINE_MAX_BYTES, 0, 1);
  text_add(text, &limits, line, KNOWN_LINE_MAX_BYTES + 1, 0, 1);
  text_add(text, &limits, "", 0, 0, 1);
  known_begin(known, text);
  g_assert_nonnull(((TextLine *)text->lines->pdata[0])->known);
  g_assert_null(((TextLine *)text->lines->pdata[1])->known);
  g_assert_null(((TextLine *)text->lines->pdata[2])->known);
  known_free(known);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/known/same", test_same);
  g_test_add_func("/known/places", test_places);
  g_test_add_func("/known/longest", test_longest);
  return g_test_run();
}
