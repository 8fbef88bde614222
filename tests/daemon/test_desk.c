/* desk: each call is one transaction: record, history, answer and journal line, or none of them. */
#include "tests/daemon/desk_fixture.h"

/* --- accept ----------------------------------------------------------------------------------- */

#define MARIE "m.durand@ville.example"
#define DONE "settled accept; "

static const struct {
  const char *name;
  Mail mail;
  const char *changes;
  const char *registrations, *outbox;
  const char *error; /* begins the error's message: nothing may have changed */
} accepts[] = {
    {"whole",
     {.people = {WHOLE}},
     "",
     "reg1 registered admin:root/created; ",
     "confirmed to " MARIE "; ",
     NULL},
    {"lacking, given by the person",
     {.people = {HALF}},
     "organization=Ville",
     "reg1 registered admin:root/created; ",
     "confirmed to " MARIE "; ",
     NULL},
    {"lacking", {.people = {HALF}}, "", NULL, NULL, "required values are lacking: organization"},
    {"nothing read, everything given",
     {.people = {NULL}, .kind = KIND_QUESTION},
     "organization=V|last_name=D|first_name=M|attendance=yes",
     "reg1 registered admin:root/created; ",
     "confirmed to " MARIE "; ",
     NULL},
    {"declines",
     {.people = {WHOLE}},
     "attendance=no",
     "reg1 declined admin:root/declined; ",
     "declined to " MARIE "; ",
     NULL},
    {"a choice by its word",
     {.people = {WHOLE}},
     "title=mme",
     "reg1 registered admin:root/created; ",
     "confirmed to " MARIE "; ",
     NULL},
    {"no such choice",
     {.people = {WHOLE}},
     "title=Docteur",
     NULL,
     NULL,
     "title: 'Docteur' is no choice; right would be M. or Mme"},
    {"unknown field",
     {.people = {WHOLE}},
     "phon=1",
     NULL,
     NULL,
     "unknown field 'phon'; did you mean 'phone'?"},
    {"bad choice",
     {.people = {WHOLE}},
     "attendance=maybe",
     NULL,
     NULL,
     "attendance: 'maybe' is no choice; right would be no or yes"},
    {"bad phone",
     {.people = {WHOLE}},
     "phone=abc",
     NULL,
     NULL,
     "phone: 'abc' is no phone; no digits; "
     "right would be a number like"},
    {"bad e-mail", {.people = {WHOLE}}, "email=a b@c", NULL, NULL, "email: 'a b@c' is no email"},
    {"required removed",
     {.people = {WHOLE}},
     "last_name=",
     NULL,
     NULL,
     "required values are lacking: last_name"},
    {"two people",
     {.people = {WHOLE, "organization=Ville last_name=PETIT first_name=Luc "
                        "email=l.petit@ville.example attendance=yes"}},
     "2.phone=+33612345678",
     "reg1 registered admin:root/created; reg2 registered admin:root/created; ",
     "confirmed to " MARIE "; ",
     NULL},
    {"two people, whose?",
     {.people = {WHOLE, WHOLE}},
     "phone=+33612345678",
     NULL,
     NULL,
     "phone: there are 2 participants"},
    {"no third",
     {.people = {WHOLE, WHOLE}},
     "3.phone=+33612345678",
     NULL,
     NULL,
     "3.phone: there is no participant 3"},
    {"automatic",
     {.people = {WHOLE}, .flags = EXTRACTION_AUTOMATIC},
     "",
     "reg1 registered admin:root/created; ",
     "",
     NULL},
    {"list",
     {.people = {WHOLE}, .flags = EXTRACTION_LIST},
     "",
     "reg1 registered admin:root/created; ",
     "",
     NULL},
    {"no sender",
     {.people = {WHOLE}, .from = ""},
     "",
     "reg1 registered admin:root/created; ",
     "",
     NULL},
    {"a person's mailbox: the return path",
     {.people = {WHOLE}, .account = "person", .return_path = "bounce@ville.example"},
     "",
     "reg1 registered admin:root/created; ",
     "confirmed to bounce@ville.example; ",
     NULL},
    {"a service: the author",
     {.people = {WHOLE}, .return_path = "bounce@ville.example"},
     "",
     "reg1 registered admin:root/created; ",
     "confirmed to " MARIE "; ",
     NULL},
    {"settled",
     {.people = {WHOLE}, .state = "settled"},
     "",
     NULL,
     NULL,
     "message 1 is settled already"},
    {"withdraws what is not known",
     {.people = {NULL}, .kind = KIND_CANCELLATION},
     "",
     NULL,
     NULL,
     "message 1 withdraws no registration that is known"},
};

