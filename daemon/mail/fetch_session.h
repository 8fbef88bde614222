/* fetch_session - one IMAP connection: the commands that fetch_imap needs, and nothing else.
 *
 * On fetch_wire: verified TLS, a deadline and a cap for each command, fetch_guard before
 * libetpan's parser. A session whose call failed with anything but
 * MAIL_ERROR_PERMANENT is out of step and must be closed. One thread at a time. */
#pragma once
#include "daemon/mail/fetch_imap.h"
#include "daemon/mail/fetch_plan.h"

typedef struct FetchSession FetchSession;

typedef struct {
  guint32 uidvalidity, uidnext; /* uidnext is worked out where the server does not tell it */
  gboolean uidnext_told;        /* … by the server itself */
  guint32 exists;
  gboolean read_only;
  gboolean keywords; /* new flags can be made (PERMANENTFLAGS \*) */
  gboolean deletes;  /* \Deleted can be set for good, and so mail be moved */
} FetchFolder;

/* Connect, verify, log in. cancel_fd readable ends every call (-1: none). */
FetchSession *fetch_session_open(const Account *account, int cancel_fd,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Log out, if the session is in step; within two seconds. */
void fetch_session_close(FetchSession *session);

/* SELECT (writable) or EXAMINE; also again, to see what is new. MAIL_ERROR_PERMANENT: there is no
 * such folder. */
gboolean fetch_session_select(FetchSession *session, const char *folder, gboolean writable,
                              FetchFolder *ret_folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* UID, size and INTERNALDATE of the messages from UID `first` to `last`: FetchListed. */
GArray *fetch_session_list(FetchSession *session, guint32 first, guint32 last, GError **error);
/* The lowest UID >= `from` in the selected folder, 0 if there is none. */
gboolean fetch_session_seek(FetchSession *session, guint32 exists, guint32 from, guint32 *ret_uid,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whole messages (or with `header_only` the first 64 KiB of each header), for `count` of `listed`:
 * FetchedMessage. Those that are gone or that the server does not give are simply not in it.
 * MAIL_ERROR_PERMANENT: the server refuses the command, the session can go on. */
GPtrArray *fetch_session_bodies(FetchSession *session, const FetchListed *listed, guint count,
                                guint32 uidvalidity, gboolean header_only, GError **error);

/* Wait for the server to tell of a change (IDLE; where it has none, just wait), for wake_fd, or
 * for timeout_ms. *ret_news: the server said something, or the folder's size changed. */
gboolean fetch_session_idle(FetchSession *session, int wake_fd, int timeout_ms, gboolean *ret_news,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Set \Seen, and the keyword $bulletind where the folder can keep it. */
gboolean fetch_session_flag(FetchSession *session, const guint32 *uids, gsize count,
                            gboolean keyword, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Move to `folder`, made if it is missing. Without MOVE: COPY, \Deleted, and UID EXPUNGE; where
 * there is no UIDPLUS either, EXPUNGE if nobody else marked anything \Deleted: else it would go
 * too, and the originals stay, marked. */
gboolean fetch_session_move(FetchSession *session, const guint32 *uids, gsize count,
                            const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "imaps://host:993, IDLE, MOVE, UIDPLUS". The caller frees. */
char *fetch_session_describe(const FetchSession *session);
