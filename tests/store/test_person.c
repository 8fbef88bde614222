/* person - a person is erased from every table, the others stay, the file's bytes hold nothing. */
#include "store/person.h"

#include "store/counter.h"
#include "store/journal.h"
#include "store/keep.h"
#include "store/rewrite.h"
#include "store/tally.h"
#include "tests/store/scratch.h"

static const char GONE[] = "ana.vandermeersch@ville.fr", STAYS[] = "joana.vandermeersch@ville.fr",
                  ASSISTANT[] = "assistant@region.fr", PHONE[] = "+33612345678";

static void set(char **text, const char *value) {
  g_free(*text);
  *text = g_strdup(value);
}

static guint64 add_message(StoreTxn *txn, const char *from, const char *mid, const char *body) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Message) message = message_new();
  set(&message->from, from);
  set(&message->message_id, mid);
  set(&message->digest, mid);
  set(&message->event, "e");
  set(&message->subject, body);
  set(&message->state, "review");
  message->extraction = g_bytes_new(body, strlen(body));
  g_autoptr(GString) raw = g_string_new(NULL);
  for (int i = 0; i < 300; i++) g_string_append_printf(raw, "%d %s\r\n", i, body);
  g_autoptr(GBytes) bytes = g_bytes_new(raw->str, raw->len);
  g_assert_true(message_add(txn, message, bytes, &error));
  g_assert_no_error(error);
  return message->id;
}

static guint64 add_registration(StoreTxn *txn, guint64 id, const char *email, const char *sender,
                                const char *needs) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Registration) row = registration_new();
  set(&row->event, "e");
  set(&row->status, "registered");
  set(&row->email_key, email);
  set(&row->sender, sender);
  row->message = row->thread = id;
  registration_set(row, "email", email);
  if (!strcmp(email, GONE)) registration_set(row, "phone", PHONE);
  if (needs) registration_set(row, "needs", needs);
  HistoryEntry *entry = history_entry_new();
  g_ptr_array_add(entry->before, store_field_new("email", email));
  if (needs) g_ptr_array_add(entry->before, store_field_new("needs", needs));
  g_ptr_array_add(row->history, entry);
  g_assert_true(registration_add(txn, row, &error));
  g_autoptr(Message) message = message_get(txn, id, &error);
  g_array_append_val(message->registrations, row->id);
  g_assert_true(message_update(txn, message, &error));
  return row->id;
}

static void add_answer(StoreTxn *txn, guint64 message, guint64 registration, const char *to,
                       const char *mid) {
  g_autoptr(GError) error = NULL;
  g_autoptr(OutboxEntry) entry = outbox_entry_new();
  entry->message = message;
  entry->registration = registration;
  set(&entry->to, to);
  set(&entry->state, "ready");
  set(&entry->message_id, mid);
  entry->mail = g_bytes_new(to, strlen(to));
  g_autofree char *line = g_strdup_printf("confirmed to %s", to);
  g_assert_true(outbox_add(txn, entry, &error) && counter_add(txn, to, 1000, "", &error) &&
                journal_add(txn, 0, message, "answered", line, &error));
}

/* Messages 1: the person's; 2: another's, whose address is longer; 3: an assistant's, for both. */
static void fill(Store *store) {
  StoreTxn *txn = scratch_begin(store, TRUE);
  guint64 one = add_message(txn, GONE, "1@ville.fr", "Ana, ana.vandermeersch@ville.fr");
  guint64 two = add_message(txn, STAYS, "2@ville.fr", "Joana, joana.vandermeersch@ville.fr");
  guint64 three =
      add_message(txn, ASSISTANT, "3@region.fr", "Ana.Vandermeersch@ville.fr, +33612345678");
  guint64 ana = add_registration(txn, one, GONE, GONE, "nuts");
  guint64 joana = add_registration(txn, two, STAYS, STAYS, "stairs");
  add_registration(txn, three, GONE, ASSISTANT, NULL);
  add_registration(txn, three, "third@region.fr", ASSISTANT, NULL);
  add_registration(txn, two, "fourth@region.fr", GONE, NULL);
  add_answer(txn, one, ana, GONE, "a1@us");
  add_answer(txn, two, joana, STAYS, "a2@us");
  scratch_commit(txn);
}

static void on_fault(const char *fault, void *context) {
  (void)context;
  g_test_message("%s", fault);
}

static void assert_whole(StoreTxn *txn) {
  StoreReport report;
  g_autoptr(GError) error = NULL;
  g_assert_true(store_verify(txn, on_fault, NULL, &report, &error));
  g_assert_cmpuint(report.faults, ==, 0);
  g_assert_true(tally_balances(txn));
}

static const char *const terms[] = {GONE, PHONE, NULL};

static void erase(Store *store) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, TRUE);
  Erasure count;
  g_assert_true(store_erase(txn, GONE, terms, &count, &error));
  g_assert_no_error(error);
  const struct {
    const char *name;
    guint is, should;
  } rows[] = {{"registrations", count.registrations, 2},
              {"messages", count.messages, 1},
              {"mentions", count.mentions, 1},
              {"raw", count.raw, 2},
              {"answers", count.answers, 1},
              {"unsent", count.unsent, 1},
              {"journal", count.journal, 1},
              {"counters", count.counters, 1},
              {"values", count.values, 1}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].name);
    g_assert_cmpuint(rows[i].is, ==, rows[i].should);
  }
  assert_whole(txn);
  scratch_commit(txn);
}

