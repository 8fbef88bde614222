/* fetch_guard - looks at what an IMAP server sends before libetpan's parser does.
 *
 * Pure: fed with the bytes as they come, in any pieces. libetpan recurses at each parenthesis,
 * keeps every line it is sent and believes any literal's size, so these three are bounded here. It
 * ends the process at a response code whose list begins with anything but a flag ("[PERMANENTFLAGS
 * (%)]"), and in a greeting at any list: these are refused.
 * Parentheses within quoted strings count too: what we ask for holds none, and a guard that parses
 * more finely than it must is one that can be led astray. */
#pragma once
#include <glib.h>

enum {
  FETCH_GUARD_DEPTH_MAX = 50,        /* parentheses within one another */
  FETCH_GUARD_LINE_MAX = 256 * 1024, /* bytes of a line outside literals */
};

typedef struct {
  guint64 literal_max; /* of the command in progress; 0: none may come */
  guint lines_left;
  guint64 literal_left; /* bytes of the literal that we are in */
  guint depth;
  gsize line_bytes;
  gboolean greeting;                               /* the first line of all */
  gboolean code;                                   /* within [ and ] */
  enum { LIST_NONE, LIST_BEGINS, LIST_FLAG } list; /* of a code: what the last byte began */
  gboolean numbered; /* the line begins with "* " and a digit: it may hold literals */
  guint64 number;    /* after '{' */
  enum { GUARD_TEXT, GUARD_SIZE, GUARD_SIZE_BLANKS, GUARD_SIZE_END, GUARD_SIZE_CR } state;
} FetchGuard;

/* A connection begins, and its greeting is to come. */
void fetch_guard_init(FetchGuard *guard);
/* A command begins: so many lines, and literals of at most so many bytes each, may answer it. */
void fetch_guard_begin(FetchGuard *guard, guint lines, guint64 literal_max);

/* NULL, or what is wrong with these bytes (a static text): the connection must be closed. */
const char *fetch_guard_feed(FetchGuard *guard, const char *bytes, gsize size);
