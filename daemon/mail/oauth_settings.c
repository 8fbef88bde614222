/* oauth_settings - see oauth_settings.h. */
#include "daemon/mail/oauth_settings.h"

#include <string.h>

#include "daemon/mail/oauth_answer.h"
#include "daemon/settings.h"
#include "daemon/util.h"

enum { FILE_DIGITS = 16 };

/* %s stands for the tenant. */
static const struct {
  const char *provider, *authorize_url, *token_url, *device_url, *scope;
} PROVIDERS[] = {
    {"microsoft", "https://login.microsoftonline.com/%s/oauth2/v2.0/authorize",
     "https://login.microsoftonline.com/%s/oauth2/v2.0/token",
     "https://login.microsoftonline.com/%s/oauth2/v2.0/devicecode",
     "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send "
     "offline_access"},
    /* Google gives no device code for mail. */
    {"google", "https://accounts.google.com/o/oauth2/v2/auth",
     "https://oauth2.googleapis.com/token", NULL, "https://mail.google.com/"},
};

OauthSettings *oauth_settings_new(void) {
  return g_atomic_rc_box_new0(OauthSettings);
}

OauthSettings *oauth_settings_ref(OauthSettings *settings) {
  return settings ? g_atomic_rc_box_acquire(settings) : NULL;
}

static void settings_done(gpointer data) {
  OauthSettings *settings = data;
  char *owned[] = {settings->provider,      settings->tenant,
                   settings->client_id,     settings->client_secret_file,
                   settings->authorize_url, settings->token_url,
                   settings->device_url,    settings->scope,
                   settings->ca_file,       settings->user,
                   settings->file,          settings->command};
  for (guint i = 0; i < G_N_ELEMENTS(owned); i++) g_free(owned[i]);
}

void oauth_settings_unref(OauthSettings *settings) {
  if (settings) g_atomic_rc_box_release_full(settings, settings_done);
}

/* --- what the provider knows --------------------------------------------------------------------
 */

static void fill(char **at, const char *pattern, const char *tenant) {
  if (*at || !pattern) return;
  g_auto(GStrv) parts = g_strsplit(pattern, "%s", 2);
  *at = g_strjoinv(tenant, parts);
}

static void fill_in(OauthSettings *settings) {
  for (guint i = 0; i < G_N_ELEMENTS(PROVIDERS); i++) {
    if (g_strcmp0(PROVIDERS[i].provider, settings->provider) != 0) continue;
    fill(&settings->authorize_url, PROVIDERS[i].authorize_url, settings->tenant);
    fill(&settings->token_url, PROVIDERS[i].token_url, settings->tenant);
    fill(&settings->device_url, PROVIDERS[i].device_url, settings->tenant);
    fill(&settings->scope, PROVIDERS[i].scope, settings->tenant);
  }
}

/* Another client, server, scope or user is another login. */
static char *file_name(const OauthSettings *settings) {
  const char *parts[] = {settings->token_url, settings->client_id, settings->scope, settings->user};
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    const char *part = parts[i] ? parts[i] : "";
    g_checksum_update(sum, (const guchar *)part, (gssize)strlen(part) + 1);
  }
  return g_strdup_printf("oauth-%.*s.json", FILE_DIGITS, g_checksum_get_string(sum));
}

void oauth_settings_complete(OauthSettings *settings, const char *name, const char *user,
                             const char *store) {
  if (!settings->tenant) settings->tenant = g_strdup("common");
  fill_in(settings);
  string_set(&settings->user, user);
  g_autofree char *file = file_name(settings);
  settings->file = g_build_filename(store, file, NULL);
  settings->command = g_strdup_printf("bulletinctl oauth login %s", name);
}

/* --- what is wrong ------------------------------------------------------------------------------
 */

static char *url_problem(const char *url) {
  return url && !oauth_answer_is_safe_url(url)
             ? g_strdup_printf("'%s' is no https:// address (http:// is for 127.0.0.1 and [::1])",
                               url)
             : NULL;
}

static char *secret_problem(const char *file) {
  g_autoptr(GError) error = NULL;
  Secret secret = {SECRET_FILE, (char *)file};
  return file && !secret_check(&secret, &error) ? g_strdup(error->message) : NULL;
}

static gboolean is_tenant(const char *text) {
  for (const char *p = text; *p; p++)
    if (!g_ascii_isalnum(*p) && !strchr("-.", *p)) return FALSE;
  return *text != '\0';
}

char *oauth_settings_problem(const OauthSettings *settings, const char **ret_key) {
  const struct {
    const char *key, *url;
  } urls[] = {{"authorize_url", settings->authorize_url},
              {"token_url", settings->token_url},
              {"device_url", settings->device_url}};
  if (!settings->provider || !settings->client_id) return NULL; /* told: they must be given */
  *ret_key = "tenant";
  if (!is_tenant(settings->tenant))
    return g_strdup_printf("'%s' is no tenant; its id or its domain", settings->tenant);
  for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
    char *problem = url_problem(urls[i].url);
    *ret_key = urls[i].key;
    if (problem) return problem;
  }
  *ret_key = "provider";
  if (!settings->token_url || !(settings->device_url || settings->authorize_url))
    return g_strdup("custom needs token_url, and device_url or authorize_url");
  *ret_key = "scope";
  if (!settings->scope) return g_strdup("custom needs a scope");
  *ret_key = "client_secret_file";
  return secret_problem(settings->client_secret_file);
}
