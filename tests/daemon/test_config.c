/* bulletind.yaml: what is read, and each mistake with its line. */
#include "daemon/config.h"
#include "daemon/endpoint.h"
#include "daemon/event.h"
#include "tests/daemon/config_fixture.h"
#include "tests/daemon/manual_check.h"

/* Five lines and three. */
#define ACCOUNT                                                                                    \
  "accounts:\n  - name: a\n    imap: imaps://h.example\n    user: a@example.org\n"                 \
  "    password_command: echo x\n"
#define SUBMISSION "submission:\n  url: submission://h.example\n  from: A <a@example.org>\n"

typedef struct {
  const char *name, *text, *want;
} Row;

static Config *load(const Scratch *scratch, const char *text, gssize size, char **ret_problems) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *file = scratch_write(scratch, "c.yaml", text, size);
  Config *config = config_load(file, problems);
  *ret_problems = scratch_problems(scratch, problems);
  return config;
}

static void run_rows(const Row *rows, gsize count) {
  Scratch scratch = scratch_new();
  for (gsize i = 0; i < count; i++) {
    g_autofree char *got = NULL;
    g_autoptr(Config) config = load(&scratch, rows[i].text, -1, &got);
    assert_problems(rows[i].name, got, rows[i].want);
  }
  scratch_free(&scratch);
}

/* --- files that are no YAML, or too much of it ------------------------------------------------ */

static void test_yaml(void) {
  static const Row rows[] = {
      {"tab", "store: /s\naccounts:\n\t- name: a\n",
       "c.yaml:3: a tab indents this line; YAML takes spaces alone\n"},
      {"open quote", "store: \"/s\n",
       "c.yaml:2: no YAML: found unexpected end of stream (while "
       "scanning a quoted scalar)\n"},
      {"colon in a value", "store: a: b\n",
       "c.yaml:1: no YAML: mapping values are not allowed in this context; a value that holds "
       "\": \" stands in quotes\n"},
      {"latin-1", "store: /s\nworkers: \xe9\n",
       "c.yaml:2: byte 0xe9 is no UTF-8; save the file as UTF-8\n"},
      {"two documents", "store: /s\n---\nstore: /t\n",
       "c.yaml:3: a second document; one file holds one\n"},
      {"a list", "- a\n", "c.yaml:1: the file is a list; it must be a map\n"},
      {"twice", "store: /s\nworkers: 1\nstore: /t\n",
       "c.yaml:3: 'store' stands here again, first in line 1; remove one\n"},
      {"map as key", "? [a]\n: b\n", "c.yaml:1: a key must be text\n"},
      {"zero byte", "store: \"a\\0b\"\n", "c.yaml:1: text holds a zero byte; remove it\n"},
      {"cycle", "store: &a [*a]\n", "c.yaml:1: nested deeper than 16 levels\n"},
      {"bomb",
       "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
       "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
       "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
       "c.yaml:1: more than 100000 values, aliases counted in full; make the file smaller\n"},
      {"empty", "", ""},
      {"BOM and CRLF", "\xef\xbb\xbfstore: /s\r\nworkers: x\r\n",
       "c.yaml:2: workers: 'x' is no whole number\n"},
      {"comment alone", "# nothing\n", ""},
  };
  run_rows(rows, G_N_ELEMENTS(rows));
}

static void test_size(void) {
  Scratch scratch = scratch_new();
  g_autofree char *text = g_strnfill(5 << 20, '#'), *got = NULL;
  g_assert_null(load(&scratch, text, -1, &got));
  assert_problems("5 MiB", got, "c.yaml: larger than 4194304 bytes; make the file smaller\n");
  scratch_free(&scratch);
}

static void test_no_file(void) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_assert_null(config_load("/nonexistent/b.yaml", problems));
  g_assert_cmpuint(problems->len, ==, 1);
  g_assert_cmpstr(problems->pdata[0], ==,
                  "/nonexistent/b.yaml: cannot be read: No such file or directory");
}

/* --- wrong values -------------------------------------------------------------------------------
 */

