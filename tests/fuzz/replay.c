/* replay - runs a fuzz target once over each file of a seed corpus, for builds without libFuzzer.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path) {
  g_autofree char *data = NULL;
  gsize size = 0;
  if (!g_file_get_contents(path, &data, &size, NULL)) {
    fprintf(stderr, "%s: cannot be read\n", path);
    return 1;
  }
  LLVMFuzzerTestOneInput((const uint8_t *)data, size);
  return 0;
}

int main(int argc, char **argv) {
  int failed = 0, count = 0;
  for (int i = 1; i < argc; i++) {
    g_autoptr(GDir) dir = g_dir_open(argv[i], 0, NULL);
    if (!dir) {
      failed |= replay_file(argv[i]);
      count++;
      continue;
    }
    for (const char *name; (name = g_dir_read_name(dir)); count++) {
      g_autofree char *path = g_build_filename(argv[i], name, NULL);
      failed |= replay_file(path);
    }
  }
  printf("%d inputs replayed\n", count);
  return failed || count == 0;
}
