/* desk_call - one call of desk under way: what the files of this folder share, and nobody else
 * sees.
 *
 * A verb loads what it needs, gathers changes and ends with desk_call_write; the transaction is
 * begun and ended in desk.c, which also takes what a preview tells out of the call. */
#pragma once
#include "daemon/commit.h"
#include "daemon/desk/desk.h"

typedef struct {
  const Desk *desk;
  const DeskAction *action;
  CommitContext context; /* its `composed` is never NULL */
  StoreTxn *txn;
  gint64 now;
  Message *message;       /* NULL: gone, or none */
  Extraction *extraction; /* never NULL once loaded */
  const Event *event;
  GPtrArray *changes; /* Change*, registrations owned */
  GPtrArray *after;   /* Registration*: what else was changed, for a preview */
  GPtrArray *notes;   /* char*: for a preview, and for the journal's line */
  char *sender;       /* whom an answer goes to */
  ReplyKind kind;     /* REPLY_NONE: nobody is answered */
  char *why_not;      /* nobody was answered, and why; NULL: somebody was */
  gboolean message_changed;
} DeskCall;

/* --- desk_call.c --- */
/* Each FALSE has *error set: DESK_ERROR or the store's. */
/* What the store says of a record that is not there, in the words of who asked for it. Takes
 * `failed`; FALSE. */
gboolean desk_call_not_loaded(GError **error, GError *failed, const char *what, guint64 id);
gboolean desk_call_message(DeskCall *call, guint64 id, GError **error);
/* The same, and it is not settled. */
gboolean desk_call_open_message(DeskCall *call, guint64 id, GError **error);
/* The event of the message. */
gboolean desk_call_event(DeskCall *call, const char *id, GError **error);
/* One registration. NULL: DESK_ERROR_NOT_FOUND. */
Registration *desk_call_find(DeskCall *call, guint64 id, GError **error);
/* The registration with its event, the message that changed it last and what was read there. */
gboolean desk_call_registration(DeskCall *call, guint64 id, Registration **ret, GError **error);
/* Is what the person saw still so (action->stamp)? For the message or `registration` at hand. */
gboolean desk_call_fresh(const DeskCall *call, const Registration *registration, GError **error);

/* The account that the message came by, or NULL. Borrowed. */
const Account *desk_call_account(const DeskCall *call);
/* Where an answer may go, or NULL and why not. Borrowed. */
const char *desk_call_address(const DeskCall *call, const char **ret_why);

/* Takes `registration`. */
void desk_call_change(DeskCall *call, Registration *registration, const char *what);
void desk_call_note(DeskCall *call, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean desk_call_settle(DeskCall *call, Decision decision, const char *state, const char *did,
                          GError **error);
/* Changes, answer, journal, in this order: the answer tells the ids that storing gave. `owner`: the
 * message whose decision this is, or NULL where a registration alone is changed. */
gboolean desk_call_write(DeskCall *call, Message *owner, const char *did, GError **error);
/* "WHO DID: registration 1 is …; told". `message` 0: about none. */
gboolean desk_call_journal(const DeskCall *call, guint64 message, const char *did, const char *told,
                           GError **error);
/* Tells the answers of one kind to one message apart: a person may do one thing twice. */
guint desk_call_round(const DeskCall *call);

/* --- what the verbs of both kinds share: desk_record.c --- */
gboolean desk_record_whole(const DeskCall *call, GError **error); /* nothing required lacks */
GPtrArray *desk_record_lacking(const DeskCall *call, guint index);
void desk_record_set_missing(Registration *registration, const GPtrArray *missing);
/* Confirm one gathered record. Returns whether it had been confirmed before. */
gboolean desk_record_confirm(const DeskCall *call, Change *change);
void desk_record_confirm_all(DeskCall *call);
void desk_record_cancel(Registration *registration);

/* --- the verbs --- */
gboolean desk_accept(DeskCall *call, GError **error);
gboolean desk_ask(DeskCall *call, GError **error);
gboolean desk_ignore(DeskCall *call, GError **error);
gboolean desk_reply(DeskCall *call, GError **error);
gboolean desk_requeue(DeskCall *call, GError **error);
gboolean desk_edit(DeskCall *call, GError **error);
gboolean desk_cancel(DeskCall *call, GError **error);
gboolean desk_merge(DeskCall *call, GError **error);
gboolean desk_hold(DeskCall *call, GError **error);
gboolean desk_release(DeskCall *call, GError **error);

/* --- desk_stamp.c --- */
/* Who did what and when last to the message or registration, one line. The caller frees. */
char *desk_last_of_message(StoreTxn *txn, const Message *message);
char *desk_last_of_registration(const Registration *registration);
