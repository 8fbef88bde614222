/* review_page - see review_page.h: routes, and who may go where. */
#include "daemon/desk/review_page.h"

#include <string.h>

#include "daemon/desk/review_view.h"
#include "daemon/log.h"

/* --- routes ----------------------------------------------------------------------------------- */

const PageRoute PAGE_ROUTES[] = {
    {"GET", "/login", PAGE_OPEN, HTTP_LANE_PAGE, FALSE, review_login_show},
    {"POST", "/login", PAGE_OPEN, HTTP_LANE_LOGIN, FALSE, review_login_do},
    {"POST", "/logout", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_logout},
    {"GET", "/", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_home},
    {"GET", "/queue", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_queue_show},
    {"GET", "/message/:", PAGE_READ, HTTP_LANE_READER, FALSE, review_message_show},
    {"POST", "/message/:/preview", PAGE_REVIEW, HTTP_LANE_READER, FALSE, review_decide_preview},
    {"POST", "/message/:/do", PAGE_REVIEW, HTTP_LANE_READER, FALSE, review_decide_do},
    {"GET", "/message/:/original", PAGE_READ, HTTP_LANE_READER, TRUE, review_original_show},
    {"GET", "/message/:/part/:/page/:", PAGE_READ, HTTP_LANE_READER, TRUE, review_original_page},
    {"GET", "/message/:/part/:", PAGE_READ, HTTP_LANE_READER, TRUE, review_original_part},
    {"GET", "/people", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_people_show},
    {"GET", "/people/:", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_person_show},
    {"GET", "/people/:/merge", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_merge_show},
    {"POST", "/people/:/preview", PAGE_REVIEW, HTTP_LANE_READER, FALSE, review_person_preview},
    {"POST", "/people/:/do", PAGE_REVIEW, HTTP_LANE_READER, FALSE, review_person_do},
    {"GET", "/export/*", PAGE_READ, HTTP_LANE_READER, FALSE, review_export},
    {"GET", "/event/*", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_event_show},
    {"GET", "/outbox", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_outbox_show},
    {"GET", "/outbox/:", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_answer_show},
    {"GET", "/outbox/:/text", PAGE_READ, HTTP_LANE_READER, TRUE, review_answer_text},
    {"POST", "/outbox/:/do", PAGE_REVIEW, HTTP_LANE_PAGE, FALSE, review_outbox_do},
    {"GET", "/log", PAGE_READ, HTTP_LANE_PAGE, FALSE, review_log_show},
    {"GET", "/count", PAGE_READ, HTTP_LANE_PAGE, TRUE, review_count},
    {"GET", "/language", PAGE_OPEN, HTTP_LANE_PAGE, FALSE, review_language},
    {"GET", "/static/*", PAGE_OPEN, HTTP_LANE_PAGE, TRUE, review_static},
};
const guint PAGE_ROUTES_COUNT = G_N_ELEMENTS(PAGE_ROUTES);

/* "/people/12": digits without a leading zero, up to 2^63. */
static gboolean is_number(const char *text, guint64 *ret_number) {
  if (*text < '0' || *text > '9' || (*text == '0' && text[1])) return FALSE;
  return g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, ret_number, NULL);
}

static gboolean matches(const PageRoute *route, char **parts, PageCall *call) {
  g_auto(GStrv) wanted = g_strsplit(route->path, "/", -1);
  guint numbers = 0;
  if (g_strv_length(wanted) != g_strv_length(parts)) return FALSE;
  for (guint i = 0; wanted[i]; i++) {
    if (!strcmp(wanted[i], ":")) {
      guint64 number = 0;
      if (!is_number(parts[i], &number)) return FALSE;
      if (call) call->numbers[numbers++] = number;
    } else if (!strcmp(wanted[i], "*")) {
      if (!*parts[i] ||
          (call && g_strlcpy(call->word, parts[i], sizeof call->word) >= sizeof call->word))
        return FALSE;
    } else if (strcmp(wanted[i], parts[i])) {
      return FALSE;
    }
  }
  return TRUE;
}

/* The route; NULL: none. *ret_other: one of another method has that path. */
static const PageRoute *find_route(const char *method, const char *path, PageCall *call,
                                   gboolean *ret_other) {
  g_auto(GStrv) parts = g_strsplit(path, "/", 12);
  *ret_other = FALSE;
  for (guint i = 0; i < PAGE_ROUTES_COUNT; i++) {
    const PageRoute *route = &PAGE_ROUTES[i];
    if (!matches(route, parts, call)) continue;
    if (!strcmp(route->method, method)) return route;
    *ret_other = TRUE;
  }
  return NULL;
}

/* A proxy may pass the path with its prefix or without it. */
static const char *without_base(const Review *review, const char *path) {
  gsize length = strlen(review->base);
  return length && !strncmp(path, review->base, length) && path[length] == '/' ? path + length
                                                                               : path;
}

