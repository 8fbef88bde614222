/* sentence - see sentence.h. */
#include "parsers/sentence.h"

#include <string.h>

#include "parsers/required.h"
#include "parsers/signature.h"

enum {
  SENTENCES_MAX = 400,
  SENTENCE_MAX_BYTES = RULES_SENTENCE_MAX_BYTES,
  SALUTATION_MAX_BYTES = 80
};

/* What leaves open whether somebody comes. Folded words. */
static const char *const open_words[] = {
    " si ",          " s il ",     " s ils ",  "sous reserve",   "peut etre",   "probable",
    "eventuel",      "pas encore", " sauf ",   "selon ",         "a confirmer", "essaie",
    "essaye",        "tente",      "espere",   "possibilite de", "verrai",      "dans la mesure",
    "prochainement", "plus tard",  "des que",  " si possible",   " if ",        "maybe",
    "perhaps",       "not yet",    "probably", "possibly",       "hope to",     "try to",
    "unless",        "subject to", "whether",  "might",          "depending",   "未定",
    "検討",          "調整中",     "かもしれ", "可能であれば",   NULL};

/* A new bulletin for an old one is no withdrawal. */
static const char *const replacing[] = {
    "annule et remplace",   "annulent et remplacent", "annuler et remplacer",
    "cancels and replaces", "remplace le precedent",  "remplace la precedente",
    "ne pas annuler",       "n annule pas",           NULL};

static const char *const corrections[] = {"annule et remplace",
                                          "rectificat",
                                          "rectifi",
                                          "correction",
                                          "corrige",
                                          "erratum",
                                          "modifi",
                                          "nouveau bulletin",
                                          "nouvelle version",
                                          "mise a jour",
                                          "remplace le precedent",
                                          "cancels and replaces",
                                          "corrected",
                                          "updated",
                                          "replaces my",
                                          "erreur dans",
                                          "訂正",
                                          "修正",
                                          "変更",
                                          "差し替え",
                                          NULL};

/* Others come along, whom the bulletin may not name. Folded words, a space is a word's border. */
static const char *const companions[] = {" accompagne de ",
                                         " accompagnee de ",
                                         " accompagnes de ",
                                         " accompagne par ",
                                         " accompagnee par ",
                                         " nous serons deux ",
                                         " nous serons trois ",
                                         " nous serons 2 ",
                                         " nous serons 3 ",
                                         " nous serons 4 ",
                                         " deux personnes ",
                                         " 2 personnes ",
                                         " 3 personnes ",
                                         " trois personnes ",
                                         " ainsi que mon ",
                                         " ainsi que ma ",
                                         " avec mon collegue ",
                                         " avec ma collegue ",
                                         " accompanied by ",
                                         " two of us ",
                                         " together with my ",
                                         " two people ",
                                         "同行",
                                         "２名",
                                         "2名",
                                         "二名",
                                         NULL};

/* "Pourriez-vous annuler mon inscription ?" asks nothing. Folded words. */
static const char *const requesting[] = {"pourriez vous",
                                         "pouvez vous",
                                         "pourrais tu",
                                         "peux tu",
                                         "auriez vous l",
                                         "could you",
                                         "can you",
                                         "would you",
                                         "serait il possible d annuler",
                                         "puis je vous demander",
                                         "would it be possible to cancel",
                                         "いただけますか",
                                         "頂けますか",
                                         "もらえますか",
                                         NULL};

/* What announces a list of those who come. Folded words. */
static const char *const rosters[] = {
    "participant", "representant", "delegation", "delegue",   "inscrits", "inscrites",
    "inscription", "inscrire",     "presents",   "personnes", "liste",    "delegates",
    "delegation",  "attendees",    "names",      "attending", "who we",   "following people",
    "register",    "参加者",       "出席者",     "下記",      "以下",     NULL};

typedef struct {
  const Reading *reading;
  Sentences *out;
  gboolean *labelled; /* by line: a label or a value of the form stands there */
} Reader;

static void sentence_free(Sentence *sentence) {
  g_free(sentence->text);
  g_free(sentence);
}

void sentences_free(Sentences *sentences) {
  if (!sentences) return;
  g_ptr_array_unref(sentences->all);
  g_free(sentences);
}

static const TextLine *line_of(const Reader *reader, guint i) {
  return reader->reading->text->lines->pdata[i];
}

static guint n_lines(const Reader *reader) {
  return reader->reading->text->lines->len;
}

/* Words with what stands in them, for many lists of phrases. */
typedef struct {
  char *text;
  Runs runs;
} Said;

static void said_of(const char *text, Said *said) {
  g_autofree char *bare = fold_words(text);
  said->text = g_strconcat(" ", bare, " ", NULL);
  runs_note(&said->runs, said->text, strlen(said->text));
}

static gboolean holds_any(const Said *said, const char *const *phrases) {
  return runs_find(&said->runs, said->text, phrases) != NULL;
}

/* ---- what a sentence says ---- */

