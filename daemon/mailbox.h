/* mailbox - one folder of one account as the pipeline sees it: its fetcher, its cursor, its state.
 *
 * The cursor here is what is committed plus what the running transaction adds; it is replaced only
 * after store_commit returned. */
#pragma once
#include "daemon/intake.h"
#include "daemon/mail/fetch_imap.h"
#include "daemon/metrics.h"

typedef struct {
  const Account *account;
  Metrics *metrics;
  char *folder;
  FetchImap *fetch;
  Cursor *cursor;
  gboolean dirty;    /* the cursor differs from what is stored */
  gboolean hole;     /* a message could not be committed: the cursor must not pass it */
  gboolean seen_all; /* caught up at least once */
  guint32 seen_uid;  /* every UID up to here has been handed over */
  gboolean finishing, stopped;
  gint64 last_seen_us;  /* last complete check, or the start: monotonic, microseconds */
  gint64 last_event_us; /* last sign of life of the fetcher, monotonic */
  gboolean silence_told;
  int exit_code; /* of --once: 0 or why it failed */
} Mailbox;

/* Takes `cursor`; borrows the others, `metrics` may be NULL. */
Mailbox *mailbox_new(const Account *account, const char *folder, Cursor *cursor, Metrics *metrics);
void mailbox_free(Mailbox *mailbox);

/* The fetcher's event, to be called in the main loop. `event` is borrowed. */
void mailbox_event(Mailbox *mailbox, const FetchEvent *event);

/* A copy of the event that outlives the fetcher's call. */
FetchEvent *fetch_event_copy(const FetchEvent *event);
void fetch_event_free(FetchEvent *event);

/* The cursor once `items` (IntakeItem*, of any mailbox) are committed as well; `waiting` of this
 * mailbox are in the intake, `items` among them. NULL: it does not change. The caller frees. */
Cursor *mailbox_next_cursor(const Mailbox *mailbox, const GPtrArray *items, guint waiting);

/* UIDs of this mailbox among `items` that its current UIDVALIDITY still means: GArray of guint32.
 */
GArray *mailbox_uids(const Mailbox *mailbox, const GPtrArray *items);

/* sysexits code for a mail error. */
int mailbox_exit_code(const GError *error);
