/* json - see json.h. */
#include "daemon/json.h"

#include "daemon/log.h"

json_t *json_text(const char *text) {
  if (!text) return json_string("");
  if (g_utf8_validate(text, -1, NULL)) return json_string_nocheck(text);
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  return json_string_nocheck(valid);
}

json_t *json_texts(const void *array) {
  const GPtrArray *texts = array;
  json_t *list = json_array();
  for (guint i = 0; i < texts->len; i++) json_array_append_new(list, json_text(texts->pdata[i]));
  return list;
}

void json_set(json_t *object, const char *key, const char *text) {
  json_object_set_new(object, key, json_text(text));
}

void json_set_number(json_t *object, const char *key, guint64 number) {
  json_object_set_new(object, key, json_integer((json_int_t)number));
}

static int append(const char *bytes, size_t size, void *data) {
  g_string_append_len(data, bytes, (gssize)size);
  return 0;
}

/* What a terminal obeys, or what turns the reading round, stands as \u202e: the same text to who
 * parses it. Such characters can stand in strings alone. */
static void append_escaped(GString *line, const char *text) {
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (log_is_unsafe(c))
      g_string_append_printf(line, "\\u%04x", c);
    else
      g_string_append_len(line, at, g_utf8_next_char(at) - at);
  }
}

char *json_line(const json_t *object) {
  g_autoptr(GString) text = g_string_new(NULL);
  json_dump_callback(object, append, text, JSON_COMPACT);
  GString *line = g_string_sized_new(text->len + 1);
  append_escaped(line, text->str);
  g_string_append_c(line, '\n');
  return g_string_free(line, FALSE);
}

/* --- times ------------------------------------------------------------------------------------ */

char *json_time_text(gint64 seconds) {
  g_autoptr(GDateTime) moment = seconds ? g_date_time_new_from_unix_local(seconds) : NULL;
  return moment ? g_date_time_format(moment, "%Y-%m-%dT%H:%M:%S%:z") : g_strdup("");
}

json_t *json_time(gint64 seconds) {
  g_autofree char *text = json_time_text(seconds);
  return seconds ? json_text(text) : json_null();
}

/* --- records ---------------------------------------------------------------------------------- */

static json_t *fields_json(const GPtrArray *fields) {
  json_t *object = json_object();
  for (guint i = 0; i < fields->len; i++) {
    const StoreField *field = fields->pdata[i];
    json_set(object, field->name, field->value);
  }
  return object;
}

json_t *json_registration(const Registration *registration) {
  json_t *object = json_object();
  json_set_number(object, "id", registration->id);
  json_set(object, "event", registration->event);
  json_set(object, "status", registration->status);
  json_object_set_new(object, "fields", fields_json(registration->fields));
  json_set(object, "message_id", registration->message_id);
  json_object_set_new(object, "updated", json_time(registration->updated));
  json_object_set_new(object, "created", json_time(registration->created));
  json_object_set_new(object, "missing", json_texts(registration->missing));
  json_set(object, "sender", registration->sender);
  json_set(object, "language", registration->language);
  json_set_number(object, "message", registration->message);
  if (registration->merged) json_set_number(object, "merged_into", registration->merged);
  return object;
}

json_t *json_history(const Registration *registration) {
  json_t *list = json_array();
  for (guint i = 0; i < registration->history->len; i++) {
    const HistoryEntry *entry = registration->history->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "time", json_time(entry->time));
    json_set(object, "who", entry->who);
    json_set(object, "what", entry->what);
    json_set(object, "status", entry->status);
    json_set(object, "message_id", entry->message_id);
    json_object_set_new(object, "before", fields_json(entry->before));
    json_array_append_new(list, object);
  }
  return list;
}
