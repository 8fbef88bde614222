/* desk_stats - the figures of an event, what its participants suggest, which bodies have answered.
 *
 * Bodies are the same whose names are, folded, without punctuation and without what stands before a
 * town ("Ville de", "Mairie de", "Commune de", "City of", …): each stands under the name that was
 * written first. Suggestions are fields with `suggestion: true`, a line each; those that are equal
 * or nearly so (most of their words) stand together. */
#pragma once
#include "daemon/desk/desk_view.h"

enum {
  STATS_COUNTS_MAX = 500,           /* names of a list, the most frequent ones */
  STATS_DAYS_MAX = 3660,            /* the last ten years of answers */
  STATS_GROUPS_MAX = 500,           /* groups of suggestions, the largest ones */
  STATS_ITEMS_MAX = 50,             /* suggestions that are told of one group */
  STATS_SUGGESTION_MAX_CHARS = 500, /* a longer one is cut, with an ellipsis */
  STATS_SUGGESTIONS_MAX = 40,       /* lines that are taken of one value */
  STATS_OUTBOX_MAX = 20000          /* answers that are looked at: on their way, held or failed */
};

typedef struct {
  char *name;
  guint count;
} StatsCount;
typedef struct {
  gint64 day; /* midnight in the event's zone */
  guint answers;
} StatsDay;
typedef struct {
  char *text;         /* as written, one line */
  char *organization; /* of who wrote it; "" if unknown */
  guint64 registration;
  char *field;
} Suggestion;
typedef struct {
  char *title; /* as first written */
  char *field;
  guint count;      /* suggestions in the group */
  GPtrArray *items; /* Suggestion*, in the order of the registrations, at most STATS_ITEMS_MAX */
} SuggestionGroup;
typedef struct {
  guint total;                   /* registrations, whatever their status */
  guint attending;               /* of them: registered, and not declined */
  guint people;                  /* of all: different people, by address and name */
  guint organizations, partners; /* different ones of registrations that are not cancelled */
  GPtrArray *by_status;          /* StatsCount*, most first; equal ones by name */
  GPtrArray *by_organization;    /* of registrations that are not cancelled */
  GPtrArray *by_partner;         /* of the same */
  GPtrArray *by_kind_of_mail;    /* mails of the event, by kind */
  GArray *days;                  /* StatsDay, first to last answer without gaps */
  GPtrArray *suggestions;        /* SuggestionGroup*, largest first; of not cancelled ones */
  guint outbox_open, outbox_held, outbox_failed; /* answers on their way, held, given up */
  guint bounced;                                 /* delivery reports that came back */
  guint waiting;                                 /* mails of the event that are not settled */
  gint64 oldest_waiting; /* when the oldest of them came, seconds since 1970; 0: none */
  guint todo;            /* those of them that wait for a person at the desk */
  gint64 oldest_todo;    /* the same of these */
} EventStats;

/* NULL: the store cannot be read. */
EventStats *desk_stats(DeskCache *cache, StoreTxn *txn, const Event *event, GError **error);
void event_stats_free(EventStats *stats);

enum {
  ORGANIZATIONS_MAX_BYTES = 4 << 20, /* of a list */
  ORGANIZATIONS_MAX = 50000          /* names of a list */
};
typedef enum {
  STATS_ERROR_LIST, /* the list is too long, no UTF-8, or has no name in it */
  STATS_ERROR_EVENT /* the event has no field with the role organization */
} StatsError;
#define STATS_ERROR (stats_error_quark())
GQuark stats_error_quark(void);

typedef struct {
  char *name;           /* as the list has it; without one, as first written */
  gboolean answered;    /* a registration names it, whatever its status */
  guint64 registration; /* the first that does; 0: none */
} OrganizationAnswer;
/* OrganizationAnswer*, in the order of the list, each name once; the array frees them. `csv` (RFC
 * 4180; UTF-8, with or without a byte order mark, or Windows-1252): cells by "," or ";" or tab, as
 * in its first line; the column headed organization, organisation, organisme, collectivité, nom or
 * name, else the first, which then has no heading. NULL: those that answered, by name. NULL with
 * STATS_ERROR, or the store's error. */
GPtrArray *desk_organizations(StoreTxn *txn, const Event *event, const char *csv, gsize size,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventStats, event_stats_free)
