/* wire_frame - the frames of wire.h on a pipe.
 *
 * A frame is 4 bytes of length, big-endian, then that many bytes of protobuf. Reading and writing
 * wait in poll(), so that a deadline holds on blocking and non-blocking descriptors alike. SIGPIPE
 * is the program's matter: both programs ignore it, and EPIPE becomes WIRE_ERROR_CLOSED. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "parsers/wire.h"

enum { LENGTH_BYTES = 4, FIRST_WRITE_BYTES = 16 << 10 };

/* Wait until `fd` is ready for `events` or the deadline passes. */
static gboolean wait_ready(int fd, short events, gint64 deadline_us, GError **error) {
  for (;;) {
    int timeout_ms = -1;
    if (deadline_us) {
      gint64 left_us = deadline_us - g_get_monotonic_time();
      timeout_ms = (int)CLAMP((left_us + 999) / 1000, 0, G_MAXINT);
    }
    struct pollfd ready = {.fd = fd, .events = events};
    int n = poll(&ready, 1, timeout_ms);
    if (n > 0) return TRUE; /* an error or a hang-up shows in the call that follows */
    if (n == 0 && deadline_us && g_get_monotonic_time() >= deadline_us) {
      g_set_error(error, WIRE_ERROR, WIRE_ERROR_TIMEOUT, "pipe: the deadline passed");
      return FALSE;
    }
    if (n < 0 && errno != EINTR && errno != EAGAIN) {
      g_set_error(error, WIRE_ERROR, WIRE_ERROR_IO, "pipe: poll: %s", g_strerror(errno));
      return FALSE;
    }
  }
}

/* After a failed read or write: TRUE to try again. */
static gboolean may_retry(int fd, short events, gint64 deadline_us, GError **error) {
  int code = errno;
  if (code == EINTR) return TRUE;
  if (code == EAGAIN || code == EWOULDBLOCK) return wait_ready(fd, events, deadline_us, error);
  gboolean closed = code == EPIPE || code == ECONNRESET;
  g_set_error(error, WIRE_ERROR, closed ? WIRE_ERROR_CLOSED : WIRE_ERROR_IO, "pipe: %s",
              g_strerror(code));
  return FALSE;
}

static gboolean write_all(int fd, const guint8 *data, gsize size, gsize chunk, gint64 deadline_us,
                          GError **error) {
  while (size > 0) {
    if (deadline_us && !wait_ready(fd, POLLOUT, deadline_us, error)) return FALSE;
    ssize_t n = write(fd, data, MIN(size, chunk));
    if (n < 0) {
      if (!may_retry(fd, POLLOUT, deadline_us, error)) return FALSE;
      continue;
    }
    data += n;
    size -= (gsize)n;
  }
  return TRUE;
}

gboolean wire_write(int fd, const guint8 *data, gsize size, gint64 deadline_us, GError **error) {
  if (size > WIRE_FRAME_MAX_BYTES) {
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_IO, "pipe: a message of %zu bytes; at most %d", size,
                WIRE_FRAME_MAX_BYTES);
    return FALSE;
  }
  /* A blocking write of more than PIPE_BUF would sleep past the deadline, whatever poll said. */
  gboolean blocking = deadline_us && !(fcntl(fd, F_GETFL) & O_NONBLOCK);
  gsize chunk = blocking ? PIPE_BUF : G_MAXSSIZE;
  guint32 length = GUINT32_TO_BE((guint32)size);
  /* With the length in front of it in one call: the reader wakes once. */
  guint8 first[LENGTH_BYTES + FIRST_WRITE_BYTES];
  gsize with = MIN(size, FIRST_WRITE_BYTES);
  memcpy(first, &length, LENGTH_BYTES);
  memcpy(first + LENGTH_BYTES, data, with);
  return write_all(fd, first, LENGTH_BYTES + with, chunk, deadline_us, error) &&
         write_all(fd, data + with, size - with, chunk, deadline_us, error);
}

static gboolean read_all(int fd, guint8 *data, gsize size, gint64 deadline_us, GError **error) {
  while (size > 0) {
    if (deadline_us && !wait_ready(fd, POLLIN, deadline_us, error)) return FALSE;
    ssize_t n = read(fd, data, size);
    if (n == 0) {
      g_set_error(error, WIRE_ERROR, WIRE_ERROR_CLOSED, "pipe: closed by the other side");
      return FALSE;
    }
    if (n < 0) {
      if (!may_retry(fd, POLLIN, deadline_us, error)) return FALSE;
      continue;
    }
    data += n;
    size -= (gsize)n;
  }
  return TRUE;
}

GBytes *wire_read(int fd, gsize max_bytes, gint64 deadline_us, GError **error) {
  guint32 length = 0;
  if (!read_all(fd, (guint8 *)&length, LENGTH_BYTES, deadline_us, error)) return NULL;
  gsize size = GUINT32_FROM_BE(length);
  if (size > MIN(max_bytes, WIRE_FRAME_MAX_BYTES)) {
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_INVALID, "pipe: a message of %zu bytes; at most %zu",
                size, MIN(max_bytes, WIRE_FRAME_MAX_BYTES));
    return NULL;
  }
  g_autofree guint8 *data = g_try_malloc(size ? size : 1);
  if (!data) {
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_IO, "pipe: no memory for %zu bytes", size);
    return NULL;
  }
  if (!read_all(fd, data, size, deadline_us, error)) return NULL;
  return g_bytes_new_take(g_steal_pointer(&data), size);
}