static void test_values(void) {
  static const Row rows[] = {
      {"unknown key", "stor: /s\n", "c.yaml:1: unknown key 'stor'; did you mean 'store'?\n"},
      {"letters changed", "wrokers: 1\n",
       "c.yaml:1: unknown key 'wrokers'; did you mean 'workers'?\n"},
      {"nothing near", "zzz: 1\n",
       "c.yaml:1: unknown key 'zzz'; known: store, events, replies, accounts, submission, review, "
       "metrics, notice, workers, scan_workers, worker_timeout, limits, keep_raw, keep_journal, "
       "keep_registrations, keep_needs\n"},
      {"several at once", "wrokers: 1\nworkers: many\nkeep_raw: 5x\n",
       "c.yaml:1: unknown key 'wrokers'; did you mean 'workers'?\n"
       "c.yaml:2: workers: 'many' is no whole number\n"
       "c.yaml:3: keep_raw: '5x' is no duration; a number and s, m, h, d or w\n"},
      {"negative", "workers: -1\n", "c.yaml:1: workers: '-1' is no whole number\n"},
      {"too many", "workers: 257\n", "c.yaml:1: workers: 257 is out of bounds; from 0 to 256\n"},
      {"beyond 64 bits", "workers: 99999999999999999999\n",
       "c.yaml:1: workers: '99999999999999999999' is no whole number\n"},
      {"duration without unit", "worker_timeout: 20\n",
       "c.yaml:1: worker_timeout: '20' is no duration; a number and s, m, h, d or w\n"},
      {"duration out of bounds", "worker_timeout: 2h\n",
       "c.yaml:1: worker_timeout: 2h is out of bounds; from 1s to 10m\n"},
      {"duration too fine", "keep_raw: 36h\n",
       "c.yaml:1: keep_raw: '36h' is too fine; whole days (d)\n"},
      {"size", "limits:\n  memory: 1T\n",
       "c.yaml:2: memory: '1T' is no size; a number and K, M or G (of 1024)\n"},
      {"size out of bounds", "limits: { memory: 1M }\n",
       "c.yaml:1: memory: 1M is out of bounds; from 64M to 16G\n"},
      {"size that overflows", "limits: { memory: 99999999999999999G }\n",
       "c.yaml:1: memory: '99999999999999999G' is no size; a number and K, M or G (of 1024)\n"},
      {"list for text", "store: [a]\n", "c.yaml:1: store is a list; it must be text\n"},
      {"text for map", "limits: 5\n", "c.yaml:1: limits is text; it must be a map\n"},
      {"no value", "store:\nworkers: 1\n",
       "c.yaml:1: store has no value; give it one or remove the line\n"},
      {"empty path", "store: \"\"\n", "c.yaml:1: store is empty; give a path or remove the line\n"},
      {"lines in a path", "store: \"a\\nb\"\n",
       "c.yaml:1: store holds a line break or a control character; it must be one line\n"},
      {"no such folder", "workers: 1\nevents: none\n",
       "c.yaml:2: events: none is no folder that can be read\n"},
  };
  run_rows(rows, G_N_ELEMENTS(rows));
}

/* Where the page listens: loopback by number, or a Unix socket; its URL has a path that ends in
 * "/". */
