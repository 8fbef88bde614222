/* quote - see quote.h. */
#include "parsers/quote.h"

#include <string.h>

#include "parsers/known.h"
#include "parsers/needles.h"

enum {
  QUOTE_DEPTH_MAX = 30,
  ATTRIBUTION_MAX_BYTES = 400, /* of an attribution, over up to three lines */
  HEADER_LINES_MAX = 10,       /* of a quoted header block */
  HEADER_KEY_MAX_BYTES = 40,   /* of a header's name */
  DIVIDER_MAX_BYTES = 200,
  SENT_MIN_LETTERS = 20, /* a shorter line may well be an answer ("Oui") */
  SENT_LINE_MAX_BYTES = 4000,
  RUN_BYTES = 4
};

/* ---- what introduces a quote ---- */

typedef enum { KEY_NONE, KEY_FROM, KEY_DATE, KEY_TO, KEY_SUBJECT } HeaderKey;

static const struct {
  const char *word; /* folded, before the colon */
  HeaderKey key;
} header_keys[] = {
    {"de", KEY_FROM},         {"from", KEY_FROM},
    {"expediteur", KEY_FROM}, {"差出人", KEY_FROM},
    {"送信者", KEY_FROM},     {"envoye", KEY_DATE},
    {"envoye le", KEY_DATE},  {"sent", KEY_DATE},
    {"date", KEY_DATE},       {"date d'envoi", KEY_DATE},
    {"送信日時", KEY_DATE},   {"日時", KEY_DATE},
    {"日付", KEY_DATE},       {"a", KEY_TO},
    {"to", KEY_TO},           {"pour", KEY_TO},
    {"destinataire", KEY_TO}, {"cc", KEY_TO},
    {"宛先", KEY_TO},         {"copie a", KEY_TO},
    {"copie", KEY_TO},        {"objet", KEY_SUBJECT},
    {"subject", KEY_SUBJECT}, {"sujet", KEY_SUBJECT},
    {"件名", KEY_SUBJECT},    {"reply-to", KEY_TO},
    {"repondre a", KEY_TO},   {"importance", KEY_DATE},
};

static const struct {
  const char *words; /* folded words that the line holds */
  gboolean forwarded;
} dividers[] = {
    {"message d origine", FALSE},
    {"original message", FALSE},
    {"mail original", FALSE},
    {"message original", FALSE},
    {"courriel original", FALSE},
    {"forwarded message", TRUE},
    {"message transfere", TRUE},
    {"message transmis", TRUE},
    {"mail transfere", TRUE},
    {"debut du message reexpedie", TRUE},
    {"debut du message transfere", TRUE},
    {"begin forwarded message", TRUE},
    {"message reexpedie", TRUE},
    {"元のメッセージ", FALSE},
    {"original appointment", FALSE},
    {"転送メッセージ", TRUE},
    {"転送されたメッセージ", TRUE},
    {"fin du message", FALSE},
};

static const char *const verbs[] = {"a ecrit",          "wrote",        "ecrivait",     "writes",
                                    "さんは書きました", "が書きました", "のメッセージ", NULL};

static HeaderKey header_key(const char *folded) {
  while (*folded == ' ' || *folded == '*') folded++;
  gsize length = strcspn(folded, ":\t");
  if (folded[length] == '\0' || length > HEADER_KEY_MAX_BYTES) return KEY_NONE;
  while (length > 0 && g_ascii_isspace(folded[length - 1])) length--;
  if (length > 0 && folded[length - 1] == '*') length--;
  for (guint i = 0; i < G_N_ELEMENTS(header_keys); i++) {
    const char *word = header_keys[i].word;
    if (word[0] != folded[0]) continue; /* nearly all of them */
    if (strncmp(word, folded, length) == 0 && word[length] == '\0') return header_keys[i].key;
  }
  return KEY_NONE;
}

static gboolean has_rule_marks(const char *folded) {
  return strstr(folded, "---") != NULL || strstr(folded, "___") != NULL ||
         strstr(folded, "***") != NULL || strstr(folded, "===") != NULL;
}

