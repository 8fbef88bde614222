/* mime_header - see mime_header.h. What real mail does to RFC 5322, 2047 and 2231 is forgiven
 * here; each kindness has its line in DEVIATIONS.md. */
#include "parsers/mime_header.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/nfc.h"

enum {
  ADDRESSES_MAX = 1000,     /* of one field */
  CONTINUATIONS_MAX = 100,  /* RFC 2231 3: name*0, name*1, … */
  ADDRESS_MAX_BYTES = 1024, /* RFC 5321 allows 254 */
  PHRASE_MAX_BYTES = 4096,  /* of a display name; a longer one is cut into pieces */
};

struct MimeHeaders {
  char *letters;    /* names and values, each with its NUL */
  GArray *fields;   /* HeaderField, by length of the name, name and place */
  guint64 seen[32]; /* by a name's first letter in any case: a bit for each length, modulo 64 */
};

/* ---- the block ---- */

static void field_clear(gpointer data) {
  HeaderField *field = data;
  g_free(field->decoded);
  if (field->addresses) g_ptr_array_unref(field->addresses);
  if (field->names) g_ptr_array_unref(field->names);
}

/* More than a hundred fields are asked for of each mail, nearly all of them in vain. */
static guint first_of(const char *name) {
  return (guchar)name[0] & 31;
}
static guint64 length_bit(gsize length) {
  return G_GUINT64_CONSTANT(1) << length % 64;
}

static gint compare_names(const HeaderField *field, const char *name, gsize length) {
  if (field->name_length != length) return field->name_length < length ? -1 : 1;
  return g_ascii_strncasecmp(field->name, name, length);
}

static gint compare_fields(gconstpointer a, gconstpointer b) {
  const HeaderField *x = a, *y = b;
  gint order = compare_names(x, y->name, y->name_length);
  if (order != 0) return order;
  return x->raw < y->raw ? -1 : x->raw > y->raw; /* values lie as they came */
}

static gboolean is_name_char(char c) {
  return c > ' ' && c < 0x7f && c != ':';
}

/* Length of a field name at `line`, 0: none. White space before the colon is forgiven. */
static gsize name_length(const char *line, const char *end, const char **ret_value) {
  const char *p = line;
  while (p < end && is_name_char(*p)) p++;
  gsize length = (gsize)(p - line);
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  if (length == 0 || p >= end || *p != ':') return 0;
  *ret_value = p + 1;
  return length;
}

/* Append the bytes from `from` to `to` behind `out`; what would end a line is a space. */
static char *append_value(char *out, const char *from, const char *to) {
  for (; from < to; from++) *out++ = *from == '\r' || *from == '\n' || *from == '\0' ? ' ' : *from;
  return out;
}

static void add_field(MimeHeaders *headers, char *name, gsize length, char *value) {
  headers->seen[first_of(name)] |= length_bit(length);
  HeaderField field = {.name = name, .name_length = length, .raw = g_strstrip(value)};
  g_array_append_val(headers->fields, field);
}

/* The end of the line at `p`, its line break not counted; *ret_next behind it. */
static const char *line_end(const char *p, const char *end, const char **ret_next) {
  const char *stop = memchr(p, '\n', (gsize)(end - p));
  *ret_next = stop ? stop + 1 : end;
  if (!stop) stop = end;
  return stop > p && stop[-1] == '\r' ? stop - 1 : stop;
}

MimeHeaders *mime_headers_new(const char *block, gsize size) {
  MimeHeaders *headers = g_new0(MimeHeaders, 1);
  headers->fields = g_array_new(FALSE, TRUE, sizeof(HeaderField));
  g_array_set_clear_func(headers->fields, field_clear);
  /* a name's NUL has the colon's room, a value's that of the line break, which the last may lack */
  char *out = headers->letters = g_malloc(size + 1);
  const char *end = block + size, *next = NULL;
  for (const char *p = block; p < end; p = next) {
    const char *stop = line_end(p, end, &next), *start = NULL;
    if (stop == p) break;
    gsize length = name_length(p, stop, &start);
    if (length == 0) continue;
    char *name = out, *value = out + length + 1;
    memcpy(name, p, length);
    name[length] = '\0';
    out = append_value(value, start, stop);
    while (next < end && (*next == ' ' || *next == '\t')) {
      const char *more = next;
      stop = line_end(more, end, &next);
      out = append_value(out, more, stop);
    }
    *out++ = '\0';
    add_field(headers, name, length, value);
  }
  g_array_sort(headers->fields, compare_fields);
  return headers;
}

