/* pipeline - the way of a message, once through the house:
 *
 *   fetch_imap → intake → parse_pool → decide, compose_reply (in commit_message) → store_commit
 *   → flag or move (fetch_imap_settle), submission (outgoing)
 *
 * Belongs to the thread that runs the default main context; every other thread only hands values to
 * it. Nothing is sent, flagged or moved before the transaction that says why is durable. */
#pragma once
#include "daemon/config.h"
#include "daemon/metrics.h"
#include "daemon/replies.h"
#include "store/store.h"

typedef struct Pipeline Pipeline;

enum {
  PIPELINE_BATCH_MAX = 32,      /* messages a transaction: a new mail waits for no more */
  PIPELINE_STORE_WAIT_S = 5,    /* the store refuses (full disk): tried again */
  PIPELINE_SILENCE_S = 15 * 60, /* a mailbox that was not read so long is an error in the log */
  PIPELINE_STOP_S = 2           /* connections may finish what they have in hand */
};

/* Start everything. Borrows all four until pipeline_free. With `once`, `done` is called with a
 * sysexits code when the mailboxes and the outbox are worked off; without, never. NULL with an
 * error. */
Pipeline *pipeline_new(Store *store, const Config *config, const Replies *replies, Metrics *metrics,
                       gboolean once, void (*done)(int exit_code, void *context), void *context,
                       GError **error);
/* Stop within a few seconds and free. What was not committed is read again at the next start. */
void pipeline_free(Pipeline *pipeline);
/* Is work being done, or is there none? The systemd watchdog is fed only then. */
gboolean pipeline_healthy(Pipeline *pipeline);
/* One line for sd_notify's STATUS=; the caller frees. */
char *pipeline_status(Pipeline *pipeline);
/* The parser workers' patterns compile? That was checked by check_load; this tells the restarts. */
guint pipeline_restarts(const Pipeline *pipeline);
