/* fuzz_word97 - any bytes as a Word document of old (.doc): its text keeps the promises of text.h.
 */
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GBytes) content = g_bytes_new(data, size);
  target_read(word97_read, content);
  return 0;
}
