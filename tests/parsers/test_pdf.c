/* test_pdf - what PDF documents and their forms say, one habit of a program a row. */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/page_picture.h"
#include "parsers/formats/picture.h"
#include "parsers/place.h"
#include "tests/parsers/pdf_fixture.h"

/* The letters of the documents: fontconfig keeps what it has found. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
  return "leak:libfontconfig\n";
}

#define FIELD(number, entries)                                                                     \
#number " 0 obj<</Type/Annot/Subtype/Widget/F 4/DA(/F 10 Tf)" entries ">>endobj\n"
#define TEXT_FIELD(number, name, value, rect)                                                      \
  FIELD(number, "/FT/Tx/T(" name ")/V(" value ")/Rect[" rect "]")
#define CHECK(number, name, state, rect)                                                           \
  FIELD(number, "/FT/Btn/T(" name ")/V/" state "/AS/" state "/Rect[" rect                          \
                "]/AP<</N<</Yes 28 0 R/Off 29 0 R>>>>")
#define RADIO(number, on, state, rect)                                                             \
#number " 0 obj<</Type/Annot/Subtype/Widget/F 4/Parent 27 0 R/AS/" state "/Rect[" rect           \
          "]/AP<</N<</" on " 28 0 R/Off 29 0 R>>>>>>endobj\n"
#define LOOKS                                                                                      \
  "28 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length 0>>stream\n\nendstream endobj\n"    \
  "29 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length 0>>stream\n\nendstream endobj\n"
#define NOTE(number, subtype, entries)                                                             \
#number " 0 obj<</Type/Annot/Subtype/" subtype "/F 4" entries ">>endobj\n"

typedef struct {
  const char *name;
  PdfFixture pdf;
  const char *want;
} PdfRow;

static Text *read_bytes(GBytes *content, const Wire__Limits *limits) {
  static char type[] = "application/pdf", name[] = "bulletin.pdf", none[] = "";
  MimePart part = {.type = type,
                   .name = name,
                   .charset = none,
                   .method = none,
                   .content_id = none,
                   .content = content};
  Wire__Limits standard = WIRE__LIMITS__INIT;
  wire_limits_default(&standard);
  Text *text = text_new();
  g_assert_true(pdf_read(&part, limits ? limits : &standard, text));
  return text;
}

static Text *read_pdf(const PdfFixture *pdf, const Wire__Limits *limits) {
  g_autoptr(GBytes) content = pdf_fixture_new(pdf, NULL);
  return read_bytes(content, limits);
}

static char *lines_of(const Text *text) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < text->lines->len; i++)
    g_string_append_printf(out, "%s\n", ((TextLine *)text->lines->pdata[i])->text);
  return g_string_free(out, FALSE);
}

static void assert_reason(const Text *text, const char *want) {
  for (guint i = 0; i < text->review_reasons->len; i++)
    if (strstr(text->review_reasons->pdata[i], want)) return;
  g_test_fail_printf("no reason says '%s'", want);
}

static void try_rows(const PdfRow *rows, gsize n) {
  for (gsize i = 0; i < n; i++) {
    g_autoptr(Text) text = read_pdf(&rows[i].pdf, NULL);
    g_autofree char *got = lines_of(text);
    if (strcmp(got, rows[i].want) != 0) {
      g_test_message("%s: got '%s', not '%s'", rows[i].name, got, rows[i].want);
      g_test_fail();
    }
    if (text->review_reasons->len) {
      g_test_message("%s: %s", rows[i].name, (char *)text->review_reasons->pdata[0]);
      g_test_fail();
    }
  }
}

/* ---- printed text ---- */

