/* desk_export - see desk_export.h. Where the list separator is ";", as in France, a cell of the CSV
 * file may become several: each of them counts when a formula is looked for. */
#include "daemon/desk/desk_export.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/desk/desk_export_xlsx.h"
#include "daemon/json.h"

G_DEFINE_QUARK(export - error - quark, export_error)

static const struct {
  const char *word, *type;
} formats[] = {
    [EXPORT_CSV] = {"csv", "text/csv; charset=utf-8"},
    [EXPORT_JSON] = {"json", "application/jsonl; charset=utf-8"},
    [EXPORT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};

gboolean export_format_parse(const char *word, ExportFormat *ret_format) {
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
    if (strcmp(formats[i].word, word) != 0) continue;
    *ret_format = (ExportFormat)i;
    return TRUE;
  }
  return FALSE;
}

const char *export_format_type(ExportFormat format) {
  return formats[format].type;
}

static gboolean write_fails(GError **error) {
  g_set_error(error, EXPORT_ERROR, EXPORT_ERROR_WRITE, "the export cannot be written: %s",
              g_strerror(errno));
  return FALSE;
}

/* --- columns ---------------------------------------------------------------------------------- */

static void columns_init(ExportColumns *columns) {
  columns->names = g_ptr_array_new();
  columns->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  columns->widths = g_array_new(FALSE, TRUE, sizeof(guint));
}

static void columns_done(ExportColumns *columns) {
  g_ptr_array_unref(columns->names);
  g_hash_table_unref(columns->places);
  g_array_unref(columns->widths);
}

static guint place_of(ExportColumns *columns, const char *name) {
  guint place = GPOINTER_TO_UINT(g_hash_table_lookup(columns->places, name));
  if (place) return place - 1;
  char *copy = g_strdup(name);
  g_ptr_array_add(columns->names, copy);
  g_hash_table_insert(columns->places, copy, GUINT_TO_POINTER(columns->names->len));
  g_array_set_size(columns->widths, columns->names->len);
  return columns->names->len - 1;
}

static guint longest_line(const char *text) {
  guint longest = 0, length = 0;
  for (; *text; text++) {
    if (((guchar)*text & 0xC0) != 0x80) length++;
    if (*text == '\n') length = 0;
    longest = MAX(longest, length);
  }
  return longest;
}

/* Fields that an event once had and that registrations still hold. */
static gboolean add_stored(const Registration *registration, void *context) {
  ExportColumns *columns = context;
  for (guint i = 0; i < registration->fields->len; i++) {
    const StoreField *field = registration->fields->pdata[i];
    guint place = place_of(columns, field->name); /* which may make the array larger */
    guint *width = &g_array_index(columns->widths, guint, place);
    *width = MAX(*width, longest_line(field->value));
  }
  return TRUE;
}

static void add_fields(ExportColumns *columns, const Event *event) {
  for (guint i = 0; i < event->fields->len; i++)
    place_of(columns, ((const EventField *)event->fields->pdata[i])->name);
}

static const char *id_of(const Event *event) {
  return event ? event->id : NULL;
}

static gboolean find_columns(const Export *export, ExportColumns *columns, GError **error) {
  const GPtrArray *events = export->config->events;
  for (guint i = 0; i < events->len; i++)
    if (!export->event || !strcmp(export->event->id, ((const Event *)events->pdata[i])->id))
      add_fields(columns, events->pdata[i]);
  return registration_foreach(export->txn, id_of(export->event), add_stored, columns, error);
}

/* --- CSV -------------------------------------------------------------------------------------- */

typedef struct {
  const ExportColumns *columns;
  FILE *out;
} Writer;

/* Their full-width forms count too: a Japanese spreadsheet takes them for the same. */
static gboolean begins_formula(const char *value) {
  value += strspn(value, "\"");
  static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                       "\n", "＝", "＋", "－", "＠"};
  for (gsize i = 0; i < G_N_ELEMENTS(starts); i++)
    if (g_str_has_prefix(value, starts[i])) return TRUE;
  return FALSE;
}

static void write_cell(FILE *out, const char *value, gboolean is_last) {
  gboolean begins = TRUE;
  gboolean is_quoted = strpbrk(value, "\",\r\n") != NULL;
  if (is_quoted) fputc('"', out);
  for (const char *at = value; *at; at++) {
    if (begins && begins_formula(at)) fputc('\'', out);
    begins = strchr(";\t\r\n", *at) != NULL;
    if (*at == '"') fputc('"', out);
    fputc(*at, out);
  }
  if (is_quoted) fputc('"', out);
  fputs(is_last ? "\r\n" : ",", out);
}

