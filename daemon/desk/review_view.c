/* review_view - what the views share, see review_view.h. */
#include "daemon/desk/review_view.h"

#include <string.h>

#include "daemon/log.h"

enum { OWN_PATH_MAX_BYTES = 1000 };

/* --- what was asked --------------------------------------------------------------------------- */

const char *page_arg(const PageCall *call, const char *name) {
  const char *value = g_hash_table_lookup(call->request->query, name);
  return value ? value : "";
}

const char *page_field(const PageCall *call, const char *name) {
  const char *value = g_hash_table_lookup(call->request->form, name);
  return value ? value : "";
}

guint page_arg_number(const PageCall *call, const char *name) {
  guint64 number = 0;
  return g_ascii_string_to_unsigned(page_arg(call, name), 10, 0, 1000000000, &number, NULL)
             ? (guint)number
             : 0;
}

guint64 page_arg_id(const PageCall *call, const char *name) {
  guint64 id = 0;
  return g_ascii_string_to_unsigned(page_arg(call, name), 10, 0, G_MAXINT64, &id, NULL) ? id : 0;
}

void page_query_add(GString *query, const char *name, const char *value) {
  if (!*value) return;
  g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
  g_string_append_printf(query, "%c%s=%s", strchr(query->str, '?') ? '&' : '?', name, escaped);
}

char *page_query(const PageCall *call, const char *const *names) {
  GString *query = g_string_new(NULL);
  for (; *names; names++) page_query_add(query, *names, page_arg(call, *names));
  return g_string_free(query, FALSE);
}

gboolean page_is_own_path(const char *path) {
  if (path[0] != '/' || path[1] == '/' || strlen(path) > OWN_PATH_MAX_BYTES) return FALSE;
  for (const char *p = path; *p; p++)
    if ((guchar)*p <= ' ' || (guchar)*p >= 0x7f || strchr("\\\"<>", *p)) return FALSE;
  return TRUE;
}

/* --- values ----------------------------------------------------------------------------------- */

const char *page_word(const PageCall *call, const char *key) {
  return words(call->language, key);
}

void page_put(const PageCall *call, TemplateValue *to, const char *name, const char *text) {
  template_data_put(to, name, template_data_text(call->data, text));
}

void page_put_take(const PageCall *call, TemplateValue *to, const char *name, char *text) {
  page_put(call, to, name, text);
  g_free(text);
}

void page_put_truth(const PageCall *call, TemplateValue *to, const char *name, gboolean truth) {
  template_data_put(to, name, template_data_truth(call->data, truth));
}

void page_put_number(const PageCall *call, TemplateValue *to, const char *name, guint64 number) {
  page_put_take(call, to, name, g_strdup_printf("%" G_GUINT64_FORMAT, number));
}

TemplateValue *page_list(const PageCall *call, TemplateValue *to, const char *name) {
  TemplateValue *list = template_data_list(call->data);
  template_data_put(to, name, list);
  return list;
}

TemplateValue *page_row(const PageCall *call, TemplateValue *list) {
  TemplateValue *row = template_data_map(call->data);
  template_data_put(list, NULL, row);
  return row;
}

GTimeZone *page_zone(const PageCall *call) {
  const GPtrArray *events = call->review->config->events;
  return events->len ? g_time_zone_ref(((const Event *)events->pdata[0])->zone)
                     : g_time_zone_new_local();
}

void page_put_time(const PageCall *call, TemplateValue *to, gint64 time) {
  g_autoptr(GTimeZone) zone = page_zone(call);
  g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(time);
  page_put_take(call, to, "iso", at ? g_date_time_format(at, "%Y-%m-%dT%H:%M:%SZ") : g_strdup(""));
  page_put_take(call, to, "when", words_time(call->language, time, zone));
  page_put_take(call, to, "since", words_ago(call->language, time, call->now));
}

void page_put_reason(const PageCall *call, TemplateValue *to, const char *name, const Event *event,
                     const char *english) {
  gboolean foreign = FALSE;
  page_put_take(call, to, name, words_reason(call->language, event, english, &foreign));
  page_put_truth(call, to, "foreign", foreign);
}

