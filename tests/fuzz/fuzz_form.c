/* fuzz_form - any bytes as what a browser sends to the page (a form, cookies, languages), and as a
 * line of the program's English that holds a stranger's words: UTF-8 within bounds, or refused. */
#include "daemon/desk/review_http.h"
#include "daemon/desk/review_words.h"
#include "tests/fuzz/target.h"

static void check_fields(const uint8_t *data, size_t size) {
  g_autoptr(GHashTable) fields = NULL;
  if (!http_form_parse((const char *)data, size, &fields)) return;
  GHashTableIter iter;
  gpointer name, value;
  g_assert_cmpuint(g_hash_table_size(fields), <=, HTTP_FIELDS_MAX);
  g_hash_table_iter_init(&iter, fields);
  while (g_hash_table_iter_next(&iter, &name, &value)) {
    target_utf8(name);
    target_utf8(value);
    g_assert_cmpuint(strlen(name) + strlen(value), <=, size);
  }
}

static void check_line(const char *line) {
  g_autofree char *cookie = http_cookie(line, "bulletind");
  g_assert_cmpint(words_choose(line), <, WORDS_LANGUAGES);
  if (!g_utf8_validate(line, -1, NULL)) return;
  for (int language = 0; language < WORDS_LANGUAGES; language++) {
    gboolean foreign = FALSE;
    g_autofree char *told = words_reason((WordsLanguage)language, NULL, line, &foreign);
    target_utf8(told);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *line = g_strndup((const char *)data, size);
  check_fields(data, size);
  check_line(line);
  return 0;
}
