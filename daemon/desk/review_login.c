/* review_login - logging in and out.
 *
 * The form has no session yet: its token is a random one that a cookie carries, too. A session's id
 * is made at the login, whatever the browser brought along. Waiting is told, never done. */
#include <string.h>

#include "daemon/desk/review_view.h"
#include "daemon/log.h"

/* Who is counted for wrong passwords. Everybody comes from this machine: behind a proxy (a URL is
 * set) it is the address that the proxy saw, in the last X-Forwarded-For entry, which the proxy
 * itself writes; nothing else is ever read from that field. */
static const char *address_of(const PageCall *call) {
  const char *seen = call->request->forwarded_for;
  return call->review->url_host && *seen ? seen : "this machine";
}

/* The token that the browser has already, so that a second window does not spoil the first; else a
 * new one. */
static void take_token(const PageCall *call, char token[SESSION_TOKEN_MAX_CHARS]) {
  g_autofree char *old = http_cookie(call->request->cookies, review_cookie(call->review, "login"));
  session_random(token);
  if (!old || strlen(old) != strlen(token)) return;
  for (const char *p = old; *p; p++)
    if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_') return;
  g_strlcpy(token, old, SESSION_TOKEN_MAX_CHARS);
}

static void show_form(PageCall *call, const char *name, const char *next) {
  char token[SESSION_TOKEN_MAX_CHARS];
  take_token(call, token);
  page_set_cookie(call, "login", token, -1, FALSE);
  page_put(call, call->root, "csrf", token);
  page_put(call, call->root, "name", name);
  page_put(call, call->root, "next", page_is_own_path(next) ? next : "");
  call->logged_in = FALSE; /* the page for somebody who is not */
  page_show(call, "login", page_word(call, "login_title"));
}

void review_login_show(PageCall *call) {
  warm_touch(call->review->warm); /* while the password is typed */
  if (call->logged_in)
    page_redirect(call, "/queue");
  else
    show_form(call, "", page_arg(call, "next"));
}

static gboolean has_token(const PageCall *call) {
  g_autofree char *token =
      http_cookie(call->request->cookies, review_cookie(call->review, "login"));
  return session_same(token, page_field(call, "csrf"));
}

static void tell_wait(PageCall *call, guint wait_s) {
  g_autofree char *seconds = g_strdup_printf("%u", wait_s);
  g_autofree char *told = words_count(call->language, "login_wait", wait_s);
  call->response->status = 429;
  http_response_field(call->response, "Retry-After", seconds);
  call->trouble = told;
  show_form(call, page_field(call, "name"), page_field(call, "next"));
  call->trouble = NULL;
}

static void begin_session(PageCall *call, const char *name, guint64 generation) {
  char id[SESSION_TOKEN_MAX_CHARS];
  Sessions *sessions = call->review->sessions;
  g_autofree char *old =
      http_cookie(call->request->cookies, review_cookie(call->review, "session"));
  sessions_end(sessions, old);
  sessions_begin(sessions, name, generation, call->clock, id);
  page_set_cookie(call, "session", id, -1, FALSE);
  page_set_cookie(call, "login", "", 0, FALSE);
  const char *next = page_field(call, "next");
  log_info("page: %s logged in", name);
  page_redirect(call, page_is_own_path(next) ? next : "/queue");
}

void review_login_do(PageCall *call) {
  const char *name = page_field(call, "name"), *address = address_of(call);
  Sessions *sessions = call->review->sessions;
  DeskRole role;
  guint64 generation = 0;
  guint wait_s = 0;
  if (!has_token(call)) {
    call->trouble = page_word(call, "login_stale");
    call->response->status = 403;
    show_form(call, name, page_field(call, "next"));
    return;
  }
  if (!login_try(sessions, name, address, call->clock, &wait_s)) {
    tell_wait(call, wait_s);
    return;
  }
  page_end_txn(call); /* hashing takes a while; desk_users reads for itself */
  gboolean right =
      desk_user_login(call->review->store, name, page_field(call, "password"), &role, &generation);
  if (right) {
    login_right(sessions, name, address);
    begin_session(call, name, generation);
    return;
  }
  log_notice("page: a wrong name or password, from %s", address);
  call->trouble = page_word(call, "login_wrong");
  call->response->status = 401;
  show_form(call, name, page_field(call, "next"));
}

void review_logout(PageCall *call) {
  g_autofree char *id = http_cookie(call->request->cookies, review_cookie(call->review, "session"));
  sessions_end(call->review->sessions, id);
  page_set_cookie(call, "session", "", 0, FALSE);
  page_redirect(call, "/login?told=logout");
}
