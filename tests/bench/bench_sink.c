/* bench_sink - an SMTP server on 127.0.0.1 that accepts everything at once and keeps nothing of it.
 *
 * Prints its port and serves, in one thread, until its standard input ends. It offers PIPELINING
 * and 8BITMIME, neither stores nor syncs, and remembers of each mail its recipient and the moment
 * of its acceptance. Two commands of its own: XLIST answers with "MICROSECONDS RECIPIENT" a line
 * (monotonic clock) and ".", and forgets them; XLAST answers with the last mail as it came,
 * dot-stuffed. */
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, READ_BYTES = 256 << 10, LINE_MAX_BYTES = 64 << 10 };

typedef struct {
  GString *list; /* of what XLIST tells */
  GString *last; /* the last mail */
} Sink;

typedef struct {
  int fd;
  gboolean in_data, closing;
  GString *in, *out, *mail;
  char *recipient;
} Client;

static gint64 now_us(void) {
  return g_get_monotonic_time();
}

static void client_free(Client *client) {
  close(client->fd);
  g_string_free(client->in, TRUE);
  g_string_free(client->out, TRUE);
  g_string_free(client->mail, TRUE);
  g_free(client->recipient);
  g_free(client);
}

static Client *client_new(int fd) {
  Client *client = g_new0(Client, 1);
  client->fd = fd;
  client->in = g_string_new(NULL);
  client->out = g_string_new("220 sink\r\n");
  client->mail = g_string_new(NULL);
  return client;
}

static void take_recipient(Client *client, const char *line, gsize length) {
  const char *open = memchr(line, '<', length);
  const char *close = open ? memchr(open, '>', length - (gsize)(open - line)) : NULL;
  g_free(client->recipient);
  client->recipient = close ? g_strndup(open + 1, (gsize)(close - open - 1)) : g_strdup("?");
}

static void tell_list(Sink *sink, Client *client) {
  g_string_append_len(client->out, sink->list->str, (gssize)sink->list->len);
  g_string_append(client->out, ".\r\n");
  g_string_truncate(sink->list, 0);
}

static gboolean is(const char *line, gsize length, const char *verb) {
  gsize size = strlen(verb);
  return length >= size && !g_ascii_strncasecmp(line, verb, size);
}

static void command(Sink *sink, Client *client, const char *line, gsize length) {
  if (is(line, length, "DATA")) {
    client->in_data = TRUE;
    g_string_truncate(client->mail, 0);
    g_string_append(client->out, "354 go on\r\n");
  } else if (is(line, length, "EHLO")) {
    g_string_append(client->out,
                    "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n");
  } else if (is(line, length, "XLIST")) {
    tell_list(sink, client);
  } else if (is(line, length, "XLAST")) {
    g_string_append_len(client->out, sink->last->str, (gssize)sink->last->len);
    g_string_append(client->out, ".\r\n");
  } else {
    if (is(line, length, "RCPT")) take_recipient(client, line, length);
    client->closing = is(line, length, "QUIT");
    g_string_append(client->out, client->closing ? "221 bye\r\n" : "250 ok\r\n");
  }
}

static void accepted(Sink *sink, Client *client) {
  client->in_data = FALSE;
  g_string_append_printf(sink->list, "%" G_GINT64_FORMAT " %s\r\n", now_us(),
                         client->recipient ? client->recipient : "?");
  g_string_append(client->out, "250 taken\r\n");
  g_string_truncate(sink->last, 0);
  g_string_append_len(sink->last, client->mail->str, (gssize)client->mail->len);
}

/* The end of the mail that begins at `from`, behind its dot; 0: not there yet. */
static gsize mail_end(const GString *in, gsize from) {
  if (in->len - from >= 3 && !memcmp(in->str + from, ".\r\n", 3)) return from + 3;
  const char *found = memmem(in->str + from, in->len - from, "\r\n.\r\n", 5);
  return found ? (gsize)(found - in->str) + 5 : 0;
}

/* Bytes of `in` from `from` on that are worked off: a command, or a whole mail. 0: none yet. */
static gsize one_step(Sink *sink, Client *client, gsize from) {
  const GString *in = client->in;
  if (client->in_data) {
    gsize end = mail_end(in, from);
    if (!end) return 0;
    g_string_append_len(client->mail, in->str + from, (gssize)(end - 3 - from));
    accepted(sink, client);
    return end - from;
  }
  const char *line_end = memchr(in->str + from, '\n', in->len - from);
  if (!line_end) return 0;
  gsize length = (gsize)(line_end - in->str) + 1 - from;
  command(sink, client, in->str + from, length);
  return length;
}

static gboolean flush_out(Client *client) {
  gsize at = 0;
  while (at < client->out->len) {
    gssize sent = send(client->fd, client->out->str + at, client->out->len - at, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return FALSE;
    at += (gsize)sent;
  }
  g_string_truncate(client->out, 0);
  return TRUE;
}

/* FALSE: the connection is over. */
static gboolean serve(Sink *sink, Client *client) {
  static char buffer[READ_BYTES];
  gssize got = recv(client->fd, buffer, sizeof buffer, 0);
  if (got <= 0) return got < 0 && errno == EINTR;
  g_string_append_len(client->in, buffer, got);
  gsize at = 0;
  for (gsize step; (step = one_step(sink, client, at));) at += step;
  g_string_erase(client->in, 0, (gssize)at);
  if (!client->in_data && client->in->len > LINE_MAX_BYTES) return FALSE;
  return flush_out(client) && !client->closing;
}

static int listen_loopback(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || listen(fd, 64) ||
      getsockname(fd, (struct sockaddr *)&address, &size))
    return -1;
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void watch(int epoll, int fd, void *client) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) perror("bench_sink: epoll_ctl");
}

static void greet(int epoll, int listener) {
  int one = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  Client *client = client_new(fd);
  if (!flush_out(client)) {
    client_free(client);
    return;
  }
  watch(epoll, fd, client);
}

int main(void) {
  Sink sink = {g_string_new(NULL), g_string_new(NULL)};
  int epoll = epoll_create1(EPOLL_CLOEXEC), listener = listen_loopback(), end = STDIN_FILENO;
  if (epoll < 0 || listener < 0) {
    perror("bench_sink");
    return 1;
  }
  watch(epoll, listener, &listener);
  watch(epoll, end, &end);
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      void *what = events[i].data.ptr;
      if (what == &end) return 0;
      if (what == &listener) {
        greet(epoll, listener);
      } else if (!serve(&sink, what)) {
        client_free(what);
      }
    }
  }
}
