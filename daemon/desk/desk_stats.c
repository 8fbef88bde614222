/* desk_stats - see desk_stats.h. What registrations add up to is kept by desk_sums; here it is put
 * in order, and mails and answers are counted. */
#include "daemon/desk/desk_stats.h"

#include <string.h>

#include "daemon/desk/desk.h"
#include "daemon/desk/desk_cache.h"
#include "store/outbox.h"
#include "store/tally.h"

G_DEFINE_QUARK(stats - error - quark, stats_error)

static void count_free(gpointer data) {
  StatsCount *count = data;
  g_free(count->name);
  g_free(count);
}

static void suggestion_free(gpointer data) {
  Suggestion *suggestion = data;
  g_free(suggestion->text);
  g_free(suggestion->organization);
  g_free(suggestion->field);
  g_free(suggestion);
}

static void group_free(gpointer data) {
  SuggestionGroup *group = data;
  g_free(group->title);
  g_free(group->field);
  g_ptr_array_unref(group->items);
  g_free(group);
}

void event_stats_free(EventStats *stats) {
  if (!stats) return;
  GPtrArray *const lists[] = {stats->by_status, stats->by_organization, stats->by_partner,
                              stats->by_kind_of_mail, stats->suggestions};
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) g_ptr_array_unref(lists[i]);
  g_array_unref(stats->days);
  g_free(stats);
}

static EventStats *stats_new(void) {
  EventStats *stats = g_new0(EventStats, 1);
  stats->by_status = g_ptr_array_new_with_free_func(count_free);
  stats->by_organization = g_ptr_array_new_with_free_func(count_free);
  stats->by_partner = g_ptr_array_new_with_free_func(count_free);
  stats->by_kind_of_mail = g_ptr_array_new_with_free_func(count_free);
  stats->suggestions = g_ptr_array_new_with_free_func(group_free);
  stats->days = g_array_new(FALSE, FALSE, sizeof(StatsDay));
  return stats;
}

/* Put `item` into the sorted `first`, which holds the first `most` of all that were put: nearly all
 * of many are passed over after one look. */
static void put_first(GPtrArray *first, gpointer item, guint most, GCompareFunc compare) {
  guint at = first->len;
  while (at && compare(&item, &first->pdata[at - 1]) < 0) at--;
  if (at == most) return;
  g_ptr_array_insert(first, (gint)at, item);
  if (first->len > most) g_ptr_array_set_size(first, (gint)most);
}

/* --- counts by name --------------------------------------------------------------------------- */

static void add_count(GPtrArray *counts, const char *name, guint count) {
  StatsCount *row = g_new(StatsCount, 1);
  *row = (StatsCount){g_strdup(name), count};
  g_ptr_array_add(counts, row);
}

static gint by_count(gconstpointer a, gconstpointer b) {
  const StatsCount *left = *(StatsCount *const *)a, *right = *(StatsCount *const *)b;
  if (left->count != right->count) return left->count > right->count ? -1 : 1;
  return strcmp(left->name, right->name);
}

static void fill_status(GPtrArray *counts, GHashTable *status) {
  GHashTableIter iter;
  gpointer name, count;
  g_hash_table_iter_init(&iter, status);
  while (g_hash_table_iter_next(&iter, &name, &count))
    add_count(counts, name, GPOINTER_TO_UINT(count));
  g_ptr_array_sort(counts, by_count);
}

static gint by_named_count(gconstpointer a, gconstpointer b) {
  const NamedSum *left = *(NamedSum *const *)a, *right = *(NamedSum *const *)b;
  guint more = left->namings->len, less = right->namings->len;
  return more != less ? (more > less ? -1 : 1) : strcmp(left->key, right->key);
}

static void fill_named(GPtrArray *counts, GHashTable *sums) {
  g_autoptr(GPtrArray) first = g_ptr_array_new();
  GHashTableIter iter;
  gpointer sum;
  g_hash_table_iter_init(&iter, sums);
  while (g_hash_table_iter_next(&iter, NULL, &sum))
    put_first(first, sum, STATS_COUNTS_MAX, by_named_count);
  for (guint i = 0; i < first->len; i++) {
    const NamedSum *named = first->pdata[i];
    add_count(counts, g_array_index(named->namings, Naming, 0).name, named->namings->len);
  }
}

