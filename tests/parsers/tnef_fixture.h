/* tnef_fixture - winmail.dat made in memory ([MS-OXTNEF]). */
#pragma once
#include <glib.h>
#include <string.h>

static inline void tnef_number(GByteArray *out, guint value, guint bytes) {
  for (guint i = 0; i < bytes; i++) {
    guint8 byte = (guint8)(value >> (8 * i));
    g_byte_array_append(out, &byte, 1);
  }
}

static inline GByteArray *tnef_fixture_new(void) {
  GByteArray *out = g_byte_array_new();
  tnef_number(out, 0x223e9f78, 4);
  tnef_number(out, 1, 2);
  return out;
}

static inline void tnef_attribute(GByteArray *out, guint level, guint id, gconstpointer data,
                                  gsize size) {
  guint sum = 0;
  for (gsize i = 0; i < size; i++) sum += ((const guint8 *)data)[i];
  tnef_number(out, level, 1);
  tnef_number(out, id, 4);
  tnef_number(out, (guint)size, 4);
  g_byte_array_append(out, data, (guint)size);
  tnef_number(out, sum & 0xffff, 2);
}

/* A property of one value that brings its length. Strings are given with their NUL. */
static inline void tnef_property(GByteArray *out, guint id, guint type, gconstpointer data,
                                 gsize size) {
  tnef_number(out, type, 2);
  tnef_number(out, id, 2);
  tnef_number(out, 1, 4);
  tnef_number(out, (guint)size, 4);
  g_byte_array_append(out, data, (guint)size);
  tnef_number(out, 0, (guint)(-size % 4));
}

/* ASCII as UTF-16LE with its NUL. */
static inline GByteArray *tnef_utf16(const char *text) {
  GByteArray *out = g_byte_array_new();
  for (gsize i = 0; i <= strlen(text); i++) tnef_number(out, (guchar)text[i], 2);
  return out;
}
