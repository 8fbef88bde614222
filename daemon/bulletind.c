/* bulletind - the daemon's main: order of start, of reload, of stop. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/check.h"
#include "daemon/desk/review_page.h"
#include "daemon/log.h"
#include "daemon/metrics_server.h"
#include "daemon/pipeline.h"
#include "store/rewrite.h"
#include "store/tally.h"

#define DEFAULT_CONFIG "/etc/bulletind/bulletind.yaml"

typedef struct {
  char *config_file;
  gboolean once, check, version, verbose;
} Options;

typedef struct {
  Options options;
  Config *config;
  Replies *replies;
  Store *store;
  char *store_path; /* of the start: a reload does not move it */
  Metrics *metrics;
  Pipeline *pipeline;
  Review *review;                /* NULL with --once; likewise below */
  MetricsServer *metrics_server; /* or where they cannot be served */
  GMainLoop *loop;
  GFileMonitor *monitor; /* of the store's wake file */
  gint64 rewrite_not_before_us;
  int exit_code;
} Daemon;

enum { REWRITE_LOOK_S = 60, REWRITE_AGAIN_S = 600 };

/* --- configuration ------------------------------------------------------------------------------
 */

static void tell_problems(const GPtrArray *problems) {
  for (guint i = 0; i < problems->len; i++) log_error("%s", (const char *)problems->pdata[i]);
}

static gboolean load(const char *file, Config **ret_config, Replies **ret_replies) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  gboolean clean = check_load(file, problems, ret_config, ret_replies);
  tell_problems(problems);
  return clean;
}

static int run_check(const char *file) {
  g_autoptr(Config) config = NULL;
  g_autoptr(Replies) replies = NULL;
  if (!load(file, &config, &replies)) return EX_CONFIG;
  printf("%s: %u accounts, %u events, no mistake found\n", file, config->accounts->len,
         config->events->len);
  return EX_OK;
}

static int store_exit_code(const GError *error) {
  static const int codes[] = {
      [STORE_ERROR_NOT_FOUND] = EX_NOINPUT, [STORE_ERROR_FULL] = EX_TEMPFAIL,
      [STORE_ERROR_ACCESS] = EX_NOPERM,     [STORE_ERROR_VERSION] = EX_CONFIG,
      [STORE_ERROR_LOCKED] = EX_TEMPFAIL,   [STORE_ERROR_CORRUPT] = EX_DATAERR,
      [STORE_ERROR_IO] = EX_IOERR};
  return error->domain == STORE_ERROR && (gsize)error->code < G_N_ELEMENTS(codes)
             ? codes[error->code]
             : EX_SOFTWARE;
}

/* --- the running daemon
 * --------------------------------------------------------------------------- */

static void on_done(int exit_code, void *context) {
  Daemon *daemon = context;
  daemon->exit_code = exit_code;
  g_main_loop_quit(daemon->loop);
}

static gboolean start_pipeline(Daemon *daemon, GError **error) {
  daemon->pipeline = pipeline_new(daemon->store, daemon->config, daemon->replies, daemon->metrics,
                                  daemon->options.once, on_done, daemon, error);
  return daemon->pipeline != NULL;
}

/* The mail goes on where the page cannot be served: that is an error in the log. */
static void start_review(Daemon *daemon) {
  g_autoptr(GError) error = NULL;
  if (daemon->options.once) return;
  if (!daemon->review) daemon->review = review_new(daemon->store, &error);
  if (!daemon->review || !review_start(daemon->review, daemon->config, daemon->replies, &error))
    log_error("the page is not served: %s", error->message);
}

/* Likewise. */
static void start_metrics(Daemon *daemon) {
  g_autoptr(GError) error = NULL;
  if (daemon->options.once) return;
  daemon->metrics_server =
      metrics_server_new(daemon->metrics, daemon->store, daemon->config, &error);
  if (!daemon->metrics_server) log_error("the metrics are not served: %s", error->message);
}

static gboolean on_stop(gpointer data) {
  Daemon *daemon = data;
  log_info("stopping");
  sd_notify(0, "STOPPING=1");
  g_main_loop_quit(daemon->loop);
  return G_SOURCE_CONTINUE;
}

