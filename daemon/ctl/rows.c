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

static void set_time(json_t *object, const char *key, gint64 seconds) {
  json_object_set_new(object, key, json_time(seconds));
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
