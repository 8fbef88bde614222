/* fuzz_classify - any bytes as a message: its kind is found, and bounded, whatever they are. */
#include "parsers/classify.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  char *addresses[] = {"inscriptions@example.org", NULL};
  g_autoptr(GBytes) raw = g_bytes_new_static(data, size);
  g_autoptr(MimeMail) mail = mime_read(raw, &limits);
  g_autoptr(Text) text = text_read(mail, &limits, NULL);
  g_autoptr(Classification) found = classify(mail, text, addresses);
  g_assert_true(found->machine != MACHINE_NONE || !*found->reason);
  for (guint i = 0; i < found->references->len; i++)
    g_assert_true(g_utf8_validate(found->references->pdata[i], -1, NULL));
  return 0;
}
