/* progress - see progress.h. */
#include "daemon/ctl/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 30, EACH_US = 100000, GUESS_AFTER_US = 2 * G_USEC_PER_SEC };

void progress_begin(Progress *progress, guint total) {
  const char *terminal = g_getenv("TERM");
  gint64 now = g_get_monotonic_time();
  *progress = (Progress){.total = total, .started_us = now, .drawn_us = now};
  progress->active = total > 1 && isatty(STDERR_FILENO) && g_strcmp0(terminal, "dumb") != 0;
}

/* "[######----] 40/100  1:20 left": told once it can be guessed. */
static void draw(const Progress *progress, gint64 now) {
  guint filled = (guint)((guint64)progress->done * WIDTH / progress->total);
  char bar[WIDTH + 1] = "";
  memset(bar, '#', filled);
  memset(bar + filled, '-', WIDTH - filled);
  fprintf(stderr, "\r[%s] %u/%u", bar, progress->done, progress->total);
  gint64 spent = now - progress->started_us;
  if (spent >= GUESS_AFTER_US && progress->done > 0) {
    gint64 left = spent * (progress->total - progress->done) / progress->done / G_USEC_PER_SEC;
    fprintf(stderr, "  %d:%02d left", (int)(left / 60), (int)(left % 60));
  }
  fputs("\033[K", stderr);
  fflush(stderr);
}

void progress_step(Progress *progress) {
  progress->done++;
  if (!progress->active) return;
  gint64 now = g_get_monotonic_time();
  if (progress->done < progress->total && now - progress->drawn_us < EACH_US) return;
  progress->drawn_us = now;
  progress->shown = TRUE;
  draw(progress, now);
}

void progress_hide(Progress *progress) {
  if (!progress->shown) return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
  progress->shown = FALSE;
}
