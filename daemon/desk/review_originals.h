/* review_originals - the mails that were shown last, as desk_reader made them: one reading serves
 * the page, its frame and its downloads. Thread-safe, bounded. */
#pragma once
#include "daemon/desk/desk_reader.h"

enum { ORIGINALS_MAX = 32, ORIGINALS_MAX_BYTES = 16 << 20 };

typedef struct Originals Originals;
Originals *originals_new(DeskReader *reader);
void originals_free(Originals *originals);
/* The mail `id` with its raw bytes. Borrowed until originals_release. NULL with desk_reader's
 * error. */
const DeskOriginal *originals_take(Originals *originals, guint64 id, GBytes *raw, GError **error);
void originals_release(Originals *originals, const DeskOriginal *original);
