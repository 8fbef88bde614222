/* review_fixture - a page without its listener's clients: a store, two users, and requests that are
 * answered in this thread. Its main loop is iterated where something is to be done. */
#pragma once
#include "daemon/desk/review_view.h"
#include "tests/daemon/reply_fixture.h"

#define HOUSE_PASSWORD "un mot de passe long"
#define HOUSE_HOST "inscriptions.example.org"

typedef enum { WHO_NOBODY, WHO_READ, WHO_REVIEW, WHO_COUNT } Who;

typedef struct {
  Fixture fixture;
  Store *store;
  Review *review;
  char *cookies[WHO_COUNT]; /* "bulletind=…"; "" of nobody */
  char csrf[WHO_COUNT][SESSION_TOKEN_MAX_CHARS];
} House;

static inline void house_user(House *house, Who who, const char *name, DeskRole role) {
  g_autoptr(GError) error = NULL;
  guint64 generation = 0;
  DeskRole found;
  Session session;
  char id[SESSION_TOKEN_MAX_CHARS];
  g_assert_true(desk_user_set(house->store, name, HOUSE_PASSWORD, role, TRUE, &error));
  g_assert_true(desk_user_login(house->store, name, HOUSE_PASSWORD, &found, &generation));
  gint64 now = g_get_monotonic_time() / G_USEC_PER_SEC;
  sessions_begin(house->review->sessions, name, generation, now, id);
  g_assert_true(sessions_find(house->review->sessions, id, now, TRUE, &session));
  house->cookies[who] = g_strdup_printf("%s=%s", review_cookie(house->review, "session"), id);
  g_strlcpy(house->csrf[who], session.csrf, SESSION_TOKEN_MAX_CHARS);
}

/* url NULL: none. */
static inline void house_open_as(House *house, const char *url) {
  g_autoptr(GError) error = NULL;
  *house = (House){0};
  fixture_open(&house->fixture);
  ReviewConfig *config = &house->fixture.config->review;
  g_free(config->listen);
  config->listen = g_strdup_printf("unix:%s/page.socket", house->fixture.dir);
  fixture_string(&config->url, url ? url : "");
  house->store = fixture_store(&house->fixture);
  house->review = review_new(house->store, &error);
  g_assert_no_error(error);
  g_assert_true(review_start(house->review, house->fixture.config, house->fixture.replies, &error));
  house->cookies[WHO_NOBODY] = g_strdup("");
  house_user(house, WHO_READ, "paul", DESK_ROLE_READ);
  house_user(house, WHO_REVIEW, "marie", DESK_ROLE_REVIEW);
}

static inline void house_open(House *house) {
  house_open_as(house, "https://" HOUSE_HOST "/desk/");
}

static inline void house_close(House *house) {
  review_free(house->review);
  store_close(house->store);
  for (guint i = 0; i < WHO_COUNT; i++) g_free(house->cookies[i]);
  fixture_close(&house->fixture);
}

typedef struct {
  const char *method, *target, *form; /* form: "a=b&c=d"; the token is added */
  Who who;
  const char *host, *origin, *fetch_site, *cookies, *csrf, *forwarded, *languages; /* NULL: usual */
} Ask;

typedef struct {
  House *house;
  HttpRequest request;
  HttpResponse response;
  gint done;
} Exchanged;

static inline gpointer house_work(gpointer data) {
  Exchanged *exchanged = data;
  review_answer(&exchanged->request, &exchanged->response, exchanged->house->review);
  g_atomic_int_set(&exchanged->done, 1);
  g_main_context_wakeup(NULL);
  return NULL;
}

static inline char *dup_or(const char *value, const char *usual) {
  return g_strdup(value ? value : usual);
}

/* The stamp of message 1 as it is, "none" where there is no such message. */
static inline char *house_stamp(House *house) {
  g_autoptr(StoreTxn) txn = store_begin(house->store, FALSE, NULL);
  g_autoptr(Message) message = message_get(txn, 1, NULL);
  return message ? desk_stamp_message(txn, message) : g_strdup("none");
}

/* "@stamp" in a form becomes the stamp of message 1. The answer to `ask`; the caller ends it with
 * http_response_done. */
