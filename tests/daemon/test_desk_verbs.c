/* desk: own words, merge, hold and release, a mail read again; a preview tells what is then done;
 * who comes second is told who was quicker. */
#include "tests/daemon/desk_fixture.h"

#define MARIE "m.durand@ville.example"
#define OTHER                                                                                      \
  "organization=Ville last_name=DURAND first_name=Marie email=marie@other.example "                \
  "attendance=yes phone=+33612345678"

static guint64 put_whole(const Room *room) {
  Mail mail = {.people = {WHOLE}};
  return put(room, &mail);
}

static void act(const Room *room, const DeskAction *action) {
  g_autoptr(GError) error = NULL;
  gboolean good = do_typed(&room->desk, *action, &error);
  g_assert_no_error(error);
  g_assert_true(good);
}

/* It is refused, in these words, and nothing has changed. */
static void refused(const Room *room, const DeskAction *action, DeskError code, const char *words) {
  State before = state_of(room);
  g_autoptr(GError) error = NULL, as_preview = NULL;
  DeskAction whole = *action;
  g_autoptr(GPtrArray) typed = typed_of(&room->desk, action);
  whole.typed = typed;
  g_autoptr(DeskPreview) preview = desk_preview(&room->desk, &whole, &as_preview);
  g_assert_null(preview);
  g_assert_false(desk_do(&room->desk, &whole, &error));
  g_assert_error(error, DESK_ERROR, (gint)code);
  g_assert_cmpstr(error->message, ==, as_preview->message);
  if (!strstr(error->message, words)) g_error("'%s' is not '%s'", error->message, words);
  assert_state(room, before.messages, before.registrations, before.outbox);
  state_clear(&before);
}

static OutboxEntry *answer_at(const Room *room, guint64 id) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  OutboxEntry *entry = outbox_get(txn, id, NULL);
  g_assert_nonnull(entry);
  return entry;
}

static Message *message_at(const Room *room, guint64 id) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  Message *message = message_get(txn, id, NULL);
  g_assert_nonnull(message);
  return message;
}

/* --- reply ------------------------------------------------------------------------------------ */

static void test_reply(void) {
  Room room;
  room_open(&room);
  guint64 id = put_whole(&room);
  DeskAction action = {.verb = DESK_REPLY, .id = id, .own_text = "\r\nUn mot.\r\n\r\n"};
  act(&room, &action);
  assert_state(&room, "review ; ", "", "own to " MARIE "; ");
  g_autoptr(Message) waits = message_at(&room, id);
  g_assert_cmpstr(waits->reason, ==, "; answered by admin:root");
  action.settle = TRUE;
  action.own_text = "Encore un.";
  act(&room, &action);
  assert_state(&room, "settled review; ", "", "own to " MARIE "; own to " MARIE "; ");
  action.own_text = "Un dernier."; /* also what is settled may be answered */
  act(&room, &action);
  assert_state(&room, "settled review; ", "",
               "own to " MARIE "; own to " MARIE "; own to " MARIE "; ");
  room_close(&room);
}

