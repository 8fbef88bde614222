/* picture - see picture.h. */
#include "parsers/formats/picture.h"

#include <string.h>

#include "parsers/formats/sniff.h"

enum {
  PAGE_SIDE_MIN = 500,   /* pixels */
  PAGE_SHAPE_MAX = 3,    /* times longer than wide */
  SEGMENTS_MAX = 200,    /* of a JPEG, before its size */
  SHOWN_SIDE_MIN = 150,  /* pixels of a picture that says something to eyes */
  ENTRY_BYTES = 12,      /* of a directory of a TIFF */
  BOXES_BYTES = 64 << 10 /* of a HEIF, in which the sizes of its pictures stand */
};

static guint u16(const guint8 *p) {
  return (guint)p[0] << 8 | p[1];
}

static guint32 u32(const guint8 *p) {
  return (guint32)u16(p) << 16 | u16(p + 2);
}

/* The size in the first frame header (ITU T.81, B.2.2). */
static gboolean jpeg_size(const guint8 *data, gsize size, guint32 *ret_width, guint32 *ret_height) {
  gsize at = 2;
  for (guint n = 0; n < SEGMENTS_MAX && at + 9 < size && data[at] == 0xFF; n++) {
    guint8 mark = data[at + 1];
    gboolean frame = mark >= 0xC0 && mark <= 0xCF && mark != 0xC4 && mark != 0xC8 && mark != 0xCC;
    if (frame) {
      *ret_height = u16(data + at + 5);
      *ret_width = u16(data + at + 7);
      return TRUE;
    }
    at += 2 + u16(data + at + 2);
  }
  return FALSE;
}

/* The largest of the sizes (ISO 23008-12, 6.5.3): tiles and thumbnails have some, too. */
static gboolean heif_size(const guint8 *data, gsize size, guint32 *ret_width, guint32 *ret_height) {
  guint64 most = 0;
  const guint8 *at = data, *end = data + MIN(size, BOXES_BYTES);
  while ((at = memmem(at, (gsize)(end - at), "ispe", 4)) && end - at >= 16) {
    guint32 width = u32(at + 8), height = u32(at + 12);
    if ((guint64)width * height > most) {
      most = (guint64)width * height;
      *ret_width = width;
      *ret_height = height;
    }
    at += 16;
  }
  return most > 0;
}

static gboolean size_of(GBytes *encoded, guint32 *ret_width, guint32 *ret_height) {
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(encoded, &size);
  if (size < 30) return FALSE;
  if (memcmp(data, "\211PNG", 4) == 0) {
    *ret_width = u32(data + 16);
    *ret_height = u32(data + 20);
    return TRUE;
  }
  if (memcmp(data, "GIF8", 4) == 0) {
    *ret_width = (guint32)data[7] << 8 | data[6];
    *ret_height = (guint32)data[9] << 8 | data[8];
    return TRUE;
  }
  if (g_strcmp0(sniff_content(encoded), "image/heic") == 0)
    return heif_size(data, size, ret_width, ret_height);
  return data[0] == 0xFF && data[1] == 0xD8 && jpeg_size(data, size, ret_width, ret_height);
}

gboolean picture_is_page(GBytes *encoded) {
  guint32 width = 0, height = 0;
  if (!size_of(encoded, &width, &height)) return TRUE;
  guint32 less = MIN(width, height), more = MAX(width, height);
  return less >= PAGE_SIDE_MIN && more / MAX(less, 1) < PAGE_SHAPE_MAX;
}

/* The directories of a TIFF, one a page (TIFF 6.0, section 2), at most `most`: they may go round.
 */
static guint tiff_pages(const guint8 *data, gsize size, guint most) {
  gboolean little = data[0] == 'I';
  guint pages = 0;
  gsize at = 4;
  while (pages < most && at + 4 <= size) {
    guint32 raw = 0;
    guint16 count = 0;
    memcpy(&raw, data + at, sizeof raw);
    gsize next = little ? GUINT32_FROM_LE(raw) : GUINT32_FROM_BE(raw);
    if (next == 0 || next + 2 > size) break;
    memcpy(&count, data + next, sizeof count);
    pages++;
    at = next + 2 + (gsize)(little ? GUINT16_FROM_LE(count) : GUINT16_FROM_BE(count)) * ENTRY_BYTES;
  }
  return pages;
}

guint picture_pages(GBytes *encoded, const Wire__Limits *limits) {
  static const char *const known[] = {"image/jpeg", "image/png",  "image/tiff", "image/gif",
                                      "image/heic", "image/webp", "image/bmp",  NULL};
  guint32 width = 0, height = 0;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(encoded, &size);
  const char *type = sniff_content(encoded);
  if (!type || !g_strv_contains(known, type)) return 0;
  if (strcmp(type, "image/tiff") == 0) return tiff_pages(data, size, limits->pages);
  if (!size_of(encoded, &width, &height)) return 1;
  if ((guint64)width * height > limits->page_pixels) return 0;
  return MIN(width, height) >= SHOWN_SIDE_MIN ? 1 : 0;
}

gboolean picture_read(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                      Text *text) {
  if (text->reader) return text->reader(part, picture, limits, text);
  text->pictures = TRUE;
  return FALSE;
}
