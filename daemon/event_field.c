/* event_field - the fields of an event file: labels, choices, patterns.
 *
 * Relies on settings for keys and bounds. The Wire structs are made of g_malloc'ed strings, which
 * is malloc (GLib since 2.46), so protobuf-c's own free takes them. */
#include <string.h>

#include "daemon/event_internal.h"
#include "daemon/util.h"

static const char *const types[] = {"text", "lines",  "name",    "email", "phone", "postal_code",
                                    "city", "choice", "integer", "date",  NULL};
static const char *const roles[] = {
    "",         "organization", "title",       "last_name", "first_name",
    "function", "street",       "postal_code", "city",      "phone",
    "email",    "attendance",   "partner",     NULL};

/* --- words by language ------------------------------------------------------------------------ */

gboolean event_is_code(const char *text, gboolean dashes) {
  if (!g_ascii_islower(*text) && !(dashes && g_ascii_isdigit(*text))) return FALSE;
  for (const char *p = text; *p; p++) {
    gboolean plain = g_ascii_islower(*p) || g_ascii_isdigit(*p) || *p == '_';
    if (!plain && !(dashes && (*p == '-' || *p == '.'))) return FALSE;
  }
  return strlen(text) <= EVENT_CODE_MAX_CHARS;
}

gboolean event_check_language(SettingReader *reader, const YamlNode *item, const char *language) {
  const EventDraft *draft = reader->context;
  const char *const *known = (const char *const *)draft->event->languages;
  if (g_strv_contains(known, language)) return TRUE;
  g_autofree char *all = g_strjoinv(", ", draft->event->languages);
  yaml_problem(reader->problems, reader->file, item->key ? item->key_line : item->line,
               "'%s' is none of the event's languages (%s)", language, all);
  return FALSE;
}

static gboolean check_word(SettingReader *reader, const YamlNode *item, const char *what) {
  if (!settings_expect(reader, item, NODE_SCALAR, what)) return FALSE;
  g_autofree char *text = g_strstrip(g_strdup(item->text));
  if (*text && !strpbrk(text, "\n\r\t")) return TRUE;
  settings_problem(reader, item, "%s: %s", what,
                   *text ? "a line break or tab in one text; it must be one line"
                         : "an empty text; remove it");
  return FALSE;
}

static Wire__Label *label_new(const char *language, const char *text) {
  Wire__Label *label = g_new(Wire__Label, 1);
  wire__label__init(label);
  label->language = g_strdup(language);
  label->text = g_strstrip(g_strdup(text));
  return label;
}

/* A single text may stand for a list of one. */
static gboolean read_words(SettingReader *reader, const YamlNode *node, const char *what, gsize *n,
                           Wire__Label ***labels) {
  if (node->kind == NODE_SCALAR) {
    if (!check_word(reader, node, what)) return FALSE;
    EVENT_APPEND(*n, *labels, label_new(node->key, node->text));
    return TRUE;
  }
  if (!settings_expect(reader, node, NODE_LIST, what)) return FALSE;
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    if (!check_word(reader, item, what)) continue;
    if (*n >= EVENT_WORDS_MAX) {
      settings_problem(reader, item, "%s: more than %d texts", what, EVENT_WORDS_MAX);
      return FALSE;
    }
    EVENT_APPEND(*n, *labels, label_new(node->key, item->text));
  }
  return TRUE;
}

gboolean event_read_labels(SettingReader *reader, const YamlNode *node, const char *what, gsize *n,
                           Wire__Label ***labels) {
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    if (event_check_language(reader, item, item->key)) read_words(reader, item, what, n, labels);
  }
  return TRUE;
}

/* --- patterns --------------------------------------------------------------------------------- */

typedef struct {
  char *regex, *language;
} PatternDraft;

const Setting EVENT_PATTERN_ROWS[] = {
    {.group = "fields.patterns",
     .key = "regex",
     .type = &SETTING_TEXT,
     .offset = G_STRUCT_OFFSET(PatternDraft, regex),
     .manual = "PCRE2 that is tried on each line; a named group takes the value of that field"},
    {.group = "fields.patterns",
     .key = "language",
     .type = &SETTING_TEXT,
     .fallback = "\"\"",
     .offset = G_STRUCT_OFFSET(PatternDraft, language),
     .manual = "the language it is for; empty: every one"},
};
const guint EVENT_PATTERN_ROWS_COUNT = G_N_ELEMENTS(EVENT_PATTERN_ROWS);

static Wire__Pattern *pattern_new(const char *regex, const char *language, guint line) {
  Wire__Pattern *pattern = g_new(Wire__Pattern, 1);
  wire__pattern__init(pattern);
  pattern->regex = g_strdup(regex);
  pattern->language = g_strdup(language);
  pattern->line = line;
  return pattern;
}

