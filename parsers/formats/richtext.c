/* richtext - RTF 1.9 to lines: paragraphs, rows of tables, form fields, text boxes.
 *
 * What was struck out, hidden or deleted is left out, as are running heads, pictures and all that
 * is marked as another program's (\*). */
#include <stdlib.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/formats/font.h"
#include "parsers/formats/format.h"
#include "parsers/formats/package.h"
#include "parsers/formats/page.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum { DEPTH_MAX = 200, FONTS_MAX = 500, WORD_MAX = 32, RESULT_DEFAULT = 25 };

/* What a group is read as. */
typedef enum { INTO_TEXT, INTO_NOTHING, INTO_FONTS, INTO_FIELD } Into;

typedef struct {
  Into into;
  gboolean struck, hidden, deleted;
  int font;
  guint skip;        /* \uc: what stands behind \u for old programs */
  gboolean asterisk; /* \* was the group's first word */
} State;

typedef struct {
  int number;
  Font symbols;
  char charset[16];
} FontEntry;

typedef struct {
  const guint8 *data;
  gsize size, at;
  const MimePart *part;
  Page *page;
  State states[DEPTH_MAX];
  guint depth, beyond;   /* groups nested deeper than that */
  GArray *fonts;         /* FontEntry */
  GString *font_name;    /* of the entry that is being read */
  GString *line, *bytes; /* bytes wait for their character set */
  guint skipping;        /* characters that \u has said already */
  char charset[16];      /* of the document */
  gboolean in_table, row_open, cell_open;
  /* of the form field whose properties are being read */
  int field_type, field_result, field_default;
  gboolean damaged;
} Rich;

static State *state(Rich *rich) {
  return &rich->states[rich->depth];
}

static const FontEntry *font_entry(const Rich *rich, int number) {
  for (guint i = 0; i < rich->fonts->len; i++) {
    const FontEntry *entry = &g_array_index(rich->fonts, FontEntry, i);
    if (entry->number == number) return entry;
  }
  return NULL;
}

/* ---- text ---- */

static gboolean is_shown(Rich *rich) {
  const State *now = state(rich);
  return now->into == INTO_TEXT && !now->struck && !now->hidden && !now->deleted && !rich->beyond;
}

static void add_text(Rich *rich, const char *text) {
  const FontEntry *font = font_entry(rich, state(rich)->font);
  font_text(rich->line, text, strlen(text), font ? font->symbols : FONT_TEXT, FALSE);
}

static void flush_bytes(Rich *rich) {
  if (rich->bytes->len == 0) return;
  const FontEntry *font = font_entry(rich, state(rich)->font);
  const char *label = font && font->charset[0] ? font->charset : rich->charset;
  g_autofree char *text =
      charset_to_utf8((const guint8 *)rich->bytes->str, rich->bytes->len, label, NULL, NULL);
  add_text(rich, text);
  g_string_truncate(rich->bytes, 0);
}

static void add_byte(Rich *rich, guint8 byte) {
  if (rich->skipping > 0) {
    rich->skipping--;
    return;
  }
  if (state(rich)->into == INTO_FONTS) g_string_append_c(rich->font_name, (char)byte);
  if (is_shown(rich)) g_string_append_c(rich->bytes, (char)byte);
}

static void add_character(Rich *rich, gunichar ch) {
  char text[8] = "";
  if (!is_shown(rich) || ch == 0 || !g_unichar_validate(ch)) return;
  flush_bytes(rich);
  g_unichar_to_utf8(ch, text);
  add_text(rich, text);
}

static void add_sign(Rich *rich, const char *sign) {
  if (!is_shown(rich)) return;
  flush_bytes(rich);
  g_string_append(rich->line, sign);
}

/* ---- paragraphs and rows ---- */

static void open_cell(Rich *rich) {
  if (!rich->row_open) page_table_start(rich->page);
  rich->row_open = TRUE;
  if (!rich->cell_open) page_cell_start(rich->page);
  rich->cell_open = TRUE;
}

static void end_line(Rich *rich) {
  flush_bytes(rich);
  if (rich->in_table && rich->line->len) open_cell(rich);
  page_line(rich->page, rich->line->str, rich->line->len, 0);
  g_string_truncate(rich->line, 0);
}

