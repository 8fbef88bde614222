/* metrics - see metrics.h. OpenMetrics 1.0.0: one family after another, each with its TYPE, UNIT
 * and HELP; a counter's samples end with _total. */
#include "daemon/metrics.h"

#include <string.h>

#include "store/message.h"
#include "store/outbox.h"
#include "store/registration.h"
#include "store/tally.h"

enum { LABELS_MAX = 3 };

typedef enum { COUNTER, GAUGE, HISTOGRAM } Kind;

static const char *const kind_names[] = {"counter", "gauge", "histogram"};

typedef struct {
  const char *name; /* without "bulletind_" and "_total" */
  Kind kind;
  const char *unit; /* NULL: none; else the name ends with it */
  const char *help;
  const char *labels[LABELS_MAX]; /* NULL-terminated where there are fewer */
} Family;

static const Family families[METRIC_COUNT] = {
    [METRIC_IMAP_CONNECTED] = {"imap_connected",
                               GAUGE,
                               NULL,
                               "Whether the folder is connected and selected.",
                               {"account", "folder"}},
    [METRIC_IMAP_SEEN] = {"imap_seen_timestamp_seconds",
                          GAUGE,
                          "seconds",
                          "When the folder was last read to its end.",
                          {"account", "folder"}},
    [METRIC_IMAP_LOST] = {"imap_lost",
                          COUNTER,
                          NULL,
                          "Connections that were lost or refused.",
                          {"account", "folder"}},
    [METRIC_SUBMISSION_UP] = {"submission_up", GAUGE, NULL,
                              "Whether the submission server could be reached at the last try."},
    [METRIC_ANSWERS] = {"answers",
                        COUNTER,
                        NULL,
                        "What the submission server said to answers, since the start.",
                        {"kind", "outcome"}},
    [METRIC_ANSWER_SECONDS] = {"answer_seconds", HISTOGRAM, "seconds",
                               "From the fetched mail to the answer that the server accepted."},
    [METRIC_WORKER_RESTARTS] = {"worker_restarts", COUNTER, NULL,
                                "Parser processes that died or had to be killed."},
    [METRIC_LOG_LINES] = {"log_lines",
                          COUNTER,
                          NULL,
                          "Lines of the log that an administrator should see.",
                          {"level"}},
    [METRIC_STORE_REFUSES] = {"store_refuses", GAUGE, NULL,
                              "Whether the store refuses to be written (full disk)."},
};

/* Answers within seconds are the promise; an hour is a server that does not answer. */
static const double buckets[] = {0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600};

typedef struct {
  char *labels; /* "{…}", or "" */
  double value; /* of a histogram: the sum */
  guint64 counts[G_N_ELEMENTS(buckets) + 1];
} Sample;

struct Metrics {
  GMutex lock;                      /* guards what follows */
  GPtrArray *samples[METRIC_COUNT]; /* Sample*, in the order of their first call */
  guint count;                      /* of all of them */
  guint64 dropped;
};

static void sample_free(gpointer data) {
  Sample *sample = data;
  g_free(sample->labels);
  g_free(sample);
}

Metrics *metrics_new(void) {
  Metrics *metrics = g_new0(Metrics, 1);
  g_mutex_init(&metrics->lock);
  for (guint i = 0; i < METRIC_COUNT; i++)
    metrics->samples[i] = g_ptr_array_new_with_free_func(sample_free);
  return metrics;
}

void metrics_free(Metrics *metrics) {
  if (!metrics) return;
  for (guint i = 0; i < METRIC_COUNT; i++) g_ptr_array_unref(metrics->samples[i]);
  g_mutex_clear(&metrics->lock);
  g_free(metrics);
}

/* --- telling ---------------------------------------------------------------------------------- */

static void add_label(GString *out, const char *name, const char *value) {
  g_string_append_printf(out, "%s%s=\"", out->len ? "," : "", name);
  g_autofree char *valid = g_utf8_make_valid(value, -1);
  for (const char *p = valid; *p; p++) {
    if (*p == '\\' || *p == '"') g_string_append_c(out, '\\');
    if (*p == '\n') {
      g_string_append(out, "\\n");
    } else {
      g_string_append_c(out, *p);
    }
  }
  g_string_append_c(out, '"');
}

static char *in_braces(GString *labels) {
  if (labels->len) {
    g_string_prepend_c(labels, '{');
    g_string_append_c(labels, '}');
  }
  return g_string_free(labels, FALSE);
}

static char *read_labels(Metric metric, va_list values) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < LABELS_MAX && families[metric].labels[i]; i++)
    add_label(out, families[metric].labels[i], va_arg(values, const char *));
  return in_braces(out);
}

/* With the lock held; NULL: there are too many. Takes `labels`. */
static Sample *find_sample(Metrics *metrics, Metric metric, char *labels) {
  g_autofree char *own = labels;
  GPtrArray *samples = metrics->samples[metric];
  for (guint i = 0; i < samples->len; i++) {
    Sample *sample = samples->pdata[i];
    if (!strcmp(sample->labels, own)) return sample;
  }
  if (metrics->count >= METRICS_SAMPLES_MAX) {
    metrics->dropped++;
    return NULL;
  }
  Sample *sample = g_new0(Sample, 1);
  sample->labels = g_steal_pointer(&own);
  g_ptr_array_add(samples, sample);
  metrics->count++;
  return sample;
}

