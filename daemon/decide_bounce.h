/* decide_bounce - what a delivery report means for the answer of ours that it speaks of. Pure.
 *
 * Nobody is ever answered. A report proves nothing, whoever sent it: it may mark an answer as not
 * delivered, once, so that a person looks; it takes nothing back and has nothing sent again. */
#pragma once
#include "daemon/decide.h"

/* Settle a message of KIND_BOUNCE; fills in verdict->undelivered where the answer is to be marked.
 */
void decide_bounce(const DecideInput *input, Verdict *verdict);

/* "bounced: 5.1.1 User unknown": for the outbox. The caller frees. */
char *decide_bounce_error(const BounceReport *report);
