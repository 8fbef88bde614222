/* test_richtext - what .rtf files say, one habit of a program a row. */
#include "tests/parsers/format_fixture.h"

#define RTF(body) "{\\rtf1\\ansi\\ansicpg1252 " body "}"

enum { DEPTH_MAX = 200 }; /* the file itself is one, and one is kept free */

static const FormatRow rows[] = {
    {"paragraphs and lines", RTF("Nom\\par Ville\\line Oui"), "Nom\nVille\nOui\n"},
    {"signs that are words", RTF("a\\tab b\\endash c\\emdash\\lquote x\\rquote  \\bullet"),
     "a\tb–c—‘x’ •\n"},
    {"signs that are escaped", RTF("a\\{b\\}c\\\\d\\~e\\_f\\-g"), "a{b}c\\d e-fg\n"},
    {"a line break that is escaped", RTF("Nom\\\nVille\\\r\nOui"), "Nom\nVille\nOui\n"},
    {"letters by their number", RTF("\\'e9t\\'E9 \\u233?\\u-4064? \\uc2\\u26481??x"),
     "été é\uF020 東x\n"},
    {"of a Macintosh", "{\\rtf1\\mac \\'8et\\'8e}", "été\n"},
    {"Japanese", "{\\rtf1\\ansi\\ansicpg932 \\'93\\'8c\\'8b\\'9e}", "東京\n"},
    {"what is struck out, hidden or deleted",
     RTF("a{\\strike b}c{\\v d}e{\\deleted f}g\\strike h\\strike0 i\\v j\\plain k"), "acegik\n"},
    {"groups that say nothing", RTF("a{\\*\\generator x;}{\\info{\\title y}}{\\unknown z}b"),
     "azb\n"},
    {"a table", RTF("\\trowd\\intbl Nom\\cell DURAND\\cell\\row\\pard Oui\\par"),
     "Nom\tDURAND\nOui\n"},
    {"bytes that are no text", RTF("a\\bin3 {{{b"), "ab\n"},
    {"a cut escape", "{\\rtf1 a\\'e", "ae\n! attachment bulletin.doc cannot be read: damaged\n"},
    {"a group that is not closed", "{\\rtf1 a{b",
     "ab\n! attachment bulletin.doc cannot be read: damaged\n"},
    {"groups that close too much", "{\\rtf1 a}}}b", "ab\n"},
};

static void test_rows(void) {
  format_check(richtext_read, rows, G_N_ELEMENTS(rows));
}

/* Groups within groups: what stands behind the bound is left out, which is told. */
static void test_depth(void) {
  for (guint depth = DEPTH_MAX - 2; depth < DEPTH_MAX + 2; depth++) {
    g_autoptr(GString) file = g_string_new("{\\rtf1 a");
    for (guint i = 0; i < depth; i++) g_string_append_c(file, '{');
    g_string_append(file, "b");
    for (guint i = 0; i < depth; i++) g_string_append_c(file, '}');
    g_string_append(file, "{\\strike d}\\par c}");
    g_autofree char *got = format_lines(richtext_read, file->str, file->len);
    g_assert_cmpstr(got, ==,
                    depth < DEPTH_MAX - 1
                        ? "ab\nc\n"
                        : "a\nc\n! attachment bulletin.doc cannot be read: damaged\n");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/richtext/rows", test_rows);
  g_test_add_func("/richtext/depth", test_depth);
  return g_test_run();
}
