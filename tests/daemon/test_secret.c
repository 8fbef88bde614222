/* Secrets: read from file, command and credential; refused where others could read them. */
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/settings.h"
#include "tests/daemon/config_fixture.h"

typedef struct {
  const char *name;
  SecretKind kind;
  const char *source, *want, *problem; /* problem: part of the message */
} Row;

static void run_row(const Row *row, const char *source) {
  g_autoptr(GError) error = NULL;
  Secret secret = {row->kind, (char *)source};
  char *value = secret_read(&secret, &error);
  g_test_message("%s", row->name);
  g_assert_cmpstr(value, ==, row->want);
  if (row->want)
    g_assert_no_error(error);
  else
    g_assert_nonnull(strstr(error->message, row->problem));
  secret_wipe(value);
}

static void test_file(void) {
  static const Row rows[] = {
      {"a line", SECRET_FILE, "geheim\n", "geheim", NULL},
      {"no line end", SECRET_FILE, "geheim", "geheim", NULL},
      {"CRLF", SECRET_FILE, "geheim\r\n", "geheim", NULL},
      {"blanks count", SECRET_FILE, " a b \nsecond\n", " a b ", NULL},
      {"empty", SECRET_FILE, "", NULL, "first line is empty"},
      {"empty line", SECRET_FILE, "\nx\n", NULL, "first line is empty"},
  };
  Scratch scratch = scratch_new();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = scratch_write(&scratch, "pw", rows[i].source, -1);
    g_chmod(path, 0600);
    run_row(&rows[i], path);
  }
  g_autofree char *zero = scratch_write(&scratch, "zero", "a\0b\n", 4);
  g_chmod(zero, 0600);
  run_row(&(Row){"zero byte", SECRET_FILE, NULL, NULL, "zero byte"}, zero);
  g_autofree char *long_line = g_strnfill(20000, 'x');
  g_autofree char *large = scratch_write(&scratch, "large", long_line, -1);
  g_chmod(large, 0600);
  run_row(&(Row){"too long", SECRET_FILE, NULL, NULL, "over 16384 bytes"}, large);
  run_row(&(Row){"missing", SECRET_FILE, NULL, NULL, "cannot be read"}, "/nonexistent/pw");
  run_row(&(Row){"a folder", SECRET_FILE, NULL, NULL, "is no file"}, scratch.folder);
  scratch_free(&scratch);
}

/* Owner, mode → may it be used? Root may hand a file to a service's group, nobody else. */
static void test_mode(void) {
  static const struct {
    uid_t owner;
    mode_t mode;
    const char *problem; /* NULL: right */
  } rows[] = {{0, 0600, NULL},
              {0, 0640, NULL},
              {0, 0644, "open to others"},
              {0, 0602, "open to others"},
              {1, 0600, NULL},
              {1, 0640, "open to its group"},
              {1, 0604, "open to others"}};
  if (geteuid() != 0) {
    g_test_skip("files of several owners need root");
    return;
  }
  Scratch scratch = scratch_new();
  g_autofree char *path = scratch_write(&scratch, "pw", "x\n", -1);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(chown(path, rows[i].owner, 0), ==, 0);
    g_assert_cmpint(g_chmod(path, rows[i].mode), ==, 0);
    Secret secret = {SECRET_FILE, path};
    gboolean right = secret_check(&secret, &error);
    g_test_message("uid %u mode %04o", rows[i].owner, rows[i].mode);
    g_assert_cmpint(right, ==, rows[i].problem == NULL);
    if (!right) g_assert_nonnull(strstr(error->message, rows[i].problem));
  }
  scratch_free(&scratch);
}

static void test_command(void) {
  static const Row rows[] = {
      {"prints", SECRET_COMMAND, "echo geheim", "geheim", NULL},
      {"a shell's", SECRET_COMMAND, "printf 'a\\nb\\n' | tail -n 1", "b", NULL},
      {"token", SECRET_TOKEN_COMMAND, "printf ya29.x", "ya29.x", NULL},
      {"fails", SECRET_COMMAND, "echo x; exit 3", NULL, "code 3"},
      {"is not there", SECRET_COMMAND, "/nonexistent/cmd 2>/dev/null", NULL, "code 127"},
      {"prints nothing", SECRET_COMMAND, "true", NULL, "first line is empty"},
      {"none", SECRET_NONE, "", NULL, "no password is configured"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) run_row(&rows[i], rows[i].source);
}

/* The message names the command, never what it printed. */
static void test_not_told(void) {
  g_autoptr(GError) error = NULL;
  Secret secret = {SECRET_COMMAND, (char *)"cat /dev/null; printf 'ge''heim\\n'; exit 1"};
  g_assert_null(secret_read(&secret, &error));
  g_assert_null(strstr(error->message, "geheim"));
}

static void test_credential(void) {
  Scratch scratch = scratch_new();
  g_autofree char *path = scratch_write(&scratch, "imap", "geheim\n", -1);
  g_autoptr(GError) error = NULL;
  Secret secret = {SECRET_CREDENTIAL, (char *)"imap"};
  g_unsetenv("CREDENTIALS_DIRECTORY");
  g_unsetenv("INVOCATION_ID");
  g_assert_true(secret_check(&secret, NULL)); /* outside systemd nobody can tell */
  run_row(&(Row){"no folder", SECRET_CREDENTIAL, NULL, NULL, "LoadCredential=imap"}, "imap");
  g_setenv("INVOCATION_ID", "x", TRUE);
  g_assert_false(secret_check(&secret, &error));
  g_setenv("CREDENTIALS_DIRECTORY", scratch.folder, TRUE);
  g_assert_true(secret_check(&secret, NULL));
  run_row(&(Row){"there", SECRET_CREDENTIAL, NULL, "geheim", NULL}, "imap");
  run_row(&(Row){"missing", SECRET_CREDENTIAL, NULL, NULL, "cannot be read"}, "smtp");
  scratch_free(&scratch);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/secret/file", test_file);
  g_test_add_func("/secret/mode", test_mode);
  g_test_add_func("/secret/command", test_command);
  g_test_add_func("/secret/not-told", test_not_told);
  g_test_add_func("/secret/credential", test_credential);
  return g_test_run();
}
