/* form_table - tables with a heading: one row a person, or rows of labels and values in turn. */
#include "parsers/form_reader.h"

enum {
  HEADING_MAX_BYTES = 50,  /* of a table's heading that a label begins */
  HEADING_ROWS_MAX = 1000, /* rows of one table */
};

guint form_split_row(const char *line, char border, FormSpan cells[FORM_CELLS_MAX]) {
  guint n = 0;
  const char *p = line;
  while (n < FORM_CELLS_MAX) {
    const char *stop = strchr(p, border), *end = stop ? stop : p + strlen(p), *start = p;
    /* "Nom<tab>: DURAND": the colon stands in the value's cell */
    while (start < end && (*start == ' ' || (*start == ':' && n > 0 && start + 1 < end))) start++;
    const char *last = end;
    while (last > start && last[-1] == ' ') last--;
    cells[n++] = (FormSpan){(guint)(start - line), (guint)(last - line)};
    if (!stop) break;
    p = stop + 1;
  }
  return n;
}

char *form_span_text(const char *line, FormSpan span) {
  return g_strndup(line + span.start, span.end - span.start);
}

gboolean form_is_blank_span(const char *line, FormSpan span) {
  g_autofree char *text = form_span_text(line, span);
  return is_blank(text);
}

/* The first accepted label of that cell; NULL: none. */
const FormLabel *form_label_of_cell(const FormReader *reader, guint line, guint cell) {
  for (guint k = reader->scan.first[line]; k < reader->scan.first[line + 1]; k++) {
    const FormLabel *label = label_at(reader, k);
    if (label->cell == cell && label->accepted && label->first) return label;
  }
  return NULL;
}

/* Does the label fill its cell ("Nom", "Nom :")? */
gboolean form_fills_cell(const FormReader *reader, const FormLabel *label) {
  g_autofree char *rest =
      g_strndup(line_of(reader, label->line)->text + label->value, label->cell_end - label->value);
  return is_blank(rest) && !has_tick(rest);
}

typedef struct {
  const FormLabel *labels[FORM_CELLS_MAX]; /* NULL: a column without a label */
  guint n;
  char border;
} Heading;

/* "Présent(e), le 03/07": a heading's cell that a label begins. */
static const FormLabel *label_led(const FormReader *reader, guint line, guint cell) {
  for (guint k = reader->scan.first[line]; k < reader->scan.first[line + 1]; k++) {
    const FormLabel *label = label_at(reader, k);
    if (label->cell == cell && label->first)
      return label->cell_end - label->start <= HEADING_MAX_BYTES ? label : NULL;
  }
  return NULL;
}

/* Does every cell with words end in a question mark or a colon? Then none is a value. */
static gboolean asks_throughout(const char *line, const FormSpan cells[], guint n) {
  guint asks = 0;
  for (guint c = 0; c < n; c++) {
    if (cells[c].end <= cells[c].start) continue;
    if (!strchr("?:", line[cells[c].end - 1])) return FALSE;
    asks++;
  }
  return asks > 0;
}

/* Is line `i` the heading of a table: labels of different fields in (nearly) all its cells, and a
 * row of values below it? */
static gboolean read_heading(const FormReader *reader, guint i, Heading *heading) {
  FormSpan cells[FORM_CELLS_MAX];
  guint written = 0, labelled = 0;
  const char *line = line_of(reader, i)->text;
  if (!form_is_row(line, &heading->border)) return FALSE;
  heading->n = form_split_row(line, heading->border, cells);
  for (guint c = 0; c < heading->n; c++) {
    const FormLabel *label = form_label_of_cell(reader, i, c);
    heading->labels[c] = label && form_fills_cell(reader, label) ? label : NULL;
    if (cells[c].end > cells[c].start) written++;
    if (!heading->labels[c]) continue;
    labelled++;
    for (guint b = 0; b < c; b++)
      if (heading->labels[b] &&
          form_same_fields(heading->labels[b]->label, heading->labels[c]->label))
        return FALSE;
  }
  for (guint c = 0; (labelled >= 2 || reader->table_end == i) && c < heading->n; c++)
    if (!heading->labels[c] && (heading->labels[c] = label_led(reader, i, c))) labelled++;
  /* rows of labels and rows of values in turn: this one's turn is a heading's */
  if (labelled >= 1 && reader->table_end == i && asks_throughout(line, cells, heading->n))
    return TRUE;
  if (labelled < 2 || (labelled < written && (labelled < 3 || labelled * 3 < written * 2)))
    return FALSE;
  return TRUE;
}

/* Is line `i` a row of values below `heading`? */
static gboolean is_data_row(const FormReader *reader, guint i, const Heading *heading, guint part) {
  char border = 0;
  if (i >= n_lines(reader) || line_of(reader, i)->part != part) return FALSE;
  if (!form_is_row(line_of(reader, i)->text, &border) || border != heading->border) return FALSE;
  FormSpan cells[FORM_CELLS_MAX];
  guint n = form_split_row(line_of(reader, i)->text, border, cells), labelled = 0, written = 0;
  for (guint c = 0; c < n; c++) {
    const FormLabel *label = form_label_of_cell(reader, i, c);
    written += cells[c].end > cells[c].start ? 1 : 0;
    labelled += label && form_fills_cell(reader, label) ? 1 : 0;
  }
  if (asks_throughout(line_of(reader, i)->text, cells, n)) return FALSE;
  return n <= heading->n + 1 && (labelled == 0 || (labelled == 1 && written > 2));
}

static void read_data_row(FormReader *reader, guint i, const Heading *heading, guint row) {
  FormSpan cells[FORM_CELLS_MAX];
  const char *line = line_of(reader, i)->text;
  guint n = form_split_row(line, heading->border, cells);
  for (guint c = 0; c < heading->n; c++) {
    if (!heading->labels[c]) continue;
    FormSpan span = c < n ? cells[c] : (FormSpan){0, 0};
    FormEntry *entry = form_add_entry(reader, heading->labels[c], form_span_text(line, span), i,
                                      span.start, span.end);
    if (!entry) return;
    entry->row = row;
    entry->table = reader->tables;
    entry->sure = TRUE;
  }
  take(reader, i);
}

/* A table with a heading at line `i`; returns how many lines it takes, 0: none. */
guint form_read_table(FormReader *reader, guint i) {
  if (reader->scan.first[i + 1] == reader->scan.first[i] || line_of(reader, i)->header) return 0;
  Heading heading = {0};
  guint part = line_of(reader, i)->part, row = 0, k = i + 1;
  if (!read_heading(reader, i, &heading)) return 0;
  if (!is_data_row(reader, k, &heading, part)) return 0;
  reader->tables++;
  for (; row < HEADING_ROWS_MAX && is_data_row(reader, k, &heading, part); k++)
    read_data_row(reader, k, &heading, ++row);
  reader->table_end = k;
  return k - i;
}
