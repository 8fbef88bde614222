/* opendoc_style - what the styles of an OpenDocument file hide or strike out, and the state of its
 * form controls. */
#pragma once
#include "parsers/formats/font.h"
#include "parsers/formats/office_xml.h"

typedef struct {
  gboolean struck, hidden;
  Font font;
  char *parent; /* the style it is made from; NULL: none */
} OpendocStyle;

/* A table of styles by name. The caller unrefs. */
GHashTable *opendoc_styles_new(void);

/* Add the style in the element that was just opened (style:style), and pass its end. */
void opendoc_style_add(OfficeXml *xml, GHashTable *styles);

/* What text in the style `name` shows, on top of `outer`. */
OpendocStyle opendoc_style_of(GHashTable *styles, const char *name, OpendocStyle outer);

/* Add the controls in the element that was just opened (office:forms), and pass its end: their id
 * to the text that they show ("☒ Oui", "Durand"). */
void opendoc_controls_add(OfficeXml *xml, GHashTable *controls);
