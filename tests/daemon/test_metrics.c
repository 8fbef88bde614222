/* metrics: what is told comes out once, in its family, whatever stands in a label. */
#include "daemon/metrics.h"

#include <string.h>

#include "store/message.h"
#include "tests/store/scratch.h"

static char *text_of(Metrics *metrics, Store *store) {
  return metrics_text(metrics, store, 2000);
}

static void assert_line(const char *text, const char *line) {
  g_autofree char *whole = g_strconcat("\n", line, "\n", NULL);
  if (!strstr(text, whole)) g_error("'%s' is not in\n%s", line, text);
}

static void test_figures_that_are_told(void) {
  WITH_STORE(path, store);
  Metrics *metrics = metrics_new();
  metrics_add(metrics, METRIC_ANSWERS, 2, "confirmed", "sent");
  metrics_add(metrics, METRIC_ANSWERS, 1, "confirmed", "sent");
  metrics_add(metrics, METRIC_ANSWERS, 1, "a\"b\\c\nd", "failed");
  metrics_set(metrics, METRIC_IMAP_CONNECTED, 1, "inbox", "INBOX");
  metrics_set(metrics, METRIC_IMAP_SEEN, 1700000000, "inbox", "INBOX");
  metrics_observe(metrics, METRIC_ANSWER_SECONDS, 0.04);
  metrics_observe(metrics, METRIC_ANSWER_SECONDS, 0.5);
  metrics_observe(metrics, METRIC_ANSWER_SECONDS, 5000);
  g_autofree char *text = text_of(metrics, store);
  assert_line(text, "# TYPE bulletind_answers counter");
  assert_line(text, "bulletind_answers_total{kind=\"confirmed\",outcome=\"sent\"} 3");
  assert_line(text, "bulletind_answers_total{kind=\"a\\\"b\\\\c\\nd\",outcome=\"failed\"} 1");
  assert_line(text, "bulletind_imap_connected{account=\"inbox\",folder=\"INBOX\"} 1");
  assert_line(text, "bulletind_imap_seen_timestamp_seconds{account=\"inbox\",folder=\"INBOX\"} "
                    "1700000000");
  assert_line(text, "bulletind_answer_seconds_bucket{le=\"0.05\"} 1");
  assert_line(text, "bulletind_answer_seconds_bucket{le=\"0.5\"} 2");
  assert_line(text, "bulletind_answer_seconds_bucket{le=\"3600.0\"} 2");
  assert_line(text, "bulletind_answer_seconds_bucket{le=\"+Inf\"} 3");
  assert_line(text, "bulletind_answer_seconds_count 3");
  assert_line(text, "bulletind_answer_seconds_sum 5000.54");
  assert_line(text, "bulletind_worker_restarts_total 0");
  g_assert_true(g_str_has_suffix(text, "\n# EOF\n"));
  metrics_forget(metrics, METRIC_IMAP_CONNECTED);
  g_autofree char *after = text_of(metrics, store);
  g_assert_null(strstr(after, "bulletind_imap_connected{"));
  metrics_free(metrics);
  END_STORE(path, store);
}

static void test_figures_of_the_store(void) {
  static const struct {
    const char *kind, *decision, *state;
    gint64 stored;
  } rows[] = {{"bulletin", "accept", "settled", 500},
              {"bulletin", "accept", "settled", 600},
              {"question", "review", "review", 1400},
              {"question", "review", "review", 1900},
              {"unreadable", "review", "unreadable", 1000}};
  WITH_STORE(path, store);
  Metrics *metrics = metrics_new();
  StoreTxn *txn = scratch_begin(store, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Message) message = message_new();
    g_free(message->kind), g_free(message->decision), g_free(message->state);
    message->kind = g_strdup(rows[i].kind);
    message->decision = g_strdup(rows[i].decision);
    message->state = g_strdup(rows[i].state);
    message->stored = rows[i].stored;
    g_assert_true(message_add(txn, message, NULL, NULL));
  }
  scratch_commit(txn);
  g_autofree char *text = text_of(metrics, store);
  assert_line(text, "bulletind_store_readable 1");
  assert_line(text, "bulletind_messages{event=\"\",kind=\"bulletin\",decision=\"accept\"} 2");
  assert_line(text, "bulletind_messages{event=\"\",kind=\"question\",decision=\"review\"} 2");
  assert_line(text, "bulletind_queue_messages{state=\"review\"} 2");
  assert_line(text, "bulletind_queue_oldest_age_seconds{state=\"review\"} 600");
  assert_line(text, "bulletind_queue_oldest_age_seconds{state=\"unreadable\"} 1000");
  assert_line(text, "bulletind_queue_oldest_age_seconds{state=\"waiting-for-sender\"} 0");
  assert_line(text, "bulletind_outbox_answers{state=\"sent\"} 0");
  assert_line(text, "bulletind_outbox_oldest_age_seconds 0");
  metrics_free(metrics);
  END_STORE(path, store);
}

/* A sender who makes up kinds without end must not fill the memory. */
static void test_too_many_labels_are_dropped(void) {
  WITH_STORE(path, store);
  Metrics *metrics = metrics_new();
  for (guint i = 0; i < METRICS_SAMPLES_MAX + 10; i++) {
    g_autofree char *kind = g_strdup_printf("kind-%u", i);
    metrics_add(metrics, METRIC_ANSWERS, 1, kind, "sent");
  }
  g_autofree char *text = text_of(metrics, store);
  g_assert_null(strstr(text, "bulletind_samples_dropped_total 0\n"));
  g_autofree char *last = g_strdup_printf("kind-%d\"", METRICS_SAMPLES_MAX + 9);
  g_assert_null(strstr(text, last));
  metrics_free(metrics);
  END_STORE(path, store);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/metrics/told", test_figures_that_are_told);
  g_test_add_func("/metrics/store", test_figures_of_the_store);
  g_test_add_func("/metrics/bound", test_too_many_labels_are_dropped);
  return g_test_run();
}
