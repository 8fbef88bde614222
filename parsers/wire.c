/* wire - see wire.h.
 *
 * A frame is 4 bytes of length, big-endian, then that many bytes of protobuf. Reading and writing
 * wait in poll(), so that a deadline holds on blocking and non-blocking descriptors alike. SIGPIPE
 * is the program's matter: both programs ignore it, and EPIPE becomes WIRE_ERROR_CLOSED.
 *
 * Unpacking draws on a budget: a few bytes of protobuf may stand for a large struct each. */
#include "parsers/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum {
  LENGTH_BYTES = 4,
  FIRST_WRITE_BYTES = 16 << 10,
  UNPACK_MAX_BYTES = 128 << 20, /* all structs and strings of one unpacked message */
  FIRST_BLOCK_BYTES = 8 << 10,  /* of them, on the stack */
  BLOCK_BYTES = 64 << 10,
  FLAGS_KNOWN = (EXTRACTION_PICTURES << 1) - 1
};

G_DEFINE_QUARK(bulletind - wire - error - quark, wire_error)

void wire_limits_default(Wire__Limits *limits) {
  limits->message_bytes = LIMIT_MESSAGE_BYTES;
  limits->parts = LIMIT_PARTS;
  limits->depth = LIMIT_DEPTH;
  limits->header_bytes = LIMIT_HEADER_BYTES;
  limits->text_bytes = LIMIT_TEXT_BYTES;
  limits->lines = LIMIT_LINES;
  limits->participants = LIMIT_PARTICIPANTS;
  limits->value_bytes = LIMIT_VALUE_BYTES;
  limits->match_steps = LIMIT_MATCH_STEPS;
  limits->memory_bytes = LIMIT_MEMORY_BYTES;
  limits->cpu_s = LIMIT_CPU_S;
  limits->archive_entries = LIMIT_ARCHIVE_ENTRIES;
  limits->archive_bytes = LIMIT_ARCHIVE_BYTES;
  limits->archive_ratio = LIMIT_ARCHIVE_RATIO;
  limits->pages = LIMIT_PAGES;
  limits->page_pixels = LIMIT_PAGE_PIXELS;
  limits->scan_s = LIMIT_SCAN_S;
  limits->scan_memory_bytes = LIMIT_SCAN_MEMORY_BYTES;
}

/* ---- frames ---- */

/* Wait until `fd` is ready for `events` or the deadline passes. */
static gboolean wait_ready(int fd, short events, gint64 deadline_us, GError **error) {
  for (;;) {
    int timeout_ms = -1;
    if (deadline_us) {
      gint64 left_us = deadline_us - g_get_monotonic_time();
      timeout_ms = (int)CLAMP((left_us + 999) / 1000, 0, G_MAXINT);
    }
    struct pollfd ready = {.fd = fd, .events = events};
    int n = poll(&ready, 1, timeout_ms);
    if (n > 0) return TRUE; /* an error or a hang-up shows in the call that follows */
    if (n == 0 && deadline_us && g_get_monotonic_time() >= deadline_us) {
      g_set_error(error, WIRE_ERROR, WIRE_ERROR_TIMEOUT, "pipe: the deadline passed");
      return FALSE;
    }
    if (n < 0 && errno != EINTR && errno != EAGAIN) {
      g_set_error(error, WIRE_ERROR, WIRE_ERROR_IO, "pipe: poll: %s", g_strerror(errno));
      return FALSE;
    }
  }
}

/* After a failed read or write: TRUE to try again. */
static gboolean may_retry(int fd, short events, gint64 deadline_us, GError **error) {
  int code = errno;
  if (code == EINTR) return TRUE;
  if (code == EAGAIN || code == EWOULDBLOCK) return wait_ready(fd, events, deadline_us, error);
  gboolean closed = code == EPIPE || code == ECONNRESET;
  g_set_error(error, WIRE_ERROR, closed ? WIRE_ERROR_CLOSED : WIRE_ERROR_IO, "pipe: %s",
              g_strerror(code));
  return FALSE;
}

static gboolean write_all(int fd, const guint8 *data, gsize size, gsize chunk, gint64 deadline_us,
                          GError **error) {
  while (size > 0) {
    if (deadline_us && !wait_ready(fd, POLLOUT, deadline_us, error)) return FALSE;
    ssize_t n = write(fd, data, MIN(size, chunk));
    if (n < 0) {
      if (!may_retry(fd, POLLOUT, deadline_us, error)) return FALSE;
      continue;
    }
    data += n;
    size -= (gsize)n;
  }
  return TRUE;
}

