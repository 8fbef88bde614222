/* test_container - parts inside parts: what is in them, how it is named, and why not. */
#include "parsers/formats/container.h"

#include <string.h>

#include "parsers/formats/sniff.h"
#include "parsers/formats/tnef.h"
#include "parsers/text.h"
#include "tests/parsers/tnef_fixture.h"
#include "tests/parsers/zip_fixture.h"

#define DOCX_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define WORD(text)                                                                                 \
  "<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>" text                                         \
  "</w:t></w:r></w:p></w:body></w:document>"

static Wire__Limits limits_default(void) {
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  return limits;
}

/* ---- fixtures ---- */

static GBytes *docx(const char *document) {
  return zip_fixture_new((const ZipFixture[]){
      {"[Content_Types].xml", "<Types/>"}, {"word/document.xml", document}, {NULL, NULL}});
}

/* Files that are bytes, as a zip archive. */
typedef struct {
  const char *path;
  GBytes *bytes;
} File;

static GBytes *zip_of(const File *files) {
  gsize room = 1 << 16, used = 0;
  for (guint i = 0; files[i].path; i++) room += g_bytes_get_size(files[i].bytes) + 1024;
  guint8 *buffer = g_malloc(room);
  struct archive *zip = archive_write_new();
  archive_write_set_format_zip(zip);
  g_assert_cmpint(archive_write_open_memory(zip, buffer, room, &used), ==, ARCHIVE_OK);
  for (guint i = 0; files[i].path; i++) {
    gsize size = 0;
    gconstpointer data = g_bytes_get_data(files[i].bytes, &size);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, files[i].path);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(zip, entry);
    archive_write_data(zip, data, size);
    archive_entry_free(entry);
  }
  g_assert_cmpint(archive_write_close(zip), ==, ARCHIVE_OK);
  archive_write_free(zip);
  return g_bytes_new_take(buffer, used);
}

/* Set bits of each entry's flags, in the archive's two headers (APPNOTE 4.4.4). *Takes* `zip`. */
enum { FLAG_ENCRYPTED = 1, FLAG_UTF8 = 1 << 11 };

static GBytes *flagged(GBytes *zip, guint flags) {
  gsize size = 0;
  guint8 *data = g_bytes_unref_to_data(zip, &size);
  for (gsize i = 0; i + 10 < size; i++) {
    gsize at = memcmp(data + i, "PK\3\4", 4) == 0 ? 6 : memcmp(data + i, "PK\1\2", 4) == 0 ? 8 : 0;
    if (at == 0) continue;
    data[i + at] |= (guint8)flags;
    data[i + at + 1] |= (guint8)(flags >> 8);
  }
  return g_bytes_new_take(data, size);
}

static GBytes *literal(const char *text) {
  return g_bytes_new(text, strlen(text));
}

/* A mail with a text and one attachment. */
static GBytes *mail_with(const char *body, const char *type, const char *name, GBytes *content) {
  gsize size = 0;
  const guchar *data = g_bytes_get_data(content, &size);
  g_autofree char *code = g_base64_encode(data, size);
  g_autofree char *file =
      *name ? g_strdup_printf("Content-Disposition: attachment; filename=\"%s\"\r\n", name)
            : g_strdup("");
  char *mail = g_strdup_printf("From: anne@example.org\r\nMIME-Version: 1.0\r\n"
                               "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                               "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n"
                               "--b\r\nContent-Type: %s\r\n%sContent-Transfer-Encoding: base64\r\n"
                               "\r\n%s\r\n--b--\r\n",
                               body, type, file, code);
  g_bytes_unref(content);
  return g_bytes_new_take(mail, strlen(mail));
}

/* ---- what came out ---- */

