/* review_merge, review_again: two registrations become one, a mail is read again; both are shown
 * before they are done, and done by reviewers alone. */
#include "daemon/log.h"
#include "tests/daemon/review_fixture.h"

#define MARIE "m.durand@ville.example"
#define SAME_NAME                                                                                  \
  "organization=Mairie|last_name=DURAND|first_name=Marie|email=marie@other.example|"               \
  "attendance=yes|phone=+33612345678"
#define ANOTHER                                                                                    \
  "organization=Ville|last_name=PETIT|first_name=Luc|email=luc@other.example|attendance=yes"

/* The answer's page; `ret_to`: where it leads, may be NULL. Both are freed by the caller. */
static char *asked(House *house, const Ask *ask, guint status, char **ret_to) {
  HttpResponse response = house_ask(house, ask);
  char *html = body_text(&response);
  g_test_message("%s %s: %u", ask->target, ask->form ? ask->form : "", response.status);
  g_assert_cmpuint(response.status, ==, status);
  if (ret_to) *ret_to = g_strdup(field_of(&response, "Location"));
  http_response_done(&response);
  return html;
}

static char *page_of(House *house, const char *target, Who who) {
  Ask ask = {.target = target, .who = who};
  return asked(house, &ask, 200, NULL);
}

static char *post(House *house, const char *target, const char *form, guint status, char **ret_to) {
  Ask ask = {.method = "POST", .target = target, .form = form, .who = WHO_REVIEW};
  return asked(house, &ask, status, ret_to);
}

static void assert_has(const char *html, const char *text) {
  if (!strstr(html, text)) g_error("'%s' is not in %s", text, html);
}

/* Registrations 1.. of these mails. */
static void accept_all(House *house, const char *const *mails) {
  for (; *mails; mails++) {
    guint64 id = house_mail(house, *mails, "Bulletin", NULL);
    g_autofree char *target = g_strdup_printf("/message/%u", (guint)id);
    g_autofree char *html = page_of(house, target, WHO_REVIEW);
    g_autofree char *stamp = hidden_of(html, "stamp");
    g_autofree char *form = g_strdup_printf("do=accept&stamp=%s", stamp);
    g_autofree char *act = g_strconcat(target, "/do", NULL);
    g_free(post(house, act, form, 303, NULL));
  }
}

/* --- merge ------------------------------------------------------------------------------------ */

static const char *const three[] = {HOUSE_WHOLE, SAME_NAME, ANOTHER, NULL};

static void test_candidates(void) {
  House house;
  house_open(&house);
  accept_all(&house, three);
  g_autofree char *person = page_of(&house, "/people/1", WHO_REVIEW);
  assert_has(person, "href=\"/desk/people/1/merge\"");
  g_autofree char *same = page_of(&house, "/people/1/merge", WHO_REVIEW);
  assert_has(same, "<tr data-id=\"2\">"); /* who has the same name, … */
  g_assert_null(strstr(same, "<tr data-id=\"1\">"));
  g_assert_null(strstr(same, "<tr data-id=\"3\">"));
  assert_has(same, "value=\"merge\"");
  g_autofree char *searched = page_of(&house, "/people/1/merge?q=petit", WHO_REVIEW);
  assert_has(searched, "<tr data-id=\"3\">"); /* … or whoever is searched for */
  g_autofree char *none = page_of(&house, "/people/1/merge?q=nobody", WHO_REVIEW);
  assert_has(none, "Aucune autre fiche");
  g_autofree char *reader = page_of(&house, "/people/1/merge", WHO_READ);
  g_assert_null(strstr(reader, "value=\"merge\""));
  g_autofree char *read_only = page_of(&house, "/people/1", WHO_READ);
  g_assert_null(strstr(read_only, "/people/1/merge"));
  Ask missing = {.target = "/people/99/merge", .who = WHO_READ};
  g_free(asked(&house, &missing, 404, NULL));
  house_close(&house);
}

static void test_merge(void) {
  House house;
  house_open(&house);
  accept_all(&house, three);
  g_autofree char *page = page_of(&house, "/people/1/merge", WHO_REVIEW);
  g_autofree char *stamp = hidden_of(page, "stamp");
  g_autofree char *form = g_strdup_printf("do=merge&other=2&stamp=%s", stamp);
  g_autofree char *preview = post(&house, "/people/1/preview", form, 200, NULL);
  assert_has(preview, "Fusionner");
  assert_has(preview, "est repris"); /* the telephone number */
  assert_has(preview, "name=\"other\" value=\"2\"");
  assert_has(preview, "+33612345678");
  g_autofree char *before = page_of(&house, "/people/2", WHO_READ);
  g_assert_null(strstr(before, "fusionnée"));
  g_autofree char *to = NULL;
  g_free(post(&house, "/people/1/do", form, 303, &to));
  g_assert_cmpstr(to, ==, "/desk/people/1?told=merge");
  g_autofree char *one = page_of(&house, "/people/1?told=merge", WHO_REVIEW);
  assert_has(one, "value=\"+33612345678\"");
  assert_has(one, "n’en font plus qu’une");
  g_autofree char *other = page_of(&house, "/people/2", WHO_REVIEW);
  assert_has(other, "href=\"/desk/people/1\">Elle a été fusionnée");
  g_assert_null(strstr(other, "/people/2/merge")); /* it is locked */
  g_autofree char *again = post(&house, "/people/1/do", form, 409, NULL);
  assert_has(again, "marie");
  house_close(&house);
}

