/* scan_boxes - see scan_boxes.h. */
#include "parsers/scan/scan_boxes.h"

enum {
  INK = 150,       /* darker is ink */
  PALE_INK = 168,  /* the sides of a box that was photographed or copied badly */
  FAINT_INK = 175, /* so are thin rules, and crosses made with a pencil */
  BOXES_MAX = 500,
  CELLS_MAX = 2000,
  CELL_SIDE_MIN = 25, /* pixels */
  GROWTH = 4,         /* pixels around a box in which its side may be a rule's */
  WHITE = 255,
  PIECE_MIN = 80, /* pixels of a rule without a gap … */
  GAP = 101,      /* longer than any that it has */
  ASKEW = 3,      /* so many lie above each other where it is not level */
  ACROSS_MIN = 160,
  DOWN_MIN = 100,
  SIDE_PARTS = 140,    /* a box's side is at least one part of the page's, in so many … */
  SIDE_PARTS_MAX = 28, /* … and at most one of these */
  EDGE_PERCENT = 80,   /* of a side that is drawn */
  LETTERS_MIN = 30     /* components that tell how tall letters are */
};

/* How much of the line of pixels is ink; percent. The best of the outermost three lines. */
static int edge_ink(PIX *pix, gboolean across, int at, int step, int length) {
  int best = 0;
  for (int k = 0; k < 4; k++) {
    int dark = 0;
    for (int i = 0; i < length; i++) {
      l_uint32 bit = 0;
      pixGetPixel(pix, across ? i : at + k * step, across ? at + k * step : i, &bit);
      dark += bit ? 1 : 0;
    }
    best = MAX(best, length ? dark * 100 / length : 0);
  }
  return best;
}

/* Is there ink in the corner at (x, y)? Letters that are nearly square are round there. */
static gboolean has_corner(PIX *pix, int x, int y, int size) {
  for (int j = y; j < y + size; j++)
    for (int i = x; i < x + size; i++) {
      l_uint32 bit = 0;
      pixGetPixel(pix, i, j, &bit);
      if (bit) return TRUE;
    }
  return FALSE;
}

static gboolean is_square(PIX *pix, int width, int height) {
  int size = MAX(MIN(width, height) / 8, 2);
  if (ABS(width - height) * 4 > MAX(width, height)) return FALSE;
  if (!has_corner(pix, 0, 0, size) || !has_corner(pix, width - size, 0, size) ||
      !has_corner(pix, 0, height - size, size) ||
      !has_corner(pix, width - size, height - size, size))
    return FALSE;
  return edge_ink(pix, TRUE, 0, 1, width) >= EDGE_PERCENT &&
         edge_ink(pix, TRUE, height - 1, -1, width) >= EDGE_PERCENT &&
         edge_ink(pix, FALSE, 0, 1, height) >= EDGE_PERCENT &&
         edge_ink(pix, FALSE, width - 1, -1, height) >= EDGE_PERCENT;
}

/* Ink within the box, away from its sides: of the page, since a tick may touch nothing. */
static gboolean is_ticked(PIX *binary, const BOX *box) {
  l_int32 x, y, width, height, dark = 0, all = 0;
  boxGetGeometry((BOX *)(gsize)box, &x, &y, &width, &height);
  int edge = MAX(width / 4, 3);
  for (int j = y + edge; j < y + height - edge; j++)
    for (int i = x + edge; i < x + width - edge; i++, all++) {
      l_uint32 bit = 0;
      pixGetPixel(binary, i, j, &bit);
      dark += bit ? 1 : 0;
    }
  return all > 0 && dark * 100 / all >= 7;
}

static void paint_over(PIX *pix, const BOX *box, int margin) {
  l_int32 x, y, width, height;
  boxGetGeometry((BOX *)(gsize)box, &x, &y, &width, &height);
  PIX *mask = pixCreate(width + 2 * margin, height + 2 * margin, 1);
  if (!mask) return;
  pixSetAll(mask);
  pixSetMaskedGeneral(pix, mask, WHITE, MAX(x - margin, 0), MAX(y - margin, 0));
  pixDestroy(&mask);
}

static gint compare_heights(gconstpointer a, gconstpointer b) {
  return *(const int *)a - *(const int *)b;
}

