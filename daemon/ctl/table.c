/* table - see table.h. */
#include "daemon/ctl/table.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "daemon/log.h"

enum { GAP = 2, CELL_MAX_CHARS = 1000, WIDTH_LEAST = 40 };

/* --- the screen ------------------------------------------------------------------------------- */

guint screen_width(void) {
  struct winsize size;
  if (!isatty(STDOUT_FILENO)) return 0;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return MAX(size.ws_col, WIDTH_LEAST);
}

/* https://no-color.org: set and not empty. */
static gboolean has_colours(void) {
  const char *no_color = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb");
}

const char *colour_begin(Colour colour) {
  static const char *const codes[] = {
      [COLOUR_NONE] = "",           [COLOUR_BOLD] = "\033[1m", [COLOUR_GREEN] = "\033[32m",
      [COLOUR_YELLOW] = "\033[33m", [COLOUR_RED] = "\033[31m", [COLOUR_FAINT] = "\033[2m"};
  return has_colours() ? codes[colour] : "";
}

const char *colour_end(Colour colour) {
  return colour != COLOUR_NONE && has_colours() ? "\033[0m" : "";
}

Colour table_state_colour(const char *state) {
  static const struct {
    const char *word;
    Colour colour;
  } rows[] = {{"review", COLOUR_RED},       {"unreadable", COLOUR_RED},
              {"failed", COLOUR_RED},       {"waiting-for-sender", COLOUR_YELLOW},
              {"waiting", COLOUR_YELLOW},   {"incomplete", COLOUR_YELLOW},
              {"late", COLOUR_RED},         {"delayed", COLOUR_YELLOW},
              {"held", COLOUR_YELLOW},      {"deferred", COLOUR_YELLOW},
              {"registered", COLOUR_GREEN}, {"sent", COLOUR_GREEN},
              {"settled", COLOUR_GREEN},    {"cancelled", COLOUR_FAINT},
              {"declined", COLOUR_FAINT},   {"aside", COLOUR_FAINT}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (!strcmp(rows[i].word, state)) return rows[i].colour;
  return COLOUR_NONE;
}

/* --- widths ----------------------------------------------------------------------------------- */

static guint char_width(gunichar c) {
  if (g_unichar_iszerowidth(c)) return 0;
  return g_unichar_iswide(c) ? 2 : 1;
}

guint text_width(const char *text) {
  guint width = 0;
  for (const char *at = text; *at; at = g_utf8_next_char(at))
    width += char_width(g_utf8_get_char(at));
  return width;
}

char *text_cut(const char *text, guint width) {
  if (text_width(text) <= width) return g_strdup(text);
  if (width == 0) return g_strdup("");
  guint used = 1; /* the ellipsis */
  const char *end = text;
  for (; *end; end = g_utf8_next_char(end)) {
    guint more = char_width(g_utf8_get_char(end));
    if (used + more > width) break;
    used += more;
  }
  return g_strdup_printf("%.*s…", (int)(end - text), text);
}

/* --- the table -------------------------------------------------------------------------------- */

struct Table {
  const Column *columns;
  guint count;
  GPtrArray *rows; /* char ** */
};

static void row_free(gpointer row) {
  g_strfreev(row);
}

Table *table_new(const Column *columns) {
  Table *table = g_new0(Table, 1);
  table->columns = columns;
  while (columns[table->count].title) table->count++;
  table->rows = g_ptr_array_new_with_free_func(row_free);
  return table;
}

void table_row(Table *table, const char *const *cells) {
  char **row = g_new0(char *, table->count + 1);
  for (guint i = 0; i < table->count; i++) row[i] = log_clean(cells[i], CELL_MAX_CHARS);
  g_ptr_array_add(table->rows, row);
}

static void natural_widths(const Table *table, guint *widths) {
  for (guint i = 0; i < table->count; i++) widths[i] = text_width(table->columns[i].title);
  for (guint k = 0; k < table->rows->len; k++) {
    char **row = table->rows->pdata[k];
    for (guint i = 0; i < table->count; i++) widths[i] = MAX(widths[i], text_width(row[i]));
  }
}

typedef guint (*Bound)(const Column *column);

static guint least_of(const Column *column) {
  return column->least;
}

static guint narrow_of(const Column *column) {
  return column->narrow;
}

/* The widest column that is above its bound gives way first, until `excess` is gone or none can
 * give. Returns what is left of it. */
static guint shrink(const Table *table, guint *widths, guint excess, Bound bound) {
  for (; excess; excess--) {
    guint widest = table->count;
    for (guint i = 0; i < table->count; i++) {
      guint least = bound(&table->columns[i]);
      if (least && widths[i] > least && (widest == table->count || widths[i] > widths[widest]))
        widest = i;
    }
    if (widest == table->count) return excess;
    widths[widest]--;
  }
  return 0;
}

static void fit(const Table *table, guint *widths, guint screen) {
  guint total = GAP * (table->count - 1);
  for (guint i = 0; i < table->count; i++) total += widths[i];
  guint excess = total > screen ? total - screen : 0;
  shrink(table, widths, shrink(table, widths, excess, least_of), narrow_of);
}

static void print_cell(const Table *table, guint i, const char *value, guint width, Colour colour) {
  g_autofree char *cut = text_cut(value, width);
  gboolean is_last = i + 1 == table->count;
  guint pad = is_last ? 0 : width - text_width(cut) + GAP;
  printf("%s%s%s%*s", colour_begin(colour), cut, colour_end(colour), (int)pad, "");
}

static void print_row(const Table *table, char **row, const guint *widths) {
  for (guint i = 0; i < table->count; i++) {
    const Column *column = &table->columns[i];
    print_cell(table, i, row[i], widths[i], column->colour ? column->colour(row[i]) : COLOUR_NONE);
  }
  putchar('\n');
}

void table_print(Table *table, const char *empty) {
  g_autofree guint *widths = g_new0(guint, table->count);
  guint screen = screen_width();
  natural_widths(table, widths);
  if (screen) fit(table, widths, screen);
  if (table->rows->len == 0) printf("%s\n", empty);
  for (guint i = 0; table->rows->len && i < table->count; i++)
    print_cell(table, i, table->columns[i].title, widths[i], COLOUR_BOLD);
  if (table->rows->len) putchar('\n');
  for (guint k = 0; k < table->rows->len; k++) print_row(table, table->rows->pdata[k], widths);
  g_ptr_array_unref(table->rows);
  g_free(table);
}
