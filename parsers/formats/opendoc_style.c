/* opendoc_style - see opendoc_style.h. OpenDocument 1.2 part 1, 16 (styles) and 20 (attributes). */
#include "parsers/formats/opendoc_style.h"

#include <string.h>

enum { STYLES_MAX = 10000, FONTS_MAX = 1000, PARENTS_MAX = 20, LEVELS_MAX = 10 };

/* A property that a style sets, or leaves to what is around it. */
typedef enum { UNSET, OFF, ON } Setting;

typedef struct {
  Setting struck, hidden;
  gboolean has_font, hidden_table;
  Font font;
  char *parent;            /* NULL: none */
  char *marks[LEVELS_MAX]; /* of a list style */
} Style;

struct OpendocStyles {
  GHashTable *fonts;     /* the name of a font face to its Font */
  GHashTable *named;     /* "family/name" to Style* */
  GHashTable *automatic; /* the same, of the part that is read */
};

static void style_free(gpointer data) {
  Style *style = data;
  g_free(style->parent);
  for (guint i = 0; i < LEVELS_MAX; i++) g_free(style->marks[i]);
  g_free(style);
}

OpendocStyles *opendoc_styles_new(void) {
  OpendocStyles *styles = g_new0(OpendocStyles, 1);
  styles->fonts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  styles->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
  styles->automatic = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
  return styles;
}

void opendoc_styles_free(OpendocStyles *styles) {
  if (!styles) return;
  g_hash_table_unref(styles->fonts);
  g_hash_table_unref(styles->named);
  g_hash_table_unref(styles->automatic);
  g_free(styles);
}

void opendoc_styles_begin_part(OpendocStyles *styles) {
  g_hash_table_remove_all(styles->automatic);
}

/* ---- reading ---- */

static void read_font_face(OpendocStyles *styles, const OfficeXml *xml) {
  char *name = office_xml_attribute(xml, "name");
  g_autofree char *family = office_xml_attribute(xml, "font-family");
  if (name && g_hash_table_size(styles->fonts) < FONTS_MAX)
    g_hash_table_replace(styles->fonts, name,
                         GINT_TO_POINTER(font_named(family ? family : name, FONT_TEXT)));
  else
    g_free(name);
}

/* The font that text properties name; FALSE: none. */
static gboolean font_of(const OpendocStyles *styles, const OfficeXml *xml, Font *ret_font) {
  g_autofree char *family = office_xml_attribute(xml, "font-family");
  g_autofree char *name = office_xml_attribute(xml, "font-name");
  gpointer font = NULL;
  if (!family && !name) return FALSE;
  if (name && g_hash_table_lookup_extended(styles->fonts, name, NULL, &font))
    *ret_font = (Font)GPOINTER_TO_INT(font);
  else
    *ret_font = font_named(family ? family : name, FONT_TEXT);
  return TRUE;
}

static void read_text_properties(const OpendocStyles *styles, const OfficeXml *xml, Style *style) {
  /* LibreOffice writes both, Word the type alone, OpenOffice.org 1 the last */
  static const char *const lines[] = {"text-line-through-style", "text-line-through-type",
                                      "text-crossing-out"};
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_autofree char *line = office_xml_attribute(xml, lines[i]);
    if (line) style->struck = strcmp(line, "none") == 0 ? OFF : ON;
  }
  g_autofree char *display = office_xml_attribute(xml, "display");
  if (display) style->hidden = strcmp(display, "none") == 0 ? ON : OFF;
  style->has_font = font_of(styles, xml, &style->font) || style->has_font;
}

/* Of the signs before a list's entries the tick boxes alone are kept. */
static char *mark_of(const char *sign, Font font) {
  static const char boxes[] = "☐☑☒□▢❏❐❑❒◻";
  g_autoptr(GString) mark = g_string_new(NULL);
  if (*sign && strstr(boxes, sign)) return g_strdup(sign);
  if (font != FONT_TEXT) font_text(mark, sign, strlen(sign), font, TRUE);
  return mark->len ? g_strdup(mark->str) : NULL;
}