/* Do the words before the list say that those follow who come? */
static gboolean announces_people(const char *text) {
  g_autofree char *head = g_strndup(text, strcspn(text, ":;"));
  Said said;
  said_of(head, &said);
  g_autofree char *words = said.text;
  return holds_any(&said, rosters);
}

static void judge(Reader *reader, Sentence *sentence) {
  Rules *rules = reader->reading->rules;
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  fold_line(&fold, sentence->text, -1);
  Said said;
  said_of(sentence->text, &said);
  g_autofree char *words = said.text;
  reader->out->correction = reader->out->correction || holds_any(&said, corrections);
  sentence->signs = strstr(words, " soussigne") || strstr(words, " i the undersigned");
  sentence->company = holds_any(&said, companions);
  sentence->cancels =
      rules_matches(rules, RULES_CANCELLATION, &fold, NULL) && !holds_any(&said, replacing);
  sentence->declines = rules_matches(rules, RULES_ATTENDANCE_NO, &fold, NULL);
  sentence->attends =
      !sentence->declines && rules_matches(rules, RULES_ATTENDANCE_YES, &fold, NULL);
  if (sentence->list && !sentence->declines && !sentence->cancels && !sentence->attends)
    sentence->attends = announces_people(sentence->text);
  gboolean asks = strchr(fold.text->str, '?') || strstr(sentence->text, "？");
  gboolean requests = sentence->cancels && holds_any(&said, requesting);
  sentence->open = (asks && !requests) || (!sentence->cancels && holds_any(&said, open_words));
}

/* "… m'étais inscrite, mais …": what the clauses say together may be a withdrawal. */
static void judge_whole(Reader *reader, const char *start, const char *end) {
  if (end - start >= SENTENCE_MAX_BYTES || reader->out->all->len == 0) return;
  g_autofree char *whole = g_strndup(start, (gsize)(end - start));
  Said said;
  said_of(whole, &said);
  g_autofree char *words = said.text;
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  fold_line(&fold, whole, -1);
  Sentence *last = reader->out->all->pdata[reader->out->all->len - 1];
  if (!strchr(whole, '?') && !holds_any(&said, replacing) &&
      rules_matches(reader->reading->rules, RULES_CANCELLATION, &fold, NULL))
    last->cancels = TRUE;
}

static gboolean is_full(const Reader *reader) {
  return reader->out->all->len >= SENTENCES_MAX;
}

static void add(Reader *reader, const char *start, const char *end, guint line, guint end_line) {
  while (start < end && strchr(" ;,", *start)) start++;
  if (start >= end || end - start >= SENTENCE_MAX_BYTES) return;
  if (is_full(reader)) return;
  Sentence *sentence = g_new0(Sentence, 1);
  sentence->text = g_strchomp(g_strndup(start, (gsize)(end - start)));
  sentence->line = line;
  sentence->end_line = end_line;
  sentence->list = strstr(sentence->text, ": ;") != NULL || strstr(sentence->text, " ; ") != NULL;
  judge(reader, sentence);
  g_ptr_array_add(reader->out->all, sentence);
}

/* ---- where sentences end ---- */

static gboolean ends_sentence(const char *p) {
  if ((guchar)*p >= 0x80)
    return strncmp(p, "。", 3) == 0 || strncmp(p, "！", 3) == 0 || strncmp(p, "？", 3) == 0;
  if (*p != '.' && *p != '!' && *p != '?') return FALSE;
  return p[1] == ' ' || p[1] == '\0';
}

/* "M. Durand", "Mme. X", "Jean-P. Petit", "tél. 01": no end of a sentence. */
static gboolean is_abbreviation(const char *start, const char *p) {
  static const char *const words[] = {"mme",  "mlle", "dr",  "pr",   "mr",   "mrs", "ms",
                                      "tel",  "port", "adr", "av",   "bd",   "st",  "ste",
                                      "dept", "resp", "dir", "prof", "rep",  "cf",  "ex",
                                      "etc",  "hon",  "mm",  "mmes", "coll", NULL};
  if (*p != '.') return FALSE;
  const char *word = p;
  while (word > start && !strchr(" -(;,:", word[-1])) word--;
  g_autofree char *copy = g_strndup(word, (gsize)(p - word));
  g_autofree char *folded = fold_string(copy);
  return (p - word <= 2 && g_ascii_isupper(*word)) || g_strv_contains(words, folded);
}

/* The bytes of what parts two clauses at `p`; 0: nothing. */
static gsize clause_break(const char *p) {
  static const char *const breaks[] = {" mais ",        ", mais ",       " but ",
                                       ", but ",        " toutefois ",   ", however ",
                                       " en revanche ", ", tandis que ", NULL};
  if ((guchar)*p == 0xE3 && g_str_has_prefix(p, "が、"))
    return strlen("が、"); /* "伺えませんが、代理が…" */
  /* hardly a space passes this */
  if (*p == ' ' ? !p[1] || !strchr("mbte", p[1]) : *p != ',' || p[1] != ' ') return 0;
  for (guint i = 0; breaks[i]; i++)
    if (g_str_has_prefix(p, breaks[i])) return strlen(breaks[i]);
  return 0;
}

