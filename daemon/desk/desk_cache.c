/* desk_cache - see desk_cache.h.
 *
 * Each part has a mark of its own in the store's sequence of changes, and a lock: nobody who looks
 * at the mails waits until the people are read. A transaction that is behind a part's mark takes it
 * as it is. So nothing ever goes back to an older state. */
#include "daemon/desk/desk_cache.h"

#include <string.h>

#include "daemon/desk/desk_fold.h"

enum { PHONE_MIN_DIGITS = 8 }; /* of E.164 */

typedef struct {
  DeskOrder *rows;
  StoreMark born;  /* the store as it was when its rows were read */
  gboolean behind; /* that was older than the people are */
} Order;

struct DeskCache {
  const Config *config; /* NULL: of one call */
  const Event *event;   /* of that call; NULL: no sums */
  GMutex words_lock;    /* guards words and text_bytes */
  GHashTable *words;    /* char*, each once */
  gsize text_bytes;
  GRWLock mails_lock; /* guards the mails; taken after people_lock */
  GArray *mails;
  StoreMark mails_mark;
  GRWLock people_lock; /* guards what follows */
  GArray *people;
  StoreMark people_mark;
  GPtrArray *orders; /* Order*, as they were made; each has a row for all the people */
  GHashTable *sums;  /* event's id → EventSums */
  DeskCollator *collator;
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
  desk_order_free(order->rows);
  g_free(order);
}

static void sums_free(gpointer data) {
  desk_sums_free(data);
}

DeskCache *desk_cache_new(const Config *config) {
  DeskCache *cache = g_new0(DeskCache, 1);
  cache->config = config;
  g_mutex_init(&cache->words_lock);
  g_rw_lock_init(&cache->mails_lock);
  g_rw_lock_init(&cache->people_lock);
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
  g_rw_lock_clear(&cache->people_lock);
  g_rw_lock_clear(&cache->mails_lock);
  g_mutex_clear(&cache->words_lock);
  g_free(cache);
}

void desk_cache_set_language(DeskCache *cache, const char *language) {
  g_rw_lock_writer_lock(&cache->people_lock);
  desk_collator_free(cache->collator);
  cache->collator = desk_collator_new(language);
  g_ptr_array_set_size(cache->orders, 0);
  g_rw_lock_writer_unlock(&cache->people_lock);
}

gsize desk_cache_bytes(DeskCache *cache) {
  g_rw_lock_reader_lock(&cache->people_lock);
  g_rw_lock_reader_lock(&cache->mails_lock);
  g_mutex_lock(&cache->words_lock);
  gsize bytes = cache->text_bytes + cache->people->len * sizeof(PersonRow) +
                cache->mails->len * sizeof(MailRow);
  g_mutex_unlock(&cache->words_lock);
  for (guint i = 0; i < cache->orders->len; i++)
    bytes += desk_order_bytes(((const Order *)cache->orders->pdata[i])->rows);
  g_rw_lock_reader_unlock(&cache->mails_lock);
  g_rw_lock_reader_unlock(&cache->people_lock);
  return bytes;
}

/* --- rows ------------------------------------------------------------------------------------- */

static const char *intern(DeskCache *cache, const char *word) {
  g_mutex_lock(&cache->words_lock);
  char *known = g_hash_table_lookup(cache->words, word);
  if (!known) {
    known = g_strdup(word);
    g_hash_table_add(cache->words, known);
  }
  g_mutex_unlock(&cache->words_lock);
  return known;
}

static void fold_into(GString *text, const char *part) {
  g_autofree char *folded = desk_fold(part);
  g_string_append(text, folded);
  g_string_append_c(text, '\n'); /* no word of a search has one: none goes across */
}

/* "+33612345678" is 0612345678 to whoever searches: behind a country code of two or three digits.
 */
static void add_national(GString *text, const char *value) {
  gsize digits = *value == '+' ? strspn(value + 1, "0123456789") : 0;
  if (digits < PHONE_MIN_DIGITS || value[1 + digits]) return;
  g_string_append_printf(text, "0%s\n0%s\n", value + 3, value + 4);
}

