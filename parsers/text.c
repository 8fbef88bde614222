/* text - see text.h: one line at a time is cleaned, counted and kept. text_read.c chooses parts.
 *
 * A line goes through at most three passes: characters (spaces, controls, tick signs), spellings
 * of ticks ("[x]", "( )"), composition. Most lines are clean and take none of them. */
#include "parsers/text.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/eight.h"
#include "parsers/fold.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum {
  LINES_A_BLOCK = 32,
  LETTERS_A_BLOCK = 4096,
  FOLDED_NEAR_BYTES = 1024 /* more is folded into memory of its own */
};

static void line_clear(TextLine *line) {
  if (line->places) g_array_unref(line->places);
}

Text *text_new(void) {
  Text *text = g_new0(Text, 1);
  text->lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_clear);
  text->blocks = g_ptr_array_new_with_free_func(g_free);
  text->letters = g_string_chunk_new(LETTERS_A_BLOCK);
  text->sources = g_ptr_array_new_with_free_func(g_free);
  text->notes = g_ptr_array_new_with_free_func(g_free);
  text->review_reasons = g_ptr_array_new_with_free_func(g_free);
  return text;
}

void text_free(Text *text) {
  if (!text) return;
  g_ptr_array_unref(text->lines);
  g_ptr_array_unref(text->blocks);
  g_string_chunk_free(text->letters);
  g_ptr_array_unref(text->sources);
  g_ptr_array_unref(text->notes);
  g_ptr_array_unref(text->review_reasons);
  g_free(text->over_limit);
  g_free(text);
}

/* ---- characters ---- */

/* Signs that are a tick box in every font, and Word's private characters for Wingdings.
 * Sorted by code. */
static const struct {
  gunichar sign;
  const char *text;
} signs[] = {
    {0x2022, "\342\200\242"}, /* bullet: itself; ends the search early for common text */
    {0x25a0, TICKED},         {0x25a1, UNTICKED}, {0x25a2, UNTICKED}, {0x25a3, TICKED},
    {0x25fb, UNTICKED},       {0x25fc, TICKED},   {0x25fd, UNTICKED}, {0x25fe, TICKED},
    {0x2610, UNTICKED},       {0x2611, TICKED},   {0x2612, TICKED},   {0x2705, TICKED},
    {0x2713, TICKED},         {0x2714, TICKED},   {0x2717, TICKED},   {0x2718, TICKED},
    {0x274f, UNTICKED},       {0x2750, UNTICKED}, {0x2751, UNTICKED}, {0x2752, UNTICKED},
    {0x2b1b, TICKED},         {0x2b1c, UNTICKED}, {0xf052, TICKED},   {0xf053, TICKED},
    {0xf054, TICKED},         {0xf06f, UNTICKED}, {0xf071, UNTICKED}, {0xf072, UNTICKED},
    {0xf078, TICKED},         {0xf0a3, UNTICKED}, {0xf0a8, UNTICKED}, {0xf0fb, TICKED},
    {0xf0fc, TICKED},         {0xf0fd, TICKED},   {0xf0fe, TICKED},   {0x1f5f5, TICKED},
    {0x1f5f7, TICKED},        {0x1f5f8, TICKED},  {0x1f5f9, TICKED},
};

