/* send_smtp against servers that hang, lie, refuse or drop (tests/servers/fake_smtp.py): each item
 * is reported once, with what was said of it. */
#include <gio/gio.h>
#include <signal.h>

#include "tests/daemon/send_watch.h"

enum { MODES_MAX = 40 };

typedef struct {
  GSubprocess *process;
  GDataInputStream *lines;
  guint16 ports[MODES_MAX];
} Fake;

static gboolean have_python;

static gboolean skipped(void) {
  if (!have_python) g_test_skip("python3 is not installed");
  return !have_python;
}

/* A server for each mode, up to NULL. */
static void fake_start(Fake *fake, const char *const *modes) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GStrvBuilder) words = g_strv_builder_new();
  g_strv_builder_add_many(words, "python3", SOURCE_DIR "/tests/servers/fake_smtp.py", NULL);
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

/* Ends the servers; what they heard, a line each. The caller frees. */
static char *fake_stop(Fake *fake) {
  GString *text = g_string_new(NULL);
  g_output_stream_close(g_subprocess_get_stdin_pipe(fake->process), NULL, NULL);
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line(fake->lines, NULL, NULL, NULL);
    if (!line) break;
    g_string_append_printf(text, "%s\n", line);
  }
  g_subprocess_wait(fake->process, NULL, NULL);
  g_clear_object(&fake->lines);
  g_clear_object(&fake->process);
  return g_string_free(text, FALSE);
}

static Submission submission_at(guint16 port) {
  return (Submission){.url = {.url = (char *)"smtp://127.0.0.1",
                              .host = (char *)"127.0.0.1",
                              .port = port,
                              .security = LINK_CLEAR},
                      .user = (char *)"",
                      .envelope_from = (char *)"",
                      .helo = (char *)"[127.0.0.1]",
                      .connections = 1,
                      .timeout_s = 1};
}

static guint count_of(const char *text, const char *what) {
  guint count = 0;
  for (const char *at = text; (at = strstr(at, what)); at += strlen(what)) count++;
  return count;
}

/* --- one mail to each kind of server --------------------------------------------------------- */

static const struct {
  const char *mode;
  int code;
  gboolean server;
  const char *says;
} one_rows[] = {
    {"fine", 250, FALSE, "250 2.0.0 taken as 1"},
    {"bare", 250, FALSE, "250 2.0.0 taken as 1"},
    {"no-pipelining", 250, FALSE, "250 2.0.0 taken as 1"},
    /* what is said of the mail */
    {"say-mail-450", 450, FALSE, "450 0.0.0 as told"},
    {"say-mail-550", 550, FALSE, "550 0.0.0 as told"},
    {"say-rcpt-450", 450, FALSE, "450 0.0.0 as told"},
    {"say-rcpt-550", 550, FALSE, "550 0.0.0 as told"},
    {"say-rcpt-421", 421, FALSE, "421 0.0.0 as told"},
    {"say-data-451", 451, FALSE, "451 0.0.0 as told"},
    {"say-data-554", 554, FALSE, "554 0.0.0 as told"},
    {"say-content-421", 421, FALSE, "421 0.0.0 as told"},
    {"say-content-451", 451, FALSE, "451 0.0.0 as told"},
    {"say-content-554", 554, FALSE, "554 0.0.0 as told"},
    /* the server takes nothing from anybody */
    {"say-greeting-421", 0, TRUE, "does not greet us: 421"},
    {"say-greeting-554", 0, TRUE, "does not greet us: 554"},
    {"say-ehlo-502", 0, TRUE, "EHLO was refused: 502"},
    {"say-mail-421", 0, TRUE, "421 0.0.0 as told"},
    {"say-mail-530", 0, TRUE, "530 0.0.0 as told"},
    {"drop-greeting", 0, TRUE, "the server closed the connection"},
    {"drop-ehlo", 0, TRUE, "the server closed the connection"},
    {"hang-greeting", 0, TRUE, "did not answer in time"},
    {"hang-ehlo", 0, TRUE, "did not answer in time"},
    /* the link was lost in the midst of the mail */
    {"drop-mail", 0, FALSE, "the server closed the connection"},
    {"drop-rcpt", 0, FALSE, "the server closed the connection"},
    {"drop-data", 0, FALSE, "the server closed the connection"},
    {"drop-content", 0, FALSE, "the server closed the connection"},
    {"hang-mail", 0, FALSE, "did not answer in time"},
    {"hang-data", 0, FALSE, "did not answer in time"},
    /* what is no SMTP */
    {"say-data-250", 0, FALSE, "an answer out of place: 250"},
    {"say-mail-354", 0, FALSE, "an answer out of place: 354"},
    {"say-content-354", 0, FALSE, "354 0.0.0 as told"},
    {"flood", 0, FALSE, "a reply of more than 100 lines"},
    {"long-line", 0, FALSE, "a line of more than 2048 bytes"},
    {"mixed", 0, FALSE, "'550 no' is no SMTP reply"},
    {"garbage", 0, FALSE, "'HTTP/1.1 400 Bad Request' is no SMTP reply"},
    {"drip", 0, FALSE, "did not answer in time"},
};

