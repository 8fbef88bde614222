/* desk_typed - what a person typed as field=value, read as the parsers read a mail. */
#pragma once
#include "daemon/desk/desk.h"
#include "daemon/desk/desk_reader.h"

/* Of one change; both NULL: it is of a type that is kept as typed, or no field at all. */
typedef struct {
  char *value;  /* in the form that is stored; "": nothing but blanks and leaders was typed */
  char *reason; /* why it is no value, a short English phrase */
} DeskTyped;

/* DeskTyped* of each of action->changes, for action->typed; the array frees them. A worker reads
 * them, so it is called before desk_do, outside a transaction that writes; `txn` tells whose values
 * they are. Where the message, registration or event is not there, none is read: desk_do tells
 * that. NULL with the reader's error, or DESK_ERROR_INVALID: more than DESK_READER_TYPED_MAX
 * changes. */
GPtrArray *desk_typed_read(DeskReader *reader, const Config *config, StoreTxn *txn,
                           const DeskAction *action, GError **error) G_GNUC_WARN_UNUSED_RESULT;
