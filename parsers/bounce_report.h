/* bounce_report - what a delivery report says of one recipient: action, status, address, words.
 *
 * Taken from message/delivery-status (RFC 3464; 6533 in UTF-8) where there is one, field by field
 * from the words of the report where there is none or it is silent. Of several recipients the one
 * that was not reached. Bounded; believes nothing: a report proves nothing (RFC 3464 4.1). */
#pragma once
#include "parsers/extraction.h"
#include "parsers/text.h"

/* Read the report that `mail` is. `addresses`: what counts as us, NULL-terminated; never the
 * recipient. The caller owns the result. */
BounceReport *bounce_report_read(const MimeMail *mail, const Text *text, char *const *addresses);

/* One line for a person: "reports that a@b could not be reached: 5.1.1 User unknown". */
char *bounce_report_note(const BounceReport *report);
