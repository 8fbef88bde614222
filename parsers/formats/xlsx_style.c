/* xlsx_style - see xlsx_style.h. ECMA-376 Part 1, 18.8. */
#include "parsers/formats/xlsx_style.h"

#include <string.h>

enum { XFS_MAX = 65490, FONTS_MAX = 65490, FORMATS_MAX = 5000 /* Excel's are fewer */ };

typedef struct {
  gboolean struck;
  Font font;
} CellFont;

typedef struct {
  guint format, font;
  gboolean tick_box;
} CellStyle;

struct XlsxStyles {
  GArray *fonts, *cells; /* CellFont, CellStyle */
  GHashTable *formats;   /* number format id to its code */
};

/* Codes that have no entry in the file (18.8.30); what is not here is General. */
static const struct {
  guint first, last;
  const char *code;
} builtin[] = {
    {1, 1, "0"},
    {2, 2, "0.00"},
    {3, 3, "#,##0"},
    {4, 4, "#,##0.00"},
    {9, 9, "0%"},
    {10, 10, "0.00%"},
    {11, 11, "0.00E+00"},
    {14, 17, "yyyy-mm-dd"},
    {18, 21, "hh:mm"},
    {22, 22, "yyyy-mm-dd h"},
    {27, 31, "yyyy-mm-dd"},
    {32, 35, "hh:mm"},
    {36, 36, "yyyy-mm-dd"},
    {45, 47, "hh:mm"},
    {50, 54, "yyyy-mm-dd"},
    {55, 56, "hh:mm"},
    {57, 58, "yyyy-mm-dd"},
};

static guint number_attribute(const OfficeXml *xml, const char *name) {
  g_autofree char *value = office_xml_attribute(xml, name);
  guint64 number = value ? g_ascii_strtoull(value, NULL, 10) : 0;
  return (guint)MIN(number, G_MAXINT);
}

static void read_format(OfficeXml *xml, XlsxStyles *styles) {
  char *code = office_xml_attribute(xml, "formatCode");
  if (code && g_hash_table_size(styles->formats) < FORMATS_MAX)
    g_hash_table_replace(styles->formats, GUINT_TO_POINTER(number_attribute(xml, "numFmtId")),
                         code);
  else
    g_free(code);
}

/* What is in the element that was just opened, up to its end. */
static CellFont read_font(OfficeXml *xml) {
  CellFont font = {0};
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    if (office_xml_is(xml, "strike")) font.struck = office_xml_is_on(xml, "val", TRUE);
    if (!office_xml_is(xml, "name")) continue;
    g_autofree char *name = office_xml_attribute(xml, "val");
    font.font = font_named(name ? name : "", FONT_TEXT);
  }
  return font;
}

static CellStyle read_cell_style(OfficeXml *xml) {
  CellStyle style = {number_attribute(xml, "numFmtId"), number_attribute(xml, "fontId"), FALSE};
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    /* Excel 365's tick boxes: a boolean in a cell whose style says so */
    if (office_xml_is(xml, "xfComplement")) style.tick_box = TRUE;
  }
  return style;
}

XlsxStyles *xlsx_styles_read(GBytes *bytes) {
  XlsxStyles *styles = g_new0(XlsxStyles, 1);
  styles->fonts = g_array_new(FALSE, TRUE, sizeof(CellFont));
  styles->cells = g_array_new(FALSE, TRUE, sizeof(CellStyle));
  styles->formats = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  OfficeXml xml;
  if (!bytes || !office_xml_open(&xml, bytes)) return styles;
  gboolean in_cells = FALSE, in_fonts = FALSE, in_formats = FALSE;
  for (XmlStep step; (step = office_xml_next(&xml)) != XML_STEP_END;) {
    if (step != XML_STEP_OPEN && step != XML_STEP_CLOSE) continue;
    gboolean open = step == XML_STEP_OPEN;
    if (office_xml_is(&xml, "cellXfs")) in_cells = open;
    if (office_xml_is(&xml, "fonts")) in_fonts = open;
    if (office_xml_is(&xml, "numFmts")) in_formats = open;
    if (!open) continue;
    if (in_formats && office_xml_is(&xml, "numFmt")) {
      read_format(&xml, styles);
    } else if (in_fonts && office_xml_is(&xml, "font") && styles->fonts->len < FONTS_MAX) {
      CellFont font = read_font(&xml);
      g_array_append_val(styles->fonts, font);
    } else if (in_cells && office_xml_is(&xml, "xf") && styles->cells->len < XFS_MAX) {
      CellStyle style = read_cell_style(&xml);
      g_array_append_val(styles->cells, style);
    }
  }
  office_xml_close(&xml);
  return styles;
}

void xlsx_styles_free(XlsxStyles *styles) {
  if (!styles) return;
  g_array_unref(styles->fonts);
  g_array_unref(styles->cells);
  g_hash_table_unref(styles->formats);
  g_free(styles);
}

static CellStyle style_at(const XlsxStyles *styles, guint style) {
  if (style >= styles->cells->len) return (CellStyle){0};
  return g_array_index(styles->cells, CellStyle, style);
}

static CellFont font_of(const XlsxStyles *styles, guint style) {
  guint font = style_at(styles, style).font;
  if (font >= styles->fonts->len) return (CellFont){0};
  return g_array_index(styles->fonts, CellFont, font);
}

gboolean xlsx_style_is_struck(const XlsxStyles *styles, guint style) {
  return font_of(styles, style).struck;
}

gboolean xlsx_style_is_tick_box(const XlsxStyles *styles, guint style) {
  return style_at(styles, style).tick_box;
}

Font xlsx_style_font(const XlsxStyles *styles, guint style) {
  return font_of(styles, style).font;
}

char *xlsx_style_number(const XlsxStyles *styles, guint style, const char *number,
                        gboolean era_1904) {
  guint id = style_at(styles, style).format;
  const char *code = g_hash_table_lookup(styles->formats, GUINT_TO_POINTER(id));
  for (gsize i = 0; !code && i < G_N_ELEMENTS(builtin); i++)
    if (id >= builtin[i].first && id <= builtin[i].last) code = builtin[i].code;
  return xlsx_number(code, number, era_1904);
}
