/* person - see person.h. Whole tables are walked: to forget somebody is rare, and no index may know
 * who is named in a text. */
#include "store/person.h"

#include <string.h>

#include "store/internal.h"
#include "store/rewrite.h"

enum { ERASE_TERMS_MAX = 64, SAME_ID_MAX = 5 };

typedef struct {
  StoreTxn *txn;
  const char *address;
  const char *const *terms;
  char **longer; /* addresses of others that contain it */
  GPtrArray *own;
  Erasure *count;
  GArray *ids; /* guint64: what a walk collects */
  GError **error;
} Erase;

/* --- is it the person? -------------------------------------------------------------------------
 */

static gboolean is_address(const char *value, const char *address) {
  return g_ascii_strcasecmp(value, address) == 0;
}

static gboolean has_value(const Registration *row, const char *address) {
  if (is_address(row->email_key, address)) return TRUE;
  for (guint i = 0; i < row->fields->len; i++)
    if (is_address(((const StoreField *)row->fields->pdata[i])->value, address)) return TRUE;
  return FALSE;
}

typedef struct {
  const char *address;
  GPtrArray *found;
} Find;

static gboolean find_own(const Registration *row, void *context) {
  Find *find = context;
  if (has_value(row, find->address)) g_ptr_array_add(find->found, registration_copy(row));
  return TRUE;
}

static gboolean is_own(const GPtrArray *own, guint64 id) {
  for (guint i = 0; i < own->len && id; i++)
    if (((const Registration *)own->pdata[i])->id == id) return TRUE;
  return FALSE;
}

/* What was merged into one of them is the same person. */
static gboolean find_merged(const Registration *row, void *context) {
  Find *find = context;
  if (is_own(find->found, row->merged) && !is_own(find->found, row->id))
    g_ptr_array_add(find->found, registration_copy(row));
  return TRUE;
}

GPtrArray *person_registrations(StoreTxn *txn, const char *address, GError **error) {
  g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  Find find = {address, own};
  if (!registration_foreach(txn, NULL, find_own, &find, error) ||
      !registration_foreach(txn, NULL, find_merged, &find, error))
    return NULL;
  return g_steal_pointer(&own);
}

static gboolean has_own(const GArray *ids, const GPtrArray *own) {
  for (guint i = 0; i < ids->len; i++)
    if (is_own(own, g_array_index(ids, guint64, i))) return TRUE;
  return FALSE;
}

gboolean person_has_message(const Message *message, const char *address, const GPtrArray *own) {
  return is_address(message->from, address) || has_own(message->registrations, own);
}

gboolean person_has_answer(const OutboxEntry *entry, const char *address, const GPtrArray *own) {
  return is_address(entry->to, address) || is_own(own, entry->registration) ||
         has_own(entry->others, own);
}

/* Is the hit at `at` within a longer word of somebody else? */
static gboolean is_part(const char *text, gsize size, gsize at, const char *term,
                        char *const *longer) {
  for (; longer && *longer; longer++)
    for (const char *in = strstr(*longer, term); in; in = strstr(in + 1, term)) {
      gsize before = (gsize)(in - *longer), length = strlen(*longer);
      if (before <= at && at - before + length <= size &&
          !memcmp(text + at - before, *longer, length))
        return TRUE;
    }
  return FALSE;
}

static gboolean has_term(const char *text, gsize size, const char *term, char *const *longer) {
  gsize length = strlen(term);
  const char *at = text;
  while ((at = memmem(at, size - (gsize)(at - text), term, length))) {
    if (!is_part(text, size, (gsize)(at - text), term, longer)) return TRUE;
    at++;
  }
  return FALSE;
}

static gboolean names(const Erase *erase, const void *data, gsize size) {
  g_autofree char *bytes = g_malloc(size + 1);
  for (gsize i = 0; i < size; i++) bytes[i] = g_ascii_tolower(((const char *)data)[i]);
  if (has_term(bytes, size, erase->address, erase->longer)) return TRUE;
  for (guint i = 0; erase->terms && erase->terms[i] && i < ERASE_TERMS_MAX; i++)
    if (has_term(bytes, size, erase->terms[i], erase->longer)) return TRUE;
  return FALSE;
}

static gboolean text_names(const Erase *erase, const char *text) {
  return names(erase, text, strlen(text));
}

