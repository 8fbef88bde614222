/* keep - a store's keeping: is it whole, a copy of it, that copy back in its place. */
#pragma once
#include "store/store.h"

/* What was found: so many records each, and so many faults. */
typedef struct {
  guint64 messages, raw, registrations, answers, journal, cursors, faults;
} StoreReport;

/* One line for each fault, naming the record and what is wrong. */
typedef void (*StoreFault)(const char *fault, void *context);

/* Read every record of the state that `txn` (a reader) sees, and every index and reference between
 * records in both directions. FALSE with an error: the store cannot be read at all; faults are no
 * error. */
gboolean store_verify(StoreTxn *txn, StoreFault fault, void *context, StoreReport *ret_report,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Write a copy of the whole store, as it is at this moment, to `fd`; others go on reading and
 * writing meanwhile. The caller syncs and closes. A store opened with STORE_OLDER is copied in the
 * version that it has. */
gboolean store_backup(Store *store, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Put the backup in `fd` in the place of the store in `folder`, which no daemon may work on
 * (STORE_ERROR_LOCKED). One of an older version is upgraded; it is verified before it takes the
 * store's place (STORE_ERROR_CORRUPT, STORE_ERROR_VERSION: nothing was changed). What was there is
 * kept: *ret_kept is its path, NULL where there was none; the caller frees. */
gboolean store_restore(const char *folder, int fd, char **ret_kept,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