static inline HttpResponse house_ask(House *house, const Ask *ask) {
  Exchanged exchanged = {.house = house};
  HttpRequest *request = &exchanged.request;
  g_auto(GStrv) halves = g_strsplit(ask->target, "?", 2);
  const char *query = halves[1] ? halves[1] : "";
  g_autofree char *stamp = house_stamp(house);
  g_autoptr(GString) sent = g_string_new(ask->form);
  g_string_replace(sent, "@stamp", stamp, 0);
  g_autofree char *form =
      g_strdup_printf("csrf=%s&%s", ask->csrf ? ask->csrf : house->csrf[ask->who], sent->str);
  request->method = ask->method ? ask->method : "GET";
  request->path = g_strdup(halves[0]);
  gboolean post = !strcmp(request->method, "POST");
  g_assert_true(http_form_parse(query, strlen(query), &request->query));
  g_assert_true(http_form_parse(post ? form : "", post ? strlen(form) : 0, &request->form));
  request->host = dup_or(ask->host, house->review->url_host ? HOUSE_HOST : "localhost");
  request->origin = dup_or(ask->origin, "");
  request->fetch_site = dup_or(ask->fetch_site, "");
  request->cookies = dup_or(ask->cookies, house->cookies[ask->who]);
  request->languages = dup_or(ask->languages, "");
  request->forwarded_for = dup_or(ask->forwarded, "");
  http_response_init(&exchanged.response);
  GThread *thread = g_thread_new("page", house_work, &exchanged);
  while (!g_atomic_int_get(&exchanged.done)) g_main_context_iteration(NULL, TRUE);
  g_thread_join(thread);
  char *owned[] = {request->path,    request->host,      request->origin,       request->fetch_site,
                   request->cookies, request->languages, request->forwarded_for};
  for (guint i = 0; i < G_N_ELEMENTS(owned); i++) g_free(owned[i]);
  g_hash_table_unref(request->query);
  g_hash_table_unref(request->form);
  return exchanged.response;
}

static inline guint house_status(House *house, const Ask *ask) {
  HttpResponse response = house_ask(house, ask);
  guint status = response.status;
  http_response_done(&response);
  return status;
}

/* A header field of a response, NULL: none. Borrowed. */
static inline const char *field_of(const HttpResponse *response, const char *name) {
  for (guint i = 0; i + 1 < response->fields->len; i += 2)
    if (!g_ascii_strcasecmp(response->fields->pdata[i], name))
      return response->fields->pdata[i + 1];
  return NULL;
}

static inline char *body_text(const HttpResponse *response) {
  gsize size = 0;
  const char *data = response->body ? g_bytes_get_data(response->body, &size) : "";
  return g_strndup(data, size);
}

/* --- mails ------------------------------------------------------------------------------------ */

#define HOUSE_WHOLE                                                                                \
  "organization=Ville|last_name=DURAND|first_name=Marie|email=m.durand@ville.example|attendance="  \
  "yes"

static inline void house_participant(Extraction *extraction, const char *values) {
  Participant *participant = participant_new();
  g_auto(GStrv) pairs = g_strsplit(values, "|", -1);
  for (char **pair = pairs; *pair && **pair; pair++) {
    g_auto(GStrv) halves = g_strsplit(*pair, "=", 2);
    g_ptr_array_add(participant->values, field_value_new(halves[0], halves[1]));
  }
  g_ptr_array_add(extraction->participants, participant);
}

/* A mail that waits, with one participant. Returns its id. */
static inline guint64 house_mail(House *house, const char *values, const char *subject,
                                 GBytes *raw) {
  g_autoptr(Extraction) extraction = extraction_new();
  g_autoptr(Message) message = message_new();
  g_autoptr(GError) error = NULL;
  extraction->kind = KIND_BULLETIN;
  fixture_string(&extraction->from, "m.durand@ville.example");
  g_ptr_array_add(extraction->review_reasons, g_strdup("others seem to come along"));
  house_participant(extraction, values);
  fixture_string(&message->account, "service");
  fixture_string(&message->event, FIXTURE_ID);
  fixture_string(&message->language, "fr");
  fixture_string(&message->from, "m.durand@ville.example");
  fixture_string(&message->subject, subject);
  fixture_string(&message->message_id, "theirs@ville.example");
  fixture_string(&message->kind, "bulletin");
  fixture_string(&message->decision, "review");
  fixture_string(&message->state, "review");
  fixture_string(&message->reason, "others seem to come along");
  message->received = message->stored = g_get_real_time() / G_USEC_PER_SEC - 7200;
  message->extraction = wire_extraction_write(extraction);
  StoreTxn *txn = store_begin(house->store, TRUE, &error);
  g_assert_true(message_add(txn, message, raw, &error));
  g_assert_true(store_commit(txn, &error));
  g_assert_no_error(error);
  return message->id;
}

/* The value of the first hidden field `name` of a page. */
static inline char *hidden_of(const char *html, const char *name) {
  g_autofree char *begin = g_strdup_printf("name=\"%s\" value=\"", name);
  const char *at = strstr(html, begin), *value = at ? at + strlen(begin) : NULL;
  return value ? g_strndup(value, strcspn(value, "\"")) : NULL;
}
