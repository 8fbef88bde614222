/* review_session - who is logged in: sessions, their CSRF tokens, and how often a login may fail.
 *
 * In memory alone: a restart of the daemon ends every session. Thread-safe; time is an argument.
 * A session's id is 32 random bytes that the browser alone keeps; here lies its hash. */
#pragma once
#include <glib.h>

#include "daemon/desk/desk_users.h"

enum {
  SESSION_ID_BYTES = 32,
  SESSION_TOKEN_MAX_CHARS = 64,  /* an id or a CSRF token as text, NUL included */
  SESSIONS_MAX = 1000,           /* more: the one unused longest ends */
  SESSIONS_PER_USER_MAX = 20,    /* likewise */
  LOGIN_FREE_TRIES = 5,          /* wrong passwords before there is a delay */
  LOGIN_ADDRESS_FREE_TRIES = 20, /* of one address, whatever the name */
  LOGIN_NAME_DELAY_MAX_S = 60,   /* a stranger cannot lock a person out for longer */
  LOGIN_ADDRESS_DELAY_MAX_S = 1800,
  LOGIN_FORGET_S = 24 * 60 * 60, /* after the last wrong one */
  LOGIN_KNOWN_MAX = 10000        /* names and addresses; more: the oldest are forgotten */
};

typedef struct Sessions Sessions;

typedef struct {
  char name[DESK_USER_NAME_MAX_CHARS * 4 + 1];
  guint64 generation; /* of the user when he or she logged in (desk_users.h) */
  char csrf[SESSION_TOKEN_MAX_CHARS];
} Session;

Sessions *sessions_new(void);
void sessions_free(Sessions *sessions);
/* How long a session lives, seconds: since its login, and since it was last used. */
void sessions_set_limits(Sessions *sessions, guint session_s, guint idle_s);

/* A new session of `name`; never one that the browser brought along (fixation). *ret_id is its id
 * as text, for the cookie. now: seconds of a clock that is not set back. */
void sessions_begin(Sessions *sessions, const char *name, guint64 generation, gint64 now,
                    char ret_id[SESSION_TOKEN_MAX_CHARS]);
/* The session of `id`. used: it counts as used now (a page that looks by itself does not keep it
 * alive). FALSE: there is none, or its time is over. */
gboolean sessions_find(Sessions *sessions, const char *id, gint64 now, gboolean used,
                       Session *ret_session);
void sessions_end(Sessions *sessions, const char *id);
guint sessions_count(Sessions *sessions);

/* A random token as text: for the login form, which has no session yet. */
void session_random(char ret_token[SESSION_TOKEN_MAX_CHARS]);
/* Are the two equal, and not empty? In a time that tells nothing of where they differ. */
gboolean session_same(const char *a, const char *b);

/* May `name` be tried from `address` now? Counts the try as a wrong one at once, so that many at a
 * time gain nothing. FALSE: not before *ret_wait_s. */
gboolean login_try(Sessions *sessions, const char *name, const char *address, gint64 now,
                   guint *ret_wait_s);
/* The password was right: the name starts over, the address has one wrong try less. */
void login_right(Sessions *sessions, const char *name, const char *address);
