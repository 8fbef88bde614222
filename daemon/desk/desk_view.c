/* desk_view - see desk_view.h. What is shown is read from the caller's transaction; which rows they
 * are, the cache tells. */
#include "daemon/desk/desk_view.h"

#include <string.h>

#include "daemon/desk/desk_cache.h"
#include "daemon/desk/desk_fold.h"

static char **words_of(const char *search) {
  return desk_fold_words(search, DESK_SEARCH_MAX_BYTES, DESK_SEARCH_WORDS_MAX);
}

/* A filter's word as the rows have it; *ret_none: no row has it. */
static const char *wanted(const CacheUse *use, const char *word, gboolean *ret_none) {
  if (!word || !*word) return NULL;
  const char *known = cache_word(use, word);
  if (!known) *ret_none = TRUE;
  return known;
}

static const char *const todo_states[] = {"review", "unreadable"};

gboolean desk_is_todo(const char *state) {
  for (gsize i = 0; i < G_N_ELEMENTS(todo_states); i++)
    if (!strcmp(todo_states[i], state)) return TRUE;
  return FALSE;
}

guint64 desk_todo_count(StoreTxn *txn) {
  guint64 count = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(todo_states); i++) count += message_count(txn, todo_states[i]);
  return count;
}

/* --- the queue -------------------------------------------------------------------------------- */

typedef struct {
  StoreTxn *txn;
  const char *event, *state, *kind; /* as the rows have them; NULL: any */
  const char *settled;              /* "open": any but this one */
  gboolean todo, none;
  char **words;
} MailTest;

static void mail_test_init(MailTest *test, const CacheUse *use, StoreTxn *txn,
                           const QueueFilter *filter) {
  gboolean open = !g_strcmp0(filter->state, "open");
  *test = (MailTest){.txn = txn, .todo = !g_strcmp0(filter->state, "todo")};
  test->event = wanted(use, filter->event, &test->none);
  test->kind = wanted(use, filter->kind, &test->none);
  test->state = open || test->todo ? NULL : wanted(use, filter->state, &test->none);
  test->settled = open ? cache_word(use, "settled") : NULL;
  test->words = words_of(filter->search);
}

static gboolean mail_has_words(const MailTest *test, const MailRow *row) {
  if (!test->words || row->text) return desk_fold_has(row->text ? row->text : "", test->words);
  g_autoptr(Message) message = message_get(test->txn, row->id, NULL);
  g_autofree char *text = message ? cache_mail_text(message) : g_strdup("");
  return desk_fold_has(text, test->words);
}

static gboolean mail_passes(const MailTest *test, const MailRow *row) {
  if (test->none || (test->settled && row->state == test->settled)) return FALSE;
  if (test->todo && !desk_is_todo(row->state)) return FALSE;
  return (!test->event || row->event == test->event) &&
         (!test->state || row->state == test->state) && (!test->kind || row->kind == test->kind) &&
         mail_has_words(test, row);
}

/* The ids that are asked for; *ret_total: how many pass. */
static GArray *mail_ids(const CacheUse *use, StoreTxn *txn, const QueueFilter *filter,
                        guint *ret_total) {
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  guint count = MIN(filter->count, DESK_PAGE_MAX);
  MailTest test;
  mail_test_init(&test, use, txn, filter);
  *ret_total = 0;
  for (guint i = 0; i < use->mails->len; i++) {
    const MailRow *row = &g_array_index(use->mails, MailRow, i);
    if (!mail_passes(&test, row)) continue;
    if (*ret_total >= filter->offset && ids->len < count) g_array_append_val(ids, row->id);
    ++*ret_total;
  }
  g_strfreev(test.words);
  return ids;
}

static void bare_message_free(gpointer message) {
  message_free(message);
}

