/* test_xlsx - what Excel workbooks say, one habit of an office or a program a row. */
#include <glib.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/xlsx_style.h"
#include "tests/parsers/zip_fixture.h"

#define XML "<?xml version=\"1.0\"?>"
#define SHEET(body) XML "<worksheet xmlns=\"m\" xmlns:r=\"r\">" body "</worksheet>"
#define DATA(rows) SHEET("<sheetData>" rows "</sheetData>")
#define ROW(cells) "<row>" cells "</row>"
#define STR(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define AT(place, text) "<c r=\"" place "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define RELATION(id, target) "<Relationship Id=\"" id "\" Target=\"" target "\"/>"
#define RELATIONS(body) XML "<Relationships xmlns=\"p\">" body "</Relationships>"

static const char workbook[] =
    XML "<workbook xmlns=\"m\" xmlns:r=\"r\"><sheets><sheet name=\"Bulletin\" sheetId=\"1\" "
        "r:id=\"rId1\"/></sheets></workbook>";
static const char workbook_relations[] = RELATIONS(RELATION("rId1", "worksheets/sheet1.xml"));
static const char strings[] =
    XML "<sst xmlns=\"m\"><si><t>Commune</t></si>"
        "<si><r><t xml:space=\"preserve\">Ville de </t></r><r><rPr><strike/></rPr><t>Dole</t></r>"
        "<r><rPr><strike val=\"0\"/></rPr><t>Gray</t></r></si>"
        "<si><t>東</t><rPh sb=\"0\" eb=\"1\"><t>ヒガシ</t></rPh><phoneticPr fontId=\"1\"/></si>"
        "<si><r><rPr><rFont val=\"Wingdings\"/></rPr><t>þ</t></r><r><t> Oui</t></r></si></sst>";
/* cell styles: 1 a date, 2 a postal code, 3 a phone number, 4 struck out, 5 a tick box, 6
 * Wingdings, 7 a date and time */
static const char styles[] =
    XML "<styleSheet xmlns=\"m\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"00000\"/>"
        "<numFmt numFmtId=\"165\" formatCode=\"0#&quot; &quot;##&quot; &quot;##&quot; &quot;##"
        "&quot; &quot;##\"/></numFmts><fonts><font><name val=\"Calibri\"/></font><font><strike/>"
        "</font><font><name val=\"Wingdings\"/></font></fonts>"
        "<cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs><cellXfs>"
        "<xf numFmtId=\"0\" fontId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/>"
        "<xf numFmtId=\"165\"/><xf fontId=\"1\"/><xf><extLst><ext><x:xfComplement xmlns:x=\"x\" "
        "i=\"0\"/></ext></extLst></xf><xf fontId=\"2\"/><xf numFmtId=\"22\"/></cellXfs>"
        "</styleSheet>";

