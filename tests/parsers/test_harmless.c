/* test_harmless - what a person is shown of a mail: its text and structure, and nothing that acts.
 */
#include "parsers/formats/harmless.h"

#include "tests/parsers/harmless_check.h"

enum { MAX_BYTES = 64 << 10 };

typedef struct {
  const char *name, *html, *want;
} Row;

static char *shown(const char *html, gsize size, gsize max_bytes) {
  g_autoptr(GString) out = g_string_new(NULL);
  HarmlessOut pen = {.out = out, .max_bytes = max_bytes};
  harmless_html(&pen, html, size);
  harmless_check(out->str, max_bytes);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static void check(const Row *rows, gsize n) {
  for (gsize i = 0; i < n; i++) {
    g_autofree char *got = shown(rows[i].html, strlen(rows[i].html), MAX_BYTES);
    if (strcmp(got, rows[i].want) != 0)
      g_test_message("%s: got '%s', not '%s'", rows[i].name, got, rows[i].want), g_test_fail();
  }
}

/* ---- what is kept ---- */

static const Row kept[] = {
    {"paragraphs", "<p>Nom : <b>DURAND</b></p><p>Ville<br>Oui",
     "<p>Nom : <b>DURAND</b></p><p>Ville<br>Oui</p>"},
    {"a block ends a paragraph", "<p>a<div>b</div></p>c", "<p>a</p><div>b</div>c"},
    {"headings, lists, a line", "<h1>A</h1><ul><li>b<li>c</ul><hr><ol><li>d</ol>",
     "<h1>A</h1><ul><li>b</li><li>c</li></ul><hr><ol><li>d</li></ol>"},
    {"a list in a list", "<ul><li>a<ul><li>b</ul><li>c</ul>",
     "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"},
    {"letters", "<strong>a</strong><em>b</em><i>c</i><u>d</u><ins>e</ins>",
     "<strong>a</strong><em>b</em><i>c</i><u>d</u><u>e</u>"},
    {"struck out is shown struck out",
     "<s>a</s><del>b</del><strike>c</strike><span style='text-decoration:line-through'>d</span>",
     "<s>a</s><s>b</s><s>c</s><s>d</s>"},
    {"a table", "<table><tr><th>Nom<td colspan=2 rowspan='3' width=9>DURAND</table>",
     "<table><tr><th>Nom</th><td colspan=\"2\" rowspan=\"3\">DURAND</td></tr></table>"},
    {"its sections", "<table><thead><tr><th>a</thead><tbody><tr><td>b<tfoot><tr><td>c</table>",
     "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody>"
     "<tbody><tr><td>c</td></tr></tbody></table>"},
    {"a form around rows", "<table><form action=x><tr><td>a</td></tr></form></table>b",
     "<table><tr><td>a</td></tr></table>b"},
    {"text and blocks between rows get a cell", "<table>a<tr>b<td>c</td></tr><p>d</table>",
     "<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr><tr><td><p>d</p></td></tr></table>"},
    {"rows and cells without a table", "<tr><td>a</td><td>b</td></tr>c",
     "<div><div>a</div><div>b</div></div>c"},
    {"spans beyond the bound",
     "<table><tr><td colspan=9999999999999>a<td colspan=-1>b<td colspan=0>c",
     "<table><tr><td colspan=\"100\">a</td><td colspan=\"100\">b</td><td>c</td></tr></table>"},
    {"language and direction", "<p lang=ja-JP dir=RTL>a<span lang='x\"y'>b<span dir=ltr>c",
     "<p lang=\"ja-JP\" dir=\"rtl\">ab<span dir=\"ltr\">c</span></p>"},
    {"a quote, by its element", "<blockquote type=cite class=x>a</blockquote>",
     "<blockquote>a</blockquote>"},
    {"a quote, by its bar", "<div style='border:none;border-left:solid blue 1.5pt'>a</div>b",
     "<blockquote>a</blockquote>b"},
    {"Outlook's divider", "a<div style='border:none;border-top:solid #E1E1E1 1.0pt'>De : b</div>",
     "a<hr><div>De : b</div>"},
    {"Outlook on the web's", "a<div id=divRplyFwdMsg>De : b</div>", "a<hr><div>De : b</div>"},
    {"white space", "  a \n\n b\t<b> c</b>", "a b <b> c</b>"},
    {"white space that counts", "<pre>\n a\n\tb</pre><p style='white-space:pre-wrap'>c  d\ne",
     "<pre>\302\240a<br>\302\240\302\240\302\240\302\240b</pre><p>c\302\240 d<br>e</p>"},
    {"entities", "S&egrave;te &lt;b&gt; &amp;lt; &#x2612; &quot;",
     "Sète &lt;b&gt; &amp;lt; ☒ &quot;"},
    {"tick boxes",
     "<input type=checkbox checked>Oui<input type=radio>Non<img alt='case cochée' src=x>",
     "☒ Oui ☐ Non ☒ "},
    {"fields", "Nom<input value='DURAND<'><input type=hidden value=x><input type=submit value=y>",
     "Nom DURAND&lt; "},
    {"choices", "<select><option>a<option selected>b<option>c</select>", "b"},
    {"a choice in a list", "<ul><li>a<select><option selected>b</select>c</ul>",
     "<ul><li>abc</li></ul>"},
    {"a text area", "<textarea>a\n<b>c</textarea>", "<pre>a<br>&lt;b&gt;c</pre>"},
    {"a link that is its text", "<a href='https://ex.org/'>ex.org</a><a href=mailto:a@b>a@b</a>",
     "ex.orga@b"},
    {"a link that is something else", "<a href='https://ex.org/?a=1&b=2'>ici</a>, oui",
     "ici (https://ex.org/?a=1&amp;b=2), oui"},
    {"a link that claims another", "<a href=https://evil.example/>https://bank.example/</a>",
     "https://bank.example/ (https://evil.example/)"},
    {"a link in a link", "<a href=http://a.b>c<a href=http://d.e>f</a>g",
     "c (http://a.b)f (http://d.e)g"},
};

static void test_what_is_kept(void) {
  check(kept, G_N_ELEMENTS(kept));
}

/* ---- what is hidden stays hidden ---- */

static const Row hidden[] = {
    {"display", "a<div style='display:none'>b<p>c</p></div>d", "ad"},
    {"other styles",
     "a<span style=visibility:hidden>b</span><p style='font-size:0'>c</p><i style='opacity:0'>d</i>"
     "<p style='mso-hide:all'>e</p><p hidden>f</p><font style='color:#fff;background:white'>g",
     "a"},
    {"a row", "<table><tr style='display:none'><td>a</td></tr><tr><td>b</table>",
     "<table><tr><td>b</td></tr></table>"},
    {"within what is hidden", "<div style='display:none'><div style='display:block'>a</div></div>b",
     "b"},
    {"a preheader's controls",
     "<div style='display:none'>a<br><hr><input value=b><img alt=x></div>", ""},
    {"not by a stray end tag", "<span style='display:none'>a<span>b</span>c</span>d", "d"},
};

static void test_what_is_hidden(void) {
  check(hidden, G_N_ELEMENTS(hidden));
}

/* ---- what acts ---- */

static const Row hostile[] = {
    {"script", "a<script>alert(1)</script>b<SCRIPT SRC=x></SCRIPT>c", "abc"},
    {"script without end", "a<script>alert(1)", "a"},
    {"script in pieces", "<scr<script>ipt>alert(1)</scr</script>ipt>", "ipt&gt;alert(1)ipt&gt;"},
    {"a slash in the tag", "<script/x>alert(1)</script>a<p/onclick=x>b", "a<p>b</p>"},
    {"handlers", "<p onclick=alert(1) onmouseover='x'>a</p><img src=x onerror=alert(1)>",
     "<p>a</p>"},
    {"javascript:", "<a href='javascript:alert(1)'>a</a><a href=' jAvAsCrIpT&#58;alert(1)'>b</a>",
     "ab"},
    {"data:", "<a href='data:text/html,<script>alert(1)</script>'>a</a><img src='data:x'>", "a"},
    {"a target that breaks out", "<a href='https://x\"><script>alert(1)</script>'>a</a>",
     "a (https://x&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;)"},
    {"svg", "<svg onload=alert(1)><a xlink:href=javascript:x><text>b</text></a></svg>c", "c"},
    {"svg without end", "<svg><style><img src=x onerror=alert(1)></style><p>Nom", "<p>Nom</p>"},
    {"math",
     "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
     "onerror=alert(1)&gt;'>",
     "<table></table>"},
    {"noscript", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<p></p>"},
    {"a title that ends early", "<title></title><img src=x onerror=alert(1)>a", "a"},
    {"a style that holds markup", "<style><a title='</style><img src=x onerror=alert(1)>'>b",
     "&#39;&gt;b"},
    {"noembed, noframes, iframe, xmp",
     "<noembed><b></noembed><noframes><b></noframes><iframe srcdoc='<script>x'><b></iframe>"
     "<xmp><img src=x onerror=alert(1)></xmp>",
     "<pre>&lt;img src=x onerror=alert(1)&gt;</pre>"},
    {"template, object, embed, applet",
     "<template><img src=x>t</template><object data=x>a</object><embed src=x><applet>b</applet>c",
     "c"},
    {"forms", "<form action=https://evil.example><button formaction=x>Payer</button></form>",
     "Payer"},
    {"links, metas, bases",
     "<link rel=stylesheet href=x><meta http-equiv=refresh content=0><base href=x>a", "a"},
    {"style expressions", "<p style='width:expression(alert(1));background:url(javascript:x)'>a",
     "<p>a</p>"},
    {"comments", "a<!-- b --><!--[if mso]><p>c<![endif]--><![if !mso]>d<![endif]><!>e<!-->f-->g",
     "adef--&gt;g"},
    {"processing instructions, CDATA", "a<?php x ?>b<![CDATA[<p>c]]>d", "abc]]&gt;d"},
    {"unclosed attribute", "a<p title=\"<img src=x onerror=alert(1)>", "a<p></p>"},
    {"unclosed tags", "<b><i><table><td><a href=https://x.y>z",
     "<b><i><table><tr><td>z (https://x.y)</td></tr></table></i></b>"},
    {"an unclosed tag at the end", "a<img src=x onerror=alert(1) ", "a"},
    {"UTF-7", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
     "+ADw-script+AD4-alert(1)+ADw-/script+AD4-"},
    {"control characters", "a\001b\033[2Jc\177d&#0;&#x85;e", "ab[2Jcd\357\277\275…e"},
    {"names that only begin alike", "<bx>a</bx><brr>b<pre-x>c<o:p>d</o:p>", "abcd"},
    {"a name that is cut", "<blockquotexxxxxxxxxxxxxxxx>a<scriptxxxxxxxxxxxxxxxxxxxxxx>b", "ab"},
    {"frames", "<frameset onload=alert(1)><frame src=javascript:x></frameset>a", "a"},
    {"isindex, keygen, details",
     "<isindex type=image src=x><keygen autofocus onfocus=x><details open ontoggle=x>a",
     "<div>a</div>"},
    {"media", "<video><source onerror=alert(1)></video><audio src=x onerror=y></audio>a", "a"},
    {"entities that make tags", "&lt;script&gt;alert(1)&lt;/script&gt;",
     "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"entities twice", "&amp;lt;script&amp;gt;", "&amp;lt;script&amp;gt;"},
    {"foreign end tags", "</svg></math></table></td></script></p></div>a", "a"},
};

static void test_what_acts(void) {
  check(hostile, G_N_ELEMENTS(hostile));
}

static void test_bytes_that_are_no_text(void) {
  static const char zero[] = "a<scr\0ipt>b</p>\0c<img\0 src=x onerror=alert(1)>";
  static const char broken[] = "a\xff\xc3<b\xe9>c\xe2\x82";
  g_autofree char *got = shown(zero, sizeof zero - 1, MAX_BYTES);
  g_assert_null(strstr(got, "<img"));
  g_autofree char *other = shown(broken, sizeof broken - 1, MAX_BYTES);
  g_assert_nonnull(strstr(other, "c"));
}

/* ---- bounds ---- */

static char *times(const char *text, guint n, const char *end) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < n; i++) g_string_append(out, text);
  g_string_append(out, end);
  return g_string_free(out, FALSE);
}

static void test_depth_is_bounded(void) {
  static const char *const nested[] = {
      "<table><tr><td>", "<table>", "<div>", "<b>",      "<blockquote>",
      "<span>",          "<svg>",   "<x-y>", "<ul><li>", "<a href=https://x.y>",
      "<p><table>"};
  for (gsize i = 0; i < G_N_ELEMENTS(nested); i++) {
    g_autofree char *html = times(nested[i], 10000, "deep");
    g_autofree char *got = shown(html, strlen(html), 1 << 20);
    gboolean svg = strstr(nested[i], "svg") != NULL, link = strstr(nested[i], "href") != NULL;
    if (!svg && !link) g_assert_nonnull(strstr(got, HARMLESS_CUT));
    if (!link) g_assert_null(strstr(got, "deep"));
  }
  /* one less than too deep, and what follows a part that was too deep */
  g_autofree char *start = times("<div>", HARMLESS_DEPTH_MAX, "a");
  g_autofree char *got = shown(start, strlen(start), 1 << 20);
  g_assert_nonnull(strstr(got, "<div>a</div>"));
  g_autofree char *over = times("<div>", HARMLESS_DEPTH_MAX + 1, "a</div>b");
  g_autofree char *cut = shown(over, strlen(over), 1 << 20);
  g_assert_nonnull(strstr(cut, "<div>" HARMLESS_CUT "b</div>"));
}

static void test_bytes_are_bounded(void) {
  static const char *const pieces[] = {
      "a", "<p>b", "<br>", "&quot;", "é", "<td>", "<table>", "<a href=https://example.org/x>y</a>"};
  for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
    g_autofree char *html = times(pieces[i], 20000, "end");
    g_autofree char *got = shown(html, strlen(html), 16 << 10);
    g_assert_nonnull(strstr(got, HARMLESS_CUT));
    g_assert_null(strstr(got, "end"));
  }
}

