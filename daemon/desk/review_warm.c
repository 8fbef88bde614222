/* review_warm - see review_warm.h. */
#include "daemon/desk/review_warm.h"

#include "daemon/log.h"

struct Warm {
  Store *store;
  DeskCache *cache;
  DeskReader *reader;
  char **sorts;
  GThread *thread;
  GMutex lock; /* guards what follows */
  GCond changed;
  gint64 until_us; /* of the monotonic clock: somebody is there; 0: nobody was */
  gboolean stopping;
};

static gboolean read_store(const Warm *warm) {
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreTxn) txn = store_begin(warm->store, FALSE, &error);
  if (txn && desk_cache_warm(warm->cache, txn, (const char *const *)warm->sorts, &error))
    return TRUE;
  log_error("page: %s", error->message);
  return FALSE;
}

/* Until the next turn; the lock is held. FALSE: it was the last one. */
static gboolean wait_turn(Warm *warm) {
  gint64 next_us = g_get_monotonic_time() + WARM_TICK_MS * 1000;
  while (!warm->stopping) {
    gint64 now_us = g_get_monotonic_time();
    if (now_us >= warm->until_us)
      g_cond_wait(&warm->changed, &warm->lock);
    else if (now_us >= next_us || !g_cond_wait_until(&warm->changed, &warm->lock, next_us))
      return !warm->stopping;
  }
  return FALSE;
}

static gpointer work(gpointer data) {
  Warm *warm = data;
  gint64 begun_us = g_get_monotonic_time();
  gboolean good = read_store(warm);
  if (good)
    log_info("page: all is read and sorted after %.1f s",
             (double)(g_get_monotonic_time() - begun_us) / G_USEC_PER_SEC);
  g_mutex_lock(&warm->lock);
  while (good && wait_turn(warm)) {
    g_mutex_unlock(&warm->lock);
    desk_reader_warm(warm->reader);
    good = read_store(warm);
    g_mutex_lock(&warm->lock);
  }
  g_mutex_unlock(&warm->lock);
  return NULL;
}

Warm *warm_new(Store *store, DeskCache *cache, DeskReader *reader, const char *const *sorts) {
  Warm *warm = g_new0(Warm, 1);
  warm->store = store;
  warm->cache = cache;
  warm->reader = reader;
  warm->sorts = g_strdupv((char **)sorts);
  g_mutex_init(&warm->lock);
  g_cond_init(&warm->changed);
  warm->thread = g_thread_new("page", work, warm);
  return warm;
}

void warm_touch(Warm *warm) {
  g_mutex_lock(&warm->lock);
  gboolean slept = g_get_monotonic_time() >= warm->until_us;
  warm->until_us = g_get_monotonic_time() + WARM_KEEP_S * G_USEC_PER_SEC;
  if (slept) g_cond_signal(&warm->changed);
  g_mutex_unlock(&warm->lock);
}

void warm_free(Warm *warm) {
  if (!warm) return;
  g_mutex_lock(&warm->lock);
  warm->stopping = TRUE;
  g_cond_signal(&warm->changed);
  g_mutex_unlock(&warm->lock);
  g_thread_join(warm->thread);
  g_strfreev(warm->sorts);
  g_cond_clear(&warm->changed);
  g_mutex_clear(&warm->lock);
  g_free(warm);
}
