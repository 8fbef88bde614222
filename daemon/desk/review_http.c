/* review_http - see review_http.h.
 *
 * libmicrohttpd's threads parse and write; a whole request is suspended, handed to its lane (a few
 * threads), and resumed when it is answered. So a picture that takes a second, or a main loop
 * that hangs, holds up its own lane alone. Relies on the handler for everything about the desk. */
#include "daemon/desk/review_http.h"

#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#include "daemon/desk/review_listen.h"
#include "daemon/log.h"

#define RETRY_AFTER_S "5"

enum { LANE_THREADS_MAX = 4 };
static const guint lane_threads[HTTP_LANE_COUNT] = {
    [HTTP_LANE_PAGE] = LANE_THREADS_MAX, [HTTP_LANE_READER] = 2, [HTTP_LANE_LOGIN] = 1};

/* Requests that wait for its threads, and those that they have in hand. */
typedef struct {
  HttpServer *server;
  GQueue queue; /* Exchange*, borrowed; locked */
  guint count;  /* queued and in hand; locked */
  GThread *threads[LANE_THREADS_MAX];
} Lane;

struct HttpServer {
  HttpHandler handler;
  char *place;
  struct MHD_Daemon *daemon;
  GMutex lock;
  GCond changed; /* of what is locked */
  Lane lanes[HTTP_LANE_COUNT];
  gboolean stopping, ended; /* no more requests; no more threads; locked */
};

/* One request, from its first line until its response is sent. */
typedef struct {
  HttpServer *server;
  struct MHD_Connection *connection;
  char *target; /* path and query as sent */
  HttpRequest request;
  HttpResponse response;
  GByteArray *body;
  gint64 started_us;
  guint refused; /* a status of ours before the handler was asked; 0: none */
  gboolean begun, answered;
} Exchange;

/* --- responses -------------------------------------------------------------------------------- */

void http_response_init(HttpResponse *response) {
  *response = (HttpResponse){.status = 200, .file = -1};
  response->fields = g_ptr_array_new_with_free_func(g_free);
}

void http_response_done(HttpResponse *response) {
  if (response->body) g_bytes_unref(response->body);
  if (response->file >= 0) close(response->file);
  if (response->fields) g_ptr_array_unref(response->fields);
}

void http_response_field(HttpResponse *response, const char *name, const char *value) {
  for (const char *p = value; *p; p++) g_assert((guchar)*p >= ' ' && *p != 0x7f);
  g_ptr_array_add(response->fields, g_strdup(name));
  g_ptr_array_add(response->fields, g_strdup(value));
}

void http_response_text(HttpResponse *response, const char *type, char *text) {
  if (response->body) g_bytes_unref(response->body);
  response->body = g_bytes_new_take(text, strlen(text));
  response->type = type;
}

/* --- forms and cookies ------------------------------------------------------------------------ */

/* "a%20b+c" to "a b c"; NULL: a wrong escape, a NUL, or no UTF-8. */
static char *decode(const char *text, gsize size) {
  g_autofree char *out = g_malloc(size + 1);
  gsize length = 0;
  for (gsize i = 0; i < size; i++) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      int high = i + 2 < size ? g_ascii_xdigit_value(text[i + 1]) : -1;
      int low = high >= 0 ? g_ascii_xdigit_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return NULL;
      c = (char)(high * 16 + low);
      i += 2;
    }
    if (!c) return NULL;
    out[length++] = c;
  }
  out[length] = '\0';
  return g_utf8_validate_len(out, length, NULL) ? g_steal_pointer(&out) : NULL;
}

static gboolean take_field(GHashTable *fields, const char *pair, gsize size) {
  const char *equals = memchr(pair, '=', size);
  gsize name_size = equals ? (gsize)(equals - pair) : size;
  g_autofree char *name = decode(pair, name_size);
  g_autofree char *value = equals ? decode(equals + 1, size - name_size - 1) : g_strdup("");
  if (!name || !value) return FALSE;
  if (g_hash_table_contains(fields, name)) return TRUE;
  g_hash_table_insert(fields, g_steal_pointer(&name), g_steal_pointer(&value));
  return TRUE;
}

