/* opendoc - OpenDocument texts and sheets (.odt, .ods, their templates, the flat .fodt) to lines.
 *
 * Running heads first, then the content. Deleted text is out, form controls and input fields show
 * their value, rows of sheets are lines with tabs as people see them. */
#include <stdlib.h>
#include <string.h>

#include "parsers/formats/flow.h"
#include "parsers/formats/format.h"
#include "parsers/formats/opendoc_style.h"
#include "parsers/formats/package.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum {
  SPACES_MAX = 200, /* of one text:s */
  CELLS_REPEATED_MAX = 20,
  ROWS_REPEATED_MAX = 3, /* whoever repeats a row more often lays out a sheet */
};

typedef struct {
  OfficeXml xml;
  Text *text;
  const Wire__Limits *limits;
  const MimePart *part;
  Flow flow;
  GHashTable *styles, *controls;
  OpendocStyle style;
  guint hide;    /* within so many things that are not shown */
  guint covered; /* cells that the one before them covers */
} Opendoc;

static void walk(Opendoc *doc);

static gboolean is_shown(const Opendoc *doc) {
  return doc->hide == 0 && !doc->style.struck && !doc->style.hidden && doc->flow.line;
}

static void append(Opendoc *doc, const char *text) {
  if (is_shown(doc)) font_text(doc->flow.line, text, strlen(text), doc->style.font, FALSE);
}

static void append_sign(Opendoc *doc, const char *sign) {
  if (is_shown(doc)) g_string_append(doc->flow.line, sign);
}

/* White space is folded, as in HTML (6.1.2): line breaks of the file mean nothing. */
static void append_folded(Opendoc *doc, const char *text) {
  g_autoptr(GString) folded = g_string_sized_new(strlen(text));
  for (const char *p = text; *p; p++) {
    gboolean space = strchr(" \t\r\n", *p) != NULL;
    if (space && folded->len && folded->str[folded->len - 1] == ' ') continue;
    g_string_append_c(folded, space ? ' ' : *p);
  }
  append(doc, folded->str);
}

/* ---- text ---- */

static void with_style(Opendoc *doc, void (*read)(Opendoc *)) {
  OpendocStyle outer = doc->style;
  g_autofree char *name = office_xml_attribute(&doc->xml, "style-name");
  doc->style = opendoc_style_of(doc->styles, name, outer);
  read(doc);
  doc->style = outer;
}

static void read_span(Opendoc *doc) {
  with_style(doc, walk);
}

static void read_paragraph_text(Opendoc *doc) {
  FlowOuter outer = flow_begin(&doc->flow);
  walk(doc);
  flow_end(&doc->flow, outer);
}

static void read_paragraph(Opendoc *doc) {
  OpendocStyle outer = doc->style;
  doc->style = (OpendocStyle){0};
  with_style(doc, read_paragraph_text);
  doc->style = outer;
}

static void read_spaces(Opendoc *doc) {
  g_autofree char *count = office_xml_attribute(&doc->xml, "c");
  guint64 n = count ? g_ascii_strtoull(count, NULL, 10) : 1;
  for (guint64 i = 0; i < MIN(n, SPACES_MAX); i++) append_sign(doc, " ");
  office_xml_skip(&doc->xml);
}

static void read_tab(Opendoc *doc) {
  append_sign(doc, "\t");
  office_xml_skip(&doc->xml);
}

static void read_break(Opendoc *doc) {
  append_sign(doc, "\n");
  office_xml_skip(&doc->xml);
}

static void read_nothing(Opendoc *doc) {
  office_xml_skip(&doc->xml);
}

static void read_box(Opendoc *doc) {
  gboolean anchored = doc->flow.line != NULL;
  doc->flow.boxed += anchored ? 1 : 0;
  walk(doc);
  doc->flow.boxed -= anchored ? 1 : 0;
}

static void read_section(Opendoc *doc) {
  g_autofree char *display = office_xml_attribute(&doc->xml, "display");
  if (g_strcmp0(display, "none") == 0)
    office_xml_skip(&doc->xml);
  else
    walk(doc);
}

/* ---- fields and controls ---- */

