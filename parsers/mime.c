/* mime - see mime.h.
 *
 * GMime finds the structure and undoes the transfer encodings; header text is read by mime_header.
 * Where the header says beyond doubt that there is one text and no structure, GMime undoes the
 * encoding alone.
 * What could make GMime slow or large (header bytes, parts) is bounded before it sees the message:
 * the copy that it parses is cut at the limit, which `over_limit` names. */
#include "parsers/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#include "parsers/formats/sniff.h"
#include "parsers/mime_header.h"

enum {
  DELIMITERS_A_PART = 4, /* lines that look like a boundary's, for each part that is allowed */
  CONTENT_EXTRA_BYTES = 4096,
};

typedef struct {
  MimeMail *mail;
  const Wire__Limits *limits;
  int alternatives; /* numbers given so far */
  guint messages;
} Reader;

/* Where a part stands in the tree. */
typedef struct {
  guint depth;
  int alternative;
  guint message;
} Place;

static void read_object(Reader *reader, GMimeObject *object, Place place);

void mime_part_free(MimePart *part) {
  if (!part) return;
  g_free(part->type);
  g_free(part->charset);
  g_free(part->name);
  g_free(part->method);
  g_free(part->content_id);
  g_bytes_unref(part->content);
  g_free(part);
}

static void over_limit(MimeMail *mail, const char *name) {
  if (!mail->over_limit) mail->over_limit = g_strdup(name);
}

/* ---- one leaf ---- */

/* An unfolded header field of an object; "" if there is none. The caller owns it. */
static char *object_field(GMimeObject *object, const char *name) {
  GMimeHeader *header = g_mime_header_list_get_header(object->headers, name);
  const char *raw = header ? g_mime_header_get_raw_value(header) : NULL;
  char *value = g_strdup(raw ? raw : "");
  g_strdelimit(value, "\r\n", ' ');
  return g_strstrip(value);
}

static gboolean is_token(const char *text, gsize length) {
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph(text[i]) || strchr("()<>@,;:\\\"/[]?=", text[i])) return FALSE;
  return length > 0;
}

/* "text/plain" of a Content-Type value; what RFC 2045 5.2 says where there is none. */
static char *clean_type(const char *value, const char *missing) {
  g_autofree char *token = mime_value_token(value);
  const char *slash = strchr(token, '/');
  if (slash && is_token(token, (gsize)(slash - token)) && is_token(slash + 1, strlen(slash + 1)))
    return g_steal_pointer(&token);
  if (!*token) return g_strdup(missing);
  return g_strdup(strcmp(token, "text") == 0 ? "text/plain" : "application/octet-stream");
}

/* The last component of a file name, whatever system's path it came with. */
static char *base_name(char *name) {
  if (!name) return g_strdup("");
  char *base = name;
  for (char *p = name; *p; p++)
    if (*p == '/' || *p == '\\') base = p + 1;
  char *copy = strcmp(base, ".") == 0 || strcmp(base, "..") == 0 ? g_strdup("") : g_strdup(base);
  g_free(name);
  return copy;
}

static char *lower_parameter(const char *value, const char *name) {
  g_autofree char *found = mime_parameter(value, name);
  return found ? g_ascii_strdown(found, -1) : g_strdup("");
}

