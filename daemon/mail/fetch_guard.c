/* fetch_guard - see fetch_guard.h. One pass, a byte at a time outside literals. */
#include "daemon/mail/fetch_guard.h"

#include <string.h>

static const char no_flag[] = "a list in a response code that holds no flag";
static const char too_large[] = "a literal larger than what was asked for";

void fetch_guard_init(FetchGuard *guard) {
  *guard = (FetchGuard){.greeting = TRUE};
}

void fetch_guard_begin(FetchGuard *guard, guint lines, guint64 literal_max) {
  guard->lines_left = lines;
  guard->literal_max = literal_max;
}

/* The line goes on after its literal: depth and kind of line stay. */
static const char *begin_literal(FetchGuard *guard) {
  if (guard->number > guard->literal_max) return too_large;
  guard->literal_left = guard->number;
  return NULL;
}

static const char *end_of_line(FetchGuard *guard) {
  gboolean literal = guard->state == GUARD_SIZE_CR;
  if (guard->list) return no_flag;
  guard->state = GUARD_TEXT;
  if (literal && guard->numbered) return begin_literal(guard);
  guard->line_bytes = 0;
  guard->depth = 0;
  guard->greeting = guard->code = FALSE;
  guard->list = LIST_NONE;
  if (!guard->lines_left) return "more lines than the command can have";
  guard->lines_left--;
  return NULL;
}

/* A list begins with a flag (RFC 3501 9), "\Seen", "\*" or a keyword, or ends at once. */
static gboolean may_begin_list(const FetchGuard *guard, char c) {
  if (guard->list == LIST_BEGINS && (c == '\\' || c == ')')) return TRUE;
  if (guard->list == LIST_FLAG && c == '*') return TRUE;
  return g_ascii_isgraph(c) && !strchr("(){%*\"\\]", c);
}

static const char *code_byte(FetchGuard *guard, char c) {
  if (guard->list && !may_begin_list(guard, c)) return no_flag;
  guard->list = guard->list == LIST_BEGINS && c == '\\' ? LIST_FLAG : LIST_NONE;
  if (c == '[') guard->code = TRUE;
  if (c == ']') guard->code = FALSE;
  if (!guard->code || c != '(') return NULL;
  guard->list = LIST_BEGINS;
  return guard->greeting ? "a list in its greeting" : NULL;
}

static const char *text_byte(FetchGuard *guard, char c) {
  const char *fault = code_byte(guard, c);
  if (fault) return fault;
  if (c == '{') {
    guard->state = GUARD_SIZE;
    guard->number = 0;
  } else if (c == '(' && ++guard->depth > FETCH_GUARD_DEPTH_MAX) {
    return "parentheses nested too deep";
  } else if (c == ')' && guard->depth) {
    guard->depth--;
  }
  return NULL;
}

/* libetpan makes room for a literal at its "}", whatever follows. */
static gboolean is_too_large(const FetchGuard *guard) {
  guint64 most = guard->numbered ? guard->literal_max : 0;
  return guard->number > MAX(most, FETCH_GUARD_LINE_MAX);
}

/* Within "{123}\r\n"; anything else is plain text after all, though libetpan lets blanks stand in
 * it and anything behind it. */
static const char *size_byte(FetchGuard *guard, char c) {
  gboolean open = guard->state == GUARD_SIZE || guard->state == GUARD_SIZE_BLANKS;
  if (open && g_ascii_isdigit(c)) {
    guard->number = MIN(guard->number, G_MAXUINT32) * 10 + (guint64)(c - '0');
  } else if (open && (c == ' ' || c == '\t')) {
    guard->state = GUARD_SIZE_BLANKS;
  } else if (open && c == '}') {
    guard->state = guard->state == GUARD_SIZE ? GUARD_SIZE_END : GUARD_TEXT;
    return is_too_large(guard) ? too_large : NULL;
  } else if (guard->state == GUARD_SIZE_END && c == '\r') {
    guard->state = GUARD_SIZE_CR;
  } else {
    guard->state = GUARD_TEXT;
    return text_byte(guard, c);
  }
  return NULL;
}

static void note_kind(FetchGuard *guard, char c) {
  switch (guard->line_bytes) {
  case 0:
    guard->numbered = c == '*';
    break;
  case 1:
    guard->numbered = guard->numbered && c == ' ';
    break;
  case 2:
    guard->numbered = guard->numbered && g_ascii_isdigit(c);
    break;
  default:
    break;
  }
}

static const char *one_byte(FetchGuard *guard, char c) {
  if (c == '\n') return end_of_line(guard);
  note_kind(guard, c);
  if (++guard->line_bytes > FETCH_GUARD_LINE_MAX) return "a line without an end";
  return guard->state == GUARD_TEXT ? text_byte(guard, c) : size_byte(guard, c);
}

const char *fetch_guard_feed(FetchGuard *guard, const char *bytes, gsize size) {
  for (gsize i = 0; i < size;) {
    if (guard->literal_left) {
      gsize skip = (gsize)MIN(guard->literal_left, size - i);
      guard->literal_left -= skip;
      i += skip;
      continue;
    }
    const char *fault = one_byte(guard, bytes[i++]);
    if (fault) return fault;
  }
  return NULL;
}
