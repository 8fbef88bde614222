/* test_odf - what OpenDocument files say, one habit of an office or a program a row. */
#include <glib.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "tests/parsers/zip_fixture.h"

#define NAMES                                                                                      \
  " xmlns:office=\"o\" xmlns:text=\"t\" xmlns:table=\"b\" xmlns:style=\"s\" xmlns:fo=\"f\" "       \
  "xmlns:draw=\"d\" xmlns:form=\"m\" xmlns:svg=\"v\" xmlns:field=\"e\" xmlns:loext=\"l\" "         \
  "xmlns:dc=\"c\""
#define DOC(styles, body)                                                                          \
  "<?xml version=\"1.0\"?><office:document-content" NAMES "><office:font-face-decls>"              \
  "<style:font-face style:name=\"Sy\" svg:font-family=\"OpenSymbol\"/><style:font-face "           \
  "style:name=\"Wi1\" svg:font-family=\"'Wingdings 2'\"/></office:font-face-decls>"                \
  "<office:automatic-styles>" styles "</office:automatic-styles><office:body>" body                \
  "</office:body></office:document-content>"
#define TEXT(body) DOC("", "<office:text>" body "</office:text>")
#define STYLED(styles, body) DOC(styles, "<office:text>" body "</office:text>")
#define CALC(body) DOC(CELL_STYLES, "<office:spreadsheet>" body "</office:spreadsheet>")
#define P(text) "<text:p>" text "</text:p>"
#define SPAN(style, text) "<text:span text:style-name=\"" style "\">" text "</text:span>"
#define STYLE(name, family, more, properties)                                                      \
  "<style:style style:name=\"" name "\" style:family=\"" family "\"" more                          \
  "><style:text-properties " properties "/></style:style>"
#define TC(body) "<table:table-cell>" body "</table:table-cell>"
#define TR(cells) "<table:table-row>" cells "</table:table-row>"
#define TABLE(rows) "<table:table>" rows "</table:table>"
#define FORMS(controls)                                                                            \
  "<office:forms><form:form><form:properties/>" controls "</form:form></office:forms>"
#define SHOW(id) "<draw:control text:anchor-type=\"as-char\" draw:control=\"" id "\"/>"
#define PLACED(id, x, y)                                                                           \
  "<draw:control text:anchor-type=\"paragraph\" svg:x=\"" x "\" svg:y=\"" y                        \
  "\" draw:control=\"" id "\"/>"
#define BOX(anchor, body)                                                                          \
  "<draw:frame text:anchor-type=\"" anchor "\"><draw:text-box>" body "</draw:text-box></"          \
  "draw:frame>"
#define S(text) "<table:table-cell office:value-type=\"string\">" P(text) "</table:table-cell>"
#define CELL_STYLES                                                                                \
  STYLE("struck", "table-cell", "", "style:text-line-through-style=\"solid\"")                     \
  "<style:style style:name=\"gone\" style:family=\"table\"><style:table-properties "               \
  "table:display=\"false\"/></style:style>"

typedef struct {
  const char *name, *content, *want; /* lines, each with a line break */
} Row;

