/* review_people - the participants of an event: searched, sorted, exported. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/desk/desk_export.h"
#include "daemon/desk/review_view.h"
#include "daemon/log.h"

static const char *const filters[] = {"event", "status", "q", "sort", "desc", NULL};
static const char *const statuses[] = {"registered", "incomplete", "declined", "cancelled",
                                       "late",       "review",     "waiting"};

/* The event chosen, else the first. NULL: none is configured. */
static const Event *event_of(const PageCall *call) {
  const GPtrArray *events = call->review->config->events;
  const Event *chosen = page_event(call, page_arg(call, "event"));
  return chosen ? chosen : events->len ? events->pdata[0] : NULL;
}

/* --- columns: the required fields, those by which people are told apart first ------------------
 */

static gboolean is_identity(const Event *event, const char *name) {
  return g_strv_contains((const char *const *)event->identity, name) &&
         g_strcmp0(name, event->email_field) != 0;
}

gboolean page_is_column(const EventField *field) {
  return field->required && !field->private;
}

static void add_columns(const Event *event, gboolean identity, GPtrArray *columns) {
  for (guint i = 0; i < event->fields->len; i++) {
    EventField *field = event->fields->pdata[i];
    if (page_is_column(field) && is_identity(event, field->name) == identity)
      g_ptr_array_add(columns, field);
  }
}

static GPtrArray *columns_of(const Event *event) {
  GPtrArray *columns = g_ptr_array_new();
  add_columns(event, TRUE, columns);
  add_columns(event, FALSE, columns);
  return columns;
}

/* A head that sorts by its column, the other way round at the second time. */
static void put_head(PageCall *call, TemplateValue *list, const char *sort, const char *label) {
  TemplateValue *row = page_row(call, list);
  gboolean by_this = !strcmp(page_arg(call, "sort"), sort);
  gboolean down = by_this && *page_arg(call, "desc");
  g_autoptr(GString) path = g_string_new("/people");
  page_query_add(path, "event", page_arg(call, "event"));
  page_query_add(path, "status", page_arg(call, "status"));
  page_query_add(path, "q", page_arg(call, "q"));
  page_query_add(path, "sort", sort);
  if (by_this && !down) page_query_add(path, "desc", "1");
  page_put(call, row, "label", label);
  page_put(call, row, "href", path->str);
  page_put(call, row, "sorted", !by_this ? NULL : down ? "descending" : "ascending");
  page_put_truth(call, row, "up", by_this && !down);
  page_put_truth(call, row, "down", down);
}

static void put_heads(PageCall *call, const Event *event, const GPtrArray *columns) {
  TemplateValue *list = page_list(call, call->root, "columns");
  for (guint i = 0; i < columns->len; i++) {
    const EventField *field = columns->pdata[i];
    put_head(call, list, field->name, event_label(event, words_code(call->language), field->name));
  }
  put_head(call, list, "status", page_word(call, "col_status"));
  put_head(call, list, "updated", page_word(call, "col_updated"));
}

/* --- rows ------------------------------------------------------------------------------------- */

static char *shorten(const char *text) {
  if (g_utf8_strlen(text, -1) <= PAGE_VALUE_SHOWN_MAX_CHARS) return g_strdup(text);
  g_autofree char *cut = g_utf8_substring(text, 0, PAGE_VALUE_SHOWN_MAX_CHARS);
  return g_strconcat(cut, "…", NULL);
}

static void put_row(PageCall *call, TemplateValue *list, const Event *event,
                    const GPtrArray *columns, const Registration *registration) {
  TemplateValue *row = page_row(call, list), *cells = page_list(call, row, "cells");
  const char *language = words_code(call->language);
  for (guint i = 0; i < columns->len; i++) {
    const EventField *field = columns->pdata[i];
    const char *value = registration_value(registration, field->name);
    TemplateValue *cell = page_row(call, cells);
    g_autofree char *shown = shorten(value ? event_word(event, language, field->name, value)
                                     : i   ? ""
                                           : "–");
    page_put(call, cell, "label", event_label(event, language, field->name));
    page_put(call, cell, "value", shown);
    page_put_truth(call, cell, "head", i == 0);
  }
  page_put_number(call, row, "id", registration->id);
  page_put(call, row, "status", words_of(call->language, "status", registration->status));
  page_put(call, row, "tone", page_tone("status", registration->status));
  page_put_time(call, row, registration->updated);
}

