/* mime_header - header fields as text: unfolding, encoded words, parameters, addresses.
 *
 * Private to mime. Nothing here knows GMime: its decoding goes through iconv, which loads modules
 * that the sandbox refuses. Works on any bytes, linear in their number. */
#pragma once
#include <glib.h>

typedef struct {
  const char *name; /* as it is written */
  gsize name_length;
  char *raw;                    /* unfolded bytes, without CR, LF, NUL and outer white space */
  char *decoded;                /* NULL: not asked for yet */
  GPtrArray *addresses, *names; /* the same; see mime_field_addresses */
} HeaderField;

/* The fields of one header block, by name in any case. */
typedef struct MimeHeaders MimeHeaders;

/* Read a block up to its end or the first empty line. Lines that are no field are passed over. */
MimeHeaders *mime_headers_new(const char *block, gsize size);
void mime_headers_free(MimeHeaders *headers);
/* The n-th field of that name, in any case, or NULL. Borrowed. */
HeaderField *mime_headers_find(const MimeHeaders *headers, const char *name, guint n);
/* Decoded once, then kept. Borrowed. */
const char *mime_field_decoded(HeaderField *field);

/* Encoded words (RFC 2047) and raw 8-bit to UTF-8 in NFC, one line, without control characters. */
char *mime_decode_text(const char *raw);
/* The same for bytes of a known character set. */
char *mime_clean_line(const char *utf8);

/* Parameter `name` (lower case) of a Content-Type or Content-Disposition value, decoded as
 * RFC 2231, or 2047 as many clients write it; NULL: none. */
char *mime_parameter(const char *value, const char *name);
/* What stands before the first parameter, in lower case, comments and white space stripped. */
char *mime_value_token(const char *value);

/* What mime_addresses_parse finds in the field, found once, then kept. Borrowed. */
void mime_field_addresses(HeaderField *field, GPtrArray **ret_addresses, GPtrArray **ret_names);
/* Every address of a field: addr-specs in lower case into `addresses`, names into `names`. */
void mime_addresses_parse(const char *raw, GPtrArray *addresses, GPtrArray *names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeHeaders, mime_headers_free)
