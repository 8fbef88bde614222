/* worker - a process that reads mail for the daemon: Setup once, then Request and Reply in turn,
 * until end of file.
 *
 * Started by bulletind and by bulletinctl with pipes as fd 0 and 1. Exit codes follow sysexits.h;
 * what it prints is one line on standard error when it fails. */
#pragma once
#include "parsers/text.h"

typedef struct {
  const char *name;                  /* of the program, for its last words */
  gboolean (*start)(GError **error); /* loads what it needs, before the sandbox; NULL: nothing */
  PictureReader pictures;            /* how it reads pictures, by the limits for scans; NULL: not */
} WorkerKind;

/* The exit code; most ends are its own. */
int worker_run(const WorkerKind *kind);
