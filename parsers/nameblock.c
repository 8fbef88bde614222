/* nameblock - see nameblock.h. */
#include "parsers/nameblock.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/office.h"
#include "parsers/office_ja.h"
#include "parsers/people.h"
#include "parsers/signature.h"

enum {
  NAME_VALUES = 2, /* last and first name */
  BLOCK_LINES_MAX = 14,
  LINE_MAX_BYTES = 160,
  NAME_WORDS_MAX = 5,
  SIGNATURE_CONFIDENCE = 70
};

const char *const nameblock_roles[] = {"last_name", "first_name",  "function", "organization",
                                       "street",    "postal_code", "city",     "phone",
                                       "email",     NULL};

/* "佐藤 健一": two short words, neither of them a body or an office. */
static gboolean is_person_ja(char **words) {
  if (g_strv_length(words) != 2) return FALSE;
  for (guint i = 0; i < 2; i++) {
    glong length = g_utf8_strlen(words[i], -1);
    if (length <= 2) continue; /* 中村, 大町: names as well as places */
    if (length > 5 || office_ja_is_body(words[i]) || office_ja_is_part(words[i]) ||
        office_ja_is_office(words[i]))
      return FALSE;
  }
  return TRUE;
}

gboolean nameblock_is_person(const char *name) {
  if (strlen(name) > LINE_MAX_BYTES || strpbrk(name, "@0123456789:/|(")) return FALSE;
  g_auto(GStrv) words = g_strsplit(name, " ", NAME_WORDS_MAX + 2);
  guint n = g_strv_length(words);
  if (n < 2 || n > NAME_WORDS_MAX || office_is_body(name)) return FALSE;
  if (field_is_japanese(name)) return is_person_ja(words);
  gboolean latin = TRUE;
  for (guint i = 0; i < n; i++) latin = latin && g_utf8_get_char(words[i]) < 0x0250;
  return !latin || (g_unichar_isupper(g_utf8_get_char(words[0])) && !office_begins(words[0]));
}

/* ---- adding ---- */

typedef struct {
  const Reading *reading;
  Participant *person;
  guint line;
  const char *rule;
  const char *above; /* a street that may belong to the postal code below it; NULL: none */
  guint above_line;
} Adding;

static void add(const Adding *adding, const char *role, const char *raw) {
  int field = reading_role(adding->reading, role);
  if (field < 0 || raw[0] == '\0') return;
  FieldContext context = {adding->reading->rules, (guint)field,
                          reading_country(adding->reading, raw)};
  FieldResult result = field_parse(&context, raw);
  if (result.status == FIELD_VALID) {
    FieldValue *value = field_value_new(adding->reading->event->fields[field]->name, result.value);
    g_free(value->rule);
    value->rule = g_strdup(adding->rule);
    value->confidence = SIGNATURE_CONFIDENCE;
    g_free(value->source);
    value->source = g_strdup("header:From");
    if (adding->line != G_MAXUINT) {
      const TextLine *line = adding->reading->text->lines->pdata[adding->line];
      const char *at = strstr(line->text, raw);
      g_free(value->source);
      value->source = g_strdup(g_ptr_array_index(adding->reading->text->sources, line->source));
      value->line = adding->line;
      value->part = line->part;
      value->start = at ? (guint)(at - line->text) : 0;
      value->end = at ? value->start + (guint)strlen(raw) : (guint)strlen(line->text);
    }
    people_add(adding->person, value);
  }
  field_result_clear(&result);
}

gboolean nameblock_add_name(const Reading *reading, Participant *person, const char *name,
                            guint line, const char *rule) {
  Adding adding = {.reading = reading, .person = person, .line = line, .rule = rule};
  g_autofree char *last = NULL, *first = NULL;
  const char *doubt = NULL;
  int given_first = field_is_japanese(name) ? 0 : -1;
  if (!field_split_name(name, given_first, "", &last, &first, &doubt)) return FALSE;
  add(&adding, "last_name", last);
  add(&adding, "first_name", first);
  return TRUE;
}

