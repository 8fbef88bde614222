/* desk_view: which rows pass, in which order; the cache gives what the store gives, also while
 * others write. */
#include "daemon/desk/desk_view.h"

#include "daemon/desk/desk_cache.h"
#include "daemon/desk/desk_stats.h"
#include "tests/daemon/view_fixture.h"

/* --- what a call gives, as one line ----------------------------------------------------------- */

static char *people_line(const Desks *desks, DeskCache *cache, const PeopleFilter *filter) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = desks_begin(desks, FALSE);
  g_autoptr(PeopleRows) rows = desk_people(cache, txn, filter, &error);
  store_abort(txn);
  g_assert_no_error(error);
  GString *line = g_string_new(NULL);
  for (guint i = 0; i < rows->rows->len; i++)
    g_string_append_printf(line, "%u ", (guint)((const Registration *)rows->rows->pdata[i])->id);
  g_string_append_printf(line, "of %u", rows->total);
  return g_string_free(line, FALSE);
}

static char *queue_line(const Desks *desks, DeskCache *cache, const QueueFilter *filter) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = desks_begin(desks, FALSE);
  g_autoptr(QueueRows) rows = desk_queue(cache, txn, filter, &error);
  store_abort(txn);
  g_assert_no_error(error);
  GString *line = g_string_new(NULL);
  for (guint i = 0; i < rows->rows->len; i++) {
    const Message *mail = rows->rows->pdata[i];
    g_assert_null(mail->extraction);
    g_string_append_printf(line, "%u ", (guint)mail->id);
  }
  g_string_append_printf(line, "of %u", rows->total);
  return g_string_free(line, FALSE);
}

/* --- the participants ------------------------------------------------------------------------- */

static void add_people(const Desks *desks) {
  static const char *const people[] = {
      "last_name=Éluard|first_name=Paul|organization=Ville de "
      "Nancy|email=paul@nancy.example|updated=5",
      "last_name=DURAND|first_name=Hélène|organization=Région "
      "12|status=incomplete|sender=Assistante@Metz.example|updated=3",
      "last_name=Zola|organization=Région 9|updated=9",
      "last_name=durand|first_name=Marc|organization=Ville de Nancy|status=cancelled|updated=1",
      "last_name=山田|organization=横浜市|phone=+81312345678|event=other|updated=4",
      "first_name=Sans nom|organization=Œuvres sociales|updated=7"};
  for (gsize i = 0; i < G_N_ELEMENTS(people); i++) desks_add(desks, people[i]);
}

#define ALL .count = 50
static const struct {
  PeopleFilter filter;
  const char *want;
} people_rows[] = {
    {{ALL}, "1 2 3 4 5 6 of 6"},
    {{.event = "", .status = "", .search = "", .sort = "", ALL}, "1 2 3 4 5 6 of 6"},
    {{.event = FIXTURE_ID, ALL}, "1 2 3 4 6 of 5"},
    {{.event = "none", ALL}, "of 0"},
    {{.status = "cancelled", ALL}, "4 of 1"},
    {{.status = "none", ALL}, "of 0"},
    {{.offset = 2, .count = 2}, "3 4 of 6"},
    {{.offset = 5, .count = 2}, "6 of 6"},
    {{.offset = 9, .count = 2}, "of 6"},
    {{.count = 0}, "of 6"},
    {{.sort = "id", .descending = TRUE, ALL}, "6 5 4 3 2 1 of 6"},
    {{.sort = "id", .descending = TRUE, .offset = 1, .count = 2}, "5 4 of 6"},
    /* é is e; of equal names the first comes first, turned round the last; who has none comes last,
     * both ways */
    {{.sort = "last_name", ALL}, "4 2 1 3 5 6 of 6"},
    {{.sort = "last_name", .descending = TRUE, ALL}, "5 3 1 2 4 6 of 6"},
    {{.sort = "organization", ALL}, "6 3 2 1 4 5 of 6"},
    {{.sort = "organization", .descending = TRUE, ALL}, "5 4 1 2 3 6 of 6"},
    {{.sort = "updated", ALL}, "4 2 5 1 6 3 of 6"},
    {{.sort = "updated", .descending = TRUE, .count = 2}, "3 6 of 6"},
    {{.sort = "status", ALL}, "4 2 1 3 5 6 of 6"},
    {{.sort = "no_such_field", ALL}, "1 2 3 4 5 6 of 6"},
    {{.search = "eluard", ALL}, "1 of 1"},
    {{.search = "ELUARD paul", ALL}, "1 of 1"},
    {{.search = "eluard durand", ALL}, "of 0"},
    {{.search = "nancy", .sort = "last_name", ALL}, "4 1 of 2"},
    {{.search = "nancy", .status = "registered", ALL}, "1 of 1"},
    {{.search = "assistante@metz", ALL}, "2 of 1"},
    {{.search = "oeuvres", ALL}, "6 of 1"},
    {{.search = "横浜", ALL}, "5 of 1"},
    {{.search = "5", ALL}, "5 of 1"}, /* an id, or a number in a value */
};

