/* stats - the figures of an event, and which organisations have answered. */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/table.h"
#include "daemon/desk/desk_stats.h"
#include "daemon/log.h"

enum {
  BAR_COLUMNS = 20,
  NAME_COLUMNS = 40,
  SHOWN_COUNTS = 15, /* of a list for the eye; --json has more */
  SHOWN_DAYS = 31,
  TEXT_MAX_CHARS = 1000
};

/* --- for the eye ------------------------------------------------------------------------------ */

/* Eighths of a column, so that a small share is still seen. */
static char *bar_of(guint count, guint most) {
  static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  guint eighths = most ? (guint)((guint64)count * BAR_COLUMNS * 8 / most) : 0;
  if (count && !eighths) eighths = 1;
  GString *bar = g_string_new(NULL);
  for (guint i = 0; i < eighths / 8; i++) g_string_append(bar, "█");
  g_string_append(bar, parts[eighths % 8]);
  return g_string_free(bar, FALSE);
}

static void print_bar(const char *name, guint count, guint most) {
  g_autofree char *clean = log_clean(name, TEXT_MAX_CHARS);
  g_autofree char *shown = text_cut(clean, NAME_COLUMNS);
  g_autofree char *bar = bar_of(count, most);
  int pad = (int)(NAME_COLUMNS - text_width(shown));
  printf("  %s%*s %6u  %s%s%s\n", shown, pad, "", count, colour_begin(COLOUR_GREEN), bar,
         colour_end(COLOUR_GREEN));
}

static void print_title(const char *title) {
  printf("\n%s%s%s\n", colour_begin(COLOUR_BOLD), title, colour_end(COLOUR_BOLD));
}

static void print_left(guint all, guint shown) {
  if (all > shown) printf("  … and %u more (see --json)\n", all - shown);
}

static void print_counts(const char *title, const GPtrArray *counts, guint all) {
  if (!counts->len) return;
  guint shown = MIN(counts->len, SHOWN_COUNTS);
  print_title(title);
  for (guint i = 0; i < shown; i++) {
    const StatsCount *count = counts->pdata[i];
    print_bar(count->name, count->count, ((const StatsCount *)counts->pdata[0])->count);
  }
  print_left(MAX(all, counts->len), shown);
}

static char *day_text(const Event *event, gint64 day) {
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(day);
  g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, event->zone) : NULL;
  return local ? g_date_time_format(local, "%Y-%m-%d") : g_strdup("");
}

static void print_days(const Event *event, const GArray *days) {
  guint from = days->len > SHOWN_DAYS ? days->len - SHOWN_DAYS : 0, most = 0;
  if (!days->len) return;
  for (guint i = from; i < days->len; i++)
    most = MAX(most, g_array_index(days, StatsDay, i).answers);
  print_title("Answers by day");
  for (guint i = from; i < days->len; i++) {
    const StatsDay *day = &g_array_index(days, StatsDay, i);
    g_autofree char *text = day_text(event, day->day);
    print_bar(text, day->answers, most);
  }
  print_left(days->len, days->len - from);
}

static void print_suggestions(const GPtrArray *groups) {
  if (!groups->len) return;
  guint shown = MIN(groups->len, SHOWN_COUNTS);
  print_title("Suggestions");
  for (guint i = 0; i < shown; i++) {
    const SuggestionGroup *group = groups->pdata[i];
    g_autofree char *name = g_strdup_printf("%s: %s", group->field, group->title);
    print_bar(name, group->count, ((const SuggestionGroup *)groups->pdata[0])->count);
  }
  print_left(groups->len, shown);
}

