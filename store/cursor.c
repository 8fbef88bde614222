/* cursor - sets of UIDs as a base and what lies above it. */
#include <string.h>

#include "store/internal.h"

Cursor *cursor_new(void) {
  Cursor *cursor = g_new0(Cursor, 1);
  cursor->above = g_array_new(FALSE, FALSE, sizeof(guint32));
  cursor->unmarked = g_array_new(FALSE, FALSE, sizeof(guint32));
  return cursor;
}

static void copy_uids(GArray *to, const GArray *from) {
  if (from->len) g_array_append_vals(to, from->data, from->len);
}

Cursor *cursor_copy(const Cursor *cursor) {
  Cursor *copy = cursor_new();
  copy->uidvalidity = cursor->uidvalidity;
  copy->base = cursor->base;
  copy->since = cursor->since;
  copy_uids(copy->above, cursor->above);
  copy_uids(copy->unmarked, cursor->unmarked);
  return copy;
}

void cursor_free(Cursor *cursor) {
  if (!cursor) return;
  g_array_unref(cursor->above);
  g_array_unref(cursor->unmarked);
  g_free(cursor);
}

/* Index of the first UID >= uid. */
static guint lower_bound(const GArray *uids, guint32 uid) {
  guint low = 0, high = uids->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(uids, guint32, middle) < uid)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

gboolean cursor_has(const Cursor *cursor, guint32 uid) {
  if (uid <= cursor->base) return TRUE;
  guint at = lower_bound(cursor->above, uid);
  return at < cursor->above->len && g_array_index(cursor->above, guint32, at) == uid;
}

void cursor_add(Cursor *cursor, guint32 uid) {
  if (!cursor_has(cursor, uid))
    g_array_insert_val(cursor->above, lower_bound(cursor->above, uid), uid);
}

void cursor_join(Cursor *cursor, guint32 uid) {
  if (uid <= cursor->base) return;
  cursor->base = uid;
  guint covered = uid == G_MAXUINT32 ? cursor->above->len : lower_bound(cursor->above, uid + 1);
  if (covered) g_array_remove_range(cursor->above, 0, covered);
}

Cursor *cursor_load(StoreTxn *txn, const char *account, const char *folder, GError **error) {
  Key key = key_of_texts(account, folder);
  MDB_val value;
  g_autoptr(GError) failed = NULL;
  if (!table_get(txn, TABLE_CURSOR, &key, &value, &failed)) {
    if (!failed) return cursor_new();
    g_propagate_error(error, g_steal_pointer(&failed));
    return NULL;
  }
  Cursor *cursor = codec_cursor_read(&value);
  if (!cursor) store_corrupt(txn->store, "cursor", 0, error);
  return cursor;
}

gboolean cursor_save(StoreTxn *txn, const char *account, const char *folder, const Cursor *cursor,
                     GError **error) {
  Key key = key_of_texts(account, folder);
  g_autoptr(GBytes) bytes = codec_cursor_write(cursor);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  return table_put(txn, TABLE_CURSOR, &key, data, size, error);
}
