/* docx_style - see docx_style.h. ECMA-376 Part 1, 17.3.2 (runs) and 17.7 (styles). */
#include "parsers/formats/docx_style.h"

#include <string.h>

enum { STYLES_MAX = 5000, BASED_ON_MAX = 10 };

typedef struct {
  RunStyle run;
  char *based_on; /* NULL: on none */
} Style;

static void style_free(gpointer data) {
  g_free(((Style *)data)->based_on);
  g_free(data);
}

void docx_run_style(OfficeXml *xml, GHashTable *styles, RunStyle *style) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    const char *name = office_xml_name(xml);
    if (g_str_has_suffix(name, "Change")) { /* how it was before */
      office_xml_skip(xml);
      continue;
    }
    depth++;
    if (strcmp(name, "strike") == 0 || strcmp(name, "dstrike") == 0) {
      style->struck = office_xml_is_on(xml, "val", TRUE);
    } else if (strcmp(name, "vanish") == 0 || strcmp(name, "webHidden") == 0) {
      style->hidden = office_xml_is_on(xml, "val", TRUE);
    } else if (strcmp(name, "rFonts") == 0) {
      g_autofree char *ascii = office_xml_attribute(xml, "ascii");
      if (ascii) style->font = font_named(ascii, style->font);
    } else if (strcmp(name, "rStyle") == 0 && styles) {
      g_autofree char *id = office_xml_attribute(xml, "val");
      const RunStyle *named = id ? g_hash_table_lookup(styles, id) : NULL;
      if (named) *style = *named;
    }
  }
}

static Style *read_style(OfficeXml *xml) {
  Style *style = g_new0(Style, 1);
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(xml, "rPr")) {
      docx_run_style(xml, NULL, &style->run);
      continue;
    }
    if (office_xml_is(xml, "pPr") || office_xml_is(xml, "tblStylePr")) {
      office_xml_skip(xml);
      continue;
    }
    if (office_xml_is(xml, "basedOn") && !style->based_on)
      style->based_on = office_xml_attribute(xml, "val");
    depth++;
  }
  return style;
}

/* What the style shows, with what it is based on. */
static RunStyle resolved(GHashTable *all, const Style *style) {
  RunStyle run = style->run;
  for (guint n = 0; n < BASED_ON_MAX && style->based_on; n++) {
    style = g_hash_table_lookup(all, style->based_on);
    if (!style) break;
    run.struck = run.struck || style->run.struck;
    run.hidden = run.hidden || style->run.hidden;
    if (run.font == FONT_TEXT) run.font = style->run.font;
  }
  return run;
}

GHashTable *docx_styles_read(GBytes *bytes) {
  GHashTable *styles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
  OfficeXml xml;
  if (!bytes || !office_xml_open(&xml, bytes)) return styles;
  for (XmlStep step; (step = office_xml_next(&xml)) != XML_STEP_END;) {
    if (step != XML_STEP_OPEN || !office_xml_is(&xml, "style")) continue;
    char *id = office_xml_attribute(&xml, "styleId");
    Style *style = read_style(&xml);
    if (id && g_hash_table_size(all) < STYLES_MAX) {
      g_hash_table_replace(all, id, style);
    } else {
      g_free(id);
      style_free(style);
    }
  }
  office_xml_close(&xml);
  GHashTableIter iter;
  gpointer id = NULL, style = NULL;
  g_hash_table_iter_init(&iter, all);
  while (g_hash_table_iter_next(&iter, &id, &style)) {
    RunStyle run = resolved(all, style);
    if (run.struck || run.hidden || run.font != FONT_TEXT)
      g_hash_table_insert(styles, g_strdup(id), g_memdup2(&run, sizeof run));
  }
  return styles;
}
