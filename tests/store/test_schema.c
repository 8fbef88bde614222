/* test_schema - stores of older versions, made by the programs of their time, are brought to ours.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "store/internal.h"
#include "store/keep.h"
#include "tests/store/scratch.h"

enum { FIXTURE_MAX_BYTES = 1 << 20, FIXTURE_MESSAGES = 5 };

/* A folder with the store of an older version in it; the caller removes it. */
static char *older(const char *fixture) {
  g_autofree char *packed = NULL;
  gsize size = 0;
  g_assert_true(g_file_get_contents(fixture, &packed, &size, NULL));
  g_autofree char *data = g_malloc(FIXTURE_MAX_BYTES);
  size = ZSTD_decompress(data, FIXTURE_MAX_BYTES, packed, size);
  g_assert_false(ZSTD_isError(size));
  char *path = scratch_new();
  g_autofree char *file = g_build_filename(path, "data.mdb", NULL);
  g_assert_true(g_file_set_contents(file, data, (gssize)size, NULL));
  return path;
}

static char *version_1(void) {
  return older(SOURCE_DIR "/tests/store/version-1.mdb.zst");
}

static char *version_2(void) {
  return older(SOURCE_DIR "/tests/store/version-2.mdb.zst");
}

static Store *open_with(const char *path, guint flags) {
  g_autoptr(GError) error = NULL;
  Store *store = store_open(path, flags, &error);
  g_assert_no_error(error);
  return store;
}

