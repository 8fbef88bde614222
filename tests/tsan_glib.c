/* tsan_glib - tells ThreadSanitizer what GLib's locks order.
 *
 * Linked into the programs of a -fsanitize=thread build alone. GLib locks by futex, which the
 * sanitizer cannot see, so that everything that a GMutex guards looks like a race. Each of these
 * calls GLib's own function and says beside it what comes before what. */
#include <dlfcn.h>
#include <glib.h>

/* Of the sanitizer's interface, which has no header in gcc 12. */
void __tsan_acquire(void *at);
void __tsan_release(void *at);

/* GLib's own, behind ours. */
#define REAL(name)                                                                                 \
  static gpointer real;                                                                            \
  if (!g_atomic_pointer_get(&real)) g_atomic_pointer_set(&real, dlsym(RTLD_NEXT, #name));          \
  const __typeof__(&name) call = (__typeof__(&name))g_atomic_pointer_get(&real)

void g_mutex_lock(GMutex *mutex) {
  REAL(g_mutex_lock);
  call(mutex);
  __tsan_acquire(mutex);
}

gboolean g_mutex_trylock(GMutex *mutex) {
  REAL(g_mutex_trylock);
  gboolean locked = call(mutex);
  if (locked) __tsan_acquire(mutex);
  return locked;
}

void g_mutex_unlock(GMutex *mutex) {
  REAL(g_mutex_unlock);
  __tsan_release(mutex);
  call(mutex);
}

void g_cond_wait(GCond *cond, GMutex *mutex) {
  REAL(g_cond_wait);
  __tsan_release(mutex);
  call(cond, mutex);
  __tsan_acquire(mutex);
}

gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 until) {
  REAL(g_cond_wait_until);
  __tsan_release(mutex);
  gboolean in_time = call(cond, mutex, until);
  __tsan_acquire(mutex);
  return in_time;
}

/* The last one to let go comes after all the others: said where GLib knows that it is the last. */
static __thread GDestroyNotify last_clear;

static void clear_as_last(gpointer box) {
  __tsan_acquire(box);
  if (last_clear) last_clear(box);
}

void(g_atomic_rc_box_release_full)(gpointer box, GDestroyNotify clear) {
  REAL(g_atomic_rc_box_release_full);
  GDestroyNotify outer = last_clear;
  __tsan_release(box);
  last_clear = clear;
  call(box, clear_as_last);
  last_clear = outer;
}

void g_async_queue_push(GAsyncQueue *queue, gpointer item) {
  REAL(g_async_queue_push);
  __tsan_release(queue);
  call(queue, item);
}

void g_async_queue_push_front(GAsyncQueue *queue, gpointer item) {
  REAL(g_async_queue_push_front);
  __tsan_release(queue);
  call(queue, item);
}

gpointer g_async_queue_pop(GAsyncQueue *queue) {
  REAL(g_async_queue_pop);
  gpointer item = call(queue);
  __tsan_acquire(queue);
  return item;
}

gpointer g_async_queue_try_pop(GAsyncQueue *queue) {
  REAL(g_async_queue_try_pop);
  gpointer item = call(queue);
  __tsan_acquire(queue);
  return item;
}

gpointer g_async_queue_timeout_pop(GAsyncQueue *queue, guint64 timeout_us) {
  REAL(g_async_queue_timeout_pop);
  gpointer item = call(queue, timeout_us);
  __tsan_acquire(queue);
  return item;
}

GThread *g_thread_new(const gchar *name, GThreadFunc run, gpointer data) {
  REAL(g_thread_new);
  __tsan_release(data);
  return call(name, run, data);
}

/* GLib makes a GRWLock's own lock by an atomic that the sanitizer does not see either, counts the
 * references of GBytes by one, and makes the links of a GAsyncQueue under a lock that it calls past
 * us. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) {
  return "race:g_rw_lock_reader_lock\nrace:g_bytes_unref\nrace:g_queue_pop_tail\n"
         "race:g_queue_push_head\n";
}
