/* replies - the reply templates: a folder a language, a file a kind (fr/confirmed.txt), which an
 * event may overlay with its own. */
#pragma once
#include "daemon/config.h"
#include "daemon/decide.h"
#include "daemon/memo.h"
#include "daemon/template.h"

typedef struct Replies Replies;

/* Load every template that the config's events need. Problems (missing file, syntax, unknown field)
 * are appended as in config_load. Never NULL. */
Replies *replies_load(const Config *config, GPtrArray *problems);
void replies_free(Replies *replies);
/* Template for an event's kind of reply; falls back to the event's first language. NULL: none. */
const Template *replies_get(const Replies *replies, const Event *event, const char *language,
                            ReplyKind kind);
/* What was made before of the configuration's words. Borrowed. */
Memo *replies_memo(const Replies *replies);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Replies, replies_free)
