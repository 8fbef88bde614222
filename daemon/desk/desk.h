/* desk - what a person can do: the same call for bulletinctl and for the review page.
 *
 * Each call is one transaction: the change, its history entry under `who`, the answer in the
 * outbox, the journal line; then the daemon is woken. What would happen is told by the same code,
 * whose transaction is then dropped. */
#pragma once
#include "daemon/compose_reply.h"
#include "store/message.h"
#include "store/outbox.h"

typedef struct {
  Store *store;
  const Config *config;
  const Replies *replies;
  const char *who; /* "admin:root", "page:NAME" */
} Desk;

typedef enum {
  DESK_ERROR_NOT_FOUND, /* no such message, registration, answer or user: EX_NOINPUT */
  DESK_ERROR_INVALID,   /* unknown field, bad value or text: EX_DATAERR */
  DESK_ERROR_STATE,     /* already settled, nothing to confirm, …: EX_DATAERR */
  DESK_ERROR_CHANGED    /* somebody else was quicker; tells who did what and when: EX_DATAERR */
} DeskError;
#define DESK_ERROR (desk_error_quark())
GQuark desk_error_quark(void);

/* A person's own words may have so many bytes of UTF-8. */
enum { DESK_TEXT_MAX_BYTES = REPLY_OWN_MAX_BYTES };

typedef enum {
  /* of a message */
  DESK_ACCEPT, /* register what was read, with `changes`, and confirm; what is lacking is an error
                */
  DESK_ASK,    /* ask the sender for what is missing */
  DESK_IGNORE, /* settle without an answer */
  DESK_REPLY,  /* answer in own words, in the thread; also where the message is settled */
  /* of a registration */
  DESK_EDIT,   /* `changes`; the participant gets `updated` */
  DESK_CANCEL, /* the participant gets `cancelled` */
  DESK_MERGE,  /* `other` goes into `id`: what `id` lacks is taken over, `other` is cancelled and
                  points to it; nobody is answered unless `id` becomes complete by it */
  /* of an outbox entry; id 0: of every one that may be */
  DESK_HOLD,    /* it is not sent until it is released */
  DESK_RELEASE, /* it goes on where it was */
  /* of a message */
  DESK_REQUEUE /* `extraction` is stored and decided on anew, as if the mail came now; what it was
                  answered with before is not said again */
} DeskVerb;

typedef struct {
  DeskVerb verb;
  guint64 id;               /* message, registration or outbox entry */
  guint64 other;            /* DESK_MERGE: the registration that goes into `id` */
  const GPtrArray *changes; /* StoreField*, of ACCEPT, EDIT; NULL: none; value "" removes;
                               "2.phone" is of participant 2 */
  const GPtrArray *typed;   /* DeskTyped* of each of `changes`, as desk_typed_read gave them */
  const char *own_text;     /* of REPLY: the person's own words; of CANCEL, may be NULL */
  gboolean settle;          /* of REPLY: the message is settled with it, else it goes on waiting */
  const Extraction *extraction; /* of REQUEUE */
  const char *stamp;            /* as the person saw it (desk_stamp_*): of the message, or of
                                   registration `id`; NULL: no matter. Else DESK_ERROR_CHANGED */
} DeskAction;

/* Do it. Blocks for the store's writer; FALSE: nothing has happened. */
gboolean desk_do(const Desk *desk, const DeskAction *action,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What desk_do would do. */
typedef struct {
  char *to, *subject, *text; /* of the answer; all NULL: nobody is answered */
  char *why_not;             /* why nobody is answered; NULL where one is */
  GPtrArray *registrations;  /* Registration*: as they would be; the id of a new one is not sure */
  GPtrArray *notes;          /* char*: what else a person should know ("phone: '1' stays, '2' is
                                dropped"), one line each */
  char *state, *decision, *reason; /* of the message as it would be; NULL where none changes */
} DeskPreview;
/* The same code as desk_do; the transaction is dropped. NULL with the error that desk_do would
 * give. The caller frees. */
DeskPreview *desk_preview(const Desk *desk, const DeskAction *action,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void desk_preview_free(DeskPreview *preview);

/* A short opaque word of letters and digits that changes whenever the message, what a person did
 * about it, or one of its registrations changes. The caller frees. */
char *desk_stamp_message(StoreTxn *txn, const Message *message);
/* The same of one registration. */
char *desk_stamp_registration(const Registration *registration);

/* Is this answer held by a person? Then its state is `delayed`, its `next` beyond every calendar
 * and its last_error "held by WHO". */
gboolean desk_is_held(const OutboxEntry *entry);
/* Does it wait, and nobody holds it back yet? */
gboolean desk_may_hold(const OutboxEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeskPreview, desk_preview_free)