/* ---- one line of the block ---- */

/* "2 rue Mégevand", "Hôtel de Ville", "CS 10101": a line that the postal code's line follows. */
static gboolean is_street(const char *text) {
  static const char *const words[] = {
      "rue",     "avenue", "place",  "boulevard", "bd",     "cours",   "quai",      "allee",
      "allees",  "chemin", "route",  "bp",        "cs",     "hotel",   "esplanade", "square",
      "impasse", "av",     "street", "road",      "parvis", "passage", "promenade", NULL};
  if (strpbrk(text, "@:") || strlen(text) > LINE_MAX_BYTES) return FALSE;
  g_autofree char *bare = fold_words(text);
  g_auto(GStrv) split = g_strsplit(bare, " ", -1);
  for (guint i = 0; split[i]; i++)
    if (g_strv_contains(words, split[i])) return TRUE;
  return FALSE;
}

/* "〒630-8580 奈良市二条大路南一丁目1-1". */
static gboolean add_japanese_address(const Adding *adding, const char *text) {
  const char *mark = strstr(text, "〒");
  if (!mark) return FALSE;
  const char *code = mark + strlen("〒");
  code += strspn(code, " ");
  gsize length = strspn(code, "0123456789-");
  g_autofree char *digits = g_strndup(code, length);
  add(adding, "postal_code", digits);
  add(adding, "street", code + length + strspn(code + length, " "));
  return TRUE;
}

/* "UTC, rue du Docteur Schweitzer": who lives there is no part of the street. */
static const char *street_of(const char *street) {
  const char *comma = strstr(street, ", ");
  g_autofree char *before = comma ? g_strndup(street, (gsize)(comma - street)) : NULL;
  gboolean body = before && !is_street(before) && !strpbrk(before, "0123456789");
  return body && is_street(comma + 2) ? comma + 2 : street;
}

static gboolean add_address(const Adding *adding, const char *text) {
  if (add_japanese_address(adding, text)) return TRUE;
  g_autofree char *street = NULL, *code = NULL, *city = NULL;
  field_split_address(text, adding->reading->event->country, &street, &code, &city);
  if (code[0] == '\0') return FALSE;
  if (street[0] == '\0' && adding->above) {
    Adding above = *adding;
    above.line = adding->above_line;
    add(&above, "street", adding->above);
  }
  add(adding, "street", street_of(street));
  add(adding, "postal_code", code);
  add(adding, "city", city);
  return TRUE;
}

static gboolean add_numbers(const Adding *adding, const char *text) {
  gsize start = 0, end = 0;
  g_autofree char *email = field_find_email(text, 0, &start, &end);
  if (email) add(adding, "email", email);
  g_autofree char *phone = email ? NULL : field_find_phone(text, 0, &start, &end);
  gboolean fax = g_ascii_strncasecmp(text, "fax", 3) == 0;
  if (phone && !fax) add(adding, "phone", phone);
  return email || phone;
}

/* "奈良市 市民部 国際交流課", "係長 佐藤 健一", "自治体国際化協会パリ事務所". TRUE: it was one. */
static gboolean add_japanese(const Adding *adding, const char *text) {
  g_autofree char *line = g_strdup(text);
  if (!field_is_japanese(text) || strpbrk(text, "@:") || strstr(text, "：")) return FALSE;
  field_trim_name(line);
  g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", 8);
  guint n = g_strv_length(words);
  if (n > 2 && office_ja_is_office(words[0]) && is_person_ja(words + n - 2)) {
    g_autofree char *name = g_strconcat(words[n - 2], " ", words[n - 1], NULL);
    add(adding, "function", words[0]);
    nameblock_add_name(adding->reading, adding->person, name, adding->line, adding->rule);
    return TRUE;
  }
  if (is_person_ja(words)) {
    nameblock_add_name(adding->reading, adding->person, line, adding->line, adding->rule);
    return TRUE;
  }
  if (n > 0 && office_ja_is_body(words[0])) {
    add(adding, "organization", words[0]);
    return TRUE;
  }
  if (n == 1 && office_ja_is_office(words[0])) add(adding, "function", words[0]);
  return TRUE;
}

