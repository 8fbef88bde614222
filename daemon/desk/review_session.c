/* review_session - see review_session.h. Two tables under one lock, both bounded. */
#include "daemon/desk/review_session.h"

#include <sodium.h>
#include <string.h>

typedef struct {
  Session session;
  gint64 begun, used; /* seconds */
} Row;

/* Wrong passwords of one name or of one address. */
typedef struct {
  guint wrong;
  gint64 last, not_before; /* seconds */
} Tries;

struct Sessions {
  GMutex lock;
  GHashTable *rows;  /* hash of the id (hex) → Row */
  GHashTable *names; /* "n:NAME", "a:ADDRESS" → Tries */
  guint session_s, idle_s;
};

Sessions *sessions_new(void) {
  g_assert(sodium_init() >= 0);
  Sessions *sessions = g_new0(Sessions, 1);
  g_mutex_init(&sessions->lock);
  sessions->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  sessions->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return sessions;
}

void sessions_free(Sessions *sessions) {
  if (!sessions) return;
  g_hash_table_unref(sessions->rows);
  g_hash_table_unref(sessions->names);
  g_mutex_clear(&sessions->lock);
  g_free(sessions);
}

void sessions_set_limits(Sessions *sessions, guint session_s, guint idle_s) {
  g_mutex_lock(&sessions->lock);
  sessions->session_s = session_s;
  sessions->idle_s = idle_s;
  g_mutex_unlock(&sessions->lock);
}

/* --- tokens ----------------------------------------------------------------------------------- */