gboolean wire_write(int fd, const guint8 *data, gsize size, gint64 deadline_us, GError **error) {
  if (size > WIRE_FRAME_MAX_BYTES) {
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_IO, "pipe: a message of %zu bytes; at most %d", size,
                WIRE_FRAME_MAX_BYTES);
    return FALSE;
  }
  /* A blocking write of more than PIPE_BUF would sleep past the deadline, whatever poll said. */
  gboolean blocking = deadline_us && !(fcntl(fd, F_GETFL) & O_NONBLOCK);
  gsize chunk = blocking ? PIPE_BUF : G_MAXSSIZE;
  guint32 length = GUINT32_TO_BE((guint32)size);
  /* With the length in front of it in one call: the reader wakes once. */
  guint8 first[LENGTH_BYTES + FIRST_WRITE_BYTES];
  gsize with = MIN(size, FIRST_WRITE_BYTES);
  memcpy(first, &length, LENGTH_BYTES);
  memcpy(first + LENGTH_BYTES, data, with);
  return write_all(fd, first, LENGTH_BYTES + with, chunk, deadline_us, error) &&
         write_all(fd, data + with, size - with, chunk, deadline_us, error);
}

static gboolean read_all(int fd, guint8 *data, gsize size, gint64 deadline_us, GError **error) {
  while (size > 0) {
    if (deadline_us && !wait_ready(fd, POLLIN, deadline_us, error)) return FALSE;
    ssize_t n = read(fd, data, size);
    if (n == 0) {
      g_set_error(error, WIRE_ERROR, WIRE_ERROR_CLOSED, "pipe: closed by the other side");
      return FALSE;
    }
    if (n < 0) {
      if (!may_retry(fd, POLLIN, deadline_us, error)) return FALSE;
      continue;
    }
    data += n;
    size -= (gsize)n;
  }
  return TRUE;
}

GBytes *wire_read(int fd, gsize max_bytes, gint64 deadline_us, GError **error) {
  guint32 length = 0;
  if (!read_all(fd, (guint8 *)&length, LENGTH_BYTES, deadline_us, error)) return NULL;
  gsize size = GUINT32_FROM_BE(length);
  if (size > MIN(max_bytes, WIRE_FRAME_MAX_BYTES)) {
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_INVALID, "pipe: a message of %zu bytes; at most %zu",
                size, MIN(max_bytes, WIRE_FRAME_MAX_BYTES));
    return NULL;
  }
  g_autofree guint8 *data = g_try_malloc(size ? size : 1);
  if (!data) {
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_IO, "pipe: no memory for %zu bytes", size);
    return NULL;
  }
  if (!read_all(fd, data, size, deadline_us, error)) return NULL;
  return g_bytes_new_take(g_steal_pointer(&data), size);
}

static gboolean is_utf8_value(ProtobufCType type, const void *value) {
  if (!value) return TRUE;
  if (type == PROTOBUF_C_TYPE_STRING) return g_utf8_validate(value, -1, NULL);
  return type != PROTOBUF_C_TYPE_MESSAGE || wire_is_utf8(value);
}

static gboolean is_utf8_field(const ProtobufCFieldDescriptor *field, const guint8 *message) {
  const void *at = message + field->offset;
  if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE) return TRUE;
  if (field->label != PROTOBUF_C_LABEL_REPEATED)
    return is_utf8_value(field->type, *(void *const *)at);
  gsize count = *(const gsize *)(const void *)(message + field->quantifier_offset);
  for (gsize i = 0; i < count; i++)
    if (!is_utf8_value(field->type, (*(void *const *const *)at)[i])) return FALSE;
  return TRUE;
}

gboolean wire_is_utf8(const ProtobufCMessage *message) {
  for (guint i = 0; i < message->descriptor->n_fields; i++)
    if (!is_utf8_field(&message->descriptor->fields[i], (const guint8 *)message)) return FALSE;
  return TRUE;
}

