/* fetch_imap against a real Dovecot (tests/servers/dovecot-up): what comes, what is marked, what is
 * said when something is wrong. Skipped, aloud, where Dovecot is not installed. */
#include <errno.h>
#include <gio/gio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/daemon/fetch_watch.h"

/* --- the server ------------------------------------------------------------------------------ */

typedef struct {
  char *dir;
  GHashTable *env;
} Server;

typedef struct {
  Server full, bare; /* bare: IMAP4rev1 and nothing else */
  gboolean up;
  guint users; /* each test has a user of its own */
} House;

static House house;

static const char *env_of(const Server *server, const char *key) {
  const char *value = g_hash_table_lookup(server->env, key);
  g_assert_nonnull(value);
  return value;
}

static guint16 port_of(const Server *server, const char *key) {
  return (guint16)g_ascii_strtoull(env_of(server, key), NULL, 10);
}

static void read_env(Server *server) {
  g_autofree char *path = g_build_filename(server->dir, "env", NULL);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  server->env = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; lines[i]; i++) {
    g_auto(GStrv) pair = g_strsplit(lines[i], "=", 2);
    if (pair[0] && pair[1]) g_hash_table_insert(server->env, g_strdup(pair[0]), g_strdup(pair[1]));
  }
}

/* Exit code of a shell's line; with g_spawn alone, which leaves no thread behind (see main). */
static int shell(const char *format, ...) G_GNUC_PRINTF(1, 2);
static int shell(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *line = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  const char *argv[] = {"/bin/sh", "-c", line, NULL};
  int status = -1;
  g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                             &status, NULL));
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static gboolean server_up(Server *server, const char *environment) {
  server->dir = g_dir_make_tmp("fetch-XXXXXX", NULL);
  int rc = shell("%s '%s/tests/servers/dovecot-up' '%s'", environment, SOURCE_DIR, server->dir);
  if (rc == 77) return FALSE;
  g_assert_cmpint(rc, ==, 0);
  read_env(server);
  return TRUE;
}

static void server_free(Server *server) {
  g_clear_pointer(&server->env, g_hash_table_unref);
  g_clear_pointer(&server->dir, g_free);
}

/* Side by side: Dovecot takes a second to end. */
static void house_down(void) {
  const char *down = SOURCE_DIR "/tests/servers/dovecot-down";
  if (!house.bare.dir) house.bare.dir = g_strdup("/nonexistent");
  shell("'%s' '%s' & '%s' '%s'; wait; rm -rf '%s' '%s'", down, house.full.dir, down, house.bare.dir,
        house.full.dir, house.bare.dir);
  server_free(&house.full);
  server_free(&house.bare);
}

static gboolean skipped(void) {
  if (!house.up) g_test_skip("dovecot is not installed");
  return !house.up;
}

/* What `doveadm ARGUMENTS` prints for this server. */
static char *doveadm(const Server *server, const char *format, ...) G_GNUC_PRINTF(2, 3);
static char *doveadm(const Server *server, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *rest = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *line =
      g_strdup_printf("doveadm -c '%s' %s", env_of(server, "DOVECOT_CONF"), rest);
  char *output = NULL;
  const char *argv[] = {"/bin/sh", "-c", line, NULL};
  g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                             NULL, NULL));
  return g_strstrip(output);
}

/* --- mail in, by LMTP ------------------------------------------------------------------------ */

static void lmtp_say(GOutputStream *out, GDataInputStream *in, const char *text, char want) {
  g_autofree char *line = NULL;
  g_assert_true(g_output_stream_write_all(out, text, strlen(text), NULL, NULL, NULL));
  do {
    g_free(line);
    line = g_data_input_stream_read_line(in, NULL, NULL, NULL);
    g_assert_nonnull(line);
  } while (strlen(line) > 3 && line[3] == '-');
  if (line[0] != want) g_error("%s: %s", text, line);
}

