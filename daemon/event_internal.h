/* event_internal - what event.c, event_field, event_examples and event_groups share while one event
 * file is read. */
#pragma once
#include "daemon/event.h"
#include "daemon/settings.h"

enum { EVENT_FIELDS_MAX = 100, EVENT_WORDS_MAX = 5000, EVENT_CODE_MAX_CHARS = 64 };

typedef struct {
  Event *event;
  Wire__Field *field; /* the one that is being read */
  EventExample *example;
} EventDraft;

/* One row a key of "fields:" and its "patterns:", of "examples:" and its "expect:", for
 * event_describe. */
extern const Setting EVENT_FIELD_ROWS[], EVENT_PATTERN_ROWS[], EVENT_EXAMPLE_ROWS[],
    EVENT_EXPECT_ROWS[];
extern const guint EVENT_FIELD_ROWS_COUNT, EVENT_PATTERN_ROWS_COUNT, EVENT_EXAMPLE_ROWS_COUNT,
    EVENT_EXPECT_ROWS_COUNT;

/* Read the list "fields:" into draft->event (fields and rules). */
gboolean event_read_fields(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at);
/* Read the list "examples:" into draft->event; the fields are there. */
gboolean event_read_examples(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at);
void event_example_free(gpointer example);
/* Tell every named group of a pattern that is no field. */
void event_check_groups(SettingReader *reader);
/* Language → list of texts, appended as labels. */
gboolean event_read_labels(SettingReader *reader, const YamlNode *node, const char *what, gsize *n,
                           Wire__Label ***labels);
/* A list of regular expressions; `language` "" where it is for all. */
gboolean event_read_patterns(SettingReader *reader, const YamlNode *node, const char *what,
                             const char *language, gsize *n, Wire__Pattern ***patterns);
/* Is it one of the event's languages? Else FALSE and told. */
gboolean event_check_language(SettingReader *reader, const YamlNode *item, const char *language);
/* Lower-case letter, then lower-case letters, digits, "_" and (where `dashes`) "-" and ".". */
gboolean event_is_code(const char *text, gboolean dashes);

/* Grow a protobuf list by one. */
#define EVENT_APPEND(n, list, item)                                                                \
  do {                                                                                             \
    (list) = g_realloc_n((list), (n) + 1, sizeof *(list));                                         \
    (list)[(n)++] = (item);                                                                        \
  } while (0)
