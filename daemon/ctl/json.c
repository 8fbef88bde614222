/* json - see json.h. */
#include "daemon/ctl/json.h"

#include <glib.h>
#include <stdio.h>

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

void json_print(json_t *object) {
  g_autofree char *line = json_line(object);
  json_decref(object);
  fputs(line, stdout);
}