gboolean http_form_parse(const char *text, gsize size, GHashTable **ret_fields) {
  g_autoptr(GHashTable) fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  const char *at = text, *end = text + size;
  for (guint count = 0; at < end; count++) {
    const char *next = memchr(at, '&', (gsize)(end - at));
    if (!next) next = end;
    if (count == HTTP_FIELDS_MAX || !take_field(fields, at, (gsize)(next - at))) return FALSE;
    at = next + 1;
  }
  *ret_fields = g_steal_pointer(&fields);
  return TRUE;
}

char *http_cookie(const char *cookies, const char *name) {
  gsize length = strlen(name);
  for (const char *at = cookies ? cookies : ""; *at;) {
    at += strspn(at, " \t;");
    const char *end = at + strcspn(at, ";");
    if (!strncmp(at, name, length) && at[length] == '=')
      return g_strstrip(g_strndup(at + length + 1, (gsize)(end - at) - length - 1));
    at = end;
  }
  return NULL;
}

/* --- requests --------------------------------------------------------------------------------- */

static void request_done(HttpRequest *request) {
  char *owned[] = {request->path,       request->host,      request->cookies,      request->origin,
                   request->fetch_site, request->languages, request->forwarded_for};
  for (gsize i = 0; i < G_N_ELEMENTS(owned); i++) g_free(owned[i]);
  if (request->query) g_hash_table_unref(request->query);
  if (request->form) g_hash_table_unref(request->form);
}

static void exchange_free(Exchange *exchange) {
  request_done(&exchange->request);
  http_response_done(&exchange->response);
  if (exchange->body) g_byte_array_unref(exchange->body);
  g_free(exchange->target);
  g_free(exchange);
}

/* The first that is known of a request: its target. What is returned is the exchange of it all. */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection) {
  Exchange *exchange = g_new0(Exchange, 1);
  exchange->server = context;
  exchange->connection = connection;
  exchange->target = g_strndup(target, HTTP_TARGET_MAX_BYTES + 1);
  exchange->started_us = g_get_monotonic_time();
  http_response_init(&exchange->response);
  return exchange;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code) {
  (void)context, (void)connection, (void)code;
  if (*state) exchange_free(*state);
  *state = NULL;
}

/* The target's escapes are decoded by us, once, where they may stand. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
  (void)context, (void)connection;
  return strlen(text);
}

static gboolean is_path(const char *path) {
  for (const char *p = path; *p; p++)
    if ((guchar)*p <= ' ' || (guchar)*p >= 0x7f || strchr("%\\\"<>", *p)) return FALSE;
  return *path == '/';
}

static guint split_target(Exchange *exchange) {
  if (strlen(exchange->target) > HTTP_TARGET_MAX_BYTES) return MHD_HTTP_URI_TOO_LONG;
  const char *mark = strchr(exchange->target, '?');
  const char *query = mark ? mark + 1 : "";
  HttpRequest *request = &exchange->request;
  request->path = mark ? g_strndup(exchange->target, (gsize)(mark - exchange->target))
                       : g_strdup(exchange->target);
  if (!is_path(request->path)) return MHD_HTTP_NOT_FOUND;
  if (!http_form_parse(query, strlen(query), &request->query)) return MHD_HTTP_BAD_REQUEST;
  return 0;
}

typedef struct {
  gsize bytes;
  guint hosts;
} HeaderSum;

static enum MHD_Result add_up(void *context, enum MHD_ValueKind kind, const char *name,
                              const char *value) {
  (void)kind;
  HeaderSum *sum = context;
  sum->bytes += strlen(name) + (value ? strlen(value) : 0) + 4;
  sum->hosts += !g_ascii_strcasecmp(name, "Host");
  return MHD_YES;
}

static char *header(const Exchange *exchange, const char *name) {
  const char *value = MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
  return value && g_utf8_validate(value, -1, NULL) ? g_strstrip(g_strdup(value)) : g_strdup("");
}

static guint read_header(Exchange *exchange) {
  HeaderSum sum = {0};
  MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, add_up, &sum);
  if (sum.bytes > HTTP_HEADER_MAX_BYTES) return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
  if (sum.hosts != 1) return MHD_HTTP_BAD_REQUEST; /* RFC 9112 3.2 */
  HttpRequest *request = &exchange->request;
  request->host = header(exchange, "Host");
  request->cookies = header(exchange, "Cookie");
  request->origin = header(exchange, "Origin");
  request->fetch_site = header(exchange, "Sec-Fetch-Site");
  request->languages = header(exchange, "Accept-Language");
  g_autofree char *forwarded = header(exchange, "X-Forwarded-For");
  const char *last = strrchr(forwarded, ',');
  request->forwarded_for = g_strstrip(g_strdup(last ? last + 1 : forwarded));
  return 0;
}

