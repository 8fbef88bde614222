/* keep_cmds - backup, restore and verify: the administrator's care for the store. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/output.h"
#include "daemon/log.h"
#include "store/keep.h"

enum { FAULT_MAX_CHARS = 300 };

/* ---- verify ---- */

typedef struct {
  gboolean json;
  json_t *faults;
} Faults;

static void on_fault(const char *fault, void *context) {
  Faults *faults = context;
  g_autofree char *clean = log_clean(fault, FAULT_MAX_CHARS);
  if (faults->json)
    json_array_append_new(faults->faults, json_text(clean));
  else
    printf("FAULT %s\n", clean);
}

static void print_report(const StoreReport *report, Faults *faults) {
  const struct {
    const char *name;
    guint64 count;
  } rows[] = {{"messages", report->messages},
              {"raw mails", report->raw},
              {"registrations", report->registrations},
              {"answers", report->answers},
              {"lines of the log", report->journal},
              {"mailboxes", report->cursors},
              {"faults", report->faults}};
  if (!faults->json) {
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
      printf("%8" G_GUINT64_FORMAT " %s\n", rows[i].count, rows[i].name);
    return;
  }
  json_t *object = json_object();
  for (gsize i = 0; i + 1 < G_N_ELEMENTS(rows); i++)
    json_object_set_new(object, rows[i].name, json_integer((json_int_t)rows[i].count));
  json_object_set(object, "faults", faults->faults);
  json_print(object);
}

int ctl_verify(const Options *options, char **arguments) {
  (void)arguments;
  View view;
  int code = EX_OK;
  Faults faults = {options->json, json_array()};
  if (view_open(&view, options, &code)) {
    StoreReport report;
    g_autoptr(GError) error = NULL;
    if (store_verify(view.txn, on_fault, &faults, &report, &error)) {
      print_report(&report, &faults);
      code = ctl_end_output(report.faults ? EX_DATAERR : EX_OK);
    } else {
      code = ctl_error(error);
    }
  }
  view_done(&view);
  json_decref(faults.faults);
  return code;
}

/* ---- backup ---- */

typedef struct {
  const Config *config;
  char *path; /* absolute */
} Backup;

/* Where backups lie, so that forget can tell which of them still hold a person: those that are
 * still there, and this one. */
static void note_backup(const Backup *backup) {
  g_autofree char *list = g_build_filename(backup->config->store, "backups", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  if (strchr(backup->path, '\n')) return;
  g_file_get_contents(list, &text, NULL, NULL);
  g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
  g_autoptr(GString) kept = g_string_new(NULL);
  for (char **line = lines; *line; line++)
    if (**line && strcmp(*line, backup->path) != 0 && g_file_test(*line, G_FILE_TEST_EXISTS))
      g_string_append_printf(kept, "%s\n", *line);
  g_string_append_printf(kept, "%s\n", backup->path);
  if (!g_file_set_contents_full(list, kept->str, (gssize)kept->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                0600, &error))
    ctl_fail(EX_OK, "the backup is not noted: %s", error->message);
}

static int copy_store(int fd, void *context) {
  int code = EX_OK;
  const Backup *backup = context;
  g_autoptr(GError) error = NULL;
  Store *store = ctl_store(backup->config, STORE_READ_ONLY | STORE_OLDER, &code);
  if (store && !store_backup(store, fd, &error)) code = ctl_error(error);
  store_close(store);
  if (code == EX_OK) note_backup(backup);
  return code;
}

int ctl_backup(const Options *options, char **arguments) {
  int code = EX_OK;
  Config *config = ctl_config(options, &code);
  Backup backup = {config, g_canonicalize_filename(arguments[0], NULL)};
  if (config) code = output_write(arguments[0], options->force, copy_store, &backup);
  g_free(backup.path);
  config_free(config);
  return code;
}

/* ---- restore ---- */

static int put_back(const Config *config, const char *path, int fd) {
  int code = EX_OK;
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = NULL;
  if (!ctl_become_owner(config->store, &code)) return code;
  if (!store_restore(config->store, fd, &kept, &error)) return ctl_error(error);
  printf("%s is the store now%s%s\n", path, kept ? "; what was there is " : "", kept ? kept : "");
  return ctl_end_output(EX_OK);
}

int ctl_restore(const Options *options, char **arguments) {
  int code = EX_OK;
  Config *config = ctl_config(options, &code);
  if (!config) return code;
  int fd = open(arguments[0], O_RDONLY | O_CLOEXEC);
  code = fd < 0 ? ctl_fail(EX_NOINPUT, "%s: cannot be read: %s", arguments[0], g_strerror(errno))
                : put_back(config, arguments[0], fd);
  if (fd >= 0) close(fd);
  config_free(config);
  return code;
}
