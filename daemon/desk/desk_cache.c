/* desk_cache - see desk_cache.h.
 *
 * Each part, and each order, has a mark of its own in the store's sequence of changes. A
 * transaction that is behind a part's mark takes it as it is; one that is behind an order's mark
 * likewise. So nothing ever goes back to an older state. */
#include "daemon/desk/desk_cache.h"

#include <string.h>

#include "daemon/desk/desk_fold.h"

enum { REBUILD_SHARE = 8 /* an order of which more than an eighth has changed is made anew */ };

typedef struct {
  char *field;
  gboolean descending;
  GArray *rows; /* guint32 */
  StoreMark mark;
} Order;

struct DeskCache {
  const Config *config; /* NULL: of one call */
  const Event *event;   /* of that call; NULL: no sums */
  GRWLock lock;
  GHashTable *words; /* char*, each once */
  GArray *people, *mails;
  StoreMark people_mark, mails_mark;
  GPtrArray *orders; /* Order*, in the order of their making */
  GHashTable *sums;  /* event's id → EventSums */
  DeskCollator *collator;
  gsize text_bytes;
};

/* --- birth and end ---------------------------------------------------------------------------- */

static void person_done(gpointer data) {
  PersonRow *row = data;
  g_free(row->text);
  desk_sums_forget(row->added);
}

static void mail_done(gpointer data) {
  g_free(((MailRow *)data)->text);
}

static void order_free(gpointer data) {
  Order *order = data;
  g_free(order->field);
  g_array_unref(order->rows);
  g_free(order);
}

static void sums_free(gpointer data) {
  desk_sums_free(data);
}

DeskCache *desk_cache_new(const Config *config) {
  DeskCache *cache = g_new0(DeskCache, 1);
  cache->config = config;
  g_rw_lock_init(&cache->lock);
  cache->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  cache->people = g_array_new(FALSE, FALSE, sizeof(PersonRow));
  cache->mails = g_array_new(FALSE, FALSE, sizeof(MailRow));
  g_array_set_clear_func(cache->people, person_done);
  g_array_set_clear_func(cache->mails, mail_done);
  cache->orders = g_ptr_array_new_with_free_func(order_free);
  cache->sums = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, sums_free);
  cache->collator = desk_collator_new("fr");
  return cache;
}

void desk_cache_free(DeskCache *cache) {
  if (!cache) return;
  g_ptr_array_unref(cache->orders);
  g_array_unref(cache->people);
  g_array_unref(cache->mails);
  g_hash_table_unref(cache->sums);
  g_hash_table_unref(cache->words);
  desk_collator_free(cache->collator);
  g_rw_lock_clear(&cache->lock);
  g_free(cache);
}

void desk_cache_set_language(DeskCache *cache, const char *language) {
  g_rw_lock_writer_lock(&cache->lock);
  desk_collator_free(cache->collator);
  cache->collator = desk_collator_new(language);
  g_ptr_array_set_size(cache->orders, 0);
  g_rw_lock_writer_unlock(&cache->lock);
}

gsize desk_cache_bytes(DeskCache *cache) {
  g_rw_lock_reader_lock(&cache->lock);
  gsize bytes = cache->text_bytes + cache->people->len * sizeof(PersonRow) +
                cache->mails->len * sizeof(MailRow);
  for (guint i = 0; i < cache->orders->len; i++)
    bytes += ((const Order *)cache->orders->pdata[i])->rows->len * sizeof(guint32);
  g_rw_lock_reader_unlock(&cache->lock);
  return bytes;
}

/* --- rows ------------------------------------------------------------------------------------- */

static const char *intern(DeskCache *cache, const char *word) {
  const char *known = g_hash_table_lookup(cache->words, word);
  if (known) return known;
  char *copy = g_strdup(word);
  g_hash_table_add(cache->words, copy);
  return copy;
}

static void fold_into(GString *text, const char *part) {
  g_autofree char *folded = desk_fold(part);
  g_string_append(text, folded);
  g_string_append_c(text, '\n'); /* no word of a search has one: none goes across */
}

