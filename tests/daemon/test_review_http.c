/* review_http, review_listen: what a client may send, over a real socket, and every bound. */
#include "daemon/desk/review_http.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/desk/review_listen.h"
#include "daemon/log.h"

/* --- forms and cookies ------------------------------------------------------------------------ */

static void test_forms(void) {
  static const struct {
    const char *text, *name, *value; /* value NULL: refused */
  } rows[] = {{"", "a", ""},
              {"a=b", "a", "b"},
              {"a=b&a=c", "a", "b"},
              {"x=1&a=b+c%20d&y", "a", "b c d"},
              {"a", "a", ""},
              {"a=b=c", "a", "b=c"},
              {"%C3%A9=%e3%81%82", "é", "あ"},
              {"a=%2B%26%3D", "a", "+&="},
              {"&&a=1&&", "a", "1"},
              {"a=%", "a", NULL},
              {"a=%4", "a", NULL},
              {"a=%4g", "a", NULL},
              {"a=%00", "a", NULL},
              {"a=%ff", "a", NULL},
              {"a=%C3", "a", NULL}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GHashTable) fields = NULL;
    gboolean read = http_form_parse(rows[i].text, strlen(rows[i].text), &fields);
    if (read != (rows[i].value != NULL)) g_error("'%s'", rows[i].text);
    const char *value = read ? g_hash_table_lookup(fields, rows[i].name) : NULL;
    g_assert_cmpstr(value ? value : "", ==, rows[i].value ? rows[i].value : "");
  }
  g_autoptr(GHashTable) fields = NULL;
  g_assert_false(http_form_parse("a=\0b", 4, &fields));
}

static void test_many_fields(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_autoptr(GHashTable) fields = NULL;
  for (guint i = 0; i < HTTP_FIELDS_MAX; i++)
    g_string_append_printf(text, "%sa%u=1", i ? "&" : "", i);
  g_assert_true(http_form_parse(text->str, text->len, &fields));
  g_assert_cmpuint(g_hash_table_size(fields), ==, HTTP_FIELDS_MAX);
  g_string_append(text, "&b=1");
  g_autoptr(GHashTable) more = NULL;
  g_assert_false(http_form_parse(text->str, text->len, &more));
}

static void test_cookies(void) {
  static const struct {
    const char *cookies, *value;
  } rows[] = {
      {"", NULL},     {"a=1", "1"}, {"b=2; a=1", "1"}, {"aa=2;a=1;", "1"},    {"a=1; a=2", "1"},
      {"xa=1", NULL}, {"a", NULL},  {"b=a=1", NULL},   {"  a=1  ; b=2", "1"}, {"__Host-a=1", NULL}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *value = http_cookie(rows[i].cookies, "a");
    g_assert_cmpstr(value, ==, rows[i].value);
  }
}

/* --- a server --------------------------------------------------------------------------------- */

typedef struct {
  char *dir, *path, *place;
  HttpServer *server;
  GMutex lock;
  GCond changed;
  gboolean hold; /* answers of /wait wait; locked */
  guint held;    /* how many do; locked */
} House;

static HttpLane lane_of(const HttpRequest *request, void *context) {
  (void)context;
  return !strcmp(request->path, "/wait") ? HTTP_LANE_READER : HTTP_LANE_PAGE;
}

static void answer(const HttpRequest *request, HttpResponse *response, void *context) {
  House *house = context;
  if (!strcmp(request->path, "/wait")) {
    g_mutex_lock(&house->lock);
    house->held++;
    g_cond_broadcast(&house->changed);
    while (house->hold) g_cond_wait(&house->changed, &house->lock);
    g_mutex_unlock(&house->lock);
  }
  const char *value = g_hash_table_lookup(request->form, "a");
  http_response_field(response, "X-Seen", request->path);
  http_response_text(response, "text/plain; charset=utf-8",
                     g_strdup_printf("%s %s\n", request->method, value ? value : ""));
}

