/* A child locks itself in and then tries what a taken-over parser would try. */
#include "parsers/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/charset.h"

enum { CHILD_DONE = 0, CHILD_REFUSED = 10, CHILD_NOT_LOCKED = 20 };

/* Each returns CHILD_REFUSED or CHILD_DONE; the filter may also end the child. */
static int try_open(void) {
  return open("/etc/passwd", O_RDONLY) < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_create(void) {
  return open("/tmp/bulletind-sandbox-test", O_CREAT | O_WRONLY, 0600) < 0 ? CHILD_REFUSED
                                                                           : CHILD_DONE;
}
static int try_open_readable(void) {
  return open("/usr/share/poppler/cMap/Adobe-Japan1/H", O_RDONLY) < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_write_readable(void) {
  return open("/usr/share/poppler/x", O_CREAT | O_WRONLY, 0600) < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_socket(void) {
  return socket(AF_INET, SOCK_STREAM, 0) < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_connect(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(25)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(0, (struct sockaddr *)&to, sizeof to) < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_execve(void) {
  char *argv[] = {(char *)"/bin/true", NULL};
  execve("/bin/true", argv, NULL);
  return CHILD_REFUSED;
}
static int try_fork(void) {
  long pid = syscall(SYS_fork);
  if (pid == 0) _exit(0);
  return pid < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_ptrace(void) {
  return syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0) < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_kill(void) {
  return syscall(SYS_kill, getppid(), 0) < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_unlink(void) {
  return unlink("/tmp/bulletind-sandbox-test") < 0 ? CHILD_REFUSED : CHILD_DONE;
}
static int try_mount_namespace(void) {
  return syscall(SYS_unshare, 0x10000000) < 0 ? CHILD_REFUSED : CHILD_DONE;
}

/* What the parser lives on. */
static int use_memory(void) {
  for (gsize size = 1 << 10; size <= 64 << 20; size <<= 2) {
    char *memory = g_malloc0(size);
    memory[size - 1] = 1;
    memory = g_realloc(memory, size * 2);
    g_free(memory);
  }
  return CHILD_DONE;
}
static int use_pipes(void) {
  char c = 0;
  return read(0, &c, 1) == 1 && c == 'r' && write(1, "w", 1) == 1 ? CHILD_DONE : CHILD_REFUSED;
}
static int use_charsets(void) { /* one that nothing has opened before */
  g_autofree char *text = charset_to_utf8((const guint8 *)"\xa4\xb3", 2, "euc-jp", NULL, NULL);
  return strcmp(text, "\343\201\223") == 0 ? CHILD_DONE : CHILD_REFUSED;
}

static const char *const *readable; /* the folders that the next child may read */

/* The child: fd 0 reads "r", fd 1 is a pipe, everything else as it is. */
static void child(int (*act)(void), int in, int out) {
  dup2(in, 0);
  dup2(out, 1);
  close_range(3, ~0U, 0);
  SandboxLimits limits = {.memory_bytes = 512 << 20, .cpu_s = 10, .readable = readable};
  if (!sandbox_enter(&limits, NULL, NULL)) _exit(CHILD_NOT_LOCKED);
  _exit(act());
}

static int run_child(int (*act)(void), char *ret_written) {
  int in[2], out[2], status = 0;
  g_assert_cmpint(pipe(in), ==, 0);
  g_assert_cmpint(pipe(out), ==, 0);
  g_assert_cmpint(write(in[1], "r", 1), ==, 1);
  pid_t pid = fork();
  if (pid == 0) child(act, in[0], out[1]);
  close(in[0]);
  close(in[1]);
  close(out[1]);
  *ret_written = 0;
  if (read(out[0], ret_written, 1) < 0) *ret_written = 0;
  close(out[0]);
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  return status;
}

static const struct {
  const char *name;
  int (*act)(void);
} refused[] = {
    {"open", try_open},     {"create", try_create},
    {"socket", try_socket}, {"connect", try_connect},
    {"execve", try_execve}, {"fork", try_fork},
    {"ptrace", try_ptrace}, {"kill", try_kill},
    {"unlink", try_unlink}, {"unshare", try_mount_namespace},
};

static void test_refused(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
    char written = 0;
    int status = run_child(refused[i].act, &written);
    gboolean killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
    gboolean answered = WIFEXITED(status) && WEXITSTATUS(status) == CHILD_REFUSED;
    if (!killed && !answered) g_error("%s: not refused (status %x)", refused[i].name, status);
  }
}

static void test_allowed(void) {
  static const struct {
    const char *name;
    int (*act)(void);
    char written;
  } rows[] = {{"memory", use_memory, 0}, {"pipes", use_pipes, 'w'}, {"charsets", use_charsets, 0}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    char written = 0;
    int status = run_child(rows[i].act, &written);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != CHILD_DONE)
      g_error("%s: status %x", rows[i].name, status);
    g_assert_cmpint(written, ==, rows[i].written);
  }
}

#ifndef BULLETIND_NO_RLIMIT_AS
static int use_too_much(void) {
  void *memory =
      mmap(NULL, (gsize)1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED && errno == ENOMEM ? CHILD_REFUSED : CHILD_DONE;
}
static int use_executable(void) {
  void *memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED && errno == EPERM ? CHILD_REFUSED : CHILD_DONE;
}

static void test_memory_is_bounded(void) {
  char written = 0;
  int status = run_child(use_too_much, &written);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, CHILD_REFUSED);
}

static void test_memory_is_not_executable(void) {
  char written = 0;
  int status = run_child(use_executable, &written);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, CHILD_REFUSED);
}
#endif

/* The folder of character maps, and no other file; nothing is written there. */
static void test_readable_folder(void) {
  static const struct {
    const char *name;
    int (*act)(void);
    int want;
  } rows[] = {{"read", try_open_readable, CHILD_DONE},
              {"write", try_write_readable, CHILD_REFUSED},
              {"another file", try_open, CHILD_REFUSED},
              {"create elsewhere", try_create, CHILD_REFUSED}};
  if (access("/usr/share/poppler/cMap/Adobe-Japan1/H", R_OK) != 0) {
    g_test_skip("no poppler-data here");
    return;
  }
  readable = (const char *const[]){"/nowhere", "/usr/share/poppler", NULL};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    char written = 0;
    int status = run_child(rows[i].act, &written);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != rows[i].want)
      g_test_fail_printf("%s: status %x", rows[i].name, status);
  }
  readable = NULL;
}

/* ---- where the system does not play along ---- */

/* As a kernel does that answers so to whoever asks for Landlock. */
static void answer_landlock(int code) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (!filter ||
      seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)code), SYS_landlock_create_ruleset, 0) ||
      seccomp_load(filter))
    _exit(CHILD_NOT_LOCKED);
  seccomp_release(filter);
}