static guint64 found(const char *path, const char *term, const char *other) {
  g_autoptr(GError) error = NULL;
  g_autofree char *data = g_build_filename(path, "data.mdb", NULL);
  const char *const one[] = {term, NULL}, *const others[] = {other, NULL};
  guint64 count = 0;
  g_assert_true(store_search(data, one, others, &count, &error));
  return count;
}

static void rewrite(const char *path) {
  g_autoptr(GError) error = NULL;
  g_assert_true(store_rewrite(path, &error));
  g_assert_no_error(error);
}

static void test_erase(void) {
  WITH_STORE(path, store);
  fill(store);
  erase(store);
  StoreTxn *txn = scratch_begin(store, FALSE);
  g_assert_true(store_wants_rewrite(txn));
  g_assert_true(tombstone_has_mail(txn, "1@ville.fr", "1@ville.fr"));
  g_assert_false(tombstone_has_mail(txn, "2@ville.fr", "2@ville.fr"));
  g_autoptr(GPtrArray) own = person_registrations(txn, GONE, NULL);
  g_assert_cmpuint(own->len, ==, 0);
  g_autoptr(GBytes) theirs = message_raw(txn, 2, NULL), about = message_raw(txn, 3, NULL);
  g_assert_nonnull(theirs);
  g_assert_null(about);
  g_autoptr(Registration) third = registration_get(txn, 4, NULL);
  g_assert_cmpstr(third->email_key, ==, "third@region.fr");
  g_assert_cmpstr(third->sender, ==, ASSISTANT);
  store_abort(txn);
  store_close(store);
  g_assert_cmpuint(found(path, GONE, STAYS), >, 0); /* in freed pages */
  rewrite(path);
  g_assert_cmpuint(found(path, GONE, STAYS), ==, 0);
  g_assert_cmpuint(found(path, PHONE, NULL), ==, 0);
  g_assert_cmpuint(found(path, "nuts", NULL), ==, 0);
  g_assert_cmpuint(found(path, STAYS, NULL), >, 0);
  store = scratch_open(path);
  txn = scratch_begin(store, FALSE);
  g_assert_false(store_wants_rewrite(txn));
  assert_whole(txn);
  store_abort(txn);
  END_STORE(path, store);
}

/* The number of the last row is not given again. */
static void test_numbers(void) {
  WITH_STORE(path, store);
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, TRUE);
  guint64 id = add_message(txn, GONE, "1@x", "b"),
          before = add_registration(txn, id, GONE, GONE, NULL);
  Erasure count;
  g_assert_true(store_erase(txn, GONE, NULL, &count, &error));
  scratch_commit(txn);
  txn = scratch_begin(store, TRUE);
  g_assert_cmpuint(add_registration(txn, id, STAYS, STAYS, NULL), >, before);
  scratch_commit(txn);
  END_STORE(path, store);
}

/* Who has the store open would go on with the old file. */
static void test_shared(void) {
  WITH_STORE(path, store);
  g_autoptr(GError) error = NULL;
  g_assert_false(store_rewrite(path, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_LOCKED);
  END_STORE(path, store);
}

/* A backup from before is put back: the person is erased again. */
static void test_restore(void) {
  WITH_STORE(path, store);
  g_autoptr(GError) error = NULL;
  fill(store);
  g_autofree char *backup = NULL;
  int fd = g_file_open_tmp("bulletind-backup-XXXXXX", &backup, &error);
  g_assert_true(store_backup(store, fd, &error));
  erase(store);
  store_close(store);
  lseek(fd, 0, SEEK_SET);
  g_autofree char *kept = NULL;
  g_assert_true(store_restore(path, fd, &kept, &error));
  g_assert_no_error(error);
  close(fd);
  g_unlink(backup);
  g_assert_cmpuint(found(path, GONE, STAYS), ==, 0);
  store = scratch_open(path);
  StoreTxn *txn = scratch_begin(store, FALSE);
  g_assert_true(tombstone_has_mail(txn, "1@ville.fr", "1@ville.fr"));
  assert_whole(txn);
  store_abort(txn);
  END_STORE(path, store);
}

static guint walk(StoreTxn *txn, const char *const *fields) {
  RetentionWalk walk = {0};
  guint gone = 0;
  for (int calls = 0; !walk.done && calls < 100; calls++)
    gone += fields ? person_expire_fields(txn, "e", fields, 2, &walk)
                   : person_expire_event(txn, "e", 2, &walk);
  g_assert_true(walk.done);
  return gone;
}

static void test_retention(void) {
  static const char *const needs[] = {"needs", NULL};
  WITH_STORE(path, store);
  fill(store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_assert_cmpuint(walk(txn, needs), ==, 2);
  g_assert_cmpuint(walk(txn, needs), ==, 0);
  g_autoptr(Registration) row = registration_get(txn, 1, NULL);
  g_assert_null(registration_value(row, "needs"));
  g_assert_cmpstr(registration_value(row, "email"), ==, GONE);
  g_autoptr(GBytes) raw = message_raw(txn, 1, NULL);
  g_assert_null(raw);
  assert_whole(txn);
  g_assert_cmpuint(walk(txn, NULL), ==, 2 + 3 + 5);
  g_assert_cmpuint(registration_count(txn), ==, 0);
  g_assert_cmpuint(outbox_count(txn, NULL), ==, 0);
  assert_whole(txn);
  scratch_commit(txn);
  END_STORE(path, store);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/person/erase", test_erase);
  g_test_add_func("/person/numbers", test_numbers);
  g_test_add_func("/person/shared", test_shared);
  g_test_add_func("/person/restore", test_restore);
  g_test_add_func("/person/retention", test_retention);
  return g_test_run();
}
