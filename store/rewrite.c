/* rewrite - see rewrite.h. The copy is made row by row into an empty file: LMDB's own compacting
 * copy takes the unused end of a large record's last page along, with what stood there before. */
#include "store/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <zstd.h>

#include "store/crash_point.h"
#include "store/internal.h"

enum {
  REWRITE_BATCH_BYTES = 32 << 20, /* of rows in one transaction of the copy */
  REWRITE_WAIT_S = 10,            /* for others who have the store open */
  SEARCH_PIECE_BYTES = 4 << 20,
  SEARCH_KEEP_BYTES = 1024 /* of a piece, before the next: longer than any term */
};

static const char REQUEST[] = "rewrite";

gboolean store_wants_rewrite(StoreTxn *txn) {
  Key key = key_of_texts(REQUEST, NULL);
  MDB_val value;
  return table_get(txn, TABLE_META, &key, &value, NULL);
}

/* --- the copy ----------------------------------------------------------------------------------
 */

typedef struct {
  MDB_env *env;
  MDB_txn *txn;
  gsize pending_bytes;
} Fresh;

static int flush(Fresh *fresh) {
  int code = mdb_txn_commit(g_steal_pointer(&fresh->txn));
  fresh->pending_bytes = 0;
  return code == MDB_SUCCESS ? mdb_txn_begin(fresh->env, NULL, 0, &fresh->txn) : code;
}

static int copy_row(Fresh *fresh, MDB_dbi to, MDB_val *key, MDB_val *value) {
  int code = mdb_put(fresh->txn, to, key, value, MDB_APPEND);
  fresh->pending_bytes += key->mv_size + value->mv_size;
  if (code == MDB_SUCCESS && fresh->pending_bytes > REWRITE_BATCH_BYTES) code = flush(fresh);
  return code;
}

static gboolean is_request(Table table, const MDB_val *key) {
  return table == TABLE_META && key->mv_size == sizeof REQUEST &&
         !memcmp(key->mv_data, REQUEST, sizeof REQUEST);
}

static int copy_table(StoreTxn *from, Fresh *fresh, Table table) {
  MDB_dbi to;
  MDB_cursor *cursor = NULL;
  MDB_val key, value;
  int code = mdb_dbi_open(fresh->txn, table_name(table), MDB_CREATE, &to);
  if (code == MDB_SUCCESS) code = mdb_cursor_open(from->txn, from->store->tables[table], &cursor);
  if (code != MDB_SUCCESS) return code;
  while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == MDB_SUCCESS)
    if (!is_request(table, &key) && (code = copy_row(fresh, to, &key, &value)) != MDB_SUCCESS)
      break;
  mdb_cursor_close(cursor);
  return code == MDB_NOTFOUND ? MDB_SUCCESS : code;
}

static int open_fresh(Fresh *fresh, Store *store, const char *folder) {
  MDB_envinfo info;
  int code = mdb_env_info(store->env, &info);
  if (code == MDB_SUCCESS) code = mdb_env_create(&fresh->env);
  if (code != MDB_SUCCESS) return code;
  mdb_env_set_maxdbs(fresh->env, TABLE_COUNT);
  mdb_env_set_mapsize(fresh->env, info.me_mapsize);
  code = mdb_env_open(fresh->env, folder, MDB_NOLOCK, 0600);
  return code == MDB_SUCCESS ? mdb_txn_begin(fresh->env, NULL, 0, &fresh->txn) : code;
}

static gboolean copy_rows(Store *store, const char *folder, GError **error) {
  Fresh fresh = {NULL};
  StoreTxn *from = store_begin(store, FALSE, error);
  if (!from) return FALSE;
  int code = open_fresh(&fresh, store, folder);
  for (Table table = 0; table < TABLE_COUNT && code == MDB_SUCCESS; table++)
    code = copy_table(from, &fresh, table);
  if (fresh.txn && code == MDB_SUCCESS) code = mdb_txn_commit(g_steal_pointer(&fresh.txn));
  if (fresh.txn) mdb_txn_abort(fresh.txn);
  if (fresh.env) mdb_env_close(fresh.env);
  store_abort(from);
  return code == MDB_SUCCESS || store_fail(store, code, "writing the store anew", error);
}

