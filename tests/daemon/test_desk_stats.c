/* desk_stats: the figures of an event, with and without a cache; whose bodies have answered. */
#include "daemon/desk/desk_stats.h"

#include "daemon/desk/desk.h"
#include "store/outbox.h"
#include "tests/daemon/view_fixture.h"

/* --- the figures, as lines -------------------------------------------------------------------- */

static void say_counts(GString *said, const char *name, const GPtrArray *counts) {
  g_string_append_printf(said, "%s:", name);
  for (guint i = 0; i < counts->len; i++) {
    const StatsCount *count = counts->pdata[i];
    g_string_append_printf(said, " %s=%u", count->name, count->count);
  }
  g_string_append_c(said, '\n');
}

static void say_days(GString *said, const GArray *days) {
  g_string_append(said, "days:");
  for (guint i = 0; i < days->len; i++) {
    const StatsDay *day = &g_array_index(days, StatsDay, i);
    g_string_append_printf(said, " %ld=%u", (long)day->day, day->answers);
  }
  g_string_append_c(said, '\n');
}

static void say_groups(GString *said, const GPtrArray *groups) {
  for (guint i = 0; i < groups->len; i++) {
    const SuggestionGroup *group = groups->pdata[i];
    g_string_append_printf(said, "%s '%s' %u:", group->field, group->title, group->count);
    for (guint k = 0; k < group->items->len; k++) {
      const Suggestion *item = group->items->pdata[k];
      g_string_append_printf(said, " [%s, %s, %u]", item->text, item->organization,
                             (guint)item->registration);
    }
    g_string_append_c(said, '\n');
  }
}

static char *figures(const Desks *desks, DeskCache *cache) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = desks_begin(desks, FALSE);
  g_autoptr(EventStats) stats = desk_stats(cache, txn, desks->fixture.event, &error);
  store_abort(txn);
  g_assert_no_error(error);
  GString *said = g_string_new(NULL);
  g_string_append_printf(said, "total %u attending %u people %u organizations %u partners %u\n",
                         stats->total, stats->attending, stats->people, stats->organizations,
                         stats->partners);
  say_counts(said, "status", stats->by_status);
  say_counts(said, "organization", stats->by_organization);
  say_counts(said, "partner", stats->by_partner);
  say_counts(said, "kind", stats->by_kind_of_mail);
  say_days(said, stats->days);
  say_groups(said, stats->suggestions);
  g_string_append_printf(
      said, "outbox %u held %u failed %u bounced %u waiting %u oldest %ld todo %u oldest %ld\n",
      stats->outbox_open, stats->outbox_held, stats->outbox_failed, stats->bounced, stats->waiting,
      (long)stats->oldest_waiting, stats->todo, (long)stats->oldest_todo);
  return g_string_free(said, FALSE);
}

static void assert_figures(const Desks *desks, DeskCache *cache, const char *want) {
  g_autofree char *cached = figures(desks, cache);
  g_autofree char *fresh = figures(desks, NULL);
  g_assert_cmpstr(fresh, ==, want);
  g_assert_cmpstr(cached, ==, want);
}

static void add_answer(const Desks *desks, const char *state, guint64 registration,
                       guint64 message) {
  g_autoptr(OutboxEntry) entry = outbox_entry_new();
  static guint number;
  entry->registration = registration;
  entry->message = message;
  gboolean held = !strcmp(state, "held"); /* as a person does it */
  fixture_string(&entry->state, held ? "ready" : state);
  g_free(entry->message_id);
  entry->message_id = g_strdup_printf("a%u@example.test", number++);
  entry->mail = g_bytes_new_static("x", 1);
  StoreTxn *txn = desks_begin(desks, TRUE);
  g_assert_true(outbox_add(txn, entry, NULL));
  desks_commit(txn);
  DeskAction hold = {.verb = DESK_HOLD, .id = entry->id};
  const Desk desk = {desks->store, desks->fixture.config, desks->fixture.replies, "page:marie"};
  if (held) g_assert_true(desk_do(&desk, &hold, NULL));
}