static void check_one(gsize row, Watch *watch) {
  g_assert_true(watch_wait(watch, 1));
  const Told *told = &watch->told[0];
  g_test_message("%s: %d %d %s", one_rows[row].mode, told->code, told->server, told->text);
  g_assert_cmpint(told->code, ==, one_rows[row].code);
  g_assert_cmpint(told->server, ==, one_rows[row].server);
  g_assert_nonnull(strstr(told->text, one_rows[row].says));
  g_assert_null(strpbrk(told->text, "\r\n"));
}

/* All at once: the slow ones wait together. */
static void test_one_mail_is_told_as_it_went(void) {
  const char *modes[G_N_ELEMENTS(one_rows) + 1] = {0};
  Submission submissions[G_N_ELEMENTS(one_rows)];
  Watch *watches[G_N_ELEMENTS(one_rows)];
  Fake fake;
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(one_rows); i++) modes[i] = one_rows[i].mode;
  fake_start(&fake, modes);
  for (gsize i = 0; i < G_N_ELEMENTS(one_rows); i++) {
    submissions[i] = submission_at(fake.ports[i]);
    watches[i] = watch_start(&submissions[i]);
    watch_push(watches[i], "marie@example.test");
  }
  for (gsize i = 0; i < G_N_ELEMENTS(one_rows); i++) check_one(i, watches[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(one_rows); i++) watch_free(watches[i]);
  g_free(fake_stop(&fake));
}

/* The end of the content may take longer: it is asked for at the start, and looked at last. */
typedef struct {
  Fake fake;
  Submission submission;
  Watch *watch;
  gint64 began_us;
} Slow;

static void slow_start(Slow *slow) {
  fake_start_one(&slow->fake, "hang-content");
  slow->submission = submission_at(slow->fake.ports[0]);
  slow->began_us = g_get_monotonic_time();
  slow->watch = watch_start(&slow->submission);
  watch_push(slow->watch, "marie@example.test");
}

static void test_the_end_of_content_may_take_longer(gconstpointer data) {
  if (skipped()) return;
  Slow slow = *(const Slow *)data;
  g_assert_true(watch_wait(slow.watch, 1));
  double seconds = (double)(g_get_monotonic_time() - slow.began_us) / G_USEC_PER_SEC;
  g_assert_cmpfloat(seconds, >=, 5.0);
  g_assert_cmpint(slow.watch->told[0].code, ==, 0);
  g_assert_false(slow.watch->told[0].server);
  g_assert_nonnull(strstr(slow.watch->told[0].text, "did not answer in time"));
}

static void test_nobody_listens(void) {
  Submission submission = submission_at(1); /* tcpmux: nobody's since long */
  Watch *watch = watch_start(&submission);
  for (int i = 0; i < 50; i++) watch_push(watch, "marie@example.test");
  g_assert_true(watch_wait(watch, 50));
  for (int i = 0; i < 50; i++) {
    g_assert_cmpint(watch->told[i].code, ==, 0);
    g_assert_true(watch->told[i].server);
    g_assert_true(g_str_has_prefix(watch->told[i].text, "smtp://127.0.0.1:1: cannot connect"));
  }
  watch_free(watch);
}

/* --- several over one connection ------------------------------------------------------------- */

/* Run so many mails, the nth to the nth name (round and round), through one server. */
static char *run_many(const char *mode, guint connections, const char *const *names, guint count,
                      Watch **ret_watch) {
  Fake fake;
  fake_start_one(&fake, mode);
  Submission submission = submission_at(fake.ports[0]);
  submission.connections = connections;
  Watch *watch = watch_start(&submission);
  for (guint i = 0; i < count; i++) {
    g_autofree char *to =
        g_strdup_printf("%s@example.test", names[i % g_strv_length((char **)names)]);
    watch_push(watch, to);
  }
  g_assert_true(watch_wait(watch, count));
  watch_stop(watch, 5);
  *ret_watch = watch;
  return fake_stop(&fake);
}

