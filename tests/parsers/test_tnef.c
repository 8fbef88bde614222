/* test_tnef - winmail.dat: what an attachment and a body are told by, and where it is damaged. */
#include "parsers/formats/tnef.h"

#include "tests/parsers/tnef_fixture.h"

enum { MESSAGE_PROPERTIES = 0x00069003, ATTACH_PROPERTIES = 0x00069005, ATTACH = 0x00069002 };
enum { STRING = 0x1e, UNICODE = 0x1f, BINARY = 0x102, OBJECT = 0x0d };
enum {
  BODY = 0x1000,
  HTML = 0x1013,
  DISPLAY_NAME = 0x3001,
  DATA = 0x3701,
  SHORT_NAME = 0x3704,
  LONG_NAME = 0x3707,
  MIME_TAG = 0x370e,
  CONTENT_ID = 0x3712,
  CODE_PAGE = 0x3fde
};

static Tnef *open_with(GByteArray *out, guint entries) {
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  limits.archive_entries = entries;
  g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(out);
  return tnef_open(bytes, &limits);
}

/* A file of one attachment that has these properties (*taken*). */
static Tnef *open_attachment(GByteArray *properties) {
  GByteArray *out = tnef_fixture_new();
  tnef_attribute(out, 2, ATTACH, "\1\0\0\0\0\0", 6);
  tnef_attribute(out, 2, ATTACH_PROPERTIES, properties->data, properties->len);
  g_byte_array_unref(properties);
  return open_with(out, 10);
}

static GByteArray *properties_new(guint count) {
  GByteArray *out = g_byte_array_new();
  tnef_number(out, count, 4);
  return out;
}

static void add_text(GByteArray *out, guint id, const char *text) {
  tnef_property(out, id, STRING, text, strlen(text) + 1);
}

static const TnefItem *item_at(const Tnef *tnef, guint n) {
  g_assert_cmpuint(n, <, tnef->items->len);
  return tnef->items->pdata[n];
}

/* Values of every fixed size are stepped over, to the name behind them. */
static void test_sizes(void) {
  static const struct {
    guint type, bytes;
  } rows[] = {{0x02, 4}, {0x03, 4}, {0x04, 4}, {0x0a, 4}, {0x0b, 4}, {0x05, 8},
              {0x06, 8}, {0x07, 8}, {0x14, 8}, {0x40, 8}, {0x48, 16}};
  static const guint8 zero[64];
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    for (guint many = 0; many <= 3; many += 3) {
      GByteArray *properties = properties_new(2);
      tnef_number(properties, rows[i].type | (many ? 0x1000 : 0), 2);
      tnef_number(properties, 0x0e00, 2);
      if (many) tnef_number(properties, many, 4);
      g_byte_array_append(properties, zero, rows[i].bytes * MAX(many, 1));
      add_text(properties, LONG_NAME, "a.txt");
      g_autoptr(Tnef) tnef = open_attachment(properties);
      g_test_message("type %x, %u of them", rows[i].type, many);
      g_assert_null(tnef->fault);
      g_assert_cmpstr(item_at(tnef, 0)->name, ==, "a.txt");
    }
}

static void test_names(void) {
  static const struct {
    guint ids[2];
    const char *texts[2], *want;
  } rows[] = {{{LONG_NAME, SHORT_NAME}, {"bulletin long.txt", "BULLET~1.TXT"}, "bulletin long.txt"},
              {{SHORT_NAME, LONG_NAME}, {"BULLET~1.TXT", "bulletin long.txt"}, "bulletin long.txt"},
              {{DISPLAY_NAME, SHORT_NAME}, {"Le bulletin", "BULLET~1.TXT"}, "Le bulletin"},
              {{DISPLAY_NAME, CONTENT_ID}, {" ", "x"}, ""},
              {{LONG_NAME, CONTENT_ID}, {"C:\\tmp/a.txt", "x"}, "a.txt"},
              {{LONG_NAME, CONTENT_ID}, {"tmp\\", "x"}, ""}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    GByteArray *properties = properties_new(2);
    for (guint k = 0; k < 2; k++) add_text(properties, rows[i].ids[k], rows[i].texts[k]);
    g_autoptr(Tnef) tnef = open_attachment(properties);
    g_test_message("row %u", i);
    g_assert_cmpstr(item_at(tnef, 0)->name, ==, rows[i].want);
  }
}

/* Pairs of UTF-16 are one sign, half a pair is none. */
static void test_utf16(void) {
  static const struct {
    guint units[4];
    const char *want;
  } rows[] = {{{'a', 0xe9, 0x51fa}, "aé出"},
              {{0xd83d, 0xde00, 'b'}, "\U0001F600b"},
              {{0xd83d, 'b'}, "\uFFFDb"},
              {{0xde00, 'b'}, "\uFFFDb"},
              {{'a', 0xd83d}, "a\uFFFD"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GByteArray) name = g_byte_array_new();
    for (guint k = 0; k < 4 && rows[i].units[k]; k++) tnef_number(name, rows[i].units[k], 2);
    tnef_number(name, 0, 2);
    GByteArray *properties = properties_new(1);
    tnef_property(properties, LONG_NAME, UNICODE, name->data, name->len);
    g_autoptr(Tnef) tnef = open_attachment(properties);
    g_assert_cmpstr(item_at(tnef, 0)->name, ==, rows[i].want);
  }
}

