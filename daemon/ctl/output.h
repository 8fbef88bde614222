/* output - a file that a command writes: whole or not at all, and the caller's own.
 *
 * It is written aside, synced and renamed. A process of its own fills it, which may become the
 * store's owner meanwhile. */
#pragma once
#include <glib.h>

/* Write to `fd`; returns the exit code, told where it is not 0. */
typedef int (*OutputWriter)(int fd, void *context);
/* Make the file at `path`, which must not be there unless `force`. Returns the exit code. */
int output_write(const char *path, gboolean force, OutputWriter write, void *context);
