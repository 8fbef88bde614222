/* fuzz_tnef - any bytes as winmail.dat and as an attachment of any other kind: what comes out is
 * bounded, named in UTF-8 and numbered, whatever they are. */
#include "parsers/formats/tnef.h"

#include "parsers/formats/container.h"
#include "tests/fuzz/target.h"

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
  target_check_text(text, limits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GBytes) content = g_bytes_new(data, size);
  read_tnef(content, target_limits());
  read_part(content, target_limits());
  return 0;
}
