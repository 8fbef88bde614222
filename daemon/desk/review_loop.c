/* review_loop - see review_loop.h. A call is waiting, running, done, or given up; each step is
 * taken under the lock, so that what its caller gave up is never run. The call lies in its caller's
 * stack: the loop finds it in the queue alone, from which it is gone when the caller goes. */
#include "daemon/desk/review_loop.h"

typedef enum { CALL_WAITING, CALL_RUNNING, CALL_DONE } CallState;

typedef struct {
  void (*work)(gpointer data);
  gpointer data;
  CallState state; /* locked */
} Call;

struct ReviewLoop {
  gint references; /* the owner and each source that the context still holds */
  GMainContext *context;
  guint wait_s;
  GMutex lock;
  GCond changed;
  GQueue waiting;   /* Call*, borrowed; locked */
  gboolean stopped; /* locked */
};

static void loop_unref(gpointer data) {
  ReviewLoop *loop = data;
  if (!g_atomic_int_dec_and_test(&loop->references)) return;
  g_main_context_unref(loop->context);
  g_mutex_clear(&loop->lock);
  g_cond_clear(&loop->changed);
  g_free(loop);
}

ReviewLoop *review_loop_new(GMainContext *context, guint wait_s) {
  ReviewLoop *loop = g_new0(ReviewLoop, 1);
  loop->references = 1;
  loop->context = g_main_context_ref(context ? context : g_main_context_default());
  loop->wait_s = wait_s;
  g_mutex_init(&loop->lock);
  g_cond_init(&loop->changed);
  g_queue_init(&loop->waiting);
  return loop;
}

void review_loop_stop(ReviewLoop *loop) {
  g_mutex_lock(&loop->lock);
  loop->stopped = TRUE;
  g_cond_broadcast(&loop->changed);
  g_mutex_unlock(&loop->lock);
}

void review_loop_free(ReviewLoop *loop) {
  if (loop) loop_unref(loop);
}

/* In the loop's thread: the call that has waited longest, if there is one still. */
static gboolean run(gpointer data) {
  ReviewLoop *loop = data;
  g_mutex_lock(&loop->lock);
  Call *call = loop->stopped ? NULL : g_queue_pop_head(&loop->waiting);
  if (call) call->state = CALL_RUNNING;
  g_mutex_unlock(&loop->lock);
  if (!call) return G_SOURCE_REMOVE;
  call->work(call->data);
  g_mutex_lock(&loop->lock);
  call->state = CALL_DONE;
  g_cond_broadcast(&loop->changed);
  g_mutex_unlock(&loop->lock);
  return G_SOURCE_REMOVE;
}

/* Not g_main_context_invoke: between two runs of the loop it would run here, in this thread. */
static void wake(ReviewLoop *loop) {
  g_atomic_int_inc(&loop->references);
  GSource *source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, run, loop, loop_unref);
  g_source_attach(source, loop->context);
  g_source_unref(source);
}

/* What is running is waited for however long it takes: there is no half of it. */
static gboolean wait_for(ReviewLoop *loop, Call *call) {
  gint64 until = g_get_monotonic_time() + (gint64)loop->wait_s * G_USEC_PER_SEC;
  g_mutex_lock(&loop->lock);
  while (call->state == CALL_WAITING && !loop->stopped)
    if (!g_cond_wait_until(&loop->changed, &loop->lock, until)) break;
  if (call->state == CALL_WAITING) g_queue_remove(&loop->waiting, call);
  while (call->state == CALL_RUNNING) g_cond_wait(&loop->changed, &loop->lock);
  gboolean done = call->state == CALL_DONE;
  g_mutex_unlock(&loop->lock);
  return done;
}

gboolean review_loop_call(ReviewLoop *loop, void (*work)(gpointer data), gpointer data) {
  Call call = {work, data, CALL_WAITING};
  g_mutex_lock(&loop->lock);
  g_queue_push_tail(&loop->waiting, &call);
  g_mutex_unlock(&loop->lock);
  wake(loop);
  return wait_for(loop, &call);
}
