/* pdf_drawing - see pdf_drawing.h. */
#include "parsers/formats/pdf_drawing.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

enum {
  SCALE = 2,        /* pixels a point */
  SIDE_MAX = 32767, /* cairo's, in pixels */
  RULE_GREY = 205,  /* darker belongs to a rule; shades of cells are lighter */
  INK_GREY = 140,   /* darker is ink */
  ACROSS_MIN = 30 * SCALE,
  DOWN_MIN = 12 * SCALE,
  RULES_MAX = 4000,
  SIDE_PERCENT = 75 /* of a box's side that is drawn */
};

typedef struct {
  double at, from,
      to; /* a rule across: its height, from left to right; down: the other way round */
} Rule;

static const double stroke_sizes = 1.2; /* of the letters' height: as long is a stroke */

struct PdfDrawing {
  guint8 *grey; /* a byte a pixel, row by row */
  int width, height;
  GArray *across, *down; /* Rule */
};

/* Dark pixels side by side in a row, or below each other in a column. */
typedef struct {
  int at, from, to;
} Run;

static guint8 grey_of(const guint8 *pixel) {
  return (guint8)((pixel[0] + 5 * pixel[1] + 2 * pixel[2]) / 8); /* blue, green, red */
}

static guint8 grey_at(const PdfDrawing *drawing, int x, int y) {
  if (x < 0 || y < 0 || x >= drawing->width || y >= drawing->height) return 255;
  return drawing->grey[(gsize)y * (gsize)drawing->width + (gsize)x];
}

static void add_rule(GArray *rules, int at, int from, int to) {
  Rule rule = {(double)at / SCALE, (double)from / SCALE, (double)to / SCALE};
  /* the same rule, one pixel thicker */
  for (guint i = rules->len; i > 0 && i + 40 > rules->len; i--) {
    const Rule *before = &g_array_index(rules, Rule, i - 1);
    if (rule.at - before->at <= 1.0 && rule.from < before->to && rule.to > before->from) return;
  }
  if (rules->len < RULES_MAX) g_array_append_val(rules, rule);
}

static void add_run(GArray *runs, int at, int from, int to, int min) {
  Run run = {at, from, to};
  if (to - from >= min) g_array_append_val(runs, run);
}

/* The bytes of a row from the first to the last that is not white: [*ret_from, *ret_to), or
 * [size, 0) where all are. Eight at a time. */
static void trim(const guint8 *row, int size, int *ret_from, int *ret_to) {
  guint64 eight = 0;
  int from = 0, to = size;
  for (; from + 8 <= size; from += 8) {
    memcpy(&eight, row + from, 8);
    if (eight != G_MAXUINT64) break;
  }
  while (from < size && row[from] == 255) from++;
  for (; to - 8 >= from; to -= 8) {
    memcpy(&eight, row + to - 8, 8);
    if (eight != G_MAXUINT64) break;
  }
  while (to > from && row[to - 1] == 255) to--;
  *ret_from = from;
  *ret_to = from < to ? to : 0;
}

/* One of the pixels of a long run stands at a multiple of its least length. */
static void runs_in_row(const guint8 *row, int width, int y, GArray *runs) {
  int to = 0;
  for (int x = 0; x < width; x += ACROSS_MIN) {
    if (x < to || row[x] >= RULE_GREY) continue;
    int from = x;
    for (to = x + 1; to < width && row[to] < RULE_GREY;) to++;
    while (from > 0 && row[from - 1] < RULE_GREY) from--;
    add_run(runs, y, from, to, ACROSS_MIN);
  }
}

/* `tall`: of each column, how many dark pixels end above row y. Of the columns from `from` to `to`
 * some may end or grow in it. */
static void runs_in_columns(const guint8 *row, int from, int to, int y, guint16 *tall,
                            GArray *runs) {
  guint ends = 0;
  for (int x = from; x < to; x++) ends |= row[x] >= RULE_GREY && tall[x] >= DOWN_MIN;
  for (int x = from; ends && x < to; x++)
    if (row[x] >= RULE_GREY) add_run(runs, x, y - tall[x], y, DOWN_MIN);
  for (int x = from; x < to; x++)
    tall[x] = row[x] < RULE_GREY ? (guint16)(tall[x] + 1) : (guint16)0;
}

