/* table - rows for a terminal: columns as wide as their cells, cut where the screen ends.
 *
 * Wide characters (East Asian) count double, combining marks nothing. Where standard output is no
 * terminal nothing is cut and nothing is coloured. */
#pragma once
#include <glib.h>

typedef enum {
  COLOUR_NONE,
  COLOUR_BOLD,
  COLOUR_GREEN,  /* done */
  COLOUR_YELLOW, /* waits */
  COLOUR_RED,    /* a person must look */
  COLOUR_FAINT
} Colour;

typedef struct {
  const char *title;
  guint least;  /* is cut down to so many columns first; 0: is not */
  guint narrow; /* where that is not enough, down to so many; 0: is never cut */
  Colour (*colour)(const char *value); /* NULL: none */
} Column;

typedef struct Table Table;

/* `columns` ends with a NULL title; borrowed. */
Table *table_new(const Column *columns);
/* One row: as many cells as there are columns; copied and cleaned of control characters. */
void table_row(Table *table, const char *const *cells);
/* Print heading and rows, or `empty` where there is no row; free. */
void table_print(Table *table, const char *empty);

/* The colour for a state or status word: what waits is yellow, what a person must see red. */
Colour table_state_colour(const char *state);

/* Columns that `text` takes. */
guint text_width(const char *text);
/* At most `width` columns of `text`, with an ellipsis where something was cut. The caller frees. */
char *text_cut(const char *text, guint width);

/* Columns of the terminal on standard output; 0: it is none. */
guint screen_width(void);
/* Begin and end a colour; nothing where standard output is no terminal or NO_COLOR is set. */
const char *colour_begin(Colour colour);
const char *colour_end(Colour colour);
