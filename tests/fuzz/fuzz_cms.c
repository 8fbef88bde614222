/* fuzz_cms - any bytes as signed S/MIME data: what comes out is no longer than what came in. */
#include "parsers/formats/cms.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GBytes) content = g_bytes_new(data, size);
  gboolean broken = FALSE;
  g_autoptr(GBytes) inside = cms_signed_content(content, &broken);
  g_assert_true(!inside || g_bytes_get_size(inside) < size);
  return 0;
}
