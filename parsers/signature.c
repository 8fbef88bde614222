/* signature - see signature.h. */
#include "parsers/signature.h"

#include <string.h>

enum {
  CLOSING_MAX_BYTES = 140, /* of a closing phrase; a sentence is longer */
  SHORT_FOOTER_BYTES = 28,
  HEADING_MAX_BYTES = 30,
  THANKS_LINES = 6,      /* below a mere "Thank you" that closes a mail */
  NAME_BLOCK_LINES = 12, /* below a line that is the sender's name */
  NAME_LINE_MAX_BYTES = 120
};

/* Folded words (fold_words) that a closing line begins with. */
static const char *const closings[] = {"cordialement",
                                       "bien cordialement",
                                       "tres cordialement",
                                       "cdlt",
                                       "cdt",
                                       "bien a vous",
                                       "bien a toi",
                                       "sinceres salutations",
                                       "meilleures salutations",
                                       "mes salutations",
                                       "sinceres salutations",
                                       "sincerement",
                                       "respectueusement",
                                       "amities",
                                       "amicalement",
                                       "bonne reception",
                                       "bonne journee",
                                       "bonne soiree",
                                       "bonne fin",
                                       "bon week end",
                                       "avec mes regrets",
                                       "avec tous mes regrets",
                                       "avec nos regrets",
                                       "avec mes excuses",
                                       "avec mes remerciements",
                                       "avec nos remerciements",
                                       "avec mes meilleures",
                                       "avec nos meilleures",
                                       "en vous remerciant",
                                       "vous remerciant",
                                       "en vous souhaitant",
                                       "vous en souhaitant",
                                       "dans l attente",
                                       "restant a votre disposition",
                                       "je reste a votre disposition",
                                       "nous restons a votre disposition",
                                       "veuillez agreer",
                                       "veuillez croire",
                                       "je vous prie d agreer",
                                       "nous vous prions d agreer",
                                       "je vous prie de croire",
                                       "nous vous prions de croire",
                                       "je vous prie de recevoir",
                                       "je vous remercie par avance",
                                       "merci d avance",
                                       "merci par avance",
                                       "par avance merci",
                                       "a bientot",
                                       "bien sincerement",
                                       "courtoisement",
                                       "belle journee",
                                       "regards",
                                       "best regards",
                                       "kind regards",
                                       "warm regards",
                                       "warmest regards",
                                       "with kind regards",
                                       "with best regards",
                                       "best wishes",
                                       "with best wishes",
                                       "sincerely",
                                       "yours sincerely",
                                       "sincerely yours",
                                       "yours faithfully",
                                       "yours truly",
                                       "thanks in advance",
                                       "thank you in advance",
                                       "all the best",
                                       "respectfully",
                                       "よろしくお願い",
                                       "宜しくお願い",
                                       "どうぞよろしく",
                                       "何卒よろしく",
                                       "何卒宜しく",
                                       "敬具",
                                       "草々",
                                       "かしこ",
                                       "mit freundlichen",
                                       "saludos",
                                       "cordiali saluti",
                                       NULL};

/* These close only where they fill the line: longer, they begin a sentence. */
static const char *const alone[] = {"many thanks",
                                    "thank you very much",
                                    "thanks a lot",
                                    "thanks again",
                                    "thank you again",
                                    "merci beaucoup",
                                    "merci encore",
                                    "thank you so much",
                                    "bien amicalement",
                                    "avec mes remerciements",
                                    "best",
                                    "thanks",
                                    "thank you",
                                    "yours",
                                    "merci",
                                    "cheers",
                                    "salutations",
                                    "以上",
                                    "looking forward to",
                                    NULL};

static const char *const footers[] = {"envoye de mon",          "envoye depuis mon",
                                      "envoye depuis l",        "envoye a partir de",
                                      "sent from my",           "sent from outlook",
                                      "sent from mail for",     "get outlook for",
                                      "telecharger outlook",    "obtenez outlook",
                                      "provenance courrier",    "iphoneから送信",
                                      "スマートフォンから送信", NULL};

/* These are a footer where hardly anything follows: "Sent from TypeApp". */
static const char *const short_footers[] = {"sent from", "envoye de", "envoye depuis", NULL};

static const char *const greetings[] = {"bonjour",
                                        "bonsoir",
                                        "madame monsieur",
                                        "madame et monsieur",
                                        "mesdames messieurs",
                                        "chere madame",
                                        "cher monsieur",
                                        "chers collegues",
                                        "cher collegue",
                                        "chere collegue",
                                        "mesdames et messieurs",
                                        "cher ami",
                                        "chers amis",
                                        "chere",
                                        "cher",
                                        "dear",
                                        "hello",
                                        "hi",
                                        "good morning",
                                        "good afternoon",
                                        "to whom it may concern",
                                        "ご担当者",
                                        "お世話になって",
                                        "拝啓",
                                        "はじめまして",
                                        "いつもお世話",
                                        "関係者各位",
                                        NULL};

