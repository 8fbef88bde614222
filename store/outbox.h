/* outbox - the queue of our replies; a row is made in the transaction that it answers for.
 *
 * States: ready (to be sent now), delayed (a limit holds it until `next`), deferred (a transient
 * failure; tried again at `next`), sending (handed to a connection; after a crash it is sent again
 * under the same Message-ID), sent, failed (permanently: a person must look). */
#pragma once
#include "store/store.h"

typedef struct {
  guint64 id;
  guint64 message;      /* the message that it answers; 0: none */
  guint64 registration; /* the first registration that it speaks of; 0: none */
  GArray *others;       /* guint64: the further registrations that it speaks of */
  char *to;             /* one addr-spec */
  char *envelope_from;  /* "" is the null reverse-path */
  char *kind;           /* confirmed, updated, ask, late, declined, cancelled, received, … */
  char *state;
  guint attempts;
  gint64 created, next, sent; /* seconds since 1970; next: not before; sent: 0 if not yet */
  char *message_id;           /* ours, without <> */
  char *text_hash;            /* of template and values: equal texts have equal hashes */
  char *last_error;           /* last answer of the server or limit that holds it; "" if none */
  GBytes *mail;               /* for outbox_add: RFC 5322, CRLF; NULL in what is read */
  gint64 since_us; /* not stored: when the mail that it answers was fetched, microseconds; 0 */
  /* As the indexes know it: set where it is read or added, for outbox_update. */
  char *stored_state;
  gint64 stored_next;
} OutboxEntry;

OutboxEntry *outbox_entry_new(void);
void outbox_entry_free(OutboxEntry *entry);

/* Add; sets entry->id. A second entry with the same message_id of ours is refused silently: TRUE,
 * and entry->id is the id of the one that is there (nobody is answered twice). */
gboolean outbox_add(StoreTxn *txn, OutboxEntry *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Write a changed entry back, which was read or added in this transaction; its mail stays. */
gboolean outbox_update(StoreTxn *txn, OutboxEntry *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;
OutboxEntry *outbox_get(StoreTxn *txn, guint64 id, GError **error);
/* The mail of an entry as it is sent. NULL with STORE_ERROR_NOT_FOUND where there is none. */
GBytes *outbox_mail(StoreTxn *txn, guint64 id, GError **error);

/* Entries that are ready, delayed or deferred with next <= now, earliest `next` first, at most
 * `max`: GPtrArray of OutboxEntry*. *ret_next (may be NULL): the earliest later `next`, 0: none. */
GPtrArray *outbox_due(StoreTxn *txn, gint64 now, guint max, gint64 *ret_next);
/* The earliest `next` of those that are ready, delayed or deferred; 0: none. */
gint64 outbox_next(StoreTxn *txn);
/* The clock was set back by so many seconds: what waits for a later `next` waits no longer for it.
 * Returns how many wait. */
guint outbox_set_back(StoreTxn *txn, gint64 now, gint64 seconds);
/* Put what is `sending` back to `ready` (after a crash). Returns how many. */
guint outbox_recover(StoreTxn *txn);

typedef gboolean (*OutboxVisitor)(const OutboxEntry *entry, void *context);
/* `state` NULL: all; "open": neither sent nor failed. Oldest first. */
gboolean outbox_foreach(StoreTxn *txn, const char *state, OutboxVisitor visit, void *context,
                        GError **error);
/* The same from the latest back, of those before entry `before` (0: all). */
gboolean outbox_foreach_back(StoreTxn *txn, const char *state, guint64 before, OutboxVisitor visit,
                             void *context, GError **error);
guint64 outbox_count(StoreTxn *txn, const char *state);
/* Id of the entry with this Message-ID of ours, 0: none. */
guint64 outbox_by_message_id(StoreTxn *txn, const char *message_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxEntry, outbox_entry_free)
