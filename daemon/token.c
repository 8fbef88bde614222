/* token - bulletind.THREAD.MESSAGE.KIND[-ROUND].MAC@domain, the MAC over all that stands before it.
 *
 * Relies on GnuTLS (HMAC-SHA-256 with the processor's instructions for it) and libsodium
 * (constant-time comparison). The domain is not under the MAC: a
 * relay that rewrites it does not break a thread. */
#include "daemon/token.h"

#include <gnutls/crypto.h>
#include <sodium.h>
#include <string.h>

enum {
  SECRET_BYTES = 32,
  SHA256_BYTES = 32,
  MAC_BYTES = 15, /* 120 bits, 24 letters */
  MAC_CHARS = 24,
  HEAD_MAX_BYTES = 120
};

static const char PREFIX[] = "bulletind.";

/* RFC 4648 base32 in lower case: survives servers that fold the case of a Message-ID. */
static void encode(const guint8 mac[MAC_BYTES], char text[MAC_CHARS + 1]) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
  for (int i = 0; i < MAC_CHARS; i++) {
    int bit = i * 5, byte = bit / 8, shift = bit % 8;
    guint pair = (guint)mac[byte] << 8 | (byte + 1 < MAC_BYTES ? mac[byte + 1] : 0u);
    text[i] = letters[(pair >> (11 - shift)) & 31];
  }
  text[MAC_CHARS] = '\0';
}

static void mac_of(const guint8 secret[32], const char *head, char text[MAC_CHARS + 1]) {
  guint8 whole[SHA256_BYTES];
  if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, secret, SECRET_BYTES, head, strlen(head), whole) != 0)
    g_error("HMAC-SHA-256 is missing");
  encode(whole, text);
  sodium_memzero(whole, sizeof whole);
}

char *token_make(const guint8 secret[32], guint64 thread, guint64 message, const char *kind,
                 guint round, const char *domain) {
  g_autofree char *turn = round ? g_strdup_printf("-%u", round) : g_strdup("");
  g_autofree char *head = g_strdup_printf("%s%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ".%s%s",
                                          PREFIX, thread, message, kind, turn);
  char mac[MAC_CHARS + 1];
  mac_of(secret, head, mac);
  return g_strdup_printf("%s.%s@%s", head, mac, domain);
}

/* "12." at *at → 12, *at behind the dot. Plain decimal digits alone. */
static gboolean take_number(const char **at, guint64 *ret_number) {
  const char *digits = *at;
  gsize length = strspn(digits, "0123456789");
  if (length == 0 || length > 19 || digits[length] != '.') return FALSE;
  *ret_number = g_ascii_strtoull(digits, NULL, 10);
  *at = digits + length + 1;
  return TRUE;
}

/* The local part without <> and in lower case; NULL: too long to be one of ours. */
static char *local_part(const char *message_id) {
  while (*message_id == '<' || *message_id == ' ') message_id++;
  const char *sign = strrchr(message_id, '@');
  if (!sign || sign - message_id > HEAD_MAX_BYTES) return NULL;
  return g_ascii_strdown(message_id, sign - message_id);
}

gboolean token_read(const guint8 secret[32], const char *message_id, guint64 *ret_thread,
                    guint64 *ret_message) {
  g_autofree char *local = local_part(message_id);
  char *dot = local ? strrchr(local, '.') : NULL;
  if (!dot || strlen(dot + 1) != MAC_CHARS || !g_str_has_prefix(local, PREFIX)) return FALSE;
  *dot = '\0';
  char mac[MAC_CHARS + 1];
  mac_of(secret, local, mac);
  if (sodium_memcmp(mac, dot + 1, MAC_CHARS) != 0) return FALSE;
  const char *at = local + strlen(PREFIX);
  guint64 thread = 0, message = 0;
  if (!take_number(&at, &thread) || !take_number(&at, &message)) return FALSE;
  if (ret_thread) *ret_thread = thread;
  if (ret_message) *ret_message = message;
  return TRUE;
}

guint64 token_find(const guint8 secret[32], const GPtrArray *message_ids) {
  for (guint i = 0; i < message_ids->len; i++) {
    guint64 thread = 0;
    if (token_read(secret, message_ids->pdata[i], &thread, NULL)) return thread;
  }
  return 0;
}