static void test_merge_mistakes(void) {
  static const struct {
    const char *form;
    guint status;
  } rows[] = {{"do=merge&other=1", 422}, {"do=merge&other=99", 404}, {"do=merge&other=abc", 422},
              {"do=merge", 422},         {"do=merge&other=0", 422},  {"do=merge&other=-2", 422}};
  House house;
  house_open(&house);
  accept_all(&house, three);
  g_autofree char *page = page_of(&house, "/people/1/merge", WHO_REVIEW);
  g_autofree char *stamp = hidden_of(page, "stamp");
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *form = g_strdup_printf("%s&stamp=%s", rows[i].form, stamp);
    g_autofree char *preview = post(&house, "/people/1/preview", form, rows[i].status, NULL);
    g_assert_null(strstr(preview, "Précision technique"));
    g_free(post(&house, "/people/1/do", form, rows[i].status, NULL));
  }
  house_close(&house);
}

/* --- read again ------------------------------------------------------------------------------- */

#define RAW                                                                                        \
  "From: Marie Durand <" MARIE ">\r\nTo: " FIXTURE_OUR "\r\nSubject: Bulletin\r\n"                 \
  "Message-ID: <theirs@ville.example>\r\nMIME-Version: 1.0\r\n"                                    \
  "Content-Type: text/plain; charset=utf-8\r\n\r\nBulletin de participation\r\n"                   \
  "Collectivité : Ville de Sète\r\nNom : DURAND\r\nPrénom : Marie\r\nCourriel : " MARIE "\r\n"     \
  "Participera à la réunion du 3 juillet 2019 : Oui\r\n"

static guint64 put_raw(House *house) {
  g_autoptr(GBytes) raw = g_bytes_new_static(RAW, strlen(RAW));
  /* read by older rules: the organisation is wrong, the first name was not found */
  return house_mail(house, "organization=Sète|last_name=DURAND|email=" MARIE "|attendance=yes",
                    "Bulletin", raw);
}

static void test_read_again(void) {
  House house;
  house_open(&house);
  fixture_event(&house.fixture)->deadline = 0;
  g_assert_cmpuint(put_raw(&house), ==, 1);
  g_autofree char *page = page_of(&house, "/message/1", WHO_REVIEW);
  assert_has(page, "value=\"requeue\"");
  g_autofree char *preview =
      post(&house, "/message/1/preview?state=review", "do=requeue&stamp=@stamp", 200, NULL);
  assert_has(preview, "<del>Sète</del> → <ins>Ville de Sète</ins>");
  assert_has(preview, "<del>–</del> → <ins>Marie</ins>");
  assert_has(preview, "action=\"/desk/message/1/do?state=review\"");
  g_autofree char *still = page_of(&house, "/message/1", WHO_READ);
  g_assert_null(strstr(still, "value=\"Ville de Sète\""));
  g_assert_null(strstr(still, "value=\"requeue\"")); /* a reader has no such button */
  g_autofree char *to = NULL, *back = NULL;
  g_free(post(&house, "/message/1/do?state=review", "do=requeue&stamp=@stamp", 303, &to));
  g_assert_cmpstr(to, ==, "/desk/message/1?state=review&told=requeue");
  g_autofree char *done = page_of(&house, "/message/1", WHO_REVIEW);
  assert_has(done, "value=\"Ville de Sète\"");
  g_free(post(&house, "/message/1/preview", "do=requeue&stamp=@stamp", 303, &back));
  g_assert_cmpstr(back, ==, "/desk/message/1?told=unchanged");
  house_close(&house);
}

static void test_read_again_mistakes(void) {
  House house;
  house_open(&house);
  fixture_event(&house.fixture)->deadline = 0;
  put_raw(&house);
  g_free(post(&house, "/message/1/preview", "do=requeue&stamp=other", 409, NULL));
  g_free(post(&house, "/message/1/do", "do=requeue&stamp=other", 409, NULL));
  g_free(post(&house, "/message/99/do", "do=requeue&stamp=other", 404, NULL));
  house_mail(&house, HOUSE_WHOLE, "Bulletin", NULL); /* its raw mail is not kept */
  g_autofree char *page = page_of(&house, "/message/2", WHO_REVIEW);
  g_assert_null(strstr(page, "value=\"requeue\""));
  g_free(post(&house, "/message/2/preview", "do=requeue&stamp=other", 404, NULL));
  /* what a person has changed since is not overwritten, and that is told in her language */
  g_free(post(&house, "/message/1/do", "do=accept&stamp=@stamp&1.first_name=Anne", 303, NULL));
  g_autofree char *kept = post(&house, "/message/1/preview", "do=requeue&stamp=@stamp", 422, NULL);
  assert_has(kept, "a été modifiée depuis par");
  g_assert_null(strstr(kept, "Précision technique"));
  house_close(&house);
}

