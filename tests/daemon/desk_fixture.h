/* desk_fixture - a store with mails in the queue, one desk at it, and what was done as lines to
 * compare: what the tests of desk share. */
#pragma once
#include "daemon/desk/desk_typed.h"

#include "store/journal.h"
#include "tests/daemon/reply_fixture.h"

typedef struct {
  Fixture fixture;
  Store *store;
  Desk desk;
} Room;

static inline void room_open(Room *room) {
  fixture_open(&room->fixture);
  room->store = fixture_store(&room->fixture);
  room->desk = (Desk){room->store, room->fixture.config, room->fixture.replies, "admin:root"};
}

/* What the action's changes say, read by the real worker, which is started where one is to be read.
 * The caller frees. */
static inline GPtrArray *typed_of(const Desk *desk, const DeskAction *action) {
  g_autoptr(GError) error = NULL;
  if (!action->changes) return g_ptr_array_new();
  g_autoptr(DeskReader) reader = desk_reader_new(desk->config);
  g_autoptr(StoreTxn) txn = store_begin(desk->store, FALSE, &error);
  GPtrArray *typed = desk_typed_read(reader, desk->config, txn, action, &error);
  g_assert_no_error(error);
  return typed;
}

/* One verb each, as a person calls it. */
static inline gboolean do_typed(const Desk *desk, DeskAction action, GError **error) {
  g_autoptr(GPtrArray) typed = typed_of(desk, &action);
  action.typed = typed;
  return desk_do(desk, &action, error);
}

static inline gboolean do_accept(const Desk *desk, guint64 id, const GPtrArray *changes,
                                 GError **error) {
  return do_typed(desk, (DeskAction){.verb = DESK_ACCEPT, .id = id, .changes = changes}, error);
}

static inline gboolean do_edit(const Desk *desk, guint64 id, const GPtrArray *changes,
                               GError **error) {
  return do_typed(desk, (DeskAction){.verb = DESK_EDIT, .id = id, .changes = changes}, error);
}

static inline gboolean do_ask(const Desk *desk, guint64 id, GError **error) {
  DeskAction action = {.verb = DESK_ASK, .id = id};
  return desk_do(desk, &action, error);
}

static inline gboolean do_ignore(const Desk *desk, guint64 id, GError **error) {
  DeskAction action = {.verb = DESK_IGNORE, .id = id};
  return desk_do(desk, &action, error);
}

static inline gboolean do_cancel(const Desk *desk, guint64 id, GError **error) {
  DeskAction action = {.verb = DESK_CANCEL, .id = id};
  return desk_do(desk, &action, error);
}

static inline void room_close(Room *room) {
  store_close(room->store);
  fixture_close(&room->fixture);
}

/* --- what lies in the queue ------------------------------------------------------------------- */

/* "last_name=DURAND first_name=…": one participant. */
static inline void add_participant(Extraction *extraction, const char *values) {
  Participant *participant = participant_new();
  g_auto(GStrv) pairs = g_strsplit(values, " ", -1);
  for (char **pair = pairs; *pair && **pair; pair++) {
    g_auto(GStrv) halves = g_strsplit(*pair, "=", 2);
    g_ptr_array_add(participant->values, field_value_new(halves[0], halves[1]));
  }
  g_ptr_array_add(extraction->participants, participant);
}

#define WHOLE                                                                                      \
  "organization=Ville last_name=DURAND first_name=Marie email=m.durand@ville.example "             \
  "attendance=yes"
#define HALF "last_name=DURAND first_name=Marie email=m.durand@ville.example attendance=yes"

typedef struct {
  const char *people[3]; /* NULL-terminated */
  MailKind kind;
  guint flags;
  const char *account, *from, *return_path, *state;
} Mail;

