/* test_keep - a store is told whole or not, copied while it is in use, and put back. */
#include "store/keep.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "store/internal.h"
#include "tests/store/scratch.h"

static void set(char **slot, const char *value) {
  g_free(*slot);
  *slot = g_strdup(value);
}

/* One message with its raw mail, registration, answer and line of the log. */
static void fill(StoreTxn *txn, const char *name) {
  g_autoptr(Message) message = message_new();
  g_autoptr(GBytes) raw = g_bytes_new_static("From: a@b\r\n\r\nx", 14);
  set(&message->message_id, name);
  set(&message->digest, "digest");
  set(&message->state, "review");
  g_assert_true(message_add(txn, message, raw, NULL));
  g_autoptr(Registration) row = registration_new();
  set(&row->event, "event");
  set(&row->email_key, "a@b.example");
  set(&row->sender, "a@b.example");
  row->message = row->thread = message->id;
  g_assert_true(registration_add(txn, row, NULL));
  g_autoptr(OutboxEntry) entry = outbox_entry_new();
  set(&entry->message_id, name);
  set(&entry->state, "ready");
  entry->message = message->id;
  entry->registration = row->id;
  entry->mail = g_bytes_new_static("mail", 4);
  g_assert_true(outbox_add(txn, entry, NULL));
  g_assert_true(journal_add(txn, 0, message->id, "received", "line", NULL));
  g_autoptr(Cursor) cursor = cursor_new();
  cursor->uidvalidity = 1;
  g_assert_true(cursor_save(txn, "account", "INBOX", cursor, NULL));
  g_assert_true(counter_add(txn, "a@b.example", 1000, "", NULL));
}

static void on_fault(const char *fault, void *context) {
  g_string_append_printf(context, "%s\n", fault);
}

/* What verify says of the store as the transaction sees it; the caller frees. */
static char *faults_of(StoreTxn *txn, StoreReport *ret_report) {
  GString *faults = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  g_assert_true(store_verify(txn, on_fault, faults, ret_report, &error));
  g_assert_no_error(error);
  return g_string_free(faults, FALSE);
}

static void test_a_whole_store_has_no_faults(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  fill(txn, "1@a");
  fill(txn, "2@a");
  StoreReport report;
  g_autofree char *faults = faults_of(txn, &report);
  g_assert_cmpstr(faults, ==, "");
  g_assert_cmpuint(report.messages, ==, 2);
  g_assert_cmpuint(report.raw, ==, 2);
  g_assert_cmpuint(report.registrations, ==, 2);
  g_assert_cmpuint(report.answers, ==, 2);
  g_assert_cmpuint(report.journal, ==, 2);
  g_assert_cmpuint(report.cursors, ==, 1);
  g_assert_cmpuint(report.faults, ==, 0);
  g_autoptr(GError) error = NULL;
  fill(txn, "3@a"); /* it writes again as before */
  g_assert_true(store_commit(txn, &error));
  END_STORE(path, store);
}