void mime_headers_free(MimeHeaders *headers) {
  if (!headers) return;
  g_array_unref(headers->fields);
  g_free(headers->letters);
  g_free(headers);
}

HeaderField *mime_headers_find(const MimeHeaders *headers, const char *name, guint n) {
  gsize length = strlen(name);
  if (!(headers->seen[first_of(name)] & length_bit(length))) return NULL;
  guint low = 0, high = headers->fields->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (compare_names(&g_array_index(headers->fields, HeaderField, middle), name, length) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  if (n >= headers->fields->len - low) return NULL;
  HeaderField *field = &g_array_index(headers->fields, HeaderField, low + n);
  return compare_names(field, name, length) == 0 ? field : NULL;
}

const char *mime_field_decoded(HeaderField *field) {
  if (!field->decoded) field->decoded = mime_decode_text(field->raw);
  return field->decoded;
}

/* ---- encoded words ---- */

typedef struct {
  const char *charset, *text; /* within the value */
  gsize charset_length, text_length;
  char encoding; /* 'b' or 'q' */
} EncodedWord;

/* An encoded word at `p` ("=?cs?Q?text?="); returns what follows it, NULL: none. The text may hold
 * spaces, and the closing "?=" may be missing at the end. */
static const char *encoded_word(const char *p, EncodedWord *ret_word) {
  if (p[0] != '=' || p[1] != '?') return NULL;
  ret_word->charset = p + 2;
  ret_word->charset_length = strcspn(ret_word->charset, "? \t");
  const char *q = ret_word->charset + ret_word->charset_length;
  if (ret_word->charset_length == 0 || q[0] != '?' || q[1] == '\0' || q[2] != '?') return NULL;
  ret_word->encoding = g_ascii_tolower(q[1]);
  if (ret_word->encoding != 'b' && ret_word->encoding != 'q') return NULL;
  ret_word->text = q + 3;
  const char *end = ret_word->text;
  while (*end && !(end[0] == '?' && end[1] == '=')) {
    if (end[0] == '=' && end[1] == '?' && g_ascii_isalnum(end[2])) break; /* never closed */
    end++;
  }
  ret_word->text_length = (gsize)(end - ret_word->text);
  return *end == '?' ? end + 2 : end;
}

static void decode_q(const char *text, gsize length, GString *out) {
  for (gsize i = 0; i < length; i++) {
    if (text[i] == '_') {
      g_string_append_c(out, ' ');
    } else if (text[i] == '=' && i + 2 < length && g_ascii_isxdigit(text[i + 1]) &&
               g_ascii_isxdigit(text[i + 2])) {
      int value = g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2]);
      g_string_append_c(out, (char)value);
      i += 2;
    } else {
      g_string_append_c(out, text[i]);
    }
  }
}

static void decode_b(const char *text, gsize length, GString *out) {
  guchar *bytes = g_malloc(length / 4 * 3 + 6);
  int state = 0;
  guint save = 0;
  gsize n = g_base64_decode_step(text, length, bytes, &state, &save);
  if (state > 0)
    n += g_base64_decode_step("===", (gsize)(4 - state % 4) % 4, bytes + n, &state, &save);
  g_string_append_len(out, (const char *)bytes, (gssize)n);
  g_free(bytes);
}

static void append_charset(GString *out, const char *bytes, gsize size, const char *label) {
  g_autofree char *text = charset_to_utf8((const guint8 *)bytes, size, label, NULL, NULL);
  g_string_append(out, text);
}

