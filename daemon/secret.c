/* secret - read a password or token at the moment of use, from where the configuration says.
 *
 * What was read is held in buffers of fixed size that are wiped, and is never logged; errors name
 * the source alone. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/settings.h"

enum { SECRET_MAX_BYTES = 16 << 10, SECRET_COMMAND_TIMEOUT_S = 30, SECRET_REAP_STEP_US = 2000 };

void secret_wipe(char *value) {
  if (!value) return;
  explicit_bzero(value, strlen(value));
  g_free(value);
}

/* --- files ---------------------------------------------------------------------------------- */

static gboolean file_ok(const char *path, int fd, gboolean private, GError **error) {
  struct stat st;
  if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET,
                "%s is no file; name a file that holds "
                "the password in its first line",
                path);
    return FALSE;
  }
  /* root:bulletind 0640 is how a service is handed a file: root chose that group. */
  mode_t open_to = st.st_uid == 0 ? S_IRWXO : S_IRWXO | S_IRWXG;
  if (private && st.st_mode & open_to) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "%s is open to %s; chmod 600 %s", path,
                st.st_mode & S_IRWXO ? "others" : "its group", path);
    return FALSE;
  }
  return TRUE;
}

/* Non-blocking, so that a FIFO in the place of a file does not hang us. */
static int file_open(const char *path, gboolean private, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "%s cannot be read: %s", path,
                g_strerror(errno));
    return -1;
  }
  if (file_ok(path, fd, private, error)) return fd;
  close(fd);
  return -1;
}

/* Path of a credential (systemd.exec(5), LoadCredential=); NULL with an error. */
static char *credential_path(const char *name, GError **error) {
  const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
  if (folder && *folder) return g_build_filename(folder, name, NULL);
  g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET,
              "credential '%s' is not there: $CREDENTIALS_DIRECTORY is not set; start under "
              "systemd with LoadCredential=%s:PATH",
              name, name);
  return NULL;
}

/* --- the first line of what a descriptor gives ------------------------------------------------ */

typedef struct {
  char bytes[SECRET_MAX_BYTES + 1];
  gsize size;
} SecretBuffer;

static char *first_line(SecretBuffer *buffer, const char *source, GError **error) {
  buffer->bytes[buffer->size] = '\0';
  char *end = memchr(buffer->bytes, '\n', buffer->size);
  if (!end && buffer->size == SECRET_MAX_BYTES) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "%s: first line is over %d bytes", source,
                SECRET_MAX_BYTES);
    return NULL;
  }
  if (!end) end = buffer->bytes + buffer->size;
  if (end > buffer->bytes && end[-1] == '\r') end--;
  gsize size = (gsize)(end - buffer->bytes);
  if (size > 0 && !memchr(buffer->bytes, '\0', size)) return g_strndup(buffer->bytes, size);
  g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "%s: first line %s", source,
              size ? "holds a zero byte" : "is empty");
  return NULL;
}

/* Until end of file, a full buffer or the deadline (0: none). */
static gboolean fill(SecretBuffer *buffer, int fd, gint64 deadline_us, GError **error) {
  while (buffer->size < SECRET_MAX_BYTES) {
    gint64 left_us = deadline_us - g_get_monotonic_time();
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int ready = deadline_us ? poll(&wait, 1, (int)MAX(0, left_us / 1000 + 1)) : 1;
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0 || (deadline_us && left_us <= 0)) {
      g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "no answer within %d s",
                  SECRET_COMMAND_TIMEOUT_S);
      return FALSE;
    }
    ssize_t count = read(fd, buffer->bytes + buffer->size, SECRET_MAX_BYTES - buffer->size);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count == 0) return TRUE;
    if (count < 0) {
      g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, g_strerror(errno));
      return FALSE;
    }
    buffer->size += (gsize)count;
  }
  return TRUE;
}

