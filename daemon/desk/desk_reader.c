/* desk_reader - see desk_reader.h.
 *
 * One parse_pool of one worker. Each call is a Wait under a number of its own, which is the job's
 * tag: a job that is done when its call has gone away finds no Wait, and its answer is dropped. */
#include "daemon/desk/desk_reader.h"

#include "daemon/desk/desk.h"
#include "daemon/page_wish.h"
#include "daemon/parse_pool.h"

enum {
  IDLE_MS = 60 * 1000,
  TRIES = 2,    /* parse_pool reads a mail so often at most … */
  SLACK_S = 60, /* … and starts workers meanwhile */
};

struct DeskReader {
  const Config *config;
  GMutex start_lock; /* guards pool, while it is started */
  ParsePool *pool;   /* NULL: no call has come yet */
  guint idle_ms;
  GMutex lock; /* guards what follows */
  GCond answered;
  GHashTable *waits; /* number → Wait* */
  guint calls;       /* so far: the last number */
  gboolean stopping;
};

typedef struct {
  Extraction *extraction; /* NULL: not yet */
} Wait;

DeskReader *desk_reader_new(const Config *config) {
  DeskReader *reader = g_new0(DeskReader, 1);
  reader->config = config;
  reader->idle_ms = IDLE_MS;
  g_mutex_init(&reader->start_lock);
  g_mutex_init(&reader->lock);
  g_cond_init(&reader->answered);
  reader->waits = g_hash_table_new(NULL, NULL);
  return reader;
}

void desk_reader_set_idle(DeskReader *reader, guint idle_ms) {
  reader->idle_ms = idle_ms;
}

void desk_reader_stop(DeskReader *reader) {
  g_mutex_lock(&reader->lock);
  reader->stopping = TRUE;
  g_cond_broadcast(&reader->answered);
  g_mutex_unlock(&reader->lock);
}

void desk_reader_free(DeskReader *reader) {
  if (!reader) return;
  parse_pool_free(reader->pool, FALSE);
  g_hash_table_unref(reader->waits);
  g_cond_clear(&reader->answered);
  g_mutex_clear(&reader->lock);
  g_mutex_clear(&reader->start_lock);
  g_free(reader);
}

/* --- the worker ----------------------------------------------------------------------------- */

/* In the worker's thread. */
static void on_done(ParseJob *job, Extraction *extraction, void *context) {
  DeskReader *reader = context;
  g_mutex_lock(&reader->lock);
  Wait *wait = g_hash_table_lookup(reader->waits, job->tag);
  if (wait) wait->extraction = g_steal_pointer(&extraction);
  g_cond_broadcast(&reader->answered);
  g_mutex_unlock(&reader->lock);
  extraction_free(extraction);
}

static ParsePool *start_pool(DeskReader *reader, GError **error) {
  const Config *config = reader->config;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  Wire__Setup *setup = config_worker_setup(config);
  ParsePool *pool = parse_pool_new(NULL, 1, setup, config->events, config->worker_timeout_s,
                                   on_done, reader, problems, error);
  config_worker_setup_free(setup);
  if (pool) parse_pool_set_idle(pool, reader->idle_ms);
  if (!pool && problems->len > 0)
    g_set_error_literal(error, DESK_ERROR, DESK_ERROR_STATE, problems->pdata[0]);
  return pool;
}

/* The pool, started at the first call; one that could not be is tried again at the next. */
static ParsePool *pool_of(DeskReader *reader, GError **error) {
  g_mutex_lock(&reader->start_lock);
  if (!reader->pool) reader->pool = start_pool(reader, error);
  ParsePool *pool = reader->pool;
  g_mutex_unlock(&reader->start_lock);
  return pool;
}

void desk_reader_warm(DeskReader *reader) {
  ParsePool *pool = pool_of(reader, NULL); /* a call that asks is told why there is none */
  if (pool) parse_pool_warm(pool);
}

static gint64 deadline_of(const DeskReader *reader) {
  guint reading_s = reader->config->worker_timeout_s + reader->config->limits.scan_s;
  return g_get_monotonic_time() + (gint64)(TRIES * reading_s + SLACK_S) * G_USEC_PER_SEC;
}

/* Hand the job to the worker and wait for its answer; takes the job. */
static Extraction *ask(DeskReader *reader, ParseJob *job, GError **error) {
  ParsePool *pool = pool_of(reader, error);
  if (!pool) {
    parse_job_free(job);
    return NULL;
  }
  Wait wait = {NULL};
  gint64 deadline = deadline_of(reader);
  g_mutex_lock(&reader->lock);
  gpointer number = GUINT_TO_POINTER(++reader->calls);
  g_hash_table_insert(reader->waits, number, &wait);
  job->tag = number;
  parse_pool_push(pool, job);
  while (!wait.extraction && !reader->stopping &&
         g_cond_wait_until(&reader->answered, &reader->lock, deadline)) {
  }
  g_hash_table_remove(reader->waits, number);
  g_mutex_unlock(&reader->lock);
  if (!wait.extraction)
    g_set_error_literal(error, WIRE_ERROR, WIRE_ERROR_TIMEOUT,
                        "the mail could not be read in time; try again later");
  return wait.extraction;
}