void page_option(const PageCall *call, TemplateValue *list, const char *value, const char *word,
                 const char *chosen) {
  TemplateValue *row = page_row(call, list);
  page_put(call, row, "value", value);
  page_put(call, row, "word", word);
  page_put_truth(call, row, "chosen", !strcmp(value, chosen));
}

void page_put_events(const PageCall *call, const char *chosen) {
  const GPtrArray *events = call->review->config->events;
  if (events->len < 2) return;
  TemplateValue *map = template_data_map(call->data);
  template_data_put(call->root, "events", map);
  TemplateValue *rows = page_list(call, map, "rows");
  for (guint i = 0; i < events->len; i++) {
    const Event *event = events->pdata[i];
    page_option(call, rows, event->id, event_text(event, words_code(call->language), "name"),
                chosen);
  }
}

static char *page_path(const char *path, const char *query, guint page) {
  g_autofree char *number = g_strdup_printf("%u", page);
  GString *text = g_string_new(path);
  g_string_append(text, query);
  if (page > 1) page_query_add(text, "page", number);
  return g_string_free(text, FALSE);
}

void page_put_pager(const PageCall *call, const char *path, const char *query, guint offset,
                    guint shown, guint total) {
  if (total <= PAGE_ROWS && !offset) return;
  TemplateValue *pager = template_data_map(call->data);
  guint page = offset / PAGE_ROWS + 1;
  g_autofree char *from = g_strdup_printf("%u", shown ? offset + 1 : 0);
  g_autofree char *to = g_strdup_printf("%u", offset + shown);
  g_autofree char *all = g_strdup_printf("%u", total);
  template_data_put(call->root, "pager", pager);
  page_put_take(call, pager, "before", page > 1 ? page_path(path, query, page - 1) : NULL);
  page_put_take(call, pager, "after",
                offset + shown < total ? page_path(path, query, page + 1) : NULL);
  page_put_take(call, pager, "shown",
                words_fill(call->language, "page_shown", from, to, all, (char *)NULL));
}

const char *page_tone(const char *group, const char *word) {
  static const struct {
    const char *group, *words, *tone;
  } tones[] = {{"state", " settled ", "good"},
               {"state", " review ", "warn"},
               {"state", " unreadable ", "bad"},
               {"state", " waiting-for-sender ", "info"},
               {"status", " registered ", "good"},
               {"status", " incomplete late waiting ", "info"},
               {"status", " review ", "warn"},
               {"status", " cancelled ", "bad"},
               {"outbox", " sent ", "good"},
               {"outbox", " failed ", "bad"},
               {"outbox", " held delayed deferred ", "warn"},
               {"outbox", " ready sending ", "info"}};
  g_autofree char *spaced = g_strconcat(" ", word, " ", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(tones); i++)
    if (!strcmp(tones[i].group, group) && strstr(tones[i].words, spaced)) return tones[i].tone;
  return "";
}

const Event *page_event(const PageCall *call, const char *id) {
  return id && *id ? event_find(call->review->config->events, id) : NULL;
}

/* The values of the fields that tell people of one address apart, but for the address. */
char *page_person_name(const PageCall *call, const Registration *registration) {
  const Event *event = page_event(call, registration->event);
  GString *name = g_string_new(NULL);
  for (char **field = event ? event->identity : NULL; field && *field; field++) {
    const char *value = registration_value(registration, *field);
    if (!value || !g_strcmp0(*field, event->email_field)) continue;
    g_string_append_printf(name, "%s%s", name->len ? " " : "", value);
  }
  if (!name->len && *registration->email_key) g_string_append(name, registration->email_key);
  if (!name->len) g_string_append(name, page_word(call, "no_name"));
  return g_string_free(name, FALSE);
}

/* --- answers ---------------------------------------------------------------------------------- */

void page_end_txn(PageCall *call) {
  store_abort(g_steal_pointer(&call->txn));
}

static void put_languages(PageCall *call) {
  TemplateValue *list = page_list(call, call->root, "languages");
  for (guint i = 0; i < WORDS_LANGUAGES; i++) {
    TemplateValue *row = page_row(call, list);
    page_put(call, row, "code", words_code((WordsLanguage)i));
    page_put(call, row, "name", words_own_name((WordsLanguage)i));
    page_put_truth(call, row, "current", i == call->language);
  }
  gboolean get = !strcmp(call->request->method, "GET");
  g_autofree char *query =
      page_query(call, (const char *const[]){"event", "state", "kind", "status", "q", "sort",
                                             "desc", "page", "id", "before", "next", NULL});
  g_autofree char *here = g_strconcat(get ? call->path : "/queue", get ? query : "", NULL);
  page_put_take(call, call->root, "here", g_uri_escape_string(here, NULL, FALSE));
}

