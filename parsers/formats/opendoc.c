/* opendoc - OpenDocument texts and sheets (.odt, .ods, their templates, the flat .fodt) to lines.
 *
 * Running heads first, then the content. Deleted, struck-out and hidden text is out, form controls
 * and input fields show their value, rows of sheets are lines with tabs as people see them. */
#include <stdlib.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/opendoc_internal.h"
#include "parsers/formats/package.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum {
  SPACES_MAX = 200, /* of one text:s */
  CELLS_REPEATED_MAX = 20,
  ENTRIES_MAX = 200,       /* of a drop-down list */
  FLAT_START_BYTES = 4096, /* where a file that is XML says what it is */
};

static gboolean is_shown(const Opendoc *doc) {
  return doc->hide == 0 && !doc->look.struck && !doc->look.hidden && doc->flow.line;
}

static void append(Opendoc *doc, const char *text) {
  if (!is_shown(doc)) return;
  font_text(doc->flow.line, text, strlen(text), doc->look.font, FALSE);
  doc->after_space = FALSE;
}

static void append_sign(Opendoc *doc, const char *sign) {
  if (!is_shown(doc)) return;
  g_string_append(doc->flow.line, sign);
  doc->after_space = FALSE;
}

/* White space is folded, as in HTML (6.1.2): line breaks of the file mean nothing. */
static void append_folded(Opendoc *doc, const char *text) {
  if (!is_shown(doc)) return;
  g_autoptr(GString) folded = g_string_sized_new(strlen(text));
  gboolean after_space = doc->after_space;
  for (const char *p = text; *p; p++) {
    gboolean space = strchr(" \t\r\n", *p) != NULL;
    if (!space || !after_space) g_string_append_c(folded, space ? ' ' : *p);
    after_space = space;
  }
  append(doc, folded->str);
  doc->after_space = after_space;
}

/* Something that stands in the line like a word: a control, a text box. */
static void append_apart(Opendoc *doc, const char *text) {
  if (!is_shown(doc) || !*text) return;
  const GString *line = doc->flow.line;
  if (line->len && !strchr(" \t\n", line->str[line->len - 1])) append_sign(doc, " ");
  append_sign(doc, text);
  append_sign(doc, " ");
  doc->after_space = TRUE;
}

/* ---- text ---- */

static void read_span(Opendoc *doc) {
  OpendocLook outer = doc->look;
  g_autofree char *name = office_xml_attribute(&doc->xml, "style-name");
  opendoc_styles_apply(doc->styles, "text", name, &doc->look);
  opendoc_walk(doc);
  doc->look = outer;
}

/* The tick box that the list draws before the entry. */
static void append_mark(Opendoc *doc) {
  const char *mark = doc->mark_due && doc->list
                         ? opendoc_styles_mark(doc->styles, doc->list, doc->list_level)
                         : NULL;
  doc->mark_due = FALSE;
  if (mark) append_apart(doc, mark);
}

/* What the open paragraph has of its own, kept while one within it is read. */
typedef struct {
  OpendocLook look;
  OpendocFloats *floats;
  gboolean hide_line, after_space;
  gsize instruction;
} Outer;

