/* test_prose - what sentences say beside a form, above a quoted one, and without any. */
#include "parsers/prose.h"

#include "tests/parsers/extract_fixture.h"

static void test_beside_a_form(void) {
  static const Row rows[] = {
      {NULL, FORM "Viendra :\n\nJe ne pourrai pas venir.\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=no", NULL},
      {NULL, FORM "Viendra :\n\nJe confirme ma venue. Paul ne pourrai pas venir.\n", KIND_BULLETIN,
       MARIE_VALUES ", ?comes", "in a sentence alone"},
      {NULL, FORM "Viendra :\n\nJe confirme ma venue. Si possible, je confirme ma venue demain.\n",
       KIND_BULLETIN, MARIE_VALUES ", ?comes", "in a sentence alone"},
      {NULL, FORM "Viendra : Non\n\nFinalement je confirme ma venue.\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=no", "otherwise"},
      {NULL,
       FORM "\nOrganisme : Agde\nNom : PETIT\nPrénom : Paul\nCourriel : p@x.example\n\n"
            "Je confirme ma venue.\n",
       KIND_BULLETIN,
       MARIE_VALUES ", comes=yes; body=Agde, last=PETIT, first=Paul, email=p@x.example, comes=yes",
       "speaks for several"},
      {NULL,
       FORM "\nOrganisme : Agde\nNom : PETIT\nPrénom : Paul\nCourriel : p@x.example\n\n"
            "Je ne pourrai pas venir.\n",
       KIND_BULLETIN,
       MARIE_VALUES ", ?comes; body=Agde, last=PETIT, first=Paul, email=p@x.example, ?comes",
       "in a sentence alone"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* Who comes along is told to a person; somebody new has the body of the one who brings him. */
static void test_companions(void) {
  static const Row rows[] = {
      {NULL, FORM "Viendra : Oui\n\nJe serai accompagnée de M. Paul PETIT.\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=yes; body=Ville de Sète, title=M., last=PETIT, first=Paul, ?email, "
                    "?comes",
       "come along"},
      {NULL, FORM "Viendra : Oui\n\nJe serai accompagnée de mon mari.\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", "come along"},
      {NULL, "M. Paul PETIT assistera. Il sera accompagné de Mme Anne BLANC.\n", KIND_BULLETIN,
       "title=M., last=PETIT, first=Paul, comes=yes, ?body, ?email; title=Mme, last=BLANC, "
       "first=Anne, ?body, ?email, ?comes",
       "sentences"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* ---- a correction above what was sent before ---- */

#define ABOVE                                                                                      \
  "\n\nLe 3 mars 2031, Accueil <accueil@sete.example> a écrit :\n"                                \
  "> Organisme : Ville de Sète\n> Nom : DURAND\n> Prénom : Marie\n> Tél : 04 67 00 00 00\n> "   \
  "Courriel : m.d@sete.example\n> Viendra : Oui\n"
#define BEFORE(phone, email)                                                                       \
  "body=Ville de Sète, last=DURAND, first=Marie, phone=" phone ", email=" email ", comes=yes"

static void test_corrections(void) {
  static const Row rows[] = {
      {NULL, "Une correction : mon numéro est le 06 12 34 56 78." ABOVE, KIND_BULLETIN,
       BEFORE("+33612345678", "m.d@sete.example"), "in a quoted mail"},
      {NULL, "Une correction : mon adresse est marie@sete.example." ABOVE, KIND_BULLETIN,
       BEFORE("+33467000000", "marie@sete.example"), "in a quoted mail"},
      /* which of two is the new one? */
      {NULL, "Une correction : le 06 12 34 56 78, ou le 06 12 34 56 79." ABOVE, KIND_BULLETIN,
       BEFORE("+33467000000", "m.d@sete.example"), "in a quoted mail"},
      {NULL, "Une correction : pas m.d@sete.example mais x@sete.example, ou y@sete.example." ABOVE,
       KIND_BULLETIN, BEFORE("+33467000000", "m.d@sete.example"), "in a quoted mail"},
      /* nothing is called a correction */
      {NULL, "Mon numéro est le 06 12 34 56 78." ABOVE, KIND_BULLETIN,
       BEFORE("+33467000000", "m.d@sete.example"), "in a quoted mail"},
      {NULL, FORM "Viendra : Oui\n\nUne correction : le 06 12 34 56 78." ABOVE, KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", NULL},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* ---- without a form ---- */

static void test_several_named(void) {
  static const Row rows[] = {
      {NULL, "Organisme : Ville de Sète\n\nMme Marie DURAND et M. Paul PETIT : i will come.\n",
       KIND_BULLETIN,
       "body=Ville de Sète, title=Mme, last=DURAND, first=Marie, comes=yes, ?email; body=Ville de "
       "Sète, title=M., last=PETIT, first=Paul, comes=yes, ?email",
       "belong to no person"},
      {NULL, "M. Paul PETIT, directeur, est notre délégué. Il assistera.\n", KIND_BULLETIN,
       "title=M., last=PETIT, first=Paul, office=directeur, email=marie@ville.example, comes=yes, "
       "?body",
       "sentences"},
      {NULL, "M. PETIT assistera. M. Paul PETIT assistera.\n", KIND_BULLETIN,
       "title=M., last=PETIT, first=Paul, email=marie@ville.example, comes=yes, ?body",
       "sentences"},
      {NULL, "M. PETIT assistera. M. Paul PETIT assistera. M. Jean PETIT assistera.\n",
       KIND_BULLETIN,
       "title=M., last=PETIT, first=Paul, comes=yes, ?body, ?email; title=M., last=PETIT, "
       "first=Jean, comes=yes, ?body, ?email",
       "sentences"},
      {NULL, "Mme BLANC cannot come. M. Paul PETIT assistera à sa place. Contact : p@x.example\n",
       KIND_BULLETIN, "title=M., last=PETIT, first=Paul, email=p@x.example, comes=yes, ?body",
       "sentences"},
      {NULL, "Mme BLANC cannot come. M. Paul PETIT assistera à sa place.\n", KIND_BULLETIN,
       "title=M., last=PETIT, first=Paul, email=marie@ville.example, comes=yes, ?body",
       "sentences"},
      {NULL, "Mme BLANC cannot come. M. Paul PETIT assistera.\n", KIND_BULLETIN,
       "title=Mme, last=BLANC, comes=no, ?body, ?first, ?email; title=M., last=PETIT, first=Paul, "
       "comes=yes, ?body, ?email",
       "sentences"},
      {NULL, "M. PETIT assistera avec Mme BLANC.\n", KIND_BULLETIN,
       "title=M., last=PETIT, comes=yes, ?body, ?first, ?email; title=Mme, last=BLANC, comes=yes, "
       "?body, ?first, ?email",
       "sentences"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* Who is named is known by the office that follows, which may go on. */
static void test_offices(void) {
#define PETIT "last=Petit, first=Paul, "
#define ELSE ", email=marie@ville.example, comes=yes, ?body"
  static const Row rows[] = {
      {NULL, "Paul Petit, directeur, assistera.\n", KIND_BULLETIN, PETIT "office=directeur" ELSE,
       "sentences"},
      {NULL, "Paul Petit (maire) assistera.\n", KIND_BULLETIN, PETIT "office=maire" ELSE,
       "sentences"},
      {NULL, "M. Paul Petit, adjoint au maire, chargé de la culture, assistera.\n", KIND_BULLETIN,
       "title=M., " PETIT "office=adjoint au maire, chargé de la culture" ELSE, "sentences"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/prose/beside", test_beside_a_form);
  g_test_add_func("/prose/companions", test_companions);
  g_test_add_func("/prose/corrections", test_corrections);
  g_test_add_func("/prose/several", test_several_named);
  g_test_add_func("/prose/offices", test_offices);
  return g_test_run();
}
