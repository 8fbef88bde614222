/* language - in which of the event's languages the sender writes.
 *
 * The sender's own words count, the organiser's quoted ones do not; labels count little, since a
 * French form is filled in and covered in English. Linear in the text. */
#pragma once
#include "parsers/quote.h"
#include "parsers/rules.h"

/* One of the event's languages, borrowed from it; its first where nothing tells; "" without any. */
const char *language_of(const Wire__Event *event, const Text *text, const char *subject);
