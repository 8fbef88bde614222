/* package - see package.h. */
#include "parsers/formats/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>

#include "parsers/charset.h"

enum { RATIO_FREE_BYTES = 1 << 20, CHUNK_BYTES = 64 << 10 };

typedef struct {
  char *path;
  GBytes *bytes;
} Entry;

struct Package {
  GPtrArray *entries; /* Entry* */
  const char *fault;
};

typedef struct {
  Package *package;
  struct archive *archive;
  const Wire__Limits *limits;
  Text *text;
  gsize packed;     /* of the whole archive */
  guint64 unpacked; /* of this archive */
} Unpacking;

static void entry_free(gpointer data) {
  Entry *entry = data;
  g_free(entry->path);
  g_bytes_unref(entry->bytes);
  g_free(entry);
}

/* Do these bytes of an unlabelled name make Japanese words? Latin code pages fit Shift_JIS too, but
 * make wide letters of it. */
static gboolean is_japanese(const char *text) {
  for (; *text; text = g_utf8_next_char(text)) {
    gunichar c = g_utf8_get_char(text);
    if ((c >= 0x3040 && c < 0x3100) || (c >= 0x4e00 && c < 0xa000)) return TRUE;
  }
  return FALSE;
}

/* An entry's name in UTF-8. Where it is not said to be that, it is in the code page of the system
 * that packed it (APPNOTE, appendix D): of the French and the Japanese one the likelier. */
static char *entry_name(struct archive_entry *header) {
  const char *name = archive_entry_pathname(header);
  if (!name) name = archive_entry_pathname_utf8(header);
  if (!name || g_utf8_validate(name, -1, NULL)) return g_strdup(name && *name ? name : "unnamed");
  gboolean guessed = FALSE;
  const guint8 *bytes = (const guint8 *)name;
  g_autofree char *japanese = charset_to_utf8(bytes, strlen(name), "shift_jis", NULL, &guessed);
  if (!guessed && is_japanese(japanese)) return g_steal_pointer(&japanese);
  return charset_to_utf8(bytes, strlen(name), "ibm850", NULL, NULL);
}

/* A path that stays inside the archive. */
static char *safe_path(char *path) {
  g_strdelimit(path, "\\", '/');
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  GString *out = g_string_new(NULL);
  for (guint i = 0; parts[i]; i++) {
    if (!*parts[i] || strcmp(parts[i], ".") == 0 || strcmp(parts[i], "..") == 0) continue;
    g_string_append_printf(out, "%s%s", out->len ? "/" : "", parts[i]);
  }
  return g_string_free(out, FALSE);
}

/* The limit that so many more bytes would pass; NULL: none. */
static const char *over_limit(const Unpacking *un, gsize more) {
  guint64 here = un->unpacked + more, all = un->text->unpacked + more;
  if (all > un->limits->archive_bytes) return "archive_size";
  if (here > RATIO_FREE_BYTES && here / MAX(un->packed, 1) >= un->limits->archive_ratio)
    return "archive_ratio";
  return NULL;
}

/* The bytes of the entry that libarchive stands at; NULL: a fault or a limit, which is said. */
static GBytes *read_entry(Unpacking *un) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  guint8 chunk[CHUNK_BYTES];
  for (;;) {
    la_ssize_t size = archive_read_data(un->archive, chunk, sizeof chunk);
    if (size == 0) return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    if (size < 0) {
      un->package->fault =
          archive_read_has_encrypted_entries(un->archive) > 0 ? "encrypted" : "damaged";
      return NULL;
    }
    un->package->fault = over_limit(un, (gsize)size);
    if (un->package->fault) return NULL;
    un->unpacked += (guint64)size;
    un->text->unpacked += (guint64)size;
    g_byte_array_append(bytes, chunk, (guint)size);
  }
}

static void unpack(Unpacking *un, PackageWanted wanted) {
  struct archive_entry *header = NULL;
  for (guint n = 0; !un->package->fault; n++) {
    int code = archive_read_next_header(un->archive, &header);
    if (code == ARCHIVE_EOF) return;
    if (code < ARCHIVE_WARN) {
      un->package->fault = "damaged";
      return;
    }
    if (n >= un->limits->archive_entries) {
      un->package->fault = "archive_entries";
      return;
    }
    g_autofree char *name = entry_name(header);
    g_autofree char *path = safe_path(name);
    if (archive_entry_filetype(header) != AE_IFREG || !*path || (wanted && !wanted(path))) continue;
    GBytes *bytes = read_entry(un);
    if (!bytes) return;
    Entry *entry = g_new0(Entry, 1);
    entry->path = g_steal_pointer(&path);
    entry->bytes = bytes;
    g_ptr_array_add(un->package->entries, entry);
  }
}

Package *package_open(GBytes *zip, const Wire__Limits *limits, PackageWanted wanted, Text *text) {
  Package *package = g_new0(Package, 1);
  package->entries = g_ptr_array_new_with_free_func(entry_free);
  Unpacking un = {package, archive_read_new(), limits, text, 0, 0};
  gconstpointer data = g_bytes_get_data(zip, &un.packed);
  /* In the "C" locale libarchive drops the names that are not ASCII, and with them the files. */
  locale_t names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  locale_t outer = names ? uselocale(names) : (locale_t)0;
  archive_read_support_format_zip(un.archive);
  if (archive_read_open_memory(un.archive, data, un.packed) == ARCHIVE_OK)
    unpack(&un, wanted);
  else
    package->fault = "damaged";
  archive_read_free(un.archive);
  if (names) {
    uselocale(outer);
    freelocale(names);
  }
  return package;
}

void package_free(Package *package) {
  if (!package) return;
  g_ptr_array_unref(package->entries);
  g_free(package);
}

const char *package_fault(const Package *package) {
  return package->fault;
}

void package_report(const char *fault, const MimePart *part, Text *text) {
  const char *name = *part->name ? part->name : part->type;
  gboolean limit = strcmp(fault, "damaged") != 0 && strcmp(fault, "encrypted") != 0;
  g_ptr_array_add(text->review_reasons,
                  limit ? g_strdup_printf("over the limit %s: %s read in part", fault, name)
                        : g_strdup_printf("attachment %s cannot be read: %s", name, fault));
}

guint package_count(const Package *package) {
  return package->entries->len;
}

const char *package_path(const Package *package, guint index) {
  return ((const Entry *)package->entries->pdata[index])->path;
}

GBytes *package_bytes(const Package *package, guint index) {
  return ((const Entry *)package->entries->pdata[index])->bytes;
}

GBytes *package_find(const Package *package, const char *path) {
  for (guint i = 0; i < package->entries->len; i++)
    if (strcmp(package_path(package, i), path) == 0) return package_bytes(package, i);
  return NULL;
}

gboolean package_is_zip(GBytes *content) {
  gsize size = 0;
  const char *data = g_bytes_get_data(content, &size);
  return size > 30 && memcmp(data, "PK\3\4", 4) == 0;
}
