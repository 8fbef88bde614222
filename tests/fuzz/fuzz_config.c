/* fuzz_config - any bytes as bulletind.yaml and as an event file: either read or told why not, each
 * problem one line that begins with the file. */
#include <glib.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/event.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Without event files of its own each input is alone. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  g_setenv("BULLETIND_SHARE", "/nonexistent", TRUE);
  return 0;
}

static void check_problems(const GPtrArray *problems, const char *file) {
  for (guint i = 0; i < problems->len; i++) {
    const char *problem = problems->pdata[i];
    g_assert_true(g_utf8_validate(problem, -1, NULL));
    g_assert_null(strchr(problem, '\n'));
    g_assert_true(g_str_has_prefix(problem, file) || *problem == '/');
  }
}

static void read_both(const char *file) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Config) config = config_load(file, problems);
  if (config) {
    g_assert_nonnull(config->store);
    Wire__Setup *setup = config_worker_setup(config);
    config_worker_setup_free(setup);
  }
  g_assert_true(config || problems->len);
  g_autoptr(Event) event = event_load(file, problems);
  g_assert_true(event || problems->len);
  if (event) g_assert_nonnull(event_text(event, "fr", "name"));
  check_problems(problems, file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int fd = memfd_create("config", MFD_CLOEXEC);
  g_assert_cmpint(fd, >=, 0);
  g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
  g_autofree char *file = g_strdup_printf("/proc/self/fd/%d", fd);
  read_both(file);
  close(fd);
  return 0;
}
