/* desk_again - see desk_again.h. */
#include "daemon/desk/desk_again.h"

#include <string.h>

#include "daemon/commit.h"

/* --- reading ---------------------------------------------------------------------------------- */

void desk_again_clear(DeskAgain *again) {
  message_free(again->message);
  extraction_free(again->before);
  extraction_free(again->after);
  g_free(again->stamp);
  *again = (DeskAgain){0};
}

static gboolean not_there(GError **error, GError *failed, const char *format, guint64 id) {
  if (!g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, id);
  g_auto(GStrv) halves = g_strsplit(format, "*", 2);
  g_error_free(failed);
  g_set_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND, "%s%s%s", halves[0], number, halves[1]);
  return FALSE;
}

static gboolean load(DeskAgain *again, Store *store, guint64 id, GBytes **ret_raw, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreTxn) txn = store_begin(store, FALSE, error);
  if (!txn) return FALSE;
  again->message = message_get(txn, id, &failed);
  if (!again->message) return not_there(error, failed, "there is no message *", id);
  again->stamp = desk_stamp_message(txn, again->message);
  if (again->message->extraction)
    again->before = wire_extraction_read(again->message->extraction, NULL);
  if (again->before && again->before->flags & EXTRACTION_HEADER_ONLY) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND,
                "message %" G_GUINT64_FORMAT
                " was larger than message_size: only its header was fetched",
                id);
    return FALSE;
  }
  *ret_raw = message_raw(txn, id, &failed);
  if (*ret_raw) return TRUE;
  return not_there(error, failed,
                   "the raw mail of message * is not kept (any more); it cannot be read again", id);
}

static char *thread_event(const Config *config, Store *store, const Extraction *extraction) {
  g_autoptr(StoreTxn) txn = store_begin(store, FALSE, NULL);
  return txn ? commit_thread_event(config, store_secret(store), txn, extraction) : NULL;
}

gboolean desk_again_read(DeskAgain *again, DeskReader *reader, const Config *config, Store *store,
                         guint64 id, GError **error) {
  g_autoptr(GBytes) raw = NULL;
  *again = (DeskAgain){0};
  if (!load(again, store, id, &raw, error)) return FALSE;
  const Account *account = config_account(config, again->message->account);
  again->after = desk_reader_read(reader, raw, account, "", FALSE, error);
  g_autofree char *event = again->after ? thread_event(config, store, again->after) : NULL;
  if (!event) return again->after != NULL;
  extraction_free(again->after);
  again->after = desk_reader_read(reader, raw, account, event, FALSE, error);
  return again->after != NULL;
}

/* --- what would change ------------------------------------------------------------------------ */

static void changed_free(gpointer data) {
  DeskChanged *changed = data;
  g_free(changed->field);
  g_free(changed->before);
  g_free(changed->after);
  g_free(changed);
}

/* NULL is no value, as "" is. */
static void tell(GPtrArray *changes, DeskChanged what, const char *field, const char *before,
                 const char *after) {
  if (!strcmp(before ? before : "", after ? after : "")) return;
  DeskChanged *changed = g_new(DeskChanged, 1);
  *changed = what;
  changed->field = g_strdup(field);
  changed->before = g_strdup(before ? before : "");
  changed->after = g_strdup(after ? after : "");
  g_ptr_array_add(changes, changed);
}

static void tell_message(GPtrArray *changes, const DeskAgain *again, const DeskPreview *preview) {
  const Message *message = again->message;
  const struct {
    DeskChangedWhat what;
    const char *before, *after;
  } rows[] = {
      {DESK_CHANGED_KIND, message->kind, mail_kind_name(again->after->kind)},
      {DESK_CHANGED_EVENT, message->event, again->after->event},
      {DESK_CHANGED_DECISION, message->decision, preview->decision},
      {DESK_CHANGED_STATE, message->state, preview->state},
      {DESK_CHANGED_REASON, message->reason, preview->reason},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    tell(changes, (DeskChanged){.what = rows[i].what}, "", rows[i].before, rows[i].after);
}

static const char *value_of(const Extraction *extraction, guint index, const char *field) {
  if (!extraction || index >= extraction->participants->len) return NULL;
  const FieldValue *value = participant_value(extraction->participants->pdata[index], field);
  return value ? value->value : NULL;
}

static void tell_values(GPtrArray *changes, const DeskAgain *again, const Event *event) {
  guint before = again->before ? again->before->participants->len : 0;
  guint count = MAX(before, again->after->participants->len);
  for (guint i = 0; i < count; i++)
    for (guint k = 0; k < event->fields->len; k++) {
      const char *name = ((const EventField *)event->fields->pdata[k])->name;
      tell(changes, (DeskChanged){.what = DESK_CHANGED_READ, .number = i + 1}, name,
           value_of(again->before, i, name), value_of(again->after, i, name));
    }
}

static void tell_registration(GPtrArray *changes, const Registration *before,
                              const Registration *after, const Event *event) {
  guint64 number = before ? before->id : 0;
  for (guint k = 0; k < event->fields->len; k++) {
    const char *name = ((const EventField *)event->fields->pdata[k])->name;
    tell(changes, (DeskChanged){.what = DESK_CHANGED_FIELD, .number = number}, name,
         before ? registration_value(before, name) : NULL, registration_value(after, name));
  }
  tell(changes, (DeskChanged){.what = DESK_CHANGED_STATUS, .number = number}, "",
       before ? before->status : NULL, after->status);
}

GPtrArray *desk_again_changes(const DeskAgain *again, const Config *config, StoreTxn *txn,
                              const DeskPreview *preview) {
  GPtrArray *changes = g_ptr_array_new_with_free_func(changed_free);
  const Event *event = event_find(config->events, again->after->event);
  tell_message(changes, again, preview);
  if (event) tell_values(changes, again, event);
  for (guint i = 0; event && i < preview->registrations->len; i++) {
    const Registration *after = preview->registrations->pdata[i];
    g_autoptr(Registration) before = registration_get(txn, after->id, NULL);
    tell_registration(changes, before, after, event);
  }
  return changes;
}

GPtrArray *desk_changes_stored(const Config *config, StoreTxn *txn, const DeskPreview *preview) {
  GPtrArray *changes = g_ptr_array_new_with_free_func(changed_free);
  for (guint i = 0; i < preview->registrations->len; i++) {
    const Registration *after = preview->registrations->pdata[i];
    const Event *event = event_find(config->events, after->event);
    g_autoptr(Registration) before = registration_get(txn, after->id, NULL);
    if (before && event) tell_registration(changes, before, after, event);
  }
  return changes;
}
