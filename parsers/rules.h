/* rules - an event's labels, and its patterns, compiled (PCRE2, JIT) once, before the sandbox
 * locks.
 *
 * A text is scanned once for all labels. Patterns' match limits are always set; a
 * pattern that runs into one is named in a note and costs the message a review. Everything
 * matches on folded text (fold.h); the words of a label may stand further apart, in the plural,
 * behind "N° de" or "votre".
 */
#pragma once
#include <glib.h>

#include "parsers/fold.h"
#include "parsers/wire.h"

typedef struct Rules Rules; /* of one event */

enum {
  RULES_LABEL_FIELDS = 4, /* fields that one label may stand for ("Nom et prénom") */
  RULES_LABELS_MAX = 20000,
  RULES_SENTENCE_MAX_BYTES = 2000 /* of a sentence that is matched */
};

/* Compile. Borrows `event`, which must outlive the result. What does not compile is appended to
 * `problems` (Wire__Problem*, heap, for Wire__SetupReply) and left out. */
Rules *rules_new(const Wire__Event *event, const Wire__Limits *limits, GPtrArray *problems);
void rules_free(Rules *rules);
const Wire__Event *rules_event(const Rules *rules);

/* A label as printed, with the fields that it stands for. */
typedef struct {
  const char *text;
  const char *language;
  guint fields[RULES_LABEL_FIELDS]; /* indexes into the event's fields */
  guint n_fields;
  gboolean ideographic; /* needs no colon: a space ends it */
  char *words;          /* folded; NULL for one that the form made */
} RuleLabel;

/* The label that `words` (folded) are but for a slip ("foncion"), NULL where none is or several of
 * different fields are. Looks at every label: for few lines alone. */
const RuleLabel *rules_near_label(const Rules *rules, const char *words);

/* The first label in `line` from byte `from` on, or NULL. Its span is [*ret_start, *ret_end) of the
 * folded text. */
const RuleLabel *rules_find_label(Rules *rules, const Fold *line, gsize from, gsize *ret_start,
                                  gsize *ret_end);

/* The next choice word of field `field` from byte `from` on: its choice's index, or -1. */
int rules_find_choice(Rules *rules, guint field, const Fold *text, gsize from, gsize *ret_start,
                      gsize *ret_end);

/* Sentences and matches of the event. */
typedef enum {
  RULES_CANCELLATION,
  RULES_ATTENDANCE_NO,
  RULES_ATTENDANCE_YES,
  RULES_FACTS,
  RULES_MATCH_RECIPIENT,
  RULES_MATCH_SUBJECT,
  RULES_SET_COUNT
} RulesSet;
/* Does one of the set match? *ret_index (may be NULL): which one. */
gboolean rules_matches(Rules *rules, RulesSet set, const Fold *text, guint *ret_index);

/* A field's own pattern that matched: the group's span of the folded line. */
typedef struct {
  guint field;   /* whose value the group holds */
  guint pattern; /* counted from 1 over the event */
  gsize start, end;
} RuleHit;
/* Every named group of every field pattern that matches `line`, appended to `hits` (RuleHit). */
void rules_find_patterns(Rules *rules, const Fold *line, GArray *hits);
/* The same of the event's facts, which are tried on sentences. */
void rules_find_facts(Rules *rules, const Fold *sentence, GArray *hits);
/* FALSE: no field's pattern can match the line that is folded so, with or without white space at
 * its ends. Costs far less than trying them. */
gboolean rules_may_find_patterns(const Rules *rules, const char *folded);

/* Is the label's first word that of a given name ("Prénom et nom")? 1 yes, 0 no, -1: not told. */
int rules_label_given_first(const Rules *rules, const RuleLabel *label);

/* Is it a name or an address of those who sent the invitation? `key` as fold_key writes it. */
gboolean rules_is_staff(const Rules *rules, const char *key);

/* Index of the field with that role or name; -1: none. */
int rules_role(const Rules *rules, const char *role);
int rules_field(const Rules *rules, const char *name);

/* The first pattern that ran into a limit since the last rules_begin, named so that its author
 * finds it ("event fair, code, pattern 3 in line 41: (a+)+$"); NULL: none did. */
void rules_begin(Rules *rules);
const char *rules_limited(const Rules *rules);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)
