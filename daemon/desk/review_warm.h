/* review_warm - a thread that has ready what the next page needs: the cache read and sorted, and,
 * as long as somebody uses the page, brought up to date each second and a worker started.
 *
 * Nobody waits for it: a page that comes first does that work itself. */
#pragma once
#include "daemon/desk/desk_reader.h"
#include "daemon/desk/desk_view.h"

enum {
  WARM_TICK_MS = 250,
  WARM_KEEP_S = 600 /* so long after the last request of somebody who is logged in */
};

typedef struct Warm Warm;

/* Start: everything is read at once. All are borrowed, `sorts` (NULL-terminated) is copied. */
Warm *warm_new(Store *store, DeskCache *cache, DeskReader *reader, const char *const *sorts);
/* Somebody uses the page, or is about to. Any thread; never blocks. */
void warm_touch(Warm *warm);
/* Stop, wait for the thread, free. NULL is fine. The reader must have been stopped, so that it is
 * not waited for. */
void warm_free(Warm *warm);
