/* pdf_columns - see pdf_columns.h. */
#include "parsers/formats/pdf_columns.h"

#include <math.h>

enum {
  LINES_MIN = 4,        /* of each column */
  PIECES_MAX = 3000,    /* more are not looked at: the search takes quadratic time */
  EDGE_POINTS = 2,      /* by which left ends of one column differ */
  HEIGHT_POINTS = 2,    /* by which the middles of one line differ */
  LINE_GAP_POINTS = 80, /* between lines of a column; more is another block */
  COLUMN_POINTS_MIN = 100
};

static const PdfPiece *piece_at(const GArray *pieces, guint i) {
  return &g_array_index(pieces, PdfPiece, i);
}

static double middle(const PdfPiece *piece) {
  return (piece->box.y0 + piece->box.y1) / 2;
}

/* Does a piece end shortly before this one, on its height? Then none begins a line here. */
static gboolean is_led(const GArray *pieces, const PdfPiece *piece) {
  double size = piece->box.y1 - piece->box.y0;
  for (guint i = 0; i < pieces->len; i++) {
    const PdfPiece *other = piece_at(pieces, i);
    double gap = piece->box.x0 - other->box.x1;
    if (fabs(middle(other) - middle(piece)) < HEIGHT_POINTS && gap > -1 && gap < size) return TRUE;
  }
  return FALSE;
}

static gint by_height(gconstpointer a, gconstpointer b) {
  const double *x = a, *y = b;
  return *x < *y ? -1 : *x > *y;
}

/* The pieces that begin a line, or stand apart in one. */
static GArray *find_starts(const GArray *pieces) {
  GArray *starts = g_array_new(FALSE, FALSE, sizeof(PdfPiece));
  for (guint i = 0; i < pieces->len; i++)
    if (!is_led(pieces, piece_at(pieces, i))) g_array_append_vals(starts, piece_at(pieces, i), 1);
  return starts;
}

/* Heights of the lines that begin at `x`, from the top, as far as they follow on each other. */
static GArray *lines_at(const GArray *starts, double x) {
  GArray *lines = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint i = 0; i < starts->len; i++) {
    double height = middle(piece_at(starts, i));
    if (fabs(piece_at(starts, i)->box.x0 - x) <= EDGE_POINTS) g_array_append_val(lines, height);
  }
  g_array_sort(lines, by_height);
  for (guint i = 1; i < lines->len; i++)
    if (g_array_index(lines, double, i) - g_array_index(lines, double, i - 1) > LINE_GAP_POINTS)
      g_array_set_size(lines, i);
  return lines;
}

/* Does a line of the left side stand on that height? */
static gboolean has_level(const GArray *pieces, const PdfColumns *columns, double height) {
  for (guint i = 0; i < pieces->len; i++) {
    const PdfPiece *piece = piece_at(pieces, i);
    if (piece->box.x1 <= columns->at && fabs(middle(piece) - height) < HEIGHT_POINTS) return TRUE;
  }
  return FALSE;
}

/* Nothing crosses the gap, and the left side has lines of its own. It ends where something stands
 * in the right column or across. */
static gboolean is_parted(const GArray *pieces, const GArray *starts, PdfColumns *columns) {
  guint left = 0;
  double end = G_MAXDOUBLE;
  for (guint i = 0; i < pieces->len; i++) {
    const PdfBox *box = &piece_at(pieces, i)->box;
    double height = middle(piece_at(pieces, i));
    if (height < columns->top || box->x1 <= columns->at) continue;
    if (height > columns->bottom)
      end = MIN(end, height - 1);
    else if (box->x0 < columns->at)
      return FALSE;
  }
  columns->bottom = end;
  for (guint i = 0; i < starts->len; i++) {
    double height = middle(piece_at(starts, i));
    left += piece_at(starts, i)->box.x1 <= columns->at && height >= columns->top && height <= end;
  }
  return left >= LINES_MIN;
}

static gboolean try_edge(const GArray *pieces, const GArray *starts, double x,
                         PdfColumns *ret_columns) {
  g_autoptr(GArray) lines = lines_at(starts, x);
  if (lines->len < LINES_MIN) return FALSE;
  double size = 12;
  *ret_columns = (PdfColumns){x - EDGE_POINTS, g_array_index(lines, double, 0) - size,
                              g_array_index(lines, double, lines->len - 1) + size};
  if (!is_parted(pieces, starts, ret_columns)) return FALSE;
  guint levels = 0;
  for (guint i = 0; i < lines->len; i++)
    levels += has_level(pieces, ret_columns, g_array_index(lines, double, i)) ? 1 : 0;
  return levels * 2 < lines->len;
}

gboolean pdf_columns_find(const GArray *pieces, PdfColumns *ret_columns) {
  if (pieces->len > PIECES_MAX) return FALSE;
  double left = G_MAXDOUBLE, tried = -1;
  for (guint i = 0; i < pieces->len; i++) left = MIN(left, piece_at(pieces, i)->box.x0);
  g_autoptr(GArray) starts = find_starts(pieces);
  for (guint i = 0; i < starts->len; i++) {
    double x = piece_at(starts, i)->box.x0;
    if (x < left + COLUMN_POINTS_MIN || fabs(x - tried) <= EDGE_POINTS) continue;
    tried = x;
    if (try_edge(pieces, starts, x, ret_columns)) return TRUE;
  }
  return FALSE;
}

PdfColumnsPlace pdf_columns_place(const PdfColumns *columns, const PdfPiece *piece) {
  if (middle(piece) < columns->top) return PDF_COLUMNS_ABOVE;
  if (middle(piece) > columns->bottom) return PDF_COLUMNS_BELOW;
  return piece->box.x0 < columns->at ? PDF_COLUMNS_LEFT : PDF_COLUMNS_RIGHT;
}
