/* sniff - see sniff.h. */
#include "parsers/formats/sniff.h"

#include <string.h>

enum {
  PDF_MARK_BYTES = 1024,    /* its mark may stand within the first so many (ISO 32000-1, H.3) */
  ZIP_END_BYTES = 65557,    /* the end record and the longest comment behind it */
  ZIP_NAMES_MAX = 2000,     /* entries that are looked at */
  SECTORS_MAX = 200,        /* of a compound file's directory */
  SECTOR_TABLES = 109,      /* that the head of a compound file lists */
  TEXT_BYTES = 4096,        /* that are looked at for what is no text */
  MESSAGE_BYTES = 64 << 10, /* of a header that are looked at */
  MESSAGE_FIELDS_MIN = 2,   /* beside From: what makes a header of lines */
};

typedef struct {
  const guint8 *data;
  gsize size;
} Span;

static Span span_of(GBytes *content) {
  Span span = {NULL, 0};
  span.data = g_bytes_get_data(content, &span.size);
  return span;
}

static guint number(Span span, gsize at, guint bytes) {
  guint value = 0;
  if (at > span.size || span.size - at < bytes) return 0;
  for (guint i = bytes; i > 0; i--) value = value << 8 | span.data[at + i - 1];
  return value;
}

static gboolean begins(Span span, gsize at, const char *mark, gsize length) {
  return at <= span.size && span.size - at >= length && memcmp(span.data + at, mark, length) == 0;
}

/* ---- marks at a fixed place ---- */

#define MARK(at, bytes, type)                                                                      \
  { at, bytes, sizeof bytes - 1, type }