static const Row words[] = {
    {"paragraphs, headings, a tab, spaces, a line break",
     TEXT("<text:h text:outline-level=\"1\">Bulletin</text:h>" P(
         "Nom<text:tab/>LE <text:s text:c=\"2\"/>BRAS<text:line-break/>Anne")),
     "Bulletin\nNom\tLE   BRAS\nAnne\n"},
    {"white space of the file is folded",
     TEXT("\n  <text:p>\n   Nom :\n   " SPAN("x", " Anne ") " B\n  </text:p>\n"), "Nom : Anne B\n"},
    {"a link, a bookmark, a field",
     TEXT(P("<text:a>a@b.example</text:a><text:bookmark-start/> le <text:date>3 "
            "juillet</text:date>")),
     "a@b.example le 3 juillet\n"},
    {"notes, remarks, deletions, readings, a source of contents are left out",
     TEXT("<text:tracked-changes><text:changed-region><text:deletion>" P(
         "Nice") "</text:deletion></"
                 "text:changed-"
                 "region></"
                 "text:tracked-"
                 "changes>" P(
                     "Menton<text:"
                     "change "
                     "text:change-"
                     "id=\"a\"/"
                     "><text:change-"
                     "start/> "
                     "(06)<text:"
                     "change-end/>"
                     "<text:note><"
                     "text:note-"
                     "citation>1</"
                     "text:note-"
                     "citation><"
                     "text:note-"
                     "body>" P("not"
                               "e") "</text:note-body></"
                                    "text:note><office:annotation><dc:creator>X</"
                                    "dc:creator>" P("rem") "</"
                                                           "off"
                                                           "ice"
                                                           ":an"
                                                           "not"
                                                           "ati"
                                                           "on>"
                                                           "<te"
                                                           "xt:"
                                                           "rub"
                                                           "y><"
                                                           "tex"
                                                           "t:"
                                                           "rub"
                                                           "y-"
                                                           "bas"
                                                           "e>"
                                                           "東<"
                                                           "/te"
                                                           "xt:"
                                                           "rub"
                                                           "y-"
                                                           "bas"
                                                           "e><"
                                                           "tex"
                                                           "t:"
                                                           "rub"
                                                           "y-"
                                                           "tex"
                                                           "t>"
                                                           "ひ"
                                                           "が"
                                                           "し<"
                                                           "/te"
                                                           "xt:"
                                                           "rub"
                                                           "y-"
                                                           "tex"
                                                           "t><"
                                                           "/te"
                                                           "xt:"
                                                           "rub"
                                                           "y>") "<text:table-of-content><"
                                                                 "text:table-of-content-"
                                                                 "source><text:index-title-"
                                                                 "template>Table"
                                                                 "</"
                                                                 "text:index-title-template><"
                                                                 "/text:table-of-content-"
                                                                 "source></"
                                                                 "text:table-of-content>"),
     "Menton (06)東\n"},
    {"struck out and hidden by style, turned off again within",
     STYLED(STYLE("K", "text", "", "style:text-line-through-style=\"solid\"")
                STYLE("K2", "text", "", "style:text-line-through-type=\"single\"")
                    STYLE("H", "text", "",
                          "text:display=\"none\"") STYLE("N", "text", "",
                                                         "style:text-line-through-style=\"none\" "
                                                         "style:text-line-through-type=\"none\"")
                        STYLE("C", "text", " style:parent-style-name=\"K\"", "fo:color=\"#000000\"")
                            STYLE("O", "text", " style:parent-style-name=\"K\"",
                                  "style:text-line-through-style=\"none\""),
            P("a" SPAN("K", "b" SPAN("N", "c")) SPAN("K2", "d") SPAN("H", "e") SPAN("C", "f")
                  SPAN("O", "g"))),
     "acg\n"},
    {"a paragraph's style, and the same name in another family",
     STYLED(STYLE("X", "paragraph", "", "style:text-line-through-style=\"solid\"")
                STYLE("X", "text", "", "fo:color=\"#ff0000\""),
            "<text:p text:style-name=\"X\">tout</text:p>" P(SPAN("X", "rouge"))),
     "\nrouge\n"},
    {"hidden sections, paragraphs and words",
     TEXT("<text:section text:display=\"none\">" P(
         "a") "</text:section><text:section "
              "text:display=\"condition\" text:is-hidden=\"true\">" P(
                  "b") "</text:section><text:section>" P("c<text:hidden-text "
                                                         "text:is-hidden=\"true\">d</"
                                                         "text:hidden-text>"
                                                         "<text:hidden-text "
                                                         "text:is-hidden=\"false\">e</"
                                                         "text:hidden-text>") "</"
                                                                              "text:"
                                                                              "section"
                                                                              ">" P("f<"
                                                                                    "te"
                                                                                    "xt"
                                                                                    ":h"
                                                                                    "id"
                                                                                    "de"
                                                                                    "n-"
                                                                                    "pa"
                                                                                    "ra"
                                                                                    "gr"
                                                                                    "ap"
                                                                                    "h "
                                                                                    "te"
                                                                                    "xt"
                                                                                    ":i"
                                                                                    "s-"
                                                                                    "hi"
                                                                                    "dd"
                                                                                    "en"
                                                                                    "="
                                                                                    "\""
                                                                                    "tr"
                                                                                    "ue"
                                                                                    "\""
                                                                                    "/>"
                                                                                    "g")),
     "ce\n\n"},
    {"tick boxes of symbol fonts",
     STYLED(STYLE("O", "text", "", "style:font-name=\"Sy\"")
                STYLE("W", "text", "", "fo:font-family=\"Wingdings\"")
                    STYLE("V", "text", "", "style:font-name=\"Wi1\""),
            P(SPAN("O", "\uE4C4") " a " SPAN("O", "\uE470") " b " SPAN("W", "\uF0FE") " c " SPAN(
                "W", "\uF0A8") " d " SPAN("V", "R") " e " SPAN("V", "\uF0A3") " f")),
     "☒ a ☐ b ☒ c ☐ d ☒ e ☐ f\n"},
    {"lists; a box as the mark of an entry is a tick box",
     STYLED("<text:list-style style:name=\"L\"><text:list-level-style-bullet text:level=\"1\" "
            "text:bullet-char=\"q\"><style:text-properties fo:font-family=\"Wingdings\"/>"
            "</text:list-level-style-bullet><text:list-level-style-bullet text:level=\"2\" "
            "text:bullet-char=\"•\"/></text:list-style><text:list-style style:name=\"M\">"
            "<text:list-level-style-bullet text:level=\"1\" "
            "text:bullet-char=\"☒\"/></text:list-style>",
            "<text:list text:style-name=\"L\"><text:list-item>" P("Oui")
                P("suite") "<text:list><text:list-item>" P(
                    "le midi") "</text:list-item></text:list></text:list-item>"
                               "</text:list><text:list "
                               "text:style-name=\"M\"><text:list-item>" P(
                                   "Non") "</text:list-item></"
                                          "text:list><text:list><text:list-item>" P("sans") "</"
                                                                                            "text:"
                                                                                            "list-"
                                                                                            "item><"
                                                                                            "/text:"
                                                                                            "list"
                                                                                            ">"),
     "☐ Oui\nsuite\nle midi\n☒ Non\nsans\n"},
    {NULL, NULL, NULL},
};

