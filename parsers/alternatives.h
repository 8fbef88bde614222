/* alternatives - the words of labels and choices, and where they stand in folded text.
 *
 * The words may have endings ("prénom(s)", "présent-e-s") and stand some signs apart. Plain
 * comparing: a regular expression of a thousand labels takes longer to be compiled than a hundred
 * mails to be read. Private to rules. */
#pragma once
#include <glib.h>

enum { ALTERNATIVE_BEGIN_BYTES = 3 };

typedef struct {
  char *stem; /* folded, without the ending that it may have */
  gsize length;
  gboolean open; /* an ending may follow */
} AlternativeWord;

typedef struct {
  char begin[ALTERNATIVE_BEGIN_BYTES + 1]; /* ASCII letters and digits that it begins with, so many
                                              at most */
  AlternativeWord *words;
  guint n_words; /* one at least */
  guint mark;
  glong length;   /* characters of the folded words */
  gboolean again; /* sorted: its first word is that of the one before, too */
} Alternative;

/* One label or choice word; NULL: nothing in it can be matched. `mark` is what it is told by. */
Alternative *alternative_new(const char *text, guint mark);
void alternative_free(gpointer alternative);

/* By first letter, by begin, by first word, the longer first. No word is begun by two of different
 * begins. */
void alternatives_sort(GPtrArray *alternatives);

/* Of the sorted ones from `from` up to `to` the one that reaches furthest, of several the longest,
 * where it begins at `p`, in folded text that ends with NUL; NULL: none stands there. *ret_end is
 * behind it; no letter and no digit follows. */
const Alternative *alternatives_find(const GPtrArray *alternatives, guint from, guint to,
                                     const char *p, const char **ret_end);

/* The words of a label, folded; of one that is a sign alone ("〒") that sign. The caller frees. */
char *alternatives_words(const char *text);
gboolean alternatives_is_latin(const char *word);