static void read_control(Opendoc *doc) {
  g_autofree char *id = office_xml_attribute(&doc->xml, "control");
  const char *text = id ? g_hash_table_lookup(doc->controls, id) : NULL;
  if (text && doc->flow.line) {
    append(doc, text);
  } else if (text) { /* on the page, in no paragraph */
    page_line(doc->flow.page, text, strlen(text), 0);
  }
  office_xml_skip(&doc->xml);
}

/* LibreOffice's own element for Word's content controls. */
static void read_content_control(Opendoc *doc) {
  if (office_xml_is_on(&doc->xml, "checkbox", FALSE)) {
    append_sign(doc, office_xml_is_on(&doc->xml, "checked", FALSE) ? TICKED : UNTICKED);
    office_xml_skip(&doc->xml);
    return;
  }
  gboolean prompt = office_xml_is_on(&doc->xml, "showing-place-holder", FALSE);
  doc->hide += prompt ? 1 : 0;
  walk(doc);
  doc->hide -= prompt ? 1 : 0;
}

/* A legacy form field of Word: the state of a box is a parameter of it. */
static void read_field_mark(Opendoc *doc) {
  g_autofree char *type = office_xml_attribute(&doc->xml, "type");
  gboolean box = type && g_str_has_suffix(type, "FORMCHECKBOX"), on = FALSE;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&doc->xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    g_autofree char *name = office_xml_attribute(&doc->xml, "name");
    if (g_strcmp0(name, "Checkbox_Checked") == 0) on = office_xml_is_on(&doc->xml, "value", FALSE);
    g_autofree char *value = office_xml_attribute(&doc->xml, "value");
    if (g_strcmp0(name, "Dropdown_SelectedEntry") == 0 && value) append(doc, value);
  }
  if (box) append_sign(doc, on ? TICKED : UNTICKED);
}

static void read_forms(Opendoc *doc) {
  opendoc_controls_add(&doc->xml, doc->controls);
}

static void read_style(Opendoc *doc) {
  opendoc_style_add(&doc->xml, doc->styles);
}

/* ---- tables and sheets ---- */

static guint attribute_count(const Opendoc *doc, const char *name) {
  g_autofree char *value = office_xml_attribute(&doc->xml, name);
  guint64 count = value ? g_ascii_strtoull(value, NULL, 10) : 1;
  return (guint)CLAMP(count, 1, G_MAXUINT16);
}

static gboolean is_invisible(const Opendoc *doc) {
  g_autofree char *visibility = office_xml_attribute(&doc->xml, "visibility");
  return visibility && strcmp(visibility, "visible") != 0;
}

static void read_table(Opendoc *doc) {
  page_table_start(doc->flow.page);
  GString *line = g_steal_pointer(&doc->flow.line); /* a table within a text box */
  walk(doc);
  doc->flow.line = line;
  page_table_end(doc->flow.page);
}

static void read_row(Opendoc *doc) {
  if (is_invisible(doc)) {
    office_xml_skip(&doc->xml);
    return;
  }
  doc->covered = 0;
  walk(doc);
  page_row_end(doc->flow.page);
}

static void read_cell(Opendoc *doc) {
  guint repeated = attribute_count(doc, "number-columns-repeated");
  guint spanned = attribute_count(doc, "number-columns-spanned");
  page_cell_start(doc->flow.page);
  walk(doc);
  page_cell_end(doc->flow.page);
  doc->covered = spanned - 1;
  /* an empty cell that is repeated moves what follows to its column */
  for (guint i = 1; repeated <= CELLS_REPEATED_MAX && i < repeated; i++) {
    page_cell_start(doc->flow.page);
    page_cell_end(doc->flow.page);
  }
}

/* Covered by the cell above it: its column stays; by the one before it: nothing. */
static void read_covered_cell(Opendoc *doc) {
  guint repeated = attribute_count(doc, "number-columns-repeated");
  office_xml_skip(&doc->xml);
  for (guint i = 0; i < MIN(repeated, CELLS_REPEATED_MAX); i++) {
    if (doc->covered > 0) {
      doc->covered--;
      continue;
    }
    page_cell_start(doc->flow.page);
    page_cell_end(doc->flow.page);
  }
}

