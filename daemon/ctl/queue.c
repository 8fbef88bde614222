/* queue - what waits, and the answers on their way. */
#include <stdio.h>
#include <sysexits.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/rows.h"
#include "daemon/ctl/table.h"
#include "daemon/desk/desk.h"

static const Column mail_columns[] = {{"ID", 0, 0, NULL},      {"STATE", 0, 7, table_state_colour},
                                      {"KIND", 0, 6, NULL},    {"RECEIVED", 0, 11, NULL},
                                      {"FROM", 16, 8, NULL},   {"SUBJECT", 12, 6, NULL},
                                      {"REASON", 20, 8, NULL}, {NULL, 0, 0, NULL}};

static const Column answer_columns[] = {
    {"ID", 0, 0, NULL},          {"STATE", 0, 6, table_state_colour},
    {"KIND", 0, 6, NULL},        {"TO", 20, 8, NULL},
    {"ATTEMPTS", 0, 3, NULL},    {"NEXT", 0, 11, NULL},
    {"LAST ERROR", 20, 8, NULL}, {NULL, 0, 0, NULL}};

static gboolean print_message(const Message *message, void *context) {
  (void)context;
  json_print(rows_message(message));
  return !ferror(stdout);
}

static gboolean add_message(const Message *message, void *context) {
  g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, message->id);
  g_autofree char *received = ctl_time(message->received);
  const char *cells[] = {id,
                         message->state,
                         message->kind,
                         received,
                         message->from,
                         message->subject,
                         message->reason};
  table_row(context, cells);
  return TRUE;
}

static gboolean print_answer(const OutboxEntry *entry, void *context) {
  (void)context;
  json_print(rows_outbox(entry));
  return !ferror(stdout);
}

static gboolean is_over(const OutboxEntry *entry) {
  return g_str_equal(entry->state, "sent") || g_str_equal(entry->state, "failed");
}

static gboolean add_answer(const OutboxEntry *entry, void *context) {
  g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, entry->id);
  g_autofree char *attempts = g_strdup_printf("%u", entry->attempts);
  g_autofree char *next = ctl_time(is_over(entry) ? 0 : entry->next);
  const char *state = desk_is_held(entry) ? "held" : entry->state;
  const char *cells[] = {id, state, entry->kind, entry->to, attempts, next, entry->last_error};
  table_row(context, cells);
  return TRUE;
}

static gboolean show_mails(const View *view, const Options *options, GError **error) {
  const char *state = options->all ? NULL : "open";
  if (options->json) return message_foreach(view->txn, state, print_message, NULL, error);
  Table *table = table_new(mail_columns);
  gboolean done = message_foreach(view->txn, state, add_message, table, error);
  table_print(table, options->all ? "No mail has come yet." : "Nothing waits.");
  return done;
}

static gboolean show_answers(const View *view, const Options *options, GError **error) {
  if (options->json) return outbox_foreach(view->txn, NULL, print_answer, NULL, error);
  Table *table = table_new(answer_columns);
  gboolean done = outbox_foreach(view->txn, NULL, add_answer, table, error);
  table_print(table, "No answer was written yet.");
  return done;
}

int ctl_queue(const Options *options, char **arguments) {
  (void)arguments;
  View view;
  int code = EX_OK;
  if (view_open(&view, options, &code)) {
    g_autoptr(GError) error = NULL;
    gboolean done =
        options->outbox ? show_answers(&view, options, &error) : show_mails(&view, options, &error);
    code = ctl_end_output(done ? EX_OK : ctl_error(error));
  }
  view_done(&view);
  return code;
}