static const Row tables[] = {
    {"a table, header rows, an empty cell",
     TEXT(TABLE("<table:table-column/><table:table-header-rows>" TR(
         TC(P("Nom")) TC(P("Prénom"))) "</table:table-header-rows>" TR(TC(P("ROUX")) TC(P(""))))),
     "Nom\tPrénom\nROUX\t\n"},
    {"a table in a cell",
     TEXT(TABLE(TR(TC(P("Contact")) TC(TABLE(TR(TC(P("Tél.")) TC(P("0384")))))))),
     "Contact\tTél.\t0384\n"},
    {"covered cells: beside nothing, below an empty one",
     TEXT(TABLE(TR("<table:table-cell table:number-columns-spanned=\"2\">" P(
         "a") "</table:table-cell>"
              "<table:covered-table-cell/>" TC(P("b")))
                    TR("<table:table-cell table:number-rows-spanned=\"2\">" P(
                        "c") "</table:table-cell>" TC(P("d")) TC(P("e")))
                        TR("<table:covered-table-cell/>" TC(P("f")) TC(P("g"))))),
     "a\tb\nc\td\te\n\tf\tg\n"},
    {"hidden rows",
     TEXT(TABLE(TR(TC(P("a")) TC(P("b"))) "<table:table-row table:visibility=\"collapse\">" TC(
         P("c")) "</table:table-row>")),
     "a\tb\n"},
    {"repeated cells and rows are bounded",
     TEXT(TABLE("<table:table-row table:number-rows-repeated=\"99999999\">" TC(P(
         "a")) "<table:table-cell table:number-columns-repeated=\"2\"/>" TC(P("b")) "<table:table-"
                                                                                    "cell "
                                                                                    "table:number-"
                                                                                    "columns-"
                                                                                    "repeated="
                                                                                    "\"99999999\"/"
                                                                                    "></"
                                                                                    "table:table-"
                                                                                    "row>")),
     NULL},
    {"a text box stands beside its paragraph", TEXT(P("Nom :" BOX("char", P("ROUX")))),
     "Nom :\tROUX\n"},
    {"a text box of several lines",
     TEXT(P("Adresse" BOX("char", P("3 rue Haute") P("39100 Dole")))),
     "Adresse\n3 rue Haute\n39100 Dole\n"},
    {"a text box as a character",
     TEXT(P("Nom : " BOX("as-char", P("ROUX")) " Prénom : " BOX("as-char", P("Zoé")))),
     "Nom : ROUX Prénom : Zoé\n"},
    {"shapes, a box on the page, names of pictures",
     TEXT(BOX("page", P("en-tête")) P("<draw:g><draw:custom-shape><svg:title>t</svg:title>" P(
         "a") "</draw:custom-shape></draw:g><draw:frame><draw:image/><svg:desc>logo</svg:desc></"
              "draw:frame>")),
     "en-tête\na\n"},
    {"a table in a text box", TEXT(P(BOX("char", TABLE(TR(TC(P("Nom")) TC(P("ROUX"))))))),
     "Nom\tROUX\n\n"},
    {NULL, NULL, NULL},
};