static const PdfRow printed[] = {
    {"a label column beside a value column",
     {.content = AT(60, 700, "Nom") AT(220, 700, "BLANCHET") AT(60, 680, "Pr\351nom")
          AT(220, 680, "Ir\350ne")},
     "Nom\tBLANCHET\nPrénom\tIrène\n"},
    {"drawn column by column, read row by row",
     {.content =
          AT(60, 700, "Nom") AT(60, 680, "Ville") AT(220, 700, "COSTE") AT(220, 680, "Gray")},
     "Nom\tCOSTE\nVille\tGray\n"},
    {"a label above its value",
     {.content = AT(60, 700, "Nom de famille") AT(60, 684, "BLANCHET")},
     "Nom de famille\nBLANCHET\n"},
    {"leaders stay",
     {.content = AT(60, 700, "Nom : ........ COSTE ........")},
     "Nom : ........ COSTE ........\n"},
    {"a word of several pieces",
     {.content = "BT /F 11 Tf 60 700 Td [(BLAN) 20 (CH) -15 (ET)] TJ ET\n"},
     "BLANCHET\n"},
    {"a word letter by letter",
     {.content =
          "BT /F 11 Tf 60 700 Td (G) Tj 8.56 0 Td (r) Tj 3.66 0 Td (a) Tj 6.12 0 Td (y) Tj ET\n"},
     "Gray\n"},
    {"a no-break space", {.content = AT(60, 700, "Nom\240: COSTE")}, "Nom : COSTE\n"},
    {"an empty line where rows stand far apart",
     {.content = AT(60, 700, "a") AT(60, 685, "b") AT(60, 670, "c") AT(60, 610, "d")},
     "a\nb\nc\n\nd\n"},
    {"text that cannot be seen: drawn off the page",
     {.content = AT(60, 700, "Nom") AT(60, 2700, "loin")},
     "Nom\n"},
    {"a line through words",
     {.content =
          AT(60, 700, "Oui") AT(160, 700, "Samedi matin") "0.8 w 158 703.5 m 232 703.5 l S\n"},
     "Oui\n"},
    {"a line through the first half of what stands without a space",
     {.content = AT(60, 700, "NonOui") "0.8 w 59 703.5 m 81 703.5 l S\n"},
     "Oui\n"},
    {"a line through a choice of one letter and the stroke behind it",
     {.content = AT(60, 700, "M. / Mme") "0.8 w 59 703.5 m 79 703.5 l S\n"},
     "Mme\n"},
    {"empty cells keep their columns",
     {.content = "60 640 300 60 re 60 660 m 360 660 l 60 680 m 360 680 l S\n"
                 "160 640 m 160 700 l 260 640 m 260 700 l S\n" AT(64, 686, "Nom")
                     AT(164, 686, "Tel") AT(264, 686, "Ville") AT(64, 666, "COSTE")
                         AT(264, 666, "Gray") AT(164, 646, "12 34") AT(264, 646, "Dole")},
     "Nom\tTel\tVille\nCOSTE\t\tGray\n\t12 34\tDole\n"},
    {"two columns, whose lines are not level",
     {.content = AT(60, 700, "Organisme : Comite de jumelage") AT(60, 686, "de Vernon")
          AT(60, 664, "Nom : COSTE") AT(60, 642, "Ville : Gray") AT(60, 620, "CP : 70100") AT(
              320, 705, "Tel : 12 34") AT(320, 681, "Viendra : oui") AT(320, 657, "Menu : midi")
              AT(320, 633, "Train : non") AT(
                  60, 560, "Merci de votre retour avant le 25 juin, par courriel ou par la poste")},
     "\nOrganisme : Comite de jumelage de Vernon\nNom : COSTE\nVille : Gray\nCP : 70100\n\n"
     "Tel : 12 34\nViendra : oui\nMenu : midi\nTrain : non\n\n"
     "Merci de votre retour avant le 25 juin, par courriel ou par la poste\n"},
    {"a word that is broken by its cell",
     {.content = "60 660 240 40 re 108 660 m 108 700 l S\n" AT(62, 686, "Telepho") AT(62, 672, "ne")
          AT(112, 686, "12 34")},
     "Telephone\t12 34\n"},
    {"a ruled table",
     {.content = "60 660 300 40 re 60 680 m 360 680 l 160 660 m 160 700 l S\n" AT(64, 686, "Nom")
          AT(164, 686, "COSTE") AT(64, 666, "Ville") AT(164, 666, "Gray")},
     "Nom\tCOSTE\nVille\tGray\n"},
    {"Japanese without a font in the file",
     {.content = AT_FONT("J", 60, 700, "\202\250\226\274\221\117")
          AT_FONT("J", 220, 700, "\216\122\223\143")},
     "お名前\t山田\n"},
};