/* ---- the tree ---- */

static const struct {
  const char *name;
  void (*read)(Opendoc *doc);
} elements[] = {
    {"p", read_paragraph},
    {"h", read_paragraph},
    {"span", read_span},
    {"s", read_spaces},
    {"tab", read_tab},
    {"line-break", read_break},
    {"table", read_table},
    {"table-row", read_row},
    {"table-cell", read_cell},
    {"covered-table-cell", read_covered_cell},
    {"text-box", read_box},
    {"custom-shape", read_box},
    {"rect", read_box},
    {"section", read_section},
    {"control", read_control},
    {"content-control", read_content_control},
    {"fieldmark", read_field_mark},
    {"forms", read_forms},
    {"style", read_style},
    {"placeholder", read_nothing}, /* a prompt: nobody has overwritten it */
    {"tracked-changes", read_nothing},
    {"annotation", read_nothing},
    {"note", read_nothing},
    {"hidden-text", read_nothing},
    {"hidden-paragraph", read_nothing},
    {"binary-data", read_nothing},
    {"ruby-text", read_nothing},
    {"title", read_nothing}, /* of a picture */
    {"desc", read_nothing},
    {"event-listeners", read_nothing},
    {"meta", read_nothing},
    {"settings", read_nothing},
    {"scripts", read_nothing},
    {"font-face-decls", read_nothing},
    {"table-source", read_nothing},
    {"shapes", read_nothing},
};

/* Read what is in the element that was just opened, and pass its end. */
static void walk(Opendoc *doc) {
  for (XmlStep step; (step = office_xml_next(&doc->xml)) != XML_STEP_END;) {
    if (step == XML_STEP_CLOSE) return;
    if (step == XML_STEP_TEXT) append_folded(doc, office_xml_text(&doc->xml));
    if (step != XML_STEP_OPEN) continue;
    if (page_full(doc->flow.page)) {
      office_xml_skip(&doc->xml);
      continue;
    }
    void (*read)(Opendoc *) = walk;
    for (gsize i = 0; i < G_N_ELEMENTS(elements); i++)
      if (office_xml_is(&doc->xml, elements[i].name)) read = elements[i].read;
    read(doc);
  }
}

/* ---- the document ---- */

static gboolean is_wanted(const char *path) {
  return strcmp(path, "content.xml") == 0 || strcmp(path, "styles.xml") == 0;
}

/* FALSE: it ended where it should not. */
static gboolean read_part(Opendoc *doc, GBytes *bytes, gboolean running) {
  if (!office_xml_open(&doc->xml, bytes)) return FALSE;
  guint first = doc->text->lines->len;
  doc->flow.page = page_new(doc->text, doc->limits, doc->part->index);
  walk(doc);
  page_free(doc->flow.page);
  gboolean whole = !doc->xml.broken;
  office_xml_close(&doc->xml);
  for (guint k = first; running && k < doc->text->lines->len; k++)
    ((TextLine *)doc->text->lines->pdata[k])->header = TRUE;
  return whole;
}

static gboolean is_flat(GBytes *content) {
  gsize size = 0;
  const char *data = g_bytes_get_data(content, &size);
  return data && memmem(data, MIN(size, 4096), "office:document", strlen("office:document"));
}

gboolean opendoc_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  gboolean zip = package_is_zip(part->content);
  if (!zip && !is_flat(part->content)) return FALSE;
  g_autoptr(Package) package = zip ? package_open(part->content, limits, is_wanted, text) : NULL;
  g_autoptr(GHashTable) styles = opendoc_styles_new();
  g_autoptr(GHashTable) controls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  Opendoc doc = {
      .text = text, .limits = limits, .part = part, .styles = styles, .controls = controls};
  GBytes *heads = zip ? package_find(package, "styles.xml") : NULL;
  GBytes *content = zip ? package_find(package, "content.xml") : part->content;
  gboolean whole = !heads || read_part(&doc, heads, TRUE);
  whole = content && read_part(&doc, content, FALSE) && whole;
  const char *fault = zip ? package_fault(package) : NULL;
  if (!fault && !whole) fault = "damaged";
  if (fault) package_report(fault, part, text);
  return TRUE;
}
