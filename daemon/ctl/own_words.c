#include "daemon/ctl/own_words.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ctl/ctl.h"
#include "daemon/desk/desk.h"

/* More is read than may be sent, so that too long a text is told and not cut. */
enum { READ_MAX_BYTES = 4 * DESK_TEXT_MAX_BYTES };

static const char HINT[] =
    "\n# Write your answer above, then save and leave the editor. Lines that "
    "begin with '#'\n# are left out. An empty text sends nothing.\n";

static char *read_stream(FILE *stream, const char *name, int *ret_code) {
  g_autofree char *text = g_malloc(READ_MAX_BYTES + 1);
  gsize size = fread(text, 1, READ_MAX_BYTES, stream);
  if (ferror(stream)) {
    *ret_code = ctl_fail(EX_IOERR, "%s: cannot be read: %s", name, g_strerror(errno));
    return NULL;
  }
  text[size] = '\0';
  return g_steal_pointer(&text);
}

static char *read_file(const char *file, int *ret_code) {
  if (!strcmp(file, "-")) return read_stream(stdin, "standard input", ret_code);
  FILE *stream = fopen(file, "re");
  if (!stream) {
    *ret_code = ctl_fail(EX_NOINPUT, "%s: cannot be read: %s", file, g_strerror(errno));
    return NULL;
  }
  char *text = read_stream(stream, file, ret_code);
  fclose(stream);
  return text;
}

/* --- an editor -------------------------------------------------------------------------------- */

static const char *editor(void) {
  static const char *const names[] = {"VISUAL", "EDITOR"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *value = g_getenv(names[i]);
    if (value && *value) return value;
  }
  return "editor"; /* Debian's alternatives */
}

static void drop_hints(char *text) {
  char *to = text;
  for (char *line = text; *line;) {
    gsize length = strcspn(line, "\n");
    length += line[length] == '\n';
    if (*line != '#') {
      memmove(to, line, length);
      to += length;
    }
    line += length;
  }
  *to = '\0';
}

/* Through the shell, as every program does it: $EDITOR may have arguments. */
static gboolean run_editor(const char *path, int *ret_code) {
  g_autofree char *script = g_strconcat(editor(), " \"$1\"", NULL);
  const char *argv[] = {"/bin/sh", "-c", script, "sh", path, NULL};
  int status = 0;
  g_autoptr(GError) error = NULL;
  gboolean good = g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                               NULL, NULL, &status, &error) &&
                  g_spawn_check_wait_status(status, &error);
  if (!good)
    *ret_code = ctl_fail(EX_UNAVAILABLE, "%s: %s; set EDITOR, or say --text-file", editor(),
                         error->message);
  return good;
}

static char *from_editor(int *ret_code) {
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("bulletinctl-XXXXXX", &path, NULL);
  if (fd < 0 || write(fd, HINT, strlen(HINT)) != (ssize_t)strlen(HINT)) {
    *ret_code = ctl_fail(EX_CANTCREAT, "no file to write in could be made: %s", g_strerror(errno));
    if (fd >= 0) close(fd);
    return NULL;
  }
  close(fd);
  char *text = run_editor(path, ret_code) ? read_file(path, ret_code) : NULL;
  g_unlink(path);
  if (text) drop_hints(text);
  return text;
}

char *own_words_read(const char *file, int *ret_code) {
  if (file) return read_file(file, ret_code);
  return isatty(STDIN_FILENO) ? from_editor(ret_code)
                              : read_stream(stdin, "standard input", ret_code);
}
