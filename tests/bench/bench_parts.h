/* bench_parts - what the pieces of the program bench_parts share. */
#pragma once
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

enum { PARTS_MAILS = 1000 }; /* so many are enough for the patterns */

G_NORETURN void parts_die(const char *what);

typedef void (*PartsWork)(void *context);
/* Does the work some times over and prints the least of its times. */
void parts_time(PartsWork work, void *context, gsize count, gsize bytes);

/* The records of the store in folder `store`, written bare, in sets, into new bases below `folder`.
 */
void parts_lmdb(const char *store, const char *folder);

/* The mails in a folder, GBytes*, and their bytes together. */
GPtrArray *parts_mails(const char *folder, gsize *ret_bytes);

/* What pcre2_match takes for the calls that reading the mails in `folder` makes, and nothing else.
 */
void parts_replay(const char *folder);
