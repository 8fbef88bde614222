#include "daemon/desk/desk_users.h"

#include <sodium.h>
#include <string.h>

#include "daemon/desk/desk.h"
#include "daemon/util.h"
#include "store/journal.h"
#include "store/user.h"

/* What no password has, hashed as the others are: an unknown name takes as long as a known one. */
static const char NOBODY[] = "$argon2id$v=19$m=65536,t=2,p=1$YOJBI3RJmZtyr8p/41c/"
                             "1w$AoUO6iF7U5HjJmrdC03NDqCEuEzaIkkTlFVm/IbkVTw";

static const char *const role_names[] = {"read", "review"};

const char *desk_role_name(DeskRole role) {
  return role_names[role];
}

gboolean desk_role_parse(const char *name, DeskRole *ret_role) {
  for (guint i = 0; i < G_N_ELEMENTS(role_names); i++) {
    if (strcmp(role_names[i], name)) continue;
    *ret_role = (DeskRole)i;
    return TRUE;
  }
  return FALSE;
}

void desk_user_free(DeskUser *user) {
  if (!user) return;
  g_free(user->name);
  g_free(user);
}

/* --- names and passwords ---------------------------------------------------------------------- */

/* NFC; NULL: no name. */
static char *clean_name(const char *name) {
  g_autofree char *clean = g_utf8_normalize(name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  if (!clean || !*clean || g_utf8_strlen(clean, -1) > DESK_USER_NAME_MAX_CHARS) return NULL;
  for (const char *at = clean; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    gboolean sign = c < 128 && strchr("._-@", (int)c);
    if (!g_unichar_isalnum(c) && !(sign && at > clean)) return NULL;
  }
  return g_steal_pointer(&clean);
}

static char *check_name(const char *name, GError **error) {
  char *clean = clean_name(name);
  if (!clean)
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
                "that is no user's name; right would be up to %d letters and digits, with . _ - @ "
                "behind the first",
                DESK_USER_NAME_MAX_CHARS);
  return clean;
}

static void wipe(char *secret) {
  if (!secret) return;
  sodium_memzero(secret, strlen(secret));
  g_free(secret);
}

/* NFC, so that every keyboard gives the same; NULL: no password. */
static char *clean_password(const char *password) {
  if (strlen(password) > DESK_PASSWORD_MAX_BYTES) return NULL;
  char *clean = g_utf8_normalize(password, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  if (!clean || strlen(clean) <= DESK_PASSWORD_MAX_BYTES) return clean;
  wipe(clean);
  return NULL;
}

static gboolean bad_password(char *clean, GError **error) {
  wipe(clean);
  g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
              "a password has at least %d characters and at most %d bytes of UTF-8",
              DESK_PASSWORD_MIN_CHARS, DESK_PASSWORD_MAX_BYTES);
  return FALSE;
}

/* One at a time: each takes crypto_pwhash_MEMLIMIT_INTERACTIVE bytes. */
static GMutex *hashing(void) {
  static GMutex lock;
  return &lock;
}

static gboolean hash_password(const char *password, char hash[crypto_pwhash_STRBYTES],
                              GError **error) {
  char *clean = clean_password(password);
  if (!clean || g_utf8_strlen(clean, -1) < DESK_PASSWORD_MIN_CHARS)
    return bad_password(clean, error);
  g_mutex_lock(hashing());
  int failed = sodium_init() < 0 ||
               crypto_pwhash_str(hash, clean, strlen(clean), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                 crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0;
  g_mutex_unlock(hashing());
  wipe(clean);
  if (failed)
    g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
                "no memory for a password's hash; it takes %u MiB",
                (guint)(crypto_pwhash_MEMLIMIT_INTERACTIVE >> 20));
  return !failed;
}

static gboolean verify_password(const char *hash, const char *password) {
  char *clean = clean_password(password);
  g_mutex_lock(hashing());
  gboolean right =
      sodium_init() >= 0 &&
      crypto_pwhash_str_verify(hash, clean ? clean : "", clean ? strlen(clean) : 0) == 0 && clean;
  g_mutex_unlock(hashing());
  wipe(clean);
  return right;
}

/* --- changing --------------------------------------------------------------------------------- */

static guint64 new_generation(void) {
  guint64 generation = 0;
  randombytes_buf(&generation, sizeof generation);
  return generation;
}

/* The one to change, or a new one. NULL with an error. */
static User *find_or_make(StoreTxn *txn, const char *name, gboolean create, gint64 now,
                          GError **error) {
  g_autoptr(GError) failed = NULL;
  User *user = user_get(txn, name, &failed);
  if (failed && !g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return NULL;
  }
  if (user && create) {
    user_free(user);
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE, "there is a user '%s' already", name);
    return NULL;
  }
  if (user) return user;
  if (!create) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND, "there is no user '%s'", name);
    return NULL;
  }
  if (user_count(txn) >= DESK_USERS_MAX) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_STATE,
                "there are %d users already, the most there may be", DESK_USERS_MAX);
    return NULL;
  }
  user = user_new();
  string_set(&user->name, name);
  user->created = now;
  return user;
}

