/* notice: told when something has waited too long, no sooner, and not again before its time. */
#include "daemon/notice.h"

#include <string.h>

#include "daemon/util.h"
#include "store/message.h"
#include "store/outbox.h"
#include "tests/store/scratch.h"

enum { HOUR = 3600, DAY = 24 * HOUR, T0 = 1700000000 };

static char to[] = "chef@example.org", from[] = "inscriptions@example.org", host[] = "localhost",
            url[] = "https://example.org/desk/", nothing[] = "";

static Config config_in(const char *language) {
  Config config = {0};
  config.notice = (NoticeConfig){to, (char *)language, DAY, DAY};
  config.submission.from_address = from;
  config.submission.url.host = host;
  config.review.url = url;
  return config;
}

static void add_message(Store *store, const char *state, gint64 stored) {
  StoreTxn *txn = scratch_begin(store, TRUE);
  g_autoptr(Message) message = message_new();
  string_set(&message->kind, "question");
  string_set(&message->decision, "review");
  string_set(&message->state, state);
  message->stored = stored;
  g_assert_true(message_add(txn, message, NULL, NULL));
  scratch_commit(txn);
}

static gboolean check(Store *store, const Config *config, gint64 now) {
  g_autoptr(GError) error = NULL;
  gboolean queued = FALSE;
  g_assert_true(notice_check(store, config, now, &queued, &error));
  g_assert_no_error(error);
  return queued;
}

static void test_when(void) {
  WITH_STORE(path, store);
  Config config = config_in("fr");
  g_assert_false(check(store, &config, T0));
  add_message(store, "waiting-for-sender", T0 - 10 * DAY);
  add_message(store, "settled", T0 - 10 * DAY);
  g_assert_false(check(store, &config, T0));
  add_message(store, "review", T0);
  g_assert_false(check(store, &config, T0 + DAY - 1));
  g_assert_true(check(store, &config, T0 + DAY));
  g_assert_false(check(store, &config, T0 + DAY + 1));
  g_assert_false(check(store, &config, T0 + 2 * DAY - 1));
  g_assert_true(check(store, &config, T0 + 2 * DAY));
  END_STORE(path, store);
}

static void test_nobody_is_told_who_is_not_named(void) {
  WITH_STORE(path, store);
  Config config = config_in("fr");
  add_message(store, "unreadable", T0);
  config.notice.to = nothing;
  g_assert_false(check(store, &config, T0 + 10 * DAY));
  config.notice.to = to;
  config.submission.url.host = NULL;
  g_assert_false(check(store, &config, T0 + 10 * DAY));
  END_STORE(path, store);
}

static char *mail_of(Store *store, guint64 id) {
  g_autoptr(StoreTxn) txn = scratch_begin(store, FALSE);
  g_autoptr(OutboxEntry) entry = outbox_get(txn, id, NULL);
  g_assert_cmpstr(entry->to, ==, to);
  g_assert_cmpstr(entry->envelope_from, ==, "");
  g_assert_cmpstr(entry->kind, ==, "notice");
  g_assert_cmpstr(entry->state, ==, "ready");
  g_autoptr(GBytes) mail = outbox_mail(txn, id, NULL);
  return g_strndup(g_bytes_get_data(mail, NULL), g_bytes_get_size(mail));
}

static void test_the_mail(void) {
  static const struct {
    const char *language, *holds; /* words of the text that need no encoding */
  } rows[] = {{"fr", "2 messages attendent que quelqu'un s'en occupe"},
              {"en", "2 messages are waiting for a person"},
              {"ja", "Content-Language: ja"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    WITH_STORE(path, store);
    Config config = config_in(rows[i].language);
    add_message(store, "review", T0);
    add_message(store, "unreadable", T0 + HOUR);
    g_assert_true(check(store, &config, T0 + 2 * DAY));
    g_autofree char *mail = mail_of(store, 1);
    const char *wanted[] = {"To: chef@example.org\r\n", "Auto-Submitted: auto-generated\r\n",
                            "X-Auto-Response-Suppress: All\r\n", "https://example.org/desk/",
                            rows[i].holds};
    for (guint w = 0; w < G_N_ELEMENTS(wanted); w++)
      if (!strstr(mail, wanted[w]))
        g_error("%s: no '%s' in\n%s", rows[i].language, wanted[w], mail);
    for (const char *p = mail; *p; p++) {
      g_assert_true((guchar)*p < 0x80);
      if (*p == '\n') g_assert_true(p > mail && p[-1] == '\r');
    }
    END_STORE(path, store);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/notice/when", test_when);
  g_test_add_func("/notice/nobody", test_nobody_is_told_who_is_not_named);
  g_test_add_func("/notice/mail", test_the_mail);
  return g_test_run();
}