static void deliver(const Server *server, const char *user, guint first, guint count, gsize size) {
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_autoptr(GSocketConnection) link = g_socket_client_connect_to_host(
      client, "127.0.0.1", port_of(server, "LMTP_PORT"), NULL, NULL);
  g_assert_nonnull(link);
  GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(link));
  g_autoptr(GDataInputStream) in =
      g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(link)));
  lmtp_say(out, in, "", '2');
  lmtp_say(out, in, "LHLO test\r\n", '2');
  g_autofree char *to = g_strdup_printf("RCPT TO:<%s@example.test>\r\n", user);
  for (guint i = 0; i < count; i++) {
    GString *text = g_string_new(NULL);
    g_string_printf(text, "From: p@example.test\r\nSubject: mail %u\r\n\r\nnumber %u.\r\n",
                    first + i, first + i);
    while (text->len < size)
      g_string_append(text, "a line of sixty characters, so that size is met soon\r\n");
    g_string_append(text, ".\r\n");
    lmtp_say(out, in, "MAIL FROM:<p@example.test>\r\n", '2');
    lmtp_say(out, in, to, '2');
    lmtp_say(out, in, "DATA\r\n", '3');
    lmtp_say(out, in, text->str, '2');
    g_string_free(text, TRUE);
  }
}

/* --- an account ------------------------------------------------------------------------------ */

static char *inbox[] = {(char *)"INBOX", NULL};

typedef struct {
  const Server *server;
  char *name; /* of the user */
  char *command;
  Account account;
} User;

static User user_new(const Server *server) {
  User user = {.server = server, .name = g_strdup_printf("user%u", ++house.users)};
  user.command = g_strdup_printf("echo %s", env_of(server, "MAIL_PASSWORD"));
  user.account = (Account){.name = (char *)"a",
                           .imap = {.url = (char *)"imaps://localhost",
                                    .host = (char *)"localhost",
                                    .port = port_of(server, "IMAPS_PORT"),
                                    .security = LINK_TLS},
                           .user = user.name,
                           .secret = {SECRET_COMMAND, user.command},
                           .ca_file = (char *)env_of(server, "CA_FILE"),
                           .folders = inbox,
                           .start_all = TRUE,
                           .after_folder = (char *)"Traités/bulletins & co",
                           .poll_s = 60,
                           .idle_renew_s = 1500,
                           .timeout_s = 10,
                           .message_bytes = 30 << 20,
                           .set_messages = 10,
                           .set_bytes = 8 << 20};
  return user;
}

static void user_clear(User *user) {
  g_free(user->name);
  g_free(user->command);
}

/* --- what comes ------------------------------------------------------------------------------ */

static void test_all_new_messages_come_whole_and_once(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 25, 0);
  Watch *watch = watch_start(&user.account, "INBOX", NULL, TRUE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_assert_cmpuint(watch->messages->len, ==, 25);
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  for (guint i = 0; i < 25; i++) {
    const FetchedMessage *message = watch_nth(watch, i);
    g_autofree char *text = g_strdup_printf("\r\n\r\nnumber %u.\r\n", i + 1);
    g_assert_cmpuint(message->uid, ==, i + 1);
    g_assert_true(watch_raw_has(message, text));
    g_assert_false(message->header_only);
    g_assert_cmpuint(message->size_bytes, ==, g_bytes_get_size(message->raw));
    g_assert_cmpint(ABS(now - message->received), <, 60);
  }
  g_assert_cmpuint(watch_count(watch, FETCH_CONNECTED), ==, 1);
  g_assert_cmpuint(watch_count(watch, FETCH_RESET), ==, 1);
  g_assert_cmpuint(watch_last(watch, FETCH_CAUGHT_UP)->uid, ==, 25);
  g_assert_cmpuint(watch_last(watch, FETCH_RESET)->uidvalidity, ==,
                   watch_nth(watch, 0)->uidvalidity);
  g_assert_nonnull(strstr(watch_last(watch, FETCH_CONNECTED)->text, ", IDLE, MOVE, UIDPLUS"));
  watch_end(watch);
  /* BODY.PEEK: nothing is read that was not */
  g_autofree char *seen = doveadm(user.server, "search -u %s seen", user.name);
  g_assert_cmpstr(seen, ==, "");
  user_clear(&user);
}

