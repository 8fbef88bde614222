#include "daemon/intake.h"

#include <string.h>

enum { HEADER_SCAN_BYTES = 64 << 10, FROM_SCAN_BYTES = 1000 };

struct Intake {
  GMutex lock;
  GCond room;
  GQueue items; /* IntakeItem*, in order of arrival */
  guint64 bytes;
  gboolean closed;
  void (*wake)(void *context);
  void *context;
};

static void item_free(IntakeItem *item) {
  fetched_message_free(item->fetched);
  extraction_free(item->extraction);
  g_free(item->event);
  g_free(item->order_key);
  g_free(item);
}

Intake *intake_new(void (*wake)(void *context), void *context) {
  Intake *intake = g_new0(Intake, 1);
  g_mutex_init(&intake->lock);
  g_cond_init(&intake->room);
  g_queue_init(&intake->items);
  intake->wake = wake;
  intake->context = context;
  return intake;
}

void intake_free(Intake *intake) {
  if (!intake) return;
  g_queue_clear_full(&intake->items, (GDestroyNotify)item_free);
  g_cond_clear(&intake->room);
  g_mutex_clear(&intake->lock);
  g_free(intake);
}

/* The line that begins with "From:" in the header; NULL if there is none. */
static const char *find_from(const char *data, gsize size) {
  gsize end = MIN(size, (gsize)HEADER_SCAN_BYTES);
  for (gsize at = 0; at + 5 < end;) {
    if (data[at] == '\r' || data[at] == '\n') return NULL; /* the header's end */
    if (!g_ascii_strncasecmp(data + at, "from:", 5)) return data + at + 5;
    const char *line_end = memchr(data + at, '\n', end - at);
    if (!line_end) return NULL;
    at = (gsize)(line_end - data) + 1;
  }
  return NULL;
}

char *intake_order_key(const guint8 *data, gsize size) {
  const char *from = data ? find_from((const char *)data, size) : NULL;
  if (!from) return g_strdup("");
  gsize left = MIN(size - (gsize)(from - (const char *)data), (gsize)FROM_SCAN_BYTES);
  g_autofree char *value = g_strndup(from, left);
  char *end = value;
  while (*end && (*end != '\n' || end[1] == ' ' || end[1] == '\t')) end++;
  *end = '\0';
  char *open = strrchr(value, '<'), *close = open ? strchr(open, '>') : NULL;
  if (close) {
    *close = '\0';
    return g_ascii_strdown(open + 1, -1);
  }
  return g_ascii_strdown(g_strstrip(value), -1);
}

static gsize item_bytes(const IntakeItem *item) {
  return item->fetched->raw ? g_bytes_get_size(item->fetched->raw) : 0;
}

/* With the lock held. */
static guint count(const Intake *intake, const void *mailbox) {
  guint found = 0;
  for (const GList *link = intake->items.head; link; link = link->next)
    found += ((const IntakeItem *)link->data)->mailbox == mailbox;
  return found;
}

static gboolean is_full(const Intake *intake, const void *mailbox, gsize bytes) {
  guint own = count(intake, mailbox);
  return own > 0 && (own >= INTAKE_MAX_ITEMS || intake->bytes + bytes > INTAKE_MAX_BYTES);
}

IntakeItem *intake_add(Intake *intake, void *mailbox, FetchedMessage *fetched) {
  IntakeItem *item = g_new0(IntakeItem, 1);
  gsize size = 0;
  const guint8 *data = fetched->raw ? g_bytes_get_data(fetched->raw, &size) : NULL;
  item->mailbox = mailbox;
  item->fetched = fetched;
  item->fetched_us = g_get_real_time();
  item->since_us = g_get_monotonic_time();
  item->order_key = intake_order_key(data, size);
  g_mutex_lock(&intake->lock);
  while (!intake->closed && is_full(intake, mailbox, size))
    g_cond_wait(&intake->room, &intake->lock);
  gboolean closed = intake->closed;
  if (!closed) {
    g_queue_push_tail(&intake->items, item);
    intake->bytes += size;
  }
  g_mutex_unlock(&intake->lock);
  if (!closed) return item;
  item_free(item);
  return NULL;
}

void intake_read(Intake *intake, IntakeItem *item, Extraction *extraction) {
  g_mutex_lock(&intake->lock);
  extraction_free(item->extraction);
  item->extraction = extraction;
  item->read_us = g_get_real_time();
  g_mutex_unlock(&intake->lock);
  intake->wake(intake->context);
}

/* Items that may go on, at most `max`; with the lock held. */
static GPtrArray *ready_items(Intake *intake, guint max) {
  GPtrArray *ready = g_ptr_array_new();
  g_autoptr(GHashTable) held_up = g_hash_table_new(g_str_hash, g_str_equal);
  for (GList *link = intake->items.head; link && ready->len < max; link = link->next) {
    IntakeItem *item = link->data;
    if (item->taken) continue;
    if (item->extraction && !g_hash_table_contains(held_up, item->order_key))
      g_ptr_array_add(ready, item);
    else if (*item->order_key)
      g_hash_table_add(held_up, item->order_key);
  }
  return ready;
}

GPtrArray *intake_take(Intake *intake, guint max) {
  g_mutex_lock(&intake->lock);
  GPtrArray *ready = ready_items(intake, max);
  for (guint i = 0; i < ready->len; i++) ((IntakeItem *)ready->pdata[i])->taken = TRUE;
  g_mutex_unlock(&intake->lock);
  return ready;
}

gboolean intake_has_ready(Intake *intake) {
  g_mutex_lock(&intake->lock);
  g_autoptr(GPtrArray) ready = ready_items(intake, 1);
  g_mutex_unlock(&intake->lock);
  return ready->len > 0;
}

void intake_return(Intake *intake, IntakeItem *item) {
  g_mutex_lock(&intake->lock);
  item->taken = FALSE;
  g_clear_pointer(&item->extraction, extraction_free);
  g_mutex_unlock(&intake->lock);
}

void intake_release(Intake *intake, GPtrArray *items) {
  g_mutex_lock(&intake->lock);
  for (guint i = 0; i < items->len; i++) {
    IntakeItem *item = items->pdata[i];
    g_queue_remove(&intake->items, item);
    intake->bytes -= item_bytes(item);
    item_free(item);
  }
  g_cond_broadcast(&intake->room);
  g_mutex_unlock(&intake->lock);
}

guint intake_count(Intake *intake, const void *mailbox) {
  g_mutex_lock(&intake->lock);
  guint found = mailbox ? count(intake, mailbox) : intake->items.length;
  g_mutex_unlock(&intake->lock);
  return found;
}

gint64 intake_oldest_us(Intake *intake) {
  g_mutex_lock(&intake->lock);
  IntakeItem *item = g_queue_peek_head(&intake->items);
  gint64 oldest = item ? item->since_us : 0;
  g_mutex_unlock(&intake->lock);
  return oldest;
}

void intake_close(Intake *intake) {
  g_mutex_lock(&intake->lock);
  intake->closed = TRUE;
  g_cond_broadcast(&intake->room);
  g_mutex_unlock(&intake->lock);
}
