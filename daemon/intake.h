/* intake - the messages between fetch and commit, in the order that must be kept.
 *
 * Thread-safe. Order is kept among the messages of one sender only, so that one slow message never
 * holds up the others. Bounded in count and bytes: a fetcher that would pass the bound waits. */
#pragma once
#include "daemon/mail/fetch_imap.h"
#include "parsers/extraction.h"

typedef struct Intake Intake;

typedef struct {
  void *mailbox;              /* the caller's */
  FetchedMessage *fetched;    /* owned */
  char *event;                /* forced by the thread's token; NULL: not (yet) */
  gint64 fetched_us, read_us; /* microseconds since 1970 */
  Extraction *extraction;     /* owned; NULL until it was read */
  /* private */
  char *order_key;
  gint64 since_us; /* it is here: monotonic */
  gboolean taken;
} IntakeItem;

/* A mailbox may have so many in it: who comes from another one waits for no more than these. A
 * mailbox that has none may always add one. */
enum { INTAKE_MAX_ITEMS = 96, INTAKE_MAX_BYTES = 16 << 20 };

/* `wake` is called from any thread, without the lock, whenever something has become ready. */
Intake *intake_new(void (*wake)(void *context), void *context);
void intake_free(Intake *intake);

/* Add a message that was fetched; takes `fetched`. Blocks while the bounds are passed (one message
 * is always let in). NULL: the intake is closed, `fetched` is freed. The item stays the intake's.
 */
IntakeItem *intake_add(Intake *intake, void *mailbox, FetchedMessage *fetched);
/* It was read; takes `extraction`. */
void intake_read(Intake *intake, IntakeItem *item, Extraction *extraction);
/* Up to `max` items that were read and that no earlier, unread item of the same sender holds up:
 * GPtrArray of IntakeItem*, in order. They stay the intake's until intake_release. */
GPtrArray *intake_take(Intake *intake, guint max);
/* Would intake_take give anything? */
gboolean intake_has_ready(Intake *intake);
/* Read it again (with another event): it goes back to unread, in its old place. */
void intake_return(Intake *intake, IntakeItem *item);
/* They are committed: free them. */
void intake_release(Intake *intake, GPtrArray *items);
/* Number of items in it, of one mailbox (NULL: of all). */
guint intake_count(Intake *intake, const void *mailbox);
/* Since when the oldest item in it is here, monotonic microseconds; 0: it is empty. */
gint64 intake_oldest_us(Intake *intake);
/* Let nobody wait or enter any more. */
void intake_close(Intake *intake);

/* The sender by which order is kept: the raw From field's last angle-addr or its whole text in
 * lower case; "" where there is none (such a message waits for nobody). The caller frees. */
char *intake_order_key(const guint8 *data, gsize size);
