/* test_docx - what Word documents say, one habit of an office or a program a row. */
#include <glib.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "tests/parsers/zip_fixture.h"

#define W(body)                                                                                    \
  "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:w14=\"w14\" xmlns:mc=\"mc\" "            \
  "xmlns:wps=\"wps\"><w:body>" body "</w:body></w:document>"
#define P(runs) "<w:p>" runs "</w:p>"
#define R(text) "<w:r><w:t xml:space=\"preserve\">" text "</w:t></w:r>"
#define RS(style, text) "<w:r><w:rPr>" style "</w:rPr><w:t>" text "</w:t></w:r>"
#define TC(body) "<w:tc><w:tcPr><w:tcW w:w=\"1\"/></w:tcPr>" body "</w:tc>"
#define TR(cells) "<w:tr>" cells "</w:tr>"
#define TBL(rows) "<w:tbl><w:tblPr/><w:tblGrid/>" rows "</w:tbl>"
#define FIELD(data, result)                                                                        \
  "<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:name w:val=\"n\"/>" data                   \
  "</w:ffData></w:fldChar></w:r><w:r><w:instrText> FORM </w:instrText></w:r><w:r><w:fldChar "      \
  "w:fldCharType=\"separate\"/></w:r>" result "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
#define BOX(body)                                                                                  \
  "<w:r><mc:AlternateContent><mc:Choice "                                                          \
  "Requires=\"wps\"><w:drawing><wps:txbx><w:txbxContent>" body                                     \
  "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>" body   \
  "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
#define SDT(properties, content)                                                                   \
  "<w:sdt><w:sdtPr>" properties "</w:sdtPr><w:sdtContent>" content "</w:sdtContent></w:sdt>"

