/* config_rows - the table of settings of bulletind.yaml, and the types of value that it alone has.
 *
 * A setting is one row; its default is written as YAML and read as a file's value would be. */
#include <string.h>

#include "daemon/config_internal.h"
#include "daemon/endpoint.h"
#include "daemon/mail/oauth_settings.h"
#include "daemon/util.h"

enum { CONFIG_ACCOUNTS_MAX = 100, CONFIG_NAME_MAX_CHARS = 64 };

/* --- types of values -----------------------------------------------------------------------------
 */

static gboolean read_url(SettingReader *reader, const YamlNode *node, const EndpointScheme *schemes,
                         const Setting *setting, void *at) {
  g_autofree char *problem = endpoint_parse(node->text, schemes, at);
  if (problem) settings_problem(reader, node, "%s: %s", setting->key, problem);
  return !problem;
}

static gboolean read_imap(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  return read_url(reader, node, ENDPOINT_IMAP, setting, at);
}

static gboolean read_submission_url(SettingReader *reader, const Setting *setting,
                                    const YamlNode *node, void *at) {
  return read_url(reader, node, ENDPOINT_SUBMISSION, setting, at);
}

static SecretKind secret_kind(const char *key) {
  static const struct {
    const char *key;
    SecretKind kind;
  } kinds[] = {{"password_file", SECRET_FILE},
               {"password_command", SECRET_COMMAND},
               {"credential", SECRET_CREDENTIAL},
               {"token_command", SECRET_TOKEN_COMMAND}};
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (strcmp(kinds[i].key, key) == 0) return kinds[i].kind;
  g_assert_not_reached();
}

static gboolean secret_source(SettingReader *reader, const Setting *setting, const YamlNode *node,
                              SecretKind kind, char **ret_source) {
  const SettingType *type = kind == SECRET_FILE ? &SETTING_PATH : &SETTING_TEXT;
  if (!type->read(reader, setting, node, ret_source)) return FALSE;
  gboolean clean = **ret_source && (kind != SECRET_CREDENTIAL || !strchr(*ret_source, '/'));
  if (!clean)
    settings_problem(reader, node, "%s: '%s' is %s", setting->key, *ret_source,
                     **ret_source ? "no name of a credential; it has no '/'" : "empty");
  return clean;
}

static gboolean read_secret(SettingReader *reader, const Setting *setting, const YamlNode *node,
                            void *at) {
  Secret *secret = at;
  g_autofree char *source = NULL;
  g_autoptr(GError) error = NULL;
  SecretKind kind = secret_kind(setting->key);
  if (secret->kind != SECRET_NONE) {
    settings_problem(reader, node,
                     "%s stands beside another secret; keep one of password_file, "
                     "password_command, credential, token_command",
                     setting->key);
    return FALSE;
  }
  if (!secret_source(reader, setting, node, kind, &source)) return FALSE;
  secret->kind = kind;
  secret->source = g_steal_pointer(&source);
  if (!secret_check(secret, &error))
    settings_problem(reader, node, "%s: %s", setting->key, error->message);
  return TRUE;
}

/* Bounded and regular: a device in its place must not hang us. */
static gboolean is_pem(const char *path, GError **error) {
  g_autoptr(GMappedFile) map = NULL;
  if (!g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_REGULAR))
    map = g_mapped_file_new(path, FALSE, error);
  if (!map) {
    if (error && !*error)
      g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s is no file", path);
    return FALSE;
  }
  if (g_mapped_file_get_length(map) &&
      g_strstr_len(g_mapped_file_get_contents(map), (gssize)g_mapped_file_get_length(map),
                   "-----BEGIN CERTIFICATE-----"))
    return TRUE;
  g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s holds no certificate in PEM", path);
  return FALSE;
}

static gboolean read_ca_file(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at) {
  if (!SETTING_PATH.read(reader, setting, node, at)) return FALSE;
  g_autoptr(GError) error = NULL;
  if (!is_pem(*(char **)at, &error))
    settings_problem(reader, node, "%s: %s", setting->key, error->message);
  return TRUE;
}

