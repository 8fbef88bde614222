/* worker - a process that reads mail for the daemon: Setup once, then Request and Reply in turn,
 * until end of file.
 *
 * Started by bulletind and by bulletinctl with pipes as fd 0 and 1. Exit codes follow sysexits.h;
 * what it prints is one line on standard error when it fails. */
#pragma once
#include <glib.h>

typedef struct {
  const char *name;                  /* of the program, for its last words */
  gboolean (*start)(GError **error); /* loads what it needs, before the sandbox; NULL: nothing */
  gboolean pictures;                 /* it reads pictures: the limits for scans hold */
} WorkerKind;

/* The exit code; most ends are its own. */
int worker_run(const WorkerKind *kind);