GBytes *wire_pack(const ProtobufCMessage *message) {
  gsize size = protobuf_c_message_get_packed_size(message);
  guint8 *data = g_malloc(size ? size : 1);
  protobuf_c_message_pack(message, data);
  return g_bytes_new_take(data, size);
}

/* ---- Extraction to bytes: generated structs that borrow every string ---- */

/* Memory of one packing, freed together. */
typedef GPtrArray Arena;
#define arena_new0(arena, type, n)                                                                 \
  ((type *)arena_add(arena, g_malloc0_n(MAX((n), 1), sizeof(type))))

static void *arena_add(Arena *arena, void *memory) {
  g_ptr_array_add(arena, memory);
  return memory;
}

static char *borrow(char *string) {
  return string ? string : (char *)protobuf_c_empty_string;
}

static void pack_strings(const GPtrArray *list, size_t *ret_n, char ***ret_strings) {
  *ret_n = list->len;
  *ret_strings = (char **)list->pdata;
}

static Wire__Value *pack_value(Arena *arena, const FieldValue *value) {
  Wire__Value *w = arena_new0(arena, Wire__Value, 1);
  wire__value__init(w);
  w->field = borrow(value->field);
  w->value = borrow(value->value);
  w->raw = borrow(value->raw);
  w->rule = borrow(value->rule);
  w->source = borrow(value->source);
  w->part = value->part;
  w->page = value->page;
  w->line = value->line;
  w->start = value->start;
  w->end = value->end;
  w->x = value->x;
  w->y = value->y;
  w->width = value->width;
  w->height = value->height;
  w->confidence = value->confidence;
  return w;
}

static Wire__Invalid *pack_invalid(Arena *arena, const InvalidValue *invalid) {
  Wire__Invalid *w = arena_new0(arena, Wire__Invalid, 1);
  wire__invalid__init(w);
  w->field = borrow(invalid->field);
  w->value = borrow(invalid->value);
  w->reason = borrow(invalid->reason);
  return w;
}

static Wire__Person *pack_person(Arena *arena, const Participant *participant) {
  Wire__Person *w = arena_new0(arena, Wire__Person, 1);
  wire__person__init(w);
  w->n_values = participant->values->len;
  w->values = arena_new0(arena, Wire__Value *, w->n_values);
  for (gsize i = 0; i < w->n_values; i++)
    w->values[i] = pack_value(arena, g_ptr_array_index(participant->values, i));
  w->n_invalid = participant->invalid->len;
  w->invalid = arena_new0(arena, Wire__Invalid *, w->n_invalid);
  for (gsize i = 0; i < w->n_invalid; i++)
    w->invalid[i] = pack_invalid(arena, g_ptr_array_index(participant->invalid, i));
  pack_strings(participant->missing, &w->n_missing, &w->missing);
  return w;
}

static void pack_lines(Arena *arena, const GPtrArray *lines, Wire__Extraction *w) {
  w->has_lines = lines != NULL;
  if (!lines) return;
  w->n_lines = lines->len;
  w->lines = arena_new0(arena, Wire__Line *, w->n_lines);
  Wire__Line *all = arena_new0(arena, Wire__Line, w->n_lines);
  for (gsize i = 0; i < w->n_lines; i++) {
    const ExtractionLine *line = g_ptr_array_index(lines, i);
    wire__line__init(&all[i]);
    all[i].text = borrow(line->text);
    all[i].source = borrow(line->source);
    all[i].part = line->part;
    all[i].page = line->page;
    all[i].quoted = line->quoted;
    all[i].signature = line->signature;
    w->lines[i] = &all[i];
  }
}

static Wire__Bounce *pack_bounce(Arena *arena, const BounceReport *report) {
  if (!report) return NULL;
  Wire__Bounce *w = arena_new0(arena, Wire__Bounce, 1);
  wire__bounce__init(w);
  w->action = (guint32)report->action;
  w->status = borrow(report->status);
  w->final_recipient = borrow(report->final_recipient);
  w->original_recipient = borrow(report->original_recipient);
  w->diagnostic = borrow(report->diagnostic);
  return w;
}

static Wire__PageShown *pack_page(Arena *arena, const PageShown *page) {
  if (!page->png) return NULL;
  Wire__PageShown *w = arena_new0(arena, Wire__PageShown, 1);
  wire__page_shown__init(w);
  gsize size = 0;
  w->png.data = (guint8 *)(gsize)g_bytes_get_data(page->png, &size);
  w->png.len = size;
  w->width = page->width;
  w->height = page->height;
  return w;
}

