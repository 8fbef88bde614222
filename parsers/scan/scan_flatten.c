/* scan_flatten - see scan_flatten.h. The page is looked for in a small copy, in which its letters
 * and rules vanish; its corners are then those of the picture itself. */
#include "parsers/scan/scan_flatten.h"

#include <glib.h>
#include <math.h>

enum {
  SMALL_SIDE = 500,  /* of the copy */
  CONTRAST_MIN = 50, /* between page and table, of 255 */
  COMPONENTS_MAX = 2000,
  COVERED_MIN = 35, /* per cent of the picture */
  COVERED_MAX = 95, /* more is a scan with a rim */
  FILLED_MIN = 94,  /* per cent of the quadrilateral, by the page */
  WITHIN_MIN = 96,  /* per cent of the page, in the quadrilateral */
  DARK_MIN = 75,    /* per cent of each side of the picture */
  HEALED = 7,       /* pixels of the copy: rules and letters at the edge of the page */
  INSET = 4,        /* thousandths of the page, off each edge: the shadow */
  SIDE_MIN = 3,     /* times shorter than the picture, an edge */
};

typedef struct {
  double x, y;
} Point;

typedef struct {
  Point corners[4]; /* left above, right above, right below, left below */
} Quad;

/* ---- the bright component ---- */

/* Bright pixels are set. NULL: page and table are not told apart. */
static PIX *bright_of(PIX *small) {
  l_int32 threshold = 0;
  l_float32 dark = 0, bright = 0, dark_count = 0, bright_count = 0;
  NUMA *histogram = pixGetGrayHistogram(small, 1);
  l_ok failed = !histogram || numaSplitDistribution(histogram, 0.1f, &threshold, &dark, &bright,
                                                    &dark_count, &bright_count, NULL);
  numaDestroy(&histogram);
  if (failed || bright - dark < CONTRAST_MIN) return NULL;
  PIX *binary = pixThresholdToBinary(small, threshold);
  if (binary) pixInvert(binary, binary);
  return binary;
}

static l_int32 count(PIX *pix) {
  l_int32 pixels = 0;
  return pixCountPixels(pix, &pixels, NULL) == 0 ? pixels : 0;
}

/* The largest component alone, at its place in the picture. */
static PIX *largest_of(PIX *bright) {
  PIXA *pieces = NULL;
  BOXA *boxes = pixConnComp(bright, &pieces, 4);
  l_int32 best = -1, most = 0, n = pieces ? pixaGetCount(pieces) : 0;
  for (l_int32 i = 0; n <= COMPONENTS_MAX && i < n; i++) {
    PIX *piece = pixaGetPix(pieces, i, L_CLONE);
    l_int32 pixels = count(piece);
    if (pixels > most) {
      most = pixels;
      best = i;
    }
    pixDestroy(&piece);
  }
  PIX *alone = NULL;
  l_int32 x = 0, y = 0, width = 0, height = 0;
  if (best >= 0 && boxaGetBoxGeometry(boxes, best, &x, &y, &width, &height) == 0) {
    PIX *piece = pixaGetPix(pieces, best, L_CLONE);
    alone = pixCreateTemplate(bright);
    if (alone) pixRasterop(alone, x, y, width, height, PIX_SRC, piece, 0, 0);
    pixDestroy(&piece);
  }
  boxaDestroy(&boxes);
  pixaDestroy(&pieces);
  return alone;
}

/* Without its letters and without what sticks to it. */
static PIX *solid(PIX *piece) {
  PIX *closed = pixCloseSafeBrick(NULL, piece, HEALED, HEALED);
  PIX *holes = closed ? pixHolesByFilling(closed, 4) : NULL;
  if (holes) pixOr(closed, closed, holes);
  PIX *opened = holes ? pixOpenBrick(NULL, closed, HEALED, HEALED) : NULL;
  pixDestroy(&closed);
  pixDestroy(&holes);
  return opened;
}

/* ---- its corners ---- */

/* A page that is turned by less than 45 degrees has them where these sums are least and most. */
static void take_corner(Quad *quad, double *best, Point point) {
  const double sums[4] = {-point.x - point.y, point.x - point.y, point.x + point.y,
                          point.y - point.x};
  for (int i = 0; i < 4; i++)
    if (sums[i] > best[i]) {
      best[i] = sums[i];
      quad->corners[i] = point;
    }
}

static Quad corners_of(PIX *page) {
  Quad quad = {0};
  double best[4] = {-G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE};
  l_int32 width = 0, height = 0;
  pixGetDimensions(page, &width, &height, NULL);
  for (int y = 0; y < height; y++) {
    const l_uint32 *line = pixGetData(page) + (gsize)y * (gsize)pixGetWpl(page);
    int first = 0, last = width - 1;
    while (first < width && !GET_DATA_BIT(line, first)) first++;
    if (first == width) continue;
    while (!GET_DATA_BIT(line, last)) last--;
    take_corner(&quad, best, (Point){first, y});
    take_corner(&quad, best, (Point){last, y});
  }
  return quad;
}

static double edge(const Quad *quad, int i) {
  const Point *a = &quad->corners[i], *b = &quad->corners[(i + 1) % 4];
  return hypot(b->x - a->x, b->y - a->y);
}

/* On which side of an edge a point is: positive, within. */
static double side_of(const Quad *quad, int i, Point point) {
  const Point *a = &quad->corners[i], *b = &quad->corners[(i + 1) % 4];
  return (b->x - a->x) * (point.y - b->y) - (b->y - a->y) * (point.x - b->x);
}

