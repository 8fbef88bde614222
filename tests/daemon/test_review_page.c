/* Who may go where: every route for everybody, tokens, hosts, sessions; and that what strangers
 * wrote stays text. */
#include "tests/daemon/review_fixture.h"

#include "daemon/log.h"
#include "store/journal.h"

/* --- every route, everybody ------------------------------------------------------------------- */

/* "/message/:/part/:" with numbers and words that are not there. */
static char *target_of(const PageRoute *route) {
  g_auto(GStrv) parts = g_strsplit(route->path, "/", -1);
  for (char **part = parts; *part; part++) {
    const char *with = !strcmp(*part, ":") ? "77" : !strcmp(*part, "*") ? "none" : NULL;
    if (!with) continue;
    g_free(*part);
    *part = g_strdup(with);
  }
  return g_strjoinv("/", parts);
}

/* What the access of a route lets happen: the table's own rule, so that a new route is tested. */
static void check_entry(House *house, const PageRoute *route, Who who) {
  g_autofree char *target = target_of(route);
  Ask ask = {.method = route->method, .target = target, .who = who};
  HttpResponse response = house_ask(house, &ask);
  const char *to = field_of(&response, "Location");
  gboolean asked_login = response.status == 303 && to && g_str_has_prefix(to, "/desk/login") &&
                         strcmp(to, "/desk/login?told=logout");
  gboolean refused = response.status == 403;
  g_test_message("%s %s as %d: %u %s", route->method, target, who, response.status, to ? to : "");
  if (route->access != PAGE_OPEN && who == WHO_NOBODY) {
    g_assert_true(route->quiet ? response.status == 401 : asked_login);
  } else if (route->access == PAGE_REVIEW && who == WHO_READ) {
    g_assert_true(refused);
  } else if (route->access != PAGE_OPEN) {
    g_assert_false(refused || asked_login || response.status == 401 || response.status >= 500);
  }
  http_response_done(&response);
}

/* A route that ends a session must not take the others' along: it is asked last. */
static void test_every_route(void) {
  House house;
  house_open(&house);
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < PAGE_ROUTES_COUNT; i++)
      for (Who who = WHO_NOBODY; who < WHO_COUNT; who++)
        if (!strcmp(PAGE_ROUTES[i].path, "/logout") == (pass == 1))
          check_entry(&house, &PAGE_ROUTES[i], who);
  house_close(&house);
}

/* Whatever changes something is a POST for those who may review, but for what is one's own. */
static void test_posts_are_for_reviewers(void) {
  for (guint i = 0; i < PAGE_ROUTES_COUNT; i++) {
    const PageRoute *route = &PAGE_ROUTES[i];
    gboolean own = !strcmp(route->path, "/login") || !strcmp(route->path, "/logout");
    if (strcmp(route->method, "POST") || own) {
      g_assert_cmpint(route->access, !=, PAGE_REVIEW);
      continue;
    }
    g_assert_cmpint(route->access, ==, PAGE_REVIEW);
  }
}

static void test_statuses(void) {
  static const struct {
    const char *method, *target;
    guint status;
  } rows[] = {{"GET", "/", 303},
              {"GET", "/queue", 200},
              {"GET", "/desk/queue", 200},
              {"GET", "/deskqueue", 404},
              {"GET", "/people", 200},
              {"GET", "/event/" FIXTURE_ID, 200},
              {"GET", "/event/none", 404},
              {"GET", "/outbox?state=held", 200},
              {"GET", "/log", 200},
              {"GET", "/count", 200},
              {"GET", "/export/" FIXTURE_ID ".csv", 200},
              {"GET", "/export/" FIXTURE_ID ".exe", 404},
              {"GET", "/export/none.csv", 404},
              {"GET", "/static/style.css", 200},
              {"GET", "/static/queue.html", 404},
              {"GET", "/message/0", 404},
              {"GET", "/message/01", 404},
              {"GET", "/message/-1", 404},
              {"GET", "/message/9223372036854775808", 404},
              {"GET", "/message/1/part/99999999999/page/1", 404},
              {"GET", "/none", 404},
              {"GET", "/logout", 405},
              {"POST", "/queue", 405},
              {"POST", "/outbox/0/do", 404}};
  House house;
  house_open(&house);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    Ask ask = {.method = rows[i].method, .target = rows[i].target, .who = WHO_REVIEW};
    guint status = house_status(&house, &ask);
    if (status != rows[i].status)
      g_error("%s %s: %u, not %u", rows[i].method, rows[i].target, status, rows[i].status);
  }
  house_close(&house);
}

