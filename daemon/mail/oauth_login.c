/* oauth_login - see oauth_login.h. */
#include "daemon/mail/oauth_login.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/log.h"

enum { RANDOM_BYTES = 32, RANDOM_CHARS = 44 };

static gboolean with_refresh_token(OauthTokens *tokens, GError **error) {
  if (tokens->refresh_token) return TRUE;
  oauth_tokens_done(tokens);
  g_set_error_literal(error, OAUTH_ERROR, OAUTH_ERROR_SETTING,
                      "the token server gave no refresh token; the scope must ask for lasting "
                      "access (offline_access)");
  return FALSE;
}

static gboolean ask_tokens(const OauthSettings *settings, const OauthField *fields, gsize count,
                           OauthTokens *ret_tokens, GError **error) {
  OauthReply reply = {0};
  if (!oauth_post(settings, settings->token_url, fields, count, &reply, error)) return FALSE;
  gboolean told = oauth_answer_tokens(reply.status, reply.body, reply.size, ret_tokens, error);
  oauth_reply_done(&reply);
  return told && with_refresh_token(ret_tokens, error);
}

/* --- device code --------------------------------------------------------------------------------
 */

/* Again, after a while? TRUE: the person has not decided, or the server was out of reach. */
static gboolean is_pending(const GError *failed, guint *interval_s) {
  if (g_error_matches(failed, OAUTH_ERROR, OAUTH_ERROR_SLOW_DOWN))
    *interval_s = MIN(*interval_s + OAUTH_SLOW_DOWN_S, OAUTH_INTERVAL_MAX_S);
  return g_error_matches(failed, OAUTH_ERROR, OAUTH_ERROR_SLOW_DOWN) ||
         g_error_matches(failed, OAUTH_ERROR, OAUTH_ERROR_PENDING) ||
         g_error_matches(failed, OAUTH_ERROR, OAUTH_ERROR_TRANSIENT);
}

