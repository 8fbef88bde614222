/* opendoc_form - see opendoc_form.h. OpenDocument 1.2 part 1, 13 (form content). */
#include "parsers/formats/opendoc_form.h"

#include <stdlib.h>
#include <string.h>

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum { CONTROLS_MAX = 2000, FLOATS_MAX = 2000, SIDE_BY_SIDE_MM = 4, FAR_MM = 100000 };

/* ---- what they show ---- */

typedef enum { SHOWS_STATE, SHOWS_VALUE, SHOWS_LABEL, SHOWS_ENTRY } Shows;

/* Buttons, pictures, hidden values and passwords are not here: they answer nothing. */
static const struct {
  const char *name;
  Shows shows;
} kinds[] = {
    {"checkbox", SHOWS_STATE}, {"radio", SHOWS_STATE},          {"text", SHOWS_VALUE},
    {"textarea", SHOWS_VALUE}, {"formatted-text", SHOWS_VALUE}, {"number", SHOWS_VALUE},
    {"date", SHOWS_VALUE},     {"time", SHOWS_VALUE},           {"combobox", SHOWS_VALUE},
    {"file", SHOWS_VALUE},     {"fixed-text", SHOWS_LABEL},     {"frame", SHOWS_LABEL},
    {"listbox", SHOWS_ENTRY},
};

/* The chosen entries of a list, which was just opened; passes its end. */
static char *chosen_entries(OfficeXml *xml) {
  GString *chosen = g_string_new(NULL);
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    depth++;
    gboolean first = office_xml_is_on(xml, "selected", FALSE);
    if (!office_xml_is_on(xml, "current-selected", first)) continue;
    g_autofree char *label = office_xml_attribute(xml, "label");
    if (label && *label) g_string_append_printf(chosen, "%s%s", chosen->len ? ", " : "", label);
  }
  return g_string_free(chosen, FALSE);
}

static gboolean is_ticked(const OfficeXml *xml) {
  g_autofree char *state = office_xml_attribute(xml, "current-state");
  if (!state) state = office_xml_attribute(xml, "state");
  return g_strcmp0(state, "checked") == 0 ||
         office_xml_is_on(xml, "current-selected", office_xml_is_on(xml, "selected", FALSE));
}

/* *ret_passed: its end was passed already. NULL: nothing. The caller frees. */
static char *control_text(OfficeXml *xml, gboolean *ret_passed) {
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (!office_xml_is(xml, kinds[i].name)) continue;
    if (kinds[i].shows == SHOWS_ENTRY) {
      *ret_passed = TRUE;
      return chosen_entries(xml);
    }
    g_autofree char *label = office_xml_attribute(xml, "label");
    if (kinds[i].shows == SHOWS_LABEL) return g_steal_pointer(&label);
    if (kinds[i].shows == SHOWS_STATE)
      return g_strconcat(is_ticked(xml) ? TICKED : UNTICKED, label && *label ? " " : "", label,
                         NULL);
    char *value = office_xml_attribute(xml, "current-value");
    return value ? value : office_xml_attribute(xml, "value"); /* as it begins */
  }
  return NULL;
}

gboolean opendoc_controls_add(OfficeXml *xml, GHashTable *controls) {
  gboolean whole = TRUE;
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) break;
    if (step == XML_STEP_CLOSE) depth--;
    if (step != XML_STEP_OPEN) continue;
    char *id = office_xml_attribute(xml, "id");
    gboolean passed = FALSE;
    g_autofree char *text = id ? control_text(xml, &passed) : NULL;
    depth += passed ? 0 : 1;
    gboolean room = g_hash_table_size(controls) < CONTROLS_MAX;
    if (id && text && !room) whole = FALSE;
    if (id && text && room)
      g_hash_table_replace(controls, id, g_steal_pointer(&text));
    else
      g_free(id);
  }
  return whole;
}

/* ---- how they lie ---- */

typedef struct {
  char *text;
  int page, x, y; /* tenths of a millimetre */
  guint row, order;
} Float;

struct OpendocFloats {
  GArray *all; /* Float */
};

static void float_clear(gpointer data) {
  g_free(((Float *)data)->text);
}

OpendocFloats *opendoc_floats_new(void) {
  OpendocFloats *floats = g_new0(OpendocFloats, 1);
  floats->all = g_array_new(FALSE, TRUE, sizeof(Float));
  g_array_set_clear_func(floats->all, float_clear);
  return floats;
}

void opendoc_floats_free(OpendocFloats *floats) {
  if (!floats) return;
  g_array_unref(floats->all);
  g_free(floats);
}

/* "2.1cm" in tenths of a millimetre; 0 where there is none. */
static int length_of(const OfficeXml *xml, const char *name) {
  static const struct {
    const char *unit;
    double mm;
  } units[] = {{"cm", 10}, {"mm", 1}, {"in", 25.4}, {"pt", 25.4 / 72}, {"pc", 25.4 / 6}};
  g_autofree char *value = office_xml_attribute(xml, name);
  char *unit = NULL;
  double number = value ? g_ascii_strtod(value, &unit) : 0;
  for (gsize i = 0; unit && i < G_N_ELEMENTS(units); i++)
    if (strcmp(unit, units[i].unit) == 0) number *= units[i].mm;
  if (!(number > -FAR_MM && number < FAR_MM)) return 0;
  return (int)(number * 10);
}

void opendoc_floats_add(OpendocFloats *floats, const OfficeXml *xml, const char *text) {
  g_autofree char *page = office_xml_attribute(xml, "anchor-page-number");
  if (floats->all->len >= FLOATS_MAX) return; /* as many as there are controls */
  Float one = {.text = g_strdelimit(g_strdup(text), "\n\t", ' '),
               .page = page ? (int)MIN(g_ascii_strtoull(page, NULL, 10), 9999) : 0,
               .x = length_of(xml, "x"),
               .y = length_of(xml, "y"),
               .order = floats->all->len};
  g_array_append_val(floats->all, one);
}

static int compare_height(gconstpointer a, gconstpointer b) {
  const Float *p = a, *q = b;
  if (p->page != q->page) return p->page < q->page ? -1 : 1;
  if (p->y != q->y) return p->y < q->y ? -1 : 1;
  return p->order < q->order ? -1 : p->order > q->order;
}

static int compare_place(gconstpointer a, gconstpointer b) {
  const Float *p = a, *q = b;
  if (p->row != q->row) return p->row < q->row ? -1 : 1;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return p->order < q->order ? -1 : p->order > q->order;
}

void opendoc_floats_lines(OpendocFloats *floats, GPtrArray *lines) {
  Float *all = (Float *)(void *)floats->all->data;
  guint n = floats->all->len, top = 0;
  g_array_sort(floats->all, compare_height);
  for (guint i = 1; i < n; i++) {
    gboolean below = all[i].page != all[top].page || all[i].y - all[top].y > 10 * SIDE_BY_SIDE_MM;
    all[i].row = all[i - 1].row + (below ? 1 : 0);
    if (below) top = i;
  }
  g_array_sort(floats->all, compare_place);
  for (guint i = 0; i < n;) {
    guint row = all[i].row;
    GString *line = g_string_new(all[i++].text);
    for (; i < n && all[i].row == row; i++) g_string_append_printf(line, "\t%s", all[i].text);
    g_ptr_array_add(lines, g_string_free(line, FALSE));
  }
  g_array_set_size(floats->all, 0);
}
