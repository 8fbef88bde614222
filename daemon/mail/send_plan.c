/* send_plan - see send_plan.h. Pure: the waits double, so that a server in trouble is left in
 * peace. */
#include "daemon/mail/send_plan.h"

enum { WAIT_REPLY_S = 300, WAIT_LOST_S = 60, WAIT_MAX_S = 4000, DAY_S = 24 * 3600 };

gboolean send_plan_next(guint attempt, int code, gint64 age_s, gint64 lifetime_s,
                        guint32 *ret_wait_s, GError **error) {
  if (code >= 500) {
    g_set_error(error, MAIL_ERROR, MAIL_ERROR_PERMANENT, "refused for good with %d", code);
    return FALSE;
  }
  if (age_s >= lifetime_s) {
    g_set_error(error, MAIL_ERROR, MAIL_ERROR_PERMANENT,
                "not delivered within %" G_GINT64_FORMAT " days (%u attempts)", lifetime_s / DAY_S,
                attempt);
    return FALSE;
  }
  guint32 wait_s = code ? WAIT_REPLY_S : WAIT_LOST_S;
  for (guint i = 1; i < attempt && wait_s < WAIT_MAX_S; i++) wait_s *= 2;
  *ret_wait_s = MIN(wait_s, (guint32)WAIT_MAX_S);
  return TRUE;
}