static void test_cursor_goes_on_where_it_was(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 8, 0);
  Watch *watch = watch_start(&user.account, "INBOX", NULL, TRUE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_autoptr(Cursor) cursor = cursor_copy(watch_last(watch, FETCH_RESET)->cursor);
  watch_end(watch);
  cursor_join(cursor, 3);
  cursor_add(cursor, 5);
  cursor_add(cursor, 6);
  watch = watch_start(&user.account, "INBOX", cursor, TRUE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_autofree char *uids = watch_uids(watch);
  g_assert_cmpstr(uids, ==, "4 7 8");
  g_assert_cmpuint(watch_count(watch, FETCH_RESET), ==, 0);
  watch_end(watch);
  user_clear(&user);
}

static void test_start_now_leaves_the_old_alone(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 3, 0);
  user.account.start_all = FALSE;
  Watch *watch = watch_start(&user.account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 1));
  g_assert_cmpuint(watch->messages->len, ==, 0);
  g_assert_cmpuint(watch_last(watch, FETCH_RESET)->cursor->base, ==, 3);
  deliver(user.server, user.name, 4, 1, 0);
  g_assert_true(watch_message_wait(watch, 1));
  g_assert_cmpuint(watch_nth(watch, 0)->uid, ==, 4);
  watch_end(watch);
  user_clear(&user);
}

static void test_a_mail_over_the_limit_comes_as_header(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 1, 0);
  deliver(user.server, user.name, 2, 1, 200000);
  deliver(user.server, user.name, 3, 1, 0);
  user.account.message_bytes = 100000;
  Watch *watch = watch_start(&user.account, "INBOX", NULL, TRUE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_autofree char *uids = watch_uids(watch);
  g_assert_cmpstr(uids, ==, "1 2 3");
  const FetchedMessage *large = watch_nth(watch, 1);
  g_assert_true(large->header_only);
  g_assert_cmpuint(large->size_bytes, >, 200000);
  g_assert_true(watch_raw_has(large, "Subject: mail 2"));
  g_assert_false(watch_raw_has(large, "number 2"));
  g_assert_false(watch_nth(watch, 2)->header_only);
  watch_end(watch);
  user_clear(&user);
}

/* Sets of at most 1 MB: two mails of 700 kB each need two. */
static void test_large_mails_come_whole(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 2, 700000);
  deliver(user.server, user.name, 3, 1, 9 << 20);
  user.account.set_bytes = 1 << 20;
  Watch *watch = watch_start(&user.account, "INBOX", NULL, TRUE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_assert_cmpuint(watch->messages->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint(g_bytes_get_size(watch_nth(watch, i)->raw), ==,
                     watch_nth(watch, i)->size_bytes);
  watch_end(watch);
  user_clear(&user);
}

/* --- new mail while it watches --------------------------------------------------------------- */

static void test_idle_wakes(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  Watch *watch = watch_start(&user.account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 1));
  for (guint i = 1; i <= 3; i++) {
    deliver(user.server, user.name, i, 1, 0);
    gint64 began = g_get_monotonic_time();
    g_assert_true(watch_message_wait(watch, i));
    double seconds = (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
    g_test_message("%.2f s", seconds);
    g_assert_cmpfloat(seconds, <, 2.0); /* half a second is Dovecot's own delay */
  }
  watch_end(watch);
  user_clear(&user);
}

static void test_without_idle_it_polls(void) {
  if (skipped()) return;
  User user = user_new(&house.bare);
  user.account.poll_s = 1;
  Watch *watch = watch_start(&user.account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 1));
  g_assert_nonnull(
      strstr(watch_last(watch, FETCH_CONNECTED)->text, "no IDLE, no MOVE, no UIDPLUS"));
  deliver(user.server, user.name, 1, 1, 0);
  g_assert_true(watch_message_wait(watch, 1));
  watch_end(watch);
  user_clear(&user);
}