static void test_reply_refused(void) {
  g_autofree char *full = g_strnfill(DESK_TEXT_MAX_BYTES, 'x');
  g_autofree char *over = g_strnfill(DESK_TEXT_MAX_BYTES + 1, 'x');
  const struct {
    guint flags;
    const char *words;
    DeskError code;
    const char *error;
  } rows[] = {{0, NULL, DESK_ERROR_INVALID, "there is no text to send"},
              {0, " \n\t\n", DESK_ERROR_INVALID, "there is no text to send"},
              {0, "\xff", DESK_ERROR_INVALID, "no UTF-8"},
              {0, over, DESK_ERROR_INVALID, "too long"},
              {EXTRACTION_AUTOMATIC, "x", DESK_ERROR_STATE, "cannot be answered: its mail is"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    Room room;
    room_open(&room);
    Mail mail = {.people = {WHOLE}, .flags = rows[i].flags};
    DeskAction action = {.verb = DESK_REPLY, .id = put(&room, &mail), .own_text = rows[i].words};
    refused(&room, &action, rows[i].code, rows[i].error);
    room_close(&room);
  }
  Room room;
  room_open(&room);
  DeskAction action = {.verb = DESK_REPLY, .id = put_whole(&room), .own_text = full};
  act(&room, &action); /* the longest there may be */
  room_close(&room);
}

/* --- preview ---------------------------------------------------------------------------------- */

/* The text that was queued. */
static void same_answer(const DeskPreview *preview, const OutboxEntry *entry) {
  g_assert_cmpstr(preview->to, ==, entry->to);
  g_assert_null(preview->why_not);
  g_assert_nonnull(preview->text);
}

static void test_preview_is_what_is_done(void) {
  Room room;
  room_open(&room);
  g_autoptr(GPtrArray) changes = changes_of("city=Aix");
  guint64 id = put_whole(&room);
  DeskAction actions[] = {
      {.verb = DESK_REPLY, .id = id, .own_text = "Un mot."},
      {.verb = DESK_ACCEPT, .id = id, .changes = changes},
      {.verb = DESK_EDIT, .id = 1, .changes = changes_of("city=Lyon")},
      {.verb = DESK_CANCEL, .id = 1, .own_text = "À regret."},
  };
  for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
    State before = state_of(&room);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) typed = typed_of(&room.desk, &actions[i]);
    actions[i].typed = typed;
    g_autoptr(DeskPreview) preview = desk_preview(&room.desk, &actions[i], &error);
    g_assert_no_error(error);
    assert_state(&room, before.messages, before.registrations, before.outbox);
    State after = state_of(&room);
    g_assert_cmpstr(before.journal, ==, after.journal);
    act(&room, &actions[i]);
    g_autoptr(OutboxEntry) entry = answer_at(&room, i + 1);
    same_answer(preview, entry);
    for (guint k = 0; k < preview->registrations->len; k++) {
      const Registration *told = preview->registrations->pdata[k];
      g_autoptr(Registration) is = registration_at(&room, told->id);
      g_assert_cmpstr(told->status, ==, is->status);
      g_assert_cmpstr(registration_value(told, "city"), ==, registration_value(is, "city"));
      g_assert_cmpuint(told->history->len, ==, is->history->len);
    }
    state_clear(&before);
    state_clear(&after);
  }
  g_ptr_array_unref((GPtrArray *)actions[2].changes);
  room_close(&room);
}

/* Their own words stand in what is sent. */
static void test_preview_text(void) {
  Room room;
  room_open(&room);
  guint64 id = put_whole(&room);
  DeskAction action = {.verb = DESK_REPLY, .id = id, .own_text = "Venez à 16 h.\n\n<&>\t{{x}}"};
  g_autoptr(DeskPreview) preview = desk_preview(&room.desk, &action, NULL);
  g_assert_cmpstr(preview->subject, ==, "Re: Bulletin");
  g_assert_cmpstr(g_strchomp(preview->text), ==, "Venez à 16 h.\n\n<&>\t{{x}}");
  g_assert_cmpstr(preview->state, ==, "review");
  DeskAction ignore = {.verb = DESK_IGNORE, .id = id};
  g_autoptr(DeskPreview) silent = desk_preview(&room.desk, &ignore, NULL);
  g_assert_null(silent->to);
  g_assert_cmpstr(silent->why_not, ==, "it is settled without an answer");
  g_assert_cmpstr(silent->state, ==, "settled");
  room_close(&room);
}

