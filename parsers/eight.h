/* eight - eight bytes of a text looked at in one step, for the passes that take every byte. */
#pragma once
#include <glib.h>
#include <string.h>

/* The byte in each of eight. */
#define EIGHT(byte) (G_GUINT64_CONSTANT(0x0101010101010101) * (guint64)(byte))

/* Of a number from eight_load the lowest byte is the first in the text. */
static inline guint64 eight_load(const char *p) {
  guint64 bytes;
  memcpy(&bytes, p, sizeof bytes);
  return GUINT64_FROM_LE(bytes);
}
static inline void eight_store(char *p, guint64 bytes) {
  bytes = GUINT64_TO_LE(bytes);
  memcpy(p, &bytes, sizeof bytes);
}

/* How many bytes stand before the first whose highest bit is set in `marked`. A sum that overflows
 * in a byte spoils those behind it alone, which are not counted then. */
static inline guint eight_before(guint64 marked) {
  marked &= EIGHT(0x80);
  return marked ? (guint)__builtin_ctzll(marked) / 8 : 8;
}
