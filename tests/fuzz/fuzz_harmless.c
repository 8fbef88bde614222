/* fuzz_harmless - any bytes as HTML and as plain text: what a person is shown can do no harm. The
 * first byte chooses the kind and the bound. */
#include "parsers/formats/harmless.h"
#include "parsers/formats/html_control.h"
#include "tests/fuzz/target.h"
#include "tests/parsers/harmless_check.h"

enum { BOUND_BYTES = 9000, BOUNDS = 64, BOUND_STEP = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  static char type[] = "text/html", none[] = "";
  guint choice = data[0];
  g_autoptr(GBytes) content = g_bytes_new(data + 1, size - 1);
  MimePart part = {.type = type,
                   .name = none,
                   .charset = none,
                   .method = none,
                   .content_id = none,
                   .flowed = choice & 1,
                   .content = content};
  g_autoptr(Text) text = text_new();
  g_autoptr(GString) out = g_string_new(NULL);
  gsize max_bytes = BOUND_BYTES + (gsize)(choice % BOUNDS) * BOUND_STEP;
  HarmlessOut pen = {.out = out, .max_bytes = max_bytes};
  g_autofree char *utf8 = html_utf8(&part, text);
  if (choice & 2)
    harmless_plain(&pen, &part, utf8);
  else
    harmless_html(&pen, utf8, strlen(utf8));
  harmless_check(out->str, max_bytes);
  return 0;
}
