/* review_listen - see review_listen.h. Relies on the configuration for a well-formed place. */
#include "daemon/desk/review_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef union {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
  struct sockaddr_un path;
} Address;

static int fail(const char *place, const char *what, int code, int fd, GError **error) {
  g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(code), "review.listen %s: %s: %s",
              place, what, g_strerror(code));
  if (fd >= 0) close(fd);
  return -1;
}

static const char *path_of(const char *place) {
  return g_str_has_prefix(place, "unix:") ? place + strlen("unix:") : NULL;
}

/* --- TCP -------------------------------------------------------------------------------------- */

static socklen_t tcp_address(const char *place, Address *address) {
  const char *colon = strrchr(place, ':');
  guint16 port = (guint16)g_ascii_strtoull(colon + 1, NULL, 10);
  gboolean six = *place == '[';
  g_autofree char *host = six ? g_strndup(place + 1, (gsize)(colon - place - 2))
                              : g_strndup(place, (gsize)(colon - place));
  *address = (Address){0};
  if (six) {
    address->six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
    inet_pton(AF_INET6, host, &address->six.sin6_addr);
    return sizeof address->six;
  }
  address->four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, host, &address->four.sin_addr);
  return sizeof address->four;
}

/* --- Unix sockets ----------------------------------------------------------------------------- */

static socklen_t unix_address(const char *path, Address *address) {
  *address = (Address){0};
  address->path.sun_family = AF_UNIX;
  g_strlcpy(address->path.sun_path, path, sizeof address->path.sun_path);
  return sizeof address->path;
}

/* Does anybody answer there? */
static gboolean is_answered(const Address *address, socklen_t length) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean answered = fd >= 0 && (connect(fd, &address->any, length) == 0 || errno != ECONNREFUSED);
  if (fd >= 0) close(fd);
  return answered;
}

static gboolean make_room(const char *place, const Address *address, socklen_t length,
                          GError **error) {
  struct stat status;
  const char *path = path_of(place);
  if (lstat(path, &status) != 0) return TRUE; /* bind tells what else is wrong */
  if (!S_ISSOCK(status.st_mode)) {
    fail(place, "what stands there is no socket; move it away", EEXIST, -1, error);
    return FALSE;
  }
  if (is_answered(address, length)) {
    fail(place, "another program listens there", EADDRINUSE, -1, error);
    return FALSE;
  }
  unlink(path);
  return TRUE;
}

static int start(const char *place, int fd, GError **error) {
  return listen(fd, LISTEN_BACKLOG) == 0 ? fd
                                         : fail(place, "cannot listen there", errno, fd, error);
}

int review_listen_open(const char *place, GError **error) {
  const char *path = path_of(place);
  Address address;
  socklen_t length = path ? unix_address(path, &address) : tcp_address(place, &address);
  if (path && !make_room(place, &address, length, error)) return -1;
  int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(place, "no socket", errno, fd, error);
  int yes = 1;
  if (!path) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  /* Linux makes the file with the socket's mode less the umask: it is never wider than ours, and is
   * opened to the group before anybody can connect. */
  if (path && fchmod(fd, LISTEN_UNIX_MODE) != 0) return fail(place, "chmod", errno, fd, error);
  if (bind(fd, &address.any, length) != 0)
    return fail(place, "cannot listen there", errno, fd, error);
  if (path && chmod(path, LISTEN_UNIX_MODE) != 0) return fail(place, "chmod", errno, fd, error);
  return start(place, fd, error);
}

void review_listen_remove(const char *place) {
  const char *path = path_of(place);
  struct stat status;
  if (path && lstat(path, &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path);
}