/* One of these stands in every divider; hardly a line of a mail has any. */
static const char *const stems[] = {"message",     "mail",       "courriel",
                                    "appointment", "メッセージ", NULL};

/* "-----Message d'origine-----": 1, of a forward: 2; 0: no divider. */
static int divider(const Needles *needles, const char *folded) {
  if (strnlen(folded, DIVIDER_MAX_BYTES + 1) > DIVIDER_MAX_BYTES) return 0;
  if (!needles_stand(needles, folded)) return 0;
  g_autofree char *words = fold_words(folded);
  if (g_str_has_prefix(words, "message du ") && g_ascii_isdigit(words[11])) return 1;
  for (guint i = 0; i < G_N_ELEMENTS(dividers); i++) {
    if (!strstr(words, dividers[i].words)) continue;
    gboolean alone = strlen(words) <= strlen(dividers[i].words) + 2;
    if (has_rule_marks(folded) || alone) return dividers[i].forwarded ? 2 : 1;
  }
  return 0;
}

static gboolean has_digit_or_at(const char *text) {
  return strpbrk(text, "0123456789@") != NULL;
}

/* An attribution ends in a colon, or in "a écrit", "wrote". */
static gboolean may_attribute(const char *folded, gsize length) {
  while (length > 0 && (g_ascii_isspace(folded[length - 1]) || folded[length - 1] == '-')) length--;
  return length > 0 && strchr(":te", folded[length - 1]) && has_digit_or_at(folded);
}

/* One line or up to three joined: "Le … <a@b> a écrit :", "On … wrote:", "2019年…<a@b>:". */
static gboolean is_attribution(const char *folded, gsize folded_length) {
  if (!may_attribute(folded, folded_length)) return FALSE;
  g_autofree char *text = g_strstrip(g_strdup(folded));
  gsize length = strlen(text);
  while (length > 0 && strchr("- ", text[length - 1])) text[--length] = '\0';
  if (length < 8 || length > ATTRIBUTION_MAX_BYTES) return FALSE;
  gboolean colon = text[length - 1] == ':';
  if (!colon && !g_str_has_suffix(text, "a ecrit") && !g_str_has_suffix(text, "wrote"))
    return FALSE;
  if (!has_digit_or_at(text)) return FALSE;
  for (guint i = 0; verbs[i]; i++) {
    const char *verb = g_strrstr(text, verbs[i]);
    /* The verb ends the line: "Le 3 juillet on m'a écrit ceci :" is the sender's own. */
    if (verb && strlen(verb) <= strlen(verbs[i]) + 3) return TRUE;
  }
  return colon && length > 2 && text[length - 2] == '>' && g_ascii_isdigit(text[0]) &&
         strchr(text, '@') != NULL;
}

/* ---- the state of the walk ---- */

struct QuoteSent {
  char *letters;        /* of all texts, a line each */
  guint8 runs[1 << 16]; /* a set, hashed, of the runs of RUN_BYTES in them */
};

typedef struct {
  Text *text;
  const MimeMail *mail;
  const QuotePeople *people;
  Quote *quote;
  const QuoteSent *sent;
  gsize sent_at;                 /* behind the line that was found in them last */
  Needles stems;                 /* of dividers */
  guint at[QUOTE_DEPTH_MAX + 1]; /* the segment that a line of that depth belongs to */
  gboolean known[QUOTE_DEPTH_MAX + 1];
} Walk;

static const TextLine *line_of(const Walk *walk, guint i) {
  return walk->text->lines->pdata[i];
}
static const char *folded_of(const Walk *walk, guint i) {
  return text_folded(walk->text, i);
}
static guint depth_of(const Walk *walk, guint i) {
  return MIN(line_of(walk, i)->quote_depth, QUOTE_DEPTH_MAX);
}

static guint segment_new(Walk *walk, Voice voice, gboolean forwarded) {
  QuoteSegment segment = {.voice = voice, .forwarded = forwarded};
  g_array_append_val(walk->quote->segments, segment);
  return walk->quote->segments->len - 1;
}

static gboolean holds(const char *words, const char *name) {
  g_autofree char *wanted = fold_words(name);
  return wanted[0] && strstr(words, wanted) != NULL;
}

