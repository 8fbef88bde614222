/* fetch_imap against a server that hangs, lies or drops (tests/servers/fake_imap.py): one clear
 * line each, nothing lost that can be had, and an end within two seconds at any moment. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>

#include "tests/daemon/fetch_watch.h"

enum { MODES_MAX = 40 };

typedef struct {
  GSubprocess *process;
  GDataInputStream *lines;
  guint16 ports[MODES_MAX];
} Fake;

static gboolean have_python;

/* A server for each mode, up to NULL. */
static void fake_start(Fake *fake, const char *const *modes) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GStrvBuilder) words = g_strv_builder_new();
  g_strv_builder_add_many(words, "python3", SOURCE_DIR "/tests/servers/fake_imap.py", NULL);
  g_strv_builder_addv(words, (const char **)modes);
  g_auto(GStrv) argv = g_strv_builder_end(words);
  fake->process =
      g_subprocess_newv((const char *const *)argv,
                        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error(error);
  fake->lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(fake->process));
  for (guint i = 0; modes[i]; i++) {
    g_autofree char *port = g_data_input_stream_read_line(fake->lines, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(i, <, MODES_MAX);
    fake->ports[i] = (guint16)g_ascii_strtoull(port, NULL, 10);
    g_assert_cmpuint(fake->ports[i], >, 0);
  }
}

static void fake_start_one(Fake *fake, const char *mode) {
  fake_start(fake, (const char *const[]){mode, NULL});
}

static void fake_stop(Fake *fake) {
  g_subprocess_force_exit(fake->process);
  g_subprocess_wait(fake->process, NULL, NULL);
  g_clear_object(&fake->lines);
  g_clear_object(&fake->process);
}

/* Wait for the next line that the server in this mode heard and that holds `text`. */
static gboolean fake_heard(Fake *fake, const char *mode, const char *text) {
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line(fake->lines, NULL, NULL, NULL);
    if (!line) return FALSE;
    if (g_str_has_prefix(line, mode) && strstr(line, text)) return TRUE;
  }
}

static char *inbox[] = {(char *)"INBOX", NULL};

static Account account_at(guint16 port, const char *command) {
  return (Account){.name = (char *)"hostile",
                   .imap = {.url = (char *)"imap://127.0.0.1",
                            .host = (char *)"127.0.0.1",
                            .port = port,
                            .security = LINK_CLEAR},
                   .user = (char *)"user@example.test",
                   .secret = {SECRET_COMMAND, (char *)command},
                   .folders = inbox,
                   .start_all = TRUE,
                   .poll_s = 60,
                   .idle_renew_s = 1500,
                   .timeout_s = 1,
                   .message_bytes = 1 << 20,
                   .set_messages = 100,
                   .set_bytes = 1 << 20};
}

static gboolean skipped(void) {
  if (!have_python) g_test_skip("python3 is not installed");
  return !have_python;
}

/* --- one clear line -------------------------------------------------------------------------- */

typedef struct {
  const char *mode;
  MailError code;
  const char *says;
} ErrorRow;

