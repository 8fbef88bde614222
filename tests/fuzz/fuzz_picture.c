/* fuzz_picture - any bytes as a picture's header: asked twice it says the same, of bytes in one
 * block of just their size. */
#include "parsers/formats/picture.h"
#include "parsers/formats/sniff.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GBytes) content = g_bytes_new(data, size);
  g_assert_cmpint(picture_is_page(content), ==, picture_is_page(content));
  const char *type = sniff_content(content);
  g_assert_true(type == sniff_content(content));
  return 0;
}