static const char *const good_names[] = {"marie", NULL};

/* Refused in the envelope or after the content, transient or for good, none disturbs another. */
static const char *const mixed_names[] = {"marie", "c550", "c450", "jean", "l554", "l451",
                                          "c553",  "luc",  "c421", "anne", NULL};

static int expected_code(const char *name) {
  int code = (name[0] == 'c' || name[0] == 'l') ? atoi(name + 1) : 0;
  return code ? code : 250;
}

static void check_mixed(const char *mode) {
  Watch *watch;
  guint count = 10 * (G_N_ELEMENTS(mixed_names) - 1);
  g_autofree char *heard = run_many(mode, 1, mixed_names, count, &watch);
  for (guint i = 0; i < count; i++) {
    const char *name = mixed_names[i % (G_N_ELEMENTS(mixed_names) - 1)];
    g_test_message("%s %u %s: %s", mode, i, name, watch->told[i].text);
    g_assert_cmpint(watch->told[i].code, ==, expected_code(name));
  }
  g_assert_null(strstr(heard, "nested"));
  watch_free(watch);
}

static void test_a_refused_mail_disturbs_no_other(void) {
  if (skipped()) return;
  check_mixed("fine");
  check_mixed("no-pipelining");
  check_mixed("data-anyway");
}

static void test_commands_go_together(void) {
  Watch *watch;
  if (skipped()) return;
  g_autofree char *heard = run_many("fine", 1, good_names, 100, &watch);
  g_assert_cmpuint(watch_count_code(watch, 250), ==, 100);
  g_assert_cmpuint(count_of(heard, "EHLO"), ==, 1); /* one connection */
  g_assert_cmpuint(count_of(heard, "QUIT"), ==, 1);
  g_assert_nonnull(strstr(heard, "GROUP 3"));               /* MAIL, RCPT, DATA */
  g_assert_cmpuint(count_of(heard, "fine: BEHIND"), >, 50); /* the next mail's */
  g_assert_null(strstr(heard, "RSET"));
  watch_free(watch);
}

static void test_without_pipelining_each_is_waited_for(void) {
  Watch *watch;
  if (skipped()) return;
  g_autofree char *heard = run_many("no-pipelining", 1, good_names, 20, &watch);
  g_assert_cmpuint(watch_count_code(watch, 250), ==, 20);
  g_assert_cmpuint(count_of(heard, "EHLO"), ==, 1);
  g_assert_null(strstr(heard, "GROUP"));
  g_assert_null(strstr(heard, "BEHIND"));
  watch_free(watch);
}

static void test_only_what_is_offered_is_asked_for(void) {
  Watch *watch;
  if (skipped()) return;
  g_autofree char *all = run_many("fine", 1, good_names, 1, &watch);
  g_assert_nonnull(strstr(all, "EHLO [127.0.0.1]\n"));
  g_assert_nonnull(strstr(all, "MAIL FROM:<> SIZE=27\n"));
  g_assert_nonnull(strstr(all, "RCPT TO:<marie@example.test> NOTIFY=NEVER\n"));
  watch_free(watch);
  g_autofree char *none = run_many("bare", 1, good_names, 1, &watch);
  g_assert_nonnull(strstr(none, "MAIL FROM:<>\n"));
  g_assert_nonnull(strstr(none, "RCPT TO:<marie@example.test>\n"));
  watch_free(watch);
}

/* A failure is to come back to the return path, where there is one. */
static void test_a_return_path_asks_for_failures(void) {
  if (skipped()) return;
  Fake fake;
  fake_start_one(&fake, "fine");
  Submission submission = submission_at(fake.ports[0]);
  Watch *watch = watch_start(&submission);
  watch_push_mail(watch, "us@example.test", "marie@example.test",
                  "Subject: hello\r\n\r\nhello\r\n");
  g_assert_true(watch_wait(watch, 1));
  watch_stop(watch, 5);
  g_autofree char *heard = fake_stop(&fake);
  g_assert_nonnull(strstr(heard, "MAIL FROM:<us@example.test> "));
  g_assert_nonnull(strstr(heard, "RCPT TO:<marie@example.test> NOTIFY=FAILURE\n"));
  watch_free(watch);
}