static GBytes *decoded_content(GMimeObject *object) {
  GMimeDataWrapper *content =
      GMIME_IS_PART(object) ? g_mime_part_get_content(GMIME_PART(object)) : NULL;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
  if (content) g_mime_data_wrapper_write_to_stream(content, stream);
  g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
  g_object_unref(stream);
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

MimePart *mime_part_new(const char *type, GBytes *content) {
  MimePart *part = g_new0(MimePart, 1);
  part->type = g_strdup(type);
  part->charset = g_strdup("");
  part->name = g_strdup("");
  part->method = g_strdup("");
  part->content_id = g_strdup("");
  part->alternative = -1;
  part->content = content;
  return part;
}

static MimePart *add_part(Reader *reader, Place place, const char *type, GBytes *content) {
  MimePart *part = mime_part_new(type, content);
  part->index = reader->mail->parts->len;
  part->depth = place.depth;
  part->alternative = place.alternative;
  part->message = place.message;
  g_ptr_array_add(reader->mail->parts, part);
  return part;
}

static void take(char **slot, char *value) {
  g_free(*slot);
  *slot = value;
}

static void read_parameters(MimePart *part, const char *type, const char *disposition) {
  take(&part->charset, lower_parameter(type, "charset"));
  take(&part->method, lower_parameter(type, "method"));
  if (!*part->method) take(&part->method, lower_parameter(type, "report-type"));
  char *name = mime_parameter(disposition, "filename");
  if (!name || !*name) take(&name, mime_parameter(type, "name"));
  take(&part->name, base_name(name));
  g_autofree char *format = lower_parameter(type, "format");
  g_autofree char *delsp = lower_parameter(type, "delsp");
  part->flowed = strcmp(format, "flowed") == 0;
  part->delsp = part->flowed && strcmp(delsp, "yes") == 0;
  g_autofree char *how = mime_value_token(disposition);
  gboolean is_text = g_str_has_prefix(part->type, "text/");
  part->attachment = strcmp(how, "attachment") == 0 || (*part->name && !is_text);
}

static gboolean starts_with_pgp(GBytes *content) {
  static const char mark[] = "-----BEGIN PGP MESSAGE-----";
  gsize size = 0;
  const char *data = g_bytes_get_data(content, &size);
  while (size && g_ascii_isspace(*data)) data++, size--;
  return size >= sizeof mark - 1 && memcmp(data, mark, sizeof mark - 1) == 0;
}

/* S/MIME enveloped (RFC 8551 3.2), PGP/MIME (RFC 3156) or an inline PGP message. */
static gboolean is_encrypted(const MimePart *part, const char *type) {
  if (strcmp(part->type, "application/pgp-encrypted") == 0) return TRUE;
  if (strcmp(part->type, "application/pkcs7-mime") == 0 ||
      strcmp(part->type, "application/x-pkcs7-mime") == 0) {
    g_autofree char *kind = lower_parameter(type, "smime-type");
    if (sniff_is_signed(part->content)) return FALSE; /* whatever it is called */
    return strcmp(kind, "signed-data") != 0 && strcmp(kind, "certs-only") != 0;
  }
  return strcmp(part->type, "text/plain") == 0 && starts_with_pgp(part->content);
}

/* What tells how a leaf is to be read: values of its header fields, unfolded, "" where there are
 * none. Takes `content`. */
static void add_leaf(Reader *reader, Place place, const char *type, const char *disposition,
                     const char *id, GBytes *content) {
  g_autofree char *clean = clean_type(type, "text/plain");
  MimePart *part = add_part(reader, place, clean, content);
  read_parameters(part, type, disposition);
  g_autofree char *bare_id = g_strdelimit(g_strdup(id), "<>", ' ');
  take(&part->content_id, g_strstrip(mime_clean_line(bare_id)));
  if (is_encrypted(part, type)) reader->mail->encrypted = TRUE;
}

static void read_leaf(Reader *reader, GMimeObject *object, Place place) {
  g_autofree char *type = object_field(object, "Content-Type");
  g_autofree char *disposition = object_field(object, "Content-Disposition");
  g_autofree char *id = object_field(object, "Content-ID");
  add_leaf(reader, place, type, disposition, id, decoded_content(object));
}

/* ---- a mail of one text ---- */

/* The value of the only field of that name, "" where there is none; NULL: there are several. */
static const char *only_value(const MimeMail *mail, const char *name) {
  if (mime_header_raw(mail, name, 1)) return NULL;
  const char *raw = mime_header_raw(mail, name, 0);
  return raw ? raw : "";
}

/* Would every reader of mail take it for text/plain or text/html? */
static gboolean is_surely_text(const char *type) {
  if (g_ascii_strncasecmp(type, "text/plain", 10) != 0 &&
      g_ascii_strncasecmp(type, "text/html", 9) != 0)
    return FALSE;
  const char *behind = type + (g_ascii_tolower(type[5]) == 'p' ? 10 : 9);
  behind += strspn(behind, " \t");
  return *behind == '\0' || *behind == ';';
}

/* `size` bytes of `raw` from `at` on without their transfer encoding, undone by GMime. */
static GBytes *decoded_slice(GBytes *raw, gsize at, gsize size, GMimeContentEncoding encoding) {
  if (encoding != GMIME_CONTENT_ENCODING_BASE64 &&
      encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
    return g_bytes_new_from_bytes(raw, at, size);
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, encoding);
  char *out = g_malloc(g_mime_encoding_outlen(&state, size) + 1);
  const char *data = g_bytes_get_data(raw, NULL);
  return g_bytes_new_take(out, g_mime_encoding_flush(&state, data + at, size, out));
}

/* Most mails are one text, which needs no tree: GMime's takes as long as all the rest of reading
 * MIME. FALSE, nothing done: its header, which is a plain one, does not say so beyond doubt. */
static gboolean read_one_text(Reader *reader, GBytes *raw, gsize at, gsize size) {
  const char *type = only_value(reader->mail, "Content-Type");
  const char *disposition = only_value(reader->mail, "Content-Disposition");
  const char *id = only_value(reader->mail, "Content-ID");
  const char *way = only_value(reader->mail, "Content-Transfer-Encoding");
  if (!type || !disposition || !id || !way || !is_surely_text(type)) return FALSE;
  if ((*way && !is_token(way, strlen(way))) || reader->limits->parts == 0) return FALSE;
  GMimeContentEncoding encoding = g_mime_content_encoding_from_string(way);
  if (encoding == GMIME_CONTENT_ENCODING_UUENCODE) return FALSE; /* its first line is none of it */
  add_leaf(reader, (Place){0, -1, 0}, type, disposition, id,
           decoded_slice(raw, at, size, encoding));
  return TRUE;
}

/* ---- the tree ---- */

static GBytes *raw_content(GMimeObject *object) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
  g_mime_object_write_content_to_stream(object, NULL, stream);
  g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
  g_object_unref(stream);
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

/* A multipart in which its boundary never came: its whole body is one text. */
static void read_empty_multipart(Reader *reader, GMimeMultipart *multipart, Place place) {
  const char *prologue = g_mime_multipart_get_prologue(multipart);
  GBytes *content =
      prologue ? g_bytes_new(prologue, strlen(prologue)) : raw_content(GMIME_OBJECT(multipart));
  add_part(reader, place, "text/plain", content);
}

static void read_multipart(Reader *reader, GMimeMultipart *multipart, Place place) {
  GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
  const char *subtype = g_mime_content_type_get_media_subtype(type);
  if (subtype && g_ascii_strcasecmp(subtype, "encrypted") == 0) reader->mail->encrypted = TRUE;
  if (subtype && g_ascii_strcasecmp(subtype, "alternative") == 0)
    place.alternative = reader->alternatives++;
  place.depth++;
  int count = g_mime_multipart_get_count(multipart);
  if (count == 0) read_empty_multipart(reader, multipart, place);
  for (int i = 0; i < count; i++)
    read_object(reader, g_mime_multipart_get_part(multipart, i), place);
}

static GBytes *shown_header(const MimeHeaders *headers) {
  static const char *const shown[] = {"subject", "from", "to", "date", "message-id"};
  static const char *const titles[] = {"Subject", "From", "To", "Date", "Message-ID"};
  GString *text = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(shown); i++) {
    HeaderField *field = mime_headers_find(headers, shown[i], 0);
    if (field) g_string_append_printf(text, "%s: %s\n", titles[i], mime_field_decoded(field));
  }
  return g_string_free_to_bytes(text);
}

