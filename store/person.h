/* person - all that the store holds on one person: to be shown, and to be erased for good.
 *
 * A person is an e-mail address. Erasing empties the rows at once; what lies in freed pages goes
 * with store_rewrite, which the erasing transaction asks for. */
#pragma once
#include "store/message.h"
#include "store/outbox.h"
#include "store/registration.h"

/* Registrations of the address, of every event, by the e-mail that they are known by or by a value:
 * GPtrArray of Registration*. NULL with an error. */
GPtrArray *person_registrations(StoreTxn *txn, const char *address, GError **error);
/* Is this message from the address, or does it hold one of its registrations? `own`: of
 * person_registrations. */
gboolean person_has_message(const Message *message, const char *address, const GPtrArray *own);
/* Does this answer go to the address, or speak of one of its registrations? */
gboolean person_has_answer(const OutboxEntry *entry, const char *address, const GPtrArray *own);

/* What was erased: registrations; messages emptied; messages of others whose text went, since it
 * names the person; raw mails; answers, and those of them that had not been sent; lines of the log;
 * counters; values in registrations of others. */
typedef struct {
  guint registrations, messages, mentions, raw, answers, unsent, journal, counters, values;
} Erasure;

/* Erase the person in this transaction. `terms` (NULL-terminated; NULL: none) are further words
 * that tell the person apart, names and numbers: where a text has one, it goes. A message of the
 * person stays as an empty row, so that what refers to it stays whole; a keyed tombstone keeps the
 * mail from being read in again. Asks for store_rewrite. `address` in lower case. */
gboolean store_erase(StoreTxn *txn, const char *address, const char *const *terms,
                     Erasure *ret_erasure, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Was the mail of this Message-ID and digest erased? */
gboolean tombstone_has_mail(StoreTxn *txn, const char *message_id, const char *digest);
/* Have `to` know the tombstones of `from`, and erase there whom only `from` had forgotten. Returns
 * how many tombstones were new; -1 with an error. */
gint tombstone_carry(StoreTxn *from, StoreTxn *to, GError **error);

/* --- retention: a bounded piece of work each call ------------------------------------------------
 */

/* A walk over one event, table by table; zeroed to begin. */
typedef struct {
  guint stage;
  guint64 after;
  gboolean done;
} RetentionWalk;
/* Forget the whole event: answers, messages, registrations. Looks at `max` rows at most; returns
 * how many it erased. */
guint person_expire_event(StoreTxn *txn, const char *event, guint max, RetentionWalk *walk);
/* Forget these fields (NULL-terminated) of the event's registrations, and their mails' text. */
guint person_expire_fields(StoreTxn *txn, const char *event, const char *const *fields, guint max,
                           RetentionWalk *walk);
