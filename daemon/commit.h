/* commit - everything that a read message changes, written in the batch's one transaction.
 *
 * message + registrations + outbox + journal + counters. The answer to a message is an outbox row
 * of the same transaction; nothing is sent, flagged or moved before store_commit returned. */
#pragma once
#include "daemon/compose_reply.h"
#include "store/message.h"
#include "store/outbox.h"

typedef struct {
  const char *account_name, *folder;
  const Account *account;
  guint32 uidvalidity, uid;
  gint64 received; /* INTERNALDATE, seconds */
  gint64 fetched_us,
      read_us; /* when it was fetched and when it was read, microseconds since 1970 */
  guint64 size_bytes;
  GBytes *raw; /* NULL: not fetched */
  const Extraction *extraction;
} CommitInput;

typedef struct {
  const Config *config;
  const Replies *replies;
  const guint8 *secret;
  /* Answers that no limit holds are written as `sending` while there is room for them, for the
   * caller to hand over once the transaction is durable: OutboxEntry*, with their mails. NULL: all
   * are left to who looks for what is due. */
  GPtrArray *sending;
  guint sending_max;
} CommitContext;

/* Decide on one message against what the transaction sees and write the outcome. *ret_id: its id.
 */
gboolean commit_message(const CommitContext *context, StoreTxn *txn, const CommitInput *input,
                        gint64 now, guint64 *ret_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Store a change and compose and queue the answer: shared with desk. `message` is updated by the
 * caller. `who` "sender" or a person. */
gboolean commit_changes(const CommitContext *context, StoreTxn *txn, Message *message,
                        const GPtrArray *changes, const char *who, gint64 now,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean commit_reply(const CommitContext *context, StoreTxn *txn, const ReplyRequest *request,
                      guint64 registration, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The address that people write to (Reply-To of the answers): the account's first, else its user
 * name where that is one. NULL: none known. Borrowed. */
const char *commit_our_address(const Account *account);
/* A person must look at the message: `why` stands beside what already says so. */
void commit_to_review(Message *message, const char *why);
