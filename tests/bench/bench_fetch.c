/* bench_fetch - the socket's bare cost on the way in: UID sets over one IMAP connection.
 *
 *   bench_fetch PORT USER PASSWORD COUNT SET
 *
 * Logs in, fetches UIDs 1 to COUNT, SET at a time, the next command going out behind each, and
 * throws the bytes away. Prints "SECONDS PROCESSOR-SECONDS". */
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { BUFFER_BYTES = 64 << 10, TAIL_BYTES = 2000 };

typedef struct {
  GInputStream *in;
  GOutputStream *out;
  char buffer[BUFFER_BYTES + 1];
  gsize held; /* bytes of the tail that is kept */
} Link;

G_NORETURN static void die(const char *what) {
  fprintf(stderr, "bench_fetch: %s\n", what);
  exit(1);
}

/* Reads up to the line that begins with `tag`. */
static void until(Link *link, const char *tag) {
  gsize length = strlen(tag);
  for (;;) {
    gssize got = g_input_stream_read(link->in, link->buffer + link->held, BUFFER_BYTES - link->held,
                                     NULL, NULL);
    if (got <= 0) die("the connection was lost");
    link->held += (gsize)got;
    if (link->buffer[link->held - 1] == '\n') {
      gsize from = link->held > TAIL_BYTES ? link->held - TAIL_BYTES : 0;
      if (memmem(link->buffer + from, link->held - from, tag, length)) break;
    }
    gsize keep = MIN(link->held, (gsize)TAIL_BYTES);
    memmove(link->buffer, link->buffer + link->held - keep, keep);
    link->held = keep;
  }
  link->held = 0;
}

static void say(Link *link, const char *line) {
  if (!g_output_stream_write_all(link->out, line, strlen(line), NULL, NULL, NULL))
    die("cannot write");
}

static double processor_s(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

static void fetch_sets(Link *link, guint count, guint set) {
  guint number = 0;
  for (guint first = 1; first <= count; first += set, number++) {
    g_autofree char *line = g_strdup_printf("f%u UID FETCH %u:%u (UID INTERNALDATE RFC822.SIZE "
                                            "BODY.PEEK[])\r\n",
                                            number, first, first + set - 1);
    g_autofree char *tag = g_strdup_printf("f%u OK", number);
    say(link, line);
    until(link, tag);
  }
}

int main(int argc, char **argv) {
  if (argc != 6) die("usage: bench_fetch PORT USER PASSWORD COUNT SET");
  gint64 begin = g_get_monotonic_time();
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_autoptr(GSocketConnection) connection =
      g_socket_client_connect_to_host(client, "127.0.0.1", (guint16)atoi(argv[1]), NULL, NULL);
  if (!connection) die("cannot connect");
  g_autofree Link *link = g_new0(Link, 1);
  link->in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
  link->out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
  g_autofree char *login = g_strdup_printf("a LOGIN %s %s\r\n", argv[2], argv[3]);
  until(link, "* OK");
  say(link, login);
  until(link, "a OK");
  say(link, "b SELECT INBOX\r\n");
  until(link, "b OK");
  fetch_sets(link, (guint)atoi(argv[4]), (guint)atoi(argv[5]));
  printf("%.6f %.6f\n", (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC, processor_s());
  return 0;
}
