/* fuzz_token - any bytes as a Message-ID and as a server's URL: nobody makes a token without the
 * secret, ours is read back, and an endpoint that is taken can be taken again. */
#include "daemon/endpoint.h"
#include "daemon/token.h"
#include "tests/fuzz/target.h"

static void check_token(const char *text) {
  static const guint8 secret[32] = {7}, other[32] = {8};
  guint64 thread = 0, message = 0;
  g_assert_false(token_read(secret, text, &thread, &message));
  if (!*text || strpbrk(text, "@<>")) return;
  g_autofree char *ours = token_make(secret, 3, 5, "ask", 1, text);
  g_assert_true(token_read(secret, ours, &thread, &message));
  g_assert_true(thread == 3 && message == 5);
  g_assert_false(token_read(other, ours, NULL, NULL));
}

static void check_endpoint(const char *text, const EndpointScheme *schemes) {
  Endpoint endpoint = {.url = NULL};
  g_autofree char *wrong = endpoint_parse(text, schemes, &endpoint);
  if (wrong) {
    target_utf8(wrong);
  } else {
    g_assert_true(*endpoint.host && endpoint.port);
    g_assert_true(endpoint.security != LINK_CLEAR || endpoint_is_loopback(endpoint.host));
    Endpoint again = {.url = NULL};
    g_assert_null(endpoint_parse(endpoint.url, schemes, &again));
    g_assert_cmpstr(again.host, ==, endpoint.host);
    g_assert_cmpint(again.port, ==, endpoint.port);
    endpoint_done(&again);
  }
  endpoint_done(&endpoint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  check_token(text);
  if (!g_utf8_validate(text, -1, NULL)) return 0;
  check_endpoint(text, ENDPOINT_IMAP);
  check_endpoint(text, ENDPOINT_SUBMISSION);
  return 0;
}