static const struct {
  const char *name, *document, *want; /* lines, each with a line break */
} rows[] = {
    {"runs that split a word", W(P(R("Préno") R("m : Él") R("ise"))), "Prénom : Élise\n"},
    {"a tab, a line break, a hyphen",
     W(P(R("Nom") "<w:r><w:tab/><w:t>LE GOFF</w:t><w:br/><w:t>Anne</w:t><w:noBreakHyphen/>"
                  "<w:t>Marie</w:t></w:r>")),
     "Nom\tLE GOFF\nAnne-Marie\n"},
    {"a table",
     W(TBL(TR(TC(P(R("Nom"))) TC(P(R("TANGUY")))) TR(TC(P(R("Ville"))) TC(P("")))) P("")),
     "Nom\tTANGUY\nVille\t\n\n"},
    {"a table in a cell",
     W(TBL(TR(TC(P(R("Contact"))) TC(TBL(TR(TC(P(R("Tél."))) TC(P(R("0298000000"))))) P(""))))),
     "Contact\tTél.\t0298000000\n"},
    {"struck out and hidden words are left out",
     W(P(R("Oui ") RS("<w:strike/>", "Non") RS("<w:vanish/>", "caché")
             RS("<w:dstrike w:val=\"true\"/>", "peut-être"))),
     "Oui\n"},
    {"a property that is turned off", W(P(RS("<w:strike w:val=\"0\"/>", "Non"))), "Non\n"},
    {"inserted in, deleted and moved away out",
     W(P("<w:ins>" R("Quimper") "</w:ins><w:del><w:r><w:delText>Brest</w:delText></w:r></w:del>"
                                "<w:moveFrom>" R("Lorient") "</w:moveFrom><w:moveTo>" R(
                                    " sud") "</w:moveTo>")),
     "Quimper sud\n"},
    {"how it was before is no matter",
     W(P("<w:r><w:rPr><w:b/><w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange></w:rPr>"
         "<w:t>gras</w:t></w:r>")),
     "gras\n"},
    {"a deleted row",
     W(TBL(TR("<w:trPr><w:del w:id=\"1\"/></w:trPr>" TC(P(R("Nom"))) TC(P(R("ANCIEN"))))
               TR(TC(P(R("Nom"))) TC(P(R("NOUVEAU")))))),
     "Nom\tNOUVEAU\n"},
    {"Word 2010's tick boxes",
     W(P(SDT("<w14:checkbox><w14:checked w14:val=\"1\"/></w14:checkbox>", R("☒")) R(" Oui ")
             SDT("<w14:checkbox><w14:checked w14:val=\"0\"/></w14:checkbox>", R("☐")) R(" Non"))),
     "☒ Oui ☐ Non\n"},
    {"a tick box with a sign of its own",
     W(P(SDT("<w14:checkbox><w14:checked w14:val=\"true\"/></w14:checkbox>",
             RS("<w:rFonts w:ascii=\"Segoe UI Symbol\"/>", "🗹")) R(" Oui"))),
     "☒ Oui\n"},
    {"a control that shows its prompt says nothing",
     W(P(R("Nom : ") SDT("<w:showingPlcHdr/><w:text/>", R("Cliquez ici pour taper du texte.")))),
     "Nom :\n"},
    {"a control that is filled in", W(P(R("Nom : ") SDT("<w:text/>", R("ABGRALL")))),
     "Nom : ABGRALL\n"},
    {"a control around a cell", W(TBL(TR(TC(P(R("Nom"))) SDT("<w:text/>", TC(P(R("KERVELLA"))))))),
     "Nom\tKERVELLA\n"},
    {"a control around a cell that shows its prompt",
     W(TBL(TR(TC(P(R("Nom"))) SDT("<w:showingPlcHdr/>", TC(P(R("Entrez le nom"))))))), "Nom\t\n"},
    {"legacy fields: boxes",
     W(P(FIELD("<w:checkBox><w:sizeAuto/><w:default w:val=\"0\"/><w:checked/></w:checkBox>", "")
             R(" Mme ") FIELD("<w:checkBox><w:default w:val=\"0\"/></w:checkBox>", "") R(" M."))),
     "☒ Mme ☐ M.\n"},
    {"legacy fields: a box that is on by default",
     W(P(FIELD("<w:checkBox><w:default w:val=\"1\"/></w:checkBox>", "") R(" Oui"))), "☒ Oui\n"},
    {"legacy fields: a box that was turned off",
     W(P(FIELD("<w:checkBox><w:default w:val=\"1\"/><w:checked w:val=\"0\"/></w:checkBox>", "")
             R(" Oui"))),
     "☐ Oui\n"},
    {"legacy fields: text", W(P(R("Nom : ") FIELD("<w:textInput/>", R("LE BIHAN")) R(" ."))),
     "Nom : LE BIHAN .\n"},
    {"legacy fields: a list",
     W(P(FIELD("<w:ddList><w:result w:val=\"1\"/><w:listEntry w:val=\"Mme\"/>"
               "<w:listEntry w:val=\"M.\"/></w:ddList>",
               ""))),
     "M.\n"},
    {"other fields show their result",
     W(P("<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>HYPERLINK</w:instrText>"
         "</w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>" R(
             "a@b.example") "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>")),
     "a@b.example\n"},
    {"a symbol of Wingdings",
     W(P("<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/><w:t> Oui </w:t></w:r>"
         "<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0A8\"/><w:t> Non</w:t></w:r>")),
     "☒ Oui ☐ Non\n"},
    {"a text box is read once, beside its paragraph", W(P(R("Nom :") BOX(P(R("MORVAN"))))),
     "Nom :\tMORVAN\n"},
    {"a text box of several lines",
     W(P(R("Adresse") BOX(P(R("1 rue du Port")) P(R("29200 Brest"))))),
     "Adresse\n1 rue du Port\n29200 Brest\n"},
    {"a text box alone", W(P(BOX(P(R("Nom : GUEGUEN"))))), "Nom : GUEGUEN\n"},
    {"an entity bomb says nothing",
     "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>"
     "<w:document "
     "xmlns:w=\"w\"><w:body><w:p><w:r><w:t>Nom&b;</w:t></w:r></w:p></w:body></w:document>",
     "Nom\n"},
};

static MimePart part_of(GBytes *content) {
  static char type[] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  static char name[] = "bulletin.docx", none[] = "";
  return (MimePart){.type = type,
                    .name = name,
                    .charset = none,
                    .method = none,
                    .content_id = none,
                    .content = content};
}

static Text *read_entries(const ZipFixture *entries) {
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  g_autoptr(GBytes) zip = zip_fixture_new(entries);
  MimePart part = part_of(zip);
  Text *text = text_new();
  g_assert_true(docx_read(&part, &limits, text));
  return text;
}

static char *lines_of(const Text *text) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < text->lines->len; i++)
    g_string_append_printf(out, "%s\n", ((TextLine *)text->lines->pdata[i])->text);
  return g_string_free(out, FALSE);
}

