/* pdf_bare - see pdf_bare.h.
 *
 * Every stream is looked at, whatever refers to it: the content of pages, of forms within them and
 * of letters that are drawn is all written in the same operators. Only what tells what else it is
 * (a font, a table of objects) is passed over. */
#include "parsers/formats/pdf_bare.h"

#include <gio/gio.h>
#include <string.h>

enum {
  UNPACKED_MAX_BYTES = 4 << 20, /* of a file; with more in it, it is painted */
  DICTIONARY_MAX_BYTES = 4096,
  PIECE_BYTES = 32 << 10,
  OPERATOR_MAX_BYTES = 2
};

/* ---- operators ---- */

/* What the reader of operators is in the middle of: streams come piece by piece. */
typedef struct {
  guint depth;      /* of parentheses in a string */
  gboolean escaped; /* behind a backslash of it */
  gboolean comment;
  gsize length; /* of the word; more than a buffer holds are counted alone */
  char word[OPERATOR_MAX_BYTES + 1];
} Operators;

/* Do, too, is none: what it draws is a stream of its own. */
static gboolean is_painting(const char *word) {
  static const char *const painting[] = {"f", "F", "f*", "B",  "B*", "b",  "b*",
                                         "S", "s", "sh", "BI", "ID", "EI", NULL};
  return g_strv_contains(painting, word);
}

/* The end of a word; was it an operator that paints? */
static gboolean end_word(Operators *state) {
  gsize length = state->length;
  state->length = 0;
  if (length == 0 || length > OPERATOR_MAX_BYTES) return FALSE;
  state->word[length] = '\0';
  return is_painting(state->word);
}

/* A byte of a string or a comment; FALSE: it is in none. */
static gboolean pass_over(Operators *state, guchar c) {
  if (state->comment) {
    state->comment = c != '\n' && c != '\r';
    return TRUE;
  }
  if (state->depth == 0) return FALSE;
  if (state->escaped)
    state->escaped = FALSE;
  else if (c == '\\')
    state->escaped = TRUE;
  else
    state->depth += c == '(' ? 1 : c == ')' ? (guint)-1 : 0;
  return TRUE;
}

static gboolean is_delimiter(guchar c) {
  switch (c) {
  case '(':
  case ')':
  case '<':
  case '>':
  case '[':
  case ']':
  case '{':
  case '}':
  case '/':
  case '%':
    return TRUE;
  default:
    return c <= ' ';
  }
}

/* Does one of the operators paint? A name ("/S") is a word of its own with its slash. */
static gboolean paints(Operators *state, const guchar *data, gsize size) {
  for (gsize i = 0; i < size; i++) {
    guchar c = data[i];
    if (pass_over(state, c)) continue;
    gboolean parts = is_delimiter(c);
    if (parts && end_word(state)) return TRUE;
    state->depth = c == '(';
    state->comment = c == '%';
    if (parts && c != '/') continue;
    if (state->length < OPERATOR_MAX_BYTES) state->word[state->length] = (char)c;
    state->length++;
  }
  return FALSE;
}

/* ---- streams ---- */

/* Unpack, and look; `*left`: bytes that still may come out. */
static gboolean packed_paints(const guchar *data, gsize size, gsize *left) {
  g_autoptr(GZlibDecompressor) inflate = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autofree guchar *piece = g_malloc(PIECE_BYTES);
  Operators state = {0};
  for (;;) {
    gsize read = 0, written = 0;
    GConverterResult result =
        g_converter_convert(G_CONVERTER(inflate), data, size, piece, PIECE_BYTES,
                            G_CONVERTER_NO_FLAGS, &read, &written, NULL);
    if (result == G_CONVERTER_ERROR || written > *left || paints(&state, piece, written))
      return TRUE;
    if (result == G_CONVERTER_FINISHED) return end_word(&state);
    *left -= written;
    data += read;
    size -= read;
  }
}

static gboolean holds(const guchar *data, gsize size, const char *word) {
  return memmem(data, size, word, strlen(word)) != NULL;
}

