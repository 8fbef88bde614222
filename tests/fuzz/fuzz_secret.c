/* fuzz_secret - any bytes as a password file: its first line without its end, or an error that
 * names the file and tells nothing of what is in it. */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config.h"
#include "tests/fuzz/target.h"

static void check_read(const char *file, const uint8_t *data, size_t size) {
  g_autoptr(GError) error = NULL;
  Secret secret = {SECRET_FILE, (char *)file};
  char *value = secret_read(&secret, &error);
  g_assert_true((value == NULL) == (error != NULL));
  if (value) {
    gsize length = strlen(value);
    g_assert_cmpuint(length, >, 0);
    g_assert_cmpuint(length, <=, size);
    g_assert_cmpint(memcmp(value, data, length), ==, 0);
    g_assert_null(strchr(value, '\n'));
  } else {
    g_assert_true(g_str_has_prefix(error->message, file));
    target_utf8(error->message);
  }
  secret_wipe(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int fd = memfd_create("secret", MFD_CLOEXEC);
  g_assert_cmpint(fd, >=, 0);
  g_assert_cmpint(fchmod(fd, S_IRUSR | S_IWUSR), ==, 0);
  g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
  g_autofree char *file = g_strdup_printf("/proc/self/fd/%d", fd);
  check_read(file, data, size);
  close(fd);
  return 0;
}
