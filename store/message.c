/* message - rows by id; raw bytes beside them (zstd); found by Message-ID, digest and open state.
 */
#include <string.h>
#include <zstd.h>

#include "store/internal.h"

enum { RAW_LEVEL = 1 }; /* level 3 takes half as long again and spares a fiftieth */
static const guint64 RAW_MAX_BYTES = 1u << 30; /* what a frame may claim to unpack to */
static const char SETTLED[] = "settled";

Message *message_new(void) {
  Message *message = g_new0(Message, 1);
  char **const texts[] = {&message->account,  &message->folder,   &message->message_id,
                          &message->digest,   &message->from,     &message->subject,
                          &message->event,    &message->language, &message->kind,
                          &message->decision, &message->state,    &message->reason};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) *texts[i] = g_strdup("");
  message->registrations = g_array_new(FALSE, FALSE, sizeof(guint64));
  return message;
}

void message_free(Message *message) {
  if (!message) return;
  char *const texts[] = {message->account,  message->folder,   message->message_id,
                         message->digest,   message->from,     message->subject,
                         message->event,    message->language, message->kind,
                         message->decision, message->state,    message->reason};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_array_unref(message->registrations);
  if (message->extraction) g_bytes_unref(message->extraction);
  g_free(message);
}

gboolean message_is_settled(const char *state) {
  return strcmp(state, SETTLED) == 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

static gboolean put_row(StoreTxn *txn, const Message *message, PutRow put, GError **error) {
  g_autoptr(GBytes) bytes = codec_message_write(message);
  Key key = key_of_number(message->id);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  return put(txn, TABLE_MESSAGE, &key, data, size, error);
}

static gboolean index_state(StoreTxn *txn, const Message *message, gboolean wanted,
                            GError **error) {
  Key key = key_of_texts_number(message->state, NULL, message->id);
  wanted = wanted && !message_is_settled(message->state);
  return table_mark(txn, TABLE_MESSAGE_BY_STATE, &key, wanted, error);
}

static gboolean index_text(StoreTxn *txn, Table table, const char *text, guint64 id,
                           GError **error) {
  Key key = key_of_texts_number(text, NULL, id);
  return !*text || table_mark(txn, table, &key, TRUE, error);
}

static gboolean put_raw(StoreTxn *txn, const Message *message, GBytes *raw, GError **error) {
  gsize size;
  const void *data = g_bytes_get_data(raw, &size);
  gsize bound = ZSTD_compressBound(size);
  g_autofree void *packed = g_malloc(bound);
  if (!txn->store->packer) txn->store->packer = ZSTD_createCCtx();
  gsize packed_size = ZSTD_compressCCtx(txn->store->packer, packed, bound, data, size, RAW_LEVEL);
  if (ZSTD_isError(packed_size)) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
                "%s: compressing message %" G_GUINT64_FORMAT ": %s", txn->store->path, message->id,
                ZSTD_getErrorName(packed_size));
    return FALSE;
  }
  Key key = key_of_number(message->id);
  Key time = key_of_numbers((guint64)MAX(message->stored, 0), message->id);
  return table_append(txn, TABLE_RAW, &key, packed, packed_size, error) &&
         table_mark(txn, TABLE_RAW_TIME, &time, TRUE, error);
}

gboolean message_index(StoreTxn *txn, const Message *message, GError **error) {
  return index_state(txn, message, TRUE, error) &&
         index_text(txn, TABLE_MESSAGE_BY_MID, message->message_id, message->id, error) &&
         index_text(txn, TABLE_MESSAGE_BY_DIGEST, message->digest, message->id, error);
}

void message_number(StoreTxn *txn, Message *message) {
  message->id = table_next(txn, TABLE_MESSAGE);
  if (!message->thread) message->thread = message->id;
}

gboolean message_add(StoreTxn *txn, Message *message, GBytes *raw, GError **error) {
  if (!message->id) message_number(txn, message);
  return put_row(txn, message, table_append, error) && message_index(txn, message, error) &&
         tally_add(txn, message, error) && (!raw || put_raw(txn, message, raw, error));
}

gboolean message_update(StoreTxn *txn, const Message *message, GError **error) {
  g_autoptr(Message) before = message_get(txn, message->id, error);
  return before && index_state(txn, before, FALSE, error) &&
         put_row(txn, message, table_put, error) && index_state(txn, message, TRUE, error) &&
         tally_move(txn, before, message, error);
}

/* --- reading ---------------------------------------------------------------------------------- */

Message *message_get(StoreTxn *txn, guint64 id, GError **error) {
  Key key = key_of_number(id);
  MDB_val value;
  g_autoptr(GError) failed = NULL;
  if (!table_get(txn, TABLE_MESSAGE, &key, &value, &failed)) {
    if (failed)
      g_propagate_error(error, g_steal_pointer(&failed));
    else
      store_not_found(txn->store, "message", id, error);
    return NULL;
  }
  Message *message = codec_message_read(&value);
  if (!message) store_corrupt(txn->store, "message", id, error);
  return message;
}

