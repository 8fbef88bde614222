/* xlsx - Excel workbooks (.xlsx, .xlsm, .xltx) to lines (ECMA-376 Part 1, SpreadsheetML).
 *
 * Every sheet that is shown, a line for each row, with the values that the program saved for
 * formulas, numbers and dates as their format shows them, tick boxes and text boxes at their cells.
 * Hidden sheets, rows and columns and struck-out text are left out. */
#include <stdlib.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/package.h"
#include "parsers/formats/xlsx_box.h"
#include "parsers/formats/xlsx_style.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum { STRINGS_MAX = 200000, SHEETS_MAX = 200, CELL_BYTES_MAX = 64 << 10, PARSED_FOLD = 2 };

typedef struct {
  char *text;
  gboolean rich; /* its runs have fonts of their own */
} SharedString;

typedef struct {
  Package *package;
  Text *text;
  const Wire__Limits *limits;
  const MimePart *part;
  XlsxStyles *styles;
  GArray *strings; /* SharedString */
  gboolean era_1904;
  guint sheets;   /* that were written */
  guint64 parsed; /* bytes: a part may be asked for again and again */
  const char *fault;
} Xlsx;

static void add_fault(Xlsx *xlsx, const char *fault) {
  if (!xlsx->fault) xlsx->fault = fault;
}

/* Open a part; FALSE: there is none, or a fault or a limit, which is told. */
static gboolean open_part(Xlsx *xlsx, OfficeXml *xml, GBytes *bytes) {
  if (!bytes) return FALSE;
  xlsx->parsed += g_bytes_get_size(bytes);
  gboolean over_limit = xlsx->parsed > PARSED_FOLD * xlsx->limits->archive_bytes;
  if (!over_limit && office_xml_open(xml, bytes)) return TRUE;
  add_fault(xlsx, over_limit ? "archive_size" : "damaged");
  return FALSE;
}

/* ---- strings ---- */

static void string_clear(gpointer data) {
  g_free(((SharedString *)data)->text);
}

/* Excel writes control characters as _x000D_: they are space. */
static void append_unescaped(GString *out, const char *text) {
  for (const char *p = text; *p && out->len < CELL_BYTES_MAX;) {
    if (strncmp(p, "_x00", 4) == 0 && (p[4] == '0' || p[4] == '1') && g_ascii_isxdigit(p[5]) &&
        p[6] == '_') {
      g_string_append_c(out, ' ');
      p += 7;
    } else {
      g_string_append_c(out, *p++);
    }
  }
}

/* The properties of a run, which were just opened, up to their end. */
static void read_run_style(OfficeXml *xml, gboolean *ret_struck, Font *ret_font) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    if (office_xml_is(xml, "strike")) *ret_struck = office_xml_is_on(xml, "val", TRUE);
    if (!office_xml_is(xml, "rFont")) continue;
    g_autofree char *name = office_xml_attribute(xml, "val");
    *ret_font = font_named(name ? name : "", FONT_TEXT);
  }
}

/* A string in the element that was just opened (si, is), up to its end: its runs that are not
 * struck out; how it is pronounced (rPh) is left out. The caller frees the text. */
static SharedString read_string(OfficeXml *xml) {
  GString *out = g_string_new(NULL);
  SharedString string = {0};
  gboolean in_text = FALSE, struck = FALSE;
  Font font = FONT_TEXT;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) {
      depth--;
      in_text = FALSE;
      if (!office_xml_is(xml, "r")) continue;
      struck = FALSE;
      font = FONT_TEXT;
    }
    if (step == XML_STEP_TEXT && in_text && !struck) {
      g_autoptr(GString) words = g_string_new(NULL);
      append_unescaped(words, office_xml_text(xml));
      if (out->len < CELL_BYTES_MAX) font_text(out, words->str, words->len, font, FALSE);
    }
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(xml, "rPh") || office_xml_is(xml, "phoneticPr")) {
      office_xml_skip(xml);
    } else if (office_xml_is(xml, "rPr")) {
      string.rich = TRUE;
      read_run_style(xml, &struck, &font);
    } else {
      in_text = office_xml_is(xml, "t");
      depth++;
    }
  }
  string.text = g_string_free(out, FALSE);
  return string;
}