/* "name|type|opened" of each part, then the lines, then the reasons. */
static char *told(GBytes *raw, const Wire__Limits *limits) {
  g_autoptr(MimeMail) mail = mime_read(raw, limits);
  container_expand(mail, limits);
  g_autoptr(Text) text = text_read(mail, limits, NULL);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = mail->parts->pdata[i];
    g_assert_cmpuint(part->index, ==, i);
    g_string_append_printf(out, "%s%s %s\n", part->opened ? "+" : "", part->type, part->name);
  }
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    if (*line->text)
      g_string_append_printf(out, "[%s] %s\n", (char *)text->sources->pdata[line->source],
                             line->text);
  }
  for (guint i = 0; i < text->review_reasons->len; i++)
    g_string_append_printf(out, "! %s\n", (char *)text->review_reasons->pdata[i]);
  if (mail->over_limit) g_string_append_printf(out, "! limit %s\n", mail->over_limit);
  g_bytes_unref(raw);
  return g_string_free(out, FALSE);
}

static void expect(GBytes *raw, const char *want) {
  Wire__Limits limits = limits_default();
  g_autofree char *got = told(raw, &limits);
  g_assert_cmpstr(got, ==, want);
}

/* ---- archives ---- */

static void test_zip(void) {
  g_autoptr(GBytes) form = docx(WORD("Nom : LE BIHAN"));
  g_autoptr(GBytes) note = literal("Ville : Quimper\n");
  g_autoptr(GBytes) stray = literal("x");
  GBytes *zip = zip_of((const File[]){{"dossier/Bulletin.docx", form},
                                      {"__MACOSX/dossier/._Bulletin.docx", stray},
                                      {"dossier/.DS_Store", stray},
                                      {"Thumbs.db", stray},
                                      {"dossier/~$Bulletin.docx", stray},
                                      {"note.txt", note},
                                      {NULL, NULL}});
  expect(mail_with("Bonjour", "application/x-zip-compressed", "b.zip", zip),
         "text/plain \n"
         "+application/zip b.zip\n" DOCX_TYPE " b.zip/dossier/Bulletin.docx\n"
         "application/octet-stream b.zip/note.txt\n"
         "[body:text/plain] Bonjour\n"
         "[attachment:b.zip/dossier/Bulletin.docx] Nom : LE BIHAN\n"
         "[attachment:b.zip/note.txt] Ville : Quimper\n");
}

/* Names as systems write them: said to be UTF-8, UTF-8 all the same, a code page of DOS, and the
 * Japanese one, of which some second bytes are backslashes. */
static void test_zip_names(void) {
  static const struct {
    const char *name;
    guint flags;
    const char *want;
  } rows[] = {{"compl\303\251t\303\251.txt", FLAG_UTF8, "complété.txt"},
              {"compl\303\251t\303\251.txt", 0, "complété.txt"},
              {"compl\202t\202.txt", 0, "complété.txt"},
              {"r\202ponse.txt", 0, "réponse.txt"},
              {"\225\134\216\206.txt", 0, "表紙.txt"},
              {"dossier\\b.txt", 0, "dossier/b.txt"},
              {"../../etc/b.txt", 0, "etc/b.txt"}};
  g_autoptr(GBytes) note = literal("Nom : A\n");
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    GBytes *zip = zip_of((const File[]){{rows[i].name, note}, {NULL, NULL}});
    g_autofree char *want =
        g_strdup_printf("text/plain \n+application/zip b.zip\napplication/octet-stream b.zip/%s\n"
                        "[body:text/plain] Bonjour\n[attachment:b.zip/%s] Nom : A\n",
                        rows[i].want, rows[i].want);
    expect(mail_with("Bonjour", "application/zip", "b.zip", flagged(zip, rows[i].flags)), want);
  }
}

static void test_zip_in_zip(void) {
  g_autoptr(GBytes) form = docx(WORD("Nom : LE BIHAN"));
  g_autoptr(GBytes) inner = zip_of((const File[]){{"b.docx", form}, {NULL, NULL}});
  GBytes *outer = zip_of((const File[]){{"inner.zip", inner}, {NULL, NULL}});
  expect(mail_with("Bonjour", "application/octet-stream", "o", outer),
         "text/plain \n+application/zip o\n+application/zip o/inner.zip\n" DOCX_TYPE
         " o/inner.zip/b.docx\n"
         "[body:text/plain] Bonjour\n[attachment:o/inner.zip/b.docx] Nom : LE BIHAN\n");
}

