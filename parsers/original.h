/* original - a mail as its sender sees it: its text as harmless HTML, and a list of its parts. */
#pragma once
#include "parsers/mime.h"

/* Never NULL. Of alternatives the HTML part stands there where it says anything, for that is what
 * the sender's program showed; an attached mail is quoted. What a bound leaves out (wire.h) is told
 * in `notes` (char*), of the text also by "…" in its place. */
OriginalMail *original_read(const MimeMail *mail, const Wire__Limits *limits, GPtrArray *notes);
