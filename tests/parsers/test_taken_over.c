/* bulletin-parser and bulletin-scan, as they run: what could whoever has taken one over do?
 *
 * Each is started, told its rules and locked in. A debugger's hand then has it make one system call
 * after the other. Each must be answered with a refusal, or end the process (SIGSYS). Skipped,
 * aloud, where processes may not be traced. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/wire.h"
#include "tests/parsers/event_fixture.h"

#if defined(__x86_64__) && !defined(BULLETIND_NO_RLIMIT_AS)

/* What the calls' pointers point to; it lies in the process, below its stack. */
typedef struct {
  char path[16], fresh[40], empty[8], readable[48];
  struct sockaddr_in to;
  struct open_how how;
  struct iovec vector;
  guint64 limit[2];
  char *argv[2];
} Scratch;

enum { STACK_GAP = 1024 }; /* below what the process itself may still write */

/* An argument: a number, or one of these. */
enum {
  AT_SCRATCH = 0x10000, /* + offset in Scratch */
  AT_END = AT_SCRATCH + sizeof(Scratch),
  PARENT, /* our process id */
  ITSELF  /* its own */
};
#define AT(member) (AT_SCRATCH + (long)offsetof(Scratch, member))

typedef struct {
  const char *name;
  long number, arguments[6];
  int want; /* 0: EPERM, EACCES or the end; else this error alone, or DONE */
} Call;

enum { DONE = -1 };
enum { NARROW = 0x20000000 /* + number: by the door of 32-bit programs */ };

