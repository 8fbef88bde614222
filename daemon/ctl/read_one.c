#include "daemon/ctl/read_one.h"

#include "daemon/ctl/reading.h"

struct ReadOne {
  ParsePool *pool;
  GMutex lock;
  GCond ready;
  Extraction *extraction; /* guarded by the lock */
};

/* In a worker's thread. */
static void on_read(ParseJob *job, Extraction *extraction, void *context) {
  (void)job;
  ReadOne *reader = context;
  g_mutex_lock(&reader->lock);
  reader->extraction = extraction;
  g_cond_signal(&reader->ready);
  g_mutex_unlock(&reader->lock);
}

ReadOne *read_one_new(const Config *config, int *ret_code) {
  ReadOne *reader = g_new0(ReadOne, 1);
  Reading reading = {.config = (Config *)config};
  g_mutex_init(&reader->lock);
  g_cond_init(&reader->ready);
  reader->pool = reading_pool(&reading, 1, on_read, reader, ret_code);
  if (reader->pool) return reader;
  read_one_free(reader);
  return NULL;
}

void read_one_free(ReadOne *reader) {
  if (!reader) return;
  if (reader->pool) parse_pool_free(reader->pool, FALSE);
  extraction_free(reader->extraction);
  g_cond_clear(&reader->ready);
  g_mutex_clear(&reader->lock);
  g_free(reader);
}

Extraction *read_one(ReadOne *reader, GBytes *raw, const Account *account, const char *event) {
  parse_pool_push(reader->pool, reading_job_as(raw, account, event, NULL));
  g_mutex_lock(&reader->lock);
  while (!reader->extraction) g_cond_wait(&reader->ready, &reader->lock);
  Extraction *extraction = g_steal_pointer(&reader->extraction);
  g_mutex_unlock(&reader->lock);
  return extraction;
}