static gboolean begins_with(const char *words, const char *const *phrases) {
  for (guint i = 0; words[0] && phrases[i]; i++) {
    if (words[0] != phrases[i][0] || words[1] != phrases[i][1]) continue; /* nearly all of them */
    gsize length = strlen(phrases[i]);
    if (strncmp(words, phrases[i], length) != 0) continue;
    gboolean latin = (guchar)phrases[i][0] < 0x80;
    if (!latin || words[length] == '\0' || words[length] == ' ') return TRUE;
  }
  return FALSE;
}

static gboolean is_among(const char *words, const char *const *phrases) {
  for (guint i = 0; phrases[i]; i++)
    if (words[0] == phrases[i][0] && strcmp(words, phrases[i]) == 0) return TRUE;
  return FALSE;
}

/* "--", "-- ", "—", "____" and their like, with nothing else on the line. */
static gboolean is_delimiter(const char *folded) {
  gsize length = strlen(folded);
  return length >= 2 && strspn(folded, "-_=* ") == length;
}

/* What is looked at of a line: longer ones close nothing. */
static gboolean is_too_long(const char *folded) {
  return strnlen(folded, 2 * CLOSING_MAX_BYTES + 1) > 2 * CLOSING_MAX_BYTES;
}

/* `words` are the line's. */
static gboolean is_footer(const char *folded, const char *words) {
  gsize length = strnlen(folded, CLOSING_MAX_BYTES + 1), link = strcspn(folded, "<");
  if (length > CLOSING_MAX_BYTES) return FALSE;
  g_autofree char *before = link < length ? g_strndup(folded, link) : NULL;
  g_autofree char *shown = before ? fold_words(before) : NULL;
  if (shown) words = shown;
  return begins_with(words, footers) ||
         (strlen(words) <= SHORT_FOOTER_BYTES && begins_with(words, short_footers));
}

/* `words` are the line's. */
static gboolean is_closing(const char *folded, const char *words) {
  if (is_delimiter(folded)) return TRUE;
  if (words[0] == '\0' || words[1] == '\0') return FALSE; /* one letter, as lists have */
  if (is_footer(folded, words)) return TRUE;
  if (strchr(folded, ':')) return FALSE;
  return begins_with(words, closings) || is_among(words, alone);
}

gboolean signature_is_closing(const char *folded) {
  while (*folded == ' ') folded++;
  if (is_too_long(folded)) return FALSE;
  g_autofree char *words = fold_words(folded);
  return is_closing(folded, words);
}

gboolean signature_is_either(const char *folded) {
  while (*folded == ' ') folded++;
  if (is_too_long(folded)) return FALSE;
  g_autofree char *words = fold_words(folded);
  return is_closing(folded, words) ||
         (strlen(folded) <= CLOSING_MAX_BYTES && begins_with(words, greetings));
}

gboolean signature_is_greeting(const char *folded) {
  while (*folded == ' ') folded++;
  if (strlen(folded) > CLOSING_MAX_BYTES) return FALSE;
  g_autofree char *words = fold_words(folded);
  return begins_with(words, greetings);
}

/* ---- the sender's name on a line of its own ---- */