static gboolean read_addresses(SettingReader *reader, const Setting *setting, const YamlNode *node,
                               void *at) {
  g_auto(GStrv) addresses = NULL;
  gboolean clean = SETTING_STRINGS.read(reader, setting, node, &addresses);
  for (guint i = 0; addresses && addresses[i]; i++) {
    g_autofree char *lower = g_ascii_strdown(addresses[i], -1);
    if (!settings_is_address(lower)) {
      settings_problem(reader, node->items->pdata[i],
                       "%s: '%s' is no address; one like "
                       "name@example.org",
                       setting->key, addresses[i]);
      clean = FALSE;
    }
    string_set(&addresses[i], lower);
  }
  if (!clean) return FALSE;
  g_strfreev(*(char ***)at);
  *(char ***)at = g_steal_pointer(&addresses);
  return TRUE;
}

static gboolean read_from(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  g_autofree char *address = settings_mailbox_address(node->text);
  if (address) return SETTING_TEXT.read(reader, setting, node, at);
  settings_problem(reader, node, "%s: '%s' is no address; one like Name <name@example.org>",
                   setting->key, node->text);
  return FALSE;
}

static gboolean read_envelope_from(SettingReader *reader, const Setting *setting,
                                   const YamlNode *node, void *at) {
  if (!*node->text || settings_is_address(node->text))
    return SETTING_TEXT.read(reader, setting, node, at);
  settings_problem(reader, node, "%s: '%s' is no address; \"\" or one like name@example.org",
                   setting->key, node->text);
  return FALSE;
}

static gboolean read_account_name(SettingReader *reader, const Setting *setting,
                                  const YamlNode *node, void *at) {
  gsize length = strlen(node->text);
  gboolean clean = length > 0 && length <= CONFIG_NAME_MAX_CHARS;
  for (const char *p = node->text; *p && clean; p++)
    clean = g_ascii_isalnum(*p) || strchr("-_.@", *p);
  if (clean) return SETTING_TEXT.read(reader, setting, node, at);
  settings_problem(reader, node,
                   "%s: '%s' must be letters, digits, '-', '_', '.' and '@', "
                   "at most %d",
                   setting->key, node->text, CONFIG_NAME_MAX_CHARS);
  return FALSE;
}

static gboolean read_first_word(SettingReader *reader, const Setting *setting, const YamlNode *node,
                                void *at) {
  g_autofree char *word = NULL;
  if (!SETTING_WORD.read(reader, setting, node, &word)) return FALSE;
  *(gboolean *)at = strcmp(word, setting->words[0]) == 0;
  return TRUE;
}

/* "" or an address, in lower case. */
static gboolean read_notice_to(SettingReader *reader, const Setting *setting, const YamlNode *node,
                               void *at) {
  g_autofree char *lower = g_ascii_strdown(node->text, -1);
  if (*lower && !settings_is_address(lower)) {
    settings_problem(reader, node, "%s: '%s' is no address; one like name@example.org",
                     setting->key, node->text);
    return FALSE;
  }
  string_set((char **)at, lower);
  return TRUE;
}

/* --- review: where the page listens, and its URL
 * --------------------------------------------------
 */

static gboolean read_listen(SettingReader *reader, const Setting *setting, const YamlNode *node,
                            void *at) {
  g_autofree char *problem = endpoint_check_listen(node->text);
  if (problem) settings_problem(reader, node, "%s: %s", setting->key, problem);
  return !problem && SETTING_TEXT.read(reader, setting, node, at);
}

static gboolean read_page_url(SettingReader *reader, const Setting *setting, const YamlNode *node,
                              void *at) {
  g_autofree char *problem = endpoint_check_page(node->text);
  if (problem) settings_problem(reader, node, "%s: %s", setting->key, problem);
  return !problem && SETTING_TEXT.read(reader, setting, node, at);
}

/* --- after: leave, flag, "move: FOLDER" or { move: FOLDER } --------------------------------------
 */

static const char *const after_words[] = {"leave", "flag", "move: FOLDER", NULL};