/* A configuration with a mistake leaves the old one in force. */
static gboolean on_reload(gpointer data) {
  Daemon *daemon = data;
  Config *config = NULL;
  Replies *replies = NULL;
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
  if (!load(daemon->options.config_file, &config, &replies)) {
    log_error("reload: the old configuration stays in force");
    sd_notify(0, "READY=1");
    return G_SOURCE_CONTINUE;
  }
  if (!g_str_equal(config->store, daemon->config->store))
    log_warning("reload: store %s takes effect at the next start", config->store);
  review_stop(daemon->review);
  metrics_server_free(g_steal_pointer(&daemon->metrics_server));
  metrics_forget(daemon->metrics, METRIC_IMAP_CONNECTED);
  metrics_forget(daemon->metrics, METRIC_IMAP_SEEN);
  pipeline_free(g_steal_pointer(&daemon->pipeline));
  config_free(daemon->config);
  replies_free(daemon->replies);
  daemon->config = config;
  daemon->replies = replies;
  g_autoptr(GError) error = NULL;
  if (!start_pipeline(daemon, &error)) {
    log_error("reload: %s", error->message);
    daemon->exit_code = EX_SOFTWARE;
    g_main_loop_quit(daemon->loop);
  } else {
    start_review(daemon);
    start_metrics(daemon);
    log_notice("reloaded");
  }
  sd_notify(0, "READY=1");
  return G_SOURCE_CONTINUE;
}

/* --- somebody was forgotten: the store is written anew ------------------------------------------
 */

static gboolean wants_rewrite(const Daemon *daemon) {
  g_autoptr(StoreTxn) txn = store_begin(daemon->store, FALSE, NULL);
  return txn && store_wants_rewrite(txn);
}

/* With nothing at work. FALSE: the store cannot be opened any more. */
static gboolean rewrite_closed(Daemon *daemon, GError **error) {
  g_autoptr(GError) failed = NULL;
  store_close(g_steal_pointer(&daemon->store));
  if (store_rewrite(daemon->store_path, &failed))
    log_notice("somebody was forgotten: the store was written anew");
  else
    log_error("the store is not written anew: %s; tried again in %d minutes", failed->message,
              REWRITE_AGAIN_S / 60);
  daemon->rewrite_not_before_us =
      failed ? g_get_monotonic_time() + REWRITE_AGAIN_S * G_USEC_PER_SEC : 0;
  daemon->store = store_open(daemon->store_path, STORE_DAEMON, error);
  return daemon->store != NULL;
}

/* As a reload does: what was fetched and not committed is fetched again, what was being sent is
 * sent to its end or again under its Message-ID. Who had logged in to the page does so again. */
static gboolean on_rewrite(gpointer data) {
  Daemon *daemon = data;
  g_autoptr(GError) error = NULL;
  if (!daemon->store || g_get_monotonic_time() < daemon->rewrite_not_before_us ||
      !wants_rewrite(daemon))
    return G_SOURCE_CONTINUE;
  metrics_server_free(g_steal_pointer(&daemon->metrics_server));
  if (daemon->review) review_stop(daemon->review);
  review_free(g_steal_pointer(&daemon->review));
  pipeline_free(g_steal_pointer(&daemon->pipeline));
  if (!rewrite_closed(daemon, &error) || !start_pipeline(daemon, &error)) {
    log_error("%s", error->message);
    daemon->exit_code = EX_TEMPFAIL;
    g_main_loop_quit(daemon->loop);
    return G_SOURCE_CONTINUE;
  }
  start_review(daemon);
  start_metrics(daemon);
  return G_SOURCE_CONTINUE;
}

static void on_woken(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                     gpointer data) {
  (void)monitor, (void)file, (void)other, (void)event;
  on_rewrite(data);
}

static void watch_rewrite(Daemon *daemon) {
  g_autoptr(GFile) file = g_file_new_for_path(store_wake_path(daemon->store));
  daemon->monitor = g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (daemon->monitor) g_signal_connect(daemon->monitor, "changed", G_CALLBACK(on_woken), daemon);
  g_timeout_add_seconds(REWRITE_LOOK_S, on_rewrite, daemon);
}

static gboolean on_watchdog(gpointer data) {
  Daemon *daemon = data;
  if (!daemon->pipeline) return G_SOURCE_CONTINUE;
  g_autofree char *status = pipeline_status(daemon->pipeline);
  gboolean healthy = pipeline_healthy(daemon->pipeline);
  if (!healthy) log_error("no work is being done although some waits");
  sd_notifyf(0, "%sSTATUS=%s", healthy ? "WATCHDOG=1\n" : "", status);
  return G_SOURCE_CONTINUE;
}

static void start_watchdog(Daemon *daemon) {
  guint64 usec = 0;
  gboolean enabled = sd_watchdog_enabled(0, &usec) > 0;
  guint every_ms = enabled ? (guint)MIN(usec / 3000, 60000u) : 60000;
  g_timeout_add(MAX(every_ms, 100), on_watchdog, daemon);
}