char *cache_person_text(const Registration *registration) {
  GString *text = g_string_sized_new(256);
  g_string_append_printf(text, "%" G_GUINT64_FORMAT "\n", registration->id);
  fold_into(text, registration->sender);
  for (guint i = 0; i < registration->fields->len; i++)
    fold_into(text, ((const StoreField *)registration->fields->pdata[i])->value);
  return g_string_free(text, FALSE);
}

char *cache_mail_text(const Message *message) {
  GString *text = g_string_sized_new(256);
  const char *const parts[] = {message->from, message->subject, message->reason, message->event,
                               message->message_id};
  g_string_append_printf(text, "%" G_GUINT64_FORMAT "\n", message->id);
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) fold_into(text, parts[i]);
  return g_string_free(text, FALSE);
}

/* Takes `text`; what is too long is not kept. */
static void keep_text(DeskCache *cache, char **at, char *text) {
  if (*at) cache->text_bytes -= strlen(*at) + 1;
  g_free(*at);
  gsize size = text ? strlen(text) + 1 : 0;
  gboolean fits = size <= CACHE_TEXT_MAX_BYTES && cache->text_bytes + size <= CACHE_TEXTS_MAX_BYTES;
  *at = fits ? g_memdup2(text, size) : NULL;
  if (fits) cache->text_bytes += size;
  g_free(text);
}

static const Event *event_of(const DeskCache *cache, const char *id) {
  if (cache->config) return event_find(cache->config->events, id);
  return cache->event && !strcmp(cache->event->id, id) ? cache->event : NULL;
}

static EventSums *sums_of(DeskCache *cache, const char *id) {
  EventSums *sums = g_hash_table_lookup(cache->sums, id);
  const Event *event = sums ? NULL : event_of(cache, id);
  if (!event) return sums;
  sums = desk_sums_new(event);
  g_hash_table_insert(cache->sums, event->id, sums);
  return sums;
}

static gboolean take_person(const Registration *registration, void *context) {
  DeskCache *cache = context;
  guint at = desk_sums_place(cache->people, registration->id);
  if (at == cache->people->len) { /* ids grow: a new one comes last */
    PersonRow fresh = {.id = registration->id};
    g_array_append_val(cache->people, fresh);
  }
  PersonRow *row = &g_array_index(cache->people, PersonRow, at);
  if (row->added) desk_sums_remove(row->sums, row->added);
  row->event = intern(cache, registration->event);
  row->status = intern(cache, registration->status);
  row->sums = sums_of(cache, registration->event);
  row->added = row->sums ? desk_sums_add(row->sums, registration) : NULL;
  keep_text(cache, &row->text, cache_person_text(registration));
  return TRUE;
}

static gboolean take_mail(const Message *message, void *context) {
  DeskCache *cache = context;
  guint at = desk_sums_place(cache->mails, message->id);
  if (at == cache->mails->len) {
    MailRow fresh = {.id = message->id};
    g_array_append_val(cache->mails, fresh);
  }
  MailRow *row = &g_array_index(cache->mails, MailRow, at);
  row->received = message->received;
  row->event = intern(cache, message->event);
  row->state = intern(cache, message->state);
  row->kind = intern(cache, message->kind);
  keep_text(cache, &row->text, cache_mail_text(message));
  return TRUE;
}

/* --- orders ----------------------------------------------------------------------------------- */

typedef struct {
  GBytes *key; /* NULL: no value, comes last */
  guint32 row;
} Item;

static void item_done(gpointer data) {
  Item *item = data;
  if (item->key) g_bytes_unref(item->key);
}

static GArray *items_new(void) {
  GArray *items = g_array_new(FALSE, FALSE, sizeof(Item));
  g_array_set_clear_func(items, item_done);
  return items;
}

static GBytes *text_key(const DeskCache *cache, const char *value) {
  if (!value || !*value) return NULL;
  g_autofree char *valid = g_utf8_make_valid(value, -1);
  g_autofree char *head =
      g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), CACHE_SORT_MAX_CHARS));
  return desk_collator_key(cache->collator, head);
}

static GBytes *key_of(const DeskCache *cache, const Order *order, const Registration *row) {
  if (!strcmp(order->field, "status")) return text_key(cache, row->status);
  if (strcmp(order->field, "updated") != 0)
    return text_key(cache, registration_value(row, order->field));
  guint64 big = GUINT64_TO_BE((guint64)MAX(row->updated, 0));
  return g_bytes_new(&big, sizeof big);
}

