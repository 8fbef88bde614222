/* scan_hevc - see scan_hevc.h. A picture with gaps is none: libde265 fills them in with grey, and
 * what is lacking would not be seen. */
#include "parsers/scan/scan_hevc.h"

#include <libde265/de265.h>
#include <libheif/heif.h>
#include <libheif/heif_plugin.h>
#include <string.h>

enum {
  PLUGIN_VERSION = 3,
  PRIORITY = 1000,       /* libheif's own has 100 */
  PIXELS_MAX = 35651584, /* of one coded picture: level 6.2 (ITU H.265, table A.8) */
};

static const struct heif_error ok = {heif_error_Ok, heif_suberror_Unspecified, ""};
static const struct heif_error damaged = {heif_error_Decoder_plugin_error,
                                          heif_suberror_Unspecified, "damaged"};

static const char *name(void) {
  return "libde265 without threads";
}

static void init(void) {
  de265_init();
}

static void deinit(void) {
  de265_free();
}

static int priority_of(enum heif_compression_format format) {
  return format == heif_compression_HEVC ? PRIORITY : 0;
}

/* The size that the coded picture itself declares is known here first. libde265 asks for the
 * picture that it hands out alone: with a filter behind the decoder (SAO), that is one more. */
static int take_buffer(de265_decoder_context *decoder, struct de265_image_spec *spec,
                       struct de265_image *image, void *data) {
  if (spec->width <= 0 || spec->height <= 0) return 0;
  if ((guint64)spec->width * (guint64)spec->height > PIXELS_MAX) return 0;
  return de265_get_default_image_allocation_functions()->get_buffer(decoder, spec, image, data);
}

static struct heif_error decoder_new(void **ret_decoder) {
  de265_decoder_context *decoder = de265_new_decoder();
  if (!decoder) return damaged;
  struct de265_image_allocation allocation = *de265_get_default_image_allocation_functions();
  allocation.get_buffer = take_buffer;
  de265_set_image_allocation_functions(decoder, &allocation, NULL);
  de265_set_parameter_bool(decoder, DE265_DECODER_PARAM_DISABLE_SAO, 1);
  *ret_decoder = decoder;
  return ok;
}

static void decoder_free(void *decoder) {
  de265_free_decoder(decoder);
}

/* NAL units, each behind its length in four bytes (ISO 14496-15). */
static struct heif_error push(void *decoder, const void *data, size_t size) {
  const guint8 *at = data;
  while (size > 0) {
    if (size < 4) return damaged;
    guint32 length = (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
    at += 4, size -= 4;
    if (length > size || length > G_MAXINT) return damaged;
    if (!de265_isOK(de265_push_NAL(decoder, at, (int)length, 0, NULL))) return damaged;
    at += length, size -= length;
  }
  return ok;
}

static gboolean has_gaps(de265_decoder_context *decoder) {
  de265_error warning = DE265_OK;
  while ((warning = de265_get_warning(decoder)) != DE265_OK)
    if (warning != DE265_WARNING_NO_WPP_CANNOT_USE_MULTITHREADING &&
        warning != DE265_WARNING_SPS_MISSING_CANNOT_DECODE_SEI)
      return TRUE;
  return FALSE;
}

static const struct de265_image *decode_first(de265_decoder_context *decoder) {
  const struct de265_image *picture = NULL;
  de265_flush_data(decoder);
  for (int more = 1; more && !picture;) {
    more = 0;
    if (!de265_isOK(de265_decode(decoder, &more)) || has_gaps(decoder)) return NULL;
    picture = de265_get_next_picture(decoder);
  }
  return picture;
}

static gboolean copy_plane(const struct de265_image *from, int number, struct heif_image *to,
                           enum heif_channel channel) {
  int stride = 0, to_stride = 0, width = de265_get_image_width(from, number);
  int height = de265_get_image_height(from, number), bits = de265_get_bits_per_pixel(from, number);
  const guint8 *plane = de265_get_image_plane(from, number, &stride);
  if (!plane || width <= 0 || height <= 0) return FALSE;
  if (heif_image_add_plane(to, channel, width, height, bits).code != heif_error_Ok) return FALSE;
  guint8 *out = heif_image_get_plane(to, channel, &to_stride);
  if (!out) return FALSE;
  gsize bytes = (gsize)width * (bits > 8 ? 2 : 1);
  for (int y = 0; y < height; y++)
    memcpy(out + (gsize)y * (gsize)to_stride, plane + (gsize)y * (gsize)stride, bytes);
  return TRUE;
}

static gboolean copy_planes(const struct de265_image *from, struct heif_image *to) {
  static const enum heif_channel channels[] = {heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
  int planes = de265_get_chroma_format(from) == de265_chroma_mono ? 1 : 3;
  for (int i = 0; i < planes; i++)
    if (!copy_plane(from, i, to, channels[i])) return FALSE;
  return TRUE;
}

static struct heif_error decode(void *decoder, struct heif_image **ret_image) {
  const struct de265_image *picture = decode_first(decoder);
  if (!picture) return damaged;
  enum de265_chroma chroma = de265_get_chroma_format(picture); /* numbered as libheif does */
  struct heif_image *image = NULL;
  struct heif_error error = heif_image_create(
      de265_get_image_width(picture, 0), de265_get_image_height(picture, 0),
      chroma == de265_chroma_mono ? heif_colorspace_monochrome : heif_colorspace_YCbCr,
      (enum heif_chroma)chroma, &image);
  if (error.code != heif_error_Ok) return error;
  if (!copy_planes(picture, image)) {
    heif_image_release(image);
    return damaged;
  }
  *ret_image = image;
  return ok;
}

static void be_strict(void *decoder, int flag) {
  (void)decoder, (void)flag; /* it always is */
}

gboolean scan_hevc_register(void) {
  static const struct heif_decoder_plugin plugin = {
      .plugin_api_version = PLUGIN_VERSION,
      .get_plugin_name = name,
      .init_plugin = init,
      .deinit_plugin = deinit,
      .does_support_format = priority_of,
      .new_decoder = decoder_new,
      .free_decoder = decoder_free,
      .push_data = push,
      .decode_image = decode,
      .set_strict_decoding = be_strict,
      .id_name = "bulletin-scan",
  };
  return heif_register_decoder_plugin(&plugin).code == heif_error_Ok;
}
