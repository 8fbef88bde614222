/* people - whose values the form's entries are: one participant, or several.
 *
 * A bulletin that begins anew, a row, a column or a number is another person; the same name twice
 * is the same one. Chooses between the sender's own words, the blank filled in within the quote,
 * and what was forwarded. Values go through fields; nothing is taken that was not written. */
#pragma once
#include "parsers/reading.h"

/* Fill in reading->result's participants (values and invalid ones; missing is left to the caller)
 * and its review reasons. Returns how many values were found. */
guint people_read(Reading *reading);

/* Do the participants' values stand in the sender's own words, not in what is quoted? */
gboolean people_are_own(const Reading *reading);

/* Add the value of `field` (index) to `person` unless it has one. FALSE: it has another one.
 * Takes `value`. */
gboolean people_add(Participant *person, FieldValue *value);
