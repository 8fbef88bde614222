/* desk_users: names, passwords, roles; an unknown name takes as long as a wrong password; whoever
 * is changed or removed has no session any more. */
#include "daemon/desk/desk_users.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

#include "daemon/desk/desk.h"
#include "store/journal.h"
#include "store/user.h"
#include "tests/daemon/reply_fixture.h"

static const char SECRET[] = "correct horse battery";

typedef struct {
  char *path;
  Store *store;
} Room;

static void room_open(Room *room) {
  g_autoptr(GError) error = NULL;
  room->path = g_dir_make_tmp("bulletind-users-XXXXXX", NULL);
  room->store = store_open(room->path, STORE_CREATE, &error);
  g_assert_no_error(error);
}

static void room_close(Room *room) {
  store_close(room->store);
  fixture_remove(room->path);
  g_free(room->path);
}

static void make(const Room *room, const char *name, DeskRole role) {
  g_autoptr(GError) error = NULL;
  gboolean good = desk_user_set(room->store, name, SECRET, role, TRUE, &error);
  g_assert_no_error(error);
  g_assert_true(good);
}

static gboolean is_current(const Room *room, const char *name, guint64 generation, DeskRole *role) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  return desk_user_current(txn, name, generation, role);
}

static guint64 login(const Room *room, const char *name, const char *password, DeskRole want) {
  DeskRole role = DESK_ROLE_READ;
  guint64 generation = 0;
  g_assert_true(desk_user_login(room->store, name, password, &role, &generation));
  g_assert_cmpint(role, ==, want);
  return generation;
}

static void test_login(void) {
  Room room;
  room_open(&room);
  make(&room, "marie", DESK_ROLE_REVIEW);
  make(&room, "hélène.durand@ville", DESK_ROLE_READ);
  guint64 generation = login(&room, "marie", SECRET, DESK_ROLE_REVIEW);
  login(&room, "he\xcc\x81le\xcc\x80ne.durand@ville", SECRET,
        DESK_ROLE_READ); /* as a Mac types it */
  DeskRole role = DESK_ROLE_READ;
  g_assert_true(is_current(&room, "marie", generation, &role));
  g_assert_cmpint(role, ==, DESK_ROLE_REVIEW);
  g_assert_false(is_current(&room, "marie", generation + 1, &role));
  g_assert_false(is_current(&room, "nobody", generation, &role));
  static const struct {
    const char *name, *password;
  } wrong[] = {{"marie", "correct horse batterY"},
               {"marie", ""},
               {"nobody", SECRET},
               {"", SECRET},
               {"Marie", SECRET},
               {"marie", "\xff"},
               {"\xff", SECRET},
               {"marie ", SECRET}};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    guint64 none = 7;
    g_assert_false(desk_user_login(room.store, wrong[i].name, wrong[i].password, &role, &none));
    g_assert_cmpuint(none, ==, 7);
  }
  g_autofree char *long_one = g_strnfill(DESK_PASSWORD_MAX_BYTES + 1, 'x');
  g_assert_false(desk_user_login(room.store, "marie", long_one, &role, &generation));
  room_close(&room);
}

