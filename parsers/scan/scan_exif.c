/* scan_exif - see scan_exif.h. */
#include "parsers/scan/scan_exif.h"

#include <string.h>

enum {
  SEGMENTS_MAX = 50, /* that are looked at */
  ENTRIES_MAX = 200, /* of a directory */
  ENTRY_BYTES = 12,
  ORIENTATION = 0x0112,
  SHORT = 3 /* the type of its value */
};

typedef struct {
  const guint8 *data;
  gsize size;
  gboolean little; /* the order of bytes */
} Span;

/* A number of 2 or 4 bytes; 0 beyond the end. */
static guint32 number(const Span *span, gsize at, guint bytes) {
  guint32 value = 0;
  if (at > span->size || span->size - at < bytes) return 0;
  for (guint i = 0; i < bytes; i++)
    value = value << 8 | span->data[at + (span->little ? bytes - 1 - i : i)];
  return value;
}

static gboolean begins(const Span *span, gsize at, const char *mark, gsize length) {
  return at <= span->size && span->size - at >= length &&
         memcmp(span->data + at, mark, length) == 0;
}

/* What follows "Exif\0\0": a TIFF file, whose first directory tells. 0: nothing. */
static guint orientation_of(Span tiff) {
  tiff.little = begins(&tiff, 0, "II*\0", 4);
  if (!tiff.little && !begins(&tiff, 0, "MM\0*", 4)) return 0;
  gsize at = number(&tiff, 4, 4);
  guint entries = MIN(number(&tiff, at, 2), ENTRIES_MAX);
  for (guint i = 0; i < entries; i++) {
    gsize entry = at + 2 + (gsize)i * ENTRY_BYTES;
    if (number(&tiff, entry, 2) != ORIENTATION) continue;
    gboolean plain = number(&tiff, entry + 2, 2) == SHORT && number(&tiff, entry + 4, 4) == 1;
    return plain ? number(&tiff, entry + 8, 2) : 0;
  }
  return 0;
}

/* The segments before the picture's data (ITU T.81, B.1.1). */
static guint find_orientation(const Span *jpeg) {
  gsize at = 2;
  if (!begins(jpeg, 0, "\xff\xd8\xff", 3)) return 0;
  for (guint n = 0; n < SEGMENTS_MAX && begins(jpeg, at, "\xff", 1); n++) {
    guint length = number(jpeg, at + 2, 2);
    gboolean data_follow = begins(jpeg, at, "\xff\xda", 2);
    if (data_follow || length < 2 || jpeg->size - at - 2 < length) return 0;
    if (begins(jpeg, at, "\xff\xe1", 2) && length >= 8 && begins(jpeg, at + 4, "Exif\0\0", 6))
      return orientation_of((Span){jpeg->data + at + 10, length - 8, FALSE});
    at += 2 + length;
  }
  return 0;
}

ScanTurn scan_exif_turn(const guint8 *data, gsize size) {
  static const ScanTurn turns[] = {{0, FALSE}, {0, FALSE}, {0, TRUE}, {2, FALSE}, {2, TRUE},
                                   {1, TRUE},  {1, FALSE}, {3, TRUE}, {3, FALSE}};
  guint orientation = find_orientation(&(Span){data, size, FALSE});
  return turns[orientation < G_N_ELEMENTS(turns) ? orientation : 0];
}