static void assert_refused(const char *path, guint flags, const char *cure) {
  g_autoptr(GError) error = NULL;
  g_assert_null(store_open(path, flags, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_VERSION);
  g_assert_nonnull(strstr(error->message, cure));
}

/* The answers in the store of version 1 were made without mails. */
static void on_fault(const char *fault, void *context) {
  const guint *version = context;
  if (*version != 1 || !strstr(fault, "its mail is missing")) g_error("%s", fault);
}

static gboolean tell_row(const TallyRow *row, void *context) {
  g_string_append_printf(context, "%s %s %s %s %ld: %lu\n", row->event, row->kind, row->decision,
                         row->state, (long)row->day, (unsigned long)row->messages);
  return TRUE;
}

static char *tally_of(StoreTxn *txn, const char *event) {
  GString *rows = g_string_new(NULL);
  g_assert_true(tally_foreach(txn, event, tell_row, rows, NULL));
  return g_string_free(rows, FALSE);
}

static void assert_whole(Store *store, guint version) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, FALSE);
  StoreReport report;
  g_assert_true(store_verify(txn, on_fault, &version, &report, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(report.messages, ==, FIXTURE_MESSAGES);
  g_assert_true(tally_balances(txn));
  store_abort(txn);
}

static void test_the_daemon_upgrades(void) {
  g_autofree char *path = version_1();
  Store *store = open_with(path, STORE_CREATE | STORE_DAEMON);
  g_assert_cmpuint(store_found_version(store), ==, 1);
  assert_whole(store, 1);
  StoreTxn *txn = scratch_begin(store, FALSE);
  g_autofree char *all = tally_of(txn, NULL), *none = tally_of(txn, "");
  g_assert_cmpstr(all, ==,
                  " bulk ignore settled 18056: 1\n"
                  "copil-2019 bulletin accept settled 18055: 2\n"
                  "copil-2019 bulletin ask waiting-for-sender 18056: 1\n"
                  "copil-2019 question review review 18056: 1\n");
  g_assert_cmpstr(none, ==, " bulk ignore settled 18056: 1\n");
  store_abort(txn);
  guint8 secret[32];
  memcpy(secret, store_secret(store), sizeof secret);
  store_close(store);
  store = open_with(path, STORE_READ_ONLY); /* and now it is of our version for all */
  g_assert_cmpuint(store_found_version(store), ==, store_version());
  g_assert_true(memcmp(secret, store_secret(store), sizeof secret) == 0);
  END_STORE(path, store);
}

/* Three answers were sent, the fourth waits for a server. */
static void test_mails_are_put_beside_their_answers(void) {
  g_autofree char *path = version_2();
  Store *store = open_with(path, STORE_DAEMON);
  g_assert_cmpuint(store_found_version(store), ==, 2);
  assert_whole(store, 2);
  StoreTxn *txn = scratch_begin(store, FALSE);
  g_assert_cmpuint(outbox_count(txn, "sent"), ==, 3);
  g_assert_cmpuint(outbox_count(txn, "deferred"), ==, 1);
  g_assert_cmpuint(table_rows(txn, TABLE_OUTBOX_MAIL), ==, 4);
  for (guint64 id = 1; id <= 4; id++) {
    g_autoptr(OutboxEntry) entry = outbox_get(txn, id, NULL);
    g_autoptr(GBytes) mail = outbox_mail(txn, id, NULL);
    g_autofree char *text = g_strndup(g_bytes_get_data(mail, NULL), g_bytes_get_size(mail));
    g_assert_true(g_str_has_prefix(text, "From: "));
    g_assert_true(g_str_has_suffix(text, "\r\n"));
    g_assert_nonnull(strstr(text, entry->message_id));
    Key key = key_of_number(id);
    MDB_val row;
    g_autoptr(GBytes) still = NULL;
    g_assert_true(table_get(txn, TABLE_OUTBOX, &key, &row, NULL));
    g_assert_true(codec_outbox_read_mail(&row, &still));
    g_assert_null(still);
  }
  store_abort(txn);
  END_STORE(path, store);
}

static void test_nobody_else_does(void) {
  g_autofree char *path = version_1();
  assert_refused(path, STORE_READ_ONLY, "start this bulletind once");
  assert_refused(path, 0, "start this bulletind once");
  assert_refused(path, STORE_CREATE, "start this bulletind once");
  Store *store = open_with(path, STORE_DAEMON); /* it was still whole */
  g_assert_cmpuint(store_found_version(store), ==, 1);
  assert_whole(store, 1);
  END_STORE(path, store);
}

/* The store's engine alone, past the store's own calls: one transaction, from open to close. */
static MDB_txn *engine_open(const char *path) {
  MDB_env *env = NULL;
  MDB_txn *txn = NULL;
  g_assert_cmpint(mdb_env_create(&env), ==, 0);
  mdb_env_set_maxdbs(env, TABLE_COUNT);
  g_assert_cmpint(mdb_env_open(env, path, 0, 0600), ==, 0);
  g_assert_cmpint(mdb_txn_begin(env, NULL, 0, &txn), ==, 0);
  return txn;
}

static void engine_close(MDB_txn *txn) {
  MDB_env *env = mdb_txn_env(txn);
  g_assert_cmpint(mdb_txn_commit(txn), ==, 0);
  mdb_env_close(env);
}

/* Put `data` in the place of the last message; what was there. */
static GBytes *exchange_last(const char *path, GBytes *data) {
  MDB_txn *txn = engine_open(path);
  MDB_dbi messages;
  Key key = key_of_number(FIXTURE_MESSAGES);
  MDB_val row = {key.size, key.bytes}, old;
  MDB_val new = {g_bytes_get_size(data), (void *)g_bytes_get_data(data, NULL)};
  g_assert_cmpint(mdb_dbi_open(txn, table_name(TABLE_MESSAGE), 0, &messages), ==, 0);
  g_assert_cmpint(mdb_get(txn, messages, &row, &old), ==, 0);
  GBytes *was = g_bytes_new(old.mv_data, old.mv_size);
  g_assert_cmpint(mdb_put(txn, messages, &row, &new, 0), ==, 0);
  engine_close(txn);
  return was;
}

/* The fifth record cannot be read: what was done for the four before it does not stay. */
static void test_half_an_upgrade_is_none(void) {
  g_autofree char *path = version_1();
  g_autoptr(GBytes) nonsense = g_bytes_new_static("\xff\xff", 2);
  g_autoptr(GBytes) good = exchange_last(path, nonsense);
  g_autoptr(GError) error = NULL;
  g_assert_null(store_open(path, STORE_DAEMON, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CORRUPT);
  assert_refused(path, STORE_READ_ONLY, "start this bulletind once"); /* it is the old one still */
  g_bytes_unref(exchange_last(path, good));
  Store *store = open_with(path, STORE_DAEMON);
  assert_whole(store, 1);
  END_STORE(path, store);
}

/* More mails than a writer finds free: the map grows until the upgrade has room. Records of
 * version 2 are made of one of ours and the mail behind it (protobuf: fields in any order). */
static void test_an_upgrade_that_needs_a_larger_map(void) {
  enum { MAILS = 270, MAIL_BYTES = 1 << 20, FIRST = 100, MAP_BYTES = 1 << 30 };
  g_autofree char *path = version_2();
  g_autofree guint8 *record = g_malloc0(2 + 5 + 2 + MAIL_BYTES);
  memcpy(record, "\x08\x64\x7a\x80\x80\x40", 6);      /* id 100; mail of 1 MB */
  memcpy(record + 6 + MAIL_BYTES, "\x80\x01\x01", 3); /* has_mail */
  MDB_env *env = NULL;
  MDB_txn *txn = NULL;
  MDB_dbi outbox;
  g_assert_cmpint(mdb_env_create(&env), ==, 0);
  mdb_env_set_maxdbs(env, TABLE_COUNT);
  mdb_env_set_mapsize(env, MAP_BYTES);
  g_assert_cmpint(mdb_env_open(env, path, MDB_NOSYNC, 0600), ==, 0);
  g_assert_cmpint(mdb_txn_begin(env, NULL, 0, &txn), ==, 0);
  g_assert_cmpint(mdb_dbi_open(txn, table_name(TABLE_OUTBOX), 0, &outbox), ==, 0);
  for (guint64 id = FIRST; id < FIRST + MAILS; id++) {
    Key key = key_of_number(id);
    MDB_val row = {key.size, key.bytes}, value = {9 + MAIL_BYTES, record};
    g_assert_cmpint(mdb_put(txn, outbox, &row, &value, 0), ==, 0);
  }
  g_assert_cmpint(mdb_txn_commit(txn), ==, 0);
  mdb_env_close(env);
  Store *store = open_with(path, STORE_DAEMON);
  StoreTxn *reader = scratch_begin(store, FALSE);
  g_assert_cmpuint(table_rows(reader, TABLE_OUTBOX_MAIL), ==, 4 + MAILS);
  g_autoptr(GBytes) last = outbox_mail(reader, FIRST + MAILS - 1, NULL);
  g_assert_cmpuint(g_bytes_get_size(last), ==, MAIL_BYTES);
  store_abort(reader);
  END_STORE(path, store);
}

static int backup_of(const char *path, const char *file) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = open_with(path, STORE_READ_ONLY | STORE_OLDER);
  int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  g_assert_true(store_backup(store, fd, &error));
  g_assert_no_error(error);
  g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
  return fd;
}

static void test_an_older_backup_comes_back(void) {
  g_autofree char *old = version_2(), *path = scratch_new();
  g_autofree char *file = g_build_filename(old, "backup", NULL);
  int fd = backup_of(old, file); /* before the upgrade: the time at which one wants it */
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = NULL;
  g_assert_true(store_restore(path, fd, &kept, &error));
  g_assert_no_error(error);
  close(fd);
  Store *store = open_with(path, STORE_READ_ONLY);
  g_assert_cmpuint(store_found_version(store), ==, store_version());
  assert_whole(store, 2);
  END_STORE(path, store);
  scratch_remove(old);
}

static void test_a_newer_one_is_refused(void) {
  WITH_STORE(path, store);
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, TRUE);
  Key key = key_of_texts("meta", NULL);
  MDB_val value;
  g_assert_true(table_get(txn, TABLE_META, &key, &value, &error));
  g_autofree guint8 *meta = g_memdup2(value.mv_data, value.mv_size);
  g_assert_cmpuint(meta[1], ==, store_version()); /* field 1, a varint of one byte */
  meta[1] = (guint8)(store_version() + 1);
  g_assert_true(table_put(txn, TABLE_META, &key, meta, value.mv_size, &error));
  scratch_commit(txn);
  store_close(store);
  const guint flags[] = {0, STORE_READ_ONLY, STORE_READ_ONLY | STORE_OLDER, STORE_DAEMON,
                         STORE_CREATE | STORE_DAEMON};
  for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
    assert_refused(path, flags[i], "use the bulletind that made it");
  scratch_remove(path);
}