static const Row fields[] = {
    {"input fields; a prompt is no answer",
     TEXT(P("Nom : <text:text-input text:description=\"nom\">ROUX</text:text-input>") P(
         "Ville : <text:text-input text:description=\"votre ville\">votre ville</text:text-input>")
              P("Tél : <text:placeholder "
                "text:placeholder-type=\"text\">&lt;numéro&gt;</text:placeholder>")),
     "Nom : ROUX\nVille :\nTél :\n"},
    {"a drop-down shows its chosen entry",
     TEXT(P(
         "Civilité : <text:drop-down><text:label text:value=\"M.\"/><text:label text:value=\"Mme\" "
         "text:current-selected=\"true\"/>Mme</text:drop-down>")),
     "Civilité : Mme\n"},
    {"Word's content controls",
     TEXT(P(
         "<loext:content-control loext:checkbox=\"true\" "
         "loext:checked=\"true\">x</loext:content-control> Oui "
         "<loext:content-control loext:checkbox=\"true\">x</loext:content-control> Non "
         "<loext:content-control loext:showing-place-holder=\"true\">Entrez</loext:content-control>"
         "<loext:content-control>ici</loext:content-control>")),
     "☒ Oui ☐ Non ici\n"},
    {"Word's form fields",
     TEXT(P("<field:fieldmark field:type=\"x.FORMCHECKBOX\"><field:param "
            "field:name=\"Checkbox_Checked\" "
            "field:value=\"true\"/></field:fieldmark> Oui <field:fieldmark "
            "field:type=\"x.FORMCHECKBOX\"/> Non "
            "<field:fieldmark field:type=\"x.FORMDROPDOWN\"><field:param "
            "field:name=\"Dropdown_ListEntry\" "
            "field:value=\"M.\"/><field:param field:name=\"Dropdown_ListEntry\" "
            "field:value=\"Mme\"/><field:param "
            "field:name=\"Dropdown_Selected\" field:value=\"1\"/></field:fieldmark>")),
     "☒ Oui ☐ Non Mme\n"},
    {"a form field's instruction is no text",
     TEXT(P("Nom : <field:fieldmark-start "
            "field:type=\"x.FORMTEXT\"/>FORMTEXT<field:fieldmark-separator/>ROUX"
            "<field:fieldmark-end/>")),
     "Nom : ROUX\n"},
    {"controls: boxes with and without labels, radio buttons",
     TEXT(
         FORMS("<form:checkbox form:id=\"a\" form:label=\"Oui\" form:current-state=\"checked\"/>"
               "<form:checkbox xml:id=\"b\" form:id=\"b\" form:value=\"on\" form:state=\"checked\" "
               "form:current-state=\"unchecked\"/><form:radio form:id=\"c\" form:label=\"Mme\" "
               "form:current-selected=\"true\"/><form:radio form:id=\"d\" form:label=\"M.\" "
               "form:value=\"on\"/>"
               "<form:checkbox form:id=\"e\" form:state=\"checked\" form:value=\"1\"/>")
             P(SHOW("a") " " SHOW("b") " Non") P(SHOW("c") SHOW("d") SHOW("e"))),
     "☒ Oui ☐ Non\n☒ Mme ☐ M. ☒\n"},
    {"controls: values, lists, captions, nothing of buttons and hidden ones",
     TEXT(FORMS("<form:text form:id=\"a\" form:current-value=\"ROUX\" form:value=\"défaut\"/>"
                "<form:textarea form:id=\"b\" form:current-value=\"3 rue Haute&#10;Dole\"/>"
                "<form:listbox form:id=\"c\"><form:option form:label=\"Dole\"/><form:option "
                "form:label=\"Gray\" "
                "form:current-selected=\"true\"/></form:listbox><form:combobox form:id=\"d\" "
                "form:current-value=\"Vesoul\"><form:item form:label=\"Dole\"/></form:combobox>"
                "<form:fixed-text form:id=\"e\" form:label=\"Ville\"/><form:button form:id=\"f\" "
                "form:label=\"Envoyer\"/><form:hidden form:id=\"g\" form:value=\"secret\"/>"
                "<form:formatted-text form:id=\"h\" form:current-value=\"70000\"/>"
                "<form:password form:id=\"i\" form:current-value=\"pw\"/>") P("Nom : " SHOW("a"))
              P(SHOW("b")) P(SHOW("e") " : " SHOW("c") " " SHOW("d") " " SHOW("h"))
                  P(SHOW("f") SHOW("g") SHOW("i"))),
     "Nom : ROUX\n3 rue Haute\nDole\nVille : Gray Vesoul 70000\n\n"},
    {"controls that float are read row by row, as they lie",
     TEXT(FORMS("<form:fixed-text form:id=\"a\" form:label=\"Nom\"/><form:text form:id=\"b\" "
                "form:current-value=\"ROUX\"/>"
                "<form:fixed-text form:id=\"c\" form:label=\"Ville\"/><form:text form:id=\"d\" "
                "form:current-value=\"Dole\"/>")
              P("Bulletin" PLACED("d", "5cm", "2.1cm") PLACED("b", "5cm", "1cm")
                    PLACED("a", "0cm", "1.05cm") PLACED("c", "0cm", "2cm"))),
     "Bulletin\nNom\tROUX\nVille\tDole\n"},
    {"a control that floats stands beside its paragraph",
     TEXT(FORMS("<form:text form:id=\"a\" form:current-value=\"ROUX\"/>")
              P("Nom :" PLACED("a", "3cm", "0cm"))),
     "Nom :\tROUX\n"},
    {NULL, NULL, NULL},
};