/* What a person adds to a cancellation stands in it, and nothing where nothing is added. */
static void test_cancel_with_words(void) {
  Room room;
  room_open(&room);
  DeskAction accept = {.verb = DESK_ACCEPT, .id = put_whole(&room)};
  act(&room, &accept);
  DeskAction cancel = {.verb = DESK_CANCEL, .id = 1};
  g_autoptr(DeskPreview) plain = desk_preview(&room.desk, &cancel, NULL);
  cancel.own_text = "La salle est complète.";
  g_autoptr(DeskPreview) added = desk_preview(&room.desk, &cancel, NULL);
  g_assert_null(strstr(plain->text, "La salle"));
  g_assert_null(strstr(plain->text, "\n\n\n"));
  g_assert_nonnull(strstr(added->text, "\n\nLa salle est complète.\n\nSi c'est une erreur"));
  g_autofree char *over = g_strnfill(DESK_TEXT_MAX_BYTES + 1, 'x');
  cancel.own_text = over;
  refused(&room, &cancel, DESK_ERROR_INVALID, "too long");
  room_close(&room);
}

/* --- who was quicker -------------------------------------------------------------------------- */

static char *stamp_of(const Room *room, guint64 id) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  g_autoptr(Message) message = message_get(txn, id, NULL);
  return desk_stamp_message(txn, message);
}

static void test_both_at_once(void) {
  static const DeskVerb firsts[] = {DESK_ACCEPT, DESK_IGNORE, DESK_REPLY};
  for (guint i = 0; i < G_N_ELEMENTS(firsts); i++) {
    Room room;
    room_open(&room);
    guint64 id = put_whole(&room);
    Desk other = room.desk;
    other.who = "page:alice";
    g_autofree char *seen = stamp_of(&room, id), *again = stamp_of(&room, id);
    g_assert_cmpstr(seen, ==, again);
    DeskAction first = {.verb = firsts[i], .id = id, .stamp = seen, .own_text = "Un mot."};
    DeskAction second = {.verb = DESK_ACCEPT, .id = id, .stamp = seen};
    g_autoptr(GError) error = NULL;
    g_assert_true(desk_do(&other, &first, &error));
    g_assert_no_error(error);
    State before = state_of(&room);
    refused(&room, &second, DESK_ERROR_CHANGED, "message 1 has changed: page:alice");
    g_autofree char *now = stamp_of(&room, id);
    g_assert_cmpstr(now, !=, seen);
    g_assert_cmpuint(strlen(before.outbox) > 0, ==, firsts[i] != DESK_IGNORE);
    state_clear(&before);
    room_close(&room);
  }
}

typedef struct {
  Desk desk;
  DeskAction action;
  gboolean good;
  GError *error;
} Racer;

static gpointer race(gpointer data) {
  Racer *racer = data;
  racer->good = desk_do(&racer->desk, &racer->action, &racer->error);
  return NULL;
}

/* Two people press the button in the same moment. */
static void test_race(void) {
  for (guint round = 0; round < 10; round++) {
    Room room;
    room_open(&room);
    guint64 id = put_whole(&room);
    g_autofree char *seen = stamp_of(&room, id);
    Racer racers[2] = {{.desk = room.desk}, {.desk = room.desk}};
    GThread *threads[2];
    for (guint i = 0; i < 2; i++) {
      racers[i].desk.who = i ? "page:alice" : "page:bob";
      racers[i].action = (DeskAction){.verb = DESK_ACCEPT, .id = id, .stamp = seen};
      threads[i] = g_thread_new("desk", race, &racers[i]);
    }
    for (guint i = 0; i < 2; i++) g_thread_join(threads[i]);
    g_assert_true(racers[0].good != racers[1].good);
    const Racer *slower = &racers[racers[0].good ? 1 : 0],
                *quicker = &racers[racers[0].good ? 0 : 1];
    g_assert_error(slower->error, DESK_ERROR, DESK_ERROR_CHANGED);
    g_assert_nonnull(strstr(slower->error->message, quicker->desk.who));
    g_error_free(slower->error);
    State state = state_of(&room);
    g_assert_cmpstr(state.outbox, ==, "confirmed to " MARIE "; ");
    state_clear(&state);
    room_close(&room);
  }
}