static gint compare_items(gconstpointer a, gconstpointer b, gpointer context) {
  const Item *left = a, *right = b;
  const Order *order = context;
  if (!left->key != !right->key) return left->key ? -1 : 1;
  gint by_key = left->key ? g_bytes_compare(left->key, right->key) : 0;
  if (by_key) return order->descending ? -by_key : by_key;
  return left->row < right->row ? -1 : left->row > right->row;
}

typedef struct {
  DeskCache *cache;
  const Order *order;
  GArray *items;
} Collecting;

static gboolean collect(const Registration *registration, void *context) {
  Collecting *collecting = context;
  guint at = desk_sums_place(collecting->cache->people, registration->id);
  Item item = {key_of(collecting->cache, collecting->order, registration), at};
  g_array_append_val(collecting->items, item);
  return TRUE;
}

static Item item_of(const DeskCache *cache, const Order *order, StoreTxn *txn, guint32 row) {
  guint64 id = g_array_index(cache->people, PersonRow, row).id;
  g_autoptr(Registration) registration = registration_get(txn, id, NULL);
  return (Item){registration ? key_of(cache, order, registration) : NULL, row};
}

static void insert(const DeskCache *cache, Order *order, StoreTxn *txn, const Item *item) {
  guint low = 0, high = order->rows->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    Item there = item_of(cache, order, txn, g_array_index(order->rows, guint32, middle));
    if (compare_items(&there, item, order) < 0)
      low = middle + 1;
    else
      high = middle;
    item_done(&there);
  }
  g_array_insert_val(order->rows, low, item->row);
}

/* Take those of `items` out of the order. */
static void take_out(const DeskCache *cache, Order *order, const GArray *items) {
  g_autofree guint8 *out = g_malloc0(cache->people->len);
  for (guint i = 0; i < items->len; i++) out[g_array_index(items, Item, i).row] = 1;
  guint kept = 0;
  for (guint i = 0; i < order->rows->len; i++) {
    guint32 row = g_array_index(order->rows, guint32, i);
    if (!out[row]) g_array_index(order->rows, guint32, kept++) = row;
  }
  g_array_set_size(order->rows, kept);
}

static void put_all(Order *order, GArray *items) {
  g_array_sort_with_data(items, compare_items, order);
  g_array_set_size(order->rows, items->len);
  for (guint i = 0; i < items->len; i++)
    g_array_index(order->rows, guint32, i) = g_array_index(items, Item, i).row;
}

static gboolean order_refresh(DeskCache *cache, Order *order, StoreTxn *txn, GError **error) {
  g_autoptr(GArray) items = items_new();
  Collecting collecting = {cache, order, items};
  StoreMark mark = order->mark;
  if (!registration_changed_since(txn, &mark, collect, &collecting, error)) return FALSE;
  if (items->len > order->rows->len / REBUILD_SHARE) {
    g_array_set_size(items, 0);
    mark = (StoreMark){0, 0};
    if (!registration_changed_since(txn, &mark, collect, &collecting, error)) return FALSE;
    put_all(order, items);
  } else {
    take_out(cache, order, items);
    for (guint i = 0; i < items->len; i++)
      insert(cache, order, txn, &g_array_index(items, Item, i));
  }
  order->mark = mark;
  return TRUE;
}

static Order *order_find(const DeskCache *cache, const CacheWish *wish) {
  for (guint i = 0; i < cache->orders->len; i++) {
    Order *order = cache->orders->pdata[i];
    if (!strcmp(order->field, wish->sort) && order->descending == wish->descending) return order;
  }
  return NULL;
}

static Order *order_new(DeskCache *cache, const CacheWish *wish) {
  Order *order = g_new0(Order, 1);
  order->field = g_strdup(wish->sort);
  order->descending = wish->descending;
  order->rows = g_array_new(FALSE, FALSE, sizeof(guint32));
  if (cache->orders->len == CACHE_ORDERS_MAX) g_ptr_array_remove_index(cache->orders, 0);
  g_ptr_array_add(cache->orders, order);
  return order;
}

/* --- entering --------------------------------------------------------------------------------- */

