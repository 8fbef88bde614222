/* scan_boxes - see scan_boxes.h. */
#include "parsers/scan/scan_boxes.h"

enum {
  INK = 150, /* darker is ink */
  BOXES_MAX = 500,
  WHITE = 255,
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

static void find_boxes(PIX *pix, PIX *binary, GArray *boxes) {
  PIXA *shapes = NULL;
  BOXA *places = pixConnComp(binary, &shapes, 8);
  if (!places) return;
  l_int32 page_width = 0, page_height = 0, n = places ? boxaGetCount(places) : 0;
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
    if (shape && is_square(shape, width, height)) {
      ScanBox box = {x, y, width, height, is_ticked(binary, place)};
      g_array_append_val(boxes, box);
      paint_over(pix, place, 2);
    }
    pixDestroy(&shape);
    boxDestroy(&place);
  }
  boxaDestroy(&places);
  pixaDestroy(&shapes);
}

static void paint_rules(PIX *pix, PIX *binary, const char *opening, const char *wider) {
  PIX *rules = pixMorphSequence(binary, opening, 0);
  PIX *mask = rules ? pixMorphSequence(rules, wider, 0) : NULL;
  if (mask) pixSetMasked(pix, mask, WHITE);
  pixDestroy(&rules);
  pixDestroy(&mask);
}

GArray *scan_boxes_take(PIX *pix) {
  GArray *boxes = g_array_new(FALSE, FALSE, sizeof(ScanBox));
  PIX *binary = pixThresholdToBinary(pix, INK);
  if (!binary) return boxes;
  find_boxes(pix, binary, boxes);
  paint_rules(pix, binary, "o120.1", "d1.5");
  paint_rules(pix, binary, "o1.120", "d5.1");
  pixDestroy(&binary);
  return boxes;
}