static const Call calls[] = {
    {"the hand works", SYS_getpid, {0}, DONE},
    /* files */
    {"open", SYS_open, {AT(path), O_RDONLY}, 0},
    {"openat", SYS_openat, {AT_FDCWD, AT(path), O_RDONLY}, 0},
    {"openat2", SYS_openat2, {AT_FDCWD, AT(path), AT(how), sizeof(struct open_how)}, 0},
    {"openat of a name alone", SYS_openat, {AT_FDCWD, AT(path), O_PATH}, 0},
    {"creat", SYS_creat, {AT(fresh), 0600}, 0},
    {"openat to write", SYS_openat, {AT_FDCWD, AT(readable), O_WRONLY}, 0},
    {"openat to write and read", SYS_openat, {AT_FDCWD, AT(readable), O_RDWR}, 0},
    {"openat to create", SYS_openat, {AT_FDCWD, AT(fresh), O_CREAT, 0600}, 0},
    {"openat to empty", SYS_openat, {AT_FDCWD, AT(readable), O_RDONLY | O_TRUNC}, 0},
    {"openat without a name", SYS_openat, {AT_FDCWD, AT(path), O_TMPFILE | O_WRONLY, 0600}, 0},
    {"truncate", SYS_truncate, {AT(readable), 0}, 0},
    {"unlink", SYS_unlink, {AT(fresh)}, 0},
    {"unlinkat", SYS_unlinkat, {AT_FDCWD, AT(fresh)}, 0},
    {"rename", SYS_rename, {AT(path), AT(fresh)}, 0},
    {"link", SYS_link, {AT(path), AT(fresh)}, 0},
    {"symlink", SYS_symlink, {AT(path), AT(fresh)}, 0},
    {"mkdir", SYS_mkdir, {AT(fresh), 0700}, 0},
    {"chmod", SYS_chmod, {AT(readable), 0777}, 0},
    {"mknod", SYS_mknod, {AT(fresh), S_IFIFO | 0600}, 0},
    {"chdir", SYS_chdir, {AT(path)}, 0},
    {"readlink", SYS_readlink, {AT(path), AT(fresh), 10}, 0},
    {"stat", SYS_stat, {AT(path), AT(fresh)}, 0},
    {"write to the file that is standard error", SYS_write, {2, AT(path), 8}, EFBIG},
    {"memfd_create", SYS_memfd_create, {AT(path)}, 0},
    {"io_uring_setup", SYS_io_uring_setup, {1, AT(limit)}, 0},
    {"mount", SYS_mount, {AT(path), AT(path), AT(path)}, 0},
    {"chroot", SYS_chroot, {AT(path)}, 0},
    /* the network */
    {"socket", SYS_socket, {AF_INET, SOCK_STREAM}, 0},
    {"socket of this machine", SYS_socket, {AF_UNIX, SOCK_STREAM}, 0},
    {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, AT(limit)}, 0},
    {"connect", SYS_connect, {0, AT(to), sizeof(struct sockaddr_in)}, 0},
    {"bind", SYS_bind, {0, AT(to), sizeof(struct sockaddr_in)}, 0},
    {"sendto", SYS_sendto, {1, AT(path), 1, 0, AT(to), sizeof(struct sockaddr_in)}, 0},
    {"sendmsg", SYS_sendmsg, {1, AT(limit)}, 0},
    {"listen", SYS_listen, {0, 1}, 0},
    /* programs and processes */
    {"execve", SYS_execve, {AT(path), AT(argv), 0}, 0},
    {"execveat", SYS_execveat, {AT_FDCWD, AT(path), AT(argv), 0, 0}, 0},
    {"fork", SYS_fork, {0}, 0},
    {"vfork", SYS_vfork, {0}, 0},
    {"clone", SYS_clone, {SIGCHLD}, 0},
    {"a thread", SYS_clone, {CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, AT(path)}, 0},
    {"clone3", SYS_clone3, {AT(limit), 64}, 0},
    {"ptrace", SYS_ptrace, {PTRACE_TRACEME}, 0},
    {"ptrace of another", SYS_ptrace, {PTRACE_SEIZE, PARENT}, 0},
    {"process_vm_readv", SYS_process_vm_readv, {PARENT, AT(vector), 1, AT(vector), 1}, 0},
    {"process_vm_writev", SYS_process_vm_writev, {PARENT, AT(vector), 1, AT(vector), 1}, 0},
    {"kill", SYS_kill, {PARENT, 0}, 0},
    {"kill itself", SYS_kill, {ITSELF, 0}, 0},
    {"kill all", SYS_kill, {-1, 0}, 0},
    {"tkill", SYS_tkill, {PARENT, 0}, 0},
    {"tgkill", SYS_tgkill, {PARENT, PARENT, 0}, 0},
    {"rt_sigqueueinfo", SYS_rt_sigqueueinfo, {PARENT, 0, AT(limit)}, 0},
    {"pidfd_open", SYS_pidfd_open, {PARENT}, 0},
    {"pidfd_send_signal", SYS_pidfd_send_signal, {0, 0, 0}, 0},
    {"have a pipe signal another", SYS_fcntl, {0, F_SETOWN, PARENT}, 0},
    {"choose that signal", SYS_fcntl, {0, F_SETSIG, SIGKILL}, 0},
    {"have it sent", SYS_fcntl, {0, F_SETFL, O_ASYNC}, 0},
    {"have a folder's changes told", SYS_fcntl, {0, F_NOTIFY, 1}, 0},
    {"have a pipe grow", SYS_fcntl, {1, F_SETPIPE_SZ, 1 << 20}, 0},
    {"setpriority of another", SYS_setpriority, {0, PARENT, 19}, 0},
    /* its own walls */
    {"setuid", SYS_setuid, {0}, 0},
    {"capset", SYS_capset, {AT(limit), AT(limit)}, 0},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}, 0},
    {"setns", SYS_setns, {0, 0}, 0},
    {"setrlimit", SYS_setrlimit, {6, AT(limit)}, 0},
    {"prlimit", SYS_prlimit64, {0, 6, AT(limit), 0}, 0},
    {"prlimit of another", SYS_prlimit64, {PARENT, 6, AT(limit), 0}, 0},
    {"prctl", SYS_prctl, {4 /* PR_SET_DUMPABLE */, 1}, 0},
    {"seccomp", SYS_seccomp, {0, 0, 0}, 0},
    {"personality", SYS_personality, {0x0400000 /* READ_IMPLIES_EXEC */}, 0},
    {"memory that runs",
     SYS_mmap,
     {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0},
     0},
    {"memory made to run", SYS_mprotect, {AT_SCRATCH, 4096, PROT_READ | PROT_EXEC}, 0},
    {"pkey_mprotect", SYS_pkey_mprotect, {AT_SCRATCH, 4096, PROT_READ | PROT_EXEC, -1}, 0},
    {"shmat", SYS_shmat, {0, 0, 0}, 0},
    {"more memory than it may",
     SYS_mmap,
     {0, 1L << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0},
     ENOMEM},
    /* the kernel */
    {"bpf", SYS_bpf, {0, AT(limit), 8}, 0},
    {"perf_event_open", SYS_perf_event_open, {AT(limit), 0, -1, -1}, 0},
    {"userfaultfd", SYS_userfaultfd, {0}, 0},
    {"keyctl", SYS_keyctl, {0}, 0},
    {"add_key", SYS_add_key, {AT(path), AT(path), 0, 0, -1}, 0},
    {"type into a terminal", SYS_ioctl, {0, TIOCSTI, AT(path)}, 0},
    {"inotify_init1", SYS_inotify_init1, {0}, 0},
    {"init_module", SYS_init_module, {AT(path), 8, AT(empty)}, 0},
    {"a call of the x32 table", 0x40000000 + SYS_getpid, {0}, 0},
    {"a call of the 32-bit table", NARROW + 20 /* getpid */, {0}, 0},
};