static void test_zip_depth(void) {
  Wire__Limits limits = limits_default();
  GBytes *zip = literal("text");
  for (guint i = 0; i < 40; i++) {
    GBytes *inner = zip;
    zip = zip_of((const File[]){{"a.zip", inner}, {NULL, NULL}});
    g_bytes_unref(inner);
  }
  g_autofree char *got = told(mail_with("Bonjour", "application/zip", "a.zip", zip), &limits);
  g_assert_true(g_str_has_suffix(got, "! limit depth\n"));
}

static void test_zip_faults(void) {
  Wire__Limits limits = limits_default();
  g_autoptr(GBytes) note = literal("Ville : Quimper\n");
  GBytes *locked = zip_of((const File[]){{"note.txt", note}, {NULL, NULL}});
  locked = flagged(locked, FLAG_ENCRYPTED);
  expect(mail_with("Bonjour", "application/zip", "b.zip", locked),
         "text/plain \n+application/zip b.zip\n[body:text/plain] Bonjour\n"
         "! attachment b.zip is encrypted\n");
  expect(mail_with("Bonjour", "application/zip", "b.zip", literal("PK\3\4 and no more than this")),
         "text/plain \n+application/zip b.zip\n[body:text/plain] Bonjour\n"
         "! attachment b.zip cannot be read: damaged\n");
  g_autoptr(GBytes) zeros = g_bytes_new_take(g_malloc0(3 << 20), 3 << 20);
  limits.archive_bytes = 4 << 20;
  limits.archive_ratio = 2000;
  GBytes *bomb = zip_of((const File[]){{"a.bin", zeros}, {"b.bin", zeros}, {NULL, NULL}});
  g_autofree char *size = told(mail_with("Bonjour", "application/zip", "b.zip", bomb), &limits);
  g_assert_true(strstr(size, "! over the limit archive_size: b.zip read in part\n"));
  limits.archive_entries = 1;
  GBytes *two = zip_of((const File[]){{"a.txt", note}, {"b.txt", note}, {NULL, NULL}});
  g_autofree char *count = told(mail_with("Bonjour", "application/zip", "b.zip", two), &limits);
  g_assert_true(strstr(count, "[attachment:b.zip/a.txt] Ville : Quimper\n"));
  g_assert_true(strstr(count, "! over the limit archive_entries: b.zip read in part\n"));
}

/* The bytes of two archives count together. */
static void test_zip_together(void) {
  Wire__Limits limits = limits_default();
  limits.archive_bytes = 100;
  g_autofree char *long_text = g_strnfill(60, 'x');
  g_autoptr(GBytes) file = literal(long_text);
  g_autoptr(GBytes) first = zip_of((const File[]){{"a.txt", file}, {NULL, NULL}});
  g_autoptr(GBytes) second = zip_of((const File[]){{"b.txt", file}, {NULL, NULL}});
  limits.archive_bytes = 2 * g_bytes_get_size(first) + 100;
  GBytes *outer = zip_of((const File[]){{"1.zip", first}, {"2.zip", second}, {NULL, NULL}});
  g_autofree char *got = told(mail_with("Bonjour", "application/zip", "b.zip", outer), &limits);
  g_assert_true(strstr(got, "[attachment:b.zip/1.zip/a.txt]"));
  g_assert_true(strstr(got, "! over the limit archive_size: b.zip/2.zip read in part\n"));
}