static void read_paragraph(Opendoc *doc) {
  Outer outer = {doc->look, doc->floats, doc->hide_line, doc->after_space, doc->instruction};
  g_autoptr(OpendocFloats) floats = opendoc_floats_new();
  g_autofree char *name = office_xml_attribute(&doc->xml, "style-name");
  FlowOuter around = flow_begin(&doc->flow);
  doc->look = doc->cell;
  doc->floats = floats;
  doc->hide_line = FALSE;
  doc->after_space = TRUE;
  doc->instruction = 0;
  opendoc_styles_apply(doc->styles, "paragraph", name, &doc->look);
  append_mark(doc);
  opendoc_walk(doc);
  if (doc->hide == 0) opendoc_floats_lines(floats, doc->flow.boxes);
  if (doc->hide_line) g_string_truncate(doc->flow.line, 0);
  doc->look = outer.look;
  doc->floats = outer.floats;
  doc->hide_line = outer.hide_line;
  doc->after_space = outer.after_space;
  doc->instruction = outer.instruction;
  flow_end(&doc->flow, around);
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

/* Lines of the box that was just opened stand beside its paragraph or below it; a line of a box
 * that is set like a character stands in its place. */
static void read_box(Opendoc *doc) {
  if (!doc->flow.line) { /* on the page */
    opendoc_walk(doc);
    return;
  }
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  GPtrArray *outer = doc->flow.boxes;
  gboolean in_line = doc->in_line;
  guint boxed = doc->flow.boxed;
  doc->flow.boxes = lines;
  doc->flow.boxed = 1;
  opendoc_walk(doc);
  doc->flow.boxes = outer;
  doc->flow.boxed = boxed;
  if (in_line && lines->len == 1) {
    append_apart(doc, lines->pdata[0]);
    return;
  }
  g_ptr_array_extend_and_steal(outer, g_ptr_array_ref(lines));
}

/* draw:frame, or a shape that has text itself. */
static void with_anchor(Opendoc *doc, void (*read)(Opendoc *)) {
  gboolean outer = doc->in_line;
  g_autofree char *anchor = office_xml_attribute(&doc->xml, "anchor-type");
  if (anchor) doc->in_line = strcmp(anchor, "as-char") == 0;
  read(doc);
  doc->in_line = outer;
}

static void read_frame(Opendoc *doc) {
  with_anchor(doc, opendoc_walk);
}

static void read_shape(Opendoc *doc) {
  with_anchor(doc, read_box);
}

static void read_section(Opendoc *doc) {
  g_autofree char *display = office_xml_attribute(&doc->xml, "display");
  gboolean condition = g_strcmp0(display, "condition") == 0;
  if (g_strcmp0(display, "none") == 0 ||
      (condition && office_xml_is_on(&doc->xml, "is-hidden", FALSE)))
    office_xml_skip(&doc->xml);
  else
    opendoc_walk(doc);
}

static void read_hidden_text(Opendoc *doc) {
  if (office_xml_is_on(&doc->xml, "is-hidden", TRUE))
    office_xml_skip(&doc->xml);
  else
    opendoc_walk(doc);
}

static void read_hidden_paragraph(Opendoc *doc) {
  if (office_xml_is_on(&doc->xml, "is-hidden", TRUE)) doc->hide_line = TRUE;
  office_xml_skip(&doc->xml);
}

static void read_list(Opendoc *doc) {
  g_autofree char *style = office_xml_attribute(&doc->xml, "style-name");
  const char *outer = doc->list;
  if (style) doc->list = style;
  doc->list_level++;
  opendoc_walk(doc);
  doc->list_level--;
  doc->list = outer;
}

static void read_list_item(Opendoc *doc) {
  g_autofree char *style = office_xml_attribute(&doc->xml, "style-override");
  const char *outer = doc->list;
  if (style) doc->list = style;
  doc->mark_due = TRUE;
  opendoc_walk(doc);
  doc->mark_due = FALSE;
  doc->list = outer;
}

/* ---- fields and controls ---- */

/* Where a control is shown: in the line, or floating beside it. */
static void read_control(Opendoc *doc) {
  g_autofree char *id = office_xml_attribute(&doc->xml, "control");
  g_autofree char *anchor = office_xml_attribute(&doc->xml, "anchor-type");
  const char *text = id ? g_hash_table_lookup(doc->controls, id) : NULL;
  gboolean in_line = doc->flow.line && g_strcmp0(anchor, "as-char") == 0;
  if (text && *text && in_line)
    append_apart(doc, text);
  else if (text && *text && doc->hide == 0)
    opendoc_floats_add(doc->floats, &doc->xml, text);
  office_xml_skip(&doc->xml);
}

/* An input field whose text is its own prompt is not filled in. */
static void read_input(Opendoc *doc) {
  g_autofree char *prompt = office_xml_attribute(&doc->xml, "description");
  gsize before = doc->flow.line ? doc->flow.line->len : 0;
  opendoc_walk(doc);
  if (!prompt || !doc->flow.line || before > doc->flow.line->len) return;
  g_autofree char *text = g_strstrip(g_strdup(doc->flow.line->str + before));
  if (*text && strcmp(g_strstrip(prompt), text) == 0) g_string_truncate(doc->flow.line, before);
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
  opendoc_walk(doc);
  doc->hide -= prompt ? 1 : 0;
}

/* A legacy form field of Word: the state of a box, the entries of a list are parameters of it. */
static void read_field_mark(Opendoc *doc) {
  g_autofree char *type = office_xml_attribute(&doc->xml, "type");
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
  gboolean box = type && g_str_has_suffix(type, "FORMCHECKBOX"), on = FALSE;
  guint64 chosen = G_MAXUINT;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&doc->xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    g_autofree char *name = office_xml_attribute(&doc->xml, "name");
    g_autofree char *value = office_xml_attribute(&doc->xml, "value");
    if (!name || !value) continue;
    if (strcmp(name, "Checkbox_Checked") == 0) on = office_xml_is_on(&doc->xml, "value", FALSE);
    if (strcmp(name, "Dropdown_Selected") == 0) chosen = g_ascii_strtoull(value, NULL, 10);
    if (strcmp(name, "Dropdown_SelectedEntry") == 0) append(doc, value);
    if (strcmp(name, "Dropdown_ListEntry") == 0 && entries->len < ENTRIES_MAX)
      g_ptr_array_add(entries, g_steal_pointer(&value));
  }
  if (box) append_sign(doc, on ? TICKED : UNTICKED);
  if (chosen < entries->len) append(doc, entries->pdata[chosen]);
}