/* How tall the letters of the page mostly are; 0: too few to tell. */
static int letter_height(BOXA *places, int least, int most) {
  g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(int));
  for (l_int32 i = 0; i < boxaGetCount(places); i++) {
    l_int32 width = 0, height = 0;
    boxaGetBoxGeometry(places, i, NULL, NULL, &width, &height);
    if (height >= least && height <= most) g_array_append_val(heights, height);
  }
  if (heights->len < LETTERS_MIN) return 0;
  g_array_sort(heights, compare_heights);
  return g_array_index(heights, int, heights->len / 2);
}

/* The component's place with what stands around it: a side may lie on the rule of a table. */
static BOX *grown(const BOX *place, PIX *pix) {
  l_int32 x, y, width, height, page_width = 0, page_height = 0;
  boxGetGeometry((BOX *)(gsize)place, &x, &y, &width, &height);
  pixGetDimensions(pix, &page_width, &page_height, NULL);
  int left = MAX(x - GROWTH, 0), top = MAX(y - GROWTH, 0);
  return boxCreate(left, top, MIN(x + width + GROWTH, page_width) - left,
                   MIN(y + height + GROWTH, page_height) - top);
}

/* Is there a square at the place, perhaps one that lies on a rule? */
static gboolean holds_square(PIX *binary, PIX *shape, const BOX *place) {
  if (is_square(shape, (int)pixGetWidth(shape), (int)pixGetHeight(shape))) return TRUE;
  BOX *around = grown(place, binary);
  PIX *clip = pixClipRectangle(binary, around, NULL);
  gboolean square = clip && is_square(clip, (int)pixGetWidth(clip), (int)pixGetHeight(clip));
  pixDestroy(&clip);
  boxDestroy(&around);
  return square;
}

/* `rest` is the binary page without long rules. */
static void find_boxes(PIX *pix, PIX *binary, PIX *faint, PIX *rest, GArray *boxes) {
  PIXA *shapes = NULL;
  BOXA *places = pixConnComp(rest, &shapes, 8);
  if (!places) return;
  l_int32 page_width = 0, page_height = 0, n = boxaGetCount(places);
  pixGetDimensions(pix, &page_width, &page_height, NULL);
  int least = MAX(page_width, page_height) / SIDE_PARTS,
      most = MAX(page_width, page_height) / SIDE_PARTS_MAX;
  /* boxes are taller than most letters, which have no ascender */
  least = MAX(least, letter_height(places, least / 2, most) * 5 / 4);
  for (l_int32 i = 0; i < n && boxes->len < BOXES_MAX; i++) {
    BOX *place = boxaGetBox(places, i, L_CLONE);
    l_int32 x, y, width, height;
    boxGetGeometry(place, &x, &y, &width, &height);
    PIX *shape = width >= least && height >= least && width <= most && height <= most
                     ? pixaGetPix(shapes, i, L_CLONE)
                     : NULL;
    if (shape && holds_square(binary, shape, place)) {
      ScanBox box = {x, y, width, height, is_ticked(faint, place)};
      g_array_append_val(boxes, box);
      paint_over(pix, place, GROWTH / 2);
    }
    pixDestroy(&shape);
    boxDestroy(&place);
  }
  boxaDestroy(&places);
  pixaDestroy(&shapes);
}

/* Each pixel becomes what it and the `length` - 1 ones before it (behind it, where `step` is -1) in
 * a row, or in a column, are together by `how`. Doubled each time, so it takes few passes. FALSE:
 * no memory is left, and `pix` is of no use. */
static gboolean join_pixels(PIX *pix, gboolean across, int step, int length, int how) {
  l_int32 width = 0, height = 0;
  pixGetDimensions(pix, &width, &height, NULL);
  for (int done = 1; done < length;) {
    int by = MIN(done, length - done);
    PIX *copy = pixCopy(NULL, pix);
    if (!copy) return FALSE;
    int x = across ? by * step : 0, y = across ? 0 : by * step;
    pixRasterop(pix, x, y, width, height, how, copy, 0, 0);
    pixDestroy(&copy);
    done += by;
  }
  return TRUE;
}

/* Only what is `length` pixels long: what leads out of the picture is shorter there. */
static gboolean open_lines(PIX *pix, gboolean across, int length) {
  l_int32 width = 0, height = 0;
  pixGetDimensions(pix, &width, &height, NULL);
  if (!join_pixels(pix, across, -1, length, PIX_SRC & PIX_DST)) return FALSE;
  int left = across ? width - length + 1 : 0, top = across ? 0 : height - length + 1;
  pixRasterop(pix, MAX(left, 0), MAX(top, 0), width, height, PIX_CLR, NULL, 0, 0);
  return join_pixels(pix, across, 1, length, PIX_SRC | PIX_DST);
}