static Wire__Extraction *pack_extraction(Arena *arena, const Extraction *e) {
  Wire__Extraction *w = arena_new0(arena, Wire__Extraction, 1);
  wire__extraction__init(w);
  w->message_id = borrow(e->message_id);
  w->from = borrow(e->from);
  w->from_name = borrow(e->from_name);
  w->has_return_path = e->return_path != NULL;
  w->return_path = borrow(e->return_path);
  w->subject = borrow(e->subject);
  w->content_digest = borrow(e->content_digest);
  w->auth_results = borrow(e->auth_results);
  w->event = borrow(e->event);
  w->language = borrow(e->language);
  w->kind = (guint32)e->kind;
  w->flags = e->flags;
  w->has_text = e->text != NULL;
  w->text = borrow(e->text);
  pack_strings(e->references, &w->n_references, &w->references);
  pack_strings(e->review_reasons, &w->n_review_reasons, &w->review_reasons);
  pack_strings(e->sources, &w->n_sources, &w->sources);
  pack_strings(e->notes, &w->n_notes, &w->notes);
  w->n_participants = e->participants->len;
  w->participants = arena_new0(arena, Wire__Person *, w->n_participants);
  for (gsize i = 0; i < w->n_participants; i++)
    w->participants[i] = pack_person(arena, g_ptr_array_index(e->participants, i));
  w->bounce = pack_bounce(arena, e->bounce);
  w->page = pack_page(arena, &e->page);
  pack_lines(arena, e->lines, w);
  return w;
}

GBytes *wire_extraction_write(const Extraction *extraction) {
  g_autoptr(GPtrArray) arena = g_ptr_array_new_with_free_func(g_free);
  return wire_pack(&pack_extraction(arena, extraction)->base);
}

GBytes *wire_reply_write(guint64 id, const Extraction *extraction) {
  g_autoptr(GPtrArray) arena = g_ptr_array_new_with_free_func(g_free);
  Wire__Reply reply = WIRE__REPLY__INIT;
  reply.id = id;
  reply.extraction = pack_extraction(arena, extraction);
  return wire_pack(&reply.base);
}

/* ---- bytes to Extraction: everything is checked before it is handed out ---- */

static gboolean invalid(GError **error, const char *what, const char *fault) {
  g_set_error(error, WIRE_ERROR, WIRE_ERROR_INVALID, "extraction: %s: %s", what, fault);
  return FALSE;
}

/* A string that is one line and not longer than max_bytes. */
static gboolean check_line(const char *string, gsize max_bytes, const char *what, GError **error) {
  gsize length = strlen(string);
  if (length > max_bytes) return invalid(error, what, "too long");
  if (!g_utf8_validate(string, (gssize)length, NULL)) return invalid(error, what, "not UTF-8");
  if (strpbrk(string, "\r\n")) return invalid(error, what, "more than one line");
  return TRUE;
}

static gboolean check_text(const char *string, gsize max_bytes, const char *what, GError **error) {
  gsize length = strlen(string);
  if (length > max_bytes) return invalid(error, what, "too long");
  if (!g_utf8_validate(string, (gssize)length, NULL)) return invalid(error, what, "not UTF-8");
  return TRUE;
}

static gboolean check_strings(size_t n, char *const *strings, const char *what, GError **error) {
  if (n > WIRE_STRINGS_MAX) return invalid(error, what, "too many");
  for (gsize i = 0; i < n; i++)
    if (!check_line(strings[i], WIRE_REPLY_MAX_BYTES, what, error)) return FALSE;
  return TRUE;
}

/* Where the value stood: an index into the lines, where there are any, and a sane rectangle. */
static gboolean check_place(const Wire__Value *v, const Wire__Extraction *w, GError **error) {
  if (v->start > v->end) return invalid(error, v->field, "ends before it starts");
  if (v->line != G_MAXUINT && w->has_lines) {
    if (v->line >= w->n_lines)
      return invalid(error, v->field, "stands on a line that is not there");
    if (v->end > strlen(w->lines[v->line]->text))
      return invalid(error, v->field, "stands behind the end of its line");
  } else if (v->line != G_MAXUINT && v->line >= WIRE_LINES_MAX) {
    return invalid(error, v->field, "stands on a line beyond the limit");
  }
  if (!isfinite(v->x) || !isfinite(v->y) || !isfinite(v->width) || !isfinite(v->height) ||
      v->width < 0 || v->height < 0)
    return invalid(error, v->field, "no rectangle");
  return TRUE;
}