typedef struct {
  pid_t pid;
  int in, out;
} Helper;

/* --- the process -------------------------------------------------------------------------------
 */

static void run_program(const char *program, const int *in, const int *out, int errors) {
  dup2(in[0], STDIN_FILENO);
  dup2(out[1], STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  execl(program, program, NULL);
  _exit(127);
}

static void tell_rules(const Helper *helper) {
  g_autoptr(GError) error = NULL;
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  Wire__Event *events[] = {(Wire__Event *)fixture_event()};
  Wire__Setup setup = WIRE__SETUP__INIT;
  setup.n_events = 1;
  setup.events = events;
  setup.limits = &limits;
  g_autoptr(GBytes) frame = wire_pack(&setup.base);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(frame, &size);
  g_assert_true(wire_write(helper->in, data, size, 0, &error));
  g_autoptr(GBytes) reply = wire_read(helper->out, WIRE_FRAME_MAX_BYTES, 0, &error);
  g_assert_no_error(error); /* it is locked in when it answers */
}

static gboolean seize(pid_t pid) {
  int status = 0;
  if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_EXITKILL) != 0) return FALSE;
  g_assert_cmpint(ptrace(PTRACE_INTERRUPT, pid, 0, 0), ==, 0);
  g_assert_cmpint(waitpid(pid, &status, __WALL), ==, pid);
  g_assert_true(WIFSTOPPED(status));
  return TRUE;
}

static void helper_end(Helper *helper) {
  if (!helper->pid) return;
  kill(helper->pid, SIGKILL);
  waitpid(helper->pid, NULL, __WALL);
  close(helper->in);
  close(helper->out);
  helper->pid = 0;
}

/* FALSE: it cannot be traced here. */
static gboolean helper_start(Helper *helper, const char *program) {
  int in[2], out[2];
  g_autofree char *name = NULL;
  int errors = g_file_open_tmp("taken-over-XXXXXX", &name, NULL);
  g_assert_cmpint(errors, >=, 0);
  unlink(name);
  g_assert_cmpint(pipe2(in, O_CLOEXEC), ==, 0);
  g_assert_cmpint(pipe2(out, O_CLOEXEC), ==, 0);
  *helper = (Helper){fork(), in[1], out[0]};
  if (helper->pid == 0) run_program(program, in, out, errors);
  close(in[0]);
  close(out[1]);
  close(errors);
  tell_rules(helper);
  if (seize(helper->pid)) return TRUE;
  helper_end(helper);
  return FALSE;
}

/* --- the hand ----------------------------------------------------------------------------------
 */

static void fill_scratch(Scratch *scratch, guint64 at) {
  *scratch = (Scratch){.path = "/etc/passwd",
                       .fresh = "/tmp/bulletind-taken-over",
                       .readable = "/usr/share/poppler/cMap/Adobe-Japan1/H"};
  scratch->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(25)};
  scratch->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  scratch->vector =
      (struct iovec){(void *)(gsize)(at + offsetof(Scratch, path)), sizeof scratch->path};
  scratch->limit[0] = scratch->limit[1] = 1 << 20;
  scratch->argv[0] = (char *)(gsize)(at + offsetof(Scratch, path));
}

static guint64 value_of(const Helper *helper, long argument, guint64 scratch) {
  if (argument == PARENT) return (guint64)getpid();
  if (argument == ITSELF) return (guint64)helper->pid;
  if (argument >= AT_SCRATCH && argument < AT_END)
    return scratch + (guint64)(argument - AT_SCRATCH);
  return (guint64)argument;
}

