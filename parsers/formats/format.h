/* format - one table of the document formats that can be turned into text.
 *
 * A format is one file with one reader; a row in formats.c makes it known. */
#pragma once
#include "parsers/text.h"

/* Append what `part` says to `text`. FALSE: it is not of this format after all (the next row is
 * tried); a broken or over-limit document is TRUE with a review reason in `text`. */
typedef gboolean (*FormatReader)(const MimePart *part, const Wire__Limits *limits, Text *text);

typedef struct {
  const char *type;   /* "text/html" */
  const char *suffix; /* ".html", for parts with a wrong or no type; NULL: none */
  FormatReader read;
} Format;

/* The row for a part, by what its content shows, then by its declared type, then, where that says
 * nothing, by its file name; NULL: none. */
const Format *format_find(const MimePart *part);

/* One line of a text/plain part without its quote marks, flowed lines joined (RFC 3676). FALSE: no
 * more is wanted. */
typedef gboolean (*PlainLine)(const char *line, gsize size, guint quote_depth, void *data);
/* Hand out the lines of `text`, which is what the part says in UTF-8. */
void plain_each_line(const MimePart *part, const char *text, PlainLine each, void *data);

gboolean plain_read(const MimePart *part, const Wire__Limits *limits, Text *text);
gboolean docx_read(const MimePart *part, const Wire__Limits *limits, Text *text);
gboolean opendoc_read(const MimePart *part, const Wire__Limits *limits, Text *text);
/* What PDF documents need besides their bytes, loaded before the sandbox is entered. */
void pdf_warm_up(void);
/* How many pages of it can be shown; 0: none, it is damaged or locked. */
guint pdf_pages(GBytes *content, const Wire__Limits *limits);
gboolean pdf_read(const MimePart *part, const Wire__Limits *limits, Text *text);
gboolean xlsx_read(const MimePart *part, const Wire__Limits *limits, Text *text);
gboolean richtext_read(const MimePart *part, const Wire__Limits *limits, Text *text);
gboolean word97_read(const MimePart *part, const Wire__Limits *limits, Text *text);
gboolean html_read(const MimePart *part, const Wire__Limits *limits, Text *text);
