/* memo - texts that are made of the same words again and again, made once: what of an answer
 * depends on the configuration alone. Any thread. */
#pragma once
#include <glib.h>

enum { MEMO_TEXTS_MAX = 256, MEMO_TEXT_MAX_BYTES = 4096 };

typedef struct Memo Memo;

Memo *memo_new(void);
void memo_free(Memo *memo);
/* A copy of the text that is kept for `kind` and `words`, which the caller frees; NULL: none is, or
 * `memo` is NULL. */
char *memo_get(Memo *memo, const char *kind, const char *words);
/* Keep a copy of it. Longer ones are not kept; when there are too many, all are forgotten. */
void memo_put(Memo *memo, const char *kind, const char *words, const char *text);