static const char *sign_text(gunichar c) {
  gsize low = 0, high = G_N_ELEMENTS(signs);
  while (low < high) {
    gsize middle = (low + high) / 2;
    if (signs[middle].sign == c) return signs[middle].text;
    if (signs[middle].sign < c)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

static gboolean is_space(gunichar c) {
  return c == ' ' || c == 0xa0 || c == 0x85 || c == '\n' || c == '\r' || c == '\v' || c == '\f' ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

/* Characters that show nothing: controls, joiners, direction marks, variation selectors. */
static gboolean is_invisible(gunichar c) {
  return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x34f ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x2069) || c == 0xfe0e || c == 0xfe0f || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb) || (c & 0xfffe) == 0xfffe;
}

/* Blocks in which every character is composed as it stands (Unicode NFC quick check: yes). */
static gboolean is_composed(gunichar c) {
  return c < 0x300 || (c >= 0x2010 && c < 0x2126) || (c >= 0x2190 && c < 0x2329) ||
         (c >= 0x232b && c < 0x2adc) || (c >= 0x3000 && c < 0x302a) ||
         (c >= 0x3030 && c < 0x3099) || (c >= 0x309b && c < 0xa000) ||
         (c >= 0xac00 && c < 0xd7a4) || (c >= 0xff00 && c < 0xfff0);
}

/* Most kana and ideographs: they need no cleaning. */
static gboolean is_clean_kana_or_ideograph(const char *p, const char *end) {
  guchar first = (guchar)p[0], second = end - p >= 3 ? (guchar)p[1] : 0;
  gboolean kana = first == 0xE3 && (second == 0x81 || second == 0x83);
  return (kana || (first >= 0xE5 && first <= 0xE8)) && (second & 0xC0) == 0x80 &&
         ((guchar)p[2] & 0xC0) == 0x80;
}

/* U+00C0 to U+027F: letters, most of them with an accent. */
static gboolean is_clean_letter(const char *p, const char *end) {
  return (guchar)p[0] >= 0xC3 && (guchar)p[0] <= 0xC9 && end - p >= 2 &&
         ((guchar)p[1] & 0xC0) == 0x80;
}

/* How many of the eight bytes at `p` are printable ASCII, up to the first that is not. */
static guint printable(const char *p) {
  guint64 bytes = eight_load(p);
  return eight_before(bytes | (bytes + EIGHT(1)) | ~(bytes + EIGHT(0x80 - ' ')));
}

/* Behind the characters from `p` on that need no cleaning. */
static const char *skip_clean(const char *p, const char *end) {
  for (;;) {
    guint ascii = end - p >= 8 ? printable(p) : 0;
    if (ascii)
      p += ascii;
    else if (p < end && (guchar)*p >= ' ' && (guchar)*p < 0x7f)
      p++;
    else if (p < end && is_clean_letter(p, end))
      p += 2;
    else if (p < end && is_clean_kana_or_ideograph(p, end))
      p += 3;
    else
      return p;
  }
}

/* FALSE: the result may not be in NFC. */
static gboolean clean_characters(const char *line, gsize length, GString *out) {
  gboolean composed = TRUE;
  const char *end = line + length;
  for (const char *p = line; p < end;) {
    const char *run = p;
    p = skip_clean(p, end);
    if (p > run) g_string_append_len(out, run, p - run);
    if (p == end) break;
    gunichar c = g_utf8_get_char_validated(p, end - p);
    if (c == (gunichar)-1 || c == (gunichar)-2) { /* a format's mistake; never the sender's */
      g_string_append(out, "\357\277\275");
      p++;
      continue;
    }
    const char *next = g_utf8_next_char(p);
    const char *sign = c >= 0x2022 ? sign_text(c) : NULL;
    if (sign)
      g_string_append(out, sign);
    else if (is_space(c))
      g_string_append_c(out, ' ');
    else if (!is_invisible(c))
      g_string_append_len(out, p, next - p);
    composed = composed && is_composed(c);
    p = next;
  }
  return composed;
}

/* ---- composition ---- */

/* GLib's composing takes quadratic time in the length and in the marks of what it is given. */
enum { COMPOSED_AT_ONCE_BYTES = 256, MARKS_AT_ONCE = 30 };

/* Where `p`, which is not at the text's end, may be cut so that its parts compose as the whole
 * does: before a character that is not joined to one before it, or where it gets too long.
 * *ret_heap: more marks than anybody writes on a letter. */
static const char *composable_end(const char *p, const char *end, gboolean *ret_heap) {
  const char *start = p;
  guint marks = 0;
  for (p = g_utf8_next_char(p); p < end; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (is_composed(ch) || p - start >= COMPOSED_AT_ONCE_BYTES || marks > MARKS_AT_ONCE) break;
    marks += g_unichar_combining_class(ch) != 0 ? 1 : 0;
  }
  *ret_heap = marks > MARKS_AT_ONCE;
  return p;
}

/* To NFC; a heap of marks stays as it is. */
static char *compose(const GString *line) {
  const char *end = line->str + line->len;
  GString *out = g_string_sized_new(line->len + 8);
  for (const char *p = line->str; p < end;) {
    gboolean heap = FALSE;
    const char *stop = composable_end(p, end, &heap);
    while (!heap && stop < end && stop - p < COMPOSED_AT_ONCE_BYTES / 4)
      stop = composable_end(stop, end, &heap);
    g_autofree char *part = heap ? NULL : g_utf8_normalize(p, stop - p, G_NORMALIZE_NFC);
    if (part)
      g_string_append(out, part);
    else
      g_string_append_len(out, p, stop - p);
    p = stop;
  }
  return g_string_free(out, FALSE);
}

/* ---- spellings of ticks ---- */

/* What stands in a tick box; the empty ones by length alone. */
static const struct {
  const char *inner, *text;
} marks[] = {
    {"x", TICKED},
    {"X", TICKED},
    {"\303\227", TICKED} /* multiplication sign */,
    {TICKED, TICKED},
    {"v", TICKED},
    {"V", TICKED},
    {"\342\210\232", TICKED} /* square root */,
    {UNTICKED, UNTICKED},
};

/* The box at `p` ("[x]", "( )"): its replacement and length, NULL: none. "[]" is a box, "()" and
 * a letter in round brackets behind a word ("f(x)", "participant(e)") are not. */
static const char *tick_at(const char *line, const char *p, gsize *ret_length) {
  gboolean square = *p == '[';
  const char *inner = p + 1 + strspn(p + 1, " _");
  const char *stop = inner;
  while (*stop && !strchr(" _])", *stop) && stop - inner < 4) stop++;
  const char *close = stop + strspn(stop, " _");
  if (*close != (square ? ']' : ')')) return NULL;
  gboolean glued = p > line && (g_ascii_isalnum(p[-1]) || (guchar)p[-1] >= 0x80);
  if (glued && (!square || close[1] == '(')) return NULL;
  *ret_length = (gsize)(close + 1 - p);
  gsize size = (gsize)(stop - inner);
  if (size == 0) return square || close > p + 1 ? UNTICKED : NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
    if (strlen(marks[i].inner) == size && memcmp(marks[i].inner, inner, size) == 0)
      return !square && g_ascii_tolower(*inner) == 'v' ? NULL : marks[i].text;
  return NULL;
}

static void replace_ticks(GString *line, GString *out) {
  for (const char *p = line->str; *p;) {
    gsize length = 0;
    const char *tick = *p == '[' || *p == '(' ? tick_at(line->str, p, &length) : NULL;
    if (tick) {
      g_string_append(out, tick);
      p += length;
    } else {
      gsize plain = 1 + strcspn(p + 1, "[(");
      g_string_append_len(out, p, (gssize)plain);
      p += plain;
    }
  }
}

/* ---- lines ---- */

/* White space goes from the end of the line and around its tabs; the tabs stay: an empty cell. */
static void trim(GString *line) {
  gsize kept = 0;
  gboolean blank = TRUE;
  for (gsize i = 0; i < line->len; i++) {
    char c = line->str[i];
    if (c == '\t')
      while (kept > 0 && line->str[kept - 1] == ' ') kept--;
    if (c == ' ' && kept > 0 && line->str[kept - 1] == '\t') continue;
    line->str[kept++] = c;
    blank = blank && (c == ' ' || c == '\t');
  }
  while (kept > 0 && line->str[kept - 1] == ' ') kept--;
  g_string_truncate(line, blank ? 0 : kept);
}

static gboolean may_tick(const char *line, gsize length) {
  return memchr(line, '[', length) || memchr(line, '(', length);
}

/* The bytes of a line that is clean as it stands; -1: it is not. */
static gssize clean_length(const char *line, gsize length) {
  if (skip_clean(line, line + length) < line + length || may_tick(line, length)) return -1;
  while (length > 0 && line[length - 1] == ' ') length--;
  return (gssize)length;
}

static char *clean(const char *line, gsize length) {
  g_autoptr(GString) out = g_string_sized_new(length + 8);
  gboolean composed = clean_characters(line, length, out);
  if (may_tick(out->str, out->len)) {
    GString *ticks = g_string_sized_new(out->len + 8);
    replace_ticks(out, ticks);
    g_string_free(out, TRUE);
    out = ticks;
  }
  trim(out);
  return composed ? g_strndup(out->str, out->len) : compose(out);
}

char *text_clean(const char *piece) {
  return clean(piece, strlen(piece));
}

static void over_limit(Text *text, const char *name) {
  if (!text->over_limit) text->over_limit = g_strdup(name);
}

/* Cut at `room` bytes, not within a character. */
static void cut(char *line, gsize room) {
  char *end = line + room;
  while (end > line && ((guchar)*end & 0xc0) == 0x80) end--;
  *end = '\0';
}

/* The cleaned line among the text's letters. */
static char *add_letters(Text *text, const char *line, gsize length) {
  gssize as_it_stands = clean_length(line, length);
  if (as_it_stands >= 0) return g_string_chunk_insert_len(text->letters, line, as_it_stands);
  g_autofree char *cleaned = clean(line, length);
  return g_string_chunk_insert(text->letters, cleaned);
}

static TextLine *line_new(Text *text) {
  guint at = text->lines->len % LINES_A_BLOCK;
  if (at == 0) g_ptr_array_add(text->blocks, g_new0(TextLine, LINES_A_BLOCK));
  TextLine *line = (TextLine *)text->blocks->pdata[text->blocks->len - 1] + at;
  g_ptr_array_add(text->lines, line);
  return line;
}

TextLine *text_add(Text *text, const Wire__Limits *limits, const char *line, gssize length,
                   guint part, guint quote_depth) {
  if (text->over_limit) return NULL;
  if (text->lines->len >= limits->lines) over_limit(text, "lines");
  if (text->bytes >= limits->text_bytes) over_limit(text, "text_bytes");
  if (text->over_limit) return NULL;
  TextLine *added = line_new(text);
  added->text = add_letters(text, line, length < 0 ? strlen(line) : (gsize)length);
  gsize size = strlen(added->text), room = limits->text_bytes - text->bytes;
  if (size > room) {
    cut(added->text, room);
    over_limit(text, "text_bytes");
  }
  text->bytes += MIN(size, room) + 1;
  added->part = part;
  added->quote_depth = quote_depth;
  return added;
}

void text_rewrite(Text *text, TextLine *line, const char *words) {
  line->text = g_string_chunk_insert(text->letters, words);
}

/* A line folded into `room`, which has as many bytes as fold_write asks for; kept among the
 * letters. */
static const char *fold_into(const Text *text, const char *line, gsize size, char *room) {
  char *start = room, *end = room + fold_write(line, size, room);
  while (start < end && g_ascii_isspace(*start)) start++;
  while (end > start && g_ascii_isspace(end[-1])) end--;
  return g_string_chunk_insert_len(text->letters, start, end - start);
}

static const char *fold_kept(const Text *text, const char *line) {
  char near[FOLDED_NEAR_BYTES];
  gsize size = strlen(line), room = FOLD_GROWTH * size;
  if (size == 0) return "";
  g_autofree char *far = room <= sizeof near ? NULL : g_malloc(room);
  return fold_into(text, line, size, far ? far : near);
}

const char *text_folded(const Text *text, guint line) {
  TextLine *asked = g_ptr_array_index(text->lines, line);
  if (!asked->folded) asked->folded = fold_kept(text, asked->text);
  return asked->folded;
}

gboolean text_has_tick(const char *line) {
  static const char both[] = {'\xE2', '\x98', '\0'}; /* how either begins */
  for (const char *p = line; (p = strchr(p, (guchar)both[0])); p++)
    if (p[1] == both[1] && (p[2] == UNTICKED[2] || p[2] == TICKED[2])) return TRUE;
  return FALSE;
}

char *text_part_utf8(const MimePart *part, const char *label, Text *text) {
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(part->content, &size);
  const char *used = NULL;
  gboolean guessed = FALSE;
  char *utf8 = charset_to_utf8(data, size, label, &used, &guessed);
  if (guessed) {
    char *note = *label ? g_strdup_printf("character set %s, labelled %s", used, label)
                        : g_strdup_printf("character set %s guessed", used);
    g_autofree char *clean_note = g_utf8_make_valid(note, -1);
    g_ptr_array_add(text->notes, g_steal_pointer(&clean_note));
    g_free(note);
  }
  return utf8;
}
