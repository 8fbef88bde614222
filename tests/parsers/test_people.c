/* test_people - what is written behind the labels to participants and their values. */
#include "parsers/people.h"

#include "tests/parsers/extract_fixture.h"

/* A bulletin whose name is told by these lines, and what else it says. */
#define NAMED(lines) "Organisme : Sète\n" lines "Courriel : m.d@sete.example\nViendra : Oui\n"
#define NAMES(names) "body=Sète, " names ", email=m.d@sete.example, comes=yes"

static void test_names(void) {
  static const Row rows[] = {
      {NULL, NAMED("Nom et prénom : DURAND Marie\n"), KIND_BULLETIN,
       NAMES("last=DURAND, first=Marie"), NULL},
      /* the label of both beside that of one */
      {NULL, NAMED("Nom et prénom : DURAND Petit\nPrénom : Marie\n"), KIND_BULLETIN,
       NAMES("last=DURAND Petit, first=Marie"), NULL},
      {NULL, NAMED("Nom : DURAND\nNom et prénom : Marie\n"), KIND_BULLETIN,
       NAMES("last=DURAND, first=Marie"), NULL},
      {NULL, NAMED("Nom et prénom : DURAND\n"), KIND_BULLETIN, NAMES("last=DURAND") ", ?first",
       NULL},
      /* nobody asks for the first name */
      {NULL, NAMED("Nom : DURAND Marie\n"), KIND_BULLETIN, NAMES("last=DURAND, first=Marie"), NULL},
      {NULL, NAMED("Nom : Mme DURAND Marie\n"), KIND_BULLETIN,
       NAMES("title=Mme, last=DURAND, first=Marie"), NULL},
      {NULL, NAMED("Nom : de la Tour\n"), KIND_BULLETIN, NAMES("last=de la Tour") ", ?first", NULL},
      /* a title behind it */
      {NULL, NAMED("Nom : DURAND (Mme)\nPrénom : Marie\n"), KIND_BULLETIN,
       NAMES("title=Mme, last=DURAND, first=Marie"), NULL},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_answers(void) {
  static const Row rows[] = {
      {NULL, FORM "Viendra : je confirme ma venue\n", KIND_BULLETIN, MARIE_VALUES ", comes=yes",
       "an answer in words"},
      {NULL, FORM "Viendra : je ne pourrai pas venir\n", KIND_BULLETIN, MARIE_VALUES ", comes=no",
       NULL},
      {NULL, FORM "Viendra : ☒\n", KIND_BULLETIN, MARIE_VALUES ", comes=yes",
       "a tick without a choice"},
      {NULL, FORM "Viendra : ☐\n", KIND_BULLETIN, MARIE_VALUES ", ?comes", NULL},
      /* two answers to one question: of a required field a person must look */
      {NULL, FORM "Viendra : Oui\nViendra : Non\n", KIND_BULLETIN, MARIE_VALUES ", comes=yes",
       "two values for comes: yes and no"},
      {NULL, FORM "Viendra : Oui\nCourriel : autre@sete.example\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", "two values for email: m.d@sete.example and autre@sete.example"},
      {NULL, FORM "Viendra : Oui\nSouhaits : du thé\nSouhaits : du café\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=yes, wishes=du thé", NULL},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_towns(void) {
#define TOWN(line) FORM "Viendra : Oui\nCP / Ville : " line "\n"
#define IN_SETE                                                                                    \
  "body=Ville de Sète, last=DURAND, first=Marie, code=34200, town=Sète, "                        \
  "email=m.d@sete.example, comes=yes"
  static const Row rows[] = {
      {NULL, TOWN("34200 Sète"), KIND_BULLETIN, IN_SETE, NULL},
      {NULL, TOWN("34200 - Sète"), KIND_BULLETIN, IN_SETE, NULL},
      {NULL, TOWN("34200 – Sète"), KIND_BULLETIN, IN_SETE, NULL},
      {NULL, TOWN("34200 — Sète"), KIND_BULLETIN, IN_SETE, NULL},
      {NULL, TOWN("34200 / Sète"), KIND_BULLETIN, IN_SETE, NULL},
      {NULL, TOWN("34200, Sète"), KIND_BULLETIN, IN_SETE, NULL},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* Beside the sender's own bulletin the quoted one counts for nothing, which is told. */
static void test_quoted_beside_own(void) {
#define FILLED                                                                                     \
  QUOTED "> Organisme : Agde\n> Nom : PETIT\n> Prénom : Paul\n> Viendra à la fête : ☒ Oui ☐ Non\n"
  static const Row rows[] = {
      {NULL, FORM "Viendra : Non\n" FILLED, KIND_BULLETIN, MARIE_VALUES ", comes=no",
       "answers in the quoted bulletin besides the sender's own"},
      {NULL, FORM "Viendra : Non\n" QUOTED BLANK, KIND_BULLETIN, MARIE_VALUES ", comes=no", NULL},
      {NULL, "Merci\n" FILLED, KIND_BULLETIN,
       "body=Agde, last=PETIT, first=Paul, email=marie@ville.example, comes=yes", NULL},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* ---- bounds ---- */

static void test_a_long_value_is_none(void) {
  enum { VALUE_BYTES = 100 };
  Fixture fixture;
  g_autoptr(Extractor) unbounded = extractor_of(&fixture);
  fixture.limits.value_bytes = VALUE_BYTES;
  g_autoptr(Extractor) extractor = extractor_new(&fixture.setup, NULL);
  for (gsize length = VALUE_BYTES; length <= VALUE_BYTES + 1; length++) {
    g_autofree char *wish = g_strnfill(length - strlen("é"), 'a');
    g_autofree char *body = g_strdup_printf(FORM "Viendra : Oui\nSouhaits : %sé\n", wish);
    g_autoptr(Extraction) found = read_mail(extractor, MARIE, body);
    const Participant *person = found->participants->pdata[0];
    gboolean fits = length == VALUE_BYTES;
    g_assert_true((participant_value(person, "wishes") != NULL) == fits);
    g_assert_cmpuint(person->invalid->len, ==, fits ? 0 : 1);
    if (fits) continue;
    const InvalidValue *invalid = person->invalid->pdata[0];
    g_assert_cmpstr(invalid->reason, ==, "too long");
    g_assert_cmpstr(invalid->value, ==, wish); /* what is shown of it ends with a whole sign */
  }
}

static void test_people_are_bounded(void) {
  g_autoptr(GString) body = g_string_new("Organisme\tNom\tPrénom\tCourriel\tViendra\n");
  for (guint i = 0; i < LIMIT_PARTICIPANTS + 1; i++) {
    g_autoptr(Extraction) found = NULL;
    g_string_append_printf(body, "Sète\tDURAND%c\tMarie%c\tm%u@sete.example\tOui\n",
                           'A' + (int)(i / 26), 'a' + (int)(i % 26), i);
    if (i + 1 < LIMIT_PARTICIPANTS) continue;
    Fixture fixture;
    g_autoptr(Extractor) extractor = extractor_of(&fixture);
    found = read_mail(extractor, MARIE, body->str);
    g_assert_cmpuint(found->participants->len, ==, LIMIT_PARTICIPANTS);
    const GPtrArray *reasons = found->review_reasons;
    gboolean told = reasons->len && !strcmp(reasons->pdata[0], "more than 50 participants");
    g_assert_true(told == (i == LIMIT_PARTICIPANTS));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/people/names", test_names);
  g_test_add_func("/people/answers", test_answers);
  g_test_add_func("/people/towns", test_towns);
  g_test_add_func("/people/quoted", test_quoted_beside_own);
  g_test_add_func("/people/long", test_a_long_value_is_none);
  g_test_add_func("/people/many", test_people_are_bounded);
  return g_test_run();
}
