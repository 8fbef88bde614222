/* html_style - see html_style.h. Style attributes alone: what a <style> sheet says is not read. */
#include "parsers/formats/html_style.h"

#include <stdlib.h>
#include <string.h>

#define TICKED 0x2612
#define UNTICKED 0x2610

enum { SYMBOL_RUN_MAX = 3 }; /* more letters in a symbol font are words in the wrong font */

/* ---- fonts ---- */

static const struct {
  const char *name;
  HtmlFont font;
} fonts[] = {
    {"wingdings", FONT_WINGDINGS},    {"wingdings 2", FONT_WINGDINGS_2},
    {"wingdings2", FONT_WINGDINGS_2}, {"webdings", FONT_WEBDINGS},
    {"symbol", FONT_SYMBOL},
};

/* Positions of tick boxes in the symbol fonts. */
static const struct {
  HtmlFont font;
  gunichar code, sign;
} boxes[] = {
    {FONT_WINGDINGS, 0xfe, TICKED},    {FONT_WINGDINGS, 0xfd, TICKED},
    {FONT_WINGDINGS, 0xfc, TICKED},    {FONT_WINGDINGS, 0xfb, TICKED},
    {FONT_WINGDINGS, 'x', TICKED},     {FONT_WINGDINGS, 'n', TICKED},
    {FONT_WINGDINGS, 0xa8, UNTICKED},  {FONT_WINGDINGS, 'o', UNTICKED},
    {FONT_WINGDINGS, 'q', UNTICKED},   {FONT_WINGDINGS, 'r', UNTICKED},
    {FONT_WINGDINGS_2, 'O', TICKED},   {FONT_WINGDINGS_2, 'P', TICKED},
    {FONT_WINGDINGS_2, 'Q', TICKED},   {FONT_WINGDINGS_2, 'R', TICKED},
    {FONT_WINGDINGS_2, 'S', TICKED},   {FONT_WINGDINGS_2, 'T', TICKED},
    {FONT_WINGDINGS_2, 'U', TICKED},   {FONT_WINGDINGS_2, 'V', TICKED},
    {FONT_WINGDINGS_2, 0xa2, TICKED},  {FONT_WINGDINGS_2, 0xa3, UNTICKED},
    {FONT_WINGDINGS_2, '*', UNTICKED}, {FONT_WEBDINGS, 'a', TICKED},
    {FONT_WEBDINGS, 'r', TICKED},      {FONT_WEBDINGS, 'g', TICKED},
    {FONT_WEBDINGS, 'c', UNTICKED},    {FONT_SYMBOL, 0xd6, TICKED},
};

/* Word's list marks use tick signs as mere bullets; only the boxes among them mean something. */
static gboolean is_bullet_sign(HtmlFont font, gunichar code) {
  return font != FONT_WINGDINGS || code == 0xfc || code == 0xfb || code == 'n' || code == 'x';
}

static gunichar box_sign(HtmlFont font, gunichar code) {
  if (code >= 0xf000 && code <= 0xf0ff) code -= 0xf000; /* Word's private use of symbol fonts */
  for (gsize i = 0; i < G_N_ELEMENTS(boxes); i++)
    if (boxes[i].font == font && boxes[i].code == code) return boxes[i].sign;
  return 0;
}

void html_font_text(GString *out, const char *text, gsize size, HtmlFont font, gboolean bullet) {
  const char *end = text + size;
  gboolean words = g_utf8_strlen(text, (gssize)size) > SYMBOL_RUN_MAX;
  if ((font == FONT_TEXT && !bullet) || (words && !bullet)) {
    g_string_append_len(out, text, (gssize)size);
    return;
  }
  for (const char *p = text; p < end; p = g_utf8_next_char(p)) {
    gunichar code = g_utf8_get_char(p), sign = box_sign(font, code);
    if (sign && !(bullet && is_bullet_sign(font, code)))
      g_string_append_unichar(out, sign);
    else if (!bullet)
      g_string_append_unichar(out, code);
    else if (font == FONT_TEXT && g_unichar_isalnum(code))
      g_string_append_unichar(out, code); /* "1." of a numbered list */
  }
}

static HtmlFont font_of(const char *families, HtmlFont inherited) {
  const char *p = families + strspn(families, " \t\"'");
  gsize length = strcspn(p, ",;\"'");
  while (length && p[length - 1] == ' ') length--;
  if (length == 0) return inherited;
  for (gsize i = 0; i < G_N_ELEMENTS(fonts); i++)
    if (strlen(fonts[i].name) == length && g_ascii_strncasecmp(p, fonts[i].name, length) == 0)
      return fonts[i].font;
  return FONT_TEXT;
}

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
  if (strstr(value, "line-through")) style->hidden = TRUE;
}
static void apply_family(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  style->font = font_of(value, style->font);
}
/* font: 7.0pt "Times New Roman" - the family stands last. */
static void apply_font(const char *value, HtmlStyle *style, HtmlBox *box) {
  (void)box;
  const char *quote = strpbrk(value, "\"'");
  const char *space = strrchr(value, ' ');
  if (quote || space) style->font = font_of(quote ? quote : space, style->font);
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
    style->font = font_of(value->str, style->font);
}
