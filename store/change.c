/* change - what was added or updated since a reader looked last.
 *
 * Added: ids above the mark's. Updated: each record carries the number of its last update, and
 * stands under it in an index of its kind; an update gives it the next number and moves its row to
 * the end. The last row moves only upwards, so no number is given twice. */
#include "store/internal.h"

static gboolean take_change(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  *(guint64 *)context = key_first_number(key);
  return FALSE;
}

static guint64 last_change(StoreTxn *txn, Table changes) {
  guint64 last = 0;
  return table_scan_back(txn, changes, NULL, take_change, &last, NULL) ? last : 0;
}

guint64 change_next(StoreTxn *txn, Table changes) {
  return last_change(txn, changes) + 1;
}

gboolean change_mark(StoreTxn *txn, Table changes, guint64 change, guint64 id, gboolean wanted,
                     GError **error) {
  Key key = key_of_numbers(change, id);
  return !change || table_mark(txn, changes, &key, wanted, error);
}

StoreMark change_now(StoreTxn *txn, Table rows, Table changes) {
  return (StoreMark){table_last(txn, rows), last_change(txn, changes)};
}

typedef struct {
  GArray *ids;
  guint64 known; /* ids above it are taken as added; 0: every one */
} Walk;

static gboolean take_id(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Walk *walk = context;
  guint64 id = key_last_number(key);
  if (!walk->known || id <= walk->known) g_array_append_val(walk->ids, id);
  return TRUE;
}

GArray *change_ids(StoreTxn *txn, Table rows, Table changes, const StoreMark *mark,
                   GError **error) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  Walk walk = {ids, mark->id};
  Key updated = key_of_numbers(mark->change + 1, 0), added = key_of_number(mark->id + 1);
  if (mark->id && !table_scan(txn, changes, NULL, &updated, take_id, &walk, error)) return NULL;
  walk.known = 0;
  if (!table_scan(txn, rows, NULL, &added, take_id, &walk, error)) return NULL;
  return g_steal_pointer(&ids);
}
