/* wire - the pipe between the daemon and a parser worker: length-prefixed protobuf.
 *
 * Both sides use it. What comes from the other side is untrusted: lengths are checked before
 * anything is allocated, and an Extraction is checked against the bounds below before it is handed
 * out. The generated types (Wire__Setup, …) are plain data and used as such. */
#pragma once
#include <glib.h>

#include "parsers/extraction.h"
#include "parsers/wire.pb-c.h"

/* Bounds, each with its default; the configuration may set those of Wire__Limits. */
enum {
  WIRE_FRAME_MAX_BYTES = 80 << 20,   /* any message on the pipe */
  WIRE_REPLY_MAX_BYTES = 8 << 20,    /* a Reply, the bytes of a part that was asked for apart */
  WIRE_PART_MAX_BYTES = 40 << 20,    /* the decoded bytes of a part */
  WIRE_STRINGS_MAX = 2000,           /* references, notes, sources, reasons: each list */
  WIRE_BOUNCE_MAX_BYTES = 1000,      /* each string of a BounceReport */
  WIRE_PAGE_MAX_BYTES = 6 << 20,     /* the picture of a page */
  WIRE_PAGE_SIDE_MAX = 2400,         /* its longer side, pixels */
  WIRE_ORIGINAL_MAX_BYTES = 2 << 20, /* the HTML of an Original */
  WIRE_PARTS_MAX = 2000,             /* its parts … */
  WIRE_PART_NAME_MAX_BYTES = 200,    /* … the name and the type of each … */
  WIRE_PART_PAGES_MAX = 1000,        /* … and its pages */
  WIRE_LINES_MAX = 200000,
  WIRE_PARTICIPANTS_MAX = 1000,    /* the most that Limits.participants may allow */
  WIRE_VALUE_MAX_BYTES = 64 << 10, /* the most that Limits.value_bytes may allow */
  LIMIT_MESSAGE_BYTES = 30 << 20,
  LIMIT_PARTS = 500,
  LIMIT_DEPTH = 30,
  LIMIT_HEADER_BYTES = 256 << 10,
  LIMIT_TEXT_BYTES = 4 << 20,
  LIMIT_LINES = 50000,
  LIMIT_PARTICIPANTS = 50,
  LIMIT_VALUE_BYTES = 4096,
  LIMIT_MATCH_STEPS = 100000,
  LIMIT_MEMORY_BYTES = 512 << 20,
  LIMIT_CPU_S = 10,
  LIMIT_ARCHIVE_ENTRIES = 1000,
  LIMIT_ARCHIVE_BYTES = 64 << 20,
  LIMIT_ARCHIVE_RATIO = 200, /* above a megabyte: small files pack well */
  LIMIT_PAGES = 20,
  LIMIT_PAGE_PIXELS = 40 << 20,
  LIMIT_SCAN_S = 60,
  LIMIT_SCAN_MEMORY_BYTES = 1 << 30
};

typedef enum {
  WIRE_ERROR_CLOSED,  /* end of file: the other side is gone */
  WIRE_ERROR_TIMEOUT, /* the deadline passed */
  WIRE_ERROR_IO,      /* the system refused; errno's text is in the message */
  WIRE_ERROR_INVALID  /* what came breaks the protocol or a bound */
} WireError;
#define WIRE_ERROR (wire_error_quark())
GQuark wire_error_quark(void);

/* Fill `limits` (already wire__limits__init'ed) with the defaults above. */
void wire_limits_default(Wire__Limits *limits);

/* Write one frame of `size` bytes to `fd` (blocking or not). deadline_us is g_get_monotonic_time's
 * clock; 0: none. FALSE with WIRE_ERROR_CLOSED, _TIMEOUT or _IO. */
gboolean wire_write(int fd, const guint8 *data, gsize size, gint64 deadline_us,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Read one frame of at most max_bytes. Returns NULL with an error; the caller owns the GBytes. */
GBytes *wire_read(int fd, gsize max_bytes, gint64 deadline_us,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Are all strings of a generated message, and of those within it, UTF-8? protobuf-c does not ask.
 */
gboolean wire_is_utf8(const ProtobufCMessage *message);

/* Pack any generated message. The caller owns the GBytes. */
GBytes *wire_pack(const ProtobufCMessage *message);

/* An Extraction to bytes and back. wire_extraction_read checks UTF-8, counts, enums and lengths
 * (WIRE_ERROR_INVALID, naming what is wrong). Also how the store keeps an extraction. */
GBytes *wire_extraction_write(const Extraction *extraction);
Extraction *wire_extraction_read(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A Reply to bytes and back; `id` must be the request's, else WIRE_ERROR_INVALID. */
GBytes *wire_reply_write(guint64 id, const Extraction *extraction);
Extraction *wire_reply_read(GBytes *bytes, guint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
