/* language - see language.h.
 *
 * Votes: a word of the table that hardly exists in another language of it counts 2, a kana 1 (kana
 * are Japanese alone). A line with a label counts a quarter: it may be the organiser's print. */
#include "parsers/language.h"

#include <string.h>

enum {
  LANGUAGES_MAX = 16,         /* of an event that are told apart */
  LOOKED_AT_BYTES = 64 << 10, /* of own words; more does not change the vote */
  WORD_VOTES = 8,             /* of a word in a sentence */
  LABEL_LINE_VOTES = 2,       /* of a word in a line that looks like "label: value" */
  KANA_VOTES = 4,             /* of a kana, anywhere */
  WORD_MAX_BYTES = 24
};

static const struct {
  const char *language;
  const char *words; /* folded, one space around each */
} tables[] = {
    {"fr",
     " le la les des du et est sont je nous vous votre notre mon ma pour avec dans sur par une un "
     "bonjour madame monsieur cordialement merci veuillez trouver ci joint jointe serai suis ai "
     "que qui ne pas ce cette au aux sera bien salutations "},
    {"en",
     " the and of is are i we you your our my for with in on by this that will be have has please "
     "find dear regards sincerely thank thanks kind best hello attached not to "},
    {"de",
     " der die das und ist sind ich wir sie ihr ihre unser mit fuer auf von zu bitte hallo sehr "
     "geehrte geehrter freundlichen gruessen grussen danke anbei nicht ein eine "},
    {"es",
     " el los las y es son yo nosotros usted su nuestra con para por una buenos dias estimado "
     "estimada saludos gracias adjunto "},
    {"it", " il gli e sono io noi voi vostro nostra con per una buongiorno gentile saluti cordiali "
           "grazie "
           "allegato non "},
    {"nl",
     " het een en is zijn ik wij u uw ons met voor op van geachte beste groeten bedankt niet "},
    {"pt",
     " o os as e eu nos com para por uma bom dia caro cara cumprimentos obrigado obrigada anexo "},
};

typedef struct {
  const Wire__Event *event;
  guint64 votes[LANGUAGES_MAX];
  const char *words[LANGUAGES_MAX];
  guint32 begins[LANGUAGES_MAX][32]; /* a bit for each second letter, by first: how words begin */
  gsize looked_at;
} Vote;

static guint count(const Vote *vote) {
  return (guint)MIN(vote->event->n_languages, LANGUAGES_MAX);
}

static const char *words_of(const char *language) {
  for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
    if (strcmp(tables[i].language, language) == 0) return tables[i].words;
  return "";
}

static void know_words(Vote *vote) {
  for (guint i = 0; i < count(vote); i++) {
    vote->words[i] = words_of(vote->event->languages[i]);
    for (const char *p = vote->words[i]; *p && p[1]; p++)
      if (*p == ' ') vote->begins[i][(guchar)p[1] & 31] |= 1u << ((guchar)p[2] & 31);
  }
}

static void vote_word(Vote *vote, const char *start, gsize length, guint weight) {
  char wanted[WORD_MAX_BYTES + 3];
  if (length == 0 || length > WORD_MAX_BYTES) return;
  wanted[0] = wanted[length + 1] = ' ';
  memcpy(wanted + 1, start, length);
  wanted[length + 2] = '\0';
  guint first = (guchar)wanted[1] & 31, second = (guchar)wanted[2] & 31;
  for (guint i = 0; i < count(vote); i++)
    if (vote->begins[i][first] >> second & 1 && strstr(vote->words[i], wanted))
      vote->votes[i] += weight;
}

static guint kana_in(const char *text) {
  guint n = 0;
  for (const char *p = text; (p = strchr(p, 0xE3)); p++) { /* all of them begin so */
    gunichar ch = g_utf8_get_char(p);
    n += (ch >= 0x3041 && ch <= 0x3096) || (ch >= 0x30A1 && ch <= 0x30FA) ? 1 : 0;
  }
  return n;
}

static void vote_line(Vote *vote, const Fold *fold, guint weight) {
  const char *p = fold->text->str;
  while (*p) {
    while (*p && !g_ascii_isalpha(*p)) p++;
    const char *start = p;
    while (g_ascii_isalpha(*p)) p++;
    vote_word(vote, start, (gsize)(p - start), weight);
  }
  guint kana = kana_in(fold->text->str);
  for (guint i = 0; kana && i < count(vote); i++)
    if (strcmp(vote->event->languages[i], "ja") == 0) vote->votes[i] += kana * KANA_VOTES;
}

/* "Label : value", a row of a table, a line of ticks. */
static gboolean looks_like_form(const char *folded) {
  const char *mark = strpbrk(folded, ":\t");
  return (mark && mark - folded < 60) || text_has_tick(folded);
}

static void vote_text(Vote *vote, const Text *text, gboolean own, Fold *fold) {
  for (guint i = 0; i < text->lines->len && vote->looked_at < LOOKED_AT_BYTES; i++) {
    const TextLine *line = text->lines->pdata[i];
    if (line->header || line->sent || line->quoted == own) continue;
    gsize length = strnlen(line->text, LOOKED_AT_BYTES);
    while (length == LOOKED_AT_BYTES && ((guchar)line->text[length] & 0xC0) == 0x80) length--;
    fold_line(fold, line->text, (gssize)length);
    vote->looked_at += fold->text->len + 1;
    vote_line(vote, fold, looks_like_form(fold->text->str) ? LABEL_LINE_VOTES : WORD_VOTES);
  }
}

static guint best(const Vote *vote) {
  guint winner = 0;
  for (guint i = 1; i < count(vote); i++)
    if (vote->votes[i] > vote->votes[winner]) winner = i;
  return winner;
}

const char *language_of(const Wire__Event *event, const Text *text, const char *subject) {
  Vote vote = {.event = event};
  if (!event || event->n_languages == 0) return "";
  know_words(&vote);
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  vote_text(&vote, text, TRUE, &fold);
  if (vote.votes[best(&vote)] == 0) {
    fold_line(&fold, subject, -1);
    vote_line(&vote, &fold, LABEL_LINE_VOTES);
    vote.looked_at = 0;
    vote_text(&vote, text, FALSE, &fold);
  }
  return event->languages[best(&vote)];
}
