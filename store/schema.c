/* schema - the tables by name, the version of their records, and the store's secret. */
#include <string.h>
#include <sys/random.h>

#include "store/internal.h"
#include "store/records.pb-c.h"

static const char *const table_names[TABLE_COUNT] = {
    [TABLE_META] = "meta",
    [TABLE_MESSAGE] = "message",
    [TABLE_RAW] = "raw",
    [TABLE_RAW_TIME] = "raw-time",
    [TABLE_MESSAGE_BY_MID] = "message-by-message-id",
    [TABLE_MESSAGE_BY_DIGEST] = "message-by-digest",
    [TABLE_MESSAGE_BY_STATE] = "message-by-state",
    [TABLE_REGISTRATION] = "registration",
    [TABLE_REGISTRATION_BY_EMAIL] = "registration-by-email",
    [TABLE_REGISTRATION_BY_SENDER] = "registration-by-sender",
    [TABLE_REGISTRATION_BY_THREAD] = "registration-by-thread",
    [TABLE_OUTBOX] = "outbox",
    [TABLE_OUTBOX_BY_STATE] = "outbox-by-state",
    [TABLE_OUTBOX_DUE] = "outbox-due",
    [TABLE_OUTBOX_BY_MID] = "outbox-by-message-id",
    [TABLE_JOURNAL] = "journal",
    [TABLE_JOURNAL_BY_MESSAGE] = "journal-by-message",
    [TABLE_CURSOR] = "cursor",
    [TABLE_COUNTER] = "counter",
    [TABLE_COUNTER_BY_ADDRESS] = "counter-by-address",
};

const char *table_name(Table table) {
  return table_names[table];
}

static gboolean write_meta(StoreTxn *txn, GError **error) {
  guint8 secret[sizeof txn->store->secret];
  if (getrandom(secret, sizeof secret, 0) != (ssize_t)sizeof secret) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "%s: no random bytes from the system",
                txn->store->path);
    return FALSE;
  }
  Records__Meta meta = RECORDS__META__INIT;
  meta.version = STORE_VERSION;
  meta.secret = (ProtobufCBinaryData){sizeof secret, secret};
  g_autofree guint8 *packed = g_malloc(records__meta__get_packed_size(&meta));
  gsize size = records__meta__pack(&meta, packed);
  Key key = key_of_texts("meta", NULL);
  memcpy(txn->store->secret, secret, sizeof secret);
  return table_put(txn, TABLE_META, &key, packed, size, error);
}

static gboolean take_meta(Store *store, const MDB_val *value, GError **error) {
  Records__Meta *meta = records__meta__unpack(NULL, value->mv_size, value->mv_data);
  if (!meta || meta->secret.len != sizeof store->secret) {
    if (meta) records__meta__free_unpacked(meta, NULL);
    return store_corrupt(store, "meta", 0, error);
  }
  guint32 version = meta->version;
  memcpy(store->secret, meta->secret.data, sizeof store->secret);
  records__meta__free_unpacked(meta, NULL);
  if (version == STORE_VERSION) return TRUE;
  g_set_error(error, STORE_ERROR, STORE_ERROR_VERSION,
              "%s: the store has version %u, this program knows version %d; use the bulletind that "
              "made it",
              store->path, version, STORE_VERSION);
  return FALSE;
}

static gboolean open_tables(StoreTxn *txn, gboolean create, GError **error) {
  for (int i = 0; i < TABLE_COUNT; i++) {
    int code =
        mdb_dbi_open(txn->txn, table_names[i], create ? MDB_CREATE : 0, &txn->store->tables[i]);
    if (code == MDB_NOTFOUND) {
      g_set_error(
          error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
          "%s: no store of bulletind (table %s is missing); start bulletind once to make it",
          txn->store->path, table_names[i]);
      return FALSE;
    }
    if (code != MDB_SUCCESS) return store_fail(txn->store, code, "opening a table", error);
  }
  return TRUE;
}

static gboolean read_meta(StoreTxn *txn, gboolean create, GError **error) {
  Key key = key_of_texts("meta", NULL);
  MDB_val value;
  GError *failed = NULL;
  if (table_get(txn, TABLE_META, &key, &value, &failed))
    return take_meta(txn->store, &value, error);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  return create ? write_meta(txn, error) : store_corrupt(txn->store, "meta", 0, error);
}

gboolean schema_open(Store *store, gboolean create, GError **error) {
  StoreTxn *txn = store_begin(store, create, error);
  if (!txn) return FALSE;
  if (open_tables(txn, create, error) && read_meta(txn, create, error))
    return store_commit(txn, error);
  store_abort(txn);
  return FALSE;
}
