/* A bulletin is answered, the answer comes back: what the store holds after each report. */
#include "daemon/commit.h"
#include "daemon/util.h"
#include "store/journal.h"
#include "tests/daemon/reply_fixture.h"

#define MARIE "m.durand@ville.example"

typedef struct {
  Fixture fixture;
  Store *store;
  guint32 uid;
} Room;

static void room_open(Room *room) {
  *room = (Room){.uid = 1};
  fixture_open(&room->fixture);
  room->store = fixture_store(&room->fixture);
}

static void room_close(Room *room) {
  store_close(room->store);
  fixture_close(&room->fixture);
}

static guint64 commit(Room *room, const Extraction *extraction) {
  const Fixture *fixture = &room->fixture;
  CommitContext context = {
      .config = fixture->config, .replies = fixture->replies, .secret = store_secret(room->store)};
  CommitInput input = {.account_name = "service",
                       .folder = "INBOX",
                       .account = fixture->config->accounts->pdata[0],
                       .uidvalidity = 1,
                       .uid = room->uid++,
                       .received = 1,
                       .extraction = extraction};
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = store_begin(room->store, TRUE, &error);
  guint64 id = 0;
  gboolean done = commit_message(&context, txn, &input, 1000, &id, &error);
  g_assert_no_error(error);
  g_assert_true(done && store_commit(txn, &error));
  return id;
}

static void add_participant(Extraction *extraction, const char *last_name) {
  const char *const values[][2] = {{"organization", "Ville"},
                                   {"last_name", last_name},
                                   {"first_name", "Marie"},
                                   {"email", MARIE},
                                   {"attendance", "yes"}};
  Participant *participant = participant_new();
  for (guint i = 0; i < G_N_ELEMENTS(values); i++)
    g_ptr_array_add(participant->values, field_value_new(values[i][0], values[i][1]));
  g_ptr_array_add(extraction->participants, participant);
}

static void send_bulletin(Room *room) {
  g_autoptr(Extraction) extraction = extraction_new();
  extraction->kind = KIND_BULLETIN;
  extraction->flags = EXTRACTION_TO_US | EXTRACTION_TIED;
  string_set(&extraction->from, MARIE);
  string_set(&extraction->message_id, "theirs@ville.example");
  string_set(&extraction->event, FIXTURE_ID);
  string_set(&extraction->language, "fr");
  add_participant(extraction, "DURAND");
  add_participant(extraction, "PETIT");
  commit(room, extraction);
}

static OutboxEntry *answer_at(const Room *room, guint64 id) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  OutboxEntry *answer = outbox_get(txn, id, NULL);
  g_assert_nonnull(answer);
  return answer;
}

static void set_answer_state(const Room *room, const char *state) {
  g_autoptr(OutboxEntry) answer = answer_at(room, 1);
  string_set(&answer->state, state);
  StoreTxn *txn = store_begin(room->store, TRUE, NULL);
  g_assert_true(outbox_update(txn, answer, NULL));
  g_assert_true(store_commit(txn, NULL));
}

/* A bounce with that Message-ID; `cites`: in the returned mail's header, behind another's. */
static guint64 send_bounce(Room *room, const char *message_id, BounceAction action,
                           const char *cites) {
  g_autoptr(Extraction) extraction = extraction_new();
  extraction->kind = KIND_BOUNCE;
  extraction->flags = EXTRACTION_TO_US | EXTRACTION_NULL_SENDER | EXTRACTION_AUTOMATIC;
  string_set(&extraction->from, "mailer-daemon@mx.example");
  string_set(&extraction->message_id, message_id);
  string_set(&extraction->content_digest, message_id);
  extraction->bounce = bounce_report_new();
  extraction->bounce->action = action;
  string_set(&extraction->bounce->status, "5.1.1");
  string_set(&extraction->bounce->diagnostic, "User unknown");
  g_ptr_array_add(extraction->references, g_strdup("theirs@ville.example"));
  g_ptr_array_add(extraction->references, g_strdup(cites));
  return commit(room, extraction);
}

static gboolean say_registration(const Registration *registration, void *context) {
  const HistoryEntry *last = registration->history->pdata[registration->history->len - 1];
  g_string_append_printf(context, "%s %s/%s; ", registration->status, last->who, last->what);
  return TRUE;
}

static gboolean say_journal(const JournalEntry *entry, void *context) {
  if (!strcmp(entry->what, "failed") || !strcmp(entry->what, "reported"))
    g_string_append_printf(context, "%u %s %s; ", (guint)entry->message, entry->what, entry->text);
  return TRUE;
}

