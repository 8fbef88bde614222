/* oauth - logs in for an account that has `oauth`, and tells how its logins stand.
 *
 * The client's secret and the authorities are read at their use: they must be readable for the
 * store's owner, as they must be for the daemon. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/table.h"
#include "daemon/log.h"
#include "daemon/mail/oauth_grant.h"
#include "daemon/mail/oauth_login.h"

#define SUBMISSION_NAME "submission"

static void tell(const char *line) {
  printf("%s\n", line);
  fflush(stdout);
}

/* NULL: told. */
static const OauthSettings *find(const Config *config, const char *name, int *ret_code) {
  const Account *account = config_account(config, name);
  gboolean known = account || !strcmp(name, SUBMISSION_NAME);
  const OauthSettings *oauth = account ? account->oauth : known ? config->submission.oauth : NULL;
  if (oauth && oauth->client_id && oauth->token_url) return oauth;
  *ret_code = known ? ctl_fail(EX_CONFIG, "%s: '%s' has no usable oauth: provider, client_id",
                               config->file, name)
                    : ctl_fail(EX_USAGE, "there is no account '%s'; an account's name, or %s", name,
                               SUBMISSION_NAME);
  return NULL;
}

static int exit_of(const GError *error) {
  gboolean later = g_error_matches(error, OAUTH_ERROR, OAUTH_ERROR_TRANSIENT);
  gboolean denied = g_error_matches(error, OAUTH_ERROR, OAUTH_ERROR_DENIED);
  return later ? EX_UNAVAILABLE : denied ? EX_NOPERM : EX_CONFIG;
}

static int log_in(const OauthSettings *oauth) {
  g_autoptr(GError) error = NULL;
  OauthTokens tokens = {0};
  int paste_fd = isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
  gboolean in =
      oauth_login(oauth, paste_fd, tell, &tokens, &error) && oauth_keep(oauth, &tokens, &error);
  oauth_tokens_done(&tokens);
  if (!in) return ctl_fail(exit_of(error), "%s: %s", oauth->user, error->message);
  printf("%s is logged in; the daemon keeps it so. Now run: bulletinctl check\n", oauth->user);
  return EX_OK;
}

static int login(const Options *options, const char *name) {
  int code = EX_OK;
  g_autoptr(Config) config = ctl_config(options, &code);
  if (!config) return code;
  const OauthSettings *oauth = find(config, name, &code);
  if (!oauth) return code;
  if (!g_file_test(config->store, G_FILE_TEST_IS_DIR))
    return ctl_fail(EX_NOINPUT, "%s: no store here; start bulletind once", config->store);
  if (!ctl_may_write(config, &code) || !ctl_become_owner(config->store, &code)) return code;
  return log_in(oauth);
}

/* --- status -------------------------------------------------------------------------------------
 */

static const char *state_of(const OauthGrant *grant) {
  if (!grant->refresh_token) return "no login";
  if (grant->withdrawn) return "withdrawn";
  if (grant->refused) return "refused";
  return grant->failures ? "failing" : "logged in";
}

static void print_json(const char *name, const OauthSettings *oauth, const OauthGrant *grant) {
  g_autofree char *until = ctl_time(grant->until);
  g_autofree char *tried = ctl_time(grant->tried);
  json_t *row = json_pack("{ss ss? ss ss ss ss ss?}", "account", name, "provider", oauth->provider,
                          "user", oauth->user, "state", state_of(grant), "until", until, "tried",
                          tried, "fault", grant->fault);
  json_print(row);
}

static void print_text(const char *name, const OauthSettings *oauth, const OauthGrant *grant) {
  g_autofree char *until = ctl_time(grant->until);
  const char *state = state_of(grant);
  gboolean fine = grant->refresh_token && !grant->withdrawn;
  g_autofree char *line = g_strdup_printf(
      "%s: %s (%s): %s%s%s%s%s%s%s", name, oauth->user, oauth->provider, state,
      *until ? "; token until " : "", until, grant->fault ? "; " : "",
      grant->fault ? grant->fault : "", fine ? "" : "; run: ", fine ? "" : oauth->command);
  g_autofree char *clean = log_clean(line, 1000);
  printf("%s\n", clean);
}

/* TRUE: it can be used. */
static gboolean show(const char *name, const OauthSettings *oauth, gboolean as_json) {
  g_autoptr(GError) error = NULL;
  g_autoptr(OauthGrant) grant = oauth_grant_load(oauth->file, &error);
  if (!grant) {
    ctl_error(error);
    return FALSE;
  }
  if (as_json)
    print_json(name, oauth, grant);
  else
    print_text(name, oauth, grant);
  return grant->refresh_token && !grant->withdrawn;
}

static int status(const Options *options) {
  int code = EX_OK;
  gboolean fine = TRUE;
  g_autoptr(Config) config = ctl_config(options, &code);
  if (!config || !ctl_become_owner(config->store, &code)) return code;
  for (guint i = 0; i < config->accounts->len; i++) {
    const Account *account = config->accounts->pdata[i];
    if (account->oauth && account->oauth->client_id)
      fine = show(account->name, account->oauth, options->json) && fine;
  }
  const OauthSettings *oauth = config->submission.oauth;
  if (oauth && oauth->client_id) fine = show(SUBMISSION_NAME, oauth, options->json) && fine;
  return ctl_end_output(fine ? EX_OK : EX_NOPERM);
}

int ctl_oauth(const Options *options, char **arguments) {
  static const char *const verbs[] = {"login", "status", NULL};
  gboolean in = !strcmp(arguments[0], "login");
  if (!in && strcmp(arguments[0], "status") != 0) {
    const char *nearest = config_nearest(arguments[0], verbs);
    return ctl_fail(EX_USAGE, "oauth cannot '%s'; did you mean '%s'?", arguments[0],
                    nearest ? nearest : "status");
  }
  if (in != (arguments[1] != NULL))
    return ctl_fail(EX_USAGE, "usage: bulletinctl oauth %s%s", arguments[0], in ? " ACCOUNT" : "");
  return in ? ctl_end_output(login(options, arguments[1])) : status(options);
}