static gboolean set_move(SettingReader *reader, const YamlNode *node, const char *folder,
                         Account *account) {
  g_autofree char *name = g_strstrip(g_strdup(folder));
  if (!*name) {
    settings_problem(reader, node, "after: no folder to move to; \"move: FOLDER\"");
    return FALSE;
  }
  account->after = AFTER_MOVE;
  string_set(&account->after_folder, name);
  return TRUE;
}

static gboolean read_after_map(SettingReader *reader, const YamlNode *node, Account *account) {
  const YamlNode *move = yaml_get(node, "move");
  if (!move || node->items->len != 1) {
    settings_problem(reader, node, "after: a map that is not { move: FOLDER }");
    return FALSE;
  }
  return settings_expect(reader, move, NODE_SCALAR, "move") &&
         set_move(reader, move, move->text, account);
}

static gboolean read_after(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at) {
  Account *account = at;
  if (node->kind == NODE_MAP) return read_after_map(reader, node, account);
  if (!settings_expect(reader, node, NODE_SCALAR, setting->key)) return FALSE;
  if (g_str_has_prefix(node->text, "move:"))
    return set_move(reader, node, node->text + strlen("move:"), account);
  gboolean flag = strcmp(node->text, "flag") == 0;
  if (!flag && strcmp(node->text, "leave") != 0) {
    g_autofree char *hint = settings_hint(node->text, after_words);
    settings_problem(reader, node, "after: unknown '%s'%s", node->text, hint);
    return FALSE;
  }
  account->after = flag ? AFTER_FLAG : AFTER_LEAVE;
  return TRUE;
}

/* --- maps and lists of maps
 * ------------------------------------------------------------------------ */

static gboolean read_accounts(SettingReader *reader, const Setting *setting, const YamlNode *node,
                              void *at);
static gboolean read_group(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at);
static gboolean read_oauth(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at);

static const char *const languages[] = {"en", "fr", "ja", NULL};
static const char *const starts[] = {"all", "now", NULL};
static const char *const providers[] = {"microsoft", "google", "custom", NULL};
static const char *const responders[] = {"personal", "service", NULL};

static const SettingType CONFIG_IMAP = {"URL", NODE_SCALAR, read_imap};
static const SettingType CONFIG_SUBMISSION_URL = {"URL", NODE_SCALAR, read_submission_url};
static const SettingType CONFIG_SECRET = {"secret", NODE_SCALAR, read_secret};
static const SettingType CONFIG_OAUTH = {"map", NODE_MAP, read_oauth};
static const SettingType CONFIG_CA_FILE = {"path", NODE_SCALAR, read_ca_file};
static const SettingType CONFIG_ADDRESSES = {"list of addresses", NODE_LIST, read_addresses};
static const SettingType CONFIG_FROM = {"address", NODE_SCALAR, read_from};
static const SettingType CONFIG_ENVELOPE = {"address", NODE_SCALAR, read_envelope_from};
static const SettingType CONFIG_NAME = {"name", NODE_SCALAR, read_account_name};
static const SettingType CONFIG_FIRST_WORD = {"word", NODE_SCALAR, read_first_word};
static const SettingType CONFIG_AFTER = {"word or map", NODE_ANY, read_after};
static const SettingType CONFIG_LISTEN = {"address", NODE_SCALAR, read_listen};
static const SettingType CONFIG_NOTICE_TO = {"address", NODE_SCALAR, read_notice_to};
static const SettingType CONFIG_PAGE_URL = {"URL", NODE_SCALAR, read_page_url};
static const SettingType CONFIG_ACCOUNTS = {"list of maps", NODE_LIST, read_accounts};
static const SettingType CONFIG_GROUP = {"map", NODE_MAP, read_group};

/* --- the table
 * --------------------------------------------------------------------------------------- */

#define TOP(key_, type_, member)                                                                   \
  .group = "", .key = key_, .type = &type_, .offset = G_STRUCT_OFFSET(Config, member)
#define ACCOUNT(key_, type_, member)                                                               \
  .group = "accounts", .key = key_, .type = &type_, .offset = G_STRUCT_OFFSET(Account, member)
#define SUBMISSION(key_, type_, member)                                                            \
  .group = "submission", .key = key_, .type = &type_, .offset = G_STRUCT_OFFSET(Submission, member)
