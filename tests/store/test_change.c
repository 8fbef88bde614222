/* change - a reader that comes back is shown what was added or updated since, each record once. */
#include "store/internal.h"
#include "store/keep.h"
#include "tests/store/scratch.h"

static guint64 add(Store *store, gboolean mail) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_autoptr(Message) message = message_new();
  g_autoptr(Registration) row = registration_new();
  gboolean done =
      mail ? message_add(txn, message, NULL, &error) : registration_add(txn, row, &error);
  g_assert_no_error(error);
  g_assert_true(done);
  scratch_commit(txn);
  return mail ? message->id : row->id;
}

static void update(StoreTxn *txn, gboolean mail, guint64 id) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Message) message = mail ? message_get(txn, id, &error) : NULL;
  g_autoptr(Registration) row = mail ? NULL : registration_get(txn, id, &error);
  gboolean done =
      mail ? message_update(txn, message, &error) : registration_update(txn, row, &error);
  g_assert_no_error(error);
  g_assert_true(done);
}

static void update_now(Store *store, gboolean mail, guint64 id) {
  StoreTxn *txn = scratch_begin(store, TRUE);
  update(txn, mail, id);
  scratch_commit(txn);
}

static gboolean say_message(const Message *message, void *context) {
  g_string_append_printf(context, "%u ", (guint)message->id);
  return TRUE;
}

static gboolean say_registration(const Registration *row, void *context) {
  g_string_append_printf(context, "%u ", (guint)row->id);
  return TRUE;
}

/* The ids of what has changed, in the order told; the mark goes on. */
static void assert_changed(Store *store, gboolean mail, StoreMark *mark, const char *want) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) said = g_string_new(NULL);
  StoreTxn *txn = scratch_begin(store, FALSE);
  gboolean done = mail ? message_changed_since(txn, mark, say_message, said, &error)
                       : registration_changed_since(txn, mark, say_registration, said, &error);
  StoreMark now = mail ? message_mark(txn) : registration_mark(txn);
  store_abort(txn);
  g_assert_no_error(error);
  g_assert_true(done);
  g_assert_cmpstr(said->str, ==, want);
  g_assert_cmpuint(mark->id, ==, now.id);
  g_assert_cmpuint(mark->change, ==, now.change);
}

static void on_fault(const char *fault, void *context) {
  (void)context;
  g_error("%s", fault);
}

static void assert_whole(Store *store) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, FALSE);
  StoreReport report;
  g_assert_true(store_verify(txn, on_fault, NULL, &report, &error));
  store_abort(txn);
}

static void test_each_once(gconstpointer data) {
  gboolean mail = GPOINTER_TO_INT(data);
  WITH_STORE(path, store);
  StoreMark mark = {0, 0}, late = {0, 0};
  assert_changed(store, mail, &mark, "");
  for (int i = 0; i < 3; i++) add(store, mail);
  assert_changed(store, mail, &mark, "1 2 3 ");
  assert_changed(store, mail, &mark, "");
  update_now(store, mail, 2);
  update_now(store, mail, 1);
  update_now(store, mail, 2); /* its row moves to the end */
  assert_changed(store, mail, &mark, "1 2 ");
  assert_changed(store, mail, &mark, "");
  update_now(store, mail, 2); /* the last one again: it gets a number of its own */
  assert_changed(store, mail, &mark, "2 ");
  add(store, mail);
  update_now(store, mail, 4); /* added and updated: once */
  update_now(store, mail, 3);
  assert_changed(store, mail, &mark, "3 4 ");
  assert_changed(store, mail, &late, "1 2 3 4 ");
  assert_whole(store);
  END_STORE(path, store);
}

/* What was not committed has not changed, and takes no number. */
static void test_dropped(gconstpointer data) {
  gboolean mail = GPOINTER_TO_INT(data);
  WITH_STORE(path, store);
  StoreMark mark = {0, 0};
  add(store, mail);
  add(store, mail);
  assert_changed(store, mail, &mark, "1 2 ");
  StoreTxn *txn = scratch_begin(store, TRUE);
  update(txn, mail, 1);
  store_abort(txn);
  assert_changed(store, mail, &mark, "");
  update_now(store, mail, 2);
  assert_changed(store, mail, &mark, "2 ");
  END_STORE(path, store);
}