/* --- where a request comes from -----------------------------------------------------------------
 */

static void test_hosts_and_origins(void) {
  static const struct {
    const char *method, *host, *origin, *fetch_site, *csrf;
    guint status;
  } rows[] = {{"GET", HOUSE_HOST, NULL, NULL, NULL, 200},
              {"GET", "INSCRIPTIONS.example.org", NULL, NULL, NULL, 200},
              {"GET", "localhost", NULL, NULL, NULL, 200},
              {"GET", "evil.example", NULL, NULL, NULL, 421},
              {"GET", HOUSE_HOST ":81", NULL, NULL, NULL, 421},
              {"GET", "", NULL, NULL, NULL, 421},
              {"GET", HOUSE_HOST ".evil.example", NULL, NULL, NULL, 421},
              {"POST", HOUSE_HOST, NULL, NULL, NULL, 422},
              {"POST", HOUSE_HOST, "https://" HOUSE_HOST, "same-origin", NULL, 422},
              {"POST", HOUSE_HOST, "http://" HOUSE_HOST, NULL, NULL, 403},
              {"POST", HOUSE_HOST, "https://evil.example", NULL, NULL, 403},
              {"POST", HOUSE_HOST, "null", NULL, NULL, 403},
              {"POST", HOUSE_HOST, NULL, "cross-site", NULL, 403},
              {"POST", HOUSE_HOST, NULL, "same-site", NULL, 403},
              {"POST", HOUSE_HOST, NULL, NULL, "", 403},
              {"POST", HOUSE_HOST, NULL, NULL, "AAAA", 403},
              {"POST", "localhost", "http://localhost", NULL, NULL, 422}};
  House house;
  house_open(&house);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    Ask ask = {.method = rows[i].method,
               .target = strcmp(rows[i].method, "GET") ? "/outbox/1/do" : "/queue",
               .who = WHO_REVIEW,
               .host = rows[i].host,
               .origin = rows[i].origin,
               .fetch_site = rows[i].fetch_site,
               .csrf = rows[i].csrf};
    guint status = house_status(&house, &ask);
    if (status != rows[i].status) g_error("row %u: %u, not %u", i, status, rows[i].status);
  }
  /* The token of somebody else is none. */
  Ask other = {
      .method = "POST", .target = "/outbox/1/do", .who = WHO_REVIEW, .csrf = house.csrf[WHO_READ]};
  g_assert_cmpuint(house_status(&house, &other), ==, 403);
  house_close(&house);
}

/* --- logging in ------------------------------------------------------------------------------- */

/* The cookie `name` that a response sets, as a browser sends it back; NULL: none. */
static char *set_cookie(const HttpResponse *response, const char *name) {
  g_autofree char *begin = g_strconcat(name, "=", NULL);
  for (guint i = 0; i + 1 < response->fields->len; i += 2) {
    const char *value = response->fields->pdata[i + 1];
    if (!g_ascii_strcasecmp(response->fields->pdata[i], "Set-Cookie") &&
        g_str_has_prefix(value, begin))
      return g_strndup(value, strcspn(value, ";"));
  }
  return NULL;
}

typedef struct {
  const char *name, *password, *next, *session; /* session: a cookie that the browser has already */
} Login;

static HttpResponse log_in(House *house, const Login *login) {
  Ask form = {.target = "/login"};
  HttpResponse page = house_ask(house, &form);
  g_autofree char *html = body_text(&page), *token = hidden_of(html, "csrf");
  g_autofree char *cookie = set_cookie(&page, review_cookie(house->review, "login"));
  g_autofree char *cookies =
      g_strconcat(cookie, login->session ? "; " : NULL, login->session, NULL);
  g_autofree char *password = g_uri_escape_string(login->password, NULL, FALSE);
  g_autofree char *next = g_uri_escape_string(login->next ? login->next : "", NULL, FALSE);
  g_autofree char *sent =
      g_strdup_printf("name=%s&password=%s&next=%s", login->name, password, next);
  Ask ask = {.method = "POST", .target = "/login", .form = sent, .cookies = cookies, .csrf = token};
  HttpResponse response = house_ask(house, &ask);
  http_response_done(&page);
  return response;
}

