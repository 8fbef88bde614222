/* import - mails from files as if they had been fetched: read by the workers, decided on and
 * committed in batches by the daemon's own code. Nobody is answered unless it is asked for.
 *
 * A mail that the store has, by Message-ID and content, is not stored again: an import that was
 * broken off is simply begun anew. Memory is bounded by the window. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/commit.h"
#include "daemon/ctl/at_desk.h"
#include "daemon/ctl/mail_boxes.h"
#include "daemon/ctl/mail_files.h"
#include "daemon/ctl/reading.h"
#include "daemon/log.h"
#include "store/journal.h"

enum {
  WINDOW_MAILS = 96,
  WINDOW_BYTES = 32 << 20,
  BATCH_MAILS = 32, /* a transaction */
  BATCH_BYTES = 16 << 20,
  JOBS_MAX = 256,
  NAME_MAX_CHARS = 300
};

typedef struct {
  BoxMail *mail;
  Extraction *extraction; /* guarded by Import.lock; NULL: not read yet */
  gint64 read_us;
  gboolean redirected; /* read by the rules of its thread's event */
} Slot;

typedef struct {
  AtDesk at;
  const Options *options;
  const Account *account;
  MailBoxes *boxes;
  ParsePool *pool;
  GQueue slots; /* Slot*, the oldest first; the main thread's */
  gsize bytes;  /* of their raw mails */
  gsize batch_bytes;
  GPtrArray *batch; /* Slot*, read, the oldest first */
  guint imported, there, unreadable, failed;
  GMutex lock;
  GCond ready;
} Import;

