/* fuzz_docx - any files packed as a Word document (.docx): its text keeps the promises of text.h.
 */
#include "tests/fuzz/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bundle_read(docx_read, data, size);
  return 0;
}
