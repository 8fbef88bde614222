/* choice - which of the field's choices was ticked, written or left standing.
 *
 * Marks are ☒ and ☐ (text makes every tick box so), "[x]" or a lone X or circle typed beside a
 * word; they may stand before the words or behind them. Both, none, or a word of doubt: no
 * value. */
#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/required.h"

enum { CHOICE_TOKENS_MAX = 40, CHOICE_MAX_BYTES = 600 };

typedef enum { TOKEN_WORD, TOKEN_TICKED, TOKEN_EMPTY } TokenKind;

typedef struct {
  TokenKind kind;
  int choice; /* of a word */
  gsize start, end;
} Token;

/* What makes an answer none yet. Folded words; a space at an end is a word's border. */
static const char *const doubts[] = {"confirmer",
                                     "sous reserve",
                                     "peut etre",
                                     "pas encore",
                                     "probable",
                                     "a voir",
                                     "ne sais",
                                     "a definir",
                                     "selon",
                                     " si ",
                                     " ou ",
                                     " sauf ",
                                     "en principe",
                                     "a priori",
                                     "en attente",
                                     "normalement",
                                     "essaie",
                                     "essaye",
                                     "espere",
                                     "eventuel",
                                     "sans doute",
                                     "a condition",
                                     "to be confirmed",
                                     " tbc ",
                                     "maybe",
                                     "not sure",
                                     "not yet",
                                     "perhaps",
                                     "tentative",
                                     "subject to",
                                     " if ",
                                     " or ",
                                     "unless",
                                     "depending",
                                     "probably",
                                     "likely",
                                     "hope",
                                     "未定",
                                     "検討中",
                                     "調整中",
                                     "未確定",
                                     "かもしれ",
                                     "場合",
                                     NULL};

/* Somebody else comes instead: whoever reads it must see whom. Folded words. */
static const char *const stand_ins[] = {"represent", "remplac",   "a ma place",
                                        "instead",   "on behalf", "delegue a",
                                        "代理",      "代わり",    NULL};

/* What turns a word round that stands outside the known phrases. Folded, as words. */
static const char *const negations[] = {"pas", "ne", "not", "ni", "aucun", "sauf", "plus", NULL};

static gunichar char_before(const char *text, gsize at) {
  return at > 0 ? g_utf8_get_char(g_utf8_prev_char(text + at)) : ' ';
}

/* A lone "x" or a circle counts as a tick; beside a filled circle an empty one does not. */
static gboolean is_typed_tick(const char *text, gsize at, gsize *ret_end) {
  gunichar ch = g_utf8_get_char(text + at);
  gboolean circle =
      ch == 0x25CB || ch == 0x25EF || ch == 0x25CF || ch == 0x25C9 || ch == 0x25CE || ch == 0x3007;
  gboolean tick = (ch >= 0x2713 && ch <= 0x2718) || ch == 0x2611 || ch == 0x2612 || ch == 0x25A0 ||
                  ch == 0x2327;
  *ret_end = at + (gsize)(g_utf8_next_char(text + at) - (text + at));
  if (circle || tick) return TRUE;
  if (ch != 'x') return FALSE;
  return !g_unichar_isalnum(char_before(text, at)) &&
         !g_unichar_isalnum(g_utf8_get_char(text + *ret_end));
}

static gboolean bracket_at(const char *text, gsize at, Token *token) {
  char open = text[at], close = open == '[' ? ']' : open == '(' ? ')' : '\0';
  if (!close) return FALSE;
  const char *p = text + at + 1;
  while (*p == ' ') p++;
  gsize end = (gsize)(p - text);
  token->kind = TOKEN_EMPTY;
  if (*p && *p != close && is_typed_tick(text, (gsize)(p - text), &end)) token->kind = TOKEN_TICKED;
  p = text + end;
  while (*p == ' ') p++;
  if (*p != close) return FALSE;
  token->start = at;
  token->end = (gsize)(p - text) + 1;
  return TRUE;
}

