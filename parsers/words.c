/* words - see words.h. */
#include "parsers/words.h"

#include <string.h>

#include "parsers/fold.h"

static void word_clear(gpointer data) {
  g_free(((Word *)data)->folded);
}

static gboolean in_word(gunichar ch, gboolean apostrophes) {
  if (g_unichar_isalnum(ch) || g_unichar_ismark(ch)) return TRUE;
  if (ch == '-' || ch == 0x2010 || ch == 0x2011) return TRUE;
  return apostrophes && (ch == '\'' || ch == 0x2019);
}

static gboolean all_capitals(const char *word) {
  guint letters = 0;
  for (const char *p = word; *p; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (g_unichar_islower(ch)) return FALSE;
    letters += g_unichar_isalpha(ch) ? 1 : 0;
  }
  return letters >= 2;
}

GArray *words_split(const char *text, gboolean apostrophes) {
  GArray *words = g_array_new(FALSE, TRUE, sizeof(Word));
  g_array_set_clear_func(words, word_clear);
  for (const char *p = text; *p && words->len < WORDS_MAX;) {
    const char *start = p;
    while (*p && in_word(g_utf8_get_char(p), apostrophes)) p = g_utf8_next_char(p);
    if (p == start) {
      p = g_utf8_next_char(p);
      continue;
    }
    g_autofree char *copy = g_strndup(start, (gsize)(p - start));
    Word word = {(gsize)(start - text), (gsize)(p - text), fold_string(copy),
                 g_unichar_isupper(g_utf8_get_char(start)), all_capitals(copy)};
    g_array_append_val(words, word);
  }
  return words;
}

const Word *words_at(const GArray *words, guint i) {
  return &g_array_index(words, Word, i);
}

gsize words_gap(const char *text, const GArray *words, guint i, const char **ret_gap) {
  *ret_gap = text + words_at(words, i - 1)->end;
  return words_at(words, i)->start - words_at(words, i - 1)->end;
}

gboolean words_among(const char *const *list, const char *word) {
  for (; *list; list++)
    if (**list == *word && strcmp(*list, word) == 0)
      return TRUE; /* seldom is the first letter so */
  return FALSE;
}
