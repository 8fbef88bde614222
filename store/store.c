/* store - the environment and its transactions: opening, growing, waking, errors.
 *
 * Relies on LMDB: one writer at a time over all processes, readers never wait. The map is grown
 * only while this process has no transaction open, which is why they are counted. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zstd.h>

#include "store/crash_point.h"

#include "store/internal.h"

G_DEFINE_QUARK(store - error - quark, store_error)

/* --- errors ---------------------------------------------------------------------------------- */

typedef struct {
  int code;
  StoreError error;
  const char *cure;
} Failure;

static const Failure failures[] = {
    {ENOENT, STORE_ERROR_NOT_FOUND, "no store here; start bulletind once to make it"},
    {ENOTDIR, STORE_ERROR_NOT_FOUND, "not a folder; name the store's folder"},
    {EACCES, STORE_ERROR_ACCESS, "not permitted; run as the store's owner or as root"},
    {EPERM, STORE_ERROR_ACCESS, "not permitted; run as the store's owner or as root"},
    {EROFS, STORE_ERROR_ACCESS, "the file system is read-only; the store must be writable"},
    {ENOSPC, STORE_ERROR_FULL, "the disk is full; free some space"},
    {EDQUOT, STORE_ERROR_FULL, "the disk quota is used up; free some space"},
    {MDB_MAP_FULL, STORE_ERROR_FULL, "the map is full; it grows at the next try"},
    {MDB_READERS_FULL, STORE_ERROR_FULL, "too many readers at once; try again"},
    {ENOMEM, STORE_ERROR_FULL, "out of memory; try again"},
    {MDB_VERSION_MISMATCH, STORE_ERROR_VERSION, "made by another version of LMDB; use that one"},
    {MDB_INVALID, STORE_ERROR_CORRUPT, "data.mdb is no store; restore it from a backup"},
    {MDB_CORRUPTED, STORE_ERROR_CORRUPT, "data.mdb is damaged; restore it from a backup"},
    {MDB_PAGE_NOTFOUND, STORE_ERROR_CORRUPT, "data.mdb is damaged; restore it from a backup"},
};

/* LMDB reports the first half of a write that a full disk cut short as EIO. */
static gboolean disk_is_full(const Store *store) {
  struct statvfs disk;
  return statvfs(store->path, &disk) == 0 && disk.f_bavail * disk.f_frsize < STORE_DISK_LOW_BYTES;
}

gboolean store_fail(Store *store, int code, const char *doing, GError **error) {
  if (code == EIO && disk_is_full(store)) code = ENOSPC;
  if (code == MDB_MAP_FULL) {
    g_mutex_lock(&store->lock);
    store->want_growth = TRUE;
    g_mutex_unlock(&store->lock);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(failures); i++)
    if (failures[i].code == code) {
      g_set_error(error, STORE_ERROR, (gint)failures[i].error, "%s: %s: %s", store->path, doing,
                  failures[i].cure);
      return FALSE;
    }
  g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "%s: %s: %s", store->path, doing,
              mdb_strerror(code));
  return FALSE;
}

gboolean store_is_trouble(const GError *error) {
  return error->domain == STORE_ERROR && error->code != STORE_ERROR_CORRUPT &&
         error->code != STORE_ERROR_NOT_FOUND;
}

gboolean store_corrupt(const Store *store, const char *table, guint64 id, GError **error) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
              "%s: %s %" G_GUINT64_FORMAT " cannot be decoded; restore the store from a backup",
              store->path, table, id);
  return FALSE;
}

gboolean store_not_found(const Store *store, const char *table, guint64 id, GError **error) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "%s: there is no %s %" G_GUINT64_FORMAT,
              store->path, table, id);
  return FALSE;
}

/* --- open and close -------------------------------------------------------------------------- */

static gboolean take_daemon_lock(Store *store, GError **error) {
  g_autofree char *path = g_build_filename(store->path, "daemon.lock", NULL);
  store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (store->lock_fd < 0) return store_fail(store, errno, "opening daemon.lock", error);
  if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0) {
    g_autofree char *rest = g_build_filename(store->path, "rewrite", NULL);
    rmdir(rest); /* of a rewrite that was cut short behind its last step; else it is not empty */
    return TRUE;
  }
  g_set_error(error, STORE_ERROR, STORE_ERROR_LOCKED,
              "%s: another bulletind works on this store; stop it first (systemctl stop bulletind)",
              store->path);
  return FALSE;
}

