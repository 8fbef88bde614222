/* notice - a mail to whoever should know that something has waited too long for a person.
 *
 * It is an answer in the outbox to no message, kind "notice": marked automatic (RFC 3834 section 2,
 * auto-generated), with the null return path, and no more often than config->notice says, over
 * restarts, too. It names no participant. */
#pragma once
#include "daemon/config.h"
#include "store/store.h"

/* Queue one if it is time. *ret_queued: whether there is a new row in the outbox. FALSE: the store
 * refuses; call again. */
gboolean notice_check(Store *store, const Config *config, gint64 now, gboolean *ret_queued,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
