/* schema - the tables by name, the version of their records, and the store's secret.
 *
 * Version 2 added the table tally; version 3 put the mails of the outbox into a table of their own,
 * so that a row whose state changes is written anew without its mail, and added the tables user and
 * tombstone, and the indexes by change, which are empty at first: a record comes into them when it
 * is updated. */
#include <string.h>
#include <sys/random.h>

#include "store/internal.h"
#include "store/records.pb-c.h"

enum { UPGRADE_DOUBLINGS_MAX = 12 }; /* 256 MB to 1 TB */

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
    [TABLE_OUTBOX_MAIL] = "outbox-mail",
    [TABLE_OUTBOX_BY_STATE] = "outbox-by-state",
    [TABLE_OUTBOX_DUE] = "outbox-due",
    [TABLE_OUTBOX_BY_MID] = "outbox-by-message-id",
    [TABLE_JOURNAL] = "journal",
    [TABLE_JOURNAL_BY_MESSAGE] = "journal-by-message",
    [TABLE_CURSOR] = "cursor",
    [TABLE_COUNTER] = "counter",
    [TABLE_COUNTER_BY_ADDRESS] = "counter-by-address",
    [TABLE_TALLY] = "tally",
    [TABLE_USER] = "user",
    [TABLE_MESSAGE_BY_CHANGE] = "message-by-change",
    [TABLE_REGISTRATION_BY_CHANGE] = "registration-by-change",
    [TABLE_TOMBSTONE] = "tombstone",
};

const char *table_name(Table table) {
  return table_names[table];
}

/* --- the one row of meta ---------------------------------------------------------------------- */

static gboolean make_secret(Store *store, GError **error) {
  if (getrandom(store->secret, sizeof store->secret, 0) == (ssize_t)sizeof store->secret)
    return TRUE;
  g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "%s: no random bytes from the system",
              store->path);
  return FALSE;
}

static gboolean write_meta(StoreTxn *txn, GError **error) {
  Records__Meta meta = RECORDS__META__INIT;
  meta.version = STORE_VERSION;
  meta.secret = (ProtobufCBinaryData){sizeof txn->store->secret, txn->store->secret};
  g_autofree guint8 *packed = g_malloc(records__meta__get_packed_size(&meta));
  gsize size = records__meta__pack(&meta, packed);
  Key key = key_of_texts("meta", NULL);
  return table_put(txn, TABLE_META, &key, packed, size, error);
}

static gboolean take_meta(Store *store, const MDB_val *value, GError **error) {
  Records__Meta *meta = records__meta__unpack(NULL, value->mv_size, value->mv_data);
  gboolean whole = meta && meta->version && meta->secret.len == sizeof store->secret;
  if (whole) {
    store->found_version = meta->version;
    memcpy(store->secret, meta->secret.data, sizeof store->secret);
  }
  if (meta) records__meta__free_unpacked(meta, NULL);
  return whole || store_corrupt(store, "meta", 0, error);
}

/* A store that has just been made has no such row and gets one. */
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
  if (!create) return store_corrupt(txn->store, "meta", 0, error);
  txn->store->found_version = STORE_VERSION;
  return make_secret(txn->store, error) && write_meta(txn, error);
}

/* --- tables ----------------------------------------------------------------------------------- */

static gboolean open_table(StoreTxn *txn, Table table, gboolean create, GError **error) {
  int code = mdb_dbi_open(txn->txn, table_names[table], create ? MDB_CREATE : 0,
                          &txn->store->tables[table]);
  if (code != MDB_NOTFOUND)
    return code == MDB_SUCCESS || store_fail(txn->store, code, "opening a table", error);
  g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
              "%s: no store of bulletind (table %s is missing); start bulletind once to make it",
              txn->store->path, table_names[table]);
  return FALSE;
}

static gboolean open_tables(StoreTxn *txn, gboolean create, GError **error) {
  for (Table table = 0; table < TABLE_COUNT; table++)
    if (!open_table(txn, table, create, error)) return FALSE;
  return TRUE;
}

/* --- from version to version ------------------------------------------------------------------ */

typedef struct {
  StoreTxn *txn;
  GError **error;
  gboolean done;
} Upgrade;

