/* fuzz_event - any bytes as an event file: told why not, or an event whose texts can be asked for
 * in any language and whose rules a worker could take over the pipe. */
#include "daemon/event.h"

#include "tests/fuzz/yaml_file.h"

static void check_texts(const Event *event, const char *language) {
  target_utf8(event_text(event, language, "name"));
  target_utf8(event_text(event, language, "no such key"));
  for (guint i = 0; i < event->fields->len; i++) {
    const EventField *field = event->fields->pdata[i];
    g_assert_true(event_field(event, field->name) != NULL);
    target_utf8(event_label(event, language, field->name));
    target_utf8(event_word(event, language, field->name, "yes"));
  }
}

static void check_rules(const Event *event) {
  g_autoptr(GBytes) packed = wire_pack(&event->rules->base);
  gsize size;
  const guint8 *bytes = g_bytes_get_data(packed, &size);
  Wire__Event *again = wire__event__unpack(NULL, size, bytes);
  g_assert_nonnull(again);
  g_assert_cmpuint(again->n_fields, ==, event->rules->n_fields);
  wire__event__free_unpacked(again, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int fd;
  g_autofree char *file = yaml_file_new(data, size, &fd);
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Event) event = event_load(file, problems);
  g_assert_true(event || problems->len);
  if (event) {
    check_texts(event, "fr");
    check_texts(event, "xx");
    check_rules(event);
  }
  yaml_file_check(problems, file);
  close(fd);
  return 0;
}
