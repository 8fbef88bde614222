/* sheet - the cells of one sheet of a spreadsheet, gathered in any order, then written row by row.
 *
 * Columns that no row uses, empty cells at the end of a row and hidden rows and columns show
 * nothing. Private to the formats of spreadsheets. */
#pragma once
#include "parsers/formats/page.h"

enum { SHEET_ROWS_MAX = 1 << 20, SHEET_COLUMNS_MAX = 1 << 14 }; /* as the programs have them */

typedef struct Sheet Sheet;

Sheet *sheet_new(void);
void sheet_free(Sheet *sheet);

/* Set the text of a cell; row and column from 0. An empty text is no cell. Line breaks stay. */
void sheet_put(Sheet *sheet, guint row, guint column, const char *text);
/* Is there no room for one more cell? Then that is a limit that was passed. */
gboolean sheet_is_full(Sheet *sheet);
/* Put a text before what the cell says: a tick box that lies on it. */
void sheet_put_before(Sheet *sheet, guint row, guint column, const char *text);
/* A cell that spans so many columns covers those behind it. */
void sheet_span(Sheet *sheet, guint row, guint column, guint columns);
void sheet_hide_row(Sheet *sheet, guint row);
void sheet_hide_columns(Sheet *sheet, guint first, guint last);

/* Write the rows as lines. The limit that was passed, then or before; NULL: none. Borrowed. */
const char *sheet_write(Sheet *sheet, Page *page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)