static void print_figures(const EventStats *stats) {
  const struct {
    const char *name;
    guint value;
  } rows[] = {{"registrations", stats->total},
              {"attending", stats->attending},
              {"different people", stats->people},
              {"mails that wait", stats->waiting},
              {"answers on their way", stats->outbox_open},
              {"answers held", stats->outbox_held},
              {"answers that failed", stats->outbox_failed},
              {"bounces", stats->bounced}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    printf("  %-*s %6u\n", NAME_COLUMNS, rows[i].name, rows[i].value);
  g_autofree char *oldest = ctl_time(stats->oldest_waiting);
  if (*oldest) printf("  the oldest mail that waits came %s\n", oldest);
}

static void print_stats(const Event *event, const EventStats *stats) {
  g_autofree char *name = log_clean(event_text(event, event->languages[0], "name"), TEXT_MAX_CHARS);
  printf("%s%s%s  %s\n", colour_begin(COLOUR_BOLD), event->id, colour_end(COLOUR_BOLD), name);
  print_figures(stats);
  print_counts("By status", stats->by_status, 0);
  print_counts("By organisation", stats->by_organization, stats->organizations);
  print_counts("By partner", stats->by_partner, stats->partners);
  print_counts("Mails by kind", stats->by_kind_of_mail, 0);
  print_days(event, stats->days);
  print_suggestions(stats->suggestions);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static json_t *counts_json(const GPtrArray *counts) {
  json_t *list = json_array();
  for (guint i = 0; i < counts->len; i++) {
    const StatsCount *count = counts->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "name", json_text(count->name));
    json_set_number(object, "count", count->count);
    json_array_append_new(list, object);
  }
  return list;
}

static json_t *days_json(const Event *event, const GArray *days) {
  json_t *list = json_array();
  for (guint i = 0; i < days->len; i++) {
    const StatsDay *day = &g_array_index(days, StatsDay, i);
    g_autofree char *text = day_text(event, day->day);
    json_t *object = json_object();
    json_object_set_new(object, "day", json_text(text));
    json_set_number(object, "answers", day->answers);
    json_array_append_new(list, object);
  }
  return list;
}

static json_t *items_json(const GPtrArray *items) {
  json_t *list = json_array();
  for (guint i = 0; i < items->len; i++) {
    const Suggestion *item = items->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "text", json_text(item->text));
    json_object_set_new(object, "organization", json_text(item->organization));
    json_set_number(object, "registration", item->registration);
    json_array_append_new(list, object);
  }
  return list;
}

static json_t *suggestions_json(const GPtrArray *groups) {
  json_t *list = json_array();
  for (guint i = 0; i < groups->len; i++) {
    const SuggestionGroup *group = groups->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "field", json_text(group->field));
    json_object_set_new(object, "title", json_text(group->title));
    json_set_number(object, "count", group->count);
    json_object_set_new(object, "items", items_json(group->items));
    json_array_append_new(list, object);
  }
  return list;
}

static json_t *stats_json(const Event *event, const EventStats *stats) {
  json_t *object = json_object();
  json_object_set_new(object, "event", json_text(event->id));
  json_set_number(object, "registrations", stats->total);
  json_set_number(object, "attending", stats->attending);
  json_set_number(object, "people", stats->people);
  json_set_number(object, "organizations", stats->organizations);
  json_set_number(object, "partners", stats->partners);
  json_set_number(object, "waiting", stats->waiting);
  json_object_set_new(object, "oldest_waiting", json_time(stats->oldest_waiting));
  json_set_number(object, "outbox_open", stats->outbox_open);
  json_set_number(object, "outbox_held", stats->outbox_held);
  json_set_number(object, "outbox_failed", stats->outbox_failed);
  json_set_number(object, "bounced", stats->bounced);
  json_object_set_new(object, "by_status", counts_json(stats->by_status));
  json_object_set_new(object, "by_organization", counts_json(stats->by_organization));
  json_object_set_new(object, "by_partner", counts_json(stats->by_partner));
  json_object_set_new(object, "by_kind", counts_json(stats->by_kind_of_mail));
  json_object_set_new(object, "days", days_json(event, stats->days));
  json_object_set_new(object, "suggestions", suggestions_json(stats->suggestions));
  return object;
}

/* --- stats ------------------------------------------------------------------------------------ */

static gboolean show_event(const View *view, const Options *options, const Event *event,
                           GError **error) {
  g_autoptr(EventStats) stats = desk_stats(NULL, view->txn, event, error);
  if (!stats) return FALSE;
  if (options->json)
    json_print(stats_json(event, stats));
  else
    print_stats(event, stats);
  return TRUE;
}

