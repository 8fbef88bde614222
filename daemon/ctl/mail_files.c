/* mail_files - see mail_files.h. */
#include "daemon/ctl/mail_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10, FOLDER_DEPTH_MAX = 100 };

static gboolean fail(GError **error, const char *path, const char *what, int number) {
  /* The first failure is told; the rest of the folder is read all the same. */
  if (!error || *error) return FALSE;
  g_autofree char *name = g_filename_display_name(path);
  g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s: %s: %s", name, what,
              g_strerror(number));
  return FALSE;
}

/* --- folders ---------------------------------------------------------------------------------- */

static gint by_name(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, sorted by bytes; NULL: it cannot be read. */
static GPtrArray *folder_names(const char *path, GError **error) {
  GDir *dir = g_dir_open(path, 0, NULL);
  if (!dir) {
    fail(error, path, "cannot be read", errno ? errno : EIO);
    return NULL;
  }
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; (name = g_dir_read_name(dir));)
    if (*name != '.') g_ptr_array_add(names, g_strdup(name));
  g_dir_close(dir);
  g_ptr_array_sort(names, by_name);
  return names;
}

static gboolean is_folder(const char *parent, const char *name) {
  g_autofree char *path = g_build_filename(parent, name, NULL);
  return g_file_test(path, G_FILE_TEST_IS_DIR);
}

static gboolean is_maildir(const char *path) {
  return is_folder(path, "cur") && is_folder(path, "new");
}

static gboolean add_folder(GPtrArray *paths, const char *path, int depth, GError **error);

/* What a folder's entry is: a folder is entered, a link to a file counts as the file, a link to a
 * folder and all that is neither (sockets, pipes) is left alone. */
static gboolean add_entry(GPtrArray *paths, const char *folder, const char *name, int depth,
                          GError **error) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  struct stat link, target;
  if (lstat(path, &link) != 0) return fail(error, path, "cannot be read", errno);
  if (S_ISDIR(link.st_mode)) return add_folder(paths, path, depth + 1, error);
  if (g_str_has_suffix(name, ".json") || stat(path, &target) != 0 || !S_ISREG(target.st_mode))
    return TRUE;
  g_ptr_array_add(paths, g_steal_pointer(&path));
  return TRUE;
}

static gboolean add_maildir(GPtrArray *paths, const char *path, int depth, GError **error) {
  gboolean good = add_entry(paths, path, "cur", depth, error);
  return add_entry(paths, path, "new", depth, error) && good;
}

static gboolean add_folder(GPtrArray *paths, const char *path, int depth, GError **error) {
  if (depth > FOLDER_DEPTH_MAX) return fail(error, path, "too deep", ELOOP);
  if (is_maildir(path)) return add_maildir(paths, path, depth, error);
  g_autoptr(GPtrArray) names = folder_names(path, error);
  if (!names) return FALSE;
  gboolean good = TRUE;
  for (guint i = 0; i < names->len; i++)
    good = add_entry(paths, path, names->pdata[i], depth, error) && good;
  return good;
}

gboolean mail_files_add(GPtrArray *paths, const char *argument, GError **error) {
  struct stat status;
  if (stat(argument, &status) != 0) return fail(error, argument, "cannot be read", errno);
  if (S_ISDIR(status.st_mode)) return add_folder(paths, argument, 0, error);
  g_ptr_array_add(paths, g_strdup(argument));
  return TRUE;
}

/* --- one file --------------------------------------------------------------------------------- */

/* Up to `max` bytes, from a file or a pipe. */
static gboolean read_up_to(int fd, gsize max, GByteArray *bytes) {
  guint8 chunk[CHUNK_BYTES];
  while (bytes->len < max) {
    ssize_t got = read(fd, chunk, MIN(sizeof chunk, max - bytes->len));
    if (got == 0) break;
    if (got > 0)
      g_byte_array_append(bytes, chunk, (guint)got);
    else if (errno != EINTR)
      return FALSE;
  }
  return TRUE;
}

/* Where the header ends: behind the first empty line. */
static guint header_size(const GByteArray *bytes, gsize max) {
  guint limit = (guint)MIN(bytes->len, max);
  for (guint at = 0; at < limit; at++) {
    if (bytes->data[at] != '\n') continue;
    if (at + 1 < limit && bytes->data[at + 1] == '\n') return at + 2;
    if (at + 2 < limit && bytes->data[at + 1] == '\r' && bytes->data[at + 2] == '\n') return at + 3;
  }
  return limit;
}

GBytes *mail_files_read(const char *path, gsize max_bytes, gsize header_bytes,
                        gboolean *ret_header_only, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    fail(error, path, "cannot be read", errno);
    return NULL;
  }
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  gboolean good = read_up_to(fd, max_bytes + 1, bytes);
  int number = errno;
  close(fd);
  if (!good) {
    fail(error, path, "cannot be read", number);
    return NULL;
  }
  *ret_header_only = bytes->len > max_bytes;
  if (*ret_header_only) g_byte_array_set_size(bytes, header_size(bytes, header_bytes));
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}
