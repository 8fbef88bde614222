/* test_commit - which answers are sending from the start, and what the store holds of them. */
#include "daemon/commit.h"
#include "daemon/util.h"
#include "tests/daemon/reply_fixture.h"

typedef struct {
  Fixture fixture;
  Store *store;
  CommitContext context;
} Room;

static void room_open(Room *room) {
  *room = (Room){.store = NULL};
  fixture_open(&room->fixture);
  room->store = fixture_store(&room->fixture);
  room->context = (CommitContext){.config = room->fixture.config,
                                  .replies = room->fixture.replies,
                                  .secret = store_secret(room->store)};
}

static void room_close(Room *room) {
  store_close(room->store);
  fixture_close(&room->fixture);
}

/* A bulletin of that person, committed in the transaction. */
static void commit_from(const Room *room, StoreTxn *txn, const char *name) {
  g_autofree char *address = g_strdup_printf("%s@ville.example", name);
  const char *const values[][2] = {{"organization", "Ville"},
                                   {"last_name", name},
                                   {"first_name", "Marie"},
                                   {"email", address},
                                   {"attendance", "yes"}};
  g_autoptr(Extraction) extraction = extraction_new();
  extraction->kind = KIND_BULLETIN;
  extraction->flags = EXTRACTION_TO_US | EXTRACTION_TIED;
  string_set(&extraction->from, address);
  string_set(&extraction->message_id, address);
  string_set(&extraction->content_digest, address);
  string_set(&extraction->event, FIXTURE_ID);
  string_set(&extraction->language, "fr");
  Participant *participant = participant_new();
  for (guint i = 0; i < G_N_ELEMENTS(values); i++)
    g_ptr_array_add(participant->values, field_value_new(values[i][0], values[i][1]));
  g_ptr_array_add(extraction->participants, participant);
  CommitInput input = {.account_name = "service",
                       .folder = "INBOX",
                       .account = room->fixture.config->accounts->pdata[0],
                       .uidvalidity = 1,
                       .uid = 1,
                       .received = 1,
                       .extraction = extraction};
  g_autoptr(GError) error = NULL;
  guint64 id = 0;
  gboolean done = commit_message(&room->context, txn, &input, 1000, &id, &error);
  g_assert_no_error(error);
  g_assert_true(done);
}

static StoreTxn *begin(const Room *room) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = store_begin(room->store, TRUE, &error);
  g_assert_no_error(error);
  return txn;
}

static void assert_answer(StoreTxn *txn, guint64 id, const char *state, guint attempts) {
  g_autoptr(OutboxEntry) entry = outbox_get(txn, id, NULL);
  g_autoptr(GBytes) mail = outbox_mail(txn, id, NULL);
  g_assert_cmpstr(entry->state, ==, state);
  g_assert_cmpuint(entry->attempts, ==, attempts);
  g_assert_cmpuint(g_bytes_get_size(mail), >, 100);
}

/* Two have room; the third waits to be looked for; after a crash all three do. */
static void test_sending_while_there_is_room(void) {
  Room room;
  room_open(&room);
  g_autoptr(GPtrArray) sending = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_entry_free);
  room.context.sending = sending;
  room.context.sending_max = 2;
  StoreTxn *txn = begin(&room);
  commit_from(&room, txn, "durand");
  commit_from(&room, txn, "petit");
  commit_from(&room, txn, "roux");
  g_assert_cmpuint(sending->len, ==, 2);
  for (guint i = 0; i < sending->len; i++) {
    const OutboxEntry *entry = sending->pdata[i];
    g_autoptr(GBytes) stored = outbox_mail(txn, entry->id, NULL);
    g_assert_cmpuint(entry->id, ==, i + 1);
    g_assert_true(g_bytes_equal(entry->mail, stored));
    assert_answer(txn, entry->id, "sending", 1);
  }
  assert_answer(txn, 3, "ready", 0);
  g_autoptr(GPtrArray) due = outbox_due(txn, 1000, 10, NULL);
  g_assert_cmpuint(due->len, ==, 1);
  g_assert_cmpuint(outbox_recover(txn), ==, 2);
  g_autoptr(GPtrArray) again = outbox_due(txn, 1000, 10, NULL);
  g_assert_cmpuint(again->len, ==, 3);
  store_abort(txn);
  room_close(&room);
}

static void test_none_where_nobody_hands_over(void) {
  Room room;
  room_open(&room);
  StoreTxn *txn = begin(&room);
  commit_from(&room, txn, "durand");
  assert_answer(txn, 1, "ready", 0);
  store_abort(txn);
  room_close(&room);
}

/* One answer in ten minutes: the limit holds the second, whatever the room. */
static void test_what_a_limit_holds_waits(void) {
  Room room;
  room_open(&room);
  g_autoptr(GPtrArray) sending = g_ptr_array_new_with_free_func((GDestroyNotify)outbox_entry_free);
  room.context.sending = sending;
  room.context.sending_max = 10;
  ReplyLimits *limits = (ReplyLimits *)&room.fixture.config->submission.limits;
  limits->all_10min = 1;
  StoreTxn *txn = begin(&room);
  commit_from(&room, txn, "durand");
  commit_from(&room, txn, "petit");
  g_assert_cmpuint(sending->len, ==, 1);
  assert_answer(txn, 1, "sending", 1);
  assert_answer(txn, 2, "delayed", 0);
  store_abort(txn);
  room_close(&room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/commit/sending", test_sending_while_there_is_room);
  g_test_add_func("/commit/none", test_none_where_nobody_hands_over);
  g_test_add_func("/commit/limit", test_what_a_limit_holds_waits);
  return g_test_run();
}