#define NOTHING                                                                                    \
  "total 0 attending 0 people 0 organizations 0 partners 0\nstatus:\norganization:\npartner:\n"    \
  "kind:\ndays:\noutbox 0 held 0 failed 0 bounced 0 waiting 0 oldest 0 todo 0 oldest 0\n"

static void test_figures(void) {
  Desks desks;
  desks_open(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  assert_figures(&desks, cache, NOTHING);
  /* 1559598000 is 3 June 23:40, 1559599800 is 4 June 00:10 in Paris */
  desks_add(&desks, "organization=Ville de Nancy|japanese_partner=Kanazawa|attendance=yes|"
                    "email=a@nancy.example|last_name=a|created=1559598000|"
                    "themes=- Eau et assainissement\n2. Transports urbains");
  desks_add(&desks, "organization=NANCY|attendance=no|status=declined|email=b@nancy.example|"
                    "last_name=b|created=1559599800|themes=assainissement, eau");
  desks_add(&desks, "organization=Mairie de Tours|japanese_partner=City of Takamatsu|"
                    "attendance=yes|email=c@tours.example|last_name=c|created=1559808000|"
                    "workshops=Transports urbains|themes=; ;");
  desks_add(&desks, "organization=Ville de Tours|attendance=yes|status=cancelled|"
                    "email=c@tours.example|last_name=c|created=1559808000|themes=Ne compte pas");
  desks_add(&desks, "organization=Paris|attendance=no|event=other");
  guint64 mail = desks_mail(&desks, "a|b|review|question|" FIXTURE_ID);
  desks_mail(&desks, "a|b|unreadable|question|" FIXTURE_ID);
  desks_mail(&desks, "a|b|waiting-for-sender|bulletin|" FIXTURE_ID);
  desks_mail(&desks, "a|b|settled|bounce|" FIXTURE_ID);
  guint64 other = desks_mail(&desks, "a|b|review|question|other");
  add_answer(&desks, "ready", 1, 0);
  add_answer(&desks, "deferred", 0, mail);
  add_answer(&desks, "held", 2, 0);
  add_answer(&desks, "failed", 1, 0);
  add_answer(&desks, "sent", 1, 0);
  add_answer(&desks, "ready", 5, 0);
  add_answer(&desks, "ready", 0, other);
  assert_figures(
      &desks, cache,
      "total 4 attending 2 people 3 organizations 2 partners 2\n"
      "status: registered=2 cancelled=1 declined=1\n"
      "organization: Ville de Nancy=2 Mairie de Tours=1\n"
      "partner: Kanazawa=1 City of Takamatsu=1\n"
      "kind: question=2 bounce=1 bulletin=1\n"
      "days: 1559512800=1 1559599200=1 1559685600=0 1559772000=2\n"
      "themes 'Eau et assainissement' 2: [Eau et assainissement, Ville de Nancy, 1] "
      "[assainissement, eau, NANCY, 2]\n"
      "themes 'Transports urbains' 1: [Transports urbains, Ville de Nancy, 1]\n"
      "workshops 'Transports urbains' 1: [Transports urbains, Mairie de Tours, 3]\n"
      "outbox 2 held 1 failed 1 bounced 1 waiting 3 oldest 1559554200 todo 2 oldest 1559554200\n");
  desks_change(&desks, 1, "status=cancelled");
  desks_change(&desks, 4, "status=registered|themes=Eau");
  desks_mail_state(&desks, 1, "settled");
  assert_figures(
      &desks, cache,
      "total 4 attending 2 people 3 organizations 2 partners 1\n"
      "status: registered=2 cancelled=1 declined=1\n"
      "organization: Mairie de Tours=2 NANCY=1\n"
      "partner: City of Takamatsu=1\n"
      "kind: question=2 bounce=1 bulletin=1\n"
      "days: 1559512800=1 1559599200=1 1559685600=0 1559772000=2\n"
      "themes 'assainissement, eau' 1: [assainissement, eau, NANCY, 2]\n"
      "workshops 'Transports urbains' 1: [Transports urbains, Mairie de Tours, 3]\n"
      "themes 'Eau' 1: [Eau, Ville de Tours, 4]\n"
      "outbox 2 held 1 failed 1 bounced 1 waiting 2 oldest 1559554201 todo 1 oldest 1559554201\n");
  desks_close(&desks);
}

/* The last one goes: nothing of it stays. */
static void test_empty_again(void) {
  Desks desks;
  desks_open(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  desks_add(&desks, "organization=Nancy|themes=Eau");
  g_free(figures(&desks, cache));
  desks_change(&desks, 1, "event=other");
  assert_figures(&desks, cache, NOTHING);
  desks_close(&desks);
}

static void test_bounds(void) {
  Desks desks;
  desks_open(&desks);
  StoreTxn *txn = desks_begin(&desks, TRUE);
  g_autoptr(Registration) first = registration_new();
  g_autofree char *long_line = g_strnfill(4000, 'z');
  g_autofree char *many = g_strnfill(100, ';');
  g_autofree char *set = g_strdup_printf(
      "event=" FIXTURE_ID "|organization=Body1|created=1559554200|themes=a%sb|workshops=%s", many,
      long_line);
  desks_set(first, set);
  g_assert_true(registration_add(txn, first, NULL));
  for (guint i = 0; i < STATS_COUNTS_MAX + 10; i++) {
    g_autoptr(Registration) row = registration_new();
    g_autofree char *text = g_strdup_printf(
        "event=" FIXTURE_ID "|organization=Body%u|themes=idea%u|workshops=same", i, i);
    desks_set(row, text);
    row->created = i ? 1559554200 : 1000000000; /* the first came 18 years before */
    g_assert_true(registration_add(txn, row, NULL));
  }
  g_autoptr(EventStats) stats = desk_stats(NULL, txn, desks.fixture.event, NULL);
  store_abort(txn);
  g_assert_cmpuint(stats->organizations, ==, STATS_COUNTS_MAX + 10);
  g_assert_cmpuint(stats->by_organization->len, ==, STATS_COUNTS_MAX);
  g_assert_cmpstr(((const StatsCount *)stats->by_organization->pdata[0])->name, ==, "Body1");
  g_assert_cmpuint(stats->days->len, ==, STATS_DAYS_MAX);
  g_assert_cmpuint(stats->suggestions->len, ==, STATS_GROUPS_MAX);
  const SuggestionGroup *largest = stats->suggestions->pdata[0];
  g_assert_cmpuint(largest->count, ==, STATS_COUNTS_MAX + 10);
  g_assert_cmpuint(largest->items->len, ==, STATS_ITEMS_MAX);
  g_assert_cmpuint(((const Suggestion *)largest->items->pdata[0])->registration, ==, 2);
  gboolean cut = FALSE, beyond = FALSE;
  for (guint i = 0; i < stats->suggestions->len; i++) {
    const SuggestionGroup *group = stats->suggestions->pdata[i];
    cut |= g_utf8_strlen(group->title, -1) == STATS_SUGGESTION_MAX_CHARS &&
           g_str_has_suffix(group->title, "z…");
    beyond |= !strcmp(group->title, "b");
  }
  g_assert_true(cut);
  g_assert_false(beyond);
  desks_close(&desks);
}

/* --- the bodies of a list --------------------------------------------------------------------- */

static char *answers_line(const Desks *desks, const char *csv, gssize size) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = desks_begin(desks, FALSE);
  g_autoptr(GPtrArray) answers = desk_organizations(
      txn, desks->fixture.event, csv, csv && size < 0 ? strlen(csv) : (gsize)MAX(size, 0), &error);
  store_abort(txn);
  if (!answers) return g_strdup(error->message);
  GString *said = g_string_new(NULL);
  for (guint i = 0; i < answers->len; i++) {
    const OrganizationAnswer *answer = answers->pdata[i];
    g_assert_cmpint(answer->answered, ==, answer->registration != 0);
    g_string_append_printf(said, "%s%s=%u", i ? " " : "", answer->name,
                           (guint)answer->registration);
  }
  return g_string_free(said, FALSE);
}

static void test_organizations(void) {
  Desks desks;
  desks_open(&desks);
  desks_add(&desks, "organization=Ville de Nancy");
  desks_add(&desks, "organization=Besançon|status=declined");
  desks_add(&desks, "organization=NANCY");
  desks_add(&desks, "organization=Lyon|event=other");
  desks_add(&desks, "last_name=Nobody");
  static const struct {
    const char *csv, *want;
  } rows[] = {
      {NULL, "Besançon=2 Ville de Nancy=1"},
      {"Nancy\nLyon\n", "Nancy=1 Lyon=0"},
      {"Nancy", "Nancy=1"},
      {"nom\r\nNancy\r\nLyon\r\n", "Nancy=1 Lyon=0"},
      {"\xEF\xBB\xBF"
       "Collectivité;Ville\nMairie de Nancy;x\nLyon;y\n",
       "Mairie de Nancy=1 Lyon=0"},
      {"n°,ORGANISME,mail\n1,\"Nancy, Ville\",x\n2,Besancon,y\n3\n", "Nancy, Ville=0 Besancon=2"},
      {"1\tNancy\n2\tLyon\n", "1=0 2=0"},
      {"id\tOrganization\n1\tNancy\n", "Nancy=1"},
      {"nom\n\"Nancy\"\n\"La \"\"Cité\"\"\"\n\"A\nB\"\n", "Nancy=1 La \"Cité\"=0 A\nB=0"},
      {"nom\n\n ; \nNancy\nVille de Nancy\nNANCY\n", "Nancy=1"},
      {"Besan\xE7on\nNancy\n", "Besançon=2 Nancy=1"}, /* Windows-1252 */
      {"", "no name stands in the list"},
      {"nom\n", "no name stands in the list"},
      {"\"", "no name stands in the list"},
      {"\"Nancy", "Nancy=1"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *line = answers_line(&desks, rows[i].csv, -1);
    if (strcmp(line, rows[i].want) != 0)
      g_error("row %u: '%s', wanted '%s'", (guint)i, line, rows[i].want);
  }
  g_autofree char *binary = answers_line(&desks, "a\0b", 3);
  g_assert_cmpstr(binary, ==, "the list is no text; save it as CSV");
  desks_close(&desks);
}

static void test_a_list_is_bounded(void) {
  Desks desks;
  desks_open(&desks);
  g_autofree char *large = g_strnfill(ORGANIZATIONS_MAX_BYTES + 1, 'x');
  g_autofree char *refused = answers_line(&desks, large, ORGANIZATIONS_MAX_BYTES + 1);
  g_assert_true(g_str_has_prefix(refused, "the list is longer than "));
  g_autofree char *taken = answers_line(&desks, large, ORGANIZATIONS_MAX_BYTES);
  g_assert_true(g_str_has_suffix(taken, "xx=0"));
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < ORGANIZATIONS_MAX; i++) g_string_append_printf(names, "n%u\n", i);
  g_autofree char *all = answers_line(&desks, names->str, -1);
  g_assert_true(g_str_has_prefix(all, "n0=0 n1=0"));
  g_string_append(names, "one more\n");
  g_autofree char *more = answers_line(&desks, names->str, -1);
  g_assert_true(g_str_has_prefix(more, "the list has more than "));
  Event none = {.id = (char *)"e"};
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = desks_begin(&desks, FALSE);
  g_assert_null(desk_organizations(txn, &none, NULL, 0, &error));
  g_assert_error(error, STATS_ERROR, STATS_ERROR_EVENT);
  store_abort(txn);
  desks_close(&desks);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/desk_stats/figures", test_figures);
  g_test_add_func("/desk_stats/empty-again", test_empty_again);
  g_test_add_func("/desk_stats/bounds", test_bounds);
  g_test_add_func("/desk_stats/organizations", test_organizations);
  g_test_add_func("/desk_stats/list-bounded", test_a_list_is_bounded);
  return g_test_run();
}