#define OAUTH(key_, type_, member)                                                                 \
  .group = "oauth", .key = key_, .type = &type_, .offset = G_STRUCT_OFFSET(OauthSettings, member)
#define REPLIES(member)                                                                            \
  .group = "submission.limits", .key = #member, .type = &SETTING_COUNT,                            \
  .offset = G_STRUCT_OFFSET(ReplyLimits, member)
#define REVIEW(key_, type_, member)                                                                \
  .group = "review", .key = key_, .type = &type_, .offset = G_STRUCT_OFFSET(ReviewConfig, member)
#define METRICS(key_, type_, member)                                                               \
  .group = "metrics", .key = key_, .type = &type_, .offset = G_STRUCT_OFFSET(MetricsConfig, member)
#define NOTICE(key_, type_, member)                                                                \
  .group = "notice", .key = key_, .type = &type_, .offset = G_STRUCT_OFFSET(NoticeConfig, member)
#define LIMIT(key_, type_, member)                                                                 \
  .group = "limits", .key = key_, .type = &type_, .offset = G_STRUCT_OFFSET(Wire__Limits, member)
#define BOUNDS(from, to) .minimum = (from), .maximum = (to)
#define SECONDS(from, to) .unit_s = 1, BOUNDS(from, to)

static const Setting rows[] = {
    {TOP("store", SETTING_PATH, store), .fallback = "/var/lib/bulletind",
     .manual = "folder of mails, registrations and outbox"},
    {TOP("events", SETTING_PATH, events_dir), .fallback = "",
     .manual = "folder of event files; default: the shipped event"},
    {TOP("replies", SETTING_PATH, replies_dir), .fallback = "",
     .manual = "folder of reply templates; default: the installed ones"},
    {TOP("accounts", CONFIG_ACCOUNTS, accounts), .fallback = "",
     .manual = "mailboxes that are read"},
    {TOP("submission", CONFIG_GROUP, submission), .fallback = "",
     .manual = "how replies are sent; needed where there is an account"},
    {TOP("review", CONFIG_GROUP, review), .fallback = "",
     .manual = "the page on which a person reviews; off by default"},
    {TOP("metrics", CONFIG_GROUP, metrics), .fallback = "",
     .manual = "figures for a monitoring system; off by default"},
    {TOP("notice", CONFIG_GROUP, notice), .fallback = "",
     .manual = "a mail to whoever should know that something waits; off by default"},
    {TOP("workers", SETTING_COUNT, workers), .fallback = "0", BOUNDS(0, 256),
     .manual = "parser processes; 0: one a core"},
    {TOP("scan_workers", SETTING_COUNT, scan_workers), .fallback = "2", BOUNDS(1, 64),
     .manual = "processes that read scans, at most; each may take limits' scan_memory"},
    {TOP("worker_timeout", SETTING_DURATION, worker_timeout_s), .fallback = "20s", SECONDS(1, 600),
     .manual = "time to read one mail; twice over it, a person is asked"},
    {TOP("limits", CONFIG_GROUP, limits), .fallback = "",
     .manual = "bounds of what a parser reads and takes"},
    {TOP("keep_raw", SETTING_DURATION, raw_days), .fallback = "365d", .unit_s = 86400,
     BOUNDS(1, 36500), .manual = "how long a mail is kept as it came"},
    {TOP("keep_journal", SETTING_DURATION, journal_days), .fallback = "730d", .unit_s = 86400,
     BOUNDS(1, 36500), .manual = "how long the log of what happened is kept"},
    {TOP("keep_registrations", SETTING_DURATION, registration_days), .fallback = "0d",
     .unit_s = 86400, BOUNDS(0, 36500),
     .manual = "how long registrations are kept after their event's end; 0: for ever"},
    {TOP("keep_needs", SETTING_DURATION, needs_days), .fallback = "30d", .unit_s = 86400,
     BOUNDS(0, 36500),
     .manual = "how long private fields are kept after their event's end; 0: as the rest"},

    {ACCOUNT("name", CONFIG_NAME, name), .manual = "the account's name in logs; never change it"},
    {ACCOUNT("imap", CONFIG_IMAP, imap),
     .manual = "imaps://HOST, imap+starttls://HOST, or imap:// to loopback"},
    {ACCOUNT("user", SETTING_TEXT, user), .manual = "the name to log in with"},
    {ACCOUNT("password_file", CONFIG_SECRET, secret), .fallback = "",
     .manual = "file with the password in its first line, readable by its owner alone"},
    {ACCOUNT("password_command", CONFIG_SECRET, secret), .fallback = "",
     .manual = "shell command that prints the password"},
    {ACCOUNT("credential", CONFIG_SECRET, secret), .fallback = "",
     .manual = "systemd credential that holds the password"},
    {ACCOUNT("token_command", CONFIG_SECRET, secret), .fallback = "",
     .manual = "shell command that prints an OAuth 2.0 access token (XOAUTH2)"},
    {ACCOUNT("oauth", CONFIG_OAUTH, oauth), .fallback = "",
     .manual = "OAuth 2.0 (XOAUTH2); log in once with bulletinctl oauth login"},
    {ACCOUNT("ca_file", CONFIG_CA_FILE, ca_file), .fallback = "",
     .manual = "authorities to trust (PEM); default: the system's"},
    {ACCOUNT("folders", SETTING_STRINGS, folders), .fallback = "[INBOX]", .minimum = 1,
     .manual = "folders that are read"},
    {ACCOUNT("addresses", CONFIG_ADDRESSES, addresses), .fallback = "", .minimum = 1,
     .manual = "what counts as us in To and Cc; default: user, where it is an address"},
    {ACCOUNT("event", SETTING_TEXT, event), .fallback = "\"\"",
     .manual = "event of its mails; default: by the events' match, or the only event"},
    {ACCOUNT("start", CONFIG_FIRST_WORD, start_all), .fallback = "all", .words = starts,
     .manual = "all: what lies in the mailbox too; now: only what comes from now on"},
    {ACCOUNT("responder", CONFIG_FIRST_WORD, personal), .fallback = "service", .words = responders,
     .manual = "service: answers for an office; personal: only mails with our address in To or Cc"},
    {.group = "accounts",
     .key = "after",
     .type = &CONFIG_AFTER,
     .offset = 0,
     .fallback = "leave",
     .manual = "leave, flag, or \"move: FOLDER\": what is done with a mail that is settled"},
    {ACCOUNT("poll", SETTING_DURATION, poll_s), .fallback = "60s", SECONDS(1, 86400),
     .manual = "how often the mailbox is checked, IDLE or not"},
    {ACCOUNT("idle_renew", SETTING_DURATION, idle_renew_s), .fallback = "25m", SECONDS(10, 1740),
     .manual = "how often IDLE is renewed (RFC 2177: within 29 minutes)"},
    {ACCOUNT("timeout", SETTING_DURATION, timeout_s), .fallback = "60s", SECONDS(1, 3600),
     .manual = "how long the server may take to answer"},
    {ACCOUNT("message_size", SETTING_SIZE, message_bytes), .fallback = "30M",
     BOUNDS(1 << 10, 64 << 20), .manual = "a larger mail is not fetched; a person is asked"},
    {ACCOUNT("fetch_messages", SETTING_COUNT, set_messages), .fallback = "100", BOUNDS(1, 10000),
     .manual = "mails fetched at a time, at most"},
    {ACCOUNT("fetch_size", SETTING_SIZE, set_bytes), .fallback = "8M", BOUNDS(64 << 10, 256 << 20),
     .manual = "bytes fetched at a time, at most (or one mail)"},
    {ACCOUNT("authserv_id", SETTING_TEXT, trusted_authserv_id), .fallback = "\"\"",
     .manual =
         "whose Authentication-Results (RFC 8601) are believed: what failed, and a change that "
         "neither they nor our token prove, go to review; empty: nobody's"},

    {SUBMISSION("url", CONFIG_SUBMISSION_URL, url),
     .manual = "submissions://HOST, submission://HOST (STARTTLS), or smtp:// to loopback"},
    {SUBMISSION("user", SETTING_TEXT, user), .fallback = "\"\"",
     .manual = "the name to log in with; empty: without a login"},
    {SUBMISSION("password_file", CONFIG_SECRET, secret), .fallback = "",
     .manual = "file with the password in its first line, readable by its owner alone"},
    {SUBMISSION("password_command", CONFIG_SECRET, secret), .fallback = "",
     .manual = "shell command that prints the password"},
    {SUBMISSION("credential", CONFIG_SECRET, secret), .fallback = "",
     .manual = "systemd credential that holds the password"},
    {SUBMISSION("token_command", CONFIG_SECRET, secret), .fallback = "",
     .manual = "shell command that prints an OAuth 2.0 access token (XOAUTH2)"},
    {SUBMISSION("oauth", CONFIG_OAUTH, oauth), .fallback = "",
     .manual =
         "OAuth 2.0 (XOAUTH2); an account's login serves, where user and client are the same"},
    {SUBMISSION("ca_file", CONFIG_CA_FILE, ca_file), .fallback = "",
     .manual = "authorities to trust (PEM); default: the system's"},
    {SUBMISSION("from", CONFIG_FROM, from), .manual = "From: of the replies; Name <a@example.org>"},
    {SUBMISSION("envelope_from", CONFIG_ENVELOPE, envelope_from), .fallback = "\"\"",
     .manual = "return path; empty: the null return path, so nothing can come back"},
    {SUBMISSION("helo", SETTING_TEXT, helo), .fallback = "\"\"",
     .manual = "name in EHLO; default: the machine's full name or [127.0.0.1]"},
    {SUBMISSION("connections", SETTING_COUNT, connections), .fallback = "2", BOUNDS(1, 20),
     .manual = "connections at a time"},
    {SUBMISSION("timeout", SETTING_DURATION, timeout_s), .fallback = "120s", SECONDS(1, 3600),
     .manual = "how long the server may take to answer"},
    {SUBMISSION("lifetime", SETTING_DURATION, lifetime_h), .fallback = "5d", .unit_s = 3600,
     BOUNDS(1, 720), .manual = "how long a reply is tried again while the server defers it"},
    {SUBMISSION("limits", CONFIG_GROUP, limits), .fallback = "",
     .manual = "how many replies are sent; more are delayed, none is dropped; 0: no limit"},

    {OAUTH("provider", SETTING_WORD, provider), .words = providers,
     .manual = "microsoft, google, or custom with addresses of its own"},
    {OAUTH("client_id", SETTING_TEXT, client_id),
     .manual = "the application's id, as it was registered with the provider"},
    {OAUTH("client_secret_file", SETTING_PATH, client_secret_file), .fallback = "",
     .manual = "file with the application's secret in its first line; a public one has none"},
    {OAUTH("tenant", SETTING_TEXT, tenant), .fallback = "common",
     .manual = "of microsoft: the organisation's tenant, where the application is its own"},
    {OAUTH("authorize_url", SETTING_TEXT, authorize_url), .fallback = "",
     .manual = "of custom: where a person logs in with a browser"},
    {OAUTH("token_url", SETTING_TEXT, token_url), .fallback = "",
     .manual = "of custom: where tokens are given out"},
    {OAUTH("device_url", SETTING_TEXT, device_url), .fallback = "",
     .manual = "of custom: where a device code is had; a browser on any machine will do then"},
    {OAUTH("scope", SETTING_TEXT, scope), .fallback = "",
     .manual = "what is asked for; default: the provider's, for IMAP and SMTP"},
    {OAUTH("ca_file", CONFIG_CA_FILE, ca_file), .fallback = "",
     .manual = "authorities to trust at these addresses (PEM); default: the system's"},

    {REPLIES(address_hour), .fallback = "20", BOUNDS(0, 100000),
     .manual = "replies to one address in an hour"},
    {REPLIES(address_day), .fallback = "50", BOUNDS(0, 100000),
     .manual = "replies to one address in a day"},
    {REPLIES(all_10min), .fallback = "120", BOUNDS(0, 1000000),
     .manual = "replies to everybody in ten minutes"},
    {REPLIES(same_text_days), .fallback = "7", BOUNDS(0, 365),
     .manual =
         "days within which one address does not get the same text again, whatever its subject"},
    {REPLIES(asks), .fallback = "2", BOUNDS(0, 100),
     .manual = "how often one registration is asked for what is missing"},

    {REVIEW("listen", CONFIG_LISTEN, listen), .fallback = "\"\"",
     .manual = "127.0.0.1:PORT, [::1]:PORT or unix:/PATH; empty: the page is off"},
    {REVIEW("url", CONFIG_PAGE_URL, url), .fallback = "\"\"",
     .manual = "https://HOST/PATH/ as the browser sees it; empty: http on the address above"},
    {REVIEW("session", SETTING_DURATION, session_s), .fallback = "12h", SECONDS(60, 604800),
     .manual = "how long after the login a person must log in again"},
    {REVIEW("idle", SETTING_DURATION, idle_s), .fallback = "1h", SECONDS(60, 604800),
     .manual = "how long a session lives that is not used"},

    {METRICS("listen", CONFIG_LISTEN, listen), .fallback = "\"\"",
     .manual = "127.0.0.1:PORT, [::1]:PORT or unix:/PATH; empty: nothing listens"},
    {METRICS("file", SETTING_PATH, file), .fallback = "",
     .manual = "a file for node_exporter's textfile collector, its name ends with .prom"},

    {NOTICE("to", CONFIG_NOTICE_TO, to), .fallback = "\"\"",
     .manual = "who is told; empty: nobody"},
    {NOTICE("language", SETTING_WORD, language), .fallback = "fr", .words = languages,
     .manual = "the language of the mail"},
    {NOTICE("after", SETTING_DURATION, after_s), .fallback = "1d", SECONDS(3600, 2592000),
     .manual = "how long something may wait for a person before it is told"},
    {NOTICE("every", SETTING_DURATION, every_s), .fallback = "1d", SECONDS(3600, 2592000),
     .manual = "the shortest time between two such mails"},

    {LIMIT("message_size", SETTING_SIZE, message_bytes), .fallback = "30M",
     BOUNDS(1 << 10, 64 << 20), .manual = "bytes of a mail that are read"},
    {LIMIT("parts", SETTING_COUNT, parts), .fallback = "500", BOUNDS(1, 10000),
     .manual = "MIME parts of a mail"},
    {LIMIT("depth", SETTING_COUNT, depth), .fallback = "30", BOUNDS(1, 100),
     .manual = "nesting of parts and archives"},
    {LIMIT("header_size", SETTING_SIZE, header_bytes), .fallback = "256K",
     BOUNDS(1 << 10, 16 << 20), .manual = "bytes of a header"},
    {LIMIT("text_size", SETTING_SIZE, text_bytes), .fallback = "4M", BOUNDS(1 << 10, 64 << 20),
     .manual = "bytes of text of a mail and its attachments"},
    {LIMIT("lines", SETTING_COUNT, lines), .fallback = "50000", BOUNDS(10, WIRE_LINES_MAX),
     .manual = "lines of text"},
    {LIMIT("participants", SETTING_COUNT, participants), .fallback = "50",
     BOUNDS(1, WIRE_PARTICIPANTS_MAX), .manual = "participants of a mail"},
    {LIMIT("value_size", SETTING_SIZE32, value_bytes), .fallback = "4K",
     BOUNDS(64, WIRE_VALUE_MAX_BYTES), .manual = "bytes of a value"},
    {LIMIT("match_steps", SETTING_COUNT, match_steps), .fallback = "100000",
     BOUNDS(1000, 100000000), .manual = "steps of one regular expression on one line"},
    {LIMIT("memory", SETTING_SIZE, memory_bytes), .fallback = "512M", BOUNDS(64 << 20, 16ull << 30),
     .manual = "memory of a parser process"},
    {LIMIT("cpu", SETTING_DURATION, cpu_s), .fallback = "10s", SECONDS(1, 600),
     .manual = "processor time for one mail"},
    {LIMIT("archive_entries", SETTING_COUNT, archive_entries), .fallback = "1000",
     BOUNDS(1, 100000), .manual = "files in one archive or Office document"},
    {LIMIT("archive_size", SETTING_SIZE, archive_bytes), .fallback = "64M",
     BOUNDS(1 << 16, 1ull << 30), .manual = "bytes that the archives of a mail hold, unpacked"},
    {LIMIT("archive_ratio", SETTING_COUNT, archive_ratio), .fallback = "200", BOUNDS(2, 100000),
     .manual = "unpacked bytes for one packed, above a megabyte"},
    {LIMIT("pages", SETTING_COUNT, pages), .fallback = "20", BOUNDS(1, 1000),
     .manual = "pages of a document that are read"},
    {LIMIT("page_pixels", SETTING_SIZE, page_pixels), .fallback = "40M", BOUNDS(1 << 20, 400 << 20),
     .manual = "pixels of a picture that is read"},
    {LIMIT("scan_cpu", SETTING_DURATION, scan_s), .fallback = "60s", SECONDS(1, 3600),
     .manual = "processor time for the pictures of one mail"},
    {LIMIT("scan_memory", SETTING_SIZE, scan_memory_bytes), .fallback = "1G",
     BOUNDS(128 << 20, 16ull << 30), .manual = "memory of a process that reads pictures"},
};