static gboolean note(StoreTxn *txn, const char *who, const char *name, const char *did,
                     GError **error) {
  g_autofree char *text =
      g_strdup_printf("%s%suser %s %s", who ? who : "", who ? ": " : "", name, did);
  return journal_add(txn, 0, 0, "person", text, error);
}

static gboolean put(StoreTxn *txn, const char *who, const char *name, const char *hash,
                    DeskRole role, gboolean create, GError **error) {
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  g_autoptr(User) user = find_or_make(txn, name, create, now, error);
  if (!user) return FALSE;
  if (hash) string_set(&user->hash, hash);
  string_set(&user->role, desk_role_name(role));
  user->changed = now;
  user->generation = new_generation();
  g_autofree char *did = g_strdup_printf("%s, role %s",
                                         create ? "was made"
                                         : hash ? "has a new password"
                                                : "changed",
                                         desk_role_name(role));
  return user_put(txn, user, error) && note(txn, who, name, did, error);
}

static gboolean end(StoreTxn *txn, gboolean good, GError **error) {
  if (good) return store_commit(txn, error);
  store_abort(txn);
  return FALSE;
}

gboolean desk_user_set_by(Store *store, const char *who, const char *name, const char *password,
                          DeskRole role, gboolean create, GError **error) {
  char hash[crypto_pwhash_STRBYTES] = "";
  g_autofree char *clean = check_name(name, error);
  if (!clean) return FALSE;
  if (create && !password) return bad_password(NULL, error);
  if (password && !hash_password(password, hash, error)) return FALSE;
  StoreTxn *txn = store_begin(store, TRUE, error);
  if (!txn) return FALSE;
  gboolean good = put(txn, who, clean, password ? hash : NULL, role, create, error);
  sodium_memzero(hash, sizeof hash);
  return end(txn, good, error);
}

gboolean desk_user_set(Store *store, const char *name, const char *password, DeskRole role,
                       gboolean create, GError **error) {
  return desk_user_set_by(store, NULL, name, password, role, create, error);
}

static gboolean take_away(StoreTxn *txn, const char *who, const char *name, GError **error) {
  g_autoptr(GError) failed = NULL;
  if (user_remove(txn, name, &failed)) return note(txn, who, name, "was removed", error);
  if (!g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  g_set_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND, "there is no user '%s'", name);
  return FALSE;
}

gboolean desk_user_remove_by(Store *store, const char *who, const char *name, GError **error) {
  g_autofree char *clean = check_name(name, error);
  StoreTxn *txn = clean ? store_begin(store, TRUE, error) : NULL;
  return txn && end(txn, take_away(txn, who, clean, error), error);
}

gboolean desk_user_remove(Store *store, const char *name, GError **error) {
  return desk_user_remove_by(store, NULL, name, error);
}

/* --- looking ---------------------------------------------------------------------------------- */

static gboolean add_user(const User *user, void *context) {
  DeskUser *shown = g_new0(DeskUser, 1);
  shown->name = g_strdup(user->name);
  (void)desk_role_parse(user->role, &shown->role); /* a word of a later version: read */
  shown->created = user->created;
  shown->changed = user->changed;
  g_ptr_array_add(context, shown);
  return TRUE;
}

GPtrArray *desk_users(StoreTxn *txn) {
  GPtrArray *users = g_ptr_array_new_with_free_func((GDestroyNotify)desk_user_free);
  (void)user_foreach(txn, add_user, users, NULL);
  return users;
}

static User *find(Store *store, const char *name) {
  g_autofree char *clean = clean_name(name);
  g_autoptr(StoreTxn) txn = clean ? store_begin(store, FALSE, NULL) : NULL;
  return txn ? user_get(txn, clean, NULL) : NULL;
}

gboolean desk_user_login(Store *store, const char *name, const char *password, DeskRole *ret_role,
                         guint64 *ret_generation) {
  g_autoptr(User) user = find(store, name);
  DeskRole role = DESK_ROLE_READ;
  gboolean right = verify_password(user ? user->hash : NOBODY, password) && user &&
                   desk_role_parse(user->role, &role);
  if (!right) return FALSE;
  *ret_role = role;
  *ret_generation = user->generation;
  return TRUE;
}

gboolean desk_user_current(StoreTxn *txn, const char *name, guint64 generation,
                           DeskRole *ret_role) {
  g_autofree char *clean = clean_name(name);
  g_autoptr(User) user = clean ? user_get(txn, clean, NULL) : NULL;
  return user && user->generation == generation && desk_role_parse(user->role, ret_role);
}
