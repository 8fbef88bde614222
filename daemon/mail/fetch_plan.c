/* fetch_plan - see fetch_plan.h. */
#include "daemon/mail/fetch_plan.h"

#include <string.h>

enum { BACKOFF_MAX_S = 300, BACKOFF_SETTING_S = 60 };

/* The server's clock may be behind ours: a mail that arrives now must not look older than `now`. */
enum { CLOCK_MARGIN_S = 300 };

Cursor *fetch_plan_reset(const Cursor *cursor, guint32 uidvalidity, guint32 uidnext,
                         gboolean start_all, gint64 now) {
  if (cursor->uidvalidity == uidvalidity) return NULL;
  Cursor *fresh = cursor_new();
  fresh->uidvalidity = uidvalidity;
  fresh->since = cursor->since;
  if (!cursor->uidvalidity && !start_all) {
    fresh->base = uidnext - 1;
    fresh->since = now - CLOCK_MARGIN_S;
  }
  return fresh;
}

Cursor *fetch_plan_rewind(const Cursor *cursor, guint32 uidnext) {
  if (!cursor->uidvalidity || cursor->base < uidnext) return NULL;
  Cursor *fresh = cursor_new();
  fresh->uidvalidity = cursor->uidvalidity;
  fresh->since = cursor->since;
  return fresh;
}

guint32 fetch_plan_window(guint32 first, guint32 top) {
  return top - first < FETCH_PLAN_WINDOW ? top : first + FETCH_PLAN_WINDOW - 1;
}

static gint compare_uid(gconstpointer left, gconstpointer right) {
  const FetchListed *a = left, *b = right;
  return (a->uid > b->uid) - (a->uid < b->uid);
}

GArray *fetch_plan_new(const GArray *listed, const Cursor *handed, gint64 since) {
  GArray *fresh = g_array_new(FALSE, FALSE, sizeof(FetchListed));
  for (guint i = 0; i < listed->len; i++) {
    const FetchListed *item = &g_array_index(listed, FetchListed, i);
    if (!cursor_has(handed, item->uid) && item->received >= since)
      g_array_append_vals(fresh, item, 1);
  }
  g_array_sort(fresh, compare_uid);
  guint kept = 0;
  for (guint i = 0; i < fresh->len; i++) {
    FetchListed item = g_array_index(fresh, FetchListed, i);
    if (!kept || g_array_index(fresh, FetchListed, kept - 1).uid != item.uid)
      g_array_index(fresh, FetchListed, kept++) = item;
  }
  g_array_set_size(fresh, kept);
  return fresh;
}

guint fetch_plan_set(const GArray *listed, guint first, guint set_messages, guint64 set_bytes,
                     guint64 message_bytes) {
  guint count = 0;
  guint64 bytes = 0;
  for (guint i = first; i < listed->len && count < MAX(set_messages, 1); i++) {
    guint64 size = g_array_index(listed, FetchListed, i).size_bytes;
    gboolean alone = size > message_bytes;
    if (count && (alone || size > set_bytes || bytes > set_bytes - size)) break;
    count++;
    bytes += size;
    if (alone || bytes >= set_bytes) break;
  }
  return count;
}

guint fetch_plan_backoff(guint failures, const GError *error, guint32 random) {
  guint full = failures > 9 ? BACKOFF_MAX_S : MIN(1u << (MAX(failures, 1) - 1), BACKOFF_MAX_S);
  gboolean network = error->domain == MAIL_ERROR &&
                     (error->code == MAIL_ERROR_TRANSIENT || error->code == MAIL_ERROR_PROTOCOL);
  if (!network) full = MAX(full, 2 * BACKOFF_SETTING_S);
  guint half = full / 2;
  return MAX(half + random % (full - half + 1), 1);
}

/* --- modified UTF-7 -------------------------------------------------------------------------- */

static void append_shifted(GString *wire, GByteArray *utf16) {
  if (!utf16->len) return;
  g_autofree char *base64 = g_base64_encode(utf16->data, utf16->len);
  base64[strcspn(base64, "=")] = '\0';
  g_string_append_printf(wire, "&%s-", g_strdelimit(base64, "/", ','));
  g_byte_array_set_size(utf16, 0);
}

static void append_unit(GByteArray *utf16, gunichar unit) {
  const guint8 bytes[] = {(guint8)(unit >> 8), (guint8)unit};
  g_byte_array_append(utf16, bytes, sizeof bytes);
}

char *fetch_plan_folder(const char *utf8) {
  if (!g_utf8_validate(utf8, -1, NULL)) return g_strdup(utf8);
  GString *wire = g_string_new(NULL);
  g_autoptr(GByteArray) utf16 = g_byte_array_new();
  for (const char *at = utf8; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c >= 0x20 && c < 0x7f) {
      append_shifted(wire, utf16);
      g_string_append(wire, c == '&' ? "&-" : (const char[]){(char)c, '\0'});
    } else if (c < 0x10000) {
      append_unit(utf16, c);
    } else {
      append_unit(utf16, 0xd800 + ((c - 0x10000) >> 10));
      append_unit(utf16, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  }
  append_shifted(wire, utf16);
  return g_string_free(wire, FALSE);
}
