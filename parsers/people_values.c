/* people_values - see people_values.h.
 *
 * One label may hold several fields ("Nom et prénom", "CP / Ville"), one value may hold more than
 * its label says (the town behind the street). What a value holds besides never replaces what
 * stands under its own label. Telephone numbers come last: the address tells their country. */
#include "parsers/people_values.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/fold.h"
#include "parsers/people.h"
#include "parsers/words.h"

enum { SPLIT_CONFIDENCE = 90, NONE_MAX_BYTES = 60, LABEL_LOOK_BYTES = 80 };

typedef struct {
  Reading *reading;
  const GPtrArray *entries;
  Participant *person;
  const char *country;
} Person;

/* ---- what is an answer ---- */

static const Wire__Field *field_at(const Person *p, guint field) {
  return p->reading->event->fields[field];
}

/* Is it a name or an address of those who sent the invitation? They are no participants. */
static gboolean is_staff(const Reading *reading, const char *value) {
  g_autofree char *key = fold_key(value);
  return rules_is_staff(reading->rules, key);
}

/* Is it one of the event's sentences that decline, or that accept? */
static gboolean says(const Reading *reading, RulesSet set, const char *raw) {
  if (text_has_tick(raw) || strchr(raw, '?')) return FALSE;
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  fold_line(&fold, raw, -1);
  return rules_matches(reading->rules, set, &fold, NULL);
}

static gboolean is_ticking(const Reading *reading, guint line) {
  if (line >= reading->text->lines->len) return FALSE;
  return text_has_tick(((const TextLine *)reading->text->lines->pdata[line])->text);
}

/* "☐ Oui" where the blank had "☐ Oui ☐ Non": the other was struck out or deleted. Its index, -1:
 * not so. Boxes on the next line may be the rest of a wrapped line. */
static int choice_left(const Reading *reading, const FormEntry *entry, guint field) {
  FieldContext context = {reading->rules, field, NULL};
  if (entry->line + 1 < reading->text->lines->len && is_ticking(reading, entry->line + 1)) {
    const TextLine *next = reading->text->lines->pdata[entry->line + 1];
    if (!strchr(next->text, ':')) return -1;
  }
  return field_choice_left(&context, entry->raw);
}

static gboolean is_chosen(const Reading *reading, const FormEntry *entry) {
  FieldContext context = {reading->rules, entry->label->fields[0], NULL};
  /* of printed choices on a scan the one is chosen whose box is ticked, whatever else was lost */
  const TextLine *line = reading->text->lines->pdata[entry->line];
  if (line->scanned && !strstr(entry->raw, "\u2612")) {
    const char *label = entry->label->words;
    guint in_label = label ? field_choices_printed(&context, label) : 0;
    if (field_choices_printed(&context, line->text) > in_label + 1) return FALSE;
  }
  if (choice_left(reading, entry, entry->label->fields[0]) >= 0) return TRUE;
  FieldResult result = field_parse(&context, entry->raw);
  gboolean chosen = result.status != FIELD_BLANK ||
                    says(reading, RULES_ATTENDANCE_NO, entry->raw) ||
                    says(reading, RULES_ATTENDANCE_YES, entry->raw);
  field_result_clear(&result);
  return chosen;
}

/* The label that `raw` consists of; NULL: it says more, or other things. */
static const RuleLabel *whole_label(const Reading *reading, const char *raw) {
  if (strlen(raw) > LABEL_LOOK_BYTES) return NULL;
  g_auto(Fold) fold = {0};
  gsize start = 0, end = 0;
  fold_init(&fold);
  fold_line(&fold, raw, -1);
  const RuleLabel *found = rules_find_label(reading->rules, &fold, 0, &start, &end);
  if (!found || start > 1) return NULL;
  const char *rest = fold.text->str + end;
  /* "Participant 2" */
  return strlen(rest) <= 1 || rest[strspn(rest, " :?*.0123456789")] == '\0' ? found : NULL;
}

