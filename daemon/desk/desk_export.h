/* desk_export - the registrations as a file: CSV, JSON Lines, XLSX.
 *
 * CSV is RFC 4180, UTF-8 with a byte order mark (else spreadsheets guess another character set). A
 * cell that a spreadsheet would take for a formula is given an apostrophe in front: what a stranger
 * wrote into a bulletin must not be calculated on the organiser's machine. In XLSX texts are
 * written as texts, which are never calculated.
 *
 * XLSX: the sheets Participants, Suggestions, Statistics (named and headed in `language`), each
 * with a frozen head, the lists with a filter. Dates are dates, integers numbers, choices the words
 * of that language; telephone numbers and postal codes are texts. */
#pragma once
#include "daemon/desk/desk_stats.h"

typedef enum { EXPORT_CSV, EXPORT_JSON, EXPORT_XLSX } ExportFormat;

enum {
  EXPORT_ROWS_MAX = 1048575,    /* of an XLSX sheet, below the head: the format's own limit */
  EXPORT_COLUMNS_MAX = 16384,   /* likewise */
  EXPORT_CELL_MAX_CHARS = 32767 /* likewise; a longer text is cut */
};

typedef enum {
  EXPORT_ERROR_WRITE, /* the file cannot be written: says why */
  EXPORT_ERROR_LIMIT  /* more than the format can hold: says which */
} ExportError;
#define EXPORT_ERROR (export_error_quark())
GQuark export_error_quark(void);

/* The words on the command line and in addresses: "csv", "json", "xlsx". FALSE: none of them. */
gboolean export_format_parse(const char *word, ExportFormat *ret_format);
/* "text/csv; charset=utf-8", … Borrowed. */
const char *export_format_type(ExportFormat format);

/* Write the registrations of `event` (NULL: of all events) to `fd`, in the order of their ids.
 * language: of sheets, heads and words of XLSX ("fr", "en", "ja"; others: "en"); CSV and JSON have
 * the names of the fields. Memory is bounded: rows are written as they are read (XLSX: by way of a
 * temporary file). The caller closes. After a failure `fd` holds a part. */
gboolean desk_export(DeskCache *cache, StoreTxn *txn, const Config *config, const Event *event,
                     ExportFormat format, const char *language, int fd,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
