/* desk_cache - what is searched, sorted and counted, in memory (desk_view.h); for desk_view and
 * desk_stats alone.
 *
 * A call enters with its transaction: what has changed since the last one is read, under a lock
 * that shuts others out; who finds all up to date shares it. A caller without a cache gets one that
 * lives as long as the call. A registration with its mail costs about 900 bytes, with what it adds
 * to the figures; of its text at most CACHE_TEXT_MAX_BYTES: what is longer, or beyond
 * CACHE_TEXTS_MAX_BYTES in all, is read from the store whenever it is searched. An order costs
 * about 70 bytes a row (desk_order.h). */
#pragma once
#include "daemon/desk/desk_order.h"
#include "daemon/desk/desk_sums.h"
#include "daemon/desk/desk_view.h"

enum {
  CACHE_TEXT_MAX_BYTES = 4 << 10,    /* of a row */
  CACHE_TEXTS_MAX_BYTES = 512 << 20, /* of all rows */
  CACHE_ORDERS_MAX = 16,             /* the first that was made goes */
  CACHE_SORT_MAX_CHARS = 200         /* of a value, that count for its place */
};

typedef struct {
  guint64 id;
  const char *event, *status; /* by address: cache_word */
  char *text;                 /* folded; NULL: to be read */
  EventSums *sums;            /* of its event; NULL: it is configured no more */
  SumsRow *added;             /* what the row has added to them */
} PersonRow;

typedef struct {
  guint64 id;
  gint64 received;
  const char *event, *state, *kind; /* by address */
  char *text;
} MailRow;

typedef enum { CACHE_PEOPLE = 1 << 0, CACHE_MAILS = 1 << 1 } CachePart;

typedef enum { CACHE_OUTSIDE, CACHE_SHARED, CACHE_ALONE } CacheHold;

/* A cache between cache_enter and cache_leave: what is read of it stays as it is. */
typedef struct {
  DeskCache *cache;
  const GArray *people;   /* PersonRow, by id */
  const GArray *mails;    /* MailRow, by id */
  const DeskOrder *order; /* of the people; NULL: by id */
  gboolean own;
  CacheHold in_people, in_mails;
} CacheUse;

typedef struct {
  guint parts;        /* CacheParts */
  const char *sort;   /* of the people; NULL: by id */
  const Event *event; /* for a call without a cache: whose sums are wanted; NULL: none */
} CacheWish;

/* FALSE: the store cannot be read, and nothing was entered. `cache` NULL: one for this call. */
gboolean cache_enter(CacheUse *use, DeskCache *cache, StoreTxn *txn, const CacheWish *wish,
                     GError **error);
void cache_leave(CacheUse *use);
/* The address that the rows have for this word; NULL: no row has it. */
const char *cache_word(const CacheUse *use, const char *word);
/* The row of an id; NULL: none. */
const PersonRow *cache_person(const CacheUse *use, guint64 id);
const MailRow *cache_mail(const CacheUse *use, guint64 id);
/* Of an event; NULL: nobody is registered for it. */
const EventSums *cache_sums(const CacheUse *use, const char *event);

/* What is searched of a record, folded. The caller frees. */
char *cache_person_text(const Registration *registration);
char *cache_mail_text(const Message *message);