static void assert_state(const Room *room, const char *registrations, const char *outbox,
                         const char *journal) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  g_autoptr(GString) people = g_string_new(NULL);
  g_autoptr(GString) lines = g_string_new(NULL);
  g_autoptr(OutboxEntry) answer = outbox_get(txn, 1, NULL);
  g_autofree char *state = g_strdup_printf("%s %s", answer->state, answer->last_error);
  g_assert_true(registration_foreach(txn, NULL, say_registration, people, NULL));
  g_assert_true(journal_foreach(txn, 0, 0, 0, say_journal, lines, NULL));
  g_assert_cmpstr(people->str, ==, registrations);
  g_assert_cmpstr(state, ==, outbox);
  g_assert_cmpstr(lines->str, ==, journal);
  g_assert_cmpuint(outbox_count(txn, NULL), ==, 1); /* nothing is ever answered to a bounce */
}

static void assert_message(const Room *room, guint64 id, const char *state, const char *reason,
                           guint registrations) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  g_autoptr(Message) message = message_get(txn, id, NULL);
  g_assert_cmpstr(message->state, ==, state);
  g_assert_cmpstr(message->reason, ==, reason);
  g_assert_cmpuint(message->registrations->len, ==, registrations);
}

#define CONFIRMATION "the confirmation to " MARIE
#define CAUSE " could not be delivered: there is no such address (5.1.1 User unknown)"
#define BOTH_CREATED "registered sender/created; registered sender/created; "
#define BOTH_BOUNCED                                                                               \
  "registered bounce/" CONFIRMATION CAUSE "; registered bounce/" CONFIRMATION CAUSE "; "
#define REASON CONFIRMATION " (registrations 1, 2)" CAUSE
#define LOST "failed bounced: 5.1.1 User unknown"

/* One line in the history, and the values as they were. */
static void assert_marked_once(const Room *room) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  g_autoptr(Registration) registration = registration_get(txn, 2, NULL);
  g_assert_cmpuint(registration->history->len, ==, 2);
  const HistoryEntry *last = registration->history->pdata[1];
  g_assert_cmpstr(last->message_id, ==, "one@mx.example");
  g_assert_cmpuint(last->before->len, ==, registration->fields->len);
  g_assert_cmpstr(registration->message_id, ==, "theirs@ville.example");
}

static void test_failed(void) {
  Room room;
  room_open(&room);
  send_bulletin(&room);
  set_answer_state(&room, "sent");
  g_autoptr(OutboxEntry) answer = answer_at(&room, 1);
  guint64 first = send_bounce(&room, "one@mx.example", BOUNCE_FAILED, answer->message_id);
  assert_message(&room, first, "review", REASON, 2);
  assert_state(&room, BOTH_BOUNCED, LOST, "1 failed message 2: " REASON "; ");
  guint64 second = send_bounce(&room, "two@mx.example", BOUNCE_FAILED, answer->message_id);
  assert_message(&room, second, "settled",
                 "a report on " CONFIRMATION ", which is known not to be delivered", 2);
  assert_marked_once(&room);
  room_close(&room);
}

static void test_case_was_folded(void) {
  Room room;
  room_open(&room);
  send_bulletin(&room);
  set_answer_state(&room, "sending");
  g_autoptr(OutboxEntry) answer = answer_at(&room, 1);
  g_autofree char *upper = g_ascii_strup(answer->message_id, -1);
  send_bounce(&room, "one@mx.example", BOUNCE_FAILED, upper);
  assert_state(&room, BOTH_BOUNCED, LOST, "1 failed message 2: " REASON "; ");
  room_close(&room);
}

static void test_nothing_changes(void) {
  Room room;
  room_open(&room);
  send_bulletin(&room);
  g_autoptr(OutboxEntry) answer = answer_at(&room, 1);
  guint64 early = send_bounce(&room, "early@mx.example", BOUNCE_FAILED, answer->message_id);
  assert_message(&room, early, "review", REASON, 2);
  assert_state(&room, BOTH_CREATED, "ready ", "1 reported message 2: " REASON "; ");
  set_answer_state(&room, "sent");
  guint64 warning = send_bounce(&room, "late@mx.example", BOUNCE_DELAYED, answer->message_id);
  const char *told = CONFIRMATION " is late and still tried: 5.1.1 User unknown";
  assert_message(&room, warning, "settled", told, 2);
  guint64 other = send_bounce(&room, "other@mx.example", BOUNCE_FAILED, "else@mx.example");
  assert_message(&room, other, "settled", "a delivery report", 0);
  guint64 forged = send_bounce(&room, "forged@mx.example", BOUNCE_FAILED,
                               "bulletind.1.1.confirmed.aaaaaaaaaaaaaaaaaaaaaaaa@cuf.example");
  assert_message(&room, forged, "settled", "a delivery report", 0);
  assert_state(&room, BOTH_CREATED, "sent ",
               "1 reported message 2: " REASON "; 1 reported message 3: " CONFIRMATION
               " is late and still tried: 5.1.1 User unknown; ");
  room_close(&room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/commit_bounce/failed", test_failed);
  g_test_add_func("/commit_bounce/case-was-folded", test_case_was_folded);
  g_test_add_func("/commit_bounce/nothing-changes", test_nothing_changes);
  return g_test_run();
}
