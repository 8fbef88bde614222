/* pdf_page - see pdf_page.h. */
#include "parsers/formats/pdf_page.h"

#include <math.h>
#include <string.h>

#include "parsers/formats/pdf_columns.h"
#include "parsers/formats/pdf_place.h"

enum {
  PIECES_MAX = 20000,
  LINE_POINTS_MAX = 24, /* a taller piece is a field of several lines: its first line counts */
  LABEL_ABOVE_POINTS = 26,
  SIGN_GAP_POINTS = 30
};

static const double tab_gap = 1.3;    /* times the height of the text: a wide gap */
static const double space_gap = 0.12; /* the same: words are parted */
static const double wide_gap = 0.4;
static const double apart_gap = 1.8; /* the same: rows are no lines of one paragraph */
static const double blank_gap = 1.8; /* times the usual distance of rows: an empty line */

static void piece_clear(gpointer data) {
  g_free(((PdfPiece *)data)->text);
}

PdfPage *pdf_page_new(void) {
  PdfPage *page = g_new0(PdfPage, 1);
  page->pieces = g_array_new(FALSE, FALSE, sizeof(PdfPiece));
  g_array_set_clear_func(page->pieces, piece_clear);
  page->written = g_array_new(FALSE, FALSE, sizeof(PdfPiece));
  return page;
}

void pdf_page_free(PdfPage *page) {
  if (!page) return;
  g_array_unref(page->written);
  g_array_unref(page->pieces);
  g_free(page);
}

PdfPiece *pdf_page_add(PdfPage *page, PdfBox box, char *text, gboolean sign) {
  if (page->pieces->len >= PIECES_MAX || !isfinite(box.x0 + box.y0 + box.x1 + box.y1)) {
    g_free(text);
    return NULL;
  }
  PdfPiece piece = {.box = box, .text = text, .sign = sign, .confidence = 100};
  g_array_append_val(page->pieces, piece);
  return &g_array_index(page->pieces, PdfPiece, page->pieces->len - 1);
}

gboolean pdf_box_holds(const PdfBox *box, double x, double y) {
  return x >= box->x0 && x <= box->x1 && y >= box->y0 && y <= box->y1;
}

static const PdfPiece *piece_at(const PdfPage *page, guint i) {
  return &g_array_index(page->pieces, PdfPiece, i);
}

static double height(const PdfPiece *piece) {
  return MAX(MIN(piece->box.y1 - piece->box.y0, LINE_POINTS_MAX), 1);
}

/* The middle of its (first) line. */
static double middle(const PdfPiece *piece) {
  return piece->box.y0 + height(piece) / 2;
}

gboolean pdf_page_has_label(const PdfPage *page, const PdfBox *box) {
  PdfPiece field = {.box = *box};
  for (guint i = 0; i < page->pieces->len; i++) {
    const PdfPiece *piece = piece_at(page, i);
    if (piece->sign) continue;
    gboolean beside = piece->box.x1 <= box->x0 + 2 &&
                      fabs(middle(piece) - middle(&field)) < height(&field) / 2 + 3;
    gboolean above = piece->box.y1 <= box->y0 + 2 && box->y0 - piece->box.y1 < LABEL_ABOVE_POINTS &&
                     piece->box.x0 < box->x1 && piece->box.x1 > box->x0;
    if (beside || above) return TRUE;
  }
  return FALSE;
}

PdfBox pdf_page_aligned(const PdfPage *page, PdfBox box) {
  const PdfPiece *best = NULL;
  double least = 0;
  for (guint i = 0; i < page->pieces->len; i++) {
    const PdfPiece *piece = piece_at(page, i);
    double tall = piece->box.y1 - piece->box.y0;
    double shared = MIN(piece->box.y1, box.y1) - MAX(piece->box.y0, box.y0);
    if (piece->sign || shared < MIN(tall, box.y1 - box.y0) / 2) continue;
    gboolean left = piece->box.x1 <= box.x0 + tall, right = piece->box.x0 >= box.x1 - tall;
    if (!left && !right) continue;
    double away = left ? box.x0 - piece->box.x1 : piece->box.x0 - box.x1;
    /* of a field of several lines the first counts: the label stands at its top */
    if (best && away + fabs(piece->box.y0 - box.y0) / 4 >= least) continue;
    best = piece;
    least = away + fabs(piece->box.y0 - box.y0) / 4;
  }
  if (!best) return box;
  return (PdfBox){box.x0, best->box.y0, box.x1, best->box.y1};
}