static void test_accept(void) {
  for (guint i = 0; i < G_N_ELEMENTS(accepts); i++) {
    Room room;
    room_open(&room);
    guint64 id = put(&room, &accepts[i].mail);
    State before = state_of(&room);
    g_autoptr(GPtrArray) changes = changes_of(accepts[i].changes);
    g_autoptr(GError) error = NULL;
    gboolean good = do_accept(&room.desk, id, changes, &error);
    g_test_message("%s: %s", accepts[i].name, error ? error->message : "accepted");
    g_assert_true(good == (accepts[i].error == NULL));
    if (good) {
      assert_state(&room, DONE, accepts[i].registrations, accepts[i].outbox);
    } else {
      g_assert_true(g_str_has_prefix(error->message, accepts[i].error));
      assert_state(&room, before.messages, "", "");
    }
    state_clear(&before);
    room_close(&room);
  }
}

/* The journal tells who, what and why nobody was answered. */
static void test_journal(void) {
  Room room;
  room_open(&room);
  g_autoptr(GError) error = NULL;
  Mail mail = {.people = {WHOLE}, .flags = EXTRACTION_LIST};
  g_assert_true(do_accept(&room.desk, put(&room, &mail), NULL, &error));
  State state = state_of(&room);
  g_assert_cmpstr(state.journal, ==,
                  "[admin:root accepted it: registration 1 is registered; not answered: its mail "
                  "is automatic, from a list or asks for no answer] ");
  state_clear(&state);
  room_close(&room);
}

/* --- ask, ignore ------------------------------------------------------------------------------ */

static const struct {
  const char *name;
  Mail mail;
  const char *messages, *registrations, *outbox, *error;
} asks[] = {
    {"lacking",
     {.people = {HALF}},
     "waiting-for-sender ask; ",
     "reg1 incomplete admin:root/asked; ",
     "ask to " MARIE "; ",
     NULL},
    {"nothing read",
     {.people = {NULL}, .kind = KIND_QUESTION},
     "waiting-for-sender ask; ",
     "reg1 incomplete admin:root/asked; ",
     "ask to " MARIE "; ",
     NULL},
    {"one of two",
     {.people = {WHOLE, "last_name=PETIT first_name=Luc"}},
     "waiting-for-sender ask; ",
     "reg1 registered admin:root/created; reg2 incomplete admin:root/asked; ",
     "ask to " MARIE "; ",
     NULL},
    {"nothing lacks",
     {.people = {WHOLE}},
     "review ; ",
     "",
     "",
     "the sender of message 1 cannot be asked: nothing required is lacking"},
    {"automatic",
     {.people = {HALF}, .flags = EXTRACTION_AUTOMATIC},
     "review ; ",
     "",
     "",
     "the sender of message 1 cannot be asked: its mail is automatic"},
};

static void test_ask(void) {
  for (guint i = 0; i < G_N_ELEMENTS(asks); i++) {
    Room room;
    room_open(&room);
    guint64 id = put(&room, &asks[i].mail);
    g_autoptr(GError) error = NULL;
    gboolean good = do_ask(&room.desk, id, &error);
    g_test_message("%s: %s", asks[i].name, error ? error->message : "asked");
    g_assert_true(good == (asks[i].error == NULL));
    if (!good) g_assert_true(g_str_has_prefix(error->message, asks[i].error));
    assert_state(&room, asks[i].messages, asks[i].registrations, asks[i].outbox);
    room_close(&room);
  }
}

/* What was asked for is completed by the person in the same record, not in a new one. */
static void test_ask_then_accept(void) {
  Room room;
  room_open(&room);
  Mail mail = {.people = {HALF}};
  guint64 id = put(&room, &mail);
  g_autoptr(GError) error = NULL;
  g_assert_true(do_ask(&room.desk, id, &error));
  g_autoptr(GPtrArray) changes = changes_of("organization=Ville");
  g_assert_true(do_accept(&room.desk, id, changes, &error));
  assert_state(&room, DONE, "reg1 registered admin:root/completed; ",
               "ask to " MARIE "; confirmed to " MARIE "; ");
  g_autoptr(Registration) registration = registration_at(&room, 1);
  g_assert_cmpuint(registration->history->len, ==, 2);
  g_assert_cmpuint(registration->missing->len, ==, 0);
  g_assert_cmpstr(registration->email_key, ==, MARIE);
  room_close(&room);
}