int store_open_swap_lock(const char *folder, gboolean read_only) {
  g_autofree char *path = g_build_filename(folder, "swap.lock", NULL);
  return open(path, (read_only ? O_RDONLY : O_RDWR | O_CREAT) | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Held as long as the file is open. A reader that cannot make the lock's file goes without: where
 * there is none, nobody has rewritten the store yet. */
static gboolean share_file(Store *store, guint flags, GError **error) {
  if (flags & STORE_SWAPPING) return TRUE;
  store->swap_fd = store_open_swap_lock(store->path, store->read_only);
  if (store->swap_fd < 0)
    return store->read_only || store_fail(store, errno, "opening swap.lock", error);
  int code = 0;
  while (flock(store->swap_fd, LOCK_SH) != 0 && (code = errno) == EINTR) {
  }
  return code == 0 || code == EINTR || store_fail(store, code, "locking swap.lock", error);
}

/* The engine would make the files of a store that was only to be looked at. */
static gboolean is_there(Store *store, guint flags, GError **error) {
  struct stat status;
  if (stat(store->path, &status) != 0) return store_fail(store, errno, "opening", error);
  if (!S_ISDIR(status.st_mode)) return store_fail(store, ENOTDIR, "opening", error);
  if (flags & STORE_CREATE) return TRUE;
  g_autofree char *data = g_build_filename(store->path, "data.mdb", NULL);
  return access(data, (flags & STORE_READ_ONLY) ? R_OK : R_OK | W_OK) == 0 ||
         store_fail(store, errno, "opening data.mdb", error);
}

static int open_environment(Store *store) {
  int code = mdb_env_create(&store->env);
  if (code != MDB_SUCCESS) return code;
  mdb_env_set_maxdbs(store->env, TABLE_COUNT);
  mdb_env_set_maxreaders(store->env, STORE_READERS);
  mdb_env_set_mapsize(store->env, STORE_MAP_START_BYTES);
  code =
      mdb_env_open(store->env, store->path, MDB_NOTLS | (store->read_only ? MDB_RDONLY : 0), 0600);
  if (code != MDB_SUCCESS) return code;
  int dead = 0;
  return mdb_reader_check(store->env, &dead); /* slots of readers that were killed */
}

static gboolean open_all(Store *store, guint flags, GError **error) {
  if (!is_there(store, flags, error)) return FALSE;
  if ((flags & STORE_DAEMON) && !take_daemon_lock(store, error)) return FALSE;
  if (!share_file(store, flags, error)) return FALSE;
  int code = open_environment(store);
  if (code != MDB_SUCCESS) return store_fail(store, code, "opening", error);
  return schema_open(store, flags, error);
}

Store *store_open(const char *path, guint flags, GError **error) {
  Store *store = g_new0(Store, 1);
  store->path = g_strdup(path);
  store->wake_path = g_build_filename(path, "wake", NULL);
  store->read_only = (flags & STORE_READ_ONLY) != 0;
  store->lock_fd = -1;
  store->swap_fd = -1;
  g_mutex_init(&store->lock);
  g_cond_init(&store->idle);
  if (open_all(store, flags, error)) return store;
  store_close(store);
  return NULL;
}

void store_close(Store *store) {
  if (!store) return;
  if (store->env) mdb_env_close(store->env);
  if (store->swap_fd >= 0) close(store->swap_fd);
  if (store->lock_fd >= 0) close(store->lock_fd);
  ZSTD_freeCCtx(store->packer);
  g_mutex_clear(&store->lock);
  g_cond_clear(&store->idle);
  g_free(store->path);
  g_free(store->wake_path);
  g_free(store);
}

guint store_version(void) {
  return STORE_VERSION;
}

guint store_found_version(const Store *store) {
  return store->found_version;
}

const guint8 *store_secret(const Store *store) {
  return store->secret;
}

const char *store_wake_path(const Store *store) {
  return store->wake_path;
}

void store_wake(const Store *store) {
  int fd = open(store->wake_path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return;
  gboolean told = write(fd, "1", 1) == 1 && futimens(fd, NULL) == 0;
  (void)told;
  close(fd);
}

/* --- transactions ------------------------------------------------------------------------------
 */

/* How large the map should be so that a writer finds room: 0, it is large enough. */
static gsize wanted_size(const Store *store) {
  MDB_envinfo info;
  MDB_stat stat;
  if (mdb_env_info(store->env, &info) != MDB_SUCCESS ||
      mdb_env_stat(store->env, &stat) != MDB_SUCCESS)
    return 0;
  gsize used = (info.me_last_pgno + 1) * stat.ms_psize;
  gsize size = info.me_mapsize;
  if (store->want_growth) size *= 2;
  while (size < used + STORE_MAP_SPARE_BYTES) size *= 2;
  return size == info.me_mapsize ? 0 : size;
}

/* With the lock held: wait until at most `own` transactions are open, for a bounded time. */
static gboolean wait_idle(Store *store, guint own) {
  gint64 deadline = g_get_monotonic_time() + STORE_RESIZE_WAIT_S * G_USEC_PER_SEC;
  while (store->open_txns > own)
    if (!g_cond_wait_until(&store->idle, &store->lock, deadline)) return FALSE;
  return TRUE;
}

/* The engine lets go of the old map before it asks for the new one, and does not survive a refusal:
 * so the system is asked first. */
static gboolean is_room(gsize size) {
  void *room = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return room != MAP_FAILED && munmap(room, size) == 0;
}

/* With the lock held. Growing is a precaution: a writer that cannot have it goes on without. */
static void grow(Store *store) {
  gsize size = wanted_size(store);
  if (!size || !wait_idle(store, 0) || !is_room(size)) return;
  if (mdb_env_set_mapsize(store->env, size) == MDB_SUCCESS) store->want_growth = FALSE;
}

/* With the lock held: another process has grown the map, follow it. A map doubles. */
static int follow(Store *store) {
  MDB_envinfo info;
  int code = mdb_env_info(store->env, &info);
  if (code != MDB_SUCCESS) return code;
  return is_room(info.me_mapsize * 2) ? mdb_env_set_mapsize(store->env, 0) : ENOMEM;
}

static int begin(Store *store, gboolean write, MDB_txn **ret_txn) {
  int code = MDB_SUCCESS;
  for (int tries = 0; tries < 3; tries++) {
    code = mdb_txn_begin(store->env, NULL, write ? 0 : MDB_RDONLY, ret_txn);
    if (code != MDB_MAP_RESIZED) return code;
    g_mutex_lock(&store->lock);
    if (wait_idle(store, 1)) code = follow(store);
    g_mutex_unlock(&store->lock);
    if (code != MDB_SUCCESS && code != MDB_MAP_RESIZED) return code;
  }
  return code;
}

static void end(Store *store) {
  g_mutex_lock(&store->lock);
  store->open_txns--;
  g_cond_broadcast(&store->idle);
  g_mutex_unlock(&store->lock);
}

StoreTxn *store_begin(Store *store, gboolean write, GError **error) {
  g_mutex_lock(&store->lock);
  if (write) grow(store);
  store->open_txns++;
  g_mutex_unlock(&store->lock);
  MDB_txn *txn = NULL;
  int code = begin(store, write, &txn);
  if (code != MDB_SUCCESS) {
    end(store);
    store_fail(store, code, "beginning a transaction", error);
    return NULL;
  }
  StoreTxn *result = g_new0(StoreTxn, 1);
  result->store = store;
  result->txn = txn;
  result->write = write;
  return result;
}

gboolean store_commit(StoreTxn *txn, GError **error) {
  Store *store = txn->store;
  crash_point("commit-before");
  int code = mdb_txn_commit(txn->txn);
  crash_point("commit-after");
  end(store);
  g_free(txn);
  return code == MDB_SUCCESS || store_fail(store, code, "committing", error);
}

void store_abort(StoreTxn *txn) {
  if (!txn) return;
  mdb_txn_abort(txn->txn);
  end(txn->store);
  g_free(txn);
}