/* A mail that goes on waiting looks the same after the second answer; its stamp does not. */
static void test_each_reply_changes_the_stamp(void) {
  Room room;
  room_open(&room);
  guint64 id = put_whole(&room);
  DeskAction reply = {.verb = DESK_REPLY, .id = id, .own_text = "Un mot."};
  act(&room, &reply);
  g_autofree char *seen = stamp_of(&room, id);
  reply.stamp = seen;
  reply.own_text = "Un autre.";
  act(&room, &reply);
  refused(&room, &reply, DESK_ERROR_CHANGED, "admin:root answered it in own words");
  room_close(&room);
}

static void test_registration_changed(void) {
  Room room;
  room_open(&room);
  DeskAction accept = {.verb = DESK_ACCEPT, .id = put_whole(&room)};
  act(&room, &accept);
  g_autoptr(Registration) shown = registration_at(&room, 1);
  g_autofree char *seen = desk_stamp_registration(shown);
  g_autoptr(GPtrArray) aix = changes_of("city=Aix"), lyon = changes_of("city=Lyon");
  g_autofree char *mail = stamp_of(&room, 1);
  DeskAction first = {.verb = DESK_EDIT, .id = 1, .changes = aix, .stamp = seen};
  DeskAction second = {.verb = DESK_EDIT, .id = 1, .changes = lyon, .stamp = seen};
  act(&room, &first);
  refused(&room, &second, DESK_ERROR_CHANGED,
          "registration 1 has changed: updated by admin:root, it is registered now at 20");
  g_autofree char *mail_now = stamp_of(&room, 1); /* its message has changed by that, too */
  g_assert_cmpstr(mail, !=, mail_now);
  room_close(&room);
}

/* --- merge ------------------------------------------------------------------------------------ */

static void accept_two(Room *room, const char *one, const char *two) {
  Mail first = {.people = {one}}, second = {.people = {two}, .from = "marie@other.example"};
  DeskAction accept = {.verb = DESK_ACCEPT, .id = put(room, &first)};
  act(room, &accept);
  accept.id = put(room, &second);
  act(room, &accept);
}

static void test_merge(void) {
  Room room;
  room_open(&room);
  accept_two(&room, WHOLE, OTHER);
  DeskAction merge = {.verb = DESK_MERGE, .id = 1, .other = 2};
  g_autoptr(DeskPreview) preview = desk_preview(&room.desk, &merge, NULL);
  g_assert_null(preview->to);
  g_assert_cmpuint(preview->registrations->len, ==, 2);
  g_assert_cmpuint(preview->notes->len, ==, 2);
  g_assert_cmpstr(preview->notes->pdata[1], ==,
                  "email: '" MARIE "' stays, 'marie@other.example' is dropped");
  g_assert_cmpstr(preview->notes->pdata[0], ==, "phone is taken over");
  act(&room, &merge);
  assert_state(&room, "settled accept; settled accept; ",
               "reg1 registered admin:root/merged; reg2 cancelled admin:root/merged into 1; ",
               "confirmed to " MARIE "; confirmed to marie@other.example; ");
  g_autoptr(Registration) kept = registration_at(&room, 1), gone = registration_at(&room, 2);
  g_assert_cmpstr(registration_value(kept, "phone"), ==, "+33612345678");
  g_assert_cmpstr(registration_value(kept, "email"), ==, MARIE);
  g_assert_cmpuint(gone->merged, ==, 1);
  g_assert_cmpuint(kept->merged, ==, 0);
  g_assert_cmpuint(gone->history->len, ==, 2);
  State state = state_of(&room);
  g_assert_nonnull(strstr(state.journal,
                          "admin:root merged registration 2 into it: registration 1 "
                          "is registered; phone is taken over; email: '" MARIE "' stays"));
  state_clear(&state);
  refused(&room, &merge, DESK_ERROR_STATE, "registration 2 is cancelled already");
  DeskAction self = {.verb = DESK_MERGE, .id = 1, .other = 1};
  refused(&room, &self, DESK_ERROR_STATE, "registration 1 cannot be merged into itself");
  DeskAction none = {.verb = DESK_MERGE, .id = 1, .other = 9};
  refused(&room, &none, DESK_ERROR_NOT_FOUND, "there is no registration 9");
  DeskAction into = {.verb = DESK_MERGE, .id = 2, .other = 1};
  refused(&room, &into, DESK_ERROR_STATE, "registration 2 is cancelled");
  room_close(&room);
}

