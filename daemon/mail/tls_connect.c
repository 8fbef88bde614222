/* tls_connect - see tls_connect.h. */
#include "daemon/mail/tls_connect.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

TlsPoll tls_connect_poll(int fd, short events, int cancel_fd, gint64 deadline_us) {
  struct pollfd fds[] = {{fd, events, 0}, {cancel_fd, POLLIN, 0}};
  for (;;) {
    gint64 left_us = MAX(0, deadline_us - g_get_monotonic_time());
    int count = poll(fds, G_N_ELEMENTS(fds), (int)MIN((left_us + 999) / 1000, G_MAXINT));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return TLS_POLL_TIME_OUT;
    return fds[1].revents ? TLS_POLL_CANCELLED : TLS_POLL_READY;
  }
}

/* --- name to addresses -------------------------------------------------------------------------
 * getaddrinfo can neither be cancelled nor given a deadline: it runs in a thread that is left to
 * itself when we stop waiting. */

typedef struct {
  char *host;
  char port[8];
  struct addrinfo *list;
  int rc, done_fd;
} Lookup;

static void lookup_done(gpointer data) {
  Lookup *lookup = data;
  if (lookup->list) freeaddrinfo(lookup->list);
  close(lookup->done_fd);
  g_free(lookup->host);
}

static void lookup_release(Lookup *lookup) {
  g_atomic_rc_box_release_full(lookup, lookup_done);
}

static gpointer lookup_run(gpointer data) {
  Lookup *lookup = data;
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_IDN};
  lookup->rc = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->list);
  const guint64 one = 1;
  if (write(lookup->done_fd, &one, sizeof one) < 0) lookup->rc = EAI_SYSTEM; /* waiter times out */
  lookup_release(lookup);
  return NULL;
}

/* NULL: no descriptor is left. */
static Lookup *lookup_start(const Endpoint *endpoint) {
  int done_fd = eventfd(0, EFD_CLOEXEC);
  if (done_fd < 0) return NULL;
  Lookup *lookup = g_atomic_rc_box_new0(Lookup);
  lookup->host = g_strdup(endpoint->host);
  g_snprintf(lookup->port, sizeof lookup->port, "%u", endpoint->port);
  lookup->done_fd = done_fd;
  g_thread_unref(g_thread_new("lookup", lookup_run, g_atomic_rc_box_acquire(lookup)));
  return lookup;
}

static gboolean lookup_wait(const Lookup *lookup, const char *where, int cancel_fd,
                            gint64 deadline_us, GError **error) {
  if (tls_connect_poll(lookup->done_fd, POLLIN, cancel_fd, deadline_us) != TLS_POLL_READY) {
    g_set_error(error, MAIL_ERROR, MAIL_ERROR_TRANSIENT,
                "%s: host name '%s' was not resolved in time; is the name server reachable?", where,
                lookup->host);
    return FALSE;
  }
  guint64 count;
  gboolean told = read(lookup->done_fd, &count, sizeof count) == sizeof count;
  if (told && lookup->rc == 0) return TRUE;
  g_set_error(error, MAIL_ERROR, MAIL_ERROR_TRANSIENT,
              "%s: host name '%s' was not found (%s); check the URL and the name server", where,
              lookup->host, gai_strerror(lookup->rc));
  return FALSE;
}

/* --- address to socket ---------------------------------------------------------------------- */

static gboolean is_loopback(const struct sockaddr *address) {
  if (address->sa_family == AF_INET) {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
    return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
  }
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
  return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* A connected socket, or -errno. */
static int connect_one(const struct addrinfo *to, int cancel_fd, gint64 deadline_us) {
  int on = 1;
  int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  int fault = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
  if (fault == EINPROGRESS) {
    socklen_t size = sizeof fault;
    TlsPoll got = tls_connect_poll(fd, POLLOUT, cancel_fd, deadline_us);
    if (got == TLS_POLL_READY)
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size);
    else
      fault = got == TLS_POLL_CANCELLED ? ECANCELED : ETIMEDOUT;
  }
  if (!fault) return fd;
  close(fd);
  return -fault;
}

static guint count_from(const struct addrinfo *at) {
  guint count = 0;
  for (; at; at = at->ai_next) count++;
  return count;
}

/* Each address gets its share of the time that is left: a dead one cannot eat all of it. */
static int connect_any(const struct addrinfo *list, gboolean loopback_alone, int cancel_fd,
                       gint64 deadline_us) {
  int result = -EACCES;
  for (const struct addrinfo *at = list; at; at = at->ai_next) {
    if (loopback_alone && !is_loopback(at->ai_addr)) continue;
    gint64 now = g_get_monotonic_time();
    gint64 share_us = MAX(0, deadline_us - now) / count_from(at);
    result = connect_one(at, cancel_fd, now + share_us);
    if (result >= 0 || result == -ECANCELED) break;
  }
  return result;
}

int tls_connect(const Endpoint *endpoint, const char *where, int cancel_fd, gint64 deadline_us,
                GError **error) {
  gboolean clear = endpoint->security == LINK_CLEAR;
  Lookup *lookup = lookup_start(endpoint);
  int fd = -1;
  if (!lookup) {
    g_set_error(error, MAIL_ERROR, MAIL_ERROR_TRANSIENT, "%s: too many files are open", where);
    return -1;
  }
  if (lookup_wait(lookup, where, cancel_fd, deadline_us, error)) {
    fd = connect_any(lookup->list, clear, cancel_fd, deadline_us);
    if (fd == -EACCES && clear)
      g_set_error(error, MAIL_ERROR, MAIL_ERROR_TLS,
                  "%s: clear text is for loopback alone; use a URL with TLS or STARTTLS", where);
    else if (fd < 0)
      g_set_error(error, MAIL_ERROR, MAIL_ERROR_TRANSIENT,
                  "%s: cannot connect: %s; is the server running, host and port right?", where,
                  g_strerror(-fd));
  }
  lookup_release(lookup);
  return MAX(fd, -1);
}
