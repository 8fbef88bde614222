/* review_log - the queue log, newest first, searchable, each line with its message. */
#include <string.h>

#include "daemon/desk/review_view.h"

static void put_row(PageCall *call, TemplateValue *list, const JournalEntry *entry) {
  TemplateValue *row = page_row(call, list);
  g_autoptr(Message) message = entry->message ? message_get(call->txn, entry->message, NULL) : NULL;
  page_put_time(call, row, entry->time_us / G_USEC_PER_SEC);
  page_put(call, row, "what", words_of(call->language, "what", entry->what));
  page_put_reason(call, row, "text", message ? page_event(call, message->event) : NULL,
                  entry->text);
  if (message)
    page_put_number(call, row, "message", message->id);
  else
    page_put(call, row, "message", NULL);
}

static void put_older(PageCall *call, guint64 before) {
  if (!before) return;
  g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, before);
  g_autoptr(GString) path = g_string_new("/log");
  page_query_add(path, "q", page_arg(call, "q"));
  page_query_add(path, "id", page_arg(call, "id"));
  page_query_add(path, "before", number);
  page_put(call, call->root, "older", path->str);
}

void review_log_show(PageCall *call) {
  g_autoptr(GError) error = NULL;
  guint64 before = 0;
  LogFilter filter = {.search = page_arg(call, "q"),
                      .message = page_arg_id(call, "id"),
                      .before = page_arg_id(call, "before"),
                      .count = PAGE_ROWS};
  g_autoptr(GPtrArray) lines = desk_log(call->txn, &filter, &before, &error);
  if (!lines) {
    page_error_told(call, error, NULL, "/log");
    return;
  }
  TemplateValue *list = page_list(call, call->root, "rows");
  for (guint i = 0; i < lines->len; i++) put_row(call, list, lines->pdata[i]);
  page_put_truth(call, call->root, "any_row", lines->len > 0);
  page_put_truth(call, call->root, "filtered", *filter.search || filter.message);
  page_put(call, call->root, "q", filter.search);
  page_put(call, call->root, "id", page_arg(call, "id"));
  put_older(call, before);
  page_show(call, "log", page_word(call, "log_title"));
}
