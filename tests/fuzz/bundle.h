/* bundle - the input of the targets whose format is a zip archive: "=== PATH" begins a file, the
 * lines behind it are its text. So it is the documents that are fuzzed and not their packing, and
 * the seeds can be read and written by hand. Bytes that begin as a zip archive does are one. */
#pragma once
#include "tests/fuzz/target.h"
#include "tests/parsers/zip_fixture.h"

enum { BUNDLE_FILES_MAX = 12, BUNDLE_PATH_MAX = 100 };

static inline gboolean bundle_is_path(const char *path) {
  gsize length = strlen(path);
  for (const char *c = path; *c; c++)
    if (!g_ascii_isgraph(*c)) return FALSE;
  return length > 0 && length <= BUNDLE_PATH_MAX && path[length - 1] != '/';
}

static inline GBytes *bundle_pack(const char *data, gsize size) {
  ZipFixture files[BUNDLE_FILES_MAX + 1] = {{NULL, NULL}};
  guint count = 0;
  g_autofree char *body = g_strndup(data, size);
  g_autofree char *whole = g_strconcat("\n", body, NULL);
  g_auto(GStrv) pieces = g_strsplit(whole, "\n=== ", BUNDLE_FILES_MAX + 1);
  for (guint i = 1; pieces[0] && pieces[i]; i++) {
    char *line_end = strchr(pieces[i], '\n');
    if (line_end) *line_end = '\0';
    if (bundle_is_path(pieces[i]))
      files[count++] = (ZipFixture){pieces[i], line_end ? line_end + 1 : ""};
  }
  return zip_fixture_new(files);
}

static inline void bundle_read(FormatReader read, const uint8_t *data, size_t size) {
  gboolean packed = size > 4 && memcmp(data, "PK", 2) == 0;
  g_autoptr(GBytes) content =
      packed ? g_bytes_new(data, size) : bundle_pack((const char *)data, size);
  target_read(read, content);
}
