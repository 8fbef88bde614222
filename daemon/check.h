/* check - everything that can be wrong before a connection is made, told at once.
 *
 * Configuration, events, reply templates (unknown fields), and the patterns as the parser worker
 * compiles them. Used by `bulletind --check`, at start and at each reload. */
#pragma once
#include "daemon/config.h"
#include "daemon/replies.h"

/* Load all of it. Problems as in config_load, sorted by file and line. On TRUE (no problem) the
 * caller owns *ret_config and *ret_replies. */
gboolean check_load(const char *file, GPtrArray *problems, Config **ret_config,
                    Replies **ret_replies);
