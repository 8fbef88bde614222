/* test_scanned - letters that were guessed from a picture: signs that are boxes, an address that is
 * the sender's but for a letter, and what a person is asked to compare. The reader of pictures is
 * this file's own: it "reads" the row's lines. */
#include "parsers/scanned.h"

#include "parsers/place.h"
#include "tests/parsers/extract_fixture.h"

typedef struct {
  const char *lines;
  guint confidence;
} Scan;

static Scan scan;

static gboolean read_scan(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                          Text *text) {
  (void)picture;
  g_auto(GStrv) lines = g_strsplit(scan.lines, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    TextLine *line = text_add(text, limits, lines[i], -1, part->index, 0);
    line->scanned = TRUE;
    line->page = 1;
    guint length = (guint)strlen(line->text);
    if (length) place_add(line, (TextPlace){0, length, 10, 20, 300, 12, scan.confidence});
  }
  return TRUE;
}

/* The head of a picture as large as a page. */
static const guint8 png[32] = "\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\6\xa4\0\0\x08\xfc\x08\2";

static Extraction *read_scanned(const char *from) {
  Fixture fixture;
  g_autoptr(Extractor) extractor = extractor_of(&fixture);
  extractor_read_pictures(extractor, read_scan);
  g_autofree char *code = g_base64_encode(png, sizeof png);
  g_autofree char *header = g_strdup_printf("From: %s\nSubject: la fête des jardins\n"
                                            "MIME-Version: 1.0\n"
                                            "Content-Type: multipart/mixed; boundary=b\n",
                                            from);
  g_autofree char *body = g_strdup_printf("--b\nContent-Type: image/png; name=scan.png\n"
                                          "Content-Transfer-Encoding: base64\n\n%s\n--b--\n",
                                          code);
  return read_mail(extractor, header, body);
}

/* "field=value" and the rule of it, of the only person. */
static void assert_value(const Extraction *found, const char *field, const char *value,
                         const char *rule) {
  g_assert_cmpuint(found->participants->len, ==, 1);
  const FieldValue *got = participant_value(found->participants->pdata[0], field);
  g_assert_cmpstr(got ? got->value : NULL, ==, value);
  if (rule) g_assert_cmpstr(got->rule, ==, rule);
}

#define SCAN(email, comes)                                                                         \
  "Organisme : Ville de Sète\nNom : DURAND\nPrénom : Marie\nCourriel : " email                     \
  "\nViendra à la fête : " comes

static void test_addresses(void) {
  static const struct {
    const char *from, *read, *want, *rule;
  } rows[] = {
      /* a letter that was read as another */
      {"marie@ville.example", "marle@ville.example", "marie@ville.example",
       "label:Courriel, from-header"},
      {"marie@ville.example", "marie@ville.example", "marie@ville.example", "label:Courriel"},
      /* two people of one office */
      {"m.durand@ville.example", "p.durand@ville.example", "p.durand@ville.example",
       "label:Courriel"},
      {"m.durand@ville.example", "m.durend@ville.example", "m.durand@ville.example",
       "label:Courriel, from-header"},
      /* somebody else's, written in full */
      {"accueil@ville.example", "marie@ville.example", "marie@ville.example", "label:Courriel"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *lines = g_strdup_printf(SCAN("%s", "Oui"), rows[i].read);
    scan = (Scan){lines, 95};
    g_test_message("%s of %s", rows[i].read, rows[i].from);
    g_autoptr(Extraction) found = read_scanned(rows[i].from);
    assert_value(found, "email", rows[i].want, rows[i].rule);
  }
}

/* Several people on one scan have each an address of their own. */
static void test_no_address_of_several_is_mended(void) {
  scan = (Scan){"Organisme\tNom\tPrénom\tCourriel\tViendra\n"
                "Sète\tDURAND\tMarie\tmarle@ville.example\tOui\n"
                "Sète\tPETIT\tPaul\tpaul@ville.example\tOui",
                95};
  g_autoptr(Extraction) found = read_scanned("marie@ville.example");
  g_assert_cmpuint(found->participants->len, ==, 2);
  const FieldValue *email = participant_value(found->participants->pdata[0], "email");
  g_assert_cmpstr(email->value, ==, "marle@ville.example");
}

/* One sign may be a letter, and so may one within a word; two before choices are boxes. */
static void test_signs_are_boxes(void) {
  static const struct {
    const char *read, *want;
  } rows[] = {{"Viendra : 図 Oui ロ Non", "Viendra : ☒ Oui ☐ Non"},
              {"口 Oui\t凶Non", "☐ Oui\t☒Non"},
              {"図 Oui", "図 Oui"},
              {"Oui ロ Non 図", "Oui ロ Non 図"},
              {"サロ Oui 図 Non", "サロ Oui 図 Non"},
              {"ロ Oui 図 Madame", "ロ Oui 図 Madame"},
              {"出席 図 欠席 ロ", "出席 図 欠席 ロ"}};
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Text) text = text_new();
    text_add(text, &limits, rows[i].read, -1, 0, 0);
    TextLine *line = text_add(text, &limits, rows[i].read, -1, 0, 0);
    line->scanned = TRUE;
    scanned_boxes(text, fixture_event());
    g_assert_cmpstr(line->text, ==, rows[i].want);
    const TextLine *typed = text->lines->pdata[0];
    g_assert_cmpstr(typed->text, ==, rows[i].read);
  }
}

static void test_a_ticked_sign_answers(void) {
  scan = (Scan){SCAN("m@sete.example", "口 Oui 図 Non"), 95};
  g_autoptr(Extraction) found = read_scanned("marie@ville.example");
  assert_value(found, "comes", "no", NULL);
}

static void test_a_person_compares(void) {
  static const struct {
    guint confidence;
    const char *want;
  } rows[] = {{85, "read from a picture"},
              {84, "read from a picture, hardly legible: body, last, first, email, comes"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    scan = (Scan){SCAN("m@sete.example", "Oui"), rows[i].confidence};
    g_autoptr(Extraction) found = read_scanned("marie@ville.example");
    const GPtrArray *reasons = found->review_reasons;
    g_assert_cmpuint(reasons->len, >, 0);
    g_assert_cmpstr(reasons->pdata[reasons->len - 1], ==, rows[i].want);
    const FieldValue *last = participant_value(found->participants->pdata[0], "last");
    g_assert_cmpfloat(last->y, ==, 20);
    g_assert_cmpuint(last->page, ==, 1);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/scanned/addresses", test_addresses);
  g_test_add_func("/scanned/several", test_no_address_of_several_is_mended);
  g_test_add_func("/scanned/boxes", test_signs_are_boxes);
  g_test_add_func("/scanned/answers", test_a_ticked_sign_answers);
  g_test_add_func("/scanned/compares", test_a_person_compares);
  return g_test_run();
}