/* ---- rows ---- */

static gint by_height(gconstpointer a, gconstpointer b) {
  double x = middle(a), y = middle(b);
  return x < y ? -1 : x > y;
}

static gint by_place(gconstpointer a, gconstpointer b) {
  const PdfPiece *x = a, *y = b;
  return x->box.x0 < y->box.x0 ? -1 : x->box.x0 > y->box.x0;
}

typedef struct {
  guint start, end; /* pieces */
  double top, middle;
} Row;

/* Where the row ends that begins with piece `i`; pieces are sorted by height. */
static guint row_end(const GArray *pieces, guint i) {
  const PdfPiece *first = &g_array_index(pieces, PdfPiece, i);
  double low = height(first), at = middle(first);
  guint end = i + 1;
  for (; end < pieces->len; end++) {
    const PdfPiece *piece = &g_array_index(pieces, PdfPiece, end);
    low = MIN(low, height(piece));
    if (middle(piece) - at > low * 0.6) break;
  }
  return end;
}

static GArray *find_rows(GArray *pieces) {
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));
  g_array_sort(pieces, by_height);
  for (guint i = 0; i < pieces->len;) {
    PdfPiece *first = &g_array_index(pieces, PdfPiece, i);
    Row row = {i, row_end(pieces, i), first->box.y0, middle(first)};
    qsort(first, row.end - i, sizeof *first, by_place);
    g_array_append_val(rows, row);
    i = row.end;
  }
  return rows;
}

/* What stands between two pieces of a row. */
static const char *gap_between(const PdfPiece *left, const PdfPiece *right) {
  double gap = right->box.x0 - left->box.x1, size = MIN(height(left), height(right));
  if (left->sign && gap < SIGN_GAP_POINTS) return " ";
  if (right->sign && gap < size * 3) return " ";
  if (gap > size * tab_gap) return "\t";
  gboolean wide =
      g_unichar_iswide(g_utf8_get_char(right->text)) ||
      g_unichar_iswide(g_utf8_get_char(g_utf8_prev_char(left->text + strlen(left->text))));
  if (wide && gap < size * wide_gap)
    return ""; /* ideographs and digits stand apart by themselves */
  return gap > size * space_gap || right->sign ? " " : "";
}

static char *row_text(PdfPage *page, const GArray *pieces, const Row *row) {
  GString *text = g_string_new(NULL);
  for (guint i = row->start; i < row->end; i++) {
    const PdfPiece *piece = &g_array_index(pieces, PdfPiece, i);
    if (i > row->start) g_string_append(text, gap_between(piece - 1, piece));
    g_string_append(text, piece->text);
    g_array_append_val(page->written, *piece);
  }
  return g_string_free(text, FALSE);
}

