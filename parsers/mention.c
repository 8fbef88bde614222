/* mention - see mention.h. */
#include "parsers/mention.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/fold.h"
#include "parsers/mention_ja.h"
#include "parsers/nameblock.h"
#include "parsers/office.h"
#include "parsers/words.h"

enum {
  MENTIONS_MAX = 40, /* of one sentence */
  NAME_WORDS_MAX = 6
};

typedef struct {
  const Reading *reading;
  const char *text;
  GArray *words; /* Word */
  GArray *found; /* Mention */
} Search;

static void mention_clear(gpointer data) {
  Mention *mention = data;
  g_free(mention->name);
  g_free(mention->role);
  g_free(mention->body);
  g_free(mention->email);
  g_free(mention->phone);
}

static const Word *word_at(const Search *search, guint i) {
  return words_at(search->words, i);
}

/* ---- names ---- */

/* Do a space, or the dot of an initial and a space, alone stand before word `i`? */
static gboolean adjoins(const Search *search, guint i) {
  const Word *word = word_at(search, i), *before = word_at(search, i - 1);
  const char *gap = search->text + before->end;
  gsize length = word->start - before->end;
  if (length == 1) return *gap == ' ';
  return length == 2 && gap[0] == '.' && gap[1] == ' ' && before->end - before->start <= 2;
}

static gboolean is_particle(const char *folded) {
  static const char *const particles[] = {"de",  "du",  "des", "la",  "le", "les", "van",
                                          "von", "der", "den", "ben", "di", "da",  "del",
                                          "dos", "el",  "al",  "dit", "st", NULL};
  return g_strv_contains(particles, folded);
}

/* Words that a sentence or a body begins with, and no person's name. */
static const char *const no_names[] = {"bonjour",
                                       "merci",
                                       "madame",
                                       "monsieur",
                                       "mme",
                                       "mlle",
                                       "mr",
                                       "mrs",
                                       "ms",
                                       "dr",
                                       "je",
                                       "nous",
                                       "notre",
                                       "votre",
                                       "le",
                                       "la",
                                       "les",
                                       "un",
                                       "une",
                                       "ce",
                                       "cette",
                                       "suite",
                                       "pour",
                                       "veuillez",
                                       "participera",
                                       "participation",
                                       "presence",
                                       "reunion",
                                       "objet",
                                       "tel",
                                       "mail",
                                       "email",
                                       "courriel",
                                       "bulletin",
                                       "comite",
                                       "rencontres",
                                       "japon",
                                       "france",
                                       "paris",
                                       "cordialement",
                                       "et",
                                       "en",
                                       "please",
                                       "dear",
                                       "the",
                                       "we",
                                       "our",
                                       "my",
                                       "i",
                                       "oui",
                                       "non",
                                       "yes",
                                       "no",
                                       "ok",
                                       "sera",
                                       "seront",
                                       "juillet",
                                       "juin",
                                       "july",
                                       "june",
                                       "mercredi",
                                       "wednesday",
                                       "mesdames",
                                       "messieurs",
                                       "docteur",
                                       "maitre",
                                       "professeur",
                                       "pr",
                                       "me",
                                       "rsvp",
                                       "nom",
                                       "prenom",
                                       "structure",
                                       "fonction",
                                       "bien",
                                       "avec",
                                       "par",
                                       "participant",
                                       "participants",
                                       "participante",
                                       "japan",
                                       "avenue",
                                       "rue",
                                       "place",
                                       NULL};

static gboolean is_no_name(const char *folded) {
  return g_strv_contains(no_names, folded);
}

/* Behind the last word of the name that begins at word `i`; `i`: none does. */
static guint name_end(const Search *search, guint i, gboolean titled) {
  guint end = i;
  for (guint k = i; k < search->words->len && k < i + NAME_WORDS_MAX; k++) {
    const Word *word = word_at(search, k);
    if (k > i && !adjoins(search, k)) break;
    if (is_particle(word->folded) && !(word->capital && k > i) && (k > i || titled)) continue;
    if (!word->capital || (is_no_name(word->folded) && !word->capitals)) break;
    if (k > i && office_begins(word->folded) && !word->capitals) break;
    end = k + 1;
    /* "M. DUPONT Jean Adjoint": what follows two halves in different letters is no name */
  }
  return end;
}