/* Decode the run of adjacent words at `p`: words of one character set are joined as bytes first,
 * because clients cut in the middle of a character. Returns what follows the run. */
static const char *decode_run(const char *p, const EncodedWord *first, GString *out) {
  EncodedWord word = *first;
  const char *next = p;
  g_autoptr(GString) bytes = g_string_new(NULL);
  g_autofree char *charset = g_strndup(word.charset, word.charset_length);
  for (;;) {
    (word.encoding == 'q' ? decode_q : decode_b)(word.text, word.text_length, bytes);
    const char *after = next + strspn(next, " \t");
    EncodedWord following;
    const char *end = encoded_word(after, &following);
    if (!end) break;
    if (following.charset_length != strlen(charset) ||
        g_ascii_strncasecmp(following.charset, charset, following.charset_length) != 0) {
      next = after; /* another character set: the white space between goes, the run ends */
      break;
    }
    word = following;
    next = end;
  }
  append_charset(out, bytes->str, bytes->len, charset);
  return next;
}

char *mime_clean_line(const char *utf8) {
  GString *line = g_string_sized_new(strlen(utf8));
  gboolean space = FALSE;
  for (const char *p = utf8; *p; p = g_utf8_next_char(p)) {
    if (!space && *p > ' ' && *p < 0x7f) { /* nearly all of them */
      g_string_append_c(line, *p);
      continue;
    }
    gunichar c = g_utf8_get_char(p);
    if (g_unichar_iscntrl(c) || c == ' ' || c == 0x2028 || c == 0x2029) {
      space = line->len > 0;
      continue;
    }
    if (space) g_string_append_c(line, ' ');
    space = FALSE;
    g_string_append_unichar(line, c);
  }
  char *normal = nfc_of(line->str, line->len);
  if (!normal) return g_string_free(line, FALSE);
  g_string_free(line, TRUE);
  return normal;
}

char *mime_decode_text(const char *raw) {
  g_autoptr(GString) out = g_string_sized_new(strlen(raw));
  for (const char *p = raw; *p;) {
    EncodedWord word;
    const char *end = encoded_word(p, &word);
    if (end) {
      p = decode_run(end, &word, out);
      continue;
    }
    const char *stop = strstr(p + 1, "=?");
    gsize length = stop ? (gsize)(stop - p) : strlen(p);
    append_charset(out, p, length, NULL);
    p += length;
  }
  return mime_clean_line(out->str);
}

/* ---- parameters ---- */

char *mime_value_token(const char *value) {
  GString *token = g_string_new(NULL);
  int comment = 0;
  for (const char *p = value; *p && (comment || *p != ';'); p++) {
    if (*p == '(')
      comment++;
    else if (*p == ')' && comment)
      comment--;
    else if (!comment && !g_ascii_isspace(*p) && *p != '"')
      g_string_append_c(token, g_ascii_tolower(*p));
  }
  return g_string_free(token, FALSE);
}

/* The next "; name=value" at or after `p`: its name in lower case and its value, unquoted.
 * Returns what follows, NULL at the end. */
static const char *next_parameter(const char *p, GString *name, GString *value) {
  p = strchr(p, ';');
  if (!p) return NULL;
  p += strspn(p, "; \t");
  g_string_truncate(name, 0);
  g_string_truncate(value, 0);
  for (; *p && !strchr("=; \t", *p); p++) g_string_append_c(name, g_ascii_tolower(*p));
  p += strspn(p, " \t");
  if (*p != '=') return p;
  p += 1 + strspn(p + 1, " \t");
  if (*p != '"') {
    for (; *p && *p != ';'; p++) g_string_append_c(value, *p);
    while (value->len && g_ascii_isspace(value->str[value->len - 1]))
      g_string_truncate(value, value->len - 1);
    return p;
  }
  for (p++; *p && *p != '"'; p++) {
    /* RFC 5322 quotes " and \ only; Windows paths come unquoted. */
    if (*p == '\\' && (p[1] == '"' || p[1] == '\\')) p++;
    g_string_append_c(value, *p);
  }
  return *p ? p + 1 : p;
}