/* With the gaps filled of lines that are a little askew. NULL: no memory is left. The caller
 * destroys it. */
static PIX *close_lines(PIX *pix, gboolean across) {
  const int x = across ? GAP : ASKEW, y = across ? ASKEW : GAP;
  PIX *wide = pixAddBorderGeneral(pix, 0, x, 0, y, 0);
  if (!wide) return NULL;
  gboolean joined = join_pixels(wide, TRUE, 1, x, PIX_SRC | PIX_DST) &&
                    join_pixels(wide, FALSE, 1, y, PIX_SRC | PIX_DST) &&
                    join_pixels(wide, TRUE, -1, x, PIX_SRC & PIX_DST) &&
                    join_pixels(wide, FALSE, -1, y, PIX_SRC & PIX_DST);
  PIX *closed = joined ? pixRemoveBorderGeneral(wide, 0, x, 0, y) : NULL;
  pixDestroy(&wide);
  return closed;
}

/* NULL: no memory is left. The caller destroys it. */
static PIX *find_lines(PIX *binary, gboolean across, int length) {
  PIX *pieces = pixCopy(NULL, binary);
  PIX *lines = pieces && open_lines(pieces, across, PIECE_MIN) ? close_lines(pieces, across) : NULL;
  pixDestroy(&pieces);
  if (lines && !open_lines(lines, across, length)) pixDestroy(&lines);
  return lines;
}

/* The rules of tables: lines that are longer than letters, perhaps with gaps and a little askew. */
static PIX *find_rules(PIX *binary) {
  PIX *across = find_lines(binary, TRUE, ACROSS_MIN), *down = find_lines(binary, FALSE, DOWN_MIN);
  PIX *rules = across && down ? pixOr(NULL, across, down) : NULL;
  pixDestroy(&across);
  pixDestroy(&down);
  return rules;
}

/* What is closed in by rules, and is neither a line's thickness nor the page. */
static void find_cells(PIX *rules, GArray *cells) {
  PIX *closed = pixMorphSequence(rules, "c5.5", 0);
  PIX *inner = closed ? pixInvert(NULL, closed) : NULL;
  BOXA *places = inner ? pixConnCompBB(inner, 4) : NULL;
  l_int32 page_width = 0, page_height = 0;
  pixGetDimensions(rules, &page_width, &page_height, NULL);
  for (l_int32 i = 0; places && i < boxaGetCount(places) && cells->len < CELLS_MAX; i++) {
    ScanBox cell = {0};
    boxaGetBoxGeometry(places, i, &cell.x, &cell.y, &cell.width, &cell.height);
    gboolean page = cell.x == 0 || cell.y == 0 || cell.x + cell.width == page_width ||
                    cell.y + cell.height == page_height;
    if (!page && cell.width >= CELL_SIDE_MIN && cell.height >= CELL_SIDE_MIN)
      g_array_append_val(cells, cell);
  }
  boxaDestroy(&places);
  pixDestroy(&inner);
  pixDestroy(&closed);
}

static void paint_rules(PIX *pix, PIX *rules) {
  PIX *mask = pixMorphSequence(rules, "d5.5", 0);
  if (mask) pixSetMasked(pix, mask, WHITE);
  pixDestroy(&mask);
}

/* Boxes whose sides are as dark as `ink`. */
static void take_boxes(PIX *pix, PIX *rules, int ink, GArray *boxes) {
  PIX *binary = pixThresholdToBinary(pix, ink), *faint = pixThresholdToBinary(pix, FAINT_INK);
  PIX *rest = binary ? pixSubtract(NULL, binary, rules) : NULL;
  if (rest && faint) find_boxes(pix, binary, faint, rest, boxes);
  pixDestroy(&rest);
  pixDestroy(&faint);
  pixDestroy(&binary);
}

GArray *scan_boxes_take(PIX *pix, GArray *cells) {
  GArray *boxes = g_array_new(FALSE, FALSE, sizeof(ScanBox));
  PIX *faint = pixThresholdToBinary(pix, FAINT_INK);
  PIX *rules = faint ? find_rules(faint) : NULL;
  pixDestroy(&faint);
  if (!rules) return boxes;
  take_boxes(pix, rules, INK, boxes);
  take_boxes(pix, rules, PALE_INK, boxes); /* those that were found are painted over */
  find_cells(rules, cells);
  paint_rules(pix, rules);
  pixDestroy(&rules);
  return boxes;
}