/* "[Nom]" under the label "Nom", "Surname" beside it: what was to be written over, or the label
 * once more in another language. */
static gboolean is_a_label(const Reading *reading, const FormEntry *entry) {
  const RuleLabel *found = whole_label(reading, entry->raw);
  for (guint f = 0; found && f < entry->label->n_fields; f++)
    for (guint i = 0; i < found->n_fields; i++)
      if (found->fields[i] == entry->label->fields[f]) return TRUE;
  return FALSE;
}

/* Words that stand for a name which is not there. */
static gboolean is_placeholder(const Person *p, guint field, const char *raw) {
  static const char *const words[] = {"idem",
                                      "voir signature",
                                      "cf signature",
                                      "voir ci dessous",
                                      "voir ci dessus",
                                      "ci dessous",
                                      "ci dessus",
                                      "voir plus bas",
                                      "xx",
                                      "xxx",
                                      "xxxx",
                                      "xxxxx",
                                      "neant",
                                      "n a",
                                      "na",
                                      "nc",
                                      "non communique",
                                      "a completer",
                                      "a preciser",
                                      "inconnu",
                                      "same",
                                      "see below",
                                      "see signature",
                                      "tbd",
                                      "tbc",
                                      "to be confirmed",
                                      "a confirmer",
                                      "a designer",
                                      "a determiner",
                                      "votre nom",
                                      "同上",
                                      "未定",
                                      NULL};
  static const char *const roles[] = {"organization", "last_name", "first_name", NULL};
  if (!words_among(roles, field_at(p, field)->role)) return FALSE;
  g_autofree char *folded = fold_words(raw);
  return words_among(words, folded);
}

/* "Celui-ci", "this one": the address that the mail came from, which is taken anyway. */
static gboolean is_this_address(const char *raw) {
  static const char *const words[] = {
      "celui ci",       "celle ci",           "le meme",  "la meme",   "cette adresse",
      "idem",           "cette adresse mail", "ce mail",  "this one",  "this address",
      "same",           "same as sender",     "as above", "ci dessus", "voir expediteur",
      "voir ci dessus", "このアドレス",       "本メール", NULL};
  if (strchr(raw, '@') || strlen(raw) > NONE_MAX_BYTES) return FALSE;
  g_autofree char *folded = fold_words(raw);
  return words_among(words, folded);
}

/* "Néant", "aucun pour l'instant", "RAS": an answer that says there is none. */
static gboolean says_none(const char *raw) {
  static const char *const words[] = {"neant", "aucun",    "aucune",  "ras",  "rien",
                                      "nil",   "none",     "nothing", "non",  "no",
                                      "na",    "nc",       "n",       "sans", "pas",
                                      "なし",  "特になし", "無し",    "無",   "特にありません",
                                      "特に",  "ない",     NULL};
  static const char *const sans[] = {
      "sans objet",     "sans reponse",  "sans avis", "pas de ",      "pas d ",
      "pas encore",     "pas pour",      "pas a ce",  "non concerne", "n a",
      "non communique", "no particular", NULL};
  if (strlen(raw) > NONE_MAX_BYTES) return FALSE;
  g_autofree char *folded = fold_words(raw);
  g_auto(GStrv) split = g_strsplit(folded, " ", 8);
  if (!split[0] || !words_among(words, split[0])) return FALSE;
  if (!split[1]) return strcmp(split[0], "sans") != 0 && strcmp(split[0], "pas") != 0;
  for (guint i = 0; sans[i]; i++)
    if (g_str_has_prefix(folded, sans[i])) return TRUE;
  static const char *const first[] = {"neant", "aucun", "aucune",  "ras",
                                      "rien",  "none",  "nothing", NULL};
  return words_among(first, split[0]);
}

