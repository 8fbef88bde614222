/* yaml_file - the input as a file to be read by name, and what any list of problems promises. */
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/target.h"

/* A file in memory; *ret_fd is to be closed. The caller frees its name. */
static inline char *yaml_file_new(const uint8_t *data, size_t size, int *ret_fd) {
  *ret_fd = memfd_create("yaml", MFD_CLOEXEC);
  g_assert_cmpint(*ret_fd, >=, 0);
  g_assert_cmpint(write(*ret_fd, data, size), ==, (gssize)size);
  return g_strdup_printf("/proc/self/fd/%d", *ret_fd);
}

/* Each problem is one line that begins with a file. */
static inline void yaml_file_check(const GPtrArray *problems, const char *file) {
  for (guint i = 0; i < problems->len; i++) {
    const char *problem = problems->pdata[i];
    target_utf8(problem);
    g_assert_null(strchr(problem, '\n'));
    g_assert_true(g_str_has_prefix(problem, file) || *problem == '/');
  }
}
