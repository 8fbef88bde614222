/* fuzz_pdf - any bytes as PDF, by objects that are found without a table of them: its text keeps
 * the promises of text.h. */
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GBytes) content = g_bytes_new(data, size);
  target_read(pdf_read, content);
  return 0;
}
