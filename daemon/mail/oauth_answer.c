/* oauth_answer - see oauth_answer.h. */
#include "daemon/mail/oauth_answer.h"

#include <jansson.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/log.h"

enum { URL_BYTES_MAX = 1000 };

G_DEFINE_QUARK(oauth - error - quark, oauth_error)

void oauth_tokens_done(OauthTokens *tokens) {
  secret_wipe(g_steal_pointer(&tokens->access_token));
  secret_wipe(g_steal_pointer(&tokens->refresh_token));
}

void oauth_device_done(OauthDevice *device) {
  secret_wipe(g_steal_pointer(&device->device_code));
  g_clear_pointer(&device->user_code, g_free);
  g_clear_pointer(&device->url, g_free);
}

/* --- addresses -------------------------------------------------------------------------------- */

static gboolean is_graph(const char *text, gsize most) {
  gsize size = 0;
  for (; text[size]; size++)
    if (size >= most || text[size] <= ' ' || text[size] > '~') return FALSE;
  return size > 0;
}

gboolean oauth_answer_is_safe_url(const char *url) {
  if (!is_graph(url, URL_BYTES_MAX) || strpbrk(url, "\"<>\\^`{|}")) return FALSE;
  g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *host = uri ? g_uri_get_host(uri) : NULL;
  if (!host || !*host || g_uri_get_userinfo(uri) || g_uri_get_fragment(uri)) return FALSE;
  if (!strcmp(g_uri_get_scheme(uri), "https")) return TRUE;
  /* By number: a name could lead elsewhere. */
  return !strcmp(g_uri_get_scheme(uri), "http") &&
         (!strcmp(host, "127.0.0.1") || !strcmp(host, "::1"));
}

/* --- what went wrong ---------------------------------------------------------------------------
 */

