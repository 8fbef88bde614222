/* oauth - see oauth.h. */
#include "daemon/mail/oauth.h"

#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/mail/oauth_grant.h"
#include "daemon/mail/tls_stream.h"
#include "daemon/settings.h"
#include "daemon/util.h"

/* --- HTTP ---------------------------------------------------------------------------------------
 */

void oauth_reply_done(OauthReply *reply) {
  if (reply->body) explicit_bzero(reply->body, reply->size);
  g_clear_pointer(&reply->body, g_free);
}

/* More than an answer may have ends the transfer. */
static size_t take(char *data, size_t one, size_t size, void *context) {
  OauthReply *reply = context;
  (void)one;
  if (size > OAUTH_ANSWER_BYTES_MAX - reply->size) return 0;
  memcpy(reply->body + reply->size, data, size);
  reply->size += size;
  return size;
}

static void append_field(GString *form, const char *name, const char *value) {
  g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
  g_string_append_printf(form, "%s%s=%s", form->len ? "&" : "", name, escaped);
  explicit_bzero(escaped, strlen(escaped));
}

/* NULL: the client's secret cannot be read. */
static char *form_of(const OauthSettings *settings, const OauthField *fields, gsize count,
                     GError **error) {
  Secret secret = {SECRET_FILE, settings->client_secret_file};
  char *value = secret.source ? secret_read(&secret, error) : NULL;
  if (secret.source && !value) return NULL;
  GString *form = g_string_sized_new(2 * OAUTH_ANSWER_BYTES_MAX); /* never moved: it is wiped */
  append_field(form, "client_id", settings->client_id);
  if (value) append_field(form, "client_secret", value);
  for (gsize i = 0; i < count; i++)
    if (fields[i].value) append_field(form, fields[i].name, fields[i].value);
  secret_wipe(value);
  return g_string_free(form, FALSE);
}

static void bound(CURL *curl, const OauthSettings *settings, const char *url) {
  gboolean clear = g_str_has_prefix(url, "http:");
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, clear ? "http" : "https");
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)OAUTH_CONNECT_TIMEOUT_S);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)OAUTH_TIMEOUT_S);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "bulletind/" BULLETIND_VERSION);
  if (clear) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  if (settings->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
}

static gboolean perform(CURL *curl, const char *url, OauthReply *reply, GError **error) {
  char why[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
  CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK &&
      curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status) == CURLE_OK)
    return TRUE;
  if (code == CURLE_WRITE_ERROR)
    g_set_error(error, OAUTH_ERROR, OAUTH_ERROR_TRANSIENT, "%s: the answer is over %d bytes", url,
                OAUTH_ANSWER_BYTES_MAX);
  else
    g_set_error(error, OAUTH_ERROR, OAUTH_ERROR_TRANSIENT, "%s: %s", url,
                *why ? why : curl_easy_strerror(code));
  return FALSE;
}

static gboolean send_form(const OauthSettings *settings, const char *url, const char *form,
                          OauthReply *reply, GError **error) {
  CURL *curl = curl_easy_init();
  struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
  g_assert(curl && headers);
  bound(curl, settings, url);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
  gboolean answered = perform(curl, url, reply, error);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return answered;
}

gboolean oauth_post(const OauthSettings *settings, const char *url, const OauthField *fields,
                    gsize count, OauthReply *ret_reply, GError **error) {
  char *form = form_of(settings, fields, count, error);
  if (!form) return FALSE;
  OauthReply reply = {.body = g_malloc(OAUTH_ANSWER_BYTES_MAX)};
  gboolean answered = send_form(settings, url, form, &reply, error);
  secret_wipe(form);
  if (answered)
    *ret_reply = reply;
  else
    oauth_reply_done(&reply);
  return answered;
}

/* --- renewing -----------------------------------------------------------------------------------
 */

static gint64 now_s(void) {
  return g_get_real_time() / G_USEC_PER_SEC;
}

static gboolean ask(const OauthSettings *settings, const OauthGrant *grant, OauthTokens *ret_tokens,
                    GError **error) {
  const OauthField fields[] = {{"grant_type", "refresh_token"},
                               {"refresh_token", grant->refresh_token}};
  OauthReply reply = {0};
  if (!oauth_post(settings, settings->token_url, fields, G_N_ELEMENTS(fields), &reply, error))
    return FALSE;
  gboolean told = oauth_answer_tokens(reply.status, reply.body, reply.size, ret_tokens, error);
  oauth_reply_done(&reply);
  return told;
}