static guint read_method(Exchange *exchange, const char *method) {
  HttpRequest *request = &exchange->request;
  if (!strcmp(method, "GET") || !strcmp(method, "HEAD")) {
    request->method = "GET";
    return 0;
  }
  if (strcmp(method, "POST")) return MHD_HTTP_METHOD_NOT_ALLOWED;
  request->method = "POST";
  g_autofree char *type = header(exchange, "Content-Type");
  g_autofree char *length = header(exchange, "Content-Length");
  type[strcspn(type, "; \t")] = '\0';
  if (g_ascii_strcasecmp(type, "application/x-www-form-urlencoded"))
    return MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
  if (*length && g_ascii_strtoull(length, NULL, 10) > HTTP_BODY_MAX_BYTES)
    return MHD_HTTP_CONTENT_TOO_LARGE;
  exchange->body = g_byte_array_new();
  return 0;
}

static guint read_form(Exchange *exchange) {
  HttpRequest *request = &exchange->request;
  const char *body = exchange->body ? (const char *)exchange->body->data : "";
  gsize size = exchange->body ? exchange->body->len : 0;
  return http_form_parse(body ? body : "", size, &request->form) ? 0 : MHD_HTTP_BAD_REQUEST;
}

/* --- sending ---------------------------------------------------------------------------------- */

static void free_bytes(void *bytes) {
  g_bytes_unref(bytes);
}

static struct MHD_Response *body_of(HttpResponse *from) {
  if (from->file >= 0) {
    off_t size = lseek(from->file, 0, SEEK_END);
    struct MHD_Response *response =
        MHD_create_response_from_fd64(size > 0 ? (uint64_t)size : 0, from->file);
    if (response) from->file = -1; /* it is closed with the response */
    return response;
  }
  gsize size = 0;
  GBytes *bytes = from->body ? g_bytes_ref(from->body) : g_bytes_new_static("", 0);
  gconstpointer data = g_bytes_get_data(bytes, &size);
  return MHD_create_response_from_buffer_with_free_callback_cls(
      size, (void *)(data ? data : ""), free_bytes, bytes); /* it writes nothing there */
}

static void add_fields(struct MHD_Response *response, const HttpResponse *from) {
  const char *const fixed[][2] = {
      {"Content-Security-Policy", from->csp ? from->csp : HTTP_CSP},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", from->csp ? "SAMEORIGIN" : "DENY"},
      {"Referrer-Policy", "same-origin"}, /* a form's POST carries an Origin, nobody else learns */
      {"Cross-Origin-Opener-Policy", "same-origin"},
      /* Our style stands in the frame of a mail, too, whose origin is nobody's. */
      {"Cross-Origin-Resource-Policy", from->keep ? "cross-origin" : "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
      {"Cache-Control", from->keep ? "private, max-age=3600" : "no-store"}};
  for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
    MHD_add_response_header(response, fixed[i][0], fixed[i][1]);
  if (from->type) MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, from->type);
  for (guint i = 0; i + 1 < from->fields->len; i += 2)
    MHD_add_response_header(response, from->fields->pdata[i], from->fields->pdata[i + 1]);
}

