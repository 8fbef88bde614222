/* docx - Word's .docx to lines (ECMA-376 Part 1, WordprocessingML).
 *
 * Streams through headers, the document and footers. What was inserted is in, what was deleted or
 * struck out is out; content controls and legacy form fields show their value, tick boxes of every
 * make their state. */
#include <stdlib.h>
#include <string.h>

#include "parsers/formats/docx_style.h"
#include "parsers/formats/flow.h"
#include "parsers/formats/format.h"
#include "parsers/formats/package.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum { FIELDS_MAX = 20, ENTRIES_MAX = 200 /* of a drop-down list */ };

typedef struct {
  gboolean in_result;
  gboolean silent; /* its result says nothing that was not said */
} Field;

typedef struct {
  OfficeXml xml;
  Text *text;
  const Wire__Limits *limits;
  const MimePart *part;
  Flow flow;
  GHashTable *styles;
  RunStyle paragraph, run;
  Field fields[FIELDS_MAX];
  guint n_fields;
  guint hide; /* within so many things that are not shown */
} Docx;

static void walk(Docx *docx);

/* ---- text ---- */

static gboolean is_shown(const Docx *docx) {
  if (docx->hide > 0 || docx->run.struck || docx->run.hidden || !docx->flow.line) return FALSE;
  for (guint i = 0; i < docx->n_fields && i < FIELDS_MAX; i++)
    if (!docx->fields[i].in_result || docx->fields[i].silent) return FALSE;
  return TRUE;
}

static void append(Docx *docx, const char *text) {
  if (is_shown(docx)) font_text(docx->flow.line, text, strlen(text), docx->run.font, FALSE);
}

/* A sign that no font turns into another. */
static void append_sign(Docx *docx, const char *sign) {
  if (is_shown(docx)) g_string_append(docx->flow.line, sign);
}

static void read_text(Docx *docx) {
  for (XmlStep step; (step = office_xml_next(&docx->xml)) != XML_STEP_END;) {
    if (step == XML_STEP_CLOSE) return;
    if (step == XML_STEP_TEXT) append(docx, office_xml_text(&docx->xml));
    if (step == XML_STEP_OPEN) office_xml_skip(&docx->xml);
  }
}

/* w:sym: a character of a symbol font by its code. */
static void read_symbol(Docx *docx) {
  g_autofree char *font = office_xml_attribute(&docx->xml, "font");
  g_autofree char *code = office_xml_attribute(&docx->xml, "char");
  char text[8] = "";
  guint64 sign = code ? g_ascii_strtoull(code, NULL, 16) : 0;
  if (sign > 0 && sign < 0x10000) g_unichar_to_utf8((gunichar)sign, text);
  Font own = docx->run.font;
  docx->run.font = font_named(font ? font : "", own);
  append(docx, text);
  docx->run.font = own;
  office_xml_skip(&docx->xml);
}

/* ---- legacy form fields (17.16) ---- */

typedef struct {
  gboolean check, list;
  gboolean checked, chosen;
  guint entry;
  GPtrArray *entries;
} FormField;

static void read_form_field(Docx *docx, FormField *field) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&docx->xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    const char *name = office_xml_name(&docx->xml);
    g_autofree char *value = office_xml_attribute(&docx->xml, "val");
    if (strcmp(name, "checkBox") == 0) field->check = TRUE;
    if (strcmp(name, "ddList") == 0) field->list = TRUE;
    if (strcmp(name, "checked") == 0 ||
        (strcmp(name, "default") == 0 && field->check && !field->chosen)) {
      field->chosen = field->chosen || strcmp(name, "checked") == 0;
      field->checked = office_xml_is_on(&docx->xml, "val", TRUE);
    }
    if (strcmp(name, "result") == 0 && value)
      field->entry = (guint)g_ascii_strtoull(value, NULL, 10);
    if (strcmp(name, "listEntry") == 0 && value && field->entries->len < ENTRIES_MAX)
      g_ptr_array_add(field->entries, g_steal_pointer(&value));
  }
}

/* What a form field shows where it begins; TRUE: nothing of its result is needed. */
static gboolean show_form_field(Docx *docx) {
  FormField field = {.entries = g_ptr_array_new_with_free_func(g_free)};
  read_form_field(docx, &field);
  gboolean shown = field.check || field.list;
  if (field.check) append_sign(docx, field.checked ? TICKED : UNTICKED);
  if (field.list && field.entry < field.entries->len)
    append(docx, g_ptr_array_index(field.entries, field.entry));
  g_ptr_array_unref(field.entries);
  return shown;
}

