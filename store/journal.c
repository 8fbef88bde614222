/* journal - appended lines by sequence, with an index by message. */
#include <string.h>

#include "store/internal.h"

enum { JOURNAL_TEXT_MAX_BYTES = 2000 };

/* One line, no control characters, cut at a character. */
static char *one_line(const char *text) {
  char *line = g_utf8_make_valid(text, -1);
  for (char *at = line; *at; at++)
    if ((guchar)*at < ' ' || *at == 0x7f) *at = ' ';
  if (strlen(line) <= JOURNAL_TEXT_MAX_BYTES) return line;
  *g_utf8_find_prev_char(line, line + JOURNAL_TEXT_MAX_BYTES + 1) = '\0';
  return line;
}

gboolean journal_index(StoreTxn *txn, guint64 message, guint64 sequence, GError **error) {
  Key index = key_of_numbers(message, sequence);
  return !message || table_mark(txn, TABLE_JOURNAL_BY_MESSAGE, &index, TRUE, error);
}

gboolean journal_add(StoreTxn *txn, gint64 time_us, guint64 message, const char *what,
                     const char *text, GError **error) {
  g_autofree char *line = one_line(text);
  JournalEntry entry = {.sequence = table_next(txn, TABLE_JOURNAL),
                        .time_us = time_us ? time_us : g_get_real_time(),
                        .message = message,
                        .what = (char *)what,
                        .text = line};
  g_autoptr(GBytes) bytes = codec_journal_write(&entry);
  Key key = key_of_number(entry.sequence);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  if (!table_append(txn, TABLE_JOURNAL, &key, data, size, error)) return FALSE;
  return journal_index(txn, message, entry.sequence, error);
}

gint64 journal_last_us(StoreTxn *txn) {
  Key key = key_of_number(table_last(txn, TABLE_JOURNAL));
  MDB_val found;
  JournalEntry entry;
  if (!table_get(txn, TABLE_JOURNAL, &key, &found, NULL) || !codec_journal_read(&found, &entry))
    return 0;
  gint64 time_us = entry.time_us;
  codec_journal_clear(&entry);
  return time_us;
}

typedef struct {
  StoreTxn *txn;
  gint64 since_us;
  JournalVisitor visit;
  void *context;
  gboolean broken;
} Walk;

static gboolean walk_row(const MDB_val *key, const MDB_val *value, void *context) {
  (void)key;
  Walk *walk = context;
  JournalEntry entry;
  if (!codec_journal_read(value, &entry)) return !(walk->broken = TRUE);
  gboolean go_on = entry.time_us < walk->since_us || walk->visit(&entry, walk->context);
  codec_journal_clear(&entry);
  return go_on;
}

static gboolean walk_index(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Walk *walk = context;
  Key row = key_of_number(key_last_number(key));
  MDB_val found;
  if (!table_get(walk->txn, TABLE_JOURNAL, &row, &found, NULL)) return TRUE;
  return walk_row(&(MDB_val){0}, &found, walk);
}

gboolean journal_foreach(StoreTxn *txn, guint64 after, gint64 since_us, guint64 message,
                         JournalVisitor visit, void *context, GError **error) {
  Walk walk = {txn, since_us, visit, context, FALSE};
  Key prefix = key_of_number(message);
  Key from = message ? key_of_numbers(message, after + 1) : key_of_number(after + 1);
  gboolean done =
      table_scan(txn, message ? TABLE_JOURNAL_BY_MESSAGE : TABLE_JOURNAL, message ? &prefix : NULL,
                 &from, message ? walk_index : walk_row, &walk, error);
  return done && (!walk.broken || store_corrupt(txn->store, "journal line", 0, error));
}

typedef struct {
  gint64 before_us;
  guint max;
  GArray *keys; /* guint64 message, guint64 sequence: pairs */
} Expiry;

static gboolean collect_old(const MDB_val *key, const MDB_val *value, void *context) {
  Expiry *expiry = context;
  JournalEntry entry;
  if (!codec_journal_read(value, &entry)) return FALSE;
  gboolean old = entry.time_us < expiry->before_us;
  guint64 pair[2] = {entry.message, key_last_number(key)};
  codec_journal_clear(&entry);
  if (old) g_array_append_vals(expiry->keys, pair, 2);
  return old && expiry->keys->len / 2 < expiry->max;
}

guint journal_expire(StoreTxn *txn, gint64 before_us, guint max) {
  g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(guint64));
  Expiry expiry = {before_us, max, keys};
  if (!max || !table_scan(txn, TABLE_JOURNAL, NULL, NULL, collect_old, &expiry, NULL)) return 0;
  for (guint i = 0; i < keys->len; i += 2) {
    guint64 message = g_array_index(keys, guint64, i);
    Key row = key_of_number(g_array_index(keys, guint64, i + 1));
    Key index = key_of_numbers(message, g_array_index(keys, guint64, i + 1));
    if (!table_delete(txn, TABLE_JOURNAL, &row, NULL) ||
        !table_delete(txn, TABLE_JOURNAL_BY_MESSAGE, &index, NULL))
      return i / 2;
  }
  return keys->len / 2;
}