static enum MHD_Result send_response(Exchange *exchange) {
  struct MHD_Response *response = body_of(&exchange->response);
  if (!response) return MHD_NO;
  add_fields(response, &exchange->response);
  enum MHD_Result queued =
      MHD_queue_response(exchange->connection, exchange->response.status, response);
  MHD_destroy_response(response);
  log_debug("page: %s %s: %u, %" G_GINT64_FORMAT " us",
            exchange->request.method ? exchange->request.method : "?",
            exchange->request.path ? exchange->request.path : "?", exchange->response.status,
            g_get_monotonic_time() - exchange->started_us);
  return queued;
}

/* Refused before anybody was asked. */
static enum MHD_Result refuse(Exchange *exchange, guint status) {
  HttpResponse *response = &exchange->response;
  response->status = status;
  http_response_text(response, "text/plain; charset=utf-8",
                     g_strdup_printf("%u %s\n", status, MHD_get_reason_phrase_for(status)));
  if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
    http_response_field(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD, POST");
  if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
    http_response_field(response, MHD_HTTP_HEADER_RETRY_AFTER, RETRY_AFTER_S);
  exchange->answered = TRUE;
  return send_response(exchange);
}

/* --- lanes ------------------------------------------------------------------------------------ */

static void answer_one(HttpServer *server, Exchange *exchange) {
  server->handler.answer(&exchange->request, &exchange->response, server->handler.context);
  exchange->answered = TRUE;
  MHD_resume_connection(exchange->connection); /* from here on the exchange is not ours */
}

/* A thread of a lane: not of GThreadPool, so that a race would show (tests/tsan_glib.c). */
static gpointer work(gpointer data) {
  Lane *lane = data;
  HttpServer *server = lane->server;
  g_mutex_lock(&server->lock);
  while (!server->ended) {
    Exchange *exchange = g_queue_pop_head(&lane->queue);
    if (!exchange) {
      g_cond_wait(&server->changed, &server->lock);
      continue;
    }
    g_mutex_unlock(&server->lock);
    answer_one(server, exchange);
    g_mutex_lock(&server->lock);
    lane->count--;
    g_cond_broadcast(&server->changed);
  }
  g_mutex_unlock(&server->lock);
  return NULL;
}

/* Hand it to its lane. FALSE: the lane is full, or we stop. */
static gboolean hand_over(Exchange *exchange) {
  HttpServer *server = exchange->server;
  Lane *lane = &server->lanes[server->handler.lane(&exchange->request, server->handler.context)];
  g_mutex_lock(&server->lock);
  gboolean room = !server->stopping && lane->count < HTTP_WAITING_MAX;
  if (room) {
    MHD_suspend_connection(exchange->connection);
    lane->count++;
    g_queue_push_tail(&lane->queue, exchange);
    g_cond_broadcast(&server->changed);
  }
  g_mutex_unlock(&server->lock);
  return room;
}

static void start_lanes(HttpServer *server) {
  for (guint i = 0; i < HTTP_LANE_COUNT; i++) {
    Lane *lane = &server->lanes[i];
    lane->server = server;
    g_queue_init(&lane->queue);
    for (guint k = 0; k < lane_threads[i]; k++) lane->threads[k] = g_thread_new("page", work, lane);
  }
}

/* Wait until everything that was handed over is answered. */
static void wait_idle(HttpServer *server) {
  g_mutex_lock(&server->lock);
  for (guint i = 0; i < HTTP_LANE_COUNT; i++)
    while (server->lanes[i].count) g_cond_wait(&server->changed, &server->lock);
  g_mutex_unlock(&server->lock);
}

static void end_lanes(HttpServer *server) {
  g_mutex_lock(&server->lock);
  server->ended = TRUE;
  g_cond_broadcast(&server->changed);
  g_mutex_unlock(&server->lock);
  for (guint i = 0; i < HTTP_LANE_COUNT; i++)
    for (guint k = 0; k < lane_threads[i]; k++) g_thread_join(server->lanes[i].threads[k]);
}

static guint begin(Exchange *exchange, const char *method) {
  exchange->begun = TRUE;
  guint refused = split_target(exchange);
  if (!refused) refused = read_header(exchange);
  return refused ? refused : read_method(exchange, method);
}

static enum MHD_Result take_body(Exchange *exchange, const char *data, size_t *size) {
  gint64 taken_us = g_get_monotonic_time() - exchange->started_us;
  if (!exchange->body || taken_us > HTTP_REQUEST_MAX_S * G_USEC_PER_SEC) return MHD_NO;
  if (exchange->body->len + *size > HTTP_BODY_MAX_BYTES)
    exchange->refused = MHD_HTTP_CONTENT_TOO_LARGE;
  else
    g_byte_array_append(exchange->body, (const guint8 *)data, (guint)*size);
  *size = 0;
  return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state) {
  (void)context, (void)connection, (void)url, (void)version;
  Exchange *exchange = *state;
  if (exchange->answered) return send_response(exchange);
  if (!exchange->begun) {
    guint refused = begin(exchange, method);
    return refused ? refuse(exchange, refused) : MHD_YES;
  }
  if (*size) return take_body(exchange, data, size);
  if (!exchange->refused) exchange->refused = read_form(exchange);
  if (exchange->refused) return refuse(exchange, exchange->refused);
  return hand_over(exchange) ? MHD_YES : refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE);
}