static void write_heading(const Writer *writer) {
  const GPtrArray *names = writer->columns->names;
  fputs("\xEF\xBB\xBF", writer->out);
  write_cell(writer->out, "id", FALSE);
  write_cell(writer->out, "event", FALSE);
  write_cell(writer->out, "status", FALSE);
  for (guint i = 0; i < names->len; i++) write_cell(writer->out, names->pdata[i], FALSE);
  write_cell(writer->out, "missing", FALSE);
  write_cell(writer->out, "message_id", FALSE);
  write_cell(writer->out, "created", FALSE);
  write_cell(writer->out, "updated", TRUE);
}

static gboolean write_csv_row(const Registration *registration, void *context) {
  const Writer *writer = context;
  const GPtrArray *names = writer->columns->names;
  g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, registration->id);
  g_autofree char *created = json_time_text(registration->created);
  g_autofree char *updated = json_time_text(registration->updated);
  g_autoptr(GString) missing = g_string_new(NULL);
  for (guint i = 0; i < registration->missing->len; i++)
    g_string_append_printf(missing, "%s%s", i ? " " : "", (char *)registration->missing->pdata[i]);
  write_cell(writer->out, id, FALSE);
  write_cell(writer->out, registration->event, FALSE);
  write_cell(writer->out, registration->status, FALSE);
  for (guint i = 0; i < names->len; i++) {
    const char *value = registration_value(registration, names->pdata[i]);
    write_cell(writer->out, value ? value : "", FALSE);
  }
  write_cell(writer->out, missing->str, FALSE);
  write_cell(writer->out, registration->message_id, FALSE);
  write_cell(writer->out, created, FALSE);
  write_cell(writer->out, updated, TRUE);
  return !ferror(writer->out);
}

static gboolean write_csv(const Export *export, FILE *out, GError **error) {
  const Writer writer = {export->columns, out};
  write_heading(&writer);
  return registration_foreach(export->txn, id_of(export->event), write_csv_row, (void *)&writer,
                              error);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static gboolean write_json_row(const Registration *registration, void *context) {
  FILE *out = context;
  json_t *object = json_registration(registration);
  json_object_set_new(object, "history", json_history(registration));
  g_autofree char *line = json_line(object);
  json_decref(object);
  fputs(line, out);
  return !ferror(out);
}

static gboolean write_json(const Export *export, FILE *out, GError **error) {
  return registration_foreach(export->txn, id_of(export->event), write_json_row, out, error);
}

/* --- XLSX ------------------------------------------------------------------------------------- */

static gboolean copy_file(const char *path, FILE *out, GError **error) {
  FILE *in = g_fopen(path, "rbe");
  if (!in) return write_fails(error);
  g_autofree char *block = g_malloc(64 << 10);
  gsize size;
  while ((size = fread(block, 1, 64 << 10, in)) > 0) fwrite(block, 1, size, out);
  gboolean whole = !ferror(in);
  fclose(in);
  return whole || write_fails(error);
}

/* The library writes a file that it can go back in: not what `out` may be. */
static gboolean write_xlsx(const Export *export, FILE *out, GError **error) {
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("bulletind-XXXXXX.xlsx", &path, error);
  if (fd < 0) return FALSE;
  close(fd);
  gboolean done = desk_export_xlsx(export, path, error) && copy_file(path, out, error);
  g_unlink(path);
  return done;
}

/* --- together --------------------------------------------------------------------------------- */

static gboolean write_to(const Export *export, ExportFormat format, FILE *out, GError **error) {
  static gboolean (*const writers[])(const Export *, FILE *, GError **) = {
      [EXPORT_CSV] = write_csv, [EXPORT_JSON] = write_json, [EXPORT_XLSX] = write_xlsx};
  if (!writers[format](export, out, error)) return FALSE;
  return (fflush(out) == 0 && !ferror(out)) || write_fails(error);
}

gboolean desk_export(DeskCache *cache, StoreTxn *txn, const Config *config, const Event *event,
                     ExportFormat format, const char *language, int fd, GError **error) {
  int copy = dup(fd);
  FILE *out = copy < 0 ? NULL : fdopen(copy, "wb");
  if (!out) {
    if (copy >= 0) close(copy);
    return write_fails(error);
  }
  ExportColumns columns;
  columns_init(&columns);
  const Export export = {cache, txn, config, event, &columns, language};
  gboolean done = (format == EXPORT_JSON || find_columns(&export, &columns, error)) &&
                  write_to(&export, format, out, error);
  columns_done(&columns);
  fclose(out);
  return done;
}