static gboolean mark_at(const char *text, gsize at, Token *token) {
  gunichar ch = g_utf8_get_char(text + at);
  if (bracket_at(text, at, token)) return TRUE;
  token->start = at;
  if (ch == 0x2610 || ch == 0x25A1) {
    token->kind = TOKEN_EMPTY;
    token->end = at + (gsize)(g_utf8_next_char(text + at) - (text + at));
    return TRUE;
  }
  token->kind = TOKEN_TICKED;
  return is_typed_tick(text, at, &token->end);
}

static guint tokens_read(const FieldContext *context, const Fold *fold, Token tokens[]) {
  const char *text = fold->text->str;
  gboolean radio = strstr(text, "\u25CF") || strstr(text, "\u25C9");
  guint n = 0;
  gsize at = 0, start = 0, end = 0;
  int choice = rules_find_choice(context->rules, context->field, fold, 0, &start, &end);
  while (at < fold->text->len && n < CHOICE_TOKENS_MAX) {
    Token token = {0};
    if (choice >= 0 && at == start) {
      tokens[n++] = (Token){TOKEN_WORD, choice, start, end};
      at = end;
      choice = rules_find_choice(context->rules, context->field, fold, at, &start, &end);
    } else if (mark_at(text, at, &token)) {
      gunichar ch = g_utf8_get_char(text + at);
      if (radio && (ch == 0x25CB || ch == 0x25EF)) token.kind = TOKEN_EMPTY;
      tokens[n++] = token;
      at = token.end;
      if (choice >= 0 && start < at)
        choice = rules_find_choice(context->rules, context->field, fold, at, &start, &end);
    } else {
      at += (gsize)(g_utf8_next_char(text + at) - (text + at));
    }
  }
  return n;
}

/* The index of the word that the mark at `m` belongs to; -1: as near to one as to the other. */
static int word_of_mark(const Token tokens[], guint n, guint m) {
  int before = -1, after = -1;
  for (guint i = 0; i < m; i++)
    if (tokens[i].kind == TOKEN_WORD) before = (int)i;
  for (guint i = n; i > m + 1; i--)
    if (tokens[i - 1].kind == TOKEN_WORD) after = (int)i - 1;
  if (before < 0 || after < 0) return before < 0 ? after : before;
  gsize left = tokens[m].start - tokens[before].end, right = tokens[after].start - tokens[m].end;
  return left == right ? -1 : left < right ? before : after;
}

/* Marks and words in turn: the first token tells on which side the marks stand. */
static gboolean alternating(const Token tokens[], guint n) {
  if (n % 2) return FALSE;
  for (guint i = 1; i < n; i++)
    if ((tokens[i].kind == TOKEN_WORD) == (tokens[i - 1].kind == TOKEN_WORD)) return FALSE;
  return TRUE;
}

typedef struct {
  int choice; /* -1: none */
  const char *problem;
} Picked;

/* The sign right before and behind the word that singles it out: "[NON]", "*oui*", "_OUI_"; 0:
 * none. Signs are those of the line as written. */
static char sign_about(const char *line, gsize start, gsize end) {
  static const char pairs[][2] = {{'[', ']'}, {'*', '*'}, {'_', '_'}, {'<', '>'},
                                  {'{', '}'}, {'"', '"'}, {'(', ')'}};
  if (start == 0) return 0;
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
    if (line[start - 1] == pairs[i][0] && line[end] == pairs[i][1]) return pairs[i][0];
  return 0;
}

static gboolean in_capitals(const char *line, gsize start, gsize end) {
  for (gsize i = start; i < end; i++)
    if (g_ascii_islower(line[i])) return FALSE;
  return end - start >= 2;
}

/* The one word of several that was singled out, by signs about it or by capitals; -1: none. */
static int singled_out(const Token tokens[], guint n, Fold *fold, const char *line) {
  int marked = -1, loud = -1;
  guint words = 0, marks = 0, capitals = 0;
  for (guint i = 0; i < n; i++) {
    if (tokens[i].kind != TOKEN_WORD) continue;
    gsize start = fold_origin(fold, tokens[i].start), end = fold_origin(fold, tokens[i].end);
    words++;
    if (sign_about(line, start, end) && ++marks) marked = tokens[i].choice;
    if (in_capitals(line, start, end) && ++capitals) loud = tokens[i].choice;
  }
  if (marks == 1) return marked;
  return marks == 0 && capitals == 1 && words == 2 ? loud : -1;
}