/* "Ville : Quimper" packed by gzip, with the name of nobody. */
static void test_gzip(void) {
  static const guint8 packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
                                  0x01, 0x10, 0x00, 0xef, 0xff, 'V',  'i',  'l',  'l',  'e',
                                  ' ',  ':',  ' ',  'Q',  'u',  'i',  'm',  'p',  'e',  'r',
                                  '\n', 0xe2, 0x7b, 0x69, 0x0b, 0x10, 0x00, 0x00, 0x00};
  expect(mail_with("Bonjour", "application/gzip", "b.txt.gz", g_bytes_new(packed, sizeof packed)),
         "text/plain \n+application/gzip b.txt.gz\n"
         "application/octet-stream b.txt.gz/b.txt\n[body:text/plain] Bonjour\n"
         "[attachment:b.txt.gz/b.txt] Ville : Quimper\n");
  expect(mail_with("Bonjour", "application/gzip", "b.gz", g_bytes_new(packed, 12)),
         "text/plain \n+application/gzip b.gz\n[body:text/plain] Bonjour\n"
         "! attachment b.gz cannot be read: damaged\n");
}

/* ---- signed mails ---- */

/* As programs write it that sign while they send: each length unknown, the content in pieces. */
static const char signed_pieces[] =
    "MIAGCSqGSIb3DQEHAqCAMIACAQExDTALBglghkgBZQMEAgEwgAYJKoZIhvcNAQcBoIAkgARMQ29u"
    "dGVudC1UeXBlOiB0ZXh0L3BsYWluOyBjaGFyc2V0PXV0Zi04DQoNCk5vbSA6IExFIEJJSEFODQpW"
    "aWxsZSA6IFF1aW1wZXINCgAAAAAAADGBjjCBiwIBATAkMAwxCjAIBgNVBAMMAVQCFHNGDTC4kcZE"
    "fz0XEVHUDlARd8KIMAsGCWCGSAFlAwQCATAKBggqhkjOPQQDAgRHMEUCIA/7o1sNvSIR7GaTNdhh"
    "Gb5XGSOZmCrDCvB3K+6HMeHwAiEAim1D+3T9er+S6PScqSwcox4idX6MtoTXee/IjHV8vHQAAAAA"
    "AAA=";

/* Signed data around `content`, each length told. Shorter than 100 bytes. */
static GBytes *sign(const char *content) {
  static const guint8 oid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07};
  guint8 length = (guint8)strlen(content);
  g_assert_cmpuint(length, <, 80);
  GByteArray *out = g_byte_array_new();
  const guint8 head[] = {0x30, (guint8)(length + 37), 0};
  const guint8 data[] = {
      2, 0xa0, (guint8)(length + 24), 0x30, (guint8)(length + 22), 0x02, 1, 1, 0x31,
      0, 0x30, (guint8)(length + 15)};
  const guint8 octets[] = {1, 0xa0, (guint8)(length + 2), 0x04, length};
  g_byte_array_append(out, head, 2);
  g_byte_array_append(out, oid, sizeof oid);
  g_byte_array_append(out, data, sizeof data);
  g_byte_array_append(out, oid, sizeof oid);
  g_byte_array_append(out, octets, sizeof octets);
  g_byte_array_append(out, (const guint8 *)content, length);
  return g_byte_array_free_to_bytes(out);
}

static GBytes *mail_alone(const char *type, const char *code) {
  char *mail = g_strdup_printf("From: anne@example.org\r\nMIME-Version: 1.0\r\n"
                               "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s",
                               type, code);
  return g_bytes_new_take(mail, strlen(mail));
}

static void test_signed(void) {
  expect(
      mail_alone("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", signed_pieces),
      "+application/pkcs7-mime smime.p7m\ntext/plain \n"
      "[body:text/plain] Nom : LE BIHAN\n[body:text/plain] Ville : Quimper\n");
  g_autoptr(GBytes) der = sign("Content-Type: text/html\r\n\r\n<p>Nom : LE BIHAN</p>");
  g_autofree char *code = g_base64_encode(g_bytes_get_data(der, NULL), g_bytes_get_size(der));
  g_autofree char *twice = g_base64_encode((const guchar *)code, strlen(code));
  const char *want = "+application/pkcs7-mime smime.p7m\ntext/html \n"
                     "[body:text/html] Nom : LE BIHAN\n";
  expect(mail_alone("application/x-pkcs7-mime; name=smime.p7m", code),
         "+application/x-pkcs7-mime smime.p7m\ntext/html \n[body:text/html] Nom : LE BIHAN\n");
  expect(mail_alone("application/octet-stream; name=smime.p7m", code), want);
  expect(mail_alone("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", twice), want);
}