/* The server ends the connection with each second mail: that costs a connection, and no item. */
static void test_a_connection_that_ends_costs_no_mail(void) {
  static const char *const modes[] = {"drop-after", "leave-after"};
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
    Watch *watch;
    g_autofree char *heard = run_many(modes[i], 1, good_names, 10, &watch);
    watch_tell(watch);
    g_assert_cmpuint(watch_count_code(watch, 250), ==, 10);
    g_assert_cmpuint(count_of(heard, "EHLO"), ==, 10);
    watch_free(watch);
  }
}

static void test_several_connections_share_the_queue(void) {
  Watch *watch;
  if (skipped()) return;
  g_autofree char *heard = run_many("fine", 4, good_names, 1000, &watch);
  g_assert_cmpuint(watch_count_code(watch, 250), ==, 1000);
  g_assert_cmpuint(count_of(heard, "CONTENT"), ==, 1000);
  g_assert_cmpuint(count_of(heard, "EHLO"), <=, 4);
  watch_free(watch);
}

/* A server that takes one connection at a time gets all through that one. */
static void test_a_connection_too_many_leaves_the_work_to_the_other(void) {
  Watch *watch;
  if (skipped()) return;
  g_autofree char *heard = run_many("one", 3, good_names, 400, &watch);
  g_assert_cmpuint(count_of(heard, "CONTENT"), ==, watch_count_code(watch, 250));
  for (guint i = 0; i < watch->pushed; i++)
    g_assert_true(watch->told[i].code == 250 || watch->told[i].server);
  g_assert_cmpuint(watch_count_code(watch, 250), >, 0);
  watch_free(watch);
}

static char *large_mail(gsize size) {
  GString *mail = g_string_new("Subject: large\r\n\r\n");
  while (mail->len < size)
    g_string_append(mail, ". a line of a large mail, and some more of it\r\n");
  return g_string_free(mail, FALSE);
}

static void test_a_large_mail_goes_whole_or_is_cut_off(void) {
  static const char *const modes[] = {"fine", "cut", "small", NULL};
  static const int codes[] = {250, 552, 552};
  Fake fake;
  if (skipped()) return;
  fake_start(&fake, modes);
  g_autofree char *mail = large_mail(6 << 20);
  for (guint i = 0; modes[i]; i++) {
    Submission submission = submission_at(fake.ports[i]);
    submission.timeout_s = 5;
    Watch *watch = watch_start(&submission);
    watch_push_mail(watch, "", "marie@example.test", mail);
    g_assert_true(watch_wait(watch, 1));
    watch_tell(watch);
    g_assert_cmpint(watch->told[0].code, ==, codes[i]);
    watch_free(watch);
  }
  g_autofree char *heard = fake_stop(&fake);
  g_assert_null(strstr(heard, "small: MAIL"));
}

/* --- logging in ------------------------------------------------------------------------------ */

static const struct {
  const char *mode;
  SecretKind kind;
  const char *command;
  const char *says; /* NULL: taken */
  const char *heard;
} login_rows[] = {
    {"fine", SECRET_COMMAND, "echo good", NULL,
     "fine: AUTH PLAIN AHVzZXJAZXhhbXBsZS50ZXN0AGdvb2Q="},
    {"fine", SECRET_COMMAND, "echo bad", "login of 'user@example.test' (PLAIN) was refused: 535",
     "AUTH PLAIN"},
    {"login", SECRET_COMMAND, "echo good", NULL, "login: ANSWER Z29vZA=="},
    {"login", SECRET_COMMAND, "echo bad", "(LOGIN) was refused: 535", "AUTH LOGIN"},
    {"xoauth2", SECRET_TOKEN_COMMAND, "echo good-token", NULL, "AUTH XOAUTH2 dXNlcj"},
    {"xoauth2", SECRET_TOKEN_COMMAND, "echo bad", "(XOAUTH2) was refused: 535",
     "xoauth2: ANSWER \n"},
    /* more than fits in a command's line */
    {"xoauth2", SECRET_TOKEN_COMMAND, "printf '%0600d\n' 0", "(XOAUTH2) was refused: 535",
     "xoauth2: AUTH XOAUTH2\n"},
    {"xoauth2", SECRET_COMMAND, "echo good", "neither PLAIN nor LOGIN", NULL},
    {"login", SECRET_TOKEN_COMMAND, "echo good-token", "does not offer XOAUTH2", NULL},
    {"bare", SECRET_COMMAND, "echo good", "neither PLAIN nor LOGIN", NULL},
    {"fine", SECRET_COMMAND, "exit 3", "exit 3", NULL},
    {"fine", SECRET_COMMAND, "printf 'a\\001b\\n'", "control characters", NULL},
    {"fine", SECRET_FILE, "/nonexistent/password", "/nonexistent/password", NULL},
    {"say-auth-454", SECRET_COMMAND, "echo good", "was refused: 454", NULL},
    {"drop-auth", SECRET_COMMAND, "echo good", "closed the connection", NULL},
};