#define COLS(n) "table:number-columns-repeated=\"" n "\""
#define GROUP(of, body) "<table:table-" of ">" body "</table:table-" of ">"
#define SHAPES(body) "<table:shapes>" body "</table:shapes>"

static const Row sheets[] = {
    {"groups of rows and of columns",
     CALC(TABLE(GROUP("column-group", "<table:table-column/>")
                    GROUP("header-rows", TR(S("Nom") S("Ville")))
                        GROUP("row-group", GROUP("row-group", TR(S("ROUX") S("Nice"))))
                            TR(S("BLANC") S("Sens")))),
     "Nom\tVille\nROUX\tNice\nBLANC\tSens\n"},
    {"a text box over the sheet",
     CALC(TABLE(SHAPES(BOX("page", P("Présence : oui"))) TR(S("Nom") S("ROUX")))),
     "Présence : oui\nNom\tROUX\n"},
    {"a control over the sheet stands below it",
     CALC(TABLE(FORMS("<form:checkbox form:id=\"c\" form:label=\"Oui\" form:current-state="
                      "\"checked\"/>") SHAPES(PLACED("c", "1cm", "2cm")) TR(S("Nom") S("ROUX")))),
     "Nom\tROUX\n☒ Oui\n"},
    {"what is neither cell nor row is passed over",
     CALC(TABLE("<table:named-expressions>" TR(S("x")) "</table:named-expressions>" TR(
         "<table:x>" S("a") "</table:x>" S("b")))),
     "a\tb\n"},
    {"rows as people see them",
     CALC(TABLE(TR(S("Nom") S("ROUX")) TR(
         S("Date") "<table:table-cell office:value-type=\"date\" "
                   "office:date-value=\"2019-07-03\">" P("03/07/19") "</table:table-cell>"))),
     "Nom\tROUX\nDate\t03/07/19\n"},
    {"values without a text",
     CALC(TABLE(TR(
         "<table:table-cell office:value-type=\"date\" office:date-value=\"2019-07-03T00:00:00\"/>"
         "<table:table-cell office:value-type=\"float\" office:value=\"12.5\"/><table:table-cell "
         "office:value-type=\"boolean\" office:boolean-value=\"true\"/><table:table-cell "
         "office:value-type=\"string\" office:string-value=\"mot\"/>"))),
     "2019-07-03\t12.5\tTRUE\tmot\n"},
    {"a margin, repeated and empty cells, an empty block",
     CALC(
         TABLE(
             "<table:table-column " COLS("16384") "/>" TR("<table:table-cell " COLS("2") "/>" S(
                 "a") "<table:table-cell/>" S("b") "<table:table-cell " COLS("16379") "/>")
                 TR("<table:table-cell " COLS("2") "/>" S("c") S("d") S(
                     "e") "<table:table-"
                          "cell " COLS(
                              "16379") "/>") "<table:table-row "
                                             "table:number-rows-repeated=\"5\"><table:"
                                             "table-cell " COLS(
                                                 "16384") "/></"
                                                          "table:table-"
                                                          "row>" TR(
                                                              "<table:"
                                                              "table-"
                                                              "cell"
                                                              " " COLS("2") "/>" S(
                                                                  "f")) "<t"
                                                                        "ab"
                                                                        "le"
                                                                        ":t"
                                                                        "ab"
                                                                        "le"
                                                                        "-r"
                                                                        "ow"
                                                                        " t"
                                                                        "ab"
                                                                        "le"
                                                                        ":n"
                                                                        "um"
                                                                        "be"
                                                                        "r-"
                                                                        "ro"
                                                                        "ws"
                                                                        "-r"
                                                                        "ep"
                                                                        "ea"
                                                                        "te"
                                                                        "d="
                                                                        "\""
                                                                        "10"
                                                                        "48"
                                                                        "56"
                                                                        "8"
                                                                        "\""
                                                                        "><"
                                                                        "ta"
                                                                        "bl"
                                                                        "e:"
                                                                        "ta"
                                                                        "bl"
                                                                        "e-"
                                                                        "ce"
                                                                        "ll"
                                                                        " " COLS(
                                                                            "16384") "/></"
                                                                                     "table:table-"
                                                                                     "row>")),
     "a\t\tb\nc\td\te\n\nf\n"},
    {"hidden rows, columns, sheets; struck-out cells",
     CALC(TABLE(
         "<table:table-column/><table:table-column table:visibility=\"collapse\"/>" TR(S("a") S("b") S("c")) "<table:table-row table:visibility=\"filter\">" S(
             "d") "</table:table-row>" TR("<table:table-cell "
                                          "table:style-name=\"struck\" "
                                          "office:value-type=\"string\">" P(
                                              "e") "</table:table-cell>" S("")
                                              S("f"))) "<table:table "
                                                       "table:style-name=\"gone\">" TR(
                                                           S("g")) "<"
                                                                   "/"
                                                                   "t"
                                                                   "a"
                                                                   "b"
                                                                   "l"
                                                                   "e"
                                                                   ":"
                                                                   "t"
                                                                   "a"
                                                                   "b"
                                                                   "l"
                                                                   "e"
                                                                   ">" TABLE(TR(S("h")))),
     "a\tc\n\tf\n\nh\n"},
    {"a cell that spans columns, what it covers",
     CALC(TABLE(TR("<table:table-cell table:number-columns-spanned=\"2\">" P(
         "Nom") "</table:table-cell>"
                "<table:covered-table-cell>" P("dessous") "</table:covered-table-cell>" S("ROUX"))
                    TR(S("x") S("y") S("z")))),
     "Nom\tROUX\nx\ty\tz\n"},
    {"a cell of several lines, a remark, a tick box on a cell",
     CALC("<table:table>" FORMS(
         "<form:checkbox form:id=\"a\" form:label=\"Oui\" form:current-state=\"checked\"/>")
              TR(S("Adresse") "<table:table-cell><office:annotation>" P(
                  "rem") "</office:annotation>" P("3 rue Haute") P("Dole") "</table:table-cell>")
                  TR(S("Participe") "<table:table-cell><draw:control "
                                    "draw:control=\"a\"/></table:table-cell>") "</table:table>"),
     "Adresse\t3 rue Haute\n\tDole\nParticipe\t☒ Oui\n"},
    {"rows that are repeated",
     CALC(TABLE(
         "<table:table-row table:number-rows-repeated=\"2\">" S("a") "<table:table-cell " COLS(
             "2") " office:value-type=\"string\">" P("b") "</table:table-cell></table:table-row>")),
     "a\tb\tb\na\tb\tb\n"},
    {NULL, NULL, NULL},
};