static void test_signed_file(void) {
  expect(mail_with("Bonjour", "application/pkcs7-mime; smime-type=signed-data", "b.txt.p7m",
                   sign("Ville : Quimper\n")),
         "text/plain \n+application/pkcs7-mime b.txt.p7m\n"
         "application/octet-stream b.txt.p7m/b.txt\n[body:text/plain] Bonjour\n"
         "[attachment:b.txt.p7m/b.txt] Ville : Quimper\n");
}

static void test_not_signed(void) {
  Wire__Limits limits = limits_default();
  g_autoptr(GBytes) raw =
      mail_alone("application/pkcs7-mime; name=smime.p7m", "MIAGCSqGSIb3DQEHA6CAMIACAQIxAA==");
  g_autoptr(MimeMail) mail = mime_read(raw, &limits);
  g_assert_true(mail->encrypted);
  g_autoptr(GBytes) signed_raw = mail_alone("application/pkcs7-mime", signed_pieces);
  g_autoptr(MimeMail) open = mime_read(signed_raw, &limits);
  g_assert_false(open->encrypted);
}

/* ---- attached mails ---- */

#define EML                                                                                        \
  "Received: by mx.example.org\r\nFrom: Marc <marc@example.net>\r\nSubject: "                      \
  "=?utf-8?q?r=C3=A9ponse"                                                                         \
  "?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nNom : LE BIHAN\r\n"
#define EML_LINES                                                                                  \
  "[attachment:message/rfc822-headers] Subject: réponse\n"                                        \
  "[attachment:message/rfc822-headers] From: Marc <marc@example.net>\n"                            \
  "[attachment:text/plain] Nom : LE BIHAN\n"

