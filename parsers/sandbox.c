/* sandbox - see sandbox.h. Three walls, each of which would do: rlimits, Landlock, seccomp.
 *
 * Order: no_new_privs first (Landlock and seccomp need it), seccomp last (it refuses the others'
 * calls). An unknown system call ends the process: whoever makes it is not our code any more. Calls
 * that libraries make in passing and can do without answer EPERM. */
#include "parsers/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { FILES_OPEN = 4 /* at once, where a folder is readable */ };

/* ---- rlimits ---- */

static gboolean fail(GError **error, const char *what, int code) {
  g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", what, g_strerror(code));
  return FALSE;
}

static gboolean limit(int resource, rlim_t value, const char *what, GError **error) {
  struct rlimit both = {value, value};
  if (setrlimit((__rlimit_resource_t)resource, &both) == 0) return TRUE;
  return fail(error, what, errno);
}

static gboolean set_limits(const SandboxLimits *limits, gboolean readable, GError **error) {
  rlim_t files = STDERR_FILENO + 1 + (readable ? FILES_OPEN : 0);
  /* Descriptors that are open stay; poll() of one or two still works below the limit. */
  if (!limit(RLIMIT_NOFILE, files, "RLIMIT_NOFILE", error) ||
      !limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE", error) ||
      !limit(RLIMIT_NPROC, 0, "RLIMIT_NPROC", error) ||
      !limit(RLIMIT_CORE, 0, "RLIMIT_CORE", error))
    return FALSE;
  if (limits->cpu_s && !limit(RLIMIT_CPU, limits->cpu_s, "RLIMIT_CPU", error)) return FALSE;
#ifndef BULLETIND_NO_RLIMIT_AS
  if (limits->memory_bytes && !limit(RLIMIT_AS, limits->memory_bytes, "RLIMIT_AS", error))
    return FALSE;
#endif
  return TRUE;
}

/* ---- Landlock ---- */

/* The kernel's structure, as far as ABI 6 goes; older headers lack its end (linux/landlock.h). */
struct ruleset_attr {
  uint64_t handled_access_fs;
  uint64_t handled_access_net;
  uint64_t scoped;
};

enum { LANDLOCK_VERSION_FLAG = 1, LANDLOCK_PATH_BENEATH = 1, READ_FILE = 1 << 2 };

/* What each ABI knows: all of it is handled, so all of it is refused, for no rule allows any. */
static const struct {
  int abi;
  uint64_t fs, net, scoped;
  size_t size;
} landlock_abis[] = {
    {6, (1 << 16) - 1, 3, 3, 24}, {5, (1 << 16) - 1, 3, 0, 16}, {4, (1 << 15) - 1, 3, 0, 16},
    {3, (1 << 15) - 1, 0, 0, 8},  {2, (1 << 14) - 1, 0, 0, 8},  {1, (1 << 13) - 1, 0, 0, 8},
};

/* Files below `folder` may be read. A folder that is not there is no error: nothing of it is. */
static gboolean allow_reading(int ruleset, const char *folder) {
  struct {
    uint64_t access;
    int32_t parent;
  } __attribute__((packed)) rule = {READ_FILE, open(folder, O_PATH | O_CLOEXEC | O_DIRECTORY)};
  if (rule.parent < 0) return FALSE;
  long done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_PATH_BENEATH, &rule, 0);
  close(rule.parent);
  return done == 0;
}

/* *ret_readable: files of some of the folders can be read after it, and no others. */
static gboolean enter_landlock(const char *const *folders, gboolean *ret_readable,
                               const char **ret_note, GError **error) {
  *ret_readable = FALSE;
  long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
  if (abi < 1) {
    if (errno != ENOSYS && errno != EOPNOTSUPP) return fail(error, "Landlock", errno);
    if (ret_note) *ret_note = "this kernel has no Landlock";
    return TRUE;
  }
  gsize row = 0;
  while (landlock_abis[row].abi > abi) row++;
  struct ruleset_attr attr = {landlock_abis[row].fs, landlock_abis[row].net,
                              landlock_abis[row].scoped};
  long ruleset = syscall(SYS_landlock_create_ruleset, &attr, landlock_abis[row].size, 0);
  if (ruleset < 0) return fail(error, "landlock_create_ruleset", errno);
  for (guint i = 0; folders && folders[i]; i++)
    *ret_readable = allow_reading((int)ruleset, folders[i]) || *ret_readable;
  long done = syscall(SYS_landlock_restrict_self, (int)ruleset, 0);
  int code = errno;
  close((int)ruleset);
  return done == 0 ? TRUE : fail(error, "landlock_restrict_self", code);
}

/* ---- seccomp ---- */

static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getrandom),
    SCMP_SYS(lseek),
    SCMP_SYS(getrusage),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu), /* mimalloc, on a machine whose memory has several nodes */
    SCMP_SYS(restart_syscall),
    SCMP_SYS(setitimer),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
};