static void test_review(void) {
#define NO_PLACE(text)                                                                             \
  "c.yaml:1: listen: '" text "' is no place to listen on; 127.0.0.1:8025, [::1]:8025 or "          \
  "unix:/run/bulletind/review.socket\n"
#define NO_LOOPBACK(host)                                                                          \
  "c.yaml:1: listen: '" host "' is no loopback address; the page is reached from other machines "  \
  "through a reverse proxy with TLS\n"
#define NO_URL(text)                                                                               \
  "c.yaml:1: url: '" text "' is no URL of the page; one like https://example.org/desk/, with '/' " \
  "at its end\n"
  static const Row rows[] = {
      {"off", "review: { listen: \"\" }\n", ""},
      {"four", "review: { listen: \"127.0.0.1:8025\" }\n", ""},
      {"another of loopback", "review: { listen: \"127.1.2.3:1\" }\n", ""},
      {"six", "review: { listen: \"[::1]:65535\" }\n", ""},
      {"a socket", "review: { listen: \"unix:/run/page.socket\" }\n", ""},
      {"everywhere", "review: { listen: \"0.0.0.0:8025\" }\n", NO_LOOPBACK("0.0.0.0")},
      {"everywhere six", "review: { listen: \"[::]:8025\" }\n", NO_LOOPBACK("::")},
      {"another machine", "review: { listen: \"192.0.2.1:8025\" }\n", NO_LOOPBACK("192.0.2.1")},
      {"a name", "review: { listen: \"localhost:8025\" }\n", NO_LOOPBACK("localhost")},
      {"no port", "review: { listen: \"127.0.0.1\" }\n", NO_PLACE("127.0.0.1")},
      {"port 0", "review: { listen: \"127.0.0.1:0\" }\n", NO_PLACE("127.0.0.1:0")},
      {"bare six", "review: { listen: \"::1\" }\n", NO_PLACE("::1")},
      {"relative socket", "review: { listen: \"unix:page\" }\n",
       "c.yaml:1: listen: 'page' is no absolute path of at most 107 bytes\n"},
      {"https", "review: { url: \"https://example.org/desk/\" }\n", ""},
      {"https and port", "review: { url: \"https://example.org:8443/\" }\n", ""},
      {"http here", "review: { url: \"http://localhost:8025/\" }\n", ""},
      {"http elsewhere", "review: { url: \"http://example.org/\" }\n",
       "c.yaml:1: url: http:// is clear text, for loopback alone; use https:// and a reverse "
       "proxy\n"},
      {"no end", "review: { url: \"https://example.org/desk\" }\n",
       NO_URL("https://example.org/desk")},
      {"no path", "review: { url: \"https://example.org\" }\n", NO_URL("https://example.org")},
      {"dots", "review: { url: \"https://example.org/../\" }\n", NO_URL("https://example.org/../")},
      {"a query", "review: { url: \"https://example.org/?a/\" }\n",
       NO_URL("https://example.org/?a/")},
      {"another scheme", "review: { url: \"ftp://example.org/\" }\n", NO_URL("ftp://example.org/")},
      {"a user", "review: { url: \"https://me@example.org/\" }\n",
       "c.yaml:1: url: a user name stands in the URL; it belongs in 'user:'\n"},
      {"too short", "review: { idle: 5s }\n",
       "c.yaml:1: idle: 5s is out of bounds; from 1m to 7d\n"},
  };
  run_rows(rows, G_N_ELEMENTS(rows));
}

