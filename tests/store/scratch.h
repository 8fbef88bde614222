/* scratch - a store in a folder of its own that goes away with the test. */
#pragma once
#include <glib/gstdio.h>
#include <string.h>

#include "store/store.h"

static inline char *scratch_new(void) {
  g_autoptr(GError) error = NULL;
  char *path = g_dir_make_tmp("bulletind-store-XXXXXX", &error);
  g_assert_no_error(error);
  return path;
}

static inline void scratch_remove(const char *path) {
  g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
  for (const char *name; folder && (name = g_dir_read_name(folder));) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_unlink(file);
  }
  g_rmdir(path);
}

static inline Store *scratch_open(const char *path) {
  g_autoptr(GError) error = NULL;
  Store *store = store_open(path, STORE_CREATE, &error);
  g_assert_no_error(error);
  return store;
}

static inline StoreTxn *scratch_begin(Store *store, gboolean write) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = store_begin(store, write, &error);
  g_assert_no_error(error);
  return txn;
}

static inline void scratch_commit(StoreTxn *txn) {
  g_autoptr(GError) error = NULL;
  gboolean done = store_commit(txn, &error);
  g_assert_no_error(error);
  g_assert_true(done);
}

/* A store for the length of one test. */
#define WITH_STORE(path, store)                                                                    \
  g_autofree char *path = scratch_new();                                                           \
  Store *store = scratch_open(path)
#define END_STORE(path, store)                                                                     \
  store_close(store);                                                                              \
  scratch_remove(path)
