/* fold - see fold.h. */
#include "parsers/fold.h"

#include <string.h>

/* No character grows beyond this many times its bytes: "Ⱥ" has two, its small letter three. */
enum { GROWTH = 2 };

void fold_init(Fold *fold) {
  fold->text = g_string_new(NULL);
  fold->origins = g_array_new(FALSE, FALSE, sizeof(guint32));
}

void fold_done(Fold *fold) {
  if (fold->text) g_string_free(fold->text, TRUE);
  if (fold->origins) g_array_unref(fold->origins);
  fold->text = NULL;
  fold->origins = NULL;
}

/* Typography that stands for a plain character; 0: not in the table. */
static gunichar plain_of(gunichar ch) {
  switch (ch) {
  case 0x2018:
  case 0x2019:
  case 0x201B:
  case 0x02BC:
  case 0x00B4:
  case 0x0060:
    return '\'';
  case 0x2010:
  case 0x2011:
  case 0x2012:
  case 0x2013:
  case 0x2014:
  case 0x2015:
  case 0x2212:
  case 0xFE63:
    return '-';
  case 0x201C:
  case 0x201D:
  case 0x00AB:
  case 0x00BB:
    return '"';
  case 0x3000:
  case 0x00A0:
  case 0x202F:
    return ' ';
  default:
    return 0;
  }
}

/* Ligatures and letters that do not decompose; the second letter in the high half. */
static guint32 letters_of(gunichar ch) {
  switch (ch) {
  case 0x0153:
  case 0x0152:
    return 'o' | (guint32)'e' << 16;
  case 0x00E6:
  case 0x00C6:
    return 'a' | (guint32)'e' << 16;
  case 0x00DF:
    return 's' | (guint32)'s' << 16;
  case 0x00F8:
  case 0x00D8:
    return 'o';
  case 0x0142:
  case 0x0141:
    return 'l';
  default:
    return 0;
  }
}

/* U+00C0 to U+017F without their accents; '.': not here. Most of what has an accent in a mail. */
static const char bare_letters[] =
    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
    "aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll."
    "...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.";

guint fold_char(gunichar ch, gunichar ret_folded[2]) {
  if (ch < 0x80) {
    ret_folded[0] = (gunichar)g_ascii_tolower((gchar)ch);
    return 1;
  }
  if (ch >= 0xC0 && ch < 0x180 && bare_letters[ch - 0xC0] != '.') {
    ret_folded[0] = (gunichar)bare_letters[ch - 0xC0];
    return 1;
  }
  if ((ch >= 0x2460 && ch <= 0x249B) || (ch >= 0x2776 && ch <= 0x2793)) { /* ①, ❶: bullets */
    ret_folded[0] = ' ';
    return 1;
  }
  if (ch >= 0xFF01 && ch <= 0xFF5E) { /* full-width forms */
    ret_folded[0] = (gunichar)g_ascii_tolower((gchar)(ch - 0xFF01 + '!'));
    return 1;
  }
  if ((ret_folded[0] = plain_of(ch))) return 1;
  guint32 letters = letters_of(ch);
  if (letters) {
    ret_folded[0] = letters & 0xFFFF;
    ret_folded[1] = letters >> 16;
    return ret_folded[1] ? 2 : 1;
  }
  if (ch >= 0x0300 && ch <= 0x036F) return 0; /* a combining accent */
  if (ch == 0x200B || ch == 0x00AD || ch == 0xFEFF) return 0;
  if (ch < 0x0250 || (ch >= 0x1E00 && ch < 0x1F00)) {
    gunichar parts[8];
    gsize n = g_unichar_fully_decompose(ch, FALSE, parts, G_N_ELEMENTS(parts));
    if (n > 0) ch = parts[0];
  }
  ret_folded[0] = g_unichar_tolower(ch);
  return 1;
}

static gboolean is_half_kana(gunichar ch) {
  return ch >= 0xFF61 && ch <= 0xFF9F;
}

/* The full-width character for the half-width one at `p`, with the voicing mark behind it ("ｶﾞ" is
 * "ガ"); *ret_next is behind both. */
static gunichar full_kana(const char *p, const char *end, const char **ret_next) {
  gunichar full = 0, voiced = 0, mark = 0;
  g_unichar_fully_decompose(g_utf8_get_char(p), TRUE, &full, 1);
  *ret_next = g_utf8_next_char(p);
  if (*ret_next >= end) return full;
  gunichar next = g_utf8_get_char(*ret_next);
  if (next == 0xFF9E) mark = 0x3099;
  if (next == 0xFF9F) mark = 0x309A;
  if (!mark || !g_unichar_compose(full, mark, &voiced)) return full;
  *ret_next = g_utf8_next_char(*ret_next);
  return voiced;
}

static char fold_ascii(char ch) {
  if (ch >= 'A' && ch <= 'Z') return (char)(ch + ('a' - 'A'));
  return ch == '`' ? '\'' : ch;
}

/* Kana and most ideographs (from U+5000), which stay as they are. */
static gboolean is_unfolded(const char *p) {
  guchar first = (guchar)p[0], second = (guchar)p[1];
  return (first >= 0xE5 && first <= 0xE8) || (first == 0xE3 && second >= 0x81 && second <= 0x83);
}

