/* message - every mail that was seen, what became of it, and its raw bytes for a while. */
#pragma once
#include "store/store.h"

typedef struct {
  guint64 id; /* 1.., given by message_number or message_add */
  char *account, *folder;
  guint32 uidvalidity, uid;
  gint64 received; /* the server's INTERNALDATE, seconds since 1970 */
  gint64 stored;   /* when it was committed, seconds since 1970 */
  guint64 size_bytes;
  char *message_id; /* "" if none */
  char *digest;     /* content digest; "" if unknown */
  char *from, *subject, *event, *language, *kind, *decision;
  char *state;    /* review, waiting-for-sender, unreadable, aside, settled */
  char *reason;   /* one line: why it is in that state */
  guint64 thread; /* id of the first message of its thread; its own id where it is the first */
  GArray *registrations; /* guint64: registrations that it made or changed */
  GBytes *extraction;    /* opaque; NULL: none */
} Message;

Message *message_new(void); /* every char* "", every number 0 */
void message_free(Message *message);

/* Give the message its id (and thread, where 0, that id), so that other records may name it before
 * it is added in the same transaction. */
void message_number(StoreTxn *txn, Message *message);
/* Add; gives it its number where it has none. `raw` is kept compressed; NULL: not kept. Messages
 * are added in the order of their numbers. */
gboolean message_add(StoreTxn *txn, Message *message, GBytes *raw,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Write a changed message back. */
gboolean message_update(StoreTxn *txn, const Message *message,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
Message *message_get(StoreTxn *txn, guint64 id, GError **error);
/* The raw bytes; NULL with STORE_ERROR_NOT_FOUND when they were not kept or their time is over. */
GBytes *message_raw(StoreTxn *txn, guint64 id, GError **error);

/* The messages with this Message-ID (any account), oldest first, at most `max`: GArray of guint64.
 * Empty Message-IDs match nothing. message_by_digest likewise. */
GArray *message_by_message_id(StoreTxn *txn, const char *message_id, guint max);
GArray *message_by_digest(StoreTxn *txn, const char *digest, guint max);

/* Visit messages oldest first; `state` NULL: all; "open": everything not settled (by index, so that
 * its cost does not grow with what is settled). The visitor returns FALSE to stop; it borrows. */
typedef gboolean (*MessageVisitor)(const Message *message, void *context);
gboolean message_foreach(StoreTxn *txn, const char *state, MessageVisitor visit, void *context,
                         GError **error);
/* Number of messages in `state` (NULL: all; "open": not settled). */
guint64 message_count(StoreTxn *txn, const char *state);

/* Forget raw bytes of messages stored before `before`; at most `max` a call. Returns how many. */
guint message_expire_raw(StoreTxn *txn, gint64 before, guint max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_free)