static const ErrorRow error_rows[] = {
    {"hang-greeting", MAIL_ERROR_TRANSIENT, "did not answer in time"},
    {"hang-login", MAIL_ERROR_TRANSIENT, "did not answer in time"},
    {"hang-select", MAIL_ERROR_TRANSIENT, "did not answer in time"},
    {"hang-list", MAIL_ERROR_TRANSIENT, "did not answer in time"},
    {"hang-body", MAIL_ERROR_TRANSIENT, "did not answer in time"},
    {"hang-literal", MAIL_ERROR_TRANSIENT, "did not answer in time"},
    {"hang-idle", MAIL_ERROR_TRANSIENT, "did not answer in time"},
    {"drop-greeting", MAIL_ERROR_TRANSIENT, "the server closed the connection"},
    {"drop-login", MAIL_ERROR_TRANSIENT, "the server closed the connection"},
    {"drop-select", MAIL_ERROR_TRANSIENT, "the server closed the connection"},
    {"drop-list", MAIL_ERROR_TRANSIENT, "the server closed the connection"},
    {"drop-body", MAIL_ERROR_TRANSIENT, "the server closed the connection"},
    {"drop-literal", MAIL_ERROR_TRANSIENT, "the server closed the connection"},
    {"drop-idle", MAIL_ERROR_TRANSIENT, "the server closed the connection"},
    {"bye-idle", MAIL_ERROR_TRANSIENT, "the server closed the connection"},
    {"drip", MAIL_ERROR_TRANSIENT, "did not answer in time"},
    {"flood", MAIL_ERROR_PROTOCOL, "more lines than the command can have"},
    {"huge-literal", MAIL_ERROR_PROTOCOL, "a literal larger than what was asked for"},
    {"long-literal", MAIL_ERROR_PROTOCOL, "a literal larger than what was asked for"},
    {"deep", MAIL_ERROR_PROTOCOL, "parentheses nested too deep"},
    {"long-line", MAIL_ERROR_PROTOCOL, "a line without an end"},
    {"garbage", MAIL_ERROR_PROTOCOL, "cannot be understood"},
    {"wrong-tag", MAIL_ERROR_PROTOCOL, "cannot be understood"},
    {"no-uidvalidity", MAIL_ERROR_PROTOCOL, "has no UIDVALIDITY"},
    {"login-disabled", MAIL_ERROR_AUTH, "neither PLAIN nor LOGIN"},
};

static void check_error(const ErrorRow *row, Watch *watch) {
  g_assert_true(watch_event_wait(watch, FETCH_LOST, 1));
  const FetchEvent *lost = watch_last(watch, FETCH_LOST);
  g_test_message("%s: %s", row->mode, lost->error->message);
  g_assert_error(lost->error, MAIL_ERROR, (int)row->code);
  g_assert_nonnull(strstr(lost->error->message, row->says));
  g_assert_true(g_str_has_prefix(lost->error->message, "imap://127.0.0.1:"));
  g_assert_null(strchr(lost->error->message, '\n'));
  g_assert_cmpuint(lost->wait_s, >=, 1);
}

static void test_says_what_is_wrong(void) {
  const char *modes[G_N_ELEMENTS(error_rows) + 1] = {0};
  Account accounts[G_N_ELEMENTS(error_rows)];
  Watch *watches[G_N_ELEMENTS(error_rows)];
  Fake fake;
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(error_rows); i++) modes[i] = error_rows[i].mode;
  fake_start(&fake, modes);
  for (gsize i = 0; i < G_N_ELEMENTS(error_rows); i++) {
    accounts[i] = account_at(fake.ports[i], "echo good");
    if (!strcmp(modes[i], "flood")) accounts[i].timeout_s = 15; /* its lines' bound comes first */
    watches[i] = watch_start(&accounts[i], "INBOX", NULL, FALSE, 0);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(error_rows); i++) {
    check_error(&error_rows[i], watches[i]);
    g_assert_cmpfloat(watch_end(watches[i]), <, 2.0);
  }
  fake_stop(&fake);
}

static void test_starttls_is_not_to_be_tricked(void) {
  static const ErrorRow rows[] = {
      {"preauth", MAIL_ERROR_TLS, "STARTTLS cannot be asked for"},
      {"inject", MAIL_ERROR_PROTOCOL, "somebody may be injecting it"},
  };
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    Fake fake;
    fake_start_one(&fake, rows[i].mode);
    Account account = account_at(fake.ports[0], "echo good");
    account.imap.security = LINK_STARTTLS;
    g_assert_false(fetch_imap_check(&account, lines));
    g_assert_cmpuint(lines->len, ==, 1);
    g_test_message("%s", (char *)lines->pdata[0]);
    g_assert_nonnull(strstr(lines->pdata[0], rows[i].says));
    fake_stop(&fake);
  }
}

/* --- what can be had is had ------------------------------------------------------------------ */