/* --- the server ------------------------------------------------------------------------------- */

static void on_log(void *context, const char *format, va_list args) {
  (void)context;
  g_autofree char *text = g_strdup_vprintf(format, args);
  log_debug("page: %s", g_strchomp(text));
}

static struct MHD_Daemon *start(HttpServer *server, int fd) {
  unsigned int flags =
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG;
  if (*server->place == '[') flags |= MHD_USE_IPv6;
  return MHD_start_daemon(
      flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
      MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)HTTP_THREADS,
      MHD_OPTION_CONNECTION_LIMIT, (unsigned int)HTTP_CONNECTIONS_MAX,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned int)HTTP_CONNECTIONS_PER_ADDRESS_MAX,
      MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)HTTP_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      (size_t)HTTP_CONNECTION_MEMORY_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
      MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
      NULL, MHD_OPTION_END);
}

HttpServer *http_server_new(const char *place, const HttpHandler *handler, GError **error) {
  int fd = review_listen_open(place, error);
  if (fd < 0) return NULL;
  HttpServer *server = g_new0(HttpServer, 1);
  server->handler = *handler;
  server->place = g_strdup(place);
  g_mutex_init(&server->lock);
  g_cond_init(&server->changed);
  start_lanes(server);
  server->daemon = start(server, fd);
  if (server->daemon) return server;
  g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
              "review.listen %s: libmicrohttpd refuses to start", place);
  close(fd);
  http_server_free(server);
  return NULL;
}

void http_server_stop(HttpServer *server) {
  g_mutex_lock(&server->lock);
  server->stopping = TRUE;
  g_mutex_unlock(&server->lock);
}

void http_server_free(HttpServer *server) {
  if (!server) return;
  http_server_stop(server);
  if (server->daemon) review_listen_remove(server->place); /* no new ones */
  wait_idle(server);
  if (server->daemon) MHD_stop_daemon(server->daemon); /* closes the socket */
  end_lanes(server);
  g_mutex_clear(&server->lock);
  g_cond_clear(&server->changed);
  g_free(server->place);
  g_free(server);
}