/* What was incomplete and becomes whole by it is confirmed. */
static void test_merge_completes(void) {
  Room room;
  room_open(&room);
  Mail half = {.people = {HALF}}, other = {.people = {OTHER}, .from = "marie@other.example"};
  DeskAction ask = {.verb = DESK_ASK, .id = put(&room, &half)};
  DeskAction accept = {.verb = DESK_ACCEPT, .id = put(&room, &other)};
  DeskAction merge = {.verb = DESK_MERGE, .id = 1, .other = 2};
  act(&room, &ask);
  act(&room, &accept);
  act(&room, &merge);
  assert_state(&room, "settled ask; settled accept; ",
               "reg1 registered admin:root/completed; reg2 cancelled admin:root/merged into 1; ",
               "ask to " MARIE "; confirmed to marie@other.example; confirmed to " MARIE "; ");
  room_close(&room);
}

/* --- hold, release ---------------------------------------------------------------------------- */

static guint due(const Room *room) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  gint64 in_a_century = g_get_real_time() / G_USEC_PER_SEC + G_GINT64_CONSTANT(3155760000);
  g_autoptr(GPtrArray) entries = outbox_due(txn, in_a_century, 100, NULL);
  return entries->len;
}

static void test_hold_and_release(void) {
  Room room;
  room_open(&room);
  accept_two(&room, WHOLE, OTHER);
  DeskAction hold = {.verb = DESK_HOLD, .id = 1}, release = {.verb = DESK_RELEASE, .id = 1};
  refused(&room, &release, DESK_ERROR_STATE, "answer 1 is not held");
  act(&room, &hold);
  g_assert_cmpuint(due(&room), ==, 1);
  refused(&room, &hold, DESK_ERROR_STATE, "answer 1 is held already");
  g_autoptr(OutboxEntry) held = answer_at(&room, 1);
  g_assert_true(desk_is_held(held));
  g_assert_cmpstr(held->state, ==, "delayed");
  g_assert_cmpstr(held->last_error, ==, "held by admin:root");
  act(&room, &release);
  g_autoptr(OutboxEntry) ready = answer_at(&room, 1);
  g_assert_cmpstr(ready->state, ==, "ready");
  g_assert_cmpstr(ready->last_error, ==, "");
  g_assert_cmpuint(due(&room), ==, 2);
  hold.id = release.id = 0; /* all */
  act(&room, &hold);
  g_assert_cmpuint(due(&room), ==, 0);
  act(&room, &release);
  g_assert_cmpuint(due(&room), ==, 2);
  hold.id = 9;
  refused(&room, &hold, DESK_ERROR_NOT_FOUND, "there is no answer 9");
  room_close(&room);
}