static char *read_file(const char *path, gboolean private, GError **error) {
  int fd = file_open(path, private, error);
  if (fd < 0) return NULL;
  SecretBuffer buffer = {.size = 0};
  char *value = NULL;
  if (fill(&buffer, fd, 0, error))
    value = first_line(&buffer, path, error);
  else
    g_prefix_error(error, "%s: ", path);
  close(fd);
  explicit_bzero(&buffer, sizeof buffer);
  return value;
}

/* --- commands ------------------------------------------------------------------------------- */

/* In the child before exec: a session of its own (so that all of it can be killed) and no signal
 * blocked or ignored. */
static void command_setup(void *unused) {
  (void)unused;
  sigset_t none;
  setsid();
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
}

static gboolean reap(GPid pid, gint64 deadline_us, int *ret_status) {
  for (;;) {
    pid_t got = waitpid(pid, ret_status, WNOHANG);
    if (got == pid) return TRUE;
    if (got < 0 && errno != EINTR) return FALSE;
    if (g_get_monotonic_time() >= deadline_us) return FALSE;
    g_usleep(SECRET_REAP_STEP_US);
  }
}

static void kill_all(GPid pid) {
  int status;
  kill(-pid, SIGKILL);
  kill(pid, SIGKILL); /* where it has not come as far as setsid */
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
}

static char *command_result(GPid pid, int fd, SecretBuffer *buffer, const char *command,
                            GError **error) {
  gint64 deadline_us = g_get_monotonic_time() + SECRET_COMMAND_TIMEOUT_S * G_USEC_PER_SEC;
  int status = 0;
  if (!fill(buffer, fd, deadline_us, error)) {
    kill_all(pid);
    g_prefix_error(error, "command '%s': ", command);
    return NULL;
  }
  if (!reap(pid, deadline_us, &status)) {
    kill_all(pid);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "command '%s' did not end within %d s",
                command, SECRET_COMMAND_TIMEOUT_S);
    return NULL;
  }
  if (!g_spawn_check_wait_status(status, error)) {
    g_prefix_error(error, "command '%s': ", command);
    return NULL;
  }
  return first_line(buffer, command, error);
}

static char *read_command(const char *command, GError **error) {
  char *argv[] = {"/bin/sh", "-c", (char *)command, NULL};
  GPid pid = 0;
  int fd = -1;
  if (!g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, command_setup, NULL,
                                &pid, NULL, &fd, NULL, error)) {
    g_prefix_error(error, "command '%s': ", command);
    return NULL;
  }
  SecretBuffer buffer = {.size = 0};
  char *value = command_result(pid, fd, &buffer, command, error);
  close(fd);
  explicit_bzero(&buffer, sizeof buffer);
  return value;
}

/* --- public ---------------------------------------------------------------------------------- */

char *secret_read(const Secret *secret, GError **error) {
  if (secret->kind == SECRET_FILE) return read_file(secret->source, TRUE, error);
  if (secret->kind == SECRET_COMMAND || secret->kind == SECRET_TOKEN_COMMAND)
    return read_command(secret->source, error);
  if (secret->kind == SECRET_CREDENTIAL) {
    g_autofree char *path = credential_path(secret->source, error);
    return path ? read_file(path, FALSE, error) : NULL;
  }
  g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_SECRET,
                      "no password is configured; set password_file");
  return NULL;
}

/* Outside systemd a credential cannot be looked for: a person's `bulletinctl list` must not fail
 * for it. */
gboolean secret_check(const Secret *secret, GError **error) {
  if (secret->kind == SECRET_CREDENTIAL && !g_getenv("CREDENTIALS_DIRECTORY") &&
      !g_getenv("INVOCATION_ID"))
    return TRUE;
  if (secret->kind != SECRET_FILE && secret->kind != SECRET_CREDENTIAL) return TRUE;
  g_autofree char *path = secret->kind == SECRET_FILE ? g_strdup(secret->source)
                                                      : credential_path(secret->source, error);
  int fd = path ? file_open(path, secret->kind == SECRET_FILE, error) : -1;
  if (fd >= 0) close(fd);
  return fd >= 0;
}