/* A level of a list style, which was just opened, up to its end. */
static void read_level(const OpendocStyles *styles, OfficeXml *xml, Style *style) {
  g_autofree char *sign = office_xml_attribute(xml, "bullet-char");
  g_autofree char *number = office_xml_attribute(xml, "level");
  guint64 level = number ? g_ascii_strtoull(number, NULL, 10) : 0;
  Font font = FONT_TEXT;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    if (office_xml_is(xml, "text-properties")) font_of(styles, xml, &font);
  }
  if (!sign || level < 1 || level > LEVELS_MAX) return;
  g_free(style->marks[level - 1]);
  style->marks[level - 1] = mark_of(sign, font);
}

static void add_style(OpendocStyles *styles, GHashTable *table, OfficeXml *xml, gboolean list) {
  g_autofree char *name = office_xml_attribute(xml, "name");
  g_autofree char *family = office_xml_attribute(xml, "family");
  Style *style = g_new0(Style, 1);
  style->parent = office_xml_attribute(xml, "parent-style-name");
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    if (office_xml_is(xml, "list-level-style-bullet")) {
      read_level(styles, xml, style);
      continue;
    }
    depth++;
    if (office_xml_is(xml, "text-properties")) read_text_properties(styles, xml, style);
    if (office_xml_is(xml, "table-properties"))
      style->hidden_table = !office_xml_is_on(xml, "display", TRUE);
  }
  if (name && g_hash_table_size(table) < STYLES_MAX)
    g_hash_table_replace(table,
                         g_strconcat(list     ? "list"
                                     : family ? family
                                              : "",
                                     "/", name, NULL),
                         style);
  else
    style_free(style);
}

gboolean opendoc_styles_read(OpendocStyles *styles, OfficeXml *xml) {
  gboolean automatic = office_xml_is(xml, "automatic-styles");
  if (!automatic && !office_xml_is(xml, "styles") && !office_xml_is(xml, "font-face-decls"))
    return FALSE;
  GHashTable *table = automatic ? styles->automatic : styles->named;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    gboolean list = office_xml_is(xml, "list-style");
    if (list || office_xml_is(xml, "style")) {
      add_style(styles, table, xml, list);
      continue;
    }
    depth++;
    if (office_xml_is(xml, "font-face")) read_font_face(styles, xml);
  }
  return TRUE;
}

/* ---- asking ---- */

static const Style *find(const OpendocStyles *styles, const char *family, const char *name) {
  if (!name) return NULL;
  g_autofree char *key = g_strconcat(family, "/", name, NULL);
  const Style *style = g_hash_table_lookup(styles->automatic, key);
  return style ? style : g_hash_table_lookup(styles->named, key);
}

void opendoc_styles_apply(const OpendocStyles *styles, const char *family, const char *name,
                          OpendocLook *look) {
  const Style *chain[PARENTS_MAX] = {NULL};
  guint n = 0;
  for (const Style *style = find(styles, family, name); style && n < PARENTS_MAX;
       style = find(styles, family, style->parent))
    chain[n++] = style;
  while (n-- > 0) { /* what it is made from first */
    if (chain[n]->struck != UNSET) look->struck = chain[n]->struck == ON;
    if (chain[n]->hidden != UNSET) look->hidden = chain[n]->hidden == ON;
    if (chain[n]->has_font) look->font = chain[n]->font;
  }
}

const char *opendoc_styles_mark(const OpendocStyles *styles, const char *list, guint level) {
  const Style *style = find(styles, "list", list);
  return style && level >= 1 && level <= LEVELS_MAX ? style->marks[level - 1] : NULL;
}

gboolean opendoc_styles_hide_table(const OpendocStyles *styles, const char *name) {
  const Style *style = find(styles, "table", name);
  return style && style->hidden_table;
}
