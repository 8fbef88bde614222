/* outbox - rows by id, each one's mail beside it; found by due time, state and our Message-ID. */
#include <string.h>

#include "store/internal.h"

OutboxEntry *outbox_entry_new(void) {
  OutboxEntry *entry = g_new0(OutboxEntry, 1);
  char **const texts[] = {&entry->to,         &entry->envelope_from, &entry->kind,
                          &entry->state,      &entry->message_id,    &entry->text_hash,
                          &entry->last_error, &entry->stored_state};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) *texts[i] = g_strdup("");
  entry->others = g_array_new(FALSE, FALSE, sizeof(guint64));
  return entry;
}

void outbox_entry_free(OutboxEntry *entry) {
  if (!entry) return;
  char *const texts[] = {entry->to,         entry->envelope_from, entry->kind,
                         entry->state,      entry->message_id,    entry->text_hash,
                         entry->last_error, entry->stored_state};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_array_unref(entry->others);
  if (entry->mail) g_bytes_unref(entry->mail);
  g_free(entry);
}

/* --- rows ------------------------------------------------------------------------------------- */

static gboolean is_one_of(const char *state, const char *const *states) {
  return g_strv_contains(states, state);
}

static gboolean is_waiting(const char *state) {
  static const char *const waiting[] = {"ready", "delayed", "deferred", NULL};
  return is_one_of(state, waiting);
}

static gboolean is_unsent(const char *state) {
  return strcmp(state, "sent") != 0;
}

static gboolean mark_state(StoreTxn *txn, guint64 id, const char *state, gboolean wanted,
                           GError **error) {
  Key key = key_of_texts_number(state, NULL, id);
  return table_mark(txn, TABLE_OUTBOX_BY_STATE, &key, wanted, error);
}

static gboolean mark_due(StoreTxn *txn, guint64 id, gint64 next, gboolean wanted, GError **error) {
  Key key = key_of_numbers((guint64)MAX(next, 0), id);
  return table_mark(txn, TABLE_OUTBOX_DUE, &key, wanted, error);
}

gboolean outbox_put_bytes(StoreTxn *txn, Table table, guint64 id, GBytes *bytes, GError **error) {
  Key key = key_of_number(id);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  return table_put(txn, table, &key, data, size, error);
}

static gboolean append(StoreTxn *txn, Table table, guint64 id, GBytes *bytes, GError **error) {
  Key key = key_of_number(id);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  return table_append(txn, table, &key, data, size, error);
}

static void note_stored(OutboxEntry *entry) {
  if (strcmp(entry->stored_state, entry->state) != 0) {
    g_free(entry->stored_state);
    entry->stored_state = g_strdup(entry->state);
  }
  entry->stored_next = entry->next;
}

gboolean outbox_index(StoreTxn *txn, const OutboxEntry *entry, GError **error) {
  Key mid = key_of_texts_number(entry->message_id, NULL, entry->id);
  return mark_state(txn, entry->id, entry->state, is_unsent(entry->state), error) &&
         mark_due(txn, entry->id, entry->next, is_waiting(entry->state), error) &&
         (!*entry->message_id || table_mark(txn, TABLE_OUTBOX_BY_MID, &mid, TRUE, error));
}

static gboolean move_state(StoreTxn *txn, const OutboxEntry *entry, GError **error) {
  const char *from = entry->stored_state, *to = entry->state;
  if (strcmp(from, to) == 0) return TRUE;
  return (!is_unsent(from) || mark_state(txn, entry->id, from, FALSE, error)) &&
         (!is_unsent(to) || mark_state(txn, entry->id, to, TRUE, error));
}

static gboolean move_due(StoreTxn *txn, const OutboxEntry *entry, GError **error) {
  gboolean was = is_waiting(entry->stored_state), is = is_waiting(entry->state);
  if (was == is && entry->stored_next == entry->next) return TRUE;
  return (!was || mark_due(txn, entry->id, entry->stored_next, FALSE, error)) &&
         (!is || mark_due(txn, entry->id, entry->next, TRUE, error));
}

gboolean outbox_add(StoreTxn *txn, OutboxEntry *entry, GError **error) {
  guint64 have = outbox_by_message_id(txn, entry->message_id);
  if (have) {
    entry->id = have;
    return TRUE;
  }
  entry->id = table_next(txn, TABLE_OUTBOX);
  note_stored(entry);
  g_autoptr(GBytes) bytes = codec_outbox_write(entry);
  return append(txn, TABLE_OUTBOX, entry->id, bytes, error) &&
         (!entry->mail || append(txn, TABLE_OUTBOX_MAIL, entry->id, entry->mail, error)) &&
         outbox_index(txn, entry, error);
}

