/* bench_view - what a page of the review costs at its store, with many registrations.
 *
 *   bench_view STORE REGISTRATIONS OPEN   (an empty folder: it is filled)
 *
 * Each call is measured after one commit that changed CHANGED records, the worst and the middle of
 * ROUNDS; the first call of each kind, which reads what it needs, apart. A row a call:
 * name TAB first ms TAB middle ms TAB worst ms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/desk/desk_export.h"

enum { SET = 10000, CHANGED = 32, ROUNDS = 15, PAGE = 50 };

G_NORETURN static void die(const GError *error, const char *what) {
  fprintf(stderr, "bench_view: %s\n", error ? error->message : what);
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

static void add_person(StoreTxn *txn, guint number, gint64 when, GError **error) {
  g_autoptr(Registration) row = registration_new();
  fill_person(row, number, 0);
  row->created = row->updated = when - (gint64)(number % (90 * 86400));
  HistoryEntry *entry = history_entry_new();
  set(&entry->who, g_strdup("sender"));
  g_ptr_array_add(row->history, entry);
  if (!registration_add(txn, row, error)) die(*error, "cannot add");
}

static void add_mail(StoreTxn *txn, guint number, guint open, gint64 when, GError **error) {
  g_autoptr(Message) mail = message_new();
  g_autofree char *filling = g_strnfill(900, 'x');
  set(&mail->from, g_strdup_printf("p%u@ville%u.example", number, number % 977));
  set(&mail->subject, g_strdup("Re: Invitation - comité de pilotage"));
  set(&mail->message_id, g_strdup_printf("old-%u@mail.example", number));
  set(&mail->event, g_strdup("copil-2019"));
  set(&mail->kind, g_strdup("bulletin"));
  set(&mail->reason, g_strdup("first_name is doubtful"));
  set(&mail->state, g_strdup(number >= open    ? "settled"
                             : number % 3 == 0 ? "waiting-for-sender"
                                               : "review"));
  mail->received = mail->stored = when;
  mail->extraction = g_bytes_new(filling, 900);
  if (!message_add(txn, mail, NULL, error)) die(*error, "cannot add");
}

static void fill(Store *store, guint people, guint open) {
  g_autoptr(GError) error = NULL;
  gint64 when = g_get_real_time() / G_USEC_PER_SEC;
  for (guint first = 0; first < people; first += SET) {
    StoreTxn *txn = store_begin(store, TRUE, &error);
    if (!txn) die(error, "no transaction");
    for (guint i = first; i < MIN(people, first + SET); i++) {
      add_mail(txn, i, open, when, &error);
      add_person(txn, i, when, &error);
    }
    if (!store_commit(txn, &error)) die(error, "cannot commit");
  }
}

/* Half of them registrations that are corrected, half mails: settled, and new ones. */
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
    g_autoptr(Message) mail = message_get(txn, 1 + (turn * 31 + i * 17) % open, &error);
    if (!mail) die(error, "not there");
    set(&mail->state, g_strdup("settled"));
    if (!message_update(txn, mail, &error)) die(error, "cannot update");
    add_mail(txn, 0, 1, mail->received, &error);
  }
  if (!store_commit(txn, &error)) die(error, "cannot commit");
}