/* The files and the tables before `until`, and the record of the version (NULL: none). */
static void make_tables(const char *path, Table until, const char *meta) {
  MDB_txn *txn = engine_open(path);
  MDB_dbi made;
  for (Table table = 0; table < until; table++)
    g_assert_cmpint(mdb_dbi_open(txn, table_name(table), MDB_CREATE, &made), ==, 0);
  if (meta) {
    Key key = key_of_texts("meta", NULL);
    MDB_val row = {key.size, key.bytes}, value = {strlen(meta), (void *)(gsize)meta};
    g_assert_cmpint(mdb_dbi_open(txn, table_name(TABLE_META), 0, &made), ==, 0);
    g_assert_cmpint(mdb_put(txn, made, &row, &value, 0), ==, 0);
  }
  engine_close(txn);
}

static void assert_no_store(const char *path, StoreError code, const char *want) {
  static const guint flags[] = {0, STORE_READ_ONLY, STORE_DAEMON};
  for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(store_open(path, flags[i], &error));
    g_assert_error(error, STORE_ERROR, (gint)code);
    if (!strstr(error->message, want)) g_error("%s: not '%s'", error->message, want);
  }
}

/* Field 1 is the version, field 2 the secret of 32 bytes. */
#define SECRET "0123456789abcdef0123456789abcdef"
#define VERSION_3 "\x08\x03"

