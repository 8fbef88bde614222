/* send_smtp against a real Postfix that delivers into a real Dovecot (tests/servers/postfix-up):
 * TLS both ways, AUTH, what arrives, what is refused. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/daemon/send_watch.h"

typedef struct {
  char *dir;
  GHashTable *env;
  gboolean up;
} House;

static House house;

static gboolean skipped(void) {
  if (!house.up) g_test_skip("postfix or dovecot is not installed, or we are not root");
  return !house.up;
}

static const char *env_of(const char *key) {
  const char *value = g_hash_table_lookup(house.env, key);
  g_assert_nonnull(value);
  return value;
}

static void read_env(const char *server) {
  g_autofree char *path = g_build_filename(house.dir, server, "env", NULL);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_auto(GStrv) pair = g_strsplit(lines[i], "=", 2);
    if (pair[0] && pair[1]) g_hash_table_insert(house.env, g_strdup(pair[0]), g_strdup(pair[1]));
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

static gboolean house_up(void) {
  const char *servers = SOURCE_DIR "/tests/servers";
  house.dir = g_dir_make_tmp("send-XXXXXX", NULL);
  house.env = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  int rc = shell("chmod 755 '%s' && '%s/dovecot-up' '%s/d' && '%s/postfix-up' '%s/p' '%s/d'",
                 house.dir, servers, house.dir, servers, house.dir, house.dir);
  if (rc == 77) return FALSE;
  g_assert_cmpint(rc, ==, 0);
  read_env("d");
  read_env("p");
  return TRUE;
}

static void house_free(void) {
  g_hash_table_unref(house.env);
  g_free(house.dir);
}

static void house_down(void) {
  const char *servers = SOURCE_DIR "/tests/servers";
  shell("'%s/postfix-down' '%s/p' & '%s/dovecot-down' '%s/d'; wait; rm -rf '%s'", servers,
        house.dir, servers, house.dir, house.dir);
  house_free();
}

/* --- a submission, what arrived -------------------------------------------------------------- */

static const struct {
  const char *url, *port;
  LinkSecurity security;
} links[] = {{"submission://localhost", "SUBMISSION_PORT", LINK_STARTTLS},
             {"submissions://localhost", "SUBMISSIONS_PORT", LINK_TLS},
             {"smtp://localhost", "SMTP_PORT", LINK_CLEAR}};
enum { STARTTLS, TLS, CLEAR };

/* What it points to lives as long as the house; the secret's command is freed by the caller. */
static Submission submission_over(int link, const char *user) {
  g_autofree char *command = g_strdup_printf("echo %s", env_of("MAIL_PASSWORD"));
  return (Submission){.url = {.url = (char *)links[link].url,
                              .host = (char *)"localhost",
                              .port = (guint16)g_ascii_strtoull(env_of(links[link].port), NULL, 10),
                              .security = links[link].security},
                      .user = (char *)user,
                      .secret = {*user ? SECRET_COMMAND : SECRET_NONE, g_steal_pointer(&command)},
                      .ca_file = (char *)env_of("CA_FILE"),
                      .envelope_from = (char *)"",
                      .helo = (char *)"[127.0.0.1]",
                      .connections = 2,
                      .timeout_s = 20};
}

/* Mails of this user, as text, once there are so many; NULL after WATCH_WAIT_S. */
static GPtrArray *wait_mails(const char *user, guint count) {
  g_autofree char *folder = g_build_filename(env_of("MAIL_ROOT"), user, "new", NULL);
  gint64 until = g_get_monotonic_time() + WATCH_WAIT_S * G_USEC_PER_SEC;
  for (; g_get_monotonic_time() < until; g_usleep(10000)) {
    g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
      g_autofree char *path = g_build_filename(folder, name, NULL);
      char *text = NULL;
      if (g_file_get_contents(path, &text, NULL, NULL)) g_ptr_array_add(mails, text);
    }
    if (mails->len >= count) return g_steal_pointer(&mails);
  }
  return NULL;
}

/* --- tests ----------------------------------------------------------------------------------- */

static void check_all_arrive(int link, const char *user, const char *login) {
  enum { COUNT = 60 };
  Submission submission = submission_over(link, login);
  g_autofree char *to = g_strdup_printf("%s@example.test", user);
  Watch *watch = watch_start(&submission);
  for (int i = 0; i < COUNT; i++) {
    g_autofree char *mail = g_strdup_printf(
        "From: us@example.test\r\nTo: %s\r\nSubject: number-%02d.\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        ".hidden\r\n.\r\nt\xc3\xa9xt\r\nRCPT TO:<x@example.test>\r\n",
        to, i);
    watch_push_mail(watch, i % 2 ? "us@example.test" : "", to, mail);
  }
  g_assert_true(watch_wait(watch, COUNT));
  watch_tell(watch);
  g_assert_cmpuint(watch_count_code(watch, 250), ==, COUNT);
  g_autoptr(GPtrArray) mails = wait_mails(user, COUNT);
  g_assert_nonnull(mails);
  g_assert_cmpuint(mails->len, ==, COUNT);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
  for (guint i = 0; i < mails->len; i++) {
    const char *subject = strstr(mails->pdata[i], "Subject: number-");
    g_assert_nonnull(subject);
    g_hash_table_add(seen, GINT_TO_POINTER(atoi(subject + strlen("Subject: number-")) + 1));
    g_assert_nonnull(strstr(mails->pdata[i], "\n.hidden\n.\nt\xc3\xa9xt\nRCPT TO:"));
  }
  g_assert_cmpuint(g_hash_table_size(seen), ==, COUNT);
  watch_free(watch);
  g_free(submission.secret.source);
}