static Wire__Pattern *read_pattern_map(SettingReader *reader, const YamlNode *item) {
  PatternDraft draft = {NULL, NULL};
  settings_read(reader, EVENT_PATTERN_ROWS, EVENT_PATTERN_ROWS_COUNT, "fields.patterns", item,
                &draft);
  const YamlNode *regex = yaml_get(item, "regex"), *language = yaml_get(item, "language");
  gboolean clean = draft.regex != NULL;
  if (draft.language && *draft.language && !event_check_language(reader, language, draft.language))
    clean = FALSE;
  Wire__Pattern *pattern =
      clean ? pattern_new(draft.regex, draft.language ? draft.language : "", regex->line) : NULL;
  g_free(draft.regex);
  g_free(draft.language);
  return pattern;
}

gboolean event_read_patterns(SettingReader *reader, const YamlNode *node, const char *what,
                             const char *language, gsize *n, Wire__Pattern ***patterns) {
  if (!settings_expect(reader, node, NODE_LIST, what)) return FALSE;
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    Wire__Pattern *pattern = NULL;
    if (*n >= EVENT_WORDS_MAX) {
      settings_problem(reader, item, "%s: more than %d patterns", what, EVENT_WORDS_MAX);
      return FALSE;
    }
    if (item->kind == NODE_MAP)
      pattern = read_pattern_map(reader, item);
    else if (check_word(reader, item, what))
      pattern = pattern_new(item->text, language, item->line);
    if (pattern) EVENT_APPEND(*n, *patterns, pattern);
  }
  return TRUE;
}

/* --- one field -------------------------------------------------------------------------------- */

typedef struct {
  char *name, *type, *role;
  gboolean required, private, suggestion;
  guint max_chars;
  gint64 minimum, maximum;
} FieldDraft;

static Wire__Field *current_field(SettingReader *reader) {
  return ((EventDraft *)reader->context)->field;
}

static gboolean read_name(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  if (!event_is_code(node->text, FALSE)) {
    settings_problem(reader, node,
                     "%s: '%s' must be lower-case letters, digits and '_', a letter "
                     "first",
                     setting->key, node->text);
    return FALSE;
  }
  string_set(at, node->text);
  return TRUE;
}

static gboolean read_labels(SettingReader *reader, const Setting *setting, const YamlNode *node,
                            void *at) {
  (void)at;
  Wire__Field *field = current_field(reader);
  return event_read_labels(reader, node, setting->key, &field->n_labels, &field->labels);
}

static gboolean read_choices(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at) {
  (void)at;
  Wire__Field *field = current_field(reader);
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    g_autofree char *what = g_strdup_printf("%s: '%s'", setting->key, item->key);
    if (!settings_expect(reader, item, NODE_MAP, what)) continue;
    Wire__Choice *choice = g_new(Wire__Choice, 1);
    wire__choice__init(choice);
    choice->value = g_strdup(item->key);
    event_read_labels(reader, item, what, &choice->n_words, &choice->words);
    EVENT_APPEND(field->n_choices, field->choices, choice);
  }
  return TRUE;
}

static gboolean read_patterns(SettingReader *reader, const Setting *setting, const YamlNode *node,
                              void *at) {
  (void)at;
  Wire__Field *field = current_field(reader);
  return event_read_patterns(reader, node, setting->key, "", &field->n_patterns, &field->patterns);
}

static const SettingType FIELD_NAME = {"name", NODE_SCALAR, read_name};
static const SettingType FIELD_LABELS = {"texts by language", NODE_MAP, read_labels};
static const SettingType FIELD_CHOICES = {"words by value and language", NODE_MAP, read_choices};
static const SettingType FIELD_PATTERNS = {"list of patterns", NODE_LIST, read_patterns};

#define ROW(name) .group = "fields", .key = #name, .offset = G_STRUCT_OFFSET(FieldDraft, name)
#define LIST(name) .group = "fields", .key = #name, .fallback = ""
const Setting EVENT_FIELD_ROWS[] = {
    {ROW(name), .type = &FIELD_NAME,
     .manual = "what the field is called in exports and templates; lower-case letters, digits, _"},
    {ROW(type), .type = &SETTING_WORD, .fallback = "text", .words = types,
     .manual = "how values are checked and put in order"},
    {ROW(role), .type = &SETTING_WORD, .fallback = "\"\"", .words = roles,
     .manual = "what the reader may infer for it from signatures, addresses and sentences"},
    {ROW(required), .type = &SETTING_BOOLEAN, .fallback = "false",
     .manual = "a registration without it is incomplete: the participant is asked"},
    {ROW(private), .type = &SETTING_BOOLEAN, .fallback = "false",
     .manual = "never repeated in a reply (health, diet)"},
    {ROW(suggestion), .type = &SETTING_BOOLEAN, .fallback = "false",
     .manual = "what people suggest (themes): collected over all registrations, a line each"},
    {ROW(max_chars), .type = &SETTING_COUNT, .fallback = "1000", .minimum = 1,
     .maximum = WIRE_VALUE_MAX_BYTES, .manual = "a longer value is invalid"},
    {ROW(minimum), .type = &SETTING_INTEGER, .fallback = "0",
     .manual = "smallest value of an integer"},
    {ROW(maximum), .type = &SETTING_INTEGER, .fallback = "0",
     .manual = "largest value of an integer; 0 with minimum 0: no bounds"},
    {LIST(labels), .type = &FIELD_LABELS,
     .manual = "what is printed before the value, by language; the first is shown in replies"},
    {LIST(choices), .type = &FIELD_CHOICES,
     .manual = "values of a choice and the words that mean them, by language"},
    {LIST(patterns), .type = &FIELD_PATTERNS,
     .manual = "regular expressions, or maps of regex and language, that find the value in a line"},
};
#undef ROW
#undef LIST
const guint EVENT_FIELD_ROWS_COUNT = G_N_ELEMENTS(EVENT_FIELD_ROWS);

