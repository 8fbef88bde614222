/* html_page - where the lines of an HTML part gather: tables become rows of cells.
 *
 * A row of simple cells is one line with tabs; a value of a few lines stands beside its label; a
 * table that is mere layout gives its lines one cell after the other. Private to html. */
#pragma once
#include "parsers/text.h"

typedef struct HtmlPage HtmlPage;

HtmlPage *html_page_new(Text *text, const Wire__Limits *limits, guint part);
/* Closes what is open, hands every line to the text. */
void html_page_free(HtmlPage *page);

void html_page_line(HtmlPage *page, const char *line, gsize size, guint quote_depth);
void html_page_rule(HtmlPage *page, guint quote_depth);
/* Is the newest line a rule (or is there none yet)? */
gboolean html_page_at_rule(const HtmlPage *page);
/* The limit of lines was passed: the caller may stop. */
gboolean html_page_full(const HtmlPage *page);

void html_page_table_start(HtmlPage *page);
void html_page_table_end(HtmlPage *page);
void html_page_row_end(HtmlPage *page);
void html_page_cell_start(HtmlPage *page);
void html_page_cell_end(HtmlPage *page);
