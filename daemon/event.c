/* event - see event.h: reads one event file by its table of keys, then checks across keys.
 *
 * Rows are read in their order, so languages and timezone are known to those that follow. */
#include <string.h>

#include "daemon/event_internal.h"
#include "daemon/util.h"

enum { EVENT_SENT_MAX_BYTES = 256 << 10, EVENT_MOMENT_MAX_CHARS = 40 };

static Event *current(SettingReader *reader) {
  return ((EventDraft *)reader->context)->event;
}

/* --- types of values ---------------------------------------------------------------------------
 */

static gboolean read_id(SettingReader *reader, const Setting *setting, const YamlNode *node,
                        void *at) {
  if (!event_is_code(node->text, TRUE)) {
    settings_problem(reader, node,
                     "%s: '%s' must be lower-case letters, digits, '-', '_' and '.', "
                     "at most %d",
                     setting->key, node->text, EVENT_CODE_MAX_CHARS);
    return FALSE;
  }
  string_set(at, node->text);
  return TRUE;
}

/* RFC 5646, as far as we speak: a language, perhaps with a script or region. */
static gboolean is_language(const char *text) {
  gsize letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
  return letters >= 2 && letters <= 3 && (!text[letters] || text[letters] == '-') &&
         strlen(text) <= 12;
}

static gboolean read_languages(SettingReader *reader, const Setting *setting, const YamlNode *node,
                               void *at) {
  g_auto(GStrv) languages = NULL;
  gboolean clean = SETTING_STRINGS.read(reader, setting, node, &languages);
  for (guint i = 0; languages && languages[i]; i++) {
    const YamlNode *item = node->items->pdata[i];
    if (!is_language(languages[i])) {
      settings_problem(reader, item, "%s: '%s' is no language code; fr, en, ja, …", setting->key,
                       languages[i]);
      clean = FALSE;
    }
    for (guint j = 0; j < i; j++) {
      if (strcmp(languages[i], languages[j]) != 0) continue;
      settings_problem(reader, item, "%s: '%s' stands here twice", setting->key, languages[i]);
      clean = FALSE;
      break;
    }
  }
  if (!clean) return FALSE;
  g_strfreev(*(char ***)at);
  *(char ***)at = g_steal_pointer(&languages);
  return TRUE;
}

static gboolean read_country(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at) {
  (void)at;
  const char *text = node->text;
  if (strlen(text) != 2 || !g_ascii_isupper(text[0]) || !g_ascii_isupper(text[1])) {
    settings_problem(reader, node, "%s: '%s' is no country code of two capitals (ISO 3166): FR",
                     setting->key, text);
    return FALSE;
  }
  string_set(&current(reader)->rules->country, text);
  return TRUE;
}

static gboolean read_timezone(SettingReader *reader, const Setting *setting, const YamlNode *node,
                              void *at) {
  GTimeZone *zone = g_time_zone_new_identifier(node->text);
  if (!zone || !*node->text) {
    settings_problem(reader, node, "%s: '%s' is no time zone; one like Europe/Paris", setting->key,
                     node->text);
    if (zone) g_time_zone_unref(zone);
    return FALSE;
  }
  g_time_zone_unref(zone);
  string_set(at, node->text);
  return TRUE;
}

static GTimeZone *zone_of(const char *timezone) {
  GTimeZone *zone = g_time_zone_new_identifier(timezone);
  return zone ? zone : g_time_zone_new_utc();
}

/* 2019-07-03, 2019-07-03T16:30 or 2019-07-03 16:30:00, in the event's time zone unless it has an
 * offset. */
static GDateTime *parse_moment(const char *text, const char *timezone) {
  g_autoptr(GTimeZone) zone = zone_of(timezone);
  gsize length = strlen(text);
  g_autofree char *whole = length == 10   ? g_strconcat(text, "T00:00:00", NULL)
                           : length == 16 ? g_strconcat(text, ":00", NULL)
                                          : g_strdup(text);
  if (length > 10 && whole[10] == ' ') whole[10] = 'T';
  return g_date_time_new_from_iso8601(whole, zone);
}

