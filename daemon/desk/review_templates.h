/* review_templates - the page's templates, parsed once at the start, a set a language.
 *
 * In a file, "[[key]]" is a text of review_words and "[[>file]]" another file; both are put in
 * before the template is parsed, so that a page has nothing to look up but its values. */
#pragma once
#include "daemon/desk/review_words.h"
#include "daemon/template.h"

typedef struct {
  const char *name;
  const char *bytes; /* with a NUL behind them */
  gsize size;
} PageFile;
extern const PageFile PAGE_FILES[]; /* daemon/desk/pages */
extern const guint PAGE_FILES_COUNT;

/* NULL: there is none. */
const PageFile *page_file_find(const char *name);

typedef struct Templates Templates;
/* NULL with an error that names file, line and fault. */
Templates *templates_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;
void templates_free(Templates *templates);
/* The whole page (head, view, foot) of "queue", …: one of those that have a file. Borrowed. */
const Template *templates_get(const Templates *templates, WordsLanguage language, const char *view);
