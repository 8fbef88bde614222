/* json - see json.h. */
#include "daemon/ctl/json.h"

#include <glib.h>
#include <stdio.h>

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

static int append(const char *bytes, size_t size, void *data) {
  g_string_append_len(data, bytes, (gssize)size);
  return 0;
}

char *json_line(const json_t *object) {
  GString *line = g_string_new(NULL);
  json_dump_callback(object, append, line, JSON_COMPACT);
  g_string_append_c(line, '\n');
  return g_string_free(line, FALSE);
}

void json_print(json_t *object) {
  g_autofree char *line = json_line(object);
  json_decref(object);
  fputs(line, stdout);
}