static gboolean poll_device(const OauthSettings *settings, const OauthDevice *device,
                            OauthTokens *ret_tokens, GError **error) {
  const OauthField fields[] = {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                               {"device_code", device->device_code}};
  gint64 end_us = g_get_monotonic_time() + device->lifetime_s * G_USEC_PER_SEC;
  guint interval_s = device->interval_s;
  while (g_get_monotonic_time() < end_us) {
    g_autoptr(GError) failed = NULL;
    g_usleep(interval_s * G_USEC_PER_SEC); /* the protocol's own pace */
    if (ask_tokens(settings, fields, G_N_ELEMENTS(fields), ret_tokens, &failed)) return TRUE;
    if (is_pending(failed, &interval_s)) continue;
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  g_set_error_literal(error, OAUTH_ERROR, OAUTH_ERROR_DENIED, "nobody entered the code in time");
  return FALSE;
}

static gboolean by_device(const OauthSettings *settings, OauthTell tell, OauthTokens *ret_tokens,
                          GError **error) {
  const OauthField fields[] = {{"scope", settings->scope}};
  OauthReply reply = {0};
  OauthDevice device = {0};
  if (!oauth_post(settings, settings->device_url, fields, G_N_ELEMENTS(fields), &reply, error))
    return FALSE;
  gboolean told = oauth_answer_device(reply.status, reply.body, reply.size, &device, error);
  oauth_reply_done(&reply);
  if (!told) return FALSE;
  g_autofree char *line = g_strdup_printf("Open %s, enter the code %s and log in as %s.",
                                          device.url, device.user_code, settings->user);
  tell(line);
  gboolean in = poll_device(settings, &device, ret_tokens, error);
  oauth_device_done(&device);
  return in;
}

/* --- browser: what goes out ----------------------------------------------------------------------
 */

typedef struct {
  char verifier[RANDOM_CHARS], state[RANDOM_CHARS];
  char *redirect; /* http://127.0.0.1:PORT/ */
  int listener;
} Browser;

static void random_text(char text[RANDOM_CHARS]) {
  guint8 bytes[RANDOM_BYTES];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(text, RANDOM_CHARS, bytes, sizeof bytes,
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(bytes, sizeof bytes);
}

char *oauth_login_challenge(const char *verifier) {
  guint8 hash[crypto_hash_sha256_BYTES];
  char text[RANDOM_CHARS];
  crypto_hash_sha256(hash, (const guint8 *)verifier, strlen(verifier));
  sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return g_strdup(text);
}

/* The kernel picks the port. */
static gboolean listen_anywhere(Browser *browser, GError **error) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof at;
  browser->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (browser->listener >= 0 && bind(browser->listener, (struct sockaddr *)&at, sizeof at) == 0 &&
      listen(browser->listener, 4) == 0 &&
      getsockname(browser->listener, (struct sockaddr *)&at, &size) == 0) {
    browser->redirect = g_strdup_printf("http://127.0.0.1:%u/", ntohs(at.sin_port));
    return TRUE;
  }
  g_set_error(error, OAUTH_ERROR, OAUTH_ERROR_TRANSIENT, "cannot listen on 127.0.0.1: %s",
              g_strerror(errno));
  return FALSE;
}

static void add_query(GString *url, const char *name, const char *value) {
  g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
  g_string_append_printf(url, "%s%s=%s", strchr(url->str, '?') ? "&" : "?", name, escaped);
}

/* Google gives a refresh token only where offline access and consent are asked for. */
static char *address_of(const OauthSettings *settings, const Browser *browser) {
  g_autofree char *challenge = oauth_login_challenge(browser->verifier);
  GString *url = g_string_new(settings->authorize_url);
  add_query(url, "response_type", "code");
  add_query(url, "client_id", settings->client_id);
  add_query(url, "redirect_uri", browser->redirect);
  add_query(url, "scope", settings->scope);
  add_query(url, "state", browser->state);
  add_query(url, "code_challenge", challenge);
  add_query(url, "code_challenge_method", "S256");
  add_query(url, "login_hint", settings->user);
  add_query(url, "access_type", "offline");
  add_query(url, "prompt", "consent");
  return g_string_free(url, FALSE);
}

/* --- browser: what comes back
 * --------------------------------------------------------------------- */

/* The query of a request's first line or of an address: between '?' and a blank. */
static char *query_of(const char *line) {
  const char *query = strchr(line, '?');
  return query ? g_strndup(query + 1, strcspn(query + 1, " \r\n#")) : NULL;
}

static gboolean is_same(const char *a, const char *b) {
  return a && strlen(a) == strlen(b) && sodium_memcmp(a, b, strlen(b)) == 0;
}

char *oauth_login_code(const char *line, const char *state, GError **error) {
  g_autofree char *query = query_of(line);
  g_autoptr(GHashTable) values =
      query ? g_uri_parse_params(query, -1, "&", G_URI_PARAMS_NONE, NULL) : NULL;
  if (!values || !is_same(g_hash_table_lookup(values, "state"), state)) return NULL;
  const char *refused = g_hash_table_lookup(values, "error");
  const char *code = g_hash_table_lookup(values, "code");
  if (refused) {
    g_autofree char *clean = log_clean(refused, OAUTH_TEXT_CHARS_MAX);
    g_set_error(error, OAUTH_ERROR, OAUTH_ERROR_DENIED, "the login was refused: %s", clean);
    return NULL;
  }
  return code && *code && strlen(code) <= OAUTH_CODE_BYTES_MAX ? g_strdup(code) : NULL;
}

static gboolean is_ready(int fd, gint64 end_us) {
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  gint64 left_us = end_us - g_get_monotonic_time();
  return left_us > 0 && poll(&wait, 1, (int)(left_us / 1000 + 1)) == 1;
}

/* The first line, within bounds; NULL: it did not come. */
static char *read_line(int fd) {
  gint64 end_us = g_get_monotonic_time() + OAUTH_REQUEST_WAIT_S * G_USEC_PER_SEC;
  g_autoptr(GString) text = g_string_new(NULL);
  char part[1024];
  while (!strchr(text->str, '\n') && text->len < OAUTH_REQUEST_BYTES_MAX && is_ready(fd, end_us)) {
    ssize_t got = read(fd, part, sizeof part);
    if (got <= 0) break;
    g_string_append_len(text, part, got);
    if (strlen(text->str) < text->len) return NULL;
  }
  return strchr(text->str, '\n') ? g_strdup(text->str) : NULL;
}

static void answer(int fd, gboolean done) {
  const char *words = done ? "Done. You can close this page." : "Nothing is waited for here.";
  g_autofree char *text = g_strdup_printf(
      "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
      "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
      done ? "200 OK" : "400 Bad Request", strlen(words), words);
  if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0) log_debug("the browser has gone");
}