gboolean people_is_answer(const Reading *reading, const FormEntry *entry) {
  const TextLine *line = reading->text->lines->pdata[entry->line];
  const Wire__Field *field = reading->event->fields[entry->label->fields[0]];
  if (strcmp(field->type, "choice") == 0) return is_chosen(reading, entry);
  return !field_is_blank(entry->raw) && !line->sent && !is_staff(reading, entry->raw) &&
         !is_a_label(reading, entry);
}

static gboolean has_role(const Person *p, guint field, const char *role) {
  return strcmp(field_at(p, field)->role, role) == 0;
}

/* Is there a label for `field` alone among the entries, filled in or not? */
static gboolean has_label(const Person *p, int field, gboolean filled) {
  for (guint i = 0; field >= 0 && i < p->entries->len; i++) {
    const FormEntry *entry = p->entries->pdata[i];
    if (entry->label->n_fields != 1 || entry->label->fields[0] != (guint)field) continue;
    if (!filled || !field_is_blank(entry->raw)) return TRUE;
  }
  return FALSE;
}

/* At most `most` bytes of `text`, whole characters. The caller owns it. */
static char *cut(const char *text, gsize most) {
  gsize length = MIN(strlen(text), most);
  while (length > 0 && length < strlen(text) && ((guchar)text[length] & 0xC0) == 0x80) length--;
  return g_strndup(text, length);
}

static FieldValue *value_new(const Person *p, const FormEntry *entry, guint field,
                             const char *value) {
  const TextLine *line = p->reading->text->lines->pdata[entry->line];
  FieldValue *v = field_value_new(field_at(p, field)->name, value);
  g_free(v->raw);
  v->raw = cut(entry->raw, p->reading->limits->value_bytes);
  g_free(v->rule);
  v->rule = entry->pattern ? g_strdup_printf("pattern:%u", entry->pattern)
                           : g_strconcat("label:", entry->label->text, NULL);
  g_free(v->source);
  v->source = g_strdup(g_ptr_array_index(p->reading->text->sources, line->source));
  v->part = line->part;
  v->page = line->page;
  v->line = entry->line;
  v->start = entry->start;
  v->end = entry->end;
  if (!entry->sure) v->confidence = SPLIT_CONFIDENCE;
  return v;
}

static void add_invalid(const Person *p, guint field, const char *raw, const char *reason) {
  const char *name = field_at(p, field)->name;
  for (guint i = 0; i < p->person->invalid->len; i++)
    if (strcmp(((InvalidValue *)p->person->invalid->pdata[i])->field, name) == 0) return;
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *shown = cut(clean, p->reading->limits->value_bytes);
  g_ptr_array_add(p->person->invalid, invalid_value_new(name, shown, reason));
}

/* Two answers to one question: the first stands; of a required field a person must look. */
static void add_value(const Person *p, FieldValue *value, gboolean required) {
  g_autofree char *name = g_strdup(value->field);
  g_autofree char *text = g_strdup(value->value);
  if (people_add(p->person, value) || !required) return;
  reading_doubt(p->reading, "two values for %s: %s and %s", name,
                participant_value(p->person, name)->value, text);
}

static void choose(const Wire__Field *field, const char *choice, FieldResult *result) {
  for (gsize c = 0; c < field->n_choices; c++) {
    if (strcmp(field->choices[c]->value, choice) != 0) continue;
    field_result_clear(result);
    *result = field_valid(g_strdup(choice));
    return;
  }
}

/* "Je ne participerai malheureusement pas" is none of the choices, but one of the event's sentences
 * that decline; whether a sentence accepts, a person should see. */
static void answer_in_words(const Person *p, guint field, const char *raw, FieldResult *result) {
  if (result->status == FIELD_VALID || g_strcmp0(result->reason, "not decided") == 0) return;
  if (says(p->reading, RULES_ATTENDANCE_NO, raw)) {
    choose(field_at(p, field), "no", result);
  } else if (result->status == FIELD_INVALID && says(p->reading, RULES_ATTENDANCE_YES, raw)) {
    choose(field_at(p, field), "yes", result);
    if (result->status == FIELD_VALID) result->doubt = "an answer in words";
  }
}

