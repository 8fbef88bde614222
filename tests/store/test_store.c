/* The store's opening, growing, locking, and several processes at once. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/internal.h"
#include "tests/store/scratch.h"

static void test_secret_is_made_once(void) {
  WITH_STORE(path, store);
  guint8 first[32];
  memcpy(first, store_secret(store), sizeof first);
  store_close(store);
  store = scratch_open(path);
  g_assert_cmpint(memcmp(first, store_secret(store), sizeof first), ==, 0);
  static const guint8 zero[32];
  g_assert_true(memcmp(first, zero, sizeof zero) != 0);
  END_STORE(path, store);
}

static void assert_open_fails(const char *path, guint flags, StoreError code) {
  g_autoptr(GError) error = NULL;
  g_assert_null(store_open(path, flags, &error));
  g_assert_error(error, STORE_ERROR, (gint)code);
  g_assert_true(g_str_has_prefix(error->message, path));
  g_assert_null(strchr(error->message, '\n'));
}

static void test_missing_store_is_not_found(void) {
  g_autofree char *path = scratch_new();
  assert_open_fails(path, 0, STORE_ERROR_NOT_FOUND);
  assert_open_fails(path, STORE_READ_ONLY, STORE_ERROR_NOT_FOUND);
  scratch_remove(path);
  assert_open_fails(path, STORE_CREATE, STORE_ERROR_NOT_FOUND);
}

static void test_garbage_is_corrupt(void) {
  g_autofree char *path = scratch_new();
  g_autofree char *data = g_build_filename(path, "data.mdb", NULL);
  g_autofree char *garbage = g_strnfill(16384, 'x');
  g_assert_true(g_file_set_contents(data, garbage, 16384, NULL));
  assert_open_fails(path, STORE_CREATE, STORE_ERROR_CORRUPT);
  scratch_remove(path);
}

static void test_second_daemon_is_locked_out(void) {
  g_autofree char *path = scratch_new();
  g_autoptr(GError) error = NULL;
  Store *daemon = store_open(path, STORE_CREATE | STORE_DAEMON, &error);
  g_assert_no_error(error);
  pid_t child = fork();
  if (child == 0) { /* an engine is opened once a process: the second daemon is another one */
    g_autoptr(GError) refused = NULL;
    Store *second = store_open(path, STORE_CREATE | STORE_DAEMON, &refused);
    _exit(second == NULL && g_error_matches(refused, STORE_ERROR, STORE_ERROR_LOCKED) ? 0 : 1);
  }
  int status = 0;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_cmpint(status, ==, 0);
  END_STORE(path, daemon);
}

static void add_line(Store *store, const char *text) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_assert_true(journal_add(txn, 0, 0, "test", text, &error));
  scratch_commit(txn);
}

static gboolean count_line(const JournalEntry *entry, void *context) {
  (void)entry;
  ++*(guint *)context;
  return TRUE;
}

static guint count_lines(Store *store) {
  guint count = 0;
  StoreTxn *txn = scratch_begin(store, FALSE);
  g_assert_true(journal_foreach(txn, 0, 0, 0, count_line, &count, NULL));
  store_abort(txn);
  return count;
}

static void test_aborted_leaves_nothing(void) {
  WITH_STORE(path, store);
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_assert_true(journal_add(txn, 0, 0, "test", "gone", NULL));
  store_abort(txn);
  g_assert_cmpuint(count_lines(store), ==, 0);
  END_STORE(path, store);
}

enum { WRITERS = 4, LINES = 50, MAP_FILLS_MAX = 100 };

static void write_lines(const char *path) {
  Store *store = store_open(path, 0, NULL);
  if (!store) _exit(1);
  for (int i = 0; i < LINES; i++) add_line(store, "from a process");
  store_close(store);
  _exit(0);
}

static void test_several_processes_write_at_once(void) {
  WITH_STORE(path, store);
  store_close(store); /* an environment must not be carried across fork */
  pid_t children[WRITERS];
  for (int i = 0; i < WRITERS; i++)
    if ((children[i] = fork()) == 0) write_lines(path);
  for (int i = 0; i < WRITERS; i++) {
    int status = 1;
    g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
    g_assert_cmpint(status, ==, 0);
  }
  store = scratch_open(path);
  g_assert_cmpuint(count_lines(store), ==, WRITERS * LINES);
  END_STORE(path, store);
}

/* 8 MiB that cannot be compressed. */
static GBytes *noise_new(void) {
  gsize size = 8 << 20;
  guint32 *noise = g_malloc(size);
  GRand *random = g_rand_new_with_seed(7);
  for (gsize i = 0; i < size / sizeof *noise; i++) noise[i] = g_rand_int(random);
  g_rand_free(random);
  return g_bytes_new_take(noise, size);
}