static gboolean read_moment(SettingReader *reader, const Setting *setting, const YamlNode *node,
                            void *at) {
  const Event *event = current(reader);
  GDateTime *moment = strlen(node->text) <= EVENT_MOMENT_MAX_CHARS
                          ? parse_moment(node->text, event->timezone)
                          : NULL;
  if (!moment) {
    settings_problem(reader, node, "%s: '%s' is no date and time; one like 2019-07-03T16:30:00",
                     setting->key, node->text);
    return FALSE;
  }
  *(gint64 *)at = g_date_time_to_unix(moment);
  g_date_time_unref(moment);
  return TRUE;
}

static gboolean read_labels(SettingReader *reader, const Setting *setting, const YamlNode *node,
                            void *at) {
  (void)at;
  Wire__Event *rules = current(reader)->rules;
  return event_read_labels(reader, node, setting->key, &rules->n_titles, &rules->titles);
}

/* Lists of texts in the rules: words and staff. */
static gboolean read_rule_words(SettingReader *reader, const Setting *setting, const YamlNode *node,
                                void *at) {
  (void)at;
  Wire__Event *rules = current(reader)->rules;
  g_auto(GStrv) words = NULL;
  if (!SETTING_STRINGS.read(reader, setting, node, &words)) return FALSE;
  gboolean staff = strcmp(setting->key, "staff") == 0;
  for (guint i = 0; words[i]; i++) {
    char *word = g_strdup(words[i]);
    if (staff)
      EVENT_APPEND(rules->n_staff, rules->staff, word);
    else
      EVENT_APPEND(rules->n_words, rules->words, word);
  }
  return TRUE;
}

/* --- texts --------------------------------------------------------------------------------------
 */

typedef struct {
  char *name, *date, *place, *contact, *privacy, *privacy_url;
} Texts;

#define ROW(key_, manual_)                                                                         \
  {                                                                                                \
    .group = "texts", .key = #key_, .type = &SETTING_TEXT, .fallback = "\"\"",                     \
    .offset = G_STRUCT_OFFSET(Texts, key_), .manual = manual_                                      \
  }
static const Setting text_rows[] = {
    ROW(name, "what the event is called"),
    ROW(date, "when it takes place, as it is told to people"),
    ROW(place, "where it takes place"),
    ROW(contact, "who answers questions"),
    ROW(privacy, "what is done with the data, and how long they are kept"),
    ROW(privacy_url, "where the participants' rights are explained"),
};
#undef ROW

static GHashTable *read_texts_of(SettingReader *reader, const YamlNode *map) {
  Texts texts = {NULL};
  GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  settings_read(reader, text_rows, G_N_ELEMENTS(text_rows), "texts", map, &texts);
  for (guint i = 0; i < G_N_ELEMENTS(text_rows); i++) {
    char *text = *(char **)((char *)&texts + text_rows[i].offset);
    if (text && *text)
      g_hash_table_insert(table, g_strdup(text_rows[i].key), text);
    else
      g_free(text);
  }
  return table;
}

static gboolean read_texts(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at) {
  (void)at, (void)setting;
  Event *event = current(reader);
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    if (!event_check_language(reader, item, item->key) ||
        !settings_expect(reader, item, NODE_MAP, item->key))
      continue;
    g_hash_table_insert(event->texts, g_strdup(item->key), read_texts_of(reader, item));
  }
  if (!*event_text(event, event->languages[0], "name"))
    settings_problem(reader, node,
                     "no name in the event's first language; texts: { %s: { name: … "
                     "} }",
                     event->languages[0]);
  return TRUE;
}

static gboolean read_sent(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  (void)at;
  Wire__Event *rules = current(reader)->rules;
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    if (!settings_expect(reader, item, NODE_SCALAR, item->key)) continue;
    if (strlen(item->text) > EVENT_SENT_MAX_BYTES)
      settings_problem(reader, item, "%s: '%s' is longer than %d bytes", setting->key, item->key,
                       EVENT_SENT_MAX_BYTES);
    else
      EVENT_APPEND(rules->n_sent_texts, rules->sent_texts, g_strdup(item->text));
  }
  return TRUE;
}

