/* parts_lmdb - the bare cost of a commit: the records that the daemon wrote, by LMDB alone. */
#include "bench/bench_parts.h"

#include <glib/gstdio.h>
#include <lmdb.h>
#include <string.h>

enum { TABLES_MAX = 64, MESSAGES_A_SET = 200, MAP_BYTES = 1 << 30 };

typedef struct {
  char *name;
  unsigned flags;
  GPtrArray *keys, *values; /* GBytes* */
} Table;

typedef struct {
  GPtrArray *tables; /* Table* */
  guint sets;
  const char *folder;
  guint number;
} Copy;

static void must(int code) {
  if (code) parts_die(mdb_strerror(code));
}

static GBytes *bytes_of(const MDB_val *value) {
  return g_bytes_new(value->mv_data, value->mv_size);
}

static MDB_env *env_open(const char *path, unsigned flags) {
  MDB_env *env = NULL;
  must(mdb_env_create(&env));
  must(mdb_env_set_maxdbs(env, TABLES_MAX));
  must(mdb_env_set_mapsize(env, MAP_BYTES));
  must(mdb_env_open(env, path, flags, 0600));
  return env;
}

static Table *table_load(MDB_txn *txn, const char *name) {
  MDB_dbi dbi = 0;
  MDB_cursor *cursor = NULL;
  MDB_val key, value;
  Table *table = g_new0(Table, 1);
  table->name = g_strdup(name);
  table->keys = g_ptr_array_new();
  table->values = g_ptr_array_new();
  must(mdb_dbi_open(txn, name, 0, &dbi));
  must(mdb_dbi_flags(txn, dbi, &table->flags));
  must(mdb_cursor_open(txn, dbi, &cursor));
  while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
    g_ptr_array_add(table->keys, bytes_of(&key));
    g_ptr_array_add(table->values, bytes_of(&value));
  }
  mdb_cursor_close(cursor);
  return table;
}

static GPtrArray *tables_load(const char *store) {
  GPtrArray *tables = g_ptr_array_new();
  MDB_env *env = env_open(store, MDB_RDONLY);
  MDB_txn *txn = NULL;
  MDB_dbi main = 0;
  MDB_cursor *cursor = NULL;
  MDB_val key, value;
  must(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn));
  must(mdb_dbi_open(txn, NULL, 0, &main));
  must(mdb_cursor_open(txn, main, &cursor));
  while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
    g_autofree char *name = g_strndup(key.mv_data, key.mv_size);
    g_ptr_array_add(tables, table_load(txn, name));
  }
  mdb_cursor_close(cursor);
  mdb_txn_abort(txn);
  mdb_env_close(env);
  return tables;
}

/* The part of a table that belongs to set `set`. */
static void put_share(MDB_txn *txn, const Table *table, guint set, guint sets) {
  MDB_dbi dbi = 0;
  must(mdb_dbi_open(txn, table->name, table->flags | MDB_CREATE, &dbi));
  guint from = table->keys->len * set / sets, end = table->keys->len * (set + 1) / sets;
  for (guint i = from; i < end; i++) {
    MDB_val key, value;
    gsize size = 0;
    key.mv_data = (void *)g_bytes_get_data(table->keys->pdata[i], &size);
    key.mv_size = size;
    value.mv_data = (void *)g_bytes_get_data(table->values->pdata[i], &size);
    value.mv_size = size;
    must(mdb_put(txn, dbi, &key, &value, 0));
  }
}

static void copy_all(void *context) {
  Copy *copy = context;
  g_autofree char *path = g_strdup_printf("%s/copy-%u", copy->folder, copy->number++);
  must(g_mkdir(path, 0700));
  MDB_env *env = env_open(path, 0);
  for (guint set = 0; set < copy->sets; set++) {
    MDB_txn *txn = NULL;
    must(mdb_txn_begin(env, NULL, 0, &txn));
    for (guint i = 0; i < copy->tables->len; i++)
      put_share(txn, copy->tables->pdata[i], set, copy->sets);
    must(mdb_txn_commit(txn));
  }
  mdb_env_close(env);
}

static guint rows_of(const GPtrArray *tables, const char *name) {
  for (guint i = 0; i < tables->len; i++) {
    const Table *table = tables->pdata[i];
    if (!strcmp(table->name, name)) return table->keys->len;
  }
  return 0;
}

void parts_lmdb(const char *store, const char *folder) {
  Copy copy = {.tables = tables_load(store), .folder = folder};
  guint messages = rows_of(copy.tables, "message");
  if (!messages) parts_die("no messages in the store");
  copy.sets = (messages + MESSAGES_A_SET - 1) / MESSAGES_A_SET;
  parts_time(copy_all, &copy, messages, 0);
}
