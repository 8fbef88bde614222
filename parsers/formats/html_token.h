/* html_token - HTML bytes to tags and text, as browsers cut them (WHATWG 13.2.5, shortened).
 *
 * Not libxml2's parser: its start tags compare every attribute with every other, and its end tags
 * walk the whole stack of open names, both quadratic on hostile mail. This one is linear, keeps no
 * tree, never looks outside, and borrows the input. Entities come from libxml2's table. */
#pragma once
#include <glib.h>

enum { HTML_NAME_MAX = 16 }; /* of an element that means something to us, with its NUL */

typedef enum { HTML_END_OF_INPUT, HTML_TEXT, HTML_START_TAG, HTML_END_TAG } HtmlTokenType;

typedef struct {
  HtmlTokenType type;
  char name[HTML_NAME_MAX]; /* lower case; cut where longer */
  guint hash;               /* of the whole name in lower case */
  const char *start, *end;  /* text as it stands, or the attributes */
} HtmlToken;

typedef struct {
  const char *p, *end;
  char raw[HTML_NAME_MAX]; /* element whose content is no markup; "": none */
  gboolean open_comment;   /* no "-->" comes any more */
} HtmlReader;

void html_reader_init(HtmlReader *reader, const char *html, gsize size);
HtmlTokenType html_next(HtmlReader *reader, HtmlToken *ret_token);

/* The value of attribute `name` (lower case), entities resolved, into `ret_value` (emptied first).
 * FALSE: no such attribute. */
gboolean html_attribute(const HtmlToken *token, const char *name, GString *ret_value);

/* Append text with its entities resolved. */
void html_append_text(GString *out, const char *start, const char *end);

/* Resolve entities that a program escaped twice, or left in plain text ("Pr&eacute;nom"): those of
 * letters, typography and no-break spaces alone, never of "<" or "&". */
void html_unescape_letters(GString *text);
