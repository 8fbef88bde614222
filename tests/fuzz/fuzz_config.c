/* fuzz_config - any bytes as bulletind.yaml: read, with defaults in place of what was wrong, or
 * told why not; each problem is one line that begins with the file. */
#include "daemon/config.h"
#include "tests/fuzz/yaml_file.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Without event files of its own each input is alone. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  g_setenv("BULLETIND_SHARE", "/nonexistent", TRUE);
  return 0;
}

static void check_account(const Account *account) {
  target_utf8(account->name);
  g_assert_true(!account->imap.host || account->imap.port);
  g_assert_nonnull(account->folders);
  g_assert_nonnull(account->addresses);
  g_assert_cmpuint(account->timeout_s, >, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int fd;
  g_autofree char *file = yaml_file_new(data, size, &fd);
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Config) config = config_load(file, problems);
  g_assert_true(config || problems->len);
  if (config) {
    g_assert_nonnull(config->store);
    for (guint i = 0; i < config->accounts->len; i++) check_account(config->accounts->pdata[i]);
    Wire__Setup *setup = config_worker_setup(config);
    config_worker_setup_free(setup);
  }
  yaml_file_check(problems, file);
  close(fd);
  return 0;
}