/* Who is spoken of in an attribution or a From line. */
static Voice voice_of(const Walk *walk, const char *text) {
  const QuotePeople *people = walk->people;
  g_autofree char *words = fold_words(text);
  for (gsize i = 0; people->event && i < people->event->n_staff; i++)
    if (holds(words, people->event->staff[i])) return VOICE_ORGANISER;
  for (guint i = 0; people->addresses && people->addresses[i]; i++)
    if (holds(words, people->addresses[i])) return VOICE_ORGANISER;
  if (holds(words, people->from) || holds(words, people->from_name)) return VOICE_SELF;
  return VOICE_OTHER;
}

static void set_from(Walk *walk, guint depth, guint segment) {
  walk->at[depth] = segment;
  walk->known[depth] = TRUE;
  for (guint d = depth + 1; d <= QUOTE_DEPTH_MAX; d++) walk->known[d] = FALSE;
}

/* How many lines from `i` on form a quoted header block; its From line in *ret_from. 0: none. */
static guint header_block(const Walk *walk, guint i, guint *ret_from) {
  guint seen[KEY_SUBJECT + 1] = {0}, n = 0, last = 0, kinds = 0, blanks = 0;
  for (; n < HEADER_LINES_MAX && i + n < walk->text->lines->len; n++) {
    if (depth_of(walk, i + n) != depth_of(walk, i)) break;
    HeaderKey key = header_key(folded_of(walk, i + n));
    if (key == KEY_NONE) {
      if (n == 0 || folded_of(walk, i + n)[0] != '\0' || ++blanks > 1) break;
      continue;
    }
    if (key == KEY_FROM && seen[KEY_FROM] == 0) *ret_from = i + n;
    if (seen[key]++ == 0) kinds++;
    last = n + 1;
  }
  return seen[KEY_FROM] && kinds >= 3 ? last : 0;
}

/* Does an attribution that begins so go on over the next lines? */
static gboolean may_be_wrapped(const char *folded) {
  return g_ascii_isdigit(folded[0]) || strncmp(folded, "le ", 3) == 0 ||
         strncmp(folded, "on ", 3) == 0;
}

/* An attribution that starts at line `i`: how many lines it takes; 0: none. */
static guint attribution(const Walk *walk, guint i, char **ret_text) {
  char joined[ATTRIBUTION_MAX_BYTES + 2];
  gsize length = 0;
  for (guint n = 0; n < 3 && i + n < walk->text->lines->len; n++) {
    const char *folded = folded_of(walk, i + n);
    gsize size = strnlen(folded, ATTRIBUTION_MAX_BYTES + 1);
    if (size == 0 || depth_of(walk, i + n) != depth_of(walk, i)) break;
    if (length + size > ATTRIBUTION_MAX_BYTES || (n > 0 && !may_be_wrapped(joined))) break;
    if (n > 0) joined[length++] = ' ';
    memcpy(joined + length, folded, size + 1);
    length += size;
    if (!is_attribution(joined, length)) continue;
    *ret_text = g_strdup(joined);
    return n + 1;
  }
  return 0;
}

/* The depth that the words behind an attribution at depth `depth` stand at. */
static guint depth_behind(const Walk *walk, guint i, guint depth) {
  for (guint n = 0; i < walk->text->lines->len && n < 4; i++, n++) {
    if (depth_of(walk, i) > depth) return depth_of(walk, i);
    if (folded_of(walk, i)[0] != '\0') break;
  }
  return depth;
}

static guint take_as_header(Walk *walk, guint i, guint n, guint segment) {
  for (guint k = 0; k < n; k++) {
    TextLine *line = walk->text->lines->pdata[i + k];
    line->header = TRUE;
    line->quoted = TRUE;
    walk->quote->line[i + k] = segment;
  }
  return n;
}

