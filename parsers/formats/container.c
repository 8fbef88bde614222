/* container - see container.h. */
#include "parsers/formats/container.h"

#include <gio/gio.h>
#include <string.h>

#include "parsers/formats/cms.h"
#include "parsers/formats/package.h"
#include "parsers/formats/sniff.h"
#include "parsers/formats/tnef.h"

enum {
  NAME_BYTES = 400,           /* of a name with those of its containers */
  SHOWN_BYTES = 120,          /* of a name in a reason */
  HEADER_BYTES = 64 << 10,    /* of signed content, in which Content-Type must come */
  RATIO_FREE_BYTES = 1 << 20, /* small files pack well */
  CHUNK_BYTES = 64 << 10,
};

typedef struct {
  MimeMail *mail;
  const Wire__Limits *limits;
  GPtrArray *parts;  /* the new list */
  int alternatives;  /* numbers given so far, as in mime */
  guint messages;    /* likewise */
  guint entries;     /* parts that came out of containers */
  gboolean has_body; /* the message says something beside its containers */
} Expander;

/* Append to `children` what `part` holds. FALSE: it is no container after all. */
typedef gboolean (*Opener)(Expander *ex, MimePart *part, GPtrArray *children);

/* ---- reasons and limits ---- */

static const char *name_of(const MimePart *part) {
  return *part->name ? part->name : part->type;
}

static void add_reason(Expander *ex, const MimePart *part, const char *fault) {
  g_autofree char *valid = g_utf8_make_valid(name_of(part), -1);
  gsize length = strlen(valid);
  const char *end = valid + MIN(length, SHOWN_BYTES);
  while (end > valid && ((guchar)*end & 0xc0) == 0x80) end--;
  g_autofree char *name = g_strndup(valid, (gsize)(end - valid));
  char *reason;
  if (strcmp(fault, "encrypted") == 0)
    reason = g_strdup_printf("attachment %s is encrypted", name);
  else if (strcmp(fault, "damaged") == 0 || strcmp(fault, "empty") == 0)
    reason = g_strdup_printf("attachment %s cannot be read: %s", name, fault);
  else
    reason = g_strdup_printf("over the limit %s: %s read in part", fault, name);
  g_ptr_array_add(ex->mail->review_reasons, reason);
}

/* Count bytes that were made out of `part`. FALSE: too many, which is said. */
static gboolean count_bytes(Expander *ex, const MimePart *part, gsize bytes) {
  if (bytes > ex->limits->archive_bytes || ex->mail->unpacked > ex->limits->archive_bytes - bytes) {
    add_reason(ex, part, "archive_size");
    return FALSE;
  }
  ex->mail->unpacked += bytes;
  return TRUE;
}

/* The limits that are left for what is inside `part`. */
static Wire__Limits limits_within(const Expander *ex, const MimePart *part) {
  Wire__Limits limits = *ex->limits;
  guint used = MIN(ex->entries, limits.archive_entries);
  limits.archive_entries -= used;
  limits.depth -= MIN(limits.depth, part->depth + 1);
  limits.parts -= MIN(limits.parts, ex->parts->len);
  return limits;
}

/* ---- names ---- */

static void take(char **slot, char *value) {
  g_free(*slot);
  *slot = value;
}

/* "outer.zip/inner.docx"; where it is too long, its end: there are the file and its suffix. */
static char *name_within(const MimePart *outer, const char *name) {
  const char *front = *outer->name ? outer->name : "attachment";
  g_autofree char *whole = g_strdup_printf("%s/%s", front, *name ? name : "attachment");
  gsize length = strlen(whole);
  const char *start = length > NAME_BYTES ? whole + (length - NAME_BYTES) : whole;
  while (((guchar)*start & 0xc0) == 0x80) start++;
  return g_strdup(start);
}

/* The name of what a file of such a suffix wraps ("bulletin.pdf.p7m"). */
static char *unwrapped_name(const MimePart *part, const char *suffix) {
  const char *slash = strrchr(part->name, '/');
  char *name = g_strdup(slash ? slash + 1 : part->name);
  gsize length = strlen(name), cut = strlen(suffix);
  if (length > cut && g_ascii_strcasecmp(name + length - cut, suffix) == 0)
    name[length - cut] = '\0';
  return name;
}