char *cache_person_text(const Registration *registration) {
  GString *text = g_string_sized_new(256);
  g_string_append_printf(text, "%" G_GUINT64_FORMAT "\n", registration->id);
  fold_into(text, registration->sender);
  for (guint i = 0; i < registration->fields->len; i++) {
    const char *value = ((const StoreField *)registration->fields->pdata[i])->value;
    fold_into(text, value);
    add_national(text, value);
  }
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
  gsize before = *at ? strlen(*at) + 1 : 0, size = text ? strlen(text) + 1 : 0;
  g_free(*at);
  g_mutex_lock(&cache->words_lock);
  cache->text_bytes -= before;
  gboolean fits = size <= CACHE_TEXT_MAX_BYTES && cache->text_bytes + size <= CACHE_TEXTS_MAX_BYTES;
  if (fits) cache->text_bytes += size;
  g_mutex_unlock(&cache->words_lock);
  *at = fits ? g_memdup2(text, size) : NULL;
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

/* --- orders ----------------------------------------------------------------------------------- */

static char *text_key(const DeskCache *cache, const char *value) {
  if (!value || !*value) return NULL;
  g_autofree char *valid = g_utf8_make_valid(value, -1);
  g_autofree char *head =
      g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), CACHE_SORT_MAX_CHARS));
  return desk_collator_key(cache->collator, head);
}

static char *key_of(const DeskCache *cache, const char *field, const Registration *row) {
  if (!strcmp(field, "status")) return text_key(cache, row->status);
  if (strcmp(field, "updated") != 0) return text_key(cache, registration_value(row, field));
  return g_strdup_printf("%016" G_GINT64_MODIFIER "x", (guint64)MAX(row->updated, 0));
}

/* row NULL: it is not there for us. */
static void take_key(const DeskCache *cache, const Order *order, guint at,
                     const Registration *row) {
  const char *field = desk_order_field(order->rows);
  desk_order_take(order->rows, at, row ? key_of(cache, field, row) : NULL);
}

/* --- what changed ----------------------------------------------------------------------------- */

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
  for (guint i = 0; i < cache->orders->len; i++)
    take_key(cache, cache->orders->pdata[i], at, registration);
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

static gboolean read_mails(DeskCache *cache, StoreTxn *txn, GError **error) {
  return message_changed_since(txn, &cache->mails_mark, take_mail, cache, error);
}

static gboolean read_people(DeskCache *cache, StoreTxn *txn, GError **error) {
  return registration_changed_since(txn, &cache->people_mark, take_person, cache, error);
}

static Order *order_find(const DeskCache *cache, const char *sort) {
  for (guint i = 0; i < cache->orders->len; i++) {
    Order *order = cache->orders->pdata[i];
    if (!strcmp(desk_order_field(order->rows), sort)) return order;
  }
  return NULL;
}

/* Has the store gone on since `mark`? */
static gboolean is_behind(StoreMark mark, StoreMark now) {
  return now.id > mark.id || now.change > mark.change;
}

/* One more order, which knows nobody yet. */
static Order *order_add(DeskCache *cache, const char *sort) {
  if (cache->orders->len == CACHE_ORDERS_MAX) g_ptr_array_remove_index(cache->orders, 0);
  Order *order = g_new0(Order, 1);
  order->rows = desk_order_new(sort);
  g_ptr_array_add(cache->orders, order);
  return order;
}

/* The order with a row for everybody that is read: one that is new learns of them now. */
static Order *order_of(DeskCache *cache, StoreTxn *txn, const char *sort) {
  Order *order = order_find(cache, sort);
  if (order) return order;
  order = order_add(cache, sort);
  order->born = registration_mark(txn);
  order->behind = is_behind(order->born, cache->people_mark);
  for (guint i = 0; i < cache->people->len; i++) {
    guint64 id = g_array_index(cache->people, PersonRow, i).id;
    g_autoptr(Registration) registration = registration_get(txn, id, NULL);
    take_key(cache, order, i, registration);
  }
  return order;
}

typedef struct {
  DeskCache *cache;
  const Order *order;
} CatchingUp;

static gboolean take_late_key(const Registration *registration, void *context) {
  const CatchingUp *late = context;
  guint at = desk_sums_place(late->cache->people, registration->id);
  take_key(late->cache, late->order, at, registration);
  return TRUE;
}

/* An order that was born of an older transaction than the people were read by: what changed between
 * the two, as soon as a transaction comes that knows it. */
static gboolean order_catch_up(DeskCache *cache, Order *order, StoreTxn *txn, GError **error) {
  if (!order->behind || is_behind(registration_mark(txn), cache->people_mark)) return TRUE;
  CatchingUp late = {cache, order};
  if (!registration_changed_since(txn, &order->born, take_late_key, &late, error)) return FALSE;
  order->behind = FALSE;
  return TRUE;
}

/* --- entering --------------------------------------------------------------------------------- */

static gboolean mails_ready(const DeskCache *cache, StoreTxn *txn) {
  return !is_behind(cache->mails_mark, message_mark(txn));
}