static gint compare_numbers(gconstpointer a, gconstpointer b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* How far rows usually are from one another. */
static double usual_distance(const GArray *rows) {
  if (rows->len < 2) return 0;
  g_autofree double *distances = g_new(double, rows->len - 1);
  for (guint i = 0; i + 1 < rows->len; i++)
    distances[i] = g_array_index(rows, Row, i + 1).middle - g_array_index(rows, Row, i).middle;
  qsort(distances, rows->len - 1, sizeof *distances, compare_numbers);
  return distances[(rows->len - 1) / 2];
}

static void write_text(Page *out, char *take) {
  page_line(out, take, strlen(take), 0);
  g_free(take);
}

/* ---- tables ---- */

typedef struct {
  PdfBox box;
  GArray *pieces; /* PdfPiece, borrowed texts */
} Cell;

static void cell_clear(gpointer data) {
  g_array_unref(((Cell *)data)->pieces);
}

static gboolean is_same(const PdfBox *a, const PdfBox *b) {
  return fabs(a->x0 - b->x0) < 2 && fabs(a->y0 - b->y0) < 2 && fabs(a->x1 - b->x1) < 2 &&
         fabs(a->y1 - b->y1) < 2;
}

static gboolean holds_box(const PdfBox *outer, const PdfBox *inner) {
  return !is_same(outer, inner) &&
         pdf_box_holds(outer, (inner->x0 + inner->x1) / 2, (inner->y0 + inner->y1) / 2);
}

/* A frame around other cells is no cell of a table. */
static void drop_frames(PdfPage *page) {
  for (guint i = 0; i < page->pieces->len; i++) {
    PdfPiece *piece = &g_array_index(page->pieces, PdfPiece, i);
    for (guint k = 0; piece->ruled && k < page->pieces->len; k++) {
      const PdfPiece *other = piece_at(page, k);
      if (other->ruled && holds_box(&piece->cell, &other->cell)) piece->ruled = FALSE;
    }
  }
}

/* The cells, each with its pieces; what stands in none goes to `free_pieces`. */
static GArray *find_cells(PdfPage *page, GArray *free_pieces) {
  GArray *cells = g_array_new(FALSE, FALSE, sizeof(Cell));
  g_array_set_clear_func(cells, cell_clear);
  drop_frames(page);
  for (guint i = 0; i < page->pieces->len; i++) {
    const PdfPiece *piece = piece_at(page, i);
    Cell *cell = NULL;
    for (guint k = 0; piece->ruled && k < cells->len && !cell; k++)
      if (is_same(&g_array_index(cells, Cell, k).box, &piece->cell))
        cell = &g_array_index(cells, Cell, k);
    if (piece->ruled && !cell) {
      Cell fresh = {piece->cell, g_array_new(FALSE, FALSE, sizeof(PdfPiece))};
      g_array_append_val(cells, fresh);
      cell = &g_array_index(cells, Cell, cells->len - 1);
    }
    g_array_append_val(cell ? cell->pieces : free_pieces, *piece);
  }
  return cells;
}

static gint by_cell(gconstpointer a, gconstpointer b) {
  const Cell *x = a, *y = b;
  if (fabs(x->box.y0 - y->box.y0) >= 2) return x->box.y0 < y->box.y0 ? -1 : 1;
  return x->box.x0 < y->box.x0 ? -1 : x->box.x0 > y->box.x0;
}

/* Does the row after `row` go on with it, for want of room in the cell? */
static gboolean is_wrapped(const Cell *cell, const Row *row) {
  const PdfPiece *last = &g_array_index(cell->pieces, PdfPiece, row->end - 1), *next = last + 1;
  double room = cell->box.x1 - last->box.x1, size = height(last);
  if (last->sign || next->sign || g_str_has_suffix(last->text, ":")) return FALSE;
  if (next->box.y0 - last->box.y0 > size * apart_gap) return FALSE;
  return next->box.x1 - next->box.x0 + size * 0.8 > room;
}

/* A letter or two that are no word: the end of the one word above, which fills the cell. */
static gboolean is_word_end(const Cell *cell, const Row *above, const char *next) {
  static const char *const words[] = {"de", "du", "la", "le", "et", "en", "au", "ou", "un",
                                      "of", "or", "to", "in", "at", "y",  "a",  NULL};
  const PdfPiece *word = &g_array_index(cell->pieces, PdfPiece, above->start);
  double room = cell->box.x1 - cell->box.x0 - (word->box.x1 - word->box.x0);
  return above->end == above->start + 1 && !strchr(word->text, ' ') && room < height(word) * 1.2 &&
         g_ascii_islower(*next) && strlen(next) <= 2 && !g_strv_contains(words, next);
}

/* A word that was broken because the cell is narrow, an address at any place of it. */
static gboolean is_broken_word(const GString *line, const char *next) {
  const char *word = strrchr(line->str, ' ');
  word = word ? word + 1 : line->str;
  if (strchr(word, '@')) return TRUE;
  if (strchr(next, '@') && !strchr(next, ' ') && strpbrk(word, ".-_")) return TRUE;
  return g_str_has_suffix(word, "-") && strlen(word) > 1;
}

static void write_cell(PdfPage *page, const Cell *cell, Page *out) {
  g_autoptr(GArray) rows = find_rows(cell->pieces);
  g_autoptr(GString) line = g_string_new(NULL);
  for (guint r = 0; r < rows->len; r++) {
    const Row *row = &g_array_index(rows, Row, r);
    g_autofree char *text = row_text(page, cell->pieces, row);
    gboolean broken = line->len && (is_broken_word(line, text) || is_word_end(cell, row - 1, text));
    if (line->len && !broken) g_string_append_c(line, ' ');
    g_string_append(line, text);
    if (r + 1 < rows->len && is_wrapped(cell, row)) continue;
    page_line(out, line->str, line->len, 0);
    g_string_truncate(line, 0);
  }
}

static gboolean stands_beside_one(const GArray *cells, guint i) {
  const PdfBox *box = &g_array_index(cells, Cell, i).box;
  for (guint k = 0; k < cells->len; k++) {
    const PdfBox *other = &g_array_index(cells, Cell, k).box;
    if (k == i || other->y0 > box->y1 - 3 || other->y1 < box->y0 + 3) continue;
    if (fabs(other->x0 - box->x1) < 3 || fabs(other->x1 - box->x0) < 3) return TRUE;
  }
  return FALSE;
}

/* A field's frame beside its label is no table: cells stand side by side there, or right above or
 * below one of their column that does. */
static gboolean is_of_table(const GArray *cells, guint i) {
  if (stands_beside_one(cells, i)) return TRUE;
  const PdfBox *box = &g_array_index(cells, Cell, i).box;
  for (guint k = 0; k < cells->len; k++) {
    const PdfBox *other = &g_array_index(cells, Cell, k).box;
    gboolean column = fabs(other->x0 - box->x0) < 2 && fabs(other->x1 - box->x1) < 2;
    gboolean touches = fabs(other->y1 - box->y0) < 3 || fabs(other->y0 - box->y1) < 3;
    if (k != i && column && touches && stands_beside_one(cells, k)) return TRUE;
  }
  return FALSE;
}

static void free_lone_cells(GArray *cells, GArray *free_pieces) {
  g_autofree gboolean *kept = g_new(gboolean, cells->len + 1);
  for (guint i = 0; i < cells->len; i++) kept[i] = is_of_table(cells, i);
  for (guint i = cells->len; i > 0; i--) {
    const GArray *pieces = g_array_index(cells, Cell, i - 1).pieces;
    if (kept[i - 1]) continue;
    g_array_append_vals(free_pieces, pieces->data, pieces->len);
    g_array_remove_index(cells, i - 1);
  }
}

/* Where the row of cells that begins with cell `i` ends. */
static guint cells_end(const GArray *cells, guint i) {
  double top = g_array_index(cells, Cell, i).box.y0;
  while (i < cells->len && fabs(g_array_index(cells, Cell, i).box.y0 - top) < 2) i++;
  return i;
}

/* How many cells of another row stand between x0 and x1; of the row with the most. */
static guint cells_between(const GArray *cells, double x0, double x1) {
  guint most = 0;
  for (guint i = 0, end; i < cells->len; i = end) {
    guint within = 0;
    end = cells_end(cells, i);
    for (guint k = i; k < end; k++) {
      const PdfBox *box = &g_array_index(cells, Cell, k).box;
      within += box->x0 >= x0 - 2 && box->x1 <= x1 + 2 ? 1 : 0;
    }
    most = MAX(most, within);
  }
  return most;
}

/* The left end of the table that the row [i, end) belongs to: of rows with a column like its. */
static double table_left(const GArray *cells, guint i, guint end) {
  const PdfBox *first = &g_array_index(cells, Cell, i).box;
  double left = first->x0;
  for (guint r = 0, stop; r < cells->len; r = stop) {
    stop = cells_end(cells, r);
    for (guint k = r; k < stop; k++) {
      const PdfBox *box = &g_array_index(cells, Cell, k).box;
      gboolean same = fabs(box->x0 - first->x0) < 2 && fabs(box->x1 - first->x1) < 2;
      if (same && (r < i || r >= end)) left = MIN(left, g_array_index(cells, Cell, r).box.x0);
    }
  }
  return left;
}

/* Cells in which nothing stands are there all the same: what follows keeps its column. */
static void write_empty_cells(const GArray *cells, double x0, double x1, Page *out) {
  for (guint n = x1 - x0 > 3 ? cells_between(cells, x0, x1) : 0; n > 0; n--) {
    page_cell_start(out);
    page_cell_end(out);
  }
}

/* One row of cells, those from `i` on that begin at one height; returns the one behind. */
static guint write_cells(PdfPage *page, GArray *cells, guint i, Page *out) {
  guint end = cells_end(cells, i);
  double right = table_left(cells, i, end);
  page_table_start(out);
  for (; i < end; i++) {
    const Cell *cell = &g_array_index(cells, Cell, i);
    write_empty_cells(cells, right, cell->box.x0, out);
    page_cell_start(out);
    write_cell(page, cell, out);
    page_cell_end(out);
    right = cell->box.x1;
  }
  page_row_end(out);
  page_table_end(out);
  return i;
}

/* Rows of pieces and of cells from top to bottom. */
static void write_rows(PdfPage *page, GArray *pieces, GArray *cells, Page *out) {
  g_autoptr(GArray) rows = find_rows(pieces);
  double usual = usual_distance(rows);
  g_array_sort(cells, by_cell);
  guint c = 0;
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index(rows, Row, i);
    gboolean parted = i > 0 && row->middle - (row - 1)->middle > usual * blank_gap;
    while (c < cells->len && g_array_index(cells, Cell, c).box.y0 <= row->top) {
      c = write_cells(page, cells, c, out);
      parted = FALSE;
    }
    if (parted) page_line(out, "", 0, 0);
    write_text(out, row_text(page, pieces, row));
  }
  while (c < cells->len) c = write_cells(page, cells, c, out);
}

