/* event_examples - the mails that an event file brings along, with what must be read from them.
 *
 * For `bulletinctl rules test` alone: the workers never see them. Read behind fields and
 * identity, so that every name in them can be checked. */
#include <string.h>

#include "daemon/event_internal.h"
#include "daemon/util.h"

enum { EXAMPLES_MAX = 500, EXAMPLE_MAX_BYTES = 256 << 10, EXAMPLE_PEOPLE_MAX = 50 };

/* --- what is expected ------------------------------------------------------------------------- */

static EventExample *current(SettingReader *reader) {
  return ((EventDraft *)reader->context)->example;
}

static const Event *current_event(SettingReader *reader) {
  return ((EventDraft *)reader->context)->event;
}

static gboolean check_field(SettingReader *reader, const YamlNode *item) {
  const Event *event = current_event(reader);
  if (event_field(event, item->key)) return TRUE;
  g_autofree const char **names = g_new0(const char *, event->fields->len + 1);
  for (guint i = 0; i < event->fields->len; i++)
    names[i] = ((const EventField *)event->fields->pdata[i])->name;
  g_autofree char *hint = settings_hint(item->key, names);
  yaml_problem(reader->problems, reader->file, item->key_line, "expect: no field '%s'%s", item->key,
               hint);
  return FALSE;
}

/* The value of a choice is one of its keys, not one of the words that people write. */
static gboolean check_choice(SettingReader *reader, const YamlNode *item) {
  const EventField *field = event_field(current_event(reader), item->key);
  if (strcmp(field->type, "choice") != 0 || !*item->text) return TRUE;
  if (g_hash_table_contains(field->choices, item->text)) return TRUE;
  g_autofree char **known = (char **)g_hash_table_get_keys_as_array(field->choices, NULL);
  g_autofree char *hint = settings_hint(item->text, (const char *const *)known);
  settings_problem(reader, item, "expect: '%s' is no choice of field '%s'%s", item->text, item->key,
                   hint);
  return FALSE;
}

/* Field → value; "" where there must be none. */
static void read_person(SettingReader *reader, const YamlNode *map) {
  GHashTable *person = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < map->items->len; i++) {
    const YamlNode *item = map->items->pdata[i];
    if (!check_field(reader, item)) continue;
    gboolean none = yaml_is_null(item);
    if (!none && !settings_expect(reader, item, NODE_SCALAR, item->key)) continue;
    if (none || check_choice(reader, item))
      g_hash_table_insert(person, g_strdup(item->key), g_strdup(none ? "" : item->text));
  }
  g_ptr_array_add(current(reader)->people, person);
}

static void expect_people(SettingReader *reader) {
  EventExample *example = current(reader);
  if (!example->people)
    example->people = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
}

static gboolean read_fields(SettingReader *reader, const Setting *setting, const YamlNode *node,
                            void *at) {
  (void)setting, (void)at;
  expect_people(reader);
  read_person(reader, node);
  return TRUE;
}

static gboolean read_participants(SettingReader *reader, const Setting *setting,
                                  const YamlNode *node, void *at) {
  (void)at;
  expect_people(reader);
  if (node->items->len > EXAMPLE_PEOPLE_MAX) {
    settings_problem(reader, node, "%s: more than %d", setting->key, EXAMPLE_PEOPLE_MAX);
    return FALSE;
  }
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    if (settings_expect(reader, item, NODE_MAP, "a participant")) read_person(reader, item);
  }
  return TRUE;
}

static const char *const kinds[] = {"",       "bulletin", "cancellation", "question", "auto_reply",
                                    "bounce", "bulk",     "unreadable",   NULL};
static const char *const decisions[] = {"", "accept", "ask", "review", "ignore", NULL};

static const SettingType EXPECT_FIELDS = {"values by field", NODE_MAP, read_fields};
static const SettingType EXPECT_PEOPLE = {"list of values by field", NODE_LIST, read_participants};

#define ROW(name) .group = "examples.expect", .key = #name
#define AT(name) .offset = G_STRUCT_OFFSET(EventExample, name)
const Setting EVENT_EXPECT_ROWS[] = {
    {ROW(kind), AT(kind), .type = &SETTING_WORD, .fallback = "\"\"", .words = kinds,
     .manual = "the kind of mail that it is; empty: is not asked"},
    {ROW(decision), AT(decision), .type = &SETTING_WORD, .fallback = "\"\"", .words = decisions,
     .manual = "what is decided on it, with an empty store and before the deadline"},
    {ROW(participants), .type = &EXPECT_PEOPLE, .fallback = "",
     .manual = "who is read from it, no more and no less; fields that are not named may be any"},
    {ROW(fields), .type = &EXPECT_FIELDS, .fallback = "",
     .manual = "in place of participants where there is one alone"},
};
#undef ROW
#undef AT
const guint EVENT_EXPECT_ROWS_COUNT = G_N_ELEMENTS(EVENT_EXPECT_ROWS);