static void end_cell(Rich *rich) {
  flush_bytes(rich);
  open_cell(rich);
  end_line(rich);
  page_cell_end(rich->page);
  rich->cell_open = FALSE;
}

static void end_row(Rich *rich) {
  flush_bytes(rich);
  if (rich->cell_open) page_cell_end(rich->page);
  if (rich->row_open) {
    page_row_end(rich->page);
    page_table_end(rich->page);
  }
  rich->row_open = rich->cell_open = FALSE;
}

/* ---- fonts ---- */

static const char *charset_of(int number) {
  static const struct {
    int number;
    const char *name;
  } sets[] = {{77, "macintosh"},     {128, "cp932"},        {129, "euc-kr"},
              {134, "gbk"},          {136, "big5"},         {161, "windows-1253"},
              {162, "windows-1254"}, {204, "windows-1251"}, {238, "windows-1250"}};
  for (gsize i = 0; i < G_N_ELEMENTS(sets); i++)
    if (sets[i].number == number) return sets[i].name;
  return "";
}

static FontEntry *last_font(Rich *rich) {
  return rich->fonts->len ? &g_array_index(rich->fonts, FontEntry, rich->fonts->len - 1) : NULL;
}

static void end_font(Rich *rich) {
  FontEntry *font = last_font(rich);
  if (!font || rich->font_name->len == 0) return;
  g_autofree char *name = g_str_to_ascii(rich->font_name->str, NULL);
  g_strdelimit(name, ";", '\0');
  font->symbols = font_named(g_strstrip(name), FONT_TEXT);
  g_string_truncate(rich->font_name, 0);
}

static void font_word(Rich *rich, const char *word, int value) {
  if (strcmp(word, "f") == 0 && rich->fonts->len < FONTS_MAX) {
    end_font(rich);
    FontEntry entry = {.number = value};
    g_array_append_val(rich->fonts, entry);
  }
  if (strcmp(word, "fcharset") == 0 && last_font(rich))
    g_strlcpy(last_font(rich)->charset, charset_of(value), sizeof last_font(rich)->charset);
}

/* ---- form fields ---- */

static void show_field(Rich *rich) {
  int result = rich->field_result == RESULT_DEFAULT ? rich->field_default : rich->field_result;
  if (rich->field_type == 1) {
    flush_bytes(rich);
    g_string_append(rich->line, result == 1 ? TICKED : UNTICKED);
  }
  rich->field_type = -1;
}

static void field_word(Rich *rich, const char *word, int value) {
  if (strcmp(word, "fftype") == 0) rich->field_type = value;
  if (strcmp(word, "ffres") == 0) rich->field_result = value;
  if (strcmp(word, "ffdefres") == 0) rich->field_default = value;
}

/* ---- words ---- */

/* Groups that hold no text of the page. */
static const char *const silent[] = {"colortbl",     "stylesheet",
                                     "info",         "pict",
                                     "footnote",     "annotation",
                                     "header",       "headerl",
                                     "headerr",      "headerf",
                                     "footer",       "footerl",
                                     "footerr",      "footerf",
                                     "listtable",    "objdata",
                                     "nonshppict",   "fldinst",
                                     "filetbl",      "revtbl",
                                     "themedata",    "datastore",
                                     "latentstyles", "bkmkstart",
                                     "bkmkend",      "xe",
                                     "tc",           "template",
                                     "operator",     "sp",
                                     "ftnsep",       "ftnsepc",
                                     "aftnsep",      "listoverridetable",
                                     "rsidtbl",      "generator",
                                     "shpgrp",       NULL};

static void begin_group(Rich *rich) {
  flush_bytes(rich);
  if (rich->depth + 1 >= DEPTH_MAX) {
    rich->beyond++;
    rich->damaged = TRUE;
    return;
  }
  rich->states[rich->depth + 1] = rich->states[rich->depth];
  rich->depth++;
  state(rich)->asterisk = FALSE;
}

