/* compound - see compound.h. MS-CFB 2.1 to 2.6. */
#include "parsers/formats/compound.h"

#include <string.h>

enum {
  HEADER_BYTES = 512,
  DIFAT_IN_HEADER = 109,
  ENTRY_BYTES = 128,
  ENTRIES_MAX = 4096,
  NAME_UNITS = 32,
  SECTOR_LAST = 0xFFFFFFFA /* greater numbers are no sectors */
};

struct Compound {
  const guint8 *data;
  gsize size;
  guint shift, mini_shift; /* of a sector's size */
  guint32 mini_cutoff, directory, mini_fat;
  GArray *fat;  /* guint32: sector to the next one of its chain */
  GBytes *mini; /* the stream that the short ones are in */
  GBytes *entries, *minis;
};

static guint16 u16(const guint8 *p) {
  return (guint16)(p[0] | p[1] << 8);
}

static guint32 u32(const guint8 *p) {
  return (guint32)u16(p) | (guint32)u16(p + 2) << 16;
}

/* The bytes of a sector; NULL: the file ends before it. */
static const guint8 *sector(const Compound *compound, guint32 number) {
  gsize at = ((gsize)number + 1) << compound->shift, length = (gsize)1 << compound->shift;
  return number < SECTOR_LAST && at + length <= compound->size ? compound->data + at : NULL;
}

static void add_fat_sector(Compound *compound, guint32 number) {
  const guint8 *bytes = sector(compound, number);
  gsize count = ((gsize)1 << compound->shift) / 4;
  for (gsize i = 0; bytes && i < count; i++) {
    guint32 next = u32(bytes + i * 4);
    g_array_append_val(compound->fat, next);
  }
}

/* The table of chains: its sectors are listed in the header, then in sectors of their own. */
static void read_fat(Compound *compound) {
  gsize most = compound->size >> compound->shift;
  for (guint i = 0; i < DIFAT_IN_HEADER; i++) {
    guint32 number = u32(compound->data + 76 + i * 4);
    if (number < SECTOR_LAST) add_fat_sector(compound, number);
  }
  guint32 next = u32(compound->data + 68);
  guint count = (guint)(((gsize)1 << compound->shift) / 4);
  for (gsize n = 0; n < most && next < SECTOR_LAST; n++) {
    const guint8 *bytes = sector(compound, next);
    if (!bytes || compound->fat->len > most) return;
    for (guint i = 0; i + 1 < count; i++)
      if (u32(bytes + i * 4) < SECTOR_LAST) add_fat_sector(compound, u32(bytes + i * 4));
    next = u32(bytes + (count - 1) * 4);
  }
}

/* The bytes of a chain of sectors, at most `most`. */
static GBytes *read_chain(const Compound *compound, guint32 first, gsize most) {
  GByteArray *bytes = g_byte_array_new();
  gsize sectors = compound->size >> compound->shift;
  for (gsize n = 0; n <= sectors && first < compound->fat->len && bytes->len < most; n++) {
    const guint8 *data = sector(compound, first);
    if (!data) break;
    gsize length = MIN((gsize)1 << compound->shift, most - bytes->len);
    g_byte_array_append(bytes, data, (guint)length);
    first = g_array_index(compound->fat, guint32, first);
  }
  return g_byte_array_free_to_bytes(bytes);
}

/* The same of a short stream, whose sectors lie in the root entry's stream. */
static GBytes *read_mini_chain(const Compound *compound, guint32 first, gsize most) {
  GByteArray *bytes = g_byte_array_new();
  gsize size = 0, chains = 0, length = (gsize)1 << compound->mini_shift;
  const guint8 *data = g_bytes_get_data(compound->mini, &size);
  const guint8 *next = g_bytes_get_data(compound->minis, &chains);
  for (gsize n = 0; n <= size / length && bytes->len < most; n++) {
    gsize at = (gsize)first * length;
    if (first >= SECTOR_LAST || at + length > size || ((gsize)first + 1) * 4 > chains) break;
    g_byte_array_append(bytes, data + at, (guint)MIN(length, most - bytes->len));
    first = u32(next + (gsize)first * 4);
  }
  return g_byte_array_free_to_bytes(bytes);
}

static const guint8 *entry_at(const Compound *compound, gsize i) {
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(compound->entries, &size);
  return i < ENTRIES_MAX && (i + 1) * ENTRY_BYTES <= size ? data + i * ENTRY_BYTES : NULL;
}

static gboolean is_named(const guint8 *entry, const char *name) {
  gsize length = strlen(name);
  if (u16(entry + 64) != (length + 1) * 2 || length >= NAME_UNITS) return FALSE;
  for (gsize i = 0; i < length; i++)
    if (u16(entry + i * 2) != (guchar)name[i]) return FALSE;
  return TRUE;
}

Compound *compound_open(GBytes *content) {
  static const guint8 mark[] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(content, &size);
  if (size < HEADER_BYTES * 3 || memcmp(data, mark, sizeof mark) != 0) return NULL;
  guint shift = u16(data + 30), mini_shift = u16(data + 32);
  if ((shift != 9 && shift != 12) || mini_shift != 6) return NULL;
  Compound *compound = g_new0(Compound, 1);
  *compound = (Compound){.data = data, .size = size, .shift = shift, .mini_shift = mini_shift};
  compound->mini_cutoff = u32(data + 56);
  compound->fat = g_array_new(FALSE, FALSE, sizeof(guint32));
  read_fat(compound);
  compound->entries = read_chain(compound, u32(data + 48), (gsize)ENTRIES_MAX * ENTRY_BYTES);
  compound->minis = read_chain(compound, u32(data + 60), size);
  const guint8 *root = entry_at(compound, 0);
  compound->mini = root ? read_chain(compound, u32(root + 116), size) : g_bytes_new(NULL, 0);
  return compound;
}

void compound_free(Compound *compound) {
  if (!compound) return;
  g_array_unref(compound->fat);
  g_bytes_unref(compound->entries);
  g_bytes_unref(compound->minis);
  g_bytes_unref(compound->mini);
  g_free(compound);
}

GBytes *compound_stream(const Compound *compound, const char *name, gsize most) {
  const guint8 *entry = NULL;
  for (gsize i = 1; (entry = entry_at(compound, i)); i++) {
    if (entry[66] != 2 || !is_named(entry, name)) continue; /* 2: a stream */
    gsize size = MIN((gsize)u32(entry + 120), most);
    return u32(entry + 120) < compound->mini_cutoff
               ? read_mini_chain(compound, u32(entry + 116), size)
               : read_chain(compound, u32(entry + 116), size);
  }
  return NULL;
}