static void pick(Picked *picked, int choice) {
  if (picked->choice >= 0 && picked->choice != choice) picked->problem = "more than one chosen";
  picked->choice = choice;
}

static Picked pick_ticked(const Token tokens[], guint n) {
  Picked picked = {-1, NULL};
  gboolean turns = alternating(tokens, n), words_first = n > 0 && tokens[0].kind == TOKEN_WORD;
  for (guint i = 0; i < n; i++) {
    if (tokens[i].kind != TOKEN_TICKED) continue;
    int word = turns ? (int)(words_first ? i - 1 : i + 1) : word_of_mark(tokens, n, i);
    if (word < 0)
      picked.problem = "not clear which one is ticked";
    else
      pick(&picked, tokens[word].choice);
  }
  return picked;
}

static gboolean holds(const char *folded, const char *const *phrases) {
  g_autofree char *bare = fold_words(folded);
  g_autofree char *words = g_strconcat(" ", bare, " ", NULL);
  Runs runs;
  runs_note(&runs, words, strlen(words));
  return runs_find(&runs, words, phrases) != NULL;
}

/* A negation in what no known phrase covers, before the first word that is one. */
static gboolean negated(const char *folded, const Token *first) {
  if (first->start <= 1) return FALSE;
  g_autofree char *front = g_strndup(folded, first->start);
  g_autofree char *words = fold_words(front);
  g_auto(GStrv) split = g_strsplit(words, " ", -1);
  for (guint i = 0; split[i]; i++)
    if (g_strv_contains(negations, split[i])) return TRUE;
  return FALSE;
}

/* "présent pas": the negation right behind a word that does not start the answer as "Oui" does. */
static gboolean negated_behind(const char *folded, const Token *last) {
  g_autofree char *words = fold_words(folded + last->end);
  g_auto(GStrv) split = g_strsplit(words, " ", 2);
  return split[0] && (strcmp(split[0], "pas") == 0 || strcmp(split[0], "not") == 0);
}

/* Is it said behind a box that is not ticked: "☐ Me ferai représenter"? */
static gboolean is_unticked(const char *folded, const char *const *phrases) {
  for (guint i = 0; phrases[i]; i++) {
    const char *at = strstr(folded, phrases[i]);
    if (!at) continue;
    const char *box = g_strrstr_len(folded, at - folded, "\u2610");
    const char *tick = g_strrstr_len(folded, at - folded, "\u2612");
    if (!box || (tick && tick > box)) return FALSE;
  }
  return TRUE;
}

static FieldResult choice_value(const FieldContext *context, Picked picked, const char *folded) {
  const Wire__Field *field = rules_event(context->rules)->fields[context->field];
  if (picked.problem) return field_invalid(picked.problem);
  FieldResult result = field_valid(g_strdup(field->choices[picked.choice]->value));
  if (holds(folded, stand_ins) && !is_unticked(folded, stand_ins))
    result.doubt = "somebody else may come instead";
  return result;
}

/* "OUI / ~~NON~~": what chat programs show struck out; where it ends behind `p`, NULL: nowhere. */
static const char *behind_strike(const char *p) {
  if (p[0] != '~' || p[1] != '~') return NULL;
  const char *close = strstr(p + 2, "~~");
  return close && close > p + 2 ? close + 2 : NULL;
}

/* Lines and cells in one line, far apart: a tick belongs to the words beside it. */
static char *joined(const char *raw) {
  GString *out = g_string_new(NULL);
  for (const char *p = raw; *p; p++) {
    const char *behind = behind_strike(p);
    if (behind) {
      p = behind - 1;
      continue;
    }
    if (*p == '\n' || *p == '\t')
      g_string_append(out, *p == '\n' ? "        " : "  ");
    else
      g_string_append_c(out, *p);
  }
  return g_string_free(out, FALSE);
}

