/* prose - see prose.h.
 *
 * A sentence that asks or that leaves something open says neither yes nor no. What is read from
 * sentences and the signature alone always waits for a person. */
#include "parsers/prose.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/nameblock.h"
#include "parsers/people.h"
#include "parsers/signature.h"

enum {
  SENTENCES_MAX = 400,
  SENTENCE_MAX_BYTES = RULES_SENTENCE_MAX_BYTES,
  SENTENCE_CONFIDENCE = 80,
  NAME_WORDS_MAX = 5
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

typedef struct {
  Reading *reading;
  gboolean company;                 /* others come along */
  guint attends, declines, cancels; /* sentences that say so */
  guint open;                       /* sentences that speak of it and decide nothing */
  guint line;                       /* where the first telling sentence begins */
  char *sentence;                   /* that sentence, as written */
  gboolean correction;
  gboolean *labelled; /* by line */
} Prose;

static gboolean holds_any(const char *words, const char *const *phrases) {
  for (guint i = 0; phrases[i]; i++)
    if (strstr(words, phrases[i])) return TRUE;
  return FALSE;
}

/* ---- sentences ---- */

static void remember(Prose *prose, guint line, const char *sentence) {
  if (prose->sentence) return;
  prose->sentence = g_strdup(sentence);
  prose->line = line;
}

static gboolean says(const Prose *prose, RulesSet set, const Fold *fold) {
  return rules_matches(prose->reading->rules, set, fold, NULL);
}

static void judge(Prose *prose, guint line, const char *sentence) {
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  fold_line(&fold, sentence, -1);
  g_autofree char *bare = fold_words(sentence);
  g_autofree char *words = g_strconcat(" ", bare, " ", NULL);
  prose->correction = prose->correction || holds_any(words, corrections);
  prose->company = prose->company || holds_any(words, companions);
  gboolean asks = strchr(fold.text->str, '?') != NULL || strstr(sentence, "？") != NULL;
  gboolean cancels = says(prose, RULES_CANCELLATION, &fold) && !holds_any(words, replacing);
  gboolean no = says(prose, RULES_ATTENDANCE_NO, &fold);
  gboolean yes = !no && says(prose, RULES_ATTENDANCE_YES, &fold);
  if (!cancels && !no && !yes) return;
  if (asks || (!cancels && holds_any(words, open_words))) {
    prose->open++;
    return;
  }
  prose->cancels += cancels ? 1 : 0;
  prose->declines += no ? 1 : 0;
  prose->attends += yes && !cancels ? 1 : 0;
  remember(prose, line, sentence);
}

static gboolean ends_sentence(const char *p) {
  if (g_str_has_prefix(p, "。") || g_str_has_prefix(p, "！") || g_str_has_prefix(p, "？"))
    return TRUE;
  if (!strchr(".!?", *p)) return FALSE;
  return p[1] == ' ' || p[1] == '\0' || p[1] == '\n';
}

/* "M. Durand", "Mme.": no end of a sentence. */
static gboolean is_abbreviation(const char *start, const char *p) {
  if (*p != '.') return FALSE;
  const char *word = p;
  while (word > start && word[-1] != ' ') word--;
  return p - word <= 2 && g_ascii_isupper(*word);
}

static void judge_paragraph(Prose *prose, guint line, const char *text, guint *count) {
  const char *start = text;
  for (const char *p = text; *p && *count < SENTENCES_MAX; p = g_utf8_next_char(p)) {
    if (!ends_sentence(p) || is_abbreviation(start, p)) continue;
    const char *end = g_utf8_next_char(p);
    if (end - start < SENTENCE_MAX_BYTES) {
      g_autofree char *sentence = g_strndup(start, (gsize)(end - start));
      judge(prose, line, g_strstrip(sentence));
      (*count)++;
    }
    start = end;
  }
  if (*start && strlen(start) < SENTENCE_MAX_BYTES && *count < SENTENCES_MAX) {
    judge(prose, line, start + strspn(start, " "));
    (*count)++;
  }
}

/* ---- own lines ---- */

/* A row of a table or a line of ticks is no sentence. */
static gboolean is_form_line(const char *text) {
  return strchr(text, '\t') || strstr(text, "\u2610") || strstr(text, "\u2612");
}

static gboolean is_prose(const Prose *prose, guint i) {
  const TextLine *line = prose->reading->text->lines->pdata[i];
  return *line->text && !line->quoted && !line->header && !line->signature && !line->sent &&
         !prose->labelled[i] && !is_form_line(line->text);
}

static void mark_labelled(Prose *prose) {
  const Form *form = prose->reading->form;
  for (guint e = 0; e < form->entries->len; e++) {
    const FormEntry *entry = &g_array_index(form->entries, FormEntry, e);
    prose->labelled[entry->label_line] = prose->labelled[entry->line] = TRUE;
  }
}

static void read_sentences(Prose *prose) {
  const GPtrArray *lines = prose->reading->text->lines;
  g_autoptr(GString) paragraph = g_string_new(NULL);
  guint count = 0, first = 0;
  for (guint i = 0; i <= lines->len; i++) {
    if (i < lines->len && is_prose(prose, i) && paragraph->len < SENTENCE_MAX_BYTES) {
      if (paragraph->len == 0) first = i;
      if (paragraph->len > 0) g_string_append_c(paragraph, ' ');
      g_string_append(paragraph, ((const TextLine *)lines->pdata[i])->text);
      continue;
    }
    if (paragraph->len > 0) judge_paragraph(prose, first, paragraph->str, &count);
    g_string_truncate(paragraph, 0);
    if (i < lines->len && is_prose(prose, i)) {
      first = i;
      g_string_append(paragraph, ((const TextLine *)lines->pdata[i])->text);
    }
  }
}

/* ---- attendance ---- */

static gboolean add_named(Prose *prose, Participant *person);

/* The value of the attendance's choice that `set`'s sentences stand for: by its own words. */
static const char *choice_value(const Prose *prose, guint field, gboolean declines) {
  const Wire__Field *f = prose->reading->event->fields[field];
  const char *wanted = declines ? "no" : "yes";
  for (gsize c = 0; c < f->n_choices; c++)
    if (strcmp(f->choices[c]->value, wanted) == 0) return f->choices[c]->value;
  return f->n_choices > 1 ? f->choices[declines ? 1 : 0]->value : NULL;
}

static void add_attendance(const Prose *prose, Participant *person, gboolean declines) {
  int field = reading_role(prose->reading, "attendance");
  const char *value = field < 0 ? NULL : choice_value(prose, (guint)field, declines);
  if (!value) return;
  const TextLine *line = prose->reading->text->lines->pdata[prose->line];
  FieldValue *v = field_value_new(prose->reading->event->fields[field]->name, value);
  g_free(v->raw);
  v->raw = g_strdup(prose->sentence); /* bounded by SENTENCE_MAX_BYTES */
  g_free(v->rule);
  v->rule = g_strdup(declines ? "sentence:attendance_no" : "sentence:attendance_yes");
  g_free(v->source);
  v->source = g_strdup(g_ptr_array_index(prose->reading->text->sources, line->source));
  v->part = line->part;
  v->line = prose->line;
  v->end = (guint)strlen(line->text);
  v->confidence = SENTENCE_CONFIDENCE;
  people_add(person, v);
}

static const FieldValue *by_role(const Prose *prose, const Participant *person, const char *role) {
  int field = reading_role(prose->reading, role);
  return field < 0 ? NULL : participant_value(person, prose->reading->event->fields[field]->name);
}

static gboolean is_invalid(const Prose *prose, const Participant *person, const char *role) {
  int field = reading_role(prose->reading, role);
  for (guint i = 0; field >= 0 && i < person->invalid->len; i++)
    if (strcmp(((InvalidValue *)person->invalid->pdata[i])->field,
               prose->reading->event->fields[field]->name) == 0)
      return TRUE;
  return FALSE;
}

/* Somebody is named in the sentence, and the form names nobody. */
static void name_from_sentence(Prose *prose) {
  GPtrArray *people = prose->reading->result->participants;
  if (people->len != 1 || !prose->sentence) return;
  Participant *person = people->pdata[0];
  if (by_role(prose, person, "last_name") || by_role(prose, person, "first_name")) return;
  if (add_named(prose, person))
    reading_doubt(prose->reading, "the name stands in a sentence alone: %s", prose->sentence);
}

/* A form without an answer takes that of the sentence; one with another answer is a doubt. */
static void compare_attendance(Prose *prose) {
  GPtrArray *people = prose->reading->result->participants;
  gboolean yes = prose->attends > 0, no = prose->declines > 0 || prose->cancels > 0;
  for (guint i = 0; i < people->len; i++) {
    Participant *person = people->pdata[i];
    const FieldValue *given = by_role(prose, person, "attendance");
    if (given && people->len == 1 &&
        ((no && strcmp(given->value, "yes") == 0) ||
         (yes && !no && strcmp(given->value, "no") == 0)))
      reading_doubt(prose->reading, "a sentence says otherwise than the answer: %s",
                    prose->sentence);
    if (given || is_invalid(prose, person, "attendance") || (!yes && !no)) continue;
    if (people->len > 1 || (yes && no) || prose->open > 0)
      reading_doubt(prose->reading, "attendance stands in a sentence alone: %s", prose->sentence);
    else
      add_attendance(prose, person, no);
  }
}

/* ---- people of whom only sentences speak ---- */

/* How many bytes of `text` are a name's words: capitalised, particles between. */
static gsize name_length(const char *text) {
  static const char *const particles[] = {"de", "du", "des", "la", "le", "d", "van", "von", NULL};
  gsize length = 0;
  const char *p = text;
  for (guint n = 0; n < NAME_WORDS_MAX && *p; n++) {
    gsize size = strcspn(p, " ,;:.()!?\"");
    g_autofree char *word = g_strndup(p, size);
    g_autofree char *folded = fold_string(word);
    gboolean capital = size > 0 && g_unichar_isupper(g_utf8_get_char(p));
    if (!capital && !g_strv_contains(particles, folded)) break;
    if (capital) length = (gsize)(p + size - text);
    if (p[size] != ' ') break;
    p += size + 1;
  }
  return length;
}

/* "Mme Élodie Prévost, Directrice …, représentera": who is spoken of in the telling sentence. */
static gboolean add_named(Prose *prose, Participant *person) {
  int title = reading_role(prose->reading, "title");
  g_auto(Fold) fold = {0};
  gsize start = 0, end = 0;
  if (title < 0) return FALSE;
  fold_init(&fold);
  fold_line(&fold, prose->sentence, -1);
  gsize from = 0;
  int choice = -1;
  while ((choice = rules_find_choice(prose->reading->rules, (guint)title, &fold, from, &start,
                                     &end)) >= 0) {
    from = end;
    const char *name = prose->sentence + fold_origin(&fold, end);
    name += strspn(name, ". ");
    gsize length = name_length(name);
    g_autofree char *whole = g_strndup(name, length);
    if (!strchr(whole, ' ') || !nameblock_is_person(whole)) continue;
    if (!nameblock_add_name(prose->reading, person, whole, prose->line, "sentence")) continue;
    const Wire__Field *field = prose->reading->event->fields[title];
    FieldValue *value = field_value_new(field->name, field->choices[choice]->value);
    g_free(value->rule);
    value->rule = g_strdup("sentence");
    value->line = prose->line;
    value->confidence = SENTENCE_CONFIDENCE;
    g_free(value->source);
    const TextLine *line = prose->reading->text->lines->pdata[prose->line];
    value->source = g_strdup(g_ptr_array_index(prose->reading->text->sources, line->source));
    people_add(person, value);
    return TRUE;
  }
  return FALSE;
}

static void move_values(Participant *into, Participant *from) {
  for (guint i = 0; i < from->values->len; i++) {
    FieldValue *value = from->values->pdata[i];
    from->values->pdata[i] = NULL;
    people_add(into, value);
  }
  g_ptr_array_set_size(from->values, 0);
}

/* The words of two names, in any order, are the same. */
static gboolean same_person(const Prose *prose, const Participant *a, const Participant *b) {
  static const char *const roles[] = {"last_name", "first_name"};
  for (guint r = 0; r < G_N_ELEMENTS(roles); r++) {
    const FieldValue *x = by_role(prose, a, roles[r]), *y = by_role(prose, b, roles[r]);
    if (!x || !y) return FALSE;
    g_autofree char *u = fold_key(x->value), *v = fold_key(y->value);
    if (strcmp(u, v) != 0) return FALSE;
  }
  return TRUE;
}

/* Who comes, or does not: the person named, else the one who signs, else the sender. */
static void add_from_sentences(Prose *prose) {
  Reading *reading = prose->reading;
  Participant *person = participant_new();
  Participant *block = nameblock_read(reading);
  add_attendance(prose, person, prose->declines > 0);
  gboolean named = add_named(prose, person);
  if (!named || same_person(prose, person, block)) move_values(person, block);
  if (!named && !by_role(prose, person, "last_name") &&
      nameblock_is_person(reading->result->from_name))
    nameblock_add_name(reading, person, reading->result->from_name, G_MAXUINT, "from-header");
  participant_free(block);
  g_ptr_array_add(reading->result->participants, person);
  reading_doubt(reading, "read from sentences, not from a bulletin");
}

ProseSaying prose_read(Reading *reading) {
  Prose prose = {.reading = reading};
  g_autofree gboolean *labelled = g_new0(gboolean, reading->text->lines->len + 1);
  prose.labelled = labelled;
  mark_labelled(&prose);
  read_sentences(&prose);
  ProseSaying saying = prose.cancels    ? PROSE_CANCELS
                       : prose.declines ? PROSE_DECLINES
                       : prose.attends  ? PROSE_ATTENDS
                                        : PROSE_SILENT;
  if (prose.correction) reading->result->flags |= EXTRACTION_CORRECTION;
  if (reading->result->participants->len > 0) {
    name_from_sentence(&prose);
    compare_attendance(&prose);
    if (prose.company && reading->result->participants->len == 1)
      reading_doubt(reading, "others seem to come along");
  } else if (saying == PROSE_ATTENDS || saying == PROSE_DECLINES) {
    add_from_sentences(&prose);
  }
  g_free(prose.sentence);
  return saying;
}