/* A file that stood in `outer`; *takes* `content`. */
static MimePart *add_file(GPtrArray *children, const MimePart *outer, const char *name,
                          GBytes *content) {
  MimePart *part = mime_part_new("application/octet-stream", content);
  take(&part->name, name_within(outer, name));
  part->attachment = TRUE;
  part->depth = outer->depth + 1;
  part->message = outer->message;
  g_ptr_array_add(children, part);
  return part;
}

/* ---- archives ---- */

/* Left behind by systems and programs, beside what a person packed. */
static gboolean is_wanted(const char *path) {
  static const char *const strays[] = {".DS_Store", "Thumbs.db", "desktop.ini", "ehthumbs.db"};
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  if (g_str_has_prefix(path, "__MACOSX/") || strstr(path, "/__MACOSX/")) return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(strays); i++)
    if (g_ascii_strcasecmp(name, strays[i]) == 0) return FALSE;
  return !g_str_has_prefix(name, "._") && !g_str_has_prefix(name, "~$") &&
         !g_str_has_prefix(name, ".~lock.");
}

static gboolean open_zip(Expander *ex, MimePart *part, GPtrArray *children) {
  Wire__Limits limits = limits_within(ex, part);
  g_autoptr(Text) count = text_new();
  count->unpacked = ex->mail->unpacked;
  g_autoptr(Package) package = package_open(part->content, &limits, is_wanted, count);
  ex->mail->unpacked = count->unpacked;
  for (guint i = 0; i < package_count(package); i++)
    add_file(children, part, package_path(package, i), g_bytes_ref(package_bytes(package, i)));
  const char *fault = package_fault(package);
  if (!fault && children->len == 0) fault = "empty";
  if (fault) add_reason(ex, part, fault);
  return TRUE;
}

/* The limit that a packed file passes when it has grown so far; NULL: none. */
static const char *over_gzip(const Expander *ex, gsize unpacked, gsize packed) {
  guint64 most = ex->limits->archive_bytes - MIN(ex->mail->unpacked, ex->limits->archive_bytes);
  if (unpacked > most) return "archive_size";
  gboolean ratio = unpacked > RATIO_FREE_BYTES && unpacked / packed >= ex->limits->archive_ratio;
  return ratio ? "archive_ratio" : NULL;
}

static gboolean open_gzip(Expander *ex, MimePart *part, GPtrArray *children) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GConverter) gunzip =
      G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  gsize size = 0, at = 0;
  const guint8 *data = g_bytes_get_data(part->content, &size);
  guint8 chunk[CHUNK_BYTES];
  const char *fault = NULL;
  for (GConverterResult step = G_CONVERTER_CONVERTED; !fault && step != G_CONVERTER_FINISHED;) {
    gsize used = 0, made = 0;
    step = g_converter_convert(gunzip, data + at, size - at, chunk, sizeof chunk,
                               G_CONVERTER_INPUT_AT_END, &used, &made, NULL);
    if (step == G_CONVERTER_ERROR || (used == 0 && made == 0 && step != G_CONVERTER_FINISHED)) {
      fault = "damaged";
      break;
    }
    at += used;
    g_byte_array_append(out, chunk, (guint)made);
    fault = over_gzip(ex, out->len, size);
  }
  ex->mail->unpacked += out->len;
  g_autofree char *name = unwrapped_name(part, ".gz");
  if (fault)
    add_reason(ex, part, fault);
  else
    add_file(children, part, name, g_byte_array_free_to_bytes(g_steal_pointer(&out)));
  return TRUE;
}

static gboolean open_locked(Expander *ex, MimePart *part, GPtrArray *children) {
  (void)children;
  add_reason(ex, part, "encrypted");
  return TRUE;
}

/* ---- mails within ---- */

