/* fuzz_xlsx - any files packed as an Excel workbook (.xlsx): its text keeps the promises of text.h.
 */
#include "tests/fuzz/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bundle_read(xlsx_read, data, size);
  return 0;
}