void session_random(char ret_token[SESSION_TOKEN_MAX_CHARS]) {
  guint8 bytes[SESSION_ID_BYTES];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(ret_token, SESSION_TOKEN_MAX_CHARS, bytes, sizeof bytes,
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

gboolean session_same(const char *a, const char *b) {
  gsize length = a ? strlen(a) : 0;
  return length && b && strlen(b) == length && sodium_memcmp(a, b, length) == 0;
}

/* What is kept of an id: who reads our memory or a dump of it has no session. */
static char *key_of(const char *id) {
  guint8 hash[crypto_generichash_BYTES];
  char hex[2 * sizeof hash + 1];
  crypto_generichash(hash, sizeof hash, (const guint8 *)id, strlen(id), NULL, 0);
  return g_strdup(sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

/* --- sessions (the lock is held) -------------------------------------------------------------- */

static gboolean is_over(const Sessions *sessions, const Row *row, gint64 now) {
  return now - row->begun >= sessions->session_s || now - row->used >= sessions->idle_s;
}

static void drop_over(Sessions *sessions, gint64 now) {
  GHashTableIter iter;
  gpointer row;
  g_hash_table_iter_init(&iter, sessions->rows);
  while (g_hash_table_iter_next(&iter, NULL, &row))
    if (is_over(sessions, row, now)) g_hash_table_iter_remove(&iter);
}

/* End the one unused longest of `name` (NULL: of all) while there are `max` or more. */
static void make_room(Sessions *sessions, const char *name, guint max) {
  for (;;) {
    GHashTableIter iter;
    gpointer key, value, oldest = NULL;
    gint64 used = G_MAXINT64;
    guint count = 0;
    g_hash_table_iter_init(&iter, sessions->rows);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
      const Row *row = value;
      if (name && strcmp(row->session.name, name)) continue;
      count++;
      if (row->used >= used) continue;
      used = row->used;
      oldest = key;
    }
    if (count < max) return;
    g_hash_table_remove(sessions->rows, oldest);
  }
}

void sessions_begin(Sessions *sessions, const char *name, guint64 generation, gint64 now,
                    char ret_id[SESSION_TOKEN_MAX_CHARS]) {
  Row *row = g_new0(Row, 1);
  g_strlcpy(row->session.name, name, sizeof row->session.name);
  row->session.generation = generation;
  session_random(row->session.csrf);
  row->begun = row->used = now;
  session_random(ret_id);
  g_mutex_lock(&sessions->lock);
  drop_over(sessions, now);
  make_room(sessions, name, SESSIONS_PER_USER_MAX);
  make_room(sessions, NULL, SESSIONS_MAX);
  g_hash_table_replace(sessions->rows, key_of(ret_id), row);
  g_mutex_unlock(&sessions->lock);
}

gboolean sessions_find(Sessions *sessions, const char *id, gint64 now, gboolean used,
                       Session *ret_session) {
  if (!id || !*id || strlen(id) >= SESSION_TOKEN_MAX_CHARS) return FALSE;
  g_autofree char *key = key_of(id);
  g_mutex_lock(&sessions->lock);
  Row *row = g_hash_table_lookup(sessions->rows, key);
  gboolean found = row && !is_over(sessions, row, now);
  if (found) {
    if (used) row->used = now;
    *ret_session = row->session;
  } else if (row) {
    g_hash_table_remove(sessions->rows, key);
  }
  g_mutex_unlock(&sessions->lock);
  return found;
}

void sessions_end(Sessions *sessions, const char *id) {
  if (!id) return;
  g_autofree char *key = key_of(id);
  g_mutex_lock(&sessions->lock);
  g_hash_table_remove(sessions->rows, key);
  g_mutex_unlock(&sessions->lock);
}

guint sessions_count(Sessions *sessions) {
  g_mutex_lock(&sessions->lock);
  guint count = g_hash_table_size(sessions->rows);
  g_mutex_unlock(&sessions->lock);
  return count;
}

/* --- logins ----------------------------------------------------------------------------------- */

/* 1, 2, 4, … seconds from the first wrong one above the free ones on. */
static gint64 delay_of(guint wrong, guint free_tries, gint64 max_s) {
  if (wrong <= free_tries) return 0;
  guint doublings = wrong - free_tries - 1;
  return doublings >= 20 ? max_s : MIN((gint64)1 << doublings, max_s);
}

static void forget_old(Sessions *sessions, gint64 now) {
  GHashTableIter iter;
  gpointer key, value, oldest = NULL;
  gint64 last = G_MAXINT64;
  g_hash_table_iter_init(&iter, sessions->names);
  while (g_hash_table_iter_next(&iter, &key, &value)) {
    const Tries *tries = value;
    if (now - tries->last >= LOGIN_FORGET_S) {
      g_hash_table_iter_remove(&iter);
    } else if (tries->last < last) {
      last = tries->last;
      oldest = key;
    }
  }
  if (g_hash_table_size(sessions->names) + 2 > LOGIN_KNOWN_MAX)
    g_hash_table_remove(sessions->names, oldest);
}

static Tries *tries_of(Sessions *sessions, const char *prefix, const char *what, gint64 now) {
  g_autofree char *key = g_strconcat(prefix, what, NULL);
  Tries *tries = g_hash_table_lookup(sessions->names, key);
  if (!tries) {
    tries = g_new0(Tries, 1);
    g_hash_table_replace(sessions->names, g_steal_pointer(&key), tries);
  }
  if (now - tries->last >= LOGIN_FORGET_S) *tries = (Tries){.last = now};
  return tries;
}

static void count_wrong(Tries *tries, guint free_tries, gint64 max_s, gint64 now) {
  if (tries->wrong < G_MAXUINT) tries->wrong++;
  tries->last = now;
  tries->not_before = now + delay_of(tries->wrong, free_tries, max_s);
}

gboolean login_try(Sessions *sessions, const char *name, const char *address, gint64 now,
                   guint *ret_wait_s) {
  g_autofree char *folded = g_utf8_casefold(name, -1);
  g_mutex_lock(&sessions->lock);
  while (g_hash_table_size(sessions->names) + 2 > LOGIN_KNOWN_MAX) forget_old(sessions, now);
  Tries *of_address = tries_of(sessions, "a:", address, now);
  Tries *of_name = tries_of(sessions, "n:", folded, now);
  gint64 wait = MAX(of_address->not_before, of_name->not_before) - now;
  if (wait <= 0) {
    count_wrong(of_address, LOGIN_ADDRESS_FREE_TRIES, LOGIN_ADDRESS_DELAY_MAX_S, now);
    count_wrong(of_name, LOGIN_FREE_TRIES, LOGIN_NAME_DELAY_MAX_S, now);
  }
  g_mutex_unlock(&sessions->lock);
  if (wait > 0) *ret_wait_s = (guint)wait;
  return wait <= 0;
}

void login_right(Sessions *sessions, const char *name, const char *address) {
  g_autofree char *folded = g_utf8_casefold(name, -1);
  g_autofree char *name_key = g_strconcat("n:", folded, NULL);
  g_autofree char *address_key = g_strconcat("a:", address, NULL);
  g_mutex_lock(&sessions->lock);
  g_hash_table_remove(sessions->names, name_key);
  Tries *of_address = g_hash_table_lookup(sessions->names, address_key);
  if (of_address && of_address->wrong) of_address->wrong--;
  if (of_address) of_address->not_before = 0;
  g_mutex_unlock(&sessions->lock);
}
