/* progress - a bar on the terminal that standard error is, while many mails are read. Elsewhere
 * nothing is written: standard output holds the results alone. */
#pragma once
#include <glib.h>

typedef struct {
  guint total, done;
  gint64 started_us, drawn_us;
  gboolean shown, active;
} Progress;

/* Nothing is drawn where there is less than two to do, or no terminal (TERM=dumb is none). */
void progress_begin(Progress *progress, guint total);
/* One more is done; the bar is drawn anew where it is time. */
void progress_step(Progress *progress);
/* Before a line goes to standard output, which may be the same terminal; and at the end. */
void progress_hide(Progress *progress);
