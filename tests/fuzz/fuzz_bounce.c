/* fuzz_bounce - any bytes as a delivery report: its strings are bounded, in UTF-8 and one line, and
 * an address of ours is never the recipient. */
#include "parsers/bounce_report.h"
#include "tests/fuzz/target.h"

static void check_string(const char *text) {
  target_utf8(text);
  g_assert_cmpuint(strlen(text), <=, WIRE_BOUNCE_MAX_BYTES);
  g_assert_null(strpbrk(text, "\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char ours[] = "inscriptions@example.org";
  static char *addresses[] = {ours, NULL};
  g_autoptr(GBytes) raw = g_bytes_new(data, size);
  g_autoptr(MimeMail) mail = mime_read(raw, target_limits());
  g_autoptr(Text) text = text_read(mail, target_limits(), NULL);
  g_autoptr(BounceReport) report = bounce_report_read(mail, text, addresses);
  g_assert_cmpint(report->action, <, BOUNCE_ACTION_COUNT);
  check_string(report->status);
  check_string(report->final_recipient);
  check_string(report->original_recipient);
  check_string(report->diagnostic);
  g_assert_cmpstr(report->final_recipient, !=, ours);
  g_autofree char *note = bounce_report_note(report);
  target_utf8(note);
  g_assert_null(strchr(note, '\n'));
  return 0;
}