static void test_odd_servers_are_read(void) {
  static const char *const modes[] = {"fine", "no-uidnext", "login-only", "still-here", "xoauth2"};
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
    Fake fake;
    g_test_message("%s", modes[i]);
    fake_start_one(&fake, modes[i]);
    Account account = account_at(fake.ports[0], "echo good");
    Watch *watch = watch_start(&account, "INBOX", NULL, TRUE, 0);
    g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
    g_autofree char *uids = watch_uids(watch);
    g_assert_cmpstr(uids, ==, "1 2 3 4 5");
    g_assert_true(watch_raw_has(watch_nth(watch, 4), "I come, number 5."));
    g_assert_cmpint(watch_nth(watch, 0)->received, ==, 1547974800);
    g_assert_cmpuint(watch_last(watch, FETCH_CAUGHT_UP)->uid, ==, 5);
    watch_end(watch);
    fake_stop(&fake);
  }
}

static void test_bodies_are_asked_for_in_sets(void) {
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  Account account = account_at(fake.ports[0], "echo good");
  account.set_messages = 2;
  Watch *watch = watch_start(&account, "INBOX", NULL, TRUE, 0);
  g_assert_true(fake_heard(&fake, "fine", "UID FETCH 1:2 (UID BODY.PEEK[])"));
  g_assert_true(fake_heard(&fake, "fine", "UID FETCH 3:4 (UID BODY.PEEK[])"));
  g_assert_true(fake_heard(&fake, "fine", "UID FETCH 5 (UID BODY.PEEK[])"));
  watch_end(watch);
  fake_stop(&fake);
}

/* `once` with marks to make: it waits for what is settled, and ends when told that no more comes.
 */
static void test_once_waits_for_what_is_settled(void) {
  static const guint32 uids[] = {5, 1, 2, 3, 3};
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  Account account = account_at(fake.ports[0], "echo good");
  account.after = AFTER_FLAG;
  Watch *watch = watch_start(&account, "INBOX", NULL, TRUE, 0);
  g_assert_true(fake_heard(&fake, "fine", "IDLE"));
  fetch_imap_settle(watch->fetch, 77, uids, G_N_ELEMENTS(uids));
  g_assert_true(fake_heard(&fake, "fine", "UID STORE 1:3,5 +FLAGS.SILENT (\\Seen)"));
  g_assert_true(fake_heard(&fake, "fine", "IDLE"));
  fetch_imap_finish(watch->fetch);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_assert_cmpuint(watch_last(watch, FETCH_MARKED)->count, ==, 4);
  watch_end(watch);
  fake_stop(&fake);
}

/* Nothing is copied that cannot be deleted; reading goes on. */
static void test_a_folder_that_cannot_be_changed_is_told(void) {
  static const struct {
    const char *mode, *says;
  } rows[] = {{"no-delete", "folder 'INBOX' does not let this user delete"},
              {"read-only", "folder 'INBOX' is read-only"}};
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    Fake fake;
    fake_start_one(&fake, rows[i].mode);
    Account account = account_at(fake.ports[0], "echo good");
    account.after = AFTER_MOVE;
    account.after_folder = (char *)"done";
    Watch *watch = watch_start(&account, "INBOX", NULL, FALSE, 0);
    g_assert_true(watch_message_wait(watch, 5));
    fetch_imap_settle(watch->fetch, 77, (const guint32[]){1}, 1);
    g_assert_true(watch_event_wait(watch, FETCH_LOST, 1));
    g_assert_nonnull(strstr(watch_last(watch, FETCH_LOST)->error->message, rows[i].says));
    g_assert_true(fake_heard(&fake, rows[i].mode, "IDLE"));
    g_assert_false(fetch_imap_check(&account, lines));
    g_assert_nonnull(strstr(lines->pdata[0], rows[i].says + strlen("folder 'INBOX' ")));
    watch_end(watch);
    fake_stop(&fake);
  }
}