/* Again and again, well past the first size of the map. */
static void test_map_grows(void) {
  WITH_STORE(path, store);
  g_autoptr(GBytes) raw = noise_new();
  for (int i = 0; i < 40; i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = message_new();
    StoreTxn *txn = scratch_begin(store, TRUE);
    g_assert_true(message_add(txn, message, raw, &error));
    g_assert_no_error(error);
    scratch_commit(txn);
  }
  StoreTxn *txn = scratch_begin(store, FALSE);
  g_autoptr(GBytes) back = message_raw(txn, 40, NULL);
  g_assert_true(g_bytes_equal(raw, back));
  store_abort(txn);
  END_STORE(path, store);
}

/* Somebody else writes, well past the map that this process has: it follows, to read and to write.
 */
static void write_past_the_map(const char *path, int wait_for, int tell) {
  char ready = 0;
  if (read(wait_for, &ready, 1) != 1) _exit(1);
  Store *store = store_open(path, 0, NULL);
  if (!store) _exit(2);
  g_autoptr(GBytes) raw = noise_new();
  for (int i = 0; i < 40; i++) {
    g_autoptr(Message) message = message_new();
    StoreTxn *txn = store_begin(store, TRUE, NULL);
    if (!txn || !message_add(txn, message, raw, NULL) || !store_commit(txn, NULL)) _exit(3);
  }
  store_close(store);
  _exit(write(tell, "d", 1) == 1 ? 0 : 4);
}

static void test_a_map_that_another_grew_is_followed(void) {
  g_autofree char *path = scratch_new();
  int to[2], from[2];
  g_assert_true(pipe(to) == 0 && pipe(from) == 0);
  pid_t child = fork(); /* before the store is open here */
  if (child == 0) write_past_the_map(path, to[0], from[1]);
  close(to[0]);
  close(from[1]);
  Store *store = scratch_open(path);
  add_line(store, "from here");
  char done = 'r';
  g_assert_cmpint(write(to[1], &done, 1), ==, 1);
  g_assert_cmpint(read(from[0], &done, 1), ==, 1);
  int status = 1;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_cmpint(status, ==, 0);
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = scratch_begin(store, FALSE);
  g_assert_cmpuint(message_count(txn, NULL), ==, 40);
  g_autoptr(GBytes) raw = noise_new(), back = message_raw(txn, 40, &error);
  g_assert_no_error(error);
  g_assert_true(g_bytes_equal(raw, back));
  store_abort(txn);
  add_line(store, "and on");
  g_assert_cmpuint(count_lines(store), ==, 2);
  close(to[1]);
  close(from[0]);
  END_STORE(path, store);
}

/* More readers at once than the store has places for: told as what will pass, and it does. */
static void test_too_many_readers(void) {
  enum { READERS_MAX = 1000 };
  WITH_STORE(path, store);
  add_line(store, "kept");
  g_autoptr(GPtrArray) readers = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  while (readers->len < READERS_MAX && !error) {
    StoreTxn *txn = store_begin(store, FALSE, &error);
    if (txn) g_ptr_array_add(readers, txn);
  }
  g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
  g_assert_nonnull(strstr(error->message, "too many readers at once"));
  g_assert_cmpuint(readers->len, >, 100);
  store_abort(g_ptr_array_steal_index(readers, 0));
  g_assert_cmpuint(count_lines(store), ==, 1);
  while (readers->len) store_abort(g_ptr_array_steal_index(readers, 0));
  g_assert_cmpuint(store->open_txns, ==, 0); /* or no writer could grow the map any more */
  add_line(store, "more");
  g_assert_cmpuint(count_lines(store), ==, 2);
  END_STORE(path, store);
}

static gboolean add_noise(Store *store, GBytes *raw, GError **error) {
  g_autoptr(Message) message = message_new();
  StoreTxn *txn = store_begin(store, TRUE, error);
  if (!txn) return FALSE;
  if (message_add(txn, message, raw, error)) return store_commit(txn, error);
  store_abort(txn);
  return FALSE;
}

static gsize address_space(void) {
  g_autofree char *status = NULL;
  if (!g_file_get_contents("/proc/self/statm", &status, NULL, NULL)) return 0;
  return g_ascii_strtoull(status, NULL, 10) * (gsize)sysconf(_SC_PAGESIZE);
}