static gboolean count_message(const MDB_val *key, const MDB_val *value, void *context) {
  Upgrade *upgrade = context;
  g_autoptr(Message) message = codec_message_read(value);
  upgrade->done =
      message ? tally_add(upgrade->txn, message, upgrade->error)
              : store_corrupt(upgrade->txn->store, "message", key_last_number(key), upgrade->error);
  return upgrade->done;
}

static gboolean to_2(StoreTxn *txn, GError **error) {
  Upgrade upgrade = {txn, error, TRUE};
  return table_scan(txn, TABLE_MESSAGE, NULL, NULL, count_message, &upgrade, error) && upgrade.done;
}

static gboolean part_mail(StoreTxn *txn, guint64 id, GError **error) {
  Key key = key_of_number(id);
  MDB_val row;
  g_autoptr(GBytes) mail = NULL;
  if (!table_get(txn, TABLE_OUTBOX, &key, &row, error)) return FALSE;
  g_autoptr(OutboxEntry) entry = codec_outbox_read(&row);
  if (!entry || !codec_outbox_read_mail(&row, &mail))
    return store_corrupt(txn->store, "reply", id, error);
  g_autoptr(GBytes) without = codec_outbox_write(entry);
  return outbox_put_bytes(txn, TABLE_OUTBOX, id, without, error) &&
         (!mail || outbox_put_bytes(txn, TABLE_OUTBOX_MAIL, id, mail, error));
}

static gboolean to_3(StoreTxn *txn, GError **error) {
  g_autoptr(GArray) ids = table_ids(txn, TABLE_OUTBOX, NULL, G_MAXUINT);
  for (guint i = 0; i < ids->len; i++)
    if (!part_mail(txn, g_array_index(ids, guint64, i), error)) return FALSE;
  return TRUE;
}

/* steps[n] leads from version n to the next. */
static gboolean (*const steps[STORE_VERSION])(StoreTxn *, GError **) = {[1] = to_2, [2] = to_3};

static gboolean upgrade(StoreTxn *txn, GError **error) {
  for (guint version = txn->store->found_version; version < STORE_VERSION; version++)
    if (!steps[version](txn, error)) return FALSE;
  return write_meta(txn, error);
}

static gboolean version_fits(const Store *store, guint flags, GError **error) {
  if (store->found_version == STORE_VERSION) return TRUE;
  gboolean newer = store->found_version > STORE_VERSION;
  if (!newer && flags & (STORE_DAEMON | STORE_OLDER)) return TRUE;
  g_set_error(error, STORE_ERROR, STORE_ERROR_VERSION,
              "%s: the store has version %u, this program knows version %d; %s", store->path,
              store->found_version, STORE_VERSION,
              newer ? "use the bulletind that made it"
                    : "start this bulletind once, it brings the store to its own version");
  return FALSE;
}

/* --- together --------------------------------------------------------------------------------- */

static gboolean open_in(StoreTxn *txn, guint flags, GError **error) {
  gboolean create = (flags & STORE_CREATE) != 0;
  Store *store = txn->store;
  if (!open_table(txn, TABLE_META, create, error) || !read_meta(txn, create, error) ||
      !version_fits(store, flags, error))
    return FALSE;
  gboolean older = store->found_version < STORE_VERSION;
  if (older && !(flags & STORE_DAEMON)) return TRUE; /* STORE_OLDER */
  return open_tables(txn, create || older, error) && (!older || upgrade(txn, error));
}

static gboolean open_once(Store *store, guint flags, GError **error) {
  StoreTxn *txn = store_begin(store, (flags & (STORE_CREATE | STORE_DAEMON)) != 0, error);
  if (!txn) return FALSE;
  if (open_in(txn, flags, error)) return store_commit(txn, error);
  store_abort(txn);
  return FALSE;
}

/* An upgrade may need more than a writer finds free: the map doubles before each further try. */
gboolean schema_open(Store *store, guint flags, GError **error) {
  for (int doublings = 0;; doublings++) {
    g_autoptr(GError) failed = NULL;
    if (open_once(store, flags, &failed)) return TRUE;
    if (!store->want_growth || doublings == UPGRADE_DOUBLINGS_MAX) {
      g_propagate_error(error, g_steal_pointer(&failed));
      return FALSE;
    }
  }
}
