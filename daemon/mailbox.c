#include "daemon/mailbox.h"

#include <sysexits.h>

#include "daemon/log.h"

Mailbox *mailbox_new(const Account *account, const char *folder, Cursor *cursor, Metrics *metrics) {
  Mailbox *mailbox = g_new0(Mailbox, 1);
  mailbox->account = account;
  mailbox->metrics = metrics;
  mailbox->folder = g_strdup(folder);
  mailbox->cursor = cursor;
  mailbox->last_seen_us = g_get_monotonic_time();
  mailbox->last_event_us = g_get_monotonic_time();
  metrics_set(mailbox->metrics, METRIC_IMAP_CONNECTED, 0, account->name, folder);
  return mailbox;
}

void mailbox_free(Mailbox *mailbox) {
  if (!mailbox) return;
  cursor_free(mailbox->cursor);
  g_free(mailbox->folder);
  g_free(mailbox);
}

FetchEvent *fetch_event_copy(const FetchEvent *event) {
  FetchEvent *copy = g_new0(FetchEvent, 1);
  *copy = *event;
  copy->uids = event->count ? g_memdup2(event->uids, event->count * sizeof *event->uids) : NULL;
  copy->cursor = event->cursor ? cursor_copy(event->cursor) : NULL;
  copy->error = event->error ? g_error_copy(event->error) : NULL;
  copy->text = g_strdup(event->text);
  return copy;
}

void fetch_event_free(FetchEvent *event) {
  g_free((void *)event->uids);
  cursor_free((Cursor *)event->cursor);
  g_clear_error((GError **)&event->error);
  g_free((void *)event->text);
  g_free(event);
}

int mailbox_exit_code(const GError *error) {
  static const int codes[] = {[MAIL_ERROR_TRANSIENT] = EX_UNAVAILABLE,
                              [MAIL_ERROR_PERMANENT] = EX_UNAVAILABLE,
                              [MAIL_ERROR_AUTH] = EX_NOPERM,
                              [MAIL_ERROR_TLS] = EX_UNAVAILABLE,
                              [MAIL_ERROR_PROTOCOL] = EX_UNAVAILABLE};
  return error->domain == MAIL_ERROR && (gsize)error->code < G_N_ELEMENTS(codes)
             ? codes[error->code]
             : EX_CONFIG;
}

static void drop_unmarked(Mailbox *mailbox, const FetchEvent *event) {
  if (event->uidvalidity != mailbox->cursor->uidvalidity) return;
  g_autoptr(GHashTable) marked = g_hash_table_new(NULL, NULL);
  for (gsize i = 0; i < event->count; i++)
    g_hash_table_add(marked, GUINT_TO_POINTER(event->uids[i]));
  GArray *unmarked = mailbox->cursor->unmarked;
  guint kept = 0;
  for (guint i = 0; i < unmarked->len; i++) {
    guint32 uid = g_array_index(unmarked, guint32, i);
    if (!g_hash_table_contains(marked, GUINT_TO_POINTER(uid)))
      g_array_index(unmarked, guint32, kept++) = uid;
  }
  g_array_set_size(unmarked, kept);
  mailbox->dirty = TRUE;
}

static void on_reset(Mailbox *mailbox, const FetchEvent *event) {
  if (mailbox->cursor->uidvalidity == event->uidvalidity)
    log_warning(
        "%s/%s: the server gives out UIDs anew that were read already (was it restored from a "
        "backup?): the folder is read again, nobody is answered twice",
        mailbox->account->name, mailbox->folder);
  else if (mailbox->cursor->uidvalidity)
    log_warning("%s/%s: UIDVALIDITY changed from %u to %u: the folder is read again, nobody is "
                "answered twice",
                mailbox->account->name, mailbox->folder, mailbox->cursor->uidvalidity,
                event->uidvalidity);
  cursor_free(mailbox->cursor);
  mailbox->cursor = cursor_copy(event->cursor);
  mailbox->dirty = TRUE;
  mailbox->hole = FALSE;
  mailbox->seen_all = FALSE;
}

static void on_caught_up(Mailbox *mailbox, const FetchEvent *event) {
  if (event->uidvalidity != mailbox->cursor->uidvalidity) return;
  metrics_set(mailbox->metrics, METRIC_IMAP_SEEN, (double)(g_get_real_time() / G_USEC_PER_SEC),
              mailbox->account->name, mailbox->folder);
  mailbox->seen_all = TRUE;
  mailbox->seen_uid = event->uid;
  mailbox->last_seen_us = g_get_monotonic_time();
  if (mailbox->silence_told)
    log_notice("%s/%s: is being read again", mailbox->account->name, mailbox->folder);
  mailbox->silence_told = FALSE;
}

void mailbox_event(Mailbox *mailbox, const FetchEvent *event) {
  mailbox->last_event_us = g_get_monotonic_time();
  switch (event->kind) {
  case FETCH_CONNECTED:
    metrics_set(mailbox->metrics, METRIC_IMAP_CONNECTED, 1, mailbox->account->name,
                mailbox->folder);
    log_info("%s/%s: connected%s%s", mailbox->account->name, mailbox->folder,
             event->text ? ": " : "", event->text ? event->text : "");
    break;
  case FETCH_RESET:
    on_reset(mailbox, event);
    break;
  case FETCH_CAUGHT_UP:
    on_caught_up(mailbox, event);
    break;
  case FETCH_MARKED:
    drop_unmarked(mailbox, event);
    break;
  case FETCH_LOST:
    metrics_set(mailbox->metrics, METRIC_IMAP_CONNECTED, 0, mailbox->account->name,
                mailbox->folder);
    metrics_add(mailbox->metrics, METRIC_IMAP_LOST, 1, mailbox->account->name, mailbox->folder);
    mailbox->exit_code = mailbox_exit_code(event->error);
    log_error("%s/%s: %s; tried again in %u s", mailbox->account->name, mailbox->folder,
              event->error->message, event->wait_s);
    break;
  case FETCH_STOPPED:
    mailbox->stopped = TRUE;
    break;
  }
}

GArray *mailbox_uids(const Mailbox *mailbox, const GPtrArray *items) {
  GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
  for (guint i = 0; i < items->len; i++) {
    const IntakeItem *item = items->pdata[i];
    if (item->mailbox == mailbox && item->fetched->uidvalidity == mailbox->cursor->uidvalidity)
      g_array_append_val(uids, item->fetched->uid);
  }
  return uids;
}

static void insert_sorted(GArray *array, guint32 uid) {
  guint at = array->len;
  while (at > 0 && g_array_index(array, guint32, at - 1) >= uid) at--;
  if (at < array->len && g_array_index(array, guint32, at) == uid) return;
  g_array_insert_val(array, at, uid);
}

Cursor *mailbox_next_cursor(const Mailbox *mailbox, const GPtrArray *items, guint waiting) {
  g_autoptr(GArray) uids = mailbox_uids(mailbox, items);
  gboolean join = mailbox->seen_all && !mailbox->hole && waiting == uids->len &&
                  mailbox->seen_uid > mailbox->cursor->base;
  if (!uids->len && !mailbox->dirty && !join) return NULL;
  Cursor *cursor = cursor_copy(mailbox->cursor);
  for (guint i = 0; i < uids->len; i++) {
    guint32 uid = g_array_index(uids, guint32, i);
    cursor_add(cursor, uid);
    if (mailbox->account->after != AFTER_LEAVE) insert_sorted(cursor->unmarked, uid);
  }
  if (join) cursor_join(cursor, mailbox->seen_uid);
  return cursor;
}