static Text *read_content(GBytes *content, const char *name) {
  static char type[] = "application/vnd.oasis.opendocument.text", none[] = "";
  g_autofree char *own_name = g_strdup(name);
  MimePart part = {.type = type,
                   .name = own_name,
                   .charset = none,
                   .method = none,
                   .content_id = none,
                   .content = content};
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  Text *text = text_new();
  g_assert_true(opendoc_read(&part, &limits, text));
  return text;
}

static Text *read_entries(const ZipFixture *entries) {
  g_autoptr(GBytes) zip = zip_fixture_new(entries);
  return read_content(zip, "bulletin.odt");
}

static char *lines_of(const Text *text) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < text->lines->len; i++)
    g_string_append_printf(out, "%s\n", ((TextLine *)text->lines->pdata[i])->text);
  return g_string_free(out, FALSE);
}

static void test_rows(gconstpointer data) {
  for (const Row *row = data; row->name; row++) {
    const ZipFixture entries[] = {{"content.xml", row->content}, {NULL, NULL}};
    g_autoptr(Text) text = read_entries(entries);
    g_autofree char *got = lines_of(text);
    if (row->want && strcmp(got, row->want) != 0)
      g_test_fail_printf("%s: got '%s', not '%s'", row->name, got, row->want);
    if (strlen(got) > 10000) g_test_fail_printf("%s: %zu bytes", row->name, strlen(got));
    if (text->review_reasons->len)
      g_test_fail_printf("%s: %s", row->name, (char *)text->review_reasons->pdata[0]);
  }
}