static void read_strings(Xlsx *xlsx, GBytes *bytes) {
  OfficeXml xml;
  if (!open_part(xlsx, &xml, bytes)) return;
  for (XmlStep step; (step = office_xml_next(&xml)) != XML_STEP_END;) {
    if (step != XML_STEP_OPEN || !office_xml_is(&xml, "si")) continue;
    if (xlsx->strings->len >= STRINGS_MAX) {
      add_fault(xlsx, "sheet_cells");
      break;
    }
    SharedString string = read_string(&xml);
    g_array_append_val(xlsx->strings, string);
  }
  if (xml.broken) add_fault(xlsx, "damaged");
  office_xml_close(&xml);
}

/* ---- cells ---- */

/* "BC12": its row and column, from 0; FALSE: it is none. */
static gboolean read_place(const char *place, guint *ret_row, guint *ret_column) {
  guint column = 0;
  const char *p = place;
  for (; g_ascii_isalpha(*p) && column <= SHEET_COLUMNS_MAX; p++)
    column = column * 26 + (guint)(g_ascii_toupper(*p) - 'A') + 1;
  guint64 row = g_ascii_strtoull(p, NULL, 10);
  if (column == 0 || column > SHEET_COLUMNS_MAX || row == 0 || row > SHEET_ROWS_MAX) return FALSE;
  *ret_row = (guint)row - 1;
  *ret_column = column - 1;
  return TRUE;
}

typedef struct {
  char type[12];
  guint style;
  GString *value;
  SharedString inline_string;
} Cell;

static char *in_font(const char *text, Font font) {
  GString *out = g_string_new(NULL);
  font_text(out, text, strlen(text), font, FALSE);
  return g_string_free(out, FALSE);
}

/* What the cell shows. The caller frees. */
static char *cell_text(const Xlsx *xlsx, const Cell *cell) {
  if (xlsx_style_is_struck(xlsx->styles, cell->style)) return g_strdup("");
  const char *value = cell->value->str;
  Font font = xlsx_style_font(xlsx->styles, cell->style);
  if (strcmp(cell->type, "s") == 0) {
    guint64 index = g_ascii_strtoull(value, NULL, 10);
    if (!*value || index >= xlsx->strings->len) return g_strdup("");
    const SharedString *string = &g_array_index(xlsx->strings, SharedString, (guint)index);
    return in_font(string->text, string->rich ? FONT_TEXT : font);
  }
  if (strcmp(cell->type, "inlineStr") == 0 && cell->inline_string.text)
    return in_font(cell->inline_string.text, cell->inline_string.rich ? FONT_TEXT : font);
  if (strcmp(cell->type, "b") == 0 && *value) {
    gboolean on = *value == '1' || g_ascii_tolower(*value) == 't';
    if (xlsx_style_is_tick_box(xlsx->styles, cell->style)) return g_strdup(on ? TICKED : UNTICKED);
    return g_strdup(on ? "TRUE" : "FALSE");
  }
  if (strcmp(cell->type, "n") == 0 && *value)
    return xlsx_style_number(xlsx->styles, cell->style, value, xlsx->era_1904);
  g_autoptr(GString) out = g_string_new(NULL);
  append_unescaped(out, value); /* a formula's string, an error, an ISO date */
  return in_font(out->str, font);
}

static guint number_attribute(const OfficeXml *xml, const char *name) {
  g_autofree char *value = office_xml_attribute(xml, name);
  guint64 number = value ? g_ascii_strtoull(value, NULL, 10) : 0;
  return (guint)MIN(number, G_MAXINT);
}

/* The cell that was just opened, up to its end. */
static char *read_cell(const Xlsx *xlsx, OfficeXml *xml) {
  Cell cell = {.type = "n", .style = number_attribute(xml, "s"), .value = g_string_new(NULL)};
  g_autofree char *type = office_xml_attribute(xml, "t");
  if (type) g_strlcpy(cell.type, type, sizeof cell.type);
  gboolean in_value = FALSE;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_TEXT && in_value && cell.value->len < CELL_BYTES_MAX)
      g_string_append(cell.value, office_xml_text(xml));
    if (step == XML_STEP_CLOSE) {
      depth--;
      in_value = FALSE;
    }
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(xml, "is")) {
      g_free(cell.inline_string.text);
      cell.inline_string = read_string(xml);
      continue;
    }
    in_value = office_xml_is(xml, "v");
    depth++;
  }
  char *text = cell_text(xlsx, &cell);
  g_free(cell.inline_string.text);
  g_string_free(cell.value, TRUE);
  return text;
}