/* --- in its place ------------------------------------------------------------------------------
 */

/* Alone with the file: whoever else had it open would go on with the old one. */
static gboolean lock_alone(const char *folder, int *ret_fd, GError **error) {
  gint64 deadline = g_get_monotonic_time() + REWRITE_WAIT_S * G_USEC_PER_SEC;
  *ret_fd = store_open_swap_lock(folder, FALSE);
  while (*ret_fd >= 0 && flock(*ret_fd, LOCK_EX | LOCK_NB) != 0) {
    if (g_get_monotonic_time() > deadline) {
      g_set_error(error, STORE_ERROR, STORE_ERROR_LOCKED,
                  "%s: another program has the store open; end it (bulletinctl log --follow?)",
                  folder);
      return FALSE;
    }
    g_usleep(20000);
  }
  if (*ret_fd >= 0) return TRUE;
  g_set_error(error, STORE_ERROR, STORE_ERROR_ACCESS, "%s/swap.lock: %s", folder,
              g_strerror(errno));
  return FALSE;
}

static gboolean swap_in(Store *store, const char *fresh, GError **error) {
  g_autofree char *data = g_build_filename(store->path, "data.mdb", NULL);
  g_autofree char *readers = g_build_filename(store->path, "lock.mdb", NULL);
  if (rename(fresh, data) != 0)
    return store_fail(store, errno, "putting the new file in its place", error);
  crash_point("rewrite-swapped");
  g_unlink(readers); /* the table of readers of the old file */
  if (!store_sync_folder(store->path))
    return store_fail(store, errno, "putting the new file in its place", error);
  crash_point("rewrite-synced");
  return TRUE;
}

static gboolean rewrite_locked(Store *store, GError **error) {
  g_autofree char *folder = g_build_filename(store->path, "rewrite", NULL);
  g_autofree char *fresh = g_build_filename(folder, "data.mdb", NULL);
  g_unlink(fresh); /* of a rewrite that was cut short */
  if (g_mkdir(folder, 0700) != 0 && errno != EEXIST)
    return store_fail(store, errno, "making a folder", error);
  crash_point("rewrite-begun");
  gboolean done = copy_rows(store, folder, error);
  crash_point("rewrite-copied");
  done = done && swap_in(store, fresh, error);
  g_unlink(fresh);
  g_rmdir(folder);
  return done;
}

gboolean store_rewrite(const char *folder, GError **error) {
  int lock = -1;
  g_autoptr(Store) store = store_open(folder, STORE_DAEMON | STORE_SWAPPING, error);
  gboolean done = store && lock_alone(folder, &lock, error) && rewrite_locked(store, error);
  if (lock >= 0) close(lock);
  return done;
}

/* --- the search --------------------------------------------------------------------------------
 */

typedef struct {
  const char *const *terms, *const *others;
  guint64 *counts;
} Search;

static gboolean is_other(const Search *search, const char *text, gsize size, gsize at,
                         const char *term) {
  for (const char *const *other = search->others; other && *other; other++)
    for (const char *in = strstr(*other, term); in; in = strstr(in + 1, term)) {
      gsize before = (gsize)(in - *other), length = strlen(*other);
      if (before <= at && at - before + length <= size &&
          !memcmp(text + at - before, *other, length))
        return TRUE;
    }
  return FALSE;
}

/* Count what ends behind the first `seen` bytes, which a piece before has looked at. */
static void look(const Search *search, const char *text, gsize size, gsize seen) {
  for (guint i = 0; search->terms[i]; i++) {
    gsize length = strlen(search->terms[i]);
    const char *at = text;
    while (length && (at = memmem(at, size - (gsize)(at - text), search->terms[i], length))) {
      gsize offset = (gsize)(at - text);
      if (offset + length > seen && !is_other(search, text, size, offset, search->terms[i]))
        search->counts[i]++;
      at++;
    }
  }
}

/* Text that comes piece by piece, lowered; the end of one is kept for a term across two. */
typedef struct {
  const Search *search;
  char *text;
  gsize kept;
} Window;