/* --- days ------------------------------------------------------------------------------------- */

static void fill_days(GArray *days, const EventSums *sums) {
  GHashTableIter iter;
  gpointer key;
  gint64 first = G_MAXINT64, last = G_MININT64;
  g_hash_table_iter_init(&iter, sums->days);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    first = MIN(first, (gint64)GPOINTER_TO_SIZE(key));
    last = MAX(last, (gint64)GPOINTER_TO_SIZE(key));
  }
  if (first > last) return;
  for (gint64 day = MAX(first, last - STATS_DAYS_MAX + 1); day <= last; day++) {
    gpointer found = g_hash_table_lookup(sums->days, GSIZE_TO_POINTER((gsize)day));
    StatsDay row = {desk_sums_midnight(sums->event, day), GPOINTER_TO_UINT(found)};
    g_array_append_val(days, row);
  }
}

/* --- suggestions ------------------------------------------------------------------------------ */

typedef struct {
  const Group *group;
  const GroupMember *first;
} Ranked;

/* The larger first; of equal ones, the one that was begun first. */
static gint by_size(gconstpointer a, gconstpointer b) {
  const Ranked *left = *(Ranked *const *)a, *right = *(Ranked *const *)b;
  guint more = left->group->members->len, less = right->group->members->len;
  if (more != less) return more > less ? -1 : 1;
  return desk_groups_compare(&left->first, &right->first);
}

static SuggestionGroup *suggestion_group(const Group *group) {
  SuggestionGroup *told = g_new0(SuggestionGroup, 1);
  g_autoptr(GPtrArray) first = g_ptr_array_new();
  for (guint i = 0; i < group->members->len; i++)
    put_first(first, group->members->pdata[i], STATS_ITEMS_MAX, desk_groups_compare);
  told->title = g_strdup(((const GroupMember *)first->pdata[0])->text);
  told->field = g_strdup(group->field);
  told->count = group->members->len;
  told->items = g_ptr_array_new_with_free_func(suggestion_free);
  for (guint i = 0; i < first->len; i++) {
    const GroupMember *member = first->pdata[i];
    Suggestion *suggestion = g_new0(Suggestion, 1);
    suggestion->text = g_strdup(member->text);
    suggestion->organization = g_strdup(member->organization);
    suggestion->registration = member->registration;
    suggestion->field = g_strdup(group->field);
    g_ptr_array_add(told->items, suggestion);
  }
  return told;
}

static void fill_suggestions(GPtrArray *suggestions, const DeskGroups *groups) {
  const GPtrArray *all = desk_groups_all(groups);
  g_autofree Ranked *ranked = g_new(Ranked, all->len);
  g_autoptr(GPtrArray) first = g_ptr_array_new();
  for (guint i = 0; i < all->len; i++) {
    ranked[i] = (Ranked){all->pdata[i], desk_groups_first(all->pdata[i])};
    put_first(first, &ranked[i], STATS_GROUPS_MAX, by_size);
  }
  for (guint i = 0; i < first->len; i++)
    g_ptr_array_add(suggestions, suggestion_group(((const Ranked *)first->pdata[i])->group));
}

static void fill_sums(EventStats *stats, const EventSums *sums) {
  stats->total = sums->total;
  stats->attending = sums->attending;
  stats->people = g_hash_table_size(sums->people);
  stats->organizations = g_hash_table_size(sums->organizations);
  stats->partners = g_hash_table_size(sums->partners);
  fill_status(stats->by_status, sums->status);
  fill_named(stats->by_organization, sums->organizations);
  fill_named(stats->by_partner, sums->partners);
  fill_days(stats->days, sums);
  fill_suggestions(stats->suggestions, sums->suggestions);
}

/* --- mails and answers ------------------------------------------------------------------------ */

