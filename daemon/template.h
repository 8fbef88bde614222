/* template - Mustache (the specification's core: variables, sections, inverted sections, comments,
 * set delimiters; partials and lambdas left out) over a map of values. A template is plain text, in
 * which nothing is escaped, or HTML, in which every value is unless the tag says otherwise. */
#pragma once
#include <glib.h>

#include "daemon/template_data.h"

typedef struct Template Template;
typedef enum { TEMPLATE_ERROR_SYNTAX, TEMPLATE_ERROR_TOO_LONG } TemplateError;
#define TEMPLATE_ERROR (template_error_quark())
GQuark template_error_quark(void);

/* Parse. The error's message begins with "FILE:LINE: ". */
Template *template_parse(const char *text, const char *file,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of an HTML page: {{x}} is escaped for text and for attributes in quotes, the only two
 * places where a value may stand; {{{x}}} and {{&x}} are not escaped. */
Template *template_parse_html(const char *text, const char *file,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void template_free(Template *template);

/* Append `length` bytes of UTF-8 to `out`, the five characters & < > " ' as entities. */
void template_escape(GString *out, const char *text, gsize length);

/* Append "FILE:LINE: unknown field 'x'; did you mean 'y'?" to `problems` for each name that is not
 * in `known` (NULL-terminated; "fields.name" is written with its dot). */
void template_check(const Template *template, const char *const *known, GPtrArray *problems);

/* Render with the map `root`. At most max_bytes, else TEMPLATE_ERROR_TOO_LONG. The caller frees.
 */
char *template_render(const Template *template, const TemplateValue *root, gsize max_bytes,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Template, template_free)