static void feed(Window *window, const char *data, gsize size) {
  for (gsize i = 0; i < size; i++) window->text[window->kept + i] = g_ascii_tolower(data[i]);
  gsize all = window->kept + size, keep = MIN(all, (gsize)SEARCH_KEEP_BYTES);
  look(window->search, window->text, all, window->kept);
  memmove(window->text, window->text + all - keep, keep);
  window->kept = keep;
}

/* As far as it can be unpacked: of a freed page the rest may be written over. */
static void look_in_frame(const Search *search, const char *frame, gsize size) {
  g_autofree char *out = g_malloc(SEARCH_PIECE_BYTES);
  g_autofree char *text = g_malloc(SEARCH_PIECE_BYTES + SEARCH_KEEP_BYTES);
  Window window = {search, text, 0};
  ZSTD_DCtx *unpack = ZSTD_createDCtx();
  ZSTD_inBuffer in = {frame, size, 0};
  for (;;) {
    ZSTD_outBuffer piece = {out, SEARCH_PIECE_BYTES, 0};
    gsize left = ZSTD_decompressStream(unpack, &piece, &in);
    feed(&window, out, piece.pos);
    if (ZSTD_isError(left) || !left || (!piece.pos && in.pos == in.size)) break;
  }
  ZSTD_freeDCtx(unpack);
}

static void look_in_file(const Search *search, const char *data, gsize size) {
  static const char magic[] = {0x28, (char)0xB5, 0x2F, (char)0xFD};
  g_autofree char *text = g_malloc(SEARCH_PIECE_BYTES + SEARCH_KEEP_BYTES);
  Window window = {search, text, 0};
  for (gsize at = 0; at < size; at += SEARCH_PIECE_BYTES)
    feed(&window, data + at, MIN((gsize)SEARCH_PIECE_BYTES, size - at));
  const char *frame = data;
  while ((frame = memmem(frame, size - (gsize)(frame - data), magic, sizeof magic))) {
    look_in_frame(search, frame, size - (gsize)(frame - data));
    frame += sizeof magic;
  }
}

gboolean store_search(const char *path, const char *const *terms, const char *const *others,
                      guint64 *ret_counts, GError **error) {
  Search search = {terms, others, ret_counts};
  for (guint i = 0; terms[i]; i++) ret_counts[i] = 0;
  g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
  if (!file) return FALSE;
  if (g_mapped_file_get_length(file))
    look_in_file(&search, g_mapped_file_get_contents(file), g_mapped_file_get_length(file));
  return TRUE;
}

/* --- whom the address is part of ---------------------------------------------------------------
 */

typedef struct {
  const char *address;
  GHashTable *found;
} Longer;

static void take_longer(const Longer *longer, const char *address) {
  g_autofree char *low = g_ascii_strdown(address, -1);
  if (strlen(low) > strlen(longer->address) && strlen(low) < SEARCH_KEEP_BYTES / 2 &&
      strstr(low, longer->address))
    g_hash_table_add(longer->found, g_steal_pointer(&low));
}

static gboolean see_registration(const Registration *row, void *context) {
  take_longer(context, row->email_key);
  take_longer(context, row->sender);
  return TRUE;
}

static gboolean see_message(const Message *message, void *context) {
  take_longer(context, message->from);
  return TRUE;
}

static gboolean see_answer(const OutboxEntry *entry, void *context) {
  take_longer(context, entry->to);
  return TRUE;
}

char **store_longer_addresses(StoreTxn *txn, const char *address) {
  g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Longer longer = {address, found};
  gboolean all = registration_foreach(txn, NULL, see_registration, &longer, NULL) &&
                 message_foreach(txn, NULL, see_message, &longer, NULL) &&
                 outbox_foreach(txn, NULL, see_answer, &longer, NULL);
  (void)all;
  GPtrArray *list = g_ptr_array_new();
  GHashTableIter each;
  gpointer one;
  g_hash_table_iter_init(&each, found);
  while (g_hash_table_iter_next(&each, &one, NULL)) g_ptr_array_add(list, g_strdup(one));
  g_ptr_array_add(list, NULL);
  return (char **)g_ptr_array_free(list, FALSE);
}
