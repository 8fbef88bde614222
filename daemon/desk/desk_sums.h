/* desk_sums - the figures of one event's registrations, kept by adding and taking away single ones.
 *
 * So that they cost what has changed, not what is there. */
#pragma once
#include "daemon/desk/desk_groups.h"
#include "daemon/event.h"
#include "store/registration.h"

/* One registration's name of a body or a partner. */
typedef struct {
  guint64 id;
  char *name;
} Naming;

/* A body or a partner, with those that name it. */
typedef struct {
  char *key;       /* folded */
  GArray *namings; /* Naming, by id, at least one: the first one's name is told */
} NamedSum;

typedef struct {
  const Event *event;                             /* borrowed */
  const char *organization_field, *partner_field; /* by role; NULL: the event has none */
  guint total, attending;
  GHashTable *status;        /* char* → guint */
  GHashTable *organizations; /* key → NamedSum */
  GHashTable *partners;
  GHashTable *people; /* guint64*, hash of address and name → guint */
  GHashTable *days;   /* days since 1970 in the event's zone → guint */
  DeskGroups *suggestions;
} EventSums;

/* What one registration has added. */
typedef struct SumsRow SumsRow;

EventSums *desk_sums_new(const Event *event);
void desk_sums_free(EventSums *sums);
SumsRow *desk_sums_add(EventSums *sums, const Registration *registration);
/* Takes `row`. */
void desk_sums_remove(EventSums *sums, SumsRow *row);
/* Free a row whose sums go away as a whole. NULL is fine. */
void desk_sums_forget(SumsRow *row);

/* Where the row of `id` is, or would be, in rows by id that begin with it (guint64). */
guint desk_sums_place(const GArray *rows, guint64 id);

/* The name of the field with this role; NULL: none has it. Borrowed. */
const char *desk_sums_role(const Event *event, const char *role);
/* The midnight, in the event's zone, of a day that was counted there. */
gint64 desk_sums_midnight(const Event *event, gint64 day);
