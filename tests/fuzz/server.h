/* server - a mail server that says all it has to say at once and then hangs up: the input of the
 * targets that read a dialogue. The link options of these targets put it in tls_connect's place, so
 * that no socket of the network is opened. */
#pragma once
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/mail/tls_connect.h"
#include "tests/fuzz/target.h"

enum { SERVER_BYTES_MAX = 64 << 10 };

typedef struct {
  int near, far;
} Server;

/* At file scope, for tls_connect's callers have no other way to it. */
static Server server = {-1, -1};

int __wrap_tls_connect(const Endpoint *endpoint, const char *where, int cancel_fd,
                       gint64 deadline_us, GError **error);
int __wrap_tls_connect(const Endpoint *endpoint, const char *where, int cancel_fd,
                       gint64 deadline_us, GError **error) {
  (void)endpoint, (void)where, (void)cancel_fd, (void)deadline_us, (void)error;
  int fd = server.near;
  g_assert_cmpint(fd, >=, 0); /* a dialogue connects once */
  server.near = -1;
  return fd;
}

static inline void server_start(const uint8_t *data, size_t size) {
  int pair[2], room = 2 * SERVER_BYTES_MAX;
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  server = (Server){pair[0], pair[1]};
  setsockopt(server.far, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  size = MIN(size, SERVER_BYTES_MAX);
  g_assert_cmpint(send(server.far, data, size, MSG_DONTWAIT), ==, (ssize_t)size);
  g_assert_cmpint(shutdown(server.far, SHUT_WR), ==, 0);
}

static inline void server_stop(void) {
  if (server.near >= 0) close(server.near);
  close(server.far);
  server = (Server){-1, -1};
}

/* The user's password, in a file in memory. */
static inline Secret server_secret(void) {
  static char *file;
  if (!file) {
    int fd = memfd_create("password", MFD_CLOEXEC);
    g_assert_cmpint(fchmod(fd, S_IRUSR | S_IWUSR), ==, 0);
    g_assert_cmpint(write(fd, "secret\n", 7), ==, 7);
    file = g_strdup_printf("/proc/self/fd/%d", fd);
  }
  return (Secret){SECRET_FILE, file};
}

/* An error of the mail room: one line in UTF-8 that begins with the server. */
static inline void server_check_error(const GError *error) {
  g_assert_nonnull(error);
  target_utf8(error->message);
  g_assert_null(strchr(error->message, '\n'));
  g_assert_true(error->domain != MAIL_ERROR || g_str_has_prefix(error->message, "test://"));
}