static int show_events(const View *view, const Options *options) {
  g_autoptr(GError) error = NULL;
  const GPtrArray *events = view->config->events;
  gboolean done = TRUE, first = TRUE;
  for (guint i = 0; i < events->len && done; i++) {
    const Event *event = events->pdata[i];
    if (options->event && strcmp(options->event, event->id) != 0) continue;
    if (!first && !options->json) putchar('\n');
    done = show_event(view, options, event, &error);
    first = FALSE;
  }
  return ctl_end_output(done ? EX_OK : ctl_error(error));
}

int ctl_stats(const Options *options, char **arguments) {
  (void)arguments;
  View view;
  int code = EX_OK;
  if (view_open(&view, options, &code))
    code = ctl_event_known(view.config, options->event) ? show_events(&view, options) : EX_USAGE;
  view_done(&view);
  return code;
}

/* --- organizations ---------------------------------------------------------------------------- */

static const Column columns[] = {
    {"ORGANISATION", 20, 10, NULL}, {"REGISTRATION", 0, 0, NULL}, {NULL, 0, 0, NULL}};

static void print_answer(const OrganizationAnswer *answer) {
  json_t *object = json_object();
  json_object_set_new(object, "name", json_text(answer->name));
  json_object_set_new(object, "answered", json_boolean(answer->answered));
  json_object_set_new(object, "registration",
                      answer->answered ? json_integer((json_int_t)answer->registration)
                                       : json_null());
  json_print(object);
}

/* Of a list, those that have not answered; without one, those that have. */
static void print_answers(const GPtrArray *answers, gboolean is_list) {
  Table *table = table_new(columns);
  guint answered = 0;
  for (guint i = 0; i < answers->len; i++) {
    const OrganizationAnswer *answer = answers->pdata[i];
    answered += answer->answered ? 1 : 0;
    if (is_list && answer->answered) continue;
    g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, answer->registration);
    const char *cells[] = {answer->name, answer->answered ? id : "-"};
    table_row(table, cells);
  }
  table_print(table, is_list ? "All of the list have answered." : "Nobody has answered yet.");
  if (is_list) printf("%u of %u have answered\n", answered, answers->len);
}

/* The event that is meant: named, or the only one. NULL: told. */
static const Event *meant_event(const Config *config, const Options *options, int *ret_code) {
  *ret_code = EX_USAGE;
  if (!ctl_event_known(config, options->event)) return NULL;
  if (options->event) return event_find(config->events, options->event);
  if (config->events->len == 1) return config->events->pdata[0];
  ctl_fail(EX_USAGE, "%u events are configured; add --event ID", config->events->len);
  return NULL;
}

static int show_organizations(const View *view, const Options *options, const char *file,
                              const char *csv, gsize size) {
  int code;
  const Event *event = meant_event(view->config, options, &code);
  if (!event) return code;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) answers = desk_organizations(view->txn, event, csv, size, &error);
  if (!answers) {
    if (file && g_error_matches(error, STATS_ERROR, STATS_ERROR_LIST))
      g_prefix_error(&error, "%s: ", file);
    return ctl_error(error);
  }
  for (guint i = 0; options->json && i < answers->len; i++) print_answer(answers->pdata[i]);
  if (!options->json) print_answers(answers, csv != NULL);
  return ctl_end_output(EX_OK);
}

/* At most one byte more than a list may have. NULL: told. */
static char *read_list(const char *file, gsize *ret_size) {
  FILE *in = g_fopen(file, "rbe");
  char *csv = g_malloc(ORGANIZATIONS_MAX_BYTES + 1);
  if (in) *ret_size = fread(csv, 1, ORGANIZATIONS_MAX_BYTES + 1, in);
  gboolean read = in && !ferror(in);
  if (!read) {
    ctl_fail(EX_NOINPUT, "%s: cannot be read: %s", file, g_strerror(errno));
    g_clear_pointer(&csv, g_free);
  }
  if (in) fclose(in);
  return csv;
}

int ctl_organizations(const Options *options, char **arguments) {
  const char *file = arguments[0];
  gsize size = 0;
  /* Read before the store is opened, which may mean to become another user. */
  g_autofree char *csv = file ? read_list(file, &size) : NULL;
  if (file && !csv) return EX_NOINPUT;
  View view;
  int code = EX_OK;
  if (view_open(&view, options, &code)) code = show_organizations(&view, options, file, csv, size);
  view_done(&view);
  return code;
}