/* One message that the server cannot give is seen by a person; the others come all the same. */
static void test_a_message_that_cannot_be_had_holds_up_nobody(void) {
  static const char *const modes[] = {"refuse-body", "other-uids"};
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
    Fake fake;
    fake_start_one(&fake, modes[i]);
    Account account = account_at(fake.ports[0], "echo good");
    Watch *watch = watch_start(&account, "INBOX", NULL, TRUE, 0);
    g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
    g_assert_cmpuint(watch->messages->len, ==, 5);
    for (guint k = 0; k < 5; k++)
      if (watch_nth(watch, k)->uid == 3) {
        g_assert_true(watch_nth(watch, k)->header_only);
        g_assert_cmpuint(g_bytes_get_size(watch_nth(watch, k)->raw), ==, 0);
      }
    watch_end(watch);
    fake_stop(&fake);
  }
}

/* --- XOAUTH2 --------------------------------------------------------------------------------- */

static void test_token_command_logs_in_by_xoauth2(void) {
  static const struct {
    const char *command;
    gboolean good;
    const char *says;
  } rows[] = {{"echo good-token", TRUE, ": works: "},
              {"echo stale-token", FALSE, "the token does not hold"},
              {"exit 3", FALSE, "exit 3"}};
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "xoauth2");
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    Account account = account_at(fake.ports[0], rows[i].command);
    account.secret.kind = SECRET_TOKEN_COMMAND;
    g_assert_cmpint(fetch_imap_check(&account, lines), ==, rows[i].good);
    g_test_message("%s", (char *)lines->pdata[0]);
    g_assert_nonnull(strstr(lines->pdata[0], rows[i].says));
  }
  g_assert_true(
      fake_heard(&fake, "xoauth2", "AUTH 'user=user@example.test\\x01auth=Bearer good-token"));
  fake_stop(&fake);
}

static void test_token_command_needs_xoauth2(void) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  Account account = account_at(fake.ports[0], "echo good-token");
  account.secret.kind = SECRET_TOKEN_COMMAND;
  g_assert_false(fetch_imap_check(&account, lines));
  g_assert_nonnull(strstr(lines->pdata[0], "does not offer XOAUTH2"));
  fake_stop(&fake);
}

/* --- IDLE, back-off, stop -------------------------------------------------------------------- */

static void test_idle_brings_what_comes_late(void) {
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "late-mail");
  Account account = account_at(fake.ports[0], "echo good");
  Watch *watch = watch_start(&account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_message_wait(watch, 6));
  g_autofree char *uids = watch_uids(watch);
  g_assert_cmpstr(uids, ==, "1 2 3 4 5 6");
  watch_end(watch);
  fake_stop(&fake);
}

/* It says something at each IDLE: looked at, but not as fast as it can talk. */
static void test_a_talkative_server_does_not_keep_us_busy(void) {
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "still-here");
  Account account = account_at(fake.ports[0], "echo good");
  Watch *watch = watch_start(&account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 1));
  gint64 began = g_get_monotonic_time();
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 4));
  g_assert_cmpint(g_get_monotonic_time() - began, >=, 2 * 250 * 1000);
  g_assert_cmpfloat(watch_end(watch), <, 2.0);
  fake_stop(&fake);
}

static void test_stops_at_any_moment(void) {
  static const char *const heard[] = {"AUTHENTICATE", "EXAMINE", "UID FETCH", "BODY",    "BODY",
                                      "IDLE",         "IDLE",    "EXAMINE",   "CAPABILI"};
  static const char *const modes[] = {"hang-login",   "hang-select",   "hang-list", "hang-body",
                                      "hang-literal", "hang-idle",     "fine",      "flood",
                                      "drip",         "hang-greeting", NULL};
  Fake fake;
  if (skipped()) return;
  fake_start(&fake, modes);
  for (gsize i = 0; modes[i]; i++) {
    Account account = account_at(fake.ports[i], "echo good");
    account.timeout_s = 60;
    Watch *watch = watch_start(&account, "INBOX", NULL, FALSE, 0);
    if (i < G_N_ELEMENTS(heard)) g_assert_true(fake_heard(&fake, modes[i], heard[i]));
    double seconds = watch_end(watch);
    g_test_message("%s: %.3f s", modes[i], seconds);
    g_assert_cmpfloat(seconds, <, 2.0);
  }
  fake_stop(&fake);
}

