/* review_again - a message read again with today's rules: what would change is shown, then done. */
#include <string.h>

#include "daemon/desk/desk_again.h"
#include "daemon/desk/review_view.h"

/* --- what would change, in words -------------------------------------------------------------- */

static char *label_of(const PageCall *call, const Event *event, const DeskChanged *changed) {
  static const char *const keys[] = {
      [DESK_CHANGED_KIND] = "col_kind",         [DESK_CHANGED_EVENT] = "col_event",
      [DESK_CHANGED_DECISION] = "col_decision", [DESK_CHANGED_STATE] = "col_state",
      [DESK_CHANGED_REASON] = "col_reason",     [DESK_CHANGED_READ] = "changed_read",
      [DESK_CHANGED_FIELD] = "changed_stored",  [DESK_CHANGED_STATUS] = "changed_stored",
  };
  const char *key = keys[changed->what];
  if (changed->what < DESK_CHANGED_READ) return g_strdup(page_word(call, key));
  if (changed->what != DESK_CHANGED_READ && !changed->number) key = "changed_new";
  const char *field = changed->what == DESK_CHANGED_STATUS ? page_word(call, "col_status")
                      : event ? event_label(event, words_code(call->language), changed->field)
                              : changed->field;
  g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, changed->number);
  return words_fill(call->language, key, field, number, (char *)NULL);
}

static char *value_of(const PageCall *call, const Event *event, const DeskChanged *changed,
                      const char *value) {
  static const char *const groups[] = {
      [DESK_CHANGED_KIND] = "kind",
      [DESK_CHANGED_DECISION] = "decision",
      [DESK_CHANGED_STATE] = "state",
      [DESK_CHANGED_STATUS] = "status",
  };
  const char *group = groups[changed->what];
  const char *language = words_code(call->language);
  gboolean foreign;
  if (!*value) return g_strdup("–");
  if (group) return g_strdup(words_of(call->language, group, value));
  if (changed->what == DESK_CHANGED_REASON)
    return words_reason(call->language, event, value, &foreign);
  const Event *named = changed->what == DESK_CHANGED_EVENT ? page_event(call, value) : NULL;
  if (named) return g_strdup(event_text(named, language, "name"));
  return g_strdup(event && *changed->field ? event_word(event, language, changed->field, value)
                                           : value);
}

void page_put_changes(PageCall *call, const GPtrArray *changes, const Event *event) {
  TemplateValue *list = page_list(call, call->root, "changes");
  page_put_truth(call, call->root, "any_change", changes->len > 0);
  for (guint i = 0; i < changes->len; i++) {
    const DeskChanged *changed = changes->pdata[i];
    TemplateValue *row = page_row(call, list);
    page_put_take(call, row, "label", label_of(call, event, changed));
    page_put_take(call, row, "before", value_of(call, event, changed, changed->before));
    page_put_take(call, row, "after", value_of(call, event, changed, changed->after));
  }
}

/* --- first shown, then done ------------------------------------------------------------------- */

static void back_to_message(PageCall *call, const char *told) {
  g_autofree char *query = page_query(call, PAGE_QUEUE_FILTER);
  g_autoptr(GString) path = g_string_new(page_path_of(call, "/message"));
  g_string_append(path, query);
  page_query_add(path, "told", told);
  page_redirect(call, path->str);
}

static void show(PageCall *call, const DeskAgain *again, const DeskPreview *preview) {
  const Event *event = page_event(call, again->after->event);
  g_autoptr(GPtrArray) changes =
      desk_again_changes(again, call->review->config, call->txn, preview);
  if (!changes->len) {
    back_to_message(call, "unchanged");
    return;
  }
  page_put_take(call, call->root, "query", page_query(call, PAGE_QUEUE_FILTER));
  page_put_changes(call, changes, event);
  page_show_preview(call, preview, event, "requeue", page_path_of(call, "/message"));
}

static void settle(PageCall *call, const DeskAgain *again, gboolean preview) {
  g_autoptr(GError) error = NULL;
  DeskAction action = {.verb = DESK_REQUEUE,
                       .id = again->message->id,
                       .extraction = again->after,
                       .stamp = page_field(call, "stamp")};
  const char *here = page_path_of(call, "/message");
  g_autoptr(DeskPreview) shown = preview ? page_preview(call, &action, &error) : NULL;
  gboolean done = !preview && page_do(call, &action, &error);
  if (!call->txn) call->txn = store_begin(call->review->store, FALSE, NULL);
  if (shown && call->txn)
    show(call, again, shown);
  else if (done)
    back_to_message(call, "requeue");
  else
    page_error_told(call, error, page_event(call, again->after->event), here);
}

void review_requeue(PageCall *call, gboolean preview) {
  g_autoptr(GError) error = NULL;
  DeskAgain again;
  const Review *review = call->review;
  page_end_txn(call); /* a scan takes a while */
  gboolean read = desk_again_read(&again, review->reader, review->config, review->store,
                                  call->numbers[0], &error);
  if (read) {
    settle(call, &again, preview);
  } else {
    call->txn = store_begin(review->store, FALSE, NULL);
    page_error_told(call, error, NULL, page_path_of(call, "/message"));
  }
  desk_again_clear(&again);
}
