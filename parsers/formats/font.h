/* font - the symbol fonts in which Office programs draw tick boxes. */
#pragma once
#include <glib.h>

typedef enum {
  FONT_TEXT,
  FONT_WINGDINGS,
  FONT_WINGDINGS_2,
  FONT_WEBDINGS,
  FONT_SYMBOL,
  FONT_OPENSYMBOL
} Font;

/* The font that a list of families names first ("Wingdings 2, serif"); `inherited` where it names
 * none. */
Font font_named(const char *families, Font inherited);

/* Append text that is set in `font`: tick boxes of the symbol fonts become ☒ or ☐. `bullet`: it is
 * a list's mark, of which boxes and numbers alone are kept. */
void font_text(GString *out, const char *text, gsize size, Font font, gboolean bullet);
