/* formats - the table of formats and the choice of a row. */
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/sniff.h"

static const Format formats[] = {
    {"text/plain", ".txt", plain_read},
    {"text/html", ".html", html_read},
    {"application/xhtml+xml", ".htm", html_read},
    {"text/enriched", NULL, plain_read},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", docx_read},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.template", ".dotx", docx_read},
    {"application/vnd.ms-word.document.macroenabled.12", ".docm", docx_read},
    {"application/vnd.oasis.opendocument.text", ".odt", opendoc_read},
    {"application/vnd.oasis.opendocument.text-template", ".ott", opendoc_read},
    {"application/vnd.oasis.opendocument.text-flat-xml", ".fodt", opendoc_read},
    {"application/vnd.oasis.opendocument.spreadsheet", ".ods", opendoc_read},
    {"application/vnd.oasis.opendocument.spreadsheet-template", ".ots", opendoc_read},
    {"application/vnd.oasis.opendocument.spreadsheet-flat-xml", ".fods", opendoc_read},
    {"application/pdf", ".pdf", pdf_read},
    {"application/x-pdf", NULL, pdf_read},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", xlsx_read},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.template", ".xltx", xlsx_read},
    {"application/vnd.ms-excel.sheet.macroenabled.12", ".xlsm", xlsx_read},
    {"application/rtf", ".rtf", richtext_read},
    {"text/rtf", NULL, richtext_read},
    {"application/msword", ".doc", word97_read},
    {SNIFF_COMPOUND, ".dot", word97_read},
    {"text/markdown", ".md", plain_read},
    {"message/rfc822-headers", NULL, plain_read},
};

static const Format *by_type(const char *type) {
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
    if (strcmp(type, formats[i].type) == 0) return &formats[i];
  return NULL;
}

static const Format *by_name(const char *name) {
  g_autofree char *lower = g_ascii_strdown(name, -1);
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
    if (formats[i].suffix && g_str_has_suffix(lower, formats[i].suffix)) return &formats[i];
  return NULL;
}

const Format *format_find(const MimePart *part) {
  const char *type = sniff_type(part);
  const Format *format = by_type(type);
  if (format || !sniff_is_vague(type)) return format;
  format = by_name(part->name);
  return !format && sniff_is_text(part->content) ? by_type("text/plain") : format;
}
