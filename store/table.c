/* table - rows of one table: put, get, delete, scan. The only file that calls the engine for data.
 */
#include <string.h>

#include "store/internal.h"

static MDB_val key_value(const Key *key) {
  return (MDB_val){.mv_size = key->size, .mv_data = (void *)key->bytes};
}

static gboolean put(StoreTxn *txn, Table table, const Key *key, const void *data, gsize size,
                    unsigned int flags, GError **error) {
  MDB_val row = key_value(key);
  MDB_val value = {.mv_size = size, .mv_data = (void *)data};
  int code = mdb_put(txn->txn, txn->store->tables[table], &row, &value, flags);
  return code == MDB_SUCCESS || store_fail(txn->store, code, "writing", error);
}

gboolean table_put(StoreTxn *txn, Table table, const Key *key, const void *data, gsize size,
                   GError **error) {
  return put(txn, table, key, data, size, 0, error);
}

gboolean table_append(StoreTxn *txn, Table table, const Key *key, const void *data, gsize size,
                      GError **error) {
  return put(txn, table, key, data, size, MDB_APPEND, error);
}

gboolean table_get(StoreTxn *txn, Table table, const Key *key, MDB_val *ret_value, GError **error) {
  MDB_val row = key_value(key);
  int code = mdb_get(txn->txn, txn->store->tables[table], &row, ret_value);
  if (code == MDB_NOTFOUND) return FALSE;
  return code == MDB_SUCCESS || store_fail(txn->store, code, "reading", error);
}

gboolean table_delete(StoreTxn *txn, Table table, const Key *key, GError **error) {
  MDB_val row = key_value(key);
  int code = mdb_del(txn->txn, txn->store->tables[table], &row, NULL);
  return code == MDB_SUCCESS || code == MDB_NOTFOUND ||
         store_fail(txn->store, code, "deleting", error);
}

gboolean table_mark(StoreTxn *txn, Table table, const Key *key, gboolean wanted, GError **error) {
  if (txn->verify) return verify_mark(txn->verify, table, key, wanted);
  return wanted ? table_put(txn, table, key, "", 0, error) : table_delete(txn, table, key, error);
}

static gboolean has_prefix(const MDB_val *key, const Key *prefix) {
  return !prefix ||
         (key->mv_size >= prefix->size && memcmp(key->mv_data, prefix->bytes, prefix->size) == 0);
}

static int scan(StoreTxn *txn, Table table, const Key *prefix, const Key *from, RowVisitor visit,
                void *context) {
  MDB_cursor *cursor = NULL;
  int code = mdb_cursor_open(txn->txn, txn->store->tables[table], &cursor);
  if (code != MDB_SUCCESS) return code;
  const Key *start = from ? from : prefix;
  MDB_val key = start ? key_value(start) : (MDB_val){0};
  MDB_val value;
  code = mdb_cursor_get(cursor, &key, &value, start ? MDB_SET_RANGE : MDB_FIRST);
  while (code == MDB_SUCCESS && has_prefix(&key, prefix) && visit(&key, &value, context))
    code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
  mdb_cursor_close(cursor);
  return code == MDB_NOTFOUND ? MDB_SUCCESS : code;
}

gboolean table_scan(StoreTxn *txn, Table table, const Key *prefix, const Key *from,
                    RowVisitor visit, void *context, GError **error) {
  int code = scan(txn, table, prefix, from, visit, context);
  return code == MDB_SUCCESS || store_fail(txn->store, code, "reading", error);
}