GBytes *mime_shown_header(const MimeMail *mail) {
  return shown_header(mail->headers);
}

static GBytes *header_text(GMimeObject *message) {
  g_autofree char *block = g_mime_object_get_headers(message, NULL);
  g_autoptr(MimeHeaders) headers = mime_headers_new(block ? block : "", block ? strlen(block) : 0);
  return shown_header(headers);
}

static void read_message(Reader *reader, GMimeMessage *message, Place place) {
  place.depth++;
  place.alternative = -1;
  place.message = ++reader->messages;
  if (reader->mail->parts->len < reader->limits->parts) {
    MimePart *part =
        add_part(reader, place, "message/rfc822-headers", header_text(GMIME_OBJECT(message)));
    take(&part->charset, g_strdup("utf-8"));
  }
  GMimeObject *body = g_mime_message_get_mime_part(message);
  if (body) read_object(reader, body, place);
}

static void read_object(Reader *reader, GMimeObject *object, Place place) {
  if (!object) return;
  if (place.depth > reader->limits->depth) {
    over_limit(reader->mail, "depth");
  } else if (reader->mail->parts->len >= reader->limits->parts) {
    over_limit(reader->mail, "parts");
  } else if (GMIME_IS_MULTIPART(object)) {
    read_multipart(reader, GMIME_MULTIPART(object), place);
  } else if (GMIME_IS_MESSAGE_PART(object) &&
             g_mime_message_part_get_message(GMIME_MESSAGE_PART(object))) {
    read_message(reader, g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)), place);
  } else {
    read_leaf(reader, object, place);
  }
}

/* ---- bounds on what GMime is shown ---- */