/* Nobody may raise the bound on processor time again. */
static void bind_processor(int seconds) {
  struct rlimit tight = {(rlim_t)seconds, (rlim_t)seconds};
  if (setrlimit(RLIMIT_CPU, &tight) != 0 || (geteuid() == 0 && setuid(65534) != 0))
    _exit(CHILD_NOT_LOCKED);
}

typedef struct {
  const char *name;
  void (*prepare)(int argument);
  int argument;
  const char *error; /* begins so; NULL: it is locked in, and no file can be read */
  const char *note;
} Refusal;

static const char no_landlock[] = "this kernel has no Landlock";
static const Refusal refusals[] = {
    {"an old kernel", answer_landlock, ENOSYS, NULL, no_landlock},
    {"switched off", answer_landlock, EOPNOTSUPP, NULL, no_landlock},
    {"Landlock refused", answer_landlock, EPERM, "Landlock: ", NULL},
    {"a limit refused", bind_processor, 5, "RLIMIT_CPU: ", NULL},
};

static void refusal_child(const Refusal *row) {
  SandboxLimits limits = {.cpu_s = 10, .readable = (const char *const[]){"/usr/share", NULL}};
  const char *note = NULL;
  GError *error = NULL;
  row->prepare(row->argument);
  gboolean locked = sandbox_enter(&limits, &note, &error);
  if (locked != !row->error || locked != !error || g_strcmp0(note, row->note) != 0) _exit(1);
  if (error) _exit(g_str_has_prefix(error->message, row->error) ? 0 : 2);
  _exit(open("/etc/passwd", O_RDONLY) < 0 ? 0 : 3);
}

static void test_refusals_of_the_system(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) refusal_child(&refusals[i]);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    gboolean killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && !refusals[i].error;
    if (!killed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
      g_test_fail_printf("%s: status %x", refusals[i].name, status);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sandbox/refused", test_refused);
  g_test_add_func("/sandbox/allowed", test_allowed);
  g_test_add_func("/sandbox/readable", test_readable_folder);
  g_test_add_func("/sandbox/refusals", test_refusals_of_the_system);
#ifndef BULLETIND_NO_RLIMIT_AS
  g_test_add_func("/sandbox/memory", test_memory_is_bounded);
  g_test_add_func("/sandbox/executable", test_memory_is_not_executable);
#endif
  return g_test_run();
}
