/* crash_point - named steps of a message's way at which a test can have the process killed.
 *
 * Nothing of it is compiled in unless the build asks for it (CMake: BULLETIND_CRASH_POINTS). Then
 * BULLETIND_CRASH="NAME:N" in the environment ends the process with SIGKILL when it passes NAME for
 * the N-th time, and BULLETIND_CRASH_LOG=FILE appends each name that is passed to the file. */
#pragma once

#ifdef BULLETIND_CRASH_POINTS
void crash_point(const char *name);
#else
#define crash_point(name) ((void)0)
#endif