static gboolean bytes_name(const Erase *erase, GBytes *bytes) {
  gsize size = 0;
  const void *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
  return size && names(erase, data, size);
}

/* --- tombstones --------------------------------------------------------------------------------
 */

static Key tombstone(const StoreTxn *txn, const char *kind, const char *first, const char *second) {
  g_autofree char *text = g_strjoin("\n", kind, first, second, NULL);
  g_autofree char *hash = g_compute_hmac_for_string(G_CHECKSUM_SHA256, txn->store->secret,
                                                    sizeof txn->store->secret, text, -1);
  return key_of_texts(hash, NULL);
}

static gboolean put_tombstone(StoreTxn *txn, const Key *key, GError **error) {
  guint64 now = GUINT64_TO_BE((guint64)(g_get_real_time() / G_USEC_PER_SEC));
  return table_put(txn, TABLE_TOMBSTONE, key, &now, sizeof now, error);
}

static gboolean has_row(StoreTxn *txn, Table table, const Key *key) {
  MDB_val value;
  return table_get(txn, table, key, &value, NULL);
}

gboolean tombstone_has_mail(StoreTxn *txn, const char *message_id, const char *digest) {
  if (!table_rows(txn, TABLE_TOMBSTONE)) return FALSE;
  Key key = tombstone(txn, "mail", message_id, digest);
  return has_row(txn, TABLE_TOMBSTONE, &key);
}

static gboolean note_mail(StoreTxn *txn, const Message *message, GError **error) {
  if (!*message->message_id && !*message->digest) return TRUE;
  Key key = tombstone(txn, "mail", message->message_id, message->digest);
  return put_tombstone(txn, &key, error);
}

/* --- messages ----------------------------------------------------------------------------------
 */

static void set_text(char **text, const char *value) {
  g_free(*text);
  *text = g_strdup(value);
}

static gboolean drop_raw(StoreTxn *txn, const Message *message, guint *count, GError **error) {
  Key key = key_of_number(message->id);
  Key time = key_of_numbers((guint64)MAX(message->stored, 0), message->id);
  if (!has_row(txn, TABLE_RAW, &key)) return TRUE;
  ++*count;
  return table_delete(txn, TABLE_RAW, &key, error) &&
         table_delete(txn, TABLE_RAW_TIME, &time, error);
}

static gboolean drop_text(StoreTxn *txn, Table table, const char *text, guint64 id,
                          GError **error) {
  Key key = key_of_texts_number(text, NULL, id);
  return !*text || table_delete(txn, table, &key, error);
}

/* Nothing but its number, its event and its place in the counts is left. */
static gboolean empty_message(StoreTxn *txn, Message *message, guint *raw, GError **error) {
  if (!drop_raw(txn, message, raw, error) ||
      !drop_text(txn, TABLE_MESSAGE_BY_MID, message->message_id, message->id, error) ||
      !drop_text(txn, TABLE_MESSAGE_BY_DIGEST, message->digest, message->id, error))
    return FALSE;
  char **const texts[] = {&message->message_id, &message->digest, &message->from,
                          &message->subject};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) set_text(texts[i], "");
  set_text(&message->state, "settled");
  set_text(&message->reason, "erased");
  g_clear_pointer(&message->extraction, g_bytes_unref);
  message->uid = message->uidvalidity = 0;
  message->size_bytes = 0;
  return message_update(txn, message, error);
}

/* Another's message that names the person: what was written goes, who wrote it stays. */
static gboolean strip_message(StoreTxn *txn, Message *message, guint *raw, GError **error) {
  g_clear_pointer(&message->extraction, g_bytes_unref);
  set_text(&message->subject, "");
  return drop_raw(txn, message, raw, error) && message_update(txn, message, error);
}

static gboolean collect_id(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Erase *erase = context;
  guint64 id = key_last_number(key);
  g_array_append_val(erase->ids, id);
  return TRUE;
}

static gboolean drop_own(Erase *erase, GArray *ids) {
  guint before = ids->len;
  for (guint i = before; i-- > 0;)
    if (is_own(erase->own, g_array_index(ids, guint64, i))) g_array_remove_index(ids, i);
  return ids->len < before;
}

static gboolean message_names(Erase *erase, const Message *message) {
  if (text_names(erase, message->subject) || text_names(erase, message->reason) ||
      text_names(erase, message->message_id) || bytes_name(erase, message->extraction))
    return TRUE;
  g_autoptr(GBytes) raw = message_raw(erase->txn, message->id, NULL);
  return bytes_name(erase, raw);
}