static void test_stops_while_the_password_command_hangs(void) {
  Fake fake;
  if (skipped()) return;
  g_autofree char *dir = g_dir_make_tmp("fetch-XXXXXX", NULL);
  g_autofree char *begun = g_build_filename(dir, "begun", NULL);
  g_autofree char *command = g_strdup_printf("mkdir '%s'; sleep 3; echo good", begun);
  fake_start_one(&fake, "fine");
  Account account = account_at(fake.ports[0], command);
  Watch *watch = watch_start(&account, "INBOX", NULL, FALSE, 0);
  for (int i = 0; i < 10000 && !g_file_test(begun, G_FILE_TEST_EXISTS); i++) g_usleep(1000);
  g_assert_true(g_file_test(begun, G_FILE_TEST_EXISTS));
  g_assert_cmpfloat(watch_end(watch), <, 2.0);
  g_rmdir(begun);
  g_rmdir(dir);
  fake_stop(&fake);
}

static void test_a_sink_that_refuses_ends_the_thread(void) {
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  Account account = account_at(fake.ports[0], "echo good");
  Watch *watch = watch_start(&account, "INBOX", NULL, FALSE, 2);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_assert_cmpuint(watch->messages->len, ==, 2);
  watch_end(watch);
  fake_stop(&fake);
}

/* As the intake does at the end: it blocks, and when it is closed frees what it was given. */
static gboolean sink_that_closes(FetchImap *fetch, FetchedMessage *message, void *context) {
  gint *entered = context;
  (void)fetch;
  g_atomic_int_set(entered, 1);
  while (g_atomic_int_get(entered) != 2) g_usleep(1000);
  g_usleep(20000); /* the stop that main asks for meanwhile is on its way */
  fetched_message_free(message);
  return FALSE;
}

static void sink_ignores(FetchImap *fetch, const FetchEvent *event, void *context) {
  (void)fetch;
  (void)event;
  (void)context;
}

static void test_a_sink_that_closes_while_we_stop_owns_its_message(void) {
  static const FetchSink sink = {sink_that_closes, sink_ignores};
  gint entered = 0;
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  Account account = account_at(fake.ports[0], "echo good");
  g_autoptr(Cursor) cursor = cursor_new();
  FetchImap *fetch = fetch_imap_start(&account, "INBOX", cursor, FALSE, &sink, &entered);
  while (!g_atomic_int_get(&entered)) g_usleep(1000);
  g_atomic_int_set(&entered, 2);
  fetch_imap_stop(fetch);
  fake_stop(&fake);
}

/* --- what takes its time ---------------------------------------------------------------------
 * Started before the other tests and looked at behind them. */

enum { POISON, DROP, RENEW, SLOW_COUNT };

typedef struct {
  Fake fake;
  Account accounts[SLOW_COUNT];
  Watch *watches[SLOW_COUNT];
} Slow;

static void slow_start(Slow *slow) {
  static const char *const modes[] = {
      [POISON] = "poison", [DROP] = "drop-idle", [RENEW] = "fine", NULL};
  fake_start(&slow->fake, modes);
  for (guint i = 0; i < SLOW_COUNT; i++) {
    slow->accounts[i] = account_at(slow->fake.ports[i], "echo good");
    slow->accounts[i].idle_renew_s = 1;
    slow->watches[i] = watch_start(&slow->accounts[i], "INBOX", NULL, FALSE, 0);
  }
}

static void slow_stop(Slow *slow) {
  for (guint i = 0; i < SLOW_COUNT; i++) watch_end(slow->watches[i]);
  fake_stop(&slow->fake);
}

/* UID 3 breaks the connection in its set, and twice alone: then its header is taken. */
static void test_a_message_that_breaks_the_connection_comes_as_header(gconstpointer data) {
  if (skipped()) return;
  Watch *watch = ((const Slow *)data)->watches[POISON];
  g_assert_true(watch_message_wait(watch, 5));
  g_autofree char *uids = watch_uids(watch);
  g_assert_cmpstr(uids, ==, "1 2 3 4 5");
  g_assert_true(watch_nth(watch, 2)->header_only);
  g_assert_true(watch_raw_has(watch_nth(watch, 2), "Subject: mail 3"));
  g_assert_false(watch_raw_has(watch_nth(watch, 2), "number 3"));
}