/* ---- what is said of a person ---- */

static gboolean ends_reach(const char *p) {
  return *p == '.' || *p == ';' || *p == '?' || *p == '!';
}

/* Where what is said of the mention ends: the next one, or the sentence's end. */
static gsize reach_of(const Search *search, const Mention *mention, gsize stop) {
  const char *text = search->text;
  gsize at = mention->end;
  while (at < stop && !(ends_reach(text + at) && (text[at + 1] == ' ' || text[at] == ';'))) at++;
  return at;
}

/* The next piece between commas, brackets and dashes from *at on; FALSE: none. */
static gboolean next_piece(const char *text, gsize *at, gsize stop, gsize *ret_start,
                           gsize *ret_end) {
  gsize i = *at;
  while (i < stop && strchr(" ,;:()/|", text[i])) i++;
  while (i + 1 < stop && (text[i] == '-' || g_str_has_prefix(text + i, "\u2013"))) {
    i += text[i] == '-' ? 1 : 3;
    while (i < stop && strchr(" ,;:()/|", text[i])) i++;
  }
  if (i >= stop) return FALSE;
  *ret_start = i;
  while (i < stop && !strchr(",;()|", text[i]) && strncmp(text + i, " - ", 3) != 0 &&
         strncmp(text + i, " \u2013 ", 5) != 0 && strncmp(text + i, " / ", 3) != 0)
    i++;
  *ret_end = *at = i;
  while (*ret_end > *ret_start && text[*ret_end - 1] == ' ') (*ret_end)--;
  return TRUE;
}

/* Words of a sentence that end an office which no comma ends: "Directrice représentera …". */
static const char *const verbs[] = {" sera ",
                                    " seront ",
                                    " participera",
                                    " assistera",
                                    " representera",
                                    " viendra",
                                    " ne ",
                                    " n'",
                                    " me ",
                                    " nous ",
                                    " qui ",
                                    " est ",
                                    " pourra",
                                    " souhaite",
                                    " confirme",
                                    " a le ",
                                    " ont ",
                                    " will ",
                                    " who ",
                                    " is ",
                                    " are ",
                                    " would ",
                                    " has ",
                                    " vous ",
                                    " aura ",
                                    " se ",
                                    " accompagne",
                                    " pour la ",
                                    " pour le ",
                                    " pour representer",
                                    " a la reunion",
                                    " au comite",
                                    " et ",
                                    " and ",
                                    " ainsi que ",
                                    " le 3 ",
                                    " lors ",
                                    " seule ",
                                    " seul ",
                                    " to ",
                                    " shall ",
                                    " can ",
                                    " cannot ",
                                    " participe",
                                    " assiste ",
                                    " represente ",
                                    " prendra",
                                    " tient ",
                                    " afin ",
                                    " car ",
                                    " dont ",
                                    " interviendra",
                                    NULL};

/* How much of the piece an office is: up to the sentence's verb. */
static gsize before_verb(const char *text, gsize start, gsize end) {
  g_autofree char *piece = g_strndup(text + start, end - start);
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  fold_line(&fold, piece, -1);
  g_string_append_c(fold.text, ' ');
  gsize length = end - start;
  for (guint i = 0; verbs[i]; i++) {
    const char *hit = strstr(fold.text->str, verbs[i]);
    if (!hit) continue;
    gsize at = fold_origin(&fold, (gsize)(hit - fold.text->str));
    length = MIN(length, at);
  }
  return start + length;
}

static void take_office(Mention *mention, const char *piece) {
  g_autofree char *role = NULL, *body = NULL;
  office_split(piece, &role, &body);
  if (role[0] && mention->role[0] == '\0') {
    g_free(mention->role);
    mention->role = g_steal_pointer(&role);
  }
  if (body[0] && mention->body[0] == '\0') {
    g_free(mention->body);
    mention->body = g_steal_pointer(&body);
  }
}

