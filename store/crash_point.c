/* crash_point - see crash_point.h. Any thread may pass; one of them is counted at a time. */
#include "store/crash_point.h"

#ifdef BULLETIND_CRASH_POINTS
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static GMutex lock;

static void note(const char *name) {
  const char *path = g_getenv("BULLETIND_CRASH_LOG");
  int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
  if (fd < 0) return;
  g_autofree char *line = g_strconcat(name, "\n", NULL);
  if (write(fd, line, strlen(line)) < 0) g_printerr("crash_point: %s: not noted\n", name);
  close(fd);
}

void crash_point(const char *name) {
  static guint64 passed;
  g_mutex_lock(&lock);
  note(name);
  const char *wanted = g_getenv("BULLETIND_CRASH"), *colon = wanted ? strrchr(wanted, ':') : NULL;
  gboolean here = colon && strlen(name) == (gsize)(colon - wanted) &&
                  !strncmp(name, wanted, (gsize)(colon - wanted));
  if (here && ++passed == g_ascii_strtoull(colon + 1, NULL, 10)) raise(SIGKILL);
  g_mutex_unlock(&lock);
}
#else
typedef int nothing_is_compiled; /* ISO C wants a declaration */
#endif
