/* nfc - text in composed form (NFC) without asking Unicode's tables where nothing is to compose. */
#pragma once
#include <glib.h>
#include <string.h>

/* Are all characters below U+0300? They are composed as they stand. */
static inline gboolean nfc_is_plain(const char *text, gsize length) {
  for (gsize i = 0; i < length; i++)
    if ((guchar)text[i] >= 0xCC) return FALSE;
  return TRUE;
}

/* `text`, which is UTF-8, in NFC. The caller owns it. NULL, if at all, only where it is not. */
static inline char *nfc_of(const char *text, gsize length) {
  if (!nfc_is_plain(text, length)) return g_utf8_normalize(text, (gssize)length, G_NORMALIZE_NFC);
  char *copy = g_malloc(length + 1);
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}