static gboolean people_ready(const DeskCache *cache, StoreTxn *txn, const char *sort) {
  const Order *order = sort ? order_find(cache, sort) : NULL;
  return !is_behind(cache->people_mark, registration_mark(txn)) &&
         (!sort || (order && !order->behind && desk_order_is_settled(order->rows)));
}

static gboolean make_people_ready(DeskCache *cache, StoreTxn *txn, const char *sort,
                                  GError **error) {
  Order *order = sort ? order_of(cache, txn, sort) : NULL;
  if (is_behind(cache->people_mark, registration_mark(txn)) && !read_people(cache, txn, error))
    return FALSE;
  if (!order) return TRUE;
  if (!order_catch_up(cache, order, txn, error)) return FALSE;
  desk_order_settle(order->rows);
  return TRUE;
}

/* Shared, where it is ready; else alone. */
static gboolean enter_people(CacheUse *use, StoreTxn *txn, const char *sort, GError **error) {
  GRWLock *lock = &use->cache->people_lock;
  g_rw_lock_reader_lock(lock);
  use->in_people = CACHE_SHARED;
  if (people_ready(use->cache, txn, sort)) return TRUE;
  g_rw_lock_reader_unlock(lock);
  g_rw_lock_writer_lock(lock);
  use->in_people = CACHE_ALONE;
  return make_people_ready(use->cache, txn, sort, error);
}

static gboolean enter_mails(CacheUse *use, StoreTxn *txn, GError **error) {
  GRWLock *lock = &use->cache->mails_lock;
  g_rw_lock_reader_lock(lock);
  use->in_mails = CACHE_SHARED;
  if (mails_ready(use->cache, txn)) return TRUE;
  g_rw_lock_reader_unlock(lock);
  g_rw_lock_writer_lock(lock);
  use->in_mails = CACHE_ALONE;
  return mails_ready(use->cache, txn) || read_mails(use->cache, txn, error);
}

gboolean cache_enter(CacheUse *use, DeskCache *cache, StoreTxn *txn, const CacheWish *wish,
                     GError **error) {
  *use = (CacheUse){.cache = cache ? cache : desk_cache_new(NULL), .own = !cache};
  if (use->own) use->cache->event = wish->event;
  if ((wish->parts & CACHE_PEOPLE && !enter_people(use, txn, wish->sort, error)) ||
      (wish->parts & CACHE_MAILS && !enter_mails(use, txn, error))) {
    cache_leave(use);
    return FALSE;
  }
  use->people = use->cache->people;
  use->mails = use->cache->mails;
  const Order *order = wish->sort ? order_find(use->cache, wish->sort) : NULL;
  use->order = order ? order->rows : NULL;
  return TRUE;
}

static void leave(GRWLock *lock, CacheHold hold) {
  if (hold == CACHE_ALONE) g_rw_lock_writer_unlock(lock);
  if (hold == CACHE_SHARED) g_rw_lock_reader_unlock(lock);
}

void cache_leave(CacheUse *use) {
  leave(&use->cache->mails_lock, use->in_mails);
  leave(&use->cache->people_lock, use->in_people);
  if (use->own) desk_cache_free(use->cache);
}

static gboolean warm_people(DeskCache *cache, StoreTxn *txn, const char *const *sorts,
                            GError **error) {
  for (guint i = 0; sorts && sorts[i] && i < CACHE_ORDERS_MAX; i++) order_of(cache, txn, sorts[i]);
  gboolean good = make_people_ready(cache, txn, NULL, error);
  for (guint i = 0; i < cache->orders->len && good; i++) {
    Order *order = cache->orders->pdata[i];
    good = order_catch_up(cache, order, txn, error);
    desk_order_settle(order->rows);
  }
  return good;
}

/* The mails first: a person begins with the queue. */
gboolean desk_cache_warm(DeskCache *cache, StoreTxn *txn, const char *const *sorts,
                         GError **error) {
  const CacheWish mails = {.parts = CACHE_MAILS};
  CacheUse use;
  if (!cache_enter(&use, cache, txn, &mails, error)) return FALSE;
  cache_leave(&use);
  g_rw_lock_writer_lock(&cache->people_lock);
  gboolean good = warm_people(cache, txn, sorts, error);
  g_rw_lock_writer_unlock(&cache->people_lock);
  return good;
}

/* --- asking ----------------------------------------------------------------------------------- */

const char *cache_word(const CacheUse *use, const char *word) {
  g_mutex_lock(&use->cache->words_lock);
  const char *known = g_hash_table_lookup(use->cache->words, word);
  g_mutex_unlock(&use->cache->words_lock);
  return known;
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
