/* fuzz_guard - any bytes from an IMAP server: the guard's verdict is the same in whatever pieces
 * they come, and what it lets pass keeps its bounds. */
#include "daemon/mail/fetch_guard.h"

#include "tests/fuzz/target.h"

enum { LINES_MAX = 5, LITERAL_MAX = 10 };

static const char *feed_in_pieces(const uint8_t *data, size_t size, size_t piece) {
  FetchGuard guard;
  const char *fault = NULL;
  fetch_guard_init(&guard);
  fetch_guard_begin(&guard, LINES_MAX, LITERAL_MAX);
  for (size_t at = 0; at < size && !fault; at += piece) {
    fault = fetch_guard_feed(&guard, (const char *)data + at, MIN(piece, size - at));
    g_assert_true(fault || guard.depth <= FETCH_GUARD_DEPTH_MAX);
    g_assert_true(fault || guard.literal_left <= LITERAL_MAX);
    g_assert_true(fault || guard.line_bytes <= FETCH_GUARD_LINE_MAX);
  }
  return fault;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *whole = feed_in_pieces(data, size, MAX(size, 1));
  g_assert_cmpstr(feed_in_pieces(data, size, 1), ==, whole);
  g_assert_cmpstr(feed_in_pieces(data, size, 3), ==, whole);
  return 0;
}
