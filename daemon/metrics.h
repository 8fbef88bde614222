/* metrics - figures for a monitoring system, as OpenMetrics text (version 1.0.0).
 *
 * A room of the daemon tells a figure where it arises, any thread; with NULL for the Metrics it is
 * not kept. What the store knows is counted in it when somebody asks. No label holds what a sender
 * wrote. */
#pragma once
#include "store/store.h"

enum {
  METRICS_SAMPLES_MAX = 4000,   /* of what is told; more are counted as bulletind_samples_dropped */
  METRICS_TALLY_ROWS_MAX = 4000 /* different event, kind, decision; more are left out */
};

/* One row of metrics.c's table each; behind it the labels whose values a call gives. */
typedef enum {
  METRIC_IMAP_CONNECTED,  /* gauge: account, folder */
  METRIC_IMAP_SEEN,       /* gauge, seconds since 1970: account, folder */
  METRIC_IMAP_LOST,       /* counter: account, folder */
  METRIC_SUBMISSION_UP,   /* gauge */
  METRIC_ANSWERS,         /* counter: kind, outcome (sent, deferred, failed) */
  METRIC_ANSWER_SECONDS,  /* histogram: from the fetched mail to the accepted answer */
  METRIC_WORKER_RESTARTS, /* counter */
  METRIC_LOG_LINES,       /* counter: level (error, warning) */
  METRIC_STORE_REFUSES,   /* gauge: 1 while nothing can be written */
  METRIC_COUNT
} Metric;

typedef struct Metrics Metrics;

Metrics *metrics_new(void);
void metrics_free(Metrics *metrics);

/* Add to a counter, set a gauge, observe in a histogram. The labels' values follow, as many as the
 * metric has, char*. */
void metrics_add(Metrics *metrics, Metric metric, guint64 count, ...);
void metrics_set(Metrics *metrics, Metric metric, double value, ...);
void metrics_observe(Metrics *metrics, Metric metric, double value);
/* Forget a gauge's values: the accounts of another configuration. */
void metrics_forget(Metrics *metrics, Metric metric);

/* Everything as text that ends with "# EOF"; the caller frees. `now`: seconds since 1970. Where the
 * store cannot be read, bulletind_store_readable is 0 and its figures are missing. */
char *metrics_text(Metrics *metrics, Store *store, gint64 now);
