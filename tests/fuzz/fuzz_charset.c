/* fuzz_charset - a label in the first line, any bytes behind it: always UTF-8 without NUL, and of
 * bytes that are UTF-8 already, the same. */
#include "parsers/charset.h"

#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *line_end = memchr(data, '\n', size);
  if (!line_end) return 0;
  g_autofree char *label = g_strndup((const char *)data, (gsize)(line_end - data));
  gsize length = size - (gsize)(line_end - data) - 1;
  g_autofree guint8 *bytes = g_memdup2(line_end + 1, length);
  const char *used = NULL;
  gboolean guessed = FALSE;
  g_autofree char *text = charset_to_utf8(bytes, length, label, &used, &guessed);
  target_utf8(text);
  g_assert_nonnull(used);
  const char *again_used = NULL;
  g_autofree char *again =
      charset_to_utf8((const guint8 *)text, strlen(text), "utf-8", &again_used, NULL);
  if (!strcmp(again_used, "UTF-8") && *text) g_assert_cmpstr(again, ==, text);
  return 0;
}
