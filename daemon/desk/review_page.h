/* review_page - the page on which a person reviews: served by the daemon, off by default.
 *
 * Threads of the listener read the store, each request in a transaction of its own that ends before
 * the response is sent; what changes something is done by desk, in the main loop. */
#pragma once
#include "daemon/config.h"
#include "daemon/replies.h"
#include "store/store.h"

typedef struct Review Review;

/* Parse the templates. What lives as long as the program is in it: the sessions. Borrows `store`.
 * NULL with an error. */
Review *review_new(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Serve the page as config->review says; nothing where it says nothing. Borrows both until
 * review_stop, and the default main context, in whose thread it is called. FALSE with an error: the
 * place cannot be listened on. */
gboolean review_start(Review *review, const Config *config, const Replies *replies,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Stop serving; waits for what is in hand. Sessions stay. */
void review_stop(Review *review);
void review_free(Review *review);