/* Move the parts of `inner` to `children`: they become those of message number `message`. */
static void splice(Expander *ex, const MimePart *outer, MimeMail *inner, guint message,
                   gboolean named, GPtrArray *children) {
  int alternatives = ex->alternatives;
  guint messages = ex->messages;
  while (inner->parts->len > 0) {
    MimePart *part = g_ptr_array_steal_index(inner->parts, 0);
    part->depth += outer->depth + 1;
    if (part->alternative >= 0) {
      part->alternative += alternatives;
      ex->alternatives = MAX(ex->alternatives, part->alternative + 1);
    }
    if (part->message > 0) {
      part->message += messages;
      ex->messages = MAX(ex->messages, part->message);
    } else {
      part->message = message;
    }
    if (named && part->attachment) take(&part->name, name_within(outer, part->name));
    g_ptr_array_add(children, part);
  }
  if (inner->encrypted) ex->mail->encrypted = TRUE;
  if (inner->over_limit && !ex->mail->over_limit)
    ex->mail->over_limit = g_steal_pointer(&inner->over_limit);
}

static gboolean open_message(Expander *ex, MimePart *part, GPtrArray *children) {
  if (!count_bytes(ex, part, g_bytes_get_size(part->content))) return TRUE;
  Wire__Limits limits = limits_within(ex, part);
  g_autoptr(MimeMail) inner = mime_read(part->content, &limits);
  guint message = ++ex->messages;
  MimePart *header = mime_part_new("message/rfc822-headers", mime_shown_header(inner));
  take(&header->charset, g_strdup("utf-8"));
  header->depth = part->depth + 1;
  header->message = message;
  g_ptr_array_add(children, header);
  splice(ex, part, inner, message, *part->name != '\0', children);
  return TRUE;
}

/* ---- signed content ---- */

/* DER, or its base64 with or without the lines around it; NULL: neither. */
static GBytes *signed_der(GBytes *content) {
  if (sniff_is_signed(content)) return g_bytes_ref(content);
  gsize size = 0, length = 0;
  const char *data = g_bytes_get_data(content, &size);
  if (size == 0 || (*data != 'M' && *data != '-')) return NULL;
  g_autofree char *text = g_strndup(data, size);
  char *start = text;
  if (*start == '-') start += strcspn(start, "\n");
  char *end = strstr(start, "-----");
  if (end) *end = '\0';
  guchar *der = g_base64_decode(start, &length);
  g_autoptr(GBytes) bytes = g_bytes_new_take(der, length);
  return sniff_is_signed(bytes) ? g_steal_pointer(&bytes) : NULL;
}

/* Has it a header with a Content-Type, as S/MIME asks for (RFC 8551 3.1)? A file that was signed
 * has none. */
static gboolean is_entity(GBytes *content) {
  gsize size = 0;
  const char *at = g_bytes_get_data(content, &size), *end = at + MIN(size, HEADER_BYTES);
  while (at < end && *at != '\r' && *at != '\n') {
    if ((gsize)(end - at) > 13 && g_ascii_strncasecmp(at, "content-type:", 13) == 0) return TRUE;
    at = memchr(at, '\n', (gsize)(end - at));
    if (!at) return FALSE;
    at++;
  }
  return FALSE;
}

/* Base64 of it begins with "M", as "0" begins the bytes: what is not signed is encrypted. */
static gboolean looks_der(GBytes *content) {
  gsize size = 0;
  const char *data = g_bytes_get_data(content, &size);
  return size > 0 && (*data == '0' || *data == 'M' || *data == '-');
}

static gboolean open_signed(Expander *ex, MimePart *part, GPtrArray *children) {
  gboolean broken;
  g_autoptr(GBytes) der = signed_der(part->content);
  if (!der) add_reason(ex, part, looks_der(part->content) ? "encrypted" : "damaged");
  if (!der || !count_bytes(ex, part, g_bytes_get_size(der))) return TRUE;
  g_autoptr(GBytes) content = cms_signed_content(der, &broken);
  if (broken) add_reason(ex, part, "damaged");
  if (!content) return TRUE;
  if (is_entity(content)) {
    Wire__Limits limits = limits_within(ex, part);
    g_autoptr(MimeMail) inner = mime_read(content, &limits);
    splice(ex, part, inner, part->message, FALSE, children);
  } else {
    g_autofree char *name = unwrapped_name(part, ".p7m");
    add_file(children, part, name, g_steal_pointer(&content));
  }
  return TRUE;
}

/* ---- winmail.dat ---- */