static void test_ignore(void) {
  Room room;
  room_open(&room);
  Mail mail = {.people = {WHOLE}};
  guint64 id = put(&room, &mail);
  g_autoptr(GError) error = NULL;
  g_assert_true(do_ignore(&room.desk, id, &error));
  assert_state(&room, "settled ignore; ", "", "");
  g_assert_false(do_ignore(&room.desk, id, &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_STATE);
  room_close(&room);
}

/* --- edit, cancel ----------------------------------------------------------------------------- */

static const struct {
  const char *name, *changes, *status, *outbox, *error;
} edits[] = {
    {"a value", "city=Aix", "registered", "updated to " MARIE "; ", NULL},
    {"phone is normalised", "phone=+33 6 12 34 56 78", "registered", "updated to " MARIE "; ",
     NULL},
    {"comes no more", "attendance=no", "declined", "declined to " MARIE "; ", NULL},
    {"the same", "last_name=DURAND", NULL, NULL, "registration 1 has these values already"},
    {"required removed", "organization=", NULL, NULL, "required values are lacking: organization"},
    {"unknown", "citty=Aix", NULL, NULL, "unknown field 'citty'; did you mean 'city'?"},
};

static void accept_marie(Room *room) {
  Mail mail = {.people = {WHOLE}};
  g_autoptr(GError) error = NULL;
  g_assert_true(do_accept(&room->desk, put(room, &mail), NULL, &error));
  g_assert_no_error(error);
}

static void test_edit(void) {
  for (guint i = 0; i < G_N_ELEMENTS(edits); i++) {
    Room room;
    room_open(&room);
    accept_marie(&room);
    g_autoptr(GPtrArray) changes = changes_of(edits[i].changes);
    g_autoptr(GError) error = NULL;
    gboolean good = do_edit(&room.desk, 1, changes, &error);
    g_test_message("%s: %s", edits[i].name, error ? error->message : "edited");
    g_assert_true(good == (edits[i].error == NULL));
    if (!good) g_assert_true(g_str_has_prefix(error->message, edits[i].error));
    g_autoptr(Registration) after = registration_at(&room, 1);
    g_assert_cmpstr(after->status, ==, good ? edits[i].status : "registered");
    g_assert_cmpuint(after->history->len, ==, good ? 2 : 1);
    g_assert_cmpuint(after->sequence, ==, good ? 1 : 0);
    State state = state_of(&room);
    g_autofree char *want =
        g_strconcat("confirmed to " MARIE "; ", good ? edits[i].outbox : "", NULL);
    g_assert_cmpstr(state.outbox, ==, want);
    state_clear(&state);
    room_close(&room);
  }
}

/* What is typed by hand is read as in a mail: the same words, the same form. `of`: what is known of
 * the person besides. value NULL: refused, `error` says why. */
static const struct {
  const char *of, *typed, *field, *value, *error;
} readings[] = {
    {"", "phone=06 12 34 56 78", "phone", "+33612345678", NULL},
    {"", "phone=06.12.34.56.78", "phone", "+33612345678", NULL},
    {"", "phone=0033 (0)6 12 34 56 78", "phone", "+33612345678", NULL},
    {"", "phone=03-1234-5678", "phone", "+81312345678", NULL}, /* as Japan groups digits */
    {"", "phone=０３－１２３４－５６７８", "phone", "+81312345678", NULL},
    {"", "phone=Tél. : 01 44 55 66 77 (bureau)", "phone", "+33144556677", NULL},
    {"|city=東京都", "phone=03 1234 5678", "phone", "+81312345678", NULL},
    {"", "city=Tokyo, Japan|phone=03 1234 5678", "phone", "+81312345678", NULL},
    {"|postal_code=97400", "phone=0262 45 43 45", "phone", "+262262454345", NULL},
    {"", "phone=+81 3 1234 5678", "phone", "+81312345678", NULL},
    {"", "phone=06 12", "phone", NULL, "phone: '06 12' is no phone; too short; right would be a"},
    {"", "phone=12 34 56 78 90", "phone", NULL, "phone: '12 34 56 78 90' is no phone; neither a"},
    {"", "phone=……", "phone", "", NULL},
    {"", "email=  M.Durand@Ville.Example ", "email", "m.durand@ville.example", NULL},
    {"", "email=Marie Durand <Marie@ville.example>", "email", "marie@ville.example", NULL},
    {"", "email=mailto:marie@ville.example", "email", "marie@ville.example", NULL},
    {"", "email=ｍａｒｉｅ＠ville.example", "email", "marie@ville.example", NULL},
    {"", "email=marie chez ville.example", "email", NULL,
     "email: 'marie chez ville.example' is no"},
    {"", "attendance=NON", "attendance", "no", NULL},
    {"", "attendance=oui", "attendance", "yes", NULL},
    {"", "attendance=ne participera pas", "attendance", "no", NULL},
    {"", "attendance=No", "attendance", "no", NULL},
    {"", "attendance=欠席", "attendance", "no", NULL},
    {"", "attendance=peut-être", "attendance", NULL, "attendance: 'peut-être' is no choice; right"},
    {"", "title=Madame", "title", "Mme", NULL},
    {"", "title=MONSIEUR", "title", "M.", NULL},
    {"", "title=M.", "title", "M.", NULL},
    {"", "postal_code=160-0022", "postal_code", "160-0022", NULL},
    {"", "postal_code=１６０－００２２", "postal_code", "160-0022", NULL},
    {"", "postal_code=13 100", "postal_code", "13100", NULL},
    {"", "postal_code=SW1A 1AA", "postal_code", "SW1A 1AA", NULL}, /* a person's word stands */
    {"", "last_name=DE LA TOUR (née Petit)", "last_name", "DE LA TOUR (née Petit)", NULL},
};

static void check_reading(guint i) {
  Room room;
  room_open(&room);
  Mail mail = {.people = {WHOLE}};
  g_autofree char *known = g_strconcat("role=Maire", readings[i].of, NULL);
  g_autoptr(GPtrArray) before = changes_of(known), typed = changes_of(readings[i].typed);
  g_autoptr(GError) error = NULL;
  g_assert_true(do_accept(&room.desk, put(&room, &mail), before, &error));
  gboolean good = do_edit(&room.desk, 1, typed, &error);
  const char *same = "registration 1 has these values already";
  g_test_message("%s: %s", readings[i].typed, error ? error->message : "edited");
  if (readings[i].error) {
    g_assert_false(good);
    g_assert_true(g_str_has_prefix(error->message, readings[i].error));
  } else {
    g_assert_true(good || !strcmp(error->message, same));
    g_autoptr(Registration) after = registration_at(&room, 1);
    const char *value = registration_value(after, readings[i].field);
    g_assert_cmpstr(value ? value : "", ==, readings[i].value);
  }
  room_close(&room);
}

static void test_typed_by_hand(void) {
  for (guint i = 0; i < G_N_ELEMENTS(readings); i++) check_reading(i);
}

/* Each participant's numbers belong to his own country; more changes than one may type are refused
 * before anything is read. */
static void test_typed_of_several(void) {
  Room room;
  room_open(&room);
  Mail mail = {.people = {WHOLE, "organization=Mairie last_name=SATO first_name=Yuki city=東京 "
                                 "email=sato@shi.example attendance=yes"}};
  g_autoptr(GPtrArray) typed = changes_of("1.phone=01 44 55 66 77|2.phone=03 1234 5678");
  g_autoptr(GError) error = NULL;
  g_assert_true(do_accept(&room.desk, put(&room, &mail), typed, &error));
  g_autoptr(Registration) one = registration_at(&room, 1), two = registration_at(&room, 2);
  g_assert_cmpstr(registration_value(one, "phone"), ==, "+33144556677");
  g_assert_cmpstr(registration_value(two, "phone"), ==, "+81312345678");
  for (guint i = 0; i < DESK_READER_TYPED_MAX; i++)
    g_ptr_array_add(typed, store_field_new("1.phone", "01 44 55 66 77"));
  g_autoptr(DeskReader) reader = desk_reader_new(room.desk.config);
  g_autoptr(StoreTxn) txn = store_begin(room.store, FALSE, &error);
  DeskAction action = {.verb = DESK_ACCEPT, .id = 1, .changes = typed};
  g_assert_null(desk_typed_read(reader, room.desk.config, txn, &action, &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_INVALID);
  store_abort(g_steal_pointer(&txn));
  room_close(&room);
}

/* The same person edits twice: two answers, and the history keeps what was before. */
static void test_edit_twice(void) {
  Room room;
  room_open(&room);
  accept_marie(&room);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) first = changes_of("city=Aix");
  g_autoptr(GPtrArray) second = changes_of("city=Lyon");
  g_assert_true(do_edit(&room.desk, 1, first, &error));
  g_assert_true(do_edit(&room.desk, 1, second, &error));
  State state = state_of(&room);
  g_assert_cmpstr(state.outbox, ==,
                  "confirmed to " MARIE "; updated to " MARIE "; updated to " MARIE "; ");
  state_clear(&state);
  g_autoptr(Registration) after = registration_at(&room, 1);
  const HistoryEntry *last = after->history->pdata[2];
  const char *before = NULL;
  for (guint i = 0; i < last->before->len; i++) {
    const StoreField *field = last->before->pdata[i];
    if (!strcmp(field->name, "city")) before = field->value;
  }
  g_assert_cmpstr(before, ==, "Aix");
  g_assert_cmpstr(registration_value(after, "city"), ==, "Lyon");
  room_close(&room);
}

static void test_cancel(void) {
  Room room;
  room_open(&room);
  accept_marie(&room);
  g_autoptr(GError) error = NULL;
  g_assert_true(do_cancel(&room.desk, 1, &error));
  assert_state(&room, DONE, "reg1 cancelled admin:root/cancelled; ",
               "confirmed to " MARIE "; cancelled to " MARIE "; ");
  g_assert_false(do_cancel(&room.desk, 1, &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_STATE);
  g_clear_error(&error);
  g_autoptr(GPtrArray) changes = changes_of("city=Aix");
  g_assert_false(do_edit(&room.desk, 1, changes, &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_STATE);
  room_close(&room);
}

/* A mail that withdraws, accepted by a person: it cancels what its sender had registered. */
static void test_accept_cancellation(void) {
  Room room;
  room_open(&room);
  accept_marie(&room);
  Mail mail = {.people = {NULL}, .kind = KIND_CANCELLATION};
  g_autoptr(GError) error = NULL;
  g_assert_true(do_accept(&room.desk, put(&room, &mail), NULL, &error));
  assert_state(&room, DONE DONE, "reg1 cancelled admin:root/cancelled; ",
               "confirmed to " MARIE "; cancelled to " MARIE "; ");
  room_close(&room);
}

/* An answer that cannot be made takes back what was stored for it. */
static void test_all_or_nothing(void) {
  Room room;
  room_open(&room);
  g_autofree char *words = g_strnfill(REPLY_TEXT_MAX_BYTES + 1, 'x');
  g_autofree char *text = g_strconcat("Subject: long\n\n", words, "\n", NULL);
  fixture_overlay(&room.fixture, "fr", "confirmed.txt", text);
  room.desk.replies = room.fixture.replies;
  Mail mail = {.people = {WHOLE}};
  g_autoptr(GError) error = NULL;
  g_assert_false(do_accept(&room.desk, put(&room, &mail), NULL, &error));
  g_assert_nonnull(strstr(error->message, "confirmed.txt"));
  assert_state(&room, "review ; ", "", "");
  room_close(&room);
}

static void test_not_found(void) {
  Room room;
  room_open(&room);
  gboolean (*const calls[])(const Desk *, guint64, GError **) = {do_ask, do_ignore, do_cancel};
  for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(calls[i](&room.desk, 99, &error));
    g_assert_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND);
  }
  g_autoptr(GError) error = NULL;
  g_assert_false(do_accept(&room.desk, 99, NULL, &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND);
  room_close(&room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/desk/accept", test_accept);
  g_test_add_func("/desk/journal", test_journal);
  g_test_add_func("/desk/ask", test_ask);
  g_test_add_func("/desk/ask-then-accept", test_ask_then_accept);
  g_test_add_func("/desk/ignore", test_ignore);
  g_test_add_func("/desk/edit", test_edit);
  g_test_add_func("/desk/typed-by-hand", test_typed_by_hand);
  g_test_add_func("/desk/typed-of-several", test_typed_of_several);
  g_test_add_func("/desk/edit-twice", test_edit_twice);
  g_test_add_func("/desk/cancel", test_cancel);
  g_test_add_func("/desk/accept-cancellation", test_accept_cancellation);
  g_test_add_func("/desk/all-or-nothing", test_all_or_nothing);
  g_test_add_func("/desk/not-found", test_not_found);
  return g_test_run();
}
