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
  guint round; /* of the answer: 0 for the first to a message */
} CommitInput;

typedef struct {
  const Config *config;
  const Replies *replies;
  const guint8 *secret;
  gboolean unanswered;  /* nobody is answered; who would be asked waits for a person */
  gboolean once_a_text; /* what a message was answered with before is not said again */
  GPtrArray *composed;  /* Reply*: what was queued is put here; NULL: no matter */
  /* Answers that no limit holds are written as `sending` while there is room for them, for the
   * caller to hand over once the transaction is durable: OutboxEntry*, with their mails. NULL: all
   * are left to who looks for what is due. */
  GPtrArray *sending;
  guint sending_max;
} CommitContext;

/* Decide on one message against what the transaction sees and write the outcome. *ret_id: its id;
 * 0: it was erased before, and nothing of it is kept. */
gboolean commit_message(const CommitContext *context, StoreTxn *txn, const CommitInput *input,
                        gint64 now, guint64 *ret_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A stored message that was read again. */
typedef struct {
  const Account *account; /* that it came by; NULL: unknown */
  const Extraction *extraction;
  const char *who;    /* who has it read again */
  guint round;        /* tells the answer apart from those before */
  GPtrArray *changed; /* Registration*: copies of what was changed are put here */
  GPtrArray *notes;   /* char*: what else a person should know */
} CommitAgain;

/* Decide anew on `message`, as if it came now, and write the outcome, also into `message`. What
 * would be the same is left alone. FALSE with COMMIT_ERROR_CHANGED: what the message made was
 * changed by somebody since. */
gboolean commit_again(const CommitContext *context, StoreTxn *txn, const CommitAgain *again,
                      Message *message, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef enum { COMMIT_ERROR_CHANGED } CommitError;
#define COMMIT_ERROR (commit_error_quark())
GQuark commit_error_quark(void);

/* The event of the thread's token, where that is another one than was read: the message is to be
 * read again by its rules. NULL: none. The caller frees. */
char *commit_thread_event(const Config *config, const guint8 *secret, StoreTxn *txn,
                          const Extraction *extraction);

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
