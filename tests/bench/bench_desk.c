/* bench_desk - the store of an organiser's desk: many registrations, mails in the queue that can be
 * shown and decided on, what was answered, the log.
 *
 *   bench_desk STORE fill REGISTRATIONS OPEN MAIL...   an empty folder: it is filled; the mails in
 * the queue are copies of these files, in turn bench_desk STORE change REGISTRATIONS OPEN one
 * commit that changes CHANGED records for each line of standard input, answered by one
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/wire.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/outbox.h"
#include "store/registration.h"

enum {
  SET = 10000,
  CHANGED = 32,
  DAY_S = 86400,
  WAITING_EACH = 200, /* of so many answers one waits, … */
  FAILED_EACH = 501   /* … and one was refused */
};

G_NORETURN static void die(const GError *error, const char *what) {
  fprintf(stderr, "bench_desk: %s\n", error ? error->message : what);
  exit(1);
}

static void set(char **text, char *value) {
  g_free(*text);
  *text = value;
}

/* --- the store -------------------------------------------------------------------------------- */

static const char *const towns[] = {"Ville de Nancy",
                                    "Mairie de Saint-Étienne",
                                    "Commune d'Épinal",
                                    "Ville du Havre",
                                    "Métropole de Lyon",
                                    "Région Grand Est",
                                    "Ville d'Orléans",
                                    "Ville de Besançon",
                                    "Département du Nord",
                                    "横浜市役所",
                                    "京都市",
                                    "Ville de Nîmes"};
static const char *const names[] = {"DURAND", "Lefèvre", "MÜLLER", "Œuvrard", "山田",  "de Guérin",
                                    "MARTIN", "Éluard",  "NGUYEN", "Çelik",   "PETIT", "O'Brien"};
static const char *const ideas[] = {"eau et assainissement",
                                    "L'eau potable",
                                    "transports urbains",
                                    "vieillissement",
                                    "jumelages d'écoles",
                                    "防災",
                                    "prévention des risques naturels",
                                    "gastronomie"};

static void fill_person(Registration *row, guint number, guint turn) {
  g_autofree char *address = g_strdup_printf("p%u@ville%u.example", number, number % 977);
  g_autofree char *name = g_strdup_printf("%s-%u", names[number % G_N_ELEMENTS(names)], number / 7);
  g_autofree char *town = number % 3 ? g_strdup_printf("%s (%u)", towns[number % 12], number % 5000)
                                     : g_strdup(towns[number % G_N_ELEMENTS(towns)]);
  g_autofree char *phone = g_strdup_printf("+336%08u", number);
  g_autofree char *role = g_strdup_printf("Chargée de mission %u", turn);
  const char *const pairs[][2] = {{"organization", town},
                                  {"last_name", name},
                                  {"first_name", "Hélène"},
                                  {"role", role},
                                  {"address", "12 rue de la République"},
                                  {"postal_code", "54000"},
                                  {"city", "Nancy"},
                                  {"phone", phone},
                                  {"email", address},
                                  {"attendance", number % 9 ? "yes" : "no"}};
  for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) registration_set(row, pairs[i][0], pairs[i][1]);
  if (number % 4 == 0) {
    g_autofree char *idea = g_strdup_printf("%s\n%s n° %u", ideas[number / 4 % 8],
                                            ideas[number / 32 % 8], number % 3000);
    registration_set(row, "themes", idea);
  }
  set(&row->event, g_strdup("copil-2019"));
  set(&row->status, g_strdup(number % 9 ? "registered" : "declined"));
  set(&row->email_key, g_strdup(address));
  set(&row->name_key, g_ascii_strdown(name, -1));
  set(&row->sender, g_strdup(address));
}

static guint64 add_person(StoreTxn *txn, guint number, guint64 mail, gint64 when, GError **error) {
  g_autoptr(Registration) row = registration_new();
  fill_person(row, number, 0);
  row->message = row->thread = mail;
  row->created = row->updated = when - (gint64)(number % (90 * DAY_S));
  HistoryEntry *entry = history_entry_new();
  set(&entry->who, g_strdup("sender"));
  set(&entry->what, g_strdup("created"));
  set(&entry->status, g_strdup("registered"));
  g_ptr_array_add(row->history, entry);
  if (!registration_add(txn, row, error)) die(*error, "cannot add");
  return row->id;
}

/* What was understood of a mail: the person's values, one of them doubtful. */
static GBytes *extraction_of(guint number, const char *from) {
  g_autoptr(Extraction) extraction = extraction_new();
  g_autoptr(Registration) person = registration_new();
  Participant *participant = participant_new();
  fill_person(person, number, 0);
  for (guint i = 0; i < person->fields->len; i++) {
    const StoreField *field = person->fields->pdata[i];
    FieldValue *value = field_value_new(field->name, field->value);
    set(&value->rule, g_strdup_printf("label:%s", field->name));
    set(&value->source, g_strdup("body:text/plain"));
    if (!strcmp(field->name, "first_name")) value->confidence = 70;
    g_ptr_array_add(participant->values, value);
  }
  extraction->kind = KIND_BULLETIN;
  g_ptr_array_add(extraction->participants, participant);
  g_ptr_array_add(extraction->review_reasons, g_strdup("first_name is doubtful"));
  set(&extraction->from, g_strdup(from));
  set(&extraction->event, g_strdup("copil-2019"));
  set(&extraction->language, g_strdup("fr"));
  set(&extraction->message_id, g_strdup_printf("old-%u@mail.example", number));
  return wire_extraction_write(extraction);
}

