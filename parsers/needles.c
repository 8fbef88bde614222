/* needles - see needles.h. */
#include "parsers/needles.h"

#include <string.h>

void needles_init(Needles *needles, const char *const *words) {
  memset(needles, 0, sizeof *needles);
  needles->words = words;
  for (guint i = 0; words[i]; i++) {
    const guchar *word = (const guchar *)words[i];
    guint8 bit = (guint8)(1 << i % 8);
    needles->first[word[0]] |= bit;
    needles->second[word[1]] |= bit;
    needles->third[word[2]] |= bit;
    for (guint c = 0; !word[2] && c < 256; c++) needles->third[c] |= bit;
  }
}

static gboolean word_at(const Needles *needles, const char *p) {
  for (guint i = 0; needles->words[i]; i++)
    if (*p == *needles->words[i] && g_str_has_prefix(p, needles->words[i])) return TRUE;
  return FALSE;
}

gboolean needles_stand(const Needles *needles, const char *text) {
  const char *end = text + strlen(text);
  for (const char *p = text; p + 1 < end; p++) {
    guint8 bits = needles->first[(guchar)p[0]] & needles->second[(guchar)p[1]];
    if (bits && bits & needles->third[(guchar)p[2]] && word_at(needles, p)) return TRUE;
  }
  return FALSE;
}
