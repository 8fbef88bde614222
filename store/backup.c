/* backup - see keep.h. A backup is what LMDB copies of its environment: one file, data.mdb. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/keep.h"
#include "store/person.h"
#include "store/rewrite.h"

enum { COPY_BYTES = 1 << 20 };

gboolean store_backup(Store *store, int fd, GError **error) {
  int code = mdb_env_copyfd2(store->env, fd, MDB_CP_COMPACT);
  return code == MDB_SUCCESS || store_fail(store, code, "copying", error);
}

/* ---- back in its place ---- */

typedef struct {
  Store place;  /* for its path and its errors alone */
  char *folder; /* within the store's: where the backup is looked at */
  char *fresh, *old;
} Restore;

static gboolean write_whole(int fd, const char *data, gsize size) {
  while (size) {
    ssize_t done = write(fd, data, size);
    if (done < 0 && errno != EINTR) return FALSE;
    if (done < 0) continue;
    data += done;
    size -= (gsize)done;
  }
  return TRUE;
}

static int copy_file(int from, const char *path) {
  g_autofree char *buffer = g_malloc(COPY_BYTES);
  int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (to < 0) return errno;
  ssize_t got = 0;
  gboolean ok = TRUE;
  while (ok && (got = read(from, buffer, COPY_BYTES)) > 0) ok = write_whole(to, buffer, (gsize)got);
  int code = ok && got == 0 && fsync(to) == 0 ? 0 : errno;
  close(to);
  return code;
}

static void count_fault(const char *fault, void *context) {
  char **first = context;
  if (!*first) *first = g_strdup(fault);
}

/* A file that ends before its last page would be read as far as its end, and then by a signal. A
 * backup has all its pages, since LMDB wrote them one after the other. */
static int check_length(const Restore *restore) {
  MDB_env *env = NULL;
  MDB_envinfo info;
  MDB_stat pages;
  GStatBuf status;
  int code = mdb_env_create(&env);
  if (code == MDB_SUCCESS) code = mdb_env_open(env, restore->folder, MDB_RDONLY | MDB_NOLOCK, 0600);
  if (code == MDB_SUCCESS) code = mdb_env_info(env, &info);
  if (code == MDB_SUCCESS) code = mdb_env_stat(env, &pages);
  if (code == MDB_SUCCESS && g_stat(restore->fresh, &status) != 0) code = errno;
  if (code == MDB_SUCCESS &&
      ((guint64)info.me_last_pgno + 1) * pages.ms_psize > (guint64)status.st_size)
    code = MDB_CORRUPTED;
  if (env) mdb_env_close(env);
  return code;
}

/* Is the copy a whole store? One of an older version is brought to ours first. */
static gboolean is_whole(const Restore *restore, GError **error) {
  int code = check_length(restore);
  if (code != MDB_SUCCESS) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
                "this is no whole backup of a store (%s); nothing was changed", mdb_strerror(code));
    return FALSE;
  }
  g_autoptr(Store) store = store_open(restore->folder, STORE_DAEMON, error);
  g_autoptr(StoreTxn) txn = store ? store_begin(store, FALSE, error) : NULL;
  g_autofree char *first = NULL;
  StoreReport report;
  if (!txn || !store_verify(txn, count_fault, &first, &report, error)) return FALSE;
  store_abort(g_steal_pointer(&txn));
  if (!first) return TRUE;
  g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
              "the backup is not whole: %s; nothing was changed", first);
  return FALSE;
}

gboolean store_sync_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return done;
}

/* Whom the store has forgotten is forgotten in its backup, too. */
static gboolean forget_again(const Restore *restore, GError **error) {
  g_autofree char *data = g_build_filename(restore->place.path, "data.mdb", NULL);
  if (access(data, F_OK) != 0) return TRUE;
  g_autoptr(GError) unread = NULL;
  g_autoptr(Store) old = store_open(restore->place.path, STORE_READ_ONLY, &unread);
  g_autoptr(StoreTxn) from = old ? store_begin(old, FALSE, &unread) : NULL;
  if (!from) return TRUE; /* it is damaged or older: this is why there is a restore */
  g_autoptr(Store) fresh = store_open(restore->folder, 0, error);
  g_autoptr(StoreTxn) to = fresh ? store_begin(fresh, TRUE, error) : NULL;
  gint carried = to ? tombstone_carry(from, to, error) : -1;
  if (carried < 0) return FALSE;
  if (carried && !store_commit(g_steal_pointer(&to), error)) return FALSE;
  store_abort(g_steal_pointer(&to));
  store_close(g_steal_pointer(&fresh));
  return !carried || store_rewrite(restore->folder, error);
}

/* The old one aside, the new one in: a crash between the two leaves no data.mdb, and both files. */
static gboolean exchange(Restore *restore, char **ret_kept, GError **error) {
  g_autofree char *data = g_build_filename(restore->place.path, "data.mdb", NULL);
  gboolean there = access(data, F_OK) == 0;
  if (there && rename(data, restore->old) != 0)
    return store_fail(&restore->place, errno, "putting the old store aside", error);
  if (rename(restore->fresh, data) != 0 || !store_sync_folder(restore->place.path)) {
    int code = errno;
    if (there) g_rename(restore->old, data);
    return store_fail(&restore->place, code, "putting the backup in its place", error);
  }
  g_autofree char *readers = g_build_filename(restore->place.path, "lock.mdb", NULL);
  g_unlink(readers); /* the table of readers of the old file */
  if (there) *ret_kept = g_steal_pointer(&restore->old);
  return TRUE;
}

static gboolean restore_locked(Restore *restore, int fd, char **ret_kept, GError **error) {
  if (g_mkdir(restore->folder, 0700) != 0)
    return store_fail(&restore->place, errno, "making a folder", error);
  int code = copy_file(fd, restore->fresh);
  if (code) return store_fail(&restore->place, code, "copying the backup", error);
  return is_whole(restore, error) && forget_again(restore, error) &&
         exchange(restore, ret_kept, error);
}

gboolean store_restore(const char *folder, int fd, char **ret_kept, GError **error) {
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *stamp = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
  g_autofree char *lock_path = g_build_filename(folder, "daemon.lock", NULL);
  Restore restore = {.place = {.path = (char *)folder}};
  *ret_kept = NULL;
  int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) return store_fail(&restore.place, errno, "opening daemon.lock", error);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    close(lock);
    g_set_error(error, STORE_ERROR, STORE_ERROR_LOCKED,
                "%s: bulletind works on this store; stop it first (systemctl stop bulletind)",
                folder);
    return FALSE;
  }
  restore.folder = g_strdup_printf("%s/restore-%s", folder, stamp);
  restore.fresh = g_build_filename(restore.folder, "data.mdb", NULL);
  restore.old = g_strdup_printf("%s/data.mdb.before-%s", folder, stamp);
  gboolean done = restore_locked(&restore, fd, ret_kept, error);
  g_autofree char *readers = g_build_filename(restore.folder, "lock.mdb", NULL);
  g_autofree char *inner_lock = g_build_filename(restore.folder, "daemon.lock", NULL);
  g_autofree char *swap_lock = g_build_filename(restore.folder, "swap.lock", NULL);
  g_unlink(restore.fresh);
  g_unlink(readers);
  g_unlink(inner_lock);
  g_unlink(swap_lock);
  g_rmdir(restore.folder);
  g_free(restore.folder);
  g_free(restore.fresh);
  g_free(restore.old);
  close(lock);
  return done;
}
