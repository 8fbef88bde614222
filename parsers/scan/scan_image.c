/* scan_image - see scan_image.h. Leptonica reads what it knows by the content. */
#include "parsers/scan/scan_image.h"

#include "parsers/scan/scan_exif.h"
#include "parsers/scan/scan_flatten.h"
#include "parsers/scan/scan_heif.h"

enum {
  PAGES_MAX = 100,
  LONG_SIDE_MIN = 1700, /* smaller pictures are made larger, letters of 20 pixels are read best */
  LONG_SIDE_BEST = 2600,
  LONG_SIDE_MAX = 3600,
  PAGE_SIDE_MIN = 500, /* of a page; less is a logo */
  PAGE_SHAPE_MAX = 3   /* times longer than wide: a banner */
};

static const guint8 *bytes_of(const Picture *picture, gsize *ret_size) {
  return g_bytes_get_data(picture->encoded, ret_size);
}

static gboolean read_header(const Picture *picture, l_int32 *ret_format, guint64 *ret_pixels) {
  guint32 wide = 0, high = 0;
  if (scan_heif_is(picture->encoded)) { /* without a size it is damaged, which loading says */
    *ret_pixels = scan_heif_size(picture->encoded, &wide, &high) ? (guint64)wide * high : 0;
    return TRUE;
  }
  l_int32 width = 0, height = 0;
  gsize size = 0;
  const guint8 *data = bytes_of(picture, &size);
  if (pixReadHeaderMem(data, size, ret_format, &width, &height, NULL, NULL, NULL) != 0)
    return FALSE;
  if (width <= 0 || height <= 0) return FALSE;
  *ret_pixels = (guint64)width * (guint64)height;
  return TRUE;
}

guint scan_image_count(const Picture *picture, const Wire__Limits *limits, const char **ret_limit) {
  l_int32 format = 0, pages = 1;
  guint64 pixels = 0;
  *ret_limit = NULL;
  if (!picture->encoded) return 1;
  if (!read_header(picture, &format, &pixels)) return 0;
  if (pixels > limits->page_pixels) {
    *ret_limit = "page_pixels";
    return 0;
  }
  gboolean tiff = format >= IFF_TIFF && format <= IFF_TIFF_ZIP;
  gsize size = 0;
  const guint8 *data = bytes_of(picture, &size);
  if (tiff) {
    FILE *file = fmemopen((void *)(gsize)data, size, "rb");
    if (file) {
      if (tiffGetCount(file, &pages) != 0) pages = 1;
      fclose(file);
    }
  }
  return (guint)CLAMP(pages, 1, PAGES_MAX);
}

static PIX *load_pixels(const Picture *picture) {
  PIX *pix = pixCreate(picture->width, picture->height, 8);
  if (!pix) return NULL;
  for (int y = 0; y < picture->height; y++) {
    l_uint32 *line = pixGetData(pix) + (gsize)y * (gsize)pixGetWpl(pix);
    const guint8 *row = picture->pixels + (gsize)y * (gsize)picture->stride;
    for (int x = 0; x < picture->width; x++)
      SET_DATA_BYTE(line, x, (guint8)((row[x * 4] + 5 * row[x * 4 + 1] + 2 * row[x * 4 + 2]) / 8));
  }
  return pix;
}

/* Replace *pix by `made`, where there is one. */
static void become(PIX **pix, PIX *made) {
  if (!made) return;
  pixDestroy(pix);
  *pix = made;
}

/* As the camera was held, of which telephones tell instead of turning what they store. */
static void turn(PIX **pix, ScanTurn how) {
  if (how.quarters) become(pix, pixRotateOrth(*pix, how.quarters));
  if (how.mirror) become(pix, pixFlipLR(NULL, *pix));
}

static PIX *load_encoded(const Picture *picture, guint n) {
  if (scan_heif_is(picture->encoded)) return scan_heif_load(picture->encoded);
  gsize size = 0;
  const guint8 *data = bytes_of(picture, &size);
  PIX *pix = n > 0 ? pixReadMemTiff(data, size, (l_int32)n) : pixReadMem(data, size);
  if (!pix) return NULL;
  PIX *flat = pixRemoveColormap(pix, REMOVE_CMAP_BASED_ON_SRC);
  PIX *opaque = flat && pixGetSpp(flat) == 4 ? pixAlphaBlendUniform(flat, 0xffffff00) : NULL;
  PIX *grey = flat ? pixConvertTo8(opaque ? opaque : flat, FALSE) : NULL;
  pixDestroy(&pix);
  pixDestroy(&flat);
  pixDestroy(&opaque);
  if (grey) turn(&grey, scan_exif_turn(data, size));
  return grey;
}

gboolean scan_image_is_page(const PIX *pix) {
  l_int32 width = 0, height = 0;
  pixGetDimensions(pix, &width, &height, NULL);
  return MIN(width, height) >= PAGE_SIDE_MIN &&
         MAX(width, height) <= MIN(width, height) * PAGE_SHAPE_MAX;
}

static void scale(PIX **pix) {
  l_int32 width = 0, height = 0;
  pixGetDimensions(*pix, &width, &height, NULL);
  l_int32 side = MAX(width, height);
  if (side >= LONG_SIDE_MIN && side <= LONG_SIDE_MAX) return;
  float factor = (float)LONG_SIDE_BEST / (float)side;
  become(pix, pixScale(*pix, MIN(factor, 4), MIN(factor, 4)));
}

/* The page alone, where it lies on a table; what is then too small for one stays as it was. */
static void flatten(PIX **pix) {
  PIX *page = scan_flatten(*pix);
  if (page && !scan_image_is_page(page)) pixDestroy(&page);
  become(pix, page);
}

PIX *scan_image_load(const Picture *picture, guint n) {
  PIX *pix = picture->encoded ? load_encoded(picture, n) : load_pixels(picture);
  if (!pix || !scan_image_is_page(pix)) return pix;
  flatten(&pix);
  scale(&pix);
  become(&pix, pixBackgroundNormSimple(pix, NULL, NULL));
  become(&pix, pixDeskew(pix, 2));
  return pix;
}

cairo_surface_t *scan_image_surface(PIX *pix) {
  l_int32 width = 0, height = 0;
  pixGetDimensions(pix, &width, &height, NULL);
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  guint8 *pixels = cairo_image_surface_get_data(surface);
  int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; pixels && y < height; y++) {
    const l_uint32 *line = pixGetData(pix) + (gsize)y * (gsize)pixGetWpl(pix);
    guint32 *row = (guint32 *)(gpointer)(pixels + (gsize)y * (gsize)stride);
    for (int x = 0; x < width; x++) row[x] = (guint32)GET_DATA_BYTE(line, x) * 0x10101;
  }
  cairo_surface_mark_dirty(surface);
  return surface;
}
