/* user - people of the review page: a name, a password's hash and a role, all of them words here.
 */
#pragma once
#include "store/store.h"

typedef struct {
  char *name, *hash, *role;
  gint64 created, changed; /* seconds since 1970 */
  guint64 generation;      /* another one after each change */
} User;

User *user_new(void); /* every char* "", every number 0 */
void user_free(User *user);

/* Write; one of that name is replaced. */
gboolean user_put(StoreTxn *txn, const User *user, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL with STORE_ERROR_NOT_FOUND where there is none. */
User *user_get(StoreTxn *txn, const char *name, GError **error);
/* FALSE with STORE_ERROR_NOT_FOUND where there is none. */
gboolean user_remove(StoreTxn *txn, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef gboolean (*UserVisitor)(const User *user, void *context);
/* Visit by name (its bytes). The visitor returns FALSE to stop; it borrows. */
gboolean user_foreach(StoreTxn *txn, UserVisitor visit, void *context, GError **error);
guint64 user_count(StoreTxn *txn);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(User, user_free)
