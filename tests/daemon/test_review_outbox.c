/* review_queue, review_outbox: what the page counts is what waits for a person; what was answered
 * to whom, by pages, searched, and as it was sent. */
#include "store/outbox.h"
#include "daemon/log.h"
#include "tests/daemon/review_fixture.h"

enum { ANSWERS = 2 * PAGE_ROWS + 7 };

/* The page at `target`; the caller frees. */
static char *page_of(House *house, const char *target, guint status) {
  Ask ask = {.target = target, .who = WHO_READ};
  HttpResponse response = house_ask(house, &ask);
  char *html = body_text(&response);
  g_test_message("%s", target);
  g_assert_cmpuint(response.status, ==, status);
  http_response_done(&response);
  return html;
}

static guint count_of(const char *text, const char *what) {
  guint count = 0;
  for (const char *at = strstr(text, what); at; at = strstr(at + 1, what)) count++;
  return count;
}

/* --- what waits ------------------------------------------------------------------------------- */

static void set_state(House *house, guint64 id, const char *state) {
  StoreTxn *txn = store_begin(house->store, TRUE, NULL);
  g_autoptr(Message) message = message_get(txn, id, NULL);
  fixture_string(&message->state, state);
  g_assert_true(message_update(txn, message, NULL));
  g_assert_true(store_commit(txn, NULL));
}

static void test_what_waits_for_a_person(void) {
  static const char *const states[] = {"review", "waiting-for-sender", "unreadable", "aside",
                                       "settled"};
  House house;
  house_open(&house);
  for (guint i = 0; i < G_N_ELEMENTS(states); i++)
    set_state(&house, house_mail(&house, HOUSE_WHOLE, states[i], NULL), states[i]);
  g_autofree char *count = page_of(&house, "/count", 200);
  g_assert_cmpstr(count, ==, "{\"waiting\": 2}\n");
  g_autofree char *queue = page_of(&house, "/queue", 200);
  g_assert_nonnull(strstr(queue, "id=\"waiting\">2<"));
  g_assert_cmpuint(count_of(queue, "<tr data-id="), ==, 2);
  g_autofree char *open = page_of(&house, "/queue?state=open", 200);
  g_assert_cmpuint(count_of(open, "<tr data-id="), ==, 4);
  g_autofree char *sender = page_of(&house, "/queue?state=waiting-for-sender", 200);
  g_assert_cmpuint(count_of(sender, "<tr data-id="), ==, 1);
  g_autofree char *first = page_of(&house, "/message/1", 200);
  g_assert_nonnull(strstr(first, "href=\"/desk/message/3\"")); /* next is what waits for us, too */
  g_autofree char *event = page_of(&house, "/event/" FIXTURE_ID, 200);
  g_assert_nonnull(strstr(event, "<b>2</b> <span>à examiner</span>"));
  house_close(&house);
}

/* --- what was sent ---------------------------------------------------------------------------- */

#define SENT_MAIL                                                                                  \
  "From: us@example.org\r\nTo: p1@ville.example\r\nSubject: Confirmation\r\nMIME-Version: 1.0\r\n" \
  "Content-Type: text/plain; charset=utf-8\r\n\r\nVous =C3=AAtes bien inscrite. <b>&\r\n"

static void add_answers(House *house) {
  StoreTxn *txn = store_begin(house->store, TRUE, NULL);
  for (guint i = 1; i <= ANSWERS; i++) {
    g_autoptr(OutboxEntry) entry = outbox_entry_new();
    g_autofree char *to = g_strdup_printf("p%u@ville.example", i);
    g_autofree char *id = g_strdup_printf("ours%u@example.org", i);
    fixture_string(&entry->to, to);
    fixture_string(&entry->message_id, id);
    fixture_string(&entry->kind, "confirmed");
    fixture_string(&entry->state, i == 2 ? "failed" : "sent");
    entry->created = 1559554200;
    entry->sent = i == 2 ? 0 : 1559554200 + 60 * (gint64)i;
    if (i == 4) entry->message = entry->registration = 1;
    if (i != 3) entry->mail = g_bytes_new_static(SENT_MAIL, strlen(SENT_MAIL));
    g_assert_true(outbox_add(txn, entry, NULL));
  }
  g_assert_true(store_commit(txn, NULL));
}