static gint compare_runs(gconstpointer a, gconstpointer b) {
  const Run *x = a, *y = b;
  return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
                        : (x->from > y->from) - (x->from < y->from);
}

static void add_rules(GArray *rules, GArray *runs) {
  g_array_sort(runs, compare_runs);
  for (guint i = 0; i < runs->len; i++) {
    const Run *run = &g_array_index(runs, Run, i);
    add_rule(rules, run->at, run->from, run->to);
  }
}

/* Runs of dark pixels that are long enough to be rules. The page is gone through row by row, for
 * columns, too: what lies side by side is in the cache. Where this row is white, and the one before
 * was, nothing begins or ends. */
static void find_rules(const PdfDrawing *drawing) {
  g_autoptr(GArray) across = g_array_new(FALSE, FALSE, sizeof(Run));
  g_autoptr(GArray) down = g_array_new(FALSE, FALSE, sizeof(Run));
  g_autofree guint16 *tall = g_new0(guint16, (gsize)drawing->width + 1);
  int width = drawing->width, height = drawing->height, from_before = width, to_before = 0;
  for (int y = 0; y < height; y++) {
    const guint8 *row = drawing->grey + (gsize)y * (gsize)width;
    int from = 0, to = 0;
    trim(row, width, &from, &to);
    runs_in_columns(row, MIN(from, from_before), MAX(to, to_before), y, tall, down);
    if (from < to) runs_in_row(row, width, y, across);
    from_before = from;
    to_before = to;
  }
  for (int x = from_before; x < to_before; x++)
    add_run(down, x, height - tall[x], height, DOWN_MIN);
  add_rules(drawing->across, across);
  add_rules(drawing->down, down);
}

/* A row in grey. Most of it is white. */
static void grey_row(const guint8 *row, int width, guint8 *out) {
  int from = 0, to = 0;
  trim(row, width * 4, &from, &to);
  memset(out, 255, (gsize)width);
  for (int x = from / 4; x < (to + 3) / 4; x++) out[x] = grey_of(row + (gsize)x * 4);
}

/* The page in grey; the caller owns it. NULL: it cannot be painted. */
static guint8 *paint(PopplerPage *page, int width, int height) {
  gsize stride = (gsize)cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, width);
  g_autofree guint8 *pixels = g_malloc(stride * (gsize)height);
  memset(pixels, 255, stride * (gsize)height);
  cairo_surface_t *surface =
      cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_RGB24, width, height, (int)stride);
  cairo_t *cairo = cairo_create(surface);
  cairo_scale(cairo, SCALE, SCALE);
  poppler_page_render(page, cairo);
  cairo_destroy(cairo);
  cairo_surface_flush(surface);
  gboolean painted = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  guint8 *grey = painted ? g_malloc((gsize)width * (gsize)height) : NULL;
  for (int y = 0; grey && y < height; y++)
    grey_row(pixels + (gsize)y * stride, width, grey + (gsize)y * (gsize)width);
  return grey;
}

PdfDrawing *pdf_drawing_new(PopplerPage *page, guint64 pixels) {
  double width = 0, height = 0;
  poppler_page_get_size(page, &width, &height);
  if (!(width > 0 && height > 0) || MAX(width, height) * SCALE > SIDE_MAX ||
      width * height * SCALE * SCALE > (double)pixels)
    return NULL;
  PdfDrawing *drawing = g_new0(PdfDrawing, 1);
  drawing->width = (int)ceil(width * SCALE);
  drawing->height = (int)ceil(height * SCALE);
  drawing->grey = paint(page, drawing->width, drawing->height);
  drawing->across = g_array_new(FALSE, FALSE, sizeof(Rule));
  drawing->down = g_array_new(FALSE, FALSE, sizeof(Rule));
  if (!drawing->grey) drawing->width = drawing->height = 0;
  find_rules(drawing);
  return drawing;
}