/* "Adjointe au maire, déléguée à l'international": one office, though a comma parts it. */
static gboolean continues_office(const char *piece) {
  static const char *const heads[] = {"delegue",    "deleguee",   "en charge",   "charge de",
                                      "chargee de", "charge des", "chargee des", NULL};
  g_autofree char *words = fold_words(piece);
  gboolean small = g_unichar_islower(g_utf8_get_char(piece));
  for (guint i = 0; small && heads[i]; i++)
    if (g_str_has_prefix(words, heads[i])) return TRUE;
  return FALSE;
}

/* An address or a number in the piece, and what stands before it. FALSE: neither. */
static gboolean take_contact(Mention *mention, const char *piece) {
  gsize a = 0, b = 0, start = strlen(piece);
  g_autofree char *email = field_find_email(piece, 0, &a, &b);
  if (email) {
    start = a;
    if (!mention->email) mention->email = g_steal_pointer(&email);
  }
  g_autofree char *phone = field_find_phone(piece, 0, &a, &b);
  if (phone) {
    start = MIN(start, a);
    if (!mention->phone) mention->phone = g_steal_pointer(&phone);
  }
  if (start == strlen(piece)) return FALSE;
  g_autofree char *before = g_strstrip(g_strndup(piece, start));
  if (*before) take_office(mention, before);
  return TRUE;
}

static void take_piece(const Search *search, Mention *mention, gsize start, gsize end) {
  gsize stop = before_verb(search->text, start, end);
  g_autofree char *whole = g_strndup(search->text + start, end - start);
  if (take_contact(mention, whole)) return;
  g_autofree char *piece = g_strstrip(g_strndup(search->text + start, stop - start));
  if (mention->role[0] && continues_office(piece)) {
    char *longer = g_strconcat(mention->role, ", ", piece, NULL);
    g_free(mention->role);
    mention->role = longer;
  } else if (*piece) {
    take_office(mention, piece);
  }
}

static void read_about(const Search *search, Mention *mention, gsize stop) {
  gsize at = mention->end, start = 0, end = 0;
  const char *text = search->text;
  mention->reach = reach_of(search, mention, stop);
  /* "Mme Prévost directrice de …": no comma */
  while (next_piece(text, &at, mention->reach, &start, &end)) {
    take_piece(search, mention, start, end);
    if (before_verb(text, start, end) < end) break; /* the sentence goes on, of something else */
  }
}

/* ---- names ---- */

static void add(Search *search, guint from, guint to, gsize start, int title) {
  const char *text = search->text;
  if (search->found->len >= MENTIONS_MAX) return;
  gsize name_start = to > from ? word_at(search, from)->start : start;
  gsize end = to > from ? word_at(search, to - 1)->end : start;
  Mention mention = {.start = start, .end = end, .reach = end, .title = title};
  mention.name = g_strndup(text + name_start, end - name_start);
  mention.role = g_strdup("");
  mention.body = g_strdup("");
  g_array_append_val(search->found, mention);
}

/* Has another mention taken that byte? */
static gboolean is_taken(const Search *search, gsize at) {
  for (guint i = 0; i < search->found->len; i++) {
    const Mention *mention = &g_array_index(search->found, Mention, i);
    if (at >= mention->start && at < mention->end) return TRUE;
  }
  return FALSE;
}

static guint word_from(const Search *search, gsize at) {
  guint i = 0;
  while (i < search->words->len && word_at(search, i)->start < at) i++;
  return i;
}

/* "Madame la Maire", "M. le Président": an office in the place of a name; where it ends. */
static guint office_end(const Search *search, guint i) {
  if (i + 1 >= search->words->len) return i;
  const char *article = word_at(search, i)->folded;
  gboolean has_article = strcmp(article, "le") == 0 || strcmp(article, "la") == 0;
  if (has_article && office_begins(word_at(search, i + 1)->folded)) return i + 2;
  return g_str_has_prefix(article, "l'") && office_begins(article + 2) ? i + 1 : i;
}

