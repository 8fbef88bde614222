/* metrics_server - gives the figures of metrics.h to who asks: on a listener of their own, and as a
 * file for node_exporter's textfile collector. */
#pragma once
#include "daemon/config.h"
#include "daemon/metrics.h"
#include "store/store.h"

enum { METRICS_FILE_EVERY_S = 15 };

typedef struct MetricsServer MetricsServer;

/* Listen and write as config->metrics says; nothing where it says nothing. Borrows all three until
 * metrics_server_free, and the default main context, in whose thread it is called. NULL with an
 * error: the place cannot be listened on. GET /metrics alone is answered, with the media type
 * application/openmetrics-text. A file that cannot be written is an error in the log, told once. */
MetricsServer *metrics_server_new(Metrics *metrics, Store *store, const Config *config,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Stop, take the file away: figures of a daemon that does not run would mislead. NULL is fine. */
void metrics_server_free(MetricsServer *server);