/* A line of words: the office, or the body. TRUE: it was one. */
static gboolean add_words(const Adding *adding, const char *text) {
  if (strpbrk(text, "@:") || strlen(text) > LINE_MAX_BYTES) return FALSE;
  gboolean office = office_in(text), body = office_is_body(text);
  int role = reading_role(adding->reading, "function");
  gboolean has_role =
      role < 0 || participant_value(adding->person, adding->reading->event->fields[role]->name);
  if (office && !has_role)
    add(adding, "function", text);
  else if ((body || has_role) && !office_is_service(text))
    add(adding, "organization", text);
  else
    return FALSE;
  return TRUE;
}

/* Whose name stands on a line: the sender's, or the first one that looks like a person's. */
static gboolean is_name(const Reading *reading, const char *text) {
  if (reading->result->from_name[0]) {
    g_autofree char *a = fold_words(text), *b = fold_words(reading->result->from_name);
    if (strcmp(a, b) == 0) return TRUE;
  }
  return nameblock_is_person(text) && !office_in(text);
}

/* "Fiona McAllister, Senior Officer", "Marie DURAND - Directrice": the name, and what is said
 * behind it (*ret_rest); NULL: not so written. */
static char *name_before(const Reading *reading, const char *text, const char **ret_rest) {
  static const char *const marks[] = {", ", " - ", " – ", " | ", " / ", NULL};
  for (guint i = 0; marks[i]; i++) {
    const char *mark = strstr(text, marks[i]);
    if (!mark) continue;
    g_autofree char *name = g_strndup(text, (gsize)(mark - text));
    *ret_rest = mark + strlen(marks[i]);
    if (office_in(*ret_rest) && is_name(reading, name)) return g_steal_pointer(&name);
  }
  return NULL;
}

/* Is the line a person's name, and another one's than the block's? */
static gboolean is_another(const Reading *reading, const Participant *person, const char *text) {
  if (!is_name(reading, text)) return FALSE;
  int last = reading_role(reading, "last_name");
  const FieldValue *value =
      last < 0 ? NULL : participant_value(person, reading->event->fields[last]->name);
  g_autofree char *name = value ? fold_words(value->value) : NULL;
  g_autofree char *words = fold_words(text);
  return name && person->values->len <= NAME_VALUES && !strstr(words, name);
}

Participant *nameblock_read(const Reading *reading) {
  Participant *person = participant_new();
  gboolean named = FALSE;
  guint looked_at = 0, street_line = 0;
  const char *street = NULL;
  for (guint i = 0; i < reading->text->lines->len && looked_at < BLOCK_LINES_MAX; i++) {
    const TextLine *line = reading->text->lines->pdata[i];
    const char *text = line->text + strspn(line->text, " ");
    if (!line->signature || *text == '\0') continue;
    g_autofree char *folded = fold_string(text);
    if (signature_is_closing(folded)) {
      /* a name alone above "--": the block with the office is to come */
      if (named && person->values->len > NAME_VALUES) break;
      continue;
    }
    if (named && is_another(reading, person, text)) break;
    looked_at++;
    Adding adding = {.reading = reading, .person = person, .line = i, .rule = "signature"};
    adding.above = street;
    adding.above_line = street_line;
    street = NULL;
    if (!strstr(text, "〒") && add_japanese(&adding, text)) continue;
    if (!named && is_name(reading, text)) {
      named = nameblock_add_name(reading, person, text, i, "signature");
      continue;
    }
    const char *rest = NULL;
    g_autofree char *name = named ? NULL : name_before(reading, text, &rest);
    if (name) {
      named = nameblock_add_name(reading, person, name, i, "signature");
      add_words(&adding, rest);
      continue;
    }
    if (add_address(&adding, text) || add_numbers(&adding, text)) continue;
    if (is_street(text)) {
      street = text;
      street_line = i;
    } else {
      add_words(&adding, text);
    }
  }
  return person;
}
