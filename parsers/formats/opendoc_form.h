/* opendoc_form - the form controls of an OpenDocument file: what they show, and how they lie. */
#pragma once
#include "parsers/formats/office_xml.h"

/* Add the controls in the element that was just opened (office:forms), and pass its end: their id
 * to the text that they show ("☒ Oui", "Durand"). FALSE: there are more than may be. */
gboolean opendoc_controls_add(OfficeXml *xml, GHashTable *controls);

/* Controls that float beside or over the text, gathered to be read as they lie. */
typedef struct OpendocFloats OpendocFloats;

OpendocFloats *opendoc_floats_new(void);
void opendoc_floats_free(OpendocFloats *floats);

/* Add the control whose element was just opened (draw:control), showing `text`. */
void opendoc_floats_add(OpendocFloats *floats, const OfficeXml *xml, const char *text);

/* Append them to `lines` (char*): a line for those that lie side by side, tabs between them. */
void opendoc_floats_lines(OpendocFloats *floats, GPtrArray *lines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpendocFloats, opendoc_floats_free)