static gboolean check_value(const Wire__Value *v, const Wire__Extraction *w, GError **error) {
  if (!*v->field) return invalid(error, "value", "has no field");
  /* first, for errors name it */
  if (!check_line(v->field, WIRE_VALUE_MAX_BYTES, "field name", error)) return FALSE;
  if (v->confidence > 100) return invalid(error, v->field, "confidence above 100");
  return check_text(v->value, WIRE_VALUE_MAX_BYTES, "value", error) &&
         check_text(v->raw, WIRE_VALUE_MAX_BYTES, "raw value", error) &&
         check_line(v->rule, WIRE_VALUE_MAX_BYTES, "rule", error) &&
         check_line(v->source, WIRE_VALUE_MAX_BYTES, "source", error) && check_place(v, w, error);
}

static gboolean check_person(const Wire__Person *person, const Wire__Extraction *w,
                             GError **error) {
  if (person->n_values > WIRE_STRINGS_MAX) return invalid(error, "values", "too many");
  if (person->n_invalid > WIRE_STRINGS_MAX) return invalid(error, "invalid values", "too many");
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (gsize i = 0; i < person->n_values; i++) {
    if (!check_value(person->values[i], w, error)) return FALSE;
    if (!g_hash_table_add(seen, person->values[i]->field))
      return invalid(error, person->values[i]->field, "two values for one participant");
  }
  for (gsize i = 0; i < person->n_invalid; i++) {
    const Wire__Invalid *v = person->invalid[i];
    if (!check_line(v->field, WIRE_VALUE_MAX_BYTES, "field name", error) ||
        !check_text(v->value, WIRE_VALUE_MAX_BYTES, "invalid value", error) ||
        !check_line(v->reason, WIRE_VALUE_MAX_BYTES, "reason", error))
      return FALSE;
  }
  return check_strings(person->n_missing, person->missing, "missing fields", error);
}

static gboolean check_lines(const Wire__Extraction *w, GError **error) {
  if (w->n_lines > WIRE_LINES_MAX) return invalid(error, "lines", "too many");
  if (w->n_lines && !w->has_lines) return invalid(error, "lines", "there, but not announced");
  for (gsize i = 0; i < w->n_lines; i++)
    if (!check_line(w->lines[i]->text, WIRE_REPLY_MAX_BYTES, "line", error) ||
        !check_line(w->lines[i]->source, WIRE_VALUE_MAX_BYTES, "source of a line", error))
      return FALSE;
  return TRUE;
}

static gboolean check_bounce(const Wire__Bounce *w, GError **error) {
  if (!w) return TRUE;
  if (w->action >= BOUNCE_ACTION_COUNT) return invalid(error, "bounce", "unknown action");
  return check_line(w->status, WIRE_BOUNCE_MAX_BYTES, "bounce status", error) &&
         check_line(w->final_recipient, WIRE_BOUNCE_MAX_BYTES, "final recipient", error) &&
         check_line(w->original_recipient, WIRE_BOUNCE_MAX_BYTES, "original recipient", error) &&
         check_line(w->diagnostic, WIRE_BOUNCE_MAX_BYTES, "diagnostic", error);
}

static gboolean check_page(const Wire__PageShown *w, GError **error) {
  static const guint8 signature[8] = "\211PNG\r\n\032\n";
  if (!w) return TRUE;
  if (w->png.len > WIRE_PAGE_MAX_BYTES) return invalid(error, "page", "too long");
  if (w->png.len < sizeof signature || memcmp(w->png.data, signature, sizeof signature) != 0)
    return invalid(error, "page", "no PNG");
  if (!isfinite(w->width) || !isfinite(w->height) || w->width <= 0 || w->height <= 0)
    return invalid(error, "page", "has no size");
  return TRUE;
}

