/* fuzz_oauth - any bytes as a token server's answer and as what a browser brings back: what is
 * taken is within its bounds and harmless on a line of a protocol or of a terminal. */
#include "daemon/mail/oauth_login.h"
#include "tests/fuzz/target.h"

static void check_line(const char *text, gsize most) {
  g_assert_cmpuint(strlen(text), <=, most);
  for (; *text; text++) g_assert_true(*text > ' ' && *text <= '~');
}

static void check_tokens(long status, const char *data, gsize size) {
  g_autoptr(GError) error = NULL;
  OauthTokens tokens = {0};
  if (oauth_answer_tokens(status, data, size, &tokens, &error)) {
    check_line(tokens.access_token, OAUTH_TOKEN_BYTES_MAX);
    if (tokens.refresh_token) check_line(tokens.refresh_token, OAUTH_TOKEN_BYTES_MAX);
    g_assert_true(tokens.lifetime_s >= 1 && tokens.lifetime_s <= OAUTH_LIFETIME_MAX_S);
  } else {
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    g_assert_null(strpbrk(error->message, "\r\n\033"));
  }
  oauth_tokens_done(&tokens);
}

static void check_device(const char *data, gsize size) {
  OauthDevice device = {0};
  if (oauth_answer_device(200, data, size, &device, NULL)) {
    check_line(device.user_code, OAUTH_USER_CODE_CHARS_MAX);
    g_assert_true(oauth_answer_is_safe_url(device.url));
    g_assert_true(device.interval_s >= 1 && device.interval_s <= OAUTH_INTERVAL_MAX_S);
    g_assert_true(device.lifetime_s >= 1 && device.lifetime_s <= OAUTH_DEVICE_LIFETIME_MAX_S);
  }
  oauth_device_done(&device);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  check_tokens(200, (const char *)data, size);
  check_tokens(400, (const char *)data, size);
  check_device((const char *)data, size);
  g_autofree char *code = oauth_login_code(text, "S", NULL);
  g_assert_true(!code || (*code && strlen(code) <= OAUTH_CODE_BYTES_MAX));
  return 0;
}
