/* ctl - see ctl.h. Becoming the store's owner is irreversible, so the configuration and all that it
 * names are read before. */
#include "daemon/ctl/ctl.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/desk/desk_export.h"
#include "daemon/event.h"
#include "daemon/json.h"
#include "daemon/log.h"

enum { LINE_MAX_CHARS = 2000 };

/* --- errors ----------------------------------------------------------------------------------- */

static void tell(const char *text) {
  g_autofree char *line = log_clean(text, LINE_MAX_CHARS);
  fflush(stdout); /* what was said before stands before */
  fprintf(stderr, "bulletinctl: %s\n", line);
}

int ctl_fail(int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  tell(text);
  return code;
}

static int exit_code(const GError *error) {
  const struct {
    GQuark domain;
    int code, exit;
  } rows[] = {
      {STORE_ERROR, STORE_ERROR_NOT_FOUND, EX_NOINPUT},
      {STORE_ERROR, STORE_ERROR_FULL, EX_TEMPFAIL},
      {STORE_ERROR, STORE_ERROR_ACCESS, EX_NOPERM},
      {STORE_ERROR, STORE_ERROR_VERSION, EX_CONFIG},
      {STORE_ERROR, STORE_ERROR_LOCKED, EX_TEMPFAIL},
      {STORE_ERROR, STORE_ERROR_CORRUPT, EX_DATAERR},
      {STORE_ERROR, STORE_ERROR_IO, EX_IOERR},
      {WIRE_ERROR, WIRE_ERROR_INVALID, EX_DATAERR},
      {WIRE_ERROR, WIRE_ERROR_IO, EX_UNAVAILABLE},
      {WIRE_ERROR, WIRE_ERROR_CLOSED, EX_UNAVAILABLE},
      {WIRE_ERROR, WIRE_ERROR_TIMEOUT, EX_UNAVAILABLE},
      {EXPORT_ERROR, EXPORT_ERROR_WRITE, EX_IOERR},
      {EXPORT_ERROR, EXPORT_ERROR_LIMIT, EX_DATAERR},
      {STATS_ERROR, STATS_ERROR_LIST, EX_DATAERR},
      {STATS_ERROR, STATS_ERROR_EVENT, EX_CONFIG},
      {G_FILE_ERROR, G_FILE_ERROR_NOENT, EX_NOINPUT},
      {G_FILE_ERROR, G_FILE_ERROR_ACCES, EX_NOPERM},
      {G_FILE_ERROR, G_FILE_ERROR_PERM, EX_NOPERM},
      {G_FILE_ERROR, G_FILE_ERROR_ISDIR, EX_NOINPUT},
      {G_FILE_ERROR, G_FILE_ERROR_NOTDIR, EX_NOINPUT},
      {G_FILE_ERROR, G_FILE_ERROR_LOOP, EX_NOINPUT},
      {G_FILE_ERROR, G_FILE_ERROR_IO, EX_IOERR},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (g_error_matches(error, rows[i].domain, rows[i].code)) return rows[i].exit;
  return EX_SOFTWARE;
}

int ctl_error(const GError *error) {
  tell(error->message);
  return exit_code(error);
}

int ctl_problems(const GPtrArray *problems) {
  for (guint i = 0; i < problems->len; i++) tell(problems->pdata[i]);
  return EX_CONFIG;
}

/* A pager that was left, `| head`: no reason to complain. */
static gboolean reader_has_gone(void) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int ctl_output_failed(void) {
  if (!reader_has_gone()) tell("standard output: not everything could be written; is there room?");
  return EX_IOERR;
}

int ctl_end_output(int code) {
  return fflush(stdout) == 0 && !ferror(stdout) ? code : ctl_output_failed();
}

/* --- configuration and store ------------------------------------------------------------------ */

Config *ctl_config(const Options *options, int *ret_code) {
  const char *file = options->config ? options->config : CTL_DEFAULT_CONFIG;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  Config *config = config_load(file, problems);
  if (!config) *ret_code = ctl_problems(problems);
  return config;
}

gboolean ctl_may_write(const Config *config, int *ret_code) {
  if (access(config->store, W_OK | X_OK) == 0 || errno != EACCES) return TRUE;
  *ret_code =
      ctl_fail(EX_NOPERM, "%s: not permitted; run as the store's owner or as root", config->store);
  return FALSE;
}

/* A file that root makes in the store (LMDB's lock, the wake file) would shut the daemon out. */
gboolean ctl_become_owner(const char *path, int *ret_code) {
  struct stat status;
  if (geteuid() != 0 || stat(path, &status) != 0 || status.st_uid == 0) return TRUE;
  if (setgroups(0, NULL) == 0 && setgid(status.st_gid) == 0 && setuid(status.st_uid) == 0)
    return TRUE;
  *ret_code = ctl_fail(EX_NOPERM, "%s: cannot become its owner, user %u: %s", path, status.st_uid,
                       g_strerror(errno));
  return FALSE;
}

Store *ctl_store(const Config *config, guint flags, int *ret_code) {
  if (!ctl_become_owner(config->store, ret_code)) return NULL;
  g_autoptr(GError) error = NULL;
  Store *store = store_open(config->store, flags, &error);
  if (!store) *ret_code = ctl_error(error);
  return store;
}

gboolean view_open(View *view, const Options *options, int *ret_code) {
  *view = (View){.config = ctl_config(options, ret_code)};
  if (view->config) view->store = ctl_store(view->config, STORE_READ_ONLY, ret_code);
  if (!view->store) return FALSE;
  g_autoptr(GError) error = NULL;
  view->txn = store_begin(view->store, FALSE, &error);
  if (!view->txn) *ret_code = ctl_error(error);
  return view->txn != NULL;
}

void view_done(View *view) {
  store_abort(view->txn);
  store_close(view->store);
  config_free(view->config);
}

/* --- arguments -------------------------------------------------------------------------------- */

gboolean ctl_number(const char *text, const char *what, guint64 *ret_number) {
  if (g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, ret_number, NULL)) return TRUE;
  ctl_fail(EX_USAGE, "'%s' is no %s; it is a number from 1", text, what);
  return FALSE;
}

gboolean ctl_event_known(const Config *config, const char *event) {
  if (!event || event_find(config->events, event)) return TRUE;
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (guint i = 0; i < config->events->len; i++)
    g_ptr_array_add(known, ((const Event *)config->events->pdata[i])->id);
  g_ptr_array_add(known, NULL);
  const char *const *names = (const char *const *)known->pdata;
  const char *nearest = config_nearest(event, names);
  if (!nearest) nearest = names[0];
  if (nearest)
    ctl_fail(EX_USAGE, "unknown event '%s'; did you mean '%s'?", event, nearest);
  else
    ctl_fail(EX_USAGE, "unknown event '%s'; no event is configured", event);
  return FALSE;
}

/* --- times ------------------------------------------------------------------------------------ */

char *ctl_time(gint64 seconds) {
  return json_time_text(seconds);
}

char *ctl_time_us(gint64 microseconds) {
  gint64 seconds = microseconds / G_USEC_PER_SEC;
  g_autoptr(GDateTime) moment = seconds ? g_date_time_new_from_unix_local(seconds) : NULL;
  if (!moment) return g_strdup("");
  g_autofree char *clock = g_date_time_format(moment, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *offset = g_date_time_format(moment, "%:z");
  return g_strdup_printf("%s.%03d%s", clock, (int)(microseconds % G_USEC_PER_SEC / 1000), offset);
}
