/* sentence - the sender's own sentences, and what each says by the event's rules.
 *
 * Own words alone: nothing quoted, no label's line, no row of a table, no signature. A clause
 * behind "mais" or ";" is a sentence of its own; the lines of a list belong to the words that
 * announce it. */
#pragma once
#include "parsers/reading.h"

typedef struct {
  char *text;     /* as written, in one line; items of a list are parted by "; " */
  guint line;     /* where it begins */
  guint end_line; /* where its paragraph ends */
  gboolean cancels, declines, attends;
  gboolean open;    /* asks, or leaves it open */
  gboolean signs;   /* "Je soussigné …": who is named is the sender */
  gboolean company; /* says that others come along */
  gboolean list;    /* announces a list, which is part of `text` */
} Sentence;

typedef struct {
  GPtrArray *all; /* Sentence* */
  gboolean correction;
} Sentences;

Sentences *sentences_read(const Reading *reading);
void sentences_free(Sentences *sentences);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sentences, sentences_free)