/* A reader's mark is that of its own transaction, not of what came behind it. */
static void test_a_reader_sees_its_own_state(gconstpointer data) {
  gboolean mail = GPOINTER_TO_INT(data);
  WITH_STORE(path, store);
  StoreMark mark = {0, 0};
  add(store, mail);
  StoreTxn *txn = scratch_begin(store, FALSE);
  add(store, mail);
  update_now(store, mail, 1);
  g_autoptr(GString) said = g_string_new(NULL);
  g_assert_true(mail ? message_changed_since(txn, &mark, say_message, said, NULL)
                     : registration_changed_since(txn, &mark, say_registration, said, NULL));
  store_abort(txn);
  g_assert_cmpstr(said->str, ==, "1 ");
  assert_changed(store, mail, &mark, "1 2 ");
  END_STORE(path, store);
}

static gboolean stop(const Message *message, void *context) {
  (void)message;
  return ++*(guint *)context < 2;
}

static void test_stopped(void) {
  WITH_STORE(path, store);
  StoreMark mark = {0, 0};
  guint seen = 0;
  for (int i = 0; i < 3; i++) add(store, TRUE);
  StoreTxn *txn = scratch_begin(store, FALSE);
  g_assert_true(message_changed_since(txn, &mark, stop, &seen, NULL));
  store_abort(txn);
  g_assert_cmpuint(seen, ==, 2);
  assert_changed(store, TRUE, &mark, "1 2 3 ");
  END_STORE(path, store);
}

static void count_fault(const char *fault, void *context) {
  (void)fault;
  ++*(guint *)context;
}

/* The index that says so is verified. */
static void test_verify_finds_it_broken(void) {
  WITH_STORE(path, store);
  add(store, FALSE);
  update_now(store, FALSE, 1);
  assert_whole(store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_assert_true(change_mark(txn, TABLE_REGISTRATION_BY_CHANGE, 1, 1, FALSE, NULL));
  scratch_commit(txn);
  txn = scratch_begin(store, FALSE);
  StoreReport report;
  guint faults = 0;
  g_assert_true(store_verify(txn, count_fault, &faults, &report, NULL));
  store_abort(txn);
  g_assert_cmpuint(faults, ==, 1);
  END_STORE(path, store);
}

/* --- the journal backwards -------------------------------------------------------------------- */

static gboolean say_line(const JournalEntry *entry, void *context) {
  g_string_append_printf(context, "%s ", entry->text);
  return ((GString *)context)->len < 12;
}

static void test_journal_back(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  for (guint i = 1; i <= 9; i++) {
    g_autofree char *text = g_strdup_printf("%u", i);
    g_assert_true(journal_add(txn, 0, i % 3, "test", text, NULL));
  }
  static const struct {
    guint64 before, message;
    const char *want;
  } rows[] = {{0, 0, "9 8 7 6 5 4 "}, {4, 0, "3 2 1 "}, {1, 0, ""}, {99, 0, "9 8 7 6 5 4 "},
              {0, 2, "8 5 2 "},       {8, 2, "5 2 "},   {2, 2, ""}, {0, 7, ""}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GString) said = g_string_new(NULL);
    g_assert_true(journal_foreach_back(txn, rows[i].before, rows[i].message, say_line, said, NULL));
    g_assert_cmpstr(said->str, ==, rows[i].want);
  }
  store_abort(txn);
  END_STORE(path, store);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  static const char *const kinds[] = {"registration", "message"};
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    gpointer mail = GSIZE_TO_POINTER(i);
    g_autofree char *once = g_strdup_printf("/change/%s/each-once", kinds[i]);
    g_autofree char *dropped = g_strdup_printf("/change/%s/dropped", kinds[i]);
    g_autofree char *own = g_strdup_printf("/change/%s/own-state", kinds[i]);
    g_test_add_data_func(once, mail, test_each_once);
    g_test_add_data_func(dropped, mail, test_dropped);
    g_test_add_data_func(own, mail, test_a_reader_sees_its_own_state);
  }
  g_test_add_func("/change/stopped", test_stopped);
  g_test_add_func("/change/broken", test_verify_finds_it_broken);
  g_test_add_func("/change/journal-back", test_journal_back);
  return g_test_run();
}