static void test_what_is_refused(void) {
  Room room;
  room_open(&room);
  g_autofree char *longest = g_strnfill(DESK_USER_NAME_MAX_CHARS, 'n');
  g_autofree char *over = g_strnfill(DESK_USER_NAME_MAX_CHARS + 1, 'n');
  g_autofree char *secret_over = g_strnfill(DESK_PASSWORD_MAX_BYTES + 1, 'x');
  g_autofree char *secret_longest = g_strnfill(DESK_PASSWORD_MAX_BYTES, 'x');
  const struct {
    const char *name, *password;
    gboolean create;
    int code; /* of DESK_ERROR; -1: it is done */
  } rows[] = {{"marie", SECRET, TRUE, -1},
              {"marie", SECRET, TRUE, DESK_ERROR_STATE},
              {"luc", SECRET, FALSE, DESK_ERROR_NOT_FOUND},
              {"luc", NULL, TRUE, DESK_ERROR_INVALID},
              {"luc", "elevenchars", TRUE, DESK_ERROR_INVALID},
              {"luc", "twelve chars", TRUE, -1},
              {"éé", "éééééé", TRUE, DESK_ERROR_INVALID},
              {"a b", SECRET, TRUE, DESK_ERROR_INVALID},
              {"a\nb", SECRET, TRUE, DESK_ERROR_INVALID},
              {".a", SECRET, TRUE, DESK_ERROR_INVALID},
              {"", SECRET, TRUE, DESK_ERROR_INVALID},
              {"\xff", SECRET, TRUE, DESK_ERROR_INVALID},
              {over, SECRET, TRUE, DESK_ERROR_INVALID},
              {longest, SECRET, TRUE, -1},
              {"long", secret_over, TRUE, DESK_ERROR_INVALID},
              {"long", secret_longest, TRUE, -1}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    gboolean good = desk_user_set(room.store, rows[i].name, rows[i].password, DESK_ROLE_READ,
                                  rows[i].create, &error);
    g_test_message("row %u: %s", i, error ? error->message : "done");
    g_assert_true(good == (rows[i].code < 0));
    if (!good) g_assert_error(error, DESK_ERROR, rows[i].code);
  }
  room_close(&room);
}