static void decode_percent(const char *text, GString *out) {
  for (; *text; text++) {
    if (*text == '%' && g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2])) {
      g_string_append_c(out,
                        (char)(g_ascii_xdigit_value(text[1]) * 16 + g_ascii_xdigit_value(text[2])));
      text += 2;
    } else {
      g_string_append_c(out, *text);
    }
  }
}

/* What RFC 2231 gathers of one parameter. */
typedef struct {
  char *plain;                      /* name=… */
  char *extended;                   /* name*=… */
  char *section[CONTINUATIONS_MAX]; /* name*N or name*N* */
  gboolean encoded[CONTINUATIONS_MAX];
} Pieces;

/* "name*3*" belongs to "name": file it. */
static void take_piece(Pieces *pieces, const char *found, const char *name, const char *value) {
  gsize length = strlen(name);
  if (strncmp(found, name, length) != 0) return;
  const char *rest = found + length;
  if (*rest == '\0' && !pieces->plain) pieces->plain = g_strdup(value);
  if (strcmp(rest, "*") == 0 && !pieces->extended) pieces->extended = g_strdup(value);
  if (rest[0] != '*' || !g_ascii_isdigit(rest[1])) return;
  char *end = NULL;
  guint64 n = g_ascii_strtoull(rest + 1, &end, 10);
  if (n >= CONTINUATIONS_MAX || pieces->section[n]) return;
  pieces->section[n] = g_strdup(value);
  pieces->encoded[n] = strcmp(end, "*") == 0;
}

static void pieces_done(Pieces *pieces) {
  g_free(pieces->plain);
  g_free(pieces->extended);
  for (gsize i = 0; i < CONTINUATIONS_MAX; i++) g_free(pieces->section[i]);
}

/* "charset'language'text" split; the bytes behind are still percent-encoded. */
static const char *split_extended(const char *value, char **ret_charset) {
  const char *first = strchr(value, '\'');
  const char *second = first ? strchr(first + 1, '\'') : NULL;
  *ret_charset = second ? g_strndup(value, (gsize)(first - value)) : g_strdup("");
  return second ? second + 1 : value;
}

static char *join_pieces(const Pieces *pieces) {
  g_autofree char *charset = NULL;
  g_autoptr(GString) bytes = g_string_new(NULL);
  if (pieces->extended) {
    decode_percent(split_extended(pieces->extended, &charset), bytes);
  } else if (pieces->section[0]) {
    for (gsize i = 0; i < CONTINUATIONS_MAX && pieces->section[i]; i++) {
      const char *text = pieces->section[i];
      if (i == 0 && pieces->encoded[0]) text = split_extended(text, &charset);
      if (pieces->encoded[i])
        decode_percent(text, bytes);
      else
        g_string_append(bytes, text);
    }
    if (!charset || !*charset) return mime_decode_text(bytes->str);
  } else {
    return pieces->plain ? mime_decode_text(pieces->plain) : NULL;
  }
  g_autofree char *text =
      charset_to_utf8((const guint8 *)bytes->str, bytes->len, charset, NULL, NULL);
  return mime_clean_line(text);
}

char *mime_parameter(const char *value, const char *name) {
  if (!strchr(value, ';') || !strcasestr(value, name)) return NULL;
  Pieces pieces = {0};
  g_autoptr(GString) found = g_string_new(NULL);
  g_autoptr(GString) text = g_string_new(NULL);
  for (const char *p = value; (p = next_parameter(p, found, text));)
    take_piece(&pieces, found->str, name, text->str);
  char *joined = join_pieces(&pieces);
  pieces_done(&pieces);
  return joined;
}

/* ---- addresses ---- */

/* One mailbox as it is gathered: words outside of <>, the text within, comments. */
typedef struct {
  GString *phrase, *angle, *comment;
  gboolean has_angle;
} Mailbox;

