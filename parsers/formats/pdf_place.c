/* pdf_place - see pdf_place.h. Pieces come in the order of the lines, but for the cells of some
 * tables: a piece that is not ahead is looked for from the page's beginning. */
#include "parsers/formats/pdf_place.h"

#include <string.h>

#include "parsers/place.h"

enum { ASTRAY_MAX = 500 }; /* pieces a page that are looked for from its beginning */

typedef struct {
  Text *text;
  guint line; /* the next piece is looked for from here on */
  gsize byte;
} Search;

static gboolean is_taken(const TextLine *line, gsize start, gsize end) {
  for (guint i = 0; line->places && i < line->places->len; i++) {
    const TextPlace *place = &g_array_index(line->places, TextPlace, i);
    if (place->start < end && place->end > start) return TRUE;
  }
  return FALSE;
}

/* The next place of `words` that no other piece has, within `reach` lines; moves the search behind
 * it. FALSE: none, the search stays. */
static gboolean find_next(Search *search, const char *words, guint reach, PdfPiece piece) {
  gsize size = strlen(words), from = search->byte;
  guint end = MIN(search->text->lines->len, search->line + reach);
  for (guint i = search->line; i < end; i++, from = 0) {
    TextLine *line = search->text->lines->pdata[i];
    const char *hit = strstr(line->text + from, words);
    while (hit && is_taken(line, (gsize)(hit - line->text), (gsize)(hit - line->text) + size))
      hit = strstr(hit + size, words);
    if (!hit) continue;
    gsize start = (gsize)(hit - line->text);
    place_add(line, (TextPlace){(guint)start, (guint)(start + size), piece.box.x0, piece.box.y0,
                                piece.box.x1 - piece.box.x0, piece.box.y1 - piece.box.y0,
                                piece.confidence});
    *search = (Search){search->text, i, start + size};
    return TRUE;
  }
  return FALSE;
}

void pdf_place(const GArray *written, Text *text, guint first) {
  enum { NEAR_LINES = 4 };
  Search search = {text, first, 0};
  guint astray = 0;
  for (guint i = 0; i < written->len; i++) {
    const PdfPiece *piece = &g_array_index(written, PdfPiece, i);
    g_autofree char *words = text_clean(piece->text);
    g_strstrip(words);
    if (*words == '\0' || find_next(&search, words, NEAR_LINES, *piece)) continue;
    Search again = {text, first, 0};
    if (astray++ < ASTRAY_MAX && find_next(&again, words, G_MAXUINT / 2, *piece)) search = again;
  }
}
