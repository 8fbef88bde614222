/* bench_fill - a store as it is after many registrations, written through the store's own calls.
 *
 *   bench_fill STORE COUNT                                   so many messages, registrations,
 * answers bench_fill STORE cursor ACCOUNT FOLDER UIDVALIDITY UID   a mailbox worked off up to UID
 *
 * Each registration has its message (without raw bytes), its sent answer and two lines of the log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/cursor.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/outbox.h"
#include "store/registration.h"

enum { SET = 10000, DAY_S = 86400 };

G_NORETURN static void die(const GError *error, const char *what) {
  fprintf(stderr, "bench_fill: %s\n", error ? error->message : what);
  exit(1);
}

static void set(char **text, char *value) {
  g_free(*text);
  *text = value;
}

static guint64 add_message(StoreTxn *txn, guint number, gint64 when, GError **error) {
  g_autoptr(Message) message = message_new();
  set(&message->account, g_strdup("old"));
  set(&message->folder, g_strdup("INBOX"));
  set(&message->message_id, g_strdup_printf("old-%u@mail.example.test", number));
  set(&message->digest, g_strdup_printf("%016x%016x", g_int_hash(&number), number));
  set(&message->from, g_strdup_printf("old%u@example.test", number));
  set(&message->subject, g_strdup("Re: Invitation - comité de pilotage"));
  set(&message->event, g_strdup("copil-2019"));
  set(&message->kind, g_strdup("bulletin"));
  set(&message->decision, g_strdup("accept"));
  set(&message->state, g_strdup("settled"));
  message->uidvalidity = 1;
  message->uid = number + 1;
  message->received = message->stored = when;
  message->size_bytes = 4300;
  return message_add(txn, message, NULL, error) ? message->id : 0;
}

static void add_field(Registration *registration, const char *name, const char *value) {
  registration_set(registration, name, value);
}

static gboolean add_registration(StoreTxn *txn, guint number, guint64 message, gint64 when,
                                 GError **error) {
  g_autoptr(Registration) registration = registration_new();
  g_autofree char *address = g_strdup_printf("old%u@example.test", number);
  g_autofree char *phone = g_strdup_printf("+336%08u", number);
  set(&registration->event, g_strdup("copil-2019"));
  set(&registration->status, g_strdup("registered"));
  set(&registration->email_key, g_strdup(address));
  set(&registration->name_key, g_strdup_printf("durand%u marie", number));
  set(&registration->sender, g_strdup(address));
  set(&registration->language, g_strdup("fr"));
  set(&registration->message_id, g_strdup_printf("old-%u@mail.example.test", number));
  registration->message = registration->thread = message;
  registration->created = registration->updated = when;
  add_field(registration, "organization", "Ville de Nancy");
  add_field(registration, "last_name", "DURAND");
  add_field(registration, "first_name", "Marie");
  add_field(registration, "address", "12 rue de la République");
  add_field(registration, "phone", phone);
  add_field(registration, "email", address);
  add_field(registration, "attendance", "yes");
  return registration_add(txn, registration, error);
}

static gboolean add_answer(StoreTxn *txn, guint number, guint64 message, gint64 when,
                           GError **error) {
  g_autoptr(OutboxEntry) entry = outbox_entry_new();
  entry->message = message;
  set(&entry->to, g_strdup_printf("old%u@example.test", number));
  set(&entry->kind, g_strdup("confirmed"));
  set(&entry->state, g_strdup("sent"));
  set(&entry->message_id, g_strdup_printf("answer-%u@example.test", number));
  set(&entry->text_hash, g_strdup_printf("%032x", number));
  entry->created = entry->sent = when;
  entry->attempts = 1;
  return outbox_add(txn, entry, error) &&
         journal_add(txn, when * G_USEC_PER_SEC, message, "decided", "accept: registered", error) &&
         journal_add(txn, when * G_USEC_PER_SEC, message, "sent", "confirmed: 250 taken", error);
}

static void fill(Store *store, guint count) {
  g_autoptr(GError) error = NULL;
  gint64 when = g_get_real_time() / G_USEC_PER_SEC - 10 * DAY_S;
  for (guint first = 0; first < count; first += SET) {
    StoreTxn *txn = store_begin(store, TRUE, &error);
    if (!txn) die(error, "no transaction");
    for (guint i = first; i < MIN(count, first + SET); i++) {
      guint64 message = add_message(txn, i, when, &error);
      if (!message || !add_registration(txn, i, message, when, &error) ||
          !add_answer(txn, i, message, when, &error))
        die(error, "cannot add");
    }
    if (!store_commit(txn, &error)) die(error, "cannot commit");
  }
}

static void set_cursor(Store *store, char **words) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Cursor) cursor = cursor_new();
  cursor->uidvalidity = (guint32)strtoul(words[2], NULL, 10);
  cursor->base = (guint32)strtoul(words[3], NULL, 10);
  StoreTxn *txn = store_begin(store, TRUE, &error);
  if (!txn || !cursor_save(txn, words[0], words[1], cursor, &error) || !store_commit(txn, &error))
    die(error, "cannot write");
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  gboolean cursor = argc == 7 && !strcmp(argv[2], "cursor");
  if (argc != 3 && !cursor)
    die(NULL, "usage: bench_fill STORE COUNT | STORE cursor ACCOUNT FOLDER UIDVALIDITY UID");
  g_autoptr(Store) store = store_open(argv[1], STORE_CREATE | STORE_DAEMON, &error);
  if (!store) die(error, "no store");
  if (cursor)
    set_cursor(store, argv + 3);
  else
    fill(store, (guint)strtoul(argv[2], NULL, 10));
  return 0;
}
