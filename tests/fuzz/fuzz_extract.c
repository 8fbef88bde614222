/* fuzz_extract - any bytes as a message: what is read passes the daemon's check of it, whatever
 * they are, and each value stands where it says. */
#include "tests/fuzz/extracting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  extracting_check("", data, size);
  return 0;
}
