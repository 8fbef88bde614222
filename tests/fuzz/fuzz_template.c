/* Any bytes as a reply template: parsed or refused with a line; what is parsed can be rendered. */
#include <stdint.h>

#include "daemon/template.h"

/* name, people (one with a name, one that is late), late */
static TemplateData *example_new(void) {
  TemplateData *data = template_data_new();
  TemplateValue *root = template_data_root(data), *people = template_data_list(data);
  TemplateValue *named = template_data_map(data), *late = template_data_map(data);
  template_data_put(named, "name", template_data_text(data, "y"));
  template_data_put(late, "late", template_data_truth(data, TRUE));
  template_data_put(people, NULL, named);
  template_data_put(people, NULL, late);
  template_data_put(root, "name", template_data_text(data, "x"));
  template_data_put(root, "people", people);
  template_data_put(root, "late", template_data_truth(data, FALSE));
  return data;
}

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
  g_autoptr(TemplateData) example = example_new();
  g_autoptr(GError) failed = NULL;
  g_autofree char *rendered = template_render(template, template_data_root(example), 4096, &failed);
  g_assert_true(rendered != NULL ||
                g_error_matches(failed, TEMPLATE_ERROR, TEMPLATE_ERROR_TOO_LONG));
  return 0;
}
