/* fuzz_message - any bytes as a mail, opened as far as it goes: parts are numbered, within the
 * limits, and what is told of them is UTF-8. */
#include "parsers/formats/container.h"
#include "tests/fuzz/target.h"

static void check_part(const MimePart *part, guint index, const Wire__Limits *limits) {
  g_assert_cmpuint(part->index, ==, index);
  g_assert_cmpuint(part->depth, <=, limits->depth);
  g_assert_nonnull(part->content);
  target_utf8(part->type);
  target_utf8(part->name);
  g_assert_true(strchr(part->type, '/') != NULL);
}

static void check_addresses(const MimeMail *mail, const char *name) {
  GPtrArray *names = NULL;
  GPtrArray *addresses = mime_addresses(mail, name, &names);
  g_assert_cmpuint(addresses->len, ==, names->len);
  target_utf8_all(names);
  for (guint i = 0; i < addresses->len; i++) {
    target_utf8(addresses->pdata[i]);
    g_assert_nonnull(strchr(addresses->pdata[i], '@'));
  }
  g_ptr_array_unref(addresses);
  g_ptr_array_unref(names);
}

static void check_header(const MimeMail *mail) {
  static const char *const fields[] = {"From", "To", "Subject", "References", "X-Any", NULL};
  for (guint i = 0; fields[i]; i++) {
    const char *value = mime_header(mail, fields[i], 0);
    if (value) target_utf8(value);
    g_assert_true((value == NULL) == (mime_header_raw(mail, fields[i], 0) == NULL));
    check_addresses(mail, fields[i]);
  }
  g_autoptr(GBytes) shown = mime_shown_header(mail);
  gsize size;
  const char *text = g_bytes_get_data(shown, &size);
  g_assert_true(size == 0 || g_utf8_validate(text, (gssize)size, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const Wire__Limits *limits = target_limits();
  g_autoptr(GBytes) raw = g_bytes_new(data, size);
  g_autoptr(MimeMail) mail = mime_read(raw, limits);
  check_header(mail);
  container_expand(mail, limits);
  g_assert_cmpuint(mail->parts->len, <=, limits->parts);
  g_assert_cmpuint(mail->unpacked, <=, limits->archive_bytes + (64 << 10));
  target_utf8_all(mail->review_reasons);
  for (guint i = 0; i < mail->parts->len; i++) check_part(mail->parts->pdata[i], i, limits);
  return 0;
}
