/* calendar - the answer to an invitation in the sender's calendar: text/calendar, METHOD:REPLY.
 *
 * RFC 5546 3.2.3: one ATTENDEE, whose PARTSTAT is the answer. ACCEPTED is a yes, DECLINED a no;
 * TENTATIVE and DELEGATED leave it open, for a person. What was typed in a form goes first. */
#pragma once
#include "parsers/reading.h"

enum { CALENDAR_MAX_BYTES = 256 << 10 }; /* of a part; a larger one waits for a person */

/* Add attendance, name and address of the reply to the only participant, or to a new one. */
void calendar_read(Reading *reading);