static void test_a_long_target_is_cut(void) {
  g_autofree char *target = times("é", HARMLESS_LINK_MAX_BYTES, "");
  g_autofree char *html = g_strdup_printf("<a href='https://%s'>a</a>", target);
  g_autofree char *got = shown(html, strlen(html), MAX_BYTES);
  g_assert_true(g_str_has_suffix(got, "é" HARMLESS_CUT ")"));
  g_assert_cmpuint(strlen(got), <, HARMLESS_LINK_MAX_BYTES + 20);
}

/* Ten times the input may not take a hundred times as long: half a megabyte in a second. */
static void test_speed(void) {
  static const char *const pieces[] = {
      "<table><td>", "</b><b>", "<p>",  "<!--", "<a href=https://x>", "<li>", "<svg><p>",
      "<p x=\"",     "&",       "<tr>", "</td>"};
  for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
    g_autofree char *html = times(pieces[i], 500000 / (guint)strlen(pieces[i]), "");
    g_autoptr(GString) out = g_string_new(NULL);
    HarmlessOut pen = {.out = out, .max_bytes = 2 << 20};
    gint64 before = g_get_monotonic_time();
    harmless_html(&pen, html, strlen(html));
    gint64 took = g_get_monotonic_time() - before;
    if (took > 3 * G_USEC_PER_SEC) g_test_fail_printf("%s: %d ms", pieces[i], (int)(took / 1000));
  }
}