/* A header block or attribution at line `i`; returns the lines that it takes. */
static guint introduction(Walk *walk, guint i, gboolean forwarded) {
  guint from = i, depth = depth_of(walk, i), n = header_block(walk, i, &from);
  if (n > 0) {
    guint segment = segment_new(walk, voice_of(walk, folded_of(walk, from)), forwarded);
    guint behind = depth_behind(walk, i + n, depth);
    set_from(walk, depth, behind > depth ? walk->at[depth] : segment);
    if (behind > depth || depth == 0) set_from(walk, behind, segment);
    return take_as_header(walk, i, n, segment);
  }
  g_autofree char *text = NULL;
  n = attribution(walk, i, &text);
  if (n == 0) return 0;
  guint segment = segment_new(walk, voice_of(walk, text), forwarded);
  set_from(walk, depth_behind(walk, i + n, depth), segment);
  return take_as_header(walk, i, n, segment);
}

/* A divider, with the header block that may follow after an empty line. */
static guint divided(Walk *walk, guint i) {
  int kind = divider(&walk->stems, folded_of(walk, i));
  if (kind == 0) return 0;
  guint n = 1;
  while (i + n < walk->text->lines->len && n < 3 && folded_of(walk, i + n)[0] == '\0') n++;
  guint taken = i + n < walk->text->lines->len ? introduction(walk, i + n, kind == 2) : 0;
  guint depth = depth_of(walk, i);
  if (taken == 0) {
    /* Notes: "-----Cités Unies France <a@b> a écrit : -----" is caught as an attribution */
    guint segment = segment_new(walk, voice_of(walk, folded_of(walk, i)), kind == 2);
    set_from(walk, depth_behind(walk, i + 1, depth), segment);
    return take_as_header(walk, i, 1, segment);
  }
  return take_as_header(walk, i, n, walk->quote->line[i + n]) + taken;
}

/* ---- what was sent ---- */

static guint run_at(const char *p) {
  guint32 run;
  memcpy(&run, p, RUN_BYTES);
  return (run * 2654435761u) >> 16;
}

QuoteSent *quote_sent_new(const Wire__Event *event) {
  GString *all = g_string_new(NULL);
  for (gsize i = 0; event && i < event->n_sent_texts; i++) {
    g_autofree char *key = fold_key(event->sent_texts[i]);
    g_string_append(all, key);
    g_string_append_c(all, '\n');
  }
  QuoteSent *sent = g_new0(QuoteSent, 1);
  for (gsize i = 0; i + RUN_BYTES <= all->len; i++) sent->runs[run_at(all->str + i)] = 1;
  sent->letters = g_string_free(all, FALSE);
  return sent;
}

void quote_sent_free(QuoteSent *sent) {
  if (!sent) return;
  g_free(sent->letters);
  g_free(sent);
}

/* Nearly every line that was not sent is told by its runs. `key` has SENT_MIN_LETTERS at least. */
static gboolean may_be_sent(const QuoteSent *sent, const char *key) {
  for (guint i = 0; i + RUN_BYTES <= SENT_MIN_LETTERS; i++)
    if (!sent->runs[run_at(key + i)]) return FALSE;
  return TRUE;
}

/* Lines of a quoted letter follow each other as they were sent. */
static gboolean stands_in_sent(Walk *walk, const char *key, gsize length) {
  const char *sent = walk->sent->letters, *next = sent + walk->sent_at;
  next += *next == '\n' ? 1 : 0;
  const char *found = strncmp(next, key, length) == 0 ? next : strstr(sent, key);
  if (found) walk->sent_at = (gsize)(found - sent) + length;
  return found != NULL;
}

static gboolean repeats_sent(Walk *walk, const char *folded) {
  gsize length = strnlen(folded, SENT_LINE_MAX_BYTES + 1);
  if (length < SENT_MIN_LETTERS || length > SENT_LINE_MAX_BYTES) return FALSE;
  if (walk->sent->letters[0] == '\0') return FALSE;
  g_autofree char *key = fold_key(folded);
  gsize letters = strlen(key);
  return letters >= SENT_MIN_LETTERS && may_be_sent(walk->sent, key) &&
         stands_in_sent(walk, key, letters);
}

static gboolean is_sent(Walk *walk, guint i) {
  KnownLine *known = line_of(walk, i)->known;
  gboolean sent = FALSE;
  if (known_tells(known, KNOWN_SENT, &sent)) return sent;
  return known_note(known, KNOWN_SENT, repeats_sent(walk, folded_of(walk, i)));
}

