/* near - words that differ by a slip of the fingers: "foncion", "telephonne". */
#pragma once
#include <glib.h>

/* Is `a` the word or phrase `b` but for one letter, for two where they are long? A letter that
 * lacks, is too many, is another, or has changed places with its neighbour; never the first. Both
 * folded; short words must be the same. */
gboolean near_same(const char *a, const char *b);
