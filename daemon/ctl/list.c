/* list - the registrations, for the eye and as a file. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/table.h"
#include "daemon/desk/desk_export.h"
#include "daemon/event.h"

/* --- list ------------------------------------------------------------------------------------- */

static const Column columns[] = {{"ID", 0, 0, NULL},       {"STATUS", 0, 8, table_state_colour},
                                 {"EVENT", 0, 6, NULL},    {"NAME", 16, 8, NULL},
                                 {"DETAILS", 16, 6, NULL}, {"EMAIL", 16, 8, NULL},
                                 {"UPDATED", 0, 11, NULL}, {NULL, 0, 0, NULL}};

typedef struct {
  const Config *config;
  Table *table;
} Lister;

static const char *value_of(const Registration *registration, const char *name) {
  const char *value = name ? registration_value(registration, name) : NULL;
  return value ? value : "";
}

static gboolean is_email(const Event *event, const char *field) {
  return g_strcmp0(event->email_field, field) == 0;
}

/* The values of the event's identity fields but the address: who it is. */
static char *name_of(const Event *event, const Registration *registration) {
  GString *name = g_string_new(NULL);
  for (char **at = event ? event->identity : NULL; at && *at; at++) {
    const char *value = is_email(event, *at) ? "" : value_of(registration, *at);
    if (*value && name->len) g_string_append_c(name, ' ');
    g_string_append(name, value);
  }
  return g_string_free(name, FALSE);
}

static gboolean is_shown_elsewhere(const Event *event, const char *field) {
  if (!event) return FALSE;
  return is_email(event, field) ||
         (event->identity && g_strv_contains((const char *const *)event->identity, field));
}

/* What else is known, in the event's order. */
static char *details_of(const Event *event, const Registration *registration) {
  GString *details = g_string_new(NULL);
  for (guint i = 0; i < registration->fields->len; i++) {
    const StoreField *field = registration->fields->pdata[i];
    if (is_shown_elsewhere(event, field->name)) continue;
    if (details->len) g_string_append(details, " · ");
    g_string_append(details, field->value);
  }
  return g_string_free(details, FALSE);
}

static gboolean add_registration(const Registration *registration, void *context) {
  Lister *lister = context;
  const Event *event = event_find(lister->config->events, registration->event);
  g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, registration->id);
  g_autofree char *name = name_of(event, registration);
  g_autofree char *details = details_of(event, registration);
  g_autofree char *updated = ctl_time(registration->updated);
  const char *email = event ? value_of(registration, event->email_field) : "";
  const char *cells[] = {id,     registration->status, registration->event, name, details, email,
                         updated};
  table_row(lister->table, cells);
  return TRUE;
}

static int list(const View *view, const Options *options) {
  g_autoptr(GError) error = NULL;
  Lister lister = {view->config, table_new(columns)};
  gboolean done =
      registration_foreach(view->txn, options->event, add_registration, &lister, &error);
  table_print(lister.table, "Nobody is registered yet.");
  return ctl_end_output(done ? EX_OK : ctl_error(error));
}

/* --- export ----------------------------------------------------------------------------------- */

static gboolean stop_at_first(const Registration *registration, void *context) {
  (void)registration;
  *(gboolean *)context = TRUE;
  return FALSE;
}

/* An event that is configured no more may still have registrations. */
static gboolean event_exists(const View *view, const char *event) {
  gboolean found = FALSE;
  if (event && !registration_foreach(view->txn, event, stop_at_first, &found, NULL)) return FALSE;
  return found || ctl_event_known(view->config, event);
}

/* The language of heads: as asked for, else the event's first. */
static const char *language_of(const View *view, const Options *options, const Event *event) {
  if (options->language) return options->language;
  if (!event && view->config->events->len) event = view->config->events->pdata[0];
  return event && event->languages && event->languages[0] ? event->languages[0] : "fr";
}

typedef struct {
  const Options *options;
  ExportFormat format;
} Request;

static int export_from(const View *view, const Request *request, int fd) {
  const Options *options = request->options;
  g_autoptr(GPtrArray) no_fields = g_ptr_array_new();
  Event gone = {.id = options->event, .fields = no_fields};
  const Event *event = options->event ? event_find(view->config->events, options->event) : NULL;
  if (options->event && !event) event = &gone;
  g_autoptr(GError) error = NULL;
  if (desk_export(NULL, view->txn, view->config, event, request->format,
                  language_of(view, options, event), fd, &error))
    return EX_OK;
  gboolean lost = g_error_matches(error, EXPORT_ERROR, EXPORT_ERROR_WRITE);
  return lost && fd == STDOUT_FILENO ? ctl_output_failed() : ctl_error(error);
}

static int export_to(int fd, void *context) {
  const Request *request = context;
  View view;
  int code = EX_OK;
  if (view_open(&view, request->options, &code))
    code =
        event_exists(&view, request->options->event) ? export_from(&view, request, fd) : EX_USAGE;
  view_done(&view);
  return code;
}

/* --- the commands ----------------------------------------------------------------------------- */

int ctl_list(const Options *options, char **arguments) {
  (void)arguments;
  Request request = {options, EXPORT_JSON};
  if (options->json) return export_to(STDOUT_FILENO, &request);
  View view;
  int code = EX_OK;
  if (view_open(&view, options, &code))
    code = event_exists(&view, options->event) ? list(&view, options) : EX_USAGE;
  view_done(&view);
  return code;
}

static gboolean is_language(const char *language) {
  static const char *const known[] = {"fr", "en", "ja", NULL};
  return !language || g_strv_contains(known, language);
}

int ctl_export(const Options *options, char **arguments) {
  (void)arguments;
  const char *format = options->format ? options->format : options->json ? "json" : "csv";
  Request request = {.options = options};
  if (!export_format_parse(format, &request.format))
    return ctl_fail(EX_USAGE, "--format %s; there are csv, json and xlsx", format);
  if (!is_language(options->language))
    return ctl_fail(EX_USAGE, "--language %s; there are fr, en and ja", options->language);
  if (options->output) return output_write(options->output, options->force, export_to, &request);
  if (request.format == EXPORT_XLSX && isatty(STDOUT_FILENO))
    return ctl_fail(EX_USAGE, "--format xlsx is nothing for a terminal; add --output FILE");
  return export_to(STDOUT_FILENO, &request);
}
