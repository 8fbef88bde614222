#include "daemon/notice.h"

#include <sodium.h>
#include <string.h>

#include "daemon/compose_notice.h"
#include "daemon/util.h"
#include "store/counter.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/outbox.h"

enum { ID_BYTES = 12 };

/* Where its times are counted: no address, which has an '@'. */
static const char counted_as[] = "notice";
static const char *const waiting_states[] = {"review", "unreadable"};

static gboolean take_first(const Message *message, void *context) {
  Waiting *waiting = context;
  if (!waiting->oldest || message->stored < waiting->oldest) waiting->oldest = message->stored;
  return FALSE;
}

static gboolean find_waiting(StoreTxn *txn, Waiting *ret_waiting, GError **error) {
  for (guint i = 0; i < G_N_ELEMENTS(waiting_states); i++) {
    ret_waiting->count += message_count(txn, waiting_states[i]);
    if (!message_foreach(txn, waiting_states[i], take_first, ret_waiting, error)) return FALSE;
  }
  return TRUE;
}

/* --- when ------------------------------------------------------------------------------------- */

static gboolean is_time(StoreTxn *txn, const NoticeConfig *notice, const Waiting *waiting,
                        gint64 now) {
  if (!waiting->oldest || now - waiting->oldest < (gint64)notice->after_s) return FALSE;
  g_autoptr(GArray) told = counter_list(txn, counted_as, now - (gint64)notice->every_s + 1, 1);
  return told->len == 0;
}

static char *new_message_id(const char *from) {
  guint8 bytes[ID_BYTES];
  char hex[2 * ID_BYTES + 1];
  const char *at = strrchr(from, '@');
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
  return g_strdup_printf("notice.%s@%s", hex, at ? at + 1 : "localhost");
}

static gboolean queue(StoreTxn *txn, const Config *config, const Waiting *waiting, gint64 now,
                      GError **error) {
  g_autoptr(OutboxEntry) entry = outbox_entry_new();
  g_autofree char *line =
      g_strdup_printf("notice to %s: %" G_GUINT64_FORMAT " messages wait for a person",
                      config->notice.to, waiting->count);
  g_free(entry->message_id);
  entry->message_id = new_message_id(config->submission.from_address);
  string_set(&entry->to, config->notice.to);
  string_set(&entry->kind, "notice");
  string_set(&entry->state, "ready");
  entry->created = entry->next = now;
  entry->mail = compose_notice(config, entry->message_id, waiting, now);
  return outbox_add(txn, entry, error) && counter_add(txn, counted_as, now, "", error) &&
         journal_add(txn, 0, 0, "notice", line, error);
}

gboolean notice_check(Store *store, const Config *config, gint64 now, gboolean *ret_queued,
                      GError **error) {
  *ret_queued = FALSE;
  if (!*config->notice.to || !config->submission.url.host) return TRUE;
  g_autoptr(StoreTxn) look = store_begin(store, FALSE, error);
  if (!look) return FALSE;
  Waiting waiting = {0};
  if (!find_waiting(look, &waiting, error)) return FALSE;
  if (!is_time(look, &config->notice, &waiting, now)) return TRUE;
  store_abort(g_steal_pointer(&look));
  StoreTxn *txn = store_begin(store, TRUE, error);
  if (!txn) return FALSE;
  if (!queue(txn, config, &waiting, now, error)) {
    store_abort(txn);
    return FALSE;
  }
  *ret_queued = TRUE;
  return store_commit(txn, error);
}