/* --- for people ------------------------------------------------------------------------------- */

static GHashTable *first_words(Wire__Label *const *labels, gsize n) {
  GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; i < n; i++)
    if (!g_hash_table_contains(words, labels[i]->language))
      g_hash_table_insert(words, g_strdup(labels[i]->language), g_strdup(labels[i]->text));
  return words;
}

static void append_field(Event *event, Wire__Field *wire, const FieldDraft *draft) {
  EventField *field = g_new0(EventField, 1);
  field->name = g_strdup(wire->name);
  field->type = g_strdup(wire->type);
  field->required = wire->required;
  field->private = draft->private;
  field->suggestion = draft->suggestion;
  field->labels = first_words(wire->labels, wire->n_labels);
  field->choices =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  for (gsize i = 0; i < wire->n_choices; i++)
    g_hash_table_insert(field->choices, g_strdup(wire->choices[i]->value),
                        first_words(wire->choices[i]->words, wire->choices[i]->n_words));
  g_ptr_array_add(event->fields, field);
  EVENT_APPEND(event->rules->n_fields, event->rules->fields, wire);
}

/* --- checks across keys -------------------------------------------------------------------------
 */

static void check_field(SettingReader *reader, const YamlNode *node, const Wire__Field *field) {
  gboolean choice = strcmp(field->type, "choice") == 0, integer = !strcmp(field->type, "integer");
  if (choice && field->n_choices == 0)
    settings_problem(reader, node, "field '%s' is a choice without choices", field->name);
  if (!choice && field->n_choices)
    settings_problem(reader, yaml_get(node, "choices"),
                     "choices of field '%s', which is of type %s; make it 'type: choice'",
                     field->name, field->type);
  if (!integer && (field->minimum || field->maximum))
    settings_problem(reader, node,
                     "minimum and maximum of field '%s', which is of type %s; "
                     "they are for 'type: integer'",
                     field->name, field->type);
  if (integer && field->maximum && field->maximum < field->minimum)
    settings_problem(reader, node, "maximum of field '%s' is below its minimum", field->name);
  if (!field->n_labels && !field->n_patterns)
    settings_problem(reader, node,
                     "field '%s' has neither labels nor patterns; nothing would be "
                     "read into it",
                     field->name);
}

/* TRUE where the name is new; a role that is taken is told and dropped. */
static gboolean check_unique(SettingReader *reader, const YamlNode *node, Wire__Field *field) {
  const Wire__Event *rules = ((EventDraft *)reader->context)->event->rules;
  for (gsize i = 0; i < rules->n_fields; i++) {
    const Wire__Field *other = rules->fields[i];
    if (strcmp(other->name, field->name) == 0) {
      settings_problem(reader, yaml_get(node, "name"),
                       "field '%s' stands here again, first in line "
                       "%u; remove one",
                       field->name, other->line);
      return FALSE;
    }
    if (!*field->role || strcmp(other->role, field->role) != 0) continue;
    settings_problem(reader, yaml_get(node, "role"), "role '%s' is that of field '%s' already",
                     field->role, other->name);
    string_set(&field->role, "");
  }
  return TRUE;
}

static void read_field(SettingReader *reader, const YamlNode *node) {
  EventDraft *draft = reader->context;
  FieldDraft values = {.name = NULL};
  if (!settings_expect(reader, node, NODE_MAP, "a field")) return;
  Wire__Field *field = draft->field = g_new(Wire__Field, 1);
  wire__field__init(field);
  settings_read(reader, EVENT_FIELD_ROWS, EVENT_FIELD_ROWS_COUNT, "fields", node, &values);
  field->name = values.name ? values.name : g_strdup("");
  field->type = values.type;
  field->role = values.role;
  field->required = values.required;
  field->max_chars = values.max_chars;
  field->minimum = values.minimum;
  field->maximum = values.maximum;
  field->line = node->line;
  if (!*field->name || !check_unique(reader, node, field)) {
    wire__field__free_unpacked(field, NULL);
    return;
  }
  check_field(reader, node, field);
  append_field(draft->event, field, &values);
}

gboolean event_read_fields(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at) {
  (void)setting, (void)at;
  if (node->items->len == 0 || node->items->len > EVENT_FIELDS_MAX) {
    settings_problem(reader, node, "%u fields; an event has from 1 to %d", node->items->len,
                     EVENT_FIELDS_MAX);
    return FALSE;
  }
  for (guint i = 0; i < node->items->len; i++) read_field(reader, node->items->pdata[i]);
  return TRUE;
}