/* Answered EPERM: libraries try them and go on without (iconv's modules, /proc, locale files). */
static const int refused[] = {
    SCMP_SYS(open),      SCMP_SYS(stat),     SCMP_SYS(lstat),      SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),   SCMP_SYS(statx),    SCMP_SYS(getdents64), SCMP_SYS(getcwd),
    SCMP_SYS(ioctl),     SCMP_SYS(uname),    SCMP_SYS(sysinfo),    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit), SCMP_SYS(socket),   SCMP_SYS(connect),    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),   SCMP_SYS(getgid),   SCMP_SYS(getegid),    SCMP_SYS(clone3),
    SCMP_SYS(clone),     SCMP_SYS(fork),     SCMP_SYS(vfork),      SCMP_SYS(prctl),
};

enum { EXECUTABLE = 4 /* PROT_EXEC */, EMPTY_PATH = 0x1000 /* AT_EMPTY_PATH */ };

/* Calls that their arguments decide. Memory is never executable: whoever compiles late is answered
 * EPERM and interprets. fstat() is newfstatat() with an empty path. abort() signals this process.
 * fcntl() tells of descriptors; from F_SETFL on it could have a pipe send any signal to any process
 * of ours (F_SETOWN, F_SETSIG, O_ASYNC). */
static int add_guarded(scmp_filter_ctx filter) {
#ifdef SANITIZED /* sanitizers map their shadow with every protection */
  const int unguarded[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(tgkill),
                           SCMP_SYS(newfstatat), SCMP_SYS(fcntl)};
  int rc = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(unguarded) && rc == 0; i++)
    rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, unguarded[i], 0);
  return rc;
#else
  const uint32_t no = SCMP_ACT_ERRNO(EPERM), yes = SCMP_ACT_ALLOW;
  const struct {
    uint32_t action;
    int call;
    struct scmp_arg_cmp when;
  } rules[] = {
      {yes, SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, EXECUTABLE, 0)},
      {no, SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, EXECUTABLE, EXECUTABLE)},
      {yes, SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, EXECUTABLE, 0)},
      {no, SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, EXECUTABLE, EXECUTABLE)},
      {yes, SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_MASKED_EQ, EMPTY_PATH, EMPTY_PATH)},
      {no, SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_MASKED_EQ, EMPTY_PATH, 0)},
      {yes, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_LT, F_SETFL)},
      {no, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_GE, F_SETFL)},
      {yes, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())},
  };
  int rc = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rules) && rc == 0; i++)
    rc = seccomp_rule_add(filter, rules[i].action, rules[i].call, 1, rules[i].when);
  return rc;
#endif
}

/* Opening a file is answered EPERM; where Landlock holds the process to its folders, reading one
 * is left to it. Older kernels' Landlock knows of no emptying, and none of names alone. */
static int add_opening(scmp_filter_ctx filter, gboolean readable) {
  const uint32_t no = SCMP_ACT_ERRNO(EPERM);
  if (!readable) return seccomp_rule_add(filter, no, SCMP_SYS(openat), 0);
  const int writes = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_PATH;
  int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, (scmp_datum_t)writes, 0));
  for (int bit = 1; bit <= writes && rc == 0; bit <<= 1)
    if (writes & bit)
      rc = seccomp_rule_add(filter, no, SCMP_SYS(openat), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, (scmp_datum_t)bit, (scmp_datum_t)bit));
  return rc;
}

static int add_rules(scmp_filter_ctx filter) {
  int rc = add_guarded(filter);
  for (gsize i = 0; i < G_N_ELEMENTS(allowed) && rc == 0; i++)
    rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
  for (gsize i = 0; i < G_N_ELEMENTS(refused) && rc == 0; i++)
    rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
  return rc;
}

static gboolean enter_seccomp(gboolean readable, GError **error) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) return fail(error, "seccomp", ENOMEM);
  int rc =
      seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree: many rules, each call */
  if (rc == 0) rc = add_opening(filter, readable);
  if (rc == 0) rc = add_rules(filter);
  if (rc == 0) rc = seccomp_load(filter);
  seccomp_release(filter);
  return rc == 0 ? TRUE : fail(error, "seccomp", -rc);
}

gboolean sandbox_enter(const SandboxLimits *limits, const char **ret_note, GError **error) {
  if (ret_note) *ret_note = NULL;
  signal(SIGXFSZ,
         SIG_IGN); /* standard error may be a file: then the last words are lost, no more */
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(error, "no_new_privs", errno);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail(error, "PR_SET_DUMPABLE", errno);
  gboolean readable = FALSE;
  return enter_landlock(limits->readable, &readable, ret_note, error) &&
         set_limits(limits, readable, error) && enter_seccomp(readable, error);
}
