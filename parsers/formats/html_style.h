/* html_style - what an element's attributes say about how its text is shown. Private to html. */
#pragma once
#include "parsers/formats/font.h"
#include "parsers/formats/html_token.h"

/* Handed down from element to element. */
typedef struct {
  gboolean hidden; /* not shown */
  gboolean struck;
  gboolean pre;    /* white space and line breaks count */
  gboolean bullet; /* Word's mark before a list item */
  Font font;
  guint quote_depth;
} HtmlStyle;

/* What a style attribute says beyond it. */
typedef struct {
  gboolean block;   /* display: block */
  gboolean bar;     /* a line at the left, as mail programs mark quotes */
  gboolean divider; /* a line at the top, as Outlook divides replies */
  gboolean border_none;
  char colour[24], background[24]; /* as written, "white" for each of its spellings; "": not set */
} HtmlBox;

/* Apply the attributes of `token` to `style`. */
void html_style_apply(const HtmlToken *token, HtmlStyle *style, HtmlBox *ret_box);
