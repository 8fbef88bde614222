/* review_merge - which registration goes into the one at hand: searched here, decided at
 * /people/ID/preview as every other change. */
#include <string.h>

#include "daemon/desk/desk_sums.h"
#include "daemon/desk/review_view.h"

enum { CANDIDATES_MAX = 20 };

static gboolean is_candidate(const Registration *to, const Registration *from) {
  return from->id != to->id && strcmp(from->status, "cancelled") != 0;
}

static void put_candidate(PageCall *call, TemplateValue *list, const Registration *from) {
  const Event *event = page_event(call, from->event);
  const char *body = event ? desk_sums_role(event, "organization") : NULL;
  const char *organization = body ? registration_value(from, body) : NULL;
  TemplateValue *row = page_row(call, list);
  page_put_number(call, row, "id", from->id);
  page_put_take(call, row, "name", page_person_name(call, from));
  page_put(call, row, "organization", organization ? organization : "");
  page_put(call, row, "email", from->email_key);
  page_put(call, row, "status", words_of(call->language, "status", from->status));
  page_put(call, row, "tone", page_tone("status", from->status));
  page_put_time(call, row, from->updated);
}

/* Those of the event that the search finds: at first, who has the same name. */
static gboolean put_candidates(PageCall *call, const Registration *to, const char *search,
                               GError **error) {
  PeopleFilter filter = {.event = to->event, .search = search, .count = CANDIDATES_MAX + 1};
  PeopleRows *rows = desk_people(call->review->cache, call->txn, &filter, error);
  if (!rows) return FALSE;
  TemplateValue *list = page_list(call, call->root, "rows");
  guint shown = 0;
  for (guint i = 0; i < rows->rows->len && shown < CANDIDATES_MAX; i++) {
    const Registration *from = rows->rows->pdata[i];
    if (!is_candidate(to, from)) continue;
    put_candidate(call, list, from);
    shown++;
  }
  page_put_truth(call, call->root, "any_row", shown > 0);
  page_put_truth(call, call->root, "more", rows->total > rows->rows->len);
  people_rows_free(rows);
  return TRUE;
}

void review_merge_show(PageCall *call) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Registration) to = registration_get(call->txn, call->numbers[0], &error);
  if (!to) {
    page_error_told(call, error, NULL, "/people");
    return;
  }
  g_autofree char *name = page_person_name(call, to);
  gboolean asked = g_hash_table_contains(call->request->query, "q");
  const char *search = asked ? page_arg(call, "q") : name;
  if (!put_candidates(call, to, search, &error)) {
    page_error_told(call, error, NULL, "/people");
    return;
  }
  page_put_number(call, call->root, "id", to->id);
  page_put_number(call, call->root, "to", to->id); /* a row has an id of its own */
  page_put(call, call->root, "name", name);
  page_put(call, call->root, "q", search);
  page_put_take(call, call->root, "stamp", desk_stamp_registration(to));
  page_put_take(call, call->root, "explained",
                words_fill(call->language, "merge_explained", name, (char *)NULL));
  page_show(call, "merge", page_word(call, "merge_title"));
}