static void end_group(Rich *rich) {
  flush_bytes(rich);
  if (rich->beyond > 0) {
    rich->beyond--;
    return;
  }
  if (state(rich)->into == INTO_FONTS) end_font(rich);
  gboolean field = state(rich)->into == INTO_FIELD;
  if (rich->depth > 0) rich->depth--;
  if (field && state(rich)->into != INTO_FIELD) show_field(rich);
  rich->skipping = 0;
}

/* A word that says what its group is; FALSE: it is none. */
static gboolean destination(Rich *rich, const char *word) {
  State *now = state(rich);
  if (strcmp(word, "fonttbl") == 0) {
    now->into = INTO_FONTS;
  } else if (strcmp(word, "formfield") == 0) {
    now->into = INTO_FIELD;
    rich->field_type = -1;
    rich->field_result = RESULT_DEFAULT;
    rich->field_default = 0;
  } else if (strcmp(word, "shptxt") == 0) {
    now->into = INTO_TEXT;
  } else if (strcmp(word, "shpinst") == 0 || strcmp(word, "fldinst") == 0) {
    now->into = INTO_NOTHING;
  } else if (strcmp(word, "fldrslt") == 0 || now->into == INTO_FIELD) {
    return FALSE;
  } else if (now->asterisk || g_strv_contains(silent, word)) {
    now->into = INTO_NOTHING;
  } else {
    return FALSE;
  }
  now->asterisk = FALSE;
  return TRUE;
}

static void style_word(Rich *rich, const char *word, gboolean on, int value) {
  State *now = state(rich);
  if (strcmp(word, "strike") == 0 || strcmp(word, "striked") == 0)
    now->struck = on;
  else if (strcmp(word, "v") == 0)
    now->hidden = on;
  else if (strcmp(word, "deleted") == 0)
    now->deleted = on;
  else if (strcmp(word, "plain") == 0)
    now->struck = now->hidden = FALSE;
  else if (strcmp(word, "f") == 0)
    now->font = value;
  else if (strcmp(word, "uc") == 0)
    now->skip = (guint)CLAMP(value, 0, 20);
  else if (strcmp(word, "ansicpg") == 0)
    g_snprintf(rich->charset, sizeof rich->charset, value == 932 ? "cp932" : "windows-%d", value);
  else if (strcmp(word, "mac") == 0)
    g_strlcpy(rich->charset, "macintosh", sizeof rich->charset);
  else if (strcmp(word, "pard") == 0)
    rich->in_table = FALSE;
  else if (strcmp(word, "intbl") == 0)
    rich->in_table = TRUE;
}

/* A word that is a character or an end; FALSE: it is none. */
static gboolean text_word(Rich *rich, const char *word) {
  static const struct {
    const char *word, *text;
  } characters[] = {{"tab", "\t"},
                    {"emdash", "\342\200\224"},
                    {"endash", "\342\200\223"},
                    {"lquote", "\342\200\230"},
                    {"rquote", "\342\200\231"},
                    {"ldblquote", "\342\200\234"},
                    {"rdblquote", "\342\200\235"},
                    {"bullet", "\342\200\242"},
                    {"emspace", " "},
                    {"enspace", " "}};
  for (gsize i = 0; i < G_N_ELEMENTS(characters); i++) {
    if (strcmp(word, characters[i].word) != 0) continue;
    add_sign(rich, characters[i].text);
    return TRUE;
  }
  if (state(rich)->into != INTO_TEXT || rich->beyond) return FALSE;
  if (strcmp(word, "par") == 0 || strcmp(word, "line") == 0 || strcmp(word, "page") == 0 ||
      strcmp(word, "sect") == 0)
    end_line(rich);
  else if (strcmp(word, "cell") == 0 || strcmp(word, "nestcell") == 0)
    end_cell(rich);
  else if (strcmp(word, "row") == 0 || strcmp(word, "nestrow") == 0)
    end_row(rich);
  else
    return FALSE;
  return TRUE;
}

