/* review_person - one participant: values, history, what a person changes. */
#include <string.h>

#include "daemon/desk/review_view.h"

/* --- loading ---------------------------------------------------------------------------------- */

/* NULL: the answer is given. */
static Registration *load(PageCall *call) {
  g_autoptr(GError) error = NULL;
  Registration *registration = registration_get(call->txn, call->numbers[0], &error);
  if (!registration) page_error_told(call, error, NULL, "/people");
  return registration;
}

/* --- history ---------------------------------------------------------------------------------- */

static const char *value_in(const GPtrArray *fields, const char *name) {
  const char *value = store_fields_value(fields, name);
  return value ? value : "";
}

static void put_change(const PageCall *call, TemplateValue *list, const Event *event,
                       const char *name, const char *before, const char *after) {
  const char *language = words_code(call->language);
  TemplateValue *row = page_row(call, list);
  page_put(call, row, "label", event ? event_label(event, language, name) : name);
  page_put(call, row, "before", event ? event_word(event, language, name, before) : before);
  page_put(call, row, "after", event ? event_word(event, language, name, after) : after);
}

/* What differs between the fields before an entry and those after it. */
static guint put_changes(const PageCall *call, TemplateValue *row, const Event *event,
                         const GPtrArray *before, const GPtrArray *after) {
  TemplateValue *list = page_list(call, row, "changes");
  guint count = 0;
  for (guint i = 0; i < after->len; i++) {
    const StoreField *field = after->pdata[i];
    const char *old = value_in(before, field->name);
    if (!strcmp(old, field->value)) continue;
    put_change(call, list, event, field->name, old, field->value);
    count++;
  }
  for (guint i = 0; i < before->len; i++) {
    const StoreField *field = before->pdata[i];
    if (*value_in(after, field->name)) continue;
    put_change(call, list, event, field->name, field->value, "");
    count++;
  }
  return count;
}

/* "merged into 7": the number stands in the notice. */
static const char *what_of(const PageCall *call, const HistoryEntry *entry) {
  gboolean merged = g_str_has_prefix(entry->what, "merged into ");
  return words_of(call->language, "history", merged ? "merged" : entry->what);
}

static void put_history(PageCall *call, const Registration *registration, const Event *event) {
  TemplateValue *list = page_list(call, call->root, "history");
  for (guint i = registration->history->len; i-- > 0;) {
    const HistoryEntry *entry = registration->history->pdata[i];
    const HistoryEntry *next =
        i + 1 < registration->history->len ? registration->history->pdata[i + 1] : NULL;
    TemplateValue *row = page_row(call, list);
    page_put_time(call, row, entry->time);
    page_put(call, row, "what", what_of(call, entry));
    page_put_take(call, row, "who", words_who(call->language, entry->who));
    page_put(call, row, "status", words_of(call->language, "status", entry->status));
    page_put(call, row, "tone", page_tone("status", entry->status));
    guint changes =
        put_changes(call, row, event, entry->before, next ? next->before : registration->fields);
    page_put_truth(call, row, "any_change", changes > 0 && entry->before->len > 0);
  }
}

/* --- the view --------------------------------------------------------------------------------- */

static void put_facts(PageCall *call, const Registration *registration, const Event *event) {
  g_autoptr(GTimeZone) zone = page_zone(call);
  gboolean cancelled = !strcmp(registration->status, "cancelled");
  TemplateValue *root = call->root;
  page_put_number(call, root, "id", registration->id);
  page_put(call, root, "status", words_of(call->language, "status", registration->status));
  page_put(call, root, "tone", page_tone("status", registration->status));
  page_put(call, root, "event",
           event ? event_text(event, words_code(call->language), "name") : NULL);
  page_put(call, root, "sender", registration->sender);
  g_autoptr(GString) sent = g_string_new("/outbox?state=sent");
  page_query_add(sent, "q", registration->sender);
  page_put(call, root, "sent", *registration->sender ? sent->str : NULL);
  page_put_take(call, root, "created", words_time(call->language, registration->created, zone));
  page_put_take(call, root, "updated", words_time(call->language, registration->updated, zone));
  if (registration->message) page_put_number(call, root, "message", registration->message);
  page_put_truth(call, root, "cancelled", cancelled);
  if (registration->merged) page_put_number(call, root, "merged", registration->merged);
  page_put_truth(call, root, "locked", cancelled || !call->may_review || !event);
  page_put(call, root, "own_text", page_field(call, "own_text"));
  page_put_take(call, root, "stamp",
                call->retrying ? g_strdup(page_field(call, "stamp"))
                               : desk_stamp_registration(registration));
}

void review_person_show(PageCall *call) {
  g_autoptr(Registration) registration = load(call);
  if (!registration) return;
  const Event *event = page_event(call, registration->event);
  g_autofree char *name = page_person_name(call, registration);
  PageForm form = {.event = event, .prefix = "", .stored = registration, .typed = call->retrying};
  page_put(call, call->root, "heading", name);
  put_facts(call, registration, event);
  if (event) page_put_fields(call, call->root, &form);
  put_history(call, registration, event);
  page_show(call, "person", name);
}

/* --- edit, cancel ----------------------------------------------------------------------------- */

static void act(PageCall *call, const DeskAction *action, const Event *event, const char *verb,
                gboolean preview) {
  const char *here = page_path_of(call, "/people");
  if (!page_act(call, action, event, verb, here, preview)) return;
  g_autoptr(GString) path = g_string_new(here);
  page_query_add(path, "told", verb);
  page_redirect(call, path->str);
}

static const struct {
  const char *name;
  DeskVerb verb;
} verbs[] = {{"edit", DESK_EDIT}, {"cancel", DESK_CANCEL}, {"merge", DESK_MERGE}};

/* What the form asks for but its changes; FALSE: nothing that we know. */
static gboolean read_action(const PageCall *call, const char *verb, DeskAction *action) {
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
    if (strcmp(verbs[i].name, verb) != 0) continue;
    const char *text = page_field(call, "own_text");
    action->verb = verbs[i].verb;
    action->stamp = page_field(call, "stamp");
    if (action->verb == DESK_CANCEL && *text) action->own_text = text;
    return action->verb != DESK_MERGE ||
           g_ascii_string_to_unsigned(page_field(call, "other"), 10, 1, G_MAXINT64, &action->other,
                                      NULL);
  }
  return FALSE;
}

static void change(PageCall *call, gboolean preview) {
  g_autoptr(Registration) registration = load(call);
  if (!registration) return;
  const Event *event = page_event(call, registration->event);
  const char *verb = page_field(call, "do"), *here = page_path_of(call, "/people");
  g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
  PageForm form = {.event = event, .prefix = "", .stored = registration};
  DeskAction action = {.id = registration->id};
  gboolean found = read_action(call, verb, &action);
  if (action.verb != DESK_MERGE) call->again = review_person_show;
  gboolean edit = found && action.verb == DESK_EDIT;
  if (edit && event) page_form_changes(call, &form, changes);
  if (edit) action.changes = changes;
  if (!found)
    page_error(call, 422, "error_nothing_chosen", here);
  else if (edit && !changes->len)
    page_error(call, 422, "error_no_change", here);
  else if (page_read_typed(call, &action, event, here))
    act(call, &action, event, verb, preview);
}

void review_person_preview(PageCall *call) {
  change(call, TRUE);
}

void review_person_do(PageCall *call) {
  change(call, FALSE);
}