/* Where it was before, it is again. */
static void test_hold_keeps_what_was(void) {
  static const struct {
    const char *state;
    guint attempts;
    const char *error;
  } rows[] = {{"delayed", 0, "held by limit address_hour"}, {"deferred", 2, "451 later"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    Room room;
    room_open(&room);
    DeskAction accept = {.verb = DESK_ACCEPT, .id = put_whole(&room)};
    act(&room, &accept);
    g_autoptr(OutboxEntry) entry = answer_at(&room, 1);
    gint64 next = g_get_real_time() / G_USEC_PER_SEC + 1000;
    entry->next = next;
    entry->attempts = rows[i].attempts;
    fixture_string(&entry->state, rows[i].state);
    fixture_string(&entry->last_error, rows[i].error);
    StoreTxn *txn = store_begin(room.store, TRUE, NULL);
    g_assert_true(outbox_update(txn, entry, NULL) && store_commit(txn, NULL));
    DeskAction hold = {.verb = DESK_HOLD, .id = 1}, release = {.verb = DESK_RELEASE, .id = 1};
    act(&room, &hold);
    g_assert_cmpuint(due(&room), ==, 0);
    act(&room, &release);
    g_autoptr(OutboxEntry) after = answer_at(&room, 1);
    g_assert_cmpstr(after->state, ==, rows[i].state);
    g_assert_cmpstr(after->last_error, ==, rows[i].error);
    g_assert_cmpint(after->next, ==, next);
    room_close(&room);
  }
}

static void test_what_is_on_its_way_is_not_held(void) {
  static const char *const states[] = {"sending", "sent", "failed"};
  for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
    Room room;
    room_open(&room);
    DeskAction accept = {.verb = DESK_ACCEPT, .id = put_whole(&room)};
    act(&room, &accept);
    g_autoptr(OutboxEntry) entry = answer_at(&room, 1);
    fixture_string(&entry->state, states[i]);
    StoreTxn *txn = store_begin(room.store, TRUE, NULL);
    g_assert_true(outbox_update(txn, entry, NULL) && store_commit(txn, NULL));
    DeskAction hold = {.verb = DESK_HOLD, .id = 1};
    refused(&room, &hold, DESK_ERROR_STATE, "what waits can be held");
    room_close(&room);
  }
}

/* --- requeue ---------------------------------------------------------------------------------- */

/* What today's rules would read from the mail that `put` stored. */
static Extraction *read_now(const char *people, MailKind kind) {
  Extraction *extraction = extraction_new();
  extraction->kind = kind;
  extraction->flags = EXTRACTION_TO_US | EXTRACTION_TIED;
  fixture_string(&extraction->from, MARIE);
  fixture_string(&extraction->event, FIXTURE_ID);
  fixture_string(&extraction->language, "fr");
  fixture_string(&extraction->subject, "Bulletin");
  fixture_string(&extraction->message_id, "theirs@ville.example");
  if (people) add_participant(extraction, people);
  return extraction;
}

static void test_requeue(void) {
  Room room;
  room_open(&room);
  fixture_event(&room.fixture)->deadline = 0;
  Mail mail = {.people = {NULL}, .kind = KIND_QUESTION};
  guint64 id = put(&room, &mail);
  g_autoptr(Extraction) now = read_now(WHOLE, KIND_BULLETIN);
  DeskAction requeue = {.verb = DESK_REQUEUE, .id = id, .extraction = now};
  g_autoptr(DeskPreview) preview = desk_preview(&room.desk, &requeue, NULL);
  g_assert_cmpstr(preview->to, ==, MARIE);
  g_assert_cmpstr(preview->state, ==, "settled");
  g_assert_cmpuint(preview->registrations->len, ==, 1);
  act(&room, &requeue);
  assert_state(&room, "settled accept; ", "reg1 registered admin:root/read again; ",
               "confirmed to " MARIE "; ");
  act(&room, &requeue); /* the same once more: nothing is said or stored twice */
  assert_state(&room, "settled accept; ", "reg1 registered admin:root/read again; ",
               "confirmed to " MARIE "; ");
  g_autoptr(Registration) registration = registration_at(&room, 1);
  g_assert_cmpuint(registration->history->len, ==, 1);
  g_autoptr(Extraction) better = read_now(WHOLE " city=Aix", KIND_BULLETIN);
  requeue.extraction = better;
  act(&room, &requeue); /* what is new is stored in the same record, and told */
  assert_state(&room, "settled accept; ", "reg1 registered admin:root/read again; ",
               "confirmed to " MARIE "; updated to " MARIE "; ");
  g_autoptr(GPtrArray) lyon = changes_of("city=Lyon");
  DeskAction edit = {.verb = DESK_EDIT, .id = 1, .changes = lyon};
  act(&room, &edit);
  refused(&room, &requeue, DESK_ERROR_STATE, "registration 1 was changed since");
  room_close(&room);
}