/* Where the header begins: behind a byte order mark, empty lines and an mbox "From " line. */
static gsize header_start(const char *data, gsize size) {
  gsize at = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  while (at < size && (data[at] == '\r' || data[at] == '\n')) at++;
  gsize mark = at < size && data[at] == '>' ? at + 1 : at;
  if (size - mark >= 5 && memcmp(data + mark, "From ", 5) == 0) {
    const char *end = memchr(data + mark, '\n', size - mark);
    if (end) at = (gsize)(end - data) + 1;
  }
  return at;
}

/* The header's length with its empty line; the whole size where no empty line comes. */
static gsize header_size(const char *data, gsize size) {
  for (const char *p = data; (p = memchr(p, '\n', size - (gsize)(p - data)));) {
    p++;
    gsize left = size - (gsize)(p - data);
    if (left >= 1 && p[0] == '\n') return (gsize)(p - data) + 1;
    if (left >= 2 && p[0] == '\r' && p[1] == '\n') return (gsize)(p - data) + 2;
    if (left == 0) break;
  }
  return size;
}

/* Where a message has more lines that open a part ("--…", then a header or nothing) than it may:
 * GMime would build every one of them. Returns the bytes that may be read. */
static gsize parts_size(const char *data, gsize size, gsize lines_max) {
  const char *end = data + size, *p = data;
  gsize lines = 0;
  while ((p = memchr(p, '\n', (gsize)(end - p)))) {
    const char *line = p++;
    if (end - p < 2 || p[0] != '-' || p[1] != '-') continue;
    p = memchr(p, '\n', (gsize)(end - p));
    if (!p) break;
    const char *next = p + 1;
    gboolean opens = next < end && (*next == '\r' || *next == '\n' || *next == '-' ||
                                    g_ascii_tolower(*next) == 'c');
    if (opens && ++lines > lines_max) return (gsize)(line - data);
  }
  return size;
}

/* Behind the field at `p` with its continuations; NULL: nothing that every reader of mail takes for
 * a field stands there. */
static const char *field_end(const char *p, const char *end) {
  const char *colon = p;
  while (colon < end && g_ascii_isgraph(*colon) && *colon != ':') colon++;
  if (colon == p || colon >= end || *colon != ':') return NULL;
  do {
    p = memchr(p, '\n', (gsize)(end - p));
    if (!p) return NULL;
    p++;
  } while (p < end && (*p == ' ' || *p == '\t'));
  return p;
}

/* Append of a header the fields that tell how to read the body, and the first, so that it stays a
 * header: GMime makes several objects of every field, mime_headers is what reads the others. FALSE,
 * nothing appended: not a plain header with its empty line. */
static gboolean append_content_fields(GByteArray *copy, const char *data, gsize size) {
  const char *end = data + size, *next = NULL;
  guint before = copy->len;
  if (memchr(data, 0, size)) return FALSE;
  for (const char *p = data; p < end; p = next) {
    gboolean empty = *p == '\n' || (*p == '\r' && end - p == 2);
    next = empty ? end : field_end(p, end);
    if (!next || (next == end && !empty)) {
      g_byte_array_set_size(copy, before);
      return FALSE;
    }
    if (empty || p == data || g_ascii_strncasecmp(p, "content-", 8) == 0)
      g_byte_array_append(copy, (const guint8 *)p, (guint)(next - p));
  }
  return copy->len > before;
}

/* What may be read of a message: its header and body, cut at the limits. */
typedef struct {
  const char *header, *body;
  gsize header_size, body_size;
  gsize body_at; /* in the message */
  gboolean header_cut;
} Bounded;

/* Within `raw`; reads the header fields, too. */
static Bounded bound(MimeMail *mail, GBytes *raw, const Wire__Limits *limits) {
  gsize size = 0;
  const char *data = g_bytes_get_data(raw, &size);
  if (!data) data = ""; /* no bytes at all */
  gsize start = header_start(data, size);
  data += start;
  size -= start;
  if (size > limits->message_bytes) {
    over_limit(mail, "message_bytes");
    size = limits->message_bytes;
  }
  gsize header = header_size(data, size);
  Bounded bounded = {.header = data, .body = data + header, .body_at = start + header};
  bounded.header_size = MIN(header, limits->header_bytes);
  bounded.header_cut = bounded.header_size < header;
  if (bounded.header_cut) over_limit(mail, "header_bytes");
  bounded.body_size =
      parts_size(bounded.body, size - header, limits->parts * (gsize)DELIMITERS_A_PART);
  if (bounded.body_size < size - header) over_limit(mail, "parts");
  mail->headers = mime_headers_new(data, bounded.header_size);
  return bounded;
}

