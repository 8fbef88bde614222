/* fuzz_tnef - any bytes as winmail.dat and as an attachment of any other kind: what comes out is
 * bounded, named in UTF-8 and numbered, whatever they are. */
#include <stdint.h>
#include <string.h>

#include "parsers/formats/cms.h"
#include "parsers/formats/container.h"
#include "parsers/formats/tnef.h"
#include "parsers/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_tnef(GBytes *content, const Wire__Limits *limits) {
  g_autoptr(Tnef) tnef = tnef_open(content, limits);
  g_assert_cmpuint(tnef->items->len, <=, limits->archive_entries + 1);
  for (guint i = 0; i < tnef->items->len; i++) {
    const TnefItem *item = tnef->items->pdata[i];
    g_assert_true(g_utf8_validate(item->name, -1, NULL));
    g_assert_null(strchr(item->name, '/'));
    g_assert_true(!item->body || i == 0);
  }
}

static void read_part(GBytes *content, const Wire__Limits *limits) {
  g_autoptr(GBytes) none = g_bytes_new_static("\n", 1);
  g_autoptr(MimeMail) mail = mime_read(none, limits);
  g_ptr_array_set_size(mail->parts, 0);
  g_ptr_array_add(mail->parts, mime_part_new("application/octet-stream", g_bytes_ref(content)));
  container_expand(mail, limits);
  g_assert_cmpuint(mail->unpacked, <=, limits->archive_bytes + (64 << 10));
  for (guint i = 0; i < mail->parts->len; i++)
    g_assert_cmpuint(((const MimePart *)mail->parts->pdata[i])->index, ==, i);
  g_autoptr(Text) text = text_read(mail, limits, NULL);
  g_assert_true(text->lines->len <= limits->lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  limits.archive_bytes = 1 << 20;
  g_autoptr(GBytes) content = g_bytes_new(data, size);
  read_tnef(content, &limits);
  gboolean broken;
  GBytes *inside = cms_signed_content(content, &broken);
  g_assert_true(!inside || g_bytes_get_size(inside) <= size);
  if (inside) g_bytes_unref(inside);
  read_part(content, &limits);
  return 0;
}
