/* review_loop - a call from a thread of the page into the daemon's main loop, which alone writes.
 */
#pragma once
#include <glib.h>

enum { REVIEW_LOOP_WAIT_S = 10 };

typedef struct ReviewLoop ReviewLoop;

/* Calls go to `context` (NULL: the default one), which the caller iterates. */
ReviewLoop *review_loop_new(GMainContext *context, guint wait_s);
/* From now on every call that has not begun is given up, and no other begins. In the loop's thread.
 */
void review_loop_stop(ReviewLoop *loop);
void review_loop_free(ReviewLoop *loop);

/* Run `work(data)` in the loop's thread and wait for its end. FALSE: the loop did not come to it in
 * wait_s, or has been stopped; then it is not run at all, now or later. */
gboolean review_loop_call(ReviewLoop *loop, void (*work)(gpointer data), gpointer data);
