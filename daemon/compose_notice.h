/* compose_notice - the mail that tells that something waits; notice.h has when it is sent. */
#pragma once
#include "daemon/config.h"

typedef struct {
  guint64 count; /* messages that wait for a person */
  gint64 oldest; /* since when the oldest does, seconds since 1970; 0: none waits */
} Waiting;

/* RFC 5322, CRLF, 7 bit, in the language of config->notice, which says to whom. `message_id`: ours,
 * without <>. The caller frees. */
GBytes *compose_notice(const Config *config, const char *message_id, const Waiting *waiting,
                       gint64 now);
