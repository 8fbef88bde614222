/* desk_users - who may use the review page: names, roles, passwords (Argon2id, libsodium).
 *
 * The hash never leaves this file and the store. One password is hashed at a time in a process: it
 * takes 64 MiB. Thread-safe as far as the store is; writing belongs to bulletinctl. */
#pragma once
#include "store/store.h"

enum {
  DESK_USER_NAME_MAX_CHARS = 64,
  DESK_PASSWORD_MIN_CHARS = 12,
  DESK_PASSWORD_MAX_BYTES = 1024,
  DESK_USERS_MAX = 200
};

typedef enum { DESK_ROLE_READ, DESK_ROLE_REVIEW } DeskRole;

typedef struct {
  char *name;
  DeskRole role;
  gint64 created, changed; /* seconds since 1970 */
} DeskUser;                /* never the hash */

/* "read", "review"; the other way FALSE is an unknown word. */
const char *desk_role_name(DeskRole role);
gboolean desk_role_parse(const char *name, DeskRole *ret_role);

/* Make a user (`create`; one of that name is DESK_ERROR_STATE) or change one that is there.
 * `password` NULL: unchanged, not where one is made. Names are NFC, of letters, digits and "._-@".
 * `who`, if not NULL, is named in the journal. DESK_ERROR_INVALID: name or password is none. */
gboolean desk_user_set_by(Store *store, const char *who, const char *name, const char *password,
                          DeskRole role, gboolean create, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean desk_user_set(Store *store, const char *name, const char *password, DeskRole role,
                       gboolean create, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Remove; DESK_ERROR_NOT_FOUND. His sessions end. */
gboolean desk_user_remove_by(Store *store, const char *who, const char *name,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean desk_user_remove(Store *store, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GPtrArray *desk_users(StoreTxn *txn); /* DeskUser*, by name; never NULL */
void desk_user_free(DeskUser *user);

/* Right password? Takes the same time for an unknown name. *ret_role on success; *ret_generation
 * changes with password, role or removal, so that old sessions end. */
gboolean desk_user_login(Store *store, const char *name, const char *password, DeskRole *ret_role,
                         guint64 *ret_generation) G_GNUC_WARN_UNUSED_RESULT;
/* Is a session of that name and generation still good? *ret_role: what it may now. */
gboolean desk_user_current(StoreTxn *txn, const char *name, guint64 generation,
                           DeskRole *ret_role) G_GNUC_WARN_UNUSED_RESULT;