HttpLane review_lane(const HttpRequest *request, void *context) {
  gboolean other;
  const PageRoute *route =
      find_route(request->method, without_base(context, request->path), NULL, &other);
  return route ? route->lane : HTTP_LANE_PAGE;
}

/* --- where it may come from ------------------------------------------------------------------- */

static gboolean is_host(const Review *review, const char *host) {
  return (review->url_host && !g_ascii_strcasecmp(host, review->url_host)) ||
         !g_ascii_strcasecmp(host, review->listen_host) ||
         (g_str_has_prefix(host, "localhost:") &&
          !g_strcmp0(strrchr(review->listen_host, ':'), host + strlen("localhost")));
}

/* A page of another site must not make a browser ask us (DNS rebinding, CSRF): a form's Origin is
 * one of ours, where the browser sends one. */
static gboolean is_origin(const Review *review, const HttpRequest *request) {
  const char *origin = request->origin;
  if (*request->fetch_site && strcmp(request->fetch_site, "same-origin") &&
      strcmp(request->fetch_site, "none"))
    return FALSE;
  if (!*origin) return TRUE;
  if (review->url_host) {
    g_autofree char *ours =
        g_strconcat(review->secure ? "https://" : "http://", review->url_host, NULL);
    if (!g_ascii_strcasecmp(origin, ours)) return TRUE;
  }
  return g_str_has_prefix(origin, "http://") && !g_ascii_strcasecmp(origin + 7, request->host) &&
         (!review->url_host || g_ascii_strcasecmp(request->host, review->url_host));
}

/* --- who asks --------------------------------------------------------------------------------- */

/* Without a "__Host-" prefix a cookie could be set by a page of a sibling domain; it needs https
 * and the whole of the host (RFC 6265bis 4.1.3.2). */
const char *review_cookie(const Review *review, const char *name) {
  static const char *const names[][2] = {
      {"session", "bulletind"}, {"login", "bulletind-login"}, {"language", "bulletind-language"}};
  static const char *const strict[] = {"__Host-bulletind", "__Host-bulletind-login",
                                       "__Host-bulletind-language"};
  gboolean own_host = review->secure && !*review->base;
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (!strcmp(names[i][0], name)) return own_host ? strict[i] : names[i][1];
  g_assert_not_reached();
}

/* The session, as long as the user is who he or she was at the login. */
static void find_session(PageCall *call) {
  Review *review = call->review;
  g_autofree char *id = http_cookie(call->request->cookies, review_cookie(review, "session"));
  DeskRole role;
  gboolean used = !call->route || call->route->show != review_count; /* the script asks by itself */
  if (!sessions_find(review->sessions, id, call->clock, used, &call->session)) return;
  call->logged_in =
      desk_user_current(call->txn, call->session.name, call->session.generation, &role);
  call->may_review = call->logged_in && role == DESK_ROLE_REVIEW;
  if (call->logged_in) warm_touch(review->warm);
  if (!call->logged_in) sessions_end(review->sessions, id);
}

static void find_language(PageCall *call) {
  g_autofree char *chosen =
      http_cookie(call->request->cookies, review_cookie(call->review, "language"));
  int language = chosen ? words_parse(chosen) : -1;
  call->language = language >= 0 ? (WordsLanguage)language : words_choose(call->request->languages);
}

static void ask_login(PageCall *call) {
  if (call->route->quiet) {
    call->response->status = 401;
    http_response_text(call->response, "text/plain; charset=utf-8", g_strdup("401\n"));
    return;
  }
  g_autoptr(GString) path = g_string_new("/login");
  gboolean page = !strcmp(call->request->method, "GET") && strcmp(call->path, "/");
  if (page) {
    g_autofree char *query = page_query(
        call, (const char *const[]){"event", "state", "kind", "status", "q", "sort", NULL});
    g_autofree char *next = g_strconcat(call->path, query, NULL);
    page_query_add(path, "next", next);
  }
  page_redirect(call, path->str);
}

/* TRUE: go on to the view. */
static gboolean may_enter(PageCall *call) {
  PageAccess access = call->route->access;
  gboolean post = !strcmp(call->request->method, "POST");
  if (access != PAGE_OPEN && !call->logged_in) {
    ask_login(call);
    return FALSE;
  }
  if (access == PAGE_REVIEW && !call->may_review) {
    page_error(call, 403, "error_403", "/queue");
    return FALSE;
  }
  gboolean token =
      access == PAGE_OPEN || session_same(call->session.csrf, page_field(call, "csrf"));
  if (post && (!is_origin(call->review, call->request) || !token)) {
    page_error(call, 403, "error_token", "/queue");
    return FALSE;
  }
  return TRUE;
}

/* --- one request ------------------------------------------------------------------------------ */

static void refuse_host(HttpResponse *response) {
  response->status = 421;
  http_response_text(response, "text/plain; charset=utf-8",
                     g_strdup("421 this host is not served here; see review.url\n"));
}