gboolean outbox_update(StoreTxn *txn, OutboxEntry *entry, GError **error) {
  g_autoptr(GBytes) bytes = codec_outbox_write(entry);
  if (!outbox_put_bytes(txn, TABLE_OUTBOX, entry->id, bytes, error) ||
      !move_state(txn, entry, error) || !move_due(txn, entry, error))
    return FALSE;
  note_stored(entry);
  return TRUE;
}

static OutboxEntry *read_row(const MDB_val *value) {
  OutboxEntry *entry = codec_outbox_read(value);
  if (entry) note_stored(entry);
  return entry;
}

OutboxEntry *outbox_get(StoreTxn *txn, guint64 id, GError **error) {
  Key key = key_of_number(id);
  MDB_val value;
  g_autoptr(GError) failed = NULL;
  if (!table_get(txn, TABLE_OUTBOX, &key, &value, &failed)) {
    if (failed)
      g_propagate_error(error, g_steal_pointer(&failed));
    else
      store_not_found(txn->store, "reply", id, error);
    return NULL;
  }
  OutboxEntry *entry = read_row(&value);
  if (!entry) store_corrupt(txn->store, "reply", id, error);
  return entry;
}

GBytes *outbox_mail(StoreTxn *txn, guint64 id, GError **error) {
  Key key = key_of_number(id);
  MDB_val value;
  g_autoptr(GError) failed = NULL;
  if (table_get(txn, TABLE_OUTBOX_MAIL, &key, &value, &failed))
    return g_bytes_new(value.mv_data, value.mv_size);
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  else
    store_not_found(txn->store, "mail of reply", id, error);
  return NULL;
}

guint64 outbox_by_message_id(StoreTxn *txn, const char *message_id) {
  Key key = key_of_texts(message_id, NULL);
  return *message_id ? table_first_id(txn, TABLE_OUTBOX_BY_MID, &key) : 0;
}

/* --- what is due ------------------------------------------------------------------------------ */

typedef struct {
  gint64 now, next;
  guint max;
  GArray *ids;
} Due;

static gboolean take_due(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Due *due = context;
  gint64 next = (gint64)key_first_number(key);
  guint64 id = key_last_number(key);
  if (next > due->now || due->ids->len == due->max) {
    due->next = MAX(next, 1);
    return FALSE;
  }
  g_array_append_val(due->ids, id);
  return TRUE;
}

GPtrArray *outbox_due(StoreTxn *txn, gint64 now, guint max, gint64 *ret_next) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  Due due = {now, 0, max, ids};
  table_scan(txn, TABLE_OUTBOX_DUE, NULL, NULL, take_due, &due, NULL);
  GPtrArray *entries = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_entry_free);
  for (guint i = 0; i < ids->len; i++) {
    OutboxEntry *entry = outbox_get(txn, g_array_index(ids, guint64, i), NULL);
    if (entry) g_ptr_array_add(entries, entry);
  }
  if (ret_next) *ret_next = due.next;
  return entries;
}

static gboolean take_next(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  *(gint64 *)context = MAX((gint64)key_first_number(key), 1);
  return FALSE;
}

gint64 outbox_next(StoreTxn *txn) {
  gint64 next = 0;
  table_scan(txn, TABLE_OUTBOX_DUE, NULL, NULL, take_next, &next, NULL);
  return next;
}

guint outbox_recover(StoreTxn *txn) {
  Key key = key_of_texts("sending", NULL);
  g_autoptr(GArray) ids = table_ids(txn, TABLE_OUTBOX_BY_STATE, &key, G_MAXUINT);
  guint count = 0;
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr(OutboxEntry) entry = outbox_get(txn, g_array_index(ids, guint64, i), NULL);
    if (!entry) continue;
    g_free(entry->state);
    entry->state = g_strdup("ready");
    if (outbox_update(txn, entry, NULL)) count++;
  }
  return count;
}

static gboolean take_waiting(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  guint64 id = key_last_number(key);
  g_array_append_val((GArray *)context, id);
  return TRUE;
}

