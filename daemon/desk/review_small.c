/* review_small - what is no view of its own: the way in, the live count, the language, our files.
 */
#include <string.h>

#include "daemon/desk/review_view.h"

enum { LANGUAGE_COOKIE_S = 365 * 24 * 60 * 60 };

void review_home(PageCall *call) {
  page_redirect(call, "/queue");
}

void review_count(PageCall *call) {
  http_response_text(
      call->response, "application/json",
      g_strdup_printf("{\"waiting\": %" G_GUINT64_FORMAT "}\n", desk_todo_count(call->txn)));
}

void review_language(PageCall *call) {
  int language = words_parse(page_arg(call, "to"));
  const char *next = page_arg(call, "next");
  if (language >= 0)
    page_set_cookie(call, "language", words_code((WordsLanguage)language), LANGUAGE_COOKIE_S,
                    FALSE);
  page_redirect(call, page_is_own_path(next) ? next : "/queue");
}

void review_static(PageCall *call) {
  static const char *const types[][2] = {{".css", "text/css; charset=utf-8"},
                                         {".js", "text/javascript; charset=utf-8"},
                                         {".svg", "image/svg+xml"}};
  const PageFile *file = page_file_find(call->word);
  for (guint i = 0; file && i < G_N_ELEMENTS(types); i++) {
    if (!g_str_has_suffix(file->name, types[i][0])) continue;
    call->response->type = types[i][1];
    call->response->body = g_bytes_new_static(file->bytes, file->size);
    call->response->keep = TRUE;
    return;
  }
  page_not_found(call);
}
