/* review_session: sessions end in time, are bounded and unguessable; logins are slowed down. */
#include <string.h>

#include "daemon/desk/review_session.h"

enum { NOW = 1000000 };

static void test_a_session(void) {
  char id[SESSION_TOKEN_MAX_CHARS], other[SESSION_TOKEN_MAX_CHARS];
  Session session;
  Sessions *sessions = sessions_new();
  sessions_set_limits(sessions, 1000, 100);
  sessions_begin(sessions, "marie", 7, NOW, id);
  sessions_begin(sessions, "marie", 7, NOW, other);
  g_assert_cmpstr(id, !=, other);
  g_assert_cmpuint(strlen(id), ==, 43); /* 32 bytes in base64 */
  g_assert_true(sessions_find(sessions, id, NOW, TRUE, &session));
  g_assert_cmpstr(session.name, ==, "marie");
  g_assert_cmpuint(session.generation, ==, 7);
  g_assert_cmpuint(strlen(session.csrf), ==, 43);
  g_assert_cmpstr(session.csrf, !=, id);
  static const char *const none[] = {"", "x", NULL};
  for (guint i = 0; none[i]; i++)
    g_assert_false(sessions_find(sessions, none[i], NOW, TRUE, &session));
  g_assert_false(sessions_find(sessions, NULL, NOW, TRUE, &session));
  id[5] = id[5] == 'A' ? 'B' : 'A';
  g_assert_false(sessions_find(sessions, id, NOW, TRUE, &session));
  sessions_end(sessions, other);
  g_assert_false(sessions_find(sessions, other, NOW, TRUE, &session));
  sessions_free(sessions);
}