static void test_printed_text(void) {
  try_rows(printed, G_N_ELEMENTS(printed));
}

/* ---- tick boxes ---- */

static const PdfRow boxes[] = {
    {"ZapfDingbats, drawn for forms that were flattened",
     {.content = AT_FONT("Z", 60, 700, "4") AT(80, 700, "Oui") AT_FONT("Z", 160, 700, "o")
          AT(180, 700, "Non")},
     "☒ Oui\t☐ Non\n"},
    {"Wingdings with the style in its name",
     {.content = AT_FONT("W", 60, 700, "\376") AT(80, 700, "Oui") AT_FONT("W", 160, 700, "\250")
          AT(180, 700, "Non")},
     "☒ Oui\t☐ Non\n"},
    {"Wingdings 2 without the space",
     {.content = AT_FONT("V", 60, 700, "R") AT(80, 700, "Oui") AT_FONT("V", 160, 700, "\243")
          AT(180, 700, "Non")},
     "☒ Oui\t☐ Non\n"},
    {"squares that are drawn, one crossed",
     {.content =
          "0.8 w 60 699 9 9 re S 160 699 9 9 re S 160 699 m 169 708 l 160 708 m 169 699 l S\n" AT(
              74, 700, "Oui") AT(174, 700, "Non")},
     "☐ Oui\t☒ Non\n"},
    {"the same in a form that the page shows",
     {.content = "/P Do " AT(74, 700, "Oui") AT(174, 700, "Non"),
      .objects =
          "30 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 89>>stream\n"
          "0.8 w 60 699 9 9 re S 160 699 9 9 re S 160 699 m 169 708 l 160 708 m 169 699 l S\n"
          "endstream endobj\n"},
     "☐ Oui\t☒ Non\n"},
};

static const PdfRow ruled_boxes[] = {
    {"squares that reach the rules of their row",
     {.content =
          "0.8 w 60 660 300 40 re 60 680 m 360 680 l 160 660 m 160 700 l S\n"
          "164 681 12 12.5 re S 220 681 12 12.5 re S\n"
          "0.3 w 220 681 m 232 693.5 l 220 693.5 m 232 681 l S\n" AT(64, 684, "Viendra")
              AT(180, 684, "Oui") AT(236, 684, "Non") AT(64, 666, "Ville") AT(164, 666, "Gray")},
     "Viendra\t☐ Oui ☒ Non\nVille\tGray\n"},
};

static void test_tick_boxes(void) {
  try_rows(ruled_boxes, G_N_ELEMENTS(ruled_boxes));
  try_rows(boxes, G_N_ELEMENTS(boxes));
}

/* ---- form fields ---- */

