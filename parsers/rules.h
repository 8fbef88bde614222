/* rules - an event's labels and patterns, compiled (PCRE2, JIT) once, before the sandbox locks.
 *
 * All labels of an event are one pattern; a text is scanned once, not once a label. Match limits
 * are always set; a pattern that runs into one is named in a note and costs the message a review.
 */
#pragma once
#include <glib.h>

#include "parsers/wire.h"

typedef struct Rules Rules; /* of one event */

/* Compile. Borrows `event`, which must outlive the result. What does not compile is appended to
 * `problems` (Wire__Problem*, heap, for Wire__SetupReply) and left out. */
Rules *rules_new(const Wire__Event *event, const Wire__Limits *limits, GPtrArray *problems);
void rules_free(Rules *rules);
const Wire__Event *rules_event(const Rules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)