static void test_their_end(void) {
  static const struct {
    const char *name;
    gint64 steps[6]; /* seconds after the login at which it is used; 0 ends them */
    gboolean last;   /* is it there at the last of them? */
  } rows[] = {
      {"used at once", {1}, TRUE},
      {"just in time", {99}, TRUE},
      {"idle too long", {100}, FALSE},
      {"kept alive", {90, 180, 270}, TRUE},
      {"kept alive, but over", {90, 180, 270, 360, 1000}, FALSE},
      {"idle, then used", {90, 191}, FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    char id[SESSION_TOKEN_MAX_CHARS];
    Session session;
    gboolean there = FALSE;
    Sessions *sessions = sessions_new();
    sessions_set_limits(sessions, 1000, 100);
    sessions_begin(sessions, "marie", 1, NOW, id);
    for (guint k = 0; k < 6 && rows[i].steps[k]; k++)
      there = sessions_find(sessions, id, NOW + rows[i].steps[k], TRUE, &session);
    if (there != rows[i].last) g_error("row '%s'", rows[i].name);
    sessions_free(sessions);
  }
}

/* A page that looks by itself keeps no session alive. */
static void test_looking_is_no_use(void) {
  char id[SESSION_TOKEN_MAX_CHARS];
  Session session;
  Sessions *sessions = sessions_new();
  sessions_set_limits(sessions, 1000, 100);
  sessions_begin(sessions, "marie", 1, NOW, id);
  g_assert_true(sessions_find(sessions, id, NOW + 60, FALSE, &session));
  g_assert_false(sessions_find(sessions, id, NOW + 120, FALSE, &session));
  sessions_free(sessions);
}

/* The one unused longest goes; that of another user stays. */
static void test_bounds(void) {
  char first[SESSION_TOKEN_MAX_CHARS], second[SESSION_TOKEN_MAX_CHARS],
      paul[SESSION_TOKEN_MAX_CHARS], id[SESSION_TOKEN_MAX_CHARS];
  Session session;
  Sessions *sessions = sessions_new();
  sessions_set_limits(sessions, 100000, 100000);
  sessions_begin(sessions, "paul", 1, NOW, paul);
  sessions_begin(sessions, "marie", 1, NOW, first);
  sessions_begin(sessions, "marie", 1, NOW, second);
  g_assert_true(sessions_find(sessions, first, NOW + 1, TRUE, &session));
  for (guint i = 2; i < SESSIONS_PER_USER_MAX + 1; i++)
    sessions_begin(sessions, "marie", 1, NOW + 1 + i, id);
  g_assert_false(sessions_find(sessions, second, NOW + 60, TRUE, &session));
  g_assert_true(sessions_find(sessions, first, NOW + 60, TRUE, &session));
  g_assert_true(sessions_find(sessions, paul, NOW + 60, TRUE, &session));
  for (guint i = 0; i < SESSIONS_MAX + 10; i++) {
    g_autofree char *name = g_strdup_printf("user%u", i);
    sessions_begin(sessions, name, 1, NOW + 100, id);
  }
  g_assert_cmpuint(sessions_count(sessions), ==, SESSIONS_MAX);
  sessions_free(sessions);
}

static void test_same(void) {
  g_assert_true(session_same("abc", "abc"));
  g_assert_false(session_same("abc", "abd"));
  g_assert_false(session_same("abc", "abcd"));
  g_assert_false(session_same("", ""));
  g_assert_false(session_same(NULL, NULL));
  g_assert_false(session_same("a", NULL));
}

/* The wait that is told at the try `number` (1..) of one name, all at one time after another. */
static void test_delays_grow(void) {
  static const guint waits[] = {0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60};
  Sessions *sessions = sessions_new();
  gint64 now = NOW;
  for (guint i = 0; i < G_N_ELEMENTS(waits); i++) {
    guint wait = 0;
    g_autofree char *address = g_strdup_printf("192.0.2.%u", i);
    gboolean may = login_try(sessions, "Marie", address, now, &wait);
    g_assert_cmpuint(wait, ==, waits[i]);
    g_assert_true(may == (waits[i] == 0));
    now += wait;
    if (!may) g_assert_true(login_try(sessions, "marie", address, now, &wait));
  }
  guint wait = 0;
  g_assert_true(login_try(sessions, "paul", "192.0.2.99", now, &wait));
  g_assert_false(login_try(sessions, "marie", "192.0.2.99", now, &wait));
  g_assert_true(login_try(sessions, "marie", "192.0.2.99", now + LOGIN_FORGET_S, &wait));
  sessions_free(sessions);
}

/* One address that tries one name after another is slowed down, too. */
static void test_an_address(void) {
  Sessions *sessions = sessions_new();
  guint wait = 0, tried = 0;
  while (tried < 1000) {
    g_autofree char *name = g_strdup_printf("user%u", tried);
    if (!login_try(sessions, name, "192.0.2.1", NOW, &wait)) break;
    tried++;
  }
  g_assert_cmpuint(tried, ==, LOGIN_ADDRESS_FREE_TRIES + 1);
  g_assert_true(login_try(sessions, "marie", "192.0.2.2", NOW, &wait));
  sessions_free(sessions);
}

/* Many at a time gain nothing: each counts before its password is looked at. A right one starts the
 * name over. */
static void test_right(void) {
  Sessions *sessions = sessions_new();
  guint wait = 0;
  for (guint i = 0; i <= LOGIN_FREE_TRIES; i++)
    g_assert_true(login_try(sessions, "marie", "192.0.2.1", NOW, &wait));
  g_assert_false(login_try(sessions, "marie", "192.0.2.1", NOW, &wait));
  login_right(sessions, "MARIE", "192.0.2.1");
  g_assert_true(login_try(sessions, "marie", "192.0.2.1", NOW, &wait));
  sessions_free(sessions);
}

/* Names that nobody has do not fill the memory. */
static void test_many_names(void) {
  Sessions *sessions = sessions_new();
  guint wait = 0;
  for (guint i = 0; i < LOGIN_KNOWN_MAX + 500; i++) {
    g_autofree char *name = g_strdup_printf("user%u", i);
    g_autofree char *address = g_strdup_printf("2001:db8::%x", i);
    g_assert_true(login_try(sessions, name, address, NOW + i, &wait));
  }
  sessions_free(sessions);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/review-session/a-session", test_a_session);
  g_test_add_func("/review-session/their-end", test_their_end);
  g_test_add_func("/review-session/looking-is-no-use", test_looking_is_no_use);
  g_test_add_func("/review-session/bounds", test_bounds);
  g_test_add_func("/review-session/same", test_same);
  g_test_add_func("/review-session/delays-grow", test_delays_grow);
  g_test_add_func("/review-session/an-address", test_an_address);
  g_test_add_func("/review-session/right", test_right);
  g_test_add_func("/review-session/many-names", test_many_names);
  return g_test_run();
}