static GBytes *unpack(StoreTxn *txn, guint64 id, const MDB_val *value, GError **error) {
  guint64 size = ZSTD_getFrameContentSize(value->mv_data, value->mv_size);
  if (size <= RAW_MAX_BYTES) {
    guint8 *data = g_malloc(size ? size : 1);
    if (ZSTD_decompress(data, size, value->mv_data, value->mv_size) == size)
      return g_bytes_new_take(data, size);
    g_free(data);
  }
  store_corrupt(txn->store, "raw mail of message", id, error);
  return NULL;
}

GBytes *message_raw(StoreTxn *txn, guint64 id, GError **error) {
  Key key = key_of_number(id);
  MDB_val value;
  g_autoptr(GError) failed = NULL;
  if (table_get(txn, TABLE_RAW, &key, &value, &failed)) return unpack(txn, id, &value, error);
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  else
    store_not_found(txn->store, "raw mail of message", id, error);
  return NULL;
}

static GArray *by_text(StoreTxn *txn, Table table, const char *text, guint max) {
  Key key = key_of_texts(text, NULL);
  return table_ids(txn, table, &key, *text ? max : 0);
}

GArray *message_by_message_id(StoreTxn *txn, const char *message_id, guint max) {
  return by_text(txn, TABLE_MESSAGE_BY_MID, message_id, max);
}

GArray *message_by_digest(StoreTxn *txn, const char *digest, guint max) {
  return by_text(txn, TABLE_MESSAGE_BY_DIGEST, digest, max);
}

/* --- walking ---------------------------------------------------------------------------------- */

typedef struct {
  StoreTxn *txn;
  const char *state; /* NULL: all */
  MessageVisitor visit;
  void *context;
  guint64 broken; /* id of a row that cannot be decoded */
} Walk;

static gboolean walk_row(const MDB_val *key, const MDB_val *value, void *context) {
  Walk *walk = context;
  g_autoptr(Message) message = codec_message_read(value);
  if (!message) {
    walk->broken = key_last_number(key);
    return FALSE;
  }
  if (walk->state && strcmp(walk->state, message->state) != 0) return TRUE;
  return walk->visit(message, walk->context);
}

static int compare_ids(gconstpointer a, gconstpointer b) {
  guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;
  return left < right ? -1 : left > right;
}

static gboolean walk_open(Walk *walk, const Key *prefix, GError **error) {
  g_autoptr(GArray) ids = table_ids(walk->txn, TABLE_MESSAGE_BY_STATE, prefix, G_MAXUINT);
  g_array_sort(ids, compare_ids); /* several states stand one behind the other */
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr(Message) message = message_get(walk->txn, g_array_index(ids, guint64, i), error);
    if (!message) return FALSE;
    if (!walk->visit(message, walk->context)) break;
  }
  return TRUE;
}

gboolean message_foreach(StoreTxn *txn, const char *state, MessageVisitor visit, void *context,
                         GError **error) {
  Walk walk = {txn, state, visit, context, 0};
  if (state && !message_is_settled(state)) {
    Key prefix = key_of_texts(state, NULL);
    return walk_open(&walk, strcmp(state, "open") == 0 ? NULL : &prefix, error);
  }
  return table_scan(txn, TABLE_MESSAGE, NULL, NULL, walk_row, &walk, error) &&
         (!walk.broken || store_corrupt(txn->store, "message", walk.broken, error));
}

guint64 message_count(StoreTxn *txn, const char *state) {
  guint64 all = table_rows(txn, TABLE_MESSAGE);
  if (!state) return all;
  guint64 open = table_rows(txn, TABLE_MESSAGE_BY_STATE);
  if (strcmp(state, "open") == 0) return open;
  if (message_is_settled(state)) return all - open;
  Key prefix = key_of_texts(state, NULL);
  return table_count(txn, TABLE_MESSAGE_BY_STATE, &prefix);
}

/* --- retention -------------------------------------------------------------------------------- */

typedef struct {
  gint64 before;
  guint max;
  GArray *keys; /* guint64 time, guint64 id: pairs */
} Expiry;

static gboolean collect_old(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Expiry *expiry = context;
  guint64 pair[2] = {key_first_number(key), key_last_number(key)};
  if ((gint64)pair[0] >= expiry->before) return FALSE;
  g_array_append_vals(expiry->keys, pair, 2);
  return expiry->keys->len / 2 < expiry->max;
}

guint message_expire_raw(StoreTxn *txn, gint64 before, guint max) {
  g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(guint64));
  Expiry expiry = {before, max, keys};
  if (!max || !table_scan(txn, TABLE_RAW_TIME, NULL, NULL, collect_old, &expiry, NULL)) return 0;
  for (guint i = 0; i < keys->len; i += 2) {
    Key time = key_of_numbers(g_array_index(keys, guint64, i), g_array_index(keys, guint64, i + 1));
    Key row = key_of_number(g_array_index(keys, guint64, i + 1));
    if (!table_delete(txn, TABLE_RAW, &row, NULL) ||
        !table_delete(txn, TABLE_RAW_TIME, &time, NULL))
      return i / 2;
  }
  return keys->len / 2;
}