static void mailbox_clear(Mailbox *box) {
  g_string_truncate(box->phrase, 0);
  g_string_truncate(box->angle, 0);
  g_string_truncate(box->comment, 0);
  box->has_angle = FALSE;
}

static gboolean is_address_char(char c) {
  return (guchar)c > ' ' && c != 0x7f && !strchr("<>()[]\",;:\\", c);
}

/* The addr-spec around an '@' in `text`, where there is one; removed from *rest if given. */
static char *find_address(const char *text, GString *rest) {
  for (const char *at = text; (at = strchr(at, '@')); at++) {
    const char *start = at, *end = at + 1;
    while (start > text && is_address_char(start[-1]) && start[-1] != '@') start--;
    while (is_address_char(*end) && *end != '@') end++;
    while (end > at + 1 && strchr(".'", end[-1])) end--;
    while (start < at && *start == '\'') start++;
    if (start == at || end == at + 1 || end - start > ADDRESS_MAX_BYTES) continue;
    char *address = g_strndup(start, (gsize)(end - start)); /* before: *rest may own `text` */
    if (rest) g_string_erase(rest, start - text, end - start);
    return address;
  }
  return NULL;
}

/* A quoted local part ("jean dupont"@ville.fr) stays as it is. */
static char *quoted_address(const char *angle) {
  const char *at = strrchr(angle, '@');
  if (angle[0] != '"' || !at || at == angle || at[-1] != '"' || !at[1]) return NULL;
  for (const char *p = at + 1; *p; p++)
    if (!is_address_char(*p)) return NULL;
  for (const char *p = angle; p < at; p++)
    if ((guchar)*p < ' ') return NULL;
  return strlen(angle) > ADDRESS_MAX_BYTES ? NULL : g_strdup(angle);
}

/* Route ("@a,@b:") and "mailto:" go. */
static const char *skip_route(const char *angle) {
  if (angle[0] == '@' && strchr(angle, ':')) return strchr(angle, ':') + 1;
  return g_ascii_strncasecmp(angle, "mailto:", 7) == 0 ? angle + 7 : angle;
}

static gboolean is_same_ascii(const char *one, const char *other) {
  for (;; one++, other++) {
    while ((guchar)*one >= 0x80) one++;
    while ((guchar)*other >= 0x80) other++;
    if (*one != *other) return FALSE;
    if (!*one) return TRUE;
  }
}

/* An address with raw 8-bit in it as UTF-8. A guess that finds no '@' where one stood is none. */
static char *address_text(const char *address) {
  g_autofree char *guessed =
      charset_to_utf8((const guint8 *)address, strlen(address), NULL, NULL, NULL);
  g_autofree char *text =
      is_same_ascii(address, guessed) ? g_steal_pointer(&guessed) : g_utf8_make_valid(address, -1);
  return mime_clean_line(text);
}

/* Hand over what was gathered. FALSE: it holds no address (yet): a comma within a name. */
static gboolean mailbox_take(Mailbox *box, GPtrArray *addresses, GPtrArray *names) {
  g_autofree char *address = NULL;
  if (box->has_angle) {
    g_strstrip(box->angle->str);
    const char *angle = skip_route(box->angle->str);
    address = quoted_address(angle);
    if (!address) address = find_address(angle, NULL);
  }
  if (!address) address = find_address(box->phrase->str, box->has_angle ? NULL : box->phrase);
  if (!address) return FALSE;
  g_autofree char *clean = address_text(address);
  g_autofree char *name = mime_decode_text(box->phrase->str);
  if (!*name && box->comment->len) {
    g_free(name);
    name = mime_decode_text(box->comment->str);
  }
  g_strstrip(name);
  if (g_str_has_suffix(name, ",")) name[strlen(name) - 1] = '\0';
  g_ptr_array_add(addresses, g_utf8_strdown(clean, -1));
  g_ptr_array_add(names, g_strdup(g_strstrip(name)));
  mailbox_clear(box);
  return TRUE;
}

