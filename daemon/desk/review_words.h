/* review_words - the page's texts in French, English and Japanese, and the program's own English
 * lines told in them. Pure; tables in review_words_table and review_reasons_table. */
#pragma once
#include "daemon/event.h"

typedef enum { WORDS_FR, WORDS_EN, WORDS_JA, WORDS_LANGUAGES } WordsLanguage;

typedef struct {
  const char *key;
  const char *texts[WORDS_LANGUAGES];
} WordsRow;
extern const WordsRow WORDS_TABLE[];
extern const guint WORDS_TABLE_COUNT;
extern const WordsRow REASONS_TABLE[];
extern const guint REASONS_TABLE_COUNT;

/* "fr", "en", "ja", and how the language calls itself. */
const char *words_code(WordsLanguage language);
const char *words_own_name(WordsLanguage language);
/* Of a code ("ja", "fr-CH"); -1: none of ours. */
int words_parse(const char *code);
/* The best of an Accept-Language field (RFC 9110 12.5.4); French where it names none of ours. */
WordsLanguage words_choose(const char *accept_language);

/* The text of `key`; NULL: there is none. Static. */
const char *words_find(WordsLanguage language, const char *key);
/* The same of a key that is known to be there. */
const char *words(WordsLanguage language, const char *key);
/* The text of "group.word", else of "group.other", else `word` itself. Static or `word`. */
const char *words_of(WordsLanguage language, const char *group, const char *word);
/* The text of `key` with {1}, {2}, … filled in by the NULL-terminated arguments. The caller frees.
 */
char *words_fill(WordsLanguage language, const char *key, ...) G_GNUC_NULL_TERMINATED;
/* The text of "key.one" or "key.many" (in French 0 is one, too; Japanese has one form), {1} the
 * number. The caller frees. */
char *words_count(WordsLanguage language, const char *key, guint64 number);

/* A line of the program's English (a reason, a doubt, a line of the log, a mistake of a person's
 * input) in `language`. `event` (may be NULL) has the labels of the fields that it names. Pieces
 * between "; " are told one by one. *ret_foreign: a piece has no translation and stands in English
 * still. The caller frees. */
char *words_reason(WordsLanguage language, const Event *event, const char *english,
                   gboolean *ret_foreign);
/* "page:marie" → "marie", "sender" → "l’expéditeur", "admin:root" → "root (administration)". */
char *words_who(WordsLanguage language, const char *who);

/* A time of day and date ("3 juillet 2019 à 16:30"), a day alone, how long ago it was ("il y a 3
 * jours"), a span of seconds ("3 jours"), a number of bytes ("12 Ko"). The caller frees. */
char *words_time(WordsLanguage language, gint64 time, GTimeZone *zone);
char *words_day(WordsLanguage language, gint64 time, GTimeZone *zone);
char *words_ago(WordsLanguage language, gint64 time, gint64 now);
char *words_span(WordsLanguage language, gint64 seconds);
char *words_bytes(WordsLanguage language, guint64 bytes);