static void take(const Person *p, const FormEntry *entry, guint field, const char *raw) {
  gboolean required = field_at(p, field)->required;
  if (strlen(raw) > p->reading->limits->value_bytes) {
    add_invalid(p, field, raw, "too long");
    return;
  }
  gboolean optional = !required && (!strcmp(field_at(p, field)->type, "text") ||
                                    !strcmp(field_at(p, field)->type, "lines"));
  if (optional && says_none(raw)) return;
  if (has_role(p, field, "email") && is_this_address(raw)) return;
  if (is_placeholder(p, field, raw)) {
    add_invalid(p, field, raw, "stands for a name that is not there");
    return;
  }
  FieldContext context = {p->reading->rules, field, p->country};
  FieldResult result = field_parse(&context, raw);
  int left = result.status == FIELD_BLANK && !strcmp(field_at(p, field)->type, "choice")
                 ? choice_left(p->reading, entry, field)
                 : -1;
  if (left >= 0) {
    field_result_clear(&result);
    result = field_valid(g_strdup(field_at(p, field)->choices[left]->value));
  }
  if (has_role(p, field, "attendance")) answer_in_words(p, field, raw, &result);
  if (result.status == FIELD_INVALID && (entry->sure || required))
    add_invalid(p, field, raw, result.reason);
  if (result.status == FIELD_VALID) {
    if (result.doubt && required)
      reading_doubt(p->reading, "%s: %s", field_at(p, field)->name, result.doubt);
    add_value(p, value_new(p, entry, field, result.value), required);
  }
  field_result_clear(&result);
}

/* The same for what a value holds besides its own field: never invalid, never a second answer. */
static void take_besides(const Person *p, const FormEntry *entry, int field, const char *raw) {
  if (field < 0 || raw[0] == '\0' || has_label(p, field, TRUE)) return;
  if (participant_value(p->person, field_at(p, (guint)field)->name)) return;
  FieldContext context = {p->reading->rules, (guint)field, p->country};
  FieldResult result = field_parse(&context, raw);
  if (result.status == FIELD_VALID) {
    FieldValue *value = value_new(p, entry, (guint)field, result.value);
    value->confidence = SPLIT_CONFIDENCE;
    add_value(p, value, FALSE);
  }
  field_result_clear(&result);
}

/* ---- names ---- */

static void take_title(const Person *p, const FormEntry *entry, int choice) {
  int title = reading_role(p->reading, "title");
  if (choice < 0 || title < 0) return;
  take_besides(p, entry, title, field_at(p, (guint)title)->choices[choice]->words[0]->text);
}

/* "Whitney Sandoval (Ms)", "DURAND Marie, Mme": cuts the form of address off; -1: none there. */
static int cut_title(const Person *p, char *name) {
  int title = reading_role(p->reading, "title");
  char *mark = strrchr(name, '('), *comma = strrchr(name, ',');
  if (!mark) mark = comma;
  if (title < 0 || !mark || mark == name) return -1;
  FieldContext context = {p->reading->rules, (guint)title, p->country};
  g_autofree char *word = g_strdup(mark + 1);
  g_strstrip(g_strdelimit(word, ")", ' '));
  FieldResult result = field_parse(&context, word);
  int choice = -1;
  const Wire__Field *field = field_at(p, (guint)title);
  for (gsize c = 0; result.status == FIELD_VALID && c < field->n_choices; c++)
    if (strcmp(field->choices[c]->value, result.value) == 0) choice = (int)c;
  field_result_clear(&result);
  if (choice < 0 || strchr(word, ' ')) return -1;
  *mark = '\0';
  g_strchomp(name);
  return choice;
}