static void open_house(House *house) {
  g_autoptr(GError) error = NULL;
  *house = (House){.dir = g_dir_make_tmp("bulletind-http-XXXXXX", NULL)};
  g_mutex_init(&house->lock);
  g_cond_init(&house->changed);
  house->path = g_build_filename(house->dir, "socket", NULL);
  house->place = g_strconcat("unix:", house->path, NULL);
  HttpHandler handler = {lane_of, answer, house};
  house->server = http_server_new(house->place, &handler, &error);
  g_assert_no_error(error);
}

static void close_house(House *house) {
  http_server_free(house->server);
  g_assert_false(g_file_test(house->path, G_FILE_TEST_EXISTS));
  g_mutex_clear(&house->lock);
  g_cond_clear(&house->changed);
  g_rmdir(house->dir);
  g_free(house->dir);
  g_free(house->path);
  g_free(house->place);
}

static int dial(const House *house) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_strlcpy(address.sun_path, house->path, sizeof address.sun_path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  struct timeval patience = {.tv_sec = 20};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

/* What is refused early is refused while we still write. */
static void say(int fd, const char *text, gsize size) {
  for (gsize done = 0; done < size;) {
    gssize wrote = send(fd, text + done, size - done, MSG_NOSIGNAL);
    if (wrote < 0) return;
    done += (gsize)wrote;
  }
}

/* The whole answer, until the server closes. */
static char *hear(int fd) {
  GString *text = g_string_new(NULL);
  char buffer[4096];
  for (gssize got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;)
    g_string_append_len(text, buffer, got);
  close(fd);
  return g_string_free(text, FALSE);
}

static char *exchange(const House *house, const char *request) {
  int fd = dial(house);
  say(fd, request, strlen(request));
  return hear(fd);
}

static guint status_of(const char *answer) {
  return g_str_has_prefix(answer, "HTTP/1.1 ") ? (guint)atoi(answer + 9) : 0;
}

#define END "Host: localhost\r\nConnection: close\r\n\r\n"
#define POST(length, more)                                                                         \
  "POST /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "                     \
  "application/x-www-form-urlencoded\r\nContent-Length: " length "\r\n\r\n" more

static void test_requests(void) {
  static const struct {
    const char *request;
    guint status;
    const char *in; /* the answer */
  } rows[] = {
      {"GET /a?b=c HTTP/1.1\r\n" END, 200, "GET \n"},
      {"HEAD /a HTTP/1.1\r\n" END, 200, "Content-Length: 5"},
      {POST("5", "a=b+c"), 200, "POST b c\n"},
      {POST("0", ""), 200, "POST \n"},
      {"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n", 400, ""},
      {"GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400, ""},
      {"PUT /a HTTP/1.1\r\nContent-Length: 0\r\n" END, 405, "Allow: GET, HEAD, POST"},
      {"DELETE /a HTTP/1.1\r\n" END, 405, "Allow: "},
      {"OPTIONS * HTTP/1.1\r\n" END, 404, ""},
      {"GET /%61 HTTP/1.1\r\n" END, 404, ""},
      {"GET /a\\..\\b HTTP/1.1\r\n" END, 404, ""},
      {"GET /a?b=%00 HTTP/1.1\r\n" END, 400, ""},
      {"GET /a?b=%zz HTTP/1.1\r\n" END, 400, ""},
      {POST("3", "a=%"), 400, ""},
      {POST("1048577", ""), 413, ""},
      {POST("99999999999", ""), 413, ""},
      {"POST /a HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n" END, 415, ""},
      {"POST /a HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: "
       "0\r\n" END,
       415, ""},
      {"nonsense\r\n\r\n", 0, ""}, /* closed without a word */
  };
  House house;
  open_house(&house);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *answer = exchange(&house, rows[i].request);
    if (status_of(answer) != rows[i].status || !strstr(answer, rows[i].in))
      g_error("row %u: %s\n%s", i, rows[i].request, answer);
  }
  close_house(&house);
}

/* Each bound, a little below and above it. */
static void test_bounds(void) {
  House house;
  open_house(&house);
  static const struct {
    gsize target, field;
    guint status;
  } rows[] = {{HTTP_TARGET_MAX_BYTES, 0, 200},
              {HTTP_TARGET_MAX_BYTES + 1, 0, 414},
              {10, HTTP_HEADER_MAX_BYTES - 200, 200},
              {10, HTTP_HEADER_MAX_BYTES, 431},
              {10, HTTP_CONNECTION_MEMORY_BYTES, 431}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *target = g_strnfill(rows[i].target - 1, 'x');
    g_autofree char *field = g_strnfill(rows[i].field, 'y');
    g_autofree char *request =
        g_strdup_printf("GET /%s HTTP/1.1\r\nX-Long: %s\r\n" END, target, field);
    g_autofree char *answer = exchange(&house, request);
    if (status_of(answer) != rows[i].status) g_error("row %u: %.200s", i, answer);
  }
  g_autofree char *body = g_strnfill(HTTP_BODY_MAX_BYTES - 2, 'z');
  g_autofree char *head = g_strdup_printf(POST("%d", "a="), HTTP_BODY_MAX_BYTES);
  g_autofree char *whole = g_strconcat(head, body, NULL);
  g_autofree char *answer = exchange(&house, whole);
  g_assert_cmpuint(status_of(answer), ==, 200);
  close_house(&house);
}

/* A body whose length is not told is counted as it comes. */
static void test_chunks(void) {
  House house;
  open_house(&house);
  int fd = dial(&house);
  static const char head[] = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: "
                             "application/x-www-form-urlencoded\r\n" END;
  say(fd, head, strlen(head));
  g_autofree char *piece = g_strnfill(0x10000, 'a');
  for (guint i = 0; i < 20; i++) {
    say(fd, "10000\r\n", 7);
    say(fd, piece, 0x10000);
    say(fd, "\r\n", 2);
  }
  say(fd, "0\r\n\r\n", 5);
  g_autofree char *answer = hear(fd);
  g_assert_cmpuint(status_of(answer), ==, 413);
  close_house(&house);
}

static void test_header_of_every_answer(void) {
  static const char *const requests[] = {"GET /a HTTP/1.1\r\n" END, "PUT /a HTTP/1.1\r\n" END,
                                         POST("1048577", "")};
  static const char *const fields[] = {"Content-Security-Policy: default-src 'none'",
                                       "X-Content-Type-Options: nosniff",
                                       "Referrer-Policy: same-origin",
                                       "Cross-Origin-Opener-Policy: same-origin",
                                       "Cross-Origin-Resource-Policy: same-origin",
                                       "Cache-Control: no-store"};
  House house;
  open_house(&house);
  for (guint i = 0; i < G_N_ELEMENTS(requests); i++) {
    g_autofree char *answer = exchange(&house, requests[i]);
    for (guint k = 0; k < G_N_ELEMENTS(fields); k++) g_assert_nonnull(strstr(answer, fields[k]));
    g_assert_null(strstr(answer, "unsafe-inline"));
  }
  close_house(&house);
}

static void wait_held(House *house, guint count) {
  g_mutex_lock(&house->lock);
  while (house->held < count) g_cond_wait(&house->changed, &house->lock);
  g_mutex_unlock(&house->lock);
}

static void let_go(House *house) {
  g_mutex_lock(&house->lock);
  house->hold = FALSE;
  g_cond_broadcast(&house->changed);
  g_mutex_unlock(&house->lock);
}

/* A lane that is busy holds up its own alone; what it cannot take is told to come again. */
static void test_lanes(void) {
  House house;
  open_house(&house);
  house.hold = TRUE;
  static const char slow[] = "GET /wait HTTP/1.1\r\n" END;
  int fds[HTTP_WAITING_MAX + 3];
  for (guint i = 0; i < G_N_ELEMENTS(fds); i++) {
    fds[i] = dial(&house);
    say(fds[i], slow, strlen(slow));
  }
  wait_held(&house, 1);
  g_autofree char *quick = exchange(&house, "GET /a HTTP/1.1\r\n" END);
  g_assert_cmpuint(status_of(quick), ==, 200);
  let_go(&house);
  guint good = 0, busy = 0;
  for (guint i = 0; i < G_N_ELEMENTS(fds); i++) {
    g_autofree char *answer = hear(fds[i]);
    guint status = status_of(answer);
    good += status == 200;
    busy += status == 503;
    if (status == 503) g_assert_nonnull(strstr(answer, "Retry-After: 5"));
  }
  g_assert_cmpuint(good + busy, ==, G_N_ELEMENTS(fds));
  g_assert_cmpuint(good, >=, HTTP_WAITING_MAX);
  close_house(&house);
}

static gpointer free_server(gpointer data) {
  http_server_free(data);
  return NULL;
}

/* What is in hand when we stop is answered. */
static void test_stop(void) {
  House house;
  open_house(&house);
  house.hold = TRUE;
  static const char slow[] = "GET /wait HTTP/1.1\r\n" END;
  int fd = dial(&house);
  say(fd, slow, strlen(slow));
  wait_held(&house, 1);
  GThread *thread = g_thread_new("stop", free_server, g_steal_pointer(&house.server));
  let_go(&house);
  g_thread_join(thread);
  close(fd);
  close_house(&house);
}

/* --- where it listens ------------------------------------------------------------------------- */

static void test_unix_socket(void) {
  House house;
  struct stat status;
  g_autoptr(GError) error = NULL;
  open_house(&house);
  g_assert_cmpint(lstat(house.path, &status), ==, 0);
  g_assert_cmpuint(status.st_mode & 07777, ==, LISTEN_UNIX_MODE);
  /* Somebody answers there: it stays his. */
  g_assert_cmpint(review_listen_open(house.place, &error), ==, -1);
  g_assert_nonnull(strstr(error->message, "another program listens there"));
  g_clear_error(&error);
  close_house(&house);
}

static void test_what_stands_there(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp("bulletind-http-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(dir, "socket", NULL);
  g_autofree char *place = g_strconcat("unix:", path, NULL);
  g_assert_true(g_file_set_contents(path, "precious", -1, NULL));
  g_assert_cmpint(review_listen_open(place, &error), ==, -1);
  g_assert_nonnull(strstr(error->message, "no socket"));
  g_clear_error(&error);
  review_listen_remove(place);
  g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
  g_remove(path);
  /* One that is left over makes room. */
  int left = review_listen_open(place, &error);
  g_assert_no_error(error);
  close(left);
  int fd = review_listen_open(place, &error);
  g_assert_no_error(error);
  g_assert_cmpint(fd, >=, 0);
  review_listen_remove(place);
  close(fd);
  g_autofree char *nowhere = g_strconcat("unix:", dir, "/none/socket", NULL);
  g_assert_cmpint(review_listen_open(nowhere, &error), ==, -1);
  g_clear_error(&error);
  g_rmdir(dir);
}

static void test_tcp(void) {
  static const char *const places[] = {"127.0.0.1:0", "[::1]:0"};
  for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
    g_autoptr(GError) error = NULL;
    int fd = review_listen_open(places[i], &error);
    if (fd < 0 && i == 1) continue; /* a machine without IPv6 */
    g_assert_no_error(error);
    close(fd);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  log_init("test", LOG_LEVEL_ERROR, NULL);
  g_test_add_func("/review-http/forms", test_forms);
  g_test_add_func("/review-http/many-fields", test_many_fields);
  g_test_add_func("/review-http/cookies", test_cookies);
  g_test_add_func("/review-http/requests", test_requests);
  g_test_add_func("/review-http/bounds", test_bounds);
  g_test_add_func("/review-http/chunks", test_chunks);
  g_test_add_func("/review-http/header-of-every-answer", test_header_of_every_answer);
  g_test_add_func("/review-http/lanes", test_lanes);
  g_test_add_func("/review-http/stop", test_stop);
  g_test_add_func("/review-listen/unix-socket", test_unix_socket);
  g_test_add_func("/review-listen/what-stands-there", test_what_stands_there);
  g_test_add_func("/review-listen/tcp", test_tcp);
  return g_test_run();
}
