/* typed - what a person typed into a field at the desk, read as the same words in a mail would be.
 *
 * Pure, no I/O. What is typed is text of a stranger's mail as often as not (pasted), so it is read
 * here, in the worker. */
#pragma once
#include "parsers/extraction.h"
#include "parsers/rules.h"

/* Read each of request->typed: participant i of `result` has its value, an invalid one with the
 * reason, or neither where nothing but blanks and leaders was typed. A national phone number
 * belongs to the country of the address that request->typed and request->known tell. rules: of the
 * request's event; NULL, or more than WIRE_PARTICIPANTS_MAX values: `result` is KIND_UNREADABLE, a
 * note says why. */
void typed_read(Rules *rules, const Wire__Request *request, Extraction *result);