/* The target of the link with `rel`, "/desk" cut off; NULL: none. */
static char *link_of(const char *html, const char *rel) {
  g_autofree char *begin = g_strdup_printf("rel=\"%s\" href=\"/desk", rel);
  const char *at = strstr(html, begin);
  if (!at) return NULL;
  at += strlen(begin);
  g_autoptr(GString) target = g_string_new_len(at, (gssize)strcspn(at, "\""));
  g_string_replace(target, "&amp;", "&", 0);
  return g_strdup(target->str);
}

/* By pages, the last first, each once. */
static void test_sent_by_pages(void) {
  House house;
  house_open(&house);
  add_answers(&house);
  g_autofree char *target = g_strdup("/outbox?state=sent");
  guint want = ANSWERS, seen = 0, pages = 0;
  while (target) {
    g_autofree char *html = page_of(&house, target, 200);
    g_assert_nonnull(strstr(html, "106 envois"));
    for (const char *at = strstr(html, "<tr data-id=\""); at;
         at = strstr(at + 1, "<tr data-id=\"")) {
      g_assert_cmpuint((guint)strtoul(at + strlen("<tr data-id=\""), NULL, 10), ==, want);
      want -= want == 3 ? 2 : 1; /* the second one failed */
      seen++;
    }
    g_autofree char *latest = link_of(html, "first");
    g_assert_cmpstr(latest, ==, pages ? "/outbox?state=sent" : NULL);
    g_free(target);
    target = link_of(html, "next");
    pages++;
  }
  g_assert_cmpuint(seen, ==, ANSWERS - 1);
  g_assert_cmpuint(pages, ==, 3);
  g_autofree char *failed = page_of(&house, "/outbox?state=failed", 200);
  g_assert_cmpuint(count_of(failed, "<tr data-id="), ==, 1);
  g_autofree char *found = page_of(&house, "/outbox?state=sent&q=P77%40Ville", 200);
  g_assert_cmpuint(count_of(found, "<tr data-id="), ==, 1);
  g_assert_nonnull(strstr(found, "3 juin 2019")); /* when it was sent */
  g_autofree char *none = page_of(&house, "/outbox?state=sent&q=nobody", 200);
  g_assert_nonnull(strstr(none, "Aucun envoi"));
  house_close(&house);
}

static void add_person(House *house) {
  StoreTxn *txn = store_begin(house->store, TRUE, NULL);
  g_autoptr(Registration) person = fixture_helene();
  person->id = 0;
  registration_set(person, "first_name", "Marie");
  g_assert_true(registration_add(txn, person, NULL));
  g_assert_true(store_commit(txn, NULL));
}

static void test_one_answer(void) {
  House house;
  house_open(&house);
  add_person(&house);
  add_answers(&house);
  g_autofree char *page = page_of(&house, "/outbox/1", 200);
  g_assert_nonnull(strstr(page, "p1@ville.example"));
  g_assert_nonnull(strstr(page, "src=\"/desk/outbox/1/text\""));
  Ask ask = {.target = "/outbox/1/text", .who = WHO_READ};
  HttpResponse text = house_ask(&house, &ask);
  g_autofree char *html = body_text(&text);
  g_assert_cmpuint(text.status, ==, 200);
  g_assert_cmpstr(text.csp, ==, HTTP_CSP_FRAME);
  g_assert_nonnull(strstr(html, "bien inscrite. &lt;b&gt;&amp;"));
  http_response_done(&text);
  g_autofree char *ways = page_of(&house, "/outbox/4", 200); /* to its mail and to the person */
  g_assert_nonnull(strstr(ways, "href=\"/desk/message/1\""));
  g_assert_nonnull(strstr(ways, "href=\"/desk/people/1\">DURAND Marie<"));
  g_autofree char *without = page_of(&house, "/outbox/3", 200); /* its text is gone */
  g_assert_null(strstr(without, "<iframe"));
  g_free(page_of(&house, "/outbox/3/text", 404));
  g_free(page_of(&house, "/outbox/999", 404));
  g_free(page_of(&house, "/outbox/0", 404));
  house_close(&house);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  log_init("test", LOG_LEVEL_ERROR, NULL);
  g_test_add_func("/review-outbox/what-waits-for-a-person", test_what_waits_for_a_person);
  g_test_add_func("/review-outbox/sent-by-pages", test_sent_by_pages);
  g_test_add_func("/review-outbox/one-answer", test_one_answer);
  return g_test_run();
}