static const PdfRow fields[] = {
    {"a field beside its label, without a look of its own",
     {.content = AT(60, 700, "Nom"),
      TEXT_FIELD(20, "f1", "COSTE", "160 696 300 712"),
      "20 0 R",
      "20 0 R"},
     "Nom\tCOSTE\n"},
    {"a field below its label",
     {.content = AT(60, 700, "Nom de famille"),
      TEXT_FIELD(20, "f1", "COSTE", "60 680 300 696"),
      "20 0 R",
      "20 0 R"},
     "Nom de famille\nCOSTE\n"},
    {"what its program painted is not read twice",
     {.content = AT(60, 700, "Nom") AT(162, 700, "COSTE"),
      TEXT_FIELD(20, "f1", "COSTE", "160 696 300 712"),
      "20 0 R",
      "20 0 R"},
     "Nom\tCOSTE\n"},
    {"nothing is printed beside it: the tooltip",
     {.content = NULL,
      FIELD(20, "/FT/Tx/T(f1)/TU(Ville ou commune)/V(Gray)/Rect[160 696 300 712]"),
      "20 0 R",
      "20 0 R"},
     "Ville ou commune\tGray\n"},
    {"no tooltip either: the name",
     {.content = NULL,
      TEXT_FIELD(20, "code_postal", "70100", "160 696 300 712"),
      "20 0 R",
      "20 0 R"},
     "code postal\t70100\n"},
    {"a value in UTF-16, of two lines",
     {.content = AT(60, 700, "Adresse"),
      FIELD(20, "/FT/Tx/Ff 4096/T(a)/V<FEFF0032002000720075006500200064006500730020004500740061006E"
                "00670073000A004200E200740069006D0065006E007400200043>/Rect[160 660 300 712]"),
      "20 0 R",
      "20 0 R"},
     "Adresse\t2 rue des Etangs, Bâtiment C\n"},
    {"an empty field",
     {.content = AT(60, 700, "Nom"),
      TEXT_FIELD(20, "f1", "", "160 696 300 712"),
      "20 0 R",
      "20 0 R"},
     "Nom\n"},
    {"check boxes in their places",
     {.content = AT(60, 700, "Oui") AT(120, 700, "Non"),
      CHECK(20, "c1", "Yes", "84 698 94 708") CHECK(21, "c2", "Off", "144 698 154 708") LOOKS,
      "20 0 R 21 0 R",
      "20 0 R 21 0 R"},
     "Oui ☒ Non ☐\n"},
    {"check boxes before their words",
     {.content = AT(76, 700, "Oui") AT(136, 700, "Non"),
      CHECK(20, "c1", "Off", "60 698 70 708") CHECK(21, "c2", "Yes", "120 698 130 708") LOOKS,
      "20 0 R 21 0 R",
      "20 0 R 21 0 R"},
     "☐ Oui ☒ Non\n"},
    {"radio buttons whose names say nothing",
     {.content = AT(60, 700, "Participera") AT(176, 700, "Oui") AT(236, 700, "Non"),
      "27 0 obj<</FT/Btn/Ff 49152/T(g1)/V/1/Kids[20 0 R 21 0 R]>>endobj\n" RADIO(
          20, "0", "Off", "160 698 170 708") RADIO(21, "1", "1", "220 698 230 708") LOOKS,
      "20 0 R 21 0 R",
      "27 0 R"},
     "Participera\t☐ Oui ☒ Non\n"},
    {"a choice, by what it shows",
     {.content = AT(60, 700, "Civilit\351"),
      FIELD(20,
            "/FT/Ch/Ff 131072/T(c)/Opt[[(1)(Madame)][(2)(Monsieur)]]/V(1)/Rect[160 696 300 712]"),
      "20 0 R",
      "20 0 R"},
     "Civilité\tMadame\n"},
    {"a list with two choices",
     {.content = AT(60, 700, "Ateliers"),
      FIELD(20, "/FT/Ch/Ff 2097152/T(c)/Opt[(Eau)(Bois)(Sport)]/V[(Eau)(Sport)]"
                "/Rect[160 660 300 712]"),
      "20 0 R",
      "20 0 R"},
     "Ateliers\tEau, Sport\n"},
    {"a button to push says nothing",
     {.content = AT(60, 700, "Nom"),
      FIELD(20, "/FT/Btn/Ff 65536/T(Envoyer)/Rect[160 696 300 712]"),
      "20 0 R",
      "20 0 R"},
     "Nom\n"},
};

static void test_form_fields(void) {
  try_rows(fields, G_N_ELEMENTS(fields));
}

/* ---- annotations, turned pages ---- */

