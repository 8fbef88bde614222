/* sheet - see sheet.h. */
#include "parsers/formats/sheet.h"

#include <string.h>

enum {
  CELLS_MAX = 100000,
  BYTES_MAX = 64 << 20, /* of their texts: as much as is ever written (text_size) */
  COVERED_MAX = 20000,
  USED_COLUMNS_MAX = 256,
  HIDDEN_MAX = 100000,
  HIDDEN_RANGES_MAX = 20000, /* of columns */
  GAP_MAX = 1000,            /* rows; a wider gap is one, whatever is hidden in it */
};

struct Sheet {
  GHashTable *cells;       /* gint64* key_of() to char* */
  GHashTable *covered;     /* gint64* */
  GHashTable *hidden_rows; /* guint */
  guint8 hidden_columns[SHEET_COLUMNS_MAX];
  guint hidden_ranges;
  gsize bytes; /* of the cells' texts, as they were put */
  const char *over_limit;
};

static gint64 key_of(guint row, guint column) {
  return (gint64)row * SHEET_COLUMNS_MAX + column;
}

static gint64 *key_new(guint row, guint column) {
  gint64 *key = g_new(gint64, 1);
  *key = key_of(row, column);
  return key;
}

Sheet *sheet_new(void) {
  Sheet *sheet = g_new0(Sheet, 1);
  sheet->cells = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  sheet->covered = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  sheet->hidden_rows = g_hash_table_new(NULL, NULL);
  return sheet;
}

void sheet_free(Sheet *sheet) {
  if (!sheet) return;
  g_hash_table_unref(sheet->cells);
  g_hash_table_unref(sheet->covered);
  g_hash_table_unref(sheet->hidden_rows);
  g_free(sheet);
}

static gboolean is_within(guint row, guint column) {
  return row < SHEET_ROWS_MAX && column < SHEET_COLUMNS_MAX;
}

void sheet_put(Sheet *sheet, guint row, guint column, const char *text) {
  if (!is_within(row, column) || !text[strspn(text, " \t\r\n")]) return;
  if (sheet_is_full(sheet)) return;
  sheet->bytes += strlen(text);
  g_hash_table_replace(sheet->cells, key_new(row, column), g_strdup(text));
}

gboolean sheet_is_full(Sheet *sheet) {
  gboolean full = g_hash_table_size(sheet->cells) >= CELLS_MAX || sheet->bytes >= BYTES_MAX;
  if (full) sheet->over_limit = "sheet_cells";
  return full;
}

void sheet_put_before(Sheet *sheet, guint row, guint column, const char *text) {
  gint64 key = key_of(row, column);
  const char *there = g_hash_table_lookup(sheet->cells, &key);
  g_autofree char *both = there ? g_strconcat(text, " ", there, NULL) : g_strdup(text);
  sheet_put(sheet, row, column, both);
}

void sheet_span(Sheet *sheet, guint row, guint column, guint columns) {
  for (guint i = 1; i < columns && is_within(row, column + i); i++) {
    if (g_hash_table_size(sheet->covered) >= COVERED_MAX) return; /* an empty cell more */
    g_hash_table_add(sheet->covered, key_new(row, column + i));
  }
}

void sheet_hide_row(Sheet *sheet, guint row) {
  if (g_hash_table_size(sheet->hidden_rows) >= HIDDEN_MAX)
    sheet->over_limit = "sheet_cells";
  else
    g_hash_table_add(sheet->hidden_rows, GUINT_TO_POINTER(row));
}

void sheet_hide_columns(Sheet *sheet, guint first, guint last) {
  if (sheet->hidden_ranges++ >= HIDDEN_RANGES_MAX) sheet->over_limit = "sheet_columns";
  if (sheet->hidden_ranges > HIDDEN_RANGES_MAX) return;
  for (guint i = first; i <= last && i < SHEET_COLUMNS_MAX; i++) sheet->hidden_columns[i] = 1;
}

