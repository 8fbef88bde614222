/* key - keys of several parts, so that the order of the bytes is the order that is wanted.
 *
 * Numbers are big-endian; texts end in NUL, which makes a text's end part of a prefix. */
#include <string.h>

#include "store/internal.h"

void key_add_number(Key *key, guint64 number) {
  guint64 big = GUINT64_TO_BE(number);
  g_assert(key->size + sizeof big <= sizeof key->bytes);
  memcpy(key->bytes + key->size, &big, sizeof big);
  key->size += sizeof big;
}

static void add_bytes(Key *key, const char *text, gsize size) {
  g_assert(key->size + size + 1 <= sizeof key->bytes);
  memcpy(key->bytes + key->size, text, size);
  key->bytes[key->size + size] = 0;
  key->size += size + 1;
}

void key_add_text(Key *key, const char *text) {
  gsize size = strlen(text);
  if (size <= STORE_KEY_TEXT_MAX) {
    add_bytes(key, text, size);
    return;
  }
  g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, (gssize)size);
  g_autofree char *marked = g_strconcat("\001", hash, NULL); /* no text of ours begins so */
  add_bytes(key, marked, strlen(marked));
}

static guint64 number_at(const MDB_val *key, gsize offset) {
  guint64 big;
  memcpy(&big, (const guint8 *)key->mv_data + offset, sizeof big);
  return GUINT64_FROM_BE(big);
}

guint64 key_last_number(const MDB_val *key) {
  return key->mv_size < sizeof(guint64) ? 0 : number_at(key, key->mv_size - sizeof(guint64));
}

guint64 key_first_number(const MDB_val *key) {
  return key->mv_size < sizeof(guint64) ? 0 : number_at(key, 0);
}

/* Only the bytes that a key has are written: it is large, and made for every row. */
Key key_of_number(guint64 number) {
  Key key;
  key.size = 0;
  key_add_number(&key, number);
  return key;
}

Key key_of_numbers(guint64 first, guint64 second) {
  Key key = key_of_number(first);
  key_add_number(&key, second);
  return key;
}

Key key_of_texts(const char *first, const char *second) {
  Key key;
  key.size = 0;
  key_add_text(&key, first);
  if (second) key_add_text(&key, second);
  return key;
}

Key key_of_texts_number(const char *first, const char *second, guint64 number) {
  Key key = key_of_texts(first, second);
  key_add_number(&key, number);
  return key;
}
