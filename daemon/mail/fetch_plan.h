/* fetch_plan - what to ask the mailbox for next, and when to come back after a failure.
 *
 * Pure: no I/O, the random number is handed in. Works on what fetch_session saw and on a cursor. */
#pragma once
#include "daemon/mail/tls_stream.h"
#include "store/cursor.h"

/* UIDs listed by one command. A range of so many UIDs can hold no more messages than that, so the
 * answer is bounded however large the mailbox is. */
enum { FETCH_PLAN_WINDOW = 2000 };

typedef struct {
  guint32 uid;
  guint64 size_bytes; /* RFC822.SIZE */
  gint64 received;    /* INTERNALDATE, seconds */
} FetchListed;

/* The cursor of a mailbox that is seen for the first time (cursor->uidvalidity 0), or whose
 * UIDVALIDITY changed; NULL if it is the known one. `uidnext` must be known. The caller frees. */
Cursor *fetch_plan_reset(const Cursor *cursor, guint32 uidvalidity, guint32 uidnext,
                         gboolean start_all, gint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* UIDs up to the cursor's base were read, but the server says that it has yet to give them out (a
 * mailbox restored from a backup): the cursor with which all is read again; NULL: it is not so. */
Cursor *fetch_plan_rewind(const Cursor *cursor, guint32 uidnext) G_GNUC_WARN_UNUSED_RESULT;

/* The last UID of the window that begins at `first`; `top`: the highest UID of the mailbox. */
guint32 fetch_plan_window(guint32 first, guint32 top);

/* Of one window's list (any order, borrowed): those not yet handed over, and received at `since`
 * or later (0: all), ascending, each UID once. The caller frees. */
GArray *fetch_plan_new(const GArray *listed, const Cursor *handed, gint64 since);

/* How many of listed[first..] go into one FETCH: at most set_messages and set_bytes, but always
 * one; a message over message_bytes stands alone (its header is fetched). */
guint fetch_plan_set(const GArray *listed, guint first, guint set_messages, guint64 set_bytes,
                     guint64 message_bytes);

/* Seconds until the next try after `failures` (1..) in a row: 1 doubling to 300, of which a half
 * is left to chance (`random`, any number); wrong password, certificate or folder: at least 60. */
guint fetch_plan_backoff(guint failures, const GError *error, guint32 random);

/* A folder's name as IMAP4rev1 writes it: modified UTF-7 (RFC 3501 5.1.3). The caller frees. */
char *fetch_plan_folder(const char *utf8);
