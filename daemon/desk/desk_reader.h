/* desk_reader - a stored mail read again in a sandboxed worker, for a person who looks at it; and
 * what that person types, by the same rules.
 *
 * Thread-safe. Starts its worker at the first call, and bulletin-scan where a picture needs it;
 * ends them when no call has come for a minute. A call blocks until the worker has answered, at
 * most for the time that reading may take (worker_timeout, scan_seconds of the limits, each twice).
 *
 * Errors: DESK_ERROR_NOT_FOUND: no such part or page, or none that can be shown; DESK_ERROR_STATE:
 * the mail cannot be read, and why; WIRE_ERROR_TIMEOUT: the time passed, or the reader is being
 * stopped; else the worker cannot be started. */
#pragma once
#include "daemon/config.h"
#include "parsers/wire.h"

typedef struct DeskReader DeskReader;

/* Borrows config. Nothing is started yet. */
DeskReader *desk_reader_new(const Config *config);
/* End calls that wait, now and from now on, with WIRE_ERROR_TIMEOUT: for a quick end. Any thread.
 */
void desk_reader_stop(DeskReader *reader);
/* Stop the worker, free. No call may be running. */
void desk_reader_free(DeskReader *reader);
/* For tests: a worker without work is ended after idle_ms instead of a minute. Before the first
 * call. */
void desk_reader_set_idle(DeskReader *reader, guint idle_ms);

/* Have the worker at hand for the next call, which need not wait for its start then, for another
 * minute. Blocks for the start of the first one. */
void desk_reader_warm(DeskReader *reader);

/* What today's rules read from `raw`, scans by bulletin-scan. account: for its event and addresses,
 * may be NULL (then every account's addresses count). event: forced, or "". want_lines: the text
 * with what is quoted. A mail that cannot be read is KIND_UNREADABLE, its last note says why. The
 * caller frees. */
Extraction *desk_reader_read(DeskReader *reader, GBytes *raw, const Account *account,
                             const char *event, gboolean want_lines,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the rules of `event` make of values that a person typed (`typed`, StoreField*, in UTF-8, at
 * most DESK_READER_TYPED_MAX), as if they stood in a mail of the person of whom `known`
 * (StoreField*) is known. Participant i of the result has the value of typed[i]; or an invalid one,
 * with the reason; or neither, where that is blank. No such event: DESK_ERROR_STATE. The caller
 * frees. */
enum { DESK_READER_TYPED_MAX = WIRE_PARTICIPANTS_MAX };
Extraction *desk_reader_typed(DeskReader *reader, const char *event, const GPtrArray *typed,
                              const GPtrArray *known, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  guint index;        /* as FieldValue.part */
  char *name;         /* of the file, one clear line without a path; "" for none */
  char *type;         /* "application/pdf", as its content shows */
  guint64 size_bytes; /* decoded */
  guint pages;        /* that desk_reader_page can show; 0: none */
  gboolean body;      /* its text stands in DeskOriginal.html */
} DeskPart;

/* The mail as its sender sees it. */
typedef struct {
  char *html;       /* UTF-8, a fragment of the elements and attributes that parsers/harmless.h
                     * names: no link, no style, nothing from outside; at most
                     * WIRE_ORIGINAL_MAX_BYTES, "…" where something was left out */
  GPtrArray *parts; /* DeskPart*, by index, at most WIRE_PARTS_MAX */
} DeskOriginal;
DeskOriginal *desk_reader_original(DeskReader *reader, GBytes *raw,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void desk_original_free(DeskOriginal *original);

/* PNG (at most WIRE_PAGE_MAX_BYTES) of page `page` (from 1) of a part, with the places of those of
 * `values` (FieldValue*; NULL: none) marked that stood on it. The caller owns it. */
GBytes *desk_reader_page(DeskReader *reader, GBytes *raw, guint part, guint page,
                         const GPtrArray *values, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The decoded bytes of one part (at most WIRE_PART_MAX_BYTES), for a download. The caller owns
 * them. */
GBytes *desk_reader_part(DeskReader *reader, GBytes *raw, guint part,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeskReader, desk_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeskOriginal, desk_original_free)
