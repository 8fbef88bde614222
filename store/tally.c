/* tally - rows: event, kind, decision, state, day → number of messages, 8 bytes, big-endian. */
#include "store/tally.h"

#include <string.h>

#include "store/internal.h"

enum { DAY_S = 24 * 60 * 60, WORDS = 4 };

static void add_word(Key *key, const char *word) {
  g_autofree char *cut = g_strndup(word, TALLY_WORD_MAX);
  key_add_text(key, cut);
}

Key tally_key(const Message *message) {
  Key key;
  key.size = 0;
  add_word(&key, message->event);
  add_word(&key, message->kind);
  add_word(&key, message->decision);
  add_word(&key, message->state);
  key_add_number(&key, (guint64)MAX(message->stored, 0) / DAY_S);
  return key;
}

static gboolean change(StoreTxn *txn, const Key *key, gint by, GError **error) {
  MDB_val value;
  GError *failed = NULL;
  guint64 count = table_get(txn, TABLE_TALLY, key, &value, &failed) ? key_last_number(&value) : 0;
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  count = by < 0 && !count ? 0 : count + (guint64)(gint64)by; /* store_verify tells what was lost */
  guint64 big = GUINT64_TO_BE(count);
  return count ? table_put(txn, TABLE_TALLY, key, &big, sizeof big, error)
               : table_delete(txn, TABLE_TALLY, key, error);
}

gboolean tally_add(StoreTxn *txn, const Message *message, GError **error) {
  Key key = tally_key(message);
  return change(txn, &key, 1, error);
}

gboolean tally_move(StoreTxn *txn, const Message *before, const Message *after, GError **error) {
  Key old = tally_key(before), new = tally_key(after);
  if (old.size == new.size && memcmp(old.bytes, new.bytes, old.size) == 0) return TRUE;
  return change(txn, &old, -1, error) && change(txn, &new, 1, error);
}

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct {
  TallyVisitor visit;
  void *context;
} Walk;

/* FALSE: not a row of ours, store_verify tells. */
static gboolean read_row(const MDB_val *key, const MDB_val *value, TallyRow *ret_row) {
  const char *word = key->mv_data, *end = word + key->mv_size;
  const char **const words[WORDS] = {&ret_row->event, &ret_row->kind, &ret_row->decision,
                                     &ret_row->state};
  for (int i = 0; i < WORDS; i++) {
    const char *stop = memchr(word, 0, (gsize)(end - word));
    if (!stop) return FALSE;
    *words[i] = word;
    word = stop + 1;
  }
  if (end - word != sizeof(guint64) || value->mv_size != sizeof(guint64)) return FALSE;
  ret_row->day = (gint64)key_last_number(key);
  ret_row->messages = key_last_number(value);
  return TRUE;
}

static gboolean walk_row(const MDB_val *key, const MDB_val *value, void *context) {
  const Walk *walk = context;
  TallyRow row;
  return !read_row(key, value, &row) || walk->visit(&row, walk->context);
}

gboolean tally_foreach(StoreTxn *txn, const char *event, TallyVisitor visit, void *context,
                       GError **error) {
  Walk walk = {visit, context};
  Key prefix = {.size = 0};
  if (event) add_word(&prefix, event);
  return table_scan(txn, TABLE_TALLY, event ? &prefix : NULL, NULL, walk_row, &walk, error);
}

typedef struct {
  guint64 all, open;
} Sum;

static gboolean sum_row(const TallyRow *row, void *context) {
  Sum *sum = context;
  sum->all += row->messages;
  if (!message_is_settled(row->state)) sum->open += row->messages;
  return TRUE;
}

gboolean tally_balances(StoreTxn *txn) {
  Sum sum = {0, 0};
  return tally_foreach(txn, NULL, sum_row, &sum, NULL) &&
         sum.all == table_rows(txn, TABLE_MESSAGE) &&
         sum.open == table_rows(txn, TABLE_MESSAGE_BY_STATE);
}
