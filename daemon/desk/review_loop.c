/* review_loop - see review_loop.h. A call is waiting, running, done, or given up; the step from
 * waiting is taken under the lock, so that what its caller gave up is never run. */
#include "daemon/desk/review_loop.h"

typedef enum { CALL_WAITING, CALL_RUNNING, CALL_DONE, CALL_GIVEN_UP } CallState;

typedef struct {
  ReviewLoop *loop;
  void (*work)(gpointer data);
  gpointer data;
  CallState state; /* locked */
} Call;

struct ReviewLoop {
  gint references; /* the owner and each call that the loop still holds */
  GMainContext *context;
  guint wait_s;
  GMutex lock;
  GCond changed;
  gboolean stopped; /* locked */
};

static void loop_unref(ReviewLoop *loop) {
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

static void call_free(gpointer data) {
  Call *call = data;
  loop_unref(call->loop);
  g_atomic_rc_box_release(call);
}

static gboolean run(gpointer data) {
  Call *call = data;
  ReviewLoop *loop = call->loop;
  g_mutex_lock(&loop->lock);
  gboolean mine = call->state == CALL_WAITING && !loop->stopped;
  if (mine) call->state = CALL_RUNNING;
  g_mutex_unlock(&loop->lock);
  if (!mine) return G_SOURCE_REMOVE;
  call->work(call->data);
  g_mutex_lock(&loop->lock);
  call->state = CALL_DONE;
  g_cond_broadcast(&loop->changed);
  g_mutex_unlock(&loop->lock);
  return G_SOURCE_REMOVE;
}

/* What is running is waited for however long it takes: there is no half of it. */
static gboolean wait_for(ReviewLoop *loop, Call *call) {
  gint64 until = g_get_monotonic_time() + (gint64)loop->wait_s * G_USEC_PER_SEC;
  g_mutex_lock(&loop->lock);
  while (call->state == CALL_WAITING && !loop->stopped)
    if (!g_cond_wait_until(&loop->changed, &loop->lock, until)) break;
  if (call->state == CALL_WAITING) call->state = CALL_GIVEN_UP;
  while (call->state == CALL_RUNNING) g_cond_wait(&loop->changed, &loop->lock);
  gboolean done = call->state == CALL_DONE;
  g_mutex_unlock(&loop->lock);
  return done;
}

gboolean review_loop_call(ReviewLoop *loop, void (*work)(gpointer data), gpointer data) {
  Call *call = g_atomic_rc_box_new0(Call);
  call->loop = loop;
  call->work = work;
  call->data = data;
  g_atomic_int_inc(&loop->references);
  /* Not g_main_context_invoke: between two runs of the loop it would run here, in this thread. */
  GSource *source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, run, g_atomic_rc_box_acquire(call), call_free);
  g_source_attach(source, loop->context);
  gboolean done = wait_for(loop, call);
  g_source_destroy(source); /* if it is still there: then it was given up */
  g_source_unref(source);
  g_atomic_rc_box_release(call);
  return done;
}
