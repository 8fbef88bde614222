/* event - one YAML file an event: names, dates, fields, labels, rules, the texts that were sent. */
#pragma once
#include <glib.h>

#include "parsers/wire.h"

typedef struct {
  char *name, *type;
  gboolean required;
  gboolean private;    /* health data: never echoed in a reply */
  gboolean suggestion; /* what people suggest: collected over all registrations */
  GHashTable *labels;  /* language → first label (char*) */
  GHashTable *choices; /* choice value → (language → first word); empty where no choice */
} EventField;

/* A mail that the event file brings along, and what must be read from it. */
typedef struct {
  char *name;
  char *text, *from, *subject; /* text NULL: `mail` is the file of a whole one */
  char *mail;
  char *kind, *decision; /* the contract's words; "": not asked */
  GPtrArray *people;     /* of each participant field → value, "" for none; NULL: not asked */
  guint line;
} EventExample;

typedef struct Event {
  char *id, *file;
  char **languages; /* the first is the default */
  char *timezone;
  GTimeZone *zone;               /* the same */
  gint64 starts, ends, deadline; /* seconds since 1970; deadline exclusive, 0: none */
  GHashTable *texts; /* language → (key → text): name, date, place, contact, privacy, … */
  GPtrArray *fields; /* EventField*, in order */
  char *email_field; /* role email */
  char **identity;   /* fields that tell the people of one address apart */
  char *attendance_field, *declined_value; /* "attendance", "no"; "" where the event has none */
  char *replies_dir;                       /* overlay of reply templates; NULL: none */
  Wire__Event *rules;                      /* for the workers; owned */
  gboolean from_match;                     /* has match: of its own */
  GPtrArray *examples;                     /* EventExample* */
} Event;

/* Read one event file. Mistakes go to `problems` as in config_load; NULL when it is no YAML or so
 * wrong that nothing can be used. */
Event *event_load(const char *file, GPtrArray *problems);
void event_free(Event *event);

/* A localized text ("name", "date", "place", "contact", "privacy"): in `language`, else in the
 * event's first language, else "". Borrowed. */
const char *event_text(const Event *event, const char *language, const char *key);
/* The label of a field, or the word of a choice's value, for people. Borrowed, never NULL. */
const char *event_label(const Event *event, const char *language, const char *field);
const char *event_word(const Event *event, const char *language, const char *field,
                       const char *value);
const EventField *event_field(const Event *event, const char *name);
/* In an array of Event*, by id; NULL: none. */
const Event *event_find(const GPtrArray *events, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_free)