/* Behind every form of address: a name, or an office and then perhaps a name. */
static void find_titled(Search *search) {
  int title = reading_role(search->reading, "title");
  g_auto(Fold) fold = {0};
  gsize start = 0, end = 0, from = 0;
  int choice = -1;
  if (title < 0) return;
  fold_init(&fold);
  fold_line(&fold, search->text, -1);
  while ((choice = rules_find_choice(search->reading->rules, (guint)title, &fold, from, &start,
                                     &end)) >= 0) {
    from = end;
    gsize at = fold_origin(&fold, start), behind = fold_origin(&fold, end);
    if (is_taken(search, at)) continue;
    const char *rest = search->text + behind;
    rest += strspn(rest, ". ");
    guint i = word_from(search, (gsize)(rest - search->text));
    if (i >= search->words->len || word_at(search, i)->start != (gsize)(rest - search->text))
      continue;
    guint office = office_end(search, i);
    guint first = office > i && office < search->words->len ? office : i;
    guint to = name_end(search, first, TRUE);
    if (office > i && (to <= first || search->text[word_at(search, office - 1)->end] != ' ')) {
      /* a comma may stand between: "Monsieur le Maire, Jean DUPONT, …" */
      const char *gap = search->text + word_at(search, office - 1)->end;
      to = *gap == ',' && office < search->words->len ? name_end(search, office, FALSE) : office;
      if (to < office + 2) to = first = office;
    }
    if (office == i && to == i) continue;
    add(search, first, to, at, choice);
    Mention *mention = &g_array_index(search->found, Mention, search->found->len - 1);
    if (office > i) {
      const Word *o = word_at(search, office - 1);
      const char *word =
          search->text + o->start + (strchr(o->folded, '\'') && office == i + 1 ? 2 : 0);
      if (mention->name[0] == '\0') mention->end = o->end;
      g_free(mention->role);
      mention->role = g_strndup(word, o->end - (gsize)(word - search->text));
    }
  }
}

/* Words before which a name stands, though nobody is addressed. Folded. */
static const char *const cues[] = {"par",
                                   "soussigne",
                                   "soussignee",
                                   "moi",
                                   "moi-meme",
                                   "collegue",
                                   "collaborateur",
                                   "collaboratrice",
                                   "adjoint",
                                   "adjointe",
                                   "inscrire",
                                   "inscrivez",
                                   "designe",
                                   "designee",
                                   "remplacant",
                                   "remplacante",
                                   "suppleant",
                                   "suppleante",
                                   "representant",
                                   "representante",
                                   "est",
                                   "suis",
                                   "sera",
                                   "by",
                                   "colleague",
                                   "deputy",
                                   "myself",
                                   "with",
                                   "avec",
                                   "nommee",
                                   "nomme",
                                   "delegue",
                                   "designons",
                                   "personne",
                                   "assistant",
                                   "assistante",
                                   "participante",
                                   "participant",
                                   "nom",
                                   "named",
                                   "interprete",
                                   "am",
                                   "director",
                                   "directeur",
                                   "directrice",
                                   "maire",
                                   "president",
                                   "presidente",
                                   NULL};

/* Is word `i` behind one of the cues, or behind "de" and a noun ("la présence de")? */
static gboolean is_cued(const Search *search, guint i) {
  static const char *const nouns[] = {"presence",   "participation", "venue",       "inscription",
                                      "accompagne", "accompagnee",   "accompagnes", "personne",
                                      "attendance", "registration",  NULL};
  static const char *const honorifics[] = {"dr",         "pr",      "prof",   "professor",
                                           "professeur", "docteur", "maitre", "sir",
                                           "lady",       "me",      NULL};
  if (i == 0) return FALSE;
  const char *before = word_at(search, i - 1)->folded;
  if (g_strv_contains(honorifics, before)) return TRUE;
  if (g_strv_contains(cues, before)) return TRUE;
  gboolean link = !strcmp(before, "de") || !strcmp(before, "of");
  return link && i > 1 && g_strv_contains(nouns, word_at(search, i - 2)->folded);
}

/* Is it the sender's own name? */
static gboolean is_sender(const Search *search, const char *name) {
  const char *from = search->reading->result->from_name;
  return strchr(from, ' ') && mention_same_name(from, name);
}