QueueRows *desk_queue(DeskCache *cache, StoreTxn *txn, const QueueFilter *filter, GError **error) {
  const CacheWish wish = {.parts = CACHE_MAILS};
  CacheUse use;
  if (!cache_enter(&use, cache, txn, &wish, error)) return NULL;
  QueueRows *rows = g_new0(QueueRows, 1);
  rows->rows = g_ptr_array_new_with_free_func(bare_message_free);
  g_autoptr(GArray) ids = mail_ids(&use, txn, filter, &rows->total);
  cache_leave(&use);
  for (guint i = 0; i < ids->len; i++) {
    /* What a newer transaction than ours has brought is not there for us yet. */
    Message *message = message_get(txn, g_array_index(ids, guint64, i), NULL);
    if (!message) continue;
    g_clear_pointer(&message->extraction, g_bytes_unref);
    g_ptr_array_add(rows->rows, message);
  }
  return rows;
}

void queue_rows_free(QueueRows *rows) {
  if (!rows) return;
  g_ptr_array_unref(rows->rows);
  g_free(rows);
}

guint64 desk_queue_next(DeskCache *cache, StoreTxn *txn, const QueueFilter *filter, guint64 id) {
  const CacheWish wish = {.parts = CACHE_MAILS};
  CacheUse use;
  if (!cache_enter(&use, cache, txn, &wish, NULL)) return 0;
  MailTest test;
  mail_test_init(&test, &use, txn, filter);
  guint64 next = 0;
  for (guint i = 0; i < use.mails->len && !next; i++) {
    const MailRow *row = &g_array_index(use.mails, MailRow, i);
    if (row->id > id && mail_passes(&test, row)) next = row->id;
  }
  g_strfreev(test.words);
  cache_leave(&use);
  return next;
}

/* --- the participants ------------------------------------------------------------------------- */

typedef struct {
  StoreTxn *txn;
  const char *event, *status;
  gboolean none;
  char **words;
  GPtrArray *numbers; /* char*, of each word; NULL: it is none */
} PersonTest;

static void person_test_init(PersonTest *test, const CacheUse *use, StoreTxn *txn,
                             const PeopleFilter *filter) {
  *test = (PersonTest){.txn = txn,
                       .words = words_of(filter->search),
                       .numbers = g_ptr_array_new_with_free_func(g_free)};
  for (char **word = test->words; word && *word; word++)
    g_ptr_array_add(test->numbers, desk_fold_number(*word));
  test->event = wanted(use, filter->event, &test->none);
  test->status = wanted(use, filter->status, &test->none);
}

static void person_test_clear(PersonTest *test) {
  g_strfreev(test->words);
  g_ptr_array_unref(test->numbers);
}

static gboolean text_has_words(const PersonTest *test, const char *text) {
  for (guint i = 0; i < test->numbers->len; i++) {
    const char *number = test->numbers->pdata[i];
    if (!strstr(text, test->words[i]) && !(number && strstr(text, number))) return FALSE;
  }
  return TRUE;
}

static gboolean person_has_words(const PersonTest *test, const PersonRow *row) {
  if (!test->words || row->text) return !test->words || text_has_words(test, row->text);
  g_autoptr(Registration) registration = registration_get(test->txn, row->id, NULL);
  g_autofree char *text = registration ? cache_person_text(registration) : g_strdup("");
  return text_has_words(test, text);
}

static gboolean person_passes(const PersonTest *test, const PersonRow *row) {
  return !test->none && (!test->event || row->event == test->event) &&
         (!test->status || row->status == test->status) && person_has_words(test, row);
}

/* One byte a row: does it pass? In the order that memory has them, which is quicker than theirs. */
static guint8 *test_all(const CacheUse *use, StoreTxn *txn, const PeopleFilter *filter,
                        guint *ret_total) {
  guint8 *passes = g_malloc0(use->people->len ? use->people->len : 1);
  PersonTest test;
  person_test_init(&test, use, txn, filter);
  *ret_total = 0;
  for (guint i = 0; i < use->people->len; i++) {
    passes[i] = person_passes(&test, &g_array_index(use->people, PersonRow, i)) ? 1 : 0;
    *ret_total += passes[i];
  }
  person_test_clear(&test);
  return passes;
}