/* Read again as often as one likes: that is no further question to its sender. */
static void test_requeue_counts_no_asks(void) {
  Room room;
  room_open(&room);
  fixture_event(&room.fixture)->deadline = 0;
  Mail mail = {.people = {NULL}, .kind = KIND_QUESTION};
  room.fixture.config->submission.limits.asks = 1;
  g_autoptr(Extraction) half = read_now(HALF, KIND_BULLETIN);
  DeskAction requeue = {.verb = DESK_REQUEUE, .id = put(&room, &mail), .extraction = half};
  for (guint i = 0; i < 4; i++) act(&room, &requeue);
  assert_state(&room, "waiting-for-sender ask; ", "reg1 incomplete admin:root/read again; ",
               "ask to " MARIE "; ");
  g_autoptr(Registration) registration = registration_at(&room, 1);
  g_assert_cmpuint(registration->asks, ==, 1);
  g_assert_cmpuint(registration->history->len, ==, 1);
  room_close(&room);
}

/* "received" has been said; the mail is still a question. */
static void test_requeue_says_nothing_twice(void) {
  Room room;
  room_open(&room);
  Mail mail = {.people = {NULL}, .kind = KIND_QUESTION};
  g_autoptr(Extraction) question = read_now(NULL, KIND_QUESTION);
  DeskAction requeue = {.verb = DESK_REQUEUE, .id = put(&room, &mail), .extraction = question};
  act(&room, &requeue);
  assert_state(&room, "review review; ", "", "received to " MARIE "; ");
  g_autoptr(DeskPreview) again = desk_preview(&room.desk, &requeue, NULL);
  g_assert_null(again->to);
  g_assert_cmpstr(again->why_not, ==, "nothing new is to be said to the sender");
  act(&room, &requeue);
  assert_state(&room, "review review; ", "", "received to " MARIE "; ");
  room_close(&room);
}

static void test_requeue_tells_what_is_left(void) {
  Room room;
  room_open(&room);
  fixture_event(&room.fixture)->deadline = 0;
  Mail mail = {.people = {NULL}, .kind = KIND_QUESTION};
  DeskAction requeue = {.verb = DESK_REQUEUE, .id = put(&room, &mail)};
  g_autoptr(Extraction) bulletin = read_now(WHOLE, KIND_BULLETIN);
  g_autoptr(Extraction) question = read_now(NULL, KIND_QUESTION);
  requeue.extraction = bulletin;
  act(&room, &requeue);
  requeue.extraction = question;
  g_autoptr(DeskPreview) preview = desk_preview(&room.desk, &requeue, NULL);
  g_assert_cmpuint(preview->notes->len, ==, 1);
  g_assert_cmpstr(preview->notes->pdata[0], ==,
                  "registration 1 is not in the mail as it is read now; it stays");
  room_close(&room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/desk/reply", test_reply);
  g_test_add_func("/desk/reply-refused", test_reply_refused);
  g_test_add_func("/desk/preview", test_preview_is_what_is_done);
  g_test_add_func("/desk/preview-text", test_preview_text);
  g_test_add_func("/desk/cancel-with-words", test_cancel_with_words);
  g_test_add_func("/desk/both-at-once", test_both_at_once);
  g_test_add_func("/desk/race", test_race);
  g_test_add_func("/desk/each-reply", test_each_reply_changes_the_stamp);
  g_test_add_func("/desk/registration-changed", test_registration_changed);
  g_test_add_func("/desk/merge", test_merge);
  g_test_add_func("/desk/merge-completes", test_merge_completes);
  g_test_add_func("/desk/hold", test_hold_and_release);
  g_test_add_func("/desk/hold-keeps", test_hold_keeps_what_was);
  g_test_add_func("/desk/hold-not-sent", test_what_is_on_its_way_is_not_held);
  g_test_add_func("/desk/requeue", test_requeue);
  g_test_add_func("/desk/requeue-asks", test_requeue_counts_no_asks);
  g_test_add_func("/desk/requeue-twice", test_requeue_says_nothing_twice);
  g_test_add_func("/desk/requeue-left", test_requeue_tells_what_is_left);
  return g_test_run();
}