static void check_login(gsize i) {
  Fake fake;
  fake_start_one(&fake, login_rows[i].mode);
  Submission submission = submission_at(fake.ports[0]);
  submission.user = (char *)"user@example.test";
  submission.secret = (Secret){login_rows[i].kind, (char *)login_rows[i].command};
  Watch *watch = watch_start(&submission);
  watch_push(watch, "marie@example.test");
  g_assert_true(watch_wait(watch, 1));
  const Told *told = &watch->told[0];
  g_test_message("row %zu: %d %s", i, told->code, told->text);
  g_assert_cmpint(told->code, ==, login_rows[i].says ? 0 : 250);
  g_assert_cmpint(told->server, ==, login_rows[i].says != NULL);
  if (login_rows[i].says) g_assert_nonnull(strstr(told->text, login_rows[i].says));
  watch_free(watch);
  g_autofree char *heard = fake_stop(&fake);
  if (login_rows[i].heard) g_assert_nonnull(strstr(heard, login_rows[i].heard));
  g_assert_cmpint(strstr(heard, "MAIL") != NULL, ==, login_rows[i].says == NULL);
}

static void test_logs_in(void) {
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(login_rows); i++) check_login(i);
}

/* Nothing is sent in clear where TLS was asked for. */
static void test_starttls_is_not_to_be_tricked(void) {
  static const char *const modes[] = {"inject", "stripped", NULL};
  static const char *const says[] = {"sent more in clear after STARTTLS",
                                     "does not offer STARTTLS"};
  Fake fake;
  if (skipped()) return;
  fake_start(&fake, modes);
  for (guint i = 0; modes[i]; i++) {
    Submission submission = submission_at(fake.ports[i]);
    submission.url.security = LINK_STARTTLS;
    submission.user = (char *)"user@example.test";
    submission.secret = (Secret){SECRET_COMMAND, (char *)"echo good"};
    Watch *watch = watch_start(&submission);
    watch_push(watch, "marie@example.test");
    g_assert_true(watch_wait(watch, 1));
    watch_tell(watch);
    g_assert_true(watch->told[0].server);
    g_assert_nonnull(strstr(watch->told[0].text, says[i]));
    watch_free(watch);
  }
  g_autofree char *heard = fake_stop(&fake);
  g_assert_null(strstr(heard, "AUTH"));
  g_assert_null(strstr(heard, "MAIL"));
}

/* --- addresses, keeping warm, stopping ------------------------------------------------------- */

static void test_a_bad_address_goes_nowhere(void) {
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  Submission submission = submission_at(fake.ports[0]);
  Watch *watch = watch_start(&submission);
  watch_push(watch, "a@b.example>\r\nRCPT TO:<victim@example.test");
  watch_push(watch, "marie@example.test");
  watch_push(watch, "h\xc3\xa9l\xc3\xa8ne@b\xc3\xbc"
                    "cher.example");
  watch_push(watch, "a@b@c");
  g_assert_true(watch_wait(watch, 4));
  watch_free(watch);
  g_autofree char *heard = fake_stop(&fake);
  g_assert_null(strstr(heard, "victim"));
  g_assert_cmpuint(count_of(heard, "RCPT"), ==, 2);
  g_assert_cmpuint(count_of(heard, " SMTPUTF8\n"), ==, 1);
  g_assert_nonnull(strstr(heard, "<h\xc3\xa9l\xc3\xa8ne@xn--bcher-kva.example>"));
}