static char *take_request(const Browser *browser, GError **error) {
  int fd = accept4(browser->listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return NULL;
  g_autoptr(GError) refused = NULL;
  g_autofree char *line = read_line(fd);
  char *code = line && g_str_has_prefix(line, "GET /?")
                   ? oauth_login_code(line, browser->state, &refused)
                   : NULL;
  answer(fd, code || refused);
  close(fd);
  if (refused) g_propagate_error(error, g_steal_pointer(&refused));
  return code;
}

static char *take_pasted(const Browser *browser, int *paste_fd, GError **error) {
  g_autofree char *line = read_line(*paste_fd);
  if (!line) *paste_fd = -1; /* its end */
  return line ? oauth_login_code(line, browser->state, error) : NULL;
}

static char *wait_code(const Browser *browser, int paste_fd, GError **error) {
  gint64 end_us = g_get_monotonic_time() + OAUTH_BROWSER_WAIT_S * G_USEC_PER_SEC;
  for (guint i = 0; i < OAUTH_REQUESTS_MAX; i++) {
    struct pollfd wait[] = {{.fd = browser->listener, .events = POLLIN},
                            {.fd = paste_fd, .events = POLLIN}};
    gint64 left_us = end_us - g_get_monotonic_time();
    g_autoptr(GError) refused = NULL;
    if (left_us <= 0 || poll(wait, G_N_ELEMENTS(wait), (int)(left_us / 1000 + 1)) <= 0) break;
    char *code = wait[0].revents ? take_request(browser, &refused)
                                 : take_pasted(browser, &paste_fd, &refused);
    if (code) return code;
    if (!refused) continue;
    g_propagate_error(error, g_steal_pointer(&refused));
    return NULL;
  }
  g_set_error_literal(error, OAUTH_ERROR, OAUTH_ERROR_DENIED, "no login came back from a browser");
  return NULL;
}

static gboolean exchange(const OauthSettings *settings, const Browser *browser, const char *code,
                         OauthTokens *ret_tokens, GError **error) {
  const OauthField fields[] = {{"grant_type", "authorization_code"},
                               {"code", code},
                               {"redirect_uri", browser->redirect},
                               {"code_verifier", browser->verifier}};
  return ask_tokens(settings, fields, G_N_ELEMENTS(fields), ret_tokens, error);
}

static gboolean by_browser(const OauthSettings *settings, int paste_fd, OauthTell tell,
                           OauthTokens *ret_tokens, GError **error) {
  Browser browser = {.listener = -1};
  random_text(browser.verifier);
  random_text(browser.state);
  gboolean in = FALSE;
  if (listen_anywhere(&browser, error)) {
    g_autofree char *address = address_of(settings, &browser);
    tell("Open this address in a browser and log in:");
    tell(address);
    if (paste_fd >= 0)
      tell("Is the browser on another machine? Then its last page cannot be opened: paste that "
           "page's address here.");
    char *code = wait_code(&browser, paste_fd, error);
    in = code && exchange(settings, &browser, code, ret_tokens, error);
    secret_wipe(code);
  }
  if (browser.listener >= 0) close(browser.listener);
  g_free(browser.redirect);
  sodium_memzero(&browser, sizeof browser);
  return in;
}

gboolean oauth_login(const OauthSettings *settings, int paste_fd, OauthTell tell,
                     OauthTokens *ret_tokens, GError **error) {
  return settings->device_url ? by_device(settings, tell, ret_tokens, error)
                              : by_browser(settings, paste_fd, tell, ret_tokens, error);
}
