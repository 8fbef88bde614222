/* registration - one participant of one event, with the history of every change. */
#pragma once
#include "store/store.h"

typedef struct {
  char *name, *value;
} StoreField;

typedef struct {
  gint64 time;       /* seconds since 1970 */
  char *who;         /* "sender", or the person who changed it: "admin:root" */
  char *what;        /* "created", "updated", "cancelled", … */
  char *message_id;  /* of the mail that caused it; "" for a person */
  char *status;      /* after the change */
  GPtrArray *before; /* StoreField*: the fields as they were before */
} HistoryEntry;

typedef struct {
  guint64 id; /* 1.., given by registration_add */
  char *event;
  char *status;       /* registered, incomplete, declined, cancelled, late, review, waiting */
  GPtrArray *fields;  /* StoreField*, in the event's order */
  GPtrArray *missing; /* char*: required fields that were asked for */
  char *email_key;    /* lower case; "" if none. index */
  char *name_key;     /* folded name, to tell the people of one address apart; "" if none */
  char *sender;       /* address that registered: who may correct it */
  char *language;
  char *message_id; /* of the mail that changed it last */
  guint64 message;  /* id of that message */
  guint64 thread;   /* thread in which it was made. index */
  guint asks;       /* how often its sender was asked */
  guint sequence;   /* of the calendar entry: grows with each confirmed change */
  gint64 created, updated;
  guint64 merged; /* the registration that it was merged into; 0: none. Its status is cancelled */
  guint64 change; /* number of its last update, 0: never; given by the store */
  GPtrArray *history; /* HistoryEntry*, oldest first, at most REGISTRATION_HISTORY_MAX (oldest but
                       * the first are dropped) */
} Registration;

enum { REGISTRATION_HISTORY_MAX = 200 };

Registration *registration_new(void);
void registration_free(Registration *registration);
Registration *registration_copy(const Registration *registration);

StoreField *store_field_new(const char *name, const char *value);
void store_field_free(StoreField *field);
HistoryEntry *history_entry_new(void);
void history_entry_free(HistoryEntry *entry);

/* Value of a field in a list of StoreField*, or NULL. Borrowed. */
const char *store_fields_value(const GPtrArray *fields, const char *name);
/* Have both the same fields with the same values, in any order? */
gboolean registration_same_fields(const Registration *a, const Registration *b);
/* Value of a field, or NULL. Borrowed. registration_set: value NULL removes it. */
const char *registration_value(const Registration *registration, const char *name);
void registration_set(Registration *registration, const char *name, const char *value);

/* Add; sets registration->id. */
gboolean registration_add(StoreTxn *txn, Registration *registration,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Write back; the caller has appended the history entry. Indexes follow. */
gboolean registration_update(StoreTxn *txn, const Registration *registration,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
Registration *registration_get(StoreTxn *txn, guint64 id, GError **error);

/* Registrations of `event` with this email_key, or made by this sender (_by_sender), or of this
 * thread: GPtrArray of Registration*, oldest first, at most `max`. Never NULL. */
GPtrArray *registration_by_email(StoreTxn *txn, const char *event, const char *email, guint max);
GPtrArray *registration_by_sender(StoreTxn *txn, const char *event, const char *sender, guint max);
GPtrArray *registration_by_thread(StoreTxn *txn, guint64 thread, guint max);

typedef gboolean (*RegistrationVisitor)(const Registration *registration, void *context);
/* Visit in order of id; `event` NULL: of every event. */
gboolean registration_foreach(StoreTxn *txn, const char *event, RegistrationVisitor visit,
                              void *context, GError **error);
guint64 registration_count(StoreTxn *txn);
/* How far the registrations of this transaction go: nothing has changed since the same mark. */
StoreMark registration_mark(StoreTxn *txn);
/* Visit every registration that was updated or added since *mark, each once as it is now, and move
 * *mark on to registration_mark: the cost is that of what has changed. A visitor that returns FALSE
 * stops, and *mark stays, as it does after an error. */
gboolean registration_changed_since(StoreTxn *txn, StoreMark *mark, RegistrationVisitor visit,
                                    void *context, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Registration, registration_free)