/* The last row whose key begins with `prefix`: before the first that comes behind them all. */
static int last_of(MDB_cursor *cursor, const Key *prefix, MDB_val *key, MDB_val *value) {
  if (!prefix) return mdb_cursor_get(cursor, key, value, MDB_LAST);
  Key end = *prefix;
  memset(end.bytes + end.size, 0xFF, sizeof end.bytes - end.size);
  *key = (MDB_val){sizeof end.bytes, end.bytes};
  int code = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
  return mdb_cursor_get(cursor, key, value, code == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
}

static int last_before(MDB_cursor *cursor, const Key *until, MDB_val *key, MDB_val *value) {
  *key = key_value(until);
  int code = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
  return mdb_cursor_get(cursor, key, value, code == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
}

static gboolean scan_back(StoreTxn *txn, Table table, const Key *prefix, const Key *until,
                          RowVisitor visit, void *context, GError **error) {
  MDB_cursor *cursor = NULL;
  MDB_val key, value;
  int code = mdb_cursor_open(txn->txn, txn->store->tables[table], &cursor);
  if (code == MDB_SUCCESS)
    code = until ? last_before(cursor, until, &key, &value) : last_of(cursor, prefix, &key, &value);
  while (code == MDB_SUCCESS && has_prefix(&key, prefix) && visit(&key, &value, context))
    code = mdb_cursor_get(cursor, &key, &value, MDB_PREV);
  if (cursor) mdb_cursor_close(cursor);
  return code == MDB_SUCCESS || code == MDB_NOTFOUND ||
         store_fail(txn->store, code, "reading", error);
}

gboolean table_scan_back(StoreTxn *txn, Table table, const Key *prefix, RowVisitor visit,
                         void *context, GError **error) {
  return scan_back(txn, table, prefix, NULL, visit, context, error);
}

gboolean table_scan_before(StoreTxn *txn, Table table, const Key *prefix, const Key *until,
                           RowVisitor visit, void *context, GError **error) {
  return scan_back(txn, table, prefix, until, visit, context, error);
}

guint64 table_last(StoreTxn *txn, Table table) {
  MDB_cursor *cursor = NULL;
  if (mdb_cursor_open(txn->txn, txn->store->tables[table], &cursor) != MDB_SUCCESS) return 0;
  MDB_val key, value;
  int code = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
  mdb_cursor_close(cursor);
  return code == MDB_SUCCESS ? key_last_number(&key) : 0;
}

static Key last_key(Table table) {
  return key_of_texts("last", table_name(table));
}

/* The greatest number of a row that was deleted. */
static guint64 kept_last(StoreTxn *txn, Table table) {
  Key key = last_key(table);
  MDB_val value;
  return table_get(txn, TABLE_META, &key, &value, NULL) ? key_last_number(&value) : 0;
}

gboolean table_keep_last(StoreTxn *txn, Table table, guint64 id, GError **error) {
  Key key = last_key(table);
  guint64 big = GUINT64_TO_BE(id);
  return kept_last(txn, table) >= id || table_put(txn, TABLE_META, &key, &big, sizeof big, error);
}

guint64 table_next(StoreTxn *txn, Table table) {
  if (!txn->given[table]) txn->given[table] = MAX(table_last(txn, table), kept_last(txn, table));
  return ++txn->given[table];
}

guint64 table_rows(StoreTxn *txn, Table table) {
  MDB_stat stat;
  int code = mdb_stat(txn->txn, txn->store->tables[table], &stat);
  return code == MDB_SUCCESS ? stat.ms_entries : 0;
}

static gboolean count_row(const MDB_val *key, const MDB_val *value, void *context) {
  (void)key, (void)value;
  ++*(guint64 *)context;
  return TRUE;
}

guint64 table_count(StoreTxn *txn, Table table, const Key *prefix) {
  guint64 count = 0;
  scan(txn, table, prefix, NULL, count_row, &count);
  return count;
}

typedef struct {
  GArray *ids;
  guint max;
} Ids;

static gboolean take_id(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Ids *ids = context;
  guint64 id = key_last_number(key);
  if (ids->ids->len < ids->max) g_array_append_val(ids->ids, id);
  return ids->ids->len < ids->max;
}

GArray *table_ids(StoreTxn *txn, Table table, const Key *prefix, guint max) {
  Ids ids = {g_array_new(FALSE, FALSE, sizeof(guint64)), max};
  scan(txn, table, prefix, NULL, take_id, &ids);
  return ids.ids;
}

static gboolean take_first(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  *(guint64 *)context = key_last_number(key);
  return FALSE;
}

guint64 table_first_id(StoreTxn *txn, Table table, const Key *prefix) {
  guint64 id = 0;
  scan(txn, table, prefix, NULL, take_first, &id);
  return id;
}