/* The map cannot grow, for want of addresses: it fills up, and grows again when there are some. */
static int fill_map(const char *path) {
#ifdef BULLETIND_NO_RLIMIT_AS
  return 77;
#endif
  Store *store = store_open(path, STORE_CREATE, NULL);
  if (!store) return 2;
  add_line(store, "kept");
  g_autoptr(GBytes) raw = noise_new();
  struct rlimit before, tight;
  if (getrlimit(RLIMIT_AS, &before) != 0) return 3;
  tight = before;
  tight.rlim_cur = address_space() + (64 << 20);
  if (setrlimit(RLIMIT_AS, &tight) != 0) return 4;
  g_autoptr(GError) error = NULL;
  guint added = 0;
  while (added < MAP_FILLS_MAX && add_noise(store, raw, &error)) added++;
  if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL)) return 5;
  if (count_lines(store) != 1) return 6;
  if (add_noise(store, raw, NULL)) return 7; /* still full, and still here */
  if (setrlimit(RLIMIT_AS, &before) != 0) return 8;
  for (guint i = 0; i < 5; i++)
    if (!add_noise(store, raw, NULL)) return 9;
  add_line(store, "and more");
  StoreTxn *txn = store_begin(store, FALSE, NULL);
  gboolean all = txn && message_count(txn, NULL) == added + 5;
  store_abort(txn);
  return all && count_lines(store) == 2 ? 0 : 10;
}

static void test_full_map_is_told_and_loses_nothing(void) {
  g_autofree char *path = scratch_new();
  pid_t child = fork();
  if (child == 0) _exit(fill_map(path));
  int status = 1;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  scratch_remove(path);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
    g_test_skip("a sanitizer needs its addresses");
  else
    g_assert_cmpint(status, ==, 0);
}

static void test_wake_touches_the_file(void) {
  WITH_STORE(path, store);
  struct stat before = {0}, after = {0};
  store_wake(store);
  g_assert_cmpint(stat(store_wake_path(store), &before), ==, 0);
  struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
  g_assert_cmpint(utimensat(AT_FDCWD, store_wake_path(store), old, 0), ==, 0);
  store_wake(store);
  g_assert_cmpint(stat(store_wake_path(store), &after), ==, 0);
  g_assert_cmpint(after.st_mtime, >=, before.st_mtime);
  END_STORE(path, store);
}

/* A tmpfs of 1 MiB in a mount namespace of its own: the disk is really full. */
static int fill_disk(const char *path) {
  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount("tmpfs", path, "tmpfs", 0, "size=1m") != 0)
    return 77;
  Store *store = store_open(path, STORE_CREATE, NULL);
  if (!store) return 2;
  add_line(store, "kept");
  g_autofree char *noise = g_malloc0(4 << 20);
  for (gsize i = 0; i < 4 << 20; i++) noise[i] = (char)g_random_int();
  g_autoptr(GBytes) raw = g_bytes_new(noise, 4 << 20);
  g_autoptr(Message) message = message_new();
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = store_begin(store, TRUE, NULL);
  if (!message_add(txn, message, raw, &error))
    store_abort(txn);
  else if (store_commit(txn, &error))
    return 3;
  if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL)) return 4;
  add_line(store, "small things still fit");
  return count_lines(store) == 2 ? 0 : 5;
}

static void test_full_disk_is_told_and_loses_nothing(void) {
  g_autofree char *path = scratch_new();
  pid_t child = fork();
  if (child == 0) _exit(fill_disk(path));
  int status = 1;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  scratch_remove(path);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
    g_test_skip("no mount namespace here (run as root)");
  else
    g_assert_cmpint(status, ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/secret-is-made-once", test_secret_is_made_once);
  g_test_add_func("/store/missing-store-is-not-found", test_missing_store_is_not_found);
  g_test_add_func("/store/garbage-is-corrupt", test_garbage_is_corrupt);
  g_test_add_func("/store/second-daemon-is-locked-out", test_second_daemon_is_locked_out);
  g_test_add_func("/store/aborted-leaves-nothing", test_aborted_leaves_nothing);
  g_test_add_func("/store/several-processes", test_several_processes_write_at_once);
  g_test_add_func("/store/map-grows", test_map_grows);
  g_test_add_func("/store/map-followed", test_a_map_that_another_grew_is_followed);
  g_test_add_func("/store/readers", test_too_many_readers);
  g_test_add_func("/store/full-map", test_full_map_is_told_and_loses_nothing);
  g_test_add_func("/store/wake", test_wake_touches_the_file);
  g_test_add_func("/store/full-disk", test_full_disk_is_told_and_loses_nothing);
  return g_test_run();
}
