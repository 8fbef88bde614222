/* people_signature - what the participant's own signature says besides the bulletin.
 *
 * The weaker source: only what the bulletin leaves open, only of one participant, and only where
 * the signature is that participant's. */
#pragma once
#include "parsers/reading.h"

/* Add it to the only participant. A required value that stands in the signature alone is a doubt.
 */
void people_signature(Reading *reading);