static void test_a_changed_uidvalidity_is_read_again(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 3, 0);
  user.account.poll_s = 1;
  Watch *watch = watch_start(&user.account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 1));
  g_free(doveadm(user.server, "mailbox update -u %s --uid-validity 4711 INBOX", user.name));
  g_assert_true(watch_event_wait(watch, FETCH_RESET, 2));
  g_assert_cmpuint(watch_last(watch, FETCH_RESET)->cursor->uidvalidity, ==, 4711);
  g_assert_cmpuint(watch_last(watch, FETCH_RESET)->cursor->base, ==, 0);
  g_assert_true(watch_message_wait(watch, 6));
  g_autofree char *uids = watch_uids(watch);
  g_assert_cmpstr(uids, ==, "1 2 3 1 2 3");
  g_assert_cmpuint(watch_nth(watch, 5)->uidvalidity, ==, 4711);
  watch_end(watch);
  user_clear(&user);
}

/* --- after: flag, move ----------------------------------------------------------------------- */

static char *flags_of(const User *user, const char *query) {
  return doveadm(user->server, "-f flow fetch -u %s 'uid flags' %s", user->name, query);
}

static void test_flag_marks_what_is_settled(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 3, 0);
  user.account.after = AFTER_FLAG;
  Watch *watch = watch_start(&user.account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_message_wait(watch, 3));
  const guint32 uids[] = {3, 1};
  fetch_imap_settle(watch->fetch, 1, (const guint32[]){2}, 1); /* another UIDVALIDITY: nothing */
  fetch_imap_settle(watch->fetch, watch_nth(watch, 0)->uidvalidity, uids, 2);
  g_assert_true(watch_event_wait(watch, FETCH_MARKED, 1));
  const FetchEvent *marked = watch_last(watch, FETCH_MARKED);
  g_assert_cmpuint(marked->count, ==, 2);
  g_assert_cmpuint(marked->uids[0], ==, 1);
  g_assert_cmpuint(marked->uids[1], ==, 3);
  g_assert_cmpuint(marked->uidvalidity, ==, watch_nth(watch, 0)->uidvalidity);
  g_autofree char *first = flags_of(&user, "uid 1");
  g_autofree char *second = flags_of(&user, "uid 2");
  g_assert_nonnull(strstr(first, "\\Seen"));
  g_assert_nonnull(strstr(first, "$bulletind"));
  g_assert_null(strstr(second, "\\Seen"));
  watch_end(watch);
  user_clear(&user);
}

/* `once`: it ends when everything that was settled is marked, and no sooner. */
static void test_once_ends_when_all_is_marked(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 12, 0);
  user.account.after = AFTER_MOVE;
  Watch *watch = watch_start(&user.account, "INBOX", NULL, TRUE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 1));
  for (guint32 uid = 1; uid <= 12; uid++)
    fetch_imap_settle(watch->fetch, watch_nth(watch, 0)->uidvalidity, &uid, 1);
  fetch_imap_finish(watch->fetch);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_autofree char *left = doveadm(user.server, "search -u %s mailbox INBOX", user.name);
  g_autofree char *moved = flags_of(&user, "mailbox 'Traités/bulletins & co'");
  g_assert_cmpstr(left, ==, "");
  g_assert_nonnull(strstr(moved, "uid=12 "));
  watch_end(watch);
  user_clear(&user);
}