static void test_login(void) {
  static const struct {
    Login login;
    guint status;
    const char *to;
  } rows[] = {
      {{"marie", HOUSE_PASSWORD, NULL, NULL}, 303, "/desk/queue"},
      {{"marie", HOUSE_PASSWORD, "/people/3?q=a", NULL}, 303, "/desk/people/3?q=a"},
      {{"marie", HOUSE_PASSWORD, "//evil.example/", NULL}, 303, "/desk/queue"},
      {{"marie", HOUSE_PASSWORD, "https://evil.example/", NULL}, 303, "/desk/queue"},
      {{"marie", HOUSE_PASSWORD, "/\\evil.example", NULL}, 303, "/desk/queue"},
      {{"marie", HOUSE_PASSWORD, "/a\r\nSet-Cookie: x=y", NULL}, 303, "/desk/queue"},
      {{"marie", "wrong password", NULL, NULL}, 401, NULL},
      {{"nobody", HOUSE_PASSWORD, NULL, NULL}, 401, NULL},
  };
  House house;
  house_open(&house);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    HttpResponse response = log_in(&house, &rows[i].login);
    g_autofree char *cookie = set_cookie(&response, review_cookie(house.review, "session"));
    g_assert_cmpuint(response.status, ==, rows[i].status);
    g_assert_cmpstr(field_of(&response, "Location"), ==, rows[i].to);
    g_assert_true((cookie != NULL) == (rows[i].status == 303));
    http_response_done(&response);
  }
  house_close(&house);
}

/* Without the form's own token nobody is logged in, by another site's form for one. */
static void test_login_needs_its_form(void) {
  House house;
  house_open(&house);
  Ask ask = {.method = "POST",
             .target = "/login",
             .form = "name=marie&password=un%20mot%20de%20passe%20long",
             .csrf = "guess"};
  g_assert_cmpuint(house_status(&house, &ask), ==, 403);
  ask.cookies = "bulletind-login=other";
  g_assert_cmpuint(house_status(&house, &ask), ==, 403);
  house_close(&house);
}

/* Two windows with the form: both can be used. What is no token of ours is not taken over. */
static void test_two_windows(void) {
  House house;
  house_open(&house);
  Ask form = {.target = "/login"};
  HttpResponse first = house_ask(&house, &form);
  g_autofree char *cookie = set_cookie(&first, review_cookie(house.review, "login"));
  form.cookies = cookie;
  HttpResponse second = house_ask(&house, &form);
  g_autofree char *again = set_cookie(&second, review_cookie(house.review, "login"));
  g_assert_cmpstr(again, ==, cookie);
  form.cookies = "bulletind-login=\"><script>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  HttpResponse third = house_ask(&house, &form);
  g_autofree char *fresh = set_cookie(&third, review_cookie(house.review, "login"));
  g_assert_null(strstr(fresh, "script"));
  http_response_done(&first);
  http_response_done(&second);
  http_response_done(&third);
  house_close(&house);
}

/* A session that the browser brought along, planted or not, is none after the login. */
static void test_no_fixation(void) {
  House house;
  house_open(&house);
  g_autofree char *old = g_strdup(house.cookies[WHO_READ]);
  Login login = {"marie", HOUSE_PASSWORD, NULL, old};
  HttpResponse response = log_in(&house, &login);
  g_autofree char *fresh = set_cookie(&response, review_cookie(house.review, "session"));
  http_response_done(&response);
  g_assert_nonnull(fresh);
  g_assert_cmpstr(fresh, !=, old);
  Ask ask = {.target = "/queue", .cookies = fresh};
  g_assert_cmpuint(house_status(&house, &ask), ==, 200);
  ask.cookies = old;
  g_assert_cmpuint(house_status(&house, &ask), ==, 303);
  ask.cookies = "bulletind=planted";
  g_assert_cmpuint(house_status(&house, &ask), ==, 303);
  house_close(&house);
}