static void test_a_warm_connection_is_used_again(void) {
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  Submission submission = submission_at(fake.ports[0]);
  submission.connections = 3;
  Watch *watch = watch_start(&submission);
  for (guint i = 0; i < 20; i++) { /* each when the one before is done */
    watch_push(watch, "marie@example.test");
    g_assert_true(watch_wait(watch, i + 1));
  }
  g_assert_cmpuint(watch_count_code(watch, 250), ==, 20);
  watch_free(watch);
  g_autofree char *heard = fake_stop(&fake);
  /* A mail is reported just before its thread waits again, so another may be woken. */
  g_assert_cmpuint(count_of(heard, "EHLO"), <=, 3);
}

/* Wait until the server in this mode hangs. */
static void fake_there(Fake *fake, const char *mode) {
  g_autofree char *want = g_strdup_printf("%s: there", mode);
  g_autofree char *line = g_data_input_stream_read_line(fake->lines, NULL, NULL, NULL);
  g_assert_cmpstr(line, ==, want);
}

static void check_stop(Fake *fake, guint16 port, const char *mode, guint timeout_s) {
  Submission submission = submission_at(port);
  submission.timeout_s = 60;
  Watch *watch = watch_start(&submission);
  for (int k = 0; k < 20; k++) watch_push(watch, "marie@example.test");
  fake_there(fake, mode);
  double seconds = watch_stop(watch, timeout_s);
  g_test_message("%s: %f s: %s", mode, seconds, watch->told[0].text);
  g_assert_cmpfloat(seconds, >=, timeout_s);
  g_assert_cmpfloat(seconds, <, timeout_s + 1.0);
  for (guint k = 0; k < watch->pushed; k++) {
    g_assert_cmpint(watch->told[k].code, ==, 0);
    g_assert_true(watch->told[k].server);
    g_assert_cmpstr(watch->told[k].text, ==, "interrupted: we were told to stop");
  }
  watch_free(watch);
}

/* Within the time, wherever the server hangs; all that was not sent is said to be so. */
static void test_stops_at_any_moment(void) {
  static const char *const modes[] = {"hang-greeting", "hang-ehlo", "hang-mail", "hang-data",
                                      "hang-content",  "drip",      NULL};
  Fake fake;
  if (skipped()) return;
  fake_start(&fake, modes);
  for (guint i = 0; modes[i]; i++)
    check_stop(&fake, fake.ports[i], modes[i], g_str_equal(modes[i], "hang-content") ? 1 : 0);
  g_free(fake_stop(&fake));
}

/* In the midst of the work, and while the password command hangs: all is reported, once. */
static void test_stops_while_busy(void) {
  static const char *const commands[] = {"echo good", "sleep 30"};
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  for (guint i = 0; i < 20; i++) {
    Submission submission = submission_at(fake.ports[0]);
    submission.connections = 3;
    submission.user = (char *)"user@example.test";
    submission.secret = (Secret){SECRET_COMMAND, (char *)commands[i % 2]};
    Watch *watch = watch_start(&submission);
    for (int k = 0; k < 200; k++) watch_push(watch, "marie@example.test");
    if (i % 2 == 0) g_assert_true(watch_wait(watch, i * 9));
    g_assert_cmpfloat(watch_stop(watch, 0), <, 3.0);
    for (guint k = 0; k < watch->pushed; k++)
      g_assert_true(watch->told[k].code == 250 || watch->told[k].server);
    watch_free(watch);
  }
  g_free(fake_stop(&fake));
}

static void test_who_does_not_part_is_left(void) {
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "hang-quit");
  Submission submission = submission_at(fake.ports[0]);
  submission.timeout_s = 60;
  Watch *watch = watch_start(&submission);
  watch_push(watch, "marie@example.test");
  g_assert_true(watch_wait(watch, 1));
  g_assert_cmpfloat(watch_stop(watch, 10), <, 3.0);
  watch_free(watch);
  g_free(fake_stop(&fake));
}

static void test_what_is_in_hand_is_finished(void) {
  Fake fake;
  if (skipped()) return;
  fake_start_one(&fake, "fine");
  Submission submission = submission_at(fake.ports[0]);
  Watch *watch = watch_start(&submission);
  for (int i = 0; i < 200; i++) watch_push(watch, "marie@example.test");
  watch_stop(watch, 10);
  g_assert_cmpuint(watch_count_code(watch, 250), ==, 200);
  watch_free(watch);
  g_free(fake_stop(&fake));
}

