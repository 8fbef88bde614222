/* paths - the build folder and the installed tree have one layout, so one relative path serves
 * both.
 *
 * Relies on /proc/self/exe; without it (no /proc) on the installed prefix /usr. */
#include <stdlib.h>

#include "daemon/paths.h"

/* Whatever folder the program lies in (bin, sbin, the build's tests) counts as bin. */
static char *paths_beside(const char *variable, const char *folder, const char *name) {
  const char *given = g_getenv(variable);
  if (given && *given) return g_build_filename(given, name, NULL);
  g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *bin = exe ? g_path_get_dirname(exe) : g_strdup("/usr/bin");
  g_autofree char *prefix = g_path_get_dirname(bin);
  return g_build_filename(prefix, folder, "bulletind", name, NULL);
}

char *paths_libexec(const char *name) {
  return paths_beside("BULLETIND_LIBEXEC", "libexec", name);
}

char *paths_share(const char *name) {
  return paths_beside("BULLETIND_SHARE", "share", name);
}
