/* sandbox - locks a helper process in: rlimits, Landlock, seccomp (allow list).
 *
 * To be called after everything that opens files, maps libraries or compiles with the JIT. After it
 * the process can read and write the descriptors that it has, allocate up to its limit, and exit.
 */
#pragma once
#include <glib.h>

typedef struct {
  guint64 memory_bytes;        /* RLIMIT_AS; 0: none (sanitizer builds drop it) */
  guint cpu_s;                 /* RLIMIT_CPU of the whole process; 0: none */
  const char *const *readable; /* the only folders whose files may still be read, where Landlock
                                  can hold the process to them; NULL-terminated, NULL: none */
} SandboxLimits;

/* FALSE with an error if any step that the kernel offers fails: the caller must exit then. A kernel
 * without Landlock is told by *ret_note (static string, NULL: complete). */
gboolean sandbox_enter(const SandboxLimits *limits, const char **ret_note,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
