/* docx_style - what the styles of a Word document hide or strike out (word/styles.xml). */
#pragma once
#include "parsers/formats/font.h"
#include "parsers/formats/office_xml.h"

/* How a run of text is shown. */
typedef struct {
  gboolean struck, hidden;
  Font font;
} RunStyle;

/* Of every style that says something: its id to its RunStyle, what it is based on applied. `xml`
 * may be NULL: no styles. The caller unrefs. */
GHashTable *docx_styles_read(GBytes *xml);

/* Apply the properties in the element that was just opened (w:rPr) and pass its end. `styles` gives
 * what a character style says. */
void docx_run_style(OfficeXml *xml, GHashTable *styles, RunStyle *style);