/* --- reading by it
 * --------------------------------------------------------------------------------------- */

static void read_by_name(SettingReader *reader, const char *group, const YamlNode *map, void *at) {
  settings_read(reader, rows, G_N_ELEMENTS(rows), group, map, at);
}

static gboolean read_group(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at) {
  g_autofree char *group = *setting->group ? g_strconcat(setting->group, ".", setting->key, NULL)
                                           : g_strdup(setting->key);
  read_by_name(reader, group, node, at);
  return TRUE;
}

static gboolean read_oauth(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at) {
  (void)setting; /* of accounts and of submission alike */
  OauthSettings *oauth = oauth_settings_new();
  read_by_name(reader, "oauth", node, oauth);
  *(OauthSettings **)at = oauth;
  return TRUE;
}

void config_free_account(gpointer data) {
  Account *account = data;
  endpoint_done(&account->imap);
  oauth_settings_unref(account->oauth);
  char *owned[] = {
      account->name,  account->user,         account->secret.source,      account->ca_file,
      account->event, account->after_folder, account->trusted_authserv_id};
  for (guint i = 0; i < G_N_ELEMENTS(owned); i++) g_free(owned[i]);
  g_strfreev(account->folders);
  g_strfreev(account->addresses);
  g_free(account);
}

static gboolean read_accounts(SettingReader *reader, const Setting *setting, const YamlNode *node,
                              void *at) {
  GPtrArray *accounts = *(GPtrArray **)at;
  ConfigDraft *draft = reader->context;
  if (node->items->len > CONFIG_ACCOUNTS_MAX) {
    settings_problem(reader, node, "%s: more than %d accounts", setting->key, CONFIG_ACCOUNTS_MAX);
    return FALSE;
  }
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    if (!settings_expect(reader, item, NODE_MAP, "an account")) continue;
    Account *account = g_new0(Account, 1);
    read_by_name(reader, "accounts", item, account);
    g_ptr_array_add(accounts, account);
    g_ptr_array_add(draft->account_nodes, (gpointer)item);
  }
  return TRUE;
}

void config_read_rows(SettingReader *reader, const YamlNode *map, Config *config) {
  read_by_name(reader, "submission", NULL, &config->submission);
  read_by_name(reader, "submission.limits", NULL, &config->submission.limits);
  read_by_name(reader, "review", NULL, &config->review);
  read_by_name(reader, "metrics", NULL, &config->metrics);
  read_by_name(reader, "notice", NULL, &config->notice);
  read_by_name(reader, "limits", NULL, &config->limits);
  read_by_name(reader, "", map, config);
}

char *config_describe(void) {
  GString *out = g_string_new(NULL);
  settings_describe(out, rows, G_N_ELEMENTS(rows));
  return g_string_free(out, FALSE);
}
