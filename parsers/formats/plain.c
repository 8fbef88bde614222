/* plain - text/plain to lines: quote marks counted and taken off, format=flowed joined.
 *
 * RFC 3676, with one reservation: a line that had room for the next word was not wrapped by a
 * mailer; its trailing space stands behind the colon of a blank ("Nom : ") and joins nothing. */
#include <string.h>

#include "parsers/charset.h"
#include "parsers/formats/columns.h"
#include "parsers/formats/format.h"
#include "parsers/formats/html_token.h"

enum {
  WRAP_COLUMNS = 56,   /* no mailer wraps at less */
  QUOTE_DEPTH_MAX = 50 /* deeper marks stay in the text */
};

typedef struct {
  const MimePart *part;
  PlainLine each;
  void *data;
  gboolean full;      /* `each` wants no more */
  GString *paragraph; /* flowed lines so far */
  guint depth;        /* their quote depth */
  gboolean open;      /* the last of them ended softly */
  guint columns;      /* of the last of them */
} Plain;

static void hand(Plain *plain, const char *line, gsize size, guint depth) {
  if (!plain->full) plain->full = !plain->each(line, size, depth, plain->data);
}

static void flush(Plain *plain) {
  if (!plain->open) return;
  hand(plain, plain->paragraph->str, plain->paragraph->len, plain->depth);
  plain->open = FALSE;
}

/* Take the quote marks off: "> > ", ">>", "> ". mbox's ">From " is no quote. */
static const char *strip_marks(const char *line, const char *end, guint *ret_depth) {
  *ret_depth = 0;
  if (end - line >= 6 && memcmp(line, ">From ", 6) == 0) return line + 1;
  const char *p = line;
  while (*ret_depth < QUOTE_DEPTH_MAX) {
    const char *q = p;
    while (q < end && *q == ' ' && q - p < 2) q++;
    if (q >= end || *q != '>') break;
    p = q + 1;
    (*ret_depth)++;
  }
  return p;
}

static guint columns_of(const char *text, gsize size) {
  guint columns = 0;
  for (const char *p = text; p < text + size; p = g_utf8_next_char(p))
    columns += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
  return columns;
}

/* Could the first word of `line` have stood on the line before it? Then that was no wrap. */
static gboolean had_room(const Plain *plain, const char *line, const char *end) {
  const char *stop = line;
  while (stop < end && *stop != ' ') stop++;
  return plain->columns + plain->depth + columns_of(line, (gsize)(stop - line)) < WRAP_COLUMNS;
}

/* One line of a flowed part. */
static void add_flowed(Plain *plain, const char *line, const char *end, guint depth) {
  if (line < end && *line == ' ') line++; /* RFC 3676 4.4: space-stuffed */
  gsize size = (gsize)(end - line);
  gboolean mark = size == 3 && memcmp(line, "-- ", 3) == 0;
  if (plain->open && (mark || depth != plain->depth || had_room(plain, line, end))) flush(plain);
  if (!plain->open) g_string_truncate(plain->paragraph, 0);
  gboolean soft = !mark && size > 0 && end[-1] == ' ';
  plain->columns = columns_of(line, size);
  plain->depth = depth;
  plain->open = TRUE;
  g_string_append_len(plain->paragraph, line,
                      (gssize)(soft && plain->part->delsp ? size - 1 : size));
  if (!soft) flush(plain);
}

static void add_line(Plain *plain, const char *line, const char *end) {
  guint depth = 0;
  line = strip_marks(line, end, &depth);
  if (plain->part->flowed) {
    add_flowed(plain, line, end, depth);
    return;
  }
  if (depth > 0 && line < end && *line == ' ') line++;
  hand(plain, line, (gsize)(end - line), depth);
}

void plain_each_line(const MimePart *part, const char *text, PlainLine each, void *data) {
  Plain plain = {.part = part, .each = each, .data = data, .paragraph = g_string_new(NULL)};
  const char *end = text + strlen(text);
  for (const char *p = text; p < end && !plain.full;) {
    const char *stop = p + strcspn(p, "\r\n\v\f");
    add_line(&plain, p, stop);
    p = stop;
    if (p[0] == '\r' && p[1] == '\n')
      p += 2;
    else if (p < end)
      p++;
  }
  flush(&plain);
  g_string_free(plain.paragraph, TRUE);
}

typedef struct {
  const MimePart *part;
  const Wire__Limits *limits;
  Text *text;
} Reading;

static gboolean add_to_text(const char *line, gsize size, guint depth, void *data) {
  const Reading *reading = data;
  text_add(reading->text, reading->limits, line, (gssize)size, reading->part->index, depth);
  return !reading->text->over_limit;
}

gboolean plain_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  g_autofree char *utf8 = text_part_utf8(part, part->charset, text);
  g_autoptr(GString) shown = g_string_new(utf8);
  guint first = text->lines->len;
  html_unescape_letters(shown);
  plain_each_line(part, shown->str, add_to_text, &(Reading){part, limits, text});
  columns_find(text, first);
  return TRUE;
}
