/* html - text/html to lines in reading order, as a browser would show them.
 *
 * A stack of open elements hands styles down; closing tags that match nothing are passed over,
 * open ones are closed by what cannot stand within them. Blocks and <br> break lines, white space
 * folds, hidden and struck-out text is left out, form controls show their state, quotes count. */
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/html_control.h"
#include "parsers/formats/page.h"
#include "parsers/formats/html_style.h"
#include "parsers/formats/html_token.h"

enum {
  STACK_MAX = 400,       /* open elements; deeper ones leave their text and no mark */
  INPUT_MAX_FACTOR = 16, /* HTML bytes for each byte of text that is allowed */
};

typedef enum {
  BLOCK = 1 << 0,
  SKIP = 1 << 1, /* nothing within is shown */
  STRUCK = 1 << 2,
  VOID = 1 << 3,
  PRE = 1 << 4,
  QUOTE = 1 << 5,
  TABLE = 1 << 6, /* also a definition list */
  ROW = 1 << 7,
  CELL = 1 << 8,
  STARTS_ROW = 1 << 9,   /* <dt>: a cell that opens a row of its own */
  CLOSES_SELF = 1 << 10, /* a second one closes the first */
} ElementFlags;

typedef struct Html Html;

typedef struct {
  const char *name;
  guint flags;
  void (*start)(Html *html, const HtmlToken *token, HtmlStyle *style);
} Element;

typedef struct {
  int element; /* index into elements; -1: unknown */
  guint hash;
  guint flags;
  HtmlStyle outer; /* to go back to */
} Open;

struct Html {
  Page *page;
  GString *line, *scratch;
  gboolean space;   /* white space waits for the next word */
  gboolean started; /* the line holds something, if only white space that counts */
  HtmlStyle style;
  Open stack[STACK_MAX];
  guint depth, beyond; /* elements on the stack; open ones that found no room */
  gboolean first_pre;  /* the line break behind <pre> does not count */
};

/* ---- the line ---- */

static void break_line(Html *html, gboolean forced) {
  if (html->started || forced)
    page_line(html->page, html->line->str, html->line->len, html->style.quote_depth);
  g_string_truncate(html->line, 0);
  html->space = html->started = FALSE;
}