static void control_word(Rich *rich, const char *word, gboolean has_value, int value) {
  State *now = state(rich);
  if (strcmp(word, "bin") == 0) {
    rich->at += MIN((gsize)MAX(value, 0), rich->size - rich->at);
    return;
  }
  if (strcmp(word, "u") == 0) {
    add_character(rich, (gunichar)(value < 0 ? value + 65536 : value));
    rich->skipping = now->skip;
    return;
  }
  flush_bytes(rich);
  if (now->into == INTO_FONTS) {
    font_word(rich, word, value);
  } else if (now->into == INTO_FIELD) {
    field_word(rich, word, value);
  } else if (!destination(rich, word) && !text_word(rich, word)) {
    style_word(rich, word, !has_value || value != 0, value);
  }
}

/* ---- reading ---- */

static int hex_digit(guint8 ch) {
  return g_ascii_isxdigit((char)ch) ? g_ascii_xdigit_value((char)ch) : 0;
}

static void read_symbol(Rich *rich, guint8 ch) {
  switch (ch) {
  case '\'':
    if (rich->at + 2 <= rich->size) {
      add_byte(rich, (guint8)(hex_digit(rich->data[rich->at]) << 4 |
                              hex_digit(rich->data[rich->at + 1])));
      rich->at += 2;
    }
    break;
  case '*':
    state(rich)->asterisk = TRUE;
    break;
  case '~':
    add_sign(rich, " ");
    break;
  case '_':
    add_sign(rich, "-");
    break;
  case '\r':
  case '\n':
    control_word(rich, "par", FALSE, 0);
    break;
  case '\\':
  case '{':
  case '}':
    add_byte(rich, ch);
    break;
  default:
    break;
  }
}

static void read_control(Rich *rich) {
  char word[WORD_MAX + 1] = "";
  guint n = 0;
  if (rich->at >= rich->size) return;
  if (!g_ascii_isalpha((char)rich->data[rich->at])) {
    read_symbol(rich, rich->data[rich->at++]);
    return;
  }
  for (; rich->at < rich->size && g_ascii_isalpha((char)rich->data[rich->at]); rich->at++)
    if (n < WORD_MAX) word[n++] = (char)rich->data[rich->at];
  gboolean minus = rich->at < rich->size && rich->data[rich->at] == '-';
  gsize digits = rich->at + (minus ? 1 : 0);
  gint64 value = 0;
  gboolean has_value = digits < rich->size && g_ascii_isdigit((char)rich->data[digits]);
  if (has_value)
    for (rich->at = digits; rich->at < rich->size && g_ascii_isdigit((char)rich->data[rich->at]);
         rich->at++)
      value = MIN(value * 10 + rich->data[rich->at] - '0', G_MAXINT32);
  if (rich->at < rich->size && rich->data[rich->at] == ' ') rich->at++;
  control_word(rich, word, has_value, (int)(minus ? -value : value));
}

static void read_all(Rich *rich) {
  while (rich->at < rich->size && !page_full(rich->page)) {
    guint8 ch = rich->data[rich->at++];
    if (ch == '{')
      begin_group(rich);
    else if (ch == '}')
      end_group(rich);
    else if (ch == '\\')
      read_control(rich);
    else if (ch != '\r' && ch != '\n' && ch != '\0')
      add_byte(rich, ch);
  }
  rich->damaged = rich->damaged || rich->depth > 0;
  if (rich->line->len || rich->bytes->len) end_line(rich);
  end_row(rich);
}

gboolean richtext_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  Rich rich = {.part = part, .field_type = -1};
  rich.data = g_bytes_get_data(part->content, &rich.size);
  if (rich.size < 5 || memcmp(rich.data, "{\\rtf", 5) != 0) return FALSE;
  rich.page = page_new(text, limits, part->index);
  rich.fonts = g_array_new(FALSE, TRUE, sizeof(FontEntry));
  rich.font_name = g_string_new(NULL);
  rich.line = g_string_new(NULL);
  rich.bytes = g_string_new(NULL);
  rich.states[0].skip = 1;
  g_strlcpy(rich.charset, "windows-1252", sizeof rich.charset);
  read_all(&rich);
  page_free(rich.page);
  g_array_unref(rich.fonts);
  g_string_free(rich.font_name, TRUE);
  g_string_free(rich.line, TRUE);
  g_string_free(rich.bytes, TRUE);
  if (rich.damaged) package_report("damaged", part, text);
  return TRUE;
}
