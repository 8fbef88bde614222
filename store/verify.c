/* verify - see keep.h. Each record says by its own code which rows of the indexes are its own:
 * while a transaction verifies, table_mark looks for the row instead of writing it. */
#include <string.h>

#include "store/internal.h"
#include "store/keep.h"

struct Verify {
  StoreTxn *txn;
  StoreFault fault;
  void *context;
  StoreReport *report;
  guint64 marked[TABLE_COUNT]; /* rows of indexes that belong to a record */
  GHashTable *tally;           /* GBytes: key of a row of the tally → guint64*: messages seen */
};

static void tell(Verify *verify, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void tell(Verify *verify, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  verify->report->faults++;
  verify->fault(text, verify->context);
}

gboolean verify_mark(Verify *verify, Table table, const Key *key, gboolean wanted) {
  MDB_val value;
  gboolean there = table_get(verify->txn, table, key, &value, NULL);
  const MDB_val row = {key->size, (void *)(gsize)key->bytes};
  verify->marked[table] += wanted && there ? 1 : 0;
  if (there != wanted)
    tell(verify, "%s: the row of %" G_GUINT64_FORMAT " %s", table_name(table),
         key_last_number(&row), wanted ? "is missing" : "should not be there");
  return TRUE;
}

static gboolean has_row(const Verify *verify, Table table, guint64 id) {
  Key key = key_of_number(id);
  MDB_val value;
  return table_get(verify->txn, table, &key, &value, NULL);
}

/* A record of one table names one of another. */
static void refer(Verify *verify, const char *what, guint64 from, Table table, guint64 to) {
  if (to && !has_row(verify, table, to))
    tell(verify, "%s %" G_GUINT64_FORMAT ": names %s %" G_GUINT64_FORMAT ", which is not there",
         what, from, table_name(table), to);
}

static void corrupt(Verify *verify, const char *what, const MDB_val *key) {
  tell(verify, "%s %" G_GUINT64_FORMAT ": cannot be decoded", what, key_last_number(key));
}

/* ---- one record ---- */

static void count(Verify *verify, const Message *message) {
  Key key = tally_key(message);
  GBytes *bytes = g_bytes_new(key.bytes, key.size);
  guint64 *seen = g_hash_table_lookup(verify->tally, bytes);
  if (seen) {
    g_bytes_unref(bytes);
  } else {
    seen = g_new0(guint64, 1);
    g_hash_table_insert(verify->tally, bytes, seen);
  }
  ++*seen;
}

static gboolean see_message(const MDB_val *key, const MDB_val *value, void *context) {
  Verify *verify = context;
  g_autoptr(Message) message = codec_message_read(value);
  verify->report->messages++;
  if (!message || message->id != key_last_number(key)) {
    corrupt(verify, "message", key);
    return TRUE;
  }
  count(verify, message);
  refer(verify, "message", message->id, TABLE_MESSAGE, message->thread);
  return message_index(verify->txn, message, NULL);
}

static gboolean see_raw(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Verify *verify = context;
  guint64 id = key_last_number(key);
  verify->report->raw++;
  refer(verify, "raw mail", id, TABLE_MESSAGE, id);
  g_autoptr(GBytes) raw = message_raw(verify->txn, id, NULL);
  if (!raw) corrupt(verify, "raw mail", key);
  return TRUE;
}

static gboolean see_registration(const MDB_val *key, const MDB_val *value, void *context) {
  Verify *verify = context;
  g_autoptr(Registration) row = codec_registration_read(value);
  verify->report->registrations++;
  if (!row || row->id != key_last_number(key)) {
    corrupt(verify, "registration", key);
    return TRUE;
  }
  refer(verify, "registration", row->id, TABLE_MESSAGE, row->message);
  refer(verify, "registration", row->id, TABLE_MESSAGE, row->thread);
  return registration_index(verify->txn, row, NULL);
}

static gboolean see_answer(const MDB_val *key, const MDB_val *value, void *context) {
  Verify *verify = context;
  g_autoptr(OutboxEntry) entry = codec_outbox_read(value);
  verify->report->answers++;
  if (!entry || entry->id != key_last_number(key)) {
    corrupt(verify, "outbox", key);
    return TRUE;
  }
  refer(verify, "outbox", entry->id, TABLE_MESSAGE, entry->message);
  refer(verify, "outbox", entry->id, TABLE_REGISTRATION, entry->registration);
  for (guint i = 0; i < entry->others->len; i++)
    refer(verify, "outbox", entry->id, TABLE_REGISTRATION,
          g_array_index(entry->others, guint64, i));
  if (strcmp(entry->state, "sent") != 0 && !has_row(verify, TABLE_OUTBOX_MAIL, entry->id))
    tell(verify, "outbox %" G_GUINT64_FORMAT ": is not sent, and its mail is missing", entry->id);
  return outbox_index(verify->txn, entry, NULL);
}

static gboolean see_answer_mail(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Verify *verify = context;
  guint64 id = key_last_number(key);
  refer(verify, "outbox-mail", id, TABLE_OUTBOX, id);
  return TRUE;
}

static gboolean see_journal(const MDB_val *key, const MDB_val *value, void *context) {
  Verify *verify = context;
  JournalEntry entry = {0};
  verify->report->journal++;
  if (!codec_journal_read(value, &entry)) {
    corrupt(verify, "journal", key);
    return TRUE;
  }
  guint64 sequence = key_last_number(key);
  refer(verify, "journal", sequence, TABLE_MESSAGE, entry.message);
  journal_index(verify->txn, entry.message, sequence, NULL);
  codec_journal_clear(&entry);
  return TRUE;
}

static gboolean see_cursor(const MDB_val *key, const MDB_val *value, void *context) {
  Verify *verify = context;
  g_autoptr(Cursor) cursor = codec_cursor_read(value);
  verify->report->cursors++;
  if (!cursor)
    tell(verify, "cursor of %.*s: cannot be decoded", (int)MIN(key->mv_size, 60),
         (const char *)key->mv_data);
  return TRUE;
}

/* ---- all of them ---- */

static const struct {
  Table table;
  RowVisitor see;
} walks[] = {{TABLE_MESSAGE, see_message},
             {TABLE_RAW, see_raw},
             {TABLE_REGISTRATION, see_registration},
             {TABLE_OUTBOX, see_answer},
             {TABLE_OUTBOX_MAIL, see_answer_mail},
             {TABLE_JOURNAL, see_journal},
             {TABLE_CURSOR, see_cursor}};

static const Table indexes[] = {TABLE_MESSAGE_BY_MID,         TABLE_MESSAGE_BY_DIGEST,
                                TABLE_MESSAGE_BY_STATE,       TABLE_REGISTRATION_BY_EMAIL,
                                TABLE_REGISTRATION_BY_SENDER, TABLE_REGISTRATION_BY_THREAD,
                                TABLE_OUTBOX_BY_STATE,        TABLE_OUTBOX_DUE,
                                TABLE_OUTBOX_BY_MID,          TABLE_JOURNAL_BY_MESSAGE};

/* Two tables hold the same in another order. */
static void compare_rows(Verify *verify, Table a, Table b) {
  guint64 left = table_rows(verify->txn, a), right = table_rows(verify->txn, b);
  if (left != right)
    tell(verify, "%s has %" G_GUINT64_FORMAT " rows, %s %" G_GUINT64_FORMAT, table_name(a), left,
         table_name(b), right);
}

static gboolean compare_tally(const MDB_val *key, const MDB_val *value, void *context) {
  Verify *verify = context;
  g_autoptr(GBytes) bytes = g_bytes_new(key->mv_data, key->mv_size);
  const guint64 *seen = g_hash_table_lookup(verify->tally, bytes);
  guint64 told = key_last_number(value);
  if (told != (seen ? *seen : 0))
    tell(verify,
         "tally: %" G_GUINT64_FORMAT " messages are told of one kind, %" G_GUINT64_FORMAT
         " are there",
         told, seen ? *seen : 0);
  g_hash_table_remove(verify->tally, bytes);
  return TRUE;
}

static gboolean see_tally(Verify *verify, GError **error) {
  if (!table_scan(verify->txn, TABLE_TALLY, NULL, NULL, compare_tally, verify, error)) return FALSE;
  if (g_hash_table_size(verify->tally))
    tell(verify, "tally: %u rows are missing", g_hash_table_size(verify->tally));
  return TRUE;
}

static gboolean see_all(Verify *verify, GError **error) {
  gboolean read = TRUE;
  verify->txn->verify = verify;
  for (gsize i = 0; i < G_N_ELEMENTS(walks) && read; i++)
    read = table_scan(verify->txn, walks[i].table, NULL, NULL, walks[i].see, verify, error);
  verify->txn->verify = NULL;
  return read && see_tally(verify, error);
}

gboolean store_verify(StoreTxn *txn, StoreFault fault, void *context, StoreReport *ret_report,
                      GError **error) {
  g_autoptr(GHashTable) tally =
      g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, g_free);
  Verify verify = {txn, fault, context, ret_report, {0}, tally};
  *ret_report = (StoreReport){0};
  if (!see_all(&verify, error)) return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(indexes); i++) {
    guint64 rows = table_rows(txn, indexes[i]), owned = verify.marked[indexes[i]];
    if (rows > owned)
      tell(&verify, "%s: %" G_GUINT64_FORMAT " rows belong to no record", table_name(indexes[i]),
           rows - owned);
  }
  compare_rows(&verify, TABLE_RAW, TABLE_RAW_TIME);
  compare_rows(&verify, TABLE_COUNTER, TABLE_COUNTER_BY_ADDRESS);
  return TRUE;
}
