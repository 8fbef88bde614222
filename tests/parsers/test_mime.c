/* test_mime - a raw message to its parts: what is forgiven, and the bounds on each of them. */
#include "parsers/mime.h"

#include <string.h>

static Wire__Limits limits_default(void) {
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  return limits;
}

static MimeMail *read_raw(const char *raw, const Wire__Limits *limits) {
  g_autoptr(GBytes) bytes = g_bytes_new(raw, strlen(raw));
  return mime_read(bytes, limits);
}

/* "type (charset) name: content" of each part, a line each; then the limit that was passed. */
static char *parts_of(const MimeMail *mail) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = mail->parts->pdata[i];
    gsize size = 0;
    const char *data = g_bytes_get_data(part->content, &size);
    g_assert_cmpuint(part->index, ==, i);
    g_autofree char *text = g_strndup(data ? data : "", size);
    g_strdelimit(g_strstrip(text), "\r\n", '/');
    g_string_append_printf(out, "%s%s%s: %s\n", part->type, *part->name ? " " : "", part->name,
                           text);
  }
  if (mail->over_limit) g_string_append_printf(out, "! %s\n", mail->over_limit);
  return g_string_free(out, FALSE);
}

#define MULTI(kind, parts) "Content-Type: multipart/" kind "; boundary=b\n\n" parts "--b--\n"
#define PART(header, text) "--b\n" header "\n" text "\n"
#define PLAIN "Content-Type: text/plain\n"

static void test_trees(void) {
  static const struct {
    const char *raw, *want;
  } rows[] = {
      {"Subject: x\n\nOui\n", "text/plain: Oui\n"},
      {"Subject: x\n\n" PLAIN "Non\n", "text/plain: Content-Type: text/plain/Non\n"},
      /* types that are none */
      {"Content-Type: text\n\nOui\n", "text/plain: Oui\n"},
      {"Content-Type: pdf\n\nOui\n", "application/octet-stream: Oui\n"},
      {"Content-Type: text/pl@in\n\nOui\n", "application/octet-stream: Oui\n"},
      {"Content-Type: TEXT/Plain (\"x\"); a=b\n\nOui\n", "text/plain: Oui\n"},
      {MULTI("mixed", PART(PLAIN, "Oui") PART("Content-Type: text/html\n", "<p>Oui")),
       "text/plain: Oui\ntext/html: <p>Oui\n"},
      /* its boundary never comes: all of it is text */
      {"Content-Type: multipart/mixed; boundary=b\n\nOui\nNom : DURAND\n",
       "text/plain: Oui/Nom : DURAND\n"},
      {"Content-Type: multipart/mixed\n\nOui\n", "text/plain: Oui\n"},
      {"Content-Type: multipart/mixed; boundary=b\n\n", "text/plain: \n"},
      {"Content-Type: multipart/mixed; boundary=b\n\n--b--\nOui\n", "text/plain: --b--/Oui\n"},
      /* a mail within, and its header as a part */
      {MULTI("mixed", PART("Content-Type: message/rfc822\n", "Subject: Fête\nX-Y: z\n\nOui")),
       "message/rfc822-headers: Subject: Fête\ntext/plain: Oui\n"},
      /* names: whatever system's path they came with */
      {"Content-Type: application/pdf; name=\"C:\\tmp\\a.pdf\"\n\nx\n",
       "application/pdf a.pdf: x\n"},
      {"Content-Type: application/pdf\nContent-Disposition: attachment; "
       "filename=\"/tmp/b.pdf\"\n\nx\n",
       "application/pdf b.pdf: x\n"},
      {"", "application/octet-stream: \n"},
  };
  Wire__Limits limits = limits_default();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(MimeMail) mail = read_raw(rows[i].raw, &limits);
    g_autofree char *got = parts_of(mail);
    if (strcmp(got, rows[i].want) != 0)
      g_test_fail_printf("'%s': '%s', not '%s'", rows[i].raw, got, rows[i].want);
  }
}

