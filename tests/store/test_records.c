/* Each kind of record: written, found by every index, changed, forgotten. */
#include "store/internal.h"
#include "tests/store/scratch.h"

static void set(char **at, const char *value) {
  g_free(*at);
  *at = g_strdup(value);
}

/* --- messages --------------------------------------------------------------------------------- */

static guint64 add_message(StoreTxn *txn, const char *message_id, const char *state, GBytes *raw) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Message) message = message_new();
  set(&message->message_id, message_id);
  set(&message->digest, "digest");
  set(&message->state, state);
  set(&message->subject, "Été");
  message->stored = 1000;
  message->uid = 7;
  g_array_append_val(message->registrations, message->stored);
  message->extraction = g_bytes_new_static("\0x", 2);
  gboolean added = message_add(txn, message, raw, &error);
  g_assert_no_error(error);
  g_assert_true(added);
  return message->id;
}

static gboolean collect_message(const Message *message, void *context) {
  g_array_append_val((GArray *)context, message->id);
  return TRUE;
}

static void assert_messages(StoreTxn *txn, const char *state, const char *expected) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  g_assert_true(message_foreach(txn, state, collect_message, ids, NULL));
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, i ? " " : "",
                           g_array_index(ids, guint64, i));
  g_assert_cmpstr(text->str, ==, expected);
  g_assert_cmpuint(message_count(txn, state), ==, ids->len);
}

