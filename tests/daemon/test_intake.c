/* intake: order is kept by sender, bounds make a fetcher wait, nothing is handed out twice. */
#include <string.h>

#include "daemon/intake.h"

static void count_wake(void *context) {
  g_atomic_int_inc((gint *)context);
}

static FetchedMessage *fetched(guint32 uid, const char *from, gsize padding) {
  FetchedMessage *message = g_new0(FetchedMessage, 1);
  g_autofree char *filler = g_strnfill(padding, 'x');
  g_autofree char *raw = g_strdup_printf("Subject: s\r\nFrom: %s\r\n\r\n%s", from, filler);
  message->uid = uid;
  message->uidvalidity = 1;
  message->raw = g_bytes_new(raw, strlen(raw));
  return message;
}

static void test_order_key(void) {
  static const struct {
    const char *raw, *want;
  } rows[] = {
      {"From: Marie <M@Ville.FR>\r\n\r\nbody", "m@ville.fr"},
      {"Subject: x\nfrom: a@b.fr\n\n", "a@b.fr"},
      {"From: \"x\"\r\n <A@b>\r\nTo: c\r\n\r\n", "a@b"},
      {"From: <a@b> trailing\r\n\r\n", "a@b"},
      {"Subject: x\r\n\r\nFrom: body@is.no.header\r\n", ""},
      {"To: x", ""},
      {"", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *key = intake_order_key((const guint8 *)rows[i].raw, strlen(rows[i].raw));
    g_assert_cmpstr(key, ==, rows[i].want);
  }
}

static guint32 uid_at(const GPtrArray *items, guint index) {
  return ((IntakeItem *)items->pdata[index])->fetched->uid;
}

static void test_order_is_kept_by_sender(void) {
  gint wakes = 0;
  Intake *intake = intake_new(count_wake, &wakes);
  IntakeItem *first = intake_add(intake, NULL, fetched(1, "<a@x>", 0));
  IntakeItem *second = intake_add(intake, NULL, fetched(2, "<a@x>", 0));
  IntakeItem *other = intake_add(intake, NULL, fetched(3, "<b@x>", 0));
  intake_read(intake, second, extraction_new());
  g_assert_false(intake_has_ready(intake));
  intake_read(intake, other, extraction_new());
  g_assert_true(intake_has_ready(intake));
  g_autoptr(GPtrArray) passed = intake_take(intake, 10);
  g_assert_cmpuint(passed->len, ==, 1);
  g_assert_cmpuint(uid_at(passed, 0), ==, 3);
  intake_read(intake, first, extraction_new());
  g_autoptr(GPtrArray) held = intake_take(intake, 10);
  g_assert_cmpuint(held->len, ==, 2);
  g_assert_cmpuint(uid_at(held, 0), ==, 1);
  g_assert_cmpuint(uid_at(held, 1), ==, 2);
  g_autoptr(GPtrArray) again = intake_take(intake, 10);
  g_assert_cmpuint(again->len, ==, 0);
  g_assert_cmpint(wakes, ==, 3);
  intake_release(intake, passed);
  intake_release(intake, held);
  g_assert_cmpuint(intake_count(intake, NULL), ==, 0);
  g_assert_cmpint(intake_oldest_us(intake), ==, 0);
  intake_free(intake);
}

static void test_returned_item_is_unread_in_its_place(void) {
  gint wakes = 0;
  Intake *intake = intake_new(count_wake, &wakes);
  IntakeItem *item = intake_add(intake, NULL, fetched(1, "<a@x>", 0));
  IntakeItem *later = intake_add(intake, NULL, fetched(2, "<a@x>", 0));
  intake_read(intake, item, extraction_new());
  g_autoptr(GPtrArray) taken = intake_take(intake, 10);
  intake_return(intake, item);
  intake_read(intake, later, extraction_new());
  g_assert_false(intake_has_ready(intake));
  intake_read(intake, item, extraction_new());
  g_autoptr(GPtrArray) both = intake_take(intake, 10);
  g_assert_cmpuint(both->len, ==, 2);
  g_assert_cmpuint(uid_at(both, 0), ==, 1);
  intake_free(intake);
}

static gpointer add_one(gpointer intake) {
  return intake_add(intake, NULL, fetched(9, "<c@x>", 0));
}

static void test_a_full_mailbox_holds_no_other_up(void) {
  gint wakes = 0, other = 0;
  Intake *intake = intake_new(count_wake, &wakes);
  for (guint32 uid = 1; uid <= INTAKE_MAX_ITEMS; uid++)
    g_assert_nonnull(intake_add(intake, NULL, fetched(uid, "<a@x>", 0)));
  GThread *waiting = g_thread_new("add", add_one, intake);
  g_assert_nonnull(intake_add(intake, &other, fetched(1, "<b@x>", INTAKE_MAX_BYTES)));
  g_assert_cmpuint(intake_count(intake, NULL), ==, INTAKE_MAX_ITEMS + 1);
  g_assert_cmpuint(intake_count(intake, &other), ==, 1);
  intake_close(intake);
  g_assert_null(g_thread_join(waiting));
  intake_free(intake);
}

static void test_a_full_intake_makes_its_fetcher_wait(void) {
  gint wakes = 0;
  Intake *intake = intake_new(count_wake, &wakes);
  IntakeItem *big = intake_add(intake, NULL, fetched(1, "<a@x>", INTAKE_MAX_BYTES));
  g_assert_nonnull(big); /* one message is always let in, however big */
  GThread *waiting = g_thread_new("add", add_one, intake);
  intake_read(intake, big, extraction_new());
  g_autoptr(GPtrArray) taken = intake_take(intake, 10);
  g_assert_cmpuint(intake_count(intake, NULL), ==, 1);
  intake_release(intake, taken);
  g_assert_nonnull(g_thread_join(waiting)); /* it came in once there was room */
  g_assert_cmpuint(intake_count(intake, NULL), ==, 1);
  intake_free(intake);
}

static void test_close_lets_nobody_wait(void) {
  gint wakes = 0;
  Intake *intake = intake_new(count_wake, &wakes);
  intake_add(intake, NULL, fetched(1, "<a@x>", INTAKE_MAX_BYTES));
  GThread *waiting = g_thread_new("add", add_one, intake);
  intake_close(intake);
  g_assert_null(g_thread_join(waiting));
  intake_free(intake);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/intake/order-key", test_order_key);
  g_test_add_func("/intake/order-is-kept-by-sender", test_order_is_kept_by_sender);
  g_test_add_func("/intake/full-mailbox", test_a_full_mailbox_holds_no_other_up);
  g_test_add_func("/intake/returned-item", test_returned_item_is_unread_in_its_place);
  g_test_add_func("/intake/full", test_a_full_intake_makes_its_fetcher_wait);
  g_test_add_func("/intake/close", test_close_lets_nobody_wait);
  return g_test_run();
}
