/* harmless - a mail's text as HTML that can do no harm, for a person who looks at it.
 *
 * Nothing of the mail's own markup is copied: elements and attributes are written anew from an
 * allow list, balanced and bounded, and all else is escaped text; so whatever a browser makes of
 * the mail has no say in what it makes of this.
 *
 * Elements: p br div span b strong i em u s ul ol li table thead tbody tr td th blockquote pre h1
 * to h6 hr. Attributes: colspan, rowspan (1 to 100), lang, dir. A link is its text and, where that
 * differs, its target in words. Form controls are what they show. What is hidden stays hidden. */
#pragma once
#include "parsers/formats/harmless_out.h"
#include "parsers/mime.h"

enum {
  HARMLESS_SPAN_MAX = 100,      /* colspan, rowspan */
  HARMLESS_LANG_MAX_BYTES = 35, /* RFC 5646 4.4.1 */
  HARMLESS_LINK_MAX_BYTES = 200 /* of a target that is written out; beyond: "…" */
};

/* Append `html` (UTF-8). Deeper elements than HARMLESS_DEPTH_MAX leave "…". */
void harmless_html(HarmlessOut *out, const char *html, gsize size);

/* Append a text/plain part, `text` in UTF-8: paragraphs, quoted levels as <blockquote>. */
void harmless_plain(HarmlessOut *out, const MimePart *part, const char *text);