static void take_names(const Person *p, const FormEntry *entry) {
  int last = reading_role(p->reading, "last_name"), first = reading_role(p->reading, "first_name");
  int choice = -1;
  g_autofree char *clean = field_clean_line(entry->raw);
  const char *name = field_skip_title(p->reading->rules, clean, &choice);
  g_autofree char *last_name = NULL, *first_name = NULL;
  const char *doubt = NULL;
  if (name[0] == '\0') return;
  if (choice < 0) choice = cut_title(p, clean);
  take_title(p, entry, choice);
  if (has_label(p, first, FALSE)) {
    take(p, entry, (guint)last, name);
    return;
  }
  if (has_label(p, last, FALSE)) {
    take(p, entry, (guint)first, name);
    return;
  }
  int given_first = rules_label_given_first(p->reading->rules, entry->label);
  if (!field_split_name(name, given_first, p->reading->result->from_name, &last_name, &first_name,
                        &doubt)) {
    take(p, entry, (guint)last, name);
    return;
  }
  if (doubt) reading_doubt(p->reading, "name %s: %s", name, doubt);
  take(p, entry, (guint)last, last_name);
  take(p, entry, (guint)first, first_name);
}

/* "Nom : DURAND Marie" on a form that asks for no first name: split where the writing tells. */
static gboolean take_whole_name(const Person *p, const FormEntry *entry) {
  int last = reading_role(p->reading, "last_name"), first = reading_role(p->reading, "first_name");
  int choice = -1;
  if (first < 0 || has_label(p, first, FALSE)) return FALSE;
  g_autofree char *clean = field_clean_line(entry->raw);
  const char *name = field_skip_title(p->reading->rules, clean, &choice);
  if (choice < 0) choice = cut_title(p, clean);
  g_autofree char *last_name = NULL, *first_name = NULL;
  const char *doubt = NULL;
  if (!field_split_name(name, -1, p->reading->result->from_name, &last_name, &first_name, &doubt))
    return FALSE;
  if (doubt) return FALSE;
  take_title(p, entry, choice);
  take(p, entry, (guint)last, last_name);
  take(p, entry, (guint)first, first_name);
  return TRUE;
}

static void take_last_name(const Person *p, const FormEntry *entry, guint field) {
  int choice = -1;
  if (take_whole_name(p, entry)) return;
  g_autofree char *clean = field_clean_line(entry->raw);
  field_skip_title(p->reading->rules, clean, &choice);
  if (choice < 0) choice = cut_title(p, clean);
  take_title(p, entry, choice);
  take(p, entry, field, entry->raw);
}

static void take_first_name(const Person *p, const FormEntry *entry, guint field) {
  g_autofree char *clean = field_clean_line(entry->raw);
  take_title(p, entry, cut_title(p, clean));
  take(p, entry, field, clean);
}

/* ---- a tick alone ---- */

static gboolean is_mere_tick(const char *raw) {
  g_autofree char *words = fold_words(raw);
  return words[0] == '\0' && strstr(raw, "\u2612") && !strstr(raw, "\u2610");
}

/* A tick in the column "Présent(e) le 3/07", or behind "Participera" where no choices are printed:
 * it says yes. */
static void take_tick(const Person *p, const FormEntry *entry, guint field) {
  const Wire__Field *f = field_at(p, field);
  for (gsize c = 0; c < f->n_choices; c++) {
    if (strcmp(f->choices[c]->value, "yes") != 0 || f->choices[c]->n_words == 0) continue;
    take(p, entry, field, f->choices[c]->words[0]->text);
    if (entry->row == 0)
      reading_doubt(p->reading, "%s: a tick without a choice", entry->label->text);
  }
}

/* ---- addresses ---- */