static gint compare_words(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The words in alphabetical order: "DURAND Marie" and "Marie Durand" are one name. */
static char *sorted_words(const char *text) {
  g_autofree char *words = fold_words(text);
  g_auto(GStrv) split = g_strsplit(words, " ", 12);
  qsort(split, g_strv_length(split), sizeof *split, compare_words);
  return g_strjoinv(" ", split);
}

/* `words` are the line's. */
static gboolean is_name_line(const char *folded, const char *words, const char *name) {
  if (name[0] == '\0' || strlen(words) != strlen(name)) return FALSE;
  if (strlen(folded) > NAME_LINE_MAX_BYTES) return FALSE;
  g_autofree char *sorted = sorted_words(folded);
  return strcmp(sorted, name) == 0;
}

/* ---- the walk ---- */

typedef struct {
  Text *text;
  const char *from; /* the display name */
  char *name;       /* the display name's words, sorted; "" where it is no name */
} Walk;

static const TextLine *line_of(const Walk *walk, guint i) {
  return walk->text->lines->pdata[i];
}

static gboolean is_own(const Walk *walk, guint i) {
  return !line_of(walk, i)->quoted;
}

static const char *folded_of(const Walk *walk, guint i) {
  return is_own(walk, i) ? text_folded(walk->text, i) : "";
}

/* The end of the own lines that begin at `i`: same part, nothing quoted between. */
static guint run_end(const Walk *walk, guint i) {
  guint part = line_of(walk, i)->part, end = i;
  while (end < walk->text->lines->len && is_own(walk, end) && line_of(walk, end)->part == part)
    end++;
  return end;
}

/* Are there at most `most` lines with words from `i` to `end`? */
static gboolean is_short(const Walk *walk, guint i, guint end, guint most) {
  guint written = 0;
  for (; i < end && written <= most; i++) written += *line_of(walk, i)->text ? 1 : 0;
  return written <= most;
}

/* Does one of the lines from `i` to `end` close the mail with words ("Thank you again,")? */
static gboolean closes_later(const Walk *walk, guint i, guint end) {
  for (; i < end; i++) {
    const char *folded = folded_of(walk, i);
    if (is_too_long(folded) || is_delimiter(folded)) continue;
    g_autofree char *words = fold_words(folded);
    if (is_footer(folded, words)) return FALSE;
    if (is_closing(folded, words)) return TRUE;
  }
  return FALSE;
}

/* "Thank you" may open a mail as well as close it: it closes where little follows. */
static gboolean closes_at(const Walk *walk, guint i, guint end, const char *words) {
  if (!is_closing(folded_of(walk, i), words)) return FALSE;
  return !is_among(words, alone) ||
         (is_short(walk, i + 1, end, THANKS_LINES) && !closes_later(walk, i + 1, end));
}

/* A label alone ("Nom complet", "Participant :"): the name below it is a value. */
static gboolean is_heading(const char *folded) {
  gsize length = strlen(folded);
  if (length == 0) return FALSE;
  return folded[length - 1] == ':' || (length <= HEADING_MAX_BYTES && !strchr(folded, ':'));
}

/* Lines and empty lines in turn about line `i`: labels with their values below them, perhaps. */
static gboolean is_double_spaced(const Walk *walk, guint i, guint end) {
  if (i < 2 || i + 2 >= end) return FALSE;
  const char *above = folded_of(walk, i - 2);
  gboolean below = !*folded_of(walk, i + 1) && *folded_of(walk, i + 2) &&
                   (i + 3 >= end || !*folded_of(walk, i + 3));
  return below && !*folded_of(walk, i - 1) && *above && !strpbrk(above, ",.!;");
}

/* Does a short block of the sender's name begin at `i`, and reach to `end`? */
static gboolean is_name_block(const Walk *walk, guint i, guint end, const char *words) {
  const char *folded = folded_of(walk, i);
  if (i == 0 || strchr("-*>", *folded) || !is_name_line(folded, words, walk->name)) return FALSE;
  if (is_heading(folded_of(walk, i - 1))) return FALSE;
  if (is_double_spaced(walk, i, end) && is_heading(folded_of(walk, i - 2))) return FALSE;
  return is_short(walk, i, end, NAME_BLOCK_LINES);
}

/* The last paragraph of a Japanese mail holds the sender's name and no sentence: a name block. */
static guint japanese_block(const Walk *walk, guint begin, guint end) {
  g_autofree char *key = fold_key(walk->from);
  guint last = end, start, named = 0;
  if (!*key || (guchar)*key < 0xe3) return end;
  while (last > begin && !*line_of(walk, last - 1)->text) last--;
  for (start = last; start > begin && *line_of(walk, start - 1)->text; start--) {
    const char *text = line_of(walk, start - 1)->text;
    g_autofree char *line = fold_key(text);
    if (strstr(text, "。") || last - start > NAME_BLOCK_LINES) return end;
    named += strstr(line, key) && !strstr(text, "：") && !strchr(text, ':') ? 1 : 0;
  }
  return named > 0 && start > begin ? start : end;
}

static guint signature_start(const Walk *walk, guint begin, guint end) {
  gboolean begun = FALSE; /* words stand above */
  for (guint i = begin; i < end; i++) {
    const char *folded = folded_of(walk, i);
    if (*folded == '\0') continue;
    g_autofree char *words = is_too_long(folded) ? NULL : fold_words(folded);
    if (words && begun && is_name_block(walk, i, end, words)) return i;
    if (words && begun && closes_at(walk, i, end, words)) return i;
    if (words && !begun && is_footer(folded, words)) return i;
    begun = TRUE;
  }
  return japanese_block(walk, begin, end);
}

static void mark(Walk *walk) {
  guint n = walk->text->lines->len;
  for (guint i = 0; i < n;) {
    if (!is_own(walk, i)) {
      i++;
      continue;
    }
    guint end = run_end(walk, i);
    for (guint k = signature_start(walk, i, end); k < end; k++)
      ((TextLine *)walk->text->lines->pdata[k])->signature = TRUE;
    i = end;
  }
}

void signature_mark(Text *text, const char *from_name) {
  g_autofree char *name = strchr(from_name, ' ') ? sorted_words(from_name) : g_strdup("");
  Walk walk = {.text = text, .from = from_name, .name = name};
  mark(&walk);
}
