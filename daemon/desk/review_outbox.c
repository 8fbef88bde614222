/* review_outbox - answers on their way, held, refused; a person holds and releases them. */
#include <string.h>

#include "daemon/desk/review_view.h"

enum { OUTBOX_SHOWN_MAX = 200, OUTBOX_VISITED_MAX = 20000 };

static const char *const states[] = {"open", "held", "failed"};

static const char *state_of(const PageCall *call) {
  const char *state = page_arg(call, "state");
  for (guint i = 0; i < G_N_ELEMENTS(states); i++)
    if (!strcmp(states[i], state)) return states[i];
  return states[0];
}

/* --- the latest of a state -------------------------------------------------------------------- */

typedef struct {
  PageCall *call;
  TemplateValue *list;
  GQueue rows; /* TemplateValue*, borrowed: the latest last */
  gboolean held_alone;
  guint count, visited;
} Outbox;

static const char *verb_of(const OutboxEntry *entry) {
  if (desk_is_held(entry)) return "release";
  return desk_may_hold(entry) ? "hold" : NULL;
}

static TemplateValue *row_of(PageCall *call, const OutboxEntry *entry) {
  TemplateValue *row = template_data_map(call->data);
  gboolean held = desk_is_held(entry);
  const char *state = held ? "held" : entry->state, *verb = verb_of(entry);
  page_put_number(call, row, "id", entry->id);
  page_put(call, row, "to", entry->to);
  page_put(call, row, "kind", words_of(call->language, "reply", entry->kind));
  page_put(call, row, "state", words_of(call->language, "outbox", state));
  page_put(call, row, "tone", page_tone("outbox", state));
  gboolean due = !held && strcmp(state, "failed") && entry->next > call->now;
  page_put_time(call, row, due ? entry->next : entry->created);
  page_put_reason(call, row, "note", NULL, entry->last_error);
  if (entry->message)
    page_put_number(call, row, "message", entry->message);
  else
    page_put(call, row, "message", NULL);
  page_put(call, row, "verb", verb);
  page_put(call, row, "verb_word",
           !verb ? NULL : page_word(call, !strcmp(verb, "hold") ? "do_hold" : "do_release"));
  return row;
}

static gboolean take(const OutboxEntry *entry, void *context) {
  Outbox *outbox = context;
  if (++outbox->visited > OUTBOX_VISITED_MAX) return FALSE;
  if (outbox->held_alone && !desk_is_held(entry)) return TRUE;
  outbox->count++;
  g_queue_push_tail(&outbox->rows, row_of(outbox->call, entry));
  if (outbox->rows.length > OUTBOX_SHOWN_MAX) g_queue_pop_head(&outbox->rows);
  return TRUE;
}

static void put_filters(PageCall *call, const char *state) {
  TemplateValue *list = page_list(call, call->root, "states");
  for (guint i = 0; i < G_N_ELEMENTS(states); i++)
    page_option(call, list, states[i], words_of(call->language, "outbox", states[i]), state);
  page_put(call, call->root, "chosen_state", state);
}

void review_outbox_show(PageCall *call) {
  g_autoptr(GError) error = NULL;
  const char *state = state_of(call);
  Outbox outbox = {.call = call, .held_alone = !strcmp(state, "held")};
  g_queue_init(&outbox.rows);
  if (!outbox_foreach(call->txn, outbox.held_alone ? "open" : state, take, &outbox, &error)) {
    page_error_told(call, error, NULL, "/queue");
    g_queue_clear(&outbox.rows);
    return;
  }
  TemplateValue *list = page_list(call, call->root, "rows");
  page_put_truth(call, call->root, "any_row", outbox.rows.length > 0);
  if (outbox.count > OUTBOX_SHOWN_MAX) {
    g_autofree char *most = g_strdup_printf("%d", OUTBOX_SHOWN_MAX);
    page_put_take(call, call->root, "cut",
                  words_fill(call->language, "outbox_cut", most, (char *)NULL));
  }
  while (outbox.rows.length) template_data_put(list, NULL, g_queue_pop_tail(&outbox.rows));
  page_put_take(call, call->root, "total_words",
                words_count(call->language, "outbox_total", outbox.count));
  put_filters(call, state);
  page_show(call, "outbox", page_word(call, "outbox_title"));
}

void review_outbox_do(PageCall *call) {
  g_autoptr(GError) error = NULL;
  const char *verb = page_field(call, "do");
  gboolean hold = !strcmp(verb, "hold");
  DeskAction action = {.verb = hold ? DESK_HOLD : DESK_RELEASE, .id = call->numbers[0]};
  /* 0 would mean every one of them, which is bulletinctl's alone. */
  if (!action.id) {
    page_not_found(call);
    return;
  }
  if (!hold && strcmp(verb, "release")) {
    page_error(call, 422, "error_nothing_chosen", "/outbox");
    return;
  }
  if (!page_do(call, &action, &error)) {
    page_error_told(call, error, NULL, "/outbox");
    return;
  }
  g_autoptr(GString) path = g_string_new("/outbox");
  page_query_add(path, "state", state_of(call));
  page_query_add(path, "told", verb);
  page_redirect(call, path->str);
}