/* Take out the row, or write nonsense over it, and see it told. */
static void test_each_fault_is_found(void) {
  const Message first = {.event = "", .kind = "", .decision = "", .state = "review"};
  const struct {
    Table table;
    Key key;
    const char *nonsense; /* NULL: the row is taken out */
    const char *want;
  } rows[] = {
      {TABLE_MESSAGE, key_of_number(1), "\xff\xff", "message 1: cannot be decoded"},
      {TABLE_MESSAGE, key_of_number(1), NULL, "names message 1, which is not there"},
      {TABLE_RAW, key_of_number(1), "nonsense", "raw mail 1: cannot be decoded"},
      {TABLE_RAW, key_of_number(1), NULL, "raw has 0 rows, raw-time 1"},
      {TABLE_REGISTRATION, key_of_number(1), "\xff\xff", "registration 1: cannot be decoded"},
      {TABLE_REGISTRATION, key_of_number(1), NULL, "outbox 1: names registration 1"},
      {TABLE_OUTBOX, key_of_number(1), "\xff\xff", "outbox 1: cannot be decoded"},
      {TABLE_OUTBOX, key_of_number(1), NULL, "outbox-by-message-id: 1 rows belong to no record"},
      {TABLE_OUTBOX, key_of_number(1), NULL, "outbox-mail 1: names outbox 1, which is not there"},
      {TABLE_OUTBOX_MAIL, key_of_number(1), NULL, "outbox 1: is not sent, and its mail is missing"},
      {TABLE_JOURNAL, key_of_number(1), "\xff\xff", "journal 1: cannot be decoded"},
      {TABLE_MESSAGE_BY_MID, key_of_texts_number("1@a", NULL, 1), NULL,
       "message-by-message-id: the row of 1 is missing"},
      {TABLE_MESSAGE_BY_STATE, key_of_texts_number("settled", NULL, 1), "",
       "message-by-state: 1 rows belong to no record"},
      {TABLE_REGISTRATION_BY_EMAIL, key_of_texts_number("event", "a@b.example", 1), NULL,
       "registration-by-email: the row of 1 is missing"},
      {TABLE_OUTBOX_BY_STATE, key_of_texts_number("ready", NULL, 1), NULL,
       "outbox-by-state: the row of 1 is missing"},
      {TABLE_JOURNAL_BY_MESSAGE, key_of_numbers(1, 1), NULL,
       "journal-by-message: the row of 1 is missing"},
      {TABLE_CURSOR, key_of_texts("account", "INBOX"), "\xff\xff", "cursor of account"},
      {TABLE_TALLY, tally_key(&first), NULL, "tally: 1 rows are missing"},
      {TABLE_TALLY, tally_key(&first), "\1\1\1\1\1\1\1\1", "tally: 72340172838076673 messages"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    WITH_STORE(path, store);
    StoreTxn *txn = scratch_begin(store, TRUE);
    fill(txn, "1@a");
    const char *nonsense = rows[i].nonsense;
    g_assert_true(
        nonsense ? table_put(txn, rows[i].table, &rows[i].key, nonsense, strlen(nonsense), NULL)
                 : table_delete(txn, rows[i].table, &rows[i].key, NULL));
    StoreReport report;
    g_autofree char *faults = faults_of(txn, &report);
    if (!strstr(faults, rows[i].want)) g_error("'%s' is not in: %s", rows[i].want, faults);
    g_assert_cmpuint(report.faults, >=, 1);
    store_abort(txn);
    END_STORE(path, store);
  }
}

/* An answer may be about several registrations: each must be there. */
static void test_an_answer_to_several_names_each(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  fill(txn, "1@a");
  g_autoptr(OutboxEntry) entry = outbox_get(txn, 1, NULL);
  const guint64 others[] = {1, 99};
  g_array_append_vals(entry->others, others, G_N_ELEMENTS(others));
  g_assert_true(outbox_update(txn, entry, NULL));
  StoreReport report;
  g_autofree char *faults = faults_of(txn, &report);
  g_assert_cmpstr(faults, ==, "outbox 1: names registration 99, which is not there\n");
  store_abort(txn);
  END_STORE(path, store);
}

static guint64 messages_in(const char *path) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open(path, STORE_READ_ONLY, &error);
  g_assert_no_error(error);
  StoreTxn *txn = scratch_begin(store, FALSE);
  guint64 rows = table_rows(txn, TABLE_MESSAGE);
  store_abort(txn);
  return rows;
}

static int backup_to(Store *store, const char *file) {
  int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  g_autoptr(GError) error = NULL;
  g_assert_true(store_backup(store, fd, &error));
  g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
  return fd;
}

static void add(Store *store, const char *name) {
  StoreTxn *txn = scratch_begin(store, TRUE);
  fill(txn, name);
  g_assert_true(store_commit(txn, NULL));
}

static void test_a_backup_comes_back(void) {
  WITH_STORE(path, store);
  add(store, "1@a");
  StoreTxn *writer = scratch_begin(store, TRUE); /* somebody is at work meanwhile */
  fill(writer, "2@a");
  g_autofree char *file = g_build_filename(path, "backup", NULL);
  int fd = backup_to(store, file);
  g_assert_true(store_commit(writer, NULL));
  g_clear_pointer(&store, store_close);
  g_assert_cmpuint(messages_in(path), ==, 2);
  g_autofree char *kept = NULL;
  g_autoptr(GError) error = NULL;
  g_assert_true(store_restore(path, fd, &kept, &error));
  g_assert_no_error(error);
  close(fd);
  g_assert_cmpuint(messages_in(path), ==, 1);
  g_assert_nonnull(kept);
  g_assert_cmpint(g_access(kept, R_OK), ==, 0);
  g_unlink(kept);
  g_unlink(file);
  END_STORE(path, store);
}

static void test_what_is_no_backup_changes_nothing(void) {
  WITH_STORE(path, store);
  add(store, "1@a");
  g_autofree char *file = g_build_filename(path, "backup", NULL);
  int fd = backup_to(store, file);
  g_autofree char *kept = NULL;
  g_autoptr(GError) cut = NULL, locked = NULL;
  /* a store that a daemon works on is left alone */
  g_autoptr(Store) daemon = NULL;
  g_clear_pointer(&store, store_close);
  daemon = store_open(path, STORE_DAEMON, NULL);
  g_assert_nonnull(daemon);
  g_assert_false(store_restore(path, fd, &kept, &locked));
  g_assert_error(locked, STORE_ERROR, STORE_ERROR_LOCKED);
  g_clear_pointer(&daemon, store_close);
  /* so is one whose backup was cut */
  g_assert_cmpint(ftruncate(fd, 6000), ==, 0);
  g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
  g_assert_false(store_restore(path, fd, &kept, &cut));
  g_assert_nonnull(cut);
  g_assert_null(kept);
  close(fd);
  g_assert_cmpuint(messages_in(path), ==, 1);
  g_unlink(file);
  END_STORE(path, store);
}