static gboolean check_header(const Wire__Extraction *w, GError **error) {
  const struct {
    const char *string, *what;
  } rows[] = {
      {w->message_id, "message_id"},     {w->from, "from"},
      {w->from_name, "from_name"},       {w->return_path, "return_path"},
      {w->subject, "subject"},           {w->content_digest, "content_digest"},
      {w->auth_results, "auth_results"}, {w->event, "event"},
      {w->language, "language"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (!check_line(rows[i].string, WIRE_REPLY_MAX_BYTES, rows[i].what, error)) return FALSE;
  if (w->kind >= KIND_COUNT) return invalid(error, "kind", "unknown");
  if (w->flags & ~(guint32)FLAGS_KNOWN) return invalid(error, "flags", "unknown");
  return TRUE;
}

static gboolean check_extraction(const Wire__Extraction *w, GError **error) {
  if (!check_header(w, error) || !check_lines(w, error) || !check_bounce(w->bounce, error) ||
      !check_page(w->page, error))
    return FALSE;
  if (!check_text(w->text, WIRE_REPLY_MAX_BYTES, "text", error)) return FALSE;
  if (w->n_participants > WIRE_PARTICIPANTS_MAX) return invalid(error, "participants", "too many");
  for (gsize i = 0; i < w->n_participants; i++)
    if (!check_person(w->participants[i], w, error)) return FALSE;
  return check_strings(w->n_references, w->references, "references", error) &&
         check_strings(w->n_review_reasons, w->review_reasons, "review reasons", error) &&
         check_strings(w->n_sources, w->sources, "sources", error) &&
         check_strings(w->n_notes, w->notes, "notes", error);
}

static void take(char **slot, const char *string) {
  g_free(*slot);
  *slot = g_strdup(string);
}

static void unpack_strings(GPtrArray *list, size_t n, char *const *strings) {
  for (gsize i = 0; i < n; i++) g_ptr_array_add(list, g_strdup(strings[i]));
}

static FieldValue *unpack_value(const Wire__Value *w) {
  FieldValue *value = g_new(FieldValue, 1);
  *value = (FieldValue){.field = g_strdup(w->field),
                        .value = g_strdup(w->value),
                        .raw = g_strdup(w->raw),
                        .rule = g_strdup(w->rule),
                        .source = g_strdup(w->source),
                        .part = w->part,
                        .page = w->page,
                        .line = w->line,
                        .start = w->start,
                        .end = w->end,
                        .x = w->x,
                        .y = w->y,
                        .width = w->width,
                        .height = w->height,
                        .confidence = w->confidence};
  return value;
}

static Participant *unpack_person(const Wire__Person *w) {
  Participant *participant = participant_new();
  for (gsize i = 0; i < w->n_values; i++)
    g_ptr_array_add(participant->values, unpack_value(w->values[i]));
  for (gsize i = 0; i < w->n_invalid; i++)
    g_ptr_array_add(
        participant->invalid,
        invalid_value_new(w->invalid[i]->field, w->invalid[i]->value, w->invalid[i]->reason));
  unpack_strings(participant->missing, w->n_missing, w->missing);
  return participant;
}

static GPtrArray *unpack_lines(const Wire__Extraction *w) {
  GPtrArray *lines = g_ptr_array_new_full((guint)w->n_lines, (GDestroyNotify)extraction_line_free);
  for (gsize i = 0; i < w->n_lines; i++) {
    ExtractionLine *line = extraction_line_new(w->lines[i]->text);
    take(&line->source, w->lines[i]->source);
    line->part = w->lines[i]->part;
    line->page = w->lines[i]->page;
    line->quoted = w->lines[i]->quoted;
    line->signature = w->lines[i]->signature;
    g_ptr_array_add(lines, line);
  }
  return lines;
}

static BounceReport *unpack_bounce(const Wire__Bounce *w) {
  if (!w) return NULL;
  BounceReport *report = bounce_report_new();
  report->action = (BounceAction)w->action;
  take(&report->status, w->status);
  take(&report->final_recipient, w->final_recipient);
  take(&report->original_recipient, w->original_recipient);
  take(&report->diagnostic, w->diagnostic);
  return report;
}

static Extraction *unpack_extraction(const Wire__Extraction *w) {
  Extraction *e = extraction_new();
  take(&e->message_id, w->message_id);
  take(&e->from, w->from);
  take(&e->from_name, w->from_name);
  e->return_path = w->has_return_path ? g_strdup(w->return_path) : NULL;
  take(&e->subject, w->subject);
  take(&e->content_digest, w->content_digest);
  take(&e->auth_results, w->auth_results);
  take(&e->event, w->event);
  take(&e->language, w->language);
  e->kind = (MailKind)w->kind;
  e->flags = w->flags;
  e->text = w->has_text ? g_strdup(w->text) : NULL;
  e->lines = w->has_lines ? unpack_lines(w) : NULL;
  for (gsize i = 0; i < w->n_participants; i++)
    g_ptr_array_add(e->participants, unpack_person(w->participants[i]));
  unpack_strings(e->references, w->n_references, w->references);
  unpack_strings(e->review_reasons, w->n_review_reasons, w->review_reasons);
  unpack_strings(e->sources, w->n_sources, w->sources);
  unpack_strings(e->notes, w->n_notes, w->notes);
  e->bounce = unpack_bounce(w->bounce);
  if (w->page)
    e->page = (PageShown){g_bytes_new(w->page->png.data, w->page->png.len), w->page->width,
                          w->page->height};
  return e;
}

/* What one unpacking takes, freed together: protobuf-c's allocator. */
typedef struct {
  gsize left; /* of the budget; NULL, and a failed unpack, when it is used up */
  guint8 *at, *end;
  GPtrArray *blocks;
  _Alignas(max_align_t) guint8 first[FIRST_BLOCK_BYTES];
} Memory;

static void memory_init(Memory *memory) {
  memory->left = UNPACK_MAX_BYTES;
  memory->at = memory->first;
  memory->end = memory->first + sizeof memory->first;
  memory->blocks = NULL;
}

static void memory_done(Memory *memory) {
  if (memory->blocks) g_ptr_array_unref(memory->blocks);
}

static gboolean memory_grow(Memory *memory, gsize size) {
  gsize room = MAX(size, (gsize)BLOCK_BYTES);
  guint8 *block = g_try_malloc(room);
  if (!block) return FALSE;
  if (!memory->blocks) memory->blocks = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(memory->blocks, block);
  memory->at = block;
  memory->end = block + room;
  return TRUE;
}

static void *memory_alloc(void *data, size_t size) {
  Memory *memory = data;
  if (size > memory->left) return NULL;
  memory->left -= size;
  size = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
  if (size > (gsize)(memory->end - memory->at) && !memory_grow(memory, size)) return NULL;
  void *piece = memory->at;
  memory->at += size;
  return piece;
}

static void memory_free(void *data, void *piece) {
  (void)data, (void)piece;
}

/* NULL with an error. The message lies in `memory`. */
static ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *type, GBytes *bytes,
                                Memory *memory, GError **error) {
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  ProtobufCAllocator allocator = {memory_alloc, memory_free, memory};
  ProtobufCMessage *message =
      size > WIRE_REPLY_MAX_BYTES ? NULL : protobuf_c_message_unpack(type, &allocator, size, data);
  if (!message)
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_INVALID, "%s: %zu bytes that are none",
                type->short_name, size);
  return message;
}

