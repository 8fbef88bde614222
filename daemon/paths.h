/* paths - where the companions of this program lie: beside the build or installed (same layout). */
#pragma once
#include <glib.h>

/* "bin/../libexec/bulletind/NAME", "bin/../share/bulletind/NAME", found from /proc/self/exe. The
 * caller frees. $BULLETIND_LIBEXEC and $BULLETIND_SHARE (tests) override. */
char *paths_libexec(const char *name);
char *paths_share(const char *name);