/* --- patterns
 * ------------------------------------------------------------------------------------- */

static gboolean read_recipient(SettingReader *reader, const Setting *setting, const YamlNode *node,
                               void *at) {
  (void)at;
  Wire__Event *rules = current(reader)->rules;
  return event_read_patterns(reader, node, setting->key, "", &rules->n_match_recipient,
                             &rules->match_recipient);
}

static gboolean read_subject(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at) {
  (void)at;
  Wire__Event *rules = current(reader)->rules;
  return event_read_patterns(reader, node, setting->key, "", &rules->n_match_subject,
                             &rules->match_subject);
}

/* Language → list; `at` is the first of two members, n and list, in Wire__Event. */
typedef struct {
  gsize n;
  Wire__Pattern **list;
} Patterns;

static gboolean read_sentences_of(SettingReader *reader, const Setting *setting,
                                  const YamlNode *node, void *at) {
  Patterns *patterns = at;
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    if (event_check_language(reader, item, item->key))
      event_read_patterns(reader, item, setting->key, item->key, &patterns->n, &patterns->list);
  }
  return TRUE;
}

typedef struct {
  Patterns cancellation, attendance_no, attendance_yes, facts;
} Sentences;

static const SettingType EVENT_RECIPIENT = {"list of patterns", NODE_LIST, read_recipient};
static const SettingType EVENT_SUBJECT = {"list of patterns", NODE_LIST, read_subject};
static const SettingType EVENT_SENTENCES = {"patterns by language", NODE_MAP, read_sentences_of};

