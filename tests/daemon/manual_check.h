/* manual_check - holds a table of settings against its manual page: each key of it stands there
 * under its group, in the table's order, with its type, its default and an example. */
#pragma once
#include <glib.h>
#include <string.h>

/* The item that the page must hold for one line of the table. The caller frees. */
static inline char *manual_item(const char *line) {
  g_auto(GStrv) columns = g_strsplit(line, "\t", -1);
  const char *dot = strrchr(columns[0], '.'), *fallback = columns[2];
  const char *known = strcmp(fallback, "required") == 0 ? "required" : "optional";
  g_autofree char *state = *fallback && strcmp(fallback, "required") != 0
                               ? g_strdup_printf("default: %s", fallback)
                               : g_strdup(known);
  return g_strdup_printf(".It Cm %s\n(%s; %s)\n", dot ? dot + 1 : columns[0], columns[1], state);
}

/* Fails the test with each line that the page lacks; TRUE where it has all, and no key more. */
static inline gboolean manual_holds(const char *file, const char *table) {
  g_autofree char *page = NULL;
  g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
  gsize items = 0, rows = 0;
  if (!g_file_get_contents(file, &page, NULL, NULL)) return FALSE;
  const char *at = page;
  for (; lines[rows] && *lines[rows]; rows++) {
    g_autofree char *item = manual_item(lines[rows]);
    const char *found = strstr(at, item);
    const char *next = found ? strstr(found + 1, ".It ") : NULL;
    const char *example = found ? strstr(found, "\n.Dl ") : NULL;
    if (!found || !example || (next && example > next)) {
      g_printerr("%s lacks, in this order and with an example:\n%s", file, item);
      return FALSE;
    }
    at = found;
  }
  for (const char *item = page; (item = strstr(item, ".It Cm ")); item++) items++;
  if (items != rows) g_printerr("%s has %zu keys, the table %zu\n", file, items, rows);
  return items == rows;
}