/* Committed before the last stop, not marked yet: done at the next start, nothing read again. */
static void test_unmarked_ones_are_marked_at_the_start(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 3, 0);
  Watch *watch = watch_start(&user.account, "INBOX", NULL, TRUE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_STOPPED, 1));
  g_autoptr(Cursor) cursor = cursor_copy(watch_last(watch, FETCH_RESET)->cursor);
  watch_end(watch);
  const guint32 unmarked[] = {2, 3, 900};
  cursor_join(cursor, 3);
  g_array_append_vals(cursor->unmarked, unmarked, 3);
  user.account.after = AFTER_MOVE;
  watch = watch_start(&user.account, "INBOX", cursor, FALSE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_MARKED, 1));
  g_assert_cmpuint(watch_last(watch, FETCH_MARKED)->count, ==, 3); /* 900 is gone: done with */
  g_assert_cmpuint(watch->messages->len, ==, 0);
  g_autofree char *left = flags_of(&user, "mailbox INBOX");
  g_assert_nonnull(strstr(left, "uid=1 "));
  g_assert_null(strstr(left, "uid=2 "));
  watch_end(watch);
  user_clear(&user);
}

/* No MOVE, no UIDPLUS: copied, and expunged only while nobody else marked anything \Deleted. */
static void test_without_uidplus_no_mail_of_others_is_expunged(void) {
  if (skipped()) return;
  User user = user_new(&house.bare);
  deliver(user.server, user.name, 1, 4, 0);
  user.account.after = AFTER_MOVE;
  Watch *watch = watch_start(&user.account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_message_wait(watch, 4));
  guint32 uidvalidity = watch_nth(watch, 0)->uidvalidity;
  fetch_imap_settle(watch->fetch, uidvalidity, (const guint32[]){1}, 1);
  g_assert_true(watch_event_wait(watch, FETCH_MARKED, 1));
  g_autofree char *before = flags_of(&user, "mailbox INBOX");
  g_assert_null(strstr(before, "uid=1 "));
  g_free(doveadm(user.server, "flags add -u %s '\\Deleted' mailbox INBOX uid 4", user.name));
  fetch_imap_settle(watch->fetch, uidvalidity, (const guint32[]){2}, 1);
  g_assert_true(watch_event_wait(watch, FETCH_MARKED, 2));
  g_autofree char *after = flags_of(&user, "mailbox INBOX");
  g_assert_nonnull(strstr(after, "uid=4 flags=\\Deleted")); /* somebody else's choice */
  g_assert_nonnull(strstr(after, "uid=2 flags=\\Deleted"));
  g_autofree char *copies = flags_of(&user, "mailbox 'Traités/bulletins & co'");
  g_assert_nonnull(strstr(copies, "uid=2 "));
  g_assert_cmpuint(watch_count(watch, FETCH_LOST), ==, 0);
  watch_end(watch);
  user_clear(&user);
}

/* --- what is wrong --------------------------------------------------------------------------- */

