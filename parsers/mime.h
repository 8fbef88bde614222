/* mime - a raw message to its header fields and leaf parts (RFC 5322, 2045, 2231, 2047).
 *
 * The only file that knows GMime. Transfer encodings are undone here; character sets are not
 * (charset does that). Bounded by Wire__Limits: parts, depth, header bytes, message bytes. A limit
 * that is passed is no error: it is named in `over_limit` and what was read so far is kept. */
#pragma once
#include <glib.h>

#include "parsers/wire.h"

typedef struct {
  char *type;    /* lower case "text/plain"; "application/octet-stream" where it is broken */
  char *charset; /* as labelled, lower case; "" if none */
  char *name;    /* file name, decoded (RFC 2231, 2047, raw 8-bit), no path; "" if none */
  char *method;  /* text/calendar's method, report-type of a report; "" if none */
  char *content_id;
  gboolean attachment;    /* Content-Disposition: attachment, or a name and not text */
  gboolean flowed, delsp; /* RFC 3676 */
  guint index;            /* depth-first, from 0 */
  guint depth;            /* 0: the top */
  int alternative;        /* parts of one multipart/alternative share a number >= 0; -1: none */
  guint message;          /* 0: the message itself; n: inside the n-th message/rfc822 within it */
  gboolean opened;        /* a container whose parts follow, or of which review_reasons tells
                           * why not (container.h): it has no text of its own */
  GBytes *content;        /* transfer encoding undone */
} MimePart;

typedef struct {
  GPtrArray *parts;  /* MimePart*, leaves only, in order; a message/rfc822's own leaves follow
                      * with `message` set, its header as a part of type "message/rfc822-headers";
                      * what container opens has its parts behind it, `index` stays the place */
  char *top_type;    /* type of the message itself: "multipart/report" */
  char *report_type; /* of a multipart/report, lower case; "" else */
  char *over_limit;  /* name of the limit that was passed; NULL: none */
  GPtrArray *review_reasons; /* char*: what container could not open */
  guint64 unpacked;          /* bytes that it unpacked */
  gboolean encrypted;        /* S/MIME or PGP encrypted */
  struct MimeHeaders *headers;
} MimeMail;

/* Read `raw`. Never NULL: a message of which nothing can be read has no header and one part. */
MimeMail *mime_read(GBytes *raw, const Wire__Limits *limits);
void mime_free(MimeMail *mail);

/* A part of `type` that *takes* `content`: nothing else is known of it. */
MimePart *mime_part_new(const char *type, GBytes *content);
void mime_part_free(MimePart *part);

/* What a person sees of the message's header, decoded, one field a line, UTF-8. The caller owns it.
 */
GBytes *mime_shown_header(const MimeMail *mail);

/* The n-th (from 0) field `name` (any case): unfolded, encoded words and raw 8-bit decoded to
 * UTF-8; NULL: no such field. Borrowed. mime_header_raw: the bytes as they came, unfolded. */
const char *mime_header(const MimeMail *mail, const char *name, guint n);
const char *mime_header_raw(const MimeMail *mail, const char *name, guint n);

/* Every addr-spec in all fields `name`, lower case, in order, display names decoded into
 * *ret_names (same length, "" if none; may be NULL). Broken fields are scanned for an addr-spec.
 * GPtrArray of char*; the caller owns both. */
GPtrArray *mime_addresses(const MimeMail *mail, const char *name, GPtrArray **ret_names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeMail, mime_free)
