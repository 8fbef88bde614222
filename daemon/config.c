/* config - see config.h: reads the file by its table (config_rows), then checks across keys. */
#include <string.h>

#include "daemon/config_internal.h"
#include "daemon/endpoint.h"
#include "daemon/event.h"
#include "daemon/mail/oauth_settings.h"
#include "daemon/util.h"

static Config *config_new(const char *file) {
  Config *config = g_new0(Config, 1);
  config->file = g_strdup(file);
  config->accounts = g_ptr_array_new_with_free_func(config_free_account);
  config->events = g_ptr_array_new_with_free_func(config_free_event);
  wire__limits__init(&config->limits);
  return config;
}

const Account *config_account(const Config *config, const char *name) {
  for (guint i = 0; config->accounts && i < config->accounts->len; i++) {
    const Account *account = config->accounts->pdata[i];
    if (!strcmp(account->name, name)) return account;
  }
  return NULL;
}

void config_free(Config *config) {
  if (!config) return;
  Submission *submission = &config->submission;
  endpoint_done(&submission->url);
  oauth_settings_unref(submission->oauth);
  char *owned[] = {config->file,
                   config->store,
                   config->events_dir,
                   config->replies_dir,
                   submission->user,
                   submission->secret.source,
                   submission->ca_file,
                   submission->from,
                   submission->from_address,
                   submission->envelope_from,
                   submission->helo,
                   config->review.listen,
                   config->review.url,
                   config->metrics.listen,
                   config->metrics.file,
                   config->notice.to,
                   config->notice.language};
  for (guint i = 0; i < G_N_ELEMENTS(owned); i++) g_free(owned[i]);
  g_ptr_array_unref(config->accounts);
  g_ptr_array_unref(config->events);
  g_free(config);
}

/* --- checks across keys: accounts
 * ------------------------------------------------------------------- */

static const YamlNode *at_key(const YamlNode *map, const char *key) {
  const YamlNode *node = yaml_get(map, key);
  return node ? node : map;
}

static gboolean has_user(const char *user) {
  return user && *user;
}

/* Each address and file that a login needs; what is wrong is told where it stands. */
static void check_oauth(SettingReader *reader, const YamlNode *node, OauthSettings *oauth) {
  const char *key = NULL;
  const YamlNode *group = yaml_get(node, "oauth");
  g_autofree char *problem = oauth_settings_problem(oauth, &key);
  if (problem) settings_problem(reader, at_key(group, key), "%s: %s", key, problem);
}

/* `name` of the account, or "submission". */
static void set_oauth(SettingReader *reader, const YamlNode *node, const char *name,
                      const char *user, OauthSettings *oauth, Secret *secret,
                      const Config *config) {
  if (!oauth) return;
  if (secret->kind != SECRET_NONE)
    settings_problem(reader, at_key(node, "oauth"),
                     "oauth stands beside another secret; keep one of them");
  else
    secret->kind = SECRET_OAUTH;
  oauth_settings_complete(oauth, name, user, config->store);
  check_oauth(reader, node, oauth);
}

static void check_secret(SettingReader *reader, const YamlNode *node, const char *user,
                         const Secret *secret) {
  static const char *const keys[] = {"password_file", "password_command", "credential",
                                     "token_command", "oauth"};
  gboolean tried = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(keys); i++) tried = tried || yaml_get(node, keys[i]);
  if (has_user(user) && !tried)
    settings_problem(reader, at_key(node, "user"),
                     "user without a secret; give password_file, "
                     "password_command, credential, token_command or oauth");
  if (!has_user(user) && secret->kind != SECRET_NONE)
    settings_problem(reader, node, "a secret without user; give the name to log in with");
}

/* What counts as us: without `addresses` the user, where that is an address. */
static void set_addresses(SettingReader *reader, const YamlNode *node, Account *account) {
  if (account->addresses) return;
  const YamlNode *given = yaml_get(node, "addresses");
  g_autofree char *lower = g_ascii_strdown(account->user ? account->user : "", -1);
  gboolean usable = settings_is_address(lower);
  if (!usable && !given)
    settings_problem(reader, node,
                     "'addresses' is missing and user is no address; list what "
                     "counts as us in To and Cc");
  const char *const addresses[] = {usable ? lower : NULL, NULL};
  account->addresses = g_strdupv((char **)addresses);
}

static void check_event(SettingReader *reader, const YamlNode *node, const Config *config,
                        const Account *account) {
  const char *known[64] = {NULL};
  if (!*account->event || event_find(config->events, account->event)) return;
  for (guint i = 0; i < config->events->len && i + 1 < G_N_ELEMENTS(known); i++)
    known[i] = ((const Event *)config->events->pdata[i])->id;
  g_autofree char *hint = known[0] ? settings_hint(account->event, known) : g_strdup("");
  settings_problem(reader, at_key(node, "event"), "event: there is no event '%s'%s", account->event,
                   hint);
}

