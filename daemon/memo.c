#include "daemon/memo.h"

#include <string.h>

struct Memo {
  GMutex lock;
  GHashTable *texts; /* kind NL words → text */
};

Memo *memo_new(void) {
  Memo *memo = g_new0(Memo, 1);
  g_mutex_init(&memo->lock);
  memo->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return memo;
}

void memo_free(Memo *memo) {
  if (!memo) return;
  g_hash_table_unref(memo->texts);
  g_mutex_clear(&memo->lock);
  g_free(memo);
}

char *memo_get(Memo *memo, const char *kind, const char *words) {
  if (!memo) return NULL;
  g_autofree char *key = g_strconcat(kind, "\n", words, NULL);
  g_mutex_lock(&memo->lock);
  char *text = g_strdup(g_hash_table_lookup(memo->texts, key));
  g_mutex_unlock(&memo->lock);
  return text;
}

void memo_put(Memo *memo, const char *kind, const char *words, const char *text) {
  if (!memo || strlen(words) > MEMO_TEXT_MAX_BYTES || strlen(text) > MEMO_TEXT_MAX_BYTES) return;
  g_mutex_lock(&memo->lock);
  if (g_hash_table_size(memo->texts) >= MEMO_TEXTS_MAX) g_hash_table_remove_all(memo->texts);
  g_hash_table_insert(memo->texts, g_strconcat(kind, "\n", words, NULL), g_strdup(text));
  g_mutex_unlock(&memo->lock);
}
