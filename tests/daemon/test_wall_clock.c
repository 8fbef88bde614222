/* test_wall_clock - only a clock that went back is told, by how much. */
#include "daemon/wall_clock.h"

static void test_jumps(void) {
  static const struct {
    gint64 wall, monotonic, back;
  } steps[] = {
      {1000000, 50, 0},                             /* the first look tells nothing */
      {1000010, 60, 0},     {1000005, 70, 0},       /* 15 s slow: an adjustment */
      {1010000, 80, 0},                             /* forward */
      {1010100, 180, 0},    {999280, 190, 10830},   /* three hours back, and ten seconds passed */
      {999290, 200, 0},     {999290 - 60, 200, 60}, /* at the bound */
      {999290, 10200, 9940}                         /* it stood still for hours: the same */
  };
  WallClock clock = {0};
  for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
    g_assert_cmpint(wall_clock_set_back(&clock, steps[i].wall, steps[i].monotonic), ==,
                    steps[i].back);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/wall_clock/jumps", test_jumps);
  return g_test_run();
}
