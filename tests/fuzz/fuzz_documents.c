/* fuzz_documents - any bytes as each kind of document: whatever they are, lines are bounded UTF-8
 * and what is not read is told. The formats that are archives get the bytes as their main part. */
#include <stdint.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/picture.h"
#include "tests/parsers/zip_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as(FormatReader read, GBytes *content) {
  static char type[] = "application/octet-stream", name[] = "x", none[] = "";
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  limits.text_bytes = 1 << 20;
  limits.archive_bytes = 1 << 20;
  MimePart part = {.type = type,
                   .name = name,
                   .charset = none,
                   .method = none,
                   .content_id = none,
                   .content = content};
  g_autoptr(Text) text = text_new();
  read(&part, &limits, text);
  g_assert_cmpuint(text->lines->len, <=, limits.lines);
  for (guint i = 0; i < text->lines->len; i++)
    g_assert_true(g_utf8_validate(((TextLine *)text->lines->pdata[i])->text, -1, NULL));
}

static void read_in_archive(FormatReader read, const char *path, const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  const ZipFixture entries[] = {{path, text}, {NULL, NULL}};
  g_autoptr(GBytes) zip = zip_fixture_new(entries);
  read_as(read, zip);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GBytes) content = g_bytes_new(data, size);
  picture_is_page(content);
  read_as(richtext_read, content);
  read_as(word97_read, content);
  read_as(docx_read, content);
  read_as(opendoc_read, content);
  if (size > 0 && data[0] == '<') {
    read_in_archive(docx_read, "word/document.xml", data, size);
    read_in_archive(opendoc_read, "content.xml", data, size);
  }
  return 0;
}