static void add_body(Expander *ex, const MimePart *outer, const TnefItem *item,
                     GPtrArray *children) {
  /* Beside a text that the mail shows it is that text again, in Outlook's own form. */
  if (outer->message == 0 && ex->has_body) return;
  MimePart *part = mime_part_new(item->type, g_bytes_ref(item->content));
  take(&part->charset, g_strdup(item->charset));
  part->depth = outer->depth + 1;
  part->message = outer->message;
  g_ptr_array_add(children, part);
}

static gboolean open_tnef(Expander *ex, MimePart *part, GPtrArray *children) {
  Wire__Limits limits = limits_within(ex, part);
  g_autoptr(Tnef) tnef = tnef_open(part->content, &limits);
  if (!count_bytes(ex, part, tnef->unpacked)) return TRUE;
  for (guint i = 0; i < tnef->items->len; i++) {
    const TnefItem *item = tnef->items->pdata[i];
    if (item->body) {
      add_body(ex, part, item, children);
      continue;
    }
    MimePart *file = add_file(children, part, item->name, g_bytes_ref(item->content));
    take(&file->type, g_strdup(item->type));
    take(&file->content_id, g_strdup(item->content_id));
    if (strcmp(item->type, SNIFF_TNEF) == 0) file->message = ++ex->messages; /* a mail */
  }
  if (tnef->fault) add_reason(ex, part, tnef->fault);
  return TRUE;
}

/* ---- all parts ---- */

static const struct {
  const char *type;
  Opener open;
} openers[] = {
    {SNIFF_ZIP, open_zip},       {"application/gzip", open_gzip},
    {SNIFF_LOCKED, open_locked}, {SNIFF_MESSAGE, open_message},
    {SNIFF_SIGNED, open_signed}, {"application/x-pkcs7-mime", open_signed},
    {SNIFF_TNEF, open_tnef},
};

static Opener opener_of(const MimePart *part) {
  for (gsize i = 0; i < G_N_ELEMENTS(openers); i++)
    if (strcmp(part->type, openers[i].type) == 0) return openers[i].open;
  return NULL;
}

/* May it be opened? In a report the returned message is not the sender's. */
static gboolean may_open(Expander *ex, const MimePart *part) {
  if (strcmp(ex->mail->top_type, "multipart/report") == 0 && part->message > 0) return FALSE;
  const char *limit = NULL;
  if (part->depth + 1 > ex->limits->depth) limit = "depth";
  if (ex->parts->len >= ex->limits->parts) limit = "parts";
  if (limit && !ex->mail->over_limit) ex->mail->over_limit = g_strdup(limit);
  return !limit;
}

/* *Takes* `part` and puts it into the new list, what it holds behind it. `depth` bounds the
 * recursion. */
static void expand(Expander *ex, MimePart *part) {
  const char *type = sniff_type(part);
  if (strcmp(type, part->type) != 0) take(&part->type, g_strdup(type));
  part->index = ex->parts->len;
  g_ptr_array_add(ex->parts, part);
  Opener open = opener_of(part);
  if (!open) return;
  if (!may_open(ex, part)) {
    part->opened = TRUE; /* a limit is told once, for all of them */
    return;
  }
  g_autoptr(GPtrArray) children = g_ptr_array_new_with_free_func((GDestroyNotify)mime_part_free);
  part->opened = open(ex, part, children);
  ex->entries += children->len;
  while (children->len > 0) expand(ex, g_ptr_array_steal_index(children, 0));
}

static gboolean is_blank(GBytes *content) {
  gsize size = 0;
  const char *data = g_bytes_get_data(content, &size);
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isspace(data[i])) return FALSE;
  return TRUE;
}

void container_expand(MimeMail *mail, const Wire__Limits *limits) {
  Expander ex = {.mail = mail, .limits = limits};
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = mail->parts->pdata[i];
    ex.alternatives = MAX(ex.alternatives, part->alternative + 1);
    ex.messages = MAX(ex.messages, part->message);
    gboolean shown = strcmp(part->type, "text/plain") == 0 || strcmp(part->type, "text/html") == 0;
    if (part->message == 0 && shown && !part->attachment && !is_blank(part->content))
      ex.has_body = TRUE;
  }
  g_autoptr(GPtrArray) old = mail->parts;
  mail->parts = ex.parts = g_ptr_array_new_with_free_func((GDestroyNotify)mime_part_free);
  while (old->len > 0) expand(&ex, g_ptr_array_steal_index(old, 0));
}
