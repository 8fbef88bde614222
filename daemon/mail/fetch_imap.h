/* fetch_imap - watches one mailbox in a thread of its own and hands over whole messages.
 *
 * libetpan is known to fetch_*.c alone. IDLE with renewal and polling beside it; reconnects with
 * jittered exponential back-off; UID sets bounded in count and bytes; BODY.PEEK. */
#pragma once
#include "daemon/config.h"
#include "daemon/mail/tls_stream.h"
#include "store/cursor.h"

typedef struct FetchImap FetchImap;

typedef struct {
  guint32 uidvalidity, uid;
  gint64 received;      /* INTERNALDATE, seconds since 1970 */
  guint64 size_bytes;   /* RFC822.SIZE */
  gboolean header_only; /* over the account's message_bytes: raw is the header */
  GBytes *raw;
} FetchedMessage;
void fetched_message_free(FetchedMessage *message);

typedef enum {
  FETCH_CONNECTED, /* logged in and selected; text says what the server can do */
  FETCH_RESET,     /* UIDVALIDITY is new or changed: cursor must be replaced by `cursor` */
  FETCH_CAUGHT_UP, /* every UID of the mailbox has been handed over; `uid`: the highest UID below
                    * UIDNEXT that was seen: cursor_join may go there once all are committed */
  FETCH_MARKED,    /* `uids` were flagged or moved after fetch_imap_settle (uidvalidity) */
  FETCH_LOST,      /* connection lost or refused (error); it is tried again in `wait_s` */
  FETCH_STOPPED    /* the thread ends */
} FetchEventKind;

typedef struct {
  FetchEventKind kind;
  guint32 uidvalidity, uid;
  const guint32 *uids;
  gsize count;
  const Cursor *cursor; /* FETCH_RESET: uidvalidity, base and since to be stored */
  const GError *error;  /* FETCH_LOST */
  guint wait_s;
  const char *text;
} FetchEvent;

/* Called in the fetcher's thread. */
typedef struct {
  /* Takes the message in any case; may block for back-pressure; FALSE: stop. */
  gboolean (*message)(FetchImap *fetch, FetchedMessage *message, void *context);
  void (*event)(FetchImap *fetch, const FetchEvent *event, void *context);
} FetchSink;

/* Start watching `folder` of `account` from `cursor` (copied). With `once`, it stops after it has
 * caught up and everything settled has been marked, or at the first error (FETCH_LOST,
 * FETCH_STOPPED). */
FetchImap *fetch_imap_start(const Account *account, const char *folder, const Cursor *cursor,
                            gboolean once, const FetchSink *sink, void *context);
/* These UIDs are committed: flag or move them as the account says. Never blocks, copies. With
 * AFTER_LEAVE does nothing. Any thread. */
void fetch_imap_settle(FetchImap *fetch, guint32 uidvalidity, const guint32 *uids, gsize count);
/* No more will be settled (end of --once). */
void fetch_imap_finish(FetchImap *fetch);
/* Ask the thread to stop, wait for it (bounded: the connection is shut down), free. */
void fetch_imap_stop(FetchImap *fetch);
const char *fetch_imap_folder(const FetchImap *fetch);

/* Connect, log in, select each folder, log out: one line a folder for `bulletinctl check`, TRUE if
 * all works. Lines are appended to `lines` (char*). */
gboolean fetch_imap_check(const Account *account, GPtrArray *lines);