static const struct {
  const char *name;
  const char *host, *port, *ca, *command, *folder;
  LinkSecurity security;
  MailError code;
  const char *says;
} wrong[] = {
    {"wrong password", "localhost", "IMAPS_PORT", "CA_FILE", "echo wrong", "INBOX", LINK_TLS,
     MAIL_ERROR_AUTH, "check user and password"},
    {"wrong authority", "localhost", "IMAPS_PORT", "OTHER_CA_FILE", NULL, "INBOX", LINK_TLS,
     MAIL_ERROR_TLS, "certificate is signed by 'CN=bulletind test CA'"},
    {"the system's authorities", "localhost", "IMAPS_PORT", NULL, NULL, "INBOX", LINK_TLS,
     MAIL_ERROR_TLS, "set ca_file"},
    {"wrong name", "127.0.0.2", "IMAPS_PORT", "CA_FILE", NULL, "INBOX", LINK_TLS, MAIL_ERROR_TLS,
     "certificate is for 'localhost, 127.0.0.1', not '127.0.0.2'"},
    {"wrong name after STARTTLS", "127.0.0.2", "IMAP_PORT", "CA_FILE", NULL, "INBOX", LINK_STARTTLS,
     MAIL_ERROR_TLS, "certificate is for 'localhost, 127.0.0.1', not '127.0.0.2'"},
    {"no such file of authorities", "localhost", "IMAPS_PORT", "MAIL_ROOT", NULL, "INBOX", LINK_TLS,
     MAIL_ERROR_TLS, "a PEM file"},
    {"TLS to the clear port", "localhost", "IMAP_PORT", "CA_FILE", NULL, "INBOX", LINK_TLS,
     MAIL_ERROR_TLS, "is STARTTLS meant, or another port?"},
    {"not IMAP", "localhost", "LMTP_PORT", "CA_FILE", NULL, "INBOX", LINK_CLEAR,
     MAIL_ERROR_PROTOCOL, "is this an IMAP server?"},
    {"nobody listens", "localhost", "NOBODY", "CA_FILE", NULL, "INBOX", LINK_TLS,
     MAIL_ERROR_TRANSIENT, "cannot connect: Connection refused"},
    {"no such host", "host.invalid", "IMAPS_PORT", "CA_FILE", NULL, "INBOX", LINK_TLS,
     MAIL_ERROR_TRANSIENT, "host name 'host.invalid' was not"},
    {"clear text over the network", "192.0.2.1", "IMAP_PORT", "CA_FILE", NULL, "INBOX", LINK_CLEAR,
     MAIL_ERROR_TLS, "clear text is for loopback alone"},
    {"no such folder", "localhost", "IMAPS_PORT", "CA_FILE", NULL, "Nulle part", LINK_TLS,
     MAIL_ERROR_PERMANENT, "opening folder 'Nulle part': the server refuses"},
};

static User wrong_user(gsize row) {
  User user = user_new(&house.full);
  user.account.imap.host = (char *)wrong[row].host;
  user.account.imap.port = port_of(user.server, wrong[row].port);
  user.account.imap.security = wrong[row].security;
  user.account.ca_file = wrong[row].ca ? (char *)env_of(user.server, wrong[row].ca) : NULL;
  if (wrong[row].command) user.account.secret.source = (char *)wrong[row].command;
  return user;
}

static void test_says_what_is_wrong(void) {
  User users[G_N_ELEMENTS(wrong)];
  Watch *watches[G_N_ELEMENTS(wrong)];
  if (skipped()) return;
  g_hash_table_insert(house.full.env, g_strdup("NOBODY"), g_strdup("1"));
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    users[i] = wrong_user(i);
    watches[i] = watch_start(&users[i].account, wrong[i].folder, NULL, TRUE, 0);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_assert_true(watch_event_wait(watches[i], FETCH_STOPPED, 1));
    const FetchEvent *lost = watch_last(watches[i], FETCH_LOST);
    g_assert_nonnull(lost);
    g_test_message("%s: %s", wrong[i].name, lost->error->message);
    g_assert_error(lost->error, MAIL_ERROR, (int)wrong[i].code);
    g_assert_nonnull(strstr(lost->error->message, wrong[i].says));
    g_assert_null(strchr(lost->error->message, '\n'));
    g_assert_cmpuint(watch_count(watches[i], FETCH_CONNECTED), ==, 0);
    watch_end(watches[i]);
    user_clear(&users[i]);
  }
}

