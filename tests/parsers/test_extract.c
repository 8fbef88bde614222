/* test_extract - whole messages to participants, kind and doubts: extract_fixture.h tells how. */
#include "tests/parsers/extract_fixture.h"

static void test_one_person(void) {
  static const Row rows[] = {
      {NULL, FORM "Viendra : Oui\n", KIND_BULLETIN, MARIE_VALUES ", comes=yes", NULL},
      {NULL, FORM "Viendra : Non\n" QUOTED BLANK, KIND_BULLETIN, MARIE_VALUES ", comes=no", NULL},
      {NULL, QUOTED BLANK "\n" FORM "Viendra : Oui\n", KIND_BULLETIN, MARIE_VALUES ", comes=yes",
       NULL},
      {NULL, FORM "Viendra : ☐ Oui ☐ Non\n", KIND_BULLETIN, MARIE_VALUES ", ?comes", NULL},
      {NULL, FORM "Viendra : à confirmer\n", KIND_BULLETIN, MARIE_VALUES ", ?comes", NULL},
      {NULL, FORM "☒ Je viendrai\n☐ Je ne viendrai pas\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", NULL},
      {NULL, "Organisme : Sète\nNom : DURAND\nPrénom : Marie\nViendra : Oui\n", KIND_BULLETIN,
       "body=Sète, last=DURAND, first=Marie, email=marie@ville.example, comes=yes", NULL},
      {NULL,
       "Organisme : Sète\nNom : DURAND\nPrénom : Marie\nCourriel : marie@sete\nViendra : Oui\n",
       KIND_BULLETIN, "body=Sète, last=DURAND, first=Marie, comes=yes, ?email", NULL},
      {NULL, "Organisme : Sète\nNom et prénom : Mme DURAND Marie\nViendra : Oui\n", KIND_BULLETIN,
       "body=Sète, title=Mme, last=DURAND, first=Marie, email=marie@ville.example, comes=yes",
       NULL},
      {NULL, "Organisme : Sète\nNom : idem\nPrénom : idem\nViendra : Oui\n", KIND_BULLETIN,
       "body=Sète, email=marie@ville.example, comes=yes, ?last, ?first", NULL},
      {NULL, FORM "CP / Ville : 34200 Sète\nTél : 06 12\nViendra : Oui\n", KIND_BULLETIN,
       "body=Ville de Sète, last=DURAND, first=Marie, code=34200, town=Sète, "
       "email=m.d@sete.example, comes=yes",
       NULL},
      {NULL,
       "団体名：熊本市\n氏名：山田 太郎\n住所：熊本市1-1\n電話：096-328-2111\n出欠：出席します\n",
       KIND_BULLETIN,
       "body=熊本市, last=山田, first=太郎, street=熊本市1-1, phone=+81963282111, "
       "email=marie@ville.example, comes=yes",
       NULL},
      {NULL,
       "Organisation: Leeds\nLast name: Smith\nFirst name: Ann\nTitle: Head of Parks\nWill "
       "come: Yes\n",
       KIND_BULLETIN,
       "body=Leeds, last=Smith, first=Ann, office=Head of Parks, email=marie@ville.example, "
       "comes=yes",
       NULL},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* What is read, but not believed without a person. */
static void test_doubts(void) {
  static const Row rows[] = {
      {NULL, "Organisme : Syndicat\ndes eaux\nNom : DURAND\nPrénom : Marie\nViendra : Oui\n",
       KIND_BULLETIN,
       "body=Syndicat, last=DURAND, first=Marie, email=marie@ville.example, comes=yes",
       "belongs to no label"},
      {NULL, "Organisme : Sète\nNom : Marie DURAND\nPrénom : Marie\nViendra : Oui\n", KIND_BULLETIN,
       "body=Sète, last=Marie DURAND, first=Marie, email=marie@ville.example, comes=yes",
       "stands in the family name"},
      {NULL, FORM "Viendra : Non, M. Petit me remplacera\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=no", "somebody else"},
      {NULL, "Organisme : Sète\nNom : Durand et Petit\nPrénom : Marie\nViendra : Oui\n",
       KIND_BULLETIN,
       "body=Sète, last=Durand et Petit, first=Marie, email=marie@ville.example, comes=yes",
       "several people"},
      /* words of the event's own for a refusal, beside the label */
      {NULL, FORM "Viendra : hélas, je ne pourrai pas venir\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=no", NULL},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_quotes(void) {
  static const Row rows[] = {
      /* the blank in the quote is no answer; filled in, it is one */
      {NULL, "Bonjour\n" QUOTED BLANK, KIND_QUESTION, "", NULL},
      {NULL,
       "Bonjour\n" QUOTED "> Organisme : Sète\n> Nom : DURAND\n> Prénom : Marie\n"
       "> Viendra à la fête : ☒ Oui ☐ Non\n",
       KIND_BULLETIN, "body=Sète, last=DURAND, first=Marie, email=marie@ville.example, comes=yes",
       NULL},
      {NULL,
       QUOTED "> Organisme : ......\nSète\n> Nom : ......\nDURAND\n> Prénom : ......\nMarie\n"
              "> Viendra à la fête : ☐ Oui ☐ Non\nOui\n> Merci\n",
       KIND_BULLETIN, "body=Sète, last=DURAND, first=Marie, email=marie@ville.example, comes=yes",
       NULL},
      /* our own confirmation comes back */
      {NULL,
       "Merci !\n\nLe 3 mars 2031, Comité des Jardins <fete@jardins.example> a écrit :\n"
       "> Organisme : Sète\n> Nom : DURAND\n> Prénom : Marie\n> Viendra à la fête : Oui\n",
       KIND_QUESTION, "", NULL},
      /* an older bulletin below a new one */
      {NULL,
       FORM "Viendra : Non\n\nLe 3 mars 2031, Marie Durand <marie@ville.example> a écrit :\n"
            "> Nom : DURAND\n> Prénom : Marie\n> Viendra : Oui\n",
       KIND_BULLETIN, MARIE_VALUES ", comes=no", NULL},
      /* handed on */
      {"From: Paul Petit <paul@ville.example>\nSubject: TR: la fête des jardins\n",
       "Voir ci-dessous\n\nDe : Marie Durand <m.d@sete.example>\nEnvoyé : lundi 3 mars 2031\n"
       "À : Paul Petit\nObjet : bulletin\n\n" FORM "Viendra : Oui\n",
       KIND_BULLETIN, MARIE_VALUES ", comes=yes", NULL},
      {"From: Paul Petit <paul@ville.example>\nSubject: la fête des jardins\n",
       "Qu'en pensez-vous ?\n\nDe : Marie Durand <m.d@sete.example>\nEnvoyé : lundi 3 mars 2031\n"
       "À : Paul Petit\nObjet : bulletin\n\n" FORM "Viendra : Oui\n",
       KIND_QUESTION, "", "quoted mail"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_several(void) {
  static const Row rows[] = {
      {NULL,
       "Organisme\tNom\tPrénom\tCourriel\tViendra\nSète\tDURAND\tMarie\tm@x.example\tOui\n"
       "Sète\tPETIT\tPaul\tp@x.example\tNon\n",
       KIND_BULLETIN,
       "body=Sète, last=DURAND, first=Marie, email=m@x.example, comes=yes; body=Sète, last=PETIT, "
       "first=Paul, email=p@x.example, comes=no",
       NULL},
      {NULL,
       "Nom\tDURAND\tPETIT\nPrénom\tMarie\tPaul\nOrganisme\tSète\tAgde\nCourriel\tm@x.example\t"
       "p@x.example\nViendra\tOui\tNon\n",
       KIND_BULLETIN,
       "body=Sète, last=DURAND, first=Marie, email=m@x.example, comes=yes; body=Agde, last=PETIT, "
       "first=Paul, email=p@x.example, comes=no",
       NULL},
      {NULL, FORM "Viendra : Oui\n\nOrganisme : Agde\nNom : PETIT\nPrénom : Paul\nViendra : Oui\n",
       KIND_BULLETIN,
       MARIE_VALUES ", comes=yes; body=Agde, last=PETIT, first=Paul, comes=yes, ?email", NULL},
      {NULL, FORM "Viendra : Oui\n\n" FORM "Viendra : Oui\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", NULL},
      {NULL, FORM "Viendra : Oui\n\n" FORM "Viendra : Non\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", "two values for comes"},
      {NULL,
       "Organisme : Sète\nNom : DURAND\nPrénom : Marie\nCourriel : m@x.example\nViendra : "
       "Oui\nNom : PETIT\nPrénom : Paul\nCourriel : p@x.example\nViendra : Oui\n",
       KIND_BULLETIN,
       "body=Sète, last=DURAND, first=Marie, email=m@x.example, comes=yes; body=Sète, last=PETIT, "
       "first=Paul, email=p@x.example, comes=yes",
       "one organization for several"},
      {NULL,
       "Organisme : Sète\nCourriel : m@x.example\nNom et prénom :\n- DURAND Marie\n- PETIT "
       "Paul\nViendra : Oui\n",
       KIND_BULLETIN, "body=Sète, email=m@x.example, comes=yes, ?last, ?first", "a list stands"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_sentences(void) {
  static const Row rows[] = {
      {NULL,
       "Bonjour,\nje confirme ma venue.\n\nCordialement\nMarie Durand\nAdjointe au maire\n"
       "Ville de Sète\n2 rue Haute - 34200 Sète\nTél. 04 67 00 00 00\n",
       KIND_BULLETIN,
       "body=Ville de Sète, last=Durand, first=Marie, office=Adjointe au maire, street=2 rue "
       "Haute, "
       "code=34200, town=Sète, phone=+33467000000, email=marie@ville.example, comes=yes",
       "sentences"},
      {NULL, "Je ne pourrai pas venir.\n\nMarie Durand\n", KIND_BULLETIN,
       "last=Durand, first=Marie, email=marie@ville.example, comes=no, ?body", "sentences"},
      {NULL, FORM "Viendra :\n\nJe confirme ma venue.\n", KIND_BULLETIN, MARIE_VALUES ", comes=yes",
       NULL},
      {NULL, FORM "Viendra : Oui\n\nFinalement je ne pourrai pas venir.\n", KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", "otherwise"},
      {NULL, "Est-ce que je confirme ma venue ici ?\n", KIND_QUESTION, "", NULL},
      {NULL, "Si possible, je confirme ma venue demain.\n", KIND_QUESTION, "", NULL},
      {NULL, "Merci d'annuler mon inscription.\n", KIND_CANCELLATION, "", NULL},
      {NULL,
       "Merci d'annuler mon inscription.\n\nLe 3 mars 2031, Marie Durand "
       "<marie@ville.example> a écrit :\n> Nom : DURAND\n> Prénom : Marie\n> Viendra : Oui\n",
       KIND_CANCELLATION, "", NULL},
      {NULL, "Où se trouve le parc ?\n\nMarie\n", KIND_QUESTION, "", NULL},
      {NULL, FORM "Viendra : Oui\n\nNous serons deux.\n", KIND_BULLETIN, MARIE_VALUES ", comes=yes",
       "come along"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_kinds(void) {
  static const Row rows[] = {
      {MARIE "Auto-Submitted: auto-replied\n", "Je suis absente.\n", KIND_AUTO_REPLY, "", NULL},
      {MARIE
       "List-Id: <jardins.example>\nList-Unsubscribe: <mailto:x@y.example>\nPrecedence: bulk\n",
       FORM "Viendra : Oui\n", KIND_BULLETIN, MARIE_VALUES ", comes=yes", "filled bulletin"},
      {"From: Marie Durand <marie@ville.example>\nSubject: offre\n",
       "Name: x\nPhone: 06 12 34 56 78\nE-mail: a@b.example\nTitle: Ms\n", KIND_QUESTION, "", NULL},
      {MARIE "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n", "xyz\n",
       KIND_UNREADABLE, "", "cannot be read"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_provenance(void) {
  Fixture fixture;
  g_autoptr(Extractor) extractor = extractor_of(&fixture);
  g_autoptr(Extraction) found =
      read_mail(extractor, MARIE,
                "Bonjour\n\nOrganisme : Sète\nNom : DURAND\nPrénom : Marie\nViendra : "
                "Oui\n\nCordialement\nMarie\n");
  g_assert_cmpuint(found->participants->len, ==, 1);
  const Participant *person = found->participants->pdata[0];
  const FieldValue *last = participant_value(person, "last");
  g_assert_cmpstr(last->rule, ==, "label:Nom");
  g_assert_cmpstr(last->source, ==, "body:text/plain");
  g_assert_cmpuint(last->line, ==, 3);
  const ExtractionLine *line = found->lines->pdata[last->line];
  g_assert_cmpint(strncmp(line->text + last->start, "DURAND", last->end - last->start), ==, 0);
  const FieldValue *email = participant_value(person, "email");
  g_assert_cmpstr(email->rule, ==, "from-header");
  g_assert_cmpstr(email->source, ==, "header:From");
  g_assert_cmpuint(email->line, ==, G_MAXUINT);
  g_assert_cmpstr(found->text, ==,
                  "Bonjour\n\nOrganisme : Sète\nNom : DURAND\nPrénom : Marie\nViendra : Oui");
  g_assert_cmpuint(found->sources->len, ==, 2);
}

static void test_header(void) {
  Fixture fixture;
  g_autoptr(Extractor) extractor = extractor_of(&fixture);
  g_autoptr(Extraction) found = read_mail(
      extractor,
      "Return-Path: <Bounce@Ville.example>\nMessage-ID: <1@x>\nIn-Reply-To: <0@y>\nReferences: "
      "<0@y> <2@z>\nFrom: =?utf-8?q?=C3=89lo=C3=AFse?= <Eloise@Ville.example>\nSubject: fête\n",
      "x\n");
  g_assert_cmpstr(found->message_id, ==, "1@x");
  g_assert_cmpstr(found->from, ==, "eloise@ville.example");
  g_assert_cmpstr(found->from_name, ==, "Éloïse");
  g_assert_cmpstr(found->return_path, ==, "bounce@ville.example");
  g_assert_cmpuint(found->references->len, ==, 2);
  g_assert_cmpstr(found->references->pdata[1], ==, "2@z");
  g_assert_cmpuint(strlen(found->content_digest), ==, 64);
  g_assert_cmpstr(found->event, ==, "jardins");
}

static void test_suppress(void) {
  static const struct {
    const char *header;
    gboolean suppressed;
  } rows[] = {{MARIE "X-Auto-Response-Suppress: DR, OOF, AutoReply\n", FALSE},
              {MARIE "X-Auto-Response-Suppress: All\n", TRUE}};
  Fixture fixture;
  g_autoptr(Extractor) extractor = extractor_of(&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Extraction) found = read_mail(extractor, rows[i].header, FORM "Viendra : Oui\n");
    g_assert_cmpint((found->flags & EXTRACTION_SUPPRESS) != 0, ==, rows[i].suppressed);
  }
}

static void test_header_only(void) {
  Fixture fixture;
  g_autoptr(Extractor) extractor = extractor_of(&fixture);
  static const char raw[] = MARIE "\n";
  Wire__Request request = WIRE__REQUEST__INIT;
  request.message.data = (guint8 *)raw;
  request.message.len = sizeof raw - 1;
  request.header_only = TRUE;
  g_autoptr(Extraction) found = extract(extractor, &request);
  g_assert_cmpint(found->kind, ==, KIND_UNREADABLE);
  g_assert_true(found->flags & EXTRACTION_HEADER_ONLY);
}

/* ---- bounds: what is read in part is told ---- */

static void bound_text(Fixture *fixture) {
  fixture->limits.text_bytes = 80;
}
static void bound_parts(Fixture *fixture) {
  fixture->limits.parts = 1;
}
static void bound_lines(Fixture *fixture) {
  fixture->limits.lines = 5;
}
static void bound_steps(Fixture *fixture) {
  static Wire__Pattern pattern = WIRE__PATTERN__INIT, *patterns[] = {&pattern};
  static Wire__Event event;
  event = *fixture_event();
  pattern.regex = (char *)"^(?:o+)+$";
  event.cancellation = patterns;
  fixture->events[0] = &event;
}

static void test_bounds(void) {
#define MULTI                                                                                      \
  "--b\nContent-Type: text/plain; charset=utf-8\n\n" FORM                                          \
  "Viendra : Oui\n--b\nContent-Type: text/plain\n\nx\n--b--\n"
  static const char multi[] = MARIE "Content-Type: multipart/mixed; boundary=b\n";
  static const struct {
    void (*bound)(Fixture *fixture);
    const char *header, *body, *want;
  } rows[] = {
      {bound_text, MARIE, FORM "Viendra : Oui\n", "over the limit text_bytes: read in part"},
      {bound_lines, MARIE, FORM "Viendra : Oui\n\nMerci\n", "over the limit lines: read in part"},
      {bound_parts, multi, MULTI, "over the limit parts: read in part"},
      {bound_steps, MARIE, FORM "Viendra : Oui\n\noooooooooooooooooooooooooooooooooooooooob\n",
       "a pattern was stopped: "},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Fixture fixture;
    g_autoptr(Extractor) unbounded = extractor_of(&fixture);
    g_autoptr(Extraction) whole = read_mail(unbounded, rows[i].header, rows[i].body);
    rows[i].bound(&fixture);
    g_autoptr(Extractor) extractor = extractor_new(&fixture.setup, NULL);
    g_autoptr(Extraction) found = read_mail(extractor, rows[i].header, rows[i].body);
    g_assert_cmpuint(whole->review_reasons->len, ==, 0);
    gboolean told = FALSE;
    for (guint k = 0; k < found->review_reasons->len; k++)
      told = told || g_str_has_prefix(found->review_reasons->pdata[k], rows[i].want);
    if (!told) g_test_fail_printf("row %zu: '%s' is not told", i, rows[i].want);
  }
}

/* ---- an answer in the calendar beside the text ---- */

static void test_calendar(void) {
#define REPLY(status)                                                                              \
  "--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:"        \
  "VEVENT\nATTENDEE;CN=Marie Durand" status ":mailto:marie@ville.example\nEND:VEVENT\nEND:"        \
  "VCALENDAR\n--b--\n"
#define BESIDE(text) "--b\nContent-Type: text/plain; charset=utf-8\n\n" text
  static const char header[] = MARIE "Content-Type: multipart/mixed; boundary=b\n";
  static const Row rows[] = {
      {header, BESIDE(FORM "Viendra : Oui\n") REPLY(";PARTSTAT=DECLINED"), KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", "the calendar says no, the text yes"},
      {header, BESIDE(FORM "Viendra : Oui\n") REPLY(";PARTSTAT=ACCEPTED"), KIND_BULLETIN,
       MARIE_VALUES ", comes=yes", NULL},
      {header, BESIDE(FORM) REPLY(";PARTSTAT=DECLINED"), KIND_BULLETIN, MARIE_VALUES ", comes=no",
       NULL},
      {header, BESIDE(FORM) REPLY(";PARTSTAT=TENTATIVE"), KIND_BULLETIN, MARIE_VALUES ", ?comes",
       "neither yes nor no"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* Whatever is read must pass the daemon's check of it. */
static void test_wire(void) {
  Fixture fixture;
  g_autoptr(Extractor) extractor = extractor_of(&fixture);
  g_autoptr(Extraction) found = read_mail(extractor, MARIE, FORM "Viendra : Oui\n" QUOTED BLANK);
  g_autoptr(GBytes) bytes = wire_extraction_write(found);
  GError *error = NULL;
  g_autoptr(Extraction) again = wire_extraction_read(bytes, &error);
  g_assert_no_error(error);
  g_assert_nonnull(again);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/extract/one-person", test_one_person);
  g_test_add_func("/extract/doubts", test_doubts);
  g_test_add_func("/extract/quotes", test_quotes);
  g_test_add_func("/extract/several", test_several);
  g_test_add_func("/extract/sentences", test_sentences);
  g_test_add_func("/extract/kinds", test_kinds);
  g_test_add_func("/extract/provenance", test_provenance);
  g_test_add_func("/extract/header", test_header);
  g_test_add_func("/extract/suppress", test_suppress);
  g_test_add_func("/extract/header-only", test_header_only);
  g_test_add_func("/extract/wire", test_wire);
  g_test_add_func("/extract/bounds", test_bounds);
  g_test_add_func("/extract/calendar", test_calendar);
  return g_test_run();
}
