/* compound - the streams of a compound file (MS-CFB): what .doc, .xls and .msg are kept in.
 *
 * Every chain is bounded by the size of the file; a damaged file gives what can be read. */
#pragma once
#include <glib.h>

typedef struct Compound Compound;

/* NULL: it is none. `content` must live as long. */
Compound *compound_open(GBytes *content);
void compound_free(Compound *compound);

/* The stream `name` (ASCII), of at most `most` bytes; NULL: there is none. The caller unrefs. */
GBytes *compound_stream(const Compound *compound, const char *name, gsize most);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Compound, compound_free)