/* As if there had been many wrong ones until a while from now: no clock has to stand still. */
static void test_too_many_logins(void) {
  House house;
  house_open(&house);
  gint64 now = g_get_monotonic_time() / G_USEC_PER_SEC;
  guint wait = 0;
  for (guint i = 0; i < LOGIN_FREE_TRIES + 5; i++)
    (void)login_try(house.review->sessions, "marie", "192.0.2.1", now + 100 * i, &wait);
  Login login = {"marie", HOUSE_PASSWORD, NULL, NULL};
  HttpResponse response = log_in(&house, &login);
  g_autofree char *cookie = set_cookie(&response, review_cookie(house.review, "session"));
  g_assert_cmpuint(response.status, ==, 429);
  g_assert_nonnull(field_of(&response, "Retry-After"));
  g_assert_null(cookie);
  http_response_done(&response);
  house_close(&house);
}

/* A session ends with its user, and with a change of password or role; and by logging out. */
static void test_sessions_end(void) {
  House house;
  g_autoptr(GError) error = NULL;
  house_open(&house);
  Ask marie = {.target = "/queue", .who = WHO_REVIEW}, paul = {.target = "/queue", .who = WHO_READ};
  g_assert_cmpuint(house_status(&house, &marie), ==, 200);
  g_assert_cmpuint(house_status(&house, &paul), ==, 200);
  g_assert_true(desk_user_set(house.store, "marie", NULL, DESK_ROLE_READ, FALSE, &error));
  g_assert_true(desk_user_remove(house.store, "paul", &error));
  g_assert_cmpuint(house_status(&house, &marie), ==, 303);
  g_assert_cmpuint(house_status(&house, &paul), ==, 303);
  house_close(&house);
  house_open(&house);
  Ask out = {.method = "POST", .target = "/logout", .who = WHO_READ};
  g_assert_cmpuint(house_status(&house, &out), ==, 303);
  g_assert_cmpuint(house_status(&house, &paul), ==, 303);
  house_close(&house);
}

static void test_cookies(void) {
  static const struct {
    const char *url, *name, *path;
    gboolean secure;
  } rows[] = {{"https://" HOUSE_HOST "/desk/", "bulletind=", "; Path=/desk/;", TRUE},
              {"https://" HOUSE_HOST "/", "__Host-bulletind=", "; Path=/;", TRUE},
              {NULL, "bulletind=", "; Path=/;", FALSE}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    House house;
    house_open_as(&house, rows[i].url);
    Login login = {"marie", HOUSE_PASSWORD, NULL, NULL};
    HttpResponse response = log_in(&house, &login);
    const char *cookie = field_of(&response, "Set-Cookie");
    g_assert_true(g_str_has_prefix(cookie, rows[i].name));
    g_assert_nonnull(strstr(cookie, rows[i].path));
    g_assert_nonnull(strstr(cookie, "; HttpOnly"));
    g_assert_nonnull(strstr(cookie, "; SameSite=Strict"));
    g_assert_true((strstr(cookie, "; Secure") != NULL) == rows[i].secure);
    http_response_done(&response);
    house_close(&house);
  }
}

/* --- what strangers write --------------------------------------------------------------------- */

#define EVIL "\"><script>alert(1)</script><img src=x onerror='alert(2)'>{{csrf}}"

static void test_hostile_words_stay_text(void) {
  static const char *const targets[] = {"/queue",
                                        "/queue?q="
                                        "%22%3E%3Cscript%3E",
                                        "/message/1",
                                        "/people",
                                        "/people/1",
                                        "/event/" FIXTURE_ID,
                                        "/outbox",
                                        "/log",
                                        "/log?q=%3Cscript%3E&id=%22%3E%3Cscript%3E"};
  House house;
  house_open(&house);
  g_autofree char *values =
      g_strdup("organization=" EVIL "|last_name=" EVIL "|first_name=" EVIL
               "|email=m.durand@ville.example|attendance=yes|themes=" EVIL "\nand more");
  guint64 id = house_mail(&house, values, EVIL, NULL);
  g_assert_cmpuint(id, ==, 1);
  Ask preview = {.method = "POST",
                 .target = "/message/1/preview",
                 .form = "do=accept&stamp=@stamp",
                 .who = WHO_REVIEW};
  HttpResponse shown = house_ask(&house, &preview);
  g_autofree char *shown_html = body_text(&shown);
  g_assert_cmpuint(shown.status, ==, 200);
  g_assert_null(strstr(shown_html, "<script>alert"));
  http_response_done(&shown);
  Ask accept = {.method = "POST",
                .target = "/message/1/do",
                .form = "do=accept&stamp=@stamp",
                .who = WHO_REVIEW};
  g_assert_cmpuint(house_status(&house, &accept), ==, 303);
  for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
    Ask ask = {.target = targets[i], .who = WHO_REVIEW};
    HttpResponse response = house_ask(&house, &ask);
    g_autofree char *html = body_text(&response);
    g_test_message("%s", targets[i]);
    g_assert_cmpuint(response.status, ==, 200);
    g_assert_null(strstr(html, "<script>"));
    g_assert_null(strstr(html, "<img src=x"));
    http_response_done(&response);
  }
  house_close(&house);
}