static gboolean read_expect(SettingReader *reader, const Setting *setting, const YamlNode *node,
                            void *at) {
  (void)setting, (void)at;
  settings_read(reader, EVENT_EXPECT_ROWS, EVENT_EXPECT_ROWS_COUNT, "examples.expect", node,
                current(reader));
  const YamlNode *fields = yaml_get(node, "fields");
  if (fields && yaml_get(node, "participants"))
    settings_problem(reader, fields, "fields and participants; give one of the two");
  if (!node->items->len) settings_problem(reader, node, "expect is empty; nothing would be tested");
  return TRUE;
}

/* --- one example ------------------------------------------------------------------------------ */

static gboolean read_from(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  if (!SETTING_TEXT.read(reader, setting, node, at)) return FALSE;
  g_autofree char *address = settings_mailbox_address(node->text);
  if (address) return TRUE;
  settings_problem(reader, node, "%s: '%s' is no address; one like Jeanne Martin <jm@example.org>",
                   setting->key, node->text);
  return FALSE;
}

static gboolean read_body(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  if (strlen(node->text) > EXAMPLE_MAX_BYTES) {
    settings_problem(reader, node, "%s is longer than %d bytes", setting->key, EXAMPLE_MAX_BYTES);
    return FALSE;
  }
  string_set(at, node->text);
  return TRUE;
}

static const SettingType EXAMPLE_FROM = {"address", NODE_SCALAR, read_from};
static const SettingType EXAMPLE_BODY = {"lines of text", NODE_SCALAR, read_body};
static const SettingType EXAMPLE_EXPECT = {"map", NODE_MAP, read_expect};

#define ROW(name) .group = "examples", .key = #name, .offset = G_STRUCT_OFFSET(EventExample, name)
const Setting EVENT_EXAMPLE_ROWS[] = {
    {ROW(name), .type = &SETTING_TEXT, .manual = "what it shows"},
    {ROW(text), .type = &EXAMPLE_BODY, .fallback = "", .manual = "the mail's body, plain text"},
    {ROW(mail), .type = &SETTING_PATH, .fallback = "",
     .manual = "a file with a whole mail, in place of text, from and subject"},
    {ROW(from), .type = &EXAMPLE_FROM, .fallback = "sender@example.org", .manual = "who sends it"},
    {ROW(subject), .type = &SETTING_TEXT, .fallback = "\"\"",
     .manual = "its subject; empty: the event's name, as in an answer to the invitation"},
    {.group = "examples",
     .key = "expect",
     .type = &EXAMPLE_EXPECT,
     .manual = "what must be read from it"},
};
#undef ROW
const guint EVENT_EXAMPLE_ROWS_COUNT = G_N_ELEMENTS(EVENT_EXAMPLE_ROWS);

void event_example_free(gpointer data) {
  EventExample *example = data;
  char *owned[] = {example->name,    example->text, example->mail,    example->from,
                   example->subject, example->kind, example->decision};
  for (guint i = 0; i < G_N_ELEMENTS(owned); i++) g_free(owned[i]);
  if (example->people) g_ptr_array_unref(example->people);
  g_free(example);
}

/* A mail of its own is whole: nothing of it is given beside. */
static void check_body(SettingReader *reader, const YamlNode *node) {
  const YamlNode *mail = yaml_get(node, "mail");
  static const char *const parts[] = {"text", "from", "subject"};
  if (!mail && !yaml_get(node, "text"))
    settings_problem(reader, node, "neither text nor mail; an example needs one of the two");
  for (guint i = 0; mail && i < G_N_ELEMENTS(parts); i++)
    if (yaml_get(node, parts[i]))
      settings_problem(reader, yaml_get(node, parts[i]),
                       "%s beside mail; a mail from a file has its own, remove one", parts[i]);
}

static void check_name(SettingReader *reader, const YamlNode *node, const EventExample *example) {
  const GPtrArray *examples = current_event(reader)->examples;
  for (guint i = 0; example->name && i < examples->len; i++) {
    const EventExample *other = examples->pdata[i];
    if (g_strcmp0(other->name, example->name) == 0)
      settings_problem(reader, yaml_get(node, "name"),
                       "example '%s' stands here again, first in line %u; give it another name",
                       example->name, other->line);
  }
}

static void read_example(SettingReader *reader, const YamlNode *node) {
  EventDraft *draft = reader->context;
  if (!settings_expect(reader, node, NODE_MAP, "an example")) return;
  EventExample *example = draft->example = g_new0(EventExample, 1);
  example->line = node->line;
  settings_read(reader, EVENT_EXAMPLE_ROWS, EVENT_EXAMPLE_ROWS_COUNT, "examples", node, example);
  if (!example->kind) example->kind = g_strdup("");
  if (!example->decision) example->decision = g_strdup("");
  check_body(reader, node);
  check_name(reader, node, example);
  g_ptr_array_add(draft->event->examples, example);
}

gboolean event_read_examples(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at) {
  (void)at;
  if (node->items->len > EXAMPLES_MAX) {
    settings_problem(reader, node, "%s: more than %d", setting->key, EXAMPLES_MAX);
    return FALSE;
  }
  for (guint i = 0; i < node->items->len; i++) read_example(reader, node->items->pdata[i]);
  return TRUE;
}
