/* words - a text's words with their place and case, for reading names out of sentences. */
#pragma once
#include <glib.h>

enum { WORDS_MAX = 400 }; /* of one text; the rest is not looked at */

typedef struct {
  gsize start, end;  /* bytes of the text */
  char *folded;      /* fold_string */
  gboolean capital;  /* begins with one */
  gboolean capitals; /* two letters at least, and all of them */
} Word;

/* Letters, digits and hyphens make a word; an apostrophe parts two unless `apostrophes`. As Word;
 * the caller unrefs. Linear. */
GArray *words_split(const char *text, gboolean apostrophes);
const Word *words_at(const GArray *words, guint i);
/* The bytes between word i - 1 and word i are [*ret_gap, + the result). */
gsize words_gap(const char *text, const GArray *words, guint i, const char **ret_gap);
/* Is `word` one of the list, which ends with NULL? */
gboolean words_among(const char *const *list, const char *word);