/* --- the calls -------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  QueueFilter queue;
  PeopleFilter people;
  enum { QUEUE, NEXT, PEOPLE, STATS } call;
} Row;

static const Row rows[] = {
    {.name = "queue", .call = QUEUE, .queue = {.state = "open", .count = PAGE}},
    {.name = "queue, last page",
     .call = QUEUE,
     .queue = {.state = "open", .offset = 9900, .count = PAGE}},
    {.name = "queue, search",
     .call = QUEUE,
     .queue = {.state = "open", .search = "ville12 comité", .count = PAGE}},
    {.name = "all mails, search",
     .call = QUEUE,
     .queue = {.search = "ville12 comité", .count = PAGE}},
    {.name = "next", .call = NEXT, .queue = {.state = "review"}},
    {.name = "people", .call = PEOPLE, .people = {.event = "copil-2019", .count = PAGE}},
    {.name = "people, search",
     .call = PEOPLE,
     .people = {.search = "eluard republique", .count = PAGE}},
    {.name = "people, search, none", .call = PEOPLE, .people = {.search = "zzzz", .count = PAGE}},
    {.name = "people, by name", .call = PEOPLE, .people = {.sort = "last_name", .count = PAGE}},
    {.name = "people, by name, last page",
     .call = PEOPLE,
     .people = {.sort = "last_name", .offset = 99900, .count = PAGE}},
    {.name = "people, by organisation, search",
     .call = PEOPLE,
     .people = {.sort = "organization", .descending = TRUE, .search = "nancy", .count = PAGE}},
    {.name = "people, by change",
     .call = PEOPLE,
     .people = {.sort = "updated", .descending = TRUE, .count = PAGE}},
    {.name = "stats", .call = STATS},
};

static void call(const Row *row, DeskCache *cache, Store *store, const Event *event) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = store_begin(store, FALSE, &error);
  if (!txn) die(error, "no transaction");
  g_autoptr(QueueRows) queue = NULL;
  g_autoptr(PeopleRows) people = NULL;
  g_autoptr(EventStats) stats = NULL;
  switch (row->call) {
  case QUEUE:
    queue = desk_queue(cache, txn, &row->queue, &error);
    break;
  case NEXT:
    desk_queue_next(cache, txn, &row->queue, 5000);
    break;
  case PEOPLE:
    people = desk_people(cache, txn, &row->people, &error);
    break;
  case STATS:
    stats = desk_stats(cache, txn, event, &error);
    break;
  }
  if (error) die(error, "");
  store_abort(txn);
}

static double timed(const Row *row, DeskCache *cache, Store *store, const Event *event) {
  gint64 start = g_get_monotonic_time();
  call(row, cache, store, event);
  return (double)(g_get_monotonic_time() - start) / 1000;
}

static gint compare(gconstpointer a, gconstpointer b) {
  double left = *(const double *)a, right = *(const double *)b;
  return left < right ? -1 : left > right;
}

static double measure(const Row *row, DeskCache *cache, Store *store, const Event *event,
                      guint people, guint open, guint *turn) {
  double times[ROUNDS], first = timed(row, cache, store, event);
  for (guint i = 0; i < ROUNDS; i++) {
    change(store, ++*turn, people, open);
    times[i] = timed(row, cache, store, event);
  }
  qsort(times, ROUNDS, sizeof *times, compare);
  printf("%s\t%.2f\t%.2f\t%.2f\n", row->name, first, times[ROUNDS / 2], times[ROUNDS - 1]);
  return times[ROUNDS - 1];
}

/* Memory of our own, in bytes: not what is mapped of the store. */
static double own_memory(void) {
  g_autofree char *status = NULL;
  const char *line = g_file_get_contents("/proc/self/status", &status, NULL, NULL)
                         ? strstr(status, "RssAnon:")
                         : NULL;
  return line ? g_ascii_strtod(line + strlen("RssAnon:"), NULL) * 1024 : 0;
}

int main(int argc, char **argv) {
  if (argc != 4) die(NULL, "usage: bench_view STORE REGISTRATIONS OPEN");
  guint people = (guint)strtoul(argv[2], NULL, 10), open = (guint)strtoul(argv[3], NULL, 10);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Config) config = config_default(problems);
  const Event *event = config ? event_find(config->events, "copil-2019") : NULL;
  if (!event) die(NULL, "the shipped event is not there");
  if (!people || !open || open > people) die(NULL, "OPEN from 1, at most REGISTRATIONS");
  g_autoptr(Store) store = store_open(argv[1], STORE_CREATE, &error);
  if (!store) die(error, "no store");
  fill(store, people, open);
  g_autoptr(DeskCache) cache = desk_cache_new(config);
  double before = own_memory();
  guint turn = 0;
  double worst = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    double this = measure(&rows[i], cache, store, event, people, open, &turn);
    worst = MAX(worst, this);
  }
  printf("worst\t\t\t%.2f\n", worst);
  printf("bytes a registration\t%.0f\n", (own_memory() - before) / people);
  return 0;
}