/* Which entry of the navigation a view belongs to. */
static void put_navigation(PageCall *call, const char *view) {
  static const char *const places[][2] = {{"in_queue", " queue message "},
                                          {"in_people", " people person merge "},
                                          {"in_event", " event "},
                                          {"in_outbox", " outbox answer "},
                                          {"in_log", " log "}};
  const GPtrArray *events = call->review->config->events;
  g_autofree char *spaced = g_strconcat(" ", view, " ", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(places); i++)
    page_put_truth(call, call->root, places[i][0], strstr(places[i][1], spaced) != NULL);
  page_put(call, call->root, "nav_event",
           events->len ? ((const Event *)events->pdata[0])->id : NULL);
  page_put(call, call->root, "user", call->logged_in ? call->session.name : NULL);
  if (!template_data_get(call->root, "may_review"))
    page_put_truth(call, call->root, "may_review", call->may_review);
  if (call->logged_in) {
    page_put(call, call->root, "csrf", call->session.csrf);
    page_put_number(call, call->root, "waiting", call->txn ? desk_todo_count(call->txn) : 0);
  }
}

static const char *told_of(const PageCall *call) {
  const char *told = page_arg(call, "told");
  for (const char *p = told; *p; p++)
    if (!g_ascii_islower(*p)) return NULL;
  g_autofree char *key = g_strconcat("told_", told, NULL);
  return *told ? words_find(call->language, key) : NULL;
}

void page_show(PageCall *call, const char *view, const char *title) {
  g_autoptr(GError) error = NULL;
  page_put(call, call->root, "language", words_code(call->language));
  page_put(call, call->root, "base", call->review->base);
  page_put(call, call->root, "view", view);
  page_put(call, call->root, "title", title);
  page_put(call, call->root, "version", BULLETIND_VERSION);
  page_put(call, call->root, "told", call->told ? call->told : told_of(call));
  page_put(call, call->root, "trouble", call->trouble);
  put_navigation(call, view);
  put_languages(call);
  page_end_txn(call);
  char *html = template_render(templates_get(call->review->templates, call->language, view),
                               call->root, PAGE_MAX_BYTES, &error);
  http_response_field(call->response, "Content-Language", words_code(call->language));
  if (html) {
    http_response_text(call->response, "text/html; charset=utf-8", html);
    return;
  }
  log_error("page: %s", error->message);
  call->response->status = 500;
  http_response_text(call->response, "text/plain; charset=utf-8", g_strdup("500\n"));
}

void page_redirect(PageCall *call, const char *path) {
  g_autofree char *whole = g_strconcat(call->review->base, path, NULL);
  call->response->status = 303;
  http_response_field(call->response, "Location", whole);
}

/* TRUE: the form is shown once more, below call->trouble. */
static gboolean show_again(PageCall *call) {
  void (*again)(PageCall *) = call->again;
  if (again && !call->txn) call->txn = store_begin(call->review->store, FALSE, NULL);
  if (!again || !call->txn) return FALSE;
  call->again = NULL;
  call->retrying = TRUE;
  call->response->status = 422;
  again(call);
  return TRUE;
}

static void show_error(PageCall *call, guint status, const char *heading, const char *back) {
  call->response->status = status;
  page_put(call, call->root, "heading", heading);
  page_put(call, call->root, "back", back);
  page_show(call, "error", heading);
}

void page_error(PageCall *call, guint status, const char *key, const char *back) {
  call->trouble = page_word(call, key);
  if (status == 422 && show_again(call)) return;
  if (status == 503) http_response_field(call->response, "Retry-After", "5");
  show_error(call, status, page_word(call, "error_title"), back);
}

void page_not_found(PageCall *call) {
  page_error(call, 404, "error_404", "/queue");
}

