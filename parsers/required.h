/* required - what must stand in a text for a regular expression to match in it.
 *
 * Hardly a sentence holds one of the words that a pattern asks for; looking for those in a small
 * set costs a hundredth of running the pattern. Knows the syntax that events use; of any other it
 * says that nothing is required. */
#pragma once
#include <glib.h>

enum { RUNS_BITS = 11 };

/* The runs of three bytes of a text, hashed. */
typedef struct {
  guint8 seen[1 << RUNS_BITS];
} Runs;

/* A byte must stand behind those of the text. */
void runs_note(Runs *runs, const char *text, gsize length);

/* The first of `phrases` (up to NULL) that stands in `text`, which `runs` is of; NULL: none does.
 */
const char *runs_find(const Runs *runs, const char *text, const char *const *phrases);

/* Words of which every match holds one. Opaque; NULL: nothing is known. */
typedef struct Required Required;
/* Of `regex` for PCRE2, matched without case on folded text (fold_regex). */
Required *required_new(const char *regex);
void required_free(Required *required);
/* FALSE: the pattern cannot match in the text that `runs` is of, whatever white space it lost at
 * its ends. For many patterns on one text. */
gboolean required_may_stand(const Required *required, const Runs *runs);
/* Append to `words` those of which one stands, as bytes, in every text that the pattern matches in.
 * They are borrowed. FALSE: nothing is known. */
gboolean required_append(const Required *required, GPtrArray *words);
