/* test_html - what HTML mails say, one habit of a program a row. */
#include "tests/parsers/format_fixture.h"

static const FormatRow rows[] = {
    {"paragraphs and breaks", "<p>Nom</p><p>Ville<br>Oui</br>Non", "Nom\nVille\nOui\nNon\n"},
    {"a paragraph that only ends", "Nom</p>Ville", "Nom\nVille\n"},
    {"hidden by its style",
     "a<span style=\"display:none\">b</span><span style='visibility: hidden'>c</span><span "
     "style='visibility:collapse'>d</span>e",
     "ae\n"},
    {"white space that counts",
     "<div style=\"white-space: pre-wrap\">a   b\nc</div><div style='white-space:break-spaces'>d  "
     "e</div><div style=\"white-space: normal\">f   g\nh</div>",
     "a   b\nc\nd  e\nf g h\n"},
    {"a comment that is closed, and one that is not", "a<!-- b -->c<!-- d>e<p>f", "ace\nf\n"},
    {"declarations", "<!DOCTYPE html><?xml version=\"1.0\"?>a<![if x]>b<![endif]>c", "abc\n"},
    {"what only looks like a tag", "a < b, c <3 d </3> e </ f> g<", "a < b, c <3 d e g<\n"},
    {"raw elements", "a<script>b</scriptx><p>c</script >d<style>e</style>f<textarea>g", "adfg\n"},
    {"cells without rows", "<table><td>Nom<td>DURAND<tr><td>Ville<td>S\303\250te</table>Oui",
     "Nom\tDURAND\nVille\tSète\nOui\n"},
    {"a cell outside of a table", "a<td>b</td>c", "a\nb\nc\n"},
    {"its own character set", "<meta charset=iso-8859-1><p>S\350te", "Sète\n"},
    {"the same, told as in a header",
     "<meta http-equiv=x content=\"text/html; charset='macintosh'\"><p>S\217te", "Sète\n"},
    {"struck out", "a<s>b</s><del>c</del>d", "ad\n"},
};

static void test_rows(void) {
  format_check(html_read, rows, G_N_ELEMENTS(rows));
}

enum { STACK_MAX = 400 };

/* Elements within elements: the deepest leave their text and no mark. */
static void test_depth(void) {
  for (guint depth = STACK_MAX - 1; depth <= STACK_MAX + 1; depth++) {
    g_autoptr(GString) file = g_string_new("a");
    for (guint i = 0; i < depth; i++) g_string_append(file, "<i>");
    g_string_append(file, "<s>x</s>");
    for (guint i = 0; i < depth; i++) g_string_append(file, "</i>");
    g_string_append(file, "<s>y</s>z");
    g_autofree char *got = format_lines(html_read, file->str, file->len);
    g_assert_cmpstr(got, ==, depth < STACK_MAX ? "az\n" : "axz\n");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/html/rows", test_rows);
  g_test_add_func("/html/depth", test_depth);
  return g_test_run();
}
