/* bench_send - a plain SMTP sender: what a server takes, and what the sockets cost.
 *
 *   bench_send PORT FILE COUNT CONNECTIONS
 *
 * Sends the mail in FILE COUNT times over so many connections to 127.0.0.1, to p000000@example.test
 * and so on. MAIL, RCPT and DATA go out in one write, with those of the next mail behind the
 * content of this one (RFC 2920). Prints "SECONDS PROCESSOR-SECONDS". */
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct {
  guint16 port;
  guint first, count;
  const GString *mail; /* dot-stuffed, with its dot */
} Part;

G_NORETURN static void die(const char *what) {
  fprintf(stderr, "bench_send: %s\n", what);
  exit(1);
}

static void expect(GDataInputStream *in, char code) {
  g_autofree char *line = NULL;
  do {
    g_free(line);
    line = g_data_input_stream_read_line(in, NULL, NULL, NULL);
    if (!line || line[0] != code) die(line ? line : "the connection was lost");
  } while (line[3] == '-');
}

static void put(GOutputStream *out, const GString *text) {
  if (!g_output_stream_write_all(out, text->str, text->len, NULL, NULL, NULL)) die("cannot write");
}

static void envelope(GString *text, guint number) {
  g_string_append_printf(text, "MAIL FROM:<>\r\nRCPT TO:<p%06u@example.test>\r\nDATA\r\n", number);
}

static void send_all(const Part *part, GDataInputStream *in, GOutputStream *out) {
  g_autoptr(GString) text = g_string_new("EHLO bench\r\n");
  expect(in, '2');
  put(out, text);
  expect(in, '2');
  g_string_truncate(text, 0);
  envelope(text, part->first);
  for (guint i = 0; i < part->count; i++) {
    put(out, text);
    if (i) expect(in, '2'); /* of the content before */
    expect(in, '2');
    expect(in, '2');
    expect(in, '3');
    g_string_assign(text, part->mail->str);
    if (i + 1 < part->count) envelope(text, part->first + i + 1);
  }
  g_string_append(text, "QUIT\r\n");
  put(out, text);
  expect(in, '2');
  expect(in, '2');
}

static gpointer connection(gpointer data) {
  const Part *part = data;
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_autoptr(GSocketConnection) link =
      g_socket_client_connect_to_host(client, "127.0.0.1", part->port, NULL, NULL);
  if (!link) die("cannot connect");
  g_autoptr(GDataInputStream) in =
      g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(link)));
  g_data_input_stream_set_newline_type(in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  send_all(part, in, g_io_stream_get_output_stream(G_IO_STREAM(link)));
  return NULL;
}

static GString *mail_load(const char *path) {
  g_autofree char *content = NULL;
  if (!g_file_get_contents(path, &content, NULL, NULL)) die("cannot read the mail");
  GString *mail = g_string_new(content);
  if (!g_str_has_suffix(mail->str, "\r\n")) g_string_append(mail, "\r\n");
  g_string_append(mail, ".\r\n");
  return mail;
}

static double processor_s(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

int main(int argc, char **argv) {
  if (argc != 5) die("usage: bench_send PORT FILE COUNT CONNECTIONS");
  g_autoptr(GString) mail = mail_load(argv[2]);
  guint count = (guint)atoi(argv[3]), connections = (guint)atoi(argv[4]);
  g_autofree Part *parts = g_new0(Part, connections);
  g_autofree GThread **threads = g_new0(GThread *, connections);
  gint64 begin = g_get_monotonic_time();
  for (guint i = 0; i < connections; i++) {
    guint first = count * i / connections, end = count * (i + 1) / connections;
    parts[i] = (Part){(guint16)atoi(argv[1]), first, end - first, mail};
    threads[i] = g_thread_new("connection", connection, &parts[i]);
  }
  for (guint i = 0; i < connections; i++) g_thread_join(threads[i]);
  printf("%.6f %.6f\n", (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC, processor_s());
  return 0;
}
