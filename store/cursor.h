/* cursor - how far a mailbox has been worked off: UIDVALIDITY, the UID below which all is
 * committed, the committed ones above it, and those that still wait for their flag or move (RFC
 * 3501 2.3.1.1). */
#pragma once
#include "store/store.h"

typedef struct {
  guint32 uidvalidity; /* 0: mailbox never seen */
  guint32 base;        /* every UID <= base is committed */
  GArray *above;       /* guint32, ascending, all > base: committed */
  GArray *unmarked;    /* guint32, ascending: committed, not yet flagged or moved in the mailbox */
  gint64 since;        /* start: now: older mail (INTERNALDATE, seconds) is left alone; 0: none */
} Cursor;

Cursor *cursor_new(void);
Cursor *cursor_copy(const Cursor *cursor);
void cursor_free(Cursor *cursor);

/* Is this UID committed? Pure. */
gboolean cursor_has(const Cursor *cursor, guint32 uid);
/* Note a UID as committed; joins `above` to `base` only through cursor_join, because a gap in UIDs
 * is known only to who saw the mailbox. Pure. */
void cursor_add(Cursor *cursor, guint32 uid);
/* Every UID <= `uid` that is in the mailbox is committed: raise base, drop what it covers. Pure. */
void cursor_join(Cursor *cursor, guint32 uid);

/* Load (an empty cursor if none is stored) and save. */
Cursor *cursor_load(StoreTxn *txn, const char *account, const char *folder, GError **error);
gboolean cursor_save(StoreTxn *txn, const char *account, const char *folder, const Cursor *cursor,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cursor, cursor_free)