static double turn_at(const Quad *quad, int i) {
  return side_of(quad, i, quad->corners[(i + 2) % 4]);
}

/* The pixels of the page that are in the quadrilateral. */
static int count_within(const Quad *quad, PIX *page) {
  int within = 0, width = pixGetWidth(page), height = pixGetHeight(page);
  for (int y = 0; y < height; y++) {
    const l_uint32 *line = pixGetData(page) + (gsize)y * (gsize)pixGetWpl(page);
    for (int x = 0; x < width; x++) {
      gboolean in = GET_DATA_BIT(line, x);
      for (int i = 0; in && i < 4; i++) in = side_of(quad, i, (Point){x, y}) >= 0;
      within += in;
    }
  }
  return within;
}

static double area_of(const Quad *quad) {
  return (turn_at(quad, 0) + turn_at(quad, 2)) / 2;
}

/* ---- is it a page on a table? ---- */

static gboolean is_dark_side(PIX *bright, l_int32 x, l_int32 y, l_int32 width, l_int32 height) {
  BOX *box = boxCreate(x, y, width, height);
  l_int32 set = 0;
  l_ok failed = pixCountPixelsInRect(bright, box, &set, NULL);
  boxDestroy(&box);
  return !failed && set * 100 <= width * height * (100 - DARK_MIN);
}

static gboolean is_on_a_table(PIX *bright) {
  l_int32 width = 0, height = 0;
  pixGetDimensions(bright, &width, &height, NULL);
  return is_dark_side(bright, 0, 0, width, 2) && is_dark_side(bright, 0, height - 2, width, 2) &&
         is_dark_side(bright, 0, 0, 2, height) && is_dark_side(bright, width - 2, 0, 2, height);
}

static gboolean is_page(const Quad *quad, PIX *page) {
  l_int32 width = 0, height = 0;
  pixGetDimensions(page, &width, &height, NULL);
  double area = area_of(quad), picture = (double)width * height;
  if (area * 100 < picture * COVERED_MIN || area * 100 > picture * COVERED_MAX) return FALSE;
  for (int i = 0; i < 4; i++)
    if (turn_at(quad, i) <= 0 || edge(quad, i) * SIDE_MIN < MIN(width, height)) return FALSE;
  double within = count_within(quad, page) * 100.0;
  return within >= area * FILLED_MIN && within >= (double)count(page) * WITHIN_MIN;
}

/* Find the page in the small copy. */
static gboolean find_page(PIX *small, Quad *ret_quad) {
  PIX *bright = bright_of(small);
  PIX *piece = bright && is_on_a_table(bright) ? largest_of(bright) : NULL;
  PIX *page = piece ? solid(piece) : NULL;
  if (page) *ret_quad = corners_of(page);
  gboolean found = page && is_page(ret_quad, page);
  pixDestroy(&bright);
  pixDestroy(&piece);
  pixDestroy(&page);
  return found;
}

/* ---- the page alone ---- */

/* From the pixels of the copy to those of the picture, and a little inwards. */
static void enlarge(Quad *quad, double scale) {
  Point middle = {0, 0};
  for (int i = 0; i < 4; i++) {
    quad->corners[i].x = (quad->corners[i].x + 0.5) * scale;
    quad->corners[i].y = (quad->corners[i].y + 0.5) * scale;
    middle.x += quad->corners[i].x / 4;
    middle.y += quad->corners[i].y / 4;
  }
  for (int i = 0; i < 4; i++) {
    quad->corners[i].x += (middle.x - quad->corners[i].x) * 2 * INSET / 1000;
    quad->corners[i].y += (middle.y - quad->corners[i].y) * 2 * INSET / 1000;
  }
}

static PTA *points(const Quad *quad) {
  PTA *made = ptaCreate(4);
  for (int i = 0; made && i < 4; i++)
    ptaAddPt(made, (l_float32)quad->corners[i].x, (l_float32)quad->corners[i].y);
  return made;
}

static PIX *straighten(PIX *pix, const Quad *quad) {
  double width = MAX(edge(quad, 0), edge(quad, 2)), height = MAX(edge(quad, 1), edge(quad, 3));
  double fits = MIN(pixGetWidth(pix) / width, pixGetHeight(pix) / height);
  width = floor(width * MIN(fits, 1));
  height = floor(height * MIN(fits, 1));
  const Quad upright = {{{0, 0}, {width, 0}, {width, height}, {0, height}}};
  PTA *from = points(quad), *to = points(&upright);
  PIX *made = from && to ? pixProjectivePta(pix, to, from, L_BRING_IN_WHITE) : NULL;
  BOX *box = boxCreate(0, 0, (l_int32)width, (l_int32)height);
  PIX *alone = made ? pixClipRectangle(made, box, NULL) : NULL;
  ptaDestroy(&from);
  ptaDestroy(&to);
  boxDestroy(&box);
  pixDestroy(&made);
  return alone;
}

PIX *scan_flatten(PIX *pix) {
  l_int32 side = MAX(pixGetWidth(pix), pixGetHeight(pix));
  float scale = (float)SMALL_SIDE / (float)side;
  if (scale >= 1) return NULL;
  PIX *scaled = pixScale(pix, scale, scale), *small = scaled ? pixBlockconv(scaled, 1, 1) : NULL;
  Quad quad = {0};
  gboolean found = small && find_page(small, &quad);
  pixDestroy(&scaled);
  pixDestroy(&small);
  if (!found) return NULL;
  enlarge(&quad, 1 / (double)scale);
  return straighten(pix, &quad);
}
