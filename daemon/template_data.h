/* template_data - what a template is rendered with: texts, truths, lists and maps, which live in
 * one place and are freed at once. A value stands in one list or map. */
#pragma once
#include <glib.h>

typedef struct TemplateData TemplateData;
typedef struct TemplateValue TemplateValue;

typedef enum { TEMPLATE_TEXT, TEMPLATE_TRUTH, TEMPLATE_LIST, TEMPLATE_MAP } TemplateKind;

struct TemplateValue {
  TemplateKind kind;
  gboolean truth;
  const char *text; /* valid UTF-8 */
  gsize length;     /* of the text */
  const char *name; /* in a map */
  TemplateValue *first, *last, *next;
};

TemplateData *template_data_new(void);
void template_data_free(TemplateData *data);
/* The map that the template's names are looked for in, last of all. */
TemplateValue *template_data_root(TemplateData *data);

/* New values, owned by `data`. A text is copied; what is not UTF-8 in it, replaced; NULL is "". */
TemplateValue *template_data_text(TemplateData *data, const char *text);
TemplateValue *template_data_truth(TemplateData *data, gboolean truth);
TemplateValue *template_data_list(TemplateData *data);
TemplateValue *template_data_map(TemplateData *data);

/* Put `value` at the end of a list or map. `name` (NULL in a list) is borrowed, and is new in a
 * map. */
void template_data_put(TemplateValue *to, const char *name, TemplateValue *value);
/* NULL: `map` is none, or has no such member. */
TemplateValue *template_data_get(const TemplateValue *map, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TemplateData, template_data_free)
