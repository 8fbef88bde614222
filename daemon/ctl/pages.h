/* pages - pictures of the pages on which values stood, with the values marked, as files. */
#pragma once
#include "daemon/ctl/reading.h"

/* Write DIR/part-P-page-N.png for each page of the mail in `path` that gave `extraction` a value.
 * Returns the exit code; what cannot be shown or written is told. */
int pages_write(const Reading *reading, const char *path, const Extraction *extraction,
                const char *directory);
