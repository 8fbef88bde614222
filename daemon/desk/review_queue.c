/* review_queue - what waits, why and since when; oldest first. */
#include <string.h>

#include "daemon/desk/review_view.h"

static const char *const filters[] = {"event", "state", "kind", "q", NULL};

/* Without a choice: what waits for a person, which is what the page counts. */
const char *page_queue_state(const PageCall *call) {
  const char *state = page_arg(call, "state");
  return *state ? state : "todo";
}

static void put_filters(PageCall *call) {
  static const char *const states[] = {"todo",       "open",  "review", "waiting-for-sender",
                                       "unreadable", "aside", "settled"};
  page_put_events(call, page_arg(call, "event"));
  TemplateValue *list = page_list(call, call->root, "states");
  for (guint i = 0; i < G_N_ELEMENTS(states); i++)
    page_option(call, list, states[i], words_of(call->language, "state", states[i]),
                page_queue_state(call));
  list = page_list(call, call->root, "kinds");
  for (int kind = 0; kind < KIND_COUNT; kind++) {
    const char *name = mail_kind_name((MailKind)kind);
    page_option(call, list, name, words_of(call->language, "kind", name), page_arg(call, "kind"));
  }
  page_put(call, call->root, "q", page_arg(call, "q"));
}

static void put_row(PageCall *call, TemplateValue *list, const Message *message) {
  TemplateValue *row = page_row(call, list);
  page_put_number(call, row, "id", message->id);
  page_put_time(call, row, message->received);
  page_put(call, row, "from", message->from);
  page_put(call, row, "subject",
           *message->subject ? message->subject : page_word(call, "no_subject"));
  page_put(call, row, "kind", words_of(call->language, "kind", message->kind));
  page_put(call, row, "state", words_of(call->language, "state", message->state));
  page_put(call, row, "tone", page_tone("state", message->state));
  page_put_reason(call, row, "reason", page_event(call, message->event), message->reason);
}

void review_queue_show(PageCall *call) {
  g_autoptr(GError) error = NULL;
  guint page = MAX(page_arg_number(call, "page"), 1), offset = (page - 1) * PAGE_ROWS;
  QueueFilter filter = {.event = page_arg(call, "event"),
                        .state = page_queue_state(call),
                        .kind = page_arg(call, "kind"),
                        .search = page_arg(call, "q"),
                        .offset = offset,
                        .count = PAGE_ROWS};
  QueueRows *rows = desk_queue(call->review->cache, call->txn, &filter, &error);
  if (!rows) {
    page_error_told(call, error, NULL, "/queue");
    return;
  }
  g_autofree char *query = page_query(call, filters);
  TemplateValue *list = page_list(call, call->root, "rows");
  for (guint i = 0; i < rows->rows->len; i++) put_row(call, list, rows->rows->pdata[i]);
  page_put(call, call->root, "query", query);
  page_put_truth(call, call->root, "any_row", rows->rows->len > 0);
  page_put_truth(call, call->root, "filtered", *query != '\0');
  page_put_take(call, call->root, "total_words",
                words_count(call->language, "queue_total", rows->total));
  page_put_pager(call, "/queue", query, offset, rows->rows->len, rows->total);
  queue_rows_free(rows);
  put_filters(call);
  page_show(call, "queue", page_word(call, "queue_title"));
}
