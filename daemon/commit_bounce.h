/* commit_bounce - from a delivery report to the answer that it speaks of, and what that changes.
 *
 * The outbox row becomes `failed` with the mail system's words, each of its registrations' history
 * gets a line; values, status and what was sent stay as they are. */
#pragma once
#include "daemon/decide.h"
#include "store/message.h"

/* The answer that `references` cite, NULL in *ret_answer: none. Our Message-IDs cannot be guessed,
 * so whoever cites one has seen it. Of several the last: the References of an answer run from the
 * oldest, and the returned mail's own Message-ID comes behind them. FALSE: the store refuses. */
gboolean commit_bounce_find(StoreTxn *txn, const GPtrArray *references, OutboxEntry **ret_answer,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Write what the verdict on `bounce` means for `answer`: marks where it says so, and a line of the
 * answered message's log in any case. `bounce` gets the answer's registrations; the caller updates
 * it. */
gboolean commit_bounce_write(StoreTxn *txn, const BounceReport *report, const Verdict *verdict,
                             OutboxEntry *answer, Message *bounce, gint64 now,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
