/* fetch_plan and fetch_guard: what is asked for next, when to come back, what is let in. */
#include <string.h>

#include "daemon/mail/fetch_guard.h"
#include "daemon/mail/fetch_plan.h"

/* --- reset ----------------------------------------------------------------------------------- */

static void test_reset_only_when_uidvalidity_is_new(void) {
  static const struct {
    const char *name;
    guint32 known, base;
    gint64 since;
    guint32 seen, uidnext;
    gboolean start_all;
    gboolean fresh;
    guint32 want_base;
    gint64 want_since;
  } rows[] = {
      {"the known one", 7, 40, 0, 7, 50, TRUE, FALSE, 0, 0},
      {"first seen, all", 0, 0, 0, 7, 50, TRUE, TRUE, 0, 0},
      {"first seen, now", 0, 0, 0, 7, 50, FALSE, TRUE, 49, 1000000 - 300},
      {"first seen, now, empty", 0, 0, 0, 7, 1, FALSE, TRUE, 0, 1000000 - 300},
      {"changed, all", 7, 40, 0, 8, 50, TRUE, TRUE, 0, 0},
      {"changed, now: read again, but not what is older", 7, 40, 900, 8, 50, FALSE, TRUE, 0, 900},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Cursor) cursor = cursor_new();
    g_test_message("%s", rows[i].name);
    cursor->uidvalidity = rows[i].known;
    cursor->base = rows[i].base;
    cursor->since = rows[i].since;
    g_autoptr(Cursor) fresh =
        fetch_plan_reset(cursor, rows[i].seen, rows[i].uidnext, rows[i].start_all, 1000000);
    g_assert_cmpint(fresh != NULL, ==, rows[i].fresh);
    if (!fresh) continue;
    g_assert_cmpuint(fresh->uidvalidity, ==, rows[i].seen);
    g_assert_cmpuint(fresh->base, ==, rows[i].want_base);
    g_assert_cmpint(fresh->since, ==, rows[i].want_since);
    g_assert_cmpuint(fresh->above->len, ==, 0);
  }
}

static void test_uids_that_are_given_out_again(void) {
  static const struct {
    guint32 known, base, uidnext;
    gboolean again;
  } rows[] = {{7, 40, 41, FALSE}, {7, 40, 50, FALSE}, {7, 40, 40, TRUE},
              {7, 40, 1, TRUE},   {0, 0, 1, FALSE},   {7, 0, 1, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Cursor) cursor = cursor_new();
    cursor->uidvalidity = rows[i].known;
    cursor->base = rows[i].base;
    cursor->since = 900;
    g_autoptr(Cursor) fresh = fetch_plan_rewind(cursor, rows[i].uidnext);
    g_assert_cmpint(fresh != NULL, ==, rows[i].again);
    if (!fresh) continue;
    g_assert_cmpuint(fresh->uidvalidity, ==, rows[i].known);
    g_assert_cmpuint(fresh->base, ==, 0);
    g_assert_cmpint(fresh->since, ==, 900);
  }
}

/* --- windows and sets ------------------------------------------------------------------------ */

static void test_window_is_bounded_and_ends_at_top(void) {
  static const struct {
    guint32 first, top, last;
  } rows[] = {{1, 1, 1},
              {1, FETCH_PLAN_WINDOW, FETCH_PLAN_WINDOW},
              {1, FETCH_PLAN_WINDOW + 1, FETCH_PLAN_WINDOW},
              {G_MAXUINT32 - 1, G_MAXUINT32, G_MAXUINT32},
              {G_MAXUINT32, G_MAXUINT32, G_MAXUINT32}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpuint(fetch_plan_window(rows[i].first, rows[i].top), ==, rows[i].last);
}

static GArray *listed_of(const FetchListed *items, guint count) {
  GArray *listed = g_array_new(FALSE, FALSE, sizeof(FetchListed));
  return g_array_append_vals(listed, items, count);
}

static void test_new_are_ascending_once_and_not_handed(void) {
  static const FetchListed items[] = {{9, 1, 500}, {3, 1, 500}, {5, 1, 100},
                                      {9, 1, 500}, {7, 1, 500}, {2, 1, 500}};
  g_autoptr(GArray) listed = listed_of(items, G_N_ELEMENTS(items));
  g_autoptr(Cursor) handed = cursor_new();
  handed->base = 2;
  cursor_add(handed, 7);
  g_autoptr(GArray) fresh = fetch_plan_new(listed, handed, 200);
  g_assert_cmpuint(fresh->len, ==, 2); /* 5 is older than 200 */
  g_assert_cmpuint(g_array_index(fresh, FetchListed, 0).uid, ==, 3);
  g_assert_cmpuint(g_array_index(fresh, FetchListed, 1).uid, ==, 9);
  g_autoptr(GArray) all = fetch_plan_new(listed, handed, 0);
  g_assert_cmpuint(all->len, ==, 3);
}

static void test_sets_are_bounded_in_count_and_bytes(void) {
  static const struct {
    const char *name;
    guint64 sizes[5];
    guint messages;
    guint64 set_bytes, message_bytes;
    guint want;
  } rows[] = {
      {"count", {1, 1, 1, 1, 1}, 3, 100, 100, 3},
      {"bytes", {40, 40, 40, 1, 1}, 9, 100, 100, 2},
      {"exactly the bytes", {50, 50, 1, 1, 1}, 9, 100, 100, 2},
      {"one, though larger than a set", {150, 1, 1, 1, 1}, 9, 100, 200, 1},
      {"one over the limit stands alone", {300, 1, 1, 1, 1}, 9, 100, 200, 1},
      {"stop before one over the limit", {1, 300, 1, 1, 1}, 9, 1000, 200, 1},
      {"all", {1, 2, 3, 4, 5}, 9, 100, 100, 5},
      {"sizes that would overflow", {5, G_MAXUINT64, 1, 1, 1}, 9, 100, G_MAXUINT64, 1},
      {"at least one", {1, 1, 1, 1, 1}, 0, 0, 100, 1},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GArray) listed = g_array_new(FALSE, FALSE, sizeof(FetchListed));
    g_test_message("%s", rows[i].name);
    for (guint32 k = 0; k < 5; k++) {
      FetchListed item = {k + 1, rows[i].sizes[k], 0};
      g_array_append_val(listed, item);
    }
    g_assert_cmpuint(
        fetch_plan_set(listed, 0, rows[i].messages, rows[i].set_bytes, rows[i].message_bytes), ==,
        rows[i].want);
  }
}

