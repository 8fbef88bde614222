/* office_xml - see office_xml.h. */
#include "parsers/formats/office_xml.h"

#include <string.h>

gboolean office_xml_open(OfficeXml *xml, GBytes *bytes) {
  gsize size = 0;
  const char *data = g_bytes_get_data(bytes, &size);
  *xml = (OfficeXml){0};
  if (size == 0 || size > G_MAXINT) return FALSE;
  /* no XML_PARSE_HUGE: libxml2's own bounds on depth and length hold */
  int options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  xml->reader = xmlReaderForMemory(data, (int)size, NULL, NULL, options);
  return xml->reader != NULL;
}

void office_xml_close(OfficeXml *xml) {
  if (xml->reader) xmlFreeTextReader(xml->reader);
  xml->reader = NULL;
}

static const char *local_name(const OfficeXml *xml) {
  const xmlChar *name = xmlTextReaderConstLocalName(xml->reader);
  return name ? (const char *)name : "";
}

XmlStep office_xml_next(OfficeXml *xml) {
  if (xml->close_next) {
    xml->close_next = FALSE;
    return XML_STEP_CLOSE;
  }
  for (;;) {
    int code = xmlTextReaderRead(xml->reader);
    xml->broken = xml->broken || code < 0;
    if (code != 1) return XML_STEP_END;
    xml->name = local_name(xml);
    switch (xmlTextReaderNodeType(xml->reader)) {
    case XML_READER_TYPE_ELEMENT:
      xml->close_next = xmlTextReaderIsEmptyElement(xml->reader) == 1;
      return XML_STEP_OPEN;
    case XML_READER_TYPE_END_ELEMENT:
      return XML_STEP_CLOSE;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
      return XML_STEP_TEXT;
    default:
      break;
    }
  }
}

const char *office_xml_name(const OfficeXml *xml) {
  return xml->name ? xml->name : "";
}

const char *office_xml_text(const OfficeXml *xml) {
  const xmlChar *text = xmlTextReaderConstValue(xml->reader);
  return text ? (const char *)text : "";
}

gboolean office_xml_is(const OfficeXml *xml, const char *name) {
  return strcmp(office_xml_name(xml), name) == 0;
}

char *office_xml_attribute(const OfficeXml *xml, const char *name) {
  char *value = NULL;
  if (xmlTextReaderMoveToFirstAttribute(xml->reader) != 1) return NULL;
  do {
    if (strcmp(local_name(xml), name) != 0) continue;
    const xmlChar *text = xmlTextReaderConstValue(xml->reader);
    value = g_strdup(text ? (const char *)text : "");
  } while (!value && xmlTextReaderMoveToNextAttribute(xml->reader) == 1);
  xmlTextReaderMoveToElement(xml->reader);
  return value;
}

gboolean office_xml_is_on(const OfficeXml *xml, const char *name, gboolean absent) {
  g_autofree char *value = office_xml_attribute(xml, name);
  if (!value) return absent;
  return strcmp(value, "0") != 0 && g_ascii_strcasecmp(value, "false") != 0 &&
         g_ascii_strcasecmp(value, "off") != 0 && g_ascii_strcasecmp(value, "none") != 0;
}

void office_xml_skip(OfficeXml *xml) {
  for (guint depth = 1; depth > 0;) {
    XmlStep step = office_xml_next(xml);
    if (step == XML_STEP_END) return;
    if (step == XML_STEP_OPEN) depth++;
    if (step == XML_STEP_CLOSE) depth--;
  }
}
