#include "daemon/metrics_server.h"

#include <glib/gstdio.h>
#include <string.h>

#include "daemon/desk/review_http.h"
#include "daemon/log.h"

enum { FILE_MODE = 0644 };

#define METRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct MetricsServer {
  Metrics *metrics;
  Store *store;
  char *file; /* NULL: none */
  HttpServer *http;
  guint timer;
  gboolean told; /* that the file cannot be written */
};

static char *text_now(const MetricsServer *server) {
  return metrics_text(server->metrics, server->store, g_get_real_time() / G_USEC_PER_SEC);
}

static HttpLane lane(const HttpRequest *request, void *context) {
  (void)request, (void)context;
  return HTTP_LANE_PAGE;
}

static void answer(const HttpRequest *request, HttpResponse *response, void *context) {
  if (!strcmp(request->path, "/metrics") && !strcmp(request->method, "GET")) {
    http_response_text(response, METRICS_TYPE, text_now(context));
    return;
  }
  response->status = 404;
  http_response_text(response, "text/plain; charset=utf-8", g_strdup("see /metrics\n"));
}

/* Whole or not at all: who reads it never sees a half. */
static gboolean write_file(gpointer data) {
  MetricsServer *server = data;
  g_autofree char *text = text_now(server);
  g_autoptr(GError) error = NULL;
  gboolean written = g_file_set_contents_full(server->file, text, -1,
                                              G_FILE_SET_CONTENTS_CONSISTENT, FILE_MODE, &error);
  if (!written && !server->told) log_error("metrics: %s", error->message);
  if (written && server->told) log_notice("metrics: %s is written again", server->file);
  server->told = !written;
  return G_SOURCE_CONTINUE;
}

MetricsServer *metrics_server_new(Metrics *metrics, Store *store, const Config *config,
                                  GError **error) {
  const MetricsConfig *wanted = &config->metrics;
  MetricsServer *server = g_new0(MetricsServer, 1);
  server->metrics = metrics;
  server->store = store;
  if (*wanted->listen) {
    HttpHandler handler = {.lane = lane, .answer = answer, .context = server};
    server->http = http_server_new(wanted->listen, &handler, error);
    if (!server->http) {
      metrics_server_free(server);
      return NULL;
    }
  }
  if (wanted->file && *wanted->file) {
    server->file = g_strdup(wanted->file);
    write_file(server);
    server->timer = g_timeout_add_seconds(METRICS_FILE_EVERY_S, write_file, server);
  }
  return server;
}

void metrics_server_free(MetricsServer *server) {
  if (!server) return;
  http_server_free(server->http);
  if (server->timer) g_source_remove(server->timer);
  if (server->file) g_unlink(server->file);
  g_free(server->file);
  g_free(server);
}