static void test_check_tells_one_line(void) {
  Fake fake;
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  if (skipped()) return;
  fake_start(&fake, (const char *const[]){"fine", "say-greeting-554", NULL});
  Submission good = submission_at(fake.ports[0]), bad = submission_at(fake.ports[1]);
  good.user = (char *)"user@example.test";
  good.secret = (Secret){SECRET_COMMAND, (char *)"echo good"};
  g_assert_true(send_smtp_check(&good, lines));
  g_assert_false(send_smtp_check(&bad, lines));
  g_assert_cmpuint(lines->len, ==, 2);
  g_test_message("%s", (char *)lines->pdata[0]);
  g_assert_true(g_str_has_suffix(lines->pdata[0], ": works: PIPELINING, 8BITMIME, SMTPUTF8, DSN, "
                                                  "SIZE 10240000; AUTH PLAIN"));
  g_assert_nonnull(strstr(lines->pdata[1], "the server does not greet us: 554"));
  g_free(fake_stop(&fake));
}

/* Whether the relay takes a mail without a return path is asked only where we would send one. */
static void test_check_asks_for_the_null_return_path(void) {
  static const struct {
    const char *envelope_from;
    gboolean works;
    const char *told; /* of the last line */
  } rows[] = {{"", FALSE, "submission: the server refuses the null return path: 550"},
              {"", FALSE, "submission: the server defers the null return path: 450"},
              {"us@example.test", TRUE, "; AUTH PLAIN"}};
  Fake fake;
  if (skipped()) return;
  fake_start(&fake, (const char *const[]){"say-mail-550", "say-mail-450", "say-mail-550", NULL});
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    Submission submission = submission_at(fake.ports[i]);
    submission.user = (char *)"user@example.test";
    submission.secret = (Secret){SECRET_COMMAND, (char *)"echo good"};
    submission.envelope_from = (char *)rows[i].envelope_from;
    g_assert_cmpint(send_smtp_check(&submission, lines), ==, rows[i].works);
    const char *last = lines->pdata[lines->len - 1];
    g_test_message("%s", last);
    g_assert_nonnull(strstr(last, rows[i].told));
    g_assert_cmpint(strstr(last, "set envelope_from:") != NULL, ==, i == 0);
  }
  char *talk = fake_stop(&fake);
  g_assert_null(strstr(talk, "RCPT"));
  g_free(talk);
}

int main(int argc, char **argv) {
  g_autofree char *python = g_find_program_in_path("python3");
  signal(SIGPIPE, SIG_IGN);
  g_test_init(&argc, &argv, NULL);
  have_python = python != NULL;
  Slow slow = {.watch = NULL};
  if (have_python) slow_start(&slow);
  g_test_add_func("/send/one", test_one_mail_is_told_as_it_went);
  g_test_add_func("/send/nobody", test_nobody_listens);
  g_test_add_func("/send/mixed", test_a_refused_mail_disturbs_no_other);
  g_test_add_func("/send/pipelining", test_commands_go_together);
  g_test_add_func("/send/no-pipelining", test_without_pipelining_each_is_waited_for);
  g_test_add_func("/send/offers", test_only_what_is_offered_is_asked_for);
  g_test_add_func("/send/return-path", test_a_return_path_asks_for_failures);
  g_test_add_func("/send/ends", test_a_connection_that_ends_costs_no_mail);
  g_test_add_func("/send/several", test_several_connections_share_the_queue);
  g_test_add_func("/send/one-connection", test_a_connection_too_many_leaves_the_work_to_the_other);
  g_test_add_func("/send/large", test_a_large_mail_goes_whole_or_is_cut_off);
  g_test_add_func("/send/login", test_logs_in);
  g_test_add_func("/send/starttls", test_starttls_is_not_to_be_tricked);
  g_test_add_func("/send/address", test_a_bad_address_goes_nowhere);
  g_test_add_func("/send/check-return-path", test_check_asks_for_the_null_return_path);
  g_test_add_func("/send/warm", test_a_warm_connection_is_used_again);
  g_test_add_func("/send/stop", test_stops_at_any_moment);
  g_test_add_func("/send/stop-busy", test_stops_while_busy);
  g_test_add_func("/send/stop-quit", test_who_does_not_part_is_left);
  g_test_add_func("/send/in-hand", test_what_is_in_hand_is_finished);
  g_test_add_func("/send/check", test_check_tells_one_line);
  g_test_add_data_func("/send/slow", &slow, test_the_end_of_content_may_take_longer);
  int rc = g_test_run();
  if (!have_python) return rc;
  watch_free(slow.watch);
  g_free(fake_stop(&slow.fake));
  return rc;
}