/* A mail for several people whose sender is another stays theirs; its text goes. */
static gboolean erase_message(Erase *erase, guint64 id) {
  g_autoptr(Message) message = message_get(erase->txn, id, erase->error);
  if (!message) return FALSE;
  gboolean held = drop_own(erase, message->registrations);
  gboolean alone = held && !message->registrations->len;
  if (is_address(message->from, erase->address) || alone) {
    erase->count->messages++;
    return note_mail(erase->txn, message, erase->error) &&
           empty_message(erase->txn, message, &erase->count->raw, erase->error);
  }
  if (!held && !message_names(erase, message)) return TRUE;
  erase->count->mentions++;
  if (text_names(erase, message->reason)) set_text(&message->reason, "erased in part");
  return strip_message(erase->txn, message, &erase->count->raw, erase->error);
}

/* --- answers -----------------------------------------------------------------------------------
 */

static gboolean drop_answer(StoreTxn *txn, const OutboxEntry *entry, GError **error) {
  Key key = key_of_number(entry->id);
  Key state = key_of_texts_number(entry->state, NULL, entry->id);
  Key due = key_of_numbers((guint64)MAX(entry->next, 0), entry->id);
  Key mid = key_of_texts_number(entry->message_id, NULL, entry->id);
  return table_keep_last(txn, TABLE_OUTBOX, entry->id, error) &&
         table_delete(txn, TABLE_OUTBOX, &key, error) &&
         table_delete(txn, TABLE_OUTBOX_MAIL, &key, error) &&
         table_delete(txn, TABLE_OUTBOX_BY_STATE, &state, error) &&
         table_delete(txn, TABLE_OUTBOX_DUE, &due, error) &&
         table_delete(txn, TABLE_OUTBOX_BY_MID, &mid, error);
}

static gboolean erase_answer(Erase *erase, guint64 id) {
  g_autoptr(OutboxEntry) entry = outbox_get(erase->txn, id, erase->error);
  if (!entry) return FALSE;
  g_autoptr(GBytes) mail = outbox_mail(erase->txn, id, NULL);
  if (!person_has_answer(entry, erase->address, erase->own) && !bytes_name(erase, mail) &&
      !text_names(erase, entry->last_error))
    return TRUE;
  erase->count->answers++;
  if (strcmp(entry->state, "sent") != 0) erase->count->unsent++;
  return drop_answer(erase->txn, entry, erase->error);
}

/* --- registrations -----------------------------------------------------------------------------
 */

static gboolean drop_registration(StoreTxn *txn, const Registration *row, GError **error) {
  Key key = key_of_number(row->id);
  Key email = key_of_texts_number(row->event, row->email_key, row->id);
  Key sender = key_of_texts_number(row->event, row->sender, row->id);
  Key thread = key_of_numbers(row->thread, row->id), change = key_of_numbers(row->change, row->id);
  return table_keep_last(txn, TABLE_REGISTRATION, row->id, error) &&
         table_delete(txn, TABLE_REGISTRATION, &key, error) &&
         table_delete(txn, TABLE_REGISTRATION_BY_EMAIL, &email, error) &&
         table_delete(txn, TABLE_REGISTRATION_BY_SENDER, &sender, error) &&
         table_delete(txn, TABLE_REGISTRATION_BY_THREAD, &thread, error) &&
         table_delete(txn, TABLE_REGISTRATION_BY_CHANGE, &change, error);
}

static guint scrub_fields(Erase *erase, GPtrArray *fields) {
  guint gone = 0;
  for (guint i = fields->len; i-- > 0;) {
    const StoreField *field = fields->pdata[i];
    if (!text_names(erase, field->value)) continue;
    g_ptr_array_remove_index(fields, i);
    gone++;
  }
  return gone;
}

/* Who registered others is no longer named there. */
static gboolean scrub_registration(Erase *erase, guint64 id) {
  g_autoptr(Registration) row = registration_get(erase->txn, id, erase->error);
  if (!row) return FALSE;
  guint gone = scrub_fields(erase, row->fields);
  for (guint i = 0; i < row->history->len; i++) {
    HistoryEntry *entry = row->history->pdata[i];
    gone += scrub_fields(erase, entry->before);
    if (text_names(erase, entry->message_id)) set_text(&entry->message_id, ""), gone++;
  }
  if (is_address(row->sender, erase->address)) set_text(&row->sender, ""), gone++;
  if (text_names(erase, row->message_id)) set_text(&row->message_id, ""), gone++;
  erase->count->values += gone;
  return !gone || registration_update(erase->txn, row, erase->error);
}

