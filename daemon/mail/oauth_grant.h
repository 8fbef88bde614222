/* oauth_grant - what the daemon keeps of one OAuth login: a file in the store's folder, 0600.
 *
 * The file is replaced as a whole (written, synced, renamed), under a lock that threads and
 * programs share. When the next token is asked for is decided here, purely. Never logged. */
#pragma once
#include <glib.h>

#include "daemon/mail/oauth_answer.h"

enum {
  OAUTH_MARGIN_S = 300,     /* a token is renewed so long before its end, or at 3/4 of its life */
  OAUTH_APART_S = 5,        /* between two renewals that went well */
  OAUTH_RETRY_FIRST_S = 60, /* after a failure or a refused new token; doubled each time */
  OAUTH_RETRY_MAX_S = 3600,
  OAUTH_GRANT_BYTES_MAX = 64 << 10
};

typedef struct {
  char *user;          /* for whom; for people */
  char *refresh_token; /* NULL: nobody has logged in */
  char *access_token;  /* NULL: none */
  gint64 since, until; /* of the access token, Unix seconds */
  gint64 tried;        /* when a renewal was last asked for */
  guint failures;      /* renewals that failed, one after the other */
  guint refusals;      /* new tokens that the mail server refused, one after the other */
  gboolean refused;    /* … this one */
  gboolean withdrawn;  /* only a person can go on */
  char *fault;         /* why the last renewal failed; NULL: it did not */
} OauthGrant;
void oauth_grant_free(OauthGrant *grant); /* wiped */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OauthGrant, oauth_grant_free)

typedef enum { OAUTH_USE, OAUTH_RENEW, OAUTH_WAIT, OAUTH_LOG_IN } OauthStep;

/* What to do at `now`; with OAUTH_WAIT, *ret_wait_s is how long until a renewal may be tried.
 * Pure. */
OauthStep oauth_grant_plan(const OauthGrant *grant, gint64 now, guint *ret_wait_s);
/* Take what the token server gave; `tokens` is emptied. */
void oauth_grant_take(OauthGrant *grant, OauthTokens *tokens, gint64 now);
/* Note that a renewal failed. */
void oauth_grant_fail(OauthGrant *grant, const GError *why, gint64 now);
/* Note that the mail server refused `token`. FALSE: it is not this grant's any more. */
gboolean oauth_grant_refuse(OauthGrant *grant, const char *token, gint64 now);

/* Hold the grant of `path` against other threads and programs; -1 with an error. close() ends it.
 */
int oauth_grant_lock(const char *path, GError **error);
/* Read it; one without tokens where there is no file. NULL: unreadable, not a file of ours, open to
 * others. */
OauthGrant *oauth_grant_load(const char *path, GError **error);

/* Where the next state of a grant goes. Room for it is taken before the token server is asked, so
 * that a full disk cannot lose a refresh token that the server has changed already. */
typedef struct {
  char *path, *next;
  int fd;
} OauthDraft;
gboolean oauth_grant_prepare(const char *path, OauthDraft *ret_draft,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Write and put it in the file's place; done with the draft either way. */
gboolean oauth_grant_save(OauthDraft *draft, const OauthGrant *grant,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Give it up. */
void oauth_grant_drop(OauthDraft *draft);