/* ---- the walk ---- */

/* A leaf of a nested message is somebody's mail handed on; who wrote it stands in its header. */
static guint part_segment(Walk *walk, guint part) {
  const MimeMail *mail = walk->mail;
  if (!mail || part >= mail->parts->len) return 0;
  const MimePart *leaf = mail->parts->pdata[part];
  return leaf->message > 0 ? segment_new(walk, VOICE_OTHER, TRUE) : 0;
}

static guint segment_at(Walk *walk, guint i) {
  guint depth = depth_of(walk, i);
  if (walk->known[depth]) return walk->at[depth];
  guint d = depth;
  while (d > 0 && !walk->known[d]) d--;
  guint outer = walk->at[d];
  const QuoteSegment *around = &g_array_index(walk->quote->segments, QuoteSegment, outer);
  /* Quoted inside a quote without a word from whom: not the outer one's own words. */
  guint segment = segment_new(walk, VOICE_UNKNOWN, outer != 0 && around->forwarded);
  set_from(walk, depth, segment);
  return segment;
}

/* May what introduces a quote begin with that line, whatever follows? */
static gboolean may_open(const Walk *walk, const char *folded) {
  gsize size = strnlen(folded, ATTRIBUTION_MAX_BYTES + 1);
  return divider(&walk->stems, folded) != 0 || header_key(folded) != KEY_NONE ||
         (size <= ATTRIBUTION_MAX_BYTES &&
          (may_be_wrapped(folded) || is_attribution(folded, size)));
}

/* FALSE: no quote is introduced at line `i`. */
static gboolean opens(const Walk *walk, guint i) {
  const char *folded = folded_of(walk, i);
  KnownLine *known = line_of(walk, i)->known;
  gboolean may = folded[0] != '\0';
  if (!may || !known || known_tells(known, KNOWN_OPENS, &may)) return may;
  return known_note(known, KNOWN_OPENS, may_open(walk, folded));
}

static guint step(Walk *walk, guint i) {
  if (opens(walk, i)) {
    guint n = divided(walk, i);
    if (n == 0) n = introduction(walk, i, FALSE);
    if (n > 0) return n;
  }
  TextLine *line = walk->text->lines->pdata[i];
  guint segment =
      folded_of(walk, i)[0] == '\0' && !walk->known[depth_of(walk, i)] ? 0 : segment_at(walk, i);
  walk->quote->line[i] = segment;
  line->quoted = segment != 0;
  line->sent = is_sent(walk, i);
  if (line->sent) g_array_index(walk->quote->segments, QuoteSegment, segment).sent_lines++;
  return 1;
}

static void walk_lines(Walk *walk) {
  guint part = G_MAXUINT;
  for (guint i = 0; i < walk->text->lines->len;) {
    if (line_of(walk, i)->part != part) {
      part = line_of(walk, i)->part;
      set_from(walk, 0, part_segment(walk, part));
    }
    i += step(walk, i);
  }
}

Quote *quote_mark(Text *text, const MimeMail *mail, const QuotePeople *people) {
  Quote *quote = g_new0(Quote, 1);
  quote->segments = g_array_new(FALSE, TRUE, sizeof(QuoteSegment));
  quote->line = g_new0(guint, text->lines->len + 1);
  Walk walk = {.text = text, .mail = mail, .people = people, .quote = quote};
  g_autoptr(QuoteSent) sent = people->sent ? NULL : quote_sent_new(people->event);
  walk.sent = people->sent ? people->sent : sent;
  needles_init(&walk.stems, stems);
  segment_new(&walk, VOICE_OWN, FALSE);
  walk_lines(&walk);
  return quote;
}

void quote_free(Quote *quote) {
  if (!quote) return;
  g_array_unref(quote->segments);
  g_free(quote->line);
  g_free(quote);
}

const QuoteSegment *quote_segment(const Quote *quote, guint line) {
  return &g_array_index(quote->segments, QuoteSegment, quote->line[line]);
}