#define STYLES(automatic, master)                                                                  \
  "<office:document-styles" NAMES "><office:automatic-styles>" automatic                           \
  "</office:automatic-styles><office:master-styles><style:master-page>" master                     \
  "</style:master-page></office:master-styles></office:document-styles>"
#define STRUCK STYLE("P1", "paragraph", "", "style:text-line-through-style=\"solid\"")

/* P1 of the running heads is not P1 of the content; heads stand first, feet last. */
static void test_running_heads(void) {
  const ZipFixture entries[] = {
      {"content.xml",
       DOC(STYLE("P1", "paragraph", "", "fo:color=\"#000000\""),
           "<office:text><text:p text:style-name=\"P1\">Nom : ROUX</text:p></office:text>")},
      {"styles.xml", STYLES(STRUCK, "<style:footer>" P("pied") "</style:footer><style:header>" P(
                                        "tête") "<text:p text:style-name=\"P1\">barrée</text:p>"
                                                "</style:header><style:header-left "
                                                "style:display=\"false\">" P("x") "</style:"
                                                                                  "header-left>")},
      {NULL, NULL}};
  g_autoptr(Text) text = read_entries(entries);
  g_autofree char *got = lines_of(text);
  g_assert_cmpstr(got, ==, "tête\n\nNom : ROUX\npied\n");
  for (guint i = 0; i < text->lines->len; i++)
    g_assert_cmpint(((TextLine *)text->lines->pdata[i])->header, ==, i != 2);
}

static void test_flat_file(void) {
  static const char flat[] =
      "<?xml version=\"1.0\"?>\n<office:document" NAMES "><office:meta><dc:title>x</dc:title>"
      "</office:meta><office:automatic-styles>" STYLE(
          "K", "text", "",
          "style:text-line-through-type=\"single\"") "</office:automatic-styles>"
                                                     "<office:master-styles><style:master-page><"
                                                     "style:header>" P(
                                                         "tête") "</style:header>"
                                                                 "</style:master-page></"
                                                                 "office:master-styles><office:"
                                                                 "body><office:text>" P("Oui " SPAN(
                                                                     "K",
                                                                     "Non")) "</office:text></"
                                                                             "office:body></"
                                                                             "office:document>";
  g_autoptr(GBytes) bytes = g_bytes_new_static(flat, sizeof flat - 1);
  g_autoptr(Text) text = read_content(bytes, "bulletin.fodt");
  g_autofree char *got = lines_of(text);
  g_assert_cmpstr(got, ==, "tête\nOui\n");
  g_assert_true(((TextLine *)text->lines->pdata[0])->header);
}