static void begin_field(Docx *docx) {
  gboolean silent = FALSE;
  for (guint depth = 1; depth > 0;) { /* w:ffData is in it */
    XmlStep step = office_xml_next(&docx->xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&docx->xml, "ffData"))
      silent = show_form_field(docx);
    else
      depth++;
  }
  if (docx->n_fields < FIELDS_MAX) docx->fields[docx->n_fields] = (Field){FALSE, silent};
  docx->n_fields++;
}

static void read_field_mark(Docx *docx) {
  g_autofree char *type = office_xml_attribute(&docx->xml, "fldCharType");
  if (g_strcmp0(type, "begin") == 0) {
    begin_field(docx);
    return;
  }
  if (g_strcmp0(type, "separate") == 0 && docx->n_fields > 0 && docx->n_fields <= FIELDS_MAX)
    docx->fields[docx->n_fields - 1].in_result = TRUE;
  if (g_strcmp0(type, "end") == 0 && docx->n_fields > 0) docx->n_fields--;
  office_xml_skip(&docx->xml);
}

/* ---- content controls (17.5.2) ---- */

typedef struct {
  gboolean box, checked; /* a tick box, as Word 2010 and later have it */
  gboolean prompt;       /* shows its prompt: nothing was entered */
} Control;

static void read_control_properties(Docx *docx, Control *control) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&docx->xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    const char *name = office_xml_name(&docx->xml);
    if (strcmp(name, "checkbox") == 0) control->box = TRUE;
    if (strcmp(name, "checked") == 0) control->checked = office_xml_is_on(&docx->xml, "val", TRUE);
    if (strcmp(name, "showingPlcHdr") == 0)
      control->prompt = office_xml_is_on(&docx->xml, "val", TRUE);
  }
}

static void read_control(Docx *docx) {
  Control control = {0};
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&docx->xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&docx->xml, "sdtPr")) {
      read_control_properties(docx, &control);
    } else if (!office_xml_is(&docx->xml, "sdtContent")) {
      office_xml_skip(&docx->xml);
    } else if (control.box && docx->flow.line) {
      docx->run = docx->paragraph;
      append_sign(docx, control.checked ? TICKED : UNTICKED);
      office_xml_skip(&docx->xml);
    } else {
      gboolean prompt = control.prompt && !control.box;
      docx->hide += prompt ? 1 : 0;
      walk(docx);
      docx->hide -= prompt ? 1 : 0;
    }
  }
}

/* ---- paragraphs ---- */

static void read_paragraph(Docx *docx) {
  RunStyle outer_style = docx->paragraph, outer_run = docx->run;
  FlowOuter outer = flow_begin(&docx->flow);
  docx->paragraph = docx->run = (RunStyle){0};
  walk(docx);
  flow_end(&docx->flow, outer);
  docx->paragraph = outer_style;
  docx->run = outer_run;
}

static void read_paragraph_style(Docx *docx) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&docx->xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(&docx->xml, "rPr") ||
        g_str_has_suffix(office_xml_name(&docx->xml), "Change")) {
      office_xml_skip(&docx->xml); /* of the paragraph's mark, or how it was before */
      continue;
    }
    depth++;
    if (!office_xml_is(&docx->xml, "pStyle")) continue;
    g_autofree char *id = office_xml_attribute(&docx->xml, "val");
    const RunStyle *style = id ? g_hash_table_lookup(docx->styles, id) : NULL;
    if (style) docx->paragraph = docx->run = *style;
  }
}

/* ---- the tree ---- */

/* Of two ways to say the same the first is read: text boxes are in both. */
static void read_alternatives(Docx *docx) {
  gboolean taken = FALSE;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&docx->xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (taken)
      office_xml_skip(&docx->xml);
    else
      walk(docx);
    taken = TRUE;
  }
}

static void read_row(Docx *docx) {
  guint hidden = docx->hide;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(&docx->xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    const char *name = office_xml_name(&docx->xml);
    if (strcmp(name, "tc") == 0) {
      page_cell_start(docx->flow.page);
      walk(docx);
      page_cell_end(docx->flow.page);
    } else if (strcmp(name, "sdt") == 0) {
      read_control(docx);
    } else {
      if (strcmp(name, "del") == 0) docx->hide = hidden + 1; /* in w:trPr: a deleted row */
      depth++;
    }
  }
  docx->hide = hidden;
  page_row_end(docx->flow.page);
}

static void read_table(Docx *docx) {
  page_table_start(docx->flow.page);
  walk(docx);
  page_table_end(docx->flow.page);
}

static void read_cell(Docx *docx) { /* within a control */
  page_cell_start(docx->flow.page);
  walk(docx);
  page_cell_end(docx->flow.page);
}

static void read_run(Docx *docx) {
  docx->run = docx->paragraph;
  walk(docx);
  docx->run = docx->paragraph;
}

static void read_run_style(Docx *docx) {
  docx_run_style(&docx->xml, docx->styles, &docx->run);
}

