/* page - where the lines of an HTML part gather: tables become rows of cells.
 *
 * A row of simple cells is one line with tabs; a value of a few lines stands beside its label; a
 * table that is mere layout gives its lines one cell after the other. Private to html. */
#pragma once
#include "parsers/text.h"

typedef struct Page Page;

Page *page_new(Text *text, const Wire__Limits *limits, guint part);
/* Closes what is open, hands every line to the text. */
void page_free(Page *page);

void page_line(Page *page, const char *line, gsize size, guint quote_depth);
void page_rule(Page *page, guint quote_depth);
/* Is the newest line a rule (or is there none yet)? */
gboolean page_at_rule(const Page *page);
/* The limit of lines was passed: the caller may stop. */
gboolean page_full(const Page *page);

void page_table_start(Page *page);
void page_table_end(Page *page);
void page_row_end(Page *page);
void page_cell_start(Page *page);
void page_cell_end(Page *page);
