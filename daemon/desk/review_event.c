/* review_event - how an event stands: figures, pictures, suggestions. */
#include <string.h>

#include "daemon/desk/desk_stats.h"
#include "daemon/desk/review_chart.h"
#include "daemon/desk/review_view.h"

enum { GROUPS_SHOWN_MAX = 25, ITEMS_SHOWN_MAX = 8 };

/* --- figures ---------------------------------------------------------------------------------- */

static TemplateValue *put_figure(PageCall *call, TemplateValue *list, const char *key, char *count,
                                 const char *tone, const char *href) {
  TemplateValue *row = page_row(call, list);
  page_put_take(call, row, "count", count);
  page_put(call, row, "label", page_word(call, key));
  page_put(call, row, "tone", tone);
  page_put(call, row, "href", href);
  return row;
}

static char *number(guint value) {
  return g_strdup_printf("%u", value);
}

static void put_figures(PageCall *call, const EventStats *stats) {
  TemplateValue *list = page_list(call, call->root, "figures");
  put_figure(call, list, "figure_total", number(stats->total), "info", "/people");
  put_figure(call, list, "figure_attending", number(stats->attending), "good",
             "/people?status=registered");
  put_figure(call, list, "figure_waiting", number(stats->todo), stats->todo ? "warn" : "",
             "/queue");
  if (stats->oldest_todo)
    put_figure(call, list, "figure_oldest",
               words_span(call->language, call->now - stats->oldest_todo), "", NULL);
  put_figure(call, list, "figure_outbox_open", number(stats->outbox_open), "", "/outbox");
  put_figure(call, list, "figure_outbox_held", number(stats->outbox_held),
             stats->outbox_held ? "warn" : "", "/outbox?state=held");
  put_figure(call, list, "figure_outbox_failed", number(stats->outbox_failed),
             stats->outbox_failed ? "bad" : "", "/outbox?state=failed");
  put_figure(call, list, "figure_bounced", number(stats->bounced), stats->bounced ? "bad" : "",
             "/queue?kind=bounce&state=review");
}

/* --- pictures --------------------------------------------------------------------------------- */

static const char *status_word(const char *name, gpointer call) {
  return words_of(((PageCall *)call)->language, "status", name);
}

static const char *status_tone(const char *name, gpointer call) {
  (void)call;
  return page_tone("status", name);
}

static const char *kind_word(const char *name, gpointer call) {
  return words_of(((PageCall *)call)->language, "kind", name);
}

static void put_charts(PageCall *call, const EventStats *stats, const Event *event) {
  TemplateValue *root = call->root;
  page_put_take(call, root, "chart_days", chart_days(call->language, stats->days, event->zone));
  page_put_take(call, root, "chart_status",
                chart_bars(call->language, stats->by_status, status_word, status_tone, call));
  page_put_take(call, root, "chart_kind",
                chart_bars(call->language, stats->by_kind_of_mail, kind_word, NULL, call));
  page_put_take(call, root, "chart_organization",
                chart_bars(call->language, stats->by_organization, NULL, NULL, NULL));
  page_put_take(call, root, "chart_partner",
                chart_bars(call->language, stats->by_partner, NULL, NULL, NULL));
}

/* --- suggestions ------------------------------------------------------------------------------ */

static void put_items(PageCall *call, TemplateValue *row, const SuggestionGroup *group) {
  TemplateValue *list = page_list(call, row, "items");
  guint shown = MIN(group->items->len, ITEMS_SHOWN_MAX);
  for (guint i = 0; i < shown; i++) {
    const Suggestion *suggestion = group->items->pdata[i];
    TemplateValue *map = page_row(call, list);
    page_put_number(call, map, "registration", suggestion->registration);
    page_put(call, map, "organization",
             *suggestion->organization ? suggestion->organization : page_word(call, "no_name"));
    /* The text as it was written, where it is not the group's title. */
    page_put(call, map, "text", strcmp(suggestion->text, group->title) ? suggestion->text : NULL);
  }
  page_put_take(call, row, "more",
                group->count > shown ? words_count(call->language, "more", group->count - shown)
                                     : NULL);
}

static guint put_groups(PageCall *call, TemplateValue *map, const EventStats *stats,
                        const char *field) {
  TemplateValue *list = page_list(call, map, "groups");
  guint count = 0;
  for (guint i = 0; i < stats->suggestions->len && count < GROUPS_SHOWN_MAX; i++) {
    const SuggestionGroup *group = stats->suggestions->pdata[i];
    if (strcmp(group->field, field)) continue;
    TemplateValue *row = page_row(call, list);
    page_put_number(call, row, "count", group->count);
    page_put(call, row, "title", group->title);
    put_items(call, row, group);
    count++;
  }
  return count;
}

static gboolean has_suggestions(const EventStats *stats, const char *field) {
  for (guint i = 0; i < stats->suggestions->len; i++)
    if (!strcmp(((const SuggestionGroup *)stats->suggestions->pdata[i])->field, field)) return TRUE;
  return FALSE;
}

static void put_suggestions(PageCall *call, const EventStats *stats, const Event *event) {
  TemplateValue *list = page_list(call, call->root, "suggestions");
  for (guint i = 0; i < event->fields->len; i++) {
    const EventField *field = event->fields->pdata[i];
    if (!has_suggestions(stats, field->name)) continue;
    TemplateValue *map = page_row(call, list);
    page_put(call, map, "field", event_label(event, words_code(call->language), field->name));
    put_groups(call, map, stats, field->name);
  }
}

/* --- the view --------------------------------------------------------------------------------- */

static void put_event(PageCall *call, const Event *event) {
  const char *language = words_code(call->language);
  TemplateValue *root = call->root;
  page_put(call, root, "name", event_text(event, language, "name"));
  page_put(call, root, "date", event_text(event, language, "date"));
  page_put(call, root, "place", event_text(event, language, "place"));
  page_put(call, root, "export", event->id);
  if (call->review->config->events->len > 1) {
    TemplateValue *others = template_data_map(call->data);
    template_data_put(root, "others", others);
    TemplateValue *rows = page_list(call, others, "rows");
    for (guint i = 0; i < call->review->config->events->len; i++) {
      const Event *one = call->review->config->events->pdata[i];
      page_option(call, rows, one->id, event_text(one, language, "name"), event->id);
    }
  }
  if (!event->deadline) return;
  gboolean over = event->deadline <= call->now;
  g_autofree char *when = words_time(call->language, event->deadline, event->zone);
  page_put_take(
      call, root, "deadline",
      words_fill(call->language, over ? "deadline_past" : "deadline_future", when, (char *)NULL));
  page_put_truth(call, root, "over", over);
}

void review_event_show(PageCall *call) {
  g_autoptr(GError) error = NULL;
  const Event *event = page_event(call, call->word);
  if (!event) {
    page_not_found(call);
    return;
  }
  EventStats *stats = desk_stats(call->review->cache, call->txn, event, &error);
  if (!stats) {
    page_error_told(call, error, event, "/queue");
    return;
  }
  put_event(call, event);
  put_figures(call, stats);
  put_charts(call, stats, event);
  put_suggestions(call, stats, event);
  event_stats_free(stats);
  page_show(call, "event", event_text(event, words_code(call->language), "name"));
}
