#include "daemon/parse_pool.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/event.h"
#include "daemon/log.h"
#include "daemon/page_wish.h"
#include "daemon/paths.h"

enum {
  SETUP_TIMEOUT_S = 30,
  RESTART_WAIT_MS = 1000,
  SCAN_IDLE_MS = 60000,
  SCAN_WORKERS = 1,
  SCAN_SLACK_S = 30,
  HEADER_ATTEMPT = 3, /* after two of the whole message */
  HEADER_MAX_BYTES = 64 << 10,
};

typedef struct {
  struct ParsePool *pool;
  GThread *thread;
  GMutex lock; /* guards pid: parse_pool_free may kill it */
  pid_t pid;   /* 0: not running */
  int to, from;
  gboolean reading; /* it was handed the whole message */
} Worker;

struct ParsePool {
  char *program;
  GBytes *setup;
  guint timeout_s;
  ParseDone done;
  void *context;
  Metrics *metrics;    /* borrowed; may be NULL */
  GAsyncQueue *jobs;   /* ParseJob*; &pool->stop tells one thread to end */
  ParseJob stop, warm; /* no jobs: signs for a worker */
  GPtrArray *workers;
  gint stopping, restarts; /* atomic */
  guint idle_ms;           /* a worker without work for so long is ended; 0: never; atomic */
  GMutex lane_lock;        /* guards lane, its workers, and lane_failed */
  struct ParsePool *lane;  /* for messages with pictures; NULL: none has come */
  gboolean lane_failed;
  char *lane_program; /* NULL: there is no lane */
  guint lane_workers, lane_timeout_s, lane_idle_ms;
  gint lane_jobs; /* handed to the lane and not done; atomic */
};

#define MALLOC_TUNABLES "glibc.malloc.tcache_count=127:glibc.malloc.mxfast=0"

extern char **environ;

ParseJob *parse_job_new(GBytes *raw, void *tag) {
  ParseJob *job = g_new0(ParseJob, 1);
  job->raw = g_bytes_ref(raw);
  job->event = g_strdup("");
  job->account_event = g_strdup("");
  job->tag = tag;
  return job;
}

static void typed_free(gpointer typed) {
  wire__typed__free_unpacked(typed, NULL);
}

ParseJob *parse_job_new_typed(const char *event) {
  g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
  ParseJob *job = parse_job_new(nothing, NULL);
  g_free(job->event);
  job->event = g_strdup(event);
  job->typed = g_ptr_array_new_with_free_func(typed_free);
  job->known = g_ptr_array_new_with_free_func(typed_free);
  return job;
}

/* Of malloc, as protobuf-c has it: wire__typed__free_unpacked frees it. */
void parse_job_type(GPtrArray *to, const char *field, const char *value) {
  Wire__Typed *typed = g_new(Wire__Typed, 1);
  wire__typed__init(typed);
  typed->field = g_strdup(field);
  typed->value = g_strdup(value);
  g_ptr_array_add(to, typed);
}

void parse_job_free(ParseJob *job) {
  if (!job) return;
  if (job->typed) g_ptr_array_unref(job->typed);
  if (job->known) g_ptr_array_unref(job->known);
  g_bytes_unref(job->raw);
  g_free(job->event);
  g_free(job->account_event);
  g_strfreev(job->addresses);
  page_wish_free(job->wish);
  extraction_free(job->first);
  g_free(job);
}

/* --- one worker process ------------------------------------------------------------------- */

static gint64 deadline_in(guint seconds) {
  return g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
}