typedef struct {
  EventStats *stats;
  GHashTable *kinds; /* char* → guint */
} MailCounting;

static gboolean count_mails(const TallyRow *row, void *context) {
  const MailCounting *counting = context;
  guint before = GPOINTER_TO_UINT(g_hash_table_lookup(counting->kinds, row->kind));
  guint count = (guint)MIN(row->messages, G_MAXINT);
  g_hash_table_insert(counting->kinds, g_strdup(row->kind), GUINT_TO_POINTER(before + count));
  if (!strcmp(row->kind, "bounce")) counting->stats->bounced += count;
  if (strcmp(row->state, "settled") != 0) counting->stats->waiting += count;
  if (desk_is_todo(row->state)) counting->stats->todo += count;
  return TRUE;
}

static gboolean fill_mails(EventStats *stats, StoreTxn *txn, const Event *event, GError **error) {
  g_autoptr(GHashTable) kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  MailCounting counting = {stats, kinds};
  if (!tally_foreach(txn, event->id, count_mails, &counting, error)) return FALSE;
  fill_status(stats->by_kind_of_mail, kinds);
  return TRUE;
}

static void keep_oldest(gint64 *oldest, gint64 time) {
  if (!*oldest || time < *oldest) *oldest = time;
}

static void find_oldest(EventStats *stats, const CacheUse *use, const Event *event) {
  const char *id = cache_word(use, event->id), *settled = cache_word(use, "settled");
  for (guint i = 0; id && i < use->mails->len; i++) {
    const MailRow *row = &g_array_index(use->mails, MailRow, i);
    if (row->event != id || row->state == settled) continue;
    keep_oldest(&stats->oldest_waiting, row->received);
    if (desk_is_todo(row->state)) keep_oldest(&stats->oldest_todo, row->received);
  }
}

typedef struct {
  EventStats *stats;
  const CacheUse *use;
  const char *event; /* as the rows have it */
  guint looked_at;
} AnswerCounting;

static gboolean is_of_event(const AnswerCounting *counting, const OutboxEntry *entry) {
  const PersonRow *person = cache_person(counting->use, entry->registration);
  if (person) return person->event == counting->event;
  const MailRow *mail = cache_mail(counting->use, entry->message);
  return mail && mail->event == counting->event;
}

static gboolean count_answer(const OutboxEntry *entry, void *context) {
  AnswerCounting *counting = context;
  if (!is_of_event(counting, entry)) return ++counting->looked_at < STATS_OUTBOX_MAX;
  if (desk_is_held(entry))
    counting->stats->outbox_held++;
  else if (!strcmp(entry->state, "failed"))
    counting->stats->outbox_failed++;
  else
    counting->stats->outbox_open++;
  return ++counting->looked_at < STATS_OUTBOX_MAX;
}

/* Each state by its index: what is sent costs nothing. */
static gboolean fill_answers(EventStats *stats, const CacheUse *use, StoreTxn *txn,
                             const Event *event, GError **error) {
  static const char *const states[] = {"ready", "sending", "delayed", "deferred", "failed"};
  AnswerCounting counting = {stats, use, cache_word(use, event->id), 0};
  gboolean done = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(states) && done && counting.event; i++)
    done = outbox_foreach(txn, states[i], count_answer, &counting, error);
  return done;
}

EventStats *desk_stats(DeskCache *cache, StoreTxn *txn, const Event *event, GError **error) {
  const CacheWish wish = {.parts = CACHE_PEOPLE | CACHE_MAILS, .event = event};
  CacheUse use;
  if (!cache_enter(&use, cache, txn, &wish, error)) return NULL;
  EventStats *stats = stats_new();
  const EventSums *sums = cache_sums(&use, event->id);
  if (sums) fill_sums(stats, sums);
  find_oldest(stats, &use, event);
  gboolean done =
      fill_mails(stats, txn, event, error) && fill_answers(stats, &use, txn, event, error);
  cache_leave(&use);
  if (!done) g_clear_pointer(&stats, event_stats_free);
  return stats;
}