/* Copy a quoted string's text; returns what follows it. A quote that is never closed ends at '<',
 * so that the address behind it is not lost. */
static const char *take_quoted(const char *p, GString *out) {
  gboolean closed = FALSE;
  for (const char *q = p + 1; *q && !closed; q++) {
    if (*q == '\\' && q[1])
      q++;
    else
      closed = *q == '"';
  }
  gsize start = out->len;
  for (p++; *p && *p != '"'; p++) {
    if (!closed && *p == '<') break;
    if (*p == '\\' && p[1]) p++;
    g_string_append_c(out, *p);
  }
  /* "local part"@domain outside of <> keeps its quotes, or it would be another address. */
  if (p[0] == '"' && p[1] == '@') {
    g_string_insert_c(out, (gssize)start, '"');
    g_string_append_c(out, '"');
  }
  return *p == '"' ? p + 1 : p;
}

static const char *take_comment(const char *p, GString *out) {
  int depth = 1;
  for (p++; *p; p++) {
    if (*p == '\\' && p[1])
      p++;
    else if (*p == '(')
      depth++;
    else if (*p == ')' && --depth == 0)
      break;
    g_string_append_c(out, *p);
  }
  return *p ? p + 1 : p;
}

/* Within <>: up to '>' or, where that is missing, the next separator. */
static const char *take_angle(const char *p, Mailbox *box) {
  gboolean closed = p[1 + strcspn(p + 1, "<>")] == '>';
  box->has_angle = TRUE;
  g_string_truncate(box->angle, 0);
  for (p++; *p && *p != '>' && *p != '<'; p++) {
    if (!closed && strchr(",; \t", *p)) break;
    g_string_append_c(box->angle, *p);
  }
  return *p == '>' ? p + 1 : p;
}

/* A separator at `p`: the mailbox ends, unless it has no address yet: "Durand, Marie <m@…>". */
static void end_mailbox(const char *p, Mailbox *box, GPtrArray *addresses, GPtrArray *names) {
  if (mailbox_take(box, addresses, names)) return;
  if (*p == ',' && box->phrase->len && box->phrase->len <= PHRASE_MAX_BYTES)
    g_string_append_c(box->phrase, ',');
  else
    mailbox_clear(box); /* a group's name, or nothing */
}

void mime_addresses_parse(const char *raw, GPtrArray *addresses, GPtrArray *names) {
  Mailbox box = {g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), FALSE};
  for (const char *p = raw; *p && addresses->len < ADDRESSES_MAX;) {
    EncodedWord word;
    const char *end = encoded_word(p, &word);
    if (end) { /* as a whole: it may hold commas and brackets that are none */
      g_string_append_len(box.phrase, p, end - p);
      p = end;
    } else if (*p == '"') {
      p = take_quoted(p, box.phrase);
    } else if (*p == '(') {
      p = take_comment(p, box.comment);
    } else if (*p == '<') {
      p = take_angle(p, &box);
    } else if (*p == ',' || *p == ';' || box.phrase->len > PHRASE_MAX_BYTES ||
               (*p == ':' && !strchr(box.phrase->str, '@'))) {
      end_mailbox(p, &box, addresses, names);
      p++;
    } else {
      g_string_append_c(box.phrase, *p++);
    }
  }
  mailbox_take(&box, addresses, names);
  g_string_free(box.phrase, TRUE);
  g_string_free(box.angle, TRUE);
  g_string_free(box.comment, TRUE);
}

void mime_field_addresses(HeaderField *field, GPtrArray **ret_addresses, GPtrArray **ret_names) {
  if (!field->addresses) {
    field->addresses = g_ptr_array_new_with_free_func(g_free);
    field->names = g_ptr_array_new_with_free_func(g_free);
    mime_addresses_parse(field->raw, field->addresses, field->names);
  }
  *ret_addresses = field->addresses;
  *ret_names = field->names;
}
