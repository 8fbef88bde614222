/* prose - what the sender says in sentences: that someone comes, does not come, or withdraws.
 *
 * Only the sender's own words count, never quoted ones, labels or the signature. Relies on the
 * event's sentences (rules). */
#pragma once
#include "parsers/reading.h"

typedef enum { PROSE_SILENT, PROSE_ATTENDS, PROSE_DECLINES, PROSE_CANCELS } ProseSaying;

/* Read the sentences, add an attendance that no form gave to the participants (a new one where
 * there is none and the signature names the sender), and say what was said. */
ProseSaying prose_read(Reading *reading);