#define OF_ACCOUNT(line) ACCOUNT "    " line "\n" SUBMISSION
static void test_account(void) {
  static const Row rows[] = {
      {"right", ACCOUNT SUBMISSION, ""},
      {"nothing in it", "accounts:\n  - {}\n" SUBMISSION,
       "c.yaml:2: 'name' is missing; the account's name in logs; never change it\n"
       "c.yaml:2: 'imap' is missing; imaps://HOST, imap+starttls://HOST, or imap:// to loopback\n"
       "c.yaml:2: 'user' is missing; the name to log in with\n"
       "c.yaml:2: 'addresses' is missing and user is no address; list what counts as us in To and "
       "Cc\n"},
      {"no submission", ACCOUNT,
       "c.yaml:1: 'submission' is missing; accounts need one to answer from\n"},
      {"text", "accounts: [a]\n", "c.yaml:1: an account is text; it must be a map\n"},
      {"unknown key", OF_ACCOUNT("adresses: [b@example.org]"),
       "c.yaml:6: unknown key 'adresses'; did you mean 'addresses'?\n"},
      {"no address", OF_ACCOUNT("addresses: [b@example.org, b]"),
       "c.yaml:6: addresses: 'b' is no address; one like name@example.org\n"},
      {"folders empty", OF_ACCOUNT("folders: []"),
       "c.yaml:6: folders is an empty list; it needs at least one\n"},
      {"no event", OF_ACCOUNT("event: copil-2018"),
       "c.yaml:6: event: there is no event 'copil-2018'; did you mean 'copil-2019'?\n"},
      {"start", OF_ACCOUNT("start: later"), "c.yaml:6: start: unknown 'later'; known: all, now\n"},
      {"responder", OF_ACCOUNT("responder: servic"),
       "c.yaml:6: responder: unknown 'servic'; did you mean 'service'?\n"},
      {"after", OF_ACCOUNT("after: delete"),
       "c.yaml:6: after: unknown 'delete'; known: leave, flag, move: FOLDER\n"},
      {"after nowhere", OF_ACCOUNT("after: \"move:\""),
       "c.yaml:6: after: no folder to move to; \"move: FOLDER\"\n"},
      {"after a map", OF_ACCOUNT("after: { mov: Done }"),
       "c.yaml:6: after: a map that is not { move: FOLDER }\n"},
      {"idle too long", OF_ACCOUNT("idle_renew: 30m"),
       "c.yaml:6: idle_renew: 30m is out of bounds; from 10s to 29m\n"},
      {"above the limit", OF_ACCOUNT("message_size: 31M"),
       "c.yaml:6: message_size is above limits.message_size; what is fetched could not be read\n"},
      {"two secrets", OF_ACCOUNT("credential: x"),
       "c.yaml:6: credential stands beside another secret; keep one of password_file, "
       "password_command, credential, token_command\n"},
      {"no secret",
       "accounts:\n  - name: a\n    imap: imaps://h.example\n    user: a@example.org\n" SUBMISSION,
       "c.yaml:4: user without a secret; give password_file, password_command, credential, "
       "token_command or oauth\n"},
      {"oauth beside a secret", OF_ACCOUNT("oauth: { provider: google, client_id: x }"),
       "c.yaml:6: oauth stands beside another secret; keep one of them\n"},
#define OAUTH(map)                                                                                 \
  "accounts:\n  - name: a\n    imap: imaps://h.example\n    user: a@example.org\n    oauth: " map  \
  "\n" SUBMISSION
      {"oauth", OAUTH("{ provider: microsoft, client_id: x, tenant: example.org }"), ""},
      {"oauth of nobody known", OAUTH("{ provider: gogle, client_id: x }"),
       "c.yaml:5: provider: unknown 'gogle'; did you mean 'google'?\n"},
      {"oauth without a client", OAUTH("{ provider: google }"),
       "c.yaml:5: 'client_id' is missing; the application's id, as it was registered with the "
       "provider\n"},
      {"oauth in clear",
       OAUTH("{ provider: custom, client_id: x, scope: y, device_url: "
             "\"https://h.example/d\", token_url: \"http://h.example/t\" }"),
       "c.yaml:5: token_url: 'http://h.example/t' is no https:// address (http:// is for 127.0.0.1 "
       "and [::1])\n"},
      {"oauth of its own, half", OAUTH("{ provider: custom, client_id: x, scope: y }"),
       "c.yaml:5: provider: custom needs token_url, and device_url or authorize_url\n"},
      {"tenant", OAUTH("{ provider: microsoft, client_id: x, tenant: a/b }"),
       "c.yaml:5: tenant: 'a/b' is no tenant; its id or its domain\n"},
#undef OAUTH
      {"name",
       "accounts:\n  - name: a/b\n    imap: imaps://h.example\n    user: a@example.org\n"
       "    password_command: echo x\n" SUBMISSION,
       "c.yaml:2: name: 'a/b' must be letters, digits, '-', '_', '.' and '@', at most 64\n"},
      {"twice",
       ACCOUNT "  - name: a\n    imap: imaps://i.example\n    user: a@example.org\n"
               "    password_command: echo x\n" SUBMISSION,
       "c.yaml:6: account 'a' stands here again, first in line 2; rename one\n"},
      {"same folder",
       ACCOUNT "  - name: b\n    imap: imap+starttls://H.example:993\n"
               "    user: a@example.org\n    password_command: echo x\n" SUBMISSION,
       "c.yaml:6: accounts 'a' and 'b' read the same folder; keep one\n"},
  };
  run_rows(rows, G_N_ELEMENTS(rows));
}

static void test_submission(void) {
#define HEAD "submission:\n  url: submission://h.example\n"
  static const Row rows[] = {
      {"no from", HEAD,
       "c.yaml:2: 'from' is missing; From: of the replies; Name "
       "<a@example.org>\n"},
      {"from", HEAD "  from: A <a@>\n",
       "c.yaml:3: from: 'A <a@>' is no address; one like Name <name@example.org>\n"},
      {"from without name", HEAD "  from: a@example.org\n", ""},
      {"envelope", HEAD "  from: a@example.org\n  envelope_from: <>\n",
       "c.yaml:4: envelope_from: '<>' is no address; \"\" or one like name@example.org\n"},
      {"helo", HEAD "  from: a@example.org\n  helo: my host\n",
       "c.yaml:4: helo: 'my host' is no host name or [address]\n"},
      {"secret without user", HEAD "  from: a@example.org\n  password_command: x\n",
       "c.yaml:2: a secret without user; give the name to log in with\n"},
      {"limits", HEAD "  from: a@example.org\n  limits: { adress_hour: 1, asks: 1000 }\n",
       "c.yaml:4: unknown key 'adress_hour'; did you mean 'address_hour'?\n"
       "c.yaml:4: asks: 1000 is out of bounds; from 0 to 100\n"},
  };
  run_rows(rows, G_N_ELEMENTS(rows));
#undef HEAD
}