static const struct {
  const char *name, *sheet, *want;
} rows[] = {
    {"rows of cells, strings in the cell",
     DATA(ROW(STR("Nom") STR("BLANCHET")) ROW(STR("Prénom") STR("Irène"))),
     "Nom\tBLANCHET\nPrénom\tIrène\n"},
    {"shared strings, struck-out runs, how it is pronounced",
     DATA(ROW("<c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c>"
              "<c t=\"s\"><v>99</v></c>")),
     "Commune\tVille de Gray\t東\n"},
    {"places: a margin is left out, an empty cell between others stays",
     DATA(ROW(AT("C4", "a") AT("D4", "b") AT("E4", "c")) ROW(AT("C5", "d") AT("E5", "e"))),
     "a\tb\tc\nd\t\te\n"},
    {"a column that no row uses", DATA(ROW(AT("B2", "Nom") AT("D2", "COSTE"))), "Nom\tCOSTE\n"},
    {"an empty row parts two blocks", DATA(ROW(AT("A1", "a")) ROW(AT("A9", "b"))), "a\n\nb\n"},
    {"empty cells at the end",
     DATA(ROW(STR("Nom") "<c/><c s=\"1\"/>" STR("")) ROW(STR("x") STR("y"))), "Nom\nx\ty\n"},
    {"a formula's saved value, a boolean, an error",
     DATA(ROW("<c t=\"str\"><f>A1&amp;B1</f><v>Anne COSTE</v></c><c t=\"b\"><v>1</v></c>"
              "<c><f>SUM(A1)</f><v>3</v></c><c t=\"e\"><v>#N/A</v></c>")),
     "Anne COSTE\tTRUE\t3\t#N/A\n"},
    {"dates, a postal code, a phone number by their format",
     DATA(ROW("<c s=\"1\"><v>43649</v></c><c s=\"2\"><v>1000</v></c><c s=\"3\"><v>384701122</v>"
              "</c><c s=\"7\"><v>43649.6875</v></c>")),
     "2019-07-03\t01000\t03 84 70 11 22\t2019-07-03 16:30\n"},
    {"a cell that is struck out", DATA(ROW(STR("Oui") "<c s=\"4\" t=\"str\"><v>Non</v></c>")),
     "Oui\n"},
    {"tick boxes of Excel 365, of Wingdings, of a run",
     DATA(ROW("<c s=\"5\" t=\"b\"><v>1</v></c><c s=\"5\" t=\"b\"><v>0</v></c>"
              "<c s=\"6\" t=\"str\"><v>o</v></c><c t=\"s\"><v>3</v></c>")),
     "☒\t☐\t☐\t☒ Oui\n"},
    {"hidden rows and columns",
     SHEET("<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData>"
           "<row r=\"1\">" STR("a") STR("b")
               STR("c") "</row>"
                        "<row r=\"2\" hidden=\"1\">" STR("d") "</row><row r=\"3\">" STR(
                            "e") "</row>"
                                 "</sheetData>"),
     "a\tc\ne\n"},
    {"a cell that spans columns",
     SHEET("<sheetData>" ROW(AT("A1", "Nom") AT("C1", "COSTE")) ROW(AT("A2", "x") AT("B2", "y") AT(
         "C2", "z")) "</sheetData><mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells>"),
     "Nom\tCOSTE\nx\ty\tz\n"},
    {"a value of several lines stands beside its label",
     DATA(ROW(STR("Adresse") STR("3 rue Haute&#10;39100 Dole"))),
     "Adresse\t3 rue Haute\n\t39100 Dole\n"},
    {"escaped control characters", DATA(ROW(STR("a_x000D_b") STR("_x0041_"))), "a b\t_x0041_\n"},
    {"places beyond the sheet are no cells", DATA(ROW(AT("ZZZZ1", "a") AT("B0", "b") STR("c"))),
     "a\tb\tc\n"},
};

static Text *read_entries(const ZipFixture *entries, const Wire__Limits *limits) {
  static char type[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  static char name[] = "bulletin.xlsx", none[] = "";
  g_autoptr(GBytes) zip = zip_fixture_new(entries);
  MimePart part = {.type = type,
                   .name = name,
                   .charset = none,
                   .method = none,
                   .content_id = none,
                   .content = zip};
  Wire__Limits standard = WIRE__LIMITS__INIT;
  wire_limits_default(&standard);
  Text *text = text_new();
  g_assert_true(xlsx_read(&part, limits ? limits : &standard, text));
  return text;
}

static Text *read_sheet(const char *sheet) {
  const ZipFixture entries[] = {
      {"xl/workbook.xml", workbook},       {"xl/_rels/workbook.xml.rels", workbook_relations},
      {"xl/sharedStrings.xml", strings},   {"xl/styles.xml", styles},
      {"xl/worksheets/sheet1.xml", sheet}, {NULL, NULL}};
  return read_entries(entries, NULL);
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

static void test_sheets(void) {
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Text) text = read_sheet(rows[i].sheet);
    g_autofree char *got = lines_of(text);
    if (strcmp(got, rows[i].want) != 0)
      g_test_fail_printf("%s: got '%s', not '%s'", rows[i].name, got, rows[i].want);
    if (text->review_reasons->len)
      g_test_fail_printf("%s: %s", rows[i].name, (char *)text->review_reasons->pdata[0]);
  }
}