/* --- back-off -------------------------------------------------------------------------------- */

static void test_backoff_doubles_to_a_bound_with_half_left_to_chance(void) {
  static const struct {
    MailError code;
    guint failures, least, most;
  } rows[] = {{MAIL_ERROR_TRANSIENT, 1, 1, 1},      {MAIL_ERROR_TRANSIENT, 2, 1, 2},
              {MAIL_ERROR_TRANSIENT, 5, 8, 16},     {MAIL_ERROR_PROTOCOL, 9, 128, 256},
              {MAIL_ERROR_TRANSIENT, 10, 150, 300}, {MAIL_ERROR_TRANSIENT, 4000000, 150, 300},
              {MAIL_ERROR_AUTH, 1, 60, 120},        {MAIL_ERROR_TLS, 2, 60, 120},
              {MAIL_ERROR_PERMANENT, 20, 150, 300}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = g_error_new(MAIL_ERROR, (int)rows[i].code, "x");
    guint least = G_MAXUINT, most = 0;
    for (guint32 random = 0; random < 1000; random++) {
      guint wait = fetch_plan_backoff(rows[i].failures, error, random);
      least = MIN(least, wait);
      most = MAX(most, wait);
    }
    g_test_message("row %zu", i);
    g_assert_cmpuint(least, ==, rows[i].least);
    g_assert_cmpuint(most, ==, rows[i].most);
  }
}

/* --- folder names ---------------------------------------------------------------------------- */

