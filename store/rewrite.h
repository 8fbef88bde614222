/* rewrite - the store's file written anew of its rows alone, and searched byte by byte. */
#pragma once
#include "store/store.h"

/* Does a transaction that erased ask for it? */
gboolean store_wants_rewrite(StoreTxn *txn);
/* Copy every row of the store in `folder` into a fresh file and put that in its place. Nobody may
 * have it open: STORE_ERROR_LOCKED where a daemon or (after some seconds) another program does. A
 * crash leaves the old store, which asks again, or the new one. */
gboolean store_rewrite(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Count where each of `terms` (lower case, NULL-terminated) stands in the file at `path`, in its
 * bytes and in what its compressed records hold, freed pages included. What is part of one of
 * `others` (longer words that contain a term; NULL: none) does not count. ret_counts: one a term.
 */
gboolean store_search(const char *path, const char *const *terms, const char *const *others,
                      guint64 *ret_counts, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The addresses in the store that contain `address` and are longer: what store_search calls others.
 * The caller frees with g_strfreev. */
char **store_longer_addresses(StoreTxn *txn, const char *address);