/* raw: NULL where it is gone. */
static guint64 add_mail(StoreTxn *txn, guint number, guint open, GBytes *raw, gint64 when,
                        GError **error) {
  g_autoptr(Message) mail = message_new();
  set(&mail->account, g_strdup("empty"));
  set(&mail->from, g_strdup_printf("p%u@ville%u.example", number, number % 977));
  set(&mail->subject, g_strdup("Re: Invitation - comité de pilotage"));
  set(&mail->message_id, g_strdup_printf("old-%u@mail.example", number));
  set(&mail->event, g_strdup("copil-2019"));
  set(&mail->kind, g_strdup("bulletin"));
  set(&mail->language, g_strdup("fr"));
  set(&mail->reason, g_strdup("first_name is doubtful"));
  set(&mail->decision, g_strdup("review"));
  set(&mail->state, g_strdup(number >= open    ? "settled"
                             : number % 3 == 0 ? "waiting-for-sender"
                                               : "review"));
  mail->received = mail->stored = when;
  mail->extraction = extraction_of(number, mail->from);
  if (!message_add(txn, mail, raw, error) ||
      !journal_add(txn, when * G_USEC_PER_SEC, mail->id, "received", "INBOX", error) ||
      !journal_add(txn, when * G_USEC_PER_SEC, mail->id, "decided",
                   "review: first_name is doubtful", error))
    die(*error, "cannot add");
  return mail->id;
}

static void add_answer(StoreTxn *txn, guint number, guint64 mail, guint64 person, gint64 when,
                       GError **error) {
  g_autoptr(OutboxEntry) entry = outbox_entry_new();
  gboolean waits = number % WAITING_EACH == 0, failed = number % FAILED_EACH == 0;
  entry->message = mail;
  entry->registration = person;
  set(&entry->to, g_strdup_printf("p%u@ville%u.example", number, number % 977));
  set(&entry->kind, g_strdup("confirmed"));
  set(&entry->state, g_strdup(waits ? "deferred" : failed ? "failed" : "sent"));
  set(&entry->message_id, g_strdup_printf("answer-%u@example.test", number));
  set(&entry->text_hash, g_strdup_printf("%032x", number));
  entry->created = when;
  entry->next = waits ? when + DAY_S : 0;
  entry->sent = waits || failed ? 0 : when;
  entry->attempts = 1;
  if (!outbox_add(txn, entry, error) ||
      !journal_add(txn, when * G_USEC_PER_SEC, mail, "sent", "confirmed: 250 taken", error))
    die(*error, "cannot add");
}

static GPtrArray *read_mails(char **files) {
  GPtrArray *mails = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  for (; *files; files++) {
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    gsize size = 0;
    if (!g_file_get_contents(*files, &text, &size, &error)) die(error, "cannot read a mail");
    g_ptr_array_add(mails, g_bytes_new_take(text, size));
  }
  return mails;
}

static void fill(Store *store, guint people, guint open, char **files) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) mails = read_mails(files);
  gint64 when = g_get_real_time() / G_USEC_PER_SEC;
  for (guint first = 0; first < people; first += SET) {
    StoreTxn *txn = store_begin(store, TRUE, &error);
    if (!txn) die(error, "no transaction");
    for (guint i = first; i < MIN(people, first + SET); i++) {
      GBytes *raw = i < open ? mails->pdata[i % mails->len] : NULL;
      guint64 mail = add_mail(txn, i, open, raw, when, &error);
      guint64 person = add_person(txn, i, mail, when, &error);
      add_answer(txn, i, mail, person, when, &error);
    }
    if (!store_commit(txn, &error)) die(error, "cannot commit");
  }
}

/* Half of them registrations that are corrected, half mails: of the first half of the queue some
 * are settled, and new ones come. */
static void change(Store *store, guint turn, guint people, guint open) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = store_begin(store, TRUE, &error);
  if (!txn) die(error, "no transaction");
  for (guint i = 0; i < CHANGED / 2; i++) {
    guint number = (turn * 7919 + i * 104729) % people;
    g_autoptr(Registration) row = registration_get(txn, number + 1, &error);
    if (!row) die(error, "not there");
    fill_person(row, (number + turn) % people, turn);
    row->updated++;
    if (!registration_update(txn, row, &error)) die(error, "cannot update");
  }
  for (guint i = 0; i < CHANGED / 4; i++) {
    g_autoptr(Message) mail = message_get(txn, 1 + (turn * 31 + i * 17) % (open / 2), &error);
    if (!mail) die(error, "not there");
    set(&mail->state, g_strdup("settled"));
    if (!message_update(txn, mail, &error)) die(error, "cannot update");
    add_mail(txn, 0, 1, NULL, mail->received, &error);
  }
  if (!store_commit(txn, &error)) die(error, "cannot commit");
}

int main(int argc, char **argv) {
  gboolean filling = argc >= 6 && !strcmp(argv[2], "fill");
  if (!filling && (argc != 5 || strcmp(argv[2], "change") != 0))
    die(NULL, "usage: bench_desk STORE fill REGISTRATIONS OPEN MAIL... | STORE change "
              "REGISTRATIONS OPEN");
  guint people = (guint)strtoul(argv[3], NULL, 10), open = (guint)strtoul(argv[4], NULL, 10);
  g_autoptr(GError) error = NULL;
  if (open < 2 || open > people) die(NULL, "OPEN from 2, at most REGISTRATIONS");
  g_autoptr(Store) store = store_open(argv[1], filling ? STORE_CREATE | STORE_DAEMON : 0, &error);
  if (!store) die(error, "no store");
  if (filling) fill(store, people, open, argv + 5);
  char line[80];
  for (guint turn = 1; !filling && fgets(line, sizeof line, stdin); turn++) {
    change(store, turn, people, open);
    puts("changed");
    fflush(stdout);
  }
  return 0;
}
