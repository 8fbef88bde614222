/* alternatives - see alternatives.h. */
#include "parsers/alternatives.h"

#include <string.h>

#include "parsers/fold.h"

/* Group 1: the endings that a word may have, "(e)", "-e", "s", "(s)". Written once, since each
 * label holds them many times. */
const char alternatives_groups[] = "(?(DEFINE)((?:[(.-]?e?[).-]{0,2}\\(?s?\\)?)?))";

void alternative_free(gpointer data) {
  Alternative *alternative = data;
  g_free(alternative->pattern);
  g_strfreev(alternative->words);
  g_free(alternative);
}

gint alternative_compare(gconstpointer a, gconstpointer b) {
  const Alternative *x = *(const Alternative *const *)a, *y = *(const Alternative *const *)b;
  gunichar first_x = g_utf8_get_char(x->pattern), first_y = g_utf8_get_char(y->pattern);
  if (first_x != first_y) return first_x < first_y ? -1 : 1;
  int begin = strcmp(x->begin, y->begin);
  if (begin != 0) return begin;
  if (x->length != y->length) return x->length > y->length ? -1 : 1;
  return strcmp(x->pattern, y->pattern);
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

/* A group is called only where an ending may begin, since calls are dear; what may stand between
 * two words, which is needed more often, is no call at all. */
#define ENDING "(?(?=[(.)es-])(?1))"
#define SEPARATOR "(?:[^\\p{L}\\p{N}\\t:\\x{2610}\\x{2612}]{1,4})"

static char *word_pattern(const char *word) {
  gsize length = strlen(word);
  if (!alternatives_is_latin(word) || length < 3) return g_strdup(word);
  if (length > 3 && word[length - 1] == 's') length--;
  return g_strdup_printf("%.*s" ENDING, (int)length, word);
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

/* The pattern of one label or choice word; NULL: nothing in it can be matched. */
Alternative *alternative_new(const char *text, guint mark) {
  g_autofree char *words = alternatives_words(text);
  if (words[0] == '\0') return NULL;
  char **split = g_strsplit(words, " ", -1);
  for (guint i = 0; split[i]; i++) {
    char *word = split[i];
    split[i] = word_pattern(word);
    g_free(word);
  }
  Alternative *alternative = g_new0(Alternative, 1);
  alternative->length = g_utf8_strlen(words, -1);
  alternative->words = split;
  alternative->pattern = g_strjoinv(SEPARATOR, split);
  alternative->mark = mark;
  for (guint i = 0; i < ALTERNATIVE_BEGIN_BYTES && g_ascii_isalnum(alternative->pattern[i]); i++)
    alternative->begin[i] = alternative->pattern[i];
  return alternative;
}

/* ---- what begins alike, once ---- */

/* Could both patterns of a word take the same word ("présent" and "présente")? Then the order in
 * which they are tried matters. */
static gboolean may_clash(const char *a, const char *b) {
  gsize length_a = strcspn(a, "("), length_b = strcspn(b, "(");
  if (memcmp(a, b, MIN(length_a, length_b)) != 0) return FALSE;
  const char *shorter = length_a < length_b ? a : b, *longer = shorter == a ? b : a;
  gsize end = MIN(length_a, length_b);
  return length_a == length_b || (shorter[end] && strchr("es", longer[end]));
}

/* May an ending take that word ("courriel e mail")? NULL: there is none. */
static gboolean is_like_ending(const char *word) {
  return word && word[strspn(word, "es")] == '\0';
}

/* May all that go on with `word` be tried at once? */
static gboolean is_clear(const GPtrArray *all, guint at, const char *word) {
  for (guint i = 0; i < all->len; i++) {
    char *const *words = ((const Alternative *)all->pdata[i])->words;
    if (!words[at]) continue;
    if (strcmp(words[at], word) != 0 ? may_clash(words[at], word) : is_like_ending(words[at + 1]))
      return FALSE;
  }
  return TRUE;
}

/* One alternative from its word `at` on. */
static void append_alone(GString *out, const Alternative *alternative, guint at) {
  for (guint k = at; alternative->words[k]; k++) {
    if (k > 0) g_string_append(out, SEPARATOR);
    g_string_append(out, alternative->words[k]);
  }
  g_string_append_printf(out, "(*MARK:%u)", alternative->mark);
}

/* The alternatives, which are alike up to their word `at`, as "a|b(?:c|d)". */
static void append_all(GString *out, const GPtrArray *all, guint at) {
  g_autofree gboolean *done = g_new0(gboolean, all->len + 1);
  gboolean first = TRUE;
  for (guint i = 0; i < all->len; i++) {
    const Alternative *alternative = all->pdata[i];
    const char *word = alternative->words[at];
    if (done[i]) continue;
    if (!first) g_string_append_c(out, '|');
    first = FALSE;
    g_autoptr(GPtrArray) alike = g_ptr_array_new();
    gboolean clear = word && is_clear(all, at, word);
    for (guint k = i; clear && k < all->len; k++) {
      const char *other = ((const Alternative *)all->pdata[k])->words[at];
      if (!other || strcmp(other, word) != 0) continue;
      g_ptr_array_add(alike, all->pdata[k]);
      done[k] = TRUE;
    }
    if (alike->len < 2) {
      append_alone(out, alternative, at);
      continue;
    }
    g_string_append_printf(out, "%s%s(?:", at > 0 ? SEPARATOR : "", word);
    append_all(out, alike, at + 1);
    g_string_append_c(out, ')');
  }
}

char *alternation(const GPtrArray *alternatives, guint from, guint to) {
  GString *out = g_string_new("(?:");
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (guint i = from; i < to; i++) g_ptr_array_add(all, alternatives->pdata[i]);
  append_all(out, all, 0);
  g_string_append_c(out, ')');
  return g_string_free(out, FALSE);
}