static void slot_free(gpointer data) {
  Slot *slot = data;
  box_mail_free(slot->mail);
  extraction_free(slot->extraction);
  g_free(slot);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* In a worker's thread. */
static void on_read(ParseJob *job, Extraction *extraction, void *context) {
  Import *import = context;
  Slot *slot = job->tag;
  g_mutex_lock(&import->lock);
  slot->extraction = extraction;
  slot->read_us = g_get_real_time();
  g_cond_signal(&import->ready);
  g_mutex_unlock(&import->lock);
}

static void push(Import *import, Slot *slot, const char *event) {
  ParseJob *job = reading_job_as(slot->mail->raw, import->account, event, slot);
  job->header_only = slot->mail->header_only;
  parse_pool_push(import->pool, job);
}

/* FALSE: there are no more. */
static gboolean take_next(Import *import) {
  BoxMail *mail = mail_boxes_next(import->boxes);
  if (!mail) return FALSE;
  if (!mail->raw) {
    ctl_fail(EX_NOINPUT, "%s", mail->name);
    import->unreadable++;
    box_mail_free(mail);
    return TRUE;
  }
  Slot *slot = g_new0(Slot, 1);
  slot->mail = mail;
  import->bytes += g_bytes_get_size(mail->raw);
  g_queue_push_tail(&import->slots, slot);
  push(import, slot, import->options->event ? import->options->event : "");
  return TRUE;
}

static void wait_for(Import *import, const Slot *slot) {
  g_mutex_lock(&import->lock);
  while (!slot->extraction) g_cond_wait(&import->ready, &import->lock);
  g_mutex_unlock(&import->lock);
}

/* The event of the thread's token comes before the mail's own, as for a mail that was fetched. */
static void redirect(Import *import, Slot *slot) {
  const AtDesk *at = &import->at;
  if (at->config->events->len < 2 || slot->redirected || import->options->event) return;
  g_autofree char *event = at_desk_thread_event(at, slot->extraction);
  slot->redirected = TRUE;
  if (!event) return;
  g_clear_pointer(&slot->extraction, extraction_free);
  push(import, slot, event);
  wait_for(import, slot);
}

/* --- storing ---------------------------------------------------------------------------------- */

static gboolean note_origin(const Import *import, StoreTxn *txn, guint64 id, const Slot *slot,
                            GError **error) {
  g_autofree char *name = log_clean(slot->mail->name, NAME_MAX_CHARS);
  g_autofree char *text = g_strdup_printf("%s imported it from %s%s", import->at.who, name,
                                          import->options->answer ? "" : "; nobody is answered");
  return journal_add(txn, 0, id, "person", text, error);
}

static gboolean commit_slot(Import *import, StoreTxn *txn, const Slot *slot, guint *imported,
                            GError **error) {
  const AtDesk *at = &import->at;
  CommitContext context = {.config = at->config,
                           .replies = at->replies,
                           .secret = store_secret(at->store),
                           .unanswered = !import->options->answer};
  CommitInput input = {.account_name = import->account->name,
                       .folder = "import",
                       .account = import->account,
                       .received = slot->mail->received,
                       .fetched_us = slot->read_us,
                       .read_us = slot->read_us,
                       .size_bytes = slot->mail->size_bytes,
                       .raw = slot->mail->raw,
                       .extraction = slot->extraction};
  guint64 before = message_count(txn, NULL), id = 0;
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  if (!commit_message(&context, txn, &input, now, &id, error)) return FALSE;
  if (message_count(txn, NULL) == before) return TRUE;
  ++*imported;
  return note_origin(import, txn, id, slot, error);
}

/* Slots `from` to `to` (exclusive) of the batch, in one transaction. */
static gboolean commit_range(Import *import, guint from, guint to, GError **error) {
  StoreTxn *txn = store_begin(import->at.store, TRUE, error);
  guint imported = 0;
  for (guint i = from; txn && i < to; i++) {
    if (commit_slot(import, txn, import->batch->pdata[i], &imported, error)) continue;
    store_abort(txn);
    return FALSE;
  }
  if (!txn || !store_commit(txn, error)) return FALSE;
  import->imported += imported;
  import->there += to - from - imported;
  return TRUE;
}

/* One mail that cannot be stored must not hold up the others. */
static gboolean commit_singly(Import *import, GError **error) {
  for (guint i = 0; i < import->batch->len; i++) {
    g_autoptr(GError) failed = NULL;
    const Slot *slot = import->batch->pdata[i];
    if (commit_range(import, i, i + 1, &failed)) continue;
    if (store_is_trouble(failed)) {
      g_propagate_error(error, g_steal_pointer(&failed));
      return FALSE;
    }
    ctl_fail(EX_DATAERR, "%s: cannot be stored: %s", slot->mail->name, failed->message);
    import->failed++;
  }
  return TRUE;
}

static gboolean commit_batch(Import *import, GError **error) {
  g_autoptr(GError) failed = NULL;
  gboolean good = !import->batch->len || commit_range(import, 0, import->batch->len, &failed);
  if (!good && store_is_trouble(failed))
    g_propagate_error(error, g_steal_pointer(&failed));
  else if (!good)
    good = commit_singly(import, error);
  g_ptr_array_set_size(import->batch, 0);
  import->batch_bytes = 0;
  if (good) store_wake(import->at.store);
  return good;
}

/* --- together --------------------------------------------------------------------------------- */

static gboolean is_full(const Import *import) {
  return import->slots.length >= WINDOW_MAILS || import->bytes >= WINDOW_BYTES;
}

/* The oldest slot goes into the batch. */
static gboolean settle_oldest(Import *import, GError **error) {
  Slot *slot = g_queue_pop_head(&import->slots);
  wait_for(import, slot);
  redirect(import, slot);
  import->bytes -= g_bytes_get_size(slot->mail->raw);
  import->batch_bytes += g_bytes_get_size(slot->mail->raw);
  g_ptr_array_add(import->batch, slot);
  gboolean full = import->batch->len >= BATCH_MAILS || import->batch_bytes >= BATCH_BYTES;
  return !full || commit_batch(import, error);
}

static gboolean import_all(Import *import, GError **error) {
  for (gboolean more = TRUE; more || import->slots.length;) {
    if (more && !is_full(import))
      more = take_next(import);
    else if (!settle_oldest(import, error))
      return FALSE;
  }
  return commit_batch(import, error);
}

static int report(const Import *import) {
  printf("imported: %u; there already: %u; not readable: %u; not stored: %u\n", import->imported,
         import->there, import->unreadable, import->failed);
  return import->failed ? EX_DATAERR : import->unreadable ? EX_NOINPUT : EX_OK;
}

static int run_pool(Import *import) {
  int code = EX_OK;
  guint workers = (guint)import->options->jobs;
  Reading reading = {.config = import->at.config};
  import->pool = reading_pool(&reading, workers ? workers : import->at.config->workers, on_read,
                              import, &code);
  if (!import->pool) return code;
  g_autoptr(GError) error = NULL;
  gboolean good = import_all(import, &error);
  parse_pool_free(import->pool, FALSE);
  code = report(import);
  return good ? code : ctl_error(error);
}

/* The reader of the files is started before we become the store's owner. */
static int run(Import *import, const GPtrArray *paths) {
  int code = EX_OK;
  import->boxes = mail_boxes_new(paths, import->account->message_bytes, &code);
  if (!import->boxes) return code;
  g_mutex_init(&import->lock);
  g_cond_init(&import->ready);
  g_queue_init(&import->slots);
  import->batch = g_ptr_array_new_with_free_func(slot_free);
  if (at_desk_open(&import->at, &code)) code = run_pool(import);
  mail_boxes_free(import->boxes);
  g_queue_clear_full(&import->slots, slot_free);
  g_ptr_array_unref(import->batch);
  g_cond_clear(&import->ready);
  g_mutex_clear(&import->lock);
  return code;
}

/* --- the command ------------------------------------------------------------------------------ */

static char *account_names(const Config *config) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < config->accounts->len; i++)
    g_ptr_array_add(names, ((const Account *)config->accounts->pdata[i])->name);
  g_ptr_array_add(names, NULL);
  return g_strjoinv(", ", (char **)names->pdata);
}

