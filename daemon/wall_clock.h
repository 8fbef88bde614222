/* wall_clock - was the clock set back? What waits for a time of day would wait hours too long.
 *
 * The wall clock is compared with the monotonic one, which nobody sets. Pure. */
#pragma once
#include <glib.h>

enum { WALL_CLOCK_JUMP_S = 60 }; /* less is an adjustment, or a suspended machine's start */

typedef struct {
  gint64 ahead_s; /* of the wall clock before the monotonic one */
  gboolean known;
} WallClock;

/* By how many seconds the wall clock went back since the last call; 0: it did not. */
gint64 wall_clock_set_back(WallClock *clock, gint64 wall_s, gint64 monotonic_s);
