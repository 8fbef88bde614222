/* parse - mails from files to JSON Lines: read by several workers at once, printed in the order
 * given.
 *
 * Memory is bounded by the window: so many mails, and so many bytes of them, are between reading
 * the file and printing the line. */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ctl/json.h"
#include "daemon/ctl/mail_files.h"
#include "daemon/ctl/progress.h"
#include "daemon/ctl/reading.h"

enum { WINDOW_MAILS = 256, WINDOW_BYTES = 64 << 20, JOBS_MAX = 256 };

typedef struct {
  const char *path; /* borrowed */
  gsize raw_bytes;
  char *line; /* guarded by Run.lock; NULL: not read yet */
} Slot;

typedef struct {
  Reading reading;
  ParsePool *pool;
  GQueue slots; /* Slot*, the oldest first; the main thread's */
  gsize bytes;  /* raw bytes of the slots */
  Progress progress;
  GMutex lock;
  GCond ready;
} Run;

static void slot_free(gpointer data) {
  Slot *slot = data;
  g_free(slot->line);
  g_free(slot);
}

static char *render(const Run *run, const char *path, const Extraction *extraction) {
  g_autoptr(Verdict) verdict = reading_decide(&run->reading, extraction);
  json_t *object = reading_json(&run->reading, path, extraction, verdict);
  char *line = json_line(object);
  json_decref(object);
  return line;
}

/* In a worker's thread. */
static void on_read(ParseJob *job, Extraction *extraction, void *context) {
  Run *run = context;
  Slot *slot = job->tag;
  char *line = render(run, slot->path, extraction);
  extraction_free(extraction);
  g_mutex_lock(&run->lock);
  slot->line = line;
  g_cond_signal(&run->ready);
  g_mutex_unlock(&run->lock);
}

/* Print the oldest if it is read; with `wait`, once it is. FALSE: nothing was printed. */
static gboolean print_oldest(Run *run, gboolean wait) {
  Slot *slot = g_queue_peek_head(&run->slots);
  if (!slot) return FALSE;
  g_mutex_lock(&run->lock);
  while (wait && !slot->line) g_cond_wait(&run->ready, &run->lock);
  gboolean is_read = slot->line != NULL;
  g_mutex_unlock(&run->lock);
  if (!is_read) return FALSE;
  progress_hide(&run->progress);
  fputs(slot->line, stdout);
  if (isatty(STDOUT_FILENO)) fflush(stdout); /* the bar stands below it */
  progress_step(&run->progress);
  run->bytes -= slot->raw_bytes;
  slot_free(g_queue_pop_head(&run->slots));
  return TRUE;
}

static void start_one(Run *run, const char *path) {
  g_autoptr(GError) error = NULL;
  Slot *slot = g_new0(Slot, 1);
  slot->path = path;
  g_queue_push_tail(&run->slots, slot);
  ParseJob *job = reading_job(&run->reading, path, slot, &error);
  if (!job) {
    g_autoptr(Extraction) unreadable = reading_unreadable(error->message);
    slot->line = render(run, path, unreadable);
    return;
  }
  slot->raw_bytes = g_bytes_get_size(job->raw);
  run->bytes += slot->raw_bytes;
  parse_pool_push(run->pool, job);
}

static gboolean is_full(const Run *run) {
  return run->slots.length >= WINDOW_MAILS || run->bytes >= WINDOW_BYTES;
}

/* Whoever reads our output may have left. */
static void read_all(Run *run, const GPtrArray *paths) {
  for (guint i = 0; i < paths->len && !ferror(stdout); i++) {
    start_one(run, paths->pdata[i]);
    while (print_oldest(run, is_full(run))) {
    }
  }
  while (!ferror(stdout) && print_oldest(run, TRUE)) {
  }
}

static guint worker_count(const Run *run, const Options *options, guint mails) {
  guint wanted = options->jobs ? (guint)options->jobs : run->reading.config->workers;
  if (!wanted) wanted = parse_pool_cores();
  return MAX(1, MIN(wanted, mails));
}

static int read_paths(Run *run, const Options *options, const GPtrArray *paths) {
  int code = EX_OK;
  guint workers = worker_count(run, options, paths->len);
  run->pool = reading_pool(&run->reading, workers, on_read, run, &code);
  if (!run->pool) return code;
  g_mutex_init(&run->lock);
  g_cond_init(&run->ready);
  g_queue_init(&run->slots);
  progress_begin(&run->progress, paths->len);
  read_all(run, paths);
  progress_hide(&run->progress);
  parse_pool_free(run->pool, FALSE);
  g_queue_clear_full(&run->slots, slot_free);
  g_cond_clear(&run->ready);
  g_mutex_clear(&run->lock);
  return ctl_end_output(EX_OK);
}

/* What is missing is told; all else is read. */
static int find_paths(char **arguments, GPtrArray *paths) {
  int code = EX_OK;
  for (char **at = arguments; *at; at++) {
    g_autoptr(GError) error = NULL;
    if (!mail_files_add(paths, *at, &error)) code = ctl_error(error);
  }
  return code;
}

int ctl_parse(const Options *options, char **arguments) {
  if (options->jobs < 0 || options->jobs > JOBS_MAX)
    return ctl_fail(EX_USAGE, "--jobs %d; it is a number from 0 to %d", options->jobs, JOBS_MAX);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  Run run = {0};
  int code = EX_OK;
  if (reading_open(&run.reading, options, &code)) {
    int missing = find_paths(arguments, paths);
    if (paths->len) code = read_paths(&run, options, paths);
    if (code == EX_OK) code = missing;
  }
  reading_done(&run.reading);
  return code;
}
