/* store - what must not be lost: messages, registrations, outbox, journal, cursors, counters.
 *
 * The room knows records and transactions, nothing of mail or events: kinds, states and fields are
 * words to it. No type or key of the engine (LMDB) shows through these headers.
 * Several processes may open one store; writers take turns. One StoreTxn belongs to one thread.
 * The map grows by itself; a grown map of another process is followed. */
#pragma once
#include <glib.h>

typedef struct Store Store;
typedef struct StoreTxn StoreTxn;

typedef enum {
  STORE_ERROR_NOT_FOUND, /* no such record */
  STORE_ERROR_FULL,      /* disk or quota full: try again later */
  STORE_ERROR_ACCESS,    /* missing or not permitted: message says path and cure */
  STORE_ERROR_VERSION,   /* made by a newer bulletind, or an older one and not yet upgraded */
  STORE_ERROR_LOCKED,    /* another daemon works on it */
  STORE_ERROR_CORRUPT,   /* a record cannot be decoded */
  STORE_ERROR_IO
} StoreError;
#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);

typedef enum {
  STORE_CREATE = 1 << 0, /* make the folder's files if they are not there (folder must exist) */
  STORE_READ_ONLY = 1 << 1,
  /* Also take the daemon's lock (a second one gets STORE_ERROR_LOCKED), and bring a store of an
   * older version to this one: in one transaction, so that it is whole in either version. */
  STORE_DAEMON = 1 << 2,
  STORE_OLDER = 1 << 3 /* an older version will do: nothing but store_backup may be called */
} StoreFlags;

/* Is the store at fault (full, locked, not to be read), and not the one record at hand? Then all
 * must wait, and is tried again; else the others need not. */
gboolean store_is_trouble(const GError *error);

/* Open the store in folder `path`. One Store per path and process. NULL with an error. */
Store *store_open(const char *path, guint flags, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_close(Store *store);

/* The version of the schema that this program writes, and the one that the store had when it was
 * opened: less, where it was upgraded. */
guint store_version(void);
guint store_found_version(const Store *store);

/* 32 secret bytes made at the store's creation: the key of the thread tokens. Borrowed. */
const guint8 *store_secret(const Store *store);

/* Wake a daemon that has this store open (touches the file `wake` in it). Best effort. */
void store_wake(const Store *store);
/* Path of the file that store_wake touches. Borrowed. */
const char *store_wake_path(const Store *store);

/* How far a reader has seen the records of one kind; {0, 0}: nothing yet. */
typedef struct {
  guint64 id;     /* of the last that was added */
  guint64 change; /* number of the last update */
} StoreMark;

/* Begin a transaction: a reader sees one state of the whole store; a writer waits for its turn. */
StoreTxn *store_begin(Store *store, gboolean write, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Make a writer's changes durable, all or none. Takes `txn` also on failure (STORE_ERROR_FULL, …).
 */
gboolean store_commit(StoreTxn *txn, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drop a transaction. NULL is fine. */
void store_abort(StoreTxn *txn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreTxn, store_abort)