static void test_folder_names_become_modified_utf7(void) {
  static const char *const rows[][2] = {{"INBOX", "INBOX"},
                                        {"Boîte & co", "Bo&AO4-te &- co"},
                                        {"Répondu", "R&AOk-pondu"},
                                        {"台北/日本語", "&U,BTFw-/&ZeVnLIqe-"},
                                        {"été", "&AOk-t&AOk-"},
                                        {"😀", "&2D3eAA-"},
                                        {"tab\there", "tab&AAk-here"},
                                        {"", ""},
                                        {"\xff", "\xff"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *wire = fetch_plan_folder(rows[i][0]);
    g_assert_cmpstr(wire, ==, rows[i][1]);
  }
}

/* --- guard ----------------------------------------------------------------------------------- */

static const char *feed(const char *text, guint lines, guint64 literal_max, gsize piece) {
  FetchGuard guard = {0};
  gsize size = strlen(text);
  fetch_guard_begin(&guard, lines, literal_max);
  for (gsize at = 0; at < size; at += piece) {
    const char *fault = fetch_guard_feed(&guard, text + at, MIN(piece, size - at));
    if (fault) return fault;
  }
  return NULL;
}

static void test_guard_lets_in_what_was_asked_for_and_no_more(void) {
  static const struct {
    const char *name, *text;
    guint lines;
    guint64 literal_max;
    gboolean good;
  } rows[] = {
      {"plain answer", "* 1 EXISTS\r\n1 OK done\r\n", 2, 0, TRUE},
      {"a line too many", "* 1 EXISTS\r\n1 OK done\r\n", 1, 0, FALSE},
      {"a literal", "* 1 FETCH (UID 1 BODY[] {5}\r\nab)\n()\r\n1 OK x\r\n", 2, 5, TRUE},
      {"a literal too large", "* 1 FETCH (BODY[] {6}\r\nabcdef)\r\n", 9, 5, FALSE},
      {"no literal was asked for", "* 1 FETCH (BODY[] {6}\r\nabcdef)\r\n", 9, 0, FALSE},
      {"a size that wraps at 2^32", "* 1 FETCH (BODY[] {4294967301}\r\n", 9, 100, FALSE},
      {"a size that wraps at 2^64", "* 1 FETCH (BODY[] {18446744073709551617}\r\n", 9, 100, FALSE},
      {"braces in text", "* OK {9}\r\n1 OK {a}\r\n", 2, 0, TRUE},
      {"a size in text", "* OK {262145}\r\n", 2, 0, FALSE},
      {"a size with text behind it", "* FLAGS (\\Se{262145}x)\r\n", 2, 0, FALSE},
      {"a size with blanks", "* FLAGS (\\Se{ 262145\t}\r\n", 2, 0, FALSE},
      {"a size with text behind it, asked for", "* 1 FETCH (BODY[] {262145}x", 2, 262145, TRUE},
      {"a literal behind a bare line feed", "* 1 FETCH ({8}\n\r\n\r\n\r\n\r\n", 4, 8, FALSE},
      {"a literal behind a bare return", "* 1 FETCH ({8}\r\r\n\r\n\r\n\r\n", 3, 8, FALSE},
      {"flags", "* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n* OK [PERMANENTFLAGS ()] x\r\n", 2, 0,
       TRUE},
      {"any flag", "* OK [PERMANENTFLAGS (\\*)] x\r\n1 OK [PERMANENTFLAGS (_a)] x\r\n", 2, 0, TRUE},
      {"no flag", "* OK [PERMANENTFLAGS (%)] x\r\n", 9, 0, FALSE},
      {"half a flag", "1 OK [PERMANENTFLAGS (\\\001)] x\r\n", 9, 0, FALSE},
      {"no end of a list", "1 OK [PERMANENTFLAGS (\r\n", 9, 0, FALSE},
      {"a list of words", "* NO [BADCHARSET (\"a\")] x\r\n", 9, 0, FALSE},
      {"parentheses in text", "* OK [ALERT] x (%)\r\n", 9, 0, TRUE},
      {"lines within a literal do not count", "* 1 FETCH ({8}\r\n\r\n\r\n\r\n\r\n)\r\n", 1, 8,
       TRUE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].name);
    for (gsize piece = 1; piece < 70; piece += 3) {
      const char *fault = feed(rows[i].text, rows[i].lines, rows[i].literal_max, piece);
      g_assert_cmpint(fault == NULL, ==, rows[i].good);
    }
  }
}

static void test_guard_takes_no_list_in_a_greeting(void) {
  static const char *const rows[] = {"* OK [CAPABILITY IMAP4rev1] ready (here)\r\n* OK [A (b)]\r\n",
                                     "* OK [PERMANENTFLAGS (\\Seen)] x\r\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    FetchGuard guard;
    fetch_guard_init(&guard);
    fetch_guard_begin(&guard, 9, 0);
    g_assert_cmpint(fetch_guard_feed(&guard, rows[i], strlen(rows[i])) == NULL, ==, i == 0);
  }
}

static void test_guard_bounds_depth_and_line(void) {
  static const struct {
    char fill;
    gsize count;
    gboolean good;
  } rows[] = {{'(', FETCH_GUARD_DEPTH_MAX, TRUE},
              {'(', FETCH_GUARD_DEPTH_MAX + 1, FALSE},
              {'a', FETCH_GUARD_LINE_MAX, TRUE},
              {'a', FETCH_GUARD_LINE_MAX + 1, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = g_strnfill(rows[i].count, rows[i].fill);
    g_assert_cmpint(feed(text, 5, 0, 4096) == NULL, ==, rows[i].good);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plan/rewind", test_uids_that_are_given_out_again);
  g_test_add_func("/fetch/reset", test_reset_only_when_uidvalidity_is_new);
  g_test_add_func("/fetch/window", test_window_is_bounded_and_ends_at_top);
  g_test_add_func("/fetch/new", test_new_are_ascending_once_and_not_handed);
  g_test_add_func("/fetch/set", test_sets_are_bounded_in_count_and_bytes);
  g_test_add_func("/fetch/backoff", test_backoff_doubles_to_a_bound_with_half_left_to_chance);
  g_test_add_func("/fetch/folder", test_folder_names_become_modified_utf7);
  g_test_add_func("/fetch/guard", test_guard_lets_in_what_was_asked_for_and_no_more);
  g_test_add_func("/fetch/guard-greeting", test_guard_takes_no_list_in_a_greeting);
  g_test_add_func("/fetch/guard-bounds", test_guard_bounds_depth_and_line);
  return g_test_run();
}
