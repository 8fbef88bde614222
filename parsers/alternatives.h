/* alternatives - the words of labels and choices as the text of one regular expression.
 *
 * What begins alike stands once; the longer is tried before the shorter. Private to rules. */
#pragma once
#include <glib.h>

/* Stands once before every pattern that is made of alternatives. */
extern const char alternatives_groups[];

enum { ALTERNATIVE_BEGIN_BYTES = 3 };

typedef struct {
  char begin[ALTERNATIVE_BEGIN_BYTES + 1]; /* ASCII letters and digits that it begins with, so many
                                              at most */
  char *pattern;
  char **words; /* the pattern of each, which a separator parts */
  guint mark;
  glong length; /* characters of the folded words: longer ones are tried first */
} Alternative;

/* The pattern of one label or choice word; NULL: nothing in it can be matched. `mark` is what a
 * match is told by, (*MARK:n). */
Alternative *alternative_new(const char *text, guint mark);
void alternative_free(gpointer alternative);

/* For g_ptr_array_sort: by first letter, by begin, the longer first. No word is begun by two of
 * different begins. */
gint alternative_compare(gconstpointer a, gconstpointer b);

/* One expression of the sorted ones from `from` up to `to`, one at least, that begin with one
 * letter: what begins alike stands once. The caller frees. */
char *alternation(const GPtrArray *alternatives, guint from, guint to);

/* The words of a label, folded; of one that is a sign alone ("〒") that sign. The caller frees. */
char *alternatives_words(const char *text);
gboolean alternatives_is_latin(const char *word);