/* A copy that was written to its last page, of a store that has a fault. */
static void test_a_backup_with_a_fault_stays_out(void) {
  WITH_STORE(path, store);
  add(store, "1@a");
  g_autofree char *file = g_build_filename(path, "backup", NULL);
  StoreTxn *txn = scratch_begin(store, TRUE);
  Key key = key_of_number(1);
  g_assert_true(table_delete(txn, TABLE_REGISTRATION, &key, NULL));
  scratch_commit(txn);
  int fd = backup_to(store, file);
  g_clear_pointer(&store, store_close);
  g_autofree char *kept = NULL, *data = g_build_filename(path, "data.mdb", NULL);
  g_autofree char *before = NULL, *after = NULL;
  gsize size = 0, size_after = 0;
  g_assert_true(g_file_get_contents(data, &before, &size, NULL));
  g_autoptr(GError) error = NULL;
  g_assert_false(store_restore(path, fd, &kept, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
  g_assert_nonnull(
      strstr(error->message, "the backup is not whole: outbox 1: names registration 1"));
  g_assert_null(kept);
  g_assert_true(g_file_get_contents(data, &after, &size_after, NULL));
  g_assert_true(size == size_after && memcmp(before, after, size) == 0);
  close(fd);
  g_unlink(file);
  END_STORE(path, store);
}

enum { STAMPS = 20 /* seconds, from now on, in which the restoring begins */ };

/* Put folders where a restore of the next seconds would make its own files; or take them away. */
static void block(const char *path, const char *format, gboolean there) {
  static gint64 now;
  if (there) now = g_get_real_time() / G_USEC_PER_SEC;
  for (gint64 i = 0; i < STAMPS; i++) {
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now + i);
    g_autofree char *stamp = g_date_time_format(time, "%Y%m%dT%H%M%SZ");
    g_autofree char *name = g_strdup_printf(format, stamp);
    g_autofree char *at = g_build_filename(path, name, NULL);
    g_assert_true(!there || g_mkdir(at, 0700) == 0);
    if (!there) g_rmdir(at);
  }
}

/* Whatever step cannot be done, the store is as it was, and no copy stays behind. */
static void test_a_restore_that_fails_changes_nothing(void) {
  static const struct {
    const char *blocked, *want;
  } rows[] = {{"restore-%s", ": making a folder: File exists"},
              {"data.mdb.before-%s", ": putting the old store aside: "}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    WITH_STORE(path, store);
    add(store, "1@a");
    g_autofree char *file = g_build_filename(path, "backup", NULL);
    int fd = backup_to(store, file);
    add(store, "2@a");
    g_clear_pointer(&store, store_close);
    g_autofree char *kept = NULL;
    g_autoptr(GError) error = NULL;
    block(path, rows[i].blocked, TRUE);
    g_assert_false(store_restore(path, fd, &kept, &error));
    block(path, rows[i].blocked, FALSE);
    g_assert_error(error, STORE_ERROR, STORE_ERROR_IO);
    g_assert_nonnull(strstr(error->message, rows[i].want));
    g_assert_null(kept);
    g_assert_cmpuint(messages_in(path), ==, 2);
    close(fd);
    g_unlink(file);
    store_close(store);
    scratch_remove(path);
    g_assert_cmpint(g_access(path, F_OK), !=, 0); /* it was empty */
  }
}

static void test_a_backup_that_cannot_be_written(void) {
  WITH_STORE(path, store);
  add(store, "1@a");
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  g_autoptr(GError) error = NULL;
  g_assert_false(store_backup(store, fd, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_IO);
  g_assert_nonnull(strstr(error->message, ": copying: Bad file descriptor"));
  close(fd);
  add(store, "2@a"); /* it works on */
  END_STORE(path, store);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/keep/whole", test_a_whole_store_has_no_faults);
  g_test_add_func("/keep/faults", test_each_fault_is_found);
  g_test_add_func("/keep/backup", test_a_backup_comes_back);
  g_test_add_func("/keep/no-backup", test_what_is_no_backup_changes_nothing);
  g_test_add_func("/keep/several", test_an_answer_to_several_names_each);
  g_test_add_func("/keep/backup-fault", test_a_backup_with_a_fault_stays_out);
  g_test_add_func("/keep/restore-fails", test_a_restore_that_fails_changes_nothing);
  g_test_add_func("/keep/backup-fails", test_a_backup_that_cannot_be_written);
  return g_test_run();
}