static void dispatch(PageCall *call) {
  gboolean other;
  call->route = find_route(call->request->method, call->path, call, &other);
  find_session(call);
  if (!call->route && other)
    http_response_field(call->response, "Allow",
                        strcmp(call->request->method, "GET") ? "GET, HEAD" : "POST");
  if (!call->route)
    page_error(call, other ? 405 : 404, "error_404", call->logged_in ? "/queue" : "/login");
  else if (may_enter(call))
    call->route->show(call);
}

void review_answer(const HttpRequest *request, HttpResponse *response, void *context) {
  Review *review = context;
  if (!is_host(review, request->host)) {
    refuse_host(response);
    return;
  }
  g_autoptr(GError) error = NULL;
  PageCall call = {.review = review,
                   .request = request,
                   .response = response,
                   .path = without_base(review, request->path),
                   .now = g_get_real_time() / G_USEC_PER_SEC,
                   .clock = g_get_monotonic_time() / G_USEC_PER_SEC,
                   .data = template_data_new()};
  call.root = template_data_root(call.data);
  find_language(&call);
  call.txn = store_begin(review->store, FALSE, &error);
  if (call.txn) {
    dispatch(&call);
  } else {
    log_error("page: %s", error->message);
    response->status = 503;
    http_response_text(response, "text/plain; charset=utf-8", g_strdup("503\n"));
  }
  page_end_txn(&call);
  if (call.typed) g_ptr_array_unref(call.typed);
  template_data_free(call.data);
}

/* --- start and stop --------------------------------------------------------------------------- */

Review *review_new(Store *store, GError **error) {
  Templates *templates = templates_new(error);
  if (!templates) return NULL;
  Review *review = g_new0(Review, 1);
  review->store = store;
  review->templates = templates;
  review->sessions = sessions_new();
  return review;
}

/* "https://example.org/desk/": scheme, host[:port] and path. */
static void read_url(Review *review, const ReviewConfig *config) {
  const char *host = strstr(config->url, "://"), *path = host ? strchr(host + 3, '/') : NULL;
  review->secure = g_str_has_prefix(config->url, "https:");
  review->url_host = path ? g_strndup(host + 3, (gsize)(path - host - 3)) : NULL;
  review->base = path ? g_strndup(path, strlen(path) - 1) : g_strdup("");
  review->listen_host =
      g_strdup(g_str_has_prefix(config->listen, "unix:") ? "localhost" : config->listen);
}

/* What the heads of the lists of participants sort by. */
static void start_warming(Review *review) {
  g_autoptr(GPtrArray) sorts = g_ptr_array_new();
  const GPtrArray *events = review->config->events;
  g_ptr_array_add(sorts, "status");
  g_ptr_array_add(sorts, "updated");
  for (guint i = 0; i < events->len; i++) {
    const Event *event = events->pdata[i];
    for (guint k = 0; k < event->fields->len; k++) {
      const EventField *field = event->fields->pdata[k];
      if (page_is_column(field) &&
          !g_ptr_array_find_with_equal_func(sorts, field->name, g_str_equal, NULL))
        g_ptr_array_add(sorts, field->name);
    }
  }
  g_ptr_array_add(sorts, NULL);
  review->warm =
      warm_new(review->store, review->cache, review->reader, (const char *const *)sorts->pdata);
}

gboolean review_start(Review *review, const Config *config, const Replies *replies,
                      GError **error) {
  const ReviewConfig *wanted = &config->review;
  if (!*wanted->listen) return TRUE;
  review->config = config;
  review->replies = replies;
  read_url(review, wanted);
  sessions_set_limits(review->sessions, wanted->session_s, wanted->idle_s);
  review->cache = desk_cache_new(config);
  review->reader = desk_reader_new(config);
  review->originals = originals_new(review->reader);
  review->loop = review_loop_new(NULL, REVIEW_LOOP_WAIT_S);
  start_warming(review);
  HttpHandler handler = {review_lane, review_answer, review};
  review->server = http_server_new(wanted->listen, &handler, error);
  if (!review->server) {
    review_stop(review);
    return FALSE;
  }
  log_info("page: listening on %s%s%s", wanted->listen, *wanted->url ? ", seen as " : "",
           wanted->url);
  return TRUE;
}

void review_stop(Review *review) {
  if (!review || !review->loop) return;
  review_loop_stop(review->loop);
  desk_reader_stop(review->reader);
  http_server_free(g_steal_pointer(&review->server));
  warm_free(g_steal_pointer(&review->warm));
  review_loop_free(g_steal_pointer(&review->loop));
  originals_free(g_steal_pointer(&review->originals));
  desk_reader_free(g_steal_pointer(&review->reader));
  desk_cache_free(g_steal_pointer(&review->cache));
  g_clear_pointer(&review->base, g_free);
  g_clear_pointer(&review->url_host, g_free);
  g_clear_pointer(&review->listen_host, g_free);
}

void review_free(Review *review) {
  if (!review) return;
  review_stop(review);
  sessions_free(review->sessions);
  templates_free(review->templates);
  g_free(review);
}