static void assert_people(const Desks *desks, DeskCache *cache) {
  for (gsize i = 0; i < G_N_ELEMENTS(people_rows); i++) {
    g_autofree char *line = people_line(desks, cache, &people_rows[i].filter);
    if (strcmp(line, people_rows[i].want) != 0)
      g_error("row %u: '%s', wanted '%s'", (guint)i, line, people_rows[i].want);
  }
}

static void test_people(void) {
  Desks desks;
  desks_open(&desks);
  add_people(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  assert_people(&desks, NULL);
  assert_people(&desks, cache);
  assert_people(&desks, cache); /* as it is now, nothing new to read */
  desks_close(&desks);
}

/* Whatever has changed, and however often it was asked before: as if it were read anew. */
static void test_cache_follows(void) {
  Desks desks;
  desks_open(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  static const char *const values[] = {"Nancy", "Metz",  "",      "Épinal",
                                       "Lyon",  "Ébène", "nancy", "Brest"};
  GRand *random = g_rand_new_with_seed(20190703);
  for (guint turn = 0; turn < 60; turn++) {
    for (guint i = 0; i < (turn % 9 ? 3u : 40u); i++) {
      g_autofree char *text = g_strdup_printf(
          "last_name=%s|organization=%s|status=%s|updated=%d",
          values[g_rand_int_range(random, 0, 8)], values[g_rand_int_range(random, 0, 8)],
          g_rand_boolean(random) ? "registered" : "cancelled", g_rand_int_range(random, 1, 50));
      guint64 id = (guint64)g_rand_int_range(random, 1, 40 + 4 * (gint32)turn);
      StoreTxn *txn = desks_begin(&desks, FALSE);
      gboolean there = id <= registration_count(txn);
      store_abort(txn);
      if (there)
        desks_change(&desks, id, text);
      else
        desks_add(&desks, text);
    }
    for (gsize i = turn % 3; i < G_N_ELEMENTS(people_rows); i += 3) { /* orders fall behind, too */
      g_autofree char *cached = people_line(&desks, cache, &people_rows[i].filter);
      g_autofree char *fresh = people_line(&desks, NULL, &people_rows[i].filter);
      if (strcmp(cached, fresh) != 0)
        g_error("turn %u, row %u: '%s', wanted '%s'", turn, (guint)i, cached, fresh);
    }
  }
  g_rand_free(random);
  desks_close(&desks);
}

/* More orders than are kept, and texts that are not kept at all. */
static void test_bounds(void) {
  Desks desks;
  desks_open(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  g_autofree char *long_text = g_strnfill(CACHE_TEXT_MAX_BYTES, 'y');
  g_autofree char *text = g_strdup_printf("last_name=Durand|themes=%s aiguille", long_text);
  desks_add(&desks, text);
  desks_add(&desks, "last_name=Zola");
  const PeopleFilter needle = {.search = "AIGUILLE durand", ALL},
                     none = {.search = "aiguilles", ALL};
  g_autofree char *found = people_line(&desks, cache, &needle);
  g_autofree char *missed = people_line(&desks, cache, &none);
  g_assert_cmpstr(found, ==, "1 of 1");
  g_assert_cmpstr(missed, ==, "of 0");
  gsize bytes = desk_cache_bytes(cache);
  g_assert_cmpuint(bytes, <, 1000);
  for (guint i = 0; i < 3 * CACHE_ORDERS_MAX; i++) {
    g_autofree char *field = g_strdup_printf("field_%u", i);
    const PeopleFilter filter = {.sort = i % 2 ? field : "last_name", .descending = i % 2, ALL};
    g_autofree char *line = people_line(&desks, cache, &filter);
    g_assert_cmpstr(line, ==, "1 2 of 2");
  }
  g_assert_cmpuint(desk_cache_bytes(cache) - bytes, <, CACHE_ORDERS_MAX * 2 * 100);
  PeopleFilter many = {.count = G_MAXUINT, .offset = G_MAXUINT};
  g_autofree char *line = people_line(&desks, cache, &many);
  g_assert_cmpstr(line, ==, "of 2");
  StoreTxn *txn = desks_begin(&desks, TRUE);
  for (guint i = 0; i < DESK_PAGE_MAX; i++) {
    g_autoptr(Registration) row = registration_new();
    g_assert_true(registration_add(txn, row, NULL));
  }
  desks_commit(txn);
  txn = desks_begin(&desks, FALSE);
  many.offset = 0;
  g_autoptr(PeopleRows) page = desk_people(cache, txn, &many, NULL);
  store_abort(txn);
  g_assert_cmpuint(page->rows->len, ==, DESK_PAGE_MAX);
  g_assert_cmpuint(page->total, ==, DESK_PAGE_MAX + 2);
  desks_close(&desks);
}

/* A transaction that is older than what another thread has brought sees no row that it has not. */
static void test_older_transaction(void) {
  Desks desks;
  desks_open(&desks);
  add_people(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  StoreTxn *old = desks_begin(&desks, FALSE);
  guint64 added = desks_add(&desks, "last_name=Aaron");
  desks_change(&desks, 3, "last_name=Abel");
  const PeopleFilter filter = {.sort = "last_name", ALL};
  g_autofree char *now = people_line(&desks, cache, &filter);
  g_assert_cmpstr(now, ==, "7 3 4 2 1 5 6 of 7");
  g_autoptr(PeopleRows) rows = desk_people(cache, old, &filter, NULL);
  g_assert_cmpuint(rows->rows->len, ==, 6);
  const Registration *first = rows->rows->pdata[0];
  g_assert_cmpuint(first->id, ==, 3);
  g_assert_cmpstr(registration_value(first, "last_name"), ==, "Zola");
  store_abort(old);
  g_autofree char *again = people_line(&desks, cache, &filter);
  g_assert_cmpstr(again, ==, now);
  g_assert_cmpuint(added, ==, 7);
  desks_close(&desks);
}

/* A number is found as people write it, whatever form is stored. */
static void test_numbers(void) {
  static const struct {
    const char *search, *want;
  } rows[] = {{"+33612345678", "1 of 1"},
              {"0612345678", "1 of 1"},
              {"06 12 34 56 78", "1 of 1"},
              {"06.12.34.56.78", "1 of 1"},
              {"03-1234-5678", "2 of 1"},
              {"0262 45 43 45", "3 of 1"},
              {"durand 06.12.34.56.78", "1 of 1"},
              {"06.12.34.56.79", "of 0"},
              {"2019-07-03", "2 of 1"},
              {"12/34", "of 0"}};
  Desks desks;
  desks_open(&desks);
  desks_add(&desks, "last_name=Durand|phone=+33612345678");
  desks_add(&desks, "last_name=Sato|phone=+81312345678|themes=le 2019-07-03");
  desks_add(&desks, "last_name=Payet|phone=+262262454345");
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const PeopleFilter filter = {.search = rows[i].search, ALL};
    g_autofree char *line = people_line(&desks, cache, &filter);
    g_test_message("%s", rows[i].search);
    g_assert_cmpstr(line, ==, rows[i].want);
  }
  desks_close(&desks);
}

/* An order that is first asked for by such a transaction is right for those that come after it. */
static void test_order_of_an_older_transaction(void) {
  Desks desks;
  desks_open(&desks);
  add_people(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  StoreTxn *old = desks_begin(&desks, FALSE);
  const PeopleFilter by_name = {.sort = "last_name", ALL}, by_body = {.sort = "organization", ALL};
  desks_add(&desks, "last_name=Aaron|organization=Aaa");
  desks_change(&desks, 3, "last_name=Zola|organization=Aab");
  g_autofree char *read = people_line(&desks, cache, &by_name); /* the people are newer than old */
  g_autoptr(PeopleRows) rows = desk_people(cache, old, &by_body, NULL);
  g_assert_cmpuint(rows->rows->len, ==, 6);
  store_abort(old);
  g_autofree char *now = people_line(&desks, cache, &by_body);
  g_autofree char *plain = people_line(&desks, NULL, &by_body);
  g_assert_cmpstr(now, ==, plain);
  g_assert_true(g_str_has_prefix(now, "7 3 "));
  desks_close(&desks);
}

static void test_language(void) {
  Desks desks;
  desks_open(&desks);
  add_people(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  const PeopleFilter filter = {.sort = "last_name", ALL};
  g_autofree char *french = people_line(&desks, cache, &filter);
  desk_cache_set_language(cache, "ja");
  g_autofree char *japanese = people_line(&desks, cache, &filter);
  g_assert_cmpstr(french, ==, "4 2 1 3 5 6 of 6");
  g_assert_cmpstr(japanese, ==, "4 2 1 3 5 6 of 6");
  desks_close(&desks);
}

/* --- the queue -------------------------------------------------------------------------------- */

static void add_mails(const Desks *desks) {
  static const char *const mails[] = {
      "durand@nancy.example|Bulletin d'inscription|review|bulletin|" FIXTURE_ID,
      "zola@paris.example|Re: Réunion|settled|bulletin|" FIXTURE_ID,
      "yamada@yokohama.example|参加申込書|waiting-for-sender|bulletin|other",
      "eluard@metz.example|Question|review|question|" FIXTURE_ID,
      "x@spam.example|Offre|aside|bulk|",
      "broken@nancy.example||unreadable|unreadable|" FIXTURE_ID};
  for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) desks_mail(desks, mails[i]);
}

static const struct {
  QueueFilter filter;
  const char *want;
} queue_rows[] = {
    {{ALL}, "1 2 3 4 5 6 of 6"},
    {{.state = "open", ALL}, "1 3 4 5 6 of 5"},
    {{.state = "open", .offset = 1, .count = 2}, "3 4 of 5"},
    {{.state = "review", ALL}, "1 4 of 2"},
    {{.state = "settled", ALL}, "2 of 1"},
    {{.state = "none", ALL}, "of 0"},
    {{.state = "open", .kind = "bulletin", ALL}, "1 3 of 2"},
    {{.state = "open", .event = FIXTURE_ID, ALL}, "1 4 6 of 3"},
    {{.state = "open", .event = FIXTURE_ID, .kind = "question", ALL}, "4 of 1"},
    {{.search = "reunion", ALL}, "2 of 1"},
    {{.search = "NANCY inscription", ALL}, "1 of 1"},
    {{.search = "申込", ALL}, "3 of 1"},
};

static void assert_queue(const Desks *desks, DeskCache *cache) {
  for (gsize i = 0; i < G_N_ELEMENTS(queue_rows); i++) {
    g_autofree char *line = queue_line(desks, cache, &queue_rows[i].filter);
    if (strcmp(line, queue_rows[i].want) != 0)
      g_error("row %u: '%s', wanted '%s'", (guint)i, line, queue_rows[i].want);
  }
}

static void test_queue(void) {
  Desks desks;
  desks_open(&desks);
  add_mails(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  assert_queue(&desks, NULL);
  assert_queue(&desks, cache);
  desks_mail_state(&desks, 4, "settled");
  desks_mail_state(&desks, 2, "review"); /* what was settled comes back */
  const QueueFilter open = {.state = "open", ALL};
  g_autofree char *line = queue_line(&desks, cache, &open);
  g_assert_cmpstr(line, ==, "1 2 3 5 6 of 5");
  desks_close(&desks);
}

static void test_next(void) {
  Desks desks;
  desks_open(&desks);
  add_mails(&desks);
  g_autoptr(DeskCache) cache = desk_cache_new(desks.fixture.config);
  static const struct {
    guint64 id, next;
    QueueFilter filter;
  } rows[] = {{0, 1, {.state = "open"}},
              {1, 3, {.state = "open"}},
              {2, 3, {.state = "open"}},
              {6, 0, {.state = "open"}},
              {99, 0, {.state = "open"}},
              {1, 4, {.state = "review"}},
              {4, 0, {.state = "review"}},
              {0, 0, {.state = "none"}},
              {1, 6, {.state = "open", .search = "nancy"}}};
  StoreTxn *txn = desks_begin(&desks, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_assert_cmpuint(desk_queue_next(cache, txn, &rows[i].filter, rows[i].id), ==, rows[i].next);
    g_assert_cmpuint(desk_queue_next(NULL, txn, &rows[i].filter, rows[i].id), ==, rows[i].next);
  }
  store_abort(txn);
  desks_close(&desks);
}

/* --- the log ---------------------------------------------------------------------------------- */

static char *log_line(StoreTxn *txn, const LogFilter *filter) {
  g_autoptr(GError) error = NULL;
  guint64 before = 77;
  g_autoptr(GPtrArray) lines = desk_log(txn, filter, &before, &error);
  g_assert_no_error(error);
  GString *said = g_string_new(NULL);
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf(said, "%u ", (guint)((const JournalEntry *)lines->pdata[i])->sequence);
  g_string_append_printf(said, "before %u", (guint)before);
  return g_string_free(said, FALSE);
}

static void test_log(void) {
  Desks desks;
  desks_open(&desks);
  StoreTxn *txn = desks_begin(&desks, TRUE);
  static const struct {
    guint64 message;
    const char *what, *text;
  } lines[] = {{1, "received", "from Éluard"},
               {1, "decided", "accept"},
               {2, "received", "from Zola"},
               {0, "person", "admin:root waits"},
               {2, "decided", "ask Zola"}};
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
    g_assert_true(journal_add(txn, 0, lines[i].message, lines[i].what, lines[i].text, NULL));
  static const struct {
    LogFilter filter;
    const char *want;
  } rows[] = {{{.count = 50}, "5 4 3 2 1 before 0"},
              {{.count = 2}, "5 4 before 4"},
              {{.count = 2, .before = 4}, "3 2 before 2"},
              {{.count = 2, .before = 2}, "1 before 0"},
              {{.count = 5}, "5 4 3 2 1 before 0"},
              {{.count = 50, .message = 2}, "5 3 before 0"},
              {{.count = 1, .message = 2}, "5 before 4"},
              {{.count = 1, .message = 2, .before = 4}, "3 before 0"},
              {{.count = 50, .search = "eluard"}, "1 before 0"},
              {{.count = 50, .search = "ZOLA decided"}, "5 before 0"},
              {{.count = 50, .search = "nobody"}, "before 0"},
              {{.count = 50, .message = 9}, "before 0"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *line = log_line(txn, &rows[i].filter);
    if (strcmp(line, rows[i].want) != 0)
      g_error("row %u: '%s', wanted '%s'", (guint)i, line, rows[i].want);
  }
  for (guint i = 0; i < DESK_LOG_READ_MAX; i++)
    g_assert_true(journal_add(txn, 0, 0, "test", "hay", NULL));
  const LogFilter first = {.count = 1, .search = "eluard"},
                  second = {.count = 1, .search = "eluard", .before = 6};
  g_autofree char *far = log_line(txn, &first);
  g_autofree char *near = log_line(txn, &second);
  g_assert_cmpstr(far, ==, "before 6"); /* so many were looked through; go on there */
  g_assert_cmpstr(near, ==, "1 before 0");
  store_abort(txn);
  desks_close(&desks);
}

/* --- several threads -------------------------------------------------------------------------- */

enum { READERS = 4, COMMITS = 150 };

typedef struct {
  const Desks *desks;
  DeskCache *cache;
  gint done; /* atomic */
} Race;

static gpointer write_on(gpointer data) {
  Race *race = data;
  for (guint i = 0; i < COMMITS; i++) {
    g_autofree char *text =
        g_strdup_printf("last_name=Name%03u|themes=eau %u", (i * 37) % 100, i % 5);
    desks_change(race->desks, 1 + i % 6, text);
    if (i % 5 == 0) desks_add(race->desks, text);
    if (i % 7 == 0) desks_mail(race->desks, "a@example.test|Bulletin|review|bulletin|" FIXTURE_ID);
    if (i % 11 == 0) desks_mail_state(race->desks, 1 + i % 6, i % 2 ? "review" : "settled");
  }
  g_atomic_int_set(&race->done, 1);
  return NULL;
}

static void read_once(const Race *race, guint turn) {
  StoreTxn *txn = desks_begin(race->desks, FALSE);
  const PeopleFilter by_name = {.sort = "last_name", .descending = turn % 2, .count = 10},
                     found = {.search = "name0", .count = 10};
  const QueueFilter open = {.state = "open", .count = 10};
  g_autoptr(PeopleRows) sorted = desk_people(race->cache, txn, &by_name, NULL);
  g_autoptr(PeopleRows) searched = desk_people(race->cache, txn, &found, NULL);
  g_autoptr(QueueRows) queue = desk_queue(race->cache, txn, &open, NULL);
  g_autoptr(EventStats) stats = desk_stats(race->cache, txn, race->desks->fixture.event, NULL);
  g_assert_cmpuint(sorted->total, >=, 6);
  g_assert_cmpuint(queue->rows->len, <=, 10);
  g_assert_cmpuint(stats->total, >=, 5);
  g_assert_nonnull(searched);
  store_abort(txn);
}

static gpointer read_on(gpointer data) {
  const Race *race = data;
  guint turn = 0;
  do read_once(race, turn++);
  while (!g_atomic_int_get(&race->done));
  return NULL;
}

static void test_threads(void) {
  Desks desks;
  desks_open(&desks);
  add_people(&desks);
  add_mails(&desks);
  Race race = {&desks, desk_cache_new(desks.fixture.config), 0};
  GThread *writer = g_thread_new("writer", write_on, &race), *readers[READERS];
  for (guint i = 0; i < READERS; i++) readers[i] = g_thread_new("reader", read_on, &race);
  g_thread_join(writer);
  for (guint i = 0; i < READERS; i++) g_thread_join(readers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(people_rows); i++) {
    g_autofree char *cached = people_line(&desks, race.cache, &people_rows[i].filter);
    g_autofree char *fresh = people_line(&desks, NULL, &people_rows[i].filter);
    g_assert_cmpstr(cached, ==, fresh);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(queue_rows); i++) {
    g_autofree char *cached = queue_line(&desks, race.cache, &queue_rows[i].filter);
    g_autofree char *fresh = queue_line(&desks, NULL, &queue_rows[i].filter);
    g_assert_cmpstr(cached, ==, fresh);
  }
  desk_cache_free(race.cache);
  desks_close(&desks);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/desk_view/people", test_people);
  g_test_add_func("/desk_view/cache-follows", test_cache_follows);
  g_test_add_func("/desk_view/bounds", test_bounds);
  g_test_add_func("/desk_view/older-transaction", test_older_transaction);
  g_test_add_func("/desk_view/numbers", test_numbers);
  g_test_add_func("/desk_view/older-order", test_order_of_an_older_transaction);
  g_test_add_func("/desk_view/language", test_language);
  g_test_add_func("/desk_view/queue", test_queue);
  g_test_add_func("/desk_view/next", test_next);
  g_test_add_func("/desk_view/log", test_log);
  g_test_add_func("/desk_view/threads", test_threads);
  return g_test_run();
}
