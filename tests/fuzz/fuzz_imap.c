/* fuzz_imap - any bytes as all that an IMAP server says while a folder is read, its messages are
 * flagged and moved: each step ends with an error of one line, or with messages that were asked
 * for. */
#include "daemon/mail/fetch_session.h"
#include "tests/fuzz/server.h"

static void check_bodies(FetchSession *session, const GArray *listed, GError **error) {
  const FetchListed *items = &g_array_index(listed, FetchListed, 0);
  for (guint i = 1; i < listed->len; i++) g_assert_cmpuint(items[i].uid, <=, 5);
  g_autoptr(GPtrArray) messages =
      fetch_session_bodies(session, items, MIN(listed->len, 2), 1, FALSE, error);
  for (guint i = 0; messages && i < messages->len; i++) {
    const FetchedMessage *message = messages->pdata[i];
    g_assert_true(message->uid == items[0].uid || message->uid == items[1].uid);
    g_assert_nonnull(message->raw);
  }
}

static void read_folder(FetchSession *session, GError **error) {
  FetchFolder folder;
  gboolean news = FALSE;
  const guint32 uids[] = {1, 2, 5};
  if (!fetch_session_select(session, "INBOX", TRUE, &folder, error)) return;
  g_assert_cmpuint(folder.uidvalidity, !=, 0);
  g_assert_true(folder.uidnext != 0 || folder.exists != 0);
  g_autoptr(GArray) listed = fetch_session_list(session, 1, 5, error);
  if (!listed) return;
  if (listed->len > 0) check_bodies(session, listed, error);
  if (*error || !fetch_session_idle(session, -1, 0, &news, error)) return;
  if (!fetch_session_flag(session, uids, 3, folder.keywords, error)) return;
  if (!fetch_session_move(session, uids, 3, "Done", error)) return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char url[] = "test://localhost", host[] = "localhost", user[] = "ana";
  Account account = {.imap = {.url = url, .host = host, .port = 1, .security = LINK_CLEAR},
                     .user = user,
                     .secret = server_secret(),
                     .timeout_s = 60};
  g_autoptr(GError) error = NULL;
  server_start(data, size);
  FetchSession *session = fetch_session_open(&account, -1, &error);
  if (session) {
    g_autofree char *told = fetch_session_describe(session);
    target_utf8(told);
    read_folder(session, &error);
    fetch_session_close(session);
  }
  if (!session || error) server_check_error(error);
  server_stop();
  return 0;
}
