/* example - an example of an event file: the mail that it stands for, and whether what was read
 * from it is what it expects. */
#pragma once
#include "daemon/decide.h"
#include "daemon/event.h"
#include "parsers/extraction.h"

typedef struct {
  guint participant;       /* from 1; 0: the mail as a whole */
  const char *what;        /* the field, or "kind", "decision", "participants", "rule"; borrowed */
  char *expected, *got;    /* for people; "" where there is nothing */
  const FieldValue *value; /* what was read in its place; NULL: nothing. Borrowed */
} ExampleFault;

/* The mail of an example that has a text. `to`: an address of ours. */
GBytes *example_mail(const Event *event, const EventExample *example, const char *to);

/* ExampleFault*, in the order of the event's fields; empty: all is as expected. Borrows everything;
 * a pattern that was stopped is a fault whatever is expected. */
GPtrArray *example_faults(const Event *event, const EventExample *example,
                          const Extraction *extraction, const Verdict *verdict);