static void test_all_arrive_as_they_were(void) {
  if (skipped()) return;
  check_all_arrive(STARTTLS, "marie", "us@example.test");
  check_all_arrive(TLS, "jean", "us@example.test");
  check_all_arrive(CLEAR, "anne", "");
}

static const struct {
  const char *name;
  int link;
  const char *user, *to;
  const char *ca, *port, *command; /* NULL: as it should be */
  int code;
  gboolean server;
  const char *says;
} refused_rows[] = {
    {"password", STARTTLS, "us@example.test", "a@example.test", NULL, NULL, "echo bad", 0, TRUE,
     "login of 'us@example.test' (PLAIN) was refused: 535"},
    {"authority", TLS, "us@example.test", "a@example.test", "OTHER_CA_FILE", NULL, NULL, 0, TRUE,
     "certificate is signed by"},
    {"authority, starttls", STARTTLS, "us@example.test", "a@example.test", "OTHER_CA_FILE", NULL,
     NULL, 0, TRUE, "certificate is signed by"},
    {"no login", STARTTLS, "", "a@elsewhere.invalid", NULL, NULL, NULL, 554, FALSE,
     "Relay access denied"},
    {"tls where starttls is meant", TLS, "us@example.test", "a@example.test", NULL,
     "SUBMISSION_PORT", NULL, 0, TRUE, "does not speak TLS"},
    {"relay", CLEAR, "", "a@elsewhere.invalid", NULL, NULL, NULL, 554, FALSE,
     "Relay access denied"},
    {"none offered", CLEAR, "us@example.test", "a@example.test", NULL, NULL, NULL, 0, TRUE,
     "neither PLAIN nor LOGIN"},
    {"8bit address", TLS, "us@example.test", "\xc3\xa9@example.test", NULL, NULL, NULL, 250, FALSE,
     "250"},
};

static void check_refused(gsize i) {
  Submission submission = submission_over(refused_rows[i].link, refused_rows[i].user);
  g_autofree char *command = submission.secret.source;
  if (refused_rows[i].ca) submission.ca_file = (char *)env_of(refused_rows[i].ca);
  if (refused_rows[i].port)
    submission.url.port = (guint16)g_ascii_strtoull(env_of(refused_rows[i].port), NULL, 10);
  if (refused_rows[i].command) submission.secret.source = (char *)refused_rows[i].command;
  Watch *watch = watch_start(&submission);
  watch_push(watch, refused_rows[i].to);
  g_assert_true(watch_wait(watch, 1));
  g_test_message("%s: %d %s", refused_rows[i].name, watch->told[0].code, watch->told[0].text);
  g_assert_cmpint(watch->told[0].code, ==, refused_rows[i].code);
  g_assert_cmpint(watch->told[0].server, ==, refused_rows[i].server);
  g_assert_nonnull(strstr(watch->told[0].text, refused_rows[i].says));
  watch_free(watch);
}

static void test_says_what_is_wrong(void) {
  if (skipped()) return;
  for (gsize i = 0; i < G_N_ELEMENTS(refused_rows); i++) check_refused(i);
}

static void test_check_tells_what_works(void) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  if (skipped()) return;
  for (int link = STARTTLS; link <= TLS; link++) {
    Submission submission = submission_over(link, "us@example.test");
    g_autofree char *command = submission.secret.source;
    g_assert_true(send_smtp_check(&submission, lines));
    const char *line = lines->pdata[lines->len - 1];
    g_test_message("%s", line);
    g_assert_nonnull(strstr(line, "://localhost:"));
    g_assert_nonnull(strstr(line, ": works: PIPELINING, 8BITMIME, SMTPUTF8, DSN, SIZE 104857600"));
    g_assert_true(g_str_has_suffix(line, "; AUTH PLAIN"));
  }
  g_assert_cmpuint(lines->len, ==, 2);
}

static int run_tests(void) {
  g_test_add_func("/postfix/arrive", test_all_arrive_as_they_were);
  g_test_add_func("/postfix/wrong", test_says_what_is_wrong);
  g_test_add_func("/postfix/check", test_check_tells_what_works);
  int rc = g_test_run();
  house_free();
  return rc;
}

/* The tests run in a child: the servers are stopped even if one of them aborts. */
int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  g_test_init(&argc, &argv, NULL);
  house.up = house_up();
  pid_t child = fork();
  if (child == 0) return run_tests();
  int status = -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  house_down();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
