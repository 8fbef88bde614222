/* font - see font.h. */
#include "parsers/formats/font.h"

#include <string.h>

#define TICKED 0x2612
#define UNTICKED 0x2610

enum { SYMBOL_RUN_MAX = 3 }; /* more letters in a symbol font are words in the wrong font */

static const struct {
  const char *name;
  Font font;
} fonts[] = {
    {"wingdings", FONT_WINGDINGS},    {"wingdings 2", FONT_WINGDINGS_2},
    {"wingdings2", FONT_WINGDINGS_2}, {"webdings", FONT_WEBDINGS},
    {"symbol", FONT_SYMBOL},          {"opensymbol", FONT_OPENSYMBOL},
    {"starsymbol", FONT_OPENSYMBOL},
};

/* Positions of tick boxes in the symbol fonts. */
static const struct {
  Font font;
  gunichar code, sign;
} boxes[] = {
    {FONT_WINGDINGS, 0xfe, TICKED},      {FONT_WINGDINGS, 0xfd, TICKED},
    {FONT_WINGDINGS, 0xfc, TICKED},      {FONT_WINGDINGS, 0xfb, TICKED},
    {FONT_WINGDINGS, 'x', TICKED},       {FONT_WINGDINGS, 'n', TICKED},
    {FONT_WINGDINGS, 0xa8, UNTICKED},    {FONT_WINGDINGS, 'o', UNTICKED},
    {FONT_WINGDINGS, 'q', UNTICKED},     {FONT_WINGDINGS, 'r', UNTICKED},
    {FONT_WINGDINGS_2, 'O', TICKED},     {FONT_WINGDINGS_2, 'P', TICKED},
    {FONT_WINGDINGS_2, 'Q', TICKED},     {FONT_WINGDINGS_2, 'R', TICKED},
    {FONT_WINGDINGS_2, 'S', TICKED},     {FONT_WINGDINGS_2, 'T', TICKED},
    {FONT_WINGDINGS_2, 'U', TICKED},     {FONT_WINGDINGS_2, 'V', TICKED},
    {FONT_WINGDINGS_2, 0xa2, TICKED},    {FONT_WINGDINGS_2, 0xa3, UNTICKED},
    {FONT_WINGDINGS_2, '*', UNTICKED},   {FONT_WEBDINGS, 'a', TICKED},
    {FONT_WEBDINGS, 'r', TICKED},        {FONT_WEBDINGS, 'g', TICKED},
    {FONT_WEBDINGS, 'c', UNTICKED},      {FONT_SYMBOL, 0xd6, TICKED},
    {FONT_OPENSYMBOL, 0xe4c1, TICKED},   {FONT_OPENSYMBOL, 0xe4c2, TICKED},
    {FONT_OPENSYMBOL, 0xe4c3, TICKED},   {FONT_OPENSYMBOL, 0xe4c4, TICKED},
    {FONT_OPENSYMBOL, 0xe007, TICKED},   {FONT_OPENSYMBOL, 0xe00b, UNTICKED},
    {FONT_OPENSYMBOL, 0xe470, UNTICKED}, {FONT_OPENSYMBOL, 0xe47b, UNTICKED},
};

/* Word's list marks use tick signs as mere bullets; only the boxes among them mean something. */
static gboolean is_bullet_sign(Font font, gunichar code) {
  if (font == FONT_OPENSYMBOL) return code == 0xe4c1 || code == 0xe4c2 || code == 0xe007;
  return font != FONT_WINGDINGS || code == 0xfc || code == 0xfb || code == 'n' || code == 'x';
}

static gunichar box_sign(Font font, gunichar code) {
  if (code >= 0xf000 && code <= 0xf0ff) code -= 0xf000; /* Word's private use of symbol fonts */
  for (gsize i = 0; i < G_N_ELEMENTS(boxes); i++)
    if (boxes[i].font == font && boxes[i].code == code) return boxes[i].sign;
  return 0;
}

void font_text(GString *out, const char *text, gsize size, Font font, gboolean bullet) {
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

Font font_named(const char *families, Font inherited) {
  const char *p = families + strspn(families, " \t\"'");
  gsize length = strcspn(p, ",;\"'");
  while (length && p[length - 1] == ' ') length--;
  if (length == 0) return inherited;
  for (gsize i = 0; i < G_N_ELEMENTS(fonts); i++)
    if (strlen(fonts[i].name) == length && g_ascii_strncasecmp(p, fonts[i].name, length) == 0)
      return fonts[i].font;
  return FONT_TEXT;
}
