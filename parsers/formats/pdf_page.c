/* pdf_page - see pdf_page.h. */
#include "parsers/formats/pdf_page.h"

#include <math.h>
#include <string.h>

enum {
  PIECES_MAX = 20000,
  LINE_POINTS_MAX = 24, /* a taller piece is a field of several lines: its first line counts */
  LABEL_ABOVE_POINTS = 26,
  SIGN_GAP_POINTS = 30
};

static const double tab_gap = 1.3;    /* times the height of the text: a wide gap */
static const double space_gap = 0.12; /* the same: words are parted */
static const double blank_gap = 1.8;  /* times the usual distance of rows: an empty line */

static void piece_clear(gpointer data) {
  g_free(((PdfPiece *)data)->text);
}

PdfPage *pdf_page_new(void) {
  PdfPage *page = g_new0(PdfPage, 1);
  page->pieces = g_array_new(FALSE, FALSE, sizeof(PdfPiece));
  g_array_set_clear_func(page->pieces, piece_clear);
  return page;
}

void pdf_page_free(PdfPage *page) {
  if (!page) return;
  g_array_unref(page->pieces);
  g_free(page);
}

void pdf_page_add(PdfPage *page, PdfBox box, char *text, gboolean sign) {
  if (page->pieces->len >= PIECES_MAX || !isfinite(box.x0 + box.y0 + box.x1 + box.y1)) {
    g_free(text);
    return;
  }
  PdfPiece piece = {box, text, sign};
  g_array_append_val(page->pieces, piece);
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
  PdfPiece field = {*box, NULL, FALSE};
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
  double middle;
} Row;

/* Where the row ends that begins with piece `i`; pieces are sorted by height. */
static guint row_end(const PdfPage *page, guint i) {
  double low = height(piece_at(page, i)), at = middle(piece_at(page, i));
  guint end = i + 1;
  for (; end < page->pieces->len; end++) {
    const PdfPiece *piece = piece_at(page, end);
    low = MIN(low, height(piece));
    if (middle(piece) - at > low * 0.6) break;
  }
  return end;
}

static GArray *find_rows(PdfPage *page) {
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));
  g_array_sort(page->pieces, by_height);
  for (guint i = 0; i < page->pieces->len;) {
    Row row = {i, row_end(page, i), middle(piece_at(page, i))};
    PdfPiece *first = &g_array_index(page->pieces, PdfPiece, i);
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
  return gap > size * space_gap || right->sign ? " " : "";
}

static char *row_text(const PdfPage *page, const Row *row, PdfBox *ret_box) {
  GString *text = g_string_new(NULL);
  *ret_box = piece_at(page, row->start)->box;
  for (guint i = row->start; i < row->end; i++) {
    const PdfPiece *piece = piece_at(page, i);
    if (i > row->start) g_string_append(text, gap_between(piece_at(page, i - 1), piece));
    g_string_append(text, piece->text);
    ret_box->x1 = MAX(ret_box->x1, piece->box.x1);
    ret_box->y0 = MIN(ret_box->y0, piece->box.y0);
    ret_box->y1 = MAX(ret_box->y1, piece->box.y1);
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

void pdf_page_rows(PdfPage *page, PdfRow hand, gpointer data) {
  g_autoptr(GArray) rows = find_rows(page);
  double usual = usual_distance(rows);
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index(rows, Row, i);
    PdfBox box;
    if (i > 0 && row->middle - g_array_index(rows, Row, i - 1).middle > usual * blank_gap)
      hand("", NULL, data);
    g_autofree char *text = row_text(page, row, &box);
    hand(text, &box, data);
  }
}
