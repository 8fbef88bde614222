/* people_values - the entries of one person to values by field type. Private to people. */
#pragma once
#include "parsers/reading.h"

/* The entries (FormEntry*) of one person, in order, to `person`. */
void people_values(Reading *reading, const GPtrArray *entries, Participant *person);
