/* opendoc_style - see opendoc_style.h. OpenDocument 1.2, 16 (styles) and 13 (form content). */
#include "parsers/formats/opendoc_style.h"

#include <string.h>

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum { STYLES_MAX = 5000, PARENTS_MAX = 10, CONTROLS_MAX = 2000 };

static void style_free(gpointer data) {
  g_free(((OpendocStyle *)data)->parent);
  g_free(data);
}

GHashTable *opendoc_styles_new(void) {
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
}

static void read_text_properties(OfficeXml *xml, OpendocStyle *style) {
  style->struck = style->struck || office_xml_is_on(xml, "text-line-through-style", FALSE) ||
                  office_xml_is_on(xml, "text-line-through-type", FALSE);
  g_autofree char *display = office_xml_attribute(xml, "display");
  if (g_strcmp0(display, "none") == 0) style->hidden = TRUE;
  g_autofree char *name = office_xml_attribute(xml, "font-name");
  g_autofree char *family = office_xml_attribute(xml, "font-family");
  if (name || family) style->font = font_named(family ? family : name, style->font);
}

void opendoc_style_add(OfficeXml *xml, GHashTable *styles) {
  char *name = office_xml_attribute(xml, "name");
  OpendocStyle *style = g_new0(OpendocStyle, 1);
  style->parent = office_xml_attribute(xml, "parent-style-name");
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    if (office_xml_is(xml, "text-properties")) read_text_properties(xml, style);
  }
  if (name && g_hash_table_size(styles) < STYLES_MAX) {
    g_hash_table_replace(styles, name, style);
  } else {
    g_free(name);
    style_free(style);
  }
}

OpendocStyle opendoc_style_of(GHashTable *styles, const char *name, OpendocStyle outer) {
  OpendocStyle result = outer;
  for (guint n = 0; n < PARENTS_MAX && name; n++) {
    const OpendocStyle *style = g_hash_table_lookup(styles, name);
    if (!style) break;
    result.struck = result.struck || style->struck;
    result.hidden = result.hidden || style->hidden;
    if (n == 0 || result.font == FONT_TEXT) result.font = style->font;
    name = style->parent;
  }
  return result;
}

/* ---- form controls ---- */

/* The chosen entry of a list, which was just opened; passes its end. */
static char *chosen_entry(OfficeXml *xml) {
  char *chosen = NULL;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    if (!chosen && office_xml_is_on(xml, "current-selected", FALSE))
      chosen = office_xml_attribute(xml, "label");
  }
  return chosen;
}

/* What the control shows; *ret_passed: its end was passed already. NULL: nothing. */
static char *control_text(OfficeXml *xml, gboolean *ret_passed) {
  g_autofree char *name = g_strdup(office_xml_name(xml));
  g_autofree char *label = office_xml_attribute(xml, "label");
  if (strcmp(name, "checkbox") == 0 || strcmp(name, "radio") == 0) {
    g_autofree char *state = office_xml_attribute(xml, "current-state");
    if (!state) state = office_xml_attribute(xml, "state");
    gboolean on =
        g_strcmp0(state, "checked") == 0 ||
        office_xml_is_on(xml, "current-selected", office_xml_is_on(xml, "selected", FALSE));
    return g_strjoin(label && *label ? " " : "", on ? TICKED : UNTICKED, label ? label : "", NULL);
  }
  if (strcmp(name, "listbox") == 0) {
    *ret_passed = TRUE;
    return chosen_entry(xml);
  }
  if (strcmp(name, "fixed-text") == 0) return g_steal_pointer(&label);
  char *value = office_xml_attribute(xml, "current-value");
  return value ? value : office_xml_attribute(xml, "value");
}

void opendoc_controls_add(OfficeXml *xml, GHashTable *controls) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    char *id = office_xml_attribute(xml, "id");
    gboolean passed = FALSE;
    g_autofree char *text = id ? control_text(xml, &passed) : NULL;
    depth += passed ? 0 : 1;
    if (id && text && g_hash_table_size(controls) < CONTROLS_MAX)
      g_hash_table_replace(controls, id, g_steal_pointer(&text));
    else
      g_free(id);
  }
}
