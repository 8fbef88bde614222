/* decide - from what was read and what is stored to what is to be done. Pure: no I/O, no clock.
 *
 * Content decides the record, headers decide the answer. A wrong confirmation is the worst defect
 * there is: whatever is doubtful is `review`. */
#pragma once
#include "daemon/config.h"
#include "daemon/event.h"
#include "parsers/extraction.h"
#include "store/outbox.h"
#include "store/registration.h"

typedef enum { DECISION_ACCEPT, DECISION_ASK, DECISION_REVIEW, DECISION_IGNORE } Decision;

typedef enum {
  REPLY_NONE,
  REPLY_CONFIRMED,
  REPLY_UPDATED,
  REPLY_ASK,
  REPLY_LATE,
  REPLY_DECLINED,
  REPLY_CANCELLED,
  REPLY_RECEIVED,
  REPLY_OWN, /* a person's own words, through desk */
  REPLY_COUNT
} ReplyKind;

typedef struct {
  const Extraction *extraction;
  const Event *event;              /* NULL: the mail belongs to no event */
  gboolean personal;               /* responder: personal */
  const char *trusted_authserv_id; /* "" or NULL: none */
  gint64 received;                 /* INTERNALDATE, seconds */
  guint asks_max;                  /* limits.asks, 0: none */
  gboolean addresses_known;        /* what counts as us is configured: EXTRACTION_TO_US means */
  gboolean duplicate;              /* same mail (Message-ID or digest) is stored already */
  gboolean conflicting_id;         /* same Message-ID, other content */
  guint64 thread;                  /* thread whose token is valid in the references; 0: none */
  guint64
      again; /* the message is read again: its id, its own registrations may be changed; 0: new */
  const GPtrArray *known;    /* Registration*: of that thread, of these e-mails, of this sender */
  const OutboxEntry *answer; /* of ours, that a bounce speaks of; NULL: none */
} DecideInput;

typedef struct {
  Registration
      *registration; /* whole record to store; id 0: new. history entry appended by commit */
  const char *what;  /* created, updated, completed, declined, late, …: static */
} Change;
/* A GDestroyNotify. */
void change_free(gpointer change);

typedef struct {
  Decision decision;
  const char *state; /* of the message: review, waiting-for-sender, unreadable, aside, settled */
  char *reason;      /* one line of English: why */
  ReplyKind reply;
  char *reply_to;       /* addr-spec; NULL when reply is REPLY_NONE */
  const char *language; /* static or borrowed from the event/extraction */
  GPtrArray *changes;   /* Change* */
  char *undelivered;    /* `answer` is to be marked so: what its registrations' history says;
                         * NULL: nothing is marked */
  gboolean keep_text;   /* FALSE for `aside`: neither raw nor subject is stored */
} Verdict;

/* Decide. Never NULL. Borrows the input for the verdict's lifetime. */
Verdict *decide(const DecideInput *input);
void verdict_free(Verdict *verdict);

const char *decision_name(Decision decision); /* the contract's words */
const char *reply_kind_name(ReplyKind kind);  /* confirmed, updated, ask, … */

/* The folded key that tells people of one address apart (identity fields, case and marks folded).
 */
char *decide_name_key(const Event *event, const Participant *participant);

/* Required fields of `event` that `registration` lacks: char*, in order. */
GPtrArray *decide_missing(const Event *event, const Registration *registration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)
