/* zip_fixture - zip archives made in memory, for the tests of the formats that are one. */
#pragma once
#include <archive.h>
#include <archive_entry.h>
#include <glib.h>
#include <string.h>

typedef struct {
  const char *path, *text;
} ZipFixture;

/* The entries up to one without a path, as a zip archive. */
static inline GBytes *zip_fixture_new(const ZipFixture *entries) {
  gsize room = 1 << 16, used = 0;
  for (guint i = 0; entries[i].path; i++) room += strlen(entries[i].text) + 1024;
  guint8 *buffer = g_malloc(room);
  struct archive *zip = archive_write_new();
  archive_write_set_format_zip(zip);
  g_assert_cmpint(archive_write_open_memory(zip, buffer, room, &used), ==, ARCHIVE_OK);
  for (guint i = 0; entries[i].path; i++) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, entries[i].path);
    archive_entry_set_size(entry, (la_int64_t)strlen(entries[i].text));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(zip, entry);
    archive_write_data(zip, entries[i].text, strlen(entries[i].text));
    archive_entry_free(entry);
  }
  g_assert_cmpint(archive_write_close(zip), ==, ARCHIVE_OK);
  archive_write_free(zip);
  return g_bytes_new_take(buffer, used);
}
