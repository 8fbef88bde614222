/* page - see page.h. */
#include "parsers/formats/page.h"

#include <string.h>

enum {
  TABLES_MAX = 50,      /* nested deeper, a table's cells are mere lines */
  LABEL_MAX_BYTES = 60, /* before a colon */
  STACKED_MAX = 6,      /* lines in one cell of a row of values; more is layout */
};

typedef struct {
  char *text; /* NULL: a rule */
  guint quote_depth;
} PageLine;

typedef struct {
  GPtrArray *cells; /* of the open row: GPtrArray of PageLine* */
  gboolean in_cell;
} Table;

struct Page {
  Text *text;
  const Wire__Limits *limits;
  guint part;
  GArray *tables; /* Table, the innermost last */
  guint unopened; /* tables beyond TABLES_MAX */
  gsize held;     /* lines that wait in cells */
  gboolean at_rule;
};

static void line_free(PageLine *line) {
  g_free(line->text);
  g_free(line);
}

Page *page_new(Text *text, const Wire__Limits *limits, guint part) {
  Page *page = g_new0(Page, 1);
  page->text = text;
  page->limits = limits;
  page->part = part;
  page->tables = g_array_new(FALSE, TRUE, sizeof(Table));
  page->at_rule = TRUE;
  return page;
}

static Table *table_at(const Page *page, guint level) {
  return &g_array_index(page->tables, Table, level);
}

/* The innermost table below `level` that has an open cell; NULL: the page itself. */
static Table *open_cell(const Page *page, guint level) {
  while (level-- > 0)
    if (table_at(page, level)->in_cell) return table_at(page, level);
  return NULL;
}

/* Hand a line (taken) to the cell around `level`, or to the text. */
static void place_line(Page *page, guint level, PageLine *line) {
  Table *table = open_cell(page, level);
  if (table) {
    g_ptr_array_add(g_ptr_array_index(table->cells, table->cells->len - 1), line);
    page->held++;
    return;
  }
  TextLine *added = text_add(page->text, page->limits, line->text ? line->text : "", -1, page->part,
                             line->quote_depth);
  if (added) added->rule = line->text == NULL;
  line_free(line);
}

static PageLine *line_new(char *text, guint quote_depth) {
  PageLine *line = g_new(PageLine, 1);
  *line = (PageLine){text, quote_depth};
  return line;
}

void page_line(Page *page, const char *line, gsize size, guint quote_depth) {
  if (size > 0) page->at_rule = FALSE;
  place_line(page, page->tables->len, line_new(g_strndup(line, size), quote_depth));
}

void page_rule(Page *page, guint quote_depth) {
  page->at_rule = TRUE;
  place_line(page, page->tables->len, line_new(NULL, quote_depth));
}

gboolean page_at_rule(const Page *page) {
  return page->at_rule;
}

gboolean page_full(const Page *page) {
  return page->text->over_limit || page->held > page->limits->lines;
}

/* ---- rows ---- */

static GPtrArray *cell_at(const GPtrArray *cells, guint i) {
  return g_ptr_array_index(cells, i);
}

static gboolean is_blank(const PageLine *line) {
  for (const char *p = line->text; p && *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c != '\t' && !g_unichar_isspace(c)) return FALSE;
  }
  return line->text != NULL;
}

/* Empty lines at the ends of a cell show nothing. */
static void trim_cell(GPtrArray *cell) {
  while (cell->len && is_blank(g_ptr_array_index(cell, cell->len - 1)))
    g_ptr_array_remove_index(cell, cell->len - 1);
  guint blank = 0;
  while (blank < cell->len && is_blank(g_ptr_array_index(cell, blank))) blank++;
  if (blank) g_ptr_array_remove_range(cell, 0, blank);
}

/* What decides how a row is written. */
typedef struct {
  guint filled;      /* cells that hold anything */
  guint most;        /* lines in the fullest cell */
  guint most_behind; /* the same without the first cell */
  guint labelled;    /* lines of the first cell that hold a label and its value */
  gboolean layout;   /* a rule, or rows of a table within beside other lines */
} Shape;

/* "Nom : DURAND": what follows the colon is no mere leaders. */
static gboolean is_labelled(const PageLine *line) {
  const char *colon = line->text ? strchr(line->text, ':') : NULL;
  return colon && colon > line->text && colon - line->text <= LABEL_MAX_BYTES &&
         colon[1 + strspn(colon + 1, " ._\t")] != '\0';
}

static Shape row_shape(const GPtrArray *cells) {
  Shape shape = {0};
  for (guint i = 0; i < cells->len; i++) {
    GPtrArray *cell = cell_at(cells, i);
    trim_cell(cell);
    shape.filled += cell->len ? 1 : 0;
    shape.most = MAX(shape.most, cell->len);
    if (i > 0) shape.most_behind = MAX(shape.most_behind, cell->len);
    for (guint j = 0; j < cell->len; j++) {
      const PageLine *line = g_ptr_array_index(cell, j);
      shape.labelled += i == 0 && is_labelled(line) ? 1 : 0;
      if (!line->text || (cell->len > 1 && strchr(line->text, '\t'))) shape.layout = TRUE;
    }
  }
  if (shape.most > STACKED_MAX || shape.labelled > 1) shape.layout = TRUE;
  /* One cell of text among empty ones; a label whose value is empty stays a row. */
  if (shape.filled == 1 && (shape.most_behind > 1 || (shape.most > 1 && cells->len != 2)))
    shape.layout = TRUE;
  return shape;
}