static void test_check_tells_each_folder(void) {
  static char *folders[] = {(char *)"INBOX", (char *)"Nulle part", NULL};
  static const struct {
    LinkSecurity security;
    const char *url, *host, *port;
  } rows[] = {{LINK_TLS, "imaps://", "localhost", "IMAPS_PORT"},
              {LINK_TLS, "imaps://", "127.0.0.1", "IMAPS_PORT"},
              {LINK_STARTTLS, "imap+starttls://", "localhost", "IMAP_PORT"},
              {LINK_CLEAR, "imap://", "127.0.0.1", "IMAP_PORT"}};
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    User user = user_new(&house.full);
    deliver(user.server, user.name, 1, 2, 0);
    user.account.imap.url = (char *)rows[i].url;
    user.account.imap.host = (char *)rows[i].host;
    user.account.imap.security = rows[i].security;
    user.account.imap.port = port_of(user.server, rows[i].port);
    g_assert_true(fetch_imap_check(&user.account, lines));
    g_test_message("%s", (char *)lines->pdata[0]);
    g_assert_true(g_str_has_prefix(lines->pdata[0], "a/INBOX: works: "));
    g_assert_nonnull(strstr(lines->pdata[0], "IDLE, MOVE, UIDPLUS; 2 messages"));
    user.account.folders = folders;
    g_assert_false(fetch_imap_check(&user.account, lines));
    g_assert_cmpuint(lines->len, ==, 3);
    g_test_message("%s", (char *)lines->pdata[2]);
    g_assert_true(g_str_has_prefix(lines->pdata[2], "a/Nulle part: "));
    user_clear(&user);
  }
}

/* The server goes and comes back: what came meanwhile is read, nothing twice. */
static void test_a_restarted_server_is_found_again(void) {
  if (skipped()) return;
  User user = user_new(&house.full);
  deliver(user.server, user.name, 1, 2, 0);
  Watch *watch = watch_start(&user.account, "INBOX", NULL, FALSE, 0);
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 1));
  g_autofree char *kicked = doveadm(user.server, "kick %s", user.name);
  g_assert_true(watch_event_wait(watch, FETCH_LOST, 1));
  deliver(user.server, user.name, 3, 1, 0);
  g_assert_true(watch_message_wait(watch, 3));
  g_assert_true(watch_event_wait(watch, FETCH_CAUGHT_UP, 2));
  g_autofree char *uids = watch_uids(watch);
  g_assert_cmpstr(uids, ==, "1 2 3");
  watch_end(watch);
  user_clear(&user);
}

static int run_tests(void) {
  g_test_add_func("/imap/all", test_all_new_messages_come_whole_and_once);
  g_test_add_func("/imap/cursor", test_cursor_goes_on_where_it_was);
  g_test_add_func("/imap/now", test_start_now_leaves_the_old_alone);
  g_test_add_func("/imap/over-limit", test_a_mail_over_the_limit_comes_as_header);
  g_test_add_func("/imap/large", test_large_mails_come_whole);
  g_test_add_func("/imap/idle", test_idle_wakes);
  g_test_add_func("/imap/poll", test_without_idle_it_polls);
  g_test_add_func("/imap/uidvalidity", test_a_changed_uidvalidity_is_read_again);
  g_test_add_func("/imap/flag", test_flag_marks_what_is_settled);
  g_test_add_func("/imap/once", test_once_ends_when_all_is_marked);
  g_test_add_func("/imap/unmarked", test_unmarked_ones_are_marked_at_the_start);
  g_test_add_func("/imap/no-uidplus", test_without_uidplus_no_mail_of_others_is_expunged);
  g_test_add_func("/imap/wrong", test_says_what_is_wrong);
  g_test_add_func("/imap/check", test_check_tells_each_folder);
  g_test_add_func("/imap/restart", test_a_restarted_server_is_found_again);
  int rc = g_test_run();
  server_free(&house.full);
  server_free(&house.bare);
  return rc;
}

/* The tests run in a child: the servers are stopped even if one of them aborts. */
int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  g_test_init(&argc, &argv, NULL);
  house.up = server_up(&house.full, "") && server_up(&house.bare, "IMAP_CAPABILITY=IMAP4rev1");
  pid_t child = fork();
  if (child == 0) return run_tests();
  int status = -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  house_down();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
