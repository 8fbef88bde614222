/* desk_export_xlsx - the registrations as a workbook; for desk_export alone. */
#pragma once
#include "daemon/desk/desk_export.h"

/* The columns of the fields: those of the events, then those that registrations still hold. */
typedef struct {
  GPtrArray *names;   /* char*, borrowed from `places` */
  GHashTable *places; /* name → place among the names, from 1 */
  GArray *widths;     /* guint: characters of the longest line of each */
} ExportColumns;

typedef struct {
  DeskCache *cache;
  StoreTxn *txn;
  const Config *config;
  const Event *event; /* NULL: all */
  const ExportColumns *columns;
  const char *language;
} Export;

/* Write the workbook to the file at `path`. */
gboolean desk_export_xlsx(const Export *export, const char *path, GError **error);