/* 409: somebody else was quicker; 404; 422: a person can put it right; 500: the room's own. */
static guint status_of(const GError *error) {
  if (error->domain == STORE_ERROR && error->code == STORE_ERROR_NOT_FOUND) return 404;
  if (error->domain == STORE_ERROR && error->code == STORE_ERROR_FULL) return 503;
  if (g_error_matches(error, WIRE_ERROR, WIRE_ERROR_TIMEOUT)) return 503;
  if (error->domain != DESK_ERROR) return 500;
  return error->code == DESK_ERROR_CHANGED ? 409 : error->code == DESK_ERROR_NOT_FOUND ? 404 : 422;
}

void page_error_told(PageCall *call, const GError *error, const Event *event, const char *back) {
  if (!error) {
    page_error(call, 503, "error_503", back);
    return;
  }
  guint status = status_of(error);
  if (status == 404) {
    page_error(call, 404, "error_404", back);
    return;
  }
  if (status == 500 || status == 503) {
    log_error("page: %s", error->message);
    page_error(call, status, status == 500 ? "error_500" : "error_503", back);
    return;
  }
  gboolean foreign = FALSE;
  g_autofree char *told = words_reason(call->language, event, error->message, &foreign);
  g_autofree char *whole = status == 409
                               ? g_strdup_printf("%s %s", page_word(call, "error_409"), told)
                           : foreign ? words_fill(call->language, "foreign", told, (char *)NULL)
                                     : g_strdup(told);
  call->trouble = whole;
  if (status == 409 || !show_again(call))
    show_error(call, status, page_word(call, status == 409 ? "error_409_title" : "error_422_title"),
               back);
  call->trouble = NULL;
}

void page_set_cookie(PageCall *call, const char *name, const char *value, gint64 max_age_s,
                     gboolean script) {
  const Review *review = call->review;
  g_autofree char *age =
      max_age_s < 0 ? g_strdup("") : g_strdup_printf("; Max-Age=%" G_GINT64_FORMAT, max_age_s);
  /* Strict: nothing that we send links to the page, so nobody comes from elsewhere logged in. */
  g_autofree char *cookie = g_strdup_printf(
      "%s=%s; Path=%s/%s%s; SameSite=Strict%s", review_cookie(review, name), value, review->base,
      age, script ? "" : "; HttpOnly", review->secure ? "; Secure" : "");
  http_response_field(call->response, "Set-Cookie", cookie);
}

gboolean page_read_typed(PageCall *call, DeskAction *action, const Event *event, const char *back) {
  g_autoptr(GError) error = NULL;
  if (!action->changes) return TRUE;
  call->typed =
      desk_typed_read(call->review->reader, call->review->config, call->txn, action, &error);
  action->typed = call->typed;
  if (!call->typed) page_error_told(call, error, event, back);
  return call->typed != NULL;
}

/* --- the desk --------------------------------------------------------------------------------- */

typedef struct {
  Desk desk;
  const DeskAction *action;
  gboolean preview;
  gboolean done;
  DeskPreview *previewed;
  GError *error;
} Posted;

static void call_desk(gpointer data) {
  Posted *call = data;
  if (call->preview)
    call->previewed = desk_preview(&call->desk, call->action, &call->error);
  else
    call->done = desk_do(&call->desk, call->action, &call->error);
}

/* Our reader ends first: it would see the store as it was, and hold its pages. */
static gboolean in_loop(PageCall *call, Posted *desk, const DeskAction *action) {
  g_autofree char *who = g_strconcat("page:", call->session.name, NULL);
  const Review *review = call->review;
  desk->desk = (Desk){review->store, review->config, review->replies, who};
  desk->action = action;
  page_end_txn(call);
  gboolean called = review_loop_call(review->loop, call_desk, desk);
  call->txn = store_begin(review->store, FALSE, NULL);
  return called;
}

gboolean page_do(PageCall *call, const DeskAction *action, GError **error) {
  Posted desk = {0};
  if (!in_loop(call, &desk, action)) return FALSE;
  if (desk.error) g_propagate_error(error, desk.error);
  return desk.done;
}

DeskPreview *page_preview(PageCall *call, const DeskAction *action, GError **error) {
  Posted desk = {.preview = TRUE};
  if (!in_loop(call, &desk, action)) return NULL;
  if (desk.error) g_propagate_error(error, desk.error);
  return desk.previewed;
}
