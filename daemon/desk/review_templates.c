/* review_templates - see review_templates.h. */
#include "daemon/desk/review_templates.h"

#include <string.h>

enum { INCLUDES_MAX = 8 };

/* Every view; head and foot are put about each. */
static const char *const views[] = {"login", "queue",  "message", "preview", "people", "person",
                                    "event", "outbox", "answer",  "merge",   "log",    "error"};

struct Templates {
  Template *parsed[WORDS_LANGUAGES][G_N_ELEMENTS(views)];
};

const PageFile *page_file_find(const char *name) {
  for (guint i = 0; i < PAGE_FILES_COUNT; i++)
    if (!strcmp(PAGE_FILES[i].name, name)) return &PAGE_FILES[i];
  return NULL;
}

static gboolean put_in(WordsLanguage language, const char *name, GString *out, guint depth,
                       GError **error);

/* What "[[name]]" stands for. */
static gboolean put_mark(WordsLanguage language, const char *file, const char *name, GString *out,
                         guint depth, GError **error) {
  if (*name == '>') return put_in(language, name + 1, out, depth + 1, error);
  const char *text = words_find(language, name);
  if (text)
    template_escape(out, text, strlen(text));
  else
    g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_SYNTAX, "%s: there is no text '%s'", file,
                name);
  return text != NULL;
}

static gboolean put_in(WordsLanguage language, const char *name, GString *out, guint depth,
                       GError **error) {
  const PageFile *file = page_file_find(name);
  if (!file || depth > INCLUDES_MAX) {
    g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_SYNTAX, "there is no page file '%s'", name);
    return FALSE;
  }
  for (const char *at = file->bytes;;) {
    const char *mark = strstr(at, "[["), *end = mark ? strstr(mark, "]]") : NULL;
    g_string_append_len(out, at, mark && end ? mark - at : (gssize)strlen(at));
    if (!mark || !end) return TRUE;
    g_autofree char *key = g_strndup(mark + 2, (gsize)(end - mark - 2));
    if (!put_mark(language, name, key, out, depth, error)) return FALSE;
    at = end + 2;
  }
}

static Template *load(WordsLanguage language, const char *view, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_autofree char *file = g_strconcat(view, ".html", NULL);
  if (!put_in(language, "head.html", text, 0, error) || !put_in(language, file, text, 0, error) ||
      !put_in(language, "foot.html", text, 0, error))
    return NULL;
  return template_parse_html(text->str, file, error);
}

Templates *templates_new(GError **error) {
  Templates *templates = g_new0(Templates, 1);
  for (guint language = 0; language < WORDS_LANGUAGES; language++)
    for (guint i = 0; i < G_N_ELEMENTS(views); i++) {
      Template *parsed = load((WordsLanguage)language, views[i], error);
      templates->parsed[language][i] = parsed;
      if (!parsed) {
        templates_free(templates);
        return NULL;
      }
    }
  return templates;
}

void templates_free(Templates *templates) {
  if (!templates) return;
  for (guint language = 0; language < WORDS_LANGUAGES; language++)
    for (guint i = 0; i < G_N_ELEMENTS(views); i++) template_free(templates->parsed[language][i]);
  g_free(templates);
}

const Template *templates_get(const Templates *templates, WordsLanguage language,
                              const char *view) {
  for (guint i = 0; i < G_N_ELEMENTS(views); i++)
    if (!strcmp(views[i], view)) return templates->parsed[language][i];
  g_assert_not_reached();
}