/* --- files that a configuration names ----------------------------------------------------------
 */

static void test_secret_file(void) {
  static const struct {
    const char *name, *line;
    int mode; /* of the file "pw"; -1: none */
    const char *want;
  } rows[] = {
      {"right", "password_file: pw", 0600, ""},
      {"missing", "password_file: pw", -1,
       "c.yaml:5: password_file: pw cannot be read: No such file or directory\n"},
      {"others", "password_file: pw", 0604,
       "c.yaml:5: password_file: pw is open to others; chmod 600 pw\n"},
      {"a folder", "password_file: .", 0600,
       "c.yaml:5: password_file: . is no file; name a file that holds the password in its first "
       "line\n"},
      {"credential with a path", "credential: a/b", 0600,
       "c.yaml:5: credential: 'a/b' is no name of a credential; it has no '/'\n"},
      {"empty command", "password_command: \"\"", 0600,
       "c.yaml:5: password_command: '' is empty\n"},
  };
  Scratch scratch = scratch_new();
  g_autofree char *pw = g_build_filename(scratch.folder, "pw", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = g_strdup_printf(
        "accounts:\n  - name: a\n    imap: imaps://h.example\n    user: a@example.org\n    %s\n%s",
        rows[i].line, SUBMISSION);
    g_autofree char *written = scratch_write(&scratch, "pw", "x\n", -1);
    if (rows[i].mode < 0)
      g_remove(pw);
    else
      g_chmod(pw, (mode_t)rows[i].mode);
    g_autofree char *got = NULL;
    g_autoptr(Config) config = load(&scratch, text, -1, &got);
    assert_problems(rows[i].name, got, rows[i].want);
  }
  scratch_free(&scratch);
}

static void test_ca_file(void) {
  Scratch scratch = scratch_new();
  g_autofree char *pem = scratch_write(&scratch, "a.pem", "nothing\n", -1), *got = NULL;
  g_autoptr(Config) config =
      load(&scratch, ACCOUNT "    ca_file: a.pem\n" SUBMISSION "  ca_file: /dev/zero\n", -1, &got);
  assert_problems("ca_file", got,
                  "c.yaml:6: ca_file: a.pem holds no certificate in PEM\n"
                  "c.yaml:10: ca_file: /dev/zero is no file\n");
  scratch_free(&scratch);
}

/* --- URLs ----------------------------------------------------------------------------------------
 */

