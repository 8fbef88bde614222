/* signature - where the sender's own words end and the name block below them begins.
 *
 * Sets TextLine.signature on lines that are not quoted. Known by a "-- " mark, a closing phrase in
 * French, English or Japanese, a line that is the sender's display name, or a mobile footer. Knows
 * no labels: form takes a bulletin that stands below a closing phrase all the same. Linear. */
#pragma once
#include "parsers/quote.h"

/* Mark the signatures of `text`, whose quotes are marked. `from_name` may be "". */
void signature_mark(Text *text, const char *from_name);

/* Is the folded line a greeting, a closing phrase or the start of a footer? Never a value. */
gboolean signature_is_closing(const char *folded);
gboolean signature_is_greeting(const char *folded);
/* Is it one of them? Costs as much as one of the two. */
gboolean signature_is_either(const char *folded);