static PdfBox around(const GArray *pieces) {
  PdfBox box = {0};
  for (guint i = 0; i < pieces->len; i++) {
    const PdfBox *one = &g_array_index(pieces, PdfPiece, i).box;
    box.x0 = i ? MIN(box.x0, one->x0) : one->x0;
    box.y0 = i ? MIN(box.y0, one->y0) : one->y0;
    box.x1 = i ? MAX(box.x1, one->x1) : one->x1;
    box.y1 = i ? MAX(box.y1, one->y1) : one->y1;
  }
  return box;
}

/* What stands above two columns, the one, the other, what stands below. */
static void write_columns(PdfPage *page, const GArray *pieces, const PdfColumns *columns,
                          GArray *cells, Page *out) {
  for (guint place = 0; place < PDF_COLUMNS_PLACES; place++) {
    g_autoptr(GArray) some = g_array_new(FALSE, FALSE, sizeof(PdfPiece));
    for (guint i = 0; i < pieces->len; i++) {
      const PdfPiece *piece = &g_array_index(pieces, PdfPiece, i);
      if (pdf_columns_place(columns, piece) == place) g_array_append_vals(some, piece, 1);
    }
    if (place > 0) page_line(out, "", 0, 0);
    if (place == PDF_COLUMNS_LEFT || place == PDF_COLUMNS_RIGHT)
      write_cell(page, &(Cell){around(some), some}, out); /* its lines wrap as a cell's do */
    else
      write_rows(page, some, cells, out);
  }
}

static void write_all(PdfPage *page, Page *out) {
  g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(PdfPiece));
  g_autoptr(GArray) cells = find_cells(page, pieces);
  PdfColumns columns;
  free_lone_cells(cells, pieces);
  if (cells->len == 0 && pdf_columns_find(pieces, &columns))
    write_columns(page, pieces, &columns, cells, out);
  else
    write_rows(page, pieces, cells, out);
}

void pdf_page_write(PdfPage *page, Text *text, const Wire__Limits *limits, guint part,
                    guint number) {
  guint first = text->lines->len;
  Page *out = page_new(text, limits, part);
  g_array_set_size(page->written, 0);
  write_all(page, out);
  page_free(out);
  for (guint i = first; i < text->lines->len; i++)
    ((TextLine *)text->lines->pdata[i])->page = number;
  pdf_place(page->written, text, first);
}
