/* known - quoted lines that came in earlier mails, with what was found in them.
 *
 * Whoever answers an invitation quotes it: most lines of most mails are the organiser's, the same
 * ones again and again. What depends on nothing but such a line and the event is found once, then
 * kept. Only quoted lines are remembered, none that is long, and a fixed number of them. */
#pragma once
#include <glib.h>

#include "parsers/text.h"

enum {
  KNOWN_LINES = 1024,         /* that are remembered; a later one takes an earlier one's place */
  KNOWN_LINE_MAX_BYTES = 160, /* a longer one is no line of a letter */
  KNOWN_LABELS_MAX = 8        /* of a line; one that has more is looked at each time */
};

/* What may hold of a line whatever stands about it. */
typedef enum {
  KNOWN_OPENS = 1 << 0,   /* a quote: see quote.c */
  KNOWN_SENT = 1 << 1,    /* repeats what the organiser sent */
  KNOWN_PATTERN = 1 << 2, /* a field's pattern may match */
  KNOWN_LABELS = 1 << 3   /* `labels` are those that stand in it; says nothing itself */
} KnownFact;

typedef struct KnownLine {
  guint asked, holds; /* KnownFact: of which it is known, and which hold */
  gpointer labels;    /* form's, owned; NULL: none stands in it */
  guint n_labels;
  /* private */
  guint32 hash;
  guint turn;   /* the message that it stands in */
  char *text;   /* behind this struct */
  char *folded; /* behind that */
} KnownLine;

typedef struct Known Known; /* of one event */

Known *known_new(void);
void known_free(Known *known);

/* Give each quoted line of `text` what is known of it (TextLine.known) up to the next call. A line
 * for which there is no room has none. */
void known_begin(Known *known, Text *text);

/* Is it known of `line` (NULL: nothing is) whether `fact` holds? Then *ret_holds tells. */
static inline gboolean known_tells(const KnownLine *line, KnownFact fact, gboolean *ret_holds) {
  if (!line || !(line->asked & fact)) return FALSE;
  *ret_holds = (line->holds & fact) != 0;
  return TRUE;
}

/* Note that `fact` holds of `line` (NULL is fine), or not. Returns `holds`. */
static inline gboolean known_note(KnownLine *line, KnownFact fact, gboolean holds) {
  if (line) line->asked |= fact;
  if (line && holds) line->holds |= fact;
  return holds;
}
