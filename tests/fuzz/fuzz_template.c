/* Any bytes as a reply template: parsed or refused with a line; what is parsed can be rendered. */
#include <stdint.h>

#include "daemon/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const known[] = {"name", "people", NULL};
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(Template) template = template_parse(text, "fuzz.txt", &error);
  g_assert_true((template == NULL) == (error != NULL));
  if (!template) return 0;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  template_check(template, known, problems);
  json_t *object = json_pack("{s:s, s:[{s:s}, {s:b}], s:b}", "name", "x", "people", "name", "y",
                             "late", 1, "late", 0);
  g_autoptr(GError) failed = NULL;
  g_autofree char *rendered = template_render(template, object, 4096, &failed);
  g_assert_true(rendered != NULL ||
                g_error_matches(failed, TEMPLATE_ERROR, TEMPLATE_ERROR_TOO_LONG));
  json_decref(object);
  return 0;
}
