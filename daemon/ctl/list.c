/* list - the registrations, for the eye and for a spreadsheet.
 *
 * The CSV is RFC 4180, UTF-8 with a byte order mark (else spreadsheets guess another character
 * set). A cell that a spreadsheet would take for a formula is given an apostrophe in front: what a
 * stranger wrote into a bulletin must not be calculated on the organiser's machine. Where the list
 * separator is ";", as in France, a cell of the file may become several: each of them counts. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/rows.h"
#include "daemon/ctl/table.h"
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

static gboolean print_registration(const Registration *registration, void *context) {
  (void)context;
  json_t *object = rows_registration(registration);
  json_object_set_new(object, "history", rows_history(registration));
  json_print(object);
  return !ferror(stdout);
}

static gboolean list(const View *view, const Options *options, GError **error) {
  if (options->json)
    return registration_foreach(view->txn, options->event, print_registration, NULL, error);
  Lister lister = {view->config, table_new(columns)};
  gboolean done = registration_foreach(view->txn, options->event, add_registration, &lister, error);
  table_print(lister.table, "Nobody is registered yet.");
  return done;
}

/* --- export ----------------------------------------------------------------------------------- */

typedef struct {
  GPtrArray *names; /* char*, borrowed from `seen`: the fields' columns */
  GHashTable *seen;
} Export;

static void add_name(Export *export, const char *name) {
  if (g_hash_table_contains(export->seen, name)) return;
  char *copy = g_strdup(name);
  g_hash_table_add(export->seen, copy);
  g_ptr_array_add(export->names, copy);
}

/* Fields that an event once had and that registrations still hold. */
static gboolean add_stored_names(const Registration *registration, void *context) {
  for (guint i = 0; i < registration->fields->len; i++)
    add_name(context, ((const StoreField *)registration->fields->pdata[i])->name);
  return TRUE;
}

static gboolean find_names(const View *view, const Options *options, Export *export,
                           GError **error) {
  const GPtrArray *events = view->config->events;
  for (guint i = 0; i < events->len; i++) {
    const Event *event = events->pdata[i];
    if (options->event && strcmp(options->event, event->id)) continue;
    for (guint k = 0; k < event->fields->len; k++)
      add_name(export, ((const EventField *)event->fields->pdata[k])->name);
  }
  return registration_foreach(view->txn, options->event, add_stored_names, export, error);
}

/* Their full-width forms count too: a Japanese spreadsheet takes them for the same. */
static gboolean begins_formula(const char *value) {
  value += strspn(value, "\"");
  static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                       "\n", "＝", "＋", "－", "＠"};
  for (gsize i = 0; i < G_N_ELEMENTS(starts); i++)
    if (g_str_has_prefix(value, starts[i])) return TRUE;
  return FALSE;
}

static void print_cell(const char *value, gboolean is_last) {
  gboolean begins = TRUE;
  gboolean is_quoted = strpbrk(value, "\",\r\n") != NULL;
  if (is_quoted) putchar('"');
  for (const char *at = value; *at; at++) {
    if (begins && begins_formula(at)) putchar('\'');
    begins = strchr(";\t\r\n", *at) != NULL;
    if (*at == '"') putchar('"');
    putchar(*at);
  }
  if (is_quoted) putchar('"');
  fputs(is_last ? "\r\n" : ",", stdout);
}

static void print_heading(const Export *export) {
  fputs("\xEF\xBB\xBF", stdout);
  print_cell("id", FALSE);
  print_cell("event", FALSE);
  print_cell("status", FALSE);
  for (guint i = 0; i < export->names->len; i++) print_cell(export->names->pdata[i], FALSE);
  print_cell("missing", FALSE);
  print_cell("message_id", FALSE);
  print_cell("created", FALSE);
  print_cell("updated", TRUE);
}

static gboolean print_csv(const Registration *registration, void *context) {
  const Export *export = context;
  g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, registration->id);
  g_autofree char *created = ctl_time(registration->created);
  g_autofree char *updated = ctl_time(registration->updated);
  GString *missing = g_string_new(NULL);
  for (guint i = 0; i < registration->missing->len; i++)
    g_string_append_printf(missing, "%s%s", i ? " " : "", (char *)registration->missing->pdata[i]);
  print_cell(id, FALSE);
  print_cell(registration->event, FALSE);
  print_cell(registration->status, FALSE);
  for (guint i = 0; i < export->names->len; i++)
    print_cell(value_of(registration, export->names->pdata[i]), FALSE);
  print_cell(missing->str, FALSE);
  print_cell(registration->message_id, FALSE);
  print_cell(created, FALSE);
  print_cell(updated, TRUE);
  g_string_free(missing, TRUE);
  return !ferror(stdout);
}

static gboolean export_csv(const View *view, const Options *options, GError **error) {
  Export export = {g_ptr_array_new(), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  gboolean done = find_names(view, options, &export, error);
  if (done) {
    print_heading(&export);
    done = registration_foreach(view->txn, options->event, print_csv, &export, error);
  }
  g_ptr_array_unref(export.names);
  g_hash_table_unref(export.seen);
  return done;
}

static gboolean export_json(const View *view, const Options *options, GError **error) {
  return registration_foreach(view->txn, options->event, print_registration, NULL, error);
}

/* --- the commands ----------------------------------------------------------------------------- */

typedef gboolean (*Printing)(const View *view, const Options *options, GError **error);

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

static int run(const Options *options, Printing printing) {
  View view;
  int code = EX_OK;
  if (view_open(&view, options, &code)) {
    g_autoptr(GError) error = NULL;
    if (!event_exists(&view, options->event))
      code = EX_USAGE;
    else
      code = ctl_end_output(printing(&view, options, &error) ? EX_OK : ctl_error(error));
  }
  view_done(&view);
  return code;
}

int ctl_list(const Options *options, char **arguments) {
  (void)arguments;
  return run(options, list);
}

int ctl_export(const Options *options, char **arguments) {
  (void)arguments;
  static const struct {
    const char *format;
    Printing printing;
  } formats[] = {{"csv", export_csv}, {"json", export_json}};
  const char *format = options->format ? options->format : options->json ? "json" : "csv";
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
    if (!strcmp(formats[i].format, format)) return run(options, formats[i].printing);
  return ctl_fail(EX_USAGE, "--format %s; there are csv and json", format);
}
