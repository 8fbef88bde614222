/* output - see output.h. */
#include "daemon/ctl/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ctl/ctl.h"

static int fill(int fd, OutputWriter write, void *context) {
  pid_t child = fork();
  if (child < 0) return ctl_fail(EX_OSERR, "no process for the file: %s", g_strerror(errno));
  if (child == 0) _exit(write(fd, context));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

int output_write(const char *path, gboolean force, OutputWriter write, void *context) {
  if (!force && access(path, F_OK) == 0)
    return ctl_fail(EX_CANTCREAT, "%s: is there already; name another file, or say --force", path);
  g_autofree char *part = g_strconcat(path, ".part", NULL);
  int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return ctl_fail(EX_CANTCREAT, "%s: cannot be made: %s", part, g_strerror(errno));
  int code = fill(fd, write, context);
  if (code == EX_OK && fsync(fd) != 0) code = ctl_fail(EX_IOERR, "%s: %s", part, g_strerror(errno));
  close(fd);
  if (code == EX_OK && rename(part, path) != 0)
    code = ctl_fail(EX_CANTCREAT, "%s: %s", path, g_strerror(errno));
  if (code != EX_OK) g_unlink(part);
  return code;
}
