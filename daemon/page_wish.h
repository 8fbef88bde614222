/* page_wish - what a worker is asked for: the picture of a page with the places of values marked.
 */
#pragma once
#include <glib.h>

#include "parsers/wire.h"

/* Page `page` (from 1) of part `part` (FieldValue.part), its longer side as that of A4 at 150 dots
 * an inch. The caller frees. */
Wire__PageWish *page_wish_new(guint part, guint page);
void page_wish_free(Wire__PageWish *wish);
/* Mark the place of `value`, where that is known. FALSE: it stood on another page. */
gboolean page_wish_mark(Wire__PageWish *wish, const FieldValue *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Wire__PageWish, page_wish_free)
