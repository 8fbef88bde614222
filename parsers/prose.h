/* prose - what the sender says in sentences: who comes, who does not, or that somebody withdraws.
 *
 * Only the sender's own words count (sentence). People who are named come before the sender, who
 * may write for them; what the signature says is the sender's. What is read from sentences and the
 * signature alone always waits for a person. */
#pragma once
#include "parsers/reading.h"

typedef enum { PROSE_SILENT, PROSE_ATTENDS, PROSE_DECLINES, PROSE_CANCELS, PROSE_ASKS } ProseSaying;

/* Read the sentences, add to the participants what no form gave (new ones where there is none), and
 * say what was said. */
ProseSaying prose_read(Reading *reading);
