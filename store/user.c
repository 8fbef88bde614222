/* user - rows by name. */
#include <string.h>

#include "store/internal.h"

User *user_new(void) {
  User *user = g_new0(User, 1);
  char **const texts[] = {&user->name, &user->hash, &user->role};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) *texts[i] = g_strdup("");
  return user;
}

void user_free(User *user) {
  if (!user) return;
  g_free(user->name);
  g_free(user->hash);
  g_free(user->role);
  g_free(user);
}

gboolean user_put(StoreTxn *txn, const User *user, GError **error) {
  g_autoptr(GBytes) bytes = codec_user_write(user);
  Key key = key_of_texts(user->name, NULL);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  return table_put(txn, TABLE_USER, &key, data, size, error);
}

static gboolean not_found(const StoreTxn *txn, const char *name, GError **error) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "%s: there is no user '%s'",
              txn->store->path, name);
  return FALSE;
}

User *user_get(StoreTxn *txn, const char *name, GError **error) {
  Key key = key_of_texts(name, NULL);
  MDB_val value;
  g_autoptr(GError) failed = NULL;
  if (!table_get(txn, TABLE_USER, &key, &value, &failed)) {
    if (failed)
      g_propagate_error(error, g_steal_pointer(&failed));
    else
      not_found(txn, name, error);
    return NULL;
  }
  User *user = codec_user_read(&value);
  if (!user) store_corrupt(txn->store, "user", 0, error);
  return user;
}

gboolean user_remove(StoreTxn *txn, const char *name, GError **error) {
  g_autoptr(User) user = user_get(txn, name, error);
  Key key = key_of_texts(name, NULL);
  return user && table_delete(txn, TABLE_USER, &key, error);
}

typedef struct {
  UserVisitor visit;
  void *context;
  gboolean broken;
} Walk;

static gboolean walk_row(const MDB_val *key, const MDB_val *value, void *context) {
  (void)key;
  Walk *walk = context;
  g_autoptr(User) user = codec_user_read(value);
  walk->broken = !user;
  return user && walk->visit(user, walk->context);
}

gboolean user_foreach(StoreTxn *txn, UserVisitor visit, void *context, GError **error) {
  Walk walk = {visit, context, FALSE};
  return table_scan(txn, TABLE_USER, NULL, NULL, walk_row, &walk, error) &&
         (!walk.broken || store_corrupt(txn->store, "user", 0, error));
}

guint64 user_count(StoreTxn *txn) {
  return table_rows(txn, TABLE_USER);
}