/* Between its start and its separator a form field holds an instruction, in its older form none. */
static void start_field(Opendoc *doc) {
  doc->instruction = doc->flow.line ? doc->flow.line->len + 1 : 0;
  office_xml_skip(&doc->xml);
}

static void separate_field(Opendoc *doc) {
  if (doc->instruction && doc->flow.line && doc->instruction - 1 <= doc->flow.line->len)
    g_string_truncate(doc->flow.line, doc->instruction - 1);
  doc->instruction = 0;
  office_xml_skip(&doc->xml);
}

static void read_forms(Opendoc *doc) {
  if (!opendoc_controls_add(&doc->xml, doc->controls)) doc->fault = "form_controls";
}

/* ---- tables ---- */

guint opendoc_count(const Opendoc *doc, const char *name, guint max) {
  g_autofree char *value = office_xml_attribute(&doc->xml, name);
  guint64 count = value ? g_ascii_strtoull(value, NULL, 10) : 1;
  return (guint)CLAMP(count, 1, max);
}

gboolean opendoc_is_invisible(const Opendoc *doc) {
  g_autofree char *visibility = office_xml_attribute(&doc->xml, "visibility");
  return visibility && strcmp(visibility, "visible") != 0;
}

static void read_table(Opendoc *doc) {
  g_autofree char *style = office_xml_attribute(&doc->xml, "style-name");
  if (opendoc_styles_hide_table(doc->styles, style)) {
    office_xml_skip(&doc->xml);
    return;
  }
  if (doc->is_calc) {
    opendoc_sheet(doc);
    return;
  }
  Flow outer = doc->flow; /* a table within a text box is one of the page */
  doc->flow = (Flow){.page = outer.page};
  page_table_start(doc->flow.page);
  opendoc_walk(doc);
  page_table_end(doc->flow.page);
  doc->flow = outer;
}

static void read_row(Opendoc *doc) {
  if (opendoc_is_invisible(doc)) {
    office_xml_skip(&doc->xml);
    return;
  }
  doc->covered = 0;
  opendoc_walk(doc);
  page_row_end(doc->flow.page);
}