static void test_message(void) {
  static const struct {
    const char *type, *name;
  } rows[] = {{"application/octet-stream", "mail.eml"},
              {"application/octet-stream", "mail"},
              {"text/plain", "mail.eml"},
              {"message/rfc822", "mail.eml"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *want = g_strdup_printf("text/plain \n+message/rfc822 %s\n"
                                            "message/rfc822-headers \ntext/plain \n"
                                            "[body:text/plain] Bonjour\n" EML_LINES,
                                            rows[i].name);
    expect(mail_with("Bonjour", rows[i].type, rows[i].name, literal(EML)), want);
  }
  g_autoptr(GBytes) eml = literal("From anne Mon Jun  3\r\n" EML);
  GBytes *zip = zip_of((const File[]){{"mail.eml", eml}, {NULL, NULL}});
  expect(mail_with("Bonjour", "application/zip", "b.zip", zip),
         "text/plain \n+application/zip b.zip\n+message/rfc822 b.zip/mail.eml\n"
         "message/rfc822-headers \ntext/plain \n[body:text/plain] Bonjour\n" EML_LINES);
}

/* ---- winmail.dat ---- */

static void attach_file(GByteArray *out, const char *short_name, const char *long_name,
                        const char *text) {
  g_autoptr(GByteArray) properties = g_byte_array_new();
  tnef_number(properties, 2, 4);
  tnef_number(properties, 3, 2); /* a number comes first */
  tnef_number(properties, 0x3705, 2);
  tnef_number(properties, 1, 4);
  g_autoptr(GByteArray) name = tnef_utf16(long_name);
  tnef_property(properties, 0x3707, 0x1f, name->data, name->len);
  tnef_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0", 6);
  tnef_attribute(out, 2, 0x0006800f, text, strlen(text));
  tnef_attribute(out, 2, 0x00018010, short_name, strlen(short_name) + 1);
  tnef_attribute(out, 2, 0x00069005, properties->data, properties->len);
}

static void add_message_property(GByteArray *out, guint id, guint type, const char *data,
                                 gsize size) {
  g_autoptr(GByteArray) properties = g_byte_array_new();
  tnef_number(properties, 2, 4);
  tnef_number(properties, 0x001f, 2); /* one with a name, in UTF-16 */
  tnef_number(properties, 0x8001, 2);
  for (guint i = 0; i < 16; i++) tnef_number(properties, i, 1);
  tnef_number(properties, 1, 4);
  tnef_number(properties, 6, 4);
  tnef_number(properties, 0, 4), tnef_number(properties, 0, 4);
  tnef_number(properties, 1, 4);
  tnef_number(properties, 2, 4);
  tnef_number(properties, 0, 4);
  tnef_property(properties, id, type, data, size);
  tnef_attribute(out, 1, 0x00069003, properties->data, properties->len);
}

static void test_tnef(void) {
  GByteArray *out = tnef_fixture_new();
  tnef_attribute(out, 1, 0x00069007, "\xe4\4\0\0\0\0\0\0", 8); /* 1252 */
  add_message_property(out, 0x1013, 0x102, "<p>Nom : LE BIHAN</p>", 21);
  attach_file(out, "NOTE~1.TXT", "note longue.txt", "Ville : Quimper\n");
  tnef_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0", 6);
  tnef_attribute(out, 2, 0x0006800f, "Tel : 0298000000", 16);
  tnef_attribute(out, 2, 0x00018010, "r\xe9pertoire\\r\xe9ponse.txt", 23);
  g_autoptr(GBytes) tnef = g_byte_array_free_to_bytes(out);
  expect(mail_with("", "application/ms-tnef", "winmail.dat", g_bytes_ref(tnef)),
         "text/plain \n+application/ms-tnef winmail.dat\ntext/html \n"
         "application/octet-stream winmail.dat/note longue.txt\n"
         "application/octet-stream winmail.dat/réponse.txt\n"
         "[body:text/html] Nom : LE BIHAN\n"
         "[attachment:winmail.dat/note longue.txt] Ville : Quimper\n"
         "[attachment:winmail.dat/réponse.txt] Tel : 0298000000\n");
  expect(mail_with("Bonjour", "application/octet-stream", "", g_bytes_ref(tnef)),
         "text/plain \n+application/ms-tnef \n"
         "application/octet-stream attachment/note longue.txt\n"
         "application/octet-stream attachment/réponse.txt\n"
         "[body:text/plain] Bonjour\n"
         "[attachment:attachment/note longue.txt] Ville : Quimper\n"
         "[attachment:attachment/réponse.txt] Tel : 0298000000\n");
  GBytes *cut = g_bytes_new_from_bytes(tnef, 0, g_bytes_get_size(tnef) - 40);
  Wire__Limits limits = limits_default();
  g_autofree char *got = told(mail_with("", "application/ms-tnef", "winmail.dat", cut), &limits);
  g_assert_true(strstr(got, "[attachment:winmail.dat/note longue.txt] Ville : Quimper\n"));
  g_assert_true(strstr(got, "! attachment winmail.dat cannot be read: damaged\n"));
}

/* A mail that is attached to one comes as the same again, behind an interface's identifier. */
static void test_tnef_in_tnef(void) {
  g_autoptr(GByteArray) inner = tnef_fixture_new();
  tnef_attribute(inner, 1, 0x0002800c, "Nom : LE BIHAN\r\n", 17);
  g_autoptr(GByteArray) object = g_byte_array_new();
  for (guint i = 0; i < 16; i++) tnef_number(object, i, 1);
  g_byte_array_append(object, inner->data, inner->len);
  g_autoptr(GByteArray) properties = g_byte_array_new();
  tnef_number(properties, 1, 4);
  tnef_property(properties, 0x3701, 0x0d, object->data, object->len);
  GByteArray *out = tnef_fixture_new();
  tnef_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0", 6);
  tnef_attribute(out, 2, 0x00018010, "ancien", 7);
  tnef_attribute(out, 2, 0x00069005, properties->data, properties->len);
  expect(
      mail_with("Bonjour", "application/ms-tnef", "winmail.dat", g_byte_array_free_to_bytes(out)),
      "text/plain \n+application/ms-tnef winmail.dat\n"
      "+application/ms-tnef winmail.dat/ancien\ntext/plain \n"
      "[body:text/plain] Bonjour\n[attachment:text/plain] Nom : LE BIHAN\n");
}

/* The example of [MS-OXRTFCP] 3.1, and how a run may overlap itself (3.2). */
static void test_tnef_rtf(void) {
  static const struct {
    const char *packed;
    gsize size;
    const char *want;
  } rows[] = {
      {"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125\x42\x32\x0a\xf3 "
       "hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0",
       49, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"},
      {"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0\x04\x20WXYZ\x0dn}\x01\x0e\xb0", 30,
       "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"},
      {"\x0f\0\0\0\x0b\0\0\0MELA\0\0\0\0{\\rtf1 abc}", 27, "{\\rtf1 abc}"},
  };
  Wire__Limits limits = limits_default();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    GByteArray *out = tnef_fixture_new();
    add_message_property(out, 0x1009, 0x102, rows[i].packed, rows[i].size);
    g_autoptr(GBytes) content = g_byte_array_free_to_bytes(out);
    g_autoptr(Tnef) tnef = tnef_open(content, &limits);
    g_assert_null(tnef->fault);
    g_assert_cmpuint(tnef->items->len, ==, 1);
    const TnefItem *item = tnef->items->pdata[0];
    g_assert_true(item->body);
    g_assert_cmpstr(item->type, ==, "application/rtf");
    gsize size = 0;
    const char *data = g_bytes_get_data(item->content, &size);
    g_autofree char *got = g_strndup(data, size);
    g_assert_true(g_str_has_prefix(got, rows[i].want) || g_str_has_prefix(rows[i].want, got));
    g_assert_cmpstr(got, ==, rows[i].want);
  }
}

/* ---- types ---- */

static void test_types(void) {
  static const struct {
    const char *said, *name, *content;
    gsize size;
    const char *want;
  } rows[] = {
#define BYTES(bytes) bytes, sizeof bytes - 1
      {"application/octet-stream", "", BYTES("%PDF-1.4\n"), "application/pdf"},
      {"text/plain", "b.txt", BYTES("%PDF-1.4\n"), "application/pdf"},
      {"application/x-pdf", "b.pdf", BYTES("\n\n%PDF-1.4\n"), "application/pdf"},
      {"application/msword", "b.doc", BYTES("{\\rtf1 a}"), "application/rtf"},
      {"application/msword", "b.doc", BYTES("<html><body>a</body></html>"), "text/html"},
      {"text/plain", "", BYTES("<!DOCTYPE html><p>a"), "text/html"},
      {"text/plain", "", BYTES("<htmlx> is no tag"), "text/plain"},
      {"text/plain", "", BYTES("BM est absente"), "text/plain"},
      {"text/calendar", "a.ics", BYTES("<html>"), "text/calendar"},
      {"image/png", "a.png", BYTES("\xff\xd8\xff\xe0"), "image/jpeg"},
      {"application/octet-stream", "a",
       BYTES("\0\0\0\x18"
             "ftypheic"),
       "image/heic"},
      {"image/jpeg", "a.jpg",
       BYTES("\0\0\0\x18"
             "ftypmif1"),
       "image/heic"},
      {"image/heif", "a.heif",
       BYTES("\0\0\0\x18"
             "ftypheif"),
       "image/heic"},
      {"application/octet-stream", "smime.p7s", BYTES("0\x80"), "application/pkcs7-signature"},
      {"application/octet-stream", "a.bin", BYTES("\1\2\3"), "application/octet-stream"},
      {"application/octet-stream", "a", BYTES("From: a\nSubject: b\nTo: c\n\nd"), SNIFF_MESSAGE},
      {"text/plain", "a.txt", BYTES("From: a\nSubject: b\nTo: c\n\nd"), "text/plain"},
      {"application/octet-stream", "a", BYTES("From: a\nwords here: b\n\nd"),
       "application/octet-stream"},
      {"application/vnd.oasis.opendocument.text", "a.odt", BYTES("PK\3\4 and no more than this"),
       "application/vnd.oasis.opendocument.text"},
      {"application/msword", "a.doc", BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
       "application/msword"},
#undef BYTES
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    MimePart *part = mime_part_new(rows[i].said, g_bytes_new(rows[i].content, rows[i].size));
    g_free(part->name);
    part->name = g_strdup(rows[i].name);
    g_assert_cmpstr(sniff_type(part), ==, rows[i].want);
    mime_part_free(part);
  }
}

/* A compound file whose directory stands in two sectors, the stream's name in the second. */
static GBytes *compound(const char *stream) {
  guint8 *data = g_malloc0(512 * 4);
  memcpy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
  data[30] = 9;
  data[48] = 1;                 /* the directory's first sector */
  memset(data + 80, 0xff, 432); /* one table alone, in sector 0 */
  memset(data + 512, 0xff, 512);
  memcpy(data + 512 + 4, "\2\0\0\0", 4);         /* 1 is followed by 2 … */
  memcpy(data + 512 + 8, "\xfe\xff\xff\xff", 4); /* … which is the last */
  guint8 *entry = data + 512 * 3 + 128;
  for (gsize i = 0; i < strlen(stream); i++) entry[i * 2] = (guint8)stream[i];
  entry[64] = (guint8)((strlen(stream) + 1) * 2);
  return g_bytes_new_take(data, 512 * 4);
}

static void test_compound(void) {
  static const struct {
    const char *stream, *want;
  } rows[] = {{"WordDocument", "application/msword"},
              {"Workbook", "application/vnd.ms-excel"},
              {"__properties_version1.0", "application/vnd.ms-outlook"},
              {"Something", SNIFF_COMPOUND}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GBytes) content = compound(rows[i].stream);
    g_assert_cmpstr(sniff_content(content), ==, rows[i].want);
  }
  expect(mail_with("Bonjour", DOCX_TYPE, "b.docx", compound("EncryptedPackage")),
         "text/plain \n+" SNIFF_LOCKED " b.docx\n[body:text/plain] Bonjour\n"
         "! attachment b.docx is encrypted\n");
}

