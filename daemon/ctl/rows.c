/* rows - see rows.h. The keys are fixed; more may stand beside them. */
#include "daemon/ctl/rows.h"

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/desk/desk.h"

static void set_time(json_t *object, const char *key, gint64 seconds) {
  json_object_set_new(object, key, json_time(seconds));
}

json_t *rows_message(const Message *message) {
  json_t *object = json_object();
  json_set_number(object, "id", message->id);
  json_set(object, "state", message->state);
  json_set(object, "kind", message->kind);
  json_set(object, "decision", message->decision);
  json_set(object, "reason", message->reason);
  json_set(object, "from", message->from);
  json_set(object, "subject", message->subject);
  set_time(object, "received", message->received);
  json_set(object, "message_id", message->message_id);
  json_set(object, "account", message->account);
  json_set_number(object, "uid", message->uid);
  json_set(object, "folder", message->folder);
  json_set_number(object, "uidvalidity", message->uidvalidity);
  json_set(object, "event", message->event);
  json_set(object, "language", message->language);
  json_set_number(object, "size_bytes", message->size_bytes);
  return object;
}

json_t *rows_outbox(const OutboxEntry *entry) {
  json_t *object = json_object();
  json_set_number(object, "id", entry->id);
  json_set(object, "to", entry->to);
  json_set(object, "kind", entry->kind);
  json_set(object, "state", entry->state);
  json_set_number(object, "attempts", entry->attempts);
  set_time(object, "next", entry->next);
  json_set(object, "message_id", entry->message_id);
  json_set_number(object, "message", entry->message);
  json_set_number(object, "registration", entry->registration);
  set_time(object, "created", entry->created);
  set_time(object, "sent", entry->sent);
  json_set(object, "last_error", entry->last_error);
  json_object_set_new(object, "held", json_boolean(desk_is_held(entry)));
  return object;
}

json_t *rows_journal(const JournalEntry *entry) {
  g_autofree char *time = ctl_time_us(entry->time_us);
  json_t *object = json_object();
  json_set(object, "time", time);
  json_object_set_new(object, "id",
                      entry->message ? json_integer((json_int_t)entry->message) : json_null());
  json_set(object, "what", entry->what);
  json_set(object, "text", entry->text);
  return object;
}

/* --- what was read ---------------------------------------------------------------------------- */

static json_t *values_json(const GPtrArray *values) {
  json_t *fields = json_object();
  for (guint i = 0; i < values->len; i++) {
    const FieldValue *value = values->pdata[i];
    json_set(fields, value->field, value->value);
  }
  return fields;
}

static json_t *invalid_json(const GPtrArray *invalid) {
  json_t *list = json_array();
  for (guint i = 0; i < invalid->len; i++) {
    const InvalidValue *value = invalid->pdata[i];
    json_t *object = json_object();
    json_set(object, "field", value->field);
    json_set(object, "value", value->value);
    json_set(object, "reason", value->reason);
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