/* Fonts and tables of objects tell so. */
static gboolean is_known(const guchar *dictionary, gsize size) {
  static const char *const known[] = {"/Length1",  "/Type1C", "/CIDFontType0C",
                                      "/OpenType", "/XRef",   "/ObjStm"};
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (holds(dictionary, size, known[i])) return TRUE;
  return FALSE;
}

/* What follows the name of the filter in a dictionary: is it deflate, and that alone? */
static gboolean is_deflate(const guchar *at, const guchar *end) {
  static const char deflate[] = "/FlateDecode";
  gsize length = sizeof deflate - 1;
  while (at < end && (*at <= ' ' || *at == '[')) at++;
  if ((gsize)(end - at) < length || memcmp(at, deflate, length) != 0) return FALSE;
  for (at += length; at < end && *at <= ' ';) at++;
  return at < end && memchr("]>/", *at, 3);
}

/* May the stream whose data begin at `at` paint? Its dictionary begins at `from`. */
static gboolean stream_paints(const guchar *from, const guchar *at, const guchar *end,
                              gsize *left) {
  static const char name[] = "/Filter";
  gsize length = (gsize)(at - from), size = (gsize)(end - at);
  if (is_known(from, length)) return FALSE;
  if (holds(from, length, "/Image") || holds(from, length, "/DecodeParms")) return TRUE;
  const guchar *filter = memmem(from, length, name, sizeof name - 1);
  if (filter) return !is_deflate(filter + sizeof name - 1, at) || packed_paints(at, size, left);
  const guchar *behind = memmem(at, size, "endstream", 9);
  Operators state = {0};
  return !behind || paints(&state, at, (gsize)(behind - at)) || end_word(&state);
}

/* Behind the line that the word "stream" ends. */
static const guchar *data_begin(const guchar *at, const guchar *end) {
  while (at < end && *at != '\n' && *at != '\r') at++;
  if (at + 1 < end && at[0] == '\r' && at[1] == '\n') at++;
  return at < end ? at + 1 : end;
}

/* Where the object begins whose dictionary ends before `at`; NULL: too far away. */
static const guchar *object_begin(const guchar *file, const guchar *at) {
  const guchar *least = at - file > DICTIONARY_MAX_BYTES ? at - DICTIONARY_MAX_BYTES : file;
  for (const guchar *p = at; p - least >= 3; p--)
    if (memcmp(p - 3, "obj", 3) == 0) return p;
  return NULL;
}

gboolean pdf_is_bare(GBytes *content) {
  static const char stream[] = "stream";
  gsize size = 0, left = UNPACKED_MAX_BYTES, length = sizeof stream - 1;
  const guchar *file = g_bytes_get_data(content, &size), *end = file + size, *at = file;
  if (holds(file, size, "/Encrypt")) return FALSE;
  while ((at = memmem(at, (gsize)(end - at), stream, length))) {
    const guchar *word = at;
    at += length;
    if (word - file >= 3 && memcmp(word - 3, "end", 3) == 0) continue;
    const guchar *from = object_begin(file, word);
    if (!from || stream_paints(from, data_begin(at, end), end, &left)) return FALSE;
  }
  return TRUE;
}

/* ---- letters ---- */

/* Arrows, mathematics, boxes, signs; private ones, which fonts of signs use; what has no letter. */
static gboolean may_be_drawing(gunichar letter) {
  if (letter == '|' || letter == 0xA6 || letter == 0x203E) return TRUE;
  if (letter < 0x2190) return letter < ' ' && letter != '\n' && letter != '\t';
  return letter < 0x2C00 || (letter >= 0xE000 && letter < 0xF900) ||
         (letter >= 0xFF5B && letter <= 0xFF5E) || (letter >= 0xFFE0 && letter < 0x20000);
}

static gboolean is_dash(gunichar letter) {
  return letter >= 0x2012 && letter <= 0x2015;
}

gboolean pdf_letters_draw(const char *text) {
  gunichar before = 0;
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    gunichar letter = g_utf8_get_char(p);
    if (may_be_drawing(letter) || (is_dash(letter) && is_dash(before))) return TRUE;
    before = letter;
  }
  return FALSE;
}