/* Has the store gone on since `mark`? */
static gboolean is_behind(StoreMark mark, StoreMark now) {
  return now.id > mark.id || now.change > mark.change;
}

static gboolean is_ready(const DeskCache *cache, StoreTxn *txn, const CacheWish *wish) {
  if (wish->parts & CACHE_MAILS && is_behind(cache->mails_mark, message_mark(txn))) return FALSE;
  if (!(wish->parts & CACHE_PEOPLE)) return TRUE;
  StoreMark now = registration_mark(txn);
  if (is_behind(cache->people_mark, now)) return FALSE;
  const Order *order = wish->sort ? order_find(cache, wish) : NULL;
  return !wish->sort || (order && !is_behind(order->mark, now));
}

static gboolean make_ready(DeskCache *cache, StoreTxn *txn, const CacheWish *wish, GError **error) {
  if (wish->parts & CACHE_MAILS && is_behind(cache->mails_mark, message_mark(txn)) &&
      !message_changed_since(txn, &cache->mails_mark, take_mail, cache, error))
    return FALSE;
  if (!(wish->parts & CACHE_PEOPLE)) return TRUE;
  StoreMark now = registration_mark(txn);
  if (is_behind(cache->people_mark, now) &&
      !registration_changed_since(txn, &cache->people_mark, take_person, cache, error))
    return FALSE;
  if (!wish->sort) return TRUE;
  Order *order = order_find(cache, wish);
  if (!order) order = order_new(cache, wish);
  return !is_behind(order->mark, now) || order_refresh(cache, order, txn, error);
}

static void fill_use(CacheUse *use, const CacheWish *wish) {
  use->people = use->cache->people;
  use->mails = use->cache->mails;
  const Order *order = wish->sort ? order_find(use->cache, wish) : NULL;
  use->order = order ? order->rows : NULL;
}

static gboolean enter_shared(CacheUse *use, StoreTxn *txn, const CacheWish *wish) {
  g_rw_lock_reader_lock(&use->cache->lock);
  if (is_ready(use->cache, txn, wish)) return TRUE;
  g_rw_lock_reader_unlock(&use->cache->lock);
  return FALSE;
}

gboolean cache_enter(CacheUse *use, DeskCache *cache, StoreTxn *txn, const CacheWish *wish,
                     GError **error) {
  *use = (CacheUse){.cache = cache ? cache : desk_cache_new(NULL), .own = !cache};
  if (use->own) use->cache->event = wish->event;
  if (!enter_shared(use, txn, wish)) {
    use->alone = TRUE;
    g_rw_lock_writer_lock(&use->cache->lock);
    if (!make_ready(use->cache, txn, wish, error)) {
      cache_leave(use);
      return FALSE;
    }
  }
  fill_use(use, wish);
  return TRUE;
}

void cache_leave(CacheUse *use) {
  if (use->alone)
    g_rw_lock_writer_unlock(&use->cache->lock);
  else
    g_rw_lock_reader_unlock(&use->cache->lock);
  if (use->own) desk_cache_free(use->cache);
}

gboolean desk_cache_warm(DeskCache *cache, StoreTxn *txn, GError **error) {
  const CacheWish wish = {.parts = CACHE_PEOPLE | CACHE_MAILS};
  CacheUse use;
  if (!cache_enter(&use, cache, txn, &wish, error)) return FALSE;
  cache_leave(&use);
  return TRUE;
}

/* --- asking ----------------------------------------------------------------------------------- */

const char *cache_word(const CacheUse *use, const char *word) {
  return g_hash_table_lookup(use->cache->words, word);
}

const PersonRow *cache_person(const CacheUse *use, guint64 id) {
  guint at = desk_sums_place(use->people, id);
  if (at == use->people->len) return NULL;
  const PersonRow *row = &g_array_index(use->people, PersonRow, at);
  return row->id == id ? row : NULL;
}

const MailRow *cache_mail(const CacheUse *use, guint64 id) {
  guint at = desk_sums_place(use->mails, id);
  if (at == use->mails->len) return NULL;
  const MailRow *row = &g_array_index(use->mails, MailRow, at);
  return row->id == id ? row : NULL;
}

const EventSums *cache_sums(const CacheUse *use, const char *event) {
  return g_hash_table_lookup(use->cache->sums, event);
}