static void set_arguments(const Helper *helper, const Call *call, guint64 scratch,
                          struct user_regs_struct *registers) {
  registers->rax = (guint64)(call->number & ~NARROW);
  registers->orig_rax = ~(guint64)0; /* the call that it waits in is not begun again */
  registers->rdi = value_of(helper, call->arguments[0], scratch);
  registers->rsi = value_of(helper, call->arguments[1], scratch);
  registers->rdx = value_of(helper, call->arguments[2], scratch);
  registers->r10 = value_of(helper, call->arguments[3], scratch);
  registers->r8 = value_of(helper, call->arguments[4], scratch);
  registers->r9 = value_of(helper, call->arguments[5], scratch);
}

/* Have it make the call. The wait status; *ret_result where it lives on. */
static int make_call(const Helper *helper, const Call *call, long *ret_result) {
  struct user_regs_struct before, registers;
  int status = 0;
  g_assert_cmpint(ptrace(PTRACE_GETREGS, helper->pid, 0, &before), ==, 0);
  guint64 at = (before.rsp - STACK_GAP) & ~(guint64)15;
  Scratch scratch;
  fill_scratch(&scratch, at);
  struct iovec local = {&scratch, sizeof scratch}, remote = {(void *)(gsize)at, sizeof scratch};
  g_assert_cmpint(process_vm_writev(helper->pid, &local, 1, &remote, 1, 0), ==, sizeof scratch);
  registers = before;
  set_arguments(helper, call, at, &registers);
  long kept = ptrace(PTRACE_PEEKTEXT, helper->pid, before.rip, 0);
  const long instruction = call->number & NARROW ? 0x80cd /* int $0x80 */ : 0x050f /* syscall */;
  ptrace(PTRACE_POKETEXT, helper->pid, before.rip, (kept & ~0xffffL) | instruction);
  g_assert_cmpint(ptrace(PTRACE_SETREGS, helper->pid, 0, &registers), ==, 0);
  do { /* a signal that it ignores, from the call before, stops it first */
    g_assert_cmpint(ptrace(PTRACE_SINGLESTEP, helper->pid, 0, 0), ==, 0);
    g_assert_cmpint(waitpid(helper->pid, &status, __WALL), ==, helper->pid);
  } while (WIFSTOPPED(status) && WSTOPSIG(status) == SIGXFSZ);
  if (!WIFSTOPPED(status)) return status;
  g_assert_cmpint(ptrace(PTRACE_GETREGS, helper->pid, 0, &registers), ==, 0);
  *ret_result = (long)registers.rax;
  ptrace(PTRACE_POKETEXT, helper->pid, before.rip, kept);
  ptrace(PTRACE_SETREGS, helper->pid, 0, &before);
  return status;
}

static gboolean is_refused(const Call *call, int status, long result) {
  if (WIFSIGNALED(status)) return call->want == 0 && WTERMSIG(status) == SIGSYS;
  if (!WIFSTOPPED(status) || (WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSYS))
    return FALSE;
  if (WSTOPSIG(status) == SIGSYS) return call->want == 0; /* about to end */
  if (call->want == DONE) return result >= 0;
  return call->want ? result == -call->want : result == -EPERM || result == -EACCES;
}

static void test_taken_over(gconstpointer program) {
  Helper helper = {0};
  for (gsize i = 0; i < G_N_ELEMENTS(calls); i++) {
    if (!helper.pid && !helper_start(&helper, program)) {
      g_test_skip("processes cannot be traced here");
      return;
    }
    long result = 0;
    int status = make_call(&helper, &calls[i], &result);
    if (!is_refused(&calls[i], status, result)) {
      g_test_message("%s: status %x, result %ld", calls[i].name, (guint)status, result);
      g_test_fail();
    }
    if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP) continue;
    helper_end(&helper);
  }
  helper_end(&helper);
  g_assert_cmpint(access("/tmp/bulletind-taken-over", F_OK), !=, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/taken-over/bulletin-parser",
                       BUILD_DIR "/libexec/bulletind/bulletin-parser", test_taken_over);
  g_test_add_data_func("/taken-over/bulletin-scan", BUILD_DIR "/libexec/bulletind/bulletin-scan",
                       test_taken_over);
  return g_test_run();
}

#else

static void test_taken_over(void) {
  g_test_skip("for x86-64 without a sanitizer, whose programs are locked in less");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/taken-over", test_taken_over);
  return g_test_run();
}
#endif
