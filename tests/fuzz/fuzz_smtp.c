/* fuzz_smtp - any bytes as all that a submission server says to two mails: what becomes of each is
 * an SMTP code or a lost link, told in one line; never is a mail taken for sent that was refused.
 */
#include "daemon/mail/send_dialogue.h"
#include "tests/fuzz/server.h"

static const SendItem *next_item(void *context) {
  return context;
}

static void check_outcome(const SendOutcome *outcome) {
  g_assert_true(outcome->code == 0 || (outcome->code >= 200 && outcome->code < 600));
  g_assert_cmpint(outcome->code / 100, !=, 3);
  g_assert_true(!outcome->again || outcome->code == 0);
  target_utf8(outcome->text);
  g_assert_null(strpbrk(outcome->text, "\r\n"));
}

static void send_two(SendSession *session) {
  static char from[] = "from@example.test", to[] = "ana@example.test", other[] = "bob@example.test";
  g_autoptr(GBytes) mail = g_bytes_new_static("Subject: x\n\n.\ndots\n", 20);
  const SendItem items[] = {{.envelope_from = from, .to = to, .mail = mail},
                            {.envelope_from = from, .to = other, .mail = mail}};
  gboolean begun = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(items) && !session->lost; i++) {
    SendOutcome outcome = {.code = 0};
    if (send_dialogue_may(session, &items[i], &outcome))
      send_dialogue_run(session, &items[i], &begun, next_item, i == 0 ? (gpointer)&items[1] : NULL,
                        &outcome);
    check_outcome(&outcome);
    g_assert_true(!begun || i == 0);
    send_outcome_done(&outcome);
  }
}

static void talk(const uint8_t *data, size_t size, char *user) {
  static char url[] = "test://localhost", host[] = "localhost", helo[] = "here.test";
  Submission submission = {.url = {.url = url, .host = host, .port = 1, .security = LINK_CLEAR},
                           .user = user,
                           .secret = server_secret(),
                           .helo = helo,
                           .timeout_s = 60};
  g_autoptr(GError) error = NULL;
  server_start(data, size);
  SendSession *session = send_session_open(&submission, -1, &error);
  if (session) {
    g_autofree char *told = send_session_describe(session);
    target_utf8(told);
    send_two(session);
    send_session_close(session);
  } else {
    server_check_error(error);
  }
  server_stop();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char nobody[] = "", user[] = "ana";
  gboolean asks = memmem(data, size, "AUTH", 4) != NULL;
  talk(data, size, nobody);
  if (asks) talk(data, size, user);
  return 0;
}
