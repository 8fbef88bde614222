/* review_preview - what will be sent and stored, shown before it is. */
#include <string.h>

#include "daemon/desk/desk_again.h"
#include "daemon/desk/review_view.h"

static gint by_name(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_hidden(const PageCall *call) {
  TemplateValue *list = page_list(call, call->root, "hidden");
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, call->request->form);
  while (g_hash_table_iter_next(&iter, &key, NULL)) g_ptr_array_add(names, key);
  g_ptr_array_sort(names, by_name);
  for (guint i = 0; i < names->len; i++) {
    if (!strcmp(names->pdata[i], "csrf")) continue;
    TemplateValue *row = page_row(call, list);
    page_put(call, row, "name", names->pdata[i]);
    page_put(call, row, "value", page_field(call, names->pdata[i]));
  }
}

static void put_values(const PageCall *call, TemplateValue *row, const Registration *registration,
                       const Event *event) {
  const char *language = words_code(call->language);
  TemplateValue *list = page_list(call, row, "fields");
  for (guint i = 0; i < registration->fields->len; i++) {
    const StoreField *field = registration->fields->pdata[i];
    TemplateValue *map = page_row(call, list);
    page_put(call, map, "label", event ? event_label(event, language, field->name) : field->name);
    page_put(call, map, "value",
             event ? event_word(event, language, field->name, field->value) : field->value);
  }
}

static void put_notes(PageCall *call, const DeskPreview *preview, const Event *event) {
  TemplateValue *list = page_list(call, call->root, "notes");
  guint count = preview->notes ? preview->notes->len : 0;
  page_put_truth(call, call->root, "any_note", count > 0);
  for (guint i = 0; i < count; i++)
    page_put_reason(call, page_row(call, list), "text", event, preview->notes->pdata[i]);
}

static void put_registrations(PageCall *call, const DeskPreview *preview, const Event *event) {
  TemplateValue *list = page_list(call, call->root, "registrations");
  guint count = preview->registrations ? preview->registrations->len : 0;
  page_put_truth(call, call->root, "any_registration", count > 0);
  for (guint i = 0; i < count; i++) {
    const Registration *registration = preview->registrations->pdata[i];
    TemplateValue *row = page_row(call, list);
    page_put_take(call, row, "name", page_person_name(call, registration));
    page_put(call, row, "status", words_of(call->language, "status", registration->status));
    page_put(call, row, "tone", page_tone("status", registration->status));
    put_values(call, row, registration, event);
  }
}

void page_show_preview(PageCall *call, const DeskPreview *preview, const Event *event,
                       const char *verb, const char *back) {
  TemplateValue *root = call->root;
  gboolean answered = preview->text != NULL;
  g_autofree char *key = g_strconcat("preview_", verb, NULL);
  const char *heading = page_word(call, key);
  page_put(call, root, "heading", heading);
  page_put_take(call, root, "action", g_strconcat(back, "/do", NULL));
  page_put(call, root, "back", back);
  put_hidden(call);
  page_put_truth(call, root, "answered", answered);
  page_put(call, root, "to", preview->to);
  page_put(call, root, "subject", preview->subject);
  page_put(call, root, "text", preview->text);
  if (preview->why_not) page_put_reason(call, root, "why_not", event, preview->why_not);
  put_notes(call, preview, event);
  put_registrations(call, preview, event);
  page_put(call, root, "button", page_word(call, answered ? "send_answer" : "send_nothing"));
  page_show(call, "preview", heading);
}

const char *page_path_of(const PageCall *call, const char *folder) {
  g_autofree char *path = g_strdup_printf("%s/%" G_GUINT64_FORMAT, folder, call->numbers[0]);
  return template_data_text(call->data, path)->text;
}

gboolean page_act(PageCall *call, const DeskAction *action, const Event *event, const char *verb,
                  const char *back, gboolean preview) {
  g_autoptr(GError) error = NULL;
  if (!preview && page_do(call, action, &error)) return TRUE;
  g_autoptr(DeskPreview) shown = preview ? page_preview(call, action, &error) : NULL;
  if (!shown) {
    page_error_told(call, error, event, back);
    return FALSE;
  }
  if (call->txn) {
    g_autoptr(GPtrArray) changes = desk_changes_stored(call->review->config, call->txn, shown);
    page_put_changes(call, changes, event);
  }
  page_show_preview(call, shown, event, verb, back);
  return FALSE;
}