static OauthError code_of(const char *name, long status) {
  static const struct {
    const char *name;
    OauthError code;
  } rows[] = {{"invalid_grant", OAUTH_ERROR_WITHDRAWN},
              {"interaction_required", OAUTH_ERROR_WITHDRAWN},
              {"consent_required", OAUTH_ERROR_WITHDRAWN},
              {"login_required", OAUTH_ERROR_WITHDRAWN},
              {"authorization_pending", OAUTH_ERROR_PENDING},
              {"slow_down", OAUTH_ERROR_SLOW_DOWN},
              {"access_denied", OAUTH_ERROR_DENIED},
              {"authorization_declined", OAUTH_ERROR_DENIED},
              {"expired_token", OAUTH_ERROR_DENIED},
              {"server_error", OAUTH_ERROR_TRANSIENT},
              {"temporarily_unavailable", OAUTH_ERROR_TRANSIENT}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (!strcmp(rows[i].name, name)) return rows[i].code;
  return status >= 500 || status == 429 || status == 408 ? OAUTH_ERROR_TRANSIENT
                                                         : OAUTH_ERROR_SETTING;
}

/* A server that is busy says what it likes; anything else that is no answer is nonsense. */
static json_t *load(long status, const char *body, gsize size, GError **error) {
  json_error_t where;
  json_t *root = size <= OAUTH_ANSWER_BYTES_MAX
                     ? json_loadb(body, size, JSON_REJECT_DUPLICATES, &where)
                     : NULL;
  if (json_is_object(root)) return root;
  json_decref(root);
  if (size > OAUTH_ANSWER_BYTES_MAX)
    g_set_error(error, OAUTH_ERROR, OAUTH_ERROR_TRANSIENT,
                "the token server's answer is over %d bytes", OAUTH_ANSWER_BYTES_MAX);
  else
    g_set_error(error, OAUTH_ERROR, OAUTH_ERROR_TRANSIENT,
                "the token server answered HTTP %ld, with no JSON object", status);
  return NULL;
}

static gboolean nonsense(GError **error, const char *what) {
  g_set_error(error, OAUTH_ERROR, OAUTH_ERROR_TRANSIENT, "the token server's answer %s", what);
  return FALSE;
}

static gboolean refused(const json_t *root, long status, GError **error) {
  const char *name = json_string_value(json_object_get(root, "error"));
  const char *text = json_string_value(json_object_get(root, "error_description"));
  if (status == 200 && !name) return FALSE;
  g_autofree char *clean_name = log_clean(name ? name : "no reason", OAUTH_TEXT_CHARS_MAX);
  g_autofree char *clean_text = log_clean(text ? text : "", OAUTH_TEXT_CHARS_MAX);
  g_set_error(error, OAUTH_ERROR, (int)code_of(name ? name : "", status),
              "the token server answered %s (HTTP %ld%s%s)", clean_name, status,
              *clean_text ? ": " : "", clean_text);
  return TRUE;
}

/* --- members -----------------------------------------------------------------------------------
 */

/* Seconds, as a number or (Microsoft's older servers) as text; `fallback` where there are none. */
static guint seconds(const json_t *root, const char *key, guint fallback, guint most) {
  const json_t *value = json_object_get(root, key);
  double given = json_is_number(value) ? json_number_value(value) : fallback;
  guint64 number;
  if (json_is_string(value) &&
      g_ascii_string_to_unsigned(json_string_value(value), 10, 0, G_MAXUINT32, &number, NULL))
    given = (double)number;
  return given >= 1 ? (guint)MIN(given, (double)most) : 1;
}

/* RFC 6749 A.12, A.17: printable ASCII; without blanks, since the token becomes part of a line. */
static gboolean copy(const json_t *root, const char *key, gsize most, char **ret_text) {
  const json_t *value = json_object_get(root, key);
  const char *text = json_string_value(value);
  if (!text || json_string_length(value) != strlen(text) || !is_graph(text, most)) return FALSE;
  *ret_text = g_strdup(text);
  return TRUE;
}

static gboolean read_tokens(const json_t *root, OauthTokens *tokens, GError **error) {
  const char *type = json_string_value(json_object_get(root, "token_type"));
  if (!type || g_ascii_strcasecmp(type, "bearer") != 0)
    return nonsense(error, "has no token_type 'Bearer'");
  if (!copy(root, "access_token", OAUTH_TOKEN_BYTES_MAX, &tokens->access_token))
    return nonsense(error, "has no usable access_token");
  const json_t *next = json_object_get(root, "refresh_token");
  if (next && !json_is_null(next) &&
      !copy(root, "refresh_token", OAUTH_TOKEN_BYTES_MAX, &tokens->refresh_token))
    return nonsense(error, "has no usable refresh_token");
  tokens->lifetime_s = seconds(root, "expires_in", OAUTH_LIFETIME_DEFAULT_S, OAUTH_LIFETIME_MAX_S);
  return TRUE;
}

gboolean oauth_answer_tokens(long status, const char *body, gsize size, OauthTokens *ret_tokens,
                             GError **error) {
  OauthTokens tokens = {0};
  json_t *root = load(status, body, size, error);
  gboolean told = root && !refused(root, status, error) && read_tokens(root, &tokens, error);
  json_decref(root);
  if (told)
    *ret_tokens = tokens;
  else
    oauth_tokens_done(&tokens);
  return told;
}

static gboolean read_device(const json_t *root, OauthDevice *device, GError **error) {
  const char *url_key = json_object_get(root, "verification_uri") ? "verification_uri"
                                                                  : "verification_url"; /* Google */
  if (!copy(root, "device_code", OAUTH_CODE_BYTES_MAX, &device->device_code) ||
      !copy(root, "user_code", OAUTH_USER_CODE_CHARS_MAX, &device->user_code))
    return nonsense(error, "has no usable device_code and user_code");
  if (!copy(root, url_key, URL_BYTES_MAX, &device->url) || !oauth_answer_is_safe_url(device->url))
    return nonsense(error, "has no verification_uri that begins with https://");
  device->lifetime_s = seconds(root, "expires_in", 900, OAUTH_DEVICE_LIFETIME_MAX_S);
  device->interval_s = seconds(root, "interval", OAUTH_INTERVAL_DEFAULT_S, OAUTH_INTERVAL_MAX_S);
  return TRUE;
}

gboolean oauth_answer_device(long status, const char *body, gsize size, OauthDevice *ret_device,
                             GError **error) {
  OauthDevice device = {0};
  json_t *root = load(status, body, size, error);
  gboolean told = root && !refused(root, status, error) && read_device(root, &device, error);
  json_decref(root);
  if (told)
    *ret_device = device;
  else
    oauth_device_done(&device);
  return told;
}