static void test_endpoint(void) {
  static const struct {
    const char *url, *host;
    guint port;
    LinkSecurity security;
    const char *problem;
  } rows[] = {
      {"imaps://imap.example.org", "imap.example.org", 993, LINK_TLS, NULL},
      {"IMAPS://imap.example.org/", "imap.example.org", 993, LINK_TLS, NULL},
      {"imaps://bücher.example:1", "xn--bcher-kva.example", 1, LINK_TLS, NULL},
      {"imap+starttls://[2001:db8::1]:144", "2001:db8::1", 144, LINK_STARTTLS, NULL},
      {"imap://localhost", "localhost", 143, LINK_CLEAR, NULL},
      {"imap://127.0.0.2:99", "127.0.0.2", 99, LINK_CLEAR, NULL},
      {"imap://[::1]", "::1", 143, LINK_CLEAR, NULL},
      {"imap://imap.example.org", NULL, 0, 0,
       "imap:// is clear text, for loopback alone; use imaps:// or imap+starttls://"},
      {"imap://127.0.0.1.example", NULL, 0, 0,
       "imap:// is clear text, for loopback alone; use imaps:// or imap+starttls://"},
      {"imap.example.org", NULL, 0, 0, "'imap.example.org' is no URL; one like imaps://HOST"},
      {"imapss://h", NULL, 0, 0, "unknown scheme 'imapss://'; did you mean 'imaps'?"},
      {"pop3://h", NULL, 0, 0, "unknown scheme 'pop3://'; known: imaps, imap+starttls, imap"},
      {"imaps://u:p@h", NULL, 0, 0, "a user name stands in the URL; it belongs in 'user:'"},
      {"imaps://h/INBOX", NULL, 0, 0, "a path stands in the URL; imaps://HOST or HOST:PORT is all"},
      {"imaps://h:0", NULL, 0, 0, "'0' is no port; a number from 1 to 65535"},
      {"imaps://h:65536", NULL, 0, 0, "'65536' is no port; a number from 1 to 65535"},
      {"imaps://", NULL, 0, 0, "'' is no host name or address (IPv6 stands in [ ])"},
      {"imaps://a..b", NULL, 0, 0, "'a..b' is no host name or address (IPv6 stands in [ ])"},
      {"imaps://[::1", NULL, 0, 0, "'[::1' is no host name or address (IPv6 stands in [ ])"},
      {"imaps://h h", NULL, 0, 0, "'h h' is no host name or address (IPv6 stands in [ ])"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Endpoint endpoint = {NULL};
    g_autofree char *problem = endpoint_parse(rows[i].url, ENDPOINT_IMAP, &endpoint);
    g_test_message("%s", rows[i].url);
    g_assert_cmpstr(problem, ==, rows[i].problem);
    g_assert_cmpstr(endpoint.host, ==, rows[i].host);
    g_assert_cmpuint(endpoint.port, ==, rows[i].port);
    g_assert_cmpuint(endpoint.security, ==, rows[i].security);
    endpoint_done(&endpoint);
  }
}

/* --- what is read --------------------------------------------------------------------------------
 */

static void test_read(void) {
  Scratch scratch = scratch_new();
  g_autofree char *got = NULL;
  g_autoptr(Config) config =
      load(&scratch,
           "store: s\nworkers: 3\nkeep_raw: 2w\n" ACCOUNT
           "    folders: [INBOX, Autre]\n    addresses: [B@Example.ORG]\n    event: copil-2019\n"
           "    start: now\n    responder: personal\n    after: { move: Fait }\n    poll: 2m\n"
           "    message_size: 1 MiB\n" SUBMISSION
           "  user: \"\"\n  lifetime: 2d\n  limits: { asks: 0 }\nlimits: { value_size: 1K }\n",
           -1, &got);
  g_assert_cmpstr(got, ==, "");
  const Account *account = config->accounts->pdata[0];
  g_autofree char *store = g_build_filename(scratch.folder, "s", NULL);
  g_assert_cmpstr(config->store, ==, store);
  g_assert_cmpuint(config->workers, ==, 3);
  g_assert_cmpuint(config->raw_days, ==, 14);
  g_assert_cmpstr(account->folders[1], ==, "Autre");
  g_assert_cmpstr(account->addresses[0], ==, "b@example.org");
  g_assert_false(account->start_all);
  g_assert_true(account->personal);
  g_assert_cmpuint(account->after, ==, AFTER_MOVE);
  g_assert_cmpstr(account->after_folder, ==, "Fait");
  g_assert_cmpuint(account->poll_s, ==, 120);
  g_assert_cmpuint(account->message_bytes, ==, 1 << 20);
  g_assert_cmpuint(account->secret.kind, ==, SECRET_COMMAND);
  g_assert_cmpstr(config->submission.from_address, ==, "a@example.org");
  g_assert_cmpuint(config->submission.lifetime_h, ==, 48);
  g_assert_cmpuint(config->submission.limits.asks, ==, 0);
  g_assert_cmpuint(config->submission.limits.address_hour, ==, 20);
  g_assert_cmpuint(config->limits.value_bytes, ==, 1024);
  g_assert_cmpuint(config->limits.parts, ==, LIMIT_PARTS);
  scratch_free(&scratch);
}

/* The table's defaults are those of wire.h and of the headers' comments. */
static void test_defaults(void) {
  Scratch scratch = scratch_new();
  g_autofree char *got = NULL;
  g_autoptr(Config) config = load(&scratch, ACCOUNT SUBMISSION, -1, &got);
  const Account *account = config->accounts->pdata[0];
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  GBytes *want = wire_pack(&limits.base), *read = wire_pack(&config->limits.base);
  g_assert_true(g_bytes_equal(want, read));
  g_bytes_unref(want);
  g_bytes_unref(read);
  g_assert_cmpstr(config->store, ==, "/var/lib/bulletind");
  g_assert_null(config->events_dir);
  g_assert_cmpuint(config->worker_timeout_s, ==, 20);
  g_assert_cmpstr(account->folders[0], ==, "INBOX");
  g_assert_cmpstr(account->addresses[0], ==, "a@example.org");
  g_assert_cmpstr(account->event, ==, "");
  g_assert_cmpstr(account->trusted_authserv_id, ==, "");
  g_assert_true(account->start_all);
  g_assert_false(account->personal);
  g_assert_cmpuint(account->after, ==, AFTER_LEAVE);
  g_assert_cmpuint(account->message_bytes, ==, LIMIT_MESSAGE_BYTES);
  g_assert_cmpuint(account->idle_renew_s, ==, 1500);
  g_assert_cmpuint(config->submission.timeout_s, ==, 120);
  g_assert_cmpuint(config->submission.lifetime_h, ==, 120);
  g_assert_cmpstr(config->submission.envelope_from, ==, "");
  g_assert_cmpstr(config->submission.user, ==, "");
  scratch_free(&scratch);
}

static void test_built_in(void) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Config) config = config_default(problems);
  g_assert_cmpuint(problems->len, ==, 0);
  g_assert_nonnull(event_find(config->events, "copil-2019"));
  Wire__Setup *setup = config_worker_setup(config);
  g_assert_cmpuint(setup->n_events, ==, config->events->len);
  g_assert_cmpuint(setup->limits->lines, ==, LIMIT_LINES);
  config_worker_setup_free(setup);
}

