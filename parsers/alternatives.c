/* alternatives - see alternatives.h. */
#include "parsers/alternatives.h"

#include <string.h>

#include "parsers/fold.h"

enum { SEPARATORS_MAX = 4, ENDS_MAX = 8 /* an ending has seven signs at most */ };

void alternative_free(gpointer data) {
  Alternative *alternative = data;
  for (guint i = 0; i < alternative->n_words; i++) g_free(alternative->words[i].stem);
  g_free(alternative->words);
  g_free(alternative);
}

static gint compare(gconstpointer a, gconstpointer b) {
  const Alternative *x = *(const Alternative *const *)a, *y = *(const Alternative *const *)b;
  const AlternativeWord *word_x = x->words, *word_y = y->words;
  gunichar first_x = g_utf8_get_char(word_x->stem), first_y = g_utf8_get_char(word_y->stem);
  if (first_x != first_y) return first_x < first_y ? -1 : 1;
  int order = strcmp(x->begin, y->begin);
  if (order == 0) order = strcmp(word_x->stem, word_y->stem);
  if (order != 0) return order;
  if (x->length != y->length) return x->length > y->length ? -1 : 1;
  return (x->mark > y->mark) - (x->mark < y->mark);
}

void alternatives_sort(GPtrArray *alternatives) {
  g_ptr_array_sort(alternatives, compare);
  for (guint i = 1; i < alternatives->len; i++) {
    const AlternativeWord *before = ((Alternative *)alternatives->pdata[i - 1])->words;
    Alternative *alternative = alternatives->pdata[i];
    alternative->again = alternative->words->open == before->open &&
                         strcmp(alternative->words->stem, before->stem) == 0;
  }
}

/* "présent(e)" is printed, "presente", "present(e)" and "presents" are typed: the ending in
 * parentheses is cut off here and any such ending allowed by word_pattern. */
static char *without_endings(const char *text) {
  GString *out = g_string_new(NULL);
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    gboolean glued = p > text && g_unichar_isalpha(g_utf8_get_char(g_utf8_prev_char(p)));
    if (*p == '(' && glued) {
      const char *close = strchr(p, ')');
      if (close && close - p <= 3) {
        p = close;
        continue;
      }
    }
    g_string_append_unichar(out, g_utf8_get_char(p));
  }
  return g_string_free(out, FALSE);
}

gboolean alternatives_is_latin(const char *word) {
  return g_utf8_get_char(word) < 0x0250;
}

/* A word of a label; takes it. The plural's "s" is an ending as others are. */
static AlternativeWord word_of(char *take) {
  AlternativeWord word = {.stem = take, .length = strlen(take)};
  word.open = alternatives_is_latin(take) && word.length >= 3;
  if (word.open && word.length > 3 && take[word.length - 1] == 's') take[--word.length] = '\0';
  return word;
}

/* The words of a label; of one that is a sign alone ("〒") that sign. The caller owns them. */
char *alternatives_words(const char *text) {
  g_autofree char *plain = without_endings(text);
  char *words = fold_words(plain);
  gboolean sign = words[0] == '\0' && (guchar)plain[0] >= 0x80 && !*g_utf8_next_char(plain);
  if (!sign) return words;
  g_free(words);
  return fold_string(plain);
}

Alternative *alternative_new(const char *text, guint mark) {
  g_autofree char *words = alternatives_words(text);
  if (words[0] == '\0') return NULL;
  g_autofree char **split = g_strsplit(words, " ", -1);
  Alternative *alternative = g_new0(Alternative, 1);
  alternative->length = g_utf8_strlen(words, -1);
  alternative->mark = mark;
  alternative->n_words = g_strv_length(split);
  alternative->words = g_new(AlternativeWord, alternative->n_words);
  for (guint i = 0; i < alternative->n_words; i++) alternative->words[i] = word_of(split[i]);
  const char *stem = alternative->words[0].stem;
  for (guint i = 0; i < ALTERNATIVE_BEGIN_BYTES && g_ascii_isalnum(stem[i]); i++)
    alternative->begin[i] = stem[i];
  return alternative;
}

/* ---- matching ---- */

static gboolean is_letter(const char *p) {
  return (guchar)*p < 0x80 ? g_ascii_isalnum(*p) : g_unichar_isalnum(g_utf8_get_char(p));
}

/* What may stand between two words: neither letters nor what parts a label from its value. */
static gboolean is_separator(const char *p) {
  if (*p == '\0' || *p == '\t' || *p == ':' || is_letter(p)) return FALSE;
  return strncmp(p, "\u2610", 3) != 0 && strncmp(p, "\u2612", 3) != 0;
}

/* Where a word may end, and where the one behind each end begins (NULL: none may). */
typedef struct {
  const char *at[ENDS_MAX], *next[ENDS_MAX];
  guint n;
} Ends;

static void ends_add(Ends *ends, const char *end) {
  const char *next = end;
  for (guint i = 0; i < ends->n; i++)
    if (ends->at[i] == end) return;
  if (ends->n >= ENDS_MAX) return;
  for (guint n = 0; n < SEPARATORS_MAX && is_separator(next); n++) next = g_utf8_next_char(next);
  ends->at[ends->n] = end;
  ends->next[ends->n++] = next > end ? next : NULL;
}

static gboolean is_ending(char ch) {
  return ch == 'e' || ch == 's' || ch == '(' || ch == ')' || ch == '.' || ch == '-';
}

/* The ends of a word whose stem ends at `p`, the longest first: "(e)", "-e", "s", "(s)", "-e-s",
 * "". Each of the signs may be there or not. */
static void add_ends(Ends *ends, const char *p, guint sign) {
  static const char *const signs[] = {"(.-", "e", ").-", ").-", "(", "s", ")"};
  for (; is_ending(*p) && sign < G_N_ELEMENTS(signs); sign++)
    if (strchr(signs[sign], *p)) add_ends(ends, p + 1, sign + 1);
  ends_add(ends, p);
}

static void find_ends(Ends *ends, const AlternativeWord *word, const char *p) {
  ends->n = 0;
  if (strncmp(p, word->stem, word->length) != 0) return;
  if (word->open)
    add_ends(ends, p + word->length, 0);
  else
    ends_add(ends, p + word->length);
}

/* Where the words up to `last` end, the one of which `word` is has those ends; NULL: nowhere. */
static const char *match_behind(const AlternativeWord *word, const AlternativeWord *last,
                                const Ends *ends) {
  const char *tried = NULL;
  for (guint i = 0; i < ends->n; i++) {
    const char *end = ends->at[i], *next = ends->next[i];
    if (word == last && !is_letter(end)) return end;
    if (word == last || !next || next == tried || *next != *word[1].stem) continue;
    tried = next;
    Ends behind;
    find_ends(&behind, word + 1, next);
    const char *found = match_behind(word + 1, last, &behind);
    if (found) return found;
  }
  return NULL;
}

const Alternative *alternatives_find(const GPtrArray *alternatives, guint from, guint to,
                                     const char *p, const char **ret_end) {
  const Alternative *best = NULL;
  Ends ends = {.n = 0};
  for (guint i = from; i < to; i++) {
    const Alternative *alternative = alternatives->pdata[i];
    const AlternativeWord *words = alternative->words;
    if (i == from || !alternative->again) find_ends(&ends, words, p);
    const char *end = ends.n ? match_behind(words, words + alternative->n_words - 1, &ends) : NULL;
    if (!end ||
        (best && (end < *ret_end || (end == *ret_end && alternative->length <= best->length))))
      continue;
    best = alternative;
    *ret_end = end;
  }
  return best;
}
