/* send_plan - when to try an outbox entry again. Pure. RFC 5321 4.2.1, 4.5.4.1. */
#pragma once
#include "daemon/mail/tls_stream.h"

/* After attempt number `attempt` (1..) met SMTP reply `code` (0: link lost), `age_s` after the
 * entry was made. TRUE: *ret_wait_s is set (300 doubling to 4000; for code 0 60 doubling to 4000).
 * FALSE, MAIL_ERROR_PERMANENT: refused for good (5yz), or older than lifetime_s: to review. */
gboolean send_plan_next(guint attempt, int code, gint64 age_s, gint64 lifetime_s,
                        guint32 *ret_wait_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;