static void put_filters(PageCall *call, const Event *event) {
  page_put_events(call, event ? event->id : "");
  TemplateValue *list = page_list(call, call->root, "statuses");
  for (guint i = 0; i < G_N_ELEMENTS(statuses); i++)
    page_option(call, list, statuses[i], words_of(call->language, "status", statuses[i]),
                page_arg(call, "status"));
  page_put(call, call->root, "q", page_arg(call, "q"));
  page_put(call, call->root, "sort", page_arg(call, "sort"));
  page_put(call, call->root, "desc", page_arg(call, "desc"));
  page_put_truth(call, call->root, "filtered", *page_arg(call, "q") || *page_arg(call, "status"));
  page_put(call, call->root, "export", event ? event->id : NULL);
}

static void put_list(PageCall *call, const Event *event, const PeopleRows *rows, guint offset) {
  g_autoptr(GPtrArray) columns = event ? columns_of(event) : g_ptr_array_new();
  g_autofree char *query = page_query(call, filters);
  TemplateValue *list = page_list(call, call->root, "rows");
  for (guint i = 0; event && i < rows->rows->len; i++)
    put_row(call, list, event, columns, rows->rows->pdata[i]);
  if (event) put_heads(call, event, columns);
  page_put_truth(call, call->root, "any_row", event && rows->rows->len > 0);
  page_put_take(call, call->root, "total_words",
                words_count(call->language, "people_total", rows->total));
  page_put_pager(call, "/people", query, offset, rows->rows->len, rows->total);
}

void review_people_show(PageCall *call) {
  g_autoptr(GError) error = NULL;
  const Event *event = event_of(call);
  guint page = MAX(page_arg_number(call, "page"), 1), offset = (page - 1) * PAGE_ROWS;
  PeopleFilter filter = {.event = event ? event->id : "",
                         .status = page_arg(call, "status"),
                         .search = page_arg(call, "q"),
                         .sort = page_arg(call, "sort"),
                         .descending = *page_arg(call, "desc") != '\0',
                         .offset = offset,
                         .count = PAGE_ROWS};
  PeopleRows *rows = desk_people(call->review->cache, call->txn, &filter, &error);
  if (!rows) {
    page_error_told(call, error, event, "/people");
    return;
  }
  put_list(call, event, rows, offset);
  put_filters(call, event);
  people_rows_free(rows);
  page_show(call, "people", page_word(call, "people_title"));
}

/* --- export ----------------------------------------------------------------------------------- */

/* "copil-2019.xlsx": the event, and the format behind the last dot. */
static const Event *split_name(const PageCall *call, ExportFormat *ret_format) {
  const char *dot = strrchr(call->word, '.');
  if (!dot || !export_format_parse(dot + 1, ret_format)) return NULL;
  g_autofree char *id = g_strndup(call->word, (gsize)(dot - call->word));
  return page_event(call, id);
}

void review_export(PageCall *call) {
  ExportFormat format = EXPORT_CSV;
  const Event *event = split_name(call, &format);
  g_autoptr(GError) error = NULL;
  if (!event) {
    page_not_found(call);
    return;
  }
  int file = memfd_create("export", MFD_CLOEXEC);
  if (file < 0 || !desk_export(call->review->cache, call->txn, call->review->config, event, format,
                               words_code(call->language), file, &error)) {
    log_error("page: export: %s", error ? error->message : "no memory for a file");
    if (file >= 0) close(file);
    page_error(call, 500, "error_500", "/people");
    return;
  }
  g_autofree char *disposition = g_strdup_printf("attachment; filename=\"%s\"", call->word);
  http_response_field(call->response, "Content-Disposition", disposition);
  call->response->type = export_format_type(format);
  call->response->file = file;
}
