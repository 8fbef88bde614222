/* desk_view - what a person sees: the queue, the participants, the log; searched, sorted, by pages.
 *
 * Searching folds (desk_fold.h): case, accents and width do not matter; every word must occur, in
 * any order, anywhere in what is searched. Sorting is by the rules of the language, French as long
 * as the cache is told no other. */
#pragma once
#include "daemon/config.h"
#include "daemon/event.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/registration.h"

/* What is searched and sorted, in memory; brought up to date from the store at each call, at a cost
 * of what has changed since. Thread-safe: several threads, each with a transaction of its own. NULL
 * may be passed everywhere: the store is read for that call.
 *
 * The first call reads everything. A caller whose transaction is older than what another thread has
 * seen gets the newer order of the rows, and of each row what its own transaction sees. */
typedef struct DeskCache DeskCache;

enum {
  DESK_PAGE_MAX = 1000,        /* rows a call; more are cut to it */
  DESK_SEARCH_MAX_BYTES = 256, /* a longer search is cut at a character */
  DESK_SEARCH_WORDS_MAX = 16   /* words behind them are passed over */
};

/* Borrows both; a configuration that is read anew needs a new cache. */
DeskCache *desk_cache_new(const Config *config);
void desk_cache_free(DeskCache *cache);
/* The language by whose rules values are sorted ("fr", "en", "ja"; at first "fr"). */
void desk_cache_set_language(DeskCache *cache, const char *language);
/* Read what is not read yet, and sort by each of `sorts` (NULL-terminated, may be NULL) what is not
 * sorted yet, so that the next call need not. FALSE: the store cannot be read. */
gboolean desk_cache_warm(DeskCache *cache, StoreTxn *txn, const char *const *sorts, GError **error);
/* Bytes that it holds now, about. */
gsize desk_cache_bytes(DeskCache *cache);

/* Does a mail in this state wait for a person at the desk, and not for its sender or nobody? And
 * how many do. */
gboolean desk_is_todo(const char *state);
guint64 desk_todo_count(StoreTxn *txn);

typedef struct {
  const char *event, *kind; /* NULL or "": any */
  const char *state;   /* NULL or "": any, settled ones too; "open": all that waits; "todo": for
                          a person at the desk */
  const char *search;  /* in sender, subject, reason, event, ids */
  guint offset, count; /* rows to pass over, rows to give */
} QueueFilter;
typedef struct {
  GPtrArray *rows; /* Message*, without extraction; oldest first */
  guint total;     /* that pass the filter */
} QueueRows;
/* NULL: the store cannot be read. */
QueueRows *desk_queue(DeskCache *cache, StoreTxn *txn, const QueueFilter *filter, GError **error);
void queue_rows_free(QueueRows *rows);
/* The id of the first message behind `id` that passes the filter, whether `id` itself still does or
 * not; `id` 0: the first of all. 0: there is none, or the store cannot be read. Offset and count
 * are passed over. */
guint64 desk_queue_next(DeskCache *cache, StoreTxn *txn, const QueueFilter *filter, guint64 id);

typedef struct {
  const char *event, *status; /* NULL or "": any */
  const char *search;         /* in every value, the sender's address, the id */
  const char *sort;           /* field, "id" (NULL, ""), "status", "updated" */
  gboolean descending;        /* rows without a value come last in both directions */
  guint offset, count;
} PeopleFilter;
typedef struct {
  GPtrArray *rows; /* Registration*; equal ones in the order of their ids, turned round likewise */
  guint total;     /* that pass the filter */
} PeopleRows;
/* NULL: the store cannot be read. A `sort` that no registration has sorts by id. */
PeopleRows *desk_people(DeskCache *cache, StoreTxn *txn, const PeopleFilter *filter,
                        GError **error);
void people_rows_free(PeopleRows *rows);

enum { DESK_LOG_READ_MAX = 20000 /* lines that a call looks through */ };
typedef struct {
  const char *search; /* in the text, the word, the message's id; NULL or "": every line */
  guint64 message;    /* of this message alone; 0: of all */
  guint64 before;     /* lines of a smaller sequence; 0: from the newest */
  guint count;        /* lines to give */
} LogFilter;
/* JournalEntry*, newest first; the array frees them. NULL: the store cannot be read. *ret_before:
 * what to pass as `before` for those that follow, 0: there are none. With a search that seldom
 * matches fewer than `count` lines may come, and *ret_before, because DESK_LOG_READ_MAX were looked
 * through. */
GPtrArray *desk_log(StoreTxn *txn, const LogFilter *filter, guint64 *ret_before, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeskCache, desk_cache_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueueRows, queue_rows_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeopleRows, people_rows_free)
