/* log - the journal of the queue: what happened, as it happened.
 *
 * Following looks twice a second with a short transaction each, so that no old state of the store
 * is kept alive meanwhile. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/rows.h"
#include "daemon/ctl/table.h"

enum { FOLLOW_POLL_MS = 500, FOLLOW_FIRST = 10, WINDOW_LINES = 4096 };

typedef struct {
  gint64 time_us;
  char *text;
} Line;

/* A batch is written at its end, with the times of what led to it: lines that stand close to each
 * other in the journal are put in the order of their times. */
typedef struct {
  gboolean json;
  gboolean tail_only; /* of the first batch the last FOLLOW_FIRST lines alone */
  guint64 last;       /* sequence */
  GQueue window;      /* Line*, by time */
} Printer;

/* --- --since ---------------------------------------------------------------------------------- */

/* "90s", "30m", "2h", "7d", "2w": microseconds; -1: something else. */
static gint64 parse_span(const char *text) {
  static const struct {
    char letter;
    gint64 seconds;
  } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
  gsize size = strlen(text);
  g_autofree char *digits = g_strndup(text, size ? size - 1 : 0);
  guint64 count;
  if (!g_ascii_string_to_unsigned(digits, 10, 0, 1000000, &count, NULL)) return -1;
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
    if (units[i].letter == text[size - 1]) return (gint64)count * units[i].seconds * G_USEC_PER_SEC;
  return -1;
}

/* RFC 3339; without an offset it is local time, without a time midnight. */
static gint64 parse_moment(const char *text) {
  g_autoptr(GTimeZone) local = g_time_zone_new_local();
  g_autofree char *whole =
      strlen(text) == strlen("2026-01-31") ? g_strconcat(text, "T00:00:00", NULL) : g_strdup(text);
  g_autoptr(GDateTime) moment = g_date_time_new_from_iso8601(whole, local);
  return moment ? g_date_time_to_unix(moment) * G_USEC_PER_SEC : -1;
}

static gboolean parse_since(const char *text, gint64 *ret_since_us) {
  gint64 span = parse_span(text), moment = span < 0 ? parse_moment(text) : -1;
  if (span < 0 && moment < 0) {
    ctl_fail(EX_USAGE, "--since %s: neither a span (90s, 30m, 2h, 7d) nor a date of RFC 3339",
             text);
    return FALSE;
  }
  *ret_since_us = span >= 0 ? g_get_real_time() - span : moment;
  return TRUE;
}

/* --- printing --------------------------------------------------------------------------------- */

static Colour what_colour(const char *what) {
  if (!strcmp(what, "failed")) return COLOUR_RED;
  if (!strcmp(what, "sent")) return COLOUR_GREEN;
  return strcmp(what, "person") ? COLOUR_NONE : COLOUR_YELLOW;
}

static char *human_line(const JournalEntry *entry) {
  g_autofree char *time = ctl_time_us(entry->time_us);
  g_autofree char *id =
      entry->message ? g_strdup_printf("%" G_GUINT64_FORMAT, entry->message) : g_strdup("-");
  Colour colour = what_colour(entry->what);
  return g_strdup_printf("%s  %6s  %s%-8s%s  %s\n", time, id, colour_begin(colour), entry->what,
                         colour_end(colour), entry->text);
}

static char *json_entry(const JournalEntry *entry) {
  json_t *object = rows_journal(entry);
  char *line = json_line(object);
  json_decref(object);
  return line;
}

static void line_free(gpointer data) {
  Line *line = data;
  g_free(line->text);
  g_free(line);
}

static void insert_by_time(GQueue *window, Line *line) {
  GList *before = window->tail;
  while (before && ((const Line *)before->data)->time_us > line->time_us) before = before->prev;
  if (before)
    g_queue_insert_after(window, before, line);
  else
    g_queue_push_head(window, line);
}

static void print_down_to(Printer *printer, guint left) {
  while (printer->window.length > left) {
    Line *line = g_queue_pop_head(&printer->window);
    if (!printer->tail_only) fputs(line->text, stdout);
    line_free(line);
  }
}

static gboolean on_entry(const JournalEntry *entry, void *context) {
  Printer *printer = context;
  Line *line = g_new(Line, 1);
  *line = (Line){entry->time_us, printer->json ? json_entry(entry) : human_line(entry)};
  printer->last = entry->sequence;
  insert_by_time(&printer->window, line);
  print_down_to(printer, WINDOW_LINES);
  return !ferror(stdout);
}

static gboolean print_new(StoreTxn *txn, Printer *printer, gint64 since_us, guint64 message,
                          GError **error) {
  gboolean done = journal_foreach(txn, printer->last, since_us, message, on_entry, printer, error);
  if (printer->tail_only) print_down_to(printer, FOLLOW_FIRST);
  printer->tail_only = FALSE;
  print_down_to(printer, 0);
  return fflush(stdout) == 0 && done;
}

static gboolean follow(View *view, Printer *printer, guint64 message, GError **error) {
  gboolean done = TRUE;
  while (done && !ferror(stdout)) {
    store_abort(g_steal_pointer(&view->txn));
    g_usleep(FOLLOW_POLL_MS * 1000);
    view->txn = store_begin(view->store, FALSE, error);
    done = view->txn && print_new(view->txn, printer, 0, message, error);
  }
  return done;
}

/* FALSE without an error: standard output is gone. */
static gboolean print_log(View *view, const Options *options, gint64 since_us, guint64 message,
                          GError **error) {
  Printer printer = {.json = options->json, .tail_only = options->follow && !options->since};
  g_queue_init(&printer.window);
  return print_new(view->txn, &printer, since_us, message, error) &&
         (!options->follow || follow(view, &printer, message, error));
}

int ctl_log(const Options *options, char **arguments) {
  (void)arguments;
  guint64 message = 0;
  gint64 since_us = 0;
  if (options->id && !ctl_number(options->id, "mail's id", &message)) return EX_USAGE;
  if (options->since && !parse_since(options->since, &since_us)) return EX_USAGE;
  View view;
  int code = EX_OK;
  if (view_open(&view, options, &code)) {
    g_autoptr(GError) error = NULL;
    print_log(&view, options, since_us, message, &error);
    code = ctl_end_output(error ? ctl_error(error) : EX_OK);
  }
  view_done(&view);
  return code;
}
