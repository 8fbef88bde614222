/* config_fixture - a scratch folder with files, and problems as one text without its path. */
#pragma once
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *folder;
} Scratch;

static inline Scratch scratch_new(void) {
  g_autoptr(GError) error = NULL;
  Scratch scratch = {g_dir_make_tmp("bulletind-XXXXXX", &error)};
  g_assert_no_error(error);
  return scratch;
}

/* The path of `name` in the folder, written with `text`. The caller frees. */
static inline char *scratch_write(const Scratch *scratch, const char *name, const char *text,
                                  gssize size) {
  g_autoptr(GError) error = NULL;
  char *path = g_build_filename(scratch->folder, name, NULL);
  g_file_set_contents(path, text, size, &error);
  g_assert_no_error(error);
  return path;
}

static inline void scratch_free(Scratch *scratch) {
  const char *name;
  GDir *dir = g_dir_open(scratch->folder, 0, NULL);
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(scratch->folder, name, NULL);
    g_remove(path);
  }
  if (dir) g_dir_close(dir);
  g_rmdir(scratch->folder);
  g_free(scratch->folder);
}

/* One line a problem, "FOLDER/" taken out wherever it stands. */
static inline char *scratch_problems(const Scratch *scratch, const GPtrArray *problems) {
  g_autofree char *prefix = g_strconcat(scratch->folder, "/", NULL);
  GString *all = g_string_new(NULL);
  for (guint i = 0; i < problems->len; i++)
    g_string_append_printf(all, "%s\n", (const char *)problems->pdata[i]);
  g_string_replace(all, prefix, "", 0);
  return g_string_free(all, FALSE);
}

/* As g_assert_cmpstr, with the row's name and both texts whole. */
static inline void assert_problems(const char *row, const char *got, const char *want) {
  if (strcmp(got, want) == 0) return;
  g_printerr("row '%s'\n--- got\n%s--- want\n%s", row, got, want);
  g_test_fail();
}