/* A variable of a template stands in text or in an attribute in quotes; what is not escaped, only
 * where the page's own pictures stand; a link leads to us. */
static void test_templates_are_safe(void) {
  for (guint i = 0; i < PAGE_FILES_COUNT; i++) {
    const PageFile *file = &PAGE_FILES[i];
    gboolean tag = FALSE, quoted = FALSE;
    if (!g_str_has_suffix(file->name, ".html")) continue;
    for (const char *p = file->bytes; *p; p++) {
      gboolean sigil = g_str_has_prefix(p, "{{") && strchr("#^/!", p[2]);
      if (g_str_has_prefix(p, "{{{"))
        g_assert_true(g_str_has_prefix(p, "{{{chart_"));
      else if (g_str_has_prefix(p, "{{") && !sigil && tag && !quoted)
        g_error("%s: a variable outside of quotes: %.40s", file->name, p);
      g_assert_false(g_str_has_prefix(p, "{{&"));
      if (g_str_has_prefix(p, "{{")) {
        p = strstr(p, "}}") + 1;
        continue;
      }
      if (*p == '<' && !quoted) tag = TRUE;
      if (*p == '>' && !quoted) tag = FALSE;
      if (*p == '"' && tag) quoted = !quoted;
    }
    g_assert_null(strstr(file->bytes, " style="));
    g_assert_null(strstr(file->bytes, " on"
                                      "click"));
  }
}

static void test_links_lead_to_us(void) {
  static const char *const attributes[] = {" href=\"", " src=\"", " action=\"", " formaction=\""};
  for (guint i = 0; i < PAGE_FILES_COUNT; i++)
    for (guint k = 0; k < G_N_ELEMENTS(attributes); k++) {
      const char *at = PAGE_FILES[i].bytes;
      if (!g_str_has_suffix(PAGE_FILES[i].name, ".html")) continue;
      while ((at = strstr(at, attributes[k]))) {
        at += strlen(attributes[k]);
        if (*at != '#' && !g_str_has_prefix(at, "{{base}}"))
          g_error("%s: a link to elsewhere: %.40s", PAGE_FILES[i].name, at);
      }
    }
}

/* --- what a person does ----------------------------------------------------------------------- */

static char *stamp_of(House *house, const char *target) {
  Ask ask = {.target = target, .who = WHO_REVIEW};
  HttpResponse response = house_ask(house, &ask);
  g_autofree char *html = body_text(&response);
  char *stamp = hidden_of(html, "stamp");
  http_response_done(&response);
  return stamp;
}

static gboolean say(const JournalEntry *entry, void *context) {
  if (!strcmp(entry->what, "person")) g_string_append_printf(context, "[%s]", entry->text);
  return TRUE;
}

static char *journal_of(House *house) {
  GString *text = g_string_new(NULL);
  g_autoptr(StoreTxn) txn = store_begin(house->store, FALSE, NULL);
  journal_foreach(txn, 0, 0, 0, say, text, NULL);
  return g_string_free(text, FALSE);
}

