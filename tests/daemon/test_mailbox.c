/* mailbox: the cursor moves with what is committed, and never past what is not. */
#include <sysexits.h>

#include "daemon/mailbox.h"

static Account account = {.name = (char *)"a", .after = AFTER_MOVE};

static Mailbox *mailbox_at(guint32 uidvalidity, guint32 base) {
  Cursor *cursor = cursor_new();
  cursor->uidvalidity = uidvalidity;
  cursor->base = base;
  return mailbox_new(&account, "INBOX", cursor, NULL);
}

static IntakeItem item_of(Mailbox *mailbox, FetchedMessage *fetched, guint32 uidvalidity,
                          guint32 uid) {
  fetched->uidvalidity = uidvalidity;
  fetched->uid = uid;
  return (IntakeItem){.mailbox = mailbox, .fetched = fetched};
}

static void caught_up(Mailbox *mailbox, guint32 uid) {
  FetchEvent event = {
      .kind = FETCH_CAUGHT_UP, .uidvalidity = mailbox->cursor->uidvalidity, .uid = uid};
  mailbox_event(mailbox, &event);
}

static void test_committed_uids_are_added_and_wait_for_their_mark(void) {
  Mailbox *mailbox = mailbox_at(7, 10);
  FetchedMessage fetched[2] = {0};
  IntakeItem items[2] = {item_of(mailbox, &fetched[0], 7, 15),
                         item_of(mailbox, &fetched[1], 7, 12)};
  g_autoptr(GPtrArray) batch = g_ptr_array_new();
  g_ptr_array_add(batch, &items[0]);
  g_ptr_array_add(batch, &items[1]);
  g_autoptr(Cursor) next = mailbox_next_cursor(mailbox, batch, 5);
  g_assert_true(cursor_has(next, 12) && cursor_has(next, 15));
  g_assert_false(cursor_has(next, 13));
  g_assert_cmpuint(next->base, ==, 10);
  g_assert_cmpuint(next->unmarked->len, ==, 2);
  g_assert_cmpuint(g_array_index(next->unmarked, guint32, 0), ==, 12);
  g_assert_false(cursor_has(mailbox->cursor, 12)); /* replaced only after the commit */
  mailbox_free(mailbox);
}

static void test_base_rises_only_when_nothing_waits(void) {
  static const struct {
    const char *name;
    guint waiting;
    gboolean hole;
    guint32 base;
  } rows[] = {
      {"all committed", 1, FALSE, 20},
      {"another one waits", 2, FALSE, 10},
      {"one could not be stored", 1, TRUE, 10},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Mailbox *mailbox = mailbox_at(7, 10);
    FetchedMessage fetched = {0};
    IntakeItem item = item_of(mailbox, &fetched, 7, 15);
    g_autoptr(GPtrArray) batch = g_ptr_array_new();
    g_ptr_array_add(batch, &item);
    caught_up(mailbox, 20);
    mailbox->hole = rows[i].hole;
    g_autoptr(Cursor) next = mailbox_next_cursor(mailbox, batch, rows[i].waiting);
    if (next->base != rows[i].base) g_error("%s: base is %u", rows[i].name, next->base);
    mailbox_free(mailbox);
  }
}

static void test_nothing_new_writes_nothing(void) {
  Mailbox *mailbox = mailbox_at(7, 20);
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  caught_up(mailbox, 20);
  g_assert_null(mailbox_next_cursor(mailbox, none, 0));
  mailbox_free(mailbox);
}

static void test_a_uid_of_an_older_uidvalidity_means_nothing(void) {
  Mailbox *mailbox = mailbox_at(8, 0);
  FetchedMessage fetched = {0};
  IntakeItem item = item_of(mailbox, &fetched, 7, 15);
  g_autoptr(GPtrArray) batch = g_ptr_array_new();
  g_ptr_array_add(batch, &item);
  g_assert_null(mailbox_next_cursor(mailbox, batch, 1));
  mailbox_free(mailbox);
}

static void test_reset_replaces_the_cursor(void) {
  Mailbox *mailbox = mailbox_at(7, 99);
  caught_up(mailbox, 99);
  g_autoptr(Cursor) fresh = cursor_new();
  fresh->uidvalidity = 8;
  fresh->since = 1234;
  FetchEvent event = {.kind = FETCH_RESET, .uidvalidity = 8, .cursor = fresh};
  mailbox_event(mailbox, &event);
  g_assert_cmpuint(mailbox->cursor->uidvalidity, ==, 8);
  g_assert_cmpuint(mailbox->cursor->base, ==, 0);
  g_assert_cmpint(mailbox->cursor->since, ==, 1234);
  g_assert_true(mailbox->dirty);
  g_assert_false(mailbox->seen_all);
  mailbox_free(mailbox);
}

static void test_marked_uids_wait_no_longer(void) {
  Mailbox *mailbox = mailbox_at(7, 30);
  for (guint32 uid = 1; uid <= 3; uid++) g_array_append_val(mailbox->cursor->unmarked, uid);
  const guint32 marked[] = {1, 3};
  FetchEvent event = {.kind = FETCH_MARKED, .uidvalidity = 7, .uids = marked, .count = 2};
  mailbox_event(mailbox, &event);
  g_assert_cmpuint(mailbox->cursor->unmarked->len, ==, 1);
  g_assert_cmpuint(g_array_index(mailbox->cursor->unmarked, guint32, 0), ==, 2);
  g_assert_true(mailbox->dirty);
  mailbox_free(mailbox);
}

static void test_exit_codes(void) {
  static const struct {
    MailError code;
    int want;
  } rows[] = {{MAIL_ERROR_TRANSIENT, EX_UNAVAILABLE},
              {MAIL_ERROR_AUTH, EX_NOPERM},
              {MAIL_ERROR_TLS, EX_UNAVAILABLE},
              {MAIL_ERROR_PERMANENT, EX_UNAVAILABLE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = g_error_new_literal(MAIL_ERROR, (gint)rows[i].code, "x");
    g_assert_cmpint(mailbox_exit_code(error), ==, rows[i].want);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mailbox/committed", test_committed_uids_are_added_and_wait_for_their_mark);
  g_test_add_func("/mailbox/base", test_base_rises_only_when_nothing_waits);
  g_test_add_func("/mailbox/nothing-new", test_nothing_new_writes_nothing);
  g_test_add_func("/mailbox/older-uidvalidity", test_a_uid_of_an_older_uidvalidity_means_nothing);
  g_test_add_func("/mailbox/reset", test_reset_replaces_the_cursor);
  g_test_add_func("/mailbox/marked", test_marked_uids_wait_no_longer);
  g_test_add_func("/mailbox/exit-codes", test_exit_codes);
  return g_test_run();
}