static const PdfRow notes[] = {
    {"text that was typed onto the page",
     {.content = AT(60, 700, "Nom"),
      NOTE(20, "FreeText", "/DA(/F 10 Tf)/Contents(COSTE)/Rect[160 696 300 712]"),
      "20 0 R"},
     "Nom\tCOSTE\n"},
    {"struck out by an annotation",
     {.content = AT(60, 700, "Oui") AT(160, 700, "Non"),
      NOTE(20, "StrikeOut", "/QuadPoints[158 712 190 712 158 696 190 696]/Rect[158 696 190 712]"),
      "20 0 R"},
     "Oui\n"},
    {"a page that is shown turned",
     {.content = "0 1 -1 0 595 0 cm\n" AT(60, 500, "Nom") AT(220, 500, "COSTE") AT(60, 480, "Ville")
          AT(220, 480, "Gray"),
      .page = "/Rotate 90"},
     "Nom\tCOSTE\nVille\tGray\n"},
    {"a page of which a part is shown",
     {.content = AT(60, 500, "Nom"),
      TEXT_FIELD(20, "f1", "COSTE", "160 496 300 512"),
      "20 0 R",
      "20 0 R",
      "/CropBox[40 300 595 700]"},
     "Nom\tCOSTE\n"},
};

static void test_annotations_and_turned_pages(void) {
  try_rows(notes, G_N_ELEMENTS(notes));
}

/* ---- what is said of a document that cannot be read whole ---- */

static void test_pages_have_numbers(void) {
  const PdfFixture pdf = {.content = AT(60, 700, "Nom"), .copies = 3};
  g_autoptr(Text) text = read_pdf(&pdf, NULL);
  g_autofree char *got = lines_of(text);
  g_assert_cmpstr(got, ==, "Nom\n\nNom\n\nNom\n");
  g_assert_cmpuint(((TextLine *)text->lines->pdata[0])->page, ==, 1);
  g_assert_cmpuint(((TextLine *)text->lines->pdata[4])->page, ==, 3);
}

static void test_limits_are_named(void) {
  const PdfFixture pdf = {.content = AT(60, 700, "Nom"), .copies = 3};
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  limits.pages = 2;
  g_autoptr(Text) text = read_pdf(&pdf, &limits);
  assert_reason(text, "pages");
  g_autofree char *got = lines_of(text);
  g_assert_cmpstr(got, ==, "Nom\n\nNom\n");
}

static void test_faults_are_said(void) {
  g_autoptr(GBytes) cut = g_bytes_new_static("%PDF-1.7\n1 0 obj<<", 18);
  g_autoptr(Text) damaged = read_bytes(cut, NULL);
  assert_reason(damaged, "bulletin.pdf cannot be read: damaged");
  const PdfFixture blank = {.content = NULL};
  g_autoptr(Text) nothing = read_pdf(&blank, NULL);
  assert_reason(nothing, "shows no text");
  const PdfFixture scan = {
      .content = "500 0 0 700 40 60 cm /P Do",
      "30 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray"
      "/BitsPerComponent 8/Length 1>>stream\nx\nendstream endobj\n"};
  g_autoptr(Text) picture = read_pdf(&scan, NULL);
  assert_reason(picture, "page 1 of bulletin.pdf is a picture");
  g_assert_true(picture->pictures);
}

/* A page that is a picture is painted for whoever reads pictures: upright, large, its number told.
 */
static gboolean see_page(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                         Text *text) {
  g_assert_null(picture->encoded);
  g_assert_cmpuint(picture->page, ==, 1);
  g_assert_cmpint(MAX(picture->width, picture->height), >=, 3000);
  g_assert_cmpint(picture->stride, >=, picture->width * 4);
  const guint8 *row = picture->pixels + (gsize)picture->stride * (gsize)(picture->height / 2);
  g_assert_cmpuint(row[0], ==, 255);                        /* the margin */
  g_assert_cmpuint(row[(picture->width / 2) * 4], ==, 'x'); /* the one pixel that it is made of */
  text_add(text, limits, "Nom : COSTE", -1, part->index, 0);
  return TRUE;
}

