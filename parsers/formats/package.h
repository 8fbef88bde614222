/* package - a zip archive in memory: .docx, .odt, .xlsx and what people zip.
 *
 * Unpacks by libarchive, one entry after the other. Bounded by Wire__Limits: entries, bytes of all
 * archives of a message together, unpacked bytes for one packed. */
#pragma once
#include "parsers/text.h"

typedef struct Package Package;

/* Unpack the entries of `zip`. `wanted` says which are kept (NULL: all), by their path; others are
 * passed over. Never NULL: what was read before a fault or a limit is kept, package_fault tells.
 * The bytes are counted into `text`. */
typedef gboolean (*PackageWanted)(const char *path);
Package *package_open(GBytes *zip, const Wire__Limits *limits, PackageWanted wanted, Text *text);
void package_free(Package *package);

/* What is wrong with it: the name of the limit that was passed, or "damaged", or "encrypted"; NULL:
 * nothing. Borrowed. */
const char *package_fault(const Package *package);

/* Say so in the text's review reasons. */
void package_report(const char *fault, const MimePart *part, Text *text);

/* Kept entries in the archive's order. Paths are UTF-8, without "..", relative. Borrowed. */
guint package_count(const Package *package);
const char *package_path(const Package *package, guint index);
GBytes *package_bytes(const Package *package, guint index);

/* The bytes of the entry `path`; NULL: there is none. Borrowed. */
GBytes *package_find(const Package *package, const char *path);

/* Does `content` begin like a zip archive? */
gboolean package_is_zip(GBytes *content);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Package, package_free)
