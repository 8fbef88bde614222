/* rows - see rows.h. The keys are fixed; more may stand beside them. */
#include "daemon/ctl/rows.h"

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/desk/desk.h"

static void set(json_t *object, const char *key, const char *text) {
  json_object_set_new(object, key, json_text(text));
}

static void set_number(json_t *object, const char *key, guint64 number) {
  json_object_set_new(object, key, json_integer((json_int_t)number));
}

/* 0, "not yet", is null. */
static void set_time(json_t *object, const char *key, gint64 seconds) {
  g_autofree char *time = ctl_time(seconds);
  json_object_set_new(object, key, seconds ? json_text(time) : json_null());
}

json_t *rows_message(const Message *message) {
  json_t *object = json_object();
  set_number(object, "id", message->id);
  set(object, "state", message->state);
  set(object, "kind", message->kind);
  set(object, "decision", message->decision);
  set(object, "reason", message->reason);
  set(object, "from", message->from);
  set(object, "subject", message->subject);
  set_time(object, "received", message->received);
  set(object, "message_id", message->message_id);
  set(object, "account", message->account);
  set_number(object, "uid", message->uid);
  set(object, "folder", message->folder);
  set_number(object, "uidvalidity", message->uidvalidity);
  set(object, "event", message->event);
  set(object, "language", message->language);
  set_number(object, "size_bytes", message->size_bytes);
  return object;
}

json_t *rows_outbox(const OutboxEntry *entry) {
  json_t *object = json_object();
  set_number(object, "id", entry->id);
  set(object, "to", entry->to);
  set(object, "kind", entry->kind);
  set(object, "state", entry->state);
  set_number(object, "attempts", entry->attempts);
  set_time(object, "next", entry->next);
  set(object, "message_id", entry->message_id);
  set_number(object, "message", entry->message);
  set_number(object, "registration", entry->registration);
  set_time(object, "created", entry->created);
  set_time(object, "sent", entry->sent);
  set(object, "last_error", entry->last_error);
  json_object_set_new(object, "held", json_boolean(desk_is_held(entry)));
  return object;
}

static json_t *fields_json(const GPtrArray *fields) {
  json_t *object = json_object();
  for (guint i = 0; i < fields->len; i++) {
    const StoreField *field = fields->pdata[i];
    set(object, field->name, field->value);
  }
  return object;
}

json_t *rows_registration(const Registration *registration) {
  json_t *object = json_object();
  set_number(object, "id", registration->id);
  set(object, "event", registration->event);
  set(object, "status", registration->status);
  json_object_set_new(object, "fields", fields_json(registration->fields));
  set(object, "message_id", registration->message_id);
  set_time(object, "updated", registration->updated);
  set_time(object, "created", registration->created);
  json_object_set_new(object, "missing", json_texts(registration->missing));
  set(object, "sender", registration->sender);
  set(object, "language", registration->language);
  set_number(object, "message", registration->message);
  if (registration->merged) set_number(object, "merged_into", registration->merged);
  return object;
}

json_t *rows_history(const Registration *registration) {
  json_t *list = json_array();
  for (guint i = 0; i < registration->history->len; i++) {
    const HistoryEntry *entry = registration->history->pdata[i];
    json_t *object = json_object();
    set_time(object, "time", entry->time);
    set(object, "who", entry->who);
    set(object, "what", entry->what);
    set(object, "status", entry->status);
    set(object, "message_id", entry->message_id);
    json_object_set_new(object, "before", fields_json(entry->before));
    json_array_append_new(list, object);
  }
  return list;
}

json_t *rows_journal(const JournalEntry *entry) {
  g_autofree char *time = ctl_time_us(entry->time_us);
  json_t *object = json_object();
  set(object, "time", time);
  json_object_set_new(object, "id",
                      entry->message ? json_integer((json_int_t)entry->message) : json_null());
  set(object, "what", entry->what);
  set(object, "text", entry->text);
  return object;
}

/* --- what was read ---------------------------------------------------------------------------- */

static json_t *values_json(const GPtrArray *values) {
  json_t *fields = json_object();
  for (guint i = 0; i < values->len; i++) {
    const FieldValue *value = values->pdata[i];
    set(fields, value->field, value->value);
  }
  return fields;
}

static json_t *invalid_json(const GPtrArray *invalid) {
  json_t *list = json_array();
  for (guint i = 0; i < invalid->len; i++) {
    const InvalidValue *value = invalid->pdata[i];
    json_t *object = json_object();
    set(object, "field", value->field);
    set(object, "value", value->value);
    set(object, "reason", value->reason);
    json_array_append_new(list, object);
  }
  return list;
}

json_t *rows_participants(const GPtrArray *participants) {
  json_t *list = json_array();
  for (guint i = 0; i < participants->len; i++) {
    const Participant *participant = participants->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "fields", values_json(participant->values));
    json_object_set_new(object, "missing", json_texts(participant->missing));
    json_object_set_new(object, "invalid", invalid_json(participant->invalid));
    json_array_append_new(list, object);
  }
  return list;
}
