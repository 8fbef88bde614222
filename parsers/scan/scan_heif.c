/* scan_heif - see scan_heif.h. libheif takes the file apart, scan_hevc decodes what is in it. */
#include "parsers/scan/scan_heif.h"

#include <libheif/heif.h>

#include "parsers/formats/sniff.h"
#include "parsers/scan/scan_hevc.h"

enum { TILE_SIDE_MIN = 4096 /* a tile may be larger than what is cropped from it */ };

typedef struct {
  struct heif_context *context;
  struct heif_image_handle *primary;
} Heif;

gboolean scan_heif_is(GBytes *encoded) {
  return g_strcmp0(sniff_content(encoded), "image/heic") == 0;
}

static gboolean is_ok(struct heif_error error) {
  return error.code == heif_error_Ok;
}

static void heif_close(Heif *heif) {
  if (heif->primary) heif_image_handle_release(heif->primary);
  heif_context_free(heif->context);
}

static void start(void) {
  static gsize started;
  if (g_once_init_enter(&started)) g_once_init_leave(&started, scan_hevc_register() ? 1 : 2);
}

/* `heif` borrows the bytes. FALSE: nothing is to be closed. */
static gboolean heif_open(GBytes *encoded, Heif *heif) {
  gsize size = 0;
  const void *data = g_bytes_get_data(encoded, &size);
  start();
  *heif = (Heif){heif_context_alloc(), NULL};
  heif_context_set_max_decoding_threads(heif->context, 0);
  if (is_ok(heif_context_read_from_memory_without_copy(heif->context, data, size, NULL)) &&
      is_ok(heif_context_get_primary_image_handle(heif->context, &heif->primary)))
    return TRUE;
  heif_close(heif);
  return FALSE;
}

/* As it is stored: before it is cropped. */
static gboolean stored_size(const Heif *heif, guint32 *ret_width, guint32 *ret_height) {
  int width = heif_image_handle_get_ispe_width(heif->primary);
  int height = heif_image_handle_get_ispe_height(heif->primary);
  if (width <= 0 || height <= 0) return FALSE;
  *ret_width = (guint32)width;
  *ret_height = (guint32)height;
  return TRUE;
}

gboolean scan_heif_size(GBytes *encoded, guint32 *ret_width, guint32 *ret_height) {
  Heif heif;
  if (!heif_open(encoded, &heif)) return FALSE;
  gboolean known = stored_size(&heif, ret_width, ret_height);
  heif_close(&heif);
  return known;
}

/* Brightness stands in a plane of its own; of colours, green comes next to it. */
static PIX *pix_of(const struct heif_image *image) {
  gboolean bright = heif_image_has_channel(image, heif_channel_Y);
  enum heif_channel channel = bright ? heif_channel_Y : heif_channel_G;
  int stride = 0, width = heif_image_get_width(image, channel);
  int height = heif_image_get_height(image, channel);
  int bits = heif_image_get_bits_per_pixel_range(image, channel);
  const guint8 *plane = heif_image_get_plane_readonly(image, channel, &stride);
  if (!plane || width <= 0 || height <= 0 || bits < 8 || bits > 16) return NULL;
  PIX *pix = pixCreate(width, height, 8);
  if (pix) pixSetResolution(pix, 300, 300); /* Tesseract complains of none */
  for (int y = 0; pix && y < height; y++) {
    l_uint32 *line = pixGetData(pix) + (gsize)y * (gsize)pixGetWpl(pix);
    const guint8 *row = plane + (gsize)y * (gsize)stride;
    const guint16 *wide = (const guint16 *)(const void *)row;
    for (int x = 0; x < width; x++)
      SET_DATA_BYTE(line, x, (guint8)(bits == 8 ? row[x] : wide[x] >> (bits - 8)));
  }
  return pix;
}

static PIX *decode(const Heif *heif) {
  guint32 width = 0, height = 0;
  if (!stored_size(heif, &width, &height)) return NULL;
  /* what is put together of tiles has a size of its own, which may be another */
  heif_context_set_maximum_image_size_limit(heif->context,
                                            (int)MAX(MAX(width, height), TILE_SIDE_MIN));
  struct heif_image *image = NULL;
  PIX *pix = NULL;
  if (is_ok(heif_decode_image(heif->primary, &image, heif_colorspace_undefined,
                              heif_chroma_undefined, NULL)))
    pix = pix_of(image);
  if (image) heif_image_release(image);
  return pix;
}

PIX *scan_heif_load(GBytes *encoded) {
  Heif heif;
  if (!heif_open(encoded, &heif)) return NULL;
  PIX *pix = decode(&heif);
  heif_close(&heif);
  return pix;
}
