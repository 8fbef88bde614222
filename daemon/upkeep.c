#include "daemon/upkeep.h"

#include "daemon/log.h"
#include "store/counter.h"
#include "store/journal.h"
#include "store/message.h"

enum { DAY_S = 24 * 60 * 60, LONGEST_BACK_OFF_S = 600 };

gboolean upkeep_expire(Store *store, const Config *config, gint64 now, GError **error) {
  StoreTxn *txn = store_begin(store, TRUE, error);
  if (!txn) return FALSE;
  guint gone = message_expire_raw(txn, now - (gint64)config->raw_days * DAY_S, UPKEEP_EXPIRE_MAX);
  gone += journal_expire(txn, (now - (gint64)config->journal_days * DAY_S) * G_USEC_PER_SEC,
                         UPKEEP_EXPIRE_MAX);
  gone += counter_expire(txn, now - (gint64)UPKEEP_COUNTER_DAYS * DAY_S, UPKEEP_EXPIRE_MAX);
  if (gone) return store_commit(txn, error);
  store_abort(txn);
  return TRUE;
}

void upkeep_silence(Mailbox *mailbox, gint64 now_monotonic_us, gint64 silence_s) {
  if (mailbox->silence_told || mailbox->stopped ||
      now_monotonic_us - mailbox->last_seen_us < silence_s * G_USEC_PER_SEC)
    return;
  mailbox->silence_told = TRUE;
  log_error("%s/%s: has not been read for %d minutes; see the errors above", mailbox->account->name,
            mailbox->folder, (int)(silence_s / 60));
}

gboolean upkeep_fetcher_alive(const Mailbox *mailbox, gint64 now_monotonic_us) {
  gint64 patience_s = (gint64)mailbox->account->poll_s + 4 * (gint64)mailbox->account->timeout_s +
                      LONGEST_BACK_OFF_S;
  return mailbox->stopped ||
         now_monotonic_us - mailbox->last_event_us < patience_s * G_USEC_PER_SEC;
}