/* The header that GMime parses; *ret_plain: it is a plain one, of which a part stands there. */
static GByteArray *shown_copy(const Bounded *bounded, gboolean *ret_plain) {
  GByteArray *copy = g_byte_array_sized_new((guint)bounded->header_size + 4);
  *ret_plain =
      !bounded->header_cut && append_content_fields(copy, bounded->header, bounded->header_size);
  if (!*ret_plain)
    g_byte_array_append(copy, (const guint8 *)bounded->header, (guint)bounded->header_size);
  if (bounded->header_cut) g_byte_array_append(copy, (const guint8 *)"\r\n\r\n", 4);
  return copy;
}

static void parse(Reader *reader, GByteArray *bytes) {
  GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
  g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  g_mime_parser_set_persist_stream(parser, TRUE); /* contents stay slices of `bytes` */
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  GMimeObject *body = message ? g_mime_message_get_mime_part(message) : NULL;
  read_object(reader, body, (Place){0, -1, 0});
  if (message) g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
}

/* Once a process: GMime's types and tables. Its "shutdown" is the end of the process. */
static void start_gmime(void) {
  static gsize done = 0;
  if (!g_once_init_enter(&done)) return;
  g_mime_init();
  g_once_init_leave(&done, 1);
}

MimeMail *mime_read(GBytes *raw, const Wire__Limits *limits) {
  start_gmime();
  MimeMail *mail = g_new0(MimeMail, 1);
  mail->parts = g_ptr_array_new_with_free_func((GDestroyNotify)mime_part_free);
  mail->review_reasons = g_ptr_array_new_with_free_func(g_free);
  Reader reader = {.mail = mail, .limits = limits};
  Bounded bounded = bound(mail, raw, limits);
  const char *type = mime_header_raw(mail, "content-type", 0);
  mail->top_type = clean_type(type ? type : "", "text/plain");
  mail->report_type = strcmp(mail->top_type, "multipart/report") == 0
                          ? lower_parameter(type, "report-type")
                          : g_strdup("");
  gboolean plain = FALSE;
  g_autoptr(GByteArray) shown = shown_copy(&bounded, &plain);
  if (!plain || !read_one_text(&reader, raw, bounded.body_at, bounded.body_size)) {
    g_byte_array_append(shown, (const guint8 *)bounded.body, (guint)bounded.body_size);
    parse(&reader, shown);
  }
  if (mail->parts->len == 0)
    add_part(&reader, (Place){0, -1, 0}, "application/octet-stream", g_bytes_ref(raw));
  return mail;
}

void mime_free(MimeMail *mail) {
  if (!mail) return;
  g_ptr_array_unref(mail->parts);
  g_ptr_array_unref(mail->review_reasons);
  g_free(mail->top_type);
  g_free(mail->report_type);
  g_free(mail->over_limit);
  mime_headers_free(mail->headers);
  g_free(mail);
}

/* ---- the message's own header ---- */

static HeaderField *find(const MimeMail *mail, const char *name, guint n) {
  return mime_headers_find(mail->headers, name, n);
}

const char *mime_header(const MimeMail *mail, const char *name, guint n) {
  HeaderField *field = find(mail, name, n);
  return field ? mime_field_decoded(field) : NULL;
}

const char *mime_header_raw(const MimeMail *mail, const char *name, guint n) {
  HeaderField *field = find(mail, name, n);
  return field ? field->raw : NULL;
}

/* Those of several fields of one name. */
static void parse_addresses(const MimeMail *mail, const char *name, GPtrArray **ret_addresses,
                            GPtrArray **ret_names) {
  HeaderField *field = NULL;
  *ret_addresses = g_ptr_array_new_with_free_func(g_free);
  *ret_names = g_ptr_array_new_with_free_func(g_free);
  for (guint n = 0; (field = find(mail, name, n)); n++)
    mime_addresses_parse(field->raw, *ret_addresses, *ret_names);
}

GPtrArray *mime_addresses(const MimeMail *mail, const char *name, GPtrArray **ret_names) {
  GPtrArray *addresses = NULL, *names = NULL;
  HeaderField *only = find(mail, name, 0);
  if (only && !find(mail, name, 1)) {
    mime_field_addresses(only, &addresses, &names);
    g_ptr_array_ref(addresses);
    g_ptr_array_ref(names);
  } else {
    parse_addresses(mail, name, &addresses, &names);
  }
  if (ret_names)
    *ret_names = names;
  else
    g_ptr_array_unref(names);
  return addresses;
}