void metrics_add(Metrics *metrics, Metric metric, guint64 count, ...) {
  if (!metrics) return;
  va_list values;
  va_start(values, count);
  char *labels = read_labels(metric, values);
  va_end(values);
  g_mutex_lock(&metrics->lock);
  Sample *sample = find_sample(metrics, metric, labels);
  if (sample) sample->value += (double)count;
  g_mutex_unlock(&metrics->lock);
}

void metrics_set(Metrics *metrics, Metric metric, double value, ...) {
  if (!metrics) return;
  va_list values;
  va_start(values, value);
  char *labels = read_labels(metric, values);
  va_end(values);
  g_mutex_lock(&metrics->lock);
  Sample *sample = find_sample(metrics, metric, labels);
  if (sample) sample->value = value;
  g_mutex_unlock(&metrics->lock);
}

void metrics_observe(Metrics *metrics, Metric metric, double value) {
  if (!metrics) return;
  guint bucket = 0;
  while (bucket < G_N_ELEMENTS(buckets) && value > buckets[bucket]) bucket++;
  g_mutex_lock(&metrics->lock);
  Sample *sample = find_sample(metrics, metric, g_strdup(""));
  if (sample) {
    sample->value += value;
    sample->counts[bucket]++;
  }
  g_mutex_unlock(&metrics->lock);
}

void metrics_forget(Metrics *metrics, Metric metric) {
  g_mutex_lock(&metrics->lock);
  metrics->count -= metrics->samples[metric]->len;
  g_ptr_array_set_size(metrics->samples[metric], 0);
  g_mutex_unlock(&metrics->lock);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_head(GString *out, const Family *family) {
  g_string_append_printf(out, "# TYPE bulletind_%s %s\n", family->name, kind_names[family->kind]);
  if (family->unit)
    g_string_append_printf(out, "# UNIT bulletind_%s %s\n", family->name, family->unit);
  g_string_append_printf(out, "# HELP bulletind_%s %s\n", family->name, family->help);
}

/* A whole number as such: seconds since 1970 would lose digits in %g. */
static void write_number(GString *out, double value) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf(out, " %s\n", g_ascii_formatd(text, sizeof text, "%.15g", value));
}

static void write_sample(GString *out, const Family *family, const char *suffix, const char *labels,
                         double value) {
  g_string_append_printf(out, "bulletind_%s%s%s", family->name, suffix, labels);
  write_number(out, value);
}

static void write_histogram(GString *out, const Family *family, const Sample *sample) {
  guint64 all = 0;
  for (guint i = 0; i <= G_N_ELEMENTS(buckets); i++) {
    char edge[G_ASCII_DTOSTR_BUF_SIZE] = "+Inf";
    if (i < G_N_ELEMENTS(buckets)) g_ascii_formatd(edge, sizeof edge, "%.1f", buckets[i]);
    if (i < G_N_ELEMENTS(buckets) && buckets[i] < 0.1)
      g_ascii_formatd(edge, sizeof edge, "%g", buckets[i]);
    all += sample ? sample->counts[i] : 0;
    g_string_append_printf(out, "bulletind_%s_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n",
                           family->name, edge, all);
  }
  g_string_append_printf(out, "bulletind_%s_count %" G_GUINT64_FORMAT "\n", family->name, all);
  write_sample(out, family, "_sum", "", sample ? sample->value : 0);
}

/* A counter or histogram without labels is there from the start: a rate needs its zero. */
static void write_family(GString *out, const Metrics *metrics, Metric metric) {
  const Family *family = &families[metric];
  const GPtrArray *own = metrics->samples[metric];
  const char *suffix = family->kind == COUNTER ? "_total" : "";
  guint count = own->len;
  write_head(out, family);
  if (family->kind == HISTOGRAM) {
    write_histogram(out, family, count ? own->pdata[0] : NULL);
    return;
  }
  if (!count && !family->labels[0]) write_sample(out, family, suffix, "", 0);
  for (guint i = 0; i < count; i++) {
    const Sample *sample = own->pdata[i];
    write_sample(out, family, suffix, sample->labels, sample->value);
  }
}

static void write_told(GString *out, Metrics *metrics) {
  static const Family lost = {"samples_dropped",
                              COUNTER,
                              NULL,
                              "Figures with more different labels than are kept.",
                              {NULL}};
  g_mutex_lock(&metrics->lock);
  for (guint i = 0; i < METRIC_COUNT; i++) write_family(out, metrics, (Metric)i);
  write_head(out, &lost);
  write_sample(out, &lost, "_total", "", (double)metrics->dropped);
  g_mutex_unlock(&metrics->lock);
}

/* --- what the store knows --------------------------------------------------------------------- */

typedef struct {
  GHashTable *counts; /* "{…}" → guint64* */
} Tally;

