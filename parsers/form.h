/* form - labels to what was written beside, below or under them.
 *
 * Reads lines ("Nom : X"), rows of a table ("Nom<tab>X"), tables with one row or column a person,
 * values on the line below, answers between the lines of a quote. Says nothing about whose values
 * they are (people does) nor whether they are any (fields do). An empty answer is an entry, too:
 * it tells where a bulletin begins anew. Linear in the text. */
#pragma once
#include "parsers/quote.h"
#include "parsers/rules.h"

typedef struct {
  const RuleLabel *label; /* of a pattern: one that the form made */
  guint pattern;          /* number of the field's pattern that took it; 0: a label did */
  char *raw;              /* as written, lines kept; "" where nothing was filled in */
  guint label_line;       /* where the label stands */
  guint line;             /* where the value begins */
  guint start, end;       /* bytes of that line */
  guint row;              /* of a table with a heading: person in it, from 1; 0: none */
  guint column;           /* of a table with the labels at the left: from 1; 0: the only one */
  int number;             /* "Nom 2": 2; 0: none */
  guint table;            /* tables with a heading, counted from 1; 0: none */
  gboolean sure;          /* a colon, a cell or a tick box parted label and value */
  gboolean list;          /* nothing stands beside the label, a list of several below it */
  gboolean followed;      /* a line that no label asked for stands between it and the next label */
  gboolean mid;           /* the label stands behind other words of its line */
  gboolean signature;
  gboolean answer; /* set by people: something was filled in */
} FormEntry;

typedef struct {
  GArray *entries; /* FormEntry, in order of the text */
  GPtrArray *made; /* RuleLabel*: stand for fields whose pattern matched */
  gboolean cut;    /* there are more labels or boxes than are read */
} Form;

Form *form_read(Rules *rules, const Text *text, const Quote *quote);
void form_free(Form *form);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Form, form_free)
