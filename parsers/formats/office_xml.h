/* office_xml - one part of an Office document, read element by element (libxml2's xmlTextReader).
 *
 * Nothing is loaded from outside, no entity of a document type is expanded, nesting is bounded.
 * Names are local ones: prefixes differ from program to program, and no two elements that are read
 * share a local name in one part. */
#pragma once
#include <glib.h>
#include <libxml/xmlreader.h>

typedef enum { XML_STEP_END, XML_STEP_OPEN, XML_STEP_CLOSE, XML_STEP_TEXT } XmlStep;

typedef struct {
  xmlTextReaderPtr reader;
  const char *name;    /* of the element or text that it stands at */
  gboolean close_next; /* an empty element was opened: its end comes next */
  gboolean broken;     /* it ended where it should not */
} OfficeXml;

/* FALSE: not even a beginning. `bytes` must live as long. */
gboolean office_xml_open(OfficeXml *xml, GBytes *bytes);
void office_xml_close(OfficeXml *xml);

/* The next step; an empty element is opened and closed. XML_STEP_END at the end and at a fault. */
XmlStep office_xml_next(OfficeXml *xml);

/* Of the element or text that it stands at. Borrowed until the next step. */
const char *office_xml_name(const OfficeXml *xml);
const char *office_xml_text(const OfficeXml *xml);
gboolean office_xml_is(const OfficeXml *xml, const char *name);

/* The attribute with the local name, whatever its prefix; NULL: none. The caller frees. */
char *office_xml_attribute(const OfficeXml *xml, const char *name);
/* Is an on/off attribute on? `absent` where there is none. */
gboolean office_xml_is_on(const OfficeXml *xml, const char *name, gboolean absent);

/* Pass over what is in the element that was just opened, and its end. */
void office_xml_skip(OfficeXml *xml);