static void read_cell(Opendoc *doc) {
  guint repeated = opendoc_count(doc, "number-columns-repeated", G_MAXUINT16);
  guint spanned = opendoc_count(doc, "number-columns-spanned", G_MAXUINT16);
  page_cell_start(doc->flow.page);
  opendoc_walk(doc);
  page_cell_end(doc->flow.page);
  doc->covered = spanned - 1;
  /* an empty cell that is repeated moves what follows to its column */
  for (guint i = 1; i < MIN(repeated, CELLS_REPEATED_MAX); i++) {
    page_cell_start(doc->flow.page);
    page_cell_end(doc->flow.page);
  }
}

/* Covered by the cell above it: its column stays; by the one before it: nothing. */
static void read_covered_cell(Opendoc *doc) {
  guint repeated = opendoc_count(doc, "number-columns-repeated", G_MAXUINT16);
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

/* ---- the document ---- */

static void read_document_body(Opendoc *doc) {
  if (doc->pass == OPENDOC_CONTENT)
    opendoc_walk(doc);
  else
    office_xml_skip(&doc->xml);
}

static void read_spreadsheet(Opendoc *doc) {
  doc->is_calc = TRUE;
  opendoc_walk(doc);
}

/* office:text; controls that are anchored to the page stand at its end. */
static void read_text_body(Opendoc *doc) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  opendoc_walk(doc);
  opendoc_floats_lines(doc->floats, lines);
  for (guint i = 0; i < lines->len; i++)
    page_line(doc->flow.page, lines->pdata[i], strlen(lines->pdata[i]), 0);
}

static void read_running(Opendoc *doc, OpendocPass pass) {
  if (doc->pass != pass || !office_xml_is_on(&doc->xml, "display", TRUE)) {
    office_xml_skip(&doc->xml);
    return;
  }
  guint first = doc->text->lines->len;
  opendoc_walk(doc);
  for (guint i = first; i < doc->text->lines->len; i++)
    ((TextLine *)doc->text->lines->pdata[i])->header = TRUE;
}

static void read_running_head(Opendoc *doc) {
  read_running(doc, OPENDOC_HEADS);
}

static void read_running_foot(Opendoc *doc) {
  read_running(doc, OPENDOC_FEET);
}

/* ---- the tree ---- */

typedef void (*ElementReader)(Opendoc *doc);

static const struct {
  const char *name;
  ElementReader read;
} elements[] = {
    {"p", read_paragraph},
    {"h", read_paragraph},
    {"span", read_span},
    {"s", read_spaces},
    {"tab", read_tab},
    {"line-break", read_break},
    {"list", read_list},
    {"list-item", read_list_item},
    {"table", read_table},
    {"table-row", read_row},
    {"table-cell", read_cell},
    {"covered-table-cell", read_covered_cell},
    {"frame", read_frame},
    {"text-box", read_box},
    {"custom-shape", read_shape},
    {"rect", read_shape},
    {"ellipse", read_shape},
    {"circle", read_shape},
    {"polygon", read_shape},
    {"path", read_shape},
    {"line", read_shape},
    {"caption", read_shape},
    {"section", read_section},
    {"hidden-text", read_hidden_text},
    {"hidden-paragraph", read_hidden_paragraph},
    {"control", read_control},
    {"text-input", read_input},
    {"content-control", read_content_control},
    {"fieldmark", read_field_mark},
    {"fieldmark-start", start_field},
    {"fieldmark-separator", separate_field},
    {"forms", read_forms},
    {"spreadsheet", read_spreadsheet},
    {"body", read_document_body},
    {"text", read_text_body},
    {"header", read_running_head},
    {"footer", read_running_foot},
    {"header-left", read_running_head},
    {"footer-left", read_running_foot},
    {"header-first", read_running_head},
    {"footer-first", read_running_foot},
    {"placeholder", read_nothing}, /* a prompt: nobody has overwritten it */
    {"tracked-changes", read_nothing},
    {"sheet-name", read_nothing}, /* of a running head: "???" */
    {"annotation", read_nothing},
    {"note", read_nothing},
    {"binary-data", read_nothing},
    {"object", read_nothing}, /* embedded: a chart, a formula */
    {"ruby-text", read_nothing},
    {"title", read_nothing}, /* of a picture */
    {"desc", read_nothing},
    {"event-listeners", read_nothing},
    {"meta", read_nothing},
    {"settings", read_nothing},
    {"scripts", read_nothing},
    {"table-of-content-source", read_nothing},
    {"content-validations", read_nothing},
    {"table-source", read_nothing},
    {"shapes", read_nothing},
};

