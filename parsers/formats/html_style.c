/* html_style - see html_style.h. Style attributes alone: what a <style> sheet says is not read. */
#include "parsers/formats/html_style.h"

#include <stdlib.h>
#include <string.h>

/* ---- declarations ---- */

static gboolean is_zero(const char *value) {
  char *end = NULL;
  double number = g_ascii_strtod(value, &end);
  return end > value && number <= 0;
}

static gboolean is_line(const char *value) {
  return strstr(value, "solid") || strstr(value, "double");
}

static void apply_display(const char *value, HtmlStyle *style, HtmlBox *box) {
  if (strcmp(value, "none") == 0) style->hidden = TRUE;
  if (strcmp(value, "block") == 0) box->block = TRUE;
}
static void apply_visibility(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  if (strcmp(value, "hidden") == 0 || strcmp(value, "collapse") == 0) style->hidden = TRUE;
}
static void apply_size(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  if (is_zero(value)) style->hidden = TRUE;
}
static void apply_mso_hide(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  if (strstr(value, "all")) style->hidden = TRUE;
}
static void apply_decoration(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  if (strstr(value, "line-through")) style->struck = TRUE;
}
static void apply_family(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  style->font = font_named(value, style->font);
}
/* font: 7.0pt "Times New Roman" - the family stands last. */
static void apply_font(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  const char *quote = strpbrk(value, "\"'");
  const char *space = strrchr(value, ' ');
  if (quote || space) style->font = font_named(quote ? quote : space, style->font);
}
static void apply_space(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  style->pre = g_str_has_prefix(value, "pre") || strcmp(value, "break-spaces") == 0;
}
static void apply_list(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  if (strcmp(value, "ignore") == 0) style->bullet = TRUE;
}
static void apply_border(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)style;
  if (g_str_has_prefix(value, "none") || is_zero(value)) box->border_none = TRUE;
}
static void apply_left(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)style;
  box->bar = is_line(value) != 0;
}
static void apply_top(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)style;
  box->divider = is_line(value) != 0;
}

static char *colour_key(const char *value) {
  static const char *const white[] = {"white", "#fff", "#ffffff", "rgb(255,255,255)", NULL};
  g_auto(GStrv) parts = g_strsplit(value, " ", -1);
  g_autofree char *tight = g_strjoinv("", parts);
  return g_strdup(g_strv_contains(white, tight) ? "white" : tight);
}
static void apply_colour(const char *value, HtmlStyle *style, HtmlBox *box) {
  g_autofree char *key = colour_key(value);
  if (strcmp(key, "transparent") == 0) style->hidden = TRUE;
  g_strlcpy(box->colour, key, sizeof box->colour);
}
static void apply_background(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)style;
  g_autofree char *key = colour_key(value);
  g_strlcpy(box->background, key, sizeof box->background);
}

static const struct {
  const char *property;
  void (*apply)(const char *value, HtmlStyle *style, HtmlBox *box);
} properties[] = {
    {"background", apply_background},
    {"background-color", apply_background},
    {"border", apply_border},
    {"border-left", apply_left},
    {"border-top", apply_top},
    {"color", apply_colour},
    {"display", apply_display},
    {"font", apply_font},
    {"font-family", apply_family},
    {"font-size", apply_size},
    {"max-height", apply_size},
    {"mso-hide", apply_mso_hide},
    {"mso-list", apply_list},
    {"opacity", apply_size},
    {"text-decoration", apply_decoration},
    {"text-decoration-line", apply_decoration},
    {"visibility", apply_visibility},
    {"white-space", apply_space},
};

static void apply_declaration(char *declaration, HtmlStyle *style, HtmlBox *box) {
  char *colon = strchr(declaration, ':');
  if (!colon) return;
  *colon = '\0';
  const char *name = g_strstrip(declaration);
  char *value = g_strstrip(colon + 1);
  char *important = strstr(value, "!important");
  if (important) *important = '\0';
  g_strchomp(value);
  for (gsize i = 0; i < G_N_ELEMENTS(properties); i++)
    if (strcmp(name, properties[i].property) == 0) properties[i].apply(value, style, box);
}

static void apply_css(GString *css, HtmlStyle *style, HtmlBox *box) {
  g_string_ascii_down(css);
  for (char *p = css->str; p;) {
    char *next = strchr(p, ';');
    if (next) *next++ = '\0';
    apply_declaration(p, style, box);
    p = next;
  }
}

void html_style_apply(const HtmlToken *token, HtmlStyle *style, HtmlBox *ret_box) {
  *ret_box = (HtmlBox){.block = FALSE};
  if (token->end - token->start < 6) return; /* the shortest that matters: "hidden" */
  g_autoptr(GString) value = g_string_new(NULL);
  if (html_attribute(token, "style", value)) apply_css(value, style, ret_box);
  if (ret_box->colour[0] && !strcmp(ret_box->colour, ret_box->background)) style->hidden = TRUE;
  if (html_attribute(token, "hidden", value)) style->hidden = TRUE;
  if (strcmp(token->name, "font") == 0 && html_attribute(token, "face", value))
    style->font = font_named(value->str, style->font);
}
