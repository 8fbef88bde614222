/* fuzz_wire - any bytes as what a worker answers, the last of which is a number of a request:
 * refused with a reason, or within the bounds; what is taken, written and read again is the same.
 */
#include "parsers/wire.h"

#include "tests/fuzz/target.h"

static void check_bounds(const Extraction *extraction) {
  target_utf8(extraction->subject);
  g_assert_cmpuint(extraction->references->len, <=, WIRE_STRINGS_MAX);
  g_assert_cmpuint(extraction->participants->len, <=, WIRE_PARTICIPANTS_MAX);
  g_assert_cmpint(extraction->kind, <, KIND_COUNT);
  target_utf8_all(extraction->review_reasons);
  target_utf8_all(extraction->notes);
}

static void check_round_trip(const Extraction *extraction) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) first = wire_extraction_write(extraction);
  g_autoptr(Extraction) again = wire_extraction_read(first, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) second = wire_extraction_write(again);
  g_assert_true(g_bytes_equal(first, second));
}

static void check_answer(Extraction *extraction, const GError *error) {
  g_assert_true((extraction == NULL) == (error != NULL));
  if (!extraction) {
    g_assert_true(g_error_matches(error, WIRE_ERROR, WIRE_ERROR_INVALID));
    target_utf8(error->message);
    g_assert_null(strpbrk(error->message, "\r\n"));
    return;
  }
  check_bounds(extraction);
  check_round_trip(extraction);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GError) error = NULL, refused = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new(data, size);
  g_autoptr(Extraction) extraction = wire_extraction_read(bytes, &error);
  check_answer(extraction, error);
  g_autoptr(Extraction) reply = wire_reply_read(bytes, size ? data[size - 1] : 0, &refused);
  check_answer(reply, refused);
  return 0;
}
