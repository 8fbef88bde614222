/* people_values - the entries of one person to values by field type. Private to people. */
#pragma once
#include "parsers/reading.h"

/* Was something filled in? Printed words are no answer: "☐ Oui ☐ Non", "par courriel : …". */
gboolean people_is_answer(const Reading *reading, const FormEntry *entry);

/* The entries (FormEntry*) of one person, in order, to `person`. */
void people_values(Reading *reading, const GPtrArray *entries, Participant *person);