/* ---- sheets ---- */

/* The path that the relation `id` of the part `path` leads to; NULL: none. The caller frees. */
static char *related_path(Xlsx *xlsx, const char *path, const char *id) {
  const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
  g_autofree char *folder = g_strndup(path, (gsize)(file - path));
  g_autofree char *relations = g_strconcat(folder, "_rels/", file, ".rels", NULL);
  GBytes *bytes = package_find(xlsx->package, relations);
  OfficeXml xml;
  if (!open_part(xlsx, &xml, bytes)) return NULL;
  g_autofree char *target = NULL;
  for (XmlStep step; !target && (step = office_xml_next(&xml)) != XML_STEP_END;) {
    if (step != XML_STEP_OPEN || !office_xml_is(&xml, "Relationship")) continue;
    g_autofree char *own = office_xml_attribute(&xml, "Id");
    if (g_strcmp0(own, id) == 0) target = office_xml_attribute(&xml, "Target");
  }
  office_xml_close(&xml);
  if (!target) return NULL;
  if (*target == '/') return g_strdup(target + 1);
  g_autofree char *base = g_strconcat("/", folder, NULL);
  g_autofree char *whole = g_canonicalize_filename(target, base);
  return g_strdup(whole + 1);
}

static GBytes *related_part(Xlsx *xlsx, const char *path, const char *id) {
  g_autofree char *target = id ? related_path(xlsx, path, id) : NULL;
  GBytes *bytes = target ? package_find(xlsx->package, target) : NULL;
  if (bytes) xlsx->parsed += g_bytes_get_size(bytes); /* the caller reads it */
  return bytes;
}

static void read_columns(const OfficeXml *xml, Sheet *sheet) {
  guint first = number_attribute(xml, "min"), last = number_attribute(xml, "max");
  if (office_xml_is_on(xml, "hidden", FALSE) && first > 0)
    sheet_hide_columns(sheet, first - 1, MAX(first, last) - 1);
}

/* "B4:C4" */
static void read_merge(const OfficeXml *xml, Sheet *sheet) {
  g_autofree char *range = office_xml_attribute(xml, "ref");
  const char *colon = range ? strchr(range, ':') : NULL;
  guint row = 0, column = 0, last_row = 0, last_column = 0;
  if (colon && read_place(range, &row, &column) && read_place(colon + 1, &last_row, &last_column) &&
      last_column > column)
    sheet_span(sheet, row, column, last_column - column + 1);
}

/* The elements of a sheet; *ret_controls and *ret_drawing: relations. */
static void read_cells(Xlsx *xlsx, OfficeXml *xml, Sheet *sheet, char **ret_controls,
                       char **ret_drawing) {
  guint row = G_MAXUINT, column = 0;
  for (XmlStep step; (step = office_xml_next(xml)) != XML_STEP_END;) {
    if (step != XML_STEP_OPEN) continue;
    const char *name = office_xml_name(xml);
    if (strcmp(name, "row") == 0) {
      guint number = number_attribute(xml, "r");
      row = number ? number - 1 : row + 1;
      column = 0;
      if (office_xml_is_on(xml, "hidden", FALSE)) sheet_hide_row(sheet, row);
    } else if (strcmp(name, "c") == 0) {
      if (sheet_is_full(sheet)) return;
      g_autofree char *place = office_xml_attribute(xml, "r");
      if (place) read_place(place, &row, &column);
      g_autofree char *text = read_cell(xlsx, xml);
      sheet_put(sheet, row, column++, text);
    } else if (strcmp(name, "col") == 0) {
      read_columns(xml, sheet);
    } else if (strcmp(name, "mergeCell") == 0) {
      read_merge(xml, sheet);
    } else if (strcmp(name, "legacyDrawing") == 0 && !*ret_controls) {
      *ret_controls = office_xml_attribute(xml, "id");
    } else if (strcmp(name, "drawing") == 0 && !*ret_drawing) {
      *ret_drawing = office_xml_attribute(xml, "id");
    } else if (strcmp(name, "extLst") == 0) {
      office_xml_skip(xml);
    }
  }
}