/* --- the log and the counters ------------------------------------------------------------------
 */

typedef struct {
  Erase *erase;
  GArray *rows; /* guint64 message, guint64 sequence: pairs */
} Lines;

static gboolean is_emptied(StoreTxn *txn, guint64 id) {
  g_autoptr(Message) message = id ? message_get(txn, id, NULL) : NULL;
  return message && !strcmp(message->reason, "erased");
}

static gboolean see_line(const JournalEntry *entry, void *context) {
  Lines *lines = context;
  if (!text_names(lines->erase, entry->text) && !is_emptied(lines->erase->txn, entry->message))
    return TRUE;
  guint64 pair[2] = {entry->message, entry->sequence};
  g_array_append_vals(lines->rows, pair, 2);
  return TRUE;
}

static gboolean drop_lines(StoreTxn *txn, const GArray *rows, GError **error) {
  for (guint i = 0; i < rows->len; i += 2) {
    guint64 message = g_array_index(rows, guint64, i);
    Key row = key_of_number(g_array_index(rows, guint64, i + 1));
    Key index = key_of_numbers(message, g_array_index(rows, guint64, i + 1));
    if (!table_delete(txn, TABLE_JOURNAL, &row, error) ||
        !table_delete(txn, TABLE_JOURNAL_BY_MESSAGE, &index, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean erase_lines(Erase *erase) {
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint64));
  Lines lines = {erase, rows};
  if (!journal_foreach(erase->txn, 0, 0, 0, see_line, &lines, erase->error)) return FALSE;
  erase->count->journal = rows->len / 2;
  return drop_lines(erase->txn, rows, erase->error);
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static gboolean walk(Erase *erase, Table table, gboolean (*visit)(Erase *, guint64)) {
  g_array_set_size(erase->ids, 0);
  if (!table_scan(erase->txn, table, NULL, NULL, collect_id, erase, erase->error)) return FALSE;
  for (guint i = 0; i < erase->ids->len; i++)
    if (!visit(erase, g_array_index(erase->ids, guint64, i))) return FALSE;
  return TRUE;
}

static gboolean erase_own(Erase *erase) {
  for (guint i = 0; i < erase->own->len; i++)
    if (!drop_registration(erase->txn, erase->own->pdata[i], erase->error)) return FALSE;
  erase->count->registrations = erase->own->len;
  return TRUE;
}

static gboolean tell_erasure(const Erase *erase) {
  const Erasure *count = erase->count;
  g_autofree char *text = g_strdup_printf(
      "a person: %u registrations, %u mails, %u mails of others that named the person, %u answers, "
      "%u lines of the log",
      count->registrations, count->messages, count->mentions, count->answers, count->journal);
  return journal_add(erase->txn, 0, 0, "forgotten", text, erase->error);
}

static gboolean ask_rewrite(StoreTxn *txn, GError **error) {
  Key key = key_of_texts("rewrite", NULL);
  return table_put(txn, TABLE_META, &key, "", 0, error);
}

static gboolean erase_all(Erase *erase) {
  Key address = tombstone(erase->txn, "address", erase->address, NULL);
  return walk(erase, TABLE_OUTBOX, erase_answer) && walk(erase, TABLE_MESSAGE, erase_message) &&
         erase_own(erase) && walk(erase, TABLE_REGISTRATION, scrub_registration) &&
         erase_lines(erase) &&
         counter_forget(erase->txn, erase->address, &erase->count->counters, erase->error) &&
         put_tombstone(erase->txn, &address, erase->error) && tell_erasure(erase) &&
         ask_rewrite(erase->txn, erase->error);
}

gboolean store_erase(StoreTxn *txn, const char *address, const char *const *terms,
                     Erasure *ret_erasure, GError **error) {
  *ret_erasure = (Erasure){0};
  g_autoptr(GPtrArray) own = person_registrations(txn, address, error);
  if (!own) return FALSE;
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  g_auto(GStrv) longer = store_longer_addresses(txn, address);
  Erase erase = {txn, address, terms, longer, own, ret_erasure, ids, error};
  return erase_all(&erase);
}

/* --- a restored backup -------------------------------------------------------------------------
 */

typedef struct {
  StoreTxn *to;
  GHashTable *fresh; /* GBytes: keys that `to` has not */
} Carry;

static gboolean see_tombstone(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Carry *carry = context;
  Key row = {.size = MIN(key->mv_size, sizeof row.bytes)};
  memcpy(row.bytes, key->mv_data, row.size);
  if (!has_row(carry->to, TABLE_TOMBSTONE, &row))
    g_hash_table_add(carry->fresh, g_bytes_new(row.bytes, row.size));
  return TRUE;
}

typedef struct {
  const Carry *carry;
  GHashTable *people; /* char*: addresses that are to be forgotten */
} Known;

static void look_at(const Known *known, const char *address) {
  g_autofree char *low = g_ascii_strdown(address, -1);
  Key key = tombstone(known->carry->to, "address", low, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new(key.bytes, key.size);
  if (*low && g_hash_table_contains(known->carry->fresh, bytes))
    g_hash_table_add(known->people, g_steal_pointer(&low));
}

static gboolean look_registration(const Registration *row, void *context) {
  look_at(context, row->email_key);
  look_at(context, row->sender);
  for (guint i = 0; i < row->fields->len; i++)
    if (strchr(((const StoreField *)row->fields->pdata[i])->value, '@'))
      look_at(context, ((const StoreField *)row->fields->pdata[i])->value);
  return TRUE;
}

static gboolean look_message(const Message *message, void *context) {
  look_at(context, message->from);
  return TRUE;
}

static gboolean look_answer(const OutboxEntry *entry, void *context) {
  look_at(context, entry->to);
  return TRUE;
}

static gboolean erase_people(StoreTxn *to, GHashTable *people, GError **error) {
  GHashTableIter each;
  gpointer address;
  g_hash_table_iter_init(&each, people);
  while (g_hash_table_iter_next(&each, &address, NULL)) {
    Erasure erasure;
    if (!store_erase(to, address, NULL, &erasure, error)) return FALSE;
  }
  return TRUE;
}

static gboolean put_tombstones(StoreTxn *to, GHashTable *fresh, GError **error) {
  GHashTableIter each;
  gpointer bytes;
  g_hash_table_iter_init(&each, fresh);
  while (g_hash_table_iter_next(&each, &bytes, NULL)) {
    Key key = {.size = g_bytes_get_size(bytes)};
    memcpy(key.bytes, g_bytes_get_data(bytes, NULL), key.size);
    if (!put_tombstone(to, &key, error)) return FALSE;
  }
  return TRUE;
}

gint tombstone_carry(StoreTxn *from, StoreTxn *to, GError **error) {
  g_autoptr(GHashTable) fresh =
      g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  g_autoptr(GHashTable) people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Carry carry = {to, fresh};
  Known known = {&carry, people};
  gboolean done = table_scan(from, TABLE_TOMBSTONE, NULL, NULL, see_tombstone, &carry, error) &&
                  registration_foreach(to, NULL, look_registration, &known, error) &&
                  message_foreach(to, NULL, look_message, &known, error) &&
                  outbox_foreach(to, NULL, look_answer, &known, error) &&
                  erase_people(to, people, error) && put_tombstones(to, fresh, error);
  return done ? (gint)g_hash_table_size(fresh) : -1;
}

/* --- retention ---------------------------------------------------------------------------------
 */

typedef struct {
  GArray *ids;
  guint max;
} Some;

static gboolean take_some(const MDB_val *key, const MDB_val *value, void *context) {
  (void)value;
  Some *some = context;
  guint64 id = key_last_number(key);
  g_array_append_val(some->ids, id);
  return some->ids->len < some->max;
}

static gboolean expire_answer(StoreTxn *txn, const char *event, guint64 id) {
  g_autoptr(OutboxEntry) entry = outbox_get(txn, id, NULL);
  g_autoptr(Message) message = entry ? message_get(txn, entry->message, NULL) : NULL;
  return message && !strcmp(message->event, event) && drop_answer(txn, entry, NULL);
}

static gboolean expire_message(StoreTxn *txn, const char *event, guint64 id) {
  guint raw = 0;
  g_autoptr(Message) message = message_get(txn, id, NULL);
  if (!message || strcmp(message->event, event) != 0 || !strcmp(message->reason, "erased") ||
      !note_mail(txn, message, NULL))
    return FALSE;
  g_array_set_size(message->registrations, 0);
  if (!empty_message(txn, message, &raw, NULL)) return FALSE;
  Key prefix = key_of_number(id);
  g_autoptr(GArray) lines = table_ids(txn, TABLE_JOURNAL_BY_MESSAGE, &prefix, G_MAXUINT);
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint64));
  for (guint i = 0; i < lines->len; i++) {
    guint64 pair[2] = {id, g_array_index(lines, guint64, i)};
    g_array_append_vals(rows, pair, 2);
  }
  return drop_lines(txn, rows, NULL);
}

static gboolean expire_registration(StoreTxn *txn, const char *event, guint64 id) {
  g_autoptr(Registration) row = registration_get(txn, id, NULL);
  return row && !strcmp(row->event, event) && drop_registration(txn, row, NULL);
}

static gboolean next_rows(StoreTxn *txn, Table table, guint max, RetentionWalk *walk, GArray *ids) {
  Key from = key_of_number(walk->after + 1);
  Some some = {ids, max};
  table_scan(txn, table, NULL, &from, take_some, &some, NULL);
  if (ids->len) walk->after = g_array_index(ids, guint64, ids->len - 1);
  return ids->len == max;
}

guint person_expire_event(StoreTxn *txn, const char *event, guint max, RetentionWalk *walk) {
  static const struct {
    Table table;
    gboolean (*expire)(StoreTxn *, const char *, guint64);
  } stages[] = {{TABLE_OUTBOX, expire_answer},
                {TABLE_MESSAGE, expire_message},
                {TABLE_REGISTRATION, expire_registration}};
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  guint gone = 0;
  gboolean more = next_rows(txn, stages[walk->stage].table, max, walk, ids);
  for (guint i = 0; i < ids->len; i++)
    gone += stages[walk->stage].expire(txn, event, g_array_index(ids, guint64, i)) ? 1 : 0;
  if (more) return gone;
  walk->after = 0;
  walk->done = ++walk->stage == G_N_ELEMENTS(stages);
  return gone;
}

static gboolean drop_fields(GPtrArray *list, const char *const *fields) {
  guint before = list->len;
  for (guint i = before; i-- > 0;)
    if (g_strv_contains(fields, ((const StoreField *)list->pdata[i])->name))
      g_ptr_array_remove_index(list, i);
  return list->len < before;
}

static void strip_by_message_id(StoreTxn *txn, const char *message_id) {
  g_autoptr(GArray) ids = message_by_message_id(txn, message_id, SAME_ID_MAX);
  for (guint i = 0; i < ids->len; i++) {
    guint raw = 0;
    g_autoptr(Message) message = message_get(txn, g_array_index(ids, guint64, i), NULL);
    if (message && !strip_message(txn, message, &raw, NULL)) return;
  }
}

/* The value stands in the mail that brought it, too. */
static gboolean expire_fields(StoreTxn *txn, const char *event, guint64 id,
                              const char *const *fields) {
  g_autoptr(Registration) row = registration_get(txn, id, NULL);
  if (!row || strcmp(row->event, event) != 0) return FALSE;
  gboolean had = drop_fields(row->fields, fields);
  for (guint i = 0; i < row->history->len; i++)
    had |= drop_fields(((HistoryEntry *)row->history->pdata[i])->before, fields);
  if (!had) return FALSE;
  guint raw = 0;
  g_autoptr(Message) message = row->message ? message_get(txn, row->message, NULL) : NULL;
  if (message && !strip_message(txn, message, &raw, NULL)) return FALSE;
  for (guint i = 0; i < row->history->len; i++)
    strip_by_message_id(txn, ((HistoryEntry *)row->history->pdata[i])->message_id);
  return registration_update(txn, row, NULL);
}

guint person_expire_fields(StoreTxn *txn, const char *event, const char *const *fields, guint max,
                           RetentionWalk *walk) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  guint gone = 0;
  walk->done = !next_rows(txn, TABLE_REGISTRATION, max, walk, ids);
  for (guint i = 0; i < ids->len; i++)
    gone += expire_fields(txn, event, g_array_index(ids, guint64, i), fields) ? 1 : 0;
  return gone;
}
