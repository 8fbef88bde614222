/* tally - how many messages there are of each event, kind, decision and state, day by day.
 *
 * Kept with each change of a message, so that asking does not cost more with more messages. */
#pragma once
#include "store/store.h"

typedef struct {
  const char *event, *kind, *decision, *state; /* as in Message, cut to TALLY_WORD_MAX bytes */
  gint64 day;                                  /* of Message.stored: days since 1970, UTC */
  guint64 messages;                            /* > 0 */
} TallyRow;

enum { TALLY_WORD_MAX = 100 };

typedef gboolean (*TallyVisitor)(const TallyRow *row, void *context);
/* Visit the rows of `event` (NULL: of every event; "": of messages without one), those of equal
 * words by day. The visitor returns FALSE to stop; it borrows and must not write. */
gboolean tally_foreach(StoreTxn *txn, const char *event, TallyVisitor visit, void *context,
                       GError **error);

/* Do the rows agree with the number of messages, and with the number of those that are open? A
 * quick look at each start; store_verify counts them one by one. */
gboolean tally_balances(StoreTxn *txn);