static void test_numbers(void) {
  static const struct {
    const char *format, *number, *want;
    gboolean era_1904;
  } numbers[] = {
      {NULL, "0.1", "0.1", FALSE},
      {"General", "33384701122", "33384701122", FALSE},
      {"General", "1.5E3", "1500", FALSE},
      {"0", "abc", "abc", FALSE},
      {"0%", "0.5", "50%", FALSE},
      {"dd/mm/yyyy", "43649", "2019-07-03", FALSE},
      {"[$-40C]dddd d mmmm yyyy", "43649", "2019-07-03", FALSE},
      {"mmm\\-yy", "43649", "2019-07-03", FALSE},
      {"yyyy\"年\"m\"月\"d\"日\"", "43649", "2019-07-03", FALSE},
      {"dd/mm/yyyy", "42187", "2019-07-03", TRUE},
      {"h:mm", "0.604166666666667", "14:30", FALSE},
      {"[h]:mm", "0.25", "06:00", FALSE},
      {"d/m/yy h:mm", "43649.604166666", "2019-07-03 14:30", FALSE},
      {"dd/mm/yyyy", "1", "1900-01-01", FALSE},
      {"dd/mm/yyyy", "-1", "-1", FALSE},
      {"dd/mm/yyyy", "9999999", "9999999", FALSE},
      {"00000", "0", "00000", FALSE},
      {"\"0\"#", "5", "05", FALSE},
      {"00\\.00\\.00\\.00\\.00", "384701122", "03.84.70.11.22", FALSE},
      {"+33 # ## ## ## ##", "384701122", "+33 3 84 70 11 22", FALSE},
      {"0;[Red]-0;;@", "7", "7", FALSE},
      {";;;", "7", "", FALSE},
      {"#,##0.00\\ \"€\"", "12.5", "12.5", FALSE},
      {"\"", "7", "7", FALSE},
      {"[", "7", "7", FALSE},
      {"0\\", "7", "7", FALSE},
      {"0", "1e400", "1e400", FALSE},
      {"0", "nan", "nan", FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
    g_autofree char *got = xlsx_number(numbers[i].format, numbers[i].number, numbers[i].era_1904);
    if (strcmp(got, numbers[i].want) != 0)
      g_test_fail_printf("%s of %s: got '%s', not '%s'", numbers[i].format, numbers[i].number, got,
                         numbers[i].want);
  }
}

static void test_several_sheets(void) {
  const ZipFixture entries[] = {
      {"xl/workbook.xml",
       XML "<workbook xmlns=\"m\" xmlns:r=\"r\"><workbookPr date1904=\"1\"/><sheets>"
           "<sheet r:id=\"b\"/><sheet state=\"hidden\" r:id=\"c\"/>"
           "<sheet state=\"veryHidden\" r:id=\"c\"/><sheet state=\"visible\" r:id=\"a\"/></sheets>"
           "</workbook>"},
      {"xl/_rels/workbook.xml.rels",
       RELATIONS(RELATION("a", "worksheets/sheet1.xml") RELATION("b", "/xl/worksheets/sheet2.xml")
                     RELATION("c", "./worksheets/../worksheets/sheet3.xml"))},
      {"xl/worksheets/sheet1.xml", DATA(ROW(STR("dernière")))},
      {"xl/worksheets/sheet2.xml", DATA(ROW(STR("première")))},
      {"xl/worksheets/sheet3.xml", DATA(ROW(STR("cachée")))},
      {NULL, NULL}};
  g_autoptr(Text) text = read_entries(entries, NULL);
  g_autofree char *got = lines_of(text);
  g_assert_cmpstr(got, ==, "première\n\ndernière\n");
  g_assert_cmpuint(text->review_reasons->len, ==, 0);
}

#define CONTROL(type, place, state, label)                                                         \
  "<v:shape><v:textbox><div><font>" label                                                          \
  "</font></div></v:textbox><x:ClientData ObjectType=\"" type "\"><x:Anchor>\n " place             \
  "</x:Anchor>" state "</x:ClientData></v:shape>"

static void test_boxes_lie_on_cells(void) {
  const ZipFixture entries[] = {
      {"xl/workbook.xml", workbook},
      {"xl/_rels/workbook.xml.rels", workbook_relations},
      {"xl/worksheets/sheet1.xml",
       SHEET("<sheetData>" ROW(AT("A1", "Participera")) ROW(AT("A2", "Déjeuner") AT(
           "B2", "Oui")) "</sheetData><drawing r:id=\"d\"/><legacyDrawing r:id=\"v\"/>")},
      {"xl/worksheets/_rels/sheet1.xml.rels",
       RELATIONS(RELATION("v", "../drawings/vmlDrawing1.vml")
                     RELATION("d", "../drawings/drawing1.xml"))},
      {"xl/drawings/vmlDrawing1.vml",
       "<xml xmlns:v=\"v\" xmlns:x=\"x\">" CONTROL("Checkbox", "1, 5, 0, 2, 2, 0, 1, 0",
                                                   "<x:Checked>1</x:Checked>", "Oui")
           CONTROL("Radio", "2, 5, 0, 2, 3, 0, 1, 0", "", "Non")
               CONTROL("Checkbox", "1, 5, 1, 2, 2, 0, 2, 0", "", "")
                   CONTROL("Note", "3, 5, 1, 2, 2, 0, 2, 0", "", "une remarque") "</xml>"},
      {"xl/drawings/drawing1.xml",
       "<wsDr><a><from><col>1</col><row>2</row></from><sp><cNvPr/><txBody><p><r><t>COS</t></r><r>"
       "<t>TE</t></r><r><rPr strike=\"sngStrike\"/><t>X</t></r></p></txBody></sp></a>"
       "<a><from><col>0</col><row>2</row></from><sp><cNvPr/><txBody><p><r><t>Nom</t></r></p>"
       "</txBody></sp></a><a><from><col>1</col><row>0</row></from><sp><cNvPr hidden=\"1\"/><txBody>"
       "<p><r><t>Oui</t></r></p></txBody></sp></a></wsDr>"},
      {NULL, NULL}};
  g_autoptr(Text) text = read_entries(entries, NULL);
  g_autofree char *got = lines_of(text);
  g_assert_cmpstr(got, ==, "Participera\t☒ Oui\t☐ Non\nDéjeuner\t☐ Oui\nNom\tCOSTE\n");
}

static void test_faults_are_said(void) {
  g_autoptr(Text) cut = read_sheet("<worksheet xmlns=\"m\"><sheetData><row><c><v>1");
  assert_reason(cut, "bulletin.xlsx cannot be read: damaged");
  const ZipFixture other[] = {{"xl/other.xml", "<x/>"}, {NULL, NULL}};
  g_autoptr(Text) nothing = read_entries(other, NULL);
  assert_reason(nothing, "damaged");
  const ZipFixture lost[] = {{"xl/workbook.xml", workbook}, {NULL, NULL}};
  g_autoptr(Text) sheetless = read_entries(lost, NULL);
  assert_reason(sheetless, "damaged");
}

/* One long text in almost as many cells as there may be. */
static void test_repeated_texts_are_limited(void) {
  g_autofree char *words = g_strnfill(60000, 'a');
  g_autofree char *long_string =
      g_strdup_printf("<sst xmlns=\"m\"><si><t>%s</t></si></sst>", words);
  GString *cells = g_string_new("<worksheet xmlns=\"m\"><sheetData>");
  for (guint i = 0; i < 90000; i++) g_string_append(cells, "<row><c t=\"s\"><v>0</v></c></row>");
  g_string_append(cells, "</sheetData></worksheet>");
  const ZipFixture entries[] = {{"xl/workbook.xml", workbook},
                                {"xl/_rels/workbook.xml.rels", workbook_relations},
                                {"xl/sharedStrings.xml", long_string},
                                {"xl/worksheets/sheet1.xml", cells->str},
                                {NULL, NULL}};
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  limits.archive_ratio = 100000;
  g_autoptr(Text) text = read_entries(entries, &limits);
  assert_reason(text, "over the limit sheet_cells");
  g_string_free(cells, TRUE);
}

/* A cell a row, each in a column of its own, and more cells than a sheet may have. */
static void test_limits_are_named(void) {
  GString *wide = g_string_new("<worksheet xmlns=\"m\"><sheetData>");
  for (guint i = 0; i < 2000; i++)
    g_string_append_printf(wide, "<row r=\"%u\"><c r=\"%c%c%c%u\"><v>1</v></c></row>", i + 1,
                           'A' + i / 676, 'A' + i / 26 % 26, 'A' + i % 26, i + 1);
  g_string_append(wide, "</sheetData></worksheet>");
  g_autoptr(Text) columns = read_sheet(wide->str);
  assert_reason(columns, "over the limit sheet_columns");
  GString *many = g_string_new("<worksheet xmlns=\"m\"><sheetData>");
  for (guint i = 0; i < 110000; i++)
    g_string_append_printf(many, "%s<c><v>1</v></c>%s", i % 10 ? "" : "<row>",
                           i % 10 == 9 ? "</row>" : "");
  g_string_append(many, "</sheetData></worksheet>");
  g_autoptr(Text) cells = read_sheet(many->str);
  assert_reason(cells, "over the limit sheet_cells");
  g_string_free(wide, TRUE);
  g_string_free(many, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/xlsx/sheets", test_sheets);
  g_test_add_func("/xlsx/numbers", test_numbers);
  g_test_add_func("/xlsx/several-sheets", test_several_sheets);
  g_test_add_func("/xlsx/boxes", test_boxes_lie_on_cells);
  g_test_add_func("/xlsx/faults", test_faults_are_said);
  g_test_add_func("/xlsx/limits", test_limits_are_named);
  g_test_add_func("/xlsx/repeated", test_repeated_texts_are_limited);
  return g_test_run();
}
