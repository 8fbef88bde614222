/* scan_main - bulletin-scan: the same reading as bulletin-parser's, and pictures by Tesseract. */
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "parsers/scan/scan_read.h"
#include "parsers/worker.h"

enum { NICENESS = 10 }; /* typed bulletins come first; where this is not allowed, as everyone */

int main(int argc, char **argv) {
  (void)argc;
  setpriority(PRIO_PROCESS, 0, NICENESS);
  /* OpenMP reads its limit when the program is loaded, and the sandbox refuses threads */
  char path[PATH_MAX] = "";
  if (!getenv("OMP_THREAD_LIMIT") && setenv("OMP_THREAD_LIMIT", "1", 1) == 0 &&
      readlink("/proc/self/exe", path, sizeof path - 1) > 0)
    execv(path, argv);
  return worker_run(
      &(WorkerKind){.name = "bulletin-scan", .start = scan_read_start, .pictures = scan_read});
}
