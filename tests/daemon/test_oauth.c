/* OAuth: the answers of a token server, when a token is renewed, the file of a login, what a
 * browser brings back. Nothing here is on the network. */
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/mail/oauth_grant.h"
#include "daemon/mail/oauth_login.h"
#include "daemon/mail/oauth_settings.h"
#include "daemon/util.h"
#include "tests/daemon/config_fixture.h"

/* --- answers ---------------------------------------------------------------------------------- */

#define OK "\"token_type\":\"bearer\",\"access_token\":\"a\""

static void test_tokens(void) {
  static const struct {
    const char *name;
    long status;
    const char *body;
    int code; /* -1: tokens */
    guint lifetime_s;
    const char *told; /* part of the error, or the refresh token */
  } rows[] = {
      {"all", 200, "{" OK ",\"expires_in\":60,\"refresh_token\":\"r\"}", -1, 60, "r"},
      {"no refresh token", 200, "{" OK ",\"expires_in\":60}", -1, 60, NULL},
      {"null refresh token", 200, "{" OK ",\"refresh_token\":null}", -1, 3600, NULL},
      {"lifetime as text", 200, "{" OK ",\"expires_in\":\"60\"}", -1, 60, NULL},
      {"no lifetime", 200, "{" OK "}", -1, OAUTH_LIFETIME_DEFAULT_S, NULL},
      {"lifetime too long", 200, "{" OK ",\"expires_in\":1e300}", -1, OAUTH_LIFETIME_MAX_S, NULL},
      {"lifetime below zero", 200, "{" OK ",\"expires_in\":-5}", -1, 1, NULL},
      {"lifetime of another kind", 200, "{" OK ",\"expires_in\":[]}", -1, 3600, NULL},
      {"withdrawn", 400, "{\"error\":\"invalid_grant\",\"error_description\":\"gone\\nfor good\"}",
       OAUTH_ERROR_WITHDRAWN, 0, "invalid_grant (HTTP 400: gone"},
      {"must be there", 400, "{\"error\":\"interaction_required\"}", OAUTH_ERROR_WITHDRAWN, 0, ""},
      {"pending", 400, "{\"error\":\"authorization_pending\"}", OAUTH_ERROR_PENDING, 0, ""},
      {"slow down", 400, "{\"error\":\"slow_down\"}", OAUTH_ERROR_SLOW_DOWN, 0, ""},
      {"said no", 400, "{\"error\":\"access_denied\"}", OAUTH_ERROR_DENIED, 0, ""},
      {"client", 401, "{\"error\":\"invalid_client\"}", OAUTH_ERROR_SETTING, 0, "invalid_client"},
      {"error with 200", 200, "{" OK ",\"error\":\"invalid_scope\"}", OAUTH_ERROR_SETTING, 0, ""},
      {"tokens with 400", 400, "{" OK "}", OAUTH_ERROR_SETTING, 0, "no reason"},
      {"busy", 503, "{}", OAUTH_ERROR_TRANSIENT, 0, "HTTP 503"},
      {"too many", 429, "{\"error\":\"quota\"}", OAUTH_ERROR_TRANSIENT, 0, "quota"},
      {"no JSON", 502, "<html>", OAUTH_ERROR_TRANSIENT, 0, "HTTP 502, with no JSON object"},
      {"empty", 200, "", OAUTH_ERROR_TRANSIENT, 0, "no JSON object"},
      {"a list", 200, "[1]", OAUTH_ERROR_TRANSIENT, 0, "no JSON object"},
      {"twice", 200, "{" OK ",\"access_token\":\"b\"}", OAUTH_ERROR_TRANSIENT, 0, "no JSON"},
      {"no type", 200, "{\"access_token\":\"a\"}", OAUTH_ERROR_TRANSIENT, 0, "token_type"},
      {"another type", 200, "{\"token_type\":\"mac\",\"access_token\":\"a\"}",
       OAUTH_ERROR_TRANSIENT, 0, "token_type"},
      {"no token", 200, "{\"token_type\":\"Bearer\"}", OAUTH_ERROR_TRANSIENT, 0, "access_token"},
      {"empty token", 200, "{\"token_type\":\"Bearer\",\"access_token\":\"\"}",
       OAUTH_ERROR_TRANSIENT, 0, "access_token"},
      {"token with a line end", 200, "{\"token_type\":\"Bearer\",\"access_token\":\"a\\r\\nb\"}",
       OAUTH_ERROR_TRANSIENT, 0, "access_token"},
      {"token with 0x01", 200, "{\"token_type\":\"Bearer\",\"access_token\":\"a\\u0001\"}",
       OAUTH_ERROR_TRANSIENT, 0, "access_token"},
      {"token beyond ASCII", 200, "{\"token_type\":\"Bearer\",\"access_token\":\"é\"}",
       OAUTH_ERROR_TRANSIENT, 0, "access_token"},
      {"refresh token with a blank", 200, "{" OK ",\"refresh_token\":\"a b\"}",
       OAUTH_ERROR_TRANSIENT, 0, "refresh_token"},
      {"refresh token a number", 200, "{" OK ",\"refresh_token\":1}", OAUTH_ERROR_TRANSIENT, 0,
       "refresh_token"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    OauthTokens tokens = {0};
    gboolean told =
        oauth_answer_tokens(rows[i].status, rows[i].body, strlen(rows[i].body), &tokens, &error);
    g_test_message("%s: %s", rows[i].name, error ? error->message : "tokens");
    g_assert_cmpint(told, ==, rows[i].code < 0);
    if (told) {
      g_assert_cmpstr(tokens.access_token, ==, "a");
      g_assert_cmpstr(tokens.refresh_token, ==, rows[i].told);
      g_assert_cmpuint(tokens.lifetime_s, ==, rows[i].lifetime_s);
    } else {
      g_assert_error(error, OAUTH_ERROR, rows[i].code);
      g_assert_nonnull(strstr(error->message, rows[i].told));
      g_assert_null(strpbrk(error->message, "\r\n"));
    }
    oauth_tokens_done(&tokens);
  }
}

/* A token of the most bytes goes, one more does not; so with the answer as a whole. */
static void test_bounds(void) {
  enum { BARE_BYTES = sizeof "{\"token_type\":\"Bearer\",\"access_token\":\"x\"}" - 1 };
  static const struct {
    gsize token, blanks;
    gboolean right;
  } rows[] = {{OAUTH_TOKEN_BYTES_MAX, 0, TRUE},
              {OAUTH_TOKEN_BYTES_MAX + 1, 0, FALSE},
              {1, OAUTH_ANSWER_BYTES_MAX - BARE_BYTES, TRUE},
              {1, OAUTH_ANSWER_BYTES_MAX - BARE_BYTES + 1, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *token = g_strnfill(rows[i].token, 'x');
    g_autofree char *blanks = g_strnfill(rows[i].blanks, ' ');
    g_autofree char *body =
        g_strdup_printf("{\"token_type\":\"Bearer\",\"access_token\":\"%s\"}%s", token, blanks);
    OauthTokens tokens = {0};
    g_assert_cmpint(oauth_answer_tokens(200, body, strlen(body), &tokens, NULL), ==, rows[i].right);
    oauth_tokens_done(&tokens);
  }
  g_autofree char *deep = g_strnfill(OAUTH_ANSWER_BYTES_MAX, '[');
  OauthTokens tokens = {0};
  g_assert_false(oauth_answer_tokens(200, deep, OAUTH_ANSWER_BYTES_MAX, &tokens, NULL));
}

static void test_device(void) {
#define CODES "\"device_code\":\"d\",\"user_code\":\"U\""
  static const struct {
    const char *body;
    gboolean right;
    guint lifetime_s, interval_s;
  } rows[] = {
      {"{" CODES ",\"verification_uri\":\"https://x.example/d\",\"expires_in\":60,\"interval\":2}",
       TRUE, 60, 2},
      {"{" CODES ",\"verification_url\":\"https://x.example/d\"}", TRUE, 900, 5},
      {"{" CODES ",\"verification_uri\":\"https://x.example/d\",\"expires_in\":9e9,\"interval\":0}",
       TRUE, OAUTH_DEVICE_LIFETIME_MAX_S, 1},
      {"{" CODES ",\"verification_uri\":\"https://x.example/d\",\"interval\":4000}", TRUE, 900,
       OAUTH_INTERVAL_MAX_S},
      {"{" CODES ",\"verification_uri\":\"http://x.example/d\"}", FALSE, 0, 0},
      {"{" CODES ",\"verification_uri\":\"https://x.example/\\u001b[2J\"}", FALSE, 0, 0},
      {"{" CODES "}", FALSE, 0, 0},
      {"{\"device_code\":\"d\",\"verification_uri\":\"https://x.example/d\"}", FALSE, 0, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    OauthDevice device = {0};
    gboolean told = oauth_answer_device(200, rows[i].body, strlen(rows[i].body), &device, NULL);
    g_test_message("%s", rows[i].body);
    g_assert_cmpint(told, ==, rows[i].right);
    g_assert_cmpuint(device.lifetime_s, ==, rows[i].lifetime_s);
    g_assert_cmpuint(device.interval_s, ==, rows[i].interval_s);
    oauth_device_done(&device);
  }
}

static void test_urls(void) {
  static const struct {
    const char *url;
    gboolean safe;
  } rows[] = {{"https://a.example/token", TRUE},     {"https://a.example:8443/t?x=y", TRUE},
              {"http://127.0.0.1:8080/t", TRUE},     {"http://[::1]:8080/t", TRUE},
              {"http://a.example/t", FALSE},         {"http://localhost/t", FALSE},
              {"http://127.0.0.1.a.example", FALSE}, {"https://", FALSE},
              {"https://u:p@a.example/", FALSE},     {"file:///etc/passwd", FALSE},
              {"ftp://127.0.0.1/t", FALSE},          {"https://a.example/ b", FALSE},
              {"https://a.example/#f", FALSE},       {"", FALSE},
              {"https://a.example/\n", FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].url);
    g_assert_cmpint(oauth_answer_is_safe_url(rows[i].url), ==, rows[i].safe);
  }
}

/* --- when ------------------------------------------------------------------------------------- */

enum { NOW = 100000 };
static const struct {
  const char *name;
  OauthGrant grant;
  OauthStep step;
  guint wait_s;
} plan_rows[] = {
    {"nobody", {.user = NULL}, OAUTH_LOG_IN, 0},
    {"withdrawn", {.refresh_token = "r", .withdrawn = TRUE}, OAUTH_LOG_IN, 0},
    {"no access token yet", {.refresh_token = "r"}, OAUTH_RENEW, 0},
    {"fresh",
     {.refresh_token = "r", .access_token = "a", .since = NOW, .until = NOW + 3600},
     OAUTH_USE,
     0},
    {"just before the margin",
     {.refresh_token = "r", .access_token = "a", .since = NOW - 3299, .until = NOW + 301},
     OAUTH_USE,
     0},
    {"at the margin",
     {.refresh_token = "r", .access_token = "a", .since = NOW - 3300, .until = NOW + 300},
     OAUTH_RENEW,
     0},
    {"a short one at three quarters",
     {.refresh_token = "r",
      .access_token = "a",
      .since = NOW - 6,
      .until = NOW + 2,
      .tried = NOW - 6},
     OAUTH_RENEW,
     0},
    {"a very short one is used to its end",
     {.refresh_token = "r",
      .access_token = "a",
      .since = NOW - 3,
      .until = NOW + 1,
      .tried = NOW - 3},
     OAUTH_USE,
     0},
    {"and then waits",
     {.refresh_token = "r", .access_token = "a", .since = NOW - 3, .until = NOW, .tried = NOW - 3},
     OAUTH_WAIT,
     2},
    {"a failure, the token still holds",
     {.refresh_token = "r",
      .access_token = "a",
      .since = NOW - 3500,
      .until = NOW + 100,
      .tried = NOW - 1,
      .failures = 1},
     OAUTH_USE,
     0},
    {"a failure, the token has ended",
     {.refresh_token = "r",
      .access_token = "a",
      .since = NOW - 3700,
      .until = NOW - 100,
      .tried = NOW - 1,
      .failures = 1},
     OAUTH_WAIT,
     59},
    {"many failures", {.refresh_token = "r", .tried = NOW, .failures = 1000}, OAUTH_WAIT, 3600},
    {"a failure long ago",
     {.refresh_token = "r", .tried = NOW - 60, .failures = 1},
     OAUTH_RENEW,
     0},
    {"refused, aged",
     {.refresh_token = "r",
      .access_token = "a",
      .since = NOW - 600,
      .until = NOW + 3000,
      .tried = NOW - 600,
      .refused = TRUE,
      .refusals = 1},
     OAUTH_RENEW,
     0},
    {"refused when new",
     {.refresh_token = "r",
      .access_token = "a",
      .since = NOW - 1,
      .until = NOW + 3599,
      .tried = NOW - 1,
      .refused = TRUE,
      .refusals = 2},
     OAUTH_WAIT,
     119},
    {"a clock that was set back",
     {.refresh_token = "r",
      .access_token = "a",
      .since = NOW + 50,
      .until = NOW + 3650,
      .tried = NOW + 50},
     OAUTH_RENEW,
     0},
};

static void test_plan(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(plan_rows); i++) {
    guint wait_s = 0;
    g_test_message("%s", plan_rows[i].name);
    g_assert_cmpint(oauth_grant_plan(&plan_rows[i].grant, NOW, &wait_s), ==, plan_rows[i].step);
    g_assert_cmpuint(wait_s, ==, plan_rows[i].wait_s);
  }
}

/* However often a mail server refuses what it is given, the token server is asked seldom: within
 * a day of a try each second not thirty times. */
static void test_no_loop(void) {
  OauthGrant *grant = g_new0(OauthGrant, 1);
  guint asked = 0, wait_s;
  grant->refresh_token = g_strdup("r");
  for (gint64 now = 1; now <= 86400; now++) {
    OauthStep step = oauth_grant_plan(grant, now, &wait_s);
    if (step == OAUTH_WAIT) continue;
    if (step == OAUTH_RENEW) {
      OauthTokens tokens = {g_strdup_printf("a%u", asked++), NULL, 3600};
      oauth_grant_take(grant, &tokens, now);
    }
    g_assert_true(oauth_grant_refuse(grant, grant->access_token, now));
  }
  g_test_message("asked %u times", asked);
  g_assert_cmpuint(asked, >, 5);
  g_assert_cmpuint(asked, <, 35);
  g_assert_false(oauth_grant_refuse(grant, "another", 1));
  oauth_grant_free(grant);
}

/* --- the file ----------------------------------------------------------------------------------
 */

static void test_file(void) {
  g_autoptr(GError) error = NULL;
  Scratch scratch = scratch_new();
  g_autofree char *path = g_build_filename(scratch.folder, "oauth-1.json", NULL);
  g_autoptr(OauthGrant) none = oauth_grant_load(path, &error);
  g_assert_no_error(error);
  g_assert_null(none->refresh_token);

  OauthDraft draft;
  OauthTokens tokens = {g_strdup("a"), g_strdup("r"), 60};
  g_assert_true(oauth_grant_prepare(path, &draft, NULL));
  string_set(&none->user, "a@example.org");
  oauth_grant_take(none, &tokens, 1000);
  g_assert_true(oauth_grant_save(&draft, none, NULL));
  g_autoptr(OauthGrant) kept = oauth_grant_load(path, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(kept->refresh_token, ==, "r");
  g_assert_cmpstr(kept->access_token, ==, "a");
  g_assert_cmpint(kept->until, ==, 1060);

  struct stat st;
  g_assert_cmpint(stat(path, &st), ==, 0);
  g_assert_cmpint(st.st_mode & 0777, ==, 0600);
  OauthDraft cut_off;
  g_assert_true(oauth_grant_prepare(path, &cut_off, NULL));
  g_assert_true(oauth_grant_prepare(path, &draft, NULL)); /* not hindered by it */
  oauth_grant_drop(&draft);
  oauth_grant_drop(&cut_off);
  g_autoptr(OauthGrant) still = oauth_grant_load(path, NULL);
  g_assert_cmpstr(still->refresh_token, ==, "r");

  g_assert_cmpint(chmod(path, 0640), ==, 0);
  g_assert_null(oauth_grant_load(path, &error));
  g_assert_nonnull(strstr(error->message, "chmod 600"));
  g_clear_error(&error);
  g_assert_cmpint(chmod(path, 0600), ==, 0);
  g_assert_cmpint(truncate(path, 20), ==, 0);
  g_assert_null(oauth_grant_load(path, &error));
  g_assert_nonnull(strstr(error->message, "log in again"));
  g_clear_error(&error);
  g_assert_false(oauth_grant_prepare("/nonexistent/x.json", &draft, &error));
  g_assert_nonnull(strstr(error->message, "cannot be made"));
  scratch_free(&scratch);
}

/* --- the browser, the settings ------------------------------------------------------------------
 */

static void test_code(void) {
  static const struct {
    const char *line, *code;
    gboolean denied;
  } rows[] = {
      {"GET /?code=abc&state=S HTTP/1.1\r\n", "abc", FALSE},
      {"http://127.0.0.1:1234/?state=S&code=4%2Fabc&scope=x\n", "4/abc", FALSE},
      {"GET /?code=abc&state=T HTTP/1.1\r\n", NULL, FALSE},
      {"GET /?code=abc HTTP/1.1\r\n", NULL, FALSE},
      {"GET /?code=&state=S HTTP/1.1\r\n", NULL, FALSE},
      {"GET /?state=S HTTP/1.1\r\n", NULL, FALSE},
      {"GET /favicon.ico HTTP/1.1\r\n", NULL, FALSE},
      {"GET /?error=access_denied&state=S HTTP/1.1\r\n", NULL, TRUE},
      {"GET /?error=access_denied&state=T HTTP/1.1\r\n", NULL, FALSE},
      {"GET /?%zz&state=S HTTP/1.1\r\n", NULL, FALSE},
      {"", NULL, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *code = oauth_login_code(rows[i].line, "S", &error);
    g_test_message("%s", rows[i].line);
    g_assert_cmpstr(code, ==, rows[i].code);
    g_assert_cmpint(error != NULL, ==, rows[i].denied);
  }
  /* RFC 7636, appendix B */
  g_autofree char *challenge = oauth_login_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  g_assert_cmpstr(challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static OauthSettings *settings_of(const char *provider, const char *client, const char *user) {
  OauthSettings *settings = oauth_settings_new();
  settings->provider = g_strdup(provider);
  settings->client_id = g_strdup(client);
  oauth_settings_complete(settings, "a", user, "/store");
  return settings;
}

static void test_settings(void) {
  const char *key = NULL;
  OauthSettings *one = settings_of("microsoft", "c", "a@example.org");
  OauthSettings *same = settings_of("microsoft", "c", "a@example.org");
  OauthSettings *other = settings_of("microsoft", "c", "b@example.org");
  OauthSettings *google = settings_of("google", "c", "a@example.org");
  OauthSettings *custom = settings_of("custom", "c", "a@example.org");
  g_assert_cmpstr(one->token_url, ==, "https://login.microsoftonline.com/common/oauth2/v2.0/token");
  g_assert_null(oauth_settings_problem(one, &key));
  g_assert_null(oauth_settings_problem(google, &key));
  g_assert_null(google->device_url);
  g_assert_cmpstr(one->file, ==, same->file);
  g_assert_cmpstr(one->file, !=, other->file);
  g_assert_cmpstr(one->file, !=, google->file);
  g_autofree char *problem = oauth_settings_problem(custom, &key);
  g_assert_cmpstr(key, ==, "provider");
  OauthSettings *all[] = {one, same, other, google, custom};
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) oauth_settings_unref(all[i]);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/oauth/tokens", test_tokens);
  g_test_add_func("/oauth/bounds", test_bounds);
  g_test_add_func("/oauth/device", test_device);
  g_test_add_func("/oauth/urls", test_urls);
  g_test_add_func("/oauth/plan", test_plan);
  g_test_add_func("/oauth/no-loop", test_no_loop);
  g_test_add_func("/oauth/file", test_file);
  g_test_add_func("/oauth/code", test_code);
  g_test_add_func("/oauth/settings", test_settings);
  return g_test_run();
}