static void test_a_change_ends_sessions(void) {
  Room room;
  room_open(&room);
  make(&room, "marie", DESK_ROLE_READ);
  guint64 first = login(&room, "marie", SECRET, DESK_ROLE_READ);
  DeskRole role = DESK_ROLE_READ;
  g_assert_true(desk_user_set(room.store, "marie", NULL, DESK_ROLE_REVIEW, FALSE, NULL));
  g_assert_false(is_current(&room, "marie", first, &role));
  guint64 second = login(&room, "marie", SECRET, DESK_ROLE_REVIEW);
  g_assert_true(
      desk_user_set(room.store, "marie", "another password", DESK_ROLE_REVIEW, FALSE, NULL));
  g_assert_false(is_current(&room, "marie", second, &role));
  guint64 none = 0;
  g_assert_false(desk_user_login(room.store, "marie", SECRET, &role, &none));
  guint64 third = login(&room, "marie", "another password", DESK_ROLE_REVIEW);
  g_autoptr(GError) error = NULL;
  g_assert_true(desk_user_remove(room.store, "marie", NULL));
  g_assert_false(is_current(&room, "marie", third, &role));
  g_assert_false(desk_user_remove(room.store, "marie", &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND);
  make(&room, "marie", DESK_ROLE_REVIEW); /* of the same name, and not the same */
  g_assert_false(is_current(&room, "marie", third, &role));
  room_close(&room);
}

static void test_most_users(void) {
  Room room;
  room_open(&room);
  g_autoptr(User) user = user_new();
  StoreTxn *txn = store_begin(room.store, TRUE, NULL);
  for (guint i = 0; i < DESK_USERS_MAX; i++) { /* hashing that many takes long */
    g_free(user->name);
    user->name = g_strdup_printf("user%u", i);
    g_assert_true(user_put(txn, user, NULL));
  }
  g_assert_true(store_commit(txn, NULL));
  g_autoptr(GError) error = NULL;
  g_assert_false(desk_user_set(room.store, "more", SECRET, DESK_ROLE_READ, TRUE, &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_STATE);
  DeskRole role = DESK_ROLE_READ;
  guint64 none = 0; /* an empty hash is no password */
  g_assert_false(desk_user_login(room.store, "user1", "", &role, &none));
  room_close(&room);
}

/* RFC 9106; not less than libsodium's interactive limits. */
static void test_the_hash(void) {
  Room room;
  room_open(&room);
  make(&room, "marie", DESK_ROLE_READ);
  make(&room, "luc", DESK_ROLE_READ);
  g_autoptr(StoreTxn) txn = store_begin(room.store, FALSE, NULL);
  g_autoptr(User) one = user_get(txn, "marie", NULL), two = user_get(txn, "luc", NULL);
  g_assert_true(g_str_has_prefix(one->hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
  g_assert_cmpint(crypto_pwhash_str_needs_rehash(one->hash, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                                 crypto_pwhash_MEMLIMIT_INTERACTIVE),
                  ==, 0);
  g_assert_cmpstr(one->hash, !=, two->hash); /* a salt each */
  g_autoptr(GPtrArray) users = desk_users(txn);
  g_assert_cmpuint(users->len, ==, 2);
  g_assert_cmpstr(((DeskUser *)users->pdata[0])->name, ==, "luc");
  store_abort(g_steal_pointer(&txn));
  room_close(&room);
}

/* Processor time, microseconds: others use the machine, too. */
static gint64 time_spent(void) {
  struct timespec spent;
  g_assert_cmpint(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent), ==, 0);
  return spent.tv_sec * G_USEC_PER_SEC + spent.tv_nsec / 1000;
}

static gint64 time_login(const Room *room, const char *name) {
  gint64 best = G_MAXINT64;
  for (guint i = 0; i < 5; i++) {
    DeskRole role = DESK_ROLE_READ;
    guint64 generation = 0;
    gint64 start = time_spent();
    g_assert_false(desk_user_login(room->store, name, "a wrong password", &role, &generation));
    best = MIN(best, time_spent() - start);
  }
  return best;
}

static void test_unknown_takes_as_long(void) {
  Room room;
  room_open(&room);
  make(&room, "marie", DESK_ROLE_READ);
  gint64 known = time_login(&room, "marie"), unknown = time_login(&room, "nobody");
  gint64 no_name = time_login(&room, "a b");
  g_test_message("known %" G_GINT64_FORMAT " us, unknown %" G_GINT64_FORMAT
                 " us, no name %" G_GINT64_FORMAT " us",
                 known, unknown, no_name);
  g_assert_cmpint(unknown, >, known / 2);
  g_assert_cmpint(unknown, <, known * 2);
  g_assert_cmpint(no_name, >, known / 2);
  room_close(&room);
}

static gboolean say(const JournalEntry *entry, void *context) {
  g_string_append_printf(context, "%s; ", entry->text);
  return TRUE;
}

static void test_journal(void) {
  Room room;
  room_open(&room);
  g_assert_true(
      desk_user_set_by(room.store, "admin:root", "marie", SECRET, DESK_ROLE_READ, TRUE, NULL));
  g_assert_true(
      desk_user_set_by(room.store, "admin:root", "marie", NULL, DESK_ROLE_REVIEW, FALSE, NULL));
  g_assert_true(desk_user_remove_by(room.store, "admin:root", "marie", NULL));
  g_autoptr(GString) said = g_string_new(NULL);
  g_autoptr(StoreTxn) txn = store_begin(room.store, FALSE, NULL);
  g_assert_true(journal_foreach(txn, 0, 0, 0, say, said, NULL));
  g_assert_cmpstr(
      said->str, ==,
      "admin:root: user marie was made, role read; admin:root: user marie changed, role "
      "review; admin:root: user marie was removed; ");
  store_abort(g_steal_pointer(&txn));
  room_close(&room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/desk-users/login", test_login);
  g_test_add_func("/desk-users/refused", test_what_is_refused);
  g_test_add_func("/desk-users/sessions", test_a_change_ends_sessions);
  g_test_add_func("/desk-users/most", test_most_users);
  g_test_add_func("/desk-users/hash", test_the_hash);
  g_test_add_func("/desk-users/as-long", test_unknown_takes_as_long);
  g_test_add_func("/desk-users/journal", test_journal);
  return g_test_run();
}