static void test_documents(void) {
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    const ZipFixture entries[] = {{"word/document.xml", rows[i].document}, {NULL, NULL}};
    g_autoptr(Text) text = read_entries(entries);
    g_autofree char *got = lines_of(text);
    if (strcmp(got, rows[i].want) != 0)
      g_test_fail_printf("%s: got '%s', not '%s'", rows[i].name, got, rows[i].want);
  }
}

static void test_styles_strike_and_hide(void) {
  const ZipFixture entries[] = {
      {"word/styles.xml",
       "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"Base\"><w:rPr><w:strike/></w:rPr></w:style>"
       "<w:style w:styleId=\"Barre\"><w:basedOn w:val=\"Base\"/></w:style></w:styles>"},
      {"word/document.xml", W(P(RS("<w:rStyle w:val=\"Barre\"/>", "Non") R("Oui"))
                                  P("<w:pPr><w:pStyle w:val=\"Base\"/></w:pPr>" R("tout")))},
      {NULL, NULL}};
  g_autoptr(Text) text = read_entries(entries);
  g_autofree char *got = lines_of(text);
  g_assert_cmpstr(got, ==, "Oui\n\n");
}

static void test_running_heads_hold_no_answer(void) {
  const ZipFixture entries[] = {
      {"word/document.xml", W(P(R("Nom : PRIGENT")))},
      {"word/header1.xml", "<w:hdr xmlns:w=\"w\">" P(R("Cités Unies")) "</w:hdr>"},
      {"word/footer1.xml", "<w:ftr xmlns:w=\"w\">" P(R("Nom du fichier : b.docx")) "</w:ftr>"},
      {NULL, NULL}};
  g_autoptr(Text) text = read_entries(entries);
  g_autofree char *got = lines_of(text);
  g_assert_cmpstr(got, ==, "Cités Unies\nNom : PRIGENT\nNom du fichier : b.docx\n");
  g_assert_true(((TextLine *)text->lines->pdata[0])->header);
  g_assert_false(((TextLine *)text->lines->pdata[1])->header);
  g_assert_true(((TextLine *)text->lines->pdata[2])->header);
}

static void assert_reason(const Text *text, const char *want) {
  for (guint i = 0; i < text->review_reasons->len; i++)
    if (strstr(text->review_reasons->pdata[i], want)) return;
  g_test_fail_printf("no reason says '%s'", want);
}

static void test_faults_are_said(void) {
  const ZipFixture cut[] = {{"word/document.xml", "<w:document xmlns:w=\"w\"><w:p><w:r><w:t>Nom"},
                            {NULL, NULL}};
  g_autoptr(Text) broken = read_entries(cut);
  assert_reason(broken, "bulletin.docx cannot be read: damaged");
  const ZipFixture empty[] = {{"word/other.xml", "<x/>"}, {NULL, NULL}};
  g_autoptr(Text) nothing = read_entries(empty);
  assert_reason(nothing, "damaged");
}

static void test_limits_are_named(void) {
  GString *body = g_string_new("<w:document xmlns:w=\"w\"><w:body>");
  for (guint i = 0; i < 60000; i++)
    g_string_append(body, P(R("Nom : aaaaaaaaaaaaaaaaaaaaaaaaaaa")));
  g_string_append(body, "</w:body></w:document>");
  const ZipFixture entries[] = {{"word/document.xml", body->str}, {NULL, NULL}};
  g_autoptr(GBytes) zip = zip_fixture_new(entries);
  MimePart part = part_of(zip);
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  limits.archive_ratio = 20;
  g_autoptr(Text) ratio = text_new();
  g_assert_true(docx_read(&part, &limits, ratio));
  assert_reason(ratio, "over the limit archive_ratio");
  limits.archive_ratio = 1000;
  limits.archive_bytes = 100000;
  g_autoptr(Text) size = text_new();
  g_assert_true(docx_read(&part, &limits, size));
  assert_reason(size, "over the limit archive_size");
  limits.archive_bytes = 64 << 20;
  limits.archive_entries = 0;
  g_autoptr(Text) entry = text_new();
  g_assert_true(docx_read(&part, &limits, entry));
  assert_reason(entry, "over the limit archive_entries");
  g_string_free(body, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/docx/documents", test_documents);
  g_test_add_func("/docx/styles", test_styles_strike_and_hide);
  g_test_add_func("/docx/running-heads", test_running_heads_hold_no_answer);
  g_test_add_func("/docx/faults", test_faults_are_said);
  g_test_add_func("/docx/limits", test_limits_are_named);
  return g_test_run();
}