/* Though each connection gets as far as a whole check. */
static void test_losses_in_a_row_wait_longer(gconstpointer data) {
  guint losses = 0;
  if (skipped()) return;
  Watch *watch = ((const Slow *)data)->watches[DROP];
  g_assert_true(watch_event_wait(watch, FETCH_LOST, 3));
  for (guint i = 0; i < watch->events->len && losses < 3; i++) {
    const FetchEvent *event = watch->events->pdata[i];
    if (event->kind != FETCH_LOST) continue;
    g_assert_cmpuint(event->wait_s, >=, MAX(1, (1u << losses) / 2));
    g_assert_cmpuint(event->wait_s, <=, 1u << losses);
    losses++;
  }
  g_assert_cmpuint(watch->messages->len, ==, 5); /* nothing is handed over twice */
  g_assert_cmpfloat(watch_stop(watch), <, 2.0);  /* in the middle of its wait */
}

static void test_idle_is_renewed(gconstpointer data) {
  if (skipped()) return;
  const Slow *slow = data;
  Fake fake = slow->fake;
  for (int i = 0; i < 2; i++) {
    g_assert_true(fake_heard(&fake, "fine", "IDLE"));
    g_assert_true(fake_heard(&fake, "fine", "DONE"));
  }
  g_assert_true(fake_heard(&fake, "fine", "IDLE"));
  g_assert_cmpuint(watch_count(slow->watches[RENEW], FETCH_LOST), ==, 0);
  g_assert_cmpuint(watch_count(slow->watches[RENEW], FETCH_CAUGHT_UP), ==, 1); /* no check */
}

int main(int argc, char **argv) {
  g_autofree char *python = g_find_program_in_path("python3");
  Slow slow = {0};
  signal(SIGPIPE, SIG_IGN);
  g_test_init(&argc, &argv, NULL);
  have_python = python != NULL;
  if (have_python) slow_start(&slow);
  g_test_add_func("/hostile/1/errors", test_says_what_is_wrong);
  g_test_add_func("/hostile/1/starttls", test_starttls_is_not_to_be_tricked);
  g_test_add_func("/hostile/1/odd", test_odd_servers_are_read);
  g_test_add_func("/hostile/1/sets", test_bodies_are_asked_for_in_sets);
  g_test_add_func("/hostile/1/once", test_once_waits_for_what_is_settled);
  g_test_add_func("/hostile/1/unchangeable", test_a_folder_that_cannot_be_changed_is_told);
  g_test_add_func("/hostile/1/refused", test_a_message_that_cannot_be_had_holds_up_nobody);
  g_test_add_func("/hostile/1/token", test_token_command_logs_in_by_xoauth2);
  g_test_add_func("/hostile/1/token-needs", test_token_command_needs_xoauth2);
  g_test_add_func("/hostile/1/idle-late", test_idle_brings_what_comes_late);
  g_test_add_func("/hostile/1/talkative", test_a_talkative_server_does_not_keep_us_busy);
  g_test_add_func("/hostile/1/stop", test_stops_at_any_moment);
  g_test_add_func("/hostile/1/stop-command", test_stops_while_the_password_command_hangs);
  g_test_add_func("/hostile/1/refuse", test_a_sink_that_refuses_ends_the_thread);
  g_test_add_func("/hostile/1/closing", test_a_sink_that_closes_while_we_stop_owns_its_message);
  g_test_add_data_func("/hostile/2/backoff", &slow, test_losses_in_a_row_wait_longer);
  g_test_add_data_func("/hostile/2/renewed", &slow, test_idle_is_renewed);
  g_test_add_data_func("/hostile/2/poison", &slow,
                       test_a_message_that_breaks_the_connection_comes_as_header);
  int rc = g_test_run();
  if (have_python) slow_stop(&slow);
  return rc;
}
