/* review_http - the page's listener: HTTP/1.1 by libmicrohttpd, on loopback or a Unix socket.
 *
 * Knows no desk: a request becomes plain data, a handler turns it into a response, in a thread of
 * its lane, never in the listener's own. Every bound of what a client may send stands here; what is
 * over one is refused with its own status, and every response carries the same strict header. */
#pragma once
#include <glib.h>

enum {
  HTTP_THREADS = 2,                       /* that read and write connections; they never wait */
  HTTP_CONNECTIONS_MAX = 256,             /* more wait in the backlog */
  HTTP_CONNECTIONS_PER_ADDRESS_MAX = 192, /* TCP; behind a proxy all have its address */
  HTTP_CONNECTION_MEMORY_BYTES = 32 << 10,
  HTTP_TARGET_MAX_BYTES = 4 << 10,  /* path and query: 414 */
  HTTP_HEADER_MAX_BYTES = 16 << 10, /* all header fields: 431 */
  HTTP_BODY_MAX_BYTES = 1 << 20,    /* 413 */
  HTTP_FIELDS_MAX = 4096,           /* of a form or a query: 413 */
  HTTP_IDLE_S = 30,                 /* nothing came or went so long: closed */
  HTTP_REQUEST_MAX_S = 60,          /* a body that has not come by then: closed */
  HTTP_WAITING_MAX = 64             /* requests that wait for a thread of a lane: 503 */
};

/* Lanes, each with threads of its own, so that what takes long holds up nothing else. */
typedef enum {
  HTTP_LANE_PAGE,   /* reads the store, changes it through the main loop */
  HTTP_LANE_READER, /* asks a sandboxed worker: pictures, originals */
  HTTP_LANE_LOGIN,  /* hashes a password (64 MiB, 100 ms): one at a time */
  HTTP_LANE_COUNT
} HttpLane;

typedef struct {
  const char *method; /* "GET" (also of a HEAD), "POST"; nothing else comes here */
  char *path;         /* "/queue": printable ASCII, not decoded; '%' does not stand in it */
  GHashTable *query;  /* name → value (char*), decoded UTF-8; of equal names the first */
  GHashTable *form;   /* the same of the body; empty but for POST */
  char *host;         /* "" where none was sent; likewise below */
  char *cookies, *origin, *fetch_site, *languages;
  char *forwarded_for; /* the last entry of X-Forwarded-For: what the proxy on this machine saw */
} HttpRequest;

typedef struct {
  guint status;
  const char *type;  /* static; NULL: no body */
  GBytes *body;      /* owned; NULL: none */
  int file;          /* a file whose whole content is the body, closed with the response; -1 */
  const char *csp;   /* static; NULL: HTTP_CSP */
  gboolean keep;     /* may be kept by the browser for an hour: our own style and script alone */
  GPtrArray *fields; /* char*: names and values by turns */
} HttpResponse;

/* Nothing but our own style, script, pictures and frames; no inline script, no other origin. */
#define HTTP_CSP                                                                                   \
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "  \
  "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
/* Somebody else's HTML, in a frame of our own page: no script, no form, an origin of its own. */
#define HTTP_CSP_FRAME                                                                             \
  "default-src 'none'; style-src 'self'; sandbox; base-uri 'none'; frame-ancestors 'self'"

typedef struct {
  /* Which lane answers it. In a thread of the listener: quick, no store. */
  HttpLane (*lane)(const HttpRequest *request, void *context);
  /* Fill in `response` (status 200, no body). In a thread of the lane. */
  void (*answer)(const HttpRequest *request, HttpResponse *response, void *context);
  void *context;
} HttpHandler;

typedef struct HttpServer HttpServer;

/* Listen on `place` (review_listen.h) and answer by `handler`, which is copied; its context must
 * live until http_server_free. NULL with an error. */
HttpServer *http_server_new(const char *place, const HttpHandler *handler,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Take no more requests: new ones get 503. What is in hand goes on. May be called twice. */
void http_server_stop(HttpServer *server);
/* Stop, wait until what is in hand is answered, close. NULL is fine. */
void http_server_free(HttpServer *server);

/* Add a header field. Both are copied; a control character in `value` is a bug of ours. */
void http_response_field(HttpResponse *response, const char *name, const char *value);
/* Set the body; takes `text`. */
void http_response_text(HttpResponse *response, const char *type, char *text);
/* An empty response and its end, in place. */
void http_response_init(HttpResponse *response);
void http_response_done(HttpResponse *response);

/* Read application/x-www-form-urlencoded (URL Standard 5.1) of `size` bytes into *ret_fields (name
 * → value, both owned by the table). FALSE: more than HTTP_FIELDS_MAX fields, a wrong %-escape,
 * %00, or what is not UTF-8. */
gboolean http_form_parse(const char *text, gsize size,
                         GHashTable **ret_fields) G_GNUC_WARN_UNUSED_RESULT;
/* The value of cookie `name` in a Cookie field (RFC 6265 4.2.1), or NULL. The caller frees. */
char *http_cookie(const char *cookies, const char *name);
