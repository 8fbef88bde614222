/* outgoing - the outbox on its way: marks rows `sending`, hands them to send_smtp, writes the
 * outcome.
 *
 * Belongs to the main loop. A row is marked before it is handed over and settled after the server's
 * reply; a crash between the server's 250 and our commit sends it again under the same Message-ID.
 */
#pragma once
#include "daemon/config.h"
#include "daemon/metrics.h"
#include "store/store.h"

typedef struct Outgoing Outgoing;

enum { OUTGOING_IN_HAND_MAX = 256, OUTGOING_SERVER_WAIT_MAX_S = 300 };

/* Put back what a crash left `sending`, and what would wait for a time before the clock was set
 * back. Borrows store, config and metrics. `wake` is called from a connection's thread when a reply
 * has come. Without a configured submission nothing is ever sent.
 */
Outgoing *outgoing_new(Store *store, const Config *config, Metrics *metrics,
                       void (*wake)(void *context), void *context, GError **error);
/* Write the replies that have come, hand over what is due, both in one transaction.
 * *ret_next: when something is due again, seconds since 1970, 0: nothing waits. FALSE: the store
 * refuses; nothing is lost, call again. */
gboolean outgoing_pump(Outgoing *outgoing, gint64 now, gint64 *ret_next,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same in a transaction of the caller's, who writes answers in it, too. First outgoing_begin:
 * how many of those may be `sending` from the start (0 where others have been due for longer). Then
 * outgoing_write with those that are (OutboxEntry*, borrowed): *ret_changed, whether there is
 * anything to commit. Then, once that is durable, outgoing_written; else outgoing_dropped. */
guint outgoing_begin(Outgoing *outgoing, StoreTxn *txn, gint64 now);
gboolean outgoing_write(Outgoing *outgoing, StoreTxn *txn, gint64 now, const GPtrArray *sending,
                        gboolean *ret_changed, gint64 *ret_next,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void outgoing_written(Outgoing *outgoing);
void outgoing_dropped(Outgoing *outgoing);

/* The clock was set back by so many seconds: nothing waits for the old time. FALSE: as above. */
gboolean outgoing_set_back(Outgoing *outgoing, gint64 now, gint64 seconds,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Is anything in a connection's hands or its outcome not yet written? */
gboolean outgoing_busy(const Outgoing *outgoing);
/* The last error of the server if it could not be reached at the last try, else NULL. Borrowed. */
const char *outgoing_server_error(const Outgoing *outgoing);
/* Finish what is in hand within timeout_s, write the outcomes, free. */
void outgoing_free(Outgoing *outgoing, guint timeout_s);