/* What is within the bound is read, the bound is named. */
static void test_bounds(void) {
  static const char nested[] = MULTI(
      "mixed", PART(PLAIN, "1") "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n" PLAIN
                                "\n2\n--c\nContent-Type: multipart/mixed; boundary=d\n\n--d\n" PLAIN
                                "\n3\n--d--\n--c--\n");
  static const char many[] = MULTI("mixed", PART(PLAIN, "1") PART(PLAIN, "2") PART(PLAIN, "3"));
  static const struct {
    const char *raw;
    guint depth, parts;
    gsize message, header;
    const char *want;
  } rows[] = {
      {nested, 3, 10, 1000, 1000, "text/plain: 1\ntext/plain: 2\ntext/plain: 3\n"},
      {nested, 2, 10, 1000, 1000, "text/plain: 1\ntext/plain: 2\n! depth\n"},
      {nested, 1, 10, 1000, 1000, "text/plain: 1\n! depth\n"},
      {many, 9, 3, 1000, 1000, "text/plain: 1\ntext/plain: 2\ntext/plain: 3\n"},
      {many, 9, 2, 1000, 1000, "text/plain: 1\ntext/plain: 2\n! parts\n"},
      {"Subject: x\n\nOui, et non\n", 9, 9, 15, 1000, "text/plain: Oui\n! message_bytes\n"},
      {"Subject: x\n\nOui\n", 9, 9, 16, 1000, "text/plain: Oui\n"},
      {"Subject: x\nX-Long: y\n\nOui\n", 9, 9, 1000, 12, "text/plain: Oui\n! header_bytes\n"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Wire__Limits limits = limits_default();
    limits.depth = rows[i].depth;
    limits.parts = rows[i].parts;
    limits.message_bytes = rows[i].message;
    limits.header_bytes = rows[i].header;
    g_autoptr(MimeMail) mail = read_raw(rows[i].raw, &limits);
    g_autofree char *got = parts_of(mail);
    if (strcmp(got, rows[i].want) != 0)
      g_test_fail_printf("row %zu: '%s', not '%s'", i, got, rows[i].want);
  }
}

/* What is in front of the header, and no header of the mail. */
static void test_fronts(void) {
  static const char *const fronts[] = {"", "\xef\xbb\xbf", "\r\n\n", "From marie Mon Mar  3\n",
                                       ">From marie Mon Mar  3\n"};
  Wire__Limits limits = limits_default();
  for (gsize i = 0; i < G_N_ELEMENTS(fronts); i++) {
    g_autofree char *raw = g_strconcat(fronts[i], "Subject: Fête\n\nOui\n", NULL);
    g_autoptr(MimeMail) mail = read_raw(raw, &limits);
    g_assert_cmpstr(mime_header(mail, "Subject", 0), ==, "Fête");
    g_autofree char *got = parts_of(mail);
    g_assert_cmpstr(got, ==, "text/plain: Oui\n");
  }
}

/* What a header has to say of one text, and what leaves it to GMime: the same comes out. */
static void test_one_text(void) {
  static const struct {
    const char *header, *body;
  } rows[] = {
      {"Content-Type: text/plain\n", "Oui\n\nNon"},
      {"Content-Type: TEXT/HTML ; charset=x\n", "<p>Oui\r\n"},
      {"Content-Type: text/plain;\n charset=utf-8;\n\tname=\"a\n b.txt\"\n", "Oui"},
      {"Content-Type: text/plain\nContent-Type: text/html\n", "Oui"},
      {"Content-Type: text/plain (note)\n", "Oui"},
      {"Content-Type: text/plainly\n", "Oui"},
      {"Content-Type: text/calendar; method=REPLY\n", "Oui"},
      {PLAIN "Content-Transfer-Encoding: 8bit\n", "\xC3\xA9t\xE9"},
      {PLAIN "Content-Transfer-Encoding: quoted-printable\n", "=C3=A9t=\n=e9 =\r\n=4"},
      {PLAIN "Content-Transfer-Encoding: Quoted-Printable\n", "a=3\nb==41=XYc="},
      {PLAIN "Content-Transfer-Encoding: base64\n", "Tm9t\nIDog\r\nT3Vp"},
      {PLAIN "Content-Transfer-Encoding: base64\n", "Tm9tIA==\n-- \nliste"},
      {PLAIN "Content-Transfer-Encoding: base64\n", "T*m9tI"},
      {PLAIN "Content-Transfer-Encoding: base64 (x)\n", "Tm9t"},
      {PLAIN "Content-Transfer-Encoding: base64;\n", "Tm9t"},
      {PLAIN "Content-Transfer-Encoding: x-uuencode\n", "begin 644 a\n#3W5I\n`\nend\n"},
      {PLAIN "Content-Transfer-Encoding: unheard-of\n", "=41"},
      {PLAIN "Content-Disposition: attachment; filename=a.txt\n", "Oui"},
      {PLAIN "Content-ID: <a@b>\n", "Oui"},
      {PLAIN, "-----BEGIN PGP MESSAGE-----\n"},
  };
  Wire__Limits limits = limits_default();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *alone = g_strdup_printf("%s\n%s", rows[i].header, rows[i].body);
    g_autofree char *within = g_strdup_printf("Content-Type: multipart/mixed; boundary=b\n\n"
                                              "--b\n%s\n%s\n--b--\n",
                                              rows[i].header, rows[i].body);
    g_autoptr(MimeMail) one = read_raw(alone, &limits);
    g_autoptr(MimeMail) tree = read_raw(within, &limits);
    g_assert_cmpuint(one->parts->len, ==, 1);
    g_assert_cmpuint(tree->parts->len, ==, 1);
    const MimePart *a = one->parts->pdata[0], *b = tree->parts->pdata[0];
    g_assert_cmpstr(a->type, ==, b->type);
    g_assert_cmpstr(a->charset, ==, b->charset);
    g_assert_cmpstr(a->name, ==, b->name);
    g_assert_cmpstr(a->method, ==, b->method);
    g_assert_cmpstr(a->content_id, ==, b->content_id);
    g_assert_cmpint(a->attachment, ==, b->attachment);
    g_assert_cmpint(one->encrypted, ==, tree->encrypted);
    gsize size_a = 0, size_b = 0;
    const void *data_a = g_bytes_get_data(a->content, &size_a);
    const void *data_b = g_bytes_get_data(b->content, &size_b);
    if (size_a != size_b || memcmp(data_a, data_b, size_a) != 0)
      g_test_fail_printf("row %zu: '%.*s', not '%.*s'", i, (int)size_a, (const char *)data_a,
                         (int)size_b, (const char *)data_b);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mime/trees", test_trees);
  g_test_add_func("/mime/bounds", test_bounds);
  g_test_add_func("/mime/fronts", test_fronts);
  g_test_add_func("/mime/one-text", test_one_text);
  return g_test_run();
}