void pdf_drawing_free(PdfDrawing *drawing) {
  if (!drawing) return;
  g_free(drawing->grey);
  g_array_unref(drawing->across);
  g_array_unref(drawing->down);
  g_free(drawing);
}

/* ---- cells ---- */

/* The nearest rules on both sides of [low, high] that pass `at`; FALSE: one side has none. */
static gboolean nearest(const GArray *rules, double at, double low, double high,
                        const Rule **ret_before, const Rule **ret_behind) {
  *ret_before = *ret_behind = NULL;
  for (guint i = 0; i < rules->len; i++) {
    const Rule *rule = &g_array_index(rules, Rule, i);
    if (at < rule->from - 1 || at > rule->to + 1) continue;
    if (rule->at <= low + 1 && (!*ret_before || rule->at > (*ret_before)->at)) *ret_before = rule;
    if (rule->at >= high - 1 && (!*ret_behind || rule->at < (*ret_behind)->at)) *ret_behind = rule;
  }
  return *ret_before && *ret_behind;
}

/* Does the rule reach from one end to the other? */
static gboolean spans(const Rule *rule, double from, double to) {
  return rule->from <= from + 3 && rule->to >= to - 3;
}

gboolean pdf_drawing_cell(const PdfDrawing *drawing, const PdfBox *text, PdfBox *ret_cell) {
  const Rule *left, *right, *top, *bottom;
  double x = (text->x0 + text->x1) / 2, y = (text->y0 + text->y1) / 2;
  double quarter = (text->y1 - text->y0) / 4; /* boxes of text reach beyond the letters */
  if (!nearest(drawing->down, y, text->x0, text->x1, &left, &right) ||
      !nearest(drawing->across, x, text->y0 + quarter, text->y1 - quarter, &top, &bottom))
    return FALSE;
  *ret_cell = (PdfBox){left->at, top->at, right->at, bottom->at};
  return spans(left, top->at, bottom->at) && spans(right, top->at, bottom->at) &&
         spans(top, left->at, right->at) && spans(bottom, left->at, right->at);
}

gboolean pdf_drawing_parts(const PdfDrawing *drawing, double x0, double x1, double y) {
  for (guint i = 0; i < drawing->down->len; i++) {
    const Rule *rule = &g_array_index(drawing->down, Rule, i);
    if (rule->at >= x0 - 0.5 && rule->at <= x1 + 0.5 && y >= rule->from && y <= rule->to)
      return TRUE;
  }
  return FALSE;
}

/* ---- boxes and strokes ---- */

/* How much of the line from (x0, y0) to (x1, y1), level or upright, is ink; percent. */
static int ink_along(const PdfDrawing *drawing, int x0, int y0, int x1, int y1) {
  int dark = 0, all = 0;
  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++, all++) dark += grey_at(drawing, x, y) < RULE_GREY;
  return all ? dark * 100 / all : 0;
}

typedef struct {
  int left, top, right, bottom; /* pixels */
} Square;

static gboolean is_square(const PdfDrawing *drawing, const Square *square) {
  return ink_along(drawing, square->left, square->top, square->right, square->top) >=
             SIDE_PERCENT &&
         ink_along(drawing, square->left, square->bottom, square->right, square->bottom) >=
             SIDE_PERCENT &&
         ink_along(drawing, square->left, square->top, square->left, square->bottom) >=
             SIDE_PERCENT &&
         ink_along(drawing, square->right, square->top, square->right, square->bottom) >=
             SIDE_PERCENT;
}

/* Is there ink within, away from the sides? A thin cross is grey; grey all over is a shade. */
static gboolean is_filled(const PdfDrawing *drawing, const Square *square) {
  int edge = MAX((square->right - square->left) / 4, 3), dark = 0, grey = 0, all = 0;
  for (int y = square->top + edge; y <= square->bottom - edge; y++)
    for (int x = square->left + edge; x <= square->right - edge; x++, all++) {
      dark += grey_at(drawing, x, y) < INK_GREY;
      grey += grey_at(drawing, x, y) < RULE_GREY;
    }
  return all > 0 && (dark * 100 / all >= 6 || (grey * 100 / all >= 10 && grey * 100 / all <= 60));
}