static gboolean add_row(const TallyRow *row, void *context) {
  Tally *tally = context;
  GString *labels = g_string_new(NULL);
  add_label(labels, "event", row->event);
  add_label(labels, "kind", row->kind);
  add_label(labels, "decision", row->decision);
  g_autofree char *key = in_braces(labels);
  guint64 *count = g_hash_table_lookup(tally->counts, key);
  if (!count && g_hash_table_size(tally->counts) >= METRICS_TALLY_ROWS_MAX) return TRUE;
  if (!count) {
    count = g_new0(guint64, 1);
    g_hash_table_insert(tally->counts, g_steal_pointer(&key), count);
  }
  *count += row->messages;
  return TRUE;
}

/* A gauge: what is erased for privacy's sake is no longer counted. */
static void write_messages(GString *out, StoreTxn *txn) {
  static const Family family = {"messages", GAUGE, NULL, "Messages in the store.", {NULL}};
  Tally tally = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
  tally_foreach(txn, NULL, add_row, &tally, NULL);
  write_head(out, &family);
  g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(tally.counts), (GCompareFunc)strcmp);
  for (GList *key = keys; key; key = key->next)
    write_sample(out, &family, "", key->data,
                 (double)*(guint64 *)g_hash_table_lookup(tally.counts, key->data));
  g_hash_table_unref(tally.counts);
}

static const char *const open_states[] = {"review", "waiting-for-sender", "unreadable", "aside"};

static gboolean take_first(const Message *message, void *context) {
  *(gint64 *)context = message->stored;
  return FALSE;
}

static void write_queue(GString *out, StoreTxn *txn, gint64 now) {
  static const Family count = {"queue_messages",
                               GAUGE,
                               NULL,
                               "Messages that wait, for a person or for their sender.",
                               {NULL}};
  static const Family age = {"queue_oldest_age_seconds",
                             GAUGE,
                             "seconds",
                             "How long the oldest of them has waited; 0: none waits.",
                             {NULL}};
  g_autoptr(GString) ages = g_string_new(NULL);
  write_head(out, &count);
  write_head(ages, &age);
  for (guint i = 0; i < G_N_ELEMENTS(open_states); i++) {
    g_autofree char *labels = g_strdup_printf("{state=\"%s\"}", open_states[i]);
    gint64 oldest = now;
    write_sample(out, &count, "", labels, (double)message_count(txn, open_states[i]));
    message_foreach(txn, open_states[i], take_first, &oldest, NULL);
    write_sample(ages, &age, "", labels, (double)MAX(0, now - oldest));
  }
  g_string_append_len(out, ages->str, (gssize)ages->len);
}

static gboolean take_created(const OutboxEntry *entry, void *context) {
  gint64 *oldest = context;
  *oldest = MIN(*oldest, entry->created);
  return FALSE;
}

static void write_outbox(GString *out, StoreTxn *txn, gint64 now) {
  static const char *const states[] = {"ready", "sending", "deferred", "delayed", "sent", "failed"};
  enum { ON_THEIR_WAY = 3 }; /* of those; what a limit or a person holds back may take its time */
  static const Family count = {"outbox_answers", GAUGE, NULL, "Answers in the outbox.", {NULL}};
  static const Family age = {"outbox_oldest_age_seconds",
                             GAUGE,
                             "seconds",
                             "How old the oldest answer is that could have been sent.",
                             {NULL}};
  gint64 oldest = now;
  write_head(out, &count);
  for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
    g_autofree char *labels = g_strdup_printf("{state=\"%s\"}", states[i]);
    write_sample(out, &count, "", labels, (double)outbox_count(txn, states[i]));
    if (i < ON_THEIR_WAY) outbox_foreach(txn, states[i], take_created, &oldest, NULL);
  }
  write_head(out, &age);
  write_sample(out, &age, "", "", (double)MAX(0, now - oldest));
}

static void write_store(GString *out, Store *store, gint64 now) {
  static const Family readable = {
      "store_readable", GAUGE, NULL, "Whether the store can be read.", {NULL}};
  static const Family people = {
      "registrations", GAUGE, NULL, "Registrations in the store, whatever their status.", {NULL}};
  g_autoptr(StoreTxn) txn = store_begin(store, FALSE, NULL);
  write_head(out, &readable);
  write_sample(out, &readable, "", "", txn ? 1 : 0);
  if (!txn) return;
  write_messages(out, txn);
  write_head(out, &people);
  write_sample(out, &people, "", "", (double)registration_count(txn));
  write_queue(out, txn, now);
  write_outbox(out, txn, now);
}

/* --- the process ------------------------------------------------------------------------------ */

static void write_build(GString *out) {
  g_string_append(out, "# TYPE bulletind_build info\n# HELP bulletind_build The version.\n");
  g_string_append_printf(out, "bulletind_build_info{version=\"%s\"} 1\n", BULLETIND_VERSION);
}

char *metrics_text(Metrics *metrics, Store *store, gint64 now) {
  GString *out = g_string_new(NULL);
  write_build(out);
  write_told(out, metrics);
  write_store(out, store, now);
  g_string_append(out, "# EOF\n");
  return g_string_free(out, FALSE);
}
