/* token - our Message-IDs: they carry the thread and prove that we made them (HMAC-SHA-256).
 *
 * bulletind.THREAD.MESSAGE.KIND.MAC@domain; the same answer to the same message has the same
 * Message-ID always, so that a receiving server may drop what we had to send twice. */
#pragma once
#include <glib.h>

/* Without <>; the caller frees. `round` tells several answers of one kind to one message apart. */
char *token_make(const guint8 secret[32], guint64 thread, guint64 message, const char *kind,
                 guint round, const char *domain);
/* Is `message_id` (with or without <>) ours? Then *ret_thread and *ret_message (may be NULL). */
gboolean token_read(const guint8 secret[32], const char *message_id, guint64 *ret_thread,
                    guint64 *ret_message);
/* Thread of the first valid token in an array of char*; 0: none. */
guint64 token_find(const guint8 secret[32], const GPtrArray *message_ids);