static const char *last_note(const Extraction *extraction) {
  const GPtrArray *notes = extraction->notes;
  return notes->len > 0 ? notes->pdata[notes->len - 1] : "it is damaged";
}

/* The same; a mail that ends its worker is an error here. */
static Extraction *ask_for_piece(DeskReader *reader, ParseJob *job, GError **error) {
  g_autoptr(Extraction) extraction = ask(reader, job, error);
  if (!extraction) return NULL;
  if (extraction->kind != KIND_UNREADABLE) return g_steal_pointer(&extraction);
  g_set_error(error, DESK_ERROR, DESK_ERROR_STATE, "the mail cannot be shown: %s",
              last_note(extraction));
  return NULL;
}

/* --- what was understood ---------------------------------------------------------------------- */

Extraction *desk_reader_read(DeskReader *reader, GBytes *raw, const Account *account,
                             const char *event, gboolean want_lines, GError **error) {
  ParseJob *job = parse_job_new(raw, NULL);
  g_free(job->event);
  job->event = g_strdup(event);
  if (account) {
    g_free(job->account_event);
    job->account_event = g_strdup(account->event);
  }
  job->addresses = account ? g_strdupv(account->addresses) : config_addresses(reader->config);
  job->want_lines = want_lines;
  return ask(reader, job, error);
}

Extraction *desk_reader_typed(DeskReader *reader, const char *event, const GPtrArray *typed,
                              const GPtrArray *known, GError **error) {
  ParseJob *job = parse_job_new_typed(event);
  const GPtrArray *from[] = {typed, known};
  GPtrArray *to[] = {job->typed, job->known};
  for (guint i = 0; i < G_N_ELEMENTS(from); i++)
    for (guint k = 0; k < from[i]->len; k++) {
      const StoreField *field = from[i]->pdata[k];
      parse_job_type(to[i], field->name, field->value);
    }
  g_autoptr(Extraction) extraction = ask(reader, job, error);
  if (!extraction) return NULL;
  if (extraction->participants->len == typed->len) return g_steal_pointer(&extraction);
  g_set_error(error, DESK_ERROR, DESK_ERROR_STATE, "what was typed cannot be read: %s",
              last_note(extraction));
  return NULL;
}

/* --- how it looks ----------------------------------------------------------------------------- */

static void part_free(DeskPart *part) {
  g_free(part->name);
  g_free(part->type);
  g_free(part);
}

void desk_original_free(DeskOriginal *original) {
  if (!original) return;
  g_free(original->html);
  g_ptr_array_unref(original->parts);
  g_free(original);
}

static DeskPart *take_part(OriginalPart *from) {
  DeskPart *part = g_new(DeskPart, 1);
  *part = (DeskPart){.index = from->index,
                     .name = g_steal_pointer(&from->name),
                     .type = g_steal_pointer(&from->type),
                     .size_bytes = from->size_bytes,
                     .pages = from->pages,
                     .body = from->body};
  return part;
}

DeskOriginal *desk_reader_original(DeskReader *reader, GBytes *raw, GError **error) {
  ParseJob *job = parse_job_new(raw, NULL);
  job->want_original = TRUE;
  g_autoptr(Extraction) extraction = ask_for_piece(reader, job, error);
  if (!extraction) return NULL;
  if (!extraction->original) {
    g_set_error_literal(error, DESK_ERROR, DESK_ERROR_STATE,
                        "the mail cannot be shown: the worker left it out");
    return NULL;
  }
  DeskOriginal *original = g_new0(DeskOriginal, 1);
  original->html = g_steal_pointer(&extraction->original->html);
  original->parts = g_ptr_array_new_with_free_func((GDestroyNotify)part_free);
  for (guint i = 0; i < extraction->original->parts->len; i++)
    g_ptr_array_add(original->parts, take_part(extraction->original->parts->pdata[i]));
  return original;
}

GBytes *desk_reader_page(DeskReader *reader, GBytes *raw, guint part, guint page,
                         const GPtrArray *values, GError **error) {
  ParseJob *job = parse_job_new(raw, NULL);
  job->wish = page_wish_new(part, page);
  for (guint i = 0; values && i < values->len; i++) page_wish_mark(job->wish, values->pdata[i]);
  g_autoptr(Extraction) extraction = ask_for_piece(reader, job, error);
  if (!extraction) return NULL;
  if (!extraction->page.png)
    g_set_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND, "page %u of part %u cannot be shown", page,
                part);
  return g_steal_pointer(&extraction->page.png);
}

GBytes *desk_reader_part(DeskReader *reader, GBytes *raw, guint part, GError **error) {
  ParseJob *job = parse_job_new(raw, NULL);
  job->want_part = TRUE;
  job->part = part;
  g_autoptr(Extraction) extraction = ask_for_piece(reader, job, error);
  if (!extraction) return NULL;
  if (!extraction->part)
    g_set_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND, "part %u cannot be taken out: %s", part,
                last_note(extraction));
  return g_steal_pointer(&extraction->part);
}
