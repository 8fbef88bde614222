/* send_plan: how long to wait, when to give up. */
#include "daemon/mail/send_plan.h"

enum { DAY = 24 * 3600, LIFETIME = 5 * DAY };

static const struct {
  guint attempt;
  int code;
  gint64 age_s;
  guint32 wait_s; /* 0: given up */
} rows[] = {
    /* code 0: the link was lost; 60 doubling to 4000 */
    {1, 0, 0, 60},
    {2, 0, 60, 120},
    {3, 0, 180, 240},
    {7, 0, 9000, 3840},
    {8, 0, 9000, 4000},
    {9, 0, 9000, 4000},
    {0, 0, 0, 60},
    {G_MAXUINT, 0, 0, 4000},
    {1, 0, LIFETIME - 1, 60},
    {1, 0, LIFETIME, 0},
    /* 4yz: 300 doubling to 4000 */
    {1, 451, 0, 300},
    {2, 451, 300, 600},
    {4, 421, 3000, 2400},
    {5, 450, 3000, 4000},
    {100, 450, LIFETIME - 1, 4000},
    {100, 450, LIFETIME, 0},
    {100, 450, LIFETIME + 1, 0},
    /* 5yz: for good, at once */
    {1, 500, 0, 0},
    {1, 550, 0, 0},
    {1, 554, 0, 0},
    {1, 450, -100, 300}, /* the clock was put back */
};

static void test_wait_and_end(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    guint32 wait_s = 7;
    gboolean again =
        send_plan_next(rows[i].attempt, rows[i].code, rows[i].age_s, LIFETIME, &wait_s, &error);
    g_test_message("row %zu: attempt %u code %d: %u %s", i, rows[i].attempt, rows[i].code, wait_s,
                   error ? error->message : "");
    g_assert_cmpint(again, ==, rows[i].wait_s != 0);
    g_assert_cmpuint(wait_s, ==, again ? rows[i].wait_s : 7); /* written on success alone */
    if (!again) g_assert_error(error, MAIL_ERROR, MAIL_ERROR_PERMANENT);
  }
}

static void test_says_why(void) {
  g_autoptr(GError) refused = NULL;
  g_autoptr(GError) old = NULL;
  guint32 wait_s;
  g_assert_false(send_plan_next(1, 550, 0, LIFETIME, &wait_s, &refused));
  g_assert_cmpstr(refused->message, ==, "refused for good with 550");
  g_assert_false(send_plan_next(109, 450, LIFETIME, LIFETIME, &wait_s, &old));
  g_assert_cmpstr(old->message, ==, "not delivered within 5 days (109 attempts)");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/send_plan/rows", test_wait_and_end);
  g_test_add_func("/send_plan/why", test_says_why);
  return g_test_run();
}
