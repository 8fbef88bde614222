/* desk - what a person can do: the same calls for bulletinctl and for the review page.
 *
 * Each call is one transaction: the change, its history entry under `who`, the answer in the
 * outbox, the journal line; then the daemon is woken. */
#pragma once
#include "daemon/compose_reply.h"
#include "store/message.h"
#include "store/outbox.h"

typedef struct {
  Store *store;
  const Config *config;
  const Replies *replies;
  const char *who; /* "admin:root" */
} Desk;

typedef enum {
  DESK_ERROR_NOT_FOUND, /* no such message or registration: EX_NOINPUT */
  DESK_ERROR_INVALID,   /* unknown field, bad value: EX_DATAERR */
  DESK_ERROR_STATE      /* already settled, nothing to confirm, …: EX_DATAERR */
} DeskError;
#define DESK_ERROR (desk_error_quark())
GQuark desk_error_quark(void);

/* Accept message `id` with what was read from it, changed by `changes` (StoreField*; value ""
 * removes). Stores the registration and confirms; required values that are lacking are an error
 * that names them. */
gboolean desk_accept(const Desk *desk, guint64 id, const GPtrArray *changes, GError **error);
/* Ask the sender for what is missing. */
gboolean desk_ask(const Desk *desk, guint64 id, GError **error);
/* Settle without an answer. */
gboolean desk_ignore(const Desk *desk, guint64 id, GError **error);
/* Change a registration; the participant gets `updated`. */
gboolean desk_edit(const Desk *desk, guint64 registration, const GPtrArray *changes,
                   GError **error);
/* Cancel a registration; the participant gets `cancelled`. */
gboolean desk_cancel(const Desk *desk, guint64 registration, GError **error);