Extraction *wire_extraction_read(GBytes *bytes, GError **error) {
  Memory memory;
  memory_init(&memory);
  const Wire__Extraction *w =
      (Wire__Extraction *)unpack(&wire__extraction__descriptor, bytes, &memory, error);
  Extraction *extraction = w && check_extraction(w, error) ? unpack_extraction(w) : NULL;
  memory_done(&memory);
  return extraction;
}

static Extraction *reply_extraction(const Wire__Reply *reply, guint64 id, GError **error) {
  if (reply->id != id) {
    g_set_error(error, WIRE_ERROR, WIRE_ERROR_INVALID,
                "Reply: answers request %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT, reply->id,
                id);
    return NULL;
  }
  if (!reply->extraction) {
    invalid(error, "Reply", "holds none");
    return NULL;
  }
  return check_extraction(reply->extraction, error) ? unpack_extraction(reply->extraction) : NULL;
}

Extraction *wire_reply_read(GBytes *bytes, guint64 id, GError **error) {
  Memory memory;
  memory_init(&memory);
  const Wire__Reply *reply = (Wire__Reply *)unpack(&wire__reply__descriptor, bytes, &memory, error);
  Extraction *extraction = reply ? reply_extraction(reply, id, error) : NULL;
  memory_done(&memory);
  return extraction;
}
