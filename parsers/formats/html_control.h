/* html_control - what a form control, or the picture of one, shows as text; a part's character set.
 * Shared by html, which reads, and harmless, which shows. */
#pragma once
#include "parsers/formats/html_token.h"
#include "parsers/text.h"

/* What <input> shows: ☒ or ☐ for a tick box, what was typed for a field; what an <img> of a tick
 * box says in its alternative text. FALSE: nothing. `ret_shown` is emptied first. */
gboolean html_control(const HtmlToken *token, GString *ret_shown);

/* The part's bytes as UTF-8, by its label, else by its <meta charset>. The caller frees. */
char *html_utf8(const MimePart *part, Text *text);