/* Is the column dark enough anywhere for the side of a square of `least` pixels? */
static gboolean may_be_side(const PdfDrawing *drawing, int x, int top, int bottom, int least) {
  int dark = 0;
  for (int y = top; y <= bottom + 1; y++) dark += grey_at(drawing, x, y) < RULE_GREY;
  return dark * 100 >= SIDE_PERCENT * least;
}

/* The square whose right side is at `right`; sides between `least` and `most` pixels. */
static gboolean square_at(const PdfDrawing *drawing, int right, int top, int bottom, int least,
                          int most, Square *ret_square) {
  if (!may_be_side(drawing, right, top, bottom, least)) return FALSE;
  for (int y = top; y <= bottom - least; y++) {
    if (grey_at(drawing, right, y) >= RULE_GREY) continue;
    for (int side = least; side <= most && y + side <= bottom; side++) {
      if (ink_along(drawing, right - side, y, right, y) < SIDE_PERCENT) continue;
      for (int taller = -1; taller <= 1; taller++) { /* the grid of pixels may stretch it */
        *ret_square = (Square){right - side, y, right, y + side + taller};
        if (is_square(drawing, ret_square)) return TRUE;
      }
    }
  }
  return FALSE;
}

gboolean pdf_drawing_tick(const PdfDrawing *drawing, const PdfBox *text, PdfBox *ret_box,
                          gboolean *ret_ticked) {
  double size = CLAMP(text->y1 - text->y0, 6, 20);
  int least = (int)(size * 0.45 * SCALE), most = (int)(size * 1.4 * SCALE);
  int top = (int)((text->y0 - size * 0.4) * SCALE), bottom = (int)((text->y1 + size * 0.4) * SCALE);
  int from = (int)(text->x0 * SCALE), to = (int)((text->x0 - size * 2) * SCALE);
  Square square;
  for (int right = from; right >= to; right--) {
    if (!square_at(drawing, right, top, bottom, least, most, &square)) continue;
    *ret_ticked = is_filled(drawing, &square);
    *ret_box = (PdfBox){(double)square.left / SCALE, (double)square.top / SCALE,
                        (double)square.right / SCALE, (double)square.bottom / SCALE};
    return TRUE;
  }
  return FALSE;
}

void pdf_drawing_forget(PdfDrawing *drawing, const PdfBox *box) {
  for (guint i = drawing->down->len; i > 0; i--) {
    const Rule *rule = &g_array_index(drawing->down, Rule, i - 1);
    gboolean side = fabs(rule->at - box->x0) < 2 || fabs(rule->at - box->x1) < 2;
    if (side && rule->from > box->y0 - 3 && rule->to < box->y1 + 3)
      g_array_remove_index(drawing->down, i - 1);
  }
}

/* How far the ink goes on from (x, y) in one direction. */
static int ink_end(const PdfDrawing *drawing, int x, int y, int step) {
  while (grey_at(drawing, x + step, y) < INK_GREY) x += step;
  return x;
}

gboolean pdf_drawing_stroke(const PdfDrawing *drawing, const PdfBox *text, double *ret_x0,
                            double *ret_x1) {
  double size = text->y1 - text->y0;
  int x0 = (int)(text->x0 * SCALE), x1 = (int)(text->x1 * SCALE);
  for (int y = (int)((text->y0 + size * 0.35) * SCALE);
       y <= (int)((text->y0 + size * 0.75) * SCALE); y++) {
    for (int x = x0; x <= x1; x++) {
      if (grey_at(drawing, x, y) >= INK_GREY) continue;
      int left = x == x0 ? ink_end(drawing, x, y, -1) : x, right = ink_end(drawing, x, y, 1);
      x = right;
      if (right - left < (int)(size * stroke_sizes * SCALE)) continue; /* a letter's, or a dash */
      *ret_x0 = (double)left / SCALE;
      *ret_x1 = (double)(right + 1) / SCALE;
      return TRUE;
    }
  }
  return FALSE;
}
