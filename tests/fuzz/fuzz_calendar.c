/* fuzz_calendar - any bytes as the answer of a calendar (text/calendar, METHOD:REPLY): what is
 * taken from it are values that the daemon's check lets pass. */
#include "tests/fuzz/extracting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char head[] = "From: Ana <ana@example.test>\nTo: fete@jardins.example\n"
                             "Subject: Accepted: fair\nMIME-Version: 1.0\n"
                             "Content-Type: text/calendar; method=REPLY; charset=utf-8\n\n";
  extracting_check(head, data, size);
  return 0;
}