/* The signal that ended it, 0: none. One that had ended already does not notice `kill_it`. */
static int worker_reap(Worker *worker, gboolean kill_it) {
  int status = 0;
  g_mutex_lock(&worker->lock);
  pid_t pid = worker->pid;
  worker->pid = 0;
  if (pid && kill_it) kill(pid, SIGKILL);
  g_mutex_unlock(&worker->lock);
  if (worker->to >= 0) close(worker->to);
  if (worker->from >= 0) close(worker->from);
  worker->to = worker->from = -1;
  while (pid && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Ours, and more freed pieces of memory are kept at hand: a mail is read and forgotten. What the
 * administrator has set stays. The caller frees. */
static char **worker_environment(void) {
  return g_environ_setenv(g_strdupv(environ), "GLIBC_TUNABLES", MALLOC_TUNABLES, FALSE);
}

/* Start the program with `in` and `out` as its standard input and output, every signal at its
 * default and none blocked: the daemon's own dispositions are not the worker's. */
static int spawn_with_pipes(const char *program, int in, int out, pid_t *ret_pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  char *argv[] = {(char *)program, NULL};
  g_auto(GStrv) environment = worker_environment();
  int failed = posix_spawn(ret_pid, program, &actions, &attributes, argv, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

static gboolean worker_spawn(Worker *worker, GError **error) {
  const char *program = worker->pool->program;
  int in[2] = {-1, -1}, out[2] = {-1, -1};
  pid_t pid = 0;
  int failed = pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0
                   ? errno
                   : spawn_with_pipes(program, in[0], out[1], &pid);
  if (in[0] >= 0) close(in[0]);
  if (out[1] >= 0) close(out[1]);
  if (failed) {
    if (in[1] >= 0) close(in[1]);
    if (out[0] >= 0) close(out[0]);
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_IO, "%s: cannot be started: %s", program,
                g_strerror(failed));
    return FALSE;
  }
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  fcntl(out[0], F_SETFL, O_NONBLOCK);
  worker->to = in[1];
  worker->from = out[0];
  g_mutex_lock(&worker->lock);
  worker->pid = pid;
  g_mutex_unlock(&worker->lock);
  return TRUE;
}

/* Hand the setup to one that was spawned, wait for the verdict on its patterns. */
static Wire__SetupReply *worker_setup(Worker *worker, GError **error) {
  gint64 deadline = deadline_in(SETUP_TIMEOUT_S);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(worker->pool->setup, &size);
  g_autoptr(GBytes) answer = NULL;
  if (wire_write(worker->to, data, size, deadline, error))
    answer = wire_read(worker->from, WIRE_REPLY_MAX_BYTES, deadline, error);
  Wire__SetupReply *reply = NULL;
  if (answer) {
    const guint8 *bytes = g_bytes_get_data(answer, &size);
    reply = wire__setup_reply__unpack(NULL, size, bytes);
    if (!reply)
      g_set_error(error, WIRE_ERROR, WIRE_ERROR_INVALID, "%s: answers nonsense to its setup",
                  worker->pool->program);
  } else {
    g_prefix_error(error, "%s: setup: ", worker->pool->program);
  }
  if (!reply) worker_reap(worker, TRUE);
  return reply;
}

static gboolean worker_start(Worker *worker, GError **error) {
  Wire__SetupReply *reply = worker_spawn(worker, error) ? worker_setup(worker, error) : NULL;
  if (!reply) return FALSE;
  wire__setup_reply__free_unpacked(reply, NULL);
  return TRUE;
}

static Extraction *worker_ask(Worker *worker, const ParseJob *job, guint64 id, GError **error) {
  Wire__Request request;
  wire__request__init(&request);
  gsize size = 0;
  gconstpointer data = g_bytes_get_data(job->raw, &size);
  request.id = id;
  request.message.data = (guint8 *)data;
  request.message.len = size;
  request.event = job->event;
  request.account_event = job->account_event;
  request.addresses = job->addresses;
  request.n_addresses = job->addresses ? g_strv_length(job->addresses) : 0;
  request.want_text = job->want_text;
  request.want_lines = job->want_lines;
  request.header_only = job->header_only;
  request.wish = job->wish;
  request.want_original = job->want_original;
  request.want_part = job->want_part;
  request.part = job->part;
  if (job->typed) {
    request.n_typed = job->typed->len;
    request.typed = (Wire__Typed **)job->typed->pdata;
    request.n_known = job->known->len;
    request.known = (Wire__Typed **)job->known->pdata;
  }
  g_autoptr(GBytes) packed = wire_pack(&request.base);
  gint64 deadline = deadline_in(worker->pool->timeout_s);
  const guint8 *bytes = g_bytes_get_data(packed, &size);
  worker->reading = wire_write(worker->to, bytes, size, deadline, error);
  if (!worker->reading) return NULL;
  gsize most = WIRE_REPLY_MAX_BYTES + (job->want_part ? (gsize)WIRE_PART_MAX_BYTES : 0);
  g_autoptr(GBytes) answer = wire_read(worker->from, most, deadline, error);
  return answer ? wire_reply_read(answer, id, error) : NULL;
}

static Extraction *unreadable(const char *reason) {
  Extraction *extraction = extraction_new();
  extraction->kind = KIND_UNREADABLE;
  g_ptr_array_add(extraction->notes, g_strdup(reason));
  return extraction;
}

/* The header of the message and the empty line, at most HEADER_MAX_BYTES. */
static GBytes *header_of(GBytes *raw) {
  gsize size = 0;
  const char *data = g_bytes_get_data(raw, &size);
  gsize end = MIN(size, HEADER_MAX_BYTES);
  for (gsize at = 0; at + 1 < end; at++) {
    if (data[at] != '\n' || (data[at + 1] != '\n' && data[at + 1] != '\r')) continue;
    end = at + 1;
    break;
  }
  return g_bytes_new_from_bytes(raw, 0, end);
}

/* A machine without memory or processes for a moment is no fault of the message: wait and go on. */
static gboolean worker_ensure(Worker *worker) {
  while (!worker->pid && !g_atomic_int_get(&worker->pool->stopping)) {
    if (worker_start(worker, NULL)) break;
    if (!g_atomic_int_get(&worker->pool->stopping)) g_usleep(RESTART_WAIT_MS * 1000);
  }
  return worker->pid != 0;
}

static const char gave_up[] =
    "the parser gave up on it; more memory was needed than the limits allow, or it is a bug";

/* What ends a process whoever reads the message; a SIGKILL is somebody else's. */
static const struct {
  int signal;
  const char *what;
} ends[] = {
    {SIGPROF, "reading took more processor time than the limits allow"},
    {SIGABRT, gave_up},
    {SIGTRAP, gave_up},
    {SIGSEGV, "the parser crashed on it (SIGSEGV)"},
    {SIGBUS, "the parser crashed on it (SIGBUS)"},
    {SIGFPE, "the parser crashed on it (SIGFPE)"},
    {SIGILL, "the parser crashed on it (SIGILL)"},
    {SIGSYS, "the parser crashed on it (SIGSYS)"},
};

/* Why it would be of no use to read the message again; NULL: it would be. */
static const char *why_ended(const Worker *worker, int signal) {
  for (gsize i = 0; worker->reading && i < G_N_ELEMENTS(ends); i++)
    if (ends[i].signal == signal) return ends[i].what;
  return NULL;
}

/* Reap it, tell so. Why the message would end the next one, too; NULL: it would not. */
static const char *worker_lost(Worker *worker, const char *fault) {
  const char *why = why_ended(worker, worker_reap(worker, TRUE));
  if (g_atomic_int_get(&worker->pool->stopping)) return why;
  g_atomic_int_inc(&worker->pool->restarts);
  metrics_add(worker->pool->metrics, METRIC_WORKER_RESTARTS, 1);
  log_notice("%s: lost a process: %s", worker->pool->program, why ? why : fault);
  return why;
}

/* Whoever looks at the message must know who wrote it, and a copy of it must be known: its header
 * alone is read. Where that fails, too, there is just the reason. */
static Extraction *worker_parse_header(Worker *worker, const ParseJob *job, const char *reason) {
  g_autoptr(GBytes) header = header_of(job->raw);
  ParseJob alone = *job;
  alone.raw = header;
  alone.header_only = TRUE;
  if (job->first || job->header_only || job->typed || !worker_ensure(worker))
    return unreadable(reason);
  Extraction *extraction = worker_ask(worker, &alone, HEADER_ATTEMPT, NULL);
  if (!extraction) {
    worker_lost(worker, "its header cannot be read either");
    return unreadable(reason);
  }
  extraction->flags &= ~(guint)EXTRACTION_HEADER_ONLY; /* that is the reason of larger ones */
  g_ptr_array_add(extraction->notes, g_strdup(reason));
  return extraction;
}

static char *failed_twice(const ParsePool *pool, const GError *error) {
  if (g_error_matches(error, WIRE_ERROR, WIRE_ERROR_TIMEOUT))
    return g_strdup_printf("reading took more than worker_timeout (%u s) twice", pool->timeout_s);
  return g_strdup_printf("the parser failed on it twice: %s", error->message);
}

/* A message that ends its process costs that one; else it is read once more, in a fresh one. */
static Extraction *worker_parse(Worker *worker, const ParseJob *job) {
  g_autoptr(GError) error = NULL;
  for (guint64 attempt = 1; attempt <= 2; attempt++) {
    if (!worker_ensure(worker)) return NULL;
    g_clear_error(&error);
    Extraction *extraction = worker_ask(worker, job, attempt, &error);
    if (extraction) return extraction;
    const char *why = worker_lost(worker, error->message);
    if (g_atomic_int_get(&worker->pool->stopping)) return NULL;
    if (why) return worker_parse_header(worker, job, why);
  }
  g_autofree char *reason = failed_twice(worker->pool, error);
  return worker_parse_header(worker, job, reason);
}

/* --- the lane for pictures ------------------------------------------------------------------ */

/* What bulletin-scan made of the message; where it failed, the first reading stands. */
static void lane_done(ParseJob *job, Extraction *extraction, void *context) {
  ParsePool *pool = context;
  Extraction *first = g_steal_pointer(&job->first);
  g_atomic_int_add(&pool->lane_jobs, -1);
  gboolean failed = extraction->kind == KIND_UNREADABLE && first->kind != KIND_UNREADABLE;
  for (guint i = 0; failed && i < extraction->notes->len; i++)
    g_ptr_array_add(first->notes,
                    g_strdup_printf("pictures: %s", (char *)extraction->notes->pdata[i]));
  extraction_free(failed ? extraction : first);
  pool->done(job, failed ? first : extraction, pool->context);
}

static ParsePool *lane_new(ParsePool *pool);
static void lane_grow(ParsePool *lane);

/* The lane, started if need be, with a worker for one more job if it may have one; NULL: none. */
static ParsePool *lane_ensure(ParsePool *pool) {
  if (!pool->lane && !pool->lane_failed) {
    pool->lane = lane_new(pool);
    pool->lane_failed = !pool->lane;
  }
  if (!pool->lane) return NULL;
  guint jobs = (guint)g_atomic_int_add(&pool->lane_jobs, 1) + 1;
  if (MIN(jobs, pool->lane_workers) > pool->lane->workers->len) lane_grow(pool->lane);
  return pool->lane;
}

/* Hand the message to the lane. FALSE: there is none. */
static gboolean lane_take(ParsePool *pool, ParseJob *job, Extraction *first) {
  if (!pool->lane_program || g_atomic_int_get(&pool->stopping)) return FALSE;
  g_mutex_lock(&pool->lane_lock);
  ParsePool *lane = lane_ensure(pool);
  g_mutex_unlock(&pool->lane_lock);
  if (!lane) return FALSE;
  job->first = first;
  parse_pool_push(lane, job);
  return TRUE;
}

/* --- one worker's thread ------------------------------------------------------------------ */

/* The next job; an idle worker of a lane is ended meanwhile. */
static ParseJob *next_job(Worker *worker) {
  ParsePool *pool = worker->pool;
  for (;;) {
    guint64 idle_us = (guint64)g_atomic_int_get(&pool->idle_ms) * 1000;
    ParseJob *job =
        idle_us ? g_async_queue_timeout_pop(pool->jobs, idle_us) : g_async_queue_pop(pool->jobs);
    if (!job)
      worker_reap(worker, FALSE); /* end of file ends it */
    else if (job == &pool->warm)
      worker_ensure(worker);
    else
      return job;
  }
}

static void work(Worker *worker, ParseJob *job) {
  ParsePool *pool = worker->pool;
  Extraction *extraction = g_atomic_int_get(&pool->stopping) ? NULL : worker_parse(worker, job);
  if (extraction && extraction->flags & EXTRACTION_PICTURES && lane_take(pool, job, extraction))
    return;
  if (extraction) pool->done(job, extraction, pool->context);
  parse_job_free(job);
}

static gpointer worker_thread(gpointer data) {
  Worker *worker = data;
  ParsePool *pool = worker->pool;
  if (!g_atomic_int_get(&pool->idle_ms)) worker_ensure(worker);
  for (ParseJob *job; (job = next_job(worker)) != &pool->stop;) work(worker, job);
  worker_reap(worker, FALSE); /* end of file ends it */
  return NULL;
}

/* --- the pool ----------------------------------------------------------------------------- */

guint parse_pool_cores(void) {
  cpu_set_t ours;
  /* g_get_num_processors() of GLib 2.74 counts the machine's, whatever CPUAffinity= says */
  if (sched_getaffinity(0, sizeof ours, &ours) != 0) return g_get_num_processors();
  return (guint)CPU_COUNT(&ours);
}

static Worker *worker_new(ParsePool *pool) {
  Worker *worker = g_new0(Worker, 1);
  worker->pool = pool;
  worker->to = worker->from = -1;
  g_mutex_init(&worker->lock);
  return worker;
}

static void worker_free(Worker *worker) {
  worker_reap(worker, TRUE);
  g_mutex_clear(&worker->lock);
  g_free(worker);
}

static void append_problems(const Wire__SetupReply *reply, const GPtrArray *events,
                            GPtrArray *problems) {
  for (gsize i = 0; i < reply->n_problems; i++) {
    const Wire__Problem *problem = reply->problems[i];
    const Event *event = events ? event_find(events, problem->event) : NULL;
    g_ptr_array_add(problems, g_strdup_printf("%s:%u: regular expression '%s': %s at offset %u",
                                              event ? event->file : problem->event, problem->line,
                                              problem->regex, problem->text, problem->offset));
  }
}

static void start_thread(Worker *worker) {
  worker->thread = g_thread_new("parse", worker_thread, worker);
}

/* The first worker is started here and now: it tells whether the patterns compile. Meanwhile the
 * others, if one can be started at all, do as it does. */
static gboolean pool_start(ParsePool *pool, const GPtrArray *events, GPtrArray *problems,
                           GError **error) {
  Worker *first = pool->workers->pdata[0];
  if (!worker_spawn(first, error)) return FALSE;
  for (guint i = 1; i < pool->workers->len; i++) start_thread(pool->workers->pdata[i]);
  Wire__SetupReply *reply = worker_setup(first, error);
  if (!reply) return FALSE;
  gboolean clean = reply->n_problems == 0;
  append_problems(reply, events, problems);
  wire__setup_reply__free_unpacked(reply, NULL);
  if (clean) start_thread(first);
  return clean;
}

static ParsePool *pool_new(char *take_program, GBytes *setup) {
  ParsePool *pool = g_new0(ParsePool, 1);
  pool->program = take_program;
  pool->setup = g_bytes_ref(setup);
  g_mutex_init(&pool->lane_lock);
  pool->jobs = g_async_queue_new();
  pool->workers = g_ptr_array_new_with_free_func((GDestroyNotify)worker_free);
  return pool;
}

static void lane_grow(ParsePool *lane) {
  Worker *worker = worker_new(lane);
  g_ptr_array_add(lane->workers, worker);
  start_thread(worker);
}

static ParsePool *lane_new(ParsePool *pool) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  ParsePool *lane = pool_new(g_strdup(pool->lane_program), pool->setup);
  lane->timeout_s = pool->lane_timeout_s;
  lane->done = lane_done;
  lane->context = pool;
  lane->metrics = pool->metrics;
  lane->idle_ms = pool->lane_idle_ms;
  g_ptr_array_add(lane->workers, worker_new(lane));
  if (!pool_start(lane, NULL, problems, &error)) {
    g_warning("%s: pictures are left to a person: %s", pool->lane_program,
              error ? error->message : "its setup failed");
    parse_pool_free(lane, FALSE);
    return NULL;
  }
  return lane;
}

ParsePool *parse_pool_new(const char *program, guint workers, const Wire__Setup *setup,
                          const GPtrArray *events, guint timeout_s, ParseDone done, void *context,
                          GPtrArray *problems, GError **error) {
  g_autoptr(GBytes) packed = wire_pack(&setup->base);
  ParsePool *pool =
      pool_new(program ? g_strdup(program) : paths_libexec("bulletin-parser"), packed);
  if (!program) pool->lane_program = paths_libexec("bulletin-scan");
  pool->lane_workers = SCAN_WORKERS;
  pool->lane_idle_ms = SCAN_IDLE_MS;
  pool->lane_timeout_s = (setup->limits ? setup->limits->scan_s : 0) + SCAN_SLACK_S;
  pool->timeout_s = timeout_s;
  pool->done = done;
  pool->context = context;
  guint count = workers ? workers : parse_pool_cores();
  for (guint i = 0; i < count; i++) g_ptr_array_add(pool->workers, worker_new(pool));
  if (!pool_start(pool, events, problems, error)) {
    parse_pool_free(pool, FALSE);
    return NULL;
  }
  return pool;
}

void parse_pool_set_lane(ParsePool *pool, const char *program, guint idle_ms, guint timeout_s) {
  g_free(pool->lane_program);
  pool->lane_program = g_strdup(program);
  pool->lane_idle_ms = idle_ms;
  pool->lane_timeout_s = timeout_s;
}

void parse_pool_set_scans(ParsePool *pool, guint workers) {
  pool->lane_workers = workers;
}

void parse_pool_set_metrics(ParsePool *pool, Metrics *metrics) {
  pool->metrics = metrics;
}

void parse_pool_set_idle(ParsePool *pool, guint idle_ms) {
  g_atomic_int_set(&pool->idle_ms, idle_ms);
}

void parse_pool_push(ParsePool *pool, ParseJob *job) {
  g_async_queue_push(pool->jobs, job);
}

void parse_pool_warm(ParsePool *pool) {
  g_async_queue_push(pool->jobs, &pool->warm);
}

guint parse_pool_restarts(ParsePool *pool) {
  return (guint)g_atomic_int_get(&pool->restarts);
}

/* A worker in the middle of a message would be waited for up to its time limit: end it. */
static void pool_interrupt(ParsePool *pool) {
  g_atomic_int_set(&pool->stopping, TRUE);
  for (guint i = 0; i < pool->workers->len; i++) {
    Worker *worker = pool->workers->pdata[i];
    g_mutex_lock(&worker->lock);
    if (worker->pid) kill(worker->pid, SIGKILL);
    g_mutex_unlock(&worker->lock);
  }
}

void parse_pool_free(ParsePool *pool, gboolean drain) {
  if (!pool) return;
  if (!drain) pool_interrupt(pool);
  for (guint i = 0; i < pool->workers->len; i++) g_async_queue_push(pool->jobs, &pool->stop);
  for (guint i = 0; i < pool->workers->len; i++) {
    Worker *worker = pool->workers->pdata[i];
    if (worker->thread) g_thread_join(worker->thread);
  }
  parse_pool_free(pool->lane, drain);
  g_mutex_clear(&pool->lane_lock);
  g_free(pool->lane_program);
  g_ptr_array_unref(pool->workers);
  g_async_queue_unref(pool->jobs);
  g_bytes_unref(pool->setup);
  g_free(pool->program);
  g_free(pool);
}