guint outbox_set_back(StoreTxn *txn, gint64 now, gint64 seconds) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  guint count = 0;
  table_scan(txn, TABLE_OUTBOX_DUE, NULL, NULL, take_waiting, ids, NULL);
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr(OutboxEntry) entry = outbox_get(txn, g_array_index(ids, guint64, i), NULL);
    if (!entry || entry->next <= now) continue;
    entry->next = MAX(now, entry->next - seconds);
    if (outbox_update(txn, entry, NULL)) count++;
  }
  return count;
}

/* --- walking ---------------------------------------------------------------------------------- */

typedef struct {
  const char *state; /* NULL: all */
  OutboxVisitor visit;
  void *context;
  guint64 broken;
} Walk;

static gboolean walk_row(const MDB_val *key, const MDB_val *value, void *context) {
  Walk *walk = context;
  g_autoptr(OutboxEntry) entry = read_row(value);
  if (!entry) {
    walk->broken = key_last_number(key);
    return FALSE;
  }
  if (walk->state && strcmp(walk->state, entry->state) != 0) return TRUE;
  return walk->visit(entry, walk->context);
}

static int compare_ids(gconstpointer a, gconstpointer b) {
  guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;
  return left < right ? -1 : left > right;
}

/* The ids of an indexed state, oldest first. "open" is everything in the index, what has failed,
 * too. */
static GArray *indexed_ids(StoreTxn *txn, const char *state) {
  Key prefix = key_of_texts(state, NULL);
  gboolean open = strcmp(state, "open") == 0;
  GArray *ids = table_ids(txn, TABLE_OUTBOX_BY_STATE, open ? NULL : &prefix, G_MAXUINT);
  g_array_sort(ids, compare_ids);
  return ids;
}

/* Visit the entry of the index. FALSE: it was the last one, or *error is set. */
static gboolean walk_one(StoreTxn *txn, const Walk *walk, guint64 id, GError **error) {
  g_autoptr(OutboxEntry) entry = outbox_get(txn, id, error);
  if (!entry) return FALSE;
  gboolean failed = strcmp(walk->state, "open") == 0 && strcmp(entry->state, "failed") == 0;
  return failed || walk->visit(entry, walk->context);
}

static gboolean walk_index(StoreTxn *txn, const Walk *walk, guint64 before, gboolean back,
                           GError **error) {
  g_autoptr(GArray) ids = indexed_ids(txn, walk->state);
  GError *failed = NULL;
  for (guint i = 0; i < ids->len && !failed; i++) {
    guint64 id = g_array_index(ids, guint64, back ? ids->len - 1 - i : i);
    if (id < before && !walk_one(txn, walk, id, &failed)) break;
  }
  if (failed) g_propagate_error(error, failed);
  return !failed;
}

static gboolean is_indexed(const char *state) {
  return state && strcmp(state, "sent") != 0;
}

static gboolean walked(StoreTxn *txn, const Walk *walk, gboolean done, GError **error) {
  return done && (!walk->broken || store_corrupt(txn->store, "reply", walk->broken, error));
}

gboolean outbox_foreach(StoreTxn *txn, const char *state, OutboxVisitor visit, void *context,
                        GError **error) {
  Walk walk = {state, visit, context, 0};
  if (is_indexed(state)) return walk_index(txn, &walk, G_MAXUINT64, FALSE, error);
  gboolean done = table_scan(txn, TABLE_OUTBOX, NULL, NULL, walk_row, &walk, error);
  return walked(txn, &walk, done, error);
}

gboolean outbox_foreach_back(StoreTxn *txn, const char *state, guint64 before, OutboxVisitor visit,
                             void *context, GError **error) {
  Walk walk = {state, visit, context, 0};
  guint64 until = before ? before : G_MAXUINT64;
  if (is_indexed(state)) return walk_index(txn, &walk, until, TRUE, error);
  Key key = key_of_number(until);
  gboolean done = table_scan_before(txn, TABLE_OUTBOX, NULL, &key, walk_row, &walk, error);
  return walked(txn, &walk, done, error);
}

guint64 outbox_count(StoreTxn *txn, const char *state) {
  guint64 all = table_rows(txn, TABLE_OUTBOX);
  if (!state) return all;
  guint64 unsent = table_rows(txn, TABLE_OUTBOX_BY_STATE);
  if (strcmp(state, "sent") == 0) return all - unsent;
  Key prefix = key_of_texts(strcmp(state, "open") == 0 ? "failed" : state, NULL);
  guint64 found = table_count(txn, TABLE_OUTBOX_BY_STATE, &prefix);
  return strcmp(state, "open") == 0 ? unsent - found : found;
}
