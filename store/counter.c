/* counter - replies by time, and by address and time. */
#include <string.h>

#include "store/internal.h"

static Key by_address(const char *address, gint64 time, guint64 sequence) {
  Key key = key_of_texts_number(address, NULL, (guint64)time);
  key_add_number(&key, sequence);
  return key;
}

static Key by_time(const char *address, gint64 time, guint64 sequence) {
  Key key = key_of_number((guint64)time);
  key_add_text(&key, address);
  key_add_number(&key, sequence);
  return key;
}

gboolean counter_add(StoreTxn *txn, const char *address, gint64 time, const char *hash,
                     GError **error) {
  time = MAX(time, 0);
  Key second = key_of_texts_number(address, NULL, (guint64)time);
  guint64 sequence = table_count(txn, TABLE_COUNTER_BY_ADDRESS, &second);
  Key address_key = by_address(address, time, sequence);
  Key time_key = by_time(address, time, sequence);
  return table_put(txn, TABLE_COUNTER_BY_ADDRESS, &address_key, hash, strlen(hash), error) &&
         table_put(txn, TABLE_COUNTER, &time_key, hash, strlen(hash), error);
}

typedef struct {
  GArray *entries; /* latest first */
  gboolean by_address;
  gint64 since;
  guint most;
} Listing;

/* The time stands first in one table, before the last number in the other. */
static gint64 time_of(const MDB_val *key, gboolean by_address) {
  if (!by_address) return (gint64)key_first_number(key);
  MDB_val head = {.mv_size = key->mv_size - sizeof(guint64), .mv_data = key->mv_data};
  return (gint64)key_last_number(&head);
}

static gboolean list_row(const MDB_val *key, const MDB_val *value, void *context) {
  Listing *listing = context;
  CounterEntry entry = {.time = time_of(key, listing->by_address)};
  if (entry.time < listing->since) return FALSE;
  memcpy(entry.hash, value->mv_data, MIN(value->mv_size, sizeof entry.hash - 1));
  g_array_append_val(listing->entries, entry);
  return listing->entries->len < listing->most;
}

static void reverse(GArray *entries) {
  for (guint i = 0; i < entries->len / 2; i++) {
    CounterEntry *one = &g_array_index(entries, CounterEntry, i);
    CounterEntry *other = &g_array_index(entries, CounterEntry, entries->len - 1 - i);
    CounterEntry kept = *one;
    *one = *other;
    *other = kept;
  }
}

GArray *counter_list(StoreTxn *txn, const char *address, gint64 since, guint most) {
  GArray *entries = g_array_new(FALSE, FALSE, sizeof(CounterEntry));
  Listing listing = {entries, address != NULL, since, MIN(most, COUNTER_MAX)};
  Key prefix = key_of_texts(address ? address : "", NULL);
  if (listing.most)
    table_scan_back(txn, address ? TABLE_COUNTER_BY_ADDRESS : TABLE_COUNTER,
                    address ? &prefix : NULL, list_row, &listing, NULL);
  reverse(entries);
  return entries;
}

typedef struct {
  gint64 before;
  guint max;
  GPtrArray *keys; /* GBytes: keys of TABLE_COUNTER */
} Expiry;

static gboolean collect_old(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Expiry *expiry = context;
  if ((gint64)key_first_number(key) >= expiry->before) return FALSE;
  g_ptr_array_add(expiry->keys, g_bytes_new(key->mv_data, key->mv_size));
  return expiry->keys->len < expiry->max;
}

static gboolean collect_key(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  g_ptr_array_add(((Expiry *)context)->keys, g_bytes_new(key->mv_data, key->mv_size));
  return TRUE;
}

/* A key is time, address NUL, sequence: its parts in the other order are the other table's key. */
static gboolean delete_both(StoreTxn *txn, GBytes *bytes) {
  Key row = {.size = g_bytes_get_size(bytes)};
  memcpy(row.bytes, g_bytes_get_data(bytes, NULL), row.size);
  gsize text = row.size - 2 * sizeof(guint64);
  Key other = {.size = row.size};
  memcpy(other.bytes, row.bytes + sizeof(guint64), text);
  memcpy(other.bytes + text, row.bytes, sizeof(guint64));
  memcpy(other.bytes + text + sizeof(guint64), row.bytes + sizeof(guint64) + text, sizeof(guint64));
  return table_delete(txn, TABLE_COUNTER, &row, NULL) &&
         table_delete(txn, TABLE_COUNTER_BY_ADDRESS, &other, NULL);
}

guint counter_expire(StoreTxn *txn, gint64 before, guint max) {
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  Expiry expiry = {before, max, keys};
  if (!max || !table_scan(txn, TABLE_COUNTER, NULL, NULL, collect_old, &expiry, NULL)) return 0;
  for (guint i = 0; i < keys->len; i++)
    if (!delete_both(txn, keys->pdata[i])) return i;
  return keys->len;
}

/* A key is address NUL, time, sequence: the other table's begins with the time. */
gboolean counter_forget(StoreTxn *txn, const char *address, guint *ret_count, GError **error) {
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  Expiry every = {0, G_MAXUINT, keys};
  Key prefix = key_of_texts(address, NULL);
  if (!table_scan(txn, TABLE_COUNTER_BY_ADDRESS, &prefix, NULL, collect_key, &every, error))
    return FALSE;
  for (guint i = 0; i < keys->len; i++) {
    const MDB_val key = {g_bytes_get_size(keys->pdata[i]),
                         (void *)(gsize)g_bytes_get_data(keys->pdata[i], NULL)};
    Key one = by_address(address, time_of(&key, TRUE), key_last_number(&key));
    Key other = by_time(address, time_of(&key, TRUE), key_last_number(&key));
    if (!table_delete(txn, TABLE_COUNTER_BY_ADDRESS, &one, error) ||
        !table_delete(txn, TABLE_COUNTER, &other, error))
      return FALSE;
  }
  *ret_count = keys->len;
  return TRUE;
}