static const Account *choose_account(const Config *config, const char *name) {
  const Account *account = name                         ? config_account(config, name)
                           : config->accounts->len == 1 ? config->accounts->pdata[0]
                                                        : NULL;
  if (account) return account;
  g_autofree char *names = account_names(config);
  if (name)
    ctl_fail(EX_USAGE, "there is no account '%s'; there are: %s", name, names);
  else
    ctl_fail(EX_USAGE, "whose mails are they? Say --account with one of: %s", names);
  return NULL;
}

static gboolean is_wanted(const Options *options, const Account *account, guint files,
                          int *ret_code) {
  g_autofree char *question =
      g_strdup_printf("Import %u files as mails of account '%s'%s?", files, account->name,
                      options->answer ? " and answer them" : "; nobody is answered");
  return at_desk_confirm(options, question, ret_code);
}

static int import_paths(Import *import, char **arguments) {
  int code = EX_OK;
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  for (char **at = arguments; *at; at++) {
    g_autoptr(GError) error = NULL;
    if (!mail_files_add(paths, *at, &error)) return ctl_error(error);
  }
  if (!is_wanted(import->options, import->account, paths->len, &code)) return code;
  return run(import, paths);
}

int ctl_import(const Options *options, char **arguments) {
  int code = EX_OK;
  if (options->jobs < 0 || options->jobs > JOBS_MAX)
    return ctl_fail(EX_USAGE, "--jobs %d; it is a number from 0 to %d", options->jobs, JOBS_MAX);
  if (!at_desk_may_ask(options, "import", &code)) return code;
  Import import = {.options = options};
  if (at_desk_load(&import.at, options, &code)) {
    code = EX_USAGE;
    import.account = choose_account(import.at.config, options->account);
    if (import.account && ctl_event_known(import.at.config, options->event))
      code = import_paths(&import, arguments);
  }
  at_desk_done(&import.at);
  return ctl_end_output(code);
}