/* One line of an address: the lines joined with ", " as the contract says. */
static char *joined_lines(const char *raw) {
  g_autofree char *clean = field_clean(raw);
  g_auto(GStrv) lines = g_strsplit(clean, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    gsize length = strlen(lines[i]);
    if (lines[i + 1] && length > 0 && lines[i][length - 1] == ',') lines[i][length - 1] = '\0';
  }
  return g_strjoinv(", ", lines);
}

/* "〒939-8501 富山県富山市…" under "所在地": the code stands before the address. FALSE: not so. */
static gboolean take_japanese_street(const Person *p, const FormEntry *entry, guint field) {
  const char *mark = strstr(entry->raw, "〒");
  if (!mark) return FALSE;
  const char *code = mark + strlen("〒");
  code += strspn(code, " ");
  g_autofree char *folded = fold_string(code);
  gsize digits = strspn(folded, "0123456789-");
  if (digits < 7 || folded[digits] == '\0') return FALSE;
  g_autofree char *number = g_strndup(folded, digits);
  const char *rest = code;
  for (gsize i = 0; i < digits; i++) rest = g_utf8_next_char(rest);
  g_autofree char *street = joined_lines(rest + strspn(rest, " \n"));
  take(p, entry, field, street);
  take_besides(p, entry, reading_role(p->reading, "postal_code"), number);
  return TRUE;
}

static void take_street(const Person *p, const FormEntry *entry, guint field) {
  int code_field = reading_role(p->reading, "postal_code"),
      city_field = reading_role(p->reading, "city");
  if (take_japanese_street(p, entry, field)) return;
  g_autofree char *street = NULL, *code = NULL, *city = NULL;
  if (code_field >= 0 || city_field >= 0)
    field_split_address(entry->raw, p->reading->event->country, &street, &code, &city);
  gboolean split = code && code[0];
  g_autofree char *whole = joined_lines(split ? street : entry->raw);
  take(p, entry, field, whole);
  if (!split) return;
  take_besides(p, entry, code_field, code);
  take_besides(p, entry, city_field, city);
}

/* "67000 Strasbourg" under either label, or under the one for both. */
static void take_code_city(const Person *p, const FormEntry *entry, int only) {
  int code_field = reading_role(p->reading, "postal_code"),
      city_field = reading_role(p->reading, "city");
  g_autofree char *street = NULL, *code = NULL, *city = NULL;
  g_autofree char *line = field_clean_line(entry->raw);
  field_split_address(line, p->reading->event->country, &street, &code, &city);
  gboolean split = code[0] && street[0] == '\0';
  if (only >= 0) take(p, entry, (guint)only, entry->raw);
  if (only < 0 && !split && code_field >= 0) take(p, entry, (guint)code_field, entry->raw);
  if (!split) return;
  take_besides(p, entry, code_field, code);
  take_besides(p, entry, city_field, city);
}

/* ---- one entry ---- */

static gboolean holds(const Person *p, const RuleLabel *label, const char *role) {
  for (guint i = 0; i < label->n_fields; i++)
    if (has_role(p, label->fields[i], role)) return TRUE;
  return FALSE;
}

/* Fields that share a word ("Title"): the first that the value fits, free text last; one that has
 * a label of its own is left to it. */
static guint best_field(const Person *p, const FormEntry *entry) {
  int any = -1;
  for (guint i = 0; i < entry->label->n_fields; i++) {
    guint field = entry->label->fields[i];
    gboolean text = strcmp(field_at(p, field)->type, "text") == 0;
    if (has_label(p, (int)field, FALSE)) continue;
    FieldContext context = {p->reading->rules, field, p->country};
    FieldResult result = field_parse(&context, entry->raw);
    gboolean fits = result.status == FIELD_VALID;
    field_result_clear(&result);
    if (fits && !text) return field;
    if (fits && any < 0) any = (int)field;
  }
  return any < 0 ? entry->label->fields[0] : (guint)any;
}

