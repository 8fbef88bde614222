/* desk_again - a stored mail read again with today's rules, and what would change by it: before
 * DESK_REQUEUE is done, for the terminal and for the page. */
#pragma once
#include "daemon/desk/desk.h"
#include "daemon/desk/desk_reader.h"

typedef struct {
  Message *message;   /* as stored */
  Extraction *before; /* what was read then; NULL: nothing was kept */
  Extraction *after;  /* what is read now */
  char *stamp;        /* of the message, before it was read again */
} DeskAgain;

/* Read message `id` again: as the daemon does it, the event of its thread comes before the mail's
 * own. No transaction of the caller's may be open in this thread: a scan takes a while. FALSE:
 * DESK_ERROR_NOT_FOUND (no such message, or its raw mail is not kept), the reader's errors, the
 * store's; desk_again_clear is called all the same. */
gboolean desk_again_read(DeskAgain *again, DeskReader *reader, const Config *config, Store *store,
                         guint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void desk_again_clear(DeskAgain *again);

typedef enum {
  DESK_CHANGED_KIND, /* of the message, likewise the next four */
  DESK_CHANGED_EVENT,
  DESK_CHANGED_DECISION,
  DESK_CHANGED_STATE,
  DESK_CHANGED_REASON,
  DESK_CHANGED_READ,   /* a value that was read of participant `number` (1..) */
  DESK_CHANGED_FIELD,  /* a value of registration `number`; 0: a new one */
  DESK_CHANGED_STATUS, /* of that registration */
} DeskChangedWhat;
typedef struct {
  DeskChangedWhat what;
  guint64 number;
  char *field;          /* of READ and FIELD, else "" */
  char *before, *after; /* "" for none */
} DeskChanged;

/* What the preview of the requeue would change: DeskChanged*, the array frees them. */
GPtrArray *desk_again_changes(const DeskAgain *again, const Config *config, StoreTxn *txn,
                              const DeskPreview *preview);
/* The same of any preview, of registrations that are stored alone. */
GPtrArray *desk_changes_stored(const Config *config, StoreTxn *txn, const DeskPreview *preview);
