/* fold - see fold.h. */
#include "parsers/fold.h"

#include <string.h>

#include "parsers/eight.h"

void fold_init(Fold *fold) {
  *fold = (Fold){0};
}

void fold_done(Fold *fold) {
  if (fold->text) g_string_free(fold->text, TRUE);
  g_free(fold->origins);
  *fold = (Fold){0};
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
  case 0x017F: /* the long s */
    return 's';
  case 0x03C2: /* the sigma that ends a word */
    return 0x03C3;
  default:
    return 0;
  }
}

/* U+00C0 to U+017F without their accents; '.': not here. Most of what has an accent in a mail. */
static const char bare_letters[] =
    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
    "aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll."
    "...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.";

/* The letter with an accent at `p` without it; 0: none that the table has. */
static char bare_letter(const char *p) {
  guchar first = (guchar)p[0];
  if (first < 0xC3 || first > 0xC5) return '\0';
  char letter = bare_letters[(first - 0xC3) * 0x40 + ((guchar)p[1] & 0x3F)];
  return (char)(letter == '.' ? '\0' : letter);
}

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

/* Fold the ASCII at `p`, where eight bytes may be read, to `out`, where eight may be written;
 * returns how many bytes it is: up to what is not ASCII or a grave accent. */
static guint fold_eight(const char *p, char *out) {
  guint64 bytes = eight_load(p), grave = bytes ^ EIGHT('`');
  guint64 from_a = bytes + EIGHT(0x80 - 'A'), beyond_z = bytes + EIGHT(0x80 - 'Z' - 1);
  /* the bit between "A" and "a" */
  eight_store(out, bytes | (from_a & ~beyond_z & EIGHT(0x80)) >> 2);
  return eight_before(bytes | ((grave - EIGHT(1)) & ~grave));
}

/* Kana and most ideographs (from U+5000), which stay as they are. */
static gboolean is_unfolded(const char *p) {
  guchar first = (guchar)p[0], second = (guchar)p[1];
  return (first >= 0xE5 && first <= 0xE8) || (first == 0xE3 && second >= 0x81 && second <= 0x83);
}

/* The character at `p`, folded, to `out`; returns its bytes there, at most FOLD_GROWTH times its
 * own. */
static gsize write_folded(const char *p, char *out) {
  gunichar chars[2];
  gsize size = 0;
  if (is_unfolded(p)) {
    memcpy(out, p, 3);
    return 3;
  }
  if ((*out = bare_letter(p))) return 1;
  guint n = fold_char(g_utf8_get_char(p), chars);
  for (guint i = 0; i < n; i++) size += (gsize)g_unichar_to_utf8(chars[i], out + size);
  return size;
}

/* The character at `p`, or some of the ASCII there, to `out`, which has room for FOLD_GROWTH times
 * what is left; *ret_next is behind it. Returns the bytes written. */
static gsize write_some(const char *p, const char *end, char *out, const char **ret_next) {
  guint plain = end - p >= 8 ? fold_eight(p, out) : 0;
  *ret_next = p + MAX(plain, 1);
  if (plain) return plain;
  if ((guchar)*p < 0x80) {
    *out = fold_ascii(*p);
    return 1;
  }
  if ((guchar)*p == 0xEF && is_half_kana(g_utf8_get_char(p)))
    return (gsize)g_unichar_to_utf8(full_kana(p, end, ret_next), out);
  *ret_next = g_utf8_next_char(p);
  return write_folded(p, out);
}

/* The bytes of `line` up to `end` folded into `out`, which has room for FOLD_GROWTH times as many.
 * Returns how many. */
static gsize write_line(const char *line, const char *end, char *out) {
  gsize size = 0;
  for (const char *p = line, *next = NULL; p < end; p = next)
    size += write_some(p, end, out + size, &next);
  return size;
}

/* Room for `most` bytes of folded text. */
static void make_room(Fold *fold, gsize most) {
  if (!fold->text) fold->text = g_string_sized_new(most + 1);
  g_string_set_size(fold->text, most);
}

void fold_line(Fold *fold, const char *line, gssize length) {
  fold->line = line;
  fold->length = length < 0 ? strlen(line) : (gsize)length;
  make_room(fold, fold->length * FOLD_GROWTH);
  g_string_truncate(fold->text, write_line(line, line + fold->length, fold->text->str));
  g_clear_pointer(&fold->origins, g_free);
}

void fold_again(Fold *fold, const char *line, const char *folded) {
  gsize length = strlen(line);
  if (length == 0 || !g_ascii_isgraph(line[0]) || !g_ascii_isgraph(line[length - 1])) {
    fold_line(fold, line, (gssize)length); /* it may have had white space around it */
    return;
  }
  fold->line = line;
  fold->length = length;
  make_room(fold, strlen(folded));
  memcpy(fold->text->str, folded, fold->text->len);
  g_clear_pointer(&fold->origins, g_free);
}

/* Most lines are folded and never asked for their origins. */
static void find_origins(Fold *fold) {
  const char *line = fold->line, *end = line + fold->length;
  guint32 *origins = g_new(guint32, fold->text->len + 1);
  g_autofree char *out = g_malloc(fold->length * FOLD_GROWTH + 1);
  gsize size = 0;
  for (const char *p = line, *next = NULL; p < end; p = next) {
    gsize more = write_some(p, end, out + size, &next);
    gboolean plain = (guchar)*p < 0x80;
    for (gsize i = 0; i < more; i++)
      origins[size + i] = (guint32)(p - line) + (plain ? (guint32)i : 0);
    size += more;
  }
  origins[size] = (guint32)fold->length;
  fold->origins = origins;
}

gsize fold_origin(Fold *fold, gsize at) {
  if (!fold->origins) find_origins(fold);
  return fold->origins[MIN(at, fold->text->len)];
}

gsize fold_write(const char *text, gsize length, char *out) {
  return write_line(text, text + length, out);
}

char *fold_string(const char *text) {
  gsize given = strlen(text);
  char *out = g_malloc(given * FOLD_GROWTH + 1);
  out[write_line(text, text + given, out)] = '\0';
  return out;
}

/* ASCII letters and digits folded; 0: neither. */
static const char letters_and_digits[0x80] = {
    ['0'] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ['A'] = 'a', 'b', 'c',
    'd',         'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',         'o', 'p',
    'q',         'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', ['a'] = 'a', 'b', 'c',
    'd',         'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',         'o', 'p',
    'q',         'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
};

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
  char bare = bare_letter(p);
  if (bare) {
    keep(letters, &bare, 1);
    return;
  }
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

/* The run of ASCII at `p`; returns its end. */
static const char *keep_ascii(Letters *letters, const char *p) {
  while (*p && (guchar)*p < 0x80) {
    char letter = letters_and_digits[(guchar)*p];
    if (!letter) {
      letters->gap = TRUE;
      p++;
      continue;
    }
    keep(letters, &letter, 1);
    char *out = letters->out;
    for (p++; (guchar)*p < 0x80 && (letter = letters_and_digits[(guchar)*p]); p++) *out++ = letter;
    letters->out = out;
  }
  return p;
}

/* What is kept, spaces and all, takes no more bytes than the folded text. */
static char *keep_letters(const char *text, gboolean spaces) {
  Letters letters = {.spaces = spaces};
  const char *end = text + strlen(text), *next = NULL;
  letters.out = letters.start = g_malloc((gsize)(end - text) * FOLD_GROWTH + 1);
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
    p = keep_ascii(&letters, p);
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
