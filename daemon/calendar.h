/* calendar - the event as an iCalendar object (RFC 5545) for the people who come to it.
 *
 * METHOD:PUBLISH, or CANCEL where nobody of the reply comes any more (RFC 5546 3.2.1, 3.2.5,
 * 4.1.3): the answer of a client is not read back, so never REQUEST. Times are UTC, so no VTIMEZONE
 * is needed and every client shows its reader's own clock. Pure but for the memo. */
#pragma once
#include "daemon/event.h"
#include "daemon/memo.h"
#include "store/registration.h"

typedef struct {
  const Event *event;
  const char *language;
  const GPtrArray *registrations; /* Registration*, the sender's own */
  const char *organizer_name;     /* "" if none */
  const char *organizer_address;  /* addr-spec */
  const char *domain;             /* of the UIDs */
  gint64 now;                     /* DTSTAMP */
  Memo *memo;                     /* of lines that were made before; NULL: none */
} CalendarRequest;

/* The object with CRLF and lines of at most 75 bytes; *ret_method: "PUBLISH" or "CANCEL" (static).
 * NULL: nobody comes or came, or the event has no beginning. The caller frees. */
char *calendar_write(const CalendarRequest *request, const char **ret_method);