/* Does an office follow the name at once: "Marie Durand, directrice", "Marie Durand (maire)"? */
static gboolean office_follows(const Search *search, guint to) {
  if (to >= search->words->len) return FALSE;
  const char *gap = search->text + word_at(search, to - 1)->end;
  gsize length = word_at(search, to)->start - word_at(search, to - 1)->end;
  return length <= 5 && strpbrk(gap, ",(-\xe2") &&
         (gsize)(strpbrk(gap, ",(-\xe2") - gap) < length &&
         office_begins(word_at(search, to)->folded);
}

static gboolean begins_item(const Search *search, guint i) {
  if (i == 0) return TRUE;
  const char *gap = search->text + word_at(search, i - 1)->end;
  gsize length = word_at(search, i)->start - word_at(search, i - 1)->end;
  return memchr(gap, ';', length) || memchr(gap, ':', length);
}

static gboolean has_both_cases(const Search *search, guint from, guint to) {
  guint capitals = 0, mixed = 0;
  for (guint i = from; i < to; i++) {
    capitals += word_at(search, i)->capitals ? 1 : 0;
    mixed += word_at(search, i)->capital && !word_at(search, i)->capitals ? 1 : 0;
  }
  return capitals > 0 && mixed > 0;
}

static gboolean is_staff(const Reading *reading, const char *name) {
  for (gsize i = 0; i < reading->event->n_staff; i++)
    if (mention_same_name(reading->event->staff[i], name)) return TRUE;
  return FALSE;
}

static void find_untitled(Search *search) {
  for (guint i = 0; i < search->words->len; i++) {
    const Word *word = word_at(search, i);
    if (!word->capital || is_taken(search, word->start) || is_no_name(word->folded)) continue;
    if (i > 0 && word_at(search, i - 1)->capital && adjoins(search, i) &&
        !is_no_name(word_at(search, i - 1)->folded) &&
        !office_begins(word_at(search, i - 1)->folded))
      continue;
    guint to = name_end(search, i, FALSE);
    while (to > i && is_taken(search, word_at(search, to - 1)->start)) to--;
    if (to < i + 2) continue;
    g_autofree char *name =
        g_strndup(search->text + word->start, word_at(search, to - 1)->end - word->start);
    if (!nameblock_is_person(name)) continue;
    gboolean believed = has_both_cases(search, i, to) || is_sender(search, name) ||
                        is_cued(search, i) ||
                        (begins_item(search, i) && office_follows(search, to));
    if (!believed) continue;
    add(search, i, to, word->start, -1);
    i = to - 1;
  }
}

static gint by_place(gconstpointer a, gconstpointer b) {
  const Mention *x = a, *y = b;
  return x->start < y->start ? -1 : x->start > y->start;
}

GArray *mention_find(const Reading *reading, const char *sentence) {
  Search search = {.reading = reading, .text = sentence};
  search.words = words_split(sentence, TRUE);
  search.found = g_array_new(FALSE, TRUE, sizeof(Mention));
  g_array_set_clear_func(search.found, mention_clear);
  find_titled(&search);
  find_untitled(&search);
  if (search.found->len == 0 && field_is_japanese(sentence))
    mention_ja_find(sentence, search.found);
  g_array_sort(search.found, by_place);
  for (guint i = search.found->len; i > 0; i--) {
    const Mention *mention = &g_array_index(search.found, Mention, i - 1);
    if (mention->name[0] && is_staff(reading, mention->name))
      g_array_remove_index(search.found, i - 1);
  }
  for (guint i = 0; i < search.found->len; i++) {
    gsize stop = i + 1 < search.found->len ? g_array_index(search.found, Mention, i + 1).start
                                           : strlen(sentence);
    read_about(&search, &g_array_index(search.found, Mention, i), stop);
  }
  g_array_unref(search.words);
  return search.found;
}

gboolean mention_same_name(const char *a, const char *b) {
  g_autofree char *x = fold_words(a), *y = fold_words(b);
  g_auto(GStrv) few = g_strsplit(x, " ", -1), many = g_strsplit(y, " ", -1);
  if (g_strv_length(few) == 0 || g_strv_length(few) > g_strv_length(many)) return FALSE;
  for (guint i = 0; few[i]; i++)
    if (!g_strv_contains((const char *const *)many, few[i])) return FALSE;
  return g_strv_length(few) == g_strv_length(many) || g_strv_length(few) == 1;
}