static void end(Daemon *daemon) {
  if (daemon->monitor) g_object_unref(daemon->monitor);
  metrics_server_free(daemon->metrics_server);
  review_free(daemon->review);
  pipeline_free(daemon->pipeline);
  store_close(daemon->store);
  g_free(daemon->store_path);
  replies_free(daemon->replies);
  config_free(daemon->config);
  if (daemon->loop) g_main_loop_unref(daemon->loop);
}

/* What an administrator should know of the store that was opened. */
static void tell_store(Store *store) {
  guint found = store_found_version(store);
  if (found < store_version())
    log_notice("the store was brought from version %u to %u", found, store_version());
  g_autoptr(StoreTxn) txn = store_begin(store, FALSE, NULL);
  if (txn && !tally_balances(txn))
    log_error("the store's counts do not agree with its messages; run: bulletinctl verify");
}

static int run(Daemon *daemon) {
  g_autoptr(GError) error = NULL;
  if (!load(daemon->options.config_file, &daemon->config, &daemon->replies)) return EX_CONFIG;
  daemon->store_path = g_strdup(daemon->config->store);
  daemon->store = store_open(daemon->store_path, STORE_CREATE | STORE_DAEMON, &error);
  if (!daemon->store) {
    log_error("%s", error->message);
    return store_exit_code(error);
  }
  if (wants_rewrite(daemon) && !rewrite_closed(daemon, &error)) {
    log_error("%s", error->message);
    return store_exit_code(error);
  }
  tell_store(daemon->store);
  daemon->loop = g_main_loop_new(NULL, FALSE);
  g_unix_signal_add(SIGTERM, on_stop, daemon);
  g_unix_signal_add(SIGINT, on_stop, daemon);
  if (!daemon->options.once) g_unix_signal_add(SIGHUP, on_reload, daemon);
  if (!start_pipeline(daemon, &error)) {
    log_error("%s", error->message);
    return error->domain == STORE_ERROR ? store_exit_code(error) : EX_SOFTWARE;
  }
  start_review(daemon);
  start_metrics(daemon);
  sd_notify(0, "READY=1");
  log_info("ready, version %s", BULLETIND_VERSION);
  start_watchdog(daemon);
  if (!daemon->options.once) watch_rewrite(daemon);
  g_main_loop_run(daemon->loop);
  return daemon->exit_code;
}

/* --- command line
 * ---------------------------------------------------------------------------------- */

static gboolean parse_options(Options *options, int *argc, char ***argv) {
  GOptionEntry entries[] = {
      {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config_file,
       "Configuration (default " DEFAULT_CONFIG ")", "FILE"},
      {"once", 0, 0, G_OPTION_ARG_NONE, &options->once,
       "Work off what is in the mailboxes and in the outbox, then exit", NULL},
      {"check", 0, 0, G_OPTION_ARG_NONE, &options->check,
       "Read configuration and events, compile every rule and template, connect nowhere", NULL},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Log more", NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL},
      {NULL}};
  g_autoptr(GOptionContext) context = g_option_context_new("- mail-driven registration daemon");
  g_option_context_add_main_entries(context, entries, NULL);
  g_option_context_set_summary(context,
                               "Reads bulletins from IMAP mailboxes, registers them and answers.\n"
                               "Example: bulletind --config " DEFAULT_CONFIG " --check");
  g_autoptr(GError) error = NULL;
  if (!g_option_context_parse(context, argc, argv, &error)) {
    fprintf(stderr, "bulletind: %s; see bulletind --help\n", error->message);
    return FALSE;
  }
  if (*argc > 1) {
    fprintf(stderr, "bulletind: unexpected argument '%s'; see bulletind --help\n", (*argv)[1]);
    return FALSE;
  }
  return TRUE;
}

/* A program that was started with a closed standard descriptor must not give its number to a pipe.
 */
static void fill_standard_descriptors(void) {
  int fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = dup(fd);
  if (fd > STDERR_FILENO) close(fd);
}

static int work(Daemon *daemon, int argc, char **argv) {
  Options *options = &daemon->options;
  if (!parse_options(options, &argc, &argv)) return EX_USAGE;
  if (options->version) {
    printf("bulletind %s\n", BULLETIND_VERSION);
    return EX_OK;
  }
  if (!options->config_file) options->config_file = g_strdup(DEFAULT_CONFIG);
  daemon->metrics = metrics_new(); /* the log keeps it to the end */
  log_init("bulletind", options->verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, daemon->metrics);
  return options->check ? run_check(options->config_file) : run(daemon);
}

int main(int argc, char **argv) {
  fill_standard_descriptors();
  signal(SIGPIPE, SIG_IGN);
  Daemon daemon = {0};
  int exit_code = work(&daemon, argc, argv);
  end(&daemon);
  g_free(daemon.options.config_file);
  return exit_code;
}
