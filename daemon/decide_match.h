/* decide_match - which stored registration a participant speaks of, and what it becomes. Pure. */
#pragma once
#include "daemon/decide.h"

typedef struct {
  const Participant *participant;
  const Registration *known; /* NULL: nobody known, a new registration */
  char *doubt;               /* why a person must decide; NULL: none. Owned */
} Match;

/* Match one participant of the mail against the known registrations. */
void match_participant(const DecideInput *input, const Participant *participant, Match *ret_match);
void match_clear(Match *match);

/* May this mail change that registration: by the thread's token, or by its address, which must have
 * been found right where somebody is trusted to check it? */
gboolean match_may_change(const DecideInput *input, const Registration *registration);
/* Is it of this mail's thread, or made by its sender? */
gboolean match_belongs(const DecideInput *input, const Registration *registration);

/* A copy of the known registration with the participant's values over its own, or a new one.
 * Fields stand in the event's order; keys follow the values; status is not set. */
Registration *match_merge(const DecideInput *input, const Match *match);
/* Do the two differ in a field? */
gboolean match_differs(const Registration *before, const Registration *after);

/* The folded key of a registration's identity fields but the e-mail. */
char *match_name_key(const Event *event, const Registration *registration);