/* What is changed in the form is stored; it is shown before; the second person is told. */
static void test_accept(void) {
  House house;
  house_open(&house);
  house_mail(&house, HOUSE_WHOLE, "Bulletin", NULL);
  g_autofree char *stamp = stamp_of(&house, "/message/1");
  g_autofree char *form = g_strdup_printf(
      "do=accept&stamp=%s&1.last_name=DUPONT&1.first_name=Marie&1.organization=Ville"
      "&1.phone=06+12+34+56+78",
      stamp);
  Ask ask = {.method = "POST",
             .target = "/message/1/preview?state=review",
             .form = form,
             .who = WHO_REVIEW};
  HttpResponse preview = house_ask(&house, &ask);
  g_autofree char *html = body_text(&preview);
  g_assert_cmpuint(preview.status, ==, 200);
  g_assert_nonnull(strstr(html, "<pre id=\"answer\""));
  g_assert_nonnull(strstr(html, "DUPONT"));
  g_assert_nonnull(strstr(html, ">+33612345678<")); /* read as in a mail */
  g_assert_nonnull(strstr(html, "action=\"/desk/message/1/do?state=review\""));
  http_response_done(&preview);
  g_autofree char *before = journal_of(&house);
  g_assert_cmpstr(strstr(before, "accepted"), ==, NULL);
  ask.target = "/message/1/do?state=review";
  HttpResponse done = house_ask(&house, &ask);
  g_assert_cmpuint(done.status, ==, 303);
  g_assert_cmpstr(field_of(&done, "Location"), ==, "/desk/queue?state=review&told=accept");
  http_response_done(&done);
  g_autofree char *after = journal_of(&house);
  g_assert_nonnull(strstr(after, "[page:marie accepted it: registration 1 is registered"));
  HttpResponse again = house_ask(&house, &ask);
  g_autofree char *told = body_text(&again);
  g_assert_cmpuint(again.status, ==, 409);
  g_assert_nonnull(strstr(told, "marie a accepté"));
  g_assert_null(strstr(told, "accepted it"));
  http_response_done(&again);
  house_close(&house);
}

static void test_mistakes_are_told(void) {
  static const struct {
    const char *target, *form;
    guint status;
  } rows[] = {{"/message/1/preview", "", 422},
              {"/message/1/preview", "do=explode", 422},
              {"/message/1/preview", "do=reply&stamp=@stamp&own_text=+%0D%0A", 422},
              {"/message/1/preview", "do=accept&stamp=@stamp&1.phone=12", 422},
              {"/message/1/preview", "do=accept&stamp=@stamp&1.last_name=", 422},
              {"/message/1/preview", "do=accept&stamp=other", 409},
              {"/message/1/preview", "do=accept", 409},
              {"/message/2/preview", "do=accept", 404},
              {"/people/1/preview", "do=edit", 404}};
  House house;
  house_open(&house);
  house_mail(&house, HOUSE_WHOLE, "Bulletin", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    Ask ask = {.method = "POST", .target = rows[i].target, .form = rows[i].form, .who = WHO_REVIEW};
    HttpResponse response = house_ask(&house, &ask);
    g_autofree char *html = body_text(&response);
    if (response.status != rows[i].status)
      g_error("%s %s: %u", rows[i].target, rows[i].form, response.status);
    g_assert_nonnull(strstr(html, "id=\"trouble\""));
    g_assert_null(strstr(html, "Précision technique"));
    http_response_done(&response);
  }
  house_close(&house);
}

/* The main loop does not answer: 503, and nothing is done, not even later. */
static void test_a_hung_loop(void) {
  House house;
  house_open(&house);
  house_mail(&house, HOUSE_WHOLE, "Bulletin", NULL);
  GMainContext *nobody = g_main_context_new();
  review_loop_free(house.review->loop);
  house.review->loop = review_loop_new(nobody, 0);
  Ask ask = {.method = "POST",
             .target = "/message/1/do",
             .form = "do=accept&stamp=@stamp",
             .who = WHO_REVIEW};
  g_assert_cmpuint(house_status(&house, &ask), ==, 503);
  while (g_main_context_iteration(nobody, FALSE)) continue;
  g_autofree char *journal = journal_of(&house);
  g_assert_null(strstr(journal, "accepted"));
  house_close(&house);
  g_main_context_unref(nobody);
}

/* What came with a mail: its text harmless and framed without rights, its parts as downloads that
 * no browser opens. */