static const struct {
  gsize at;
  const char *bytes;
  gsize length;
  const char *type;
} marks[] = {
    MARK(0, "%PDF-", "application/pdf"),
    MARK(0, "{\\rtf", "application/rtf"),
    MARK(0, "\xff\xd8\xff", "image/jpeg"),
    MARK(0, "\x89PNG\r\n\x1a\n", "image/png"),
    MARK(0, "II*\0", "image/tiff"),
    MARK(0, "MM\0*", "image/tiff"),
    MARK(0, "GIF87a", "image/gif"),
    MARK(0, "GIF89a", "image/gif"),
    MARK(4, "ftypheic", "image/heic"),
    MARK(4, "ftypheix", "image/heic"),
    MARK(4, "ftypheim", "image/heic"),
    MARK(4, "ftypheis", "image/heic"),
    MARK(4, "ftyphevc", "image/heic"),
    MARK(4, "ftypheif", "image/heic"),
    MARK(4, "ftypmif1", "image/heic"),
    MARK(4, "ftypmsf1", "image/heic"),
    MARK(4, "ftypavif", "image/avif"),
    MARK(8, "WEBPVP8", "image/webp"),
    MARK(0, "\x78\x9f\x3e\x22", SNIFF_TNEF),
    MARK(0, "\x1f\x8b\x08", "application/gzip"),
    MARK(0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    MARK(0, "Rar!\x1a\x07", "application/vnd.rar"),
    MARK(2, "-lh5-", "application/x-lzh-compressed"),
    MARK(2, "-lh0-", "application/x-lzh-compressed"),
};

static const char *by_mark(Span span) {
  for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
    if (begins(span, marks[i].at, marks[i].bytes, marks[i].length)) return marks[i].type;
  guint head = number(span, 14, 4); /* "BM" alone begins words */
  if (begins(span, 0, "BM", 2) && (head == 12 || head == 40 || head == 108 || head == 124))
    return "image/bmp";
  return NULL;
}

/* ---- zip: documents by the names of their entries ---- */

typedef struct {
  gboolean package, word, sheet, slides; /* Office Open XML (ECMA-376 part 2) */
  gboolean content, manifest;            /* OpenDocument */
  gboolean apple, java;
} ZipNames;

static void see_name(ZipNames *names, const char *name, gsize length) {
  char path[64];
  gsize kept = MIN(length, sizeof path - 1);
  for (gsize i = 0; i < kept; i++) path[i] = name[i] == '\\' ? '/' : name[i];
  path[kept] = '\0';
  if (g_ascii_strcasecmp(path, "[Content_Types].xml") == 0) names->package = TRUE;
  if (g_str_has_prefix(path, "word/")) names->word = TRUE;
  if (g_str_has_prefix(path, "xl/")) names->sheet = TRUE;
  if (g_str_has_prefix(path, "ppt/")) names->slides = TRUE;
  if (strcmp(path, "content.xml") == 0) names->content = TRUE;
  if (strcmp(path, "META-INF/manifest.xml") == 0) names->manifest = TRUE;
  if (strcmp(path, "META-INF/MANIFEST.MF") == 0) names->java = TRUE;
  if (strcmp(path, "Index/Document.iwa") == 0 || strcmp(path, "Index.zip") == 0 ||
      g_str_has_prefix(path, "QuickLook/"))
    names->apple = TRUE;
}

/* Where the central directory begins (APPNOTE 4.3.16), from the last end record; 0: none. */
static gsize directory_start(Span span) {
  gsize lowest = span.size > ZIP_END_BYTES ? span.size - ZIP_END_BYTES : 0;
  for (gsize at = span.size; at-- > lowest;)
    if (begins(span, at, "PK\5\6", 4)) {
      gsize start = number(span, at + 16, 4);
      return begins(span, start, "PK\1\2", 4) ? start : 0;
    }
  return 0;
}

static void see_directory(ZipNames *names, Span span, gsize at) {
  for (guint n = 0; n < ZIP_NAMES_MAX && begins(span, at, "PK\1\2", 4); n++) {
    gsize length = number(span, at + 28, 2);
    if (span.size - at < 46 || span.size - at - 46 < length) return;
    see_name(names, (const char *)span.data + at + 46, length);
    at += 46 + length + number(span, at + 30, 2) + number(span, at + 32, 2);
    if (at >= span.size) return;
  }
}

/* Without a directory, as of a file that was cut: the names before each entry. */
static void see_entries(ZipNames *names, Span span) {
  gsize at = 0;
  for (guint n = 0; n < ZIP_NAMES_MAX; n++) {
    const guint8 *found = memmem(span.data + at, span.size - at, "PK\3\4", 4);
    if (!found) return;
    at = (gsize)(found - span.data);
    gsize length = number(span, at + 26, 2);
    if (span.size - at < 30 || span.size - at - 30 < length) return;
    see_name(names, (const char *)span.data + at + 30, length);
    at += 30 + length;
  }
}

/* The entry "mimetype" comes first, is not packed and names the type (ODF 1.2 part 3, 3.3). */
static const char *by_mimetype(Span span) {
#define ODF "application/vnd.oasis.opendocument."
  static const char *const types[] = {ODF "text-template",
                                      ODF "text-master",
                                      ODF "text",
                                      ODF "spreadsheet-template",
                                      ODF "spreadsheet",
                                      ODF "presentation-template",
                                      ODF "presentation",
                                      ODF "graphics",
                                      "application/epub+zip",
                                      "application/vnd.sun.xml.writer",
                                      "application/vnd.sun.xml.calc"};
  if (number(span, 26, 2) != 8 || !begins(span, 30, "mimetype", 8)) return NULL;
  gsize at = 38 + (gsize)number(span, 28, 2);
  for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
    if (begins(span, at, types[i], strlen(types[i]))) return types[i];
  return NULL;
}

static const char *by_zip(Span span) {
#define OOXML "application/vnd.openxmlformats-officedocument."
  const char *type = by_mimetype(span);
  if (type) return type;
  ZipNames names = {0};
  gsize start = directory_start(span);
  if (start > 0)
    see_directory(&names, span, start);
  else
    see_entries(&names, span);
  if (names.package && names.word) return OOXML "wordprocessingml.document";
  if (names.package && names.sheet) return OOXML "spreadsheetml.sheet";
  if (names.package && names.slides) return OOXML "presentationml.presentation";
  if (names.package) return "application/x-open-package";
  if (names.content && names.manifest) return ODF "text";
  if (names.apple) return "application/vnd.apple.pages";
  return names.java ? "application/java-archive" : SNIFF_ZIP;
}

/* ---- compound files: documents by the names of their streams ---- */

static const struct {
  const char *stream, *type;
} streams[] = {
    {"EncryptedPackage", SNIFF_LOCKED},
    {"WordDocument", "application/msword"},
    {"Workbook", "application/vnd.ms-excel"},
    {"Book", "application/vnd.ms-excel"},
    {"PowerPoint Document", "application/vnd.ms-powerpoint"},
    {"__properties_version1.0", "application/vnd.ms-outlook"},
    {"VisioDocument", "application/vnd.visio"},
    {"MatOST", "application/vnd.ms-works"},
    {"JSRV_SegmentInformation", "application/x-js-taro"},
};

/* A directory entry's name, which is UTF-16: ours are ASCII. */
static gboolean is_stream(Span span, gsize at, const char *name) {
  gsize length = strlen(name);
  if (number(span, at + 64, 2) != (length + 1) * 2) return FALSE;
  for (gsize i = 0; i < length; i++)
    if (number(span, at + i * 2, 2) != (guchar)name[i]) return FALSE;
  return TRUE;
}

/* The sector that follows `sector` ([MS-CFB] 2.3); one beyond the file ends every chain. */
static gsize next_sector(Span span, gsize sector, guint shift) {
  gsize a_table = ((gsize)1 << shift) / 4, table = sector / a_table;
  if (table >= SECTOR_TABLES) return G_MAXUINT32;
  gsize at = ((gsize)number(span, 76 + table * 4, 4) + 1) << shift;
  return at < span.size ? number(span, at + sector % a_table * 4, 4) : G_MAXUINT32;
}

/* The first known stream: a document's own stand before those of what is embedded in it. */
static const char *by_compound(Span span) {
  guint shift = number(span, 30, 2);
  if (shift != 9 && shift != 12) return SNIFF_COMPOUND;
  gsize sector = number(span, 48, 4);
  for (guint n = 0; n < SECTORS_MAX; n++) {
    gsize start = (sector + 1) << shift;
    if (start >= span.size) break;
    for (gsize at = start; at < start + ((gsize)1 << shift); at += 128)
      for (gsize i = 0; i < G_N_ELEMENTS(streams); i++)
        if (is_stream(span, at, streams[i].stream)) return streams[i].type;
    sector = next_sector(span, sector, shift);
  }
  return SNIFF_COMPOUND;
}

/* ---- text with marks ---- */

static Span skip_space(Span span) {
  gsize at = begins(span, 0, "\xef\xbb\xbf", 3) ? 3 : 0;
  while (at < span.size && g_ascii_isspace(span.data[at])) at++;
  return (Span){span.data + at, span.size - at};
}

static gboolean begins_word(Span span, const char *word) {
  gsize length = strlen(word);
  return span.size > length && g_ascii_strncasecmp((const char *)span.data, word, length) == 0 &&
         !g_ascii_isalnum(span.data[length]);
}

static gboolean holds(Span span, const char *mark) {
  return memmem(span.data, MIN(span.size, TEXT_BYTES), mark, strlen(mark)) != NULL;
}

/* Whole documents alone: who writes about HTML does not begin with its first tag. */
static const char *by_markup(Span span) {
  static const char *const html[] = {"<!doctype html", "<html", "<head", "<body"};
  Span text = skip_space(span);
  for (gsize i = 0; i < G_N_ELEMENTS(html); i++)
    if (begins_word(text, html[i])) return "text/html";
  if (!begins_word(text, "<?xml")) return NULL;
  if (holds(text, "<office:document")) return ODF "text-flat-xml";
  return holds(text, "<html") ? "text/html" : NULL;
}

/* ---- signed data ---- */

gboolean sniff_is_signed(GBytes *content) {
  static const char oid[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
  Span span = span_of(content);
  if (span.size < 2 || span.data[0] != 0x30) return FALSE;
  gsize length_bytes = span.data[1] > 0x80 ? span.data[1] - 0x80u : 0;
  return begins(span, 2 + length_bytes, oid, sizeof oid - 1);
}

/* ---- what says nothing by a mark ---- */

gboolean sniff_is_text(GBytes *content) {
  Span span = span_of(content);
  gsize seen = MIN(span.size, TEXT_BYTES);
  if (begins(span, 0, "\xff\xfe", 2) || begins(span, 0, "\xfe\xff", 2)) return TRUE;
  for (gsize i = 0; i < seen; i++) /* ESC: ISO-2022-JP */
    if (span.data[i] < ' ' && !strchr("\t\n\r\f\x1b", span.data[i])) return FALSE;
  return seen > 0 && !memchr(span.data, 0, seen);
}

/* A header of which each line is a field, with From and what mail programs write beside it. */
static gboolean is_message(Span span) {
  static const char *const fields[] = {
      "Date:", "Subject:", "To:", "MIME-Version:", "Message-ID:", "Received:", "Return-Path:"};
  const char *at = (const char *)span.data, *end = at + MIN(span.size, MESSAGE_BYTES);
  guint known = 0;
  gboolean from = FALSE;
  while (at < end && *at != '\n' && *at != '\r') {
    const char *stop = memchr(at, '\n', (gsize)(end - at));
    if (!stop) return FALSE;
    gsize length = (gsize)(stop - at);
    const char *colon = memchr(at, ':', length), *space = memchr(at, ' ', length);
    gboolean folded = *at == ' ' || *at == '\t', mbox = length > 5 && memcmp(at, "From ", 5) == 0;
    if (!folded && !mbox && (!colon || (space && space < colon))) return FALSE;
    from = from || (length > 5 && g_ascii_strncasecmp(at, "From:", 5) == 0);
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
      if (length > strlen(fields[i]) && !g_ascii_strncasecmp(at, fields[i], strlen(fields[i])))
        known++;
    at = stop + 1;
  }
  return from && known >= MESSAGE_FIELDS_MIN;
}

/* ---- the choice ---- */

const char *sniff_content(GBytes *content) {
  Span span = span_of(content);
  if (span.size == 0) return NULL;
  if (begins(span, 0, "PK\3\4", 4) || begins(span, 0, "PK\5\6", 4)) return by_zip(span);
  if (begins(span, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8)) return by_compound(span);
  const char *type = by_mark(span);
  if (!type) type = by_markup(span);
  return type;
}

gboolean sniff_is_vague(const char *type) {
  static const char *const vague[] = {
      "application/octet-stream",     "application/binary", "application/x-download",
      "application/force-download",   "application/text",   "application/download",
      "application/x-force-download", "application/data",   "application/unknown",
      "application/x-unknown",        "application/file",   "application/x-octet-stream",
      "application/x-msdownload",     "binary/octet-stream"};
  for (gsize i = 0; i < G_N_ELEMENTS(vague); i++)
    if (strcmp(type, vague[i]) == 0) return TRUE;
  return !strchr(type, '/');
}

static gboolean name_ends(const MimePart *part, const char *const *suffixes) {
  g_autofree char *lower = g_ascii_strdown(part->name, -1);
  for (gsize i = 0; suffixes[i]; i++)
    if (g_str_has_suffix(lower, suffixes[i])) return TRUE;
  return FALSE;
}

/* A document that is damaged looks like an archive of its own entries: then it is what it says. */
static gboolean is_office(const MimePart *part) {
  static const char *const suffixes[] = {".docx", ".docm",  ".dotx", ".xlsx",    ".xlsm",
                                         ".pptx", ".odt",   ".ott",  ".ods",     ".odp",
                                         ".odg",  ".pages", ".epub", ".numbers", NULL};
  return g_str_has_prefix(part->type, "application/vnd.o") || name_ends(part, suffixes);
}

/* What has no mark at its start: the name helps. */
static const char *unmarked(const MimePart *part) {
  static const char *const messages[] = {".eml", ".mht", ".mhtml", NULL};
  static const char *const signatures[] = {".p7s", NULL}, *const wrappers[] = {".p7m", NULL};
  Span span = span_of(part->content);
  const char *said = part->type;
  gboolean vague = sniff_is_vague(said), text = g_str_has_prefix(said, "text/");
  if (span.size == 0) return said;
  if (vague && name_ends(part, signatures)) return "application/pkcs7-signature";
  if (vague && (name_ends(part, wrappers) || sniff_is_signed(part->content))) return SNIFF_SIGNED;
  if (!text && memmem(span.data, MIN(span.size, PDF_MARK_BYTES), "%PDF-", 5))
    return "application/pdf";
  if (vague || (name_ends(part, messages) && !g_str_has_prefix(said, "message/")))
    return is_message(span) ? SNIFF_MESSAGE : said;
  return said;
}

/* HTML is believed where a mail program would not have shown tags on purpose. */
static gboolean may_be_html(const MimePart *part) {
  const char *said = part->type;
  if (strcmp(said, "text/plain") == 0) return part->alternative < 0;
  return !g_str_has_prefix(said, "text/") && !g_str_has_prefix(said, "message/") &&
         strcmp(said, "application/xhtml+xml") != 0;
}

const char *sniff_type(const MimePart *part) {
  const char *seen = sniff_content(part->content), *said = part->type;
  if (!seen) return unmarked(part);
  if (strcmp(seen, SNIFF_ZIP) == 0) return is_office(part) ? said : seen;
  if (strcmp(seen, SNIFF_COMPOUND) == 0) return sniff_is_vague(said) ? seen : said;
  if (strcmp(seen, "text/html") == 0) return may_be_html(part) ? seen : said;
  return seen;
}