/* ---- plain text ---- */

static void test_plain_text(void) {
  static char type[] = "text/plain", none[] = "";
  static const struct {
    const char *text, *want;
    gboolean flowed;
  } rows[] = {
      {"Bonjour,\n\nNom : <b>A</b>\nVille\n",
       "<p>Bonjour,</p><p>Nom : &lt;b&gt;A&lt;/b&gt;<br>Ville</p>", FALSE},
      {"a\n> b\n> c\n>> d\n\ne",
       "<p>a</p><blockquote><p>b<br>c</p><blockquote><p>d</p></blockquote></blockquote><p>e</p>",
       FALSE},
      {"Nom   : A\n\tB", "<p>Nom\302\240\302\240 : A<br>\302\240\302\240\302\240\302\240B</p>",
       FALSE},
      {"a long line that a program wrapped where it had no more \nroom\n> quoted \n> x",
       "<p>a long line that a program wrapped where it had no more room</p>"
       "<blockquote><p>quoted\302\240<br>x</p></blockquote>",
       TRUE},
      {"Pr&eacute;nom &lt;", "<p>Prénom &amp;lt;</p>", FALSE},
      {"a\001\033b\r\nc\rd", "<p>ab<br>c<br>d</p>", FALSE},
      {"", "", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    MimePart part = {.type = type, .name = none, .charset = none, .flowed = rows[i].flowed};
    g_autoptr(GString) out = g_string_new(NULL);
    HarmlessOut pen = {.out = out, .max_bytes = MAX_BYTES};
    harmless_plain(&pen, &part, rows[i].text);
    harmless_check(out->str, MAX_BYTES);
    g_assert_cmpstr(out->str, ==, rows[i].want);
  }
}

static void test_plain_text_is_bounded(void) {
  static char type[] = "text/plain", none[] = "";
  MimePart part = {.type = type, .name = none, .charset = none};
  static const char *const lines[] = {"> a\n", "a\n\n", ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>> a\nb\n",
                                      "<"};
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_autofree char *text = times(lines[i], 20000, "end");
    g_autoptr(GString) out = g_string_new(NULL);
    HarmlessOut pen = {.out = out, .max_bytes = 16 << 10};
    harmless_plain(&pen, &part, text);
    harmless_check(out->str, 16 << 10);
    g_assert_nonnull(strstr(out->str, HARMLESS_CUT));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/harmless/kept", test_what_is_kept);
  g_test_add_func("/harmless/hidden", test_what_is_hidden);
  g_test_add_func("/harmless/hostile", test_what_acts);
  g_test_add_func("/harmless/no-text", test_bytes_that_are_no_text);
  g_test_add_func("/harmless/depth", test_depth_is_bounded);
  g_test_add_func("/harmless/bytes", test_bytes_are_bounded);
  g_test_add_func("/harmless/long-target", test_a_long_target_is_cut);
  g_test_add_func("/harmless/speed", test_speed);
  g_test_add_func("/harmless/plain", test_plain_text);
  g_test_add_func("/harmless/plain-bounds", test_plain_text_is_bounded);
  return g_test_run();
}