/* The row that stands at place `at`. */
static guint row_at(const CacheUse *use, const PeopleFilter *filter, guint at) {
  if (use->order) return desk_order_row(use->order, at, filter->descending);
  return filter->descending ? use->people->len - 1 - at : at;
}

static GArray *person_ids(const CacheUse *use, StoreTxn *txn, const PeopleFilter *filter,
                          guint *ret_total) {
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  g_autofree guint8 *passes = test_all(use, txn, filter, ret_total);
  guint places = use->order ? desk_order_count(use->order) : use->people->len, passed = 0;
  guint count = MIN(filter->count, DESK_PAGE_MAX);
  for (guint i = 0; i < places && ids->len < count; i++) {
    guint row = row_at(use, filter, i);
    if (!passes[row] || passed++ < filter->offset) continue;
    g_array_append_val(ids, g_array_index(use->people, PersonRow, row).id);
  }
  return ids;
}

PeopleRows *desk_people(DeskCache *cache, StoreTxn *txn, const PeopleFilter *filter,
                        GError **error) {
  gboolean by_id = !filter->sort || !*filter->sort || !strcmp(filter->sort, "id");
  const CacheWish wish = {.parts = CACHE_PEOPLE, .sort = by_id ? NULL : filter->sort};
  CacheUse use;
  if (!cache_enter(&use, cache, txn, &wish, error)) return NULL;
  PeopleRows *rows = g_new0(PeopleRows, 1);
  rows->rows = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  g_autoptr(GArray) ids = person_ids(&use, txn, filter, &rows->total);
  cache_leave(&use);
  for (guint i = 0; i < ids->len; i++) {
    Registration *row = registration_get(txn, g_array_index(ids, guint64, i), NULL);
    if (row) g_ptr_array_add(rows->rows, row);
  }
  return rows;
}

void people_rows_free(PeopleRows *rows) {
  if (!rows) return;
  g_ptr_array_unref(rows->rows);
  g_free(rows);
}

/* --- the log ---------------------------------------------------------------------------------- */

typedef struct {
  char **words;
  guint count, looked_at;
  GPtrArray *entries;
  guint64 before; /* sequence of the last that was looked at, where lines are left */
} LogSearch;

static void entry_free(gpointer data) {
  JournalEntry *entry = data;
  g_free(entry->what);
  g_free(entry->text);
  g_free(entry);
}

static gboolean line_has_words(const JournalEntry *entry, char *const *words) {
  if (!words) return TRUE;
  g_autofree char *line =
      g_strdup_printf("%" G_GUINT64_FORMAT "\n%s\n%s", entry->message, entry->what, entry->text);
  g_autofree char *folded = desk_fold(line);
  return desk_fold_has(folded, words);
}

static gboolean look_at_line(const JournalEntry *entry, void *context) {
  LogSearch *search = context;
  if (search->entries->len == search->count || search->looked_at == DESK_LOG_READ_MAX) {
    search->before = entry->sequence + 1; /* this one is left */
    return FALSE;
  }
  search->looked_at++;
  if (!line_has_words(entry, search->words)) return TRUE;
  JournalEntry *copy = g_new(JournalEntry, 1);
  *copy = *entry;
  copy->what = g_strdup(entry->what);
  copy->text = g_strdup(entry->text);
  g_ptr_array_add(search->entries, copy);
  return TRUE;
}

GPtrArray *desk_log(StoreTxn *txn, const LogFilter *filter, guint64 *ret_before, GError **error) {
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);
  LogSearch search = {.words = words_of(filter->search),
                      .count = CLAMP(filter->count, 1, DESK_PAGE_MAX),
                      .entries = entries};
  gboolean read =
      journal_foreach_back(txn, filter->before, filter->message, look_at_line, &search, error);
  g_strfreev(search.words);
  if (!read) return NULL;
  *ret_before = search.before;
  return g_steal_pointer(&entries);
}
