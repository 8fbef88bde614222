/* wall_clock - see wall_clock.h. */
#include "daemon/wall_clock.h"

gint64 wall_clock_set_back(WallClock *clock, gint64 wall_s, gint64 monotonic_s) {
  gint64 ahead_s = wall_s - monotonic_s, back_s = clock->known ? clock->ahead_s - ahead_s : 0;
  clock->ahead_s = ahead_s;
  clock->known = TRUE;
  return back_s >= WALL_CLOCK_JUMP_S ? back_s : 0;
}