/* contrib/bulletind.yaml with every line in force: each key is known, each default is in bounds. */
static void test_example(void) {
  g_autofree char *example = NULL, *got = NULL;
  g_assert_true(g_file_get_contents(SOURCE_DIR "/contrib/bulletind.yaml", &example, NULL, NULL));
  g_autoptr(GRegex) option = g_regex_new("^( *)#([a-z_0-9]+:)", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *all = g_regex_replace(option, example, -1, 0, "\\1\\2", 0, NULL);
  g_autoptr(GRegex) files = g_regex_new(
      "^ *(password_file|password_command|credential|token_command|client_secret_file|ca_file|"
      "events|replies):.*$",
      G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *loadable = g_regex_replace_literal(files, all, -1, 0, "", 0, NULL);
  Scratch scratch = scratch_new();
  g_autoptr(Config) config = load(&scratch, loadable, -1, &got);
  assert_problems("contrib/bulletind.yaml", got, "");
  g_autofree char *table = config_describe();
  g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
  for (guint i = 0; lines[i] && *lines[i]; i++) {
    g_auto(GStrv) columns = g_strsplit(lines[i], "\t", -1);
    const char *dot = strrchr(columns[0], '.'), *key = dot ? dot + 1 : columns[0];
    g_autofree char *pattern = g_strdup_printf("(?m)^[ -]*%s:", key);
    if (!g_regex_match_simple(pattern, all, 0, 0)) {
      g_printerr("contrib/bulletind.yaml lacks %s\n", columns[0]);
      g_test_fail();
    }
  }
  scratch_free(&scratch);
}

static void test_manual(void) {
  g_autofree char *table = config_describe();
  g_assert_true(manual_holds(SOURCE_DIR "/contrib/man/bulletind.yaml.5", table));
}

static void test_nearest(void) {
  static const char *const known[] = {"phone", "email", "last_name", NULL};
  static const struct {
    const char *word, *want;
  } rows[] = {{"phon", "phone"}, {"Phone", "phone"}, {"emial", "email"}, {"lastname", "last_name"},
              {"city", NULL},    {"", NULL},         {"p", NULL},        {"ph", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpstr(config_nearest(rows[i].word, known), ==, rows[i].want);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_setenv("BULLETIND_SHARE", SOURCE_DIR "/contrib", TRUE);
  g_test_add_func("/config/yaml", test_yaml);
  g_test_add_func("/config/size", test_size);
  g_test_add_func("/config/no-file", test_no_file);
  g_test_add_func("/config/values", test_values);
  g_test_add_func("/config/review", test_review);
  g_test_add_func("/config/account", test_account);
  g_test_add_func("/config/submission", test_submission);
  g_test_add_func("/config/secret-file", test_secret_file);
  g_test_add_func("/config/ca-file", test_ca_file);
  g_test_add_func("/config/endpoint", test_endpoint);
  g_test_add_func("/config/read", test_read);
  g_test_add_func("/config/defaults", test_defaults);
  g_test_add_func("/config/built-in", test_built_in);
  g_test_add_func("/config/example", test_example);
  g_test_add_func("/config/manual", test_manual);
  g_test_add_func("/config/nearest", test_nearest);
  return g_test_run();
}