static void test_wrong_name(void) {
  expect(mail_with("Bonjour", "application/octet-stream", "bulletin", docx(WORD("Nom : A"))),
         "text/plain \n" DOCX_TYPE " bulletin\n[body:text/plain] Bonjour\n"
         "[attachment:bulletin] Nom : A\n");
  expect(mail_with("Bonjour", "application/msword", "b.doc", docx(WORD("Nom : A"))),
         "text/plain \n" DOCX_TYPE " b.doc\n[body:text/plain] Bonjour\n"
         "[attachment:b.doc] Nom : A\n");
  expect(mail_with("Bonjour", "application/octet-stream", "bulletin", literal("Nom : A\n")),
         "text/plain \napplication/octet-stream bulletin\n[body:text/plain] Bonjour\n"
         "[attachment:bulletin] Nom : A\n");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/container/zip", test_zip);
  g_test_add_func("/container/zip_names", test_zip_names);
  g_test_add_func("/container/zip_in_zip", test_zip_in_zip);
  g_test_add_func("/container/zip_depth", test_zip_depth);
  g_test_add_func("/container/zip_faults", test_zip_faults);
  g_test_add_func("/container/zip_together", test_zip_together);
  g_test_add_func("/container/gzip", test_gzip);
  g_test_add_func("/container/signed", test_signed);
  g_test_add_func("/container/signed_file", test_signed_file);
  g_test_add_func("/container/not_signed", test_not_signed);
  g_test_add_func("/container/message", test_message);
  g_test_add_func("/container/tnef", test_tnef);
  g_test_add_func("/container/tnef_in_tnef", test_tnef_in_tnef);
  g_test_add_func("/container/tnef_rtf", test_tnef_rtf);
  g_test_add_func("/container/types", test_types);
  g_test_add_func("/container/compound", test_compound);
  g_test_add_func("/container/wrong_name", test_wrong_name);
  return g_test_run();
}