static void read_box(Docx *docx) {
  docx->flow.boxed++;
  walk(docx);
  docx->flow.boxed--;
}

static void read_tab(Docx *docx) {
  append_sign(docx, "\t");
  office_xml_skip(&docx->xml);
}

static void read_break(Docx *docx) {
  append_sign(docx, "\n");
  office_xml_skip(&docx->xml);
}

static void read_hyphen(Docx *docx) {
  append_sign(docx, "-");
  office_xml_skip(&docx->xml);
}

static void read_nothing(Docx *docx) {
  office_xml_skip(&docx->xml);
}

typedef void (*ElementReader)(Docx *docx);

static const struct {
  const char *name;
  ElementReader read;
} elements[] = {
    {"p", read_paragraph},
    {"r", read_run},
    {"t", read_text},
    {"rPr", read_run_style},
    {"pPr", read_paragraph_style},
    {"tbl", read_table},
    {"tr", read_row},
    {"tc", read_cell},
    {"tab", read_tab},
    {"ptab", read_tab},
    {"br", read_break},
    {"cr", read_break},
    {"noBreakHyphen", read_hyphen},
    {"sym", read_symbol},
    {"fldChar", read_field_mark},
    {"sdt", read_control},
    {"txbxContent", read_box},
    {"AlternateContent", read_alternatives},
    {"del", read_nothing},
    {"moveFrom", read_nothing},
    {"delText", read_nothing},
    {"instrText", read_nothing},
    {"delInstrText", read_nothing},
    {"sectPr", read_nothing},
    {"tblPr", read_nothing},
    {"tblGrid", read_nothing},
    {"tcPr", read_nothing},
    {"tblPrEx", read_nothing},
    {"sdtPr", read_nothing},
    {"ruby", walk}, /* its base and its reading are runs: the reading is passed over below */
    {"rt", read_nothing},
    {"binData", read_nothing},
};

static ElementReader reader_of(const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(elements); i++)
    if (*elements[i].name == *name && strcmp(elements[i].name, name) == 0) return elements[i].read;
  return walk;
}

/* Read what is in the element that was just opened, and pass its end. */
static void walk(Docx *docx) {
  for (XmlStep step; (step = office_xml_next(&docx->xml)) != XML_STEP_END;) {
    if (step == XML_STEP_CLOSE) return;
    if (step != XML_STEP_OPEN) continue;
    if (page_full(docx->flow.page)) {
      office_xml_skip(&docx->xml);
      continue;
    }
    reader_of(office_xml_name(&docx->xml))(docx);
  }
}

/* ---- the document ---- */

static gboolean is_wanted(const char *path) {
  const char *file = strrchr(path, '/');
  file = file ? file + 1 : path;
  return g_str_has_suffix(file, ".xml") &&
         (g_str_has_prefix(file, "document") || g_str_has_prefix(file, "header") ||
          g_str_has_prefix(file, "footer") || strcmp(file, "styles.xml") == 0);
}

/* Read the parts whose file name begins with `prefix`. FALSE: there is none. */
static gboolean read_parts(Docx *docx, const Package *package, const char *prefix,
                           gboolean *ret_broken) {
  gboolean found = FALSE;
  for (guint i = 0; i < package_count(package); i++) {
    const char *path = package_path(package, i), *file = strrchr(path, '/');
    if (!g_str_has_prefix(file ? file + 1 : path, prefix)) continue;
    found = TRUE;
    if (!office_xml_open(&docx->xml, package_bytes(package, i))) continue;
    docx->n_fields = docx->hide = 0;
    docx->flow.page = page_new(docx->text, docx->limits, docx->part->index);
    guint first = docx->text->lines->len;
    walk(docx);
    page_free(docx->flow.page);
    *ret_broken = *ret_broken || docx->xml.broken;
    office_xml_close(&docx->xml);
    gboolean running = strcmp(prefix, "document") != 0;
    for (guint k = first; running && k < docx->text->lines->len; k++)
      ((TextLine *)docx->text->lines->pdata[k])->header = TRUE;
  }
  return found;
}

gboolean docx_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  if (!package_is_zip(part->content)) return FALSE;
  g_autoptr(Package) package = package_open(part->content, limits, is_wanted, text);
  g_autoptr(GHashTable) styles = docx_styles_read(package_find(package, "word/styles.xml"));
  Docx docx = {.text = text, .limits = limits, .part = part, .styles = styles};
  gboolean broken = FALSE;
  read_parts(&docx, package, "header", &broken);
  gboolean found = read_parts(&docx, package, "document", &broken);
  read_parts(&docx, package, "footer", &broken);
  const char *fault = package_fault(package);
  if (!fault && (broken || !found)) fault = "damaged";
  if (fault) package_report(fault, part, text);
  return TRUE;
}