/* ---- writing ---- */

static gboolean is_hidden_row(const Sheet *sheet, guint row) {
  return g_hash_table_contains(sheet->hidden_rows, GUINT_TO_POINTER(row));
}

static int compare_keys(gconstpointer a, gconstpointer b) {
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return (x > y) - (x < y);
}

/* The keys of the cells that are shown, in order; marks their columns in `used`. */
static GArray *shown_cells(const Sheet *sheet, guint8 *used) {
  GArray *keys = g_array_new(FALSE, FALSE, sizeof(gint64));
  GHashTableIter iter;
  gpointer key = NULL;
  g_hash_table_iter_init(&iter, sheet->cells);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    guint row = (guint)(*(gint64 *)key / SHEET_COLUMNS_MAX);
    guint column = (guint)(*(gint64 *)key % SHEET_COLUMNS_MAX);
    if (sheet->hidden_columns[column] || is_hidden_row(sheet, row) ||
        g_hash_table_contains(sheet->covered, key))
      continue;
    used[column] = 1;
    g_array_append_val(keys, *(gint64 *)key);
  }
  g_array_sort(keys, compare_keys);
  return keys;
}

/* The columns that rows use, the first USED_COLUMNS_MAX of them. */
static GArray *used_columns(Sheet *sheet, const guint8 *used) {
  GArray *columns = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < SHEET_COLUMNS_MAX; i++) {
    if (!used[i]) continue;
    if (columns->len < USED_COLUMNS_MAX)
      g_array_append_val(columns, i);
    else
      sheet->over_limit = "sheet_columns";
  }
  return columns;
}

static void write_cell(Page *page, const char *text) {
  page_cell_start(page);
  for (const char *p = text; p && *p;) {
    gsize length = strcspn(p, "\r\n");
    g_autofree char *line = g_strndup(p, length);
    g_strdelimit(line, "\t", ' '); /* a tab in a cell is no border of one */
    if (length) page_line(page, line, length, 0);
    p += length + (p[length] ? 1 : 0);
  }
  page_cell_end(page);
}

/* Write the row up to its last cell, which is in column `last`. */
static void write_row(const Sheet *sheet, Page *page, guint row, guint last,
                      const GArray *columns) {
  for (guint i = 0; i < columns->len && g_array_index(columns, guint, i) <= last; i++) {
    gint64 key = key_of(row, g_array_index(columns, guint, i));
    if (g_hash_table_contains(sheet->covered, &key)) continue;
    write_cell(page, g_hash_table_lookup(sheet->cells, &key));
  }
  page_row_end(page);
}

/* Does an empty row that is shown stand between the two? */
static gboolean is_gap(const Sheet *sheet, guint before, guint row) {
  if (row - before > GAP_MAX) return TRUE;
  for (guint i = before + 1; i < row; i++)
    if (!is_hidden_row(sheet, i)) return TRUE;
  return FALSE;
}

const char *sheet_write(Sheet *sheet, Page *page) {
  g_autofree guint8 *used = g_new0(guint8, SHEET_COLUMNS_MAX);
  g_autoptr(GArray) keys = shown_cells(sheet, used);
  g_autoptr(GArray) columns = used_columns(sheet, used);
  page_table_start(page);
  guint before = G_MAXUINT;
  for (guint i = 0; i < keys->len && !page_full(page); i++) {
    gint64 key = g_array_index(keys, gint64, i);
    guint row = (guint)(key / SHEET_COLUMNS_MAX), last = (guint)(key % SHEET_COLUMNS_MAX);
    if (i + 1 < keys->len && g_array_index(keys, gint64, i + 1) / SHEET_COLUMNS_MAX == row)
      continue; /* the row's last cell is yet to come */
    if (before != G_MAXUINT && is_gap(sheet, before, row)) page_line(page, "", 0, 0);
    write_row(sheet, page, row, last, columns);
    before = row;
  }
  page_table_end(page);
  return sheet->over_limit;
}
