/* test_pdf_place - which piece of a page stands where in the lines that were made of it. */
#include "parsers/formats/pdf_place.h"

#include <string.h>

#include "parsers/place.h"

enum { PIECES_MAX = 10, ASTRAY_MAX = 500 };

typedef struct {
  const char *name, *lines;
  const char *pieces[PIECES_MAX]; /* in the order in which they were written */
  const char *want;               /* "line:bytes of the first piece, …"; "-": it has no place */
} Row;

static const Row rows[] = {
    {"one after the other",
     "Nom\tDURAND\nVille Sète",
     {"Nom", "DURAND", "Ville", "Sète"},
     "0:0-3 0:4-10 1:0-5 1:6-11"},
    {"the same word twice in a line", "Oui Oui", {"Oui", "Oui"}, "0:0-3 0:4-7"},
    {"the same word in another line", "Oui\nOui", {"Oui", "Oui", "Oui"}, "0:0-3 1:0-3 -"},
    {"a cell that was written later",
     "Oui Nom Non\nVille",
     {"Nom", "Ville", "Oui", "Non"},
     "0:4-7 1:0-5 0:0-3 0:8-11"},
    {"behind what others have", "Oui Nom Oui", {"Nom", "Oui", "Oui"}, "0:4-7 0:8-11 0:0-3"},
    {"far ahead", "a\n\n\n\n\n\nb\nc", {"a", "b", "c"}, "0:0-1 6:0-1 7:0-1"},
    {"behind rather than far ahead", "b\na\n\n\n\n\nb", {"a", "b", "b"}, "1:0-1 0:0-1 6:0-1"},
    {"the rest of a cell that was written later",
     "Ville Oui\nNom Oui",
     {"Nom", "Ville", "Oui", "Oui"},
     "1:0-3 0:0-5 0:6-9 1:4-7"},
    {"one that was cut", "Nom", {"Nom", "Prénom"}, "0:0-3 -"},
    {"white space", "Nom", {" \t", " Nom "}, "- 0:0-3"},
};

static Text *text_of(const char *lines) {
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  Text *text = text_new();
  text_add(text, &limits, "of the page before", -1, 0, 0);
  g_auto(GStrv) all = g_strsplit(lines, "\n", -1);
  for (guint i = 0; all[i]; i++) text_add(text, &limits, all[i], -1, 0, 0);
  return text;
}

/* The n-th piece is n points from the left: so its place is known again. */
static void add_piece(GArray *written, const char *words, guint n) {
  PdfPiece piece = {.box = {n, 20, n + 5, 32}, .text = (char *)words, .confidence = 70};
  g_array_append_val(written, piece);
}

/* "line:start-end" of that piece's place, by lines from the page's first on. */
static char *place_of(const Text *text, guint n) {
  for (guint i = 1; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    for (guint k = 0; line->places && k < line->places->len; k++) {
      const TextPlace *place = &g_array_index(line->places, TextPlace, k);
      if ((guint)place->x != n) continue;
      g_assert_cmpfloat(place->y, ==, 20);
      g_assert_cmpfloat(place->width, ==, 5);
      g_assert_cmpfloat(place->height, ==, 12);
      g_assert_cmpuint(place->confidence, ==, 70);
      return g_strdup_printf("%u:%u-%u", i - 1, place->start, place->end);
    }
  }
  return g_strdup("-");
}

static void test_rows(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Text) text = text_of(rows[i].lines);
    g_autoptr(GArray) written = g_array_new(FALSE, FALSE, sizeof(PdfPiece));
    for (guint n = 0; rows[i].pieces[n]; n++) add_piece(written, rows[i].pieces[n], n);
    pdf_place(written, text, 1);
    g_autoptr(GString) got = g_string_new(NULL);
    for (guint n = 0; n < written->len; n++) {
      g_autofree char *place = place_of(text, n);
      g_string_append_printf(got, "%s%s", n ? " " : "", place);
    }
    if (strcmp(got->str, rows[i].want) != 0)
      g_test_fail_printf("%s: %s, not %s", rows[i].name, got->str, rows[i].want);
  }
}

/* What stands nowhere is looked for a bounded number of times on a page. */
static void test_searches_are_bounded(void) {
  for (guint lost = ASTRAY_MAX - 1; lost <= ASTRAY_MAX; lost++) {
    g_autoptr(Text) text = text_of("Nom\nVille");
    g_autoptr(GArray) written = g_array_new(FALSE, FALSE, sizeof(PdfPiece));
    add_piece(written, "Ville", 0);
    for (guint n = 0; n < lost; n++) add_piece(written, "lost", 1);
    add_piece(written, "Nom", 2);
    pdf_place(written, text, 1);
    g_autofree char *place = place_of(text, 2);
    g_assert_cmpstr(place, ==, lost < ASTRAY_MAX ? "0:0-3" : "-");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pdf-place/rows", test_rows);
  g_test_add_func("/pdf-place/bounded", test_searches_are_bounded);
  return g_test_run();
}