static void cut_paragraph(Reader *reader, const char *text, guint line, guint end_line) {
  const char *start = text, *begin = text; /* of the clause, of the sentence */
  for (const char *p = text; *p && !is_full(reader); p = g_utf8_next_char(p)) {
    gsize clause = clause_break(p);
    if (clause) {
      add(reader, start, p, line, end_line);
      start = p + clause;
      continue;
    }
    if (!ends_sentence(p) || is_abbreviation(start, p)) continue;
    const char *end = g_utf8_next_char(p);
    add(reader, start, end, line, end_line);
    if (start > begin) judge_whole(reader, begin, end);
    start = begin = end;
  }
  const char *end = start + strlen(start);
  add(reader, start, end, line, end_line);
  if (start > begin) judge_whole(reader, begin, end);
}

/* ---- own lines ---- */

/* A row of a table or a line of ticks is no sentence. */
static gboolean is_form_line(const char *text) {
  return strchr(text, '\t') || text_has_tick(text);
}

/* "Bonjour Madame," on a line of its own says nothing. */
static gboolean is_salutation(const char *text) {
  gsize length = strlen(text);
  return length > 0 && length <= SALUTATION_MAX_BYTES && text[length - 1] == ',' &&
         signature_is_greeting(text);
}

static gboolean is_prose(const Reader *reader, guint i) {
  const TextLine *line = line_of(reader, i);
  if (is_salutation(line->text)) return FALSE;
  return *line->text && !line->quoted && !line->header && !line->signature && !line->sent &&
         !reader->labelled[i] && !is_form_line(line->text);
}

static void mark_labelled(Reader *reader) {
  const Form *form = reader->reading->form;
  for (guint e = 0; e < form->entries->len; e++) {
    const FormEntry *entry = &g_array_index(form->entries, FormEntry, e);
    if (!entry->mid) reader->labelled[entry->label_line] = TRUE;
    if (entry->line != entry->label_line) reader->labelled[entry->line] = TRUE;
  }
}

/* Behind a list's mark ("- ", "• ", "1) "); `text` itself: none. */
static const char *skip_bullet(const char *text) {
  static const char *const marks[] = {"- ", "* ", "• ", "– ",      "— ", "+ ", "> ",
                                      "・", "● ", "▪ ", "-\u00a0", "o ", "→ ", NULL};
  const char *p = text + strspn(text, " ");
  if (g_ascii_isalpha(*p) && *p != 'o') return text;
  for (guint i = 0; marks[i]; i++)
    if (g_str_has_prefix(p, marks[i])) return p + strlen(marks[i]);
  gsize digits = strspn(p, "0123456789");
  if (digits > 0 && digits <= 2 && p[digits] && strchr(").-/", p[digits]) && p[digits + 1] == ' ')
    return p + digits + 2;
  return text;
}

static gboolean announces(const GString *paragraph) {
  gsize length = paragraph->len;
  while (length > 0 && paragraph->str[length - 1] == ' ') length--;
  return length > 0 && paragraph->str[length - 1] == ':';
}

/* The paragraph that begins at line `i` into `out`; returns the line behind it. Items of a list
 * follow the words that announce it, over a gap, too. */
static guint read_paragraph(const Reader *reader, guint i, GString *out) {
  gboolean listing = FALSE;
  guint part = line_of(reader, i)->part;
  for (; i < n_lines(reader) && out->len < SENTENCE_MAX_BYTES; i++) {
    const char *text = line_of(reader, i)->text;
    if (line_of(reader, i)->part != part) break;
    if (*text == '\0' && i + 1 < n_lines(reader) && is_prose(reader, i + 1) &&
        (announces(out) ||
         (listing && skip_bullet(line_of(reader, i + 1)->text) != line_of(reader, i + 1)->text)))
      continue;
    if (!is_prose(reader, i)) break;
    const char *item = skip_bullet(text);
    if (item != text || announces(out)) listing = TRUE;
    if (out->len > 0) g_string_append(out, item != text || announces(out) ? " ; " : " ");
    g_string_append(out, item);
  }
  return i;
}

Sentences *sentences_read(const Reading *reading) {
  Sentences *out = g_new0(Sentences, 1);
  out->all = g_ptr_array_new_with_free_func((GDestroyNotify)sentence_free);
  g_autofree gboolean *labelled = g_new0(gboolean, reading->text->lines->len + 1);
  Reader reader = {reading, out, labelled};
  g_autoptr(GString) paragraph = g_string_new(NULL);
  mark_labelled(&reader);
  for (guint i = 0; i < n_lines(&reader) && !is_full(&reader);) {
    if (!is_prose(&reader, i)) {
      i++;
      continue;
    }
    g_string_truncate(paragraph, 0);
    guint end = read_paragraph(&reader, i, paragraph);
    cut_paragraph(&reader, paragraph->str, i, end);
    i = MAX(end, i + 1);
  }
  return out;
}