static void test_message_roundtrip(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_autoptr(GBytes) raw = g_bytes_new_static("From: a\r\n\r\n\0b", 13);
  guint64 id = add_message(txn, "a@b", "review", raw);
  g_autoptr(Message) message = message_get(txn, id, NULL);
  g_assert_cmpstr(message->subject, ==, "Été");
  g_assert_cmpuint(message->thread, ==, id);
  g_assert_cmpuint(message->uid, ==, 7);
  g_assert_cmpuint(g_array_index(message->registrations, guint64, 0), ==, 1000);
  g_assert_cmpuint(g_bytes_get_size(message->extraction), ==, 2);
  g_autoptr(GBytes) back = message_raw(txn, id, NULL);
  g_assert_true(g_bytes_equal(raw, back));
  g_autoptr(GError) error = NULL;
  g_assert_null(message_get(txn, 99, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  store_abort(txn);
  END_STORE(path, store);
}

static void test_message_indexes(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_autofree char *long_id = g_strnfill(900, 'i');
  add_message(txn, "a@b", "review", NULL);
  add_message(txn, "a@b", "settled", NULL);
  add_message(txn, "", "waiting-for-sender", NULL);
  add_message(txn, long_id, "review", NULL);
  g_autoptr(GArray) same = message_by_message_id(txn, "a@b", 10);
  g_autoptr(GArray) none = message_by_message_id(txn, "", 10);
  g_autoptr(GArray) prefix = message_by_message_id(txn, "a@", 10);
  g_autoptr(GArray) long_one = message_by_message_id(txn, long_id, 10);
  g_autoptr(GArray) two = message_by_digest(txn, "digest", 2);
  g_assert_cmpuint(same->len, ==, 2);
  g_assert_cmpuint(none->len, ==, 0);
  g_assert_cmpuint(prefix->len, ==, 0);
  g_assert_cmpuint(long_one->len, ==, 1);
  g_assert_cmpuint(two->len, ==, 2);
  store_abort(txn);
  END_STORE(path, store);
}

static void test_message_states(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  add_message(txn, "1", "waiting-for-sender", NULL);
  add_message(txn, "2", "settled", NULL);
  guint64 id = add_message(txn, "3", "review", NULL);
  assert_messages(txn, NULL, "1 2 3");
  assert_messages(txn, "open", "1 3");
  assert_messages(txn, "review", "3");
  assert_messages(txn, "settled", "2");
  g_autoptr(Message) message = message_get(txn, id, NULL);
  set(&message->state, "settled");
  g_assert_true(message_update(txn, message, NULL));
  assert_messages(txn, "open", "1");
  assert_messages(txn, "review", "");
  assert_messages(txn, "settled", "2 3");
  store_abort(txn);
  END_STORE(path, store);
}

static void test_raw_is_forgotten_in_time(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_autoptr(GBytes) raw = g_bytes_new_static("x", 1);
  guint64 id = add_message(txn, "1", "settled", raw);
  add_message(txn, "2", "settled", raw);
  g_assert_cmpuint(message_expire_raw(txn, 1000, 10), ==, 0);
  g_assert_cmpuint(message_expire_raw(txn, 1001, 1), ==, 1);
  g_autoptr(GError) error = NULL;
  g_assert_null(message_raw(txn, id, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_assert_cmpuint(message_expire_raw(txn, 1001, 10), ==, 1);
  store_abort(txn);
  END_STORE(path, store);
}

/* --- registrations ---------------------------------------------------------------------------- */

static Registration *add_registration(StoreTxn *txn, const char *event, const char *email) {
  g_autoptr(GError) error = NULL;
  Registration *registration = registration_new();
  set(&registration->event, event);
  set(&registration->status, "registered");
  set(&registration->email_key, email);
  set(&registration->sender, "assistant@b");
  registration->thread = 5;
  registration_set(registration, "last_name", "DURAND");
  registration_set(registration, "city", "Nancy");
  gboolean added = registration_add(txn, registration, &error);
  g_assert_no_error(error);
  g_assert_true(added);
  return registration;
}

static void assert_found(GPtrArray *found, guint count) {
  g_assert_cmpuint(found->len, ==, count);
  g_ptr_array_unref(found);
}

static void test_registration_indexes_follow(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_autoptr(Registration) one = add_registration(txn, "e", "a@b");
  g_autoptr(Registration) other = add_registration(txn, "f", "a@b");
  assert_found(registration_by_email(txn, "e", "a@b", 10), 1);
  assert_found(registration_by_email(txn, "e", "", 10), 0);
  assert_found(registration_by_sender(txn, "e", "assistant@b", 10), 1);
  assert_found(registration_by_thread(txn, 5, 10), 2);
  assert_found(registration_by_thread(txn, 5, 1), 1);
  set(&one->email_key, "new@b");
  one->thread = 6;
  g_assert_true(registration_update(txn, one, NULL));
  assert_found(registration_by_email(txn, "e", "a@b", 10), 0);
  assert_found(registration_by_email(txn, "e", "new@b", 10), 1);
  assert_found(registration_by_thread(txn, 5, 10), 1);
  g_assert_cmpuint(registration_count(txn), ==, 2);
  store_abort(txn);
  END_STORE(path, store);
}

static void test_registration_values(void) {
  g_autoptr(Registration) registration = registration_new();
  registration_set(registration, "a", "1");
  registration_set(registration, "b", "2");
  registration_set(registration, "a", "3");
  registration_set(registration, "b", NULL);
  g_assert_cmpstr(registration_value(registration, "a"), ==, "3");
  g_assert_null(registration_value(registration, "b"));
  g_autoptr(Registration) copy = registration_copy(registration);
  g_assert_cmpstr(registration_value(copy, "a"), ==, "3");
}

static void test_history_is_bounded_and_keeps_its_first(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_autoptr(Registration) registration = add_registration(txn, "e", "a@b");
  for (int i = 0; i < REGISTRATION_HISTORY_MAX + 10; i++) {
    HistoryEntry *entry = history_entry_new();
    entry->time = i;
    set(&entry->who, "admin:root");
    g_ptr_array_add(entry->before, store_field_new("city", "Paris"));
    g_ptr_array_add(registration->history, entry);
    g_assert_true(registration_update(txn, registration, NULL));
  }
  g_autoptr(Registration) back = registration_get(txn, registration->id, NULL);
  const HistoryEntry *first = back->history->pdata[0];
  const HistoryEntry *last = back->history->pdata[back->history->len - 1];
  g_assert_cmpuint(back->history->len, ==, REGISTRATION_HISTORY_MAX);
  g_assert_cmpint(first->time, ==, 0);
  g_assert_cmpint(last->time, ==, REGISTRATION_HISTORY_MAX + 9);
  g_assert_cmpstr(last->who, ==, "admin:root");
  g_assert_cmpstr(((StoreField *)last->before->pdata[0])->value, ==, "Paris");
  store_abort(txn);
  END_STORE(path, store);
}

/* --- outbox ----------------------------------------------------------------------------------- */

static guint64 add_reply(StoreTxn *txn, const char *message_id, const char *state, gint64 next) {
  g_autoptr(GError) error = NULL;
  g_autoptr(OutboxEntry) entry = outbox_entry_new();
  set(&entry->message_id, message_id);
  set(&entry->state, state);
  set(&entry->to, "a@b");
  entry->next = next;
  entry->mail = g_bytes_new_static("mail", 4);
  const guint64 other = 7;
  g_array_append_val(entry->others, other);
  gboolean added = outbox_add(txn, entry, &error);
  g_assert_no_error(error);
  g_assert_true(added);
  return entry->id;
}

static void change_state(StoreTxn *txn, guint64 id, const char *state, gint64 next) {
  g_autoptr(OutboxEntry) entry = outbox_get(txn, id, NULL);
  set(&entry->state, state);
  entry->next = next;
  g_assert_true(outbox_update(txn, entry, NULL));
}

static void test_nobody_is_answered_twice(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  guint64 id = add_reply(txn, "ours@b", "ready", 0);
  g_assert_cmpuint(add_reply(txn, "ours@b", "ready", 0), ==, id);
  change_state(txn, id, "sent", 0);
  g_assert_cmpuint(add_reply(txn, "ours@b", "ready", 0), ==, id);
  g_assert_cmpuint(outbox_count(txn, NULL), ==, 1);
  g_assert_cmpuint(outbox_by_message_id(txn, "ours@b"), ==, id);
  g_assert_cmpuint(outbox_by_message_id(txn, "other@b"), ==, 0);
  store_abort(txn);
  END_STORE(path, store);
}

static void test_due_in_order_of_time(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  guint64 late = add_reply(txn, "1", "deferred", 500);
  guint64 early = add_reply(txn, "2", "ready", 100);
  add_reply(txn, "3", "delayed", 900);
  add_reply(txn, "4", "sent", 50);
  add_reply(txn, "5", "failed", 50);
  gint64 next = 0;
  g_autoptr(GPtrArray) due = outbox_due(txn, 600, 10, &next);
  g_assert_cmpuint(due->len, ==, 2);
  g_assert_cmpuint(((OutboxEntry *)due->pdata[0])->id, ==, early);
  g_assert_cmpuint(((OutboxEntry *)due->pdata[1])->id, ==, late);
  g_assert_cmpint(next, ==, 900);
  g_autoptr(GBytes) mail = outbox_mail(txn, early, NULL);
  g_assert_cmpuint(g_bytes_get_size(mail), ==, 4);
  g_assert_cmpint(outbox_next(txn), ==, 100);
  const GArray *others = ((OutboxEntry *)due->pdata[0])->others;
  g_assert_cmpuint(others->len, ==, 1);
  g_assert_cmpuint(g_array_index(others, guint64, 0), ==, 7);
  change_state(txn, early, "sending", 100);
  g_autoptr(GPtrArray) rest = outbox_due(txn, 600, 10, NULL);
  g_assert_cmpuint(rest->len, ==, 1);
  g_assert_cmpuint(outbox_recover(txn), ==, 1);
  g_autoptr(GPtrArray) again = outbox_due(txn, 600, 10, NULL);
  g_assert_cmpuint(again->len, ==, 2);
  store_abort(txn);
  END_STORE(path, store);
}

static gboolean count_reply(const OutboxEntry *entry, void *context) {
  (void)entry;
  ++*(guint *)context;
  return TRUE;
}

static void test_a_clock_set_back_holds_nothing_up(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  guint64 due = add_reply(txn, "1", "ready", 900), later = add_reply(txn, "2", "deferred", 11000),
          soon = add_reply(txn, "3", "delayed", 10100);
  change_state(txn, add_reply(txn, "4", "ready", 11000), "sent", 0);
  g_assert_cmpuint(outbox_set_back(txn, 1000, 9500), ==, 2);
  g_autoptr(OutboxEntry) a = outbox_get(txn, due, NULL), b = outbox_get(txn, later, NULL),
                         c = outbox_get(txn, soon, NULL);
  g_assert_cmpint(a->next, ==, 900);
  g_assert_cmpint(b->next, ==, 1500);
  g_assert_cmpint(c->next, ==, 1000); /* not before now */
  gint64 next = 0;
  g_autoptr(GPtrArray) ready = outbox_due(txn, 1000, 10, &next);
  g_assert_cmpuint(ready->len, ==, 2);
  g_assert_cmpint(next, ==, 1500);
  store_abort(txn);
  END_STORE(path, store);
}

static gboolean say_id(const OutboxEntry *entry, void *context) {
  g_string_append_printf(context, "%u ", (guint)entry->id);
  return TRUE;
}

static void test_outbox_by_state(void) {
  static const struct {
    const char *state;
    guint count;
  } cases[] = {{NULL, 5}, {"open", 3}, {"ready", 2}, {"sent", 1}, {"failed", 1}, {"delayed", 1}};
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  add_reply(txn, "1", "ready", 1);
  add_reply(txn, "2", "ready", 2);
  add_reply(txn, "3", "delayed", 3);
  add_reply(txn, "4", "sent", 0);
  add_reply(txn, "5", "failed", 0);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    guint count = 0;
    g_assert_true(outbox_foreach(txn, cases[i].state, count_reply, &count, NULL));
    g_assert_cmpuint(count, ==, cases[i].count);
    g_assert_cmpuint(outbox_count(txn, cases[i].state), ==, cases[i].count);
  }
  static const struct {
    const char *state, *ids;
    guint64 before;
  } back[] = {{NULL, "5 4 3 2 1 ", 0}, {NULL, "2 1 ", 3},    {"open", "3 2 1 ", 0},
              {"open", "1 ", 2},       {"sent", "4 ", 0},    {"sent", "", 4},
              {"failed", "5 ", 0},     {"ready", "2 1 ", 0}, {"held", "", 0}};
  for (gsize i = 0; i < G_N_ELEMENTS(back); i++) {
    g_autoptr(GString) ids = g_string_new(NULL);
    g_assert_true(outbox_foreach_back(txn, back[i].state, back[i].before, say_id, ids, NULL));
    g_assert_cmpstr(ids->str, ==, back[i].ids);
  }
  store_abort(txn);
  END_STORE(path, store);
}

/* --- journal ---------------------------------------------------------------------------------- */

static gboolean collect_text(const JournalEntry *entry, void *context) {
  g_string_append_printf(context, "%s;", entry->text);
  return TRUE;
}

static void assert_journal(StoreTxn *txn, guint64 after, gint64 since, guint64 message,
                           const char *expected) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_assert_true(journal_foreach(txn, after, since, message, collect_text, text, NULL));
  g_assert_cmpstr(text->str, ==, expected);
}

static void test_journal(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_assert_cmpint(journal_last_us(txn), ==, 0);
  g_assert_true(journal_add(txn, 10, 1, "received", "a", NULL));
  g_assert_true(journal_add(txn, 20, 2, "received", "b\r\nX: \x1b[2J", NULL));
  g_assert_true(journal_add(txn, 30, 1, "read", "c", NULL));
  g_assert_true(journal_add(txn, 40, 0, "started", "d", NULL));
  g_assert_cmpint(journal_last_us(txn), ==, 40);
  assert_journal(txn, 0, 0, 0, "a;b  X:  [2J;c;d;");
  assert_journal(txn, 2, 0, 0, "c;d;");
  assert_journal(txn, 0, 25, 0, "c;d;");
  assert_journal(txn, 0, 0, 1, "a;c;");
  assert_journal(txn, 1, 0, 1, "c;");
  g_assert_cmpuint(journal_expire(txn, 30, 10), ==, 2);
  assert_journal(txn, 0, 0, 1, "c;");
  g_assert_true(journal_add(txn, 50, 1, "read", "e", NULL));
  assert_journal(txn, 3, 0, 0, "d;e;");
  store_abort(txn);
  END_STORE(path, store);
}

/* --- cursor ----------------------------------------------------------------------------------- */

static void test_cursor_sets(void) {
  g_autoptr(Cursor) cursor = cursor_new();
  cursor_add(cursor, 9);
  cursor_add(cursor, 3);
  cursor_add(cursor, 9);
  g_assert_true(cursor_has(cursor, 3));
  g_assert_false(cursor_has(cursor, 4));
  g_assert_cmpuint(cursor->above->len, ==, 2);
  cursor_join(cursor, 5);
  g_assert_true(cursor_has(cursor, 4));
  g_assert_cmpuint(cursor->above->len, ==, 1);
  cursor_join(cursor, G_MAXUINT32);
  g_assert_cmpuint(cursor->above->len, ==, 0);
}

static void test_cursor_roundtrip(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_autoptr(Cursor) none = cursor_load(txn, "a", "INBOX", NULL);
  g_assert_cmpuint(none->uidvalidity, ==, 0);
  none->uidvalidity = 77;
  none->base = 5;
  none->since = 1234;
  cursor_add(none, 8);
  guint32 unmarked = 4;
  g_array_append_val(none->unmarked, unmarked);
  g_assert_true(cursor_save(txn, "a", "INBOX", none, NULL));
  g_autoptr(Cursor) back = cursor_load(txn, "a", "INBOX", NULL);
  g_autoptr(Cursor) other = cursor_load(txn, "a", "INBOX.x", NULL);
  g_assert_cmpuint(back->uidvalidity, ==, 77);
  g_assert_cmpint(back->since, ==, 1234);
  g_assert_true(cursor_has(back, 8) && !cursor_has(back, 7));
  g_assert_cmpuint(g_array_index(back->unmarked, guint32, 0), ==, 4);
  g_assert_cmpuint(other->uidvalidity, ==, 0);
  store_abort(txn);
  END_STORE(path, store);
}

/* --- counters --------------------------------------------------------------------------------- */

static void assert_counted(StoreTxn *txn, const char *address, gint64 since, const char *times) {
  g_autoptr(GArray) entries = counter_list(txn, address, since, COUNTER_MAX);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < entries->len; i++)
    g_string_append_printf(text, "%" G_GINT64_FORMAT " ",
                           g_array_index(entries, CounterEntry, i).time);
  g_assert_cmpstr(text->str, ==, times);
}

static void test_counters(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_assert_true(counter_add(txn, "b@x", 30, "h3", NULL));
  g_assert_true(counter_add(txn, "a@x", 10, "h1", NULL));
  g_assert_true(counter_add(txn, "a@x", 10, "h2", NULL));
  g_assert_true(counter_add(txn, "a@x", 40, "", NULL));
  assert_counted(txn, "a@x", 0, "10 10 40 ");
  assert_counted(txn, "a@x", 11, "40 ");
  assert_counted(txn, NULL, 0, "10 10 30 40 ");
  assert_counted(txn, NULL, 30, "30 40 ");
  g_autoptr(GArray) entries = counter_list(txn, "b@x", 0, 1);
  g_assert_cmpstr(g_array_index(entries, CounterEntry, 0).hash, ==, "h3");
  g_autoptr(GArray) last = counter_list(txn, NULL, 0, 2);
  g_autoptr(GArray) nothing = counter_list(txn, NULL, 0, 0);
  g_assert_cmpuint(last->len, ==, 2);
  g_assert_cmpint(g_array_index(last, CounterEntry, 0).time, ==, 30);
  g_assert_cmpuint(nothing->len, ==, 0);
  g_assert_cmpuint(counter_expire(txn, 30, 10), ==, 2);
  assert_counted(txn, "a@x", 0, "40 ");
  assert_counted(txn, NULL, 0, "30 40 ");
  for (int i = 0; i < COUNTER_MAX + 5; i++)
    g_assert_true(counter_add(txn, "c@x", 1000 + i, "h", NULL));
  g_autoptr(GArray) most = counter_list(txn, "c@x", 0, COUNTER_MAX + 1);
  g_assert_cmpuint(most->len, ==, COUNTER_MAX);
  g_assert_cmpint(g_array_index(most, CounterEntry, 0).time, ==, 1005);
  store_abort(txn);
  END_STORE(path, store);
}

/* A line is cut before the character that would pass the bound, however many bytes it has. */
static void test_a_long_journal_line_is_cut(void) {
  enum { JOURNAL_TEXT_MAX_BYTES = 2000 };
  static const struct {
    const char *character;
    gsize before, want; /* bytes: of "x" before it; of what is kept */
  } rows[] = {{"y", 0, 2000}, {"é", 0, 2000}, {"é", 1, 1999}, {"席", 0, 1998}, {"席", 2, 2000}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    WITH_STORE(path, store);
    StoreTxn *txn = scratch_begin(store, TRUE);
    g_autoptr(GString) line = g_string_new("xx");
    g_string_truncate(line, rows[i].before);
    while (line->len <= JOURNAL_TEXT_MAX_BYTES) g_string_append(line, rows[i].character);
    g_assert_true(journal_add(txn, 10, 0, "read", line->str, NULL));
    g_string_truncate(line, rows[i].want);
    g_string_append_c(line, ';');
    assert_journal(txn, 0, 0, 0, line->str);
    store_abort(txn);
    END_STORE(path, store);
  }
}

/* --- rows that cannot be decoded -------------------------------------------------------------- */

static gboolean read_message(StoreTxn *txn, GError **error) {
  g_autoptr(Message) message = message_get(txn, 1, error);
  return message != NULL;
}
static gboolean read_raw(StoreTxn *txn, GError **error) {
  g_autoptr(GBytes) raw = message_raw(txn, 1, error);
  return raw != NULL;
}
static gboolean skip_message(const Message *message, void *context) {
  (void)message, (void)context;
  return TRUE;
}
static gboolean walk_messages(StoreTxn *txn, GError **error) {
  return message_foreach(txn, NULL, skip_message, NULL, error);
}
static gboolean walk_open_messages(StoreTxn *txn, GError **error) {
  return message_foreach(txn, "open", skip_message, NULL, error);
}
static gboolean change_message(StoreTxn *txn, GError **error) {
  g_autoptr(Message) message = message_new();
  message->id = 1;
  return message_update(txn, message, error);
}
static gboolean read_registration(StoreTxn *txn, GError **error) {
  g_autoptr(Registration) registration = registration_get(txn, 1, error);
  return registration != NULL;
}
static gboolean skip_registration(const Registration *registration, void *context) {
  (void)registration, (void)context;
  return TRUE;
}
static gboolean walk_registrations(StoreTxn *txn, GError **error) {
  return registration_foreach(txn, NULL, skip_registration, NULL, error);
}
static gboolean read_reply(StoreTxn *txn, GError **error) {
  g_autoptr(OutboxEntry) entry = outbox_get(txn, 1, error);
  return entry != NULL;
}
static gboolean walk_replies(StoreTxn *txn, GError **error) {
  guint count = 0;
  return outbox_foreach(txn, NULL, count_reply, &count, error);
}
static gboolean walk_open_replies(StoreTxn *txn, GError **error) {
  guint count = 0;
  return outbox_foreach(txn, "open", count_reply, &count, error);
}
static gboolean walk_journal(StoreTxn *txn, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  return journal_foreach(txn, 0, 0, 0, collect_text, text, error);
}
static gboolean walk_journal_of_message(StoreTxn *txn, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  return journal_foreach(txn, 0, 0, 1, collect_text, text, error);
}
static gboolean read_cursor(StoreTxn *txn, GError **error) {
  g_autoptr(Cursor) cursor = cursor_load(txn, "a", "INBOX", error);
  return cursor != NULL;
}

/* A record of each kind, with number 1. */
static void add_one_of_each(StoreTxn *txn) {
  g_autoptr(GBytes) raw = g_bytes_new_static("From: a\r\n\r\nb", 12);
  add_message(txn, "1", "review", raw);
  g_autoptr(Registration) registration = add_registration(txn, "e", "a@b");
  add_reply(txn, "1", "ready", 1);
  g_assert_true(journal_add(txn, 10, 1, "received", "a", NULL));
  g_autoptr(Cursor) cursor = cursor_new();
  g_assert_true(cursor_save(txn, "a", "INBOX", cursor, NULL));
}

/* It is told, by table and number, and never passed over. */
static void test_damage_is_told(void) {
  /* zstd's mark and a size; then the size alone, beyond any mail's */
  static const char cut[] = "\x28\xb5\x2f\xfd\x20\x08",
                    vast[] = "\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff";
  const struct {
    Table table;
    const char *nonsense;
    gboolean (*read)(StoreTxn *txn, GError **error);
    const char *want;
  } rows[] = {
      {TABLE_MESSAGE, "\xff\xff", read_message, "message 1 cannot be decoded"},
      {TABLE_MESSAGE, "\xff\xff", walk_messages, "message 1 cannot be decoded"},
      {TABLE_MESSAGE, "\xff\xff", walk_open_messages, "message 1 cannot be decoded"},
      {TABLE_MESSAGE, "\xff\xff", change_message, "message 1 cannot be decoded"},
      {TABLE_RAW, "nonsense", read_raw, "raw mail of message 1 cannot be decoded"},
      {TABLE_RAW, cut, read_raw, "raw mail of message 1 cannot be decoded"},
      {TABLE_RAW, vast, read_raw, "raw mail of message 1 cannot be decoded"},
      {TABLE_REGISTRATION, "\xff\xff", read_registration, "registration 1 cannot be decoded"},
      {TABLE_REGISTRATION, "\xff\xff", walk_registrations, "registration 1 cannot be decoded"},
      {TABLE_OUTBOX, "\xff\xff", read_reply, "reply 1 cannot be decoded"},
      {TABLE_OUTBOX, "\xff\xff", walk_replies, "reply 1 cannot be decoded"},
      {TABLE_OUTBOX, "\xff\xff", walk_open_replies, "reply 1 cannot be decoded"},
      {TABLE_JOURNAL, "\xff\xff", walk_journal, "journal line 0 cannot be decoded"},
      {TABLE_JOURNAL, "\xff\xff", walk_journal_of_message, "journal line 0 cannot be decoded"},
      {TABLE_CURSOR, "\xff\xff", read_cursor, "cursor 0 cannot be decoded"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    WITH_STORE(path, store);
    StoreTxn *txn = scratch_begin(store, TRUE);
    g_autoptr(GError) error = NULL;
    add_one_of_each(txn);
    g_assert_true(rows[i].read == change_message || rows[i].read(txn, NULL)); /* it was whole */
    Key key = rows[i].table == TABLE_CURSOR ? key_of_texts("a", "INBOX") : key_of_number(1);
    const char *nonsense = rows[i].nonsense;
    g_assert_true(table_put(txn, rows[i].table, &key, nonsense, strlen(nonsense), NULL));
    g_assert_false(rows[i].read(txn, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
    if (!strstr(error->message, rows[i].want))
      g_error("%s: not '%s'", error->message, rows[i].want);
    store_abort(txn);
    END_STORE(path, store);
  }
}

static void test_what_is_not_there_is_not_found(void) {
  gboolean (*const reads[])(StoreTxn * txn, GError * *error) = {
      read_message, read_raw, change_message, read_registration, read_reply};
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS(reads); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(reads[i](txn, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  }
  store_abort(txn);
  END_STORE(path, store);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/message/roundtrip", test_message_roundtrip);
  g_test_add_func("/message/indexes", test_message_indexes);
  g_test_add_func("/message/states", test_message_states);
  g_test_add_func("/message/raw-is-forgotten-in-time", test_raw_is_forgotten_in_time);
  g_test_add_func("/registration/indexes-follow", test_registration_indexes_follow);
  g_test_add_func("/registration/values", test_registration_values);
  g_test_add_func("/registration/history", test_history_is_bounded_and_keeps_its_first);
  g_test_add_func("/outbox/nobody-is-answered-twice", test_nobody_is_answered_twice);
  g_test_add_func("/outbox/due-in-order-of-time", test_due_in_order_of_time);
  g_test_add_func("/outbox/by-state", test_outbox_by_state);
  g_test_add_func("/store/outbox-clock", test_a_clock_set_back_holds_nothing_up);
  g_test_add_func("/journal", test_journal);
  g_test_add_func("/journal/long", test_a_long_journal_line_is_cut);
  g_test_add_func("/records/damage", test_damage_is_told);
  g_test_add_func("/records/not-there", test_what_is_not_there_is_not_found);
  g_test_add_func("/cursor/sets", test_cursor_sets);
  g_test_add_func("/cursor/roundtrip", test_cursor_roundtrip);
  g_test_add_func("/counter", test_counters);
  return g_test_run();
}