/* The lines of a cell as one: joined as street lines are, or as words of a label. */
static void append_joined(GString *row, const GPtrArray *cell, const char *separator) {
  for (guint j = 0; j < cell->len; j++) {
    const PageLine *line = g_ptr_array_index(cell, j);
    if (is_blank(line)) continue;
    if (j > 0) {
      gboolean open = row->len && strchr(",;:(/-", row->str[row->len - 1]);
      g_string_append(row, open ? " " : separator);
    }
    g_string_append(row, line->text);
  }
}

static guint row_depth(const GPtrArray *cells) {
  for (guint i = 0; i < cells->len; i++)
    if (cell_at(cells, i)->len)
      return ((PageLine *)g_ptr_array_index(cell_at(cells, i), 0))->quote_depth;
  return 0;
}

/* One line: the cells with tabs between them. */
static void write_joined(Page *page, guint level, const GPtrArray *cells) {
  g_autoptr(GString) row = g_string_new(NULL);
  for (guint i = 0; i < cells->len; i++) {
    if (i > 0) g_string_append_c(row, '\t');
    append_joined(row, cell_at(cells, i), i == 0 ? " " : ", ");
  }
  place_line(page, level, line_new(g_strndup(row->str, row->len), row_depth(cells)));
}

/* A label and a value of several lines: "label<tab>first", "<tab>second", … */
static void write_beside(Page *page, guint level, const GPtrArray *cells) {
  const GPtrArray *label = cell_at(cells, 0), *value = cell_at(cells, 1);
  guint depth = row_depth(cells);
  for (guint j = 0; j < MAX(value->len, label->len); j++) {
    const PageLine *left = j < label->len ? g_ptr_array_index(label, j) : NULL;
    const PageLine *right = j < value->len ? g_ptr_array_index(value, j) : NULL;
    char *text = g_strconcat(left ? left->text : "", "\t", right ? right->text : "", NULL);
    place_line(page, level, line_new(text, depth));
  }
}

/* Layout: every cell's lines in turn, moved as they are. */
static void write_stacked(Page *page, guint level, const GPtrArray *cells) {
  for (guint i = 0; i < cells->len; i++) {
    GPtrArray *cell = cell_at(cells, i);
    Table *outer = open_cell(page, level);
    /* Nested tables hand their lines up through each other: all at once. */
    if (outer) {
      g_ptr_array_extend(cell_at(outer->cells, outer->cells->len - 1), cell, NULL, NULL);
      page->held += cell->len;
    }
    for (guint j = 0; j < cell->len; j++) {
      if (!outer) place_line(page, level, cell->pdata[j]);
      cell->pdata[j] = NULL;
    }
    g_ptr_array_set_free_func(cell, NULL);
    g_ptr_array_set_size(cell, 0);
  }
}

static void write_row(Page *page, guint level, const GPtrArray *cells) {
  for (guint i = 0; i < cells->len; i++) page->held -= cell_at(cells, i)->len;
  gboolean untouched = cells->len == 1;
  if (untouched) {
    write_stacked(page, level, cells);
    return;
  }
  Shape shape = row_shape(cells);
  if (shape.filled == 0) return;
  guint first = cell_at(cells, 0)->len;
  if (shape.layout)
    write_stacked(page, level, cells);
  else if (cells->len == 2 && shape.most_behind > 1 && (first <= 1 || first == shape.most_behind))
    write_beside(page, level, cells);
  else if (cells->len == 2 && first > 1 && shape.most_behind > 1)
    write_stacked(page, level, cells);
  else
    write_joined(page, level, cells);
}

void page_table_start(Page *page) {
  if (page->tables->len >= TABLES_MAX) {
    page->unopened++;
    return;
  }
  Table table = {g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref), FALSE};
  g_array_append_val(page->tables, table);
}

void page_row_end(Page *page) {
  if (page->unopened || page->tables->len == 0) return;
  guint level = page->tables->len - 1;
  GPtrArray *cells = table_at(page, level)->cells;
  table_at(page, level)->in_cell = FALSE;
  if (cells->len == 0) return;
  write_row(page, level, cells);
  g_ptr_array_set_size(cells, 0);
}

void page_table_end(Page *page) {
  if (page->unopened) {
    page->unopened--;
    return;
  }
  if (page->tables->len == 0) return;
  page_row_end(page);
  g_ptr_array_unref(table_at(page, page->tables->len - 1)->cells);
  g_array_set_size(page->tables, page->tables->len - 1);
}

void page_cell_start(Page *page) {
  if (page->unopened || page->tables->len == 0) return;
  Table *table = table_at(page, page->tables->len - 1);
  g_ptr_array_add(table->cells, g_ptr_array_new_with_free_func((GDestroyNotify)line_free));
  table->in_cell = TRUE;
}

void page_cell_end(Page *page) {
  if (page->unopened || page->tables->len == 0) return;
  table_at(page, page->tables->len - 1)->in_cell = FALSE;
}

void page_free(Page *page) {
  page->unopened = 0;
  while (page->tables->len) page_table_end(page);
  g_array_unref(page->tables);
  g_free(page);
}