static void fail_transient(GError **error, const char *what, guint wait_s) {
  g_set_error(error, MAIL_ERROR, MAIL_ERROR_TRANSIENT,
              "no OAuth token: %s; it is not asked for again within %u s", what, wait_s);
}

/* What to run, where a person must go on. */
static void fail_login(GError **error, const OauthSettings *settings, const OauthGrant *grant) {
  g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "'%s' %s%s%s; run: %s", settings->user,
              grant->withdrawn ? "must log in again" : "has not logged in yet",
              grant->fault ? ": " : "", grant->fault ? grant->fault : "", settings->command);
}

static void tell_failure(GError **error, const OauthSettings *settings, const OauthGrant *grant,
                         const GError *why) {
  guint wait_s = 0;
  gboolean by_hand =
      why->domain == CONFIG_ERROR || g_error_matches(why, OAUTH_ERROR, OAUTH_ERROR_SETTING);
  if (oauth_grant_plan(grant, now_s(), &wait_s) == OAUTH_LOG_IN)
    fail_login(error, settings, grant);
  else if (by_hand)
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET,
                "no OAuth token: %s; check oauth: client_id, client_secret_file and scope",
                why->message);
  else
    fail_transient(error, why->message, wait_s);
}

/* The new state is on the disk before a token is used: a refresh token may hold once alone. */
static gboolean renew(const OauthSettings *settings, OauthGrant *grant, GError **error) {
  g_autoptr(GError) why = NULL;
  OauthTokens tokens = {0};
  OauthDraft draft;
  if (!oauth_grant_prepare(settings->file, &draft, error)) return FALSE;
  gboolean told = ask(settings, grant, &tokens, &why);
  if (told)
    oauth_grant_take(grant, &tokens, now_s());
  else
    oauth_grant_fail(grant, why, now_s());
  oauth_tokens_done(&tokens);
  if (!oauth_grant_save(&draft, grant, error)) return FALSE;
  if (!told) tell_failure(error, settings, grant, why);
  return told;
}

static gboolean make_usable(const OauthSettings *settings, OauthGrant *grant, GError **error) {
  guint wait_s = 0;
  switch (oauth_grant_plan(grant, now_s(), &wait_s)) {
  case OAUTH_USE:
    return TRUE;
  case OAUTH_RENEW:
    return renew(settings, grant, error);
  case OAUTH_WAIT:
    fail_transient(error, grant->fault ? grant->fault : "the server refuses new ones", wait_s);
    return FALSE;
  case OAUTH_LOG_IN:
    fail_login(error, settings, grant);
    return FALSE;
  }
  g_assert_not_reached();
}

char *oauth_token(const OauthSettings *settings, GError **error) {
  int lock = oauth_grant_lock(settings->file, error);
  if (lock < 0) return NULL;
  g_autoptr(OauthGrant) grant = oauth_grant_load(settings->file, error);
  char *token = NULL;
  if (grant && make_usable(settings, grant, error)) token = g_steal_pointer(&grant->access_token);
  close(lock);
  return token;
}

static gboolean save_now(const OauthSettings *settings, const OauthGrant *grant, GError **error) {
  OauthDraft draft;
  return oauth_grant_prepare(settings->file, &draft, error) &&
         oauth_grant_save(&draft, grant, error);
}

gboolean oauth_refused(const OauthSettings *settings, const char *token) {
  guint wait_s;
  int lock = oauth_grant_lock(settings->file, NULL);
  if (lock < 0) return FALSE;
  g_autoptr(OauthGrant) grant = oauth_grant_load(settings->file, NULL);
  gboolean changed = grant && oauth_grant_refuse(grant, token, now_s());
  gboolean kept = !changed || save_now(settings, grant, NULL);
  gboolean another = grant && kept && oauth_grant_plan(grant, now_s(), &wait_s) <= OAUTH_RENEW;
  close(lock);
  return another;
}

gboolean oauth_keep(const OauthSettings *settings, OauthTokens *tokens, GError **error) {
  int lock = oauth_grant_lock(settings->file, error);
  if (lock < 0) return FALSE;
  g_autoptr(OauthGrant) grant = g_new0(OauthGrant, 1);
  string_set(&grant->user, settings->user);
  oauth_grant_take(grant, tokens, now_s());
  gboolean kept = save_now(settings, grant, error);
  close(lock);
  return kept;
}