static ElementReader reader_of(const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(elements); i++)
    if (*elements[i].name == *name && strcmp(elements[i].name, name) == 0) return elements[i].read;
  return opendoc_walk;
}

void opendoc_walk(Opendoc *doc) {
  for (XmlStep step; (step = office_xml_next(&doc->xml)) != XML_STEP_END;) {
    if (step == XML_STEP_CLOSE) return;
    if (step == XML_STEP_TEXT) append_folded(doc, office_xml_text(&doc->xml));
    if (step != XML_STEP_OPEN) continue;
    if (page_full(doc->flow.page)) {
      office_xml_skip(&doc->xml);
      continue;
    }
    if (opendoc_styles_read(doc->styles, &doc->xml)) continue;
    reader_of(office_xml_name(&doc->xml))(doc);
  }
}

/* ---- the file ---- */

static const char manifest_path[] = "META-INF/manifest.xml";

static gboolean is_wanted(const char *path) {
  return strcmp(path, "content.xml") == 0 || strcmp(path, "styles.xml") == 0 ||
         strcmp(path, manifest_path) == 0;
}

static gboolean has_words(GBytes *bytes, const char *words, gsize within) {
  gsize size = 0;
  const char *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
  return data && memmem(data, MIN(size, within), words, strlen(words));
}

/* FALSE: it ended where it should not. */
static gboolean read_part(Opendoc *doc, GBytes *bytes, OpendocPass pass) {
  if (!office_xml_open(&doc->xml, bytes)) return FALSE;
  g_autoptr(OpendocFloats) floats = opendoc_floats_new();
  doc->pass = pass;
  doc->floats = floats;
  doc->flow = (Flow){.page = page_new(doc->text, doc->limits, doc->part->index)};
  opendoc_styles_begin_part(doc->styles);
  opendoc_walk(doc);
  page_free(doc->flow.page);
  gboolean whole = !doc->xml.broken;
  office_xml_close(&doc->xml);
  doc->floats = NULL;
  return whole;
}

gboolean opendoc_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  gboolean zip = package_is_zip(part->content);
  if (!zip && !has_words(part->content, "office:document", FLAT_START_BYTES)) return FALSE;
  g_autoptr(Package) package = zip ? package_open(part->content, limits, is_wanted, text) : NULL;
  if (zip && has_words(package_find(package, manifest_path), "encryption-data", G_MAXSIZE)) {
    package_report("encrypted", part, text);
    return TRUE;
  }
  g_autoptr(OpendocStyles) styles = opendoc_styles_new();
  g_autoptr(GHashTable) controls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  Opendoc doc = {
      .text = text, .limits = limits, .part = part, .styles = styles, .controls = controls};
  GBytes *heads = zip ? package_find(package, "styles.xml") : part->content;
  GBytes *content = zip ? package_find(package, "content.xml") : part->content;
  gboolean whole = !heads || read_part(&doc, heads, OPENDOC_HEADS);
  whole = content && read_part(&doc, content, OPENDOC_CONTENT) && whole;
  if (heads) read_part(&doc, heads, OPENDOC_FEET);
  const char *fault = zip ? package_fault(package) : NULL;
  if (!fault) fault = whole ? doc.fault : "damaged";
  if (fault) package_report(fault, part, text);
  return TRUE;
}