static void test_originals(void) {
  static const char raw[] =
      "From: m.durand@ville.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
      "<p onclick=\"a()\">Bonjour<script>alert(1)</script><img "
      "src=\"http://evil.example/\"></p>\r\n"
      "--b\r\nContent-Type: text/html; name=\"a.html\"\r\nContent-Disposition: attachment; "
      "filename=\"../\\\"a b.html\"\r\n\r\n<script>alert(2)</script>\r\n--b--\r\n";
  House house;
  house_open(&house);
  g_autoptr(GBytes) bytes = g_bytes_new_static(raw, strlen(raw));
  house_mail(&house, HOUSE_WHOLE, "Bulletin", bytes);
  Ask ask = {.target = "/message/1/original", .who = WHO_READ};
  HttpResponse original = house_ask(&house, &ask);
  g_autofree char *html = body_text(&original);
  g_assert_cmpuint(original.status, ==, 200);
  g_assert_cmpstr(original.csp, ==, HTTP_CSP_FRAME);
  g_assert_nonnull(strstr(html, "Bonjour"));
  static const char *const none[] = {"<script", "onclick", "<img", "evil.example", NULL};
  for (guint i = 0; none[i]; i++) g_assert_null(strstr(html, none[i]));
  http_response_done(&original);
  ask.target = "/message/1/part/1";
  HttpResponse part = house_ask(&house, &ask);
  g_assert_cmpuint(part.status, ==, 200);
  g_assert_cmpstr(part.type, ==, "application/octet-stream");
  g_assert_true(
      g_str_has_prefix(field_of(&part, "Content-Disposition"), "attachment; filename*=UTF-8''"));
  http_response_done(&part);
  static const char *const missing[] = {"/message/1/part/77", "/message/1/part/1/page/1",
                                        "/message/1/part/0/page/0", "/message/2/original", NULL};
  for (guint i = 0; missing[i]; i++) {
    ask.target = missing[i];
    g_assert_cmpuint(house_status(&house, &ask), ==, 404);
  }
  house_close(&house);
}

/* Each view in each language: no text is lacking, and the page says what language it is in. */
static void test_languages(void) {
  static const char *const targets[] = {
      "/queue", "/message/1", "/people", "/people/1", "/event/" FIXTURE_ID, "/outbox", "/log"};
  static const char *const languages[] = {"fr", "en-GB,en;q=0.9", "ja,en;q=0.5"};
  House house;
  house_open(&house);
  house_mail(&house, HOUSE_WHOLE, "Bulletin", NULL);
  Ask accept = {.method = "POST",
                .target = "/message/1/do",
                .form = "do=accept&stamp=@stamp",
                .who = WHO_REVIEW};
  g_assert_cmpuint(house_status(&house, &accept), ==, 303);
  for (guint i = 0; i < G_N_ELEMENTS(targets); i++)
    for (guint k = 0; k < G_N_ELEMENTS(languages); k++) {
      Ask ask = {.target = targets[i], .who = WHO_REVIEW, .languages = languages[k]};
      HttpResponse response = house_ask(&house, &ask);
      g_autofree char *html = body_text(&response);
      g_autofree char *wanted = g_strdup_printf("<html lang=\"%.2s\">", languages[k]);
      g_assert_cmpuint(response.status, ==, 200);
      g_assert_nonnull(strstr(html, wanted));
      http_response_done(&response);
    }
  house_close(&house);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  log_init("test", LOG_LEVEL_ERROR, NULL);
  g_test_add_func("/review-page/every-route", test_every_route);
  g_test_add_func("/review-page/posts-are-for-reviewers", test_posts_are_for_reviewers);
  g_test_add_func("/review-page/statuses", test_statuses);
  g_test_add_func("/review-page/hosts-and-origins", test_hosts_and_origins);
  g_test_add_func("/review-page/login", test_login);
  g_test_add_func("/review-page/login-needs-its-form", test_login_needs_its_form);
  g_test_add_func("/review-page/two-windows", test_two_windows);
  g_test_add_func("/review-page/no-fixation", test_no_fixation);
  g_test_add_func("/review-page/too-many-logins", test_too_many_logins);
  g_test_add_func("/review-page/sessions-end", test_sessions_end);
  g_test_add_func("/review-page/cookies", test_cookies);
  g_test_add_func("/review-page/hostile-words-stay-text", test_hostile_words_stay_text);
  g_test_add_func("/review-page/templates-are-safe", test_templates_are_safe);
  g_test_add_func("/review-page/links-lead-to-us", test_links_lead_to_us);
  g_test_add_func("/review-page/accept", test_accept);
  g_test_add_func("/review-page/mistakes-are-told", test_mistakes_are_told);
  g_test_add_func("/review-page/a-hung-loop", test_a_hung_loop);
  g_test_add_func("/review-page/originals", test_originals);
  g_test_add_func("/review-page/languages", test_languages);
  return g_test_run();
}
