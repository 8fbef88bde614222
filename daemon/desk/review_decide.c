/* review_decide - what a person decides of a message: first shown, then done. Both by the same
 * form, so that what was shown is what is done; a stamp tells when somebody else was quicker. */
#include <string.h>

#include "daemon/desk/review_view.h"

static const struct {
  const char *name;
  DeskVerb verb;
} verbs[] = {
    {"accept", DESK_ACCEPT}, {"ask", DESK_ASK}, {"ignore", DESK_IGNORE}, {"reply", DESK_REPLY}};

/* A bound of desk_text would be told in English: the form's own is told here. */
static const char *mistake_of(const DeskAction *action, gboolean found) {
  if (!found) return "error_nothing_chosen";
  if (action->verb == DESK_REPLY && !*action->own_text) return "error_own_text";
  return NULL;
}

static char *own_text_of(const PageCall *call) {
  g_autoptr(GString) text = g_string_new(page_field(call, "own_text"));
  g_string_replace(text, "\r\n", "\n", 0);
  return g_strstrip(g_strdup(text->str));
}

static GPtrArray *changes_of(const PageCall *call, const PageMessage *page) {
  GPtrArray *changes = g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
  for (guint i = 0; i < page->count && i < PAGE_PEOPLE_MAX && page->event; i++) {
    g_autofree char *prefix = g_strdup_printf("%u.", i + 1);
    PageForm form = page_message_form(page, i, prefix);
    page_form_changes(call, &form, changes);
  }
  return changes;
}

/* The next message of the queue that the person works through, else the queue. */
static void go_on(PageCall *call, const char *verb) {
  QueueFilter filter = page_queue_filter(call);
  guint64 next =
      call->txn ? desk_queue_next(call->review->cache, call->txn, &filter, call->numbers[0]) : 0;
  g_autofree char *query = page_query(call, PAGE_QUEUE_FILTER);
  g_autoptr(GString) path = g_string_new("/queue");
  if (next) g_string_printf(path, "/message/%" G_GUINT64_FORMAT, next);
  g_string_append(path, query);
  page_query_add(path, "told", verb);
  page_redirect(call, path->str);
}

static void act(PageCall *call, const DeskAction *action, const Event *event, const char *verb,
                gboolean preview) {
  page_put_take(call, call->root, "query", page_query(call, PAGE_QUEUE_FILTER));
  if (page_act(call, action, event, verb, page_path_of(call, "/message"), preview))
    go_on(call, verb);
}

static void settle(PageCall *call, gboolean preview) {
  PageMessage page;
  if (!strcmp(page_field(call, "do"), "requeue")) {
    review_requeue(call, preview);
    return;
  }
  call->again = review_message_show;
  if (!page_message_load(call, call->numbers[0], &page)) {
    page_message_done(&page);
    return;
  }
  g_autoptr(GPtrArray) changes = changes_of(call, &page);
  g_autofree char *own_text = own_text_of(call);
  const char *verb = page_field(call, "do"), *stamp = page_field(call, "stamp");
  DeskAction action = {.id = page.message->id,
                       .own_text = own_text,
                       .settle = *page_field(call, "settle") != '\0',
                       .stamp = stamp};
  gboolean found = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(verbs) && !found; i++) {
    found = !strcmp(verbs[i].name, verb);
    if (found) action.verb = verbs[i].verb;
  }
  if (action.verb == DESK_ACCEPT && changes->len) action.changes = changes;
  const char *mistake = mistake_of(&action, found);
  const char *here = page_path_of(call, "/message");
  if (mistake)
    page_error(call, 422, mistake, here);
  else if (page_read_typed(call, &action, page.event, here))
    act(call, &action, page.event, verb, preview);
  page_message_done(&page);
}

void review_decide_preview(PageCall *call) {
  settle(call, TRUE);
}

void review_decide_do(PageCall *call) {
  settle(call, FALSE);
}