static void take_several(const Person *p, const FormEntry *entry) {
  if (holds(p, entry->label, "last_name") && holds(p, entry->label, "first_name")) {
    take_names(p, entry);
  } else if (holds(p, entry->label, "postal_code") && holds(p, entry->label, "city")) {
    take_code_city(p, entry, -1);
  } else {
    take(p, entry, best_field(p, entry), entry->raw);
  }
}

static void take_entry(const Person *p, const FormEntry *entry) {
  guint field = entry->label->fields[0];
  if (!entry->answer) return;
  if (field_at(p, field)->required && strcmp(field_at(p, field)->type, "choice") != 0 &&
      whole_label(p->reading, entry->raw)) /* a cell or a line was missed */
    reading_doubt(p->reading, "%s: '%s' is itself a label", entry->label->text, entry->raw);
  if (entry->followed && field_at(p, field)->required &&
      strcmp(field_at(p, field)->type, "text") == 0)
    reading_doubt(p->reading, "a line stands below %s that belongs to no label",
                  entry->label->text);
  if (entry->label->n_fields > 1)
    take_several(p, entry);
  else if (has_role(p, field, "street"))
    take_street(p, entry, field);
  else if (has_role(p, field, "last_name"))
    take_last_name(p, entry, field);
  else if (has_role(p, field, "first_name"))
    take_first_name(p, entry, field);
  else if (has_role(p, field, "attendance") && is_mere_tick(entry->raw))
    take_tick(p, entry, field);
  else if (has_role(p, field, "postal_code") || has_role(p, field, "city"))
    take_code_city(p, entry, (int)field);
  else
    take(p, entry, field, entry->raw);
}

static gboolean is_phone(const Person *p, const FormEntry *entry) {
  return strcmp(field_at(p, entry->label->fields[0])->type, "phone") == 0;
}

/* Where the person writes from, as far as the entries tell. */
static char *address_words(const Person *p) {
  GString *words = g_string_new(NULL);
  static const char *const roles[] = {"street", "postal_code", "city", NULL};
  for (guint i = 0; i < p->entries->len; i++) {
    const FormEntry *entry = p->entries->pdata[i];
    for (guint r = 0; roles[r]; r++)
      if (holds(p, entry->label, roles[r])) g_string_append_printf(words, "%s\n", entry->raw);
  }
  return g_string_free(words, FALSE);
}

/* "Nom : Marie DURAND", "Prénom : Marie": what the family name is a person must say. */
static void compare_names(const Person *p) {
  int last = reading_role(p->reading, "last_name"), first = reading_role(p->reading, "first_name");
  if (last < 0 || first < 0) return;
  const FieldValue *a = participant_value(p->person, field_at(p, (guint)last)->name);
  const FieldValue *b = participant_value(p->person, field_at(p, (guint)first)->name);
  if (!a || !b) return;
  g_autofree char *bare = fold_words(a->value), *given = fold_words(b->value);
  g_autofree char *words = g_strconcat(" ", bare, " ", NULL);
  g_autofree char *word = g_strconcat(" ", given, " ", NULL);
  if (strcmp(bare, given) != 0 && *given && strstr(words, word))
    reading_doubt(p->reading, "the first name stands in the family name, too");
}

void people_values(Reading *reading, const GPtrArray *entries, Participant *person) {
  Person p = {.reading = reading, .entries = entries, .person = person};
  g_autofree char *address = address_words(&p);
  p.country = reading_country(reading, address);
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < entries->len; i++) {
      const FormEntry *entry = entries->pdata[i];
      if (is_phone(&p, entry) == (pass == 1)) take_entry(&p, entry);
    }
  compare_names(&p);
  /* a field that has a value is not invalid for a second, wrong answer */
  for (guint i = person->invalid->len; i > 0; i--) {
    const InvalidValue *invalid = person->invalid->pdata[i - 1];
    if (participant_value(person, invalid->field)) g_ptr_array_remove_index(person->invalid, i - 1);
  }
}
