/* needles - does one of some words stand in a text? One pass, however many they are. */
#pragma once
#include <glib.h>

typedef struct {
  const char *const *words; /* private, and what follows: of each byte, for each of the first three
                               of a word, the words (a bit each, modulo 8) that have it there */
  guint8 first[256], second[256], third[256];
} Needles;

/* `words`, each of two bytes at least, ends with NULL; it is borrowed and must outlive `needles`.
 */
void needles_init(Needles *needles, const char *const *words);
/* `text` ends with NUL. Nothing is allocated. */
gboolean needles_stand(const Needles *needles, const char *text);
