/* form_reader - what form's files share while values are read. Private to form. */
#pragma once
#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/form_internal.h"

enum { FORM_CELLS_MAX = 64 }; /* of one row */

typedef struct {
  guint start, end; /* bytes of the line, trimmed */
} FormSpan;

typedef struct {
  FormScan scan;
  Form *form;
  GArray *taken;   /* gboolean of each line: its text is another label's value */
  gboolean below;  /* values stand on the line below their label in this text */
  gboolean spaced; /* an empty line stands behind every label, so it parts nothing */
  guint ticks;     /* boxes without a label that were looked at */
  guint tables;
  guint table_end; /* the line behind the last of them */
} FormReader;

static inline const TextLine *line_of(const FormReader *reader, guint i) {
  return reader->scan.text->lines->pdata[i];
}
static inline const char *folded_of(const FormReader *reader, guint i) {
  return text_folded(reader->scan.text, i);
}
static inline guint n_lines(const FormReader *reader) {
  return reader->scan.text->lines->len;
}
static inline gboolean is_taken(const FormReader *reader, guint i) {
  return g_array_index(reader->taken, gboolean, i);
}
static inline void take(FormReader *reader, guint i) {
  g_array_index(reader->taken, gboolean, i) = TRUE;
}
static inline FormLabel *label_at(const FormReader *reader, guint k) {
  return &g_array_index(reader->scan.labels, FormLabel, k);
}
static inline const Wire__Field *field_of(const FormReader *reader, const RuleLabel *label) {
  return rules_event(reader->scan.rules)->fields[label->fields[0]];
}
static inline gboolean has_type(const FormReader *reader, const RuleLabel *label,
                                const char *type) {
  return strcmp(field_of(reader, label)->type, type) == 0;
}
static inline gboolean is_street(const FormReader *reader, const RuleLabel *label) {
  return strcmp(field_of(reader, label)->role, "street") == 0;
}
static inline gboolean has_tick(const char *text) {
  return text_has_tick(text);
}
static inline gboolean is_blank(const char *text) {
  return field_is_blank(text);
}

/* Add an entry for `label`; takes `take_raw`. NULL: there are too many. */
FormEntry *form_add_entry(FormReader *reader, const FormLabel *label, char *take_raw, guint line,
                          guint start, guint end);

/* The cells of a row; returns how many. */
guint form_split_row(const char *line, char border, FormSpan cells[FORM_CELLS_MAX]);
char *form_span_text(const char *line, FormSpan span);
gboolean form_is_blank_span(const char *line, FormSpan span);
/* The first accepted label of that cell; NULL: none. */
const FormLabel *form_label_of_cell(const FormReader *reader, guint line, guint cell);
/* Does the label fill its cell ("Nom", "Nom :")? */
gboolean form_fills_cell(const FormReader *reader, const FormLabel *label);
/* A table with a heading at line `i`; returns how many lines it takes, 0: none. */
guint form_read_table(FormReader *reader, guint i);