static void test_what_is_no_store_is_told(void) {
  static const struct {
    Table tables;
    const char *meta;
    StoreError code;
    const char *want;
  } rows[] = {
      {0, NULL, STORE_ERROR_NOT_FOUND, "no store of bulletind (table meta is missing)"},
      {1, NULL, STORE_ERROR_CORRUPT, "meta 0 cannot be decoded"},
      {TABLE_COUNT, NULL, STORE_ERROR_CORRUPT, "meta 0 cannot be decoded"},
      {TABLE_COUNT, "", STORE_ERROR_CORRUPT, "meta 0 cannot be decoded"},
      {TABLE_COUNT, "\xff\xff", STORE_ERROR_CORRUPT, "meta 0 cannot be decoded"},
      {TABLE_COUNT, VERSION_3, STORE_ERROR_CORRUPT, "meta 0 cannot be decoded"},
      {TABLE_COUNT,
       VERSION_3 "\x12\x03"
                 "abc",
       STORE_ERROR_CORRUPT, "meta 0 cannot be decoded"},
      {TABLE_COUNT, "\x12\x20" SECRET, STORE_ERROR_CORRUPT, "meta 0 cannot be decoded"},
      {TABLE_TALLY, VERSION_3 "\x12\x20" SECRET, STORE_ERROR_NOT_FOUND, "(table tally is missing)"},
  };
  g_assert_cmpuint(store_version(), ==, (guint8)VERSION_3[1]);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = scratch_new();
    make_tables(path, rows[i].tables, rows[i].meta);
    assert_no_store(path, rows[i].code, rows[i].want);
    scratch_remove(path);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/schema/upgrade", test_the_daemon_upgrades);
  g_test_add_func("/schema/mails", test_mails_are_put_beside_their_answers);
  g_test_add_func("/schema/larger", test_an_upgrade_that_needs_a_larger_map);
  g_test_add_func("/schema/not-by-others", test_nobody_else_does);
  g_test_add_func("/schema/half", test_half_an_upgrade_is_none);
  g_test_add_func("/schema/backup", test_an_older_backup_comes_back);
  g_test_add_func("/schema/newer", test_a_newer_one_is_refused);
  g_test_add_func("/schema/no-store", test_what_is_no_store_is_told);
  return g_test_run();
}
