/* rules - `rules test`: the examples of event files, read as the daemon would read them.
 *
 * Each goes through a worker with the rules of its own event and no other, and through the same
 * decision as parse; then what was read is held against what the example expects. */
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/json.h"
#include "daemon/ctl/reading.h"
#include "daemon/ctl/trial.h"

typedef struct {
  Reading reading;
  const Options *options;
  GPtrArray *trials; /* Trial*, event by event */
} Run;

/* --- which events ----------------------------------------------------------------------------- */

static void load_file(Run *run, const char *file, GPtrArray *problems) {
  GPtrArray *events = run->reading.config->events;
  g_autoptr(Event) event = event_load(file, problems);
  const Event *other = event ? event_find(events, event->id) : NULL;
  if (other)
    g_ptr_array_add(problems, g_strdup_printf("%s: event '%s' is that of %s already", file,
                                              event->id, other->file));
  else if (event)
    g_ptr_array_add(events, g_steal_pointer(&event));
}

/* The files that were named stand in for the events of the configuration. */
static int load_files(Run *run, char **files) {
  if (!*files) return EX_OK;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_set_size(run->reading.config->events, 0);
  for (; *files; files++) {
    if (!g_file_test(*files, G_FILE_TEST_IS_REGULAR))
      return ctl_fail(EX_NOINPUT, "%s: no such file; name an event file, or none", *files);
    load_file(run, *files, problems);
  }
  return problems->len ? ctl_problems(problems) : EX_OK;
}

static gboolean is_wanted(const Run *run, const Event *event) {
  const char *wanted = run->options->event;
  return !wanted || strcmp(event->id, wanted) == 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void keep(ParseJob *job, Extraction *extraction, void *context) {
  (void)context;
  ((Trial *)job->tag)->extraction = extraction;
}

static ParseJob *job_of(const Run *run, Trial *trial, GError **error) {
  const Reading *reading = &run->reading;
  const char *to = *reading->addresses ? *reading->addresses : "event@example.org";
  ParseJob *job = NULL;
  if (trial->example->mail) {
    job = reading_job(reading, trial->example->mail, trial, error);
  } else {
    g_autoptr(GBytes) raw = example_mail(trial->event, trial->example, to);
    job = reading_job_raw(reading, raw, trial);
  }
  if (!job) return NULL;
  g_free(job->event);
  job->event = g_strdup(trial->event->id);
  return job;
}

/* A mail that is not there is a fault of its example alone. */
static void start_trial(Run *run, ParsePool *pool, const Event *event,
                        const EventExample *example) {
  g_autoptr(GError) error = NULL;
  Trial *trial = g_new0(Trial, 1);
  trial->event = event;
  trial->example = example;
  g_ptr_array_add(run->trials, trial);
  ParseJob *job = job_of(run, trial, &error);
  if (job)
    parse_pool_push(pool, job);
  else
    trial->extraction = reading_unreadable(error->message);
}

static int read_all(Run *run) {
  int code = EX_OK;
  const GPtrArray *events = run->reading.config->events;
  ParsePool *pool = reading_pool(&run->reading, 1, keep, NULL, &code);
  if (!pool) return code;
  for (guint i = 0; i < events->len; i++) {
    const Event *event = events->pdata[i];
    for (guint k = 0; is_wanted(run, event) && k < event->examples->len; k++)
      start_trial(run, pool, event, event->examples->pdata[k]);
  }
  parse_pool_free(pool, TRUE);
  return EX_OK;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void judge(const Run *run, Trial *trial) {
  trial->verdict = reading_decide(&run->reading, trial->extraction);
  trial->faults = example_faults(trial->event, trial->example, trial->extraction, trial->verdict);
}

static void tell_trial(const Run *run, const Trial *trial) {
  if (run->options->json)
    json_print(trial_json(trial));
  else
    trial_print(trial);
}

/* The trials of one event and its last line; returns how many failed. */
static guint tell_event(const Run *run, const Event *event) {
  guint failed = 0;
  g_autoptr(RuleUse) use = rule_use_new(event);
  for (guint i = 0; i < run->trials->len; i++) {
    const Trial *trial = run->trials->pdata[i];
    if (trial->event != event) continue;
    tell_trial(run, trial);
    rule_use_add(use, trial->extraction);
    failed += trial->faults->len > 0;
  }
  if (run->options->json)
    json_print(trial_use_json(event, failed, use, run->options->unused));
  else
    trial_print_use(event, failed, use, run->options->unused);
  return failed;
}

static int first_fault(const Run *run, guint failed) {
  for (guint i = 0; i < run->trials->len; i++) {
    const Trial *trial = run->trials->pdata[i];
    if (trial->faults->len)
      return ctl_fail(EX_DATAERR, "%s:%u: example '%s' fails, %u of %u do; see what it told",
                      trial->event->file, trial->example->line, trial->example->name, failed,
                      run->trials->len);
  }
  return EX_OK;
}

static int tell_all(const Run *run) {
  guint failed = 0;
  const GPtrArray *events = run->reading.config->events;
  for (guint i = 0; i < run->trials->len; i++) judge(run, run->trials->pdata[i]);
  for (guint i = 0; i < events->len; i++)
    if (is_wanted(run, events->pdata[i])) failed += tell_event(run, events->pdata[i]);
  return ctl_end_output(first_fault(run, failed));
}

static void free_trial(gpointer trial) {
  trial_free(trial);
}

static int test(Run *run, char **files) {
  int code = load_files(run, files);
  if (code != EX_OK) return code;
  if (!ctl_event_known(run->reading.config, run->options->event)) return EX_USAGE;
  run->reading.want_lines = TRUE;
  run->trials = g_ptr_array_new_with_free_func(free_trial);
  code = read_all(run);
  if (code == EX_OK) code = tell_all(run);
  g_ptr_array_unref(run->trials);
  return code;
}

int ctl_rules(const Options *options, char **arguments) {
  if (strcmp(arguments[0], "test") != 0)
    return ctl_fail(EX_USAGE, "unknown 'rules %s'; it is: bulletinctl rules test", arguments[0]);
  Run run = {.options = options};
  Options general = *options;
  general.event = NULL; /* may be that of a file, so it is asked later */
  int code = EX_OK;
  if (reading_open(&run.reading, &general, &code)) code = test(&run, arguments + 1);
  reading_done(&run.reading);
  return code;
}
