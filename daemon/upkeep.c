#include "daemon/upkeep.h"

#include "daemon/event.h"
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

/* --- events that are over ----------------------------------------------------------------------
 */

/* Those of the event that are private, NULL-terminated. Borrowed names. */
static GPtrArray *private_fields(const Event *event) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < event->fields->len; i++) {
    const EventField *field = event->fields->pdata[i];
    if (field->private) g_ptr_array_add(names, field->name);
  }
  g_ptr_array_add(names, NULL);
  return names;
}

static gboolean is_over(const Event *event, guint days, gint64 now) {
  gint64 ends = event->ends ? event->ends : event->starts;
  return days && ends && ends + (gint64)days * DAY_S < now;
}

static guint work_on(StoreTxn *txn, const Config *config, Retention *retention, gint64 now) {
  const Event *event = config->events->pdata[retention->task / 2];
  gboolean whole = retention->task % 2;
  guint days = whole ? config->registration_days : config->needs_days;
  retention->walk.done = !is_over(event, days, now);
  if (retention->walk.done) return 0;
  if (whole) return person_expire_event(txn, event->id, UPKEEP_EXPIRE_MAX, &retention->walk);
  g_autoptr(GPtrArray) names = private_fields(event);
  return person_expire_fields(txn, event->id, (const char *const *)names->pdata, UPKEEP_EXPIRE_MAX,
                              &retention->walk);
}

static gboolean is_due(const Config *config, guint task, gint64 now) {
  const Event *event = config->events->pdata[task / 2];
  return is_over(event, task % 2 ? config->registration_days : config->needs_days, now);
}

static void tell_gone(Retention *retention) {
  if (retention->gone)
    log_notice("retention: %u records of events that are over were forgotten, in whole or in part",
               retention->gone);
  retention->gone = 0;
}

gboolean upkeep_retain(Store *store, const Config *config, Retention *retention, gint64 now,
                       GError **error) {
  if (retention->day != now / DAY_S) *retention = (Retention){.day = now / DAY_S};
  while (retention->task < config->events->len * 2 && !is_due(config, retention->task, now))
    retention->task++;
  if (retention->task == config->events->len * 2) return TRUE;
  StoreTxn *txn = store_begin(store, TRUE, error);
  if (!txn) return FALSE;
  Retention next = *retention;
  guint gone = work_on(txn, config, &next, now);
  if (!gone) {
    store_abort(txn);
  } else if (!store_commit(txn, error)) {
    return FALSE;
  }
  next.gone += gone;
  if (next.walk.done) {
    tell_gone(&next);
    next.walk = (RetentionWalk){0};
    next.task++;
  }
  *retention = next;
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