static gboolean is_white(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void append_word(Html *html, const char *text, gsize size) {
  if (size == 0) return;
  if (html->space && html->line->len) g_string_append_c(html->line, ' ');
  html->space = FALSE;
  html->started = TRUE;
  font_text(html->line, text, size, html->style.font, html->style.bullet);
}

static void append_folded(Html *html, const char *text, const char *end) {
  while (text < end) {
    const char *word = text;
    while (word < end && is_white(*word)) word++;
    if (word > text) html->space = TRUE;
    text = word;
    while (text < end && !is_white(*text)) text++;
    append_word(html, word, (gsize)(text - word));
  }
}

static void append_pre(Html *html, const char *text, const char *end) {
  while (text < end) {
    const char *stop = text;
    while (stop < end && *stop != '\n' && *stop != '\r') stop++;
    append_word(html, text, (gsize)(stop - text));
    text = stop;
    if (text >= end) break;
    if (text[0] == '\r' && text + 1 < end && text[1] == '\n') text++;
    text++;
    break_line(html, !html->first_pre);
    html->first_pre = FALSE;
  }
}

static void add_text(Html *html, const HtmlToken *token) {
  if (html->style.hidden) return;
  GString *text = html->scratch;
  g_string_truncate(text, 0);
  html_append_text(text, token->start, token->end);
  html_unescape_letters(text);
  (html->style.pre ? append_pre : append_folded)(html, text->str, text->str + text->len);
  html->first_pre = FALSE;
}

/* ---- elements that do something of their own ---- */

static void start_br(Html *html, const HtmlToken *token, HtmlStyle *style) {
  (void)token, (void)style;
  if (!html->style.hidden) break_line(html, TRUE);
}

static void add_rule(Html *html) {
  break_line(html, FALSE);
  if (!page_at_rule(html->page)) page_rule(html->page, html->style.quote_depth);
}

static void start_hr(Html *html, const HtmlToken *token, HtmlStyle *style) {
  (void)token;
  if (!style->hidden) add_rule(html);
}

static void show_control(Html *html, const char *text) {
  if (!*text) return;
  html->space = html->line->len > 0;
  append_word(html, text, strlen(text));
  html->space = TRUE;
}

static void start_control(Html *html, const HtmlToken *token, HtmlStyle *style) {
  g_autoptr(GString) shown = g_string_new(NULL);
  if (!style->hidden && html_control(token, shown)) show_control(html, shown->str);
}

static void start_option(Html *html, const HtmlToken *token, HtmlStyle *style) {
  (void)html;
  g_autoptr(GString) value = g_string_new(NULL);
  if (!html_attribute(token, "selected", value)) style->hidden = TRUE;
}

/* Outlook's divider and its quote's bar; the head of a quoted mail in Outlook on the web. */
static void start_div(Html *html, const HtmlToken *token, HtmlStyle *style) {
  (void)style;
  g_autoptr(GString) id = g_string_new(NULL);
  if (html_attribute(token, "id", id) && g_str_has_suffix(id->str, "divRplyFwdMsg")) add_rule(html);
}

/* Indentation, as Gmail's and Word's buttons make it, is no quote. */
static void start_blockquote(Html *html, const HtmlToken *token, HtmlStyle *style) {
  (void)html;
  HtmlBox box;
  HtmlStyle unused = *style;
  html_style_apply(token, &unused, &box);
  g_autoptr(GString) type = g_string_new(NULL);
  gboolean cite = html_attribute(token, "type", type) && g_ascii_strcasecmp(type->str, "cite") == 0;
  if (cite || !box.border_none || box.bar) style->quote_depth++;
}

static void start_pre(Html *html, const HtmlToken *token, HtmlStyle *style) {
  (void)token;
  style->pre = TRUE;
  html->first_pre = TRUE;
}

/* Sorted by name. */
static const Element elements[] = {
    {"address", BLOCK, NULL},
    {"area", VOID, NULL},
    {"article", BLOCK, NULL},
    {"aside", BLOCK, NULL},
    {"base", VOID, NULL},
    {"blockquote", BLOCK | QUOTE, start_blockquote},
    {"body", BLOCK, NULL},
    {"br", VOID, start_br},
    {"caption", BLOCK, NULL},
    {"center", BLOCK, NULL},
    {"col", VOID, NULL},
    {"datalist", SKIP, NULL},
    {"dd", CELL, NULL},
    {"del", STRUCK, NULL},
    {"details", BLOCK, NULL},
    {"dir", BLOCK, NULL},
    {"div", BLOCK, start_div},
    {"dl", TABLE, NULL},
    {"dt", CELL | STARTS_ROW, NULL},
    {"embed", VOID, NULL},
    {"fieldset", BLOCK, NULL},
    {"figcaption", BLOCK, NULL},
    {"figure", BLOCK, NULL},
    {"footer", BLOCK, NULL},
    {"form", BLOCK, NULL},
    {"h1", BLOCK, NULL},
    {"h2", BLOCK, NULL},
    {"h3", BLOCK, NULL},
    {"h4", BLOCK, NULL},
    {"h5", BLOCK, NULL},
    {"h6", BLOCK, NULL},
    {"header", BLOCK, NULL},
    {"hr", VOID, start_hr},
    {"html", BLOCK, NULL},
    {"iframe", SKIP, NULL},
    {"img", VOID, start_control},
    {"input", VOID, start_control},
    {"legend", BLOCK, NULL},
    {"li", BLOCK | CLOSES_SELF, NULL},
    {"link", VOID, NULL},
    {"listing", BLOCK | PRE, start_pre},
    {"main", BLOCK, NULL},
    {"menu", BLOCK, NULL},
    {"meta", VOID, NULL},
    {"nav", BLOCK, NULL},
    {"noembed", SKIP, NULL},
    {"noframes", SKIP, NULL},
    {"object", SKIP, NULL},
    {"ol", BLOCK, NULL},
    {"optgroup", 0, NULL},
    {"option", CLOSES_SELF, start_option},
    {"p", BLOCK | CLOSES_SELF, NULL},
    {"param", VOID, NULL},
    {"plaintext", BLOCK | PRE, start_pre},
    {"pre", BLOCK | PRE, start_pre},
    {"s", STRUCK, NULL},
    {"script", SKIP, NULL},
    {"section", BLOCK, NULL},
    {"source", VOID, NULL},
    {"strike", STRUCK, NULL},
    {"style", SKIP, NULL},
    {"summary", BLOCK, NULL},
    {"svg", SKIP, NULL},
    {"table", TABLE, NULL},
    {"tbody", BLOCK, NULL},
    {"td", CELL, NULL},
    {"template", SKIP, NULL},
    {"textarea", PRE, start_pre},
    {"tfoot", BLOCK, NULL},
    {"th", CELL, NULL},
    {"thead", BLOCK, NULL},
    {"title", SKIP, NULL},
    {"tr", ROW, NULL},
    {"track", VOID, NULL},
    {"ul", BLOCK, NULL},
    {"wbr", VOID, NULL},
    {"xml", SKIP, NULL},
    {"xmp", BLOCK | PRE, start_pre},
};

static int find_element(const char *name) {
  int low = 0, high = (int)G_N_ELEMENTS(elements);
  while (low < high) {
    int middle = (low + high) / 2, order = strcmp(name, elements[middle].name);
    if (order == 0) return middle;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}

static guint flags_of(int element) {
  return element < 0 ? 0 : elements[element].flags;
}

/* ---- the stack ---- */

static void close_top(Html *html) {
  const Open *open = &html->stack[--html->depth];
  if (open->flags & (BLOCK | TABLE | ROW | CELL)) break_line(html, FALSE);
  if (open->flags & CELL) page_cell_end(html->page);
  if (open->flags & ROW) page_row_end(html->page);
  if (open->flags & TABLE) page_table_end(html->page);
  html->style = open->outer;
}

/* Close everything down to level `depth`. */
static void close_to(Html *html, guint depth) {
  while (html->depth > depth) close_top(html);
}

/* The level of the innermost open element that has one of `flags`, up to the table around (which
 * is looked at too); -1: none. */
static int find_open(const Html *html, guint flags) {
  for (int i = (int)html->depth - 1; i >= 0; i--) {
    if (html->stack[i].flags & flags) return i;
    if (html->stack[i].flags & TABLE) return -1;
  }
  return -1;
}

static int find_same(const Html *html, int element, guint hash) {
  guint barrier = flags_of(element) & TABLE          ? 0
                  : flags_of(element) & (ROW | CELL) ? TABLE
                                                     : TABLE | CELL;
  for (int i = (int)html->depth - 1; i >= 0; i--) {
    if (html->stack[i].element == element && html->stack[i].hash == hash) return i;
    if (html->stack[i].flags & barrier) return -1;
  }
  return -1;
}

/* Close what cannot hold the new element: <td> in <td>, <tr> in <td>, <p> in <p>. */
static void close_implied(Html *html, int element, guint hash, guint flags) {
  int level = -1;
  if (flags & (ROW | STARTS_ROW))
    level = find_open(html, ROW | CELL);
  else if (flags & CELL)
    level = find_open(html, CELL);
  else if (flags & CLOSES_SELF)
    level = find_same(html, element, hash);
  if (level < 0) return;
  if (flags & ROW) { /* the row itself, not only its cell */
    int row = find_open(html, ROW);
    if (row >= 0) level = MIN(level, row);
  }
  close_to(html, (guint)level);
}

static void push(Html *html, int element, guint hash, guint flags, const HtmlStyle *inner) {
  if (html->depth >= STACK_MAX) {
    html->beyond++;
    return;
  }
  html->stack[html->depth++] = (Open){element, hash, flags, html->style};
  html->style = *inner;
}

/* What the page must know before the element's content comes. */
static void open_structure(Html *html, guint flags) {
  if (flags & (BLOCK | TABLE | ROW | CELL)) break_line(html, FALSE);
  if (html->depth >= STACK_MAX) return;
  if (flags & TABLE) page_table_start(html->page);
  if (flags & (ROW | STARTS_ROW)) page_row_end(html->page);
  if (flags & CELL) page_cell_start(html->page);
}

static void start_tag(Html *html, const HtmlToken *token) {
  int element = find_element(token->name);
  guint flags = flags_of(element), hash = token->hash;
  close_implied(html, element, hash, flags);
  HtmlStyle style = html->style;
  HtmlBox box;
  html_style_apply(token, &style, &box);
  if (flags & (SKIP | STRUCK) || style.struck) style.hidden = TRUE;
  if (box.block) flags |= BLOCK;
  open_structure(html, flags);
  if (strcmp(token->name, "div") == 0 && !style.hidden) {
    if (box.divider && box.border_none) add_rule(html);
    if (box.bar) style.quote_depth++;
  }
  if (element >= 0 && elements[element].start) elements[element].start(html, token, &style);
  if (!(flags & VOID)) push(html, element, hash, flags, &style);
}

static void end_tag(Html *html, const HtmlToken *token) {
  if (html->beyond) {
    html->beyond--;
    return;
  }
  int element = find_element(token->name);
  if (flags_of(element) & VOID) { /* </br> is a line break to every browser */
    if (strcmp(token->name, "br") == 0) start_br(html, token, &html->style);
    return;
  }
  int level = find_same(html, element, token->hash);
  if (level >= 0) close_to(html, (guint)level);
  if (level < 0 && strcmp(token->name, "p") == 0) break_line(html, FALSE);
}

static void read_tokens(Html *html, HtmlReader *reader) {
  HtmlToken token;
  while (!page_full(html->page)) {
    switch (html_next(reader, &token)) {
    case HTML_TEXT:
      add_text(html, &token);
      break;
    case HTML_START_TAG:
      start_tag(html, &token);
      break;
    case HTML_END_TAG:
      end_tag(html, &token);
      break;
    case HTML_END_OF_INPUT:
      return;
    }
  }
}

gboolean html_read(const MimePart *part, const Wire__Limits *limits, Text *text) {
  g_autofree char *utf8 = html_utf8(part, text);
  gsize size = strlen(utf8), most = limits->text_bytes * INPUT_MAX_FACTOR;
  Html *html = g_new0(Html, 1);
  html->page = page_new(text, limits, part->index);
  html->line = g_string_new(NULL);
  html->scratch = g_string_new(NULL);
  HtmlReader reader;
  html_reader_init(&reader, utf8, MIN(size, most));
  read_tokens(html, &reader);
  close_to(html, 0);
  break_line(html, FALSE);
  gboolean full = page_full(html->page) || size > most;
  page_free(html->page);
  if (full && !text->over_limit) text->over_limit = g_strdup("text_bytes");
  g_string_free(html->line, TRUE);
  g_string_free(html->scratch, TRUE);
  g_free(html);
  return TRUE;
}