static void assert_reason(const Text *text, const char *want) {
  for (guint i = 0; i < text->review_reasons->len; i++)
    if (strstr(text->review_reasons->pdata[i], want)) return;
  g_test_fail_printf("no reason says '%s'", want);
}

static void test_faults_are_said(void) {
  const ZipFixture cut[] = {{"content.xml", "<o:d xmlns:o=\"o\"><o:body><o:text><o:p>Nom"},
                            {NULL, NULL}};
  g_autoptr(Text) broken = read_entries(cut);
  assert_reason(broken, "bulletin.odt cannot be read: damaged");
  const ZipFixture other[] = {{"other.xml", "<x/>"}, {NULL, NULL}};
  g_autoptr(Text) nothing = read_entries(other);
  assert_reason(nothing, "damaged");
  const ZipFixture locked[] = {{"META-INF/manifest.xml", "<m><m:encryption-data/></m>"},
                               {"content.xml", "\x01\x02"},
                               {NULL, NULL}};
  g_autoptr(Text) encrypted = read_entries(locked);
  assert_reason(encrypted, "bulletin.odt cannot be read: encrypted");
}

/* Cells and rows that repeat each other, more sheets than are read, and more controls than a form
 * may have. */
static void test_limits_are_named(void) {
  GString *content = g_string_new("<x xmlns:t=\"t\"><body><spreadsheet><t:table>");
  for (guint i = 0; i < 5000; i++)
    g_string_append(
        content, "<t:table-row t:number-rows-repeated=\"1048576\"><t:table-cell "
                 "t:number-columns-repeated=\"16384\"><t:p>a</t:p></t:table-cell></t:table-row>");
  g_string_append(content, "</t:table></spreadsheet></body></x>");
  const ZipFixture sheet[] = {{"content.xml", content->str}, {NULL, NULL}};
  g_autoptr(Text) first_rows = read_entries(sheet);
  g_assert_cmpuint(first_rows->lines->len, ==, 64);
  g_string_assign(content, "<x xmlns:t=\"t\"><body><spreadsheet>");
  for (guint i = 1; i <= 202; i++)
    g_string_append_printf(content,
                           "<t:table><t:table-row><t:table-cell><t:p>%u</t:p></t:table-cell>"
                           "</t:table-row></t:table>",
                           i);
  g_string_append(content, "</spreadsheet></body></x>");
  const ZipFixture many[] = {{"content.xml", content->str}, {NULL, NULL}};
  g_autoptr(Text) first_sheets = read_entries(many);
  assert_reason(first_sheets, "over the limit sheets");
  const GPtrArray *lines = first_sheets->lines;
  g_assert_cmpstr(((TextLine *)lines->pdata[lines->len - 1])->text, ==, "200");
  g_string_assign(content, "<x><body><text><forms>");
  for (guint i = 0; i < 3000; i++) g_string_append_printf(content, "<checkbox id=\"c%u\"/>", i);
  g_string_append(content, "</forms></text></body></x>");
  const ZipFixture form[] = {{"content.xml", content->str}, {NULL, NULL}};
  g_autoptr(Text) controls = read_entries(form);
  assert_reason(controls, "over the limit form_controls");
  g_string_free(content, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/odf/words", words, test_rows);
  g_test_add_data_func("/odf/tables", tables, test_rows);
  g_test_add_data_func("/odf/fields", fields, test_rows);
  g_test_add_data_func("/odf/sheets", sheets, test_rows);
  g_test_add_func("/odf/running-heads", test_running_heads);
  g_test_add_func("/odf/flat", test_flat_file);
  g_test_add_func("/odf/faults", test_faults_are_said);
  g_test_add_func("/odf/limits", test_limits_are_named);
  return g_test_run();
}
