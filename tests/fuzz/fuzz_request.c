/* fuzz_request - any bytes as a Request to a worker: refused, or answered within the bounds. */
#include "tests/fuzz/extracting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Wire__Request *request = wire__request__unpack(NULL, size, data);
  if (!request) return 0;
  request->want_lines = TRUE;
  if (wire_is_utf8(&request->base)) {
    g_autoptr(Extraction) found = extract(extracting_extractor(), request);
    extracting_check_found(found);
  }
  wire__request__free_unpacked(request, NULL);
  return 0;
}
