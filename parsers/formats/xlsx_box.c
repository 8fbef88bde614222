/* xlsx_box - see xlsx_box.h. ECMA-376 Part 4, 19.4 (VML of spreadsheets); Part 1, 20.5 (drawings).
 */
#include "parsers/formats/xlsx_box.h"

#include <stdlib.h>
#include <string.h>

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum { BOX_TEXT_MAX = 64 << 10 /* bytes */, PLACE_NUMBERS = 8 };

/* ---- form controls ---- */

typedef struct {
  GString *label;
  gboolean tick_box, ticked, caption;
  gboolean placed;
  guint row, column;
} Control;

/* Append the text in the element that was just opened, and pass its end. */
static void append_within(OfficeXml *xml, GString *text) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_OPEN) depth++;
    if (step == XML_STEP_CLOSE) depth--;
    if (step == XML_STEP_TEXT && text->len < BOX_TEXT_MAX)
      g_string_append(text, office_xml_text(xml));
  }
}

/* The same without the line breaks by which VML is laid out. The caller frees. */
static char *text_within(OfficeXml *xml) {
  GString *text = g_string_new(NULL);
  append_within(xml, text);
  g_strdelimit(text->str, "\r\n\t", ' ');
  g_strstrip(text->str);
  return g_string_free(text, FALSE);
}

/* x:Anchor: "column, offset, row, offset, ..." of its corners. */
static void read_place(Control *control, const char *anchor) {
  g_auto(GStrv) numbers = g_strsplit(anchor, ",", PLACE_NUMBERS);
  if (g_strv_length(numbers) < 4) return;
  control->placed = TRUE;
  control->column = (guint)g_ascii_strtoull(g_strchug(numbers[0]), NULL, 10);
  control->row = (guint)g_ascii_strtoull(g_strchug(numbers[2]), NULL, 10);
}

static void read_client_data(OfficeXml *xml, Control *control) {
  g_autofree char *type = office_xml_attribute(xml, "ObjectType");
  control->tick_box = g_strcmp0(type, "Checkbox") == 0 || g_strcmp0(type, "Radio") == 0;
  control->caption = g_strcmp0(type, "Label") == 0 || g_strcmp0(type, "EditBox") == 0;
  for (XmlStep step; (step = office_xml_next(xml)) != XML_STEP_END && step != XML_STEP_CLOSE;) {
    if (step != XML_STEP_OPEN) continue;
    gboolean anchor = office_xml_is(xml, "Anchor"), checked = office_xml_is(xml, "Checked");
    g_autofree char *text = text_within(xml);
    if (anchor) read_place(control, text);
    if (checked) control->ticked = strcmp(text, "1") == 0;
  }
}

static void read_shape(OfficeXml *xml, Control *control) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(xml, "textbox")) {
      g_autofree char *label = text_within(xml);
      g_string_append(control->label, label);
    } else if (office_xml_is(xml, "ClientData")) {
      read_client_data(xml, control);
    } else {
      depth++;
    }
  }
}

static void put_control(const Control *control, Sheet *sheet) {
  if (!control->placed || !(control->tick_box || control->caption)) return;
  const char *sign = !control->tick_box ? "" : control->ticked ? TICKED : UNTICKED;
  g_autofree char *text =
      g_strconcat(sign, *sign && control->label->len ? " " : "", control->label->str, NULL);
  sheet_put_before(sheet, control->row, control->column, text);
}

gboolean xlsx_controls_read(GBytes *vml, Sheet *sheet) {
  OfficeXml xml;
  if (!office_xml_open(&xml, vml)) return FALSE;
  for (XmlStep step; (step = office_xml_next(&xml)) != XML_STEP_END;) {
    if (step != XML_STEP_OPEN || !office_xml_is(&xml, "shape")) continue;
    Control control = {.label = g_string_new(NULL)};
    read_shape(&xml, &control);
    put_control(&control, sheet);
    g_string_free(control.label, TRUE);
  }
  gboolean whole = !xml.broken;
  office_xml_close(&xml);
  return whole;
}

/* ---- text boxes ---- */

typedef struct {
  OfficeXml xml;
  Sheet *sheet;
  gboolean placed;
  guint row, column;
} Drawing;

/* xdr:from: the cell where the box begins. */
static void read_from(Drawing *drawing) {
  for (XmlStep step;
       (step = office_xml_next(&drawing->xml)) != XML_STEP_END && step != XML_STEP_CLOSE;) {
    if (step != XML_STEP_OPEN) continue;
    gboolean row = office_xml_is(&drawing->xml, "row"),
             column = office_xml_is(&drawing->xml, "col");
    g_autofree char *text = text_within(&drawing->xml);
    if (row) drawing->row = (guint)g_ascii_strtoull(text, NULL, 10);
    if (column) drawing->column = (guint)g_ascii_strtoull(text, NULL, 10);
  }
  drawing->placed = TRUE;
}

/* The paragraphs of a box; struck-out runs are left out. */
static void read_body(Drawing *drawing, GString *text) {
  gboolean struck = FALSE;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&drawing->xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) {
      depth--;
      if (office_xml_is(&drawing->xml, "r")) struck = FALSE;
      if (office_xml_is(&drawing->xml, "p")) g_string_append_c(text, '\n');
    }
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&drawing->xml, "t")) {
      gsize before = text->len;
      append_within(&drawing->xml, text);
      if (struck) g_string_truncate(text, before);
      continue;
    }
    depth++;
    if (office_xml_is(&drawing->xml, "br")) g_string_append_c(text, '\n');
    if (!office_xml_is(&drawing->xml, "rPr")) continue;
    g_autofree char *strike = office_xml_attribute(&drawing->xml, "strike");
    struck = strike && strcmp(strike, "noStrike") != 0;
  }
}

/* xdr:sp, which was just opened: a form control is one too, hidden. */
static void read_box(Drawing *drawing) {
  gboolean hidden = FALSE;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&drawing->xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&drawing->xml, "txBody")) {
      read_body(drawing, text);
      continue;
    }
    depth++;
    if (office_xml_is(&drawing->xml, "cNvPr"))
      hidden = office_xml_is_on(&drawing->xml, "hidden", FALSE);
  }
  g_strchomp(text->str);
  if (!hidden && drawing->placed && *text->str)
    sheet_put_before(drawing->sheet, drawing->row, drawing->column, text->str);
}

gboolean xlsx_drawing_read(GBytes *bytes, Sheet *sheet) {
  Drawing drawing = {.sheet = sheet};
  if (!office_xml_open(&drawing.xml, bytes)) return FALSE;
  for (XmlStep step; (step = office_xml_next(&drawing.xml)) != XML_STEP_END;) {
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&drawing.xml, "from")) read_from(&drawing);
    if (office_xml_is(&drawing.xml, "sp")) read_box(&drawing);
  }
  gboolean whole = !drawing.xml.broken;
  office_xml_close(&drawing.xml);
  return whole;
}