static void test_types(void) {
  static const struct {
    const char *tag, *want;
  } rows[] = {{"Image/PNG", "image/png"},
              {"png", "application/octet-stream"},
              {"/png", "application/octet-stream"},
              {"image/", "application/octet-stream"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    GByteArray *properties = properties_new(2);
    add_text(properties, MIME_TAG, rows[i].tag);
    add_text(properties, CONTENT_ID, "logo@x.example");
    g_autoptr(Tnef) tnef = open_attachment(properties);
    g_assert_cmpstr(item_at(tnef, 0)->type, ==, rows[i].want);
    g_assert_cmpstr(item_at(tnef, 0)->content_id, ==, "logo@x.example");
  }
}

/* A message within is winmail.dat again, whatever it calls itself. */
static void test_a_message_within(void) {
  static const guint8 inner[] = "0123456789abcdef\x78\x9f\x3e\x22\1\0";
  GByteArray *properties = properties_new(2);
  tnef_property(properties, DATA, OBJECT, inner, sizeof inner - 1);
  add_text(properties, MIME_TAG, "image/png");
  g_autoptr(Tnef) tnef = open_attachment(properties);
  g_assert_cmpstr(item_at(tnef, 0)->type, ==, "application/ms-tnef");
  g_assert_cmpuint(g_bytes_get_size(item_at(tnef, 0)->content), ==, 6);
}

static void test_bodies(void) {
  static const struct {
    guint id, type;
    const char *text, *page; /* page: four bytes of the code page of HTML */
    const char *type_wanted, *charset, *want;
  } rows[] = {{BODY, STRING, "Nom : L\xe9on", NULL, "text/plain", "utf-8", "Nom : Léon"},
              {HTML, BINARY, "<p>L\xe9on", "\xaf\x6f\0\0", "text/html", "iso-8859-1", "<p>L\xe9on"},
              {HTML, STRING, "<p>Léon", "\xe9\xfd\0\0", "text/html", "utf-8", "<p>Léon"},
              {HTML, BINARY, "<p>L\xe9on", NULL, "text/html", "", "<p>L\xe9on"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GByteArray) properties = properties_new(rows[i].page ? 2 : 1);
    if (rows[i].page) {
      tnef_number(properties, 3, 2);
      tnef_number(properties, CODE_PAGE, 2);
      g_byte_array_append(properties, (const guint8 *)rows[i].page, 4);
    }
    tnef_property(properties, rows[i].id, rows[i].type, rows[i].text, strlen(rows[i].text) + 1);
    GByteArray *out = tnef_fixture_new();
    tnef_attribute(out, 1, MESSAGE_PROPERTIES, properties->data, properties->len);
    g_autoptr(Tnef) tnef = open_with(out, 10);
    const TnefItem *item = item_at(tnef, 0);
    gsize size = 0;
    const char *data = g_bytes_get_data(item->content, &size);
    g_autofree char *got = g_strndup(data, size);
    g_assert_true(item->body);
    g_assert_cmpstr(item->type, ==, rows[i].type_wanted);
    g_assert_cmpstr(item->charset, ==, rows[i].charset);
    g_assert_cmpstr(got, ==, rows[i].want);
  }
}

/* What was read before the fault is kept. */
static void test_damage(void) {
  static const struct {
    const char *name, *bytes;
    gsize size;
  } rows[] = {{"no tag", "\x1e", 1},
              {"a number that is cut", "\3\0\0\x0e\1\2", 6},
              {"a text longer than the file",
               "\x1e\0\7\x37\1\0\0\0\xff\xff\xff\xff"
               "abcd",
               16},
              {"a name of a property that is cut",
               "\x1e\0\1\x80"
               "0123456789",
               14},
              {"such a name without its length",
               "\x1e\0\1\x80"
               "0123456789abcdef\1\0\0\0",
               24},
              {"more values than there can be", "\3\x10\0\x0e\xff\xff\xff\x7f", 8}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    GByteArray *properties = properties_new(3);
    add_text(properties, LONG_NAME, "a.txt");
    g_byte_array_append(properties, (const guint8 *)rows[i].bytes, (guint)rows[i].size);
    g_autoptr(Tnef) tnef = open_attachment(properties);
    g_test_message("%s", rows[i].name);
    g_assert_cmpstr(tnef->fault, ==, "damaged");
    g_assert_cmpstr(item_at(tnef, 0)->name, ==, "a.txt");
  }
}

static void test_attachments_are_bounded(void) {
  for (guint more = 0; more <= 1; more++) {
    GByteArray *out = tnef_fixture_new();
    for (guint i = 0; i < 3 + more; i++) tnef_attribute(out, 2, ATTACH, "\1\0\0\0\0\0", 6);
    g_autoptr(Tnef) tnef = open_with(out, 3);
    g_assert_cmpuint(tnef->items->len, ==, 3);
    g_assert_cmpstr(tnef->fault, ==, more ? "archive_entries" : NULL);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tnef/sizes", test_sizes);
  g_test_add_func("/tnef/names", test_names);
  g_test_add_func("/tnef/utf16", test_utf16);
  g_test_add_func("/tnef/types", test_types);
  g_test_add_func("/tnef/message", test_a_message_within);
  g_test_add_func("/tnef/bodies", test_bodies);
  g_test_add_func("/tnef/damage", test_damage);
  g_test_add_func("/tnef/bounded", test_attachments_are_bounded);
  return g_test_run();
}