static void read_sheet(Xlsx *xlsx, const char *path, GBytes *bytes) {
  OfficeXml xml;
  if (!open_part(xlsx, &xml, bytes)) return;
  g_autoptr(Sheet) sheet = sheet_new();
  g_autofree char *controls = NULL, *drawing = NULL;
  read_cells(xlsx, &xml, sheet, &controls, &drawing);
  gboolean whole = !xml.broken;
  office_xml_close(&xml);
  GBytes *vml = related_part(xlsx, path, controls), *boxes = related_part(xlsx, path, drawing);
  if (vml) whole = xlsx_controls_read(vml, sheet) && whole;
  if (boxes) whole = xlsx_drawing_read(boxes, sheet) && whole;
  if (!whole) add_fault(xlsx, "damaged");
  Page *page = page_new(xlsx->text, xlsx->limits, xlsx->part->index);
  if (xlsx->sheets++ > 0) page_line(page, "", 0, 0);
  const char *over_limit = sheet_write(sheet, page);
  page_free(page);
  if (over_limit) add_fault(xlsx, over_limit);
}

/* The sheets that are shown, in the workbook's order. FALSE: there is none. */
static gboolean read_workbook(Xlsx *xlsx, const char *path, GBytes *bytes) {
  OfficeXml xml;
  guint n = 0;
  if (!open_part(xlsx, &xml, bytes)) return FALSE;
  for (XmlStep step; (step = office_xml_next(&xml)) != XML_STEP_END;) {
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&xml, "workbookPr"))
      xlsx->era_1904 = office_xml_is_on(&xml, "date1904", FALSE);
    if (!office_xml_is(&xml, "sheet")) continue;
    g_autofree char *state = office_xml_attribute(&xml, "state");
    g_autofree char *id = office_xml_attribute(&xml, "id");
    g_autofree char *target = id ? related_path(xlsx, path, id) : NULL;
    GBytes *sheet = target ? package_find(xlsx->package, target) : NULL;
    if (n++ >= SHEETS_MAX) add_fault(xlsx, "sheets");
    if (n > SHEETS_MAX) break;
    if (!sheet) add_fault(xlsx, "damaged");
    if (sheet && (!state || strcmp(state, "visible") == 0)) read_sheet(xlsx, target, sheet);
  }
  if (xml.broken) add_fault(xlsx, "damaged");
  office_xml_close(&xml);
  return n > 0;
}

/* ---- the workbook ---- */

static gboolean is_wanted(const char *path) {
  return g_str_has_prefix(path, "xl/") &&
         (g_str_has_suffix(path, ".xml") || g_str_has_suffix(path, ".rels") ||
          g_str_has_suffix(path, ".vml")) &&
         !strstr(path, "/media/") && !strstr(path, "/theme/") && !strstr(path, "/pivot") &&
         !strstr(path, "/externalLinks/");
}

/* An encrypted workbook is an OLE compound file, no archive. */
static gboolean is_compound(GBytes *content) {
  gsize size = 0;
  const char *data = g_bytes_get_data(content, &size);
  return size > 8 && memcmp(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
}

gboolean xlsx_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  if (is_compound(part->content)) {
    package_report("encrypted", part, text);
    return TRUE;
  }
  if (!package_is_zip(part->content)) return FALSE;
  g_autoptr(Package) package = package_open(part->content, limits, is_wanted, text);
  g_autoptr(XlsxStyles) styles = xlsx_styles_read(package_find(package, "xl/styles.xml"));
  g_autoptr(GArray) strings = g_array_new(FALSE, TRUE, sizeof(SharedString));
  g_array_set_clear_func(strings, string_clear);
  Xlsx xlsx = {package, text, limits, part, styles, strings, FALSE, 0, 0, package_fault(package)};
  read_strings(&xlsx, package_find(package, "xl/sharedStrings.xml"));
  GBytes *workbook = package_find(package, "xl/workbook.xml");
  if (!workbook || !read_workbook(&xlsx, "xl/workbook.xml", workbook)) add_fault(&xlsx, "damaged");
  if (xlsx.fault) package_report(xlsx.fault, part, text);
  return TRUE;
}
