/* opendoc_sheet - the sheets of an OpenDocument spreadsheet: each row that is shown a line, cells
 * as people see them. */
#include <string.h>

#include "parsers/formats/opendoc_internal.h"
#include "parsers/formats/sheet.h"

enum {
  CELLS_REPEATED_MAX = 64, /* whoever repeats words more often lays out a sheet */
  ROWS_REPEATED_MAX = 64,
  CELL_LINES_MAX = 200,
  SHEETS_MAX = 200,
};

typedef struct {
  Opendoc *doc;
  Sheet *sheet;
  guint row, column;
  guint repeated; /* times that the row stands there */
} Reading;

/* The lines in the cell that was just opened, up to its end. The caller frees. */
static char *text_of_cell(Opendoc *doc) {
  Flow outer = doc->flow;
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  doc->flow = (Flow){.page = outer.page, .boxes = lines, .boxed = 1};
  opendoc_walk(doc);
  opendoc_floats_lines(doc->floats, lines); /* tick boxes on the cell */
  doc->flow = outer;
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < lines->len && i < CELL_LINES_MAX; i++)
    g_string_append_printf(text, "%s%s", i ? "\n" : "", (char *)lines->pdata[i]);
  return g_string_free(text, FALSE);
}

/* The value of a cell that has no text, as some programs write it. The caller frees. */
static char *value_of_cell(const OfficeXml *xml) {
  static const char *const names[] = {"date-value", "string-value", "value"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    char *value = office_xml_attribute(xml, names[i]);
    if (!value) continue;
    if (i == 0 && g_str_has_suffix(value, "T00:00:00")) *strchr(value, 'T') = '\0';
    return value;
  }
  g_autofree char *boolean = office_xml_attribute(xml, "boolean-value");
  if (!boolean) return g_strdup("");
  return g_strdup(office_xml_is_on(xml, "boolean-value", FALSE) ? "TRUE" : "FALSE");
}

static void read_cell(Reading *reading) {
  Opendoc *doc = reading->doc;
  guint repeated = opendoc_count(doc, "number-columns-repeated", SHEET_COLUMNS_MAX);
  guint spanned = opendoc_count(doc, "number-columns-spanned", SHEET_COLUMNS_MAX);
  g_autofree char *style = office_xml_attribute(&doc->xml, "style-name");
  g_autofree char *value = value_of_cell(&doc->xml);
  doc->cell = (OpendocLook){0};
  opendoc_styles_apply(doc->styles, "table-cell", style, &doc->cell);
  gboolean shown = !doc->cell.struck && !doc->cell.hidden;
  g_autofree char *text = text_of_cell(doc);
  doc->cell = (OpendocLook){0};
  if (spanned > 1) sheet_span(reading->sheet, reading->row, reading->column, spanned);
  guint column = reading->column;
  reading->column += repeated;
  const char *words = *text || !shown ? text : value;
  for (guint i = 0; *words && i < MIN(repeated, CELLS_REPEATED_MAX); i++)
    for (guint k = 0; k < MIN(reading->repeated, ROWS_REPEATED_MAX); k++) {
      sheet_put(reading->sheet, reading->row + k, column + i, words);
      if (sheet_is_full(reading->sheet)) return;
    }
}

static void read_row(Reading *reading) {
  Opendoc *doc = reading->doc;
  reading->repeated = opendoc_count(doc, "number-rows-repeated", SHEET_ROWS_MAX);
  reading->column = 0;
  if (opendoc_is_invisible(doc))
    for (guint k = 0; k < MIN(reading->repeated, ROWS_REPEATED_MAX); k++)
      sheet_hide_row(reading->sheet, reading->row + k);
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&doc->xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&doc->xml, "table-cell")) {
      read_cell(reading);
    } else if (office_xml_is(&doc->xml, "covered-table-cell")) {
      reading->column += opendoc_count(doc, "number-columns-repeated", SHEET_COLUMNS_MAX);
      office_xml_skip(&doc->xml);
    } else {
      depth++;
    }
    reading->column = MIN(reading->column, SHEET_COLUMNS_MAX);
  }
  reading->row = MIN(reading->row + reading->repeated, SHEET_ROWS_MAX);
}

static void read_column(Reading *reading) {
  guint count = opendoc_count(reading->doc, "number-columns-repeated", SHEET_COLUMNS_MAX);
  if (opendoc_is_invisible(reading->doc))
    sheet_hide_columns(reading->sheet, reading->column, reading->column + count - 1);
  reading->column = MIN(reading->column + count, SHEET_COLUMNS_MAX);
}

/* What floats over the sheet and on no cell of it stands below it. */
static void write_floats(Opendoc *doc) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  opendoc_floats_lines(doc->floats, lines);
  for (guint i = 0; i < lines->len; i++)
    page_line(doc->flow.page, lines->pdata[i], strlen(lines->pdata[i]), 0);
}

void opendoc_sheet(Opendoc *doc) {
  if (doc->sheets_seen++ >= SHEETS_MAX) {
    doc->fault = "sheets";
    office_xml_skip(&doc->xml);
    return;
  }
  g_autoptr(Sheet) sheet = sheet_new();
  g_autoptr(OpendocFloats) floating = opendoc_floats_new();
  Reading reading = {.doc = doc, .sheet = sheet};
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&doc->xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&doc->xml, "table-row")) {
      read_row(&reading);
    } else if (office_xml_is(&doc->xml, "table-column")) {
      read_column(&reading);
      office_xml_skip(&doc->xml);
    } else if (office_xml_is(&doc->xml, "forms")) {
      if (!opendoc_controls_add(&doc->xml, doc->controls)) doc->fault = "form_controls";
    } else if (office_xml_is(&doc->xml, "shapes")) {
      OpendocFloats *cells = doc->floats;
      doc->floats = floating;
      opendoc_walk(doc);
      doc->floats = cells;
    } else if (g_str_has_prefix(office_xml_name(&doc->xml), "table-")) {
      depth++; /* groups of rows and columns */
    } else {
      office_xml_skip(&doc->xml);
    }
  }
  if (doc->hide > 0) return;
  if (doc->sheets++ > 0) page_line(doc->flow.page, "", 0, 0);
  const char *over_limit = sheet_write(sheet, doc->flow.page);
  if (over_limit) doc->fault = over_limit;
  OpendocFloats *cells = doc->floats;
  doc->floats = floating;
  write_floats(doc);
  doc->floats = cells;
}
