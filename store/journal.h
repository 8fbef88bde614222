/* journal - the queue log: one line for each thing that happened to a message, append only. */
#pragma once
#include "store/store.h"

typedef struct {
  guint64 sequence; /* 1.., given by journal_add */
  gint64 time_us;   /* microseconds since 1970 */
  guint64 message;  /* id; 0: about no message */
  char *what;       /* received, read, decided, answered, sent, failed, person, … */
  char *text;       /* one line of English */
} JournalEntry;

/* Append. `text` is cut to one line without control characters. time_us 0: now. */
gboolean journal_add(StoreTxn *txn, gint64 time_us, guint64 message, const char *what,
                     const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* When the last line was written, microseconds since 1970; 0: there is none. */
gint64 journal_last_us(StoreTxn *txn);

typedef gboolean (*JournalVisitor)(const JournalEntry *entry, void *context);
/* Visit entries with sequence > after and time_us >= since_us, of `message` alone if not 0 (by
 * index), oldest first. */
gboolean journal_foreach(StoreTxn *txn, guint64 after, gint64 since_us, guint64 message,
                         JournalVisitor visit, void *context, GError **error);
/* The same backwards, newest first: entries with sequence < before (0: from the last one on), of
 * `message` alone if not 0. */
gboolean journal_foreach_back(StoreTxn *txn, guint64 before, guint64 message, JournalVisitor visit,
                              void *context, GError **error);
/* Drop entries older than `before_us`; at most `max`. Returns how many. */
guint journal_expire(StoreTxn *txn, gint64 before_us, guint max);