static void test_a_scan_is_painted(void) {
  static char type[] = "application/pdf", name[] = "scan.pdf", none[] = "";
  const PdfFixture scan = {
      .content = "500 0 0 700 40 60 cm /P Do",
      "30 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray"
      "/BitsPerComponent 8/Length 1>>stream\nx\nendstream endobj\n"};
  g_autoptr(GBytes) content = pdf_fixture_new(&scan, NULL);
  MimePart part = {.type = type, .name = name, .charset = none, .content_id = none};
  part.content = content;
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  for (guint small = 0; small <= 1; small++) {
    if (small) limits.page_pixels = 1000 * 1000;
    g_autoptr(Text) text = text_new();
    text->reader = see_page;
    g_assert_true(pdf_read(&part, &limits, text));
    g_autofree char *got = lines_of(text);
    g_assert_cmpstr(got, ==, small ? "" : "Nom : COSTE\n");
    if (small) assert_reason(text, "page 1 of scan.pdf is a picture");
    g_assert_cmpuint(text->review_reasons->len, ==, small);
  }
}

static void test_locked_documents(void) {
  g_autoptr(GBytes) owner = pdf_fixture_locked(AT(60, 700, "Nom COSTE"), "", "mairie");
  g_autoptr(Text) read = read_bytes(owner, NULL);
  g_autofree char *got = lines_of(read);
  g_assert_cmpstr(got, ==, "Nom COSTE\n");
  g_assert_cmpuint(read->review_reasons->len, ==, 0);
  g_autoptr(GBytes) user = pdf_fixture_locked(AT(60, 700, "Nom COSTE"), "secret", "mairie");
  g_autoptr(Text) closed = read_bytes(user, NULL);
  assert_reason(closed, "bulletin.pdf cannot be read: encrypted");
  g_assert_cmpuint(closed->lines->len, ==, 0);
}

/* ---- where on the page ---- */

static const TextPlace *place_of(const Text *text, const char *words) {
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    const char *at = strstr(line->text, words);
    for (guint k = 0; at && line->places && k < line->places->len; k++) {
      const TextPlace *place = &g_array_index(line->places, TextPlace, k);
      if (place->start == (guint)(at - line->text)) return place;
    }
  }
  g_error("'%s' has no place", words);
}

static void test_words_know_their_places(void) {
  const PdfFixture pdf = {.content = AT(60, 700, "Nom") AT(220, 700, "BLANCHET")
                              AT(60, 600, "Ville") AT(220, 600, "Gray") AT(60, 300, "Ville")};
  g_autoptr(Text) text = read_pdf(&pdf, NULL);
  const TextPlace *name = place_of(text, "BLANCHET"), *city = place_of(text, "Gray");
  g_assert_cmpfloat_with_epsilon(name->x, 220, 2);
  g_assert_cmpfloat_with_epsilon(name->y + name->height, 842 - 700, 5);
  g_assert_cmpfloat(name->width, >, 40);
  g_assert_cmpfloat(name->width, <, 90);
  g_assert_cmpfloat_with_epsilon(city->y - name->y, 100, 1);
  /* the same word twice: each line has its own */
  const TextLine *last = text->lines->pdata[text->lines->len - 1];
  g_assert_cmpuint(last->places->len, ==, 1);
  g_assert_cmpfloat_with_epsilon(g_array_index(last->places, TextPlace, 0).y - city->y, 300, 1);
}

static cairo_status_t take_png(void *data, unsigned char *bytes, unsigned int length) {
  GBytes **left = data;
  if (length > g_bytes_get_size(*left)) return CAIRO_STATUS_READ_ERROR;
  memcpy(bytes, g_bytes_get_data(*left, NULL), length);
  GBytes *rest = g_bytes_new_from_bytes(*left, length, g_bytes_get_size(*left) - length);
  g_bytes_unref(*left);
  *left = rest;
  return CAIRO_STATUS_SUCCESS;
}

/* Blue, green and red of the picture at a place in points. */
static guint32 colour_at(cairo_surface_t *picture, double x, double y) {
  double scale = cairo_image_surface_get_height(picture) / 842.0;
  const guint8 *row = cairo_image_surface_get_data(picture) +
                      (gsize)(y * scale) * (gsize)cairo_image_surface_get_stride(picture);
  return ((const guint32 *)(gconstpointer)row)[(gsize)(x * scale)] & 0xffffff;
}