/* The character at `p`, folded, to `out`; returns its bytes there, at most GROWTH times its own. */
static gsize write_folded(const char *p, char *out) {
  gunichar chars[2];
  gsize size = 0;
  if (is_unfolded(p)) {
    memcpy(out, p, 3);
    return 3;
  }
  guint n = fold_char(g_utf8_get_char(p), chars);
  for (guint i = 0; i < n; i++) size += (gsize)g_unichar_to_utf8(chars[i], out + size);
  return size;
}

/* The bytes of `line` up to `end` folded into `out`, which has room for GROWTH times as many;
 * `origins` (may be NULL) gets the byte in the line that each came from. Returns how many. */
static gsize write_line(const char *line, const char *end, char *out, guint32 *origins) {
  gsize size = 0;
  for (const char *p = line; p < end;) {
    if ((guchar)*p < 0x80) {
      if (origins) origins[size] = (guint32)(p - line);
      out[size++] = fold_ascii(*p++);
      continue;
    }
    const char *next = g_utf8_next_char(p);
    gboolean half = (guchar)*p == 0xEF && is_half_kana(g_utf8_get_char(p));
    gsize more = half ? (gsize)g_unichar_to_utf8(full_kana(p, end, &next), out + size)
                      : write_folded(p, out + size);
    for (gsize i = 0; origins && i < more; i++) origins[size + i] = (guint32)(p - line);
    size += more;
    p = next;
  }
  return size;
}

void fold_line(Fold *fold, const char *line, gssize length) {
  gsize given = length < 0 ? strlen(line) : (gsize)length;
  g_string_set_size(fold->text, given * GROWTH);
  g_array_set_size(fold->origins, (guint)(given * GROWTH) + 1);
  guint32 *origins = (guint32 *)(gpointer)fold->origins->data;
  gsize size = write_line(line, line + given, fold->text->str, origins);
  origins[size] = (guint32)given;
  g_string_truncate(fold->text, size);
  g_array_set_size(fold->origins, (guint)size + 1);
}

gsize fold_origin(const Fold *fold, gsize at) {
  return g_array_index(fold->origins, guint32, MIN(at, fold->text->len));
}

char *fold_string(const char *text) {
  gsize given = strlen(text);
  char *out = g_malloc(given * GROWTH + 1);
  out[write_line(text, text + given, out, NULL)] = '\0';
  return out;
}

/* The ASCII letter or digit folded; 0: neither. */
static char letter_of(char ch) {
  char small = (char)(ch | 0x20);
  if (small >= 'a' && small <= 'z') return small;
  return ch >= '0' && ch <= '9' ? ch : '\0';
}

typedef struct {
  char *out, *start;
  gboolean spaces; /* one stands for what is left out between two letters */
  gboolean gap;
} Letters;

static void keep(Letters *letters, const char *ch, gsize size) {
  if (letters->gap && letters->spaces && letters->out > letters->start) *letters->out++ = ' ';
  letters->gap = FALSE;
  for (gsize i = 0; i < size; i++) *letters->out++ = ch[i];
}

static void keep_folded(Letters *letters, const char *p) {
  gunichar chars[2], ch = g_utf8_get_char(p);
  gboolean kana = (ch >= 0x3041 && ch <= 0x3096) || (ch >= 0x30A1 && ch <= 0x30FA);
  if (kana || (ch >= 0x5000 && ch < 0x9000)) { /* letters, which stay as they are */
    keep(letters, p, 3);
    return;
  }
  guint n = fold_char(ch, chars);
  for (guint i = 0; i < n; i++) {
    char bytes[6];
    gsize size = (gsize)g_unichar_to_utf8(chars[i], bytes);
    if (g_unichar_isalnum(chars[i]))
      keep(letters, bytes, size);
    else
      letters->gap = TRUE;
  }
}

/* What is kept, spaces and all, takes no more bytes than the folded text. */
static char *keep_letters(const char *text, gboolean spaces) {
  Letters letters = {.spaces = spaces};
  const char *end = text + strlen(text), *next = NULL;
  letters.out = letters.start = g_malloc((gsize)(end - text) * GROWTH + 1);
  for (const char *p = text; *p;) {
    if ((guchar)*p == 0xEF && is_half_kana(g_utf8_get_char(p))) {
      char full[6] = "";
      g_unichar_to_utf8(full_kana(p, end, &next), full);
      keep_folded(&letters, full);
      p = next;
      continue;
    }
    if ((guchar)*p >= 0x80) {
      keep_folded(&letters, p);
      p = g_utf8_next_char(p);
      continue;
    }
    char letter = letter_of(*p++);
    if (letter)
      keep(&letters, &letter, 1);
    else
      letters.gap = TRUE;
  }
  *letters.out = '\0';
  return letters.start;
}

char *fold_key(const char *text) {
  return keep_letters(text, FALSE);
}

char *fold_words(const char *text) {
  return keep_letters(text, TRUE);
}

char *fold_regex(const char *regex) {
  GString *out = g_string_sized_new(strlen(regex));
  for (const char *p = regex; *p; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    gunichar folded[2] = {ch, 0};
    guint n = 1;
    /* Only what is one plain letter or an apostrophe folded: a full-width parenthesis must not
     * become a group, and the case belongs to the escapes (\W). */
    if (ch >= 0x80 && !(ch >= 0xFF01 && ch <= 0xFF5E)) n = fold_char(ch, folded);
    for (guint i = 0; i < n; i++) g_string_append_unichar(out, folded[i]);
  }
  return g_string_free(out, FALSE);
}
