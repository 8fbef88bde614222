/* fuzz_opendoc - any files packed as an OpenDocument text or sheet: its text keeps the promises of
 * text.h. */
#include "tests/fuzz/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bundle_read(opendoc_read, data, size);
  return 0;
}