/* --- forms that are refused, and forms that are shown ------------------------------------------
 */

/* A slip costs nobody what else was typed. */
static void test_what_was_typed_stays(void) {
  House house;
  house_open(&house);
  accept_all(&house, three);
  g_autofree char *person = page_of(&house, "/people/1", WHO_REVIEW);
  g_autofree char *stamp = hidden_of(person, "stamp");
  g_autofree char *form =
      g_strdup_printf("do=edit&stamp=%s&phone=06+12&city=Aix%%22&last_name=DURAND", stamp);
  g_autofree char *edit = post(&house, "/people/1/preview", form, 422, NULL);
  assert_has(edit, "id=\"trouble\"");
  assert_has(edit, "trop court");
  assert_has(edit, "value=\"06 12\"");
  assert_has(edit, "value=\"Aix&quot;\"");
  g_autofree char *same = hidden_of(edit, "stamp");
  g_assert_cmpstr(same, ==, stamp);
  house_mail(&house, HOUSE_WHOLE, "Bulletin", NULL);
  g_autofree char *message = page_of(&house, "/message/4", WHO_REVIEW);
  g_autofree char *of_message = hidden_of(message, "stamp");
  g_autofree char *decide = g_strdup_printf(
      "do=accept&stamp=%s&1.phone=zero&1.city=Aix&own_text=Chère+Marie", of_message);
  g_autofree char *accept = post(&house, "/message/4/preview", decide, 422, NULL);
  assert_has(accept, "value=\"zero\"");
  assert_has(accept, "value=\"Aix\"");
  assert_has(accept, ">Chère Marie</textarea>");
  g_autofree char *empty = g_strdup_printf("do=reply&stamp=%s&own_text=&1.city=Aix", of_message);
  g_autofree char *reply = post(&house, "/message/4/preview", empty, 422, NULL);
  assert_has(reply, "value=\"Aix\"");
  house_close(&house);
}

static void test_preview_tells_what_changes(void) {
  House house;
  house_open(&house);
  accept_all(&house, three);
  g_autofree char *person = page_of(&house, "/people/2", WHO_REVIEW);
  assert_has(person, "href=\"/desk/outbox?state=sent&amp;q=m.durand%40ville.example\"");
  g_autofree char *stamp = hidden_of(person, "stamp");
  g_autofree char *form = g_strdup_printf("do=edit&stamp=%s&phone=03-1234-5678&title=M.", stamp);
  g_autofree char *html = post(&house, "/people/2/preview", form, 200, NULL);
  assert_has(html, "<del>+33612345678</del> → <ins>+81312345678</ins>");
  assert_has(html, "<del>–</del> → <ins>M.</ins>");
  g_assert_null(strstr(html, "<del>DURAND"));
  house_close(&house);
}

/* Who asks something is to be answered: that comes before the empty form. */
static void test_a_question_is_answered_first(void) {
  House house;
  house_open(&house);
  house_mail(&house, HOUSE_WHOLE, "Bulletin", NULL);
  house_mail(&house, "", "Question", NULL);
  StoreTxn *txn = store_begin(house.store, TRUE, NULL);
  g_autoptr(Message) message = message_get(txn, 2, NULL);
  fixture_string(&message->kind, "question");
  g_assert_true(message_update(txn, message, NULL));
  g_assert_true(store_commit(txn, NULL));
  g_autofree char *bulletin = page_of(&house, "/message/1", WHO_REVIEW);
  g_autofree char *question = page_of(&house, "/message/2", WHO_REVIEW);
  g_assert_true(strstr(bulletin, "id=\"own_text\"") > strstr(bulletin, "name=\"1.last_name\""));
  g_assert_true(strstr(question, "id=\"own_text\"") < strstr(question, "name=\"1.last_name\""));
  g_autofree char *reader = page_of(&house, "/message/2", WHO_READ);
  g_assert_null(strstr(reader, "id=\"own_text\""));
  house_close(&house);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  log_init("test", LOG_LEVEL_ERROR, NULL);
  g_test_add_func("/review-act/candidates", test_candidates);
  g_test_add_func("/review-act/merge", test_merge);
  g_test_add_func("/review-act/merge-mistakes", test_merge_mistakes);
  g_test_add_func("/review-act/read-again", test_read_again);
  g_test_add_func("/review-act/read-again-mistakes", test_read_again_mistakes);
  g_test_add_func("/review-act/typed-stays", test_what_was_typed_stays);
  g_test_add_func("/review-act/what-changes", test_preview_tells_what_changes);
  g_test_add_func("/review-act/question-first", test_a_question_is_answered_first);
  return g_test_run();
}