static void show(const PdfFixture *pdf, guint number, PagePicture *wanted) {
  g_autoptr(GBytes) content = pdf_fixture_new(pdf, NULL);
  static char type[] = "application/pdf", none[] = "";
  MimePart part = {.type = type,
                   .name = none,
                   .charset = none,
                   .method = none,
                   .content_id = none,
                   .index = 3,
                   .content = content};
  Wire__Limits standard = WIRE__LIMITS__INIT;
  wire_limits_default(&standard);
  g_autoptr(Text) text = text_new();
  ((Wire__PageWish *)(gsize)wanted->wish)->page = number;
  text->wanted = wanted;
  g_assert_true(pdf_read(&part, &standard, text));
}

static void test_a_page_is_shown_and_marked(void) {
  const PdfFixture pdf = {.content = AT(60, 700, "Nom") AT(220, 700, "BLANCHET"), .copies = 2};
  Wire__PageMark mark = WIRE__PAGE_MARK__INIT;
  mark.x = 220;
  mark.y = 131;
  mark.width = 60;
  mark.height = 12;
  Wire__PageMark *marks[] = {&mark};
  Wire__PageWish wish = WIRE__PAGE_WISH__INIT;
  wish.part = 3;
  wish.side = 421; /* half a pixel a point */
  wish.marks = marks;
  wish.n_marks = 1;
  PagePicture wanted = {.wish = &wish};
  show(&pdf, 2, &wanted);
  g_assert_nonnull(wanted.png);
  g_assert_cmpfloat(wanted.width, ==, 595);
  g_assert_cmpfloat(wanted.height, ==, 842);
  cairo_surface_t *picture = cairo_image_surface_create_from_png_stream(take_png, &wanted.png);
  g_assert_cmpint(cairo_surface_status(picture), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint(cairo_image_surface_get_height(picture), <=, 422);
  g_assert_cmphex(colour_at(picture, 400, 400), ==, 0xffffff);
  g_assert_cmphex(colour_at(picture, 277, 138) & 0xff, <, 0xc0); /* yellow */
  g_assert_cmphex(colour_at(picture, 277, 138) >> 16, >, 0xc0);
  cairo_surface_destroy(picture);
  show(&pdf, 3, &wanted); /* there is no such page */
  page_picture_clear(&wanted);
  PagePicture none = {.wish = &wish};
  show(&pdf, 3, &none);
  g_assert_null(none.png);
}

static void test_a_page_shown_is_never_larger_than_allowed(void) {
  const PdfFixture pdf = {.content = AT(60, 700, "Nom")};
  Wire__PageWish wish = WIRE__PAGE_WISH__INIT;
  wish.part = 3;
  wish.side = 1000000;
  PagePicture wanted = {.wish = &wish};
  show(&pdf, 1, &wanted);
  cairo_surface_t *picture = cairo_image_surface_create_from_png_stream(take_png, &wanted.png);
  g_assert_cmpint(cairo_image_surface_get_height(picture), >=, WIRE_PAGE_SIDE_MAX);
  g_assert_cmpint(cairo_image_surface_get_height(picture), <=, WIRE_PAGE_SIDE_MAX + 1);
  cairo_surface_destroy(picture);
  page_picture_clear(&wanted);
}

int main(int argc, char **argv) {
  setlocale(LC_ALL, "C.UTF-8"); /* what failed is told in its own letters */
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/pdf/printed", test_printed_text);
  g_test_add_func("/pdf/boxes", test_tick_boxes);
  g_test_add_func("/pdf/fields", test_form_fields);
  g_test_add_func("/pdf/annotations", test_annotations_and_turned_pages);
  g_test_add_func("/pdf/pages", test_pages_have_numbers);
  g_test_add_func("/pdf/limits", test_limits_are_named);
  g_test_add_func("/pdf/faults", test_faults_are_said);
  g_test_add_func("/pdf/locked", test_locked_documents);
  g_test_add_func("/pdf/places", test_words_know_their_places);
  g_test_add_func("/pdf/shown", test_a_page_is_shown_and_marked);
  g_test_add_func("/pdf/shown-size", test_a_page_shown_is_never_larger_than_allowed);
  g_test_add_func("/pdf/scan", test_a_scan_is_painted);
  return g_test_run();
}
