/* desk_fold - texts as they are compared: for a search, for an order, as the name of a body.
 *
 * Pure, but for the collator, which belongs to one thread at a time. */
#pragma once
#include <glib.h>

/* Lower case, without accents, one form of width, ligatures, apostrophes and dashes; what is not
 * UTF-8 becomes U+FFFD. The voicing marks of Japanese stay: they make other letters. The caller
 * frees. */
char *desk_fold(const char *text);

/* The words of a search, folded: at most `most`, of the first `max_bytes` of it. NULL where there
 * is none. */
char **desk_fold_words(const char *search, gsize max_bytes, guint most);
/* Do all of the words (NULL: none is asked for) stand in the folded text? */
gboolean desk_fold_has(const char *folded, char *const *words);

/* What two names of one body have in common: folded, words alone, without what stands before a
 * town ("Ville de", "City of", …) or behind it ("市役所" is "市"), saint written out. Never empty
 * for a name with a letter or digit in it. The caller frees. */
char *desk_fold_body(const char *name);

/* The words that tell what a sentence is about: folded, each once, without articles, prepositions
 * and the plural's s; of scripts without spaces each two neighbouring letters. At most `most`,
 * char* sorted; the array frees them. Never NULL. */
GPtrArray *desk_fold_topics(const char *text, guint most);

/* A word of a search that may be a telephone number ("06.12.34.56.78", "03-1234-5678") without what
 * stands between its digits; NULL: it is none. The caller frees. */
char *desk_fold_number(const char *word);

/* The order of a language ("fr", "en", "ja"; unknown: the one common to all), digits by their
 * number. */
typedef struct DeskCollator DeskCollator;
DeskCollator *desk_collator_new(const char *language);
void desk_collator_free(DeskCollator *collator);
/* Bytes whose strcmp order is that of the texts. The caller frees. */
char *desk_collator_key(DeskCollator *collator, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeskCollator, desk_collator_free)