FieldResult field_parse_choice(const FieldContext *context, const char *raw) {
  Token tokens[CHOICE_TOKENS_MAX];
  g_auto(Fold) fold = {0};
  g_autofree char *line = joined(raw);
  fold_init(&fold);
  fold_line(&fold, line, -1);
  if (fold.text->len > CHOICE_MAX_BYTES) return field_invalid("too long for a choice");
  guint n = tokens_read(context, &fold, tokens), words = 0, ticked = 0, empty = 0, first = 0;
  Picked written = {-1, NULL};
  for (guint i = n; i > 0; i--) {
    const Token *token = &tokens[i - 1];
    ticked += token->kind == TOKEN_TICKED;
    empty += token->kind == TOKEN_EMPTY;
    if (token->kind != TOKEN_WORD) continue;
    pick(&written, token->choice);
    words++;
    first = i - 1;
  }
  if (holds(fold.text->str, doubts)) return field_invalid("not decided");
  if (words == 0)
    return ticked ? field_invalid("a tick without a choice")
                  : field_invalid("not one of the choices");
  if (ticked) {
    Picked picked = pick_ticked(tokens, n);
    return picked.choice < 0 && !picked.problem ? field_blank()
                                                : choice_value(context, picked, fold.text->str);
  }
  if (empty) {
    /* every box empty; "☐ Oui ☐ Non : Oui" does not happen */
    return field_blank();
  }
  /* The words as printed, nothing chosen: "Oui / Non", "? Oui ? Non" (boxes that a character set
   * lost). */
  int single = written.problem ? singled_out(tokens, n, &fold, line) : -1;
  if (single >= 0) {
    FieldResult result = choice_value(context, (Picked){single, NULL}, fold.text->str);
    if (!result.doubt) result.doubt = "chosen by its letters or the signs about it";
    return result;
  }
  if (written.problem) return field_blank();
  if (strchr(fold.text->str, '?')) return field_invalid("not decided");
  if (negated(fold.text->str, &tokens[first]) || negated_behind(fold.text->str, &tokens[first]))
    return field_invalid("not clear");
  return choice_value(context, written, fold.text->str);
}

/* How many different choices stand in `line`, and boxes? The choice of the last one. */
static guint choices_in(const FieldContext *context, const char *line, guint *ret_empty,
                        guint *ret_ticked, int *ret_choice) {
  Token tokens[CHOICE_TOKENS_MAX];
  g_auto(Fold) fold = {0};
  guint different = 0;
  fold_init(&fold);
  fold_line(&fold, line, -1);
  *ret_empty = *ret_ticked = 0;
  *ret_choice = -1;
  guint n = fold.text->len > CHOICE_MAX_BYTES ? 0 : tokens_read(context, &fold, tokens);
  for (guint i = 0; i < n; i++) {
    *ret_empty += tokens[i].kind == TOKEN_EMPTY;
    *ret_ticked += tokens[i].kind == TOKEN_TICKED;
    if (tokens[i].kind != TOKEN_WORD || tokens[i].choice == *ret_choice) continue;
    *ret_choice = tokens[i].choice;
    different++;
  }
  return different;
}

guint field_choices_printed(const FieldContext *context, const char *line) {
  guint empty = 0, ticked = 0;
  int choice = -1;
  return choices_in(context, line, &empty, &ticked, &choice);
}

static gboolean prints_both(const FieldContext *context) {
  const Wire__Event *event = rules_event(context->rules);
  guint empty = 0, ticked = 0;
  int choice = -1;
  for (gsize i = 0; i < event->n_sent_texts; i++) {
    g_auto(GStrv) lines = g_strsplit(event->sent_texts[i], "\n", -1);
    for (guint k = 0; lines[k]; k++)
      if (choices_in(context, lines[k], &empty, &ticked, &choice) >= 2 && empty >= 2) return TRUE;
  }
  return FALSE;
}

int field_choice_left(const FieldContext *context, const char *raw) {
  guint empty = 0, ticked = 0;
  int choice = -1;
  guint different = choices_in(context, raw, &empty, &ticked, &choice);
  return different == 1 && empty == 1 && ticked == 0 && prints_both(context) ? choice : -1;
}
