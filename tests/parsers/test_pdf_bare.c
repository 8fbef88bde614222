/* test_pdf_bare - which files draw nothing but letters. */
#include "parsers/formats/pdf_bare.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
  const char *name, *dictionary, *content;
  gboolean bare;
} Row;

static const Row rows[] = {
    {"letters", "", "BT /F 11 Tf 60 700 Td (Oui) Tj ET", TRUE},
    {"letters cut to an area", "", "q 0 0 595 842 re W* n 0.1 w BT (Oui) Tj ET Q", TRUE},
    {"a picture or a form that is shown stands by itself", "", "q /P Do Q", TRUE},
    {"a line", "", "60 700 m 90 700 l S", FALSE},
    {"an area", "", "60 699 9 9 re f", FALSE},
    {"an area, even-odd", "", "60 699 9 9 re f*", FALSE},
    {"an area and its line", "", "60 699 9 9 re B*", FALSE},
    {"the same, closed", "", "60 699 m 9 9 l b", FALSE},
    {"an old word for an area", "", "60 699 9 9 re F\n", FALSE},
    {"a shade", "", "/Sh1 sh", FALSE},
    {"a picture within the letters", "", "BI /W 1 /H 1 ID x EI", FALSE},
    {"right behind a bracket", "", "[3]0 d 0 0 m 9 9 l(x)S", FALSE},
    {"words of a string", "", "(60 699 re f S) Tj (a \\) S \\\\) Tj", TRUE},
    {"a string within a string", "", "(a ( b ) S ) Tj", TRUE},
    {"behind a string", "", "(a ( b ) c ) Tj S", FALSE},
    {"letters as numbers", "", "<0f 0B> Tj", TRUE},
    {"names", "", "/S gs /f Tf", TRUE},
    {"a comment", "", "% S\n0 w", TRUE},
    {"behind a comment", "", "% S\rS", FALSE},
    {"a longer word", "", "Sf BT fS S* ET", TRUE},
    {"a font", "/Length1 5", "S", TRUE},
    {"a table of objects", "/Type/XRef", "S", TRUE},
    {"a picture", "/Subtype/Image", "x", FALSE},
    {"packed in another way", "/Filter/LZWDecode", "x", FALSE},
    {"packed twice", "/Filter[/FlateDecode/ASCIIHexDecode]", "x", FALSE},
    {"packed as another object says", "/Filter 5 0 R", "x", FALSE},
    {"no deflated data after all", "/Filter/FlateDecode", "x", FALSE},
};

static GBytes *file_of(const char *dictionary, const void *content, gsize size) {
  GString *file = g_string_new("%PDF-1.4\n3 0 obj<<");
  g_string_append_printf(file, "%s/Length %zu>>stream\r\n", dictionary, size);
  g_string_append_len(file, content, (gssize)size);
  g_string_append(file, "\nendstream endobj\ntrailer<</Root 1 0 R>>\n");
  return g_string_free_to_bytes(file);
}

static void check(const char *name, GBytes *file, gboolean bare) {
  if (pdf_is_bare(file) == bare) return;
  g_test_message("%s: %s", name, bare ? "draws something" : "draws nothing");
  g_test_fail();
}

static void test_operators(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GBytes) file = file_of(rows[i].dictionary, rows[i].content, strlen(rows[i].content));
    check(rows[i].name, file, rows[i].bare);
  }
}

static GBytes *deflated(const char *content, gsize size) {
  g_autoptr(GZlibCompressor) deflate = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1);
  gsize room = size + 1000, read = 0, written = 0;
  guint8 *out = g_malloc(room);
  g_assert_cmpint(g_converter_convert(G_CONVERTER(deflate), content, size, out, room,
                                      G_CONVERTER_INPUT_AT_END, &read, &written, NULL),
                  ==, G_CONVERTER_FINISHED);
  return g_bytes_new_take(out, written);
}

/* What is packed is looked at from end to end, a piece at a time. */
static void test_packed(void) {
  static const gsize lengths[] = {1, 1000, (32 << 10) - 2, 32 << 10, 100000};
  for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
    g_autofree char *content = g_malloc(lengths[i] + 4);
    memset(content, ' ', lengths[i]);
    for (guint bare = 0; bare <= 1; bare++) {
      memcpy(content + lengths[i], bare ? " BT " : " f* ", 4);
      g_autoptr(GBytes) packed = deflated(content, lengths[i] + 4);
      gsize size = 0;
      const void *data = g_bytes_get_data(packed, &size);
      g_autoptr(GBytes) file = file_of("/Filter [ /FlateDecode ]", data, size);
      check("packed", file, bare != 0);
      g_autoptr(GBytes) half = file_of("/Filter/FlateDecode", data, size / 2);
      check("packed, cut off", half, FALSE);
    }
  }
}

/* A small file may hold more than anybody wants to look at: it is not sure what it draws. */
static void test_bounds(void) {
  gsize size = (4 << 20) + 1;
  g_autofree char *content = g_malloc(size);
  memset(content, ' ', size);
  g_autoptr(GBytes) packed = deflated(content, size);
  const void *data = g_bytes_get_data(packed, &size);
  g_autoptr(GBytes) file = file_of("/Filter/FlateDecode", data, size);
  check("4 MiB and more", file, FALSE);
  g_autofree char *dictionary = g_strnfill(5000, ' ');
  g_autoptr(GBytes) far = file_of(dictionary, "BT ET", 5);
  check("a dictionary without a begin", far, FALSE);
  g_autoptr(GBytes) locked = g_bytes_new_static("trailer<</Encrypt 4 0 R>>", 25);
  check("encrypted", locked, FALSE);
  g_autoptr(GBytes) open = g_bytes_new_static("1 0 obj<<>>stream\nBT", 20);
  check("a stream without an end", open, FALSE);
  g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
  check("an empty file", nothing, TRUE);
}

static void test_letters(void) {
  static const struct {
    const char *text;
    gboolean draw;
  } letters[] = {
      {"Prénom\tMaël, 12 - 14 h – 3 €", FALSE},
      {"お名前 山田センター ｱｲｳ ２", FALSE},
      {"— Oui —", FALSE},
      {"——", TRUE},
      {"Oui | Non", TRUE},
      {"☐ Oui", TRUE},
      {"□ はい", TRUE},
      {"┌──┐", TRUE},
      {"\uf06f Oui", TRUE},
      {"\ufffd", TRUE},
      {"\001", TRUE},
      {"𠮷野", FALSE},
      {"✓", TRUE},
      {"🗹", TRUE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
    if (pdf_letters_draw(letters[i].text) != letters[i].draw) {
      g_test_message("\"%s\"", letters[i].text);
      g_test_fail();
    }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pdf-bare/operators", test_operators);
  g_test_add_func("/pdf-bare/packed", test_packed);
  g_test_add_func("/pdf-bare/bounds", test_bounds);
  g_test_add_func("/pdf-bare/letters", test_letters);
  return g_test_run();
}