static inline guint64 put(const Room *room, const Mail *mail) {
  g_autoptr(Extraction) extraction = extraction_new();
  g_autoptr(Message) message = message_new();
  g_autoptr(GError) error = NULL;
  const char *from = mail->from ? mail->from : "m.durand@ville.example";
  extraction->kind = mail->kind;
  extraction->flags = mail->flags;
  fixture_string(&extraction->from, from);
  fixture_string(&extraction->message_id, "theirs@ville.example");
  if (mail->return_path) extraction->return_path = g_strdup(mail->return_path);
  for (guint i = 0; i < 3 && mail->people[i]; i++) add_participant(extraction, mail->people[i]);
  fixture_string(&message->account, mail->account ? mail->account : "service");
  fixture_string(&message->event, FIXTURE_ID);
  fixture_string(&message->language, "fr");
  fixture_string(&message->from, from);
  fixture_string(&message->subject, "Bulletin");
  fixture_string(&message->message_id, "theirs@ville.example");
  fixture_string(&message->kind, mail_kind_name(mail->kind));
  fixture_string(&message->state, mail->state ? mail->state : "review");
  message->extraction = wire_extraction_write(extraction);
  StoreTxn *txn = store_begin(room->store, TRUE, &error);
  g_assert_true(message_add(txn, message, NULL, &error));
  g_assert_true(store_commit(txn, &error));
  g_assert_no_error(error);
  return message->id;
}

static inline GPtrArray *changes_of(const char *text) {
  GPtrArray *changes = g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
  g_auto(GStrv) pairs = g_strsplit(text, "|", -1);
  for (char **pair = pairs; *pair && **pair; pair++) {
    g_auto(GStrv) halves = g_strsplit(*pair, "=", 2);
    g_ptr_array_add(changes, store_field_new(halves[0], halves[1]));
  }
  return changes;
}

/* --- what was done, as one line to compare ---------------------------------------------------- */

static inline gboolean say_registration(const Registration *registration, void *context) {
  const HistoryEntry *last = registration->history->len
                                 ? registration->history->pdata[registration->history->len - 1]
                                 : NULL;
  g_string_append_printf(context, "reg%u %s %s/%s; ", (guint)registration->id, registration->status,
                         last ? last->who : "-", last ? last->what : "-");
  return TRUE;
}

static inline gboolean say_outbox(const OutboxEntry *entry, void *context) {
  g_string_append_printf(context, "%s to %s; ", entry->kind, entry->to);
  return TRUE;
}

static inline gboolean say_journal(const JournalEntry *entry, void *context) {
  if (!strcmp(entry->what, "person")) g_string_append_printf(context, "[%s] ", entry->text);
  return TRUE;
}

static inline gboolean say_message(const Message *message, void *context) {
  g_string_append_printf(context, "%s %s; ", message->state, message->decision);
  return TRUE;
}

typedef struct {
  char *messages, *registrations, *outbox, *journal;
} State;

static inline State state_of(const Room *room) {
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, &error);
  GString *text[4];
  for (guint i = 0; i < 4; i++) text[i] = g_string_new(NULL);
  g_assert_true(message_foreach(txn, NULL, say_message, text[0], &error));
  g_assert_true(registration_foreach(txn, NULL, say_registration, text[1], &error));
  g_assert_true(outbox_foreach(txn, NULL, say_outbox, text[2], &error));
  g_assert_true(journal_foreach(txn, 0, 0, 0, say_journal, text[3], &error));
  g_assert_no_error(error);
  return (State){g_string_free(text[0], FALSE), g_string_free(text[1], FALSE),
                 g_string_free(text[2], FALSE), g_string_free(text[3], FALSE)};
}

static inline void state_clear(State *state) {
  g_free(state->messages);
  g_free(state->registrations);
  g_free(state->outbox);
  g_free(state->journal);
}

static inline void assert_state(const Room *room, const char *messages, const char *registrations,
                                const char *outbox) {
  State state = state_of(room);
  g_assert_cmpstr(state.messages, ==, messages);
  g_assert_cmpstr(state.registrations, ==, registrations);
  g_assert_cmpstr(state.outbox, ==, outbox);
  state_clear(&state);
}

static inline Registration *registration_at(const Room *room, guint64 id) {
  g_autoptr(StoreTxn) txn = store_begin(room->store, FALSE, NULL);
  Registration *registration = registration_get(txn, id, NULL);
  g_assert_nonnull(registration);
  return registration;
}