static gboolean share_folder(const Account *a, const Account *b) {
  if (!a->imap.host || !b->imap.host || !a->user || !b->user) return FALSE;
  if (g_ascii_strcasecmp(a->imap.host, b->imap.host) || a->imap.port != b->imap.port ||
      strcmp(a->user, b->user))
    return FALSE;
  for (char **folder = a->folders; *folder; folder++)
    if (g_strv_contains((const char *const *)b->folders, *folder)) return TRUE;
  return FALSE;
}

static void check_others(SettingReader *reader, const YamlNode *node, const Config *config,
                         guint index) {
  const ConfigDraft *draft = reader->context;
  const Account *account = config->accounts->pdata[index];
  for (guint i = 0; i < index; i++) {
    const Account *other = config->accounts->pdata[i];
    const YamlNode *first = draft->account_nodes->pdata[i];
    gboolean named = *account->name && *other->name;
    if (named && strcmp(account->name, other->name) == 0)
      settings_problem(reader, at_key(node, "name"),
                       "account '%s' stands here again, first in line "
                       "%u; rename one",
                       account->name, at_key(first, "name")->line);
    else if (share_folder(account, other))
      settings_problem(reader, node, "accounts '%s' and '%s' read the same folder; keep one",
                       other->name, account->name);
  }
}

static void check_account(SettingReader *reader, const Config *config, guint index) {
  const ConfigDraft *draft = reader->context;
  const YamlNode *node = draft->account_nodes->pdata[index];
  Account *account = config->accounts->pdata[index];
  if (!account->name) account->name = g_strdup("");
  if (!account->user) account->user = g_strdup("");
  set_addresses(reader, node, account);
  set_oauth(reader, node, account->name, account->user, account->oauth, &account->secret, config);
  check_secret(reader, node, account->user, &account->secret);
  check_event(reader, node, config, account);
  check_others(reader, node, config, index);
  if (account->message_bytes > config->limits.message_bytes)
    settings_problem(
        reader, at_key(node, "message_size"),
        "message_size is above limits.message_size; what is fetched could not be read");
}

/* --- checks across keys: submission
 * ------------------------------------------------------------------- */

static void set_helo(Submission *submission) {
  const char *name = g_get_host_name();
  if (!submission->helo || !*submission->helo)
    string_set(&submission->helo, strchr(name, '.') ? name : "[127.0.0.1]");
}

static gboolean is_helo(const char *text) {
  for (const char *p = text; *p; p++)
    if (!g_ascii_isalnum(*p) && !strchr("-._:[]", *p)) return FALSE;
  return TRUE;
}

static void check_submission(SettingReader *reader, const YamlNode *root, Config *config) {
  Submission *submission = &config->submission;
  const YamlNode *node = yaml_get(root, "submission");
  if (submission->from) submission->from_address = settings_mailbox_address(submission->from);
  if (!submission->user) submission->user = g_strdup("");
  if (!is_helo(submission->helo))
    settings_problem(reader, at_key(node, "helo"), "helo: '%s' is no host name or [address]",
                     submission->helo);
  set_helo(submission);
  if (!node && config->accounts->len)
    settings_problem(reader, root, "'submission' is missing; accounts need one to answer from");
  if (!node || node->kind != NODE_MAP) return;
  set_oauth(reader, node, "submission", submission->user, submission->oauth, &submission->secret,
            config);
  check_secret(reader, node, submission->user, &submission->secret);
}

/* --- loading
 * ---------------------------------------------------------------------------------------------- */

static void check_across(SettingReader *reader, const YamlNode *root, Config *config) {
  for (guint i = 0; i < config->accounts->len; i++) check_account(reader, config, i);
  check_submission(reader, root, config);
}

Config *config_load(const char *file, GPtrArray *problems) {
  g_autoptr(YamlNode) root = yaml_load(file, problems);
  ConfigDraft draft = {.account_nodes = g_ptr_array_new()};
  SettingReader reader = {file, problems, &draft};
  Config *config = NULL;
  if (root && settings_expect(&reader, root, NODE_MAP, "the file")) {
    config = config_new(file);
    config_read_rows(&reader, root, config);
    config_load_events(config, at_key(root, "events")->line, problems);
    check_across(&reader, root, config);
  }
  g_ptr_array_unref(draft.account_nodes);
  return config;
}

Config *config_default(GPtrArray *problems) {
  SettingReader reader = {"built in", problems, NULL};
  Config *config = config_new(NULL);
  config_read_rows(&reader, NULL, config);
  set_helo(&config->submission);
  config_load_events(config, 0, problems);
  return config;
}