#define MATCH(key_, type_, manual_)                                                                \
  { .group = "match", .key = #key_, .type = &type_, .fallback = "", .manual = manual_ }
#define SENTENCE(key_, manual_)                                                                    \
  {                                                                                                \
    .group = "sentences", .key = #key_, .type = &EVENT_SENTENCES, .fallback = "",                  \
    .offset = G_STRUCT_OFFSET(Sentences, key_), .manual = manual_                                  \
  }
static const Setting match_rows[] = {
    MATCH(recipient, EVENT_RECIPIENT, "patterns of an address that the mail went to"),
    MATCH(subject, EVENT_SUBJECT, "patterns of the subject"),
};
static const Setting sentence_rows[] = {
    SENTENCE(cancellation, "sentences that withdraw a registration"),
    SENTENCE(attendance_no, "sentences that decline"),
    SENTENCE(attendance_yes, "sentences that accept"),
    SENTENCE(facts, "sentences that hold values; a named group takes the value of that field"),
};
#undef MATCH
#undef SENTENCE

static gboolean read_match(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at) {
  (void)at, (void)setting;
  Event *event = current(reader);
  settings_read(reader, match_rows, G_N_ELEMENTS(match_rows), "match", node, event);
  event->from_match = event->rules->n_match_recipient || event->rules->n_match_subject;
  return TRUE;
}

static gboolean read_sentences(SettingReader *reader, const Setting *setting, const YamlNode *node,
                               void *at) {
  (void)at, (void)setting;
  Wire__Event *rules = current(reader)->rules;
  Sentences all = {.cancellation = {0, NULL}};
  settings_read(reader, sentence_rows, G_N_ELEMENTS(sentence_rows), "sentences", node, &all);
  rules->n_cancellation = all.cancellation.n;
  rules->cancellation = all.cancellation.list;
  rules->n_attendance_no = all.attendance_no.n;
  rules->attendance_no = all.attendance_no.list;
  rules->n_attendance_yes = all.attendance_yes.n;
  rules->attendance_yes = all.attendance_yes.list;
  rules->n_facts = all.facts.n;
  rules->facts = all.facts.list;
  return TRUE;
}

/* --- the table
 * -------------------------------------------------------------------------------------- */

static const SettingType EVENT_ID = {"name", NODE_SCALAR, read_id};
static const SettingType EVENT_LANGUAGES = {"list of languages", NODE_LIST, read_languages};
static const SettingType EVENT_COUNTRY = {"country code", NODE_SCALAR, read_country};
static const SettingType EVENT_TIMEZONE = {"time zone", NODE_SCALAR, read_timezone};
static const SettingType EVENT_MOMENT = {"date and time", NODE_SCALAR, read_moment};
static const SettingType EVENT_TEXTS = {"texts by language", NODE_MAP, read_texts};
static const SettingType EVENT_LABELS = {"texts by language", NODE_MAP, read_labels};
static const SettingType EVENT_WORDS = {"list of texts", NODE_LIST, read_rule_words};
static const SettingType EVENT_SENT = {"texts by name", NODE_MAP, read_sent};
static const SettingType EVENT_MATCH = {"map", NODE_MAP, read_match};
static const SettingType EVENT_FIELDS = {"list of fields", NODE_LIST, event_read_fields};
static const SettingType EVENT_EXAMPLES = {"list of examples", NODE_LIST, event_read_examples};
static const SettingType EVENT_SENTENCE_SETS = {"map", NODE_MAP, read_sentences};

#define ROW(key_, type_) .group = "", .key = #key_, .type = &type_
#define AT(member) .offset = G_STRUCT_OFFSET(Event, member)
static const Setting event_rows[] = {
    {ROW(id, EVENT_ID), AT(id), .manual = "the event's name in commands, exports and addresses"},
    {ROW(languages, EVENT_LANGUAGES), AT(languages), .fallback = "[fr, en, ja]", .minimum = 1,
     .manual = "languages of texts, labels and replies; the first is the default"},
    {ROW(country, EVENT_COUNTRY), .fallback = "FR",
     .manual = "country of national telephone numbers and postal codes"},
    {ROW(timezone, EVENT_TIMEZONE), AT(timezone), .fallback = "Europe/Paris",
     .manual = "time zone of starts, ends and deadline"},
    {ROW(starts, EVENT_MOMENT), AT(starts), .fallback = "", .manual = "when the event begins"},
    {ROW(ends, EVENT_MOMENT), AT(ends), .fallback = "", .manual = "when the event ends"},
    {ROW(deadline, EVENT_MOMENT), AT(deadline), .fallback = "",
     .manual = "from this moment on a bulletin is late; without it none is"},
    {ROW(texts, EVENT_TEXTS), .manual = "name, date, place, … of the event, by language"},
    {ROW(titles, EVENT_LABELS), .fallback = "", .manual = "what the bulletin is called"},
    {ROW(words, EVENT_WORDS), .fallback = "", .manual = "words that tie a mail to the event"},
    {ROW(staff, EVENT_WORDS), .fallback = "",
     .manual = "names and addresses of those who sent the invitation: never participants"},
    {ROW(match, EVENT_MATCH), .fallback = "", .manual = "which mails belong to the event"},
    {ROW(fields, EVENT_FIELDS), .manual = "what the bulletin asks for, in order"},
    {ROW(identity, SETTING_STRINGS), AT(identity), .fallback = "",
     .manual = "fields that tell participants apart; default: email, last_name, first_name"},
    {ROW(sentences, EVENT_SENTENCE_SETS), .fallback = "",
     .manual = "sentences that accept, decline or withdraw"},
    {ROW(sent, EVENT_SENT), .fallback = "",
     .manual = "the texts that were sent out: what repeats them is no answer"},
    {ROW(replies, SETTING_PATH), AT(replies_dir), .fallback = "",
     .manual = "folder of reply templates that stand in for the general ones"},
    {ROW(examples, EVENT_EXAMPLES), .fallback = "",
     .manual = "mails, and what must be read from them; bulletinctl rules test reads them"},
};
#undef ROW
#undef AT

char *event_describe(void) {
  GString *out = g_string_new(NULL);
  settings_describe(out, event_rows, G_N_ELEMENTS(event_rows));
  settings_describe(out, text_rows, G_N_ELEMENTS(text_rows));
  settings_describe(out, match_rows, G_N_ELEMENTS(match_rows));
  settings_describe(out, EVENT_FIELD_ROWS, EVENT_FIELD_ROWS_COUNT);
  settings_describe(out, EVENT_PATTERN_ROWS, EVENT_PATTERN_ROWS_COUNT);
  settings_describe(out, sentence_rows, G_N_ELEMENTS(sentence_rows));
  settings_describe(out, EVENT_EXAMPLE_ROWS, EVENT_EXAMPLE_ROWS_COUNT);
  settings_describe(out, EVENT_EXPECT_ROWS, EVENT_EXPECT_ROWS_COUNT);
  return g_string_free(out, FALSE);
}

/* --- checks across keys
 * ------------------------------------------------------------------------------- */

static void check_times(SettingReader *reader, const YamlNode *root, const Event *event) {
  const YamlNode *ends = yaml_get(root, "ends"), *deadline = yaml_get(root, "deadline");
  if (event->starts && event->ends && event->ends <= event->starts)
    settings_problem(reader, ends, "ends: '%s' is not after starts", ends->text);
  gint64 last = event->ends ? event->ends : event->starts;
  if (event->deadline && last && event->deadline > last)
    settings_problem(reader, deadline, "deadline: '%s' is after the event", deadline->text);
}

static const char *const *field_names(const Event *event) {
  const char **names = g_new0(const char *, event->fields->len + 1);
  for (guint i = 0; i < event->fields->len; i++)
    names[i] = ((const EventField *)event->fields->pdata[i])->name;
  return names;
}

/* Where identity is not given: those of the usual three that the event has. */
static void set_identity(SettingReader *reader, const YamlNode *root, Event *event) {
  static const char *const usual[] = {"email", "last_name", "first_name"};
  const YamlNode *node = yaml_get(root, "identity");
  g_autofree const char *const *names = field_names(event);
  for (guint i = 0; event->identity && event->identity[i]; i++) {
    if (event_field(event, event->identity[i])) continue;
    g_autofree char *hint = settings_hint(event->identity[i], names);
    settings_problem(reader, node->items->pdata[i], "identity: no field '%s'%s", event->identity[i],
                     hint);
  }
  if (event->identity) return;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  for (guint i = 0; i < G_N_ELEMENTS(usual); i++)
    if (event_field(event, usual[i])) g_strv_builder_add(builder, usual[i]);
  event->identity = g_strv_builder_end(builder);
}

static const Wire__Field *field_of_role(const Event *event, const char *role) {
  for (gsize i = 0; i < event->rules->n_fields; i++)
    if (strcmp(event->rules->fields[i]->role, role) == 0) return event->rules->fields[i];
  return NULL;
}

static gboolean has_choice(const Wire__Field *field, const char *value) {
  for (gsize i = 0; i < field->n_choices; i++)
    if (strcmp(field->choices[i]->value, value) == 0) return TRUE;
  return FALSE;
}

/* The sentences speak of "yes" and "no", so attendance must have both. */
static void set_roles(SettingReader *reader, Event *event) {
  const Wire__Field *email = field_of_role(event, "email");
  const Wire__Field *attendance = field_of_role(event, "attendance");
  event->email_field = g_strdup(email ? email->name : "");
  event->attendance_field = g_strdup(attendance ? attendance->name : "");
  gboolean both = attendance && has_choice(attendance, "yes") && has_choice(attendance, "no");
  event->declined_value = g_strdup(both ? "no" : "");
  if (attendance && !both)
    yaml_problem(reader->problems, reader->file, attendance->line,
                 "field '%s' of role attendance needs the choices \"yes\" and \"no\", in quotes",
                 attendance->name);
}

/* --- loading
 * ------------------------------------------------------------------------------------------ */

static void event_field_free(gpointer data) {
  EventField *field = data;
  g_free(field->name);
  g_free(field->type);
  g_hash_table_unref(field->labels);
  g_hash_table_unref(field->choices);
  g_free(field);
}

static Event *event_new(const char *file) {
  Event *event = g_new0(Event, 1);
  event->file = g_strdup(file);
  event->texts =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  event->fields = g_ptr_array_new_with_free_func(event_field_free);
  event->examples = g_ptr_array_new_with_free_func(event_example_free);
  event->rules = g_new(Wire__Event, 1);
  wire__event__init(event->rules);
  event->rules->country = NULL;
  return event;
}

static Event *event_read(const char *file, const YamlNode *root, GPtrArray *problems) {
  Event *event = event_new(file);
  EventDraft draft = {.event = event};
  SettingReader reader = {file, problems, &draft};
  settings_read(&reader, event_rows, G_N_ELEMENTS(event_rows), "", root, event);
  if (!event->id) event->id = g_strdup("");
  event->rules->id = g_strdup(event->id);
  for (guint i = 0; event->languages[i]; i++)
    EVENT_APPEND(event->rules->n_languages, event->rules->languages, g_strdup(event->languages[i]));
  event->zone = zone_of(event->timezone);
  check_times(&reader, root, event);
  set_identity(&reader, root, event);
  set_roles(&reader, event);
  event_check_groups(&reader);
  return event;
}

Event *event_load(const char *file, GPtrArray *problems) {
  g_autoptr(YamlNode) root = yaml_load(file, problems);
  SettingReader reader = {file, problems, NULL};
  if (!root || !settings_expect(&reader, root, NODE_MAP, "the file")) return NULL;
  g_autoptr(Event) event = event_read(file, root, problems);
  return *event->id && event->fields->len ? g_steal_pointer(&event) : NULL;
}

void event_free(Event *event) {
  if (!event) return;
  char *owned[] = {event->id,
                   event->file,
                   event->timezone,
                   event->email_field,
                   event->attendance_field,
                   event->declined_value,
                   event->replies_dir};
  for (guint i = 0; i < G_N_ELEMENTS(owned); i++) g_free(owned[i]);
  g_strfreev(event->languages);
  g_strfreev(event->identity);
  if (event->zone) g_time_zone_unref(event->zone);
  g_hash_table_unref(event->texts);
  g_ptr_array_unref(event->fields);
  g_ptr_array_unref(event->examples);
  wire__event__free_unpacked(event->rules, NULL);
  g_free(event);
}

/* --- asking
 * ------------------------------------------------------------------------------------------- */

static const char *in_languages(GHashTable *table, const Event *event, const char *language) {
  const char *found = language ? g_hash_table_lookup(table, language) : NULL;
  return found ? found : g_hash_table_lookup(table, event->languages[0]);
}

const char *event_text(const Event *event, const char *language, const char *key) {
  const char *const order[] = {language ? language : "", event->languages[0]};
  for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
    GHashTable *texts = g_hash_table_lookup(event->texts, order[i]);
    const char *text = texts ? g_hash_table_lookup(texts, key) : NULL;
    if (text) return text;
  }
  return "";
}

const char *event_label(const Event *event, const char *language, const char *name) {
  const EventField *field = event_field(event, name);
  const char *label = field ? in_languages(field->labels, event, language) : NULL;
  return label ? label : field ? field->name : name;
}

const char *event_word(const Event *event, const char *language, const char *name,
                       const char *value) {
  const EventField *field = event_field(event, name);
  GHashTable *words = field ? g_hash_table_lookup(field->choices, value) : NULL;
  const char *word = words ? in_languages(words, event, language) : NULL;
  return word ? word : value;
}

const EventField *event_field(const Event *event, const char *name) {
  for (guint i = 0; i < event->fields->len; i++) {
    const EventField *field = event->fields->pdata[i];
    if (strcmp(field->name, name) == 0) return field;
  }
  return NULL;
}

const Event *event_find(const GPtrArray *events, const char *id) {
  for (guint i = 0; events && i < events->len; i++) {
    const Event *event = events->pdata[i];
    if (strcmp(event->id, id) == 0) return event;
  }
  return NULL;
}
