/* html_control - see html_control.h. */
#include "parsers/formats/html_control.h"

#include <string.h>

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum {
  ALT_MAX_BYTES = 40, /* longer ones are no name of a tick box */
  META_BYTES = 2048,  /* where <meta charset> is looked for */
};

static gboolean show_input(const HtmlToken *token, GString *shown) {
  static const char *const silent[] = {"hidden", "submit", "button",   "reset",
                                       "image",  "file",   "password", NULL};
  g_autofree char *type =
      g_ascii_strdown(html_attribute(token, "type", shown) ? shown->str : "text", -1);
  if (strcmp(type, "checkbox") == 0 || strcmp(type, "radio") == 0) {
    g_string_assign(shown, html_attribute(token, "checked", shown) ? TICKED : UNTICKED);
    return TRUE;
  }
  return !g_strv_contains(silent, type) && html_attribute(token, "value", shown);
}

/* A picture of a tick box says so in its alternative text; other pictures say nothing. */
static gboolean show_img(const HtmlToken *token, GString *shown) {
  static const struct {
    const char *alt, *box;
  } boxes[] = {{"[x]", TICKED},
               {"x", TICKED},
               {TICKED, TICKED},
               {"\u2611", TICKED},
               {"\u2713", TICKED},
               {"\u2714", TICKED},
               {"checked", TICKED},
               {"ticked", TICKED},
               {"coché", TICKED},
               {"cochée", TICKED},
               {"case cochée", TICKED},
               {"checkbox checked", TICKED},
               {"[ ]", UNTICKED},
               {"[]", UNTICKED},
               {UNTICKED, UNTICKED},
               {"unchecked", UNTICKED},
               {"non coché", UNTICKED},
               {"non cochée", UNTICKED},
               {"décochée", UNTICKED},
               {"case vide", UNTICKED},
               {"case non cochée", UNTICKED},
               {"case décochée", UNTICKED}};
  if (!html_attribute(token, "alt", shown) || shown->len > ALT_MAX_BYTES) return FALSE;
  g_autofree char *lower = g_utf8_strdown(shown->str, (gssize)shown->len);
  g_strstrip(lower);
  for (gsize i = 0; i < G_N_ELEMENTS(boxes); i++) {
    if (strcmp(lower, boxes[i].alt) != 0) continue;
    g_string_assign(shown, boxes[i].box);
    return TRUE;
  }
  return FALSE;
}

gboolean html_control(const HtmlToken *token, GString *ret_shown) {
  if (strcmp(token->name, "input") == 0) return show_input(token, ret_shown);
  return strcmp(token->name, "img") == 0 && show_img(token, ret_shown);
}

/* What <meta charset=…> claims, in a part whose own label is missing; "" if nothing. */
static char *meta_charset(GBytes *content) {
  gsize size = 0;
  const char *data = g_bytes_get_data(content, &size);
  g_autofree char *head = g_ascii_strdown(data ? data : "", (gssize)MIN(size, META_BYTES));
  const char *found = strstr(head, "charset=");
  if (!found) return g_strdup("");
  found += strlen("charset=");
  found += strspn(found, "\"' ");
  return g_strndup(found, strcspn(found, "\"' ;>/"));
}

char *html_utf8(const MimePart *part, Text *text) {
  g_autofree char *label = *part->charset ? g_strdup(part->charset) : meta_charset(part->content);
  return text_part_utf8(part, label, text);
}
