/* harmless - see harmless.h.
 *
 * A stack of open elements, as html has one. Where browsers would move things about (a <div> in a
 * <p>, text between the rows of a table), tags are closed and opened here, so that what is written
 * is read as it stands. */
#include "parsers/formats/harmless.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/html_control.h"
#include "parsers/formats/html_style.h"

typedef enum {
  BLOCK = 1 << 0, /* closes an open <p> */
  PARA = 1 << 1,
  ITEM = 1 << 2,
  LIST = 1 << 3,
  TABLE = 1 << 4,
  SECTION = 1 << 5,
  ROW = 1 << 6,
  CELL = 1 << 7,
  VOID = 1 << 8,
  SKIP = 1 << 9,     /* nothing within is shown */
  FOREIGN = 1 << 10, /* the first element of HTML ends it */
  PRE = 1 << 11,
  LINK = 1 << 12,
  FORMAT = 1 << 13,  /* its end tag closes the blocks within */
  IF_LANG = 1 << 14, /* written only for its language or direction */
  SELF = 1 << 15     /* a second one closes the first */
} RuleFlags;

typedef struct {
  const char *name, *tag; /* of the mail, and what is written; NULL: only what is within */
  guint flags;
} Rule;

/* Sorted by name. */
static const Rule rules[] = {
    {"a", NULL, LINK | FORMAT},
    {"address", "div", BLOCK},
    {"applet", NULL, SKIP},
    {"area", NULL, VOID},
    {"article", "div", BLOCK},
    {"aside", "div", BLOCK},
    {"audio", NULL, SKIP},
    {"b", "b", FORMAT},
    {"base", NULL, VOID},
    {"basefont", NULL, VOID},
    {"bgsound", NULL, VOID},
    {"blockquote", "blockquote", BLOCK},
    {"body", "div", IF_LANG},
    {"br", NULL, VOID},
    {"canvas", NULL, SKIP},
    {"caption", "div", BLOCK},
    {"center", "div", BLOCK},
    {"col", NULL, VOID},
    {"datalist", NULL, SKIP},
    {"dd", "div", BLOCK},
    {"del", "s", FORMAT},
    {"details", "div", BLOCK},
    {"dir", "ul", BLOCK | LIST},
    {"div", "div", BLOCK},
    {"dl", "div", BLOCK},
    {"dt", "div", BLOCK},
    {"em", "em", FORMAT},
    {"embed", NULL, VOID},
    {"fieldset", "div", BLOCK},
    {"figcaption", "div", BLOCK},
    {"figure", "div", BLOCK},
    {"font", "span", FORMAT | IF_LANG},
    {"footer", "div", BLOCK},
    {"frame", NULL, VOID},
    {"h1", "h1", BLOCK},
    {"h2", "h2", BLOCK},
    {"h3", "h3", BLOCK},
    {"h4", "h4", BLOCK},
    {"h5", "h5", BLOCK},
    {"h6", "h6", BLOCK},
    {"header", "div", BLOCK},
    {"hr", NULL, VOID | BLOCK},
    {"html", "div", IF_LANG},
    {"i", "i", FORMAT},
    {"iframe", NULL, SKIP},
    {"img", NULL, VOID},
    {"input", NULL, VOID},
    {"ins", "u", FORMAT},
    {"keygen", NULL, VOID},
    {"legend", "div", BLOCK},
    {"li", "li", BLOCK | ITEM},
    {"link", NULL, VOID},
    {"listing", "pre", BLOCK | PRE},
    {"main", "div", BLOCK},
    {"math", NULL, SKIP | FOREIGN},
    {"menu", "ul", BLOCK | LIST},
    {"meta", NULL, VOID},
    {"nav", "div", BLOCK},
    {"noembed", NULL, SKIP},
    {"noframes", NULL, SKIP},
    {"object", NULL, SKIP},
    {"ol", "ol", BLOCK | LIST},
    {"option", NULL, SELF},
    {"p", "p", BLOCK | PARA},
    {"param", NULL, VOID},
    {"plaintext", "pre", BLOCK | PRE},
    {"pre", "pre", BLOCK | PRE},
    {"s", "s", FORMAT},
    {"script", NULL, SKIP},
    {"section", "div", BLOCK},
    {"source", NULL, VOID},
    {"span", "span", IF_LANG},
    {"strike", "s", FORMAT},
    {"strong", "strong", FORMAT},
    {"style", NULL, SKIP},
    {"summary", "div", BLOCK},
    {"svg", NULL, SKIP | FOREIGN},
    {"table", "table", BLOCK | TABLE},
    {"tbody", "tbody", SECTION},
    {"td", "td", CELL},
    {"template", NULL, SKIP},
    {"textarea", "pre", BLOCK | PRE},
    {"tfoot", "tbody", SECTION},
    {"th", "th", CELL},
    {"thead", "thead", SECTION},
    {"title", NULL, SKIP},
    {"tr", "tr", ROW},
    {"track", NULL, VOID},
    {"u", "u", FORMAT},
    {"ul", "ul", BLOCK | LIST},
    {"video", NULL, SKIP},
    {"wbr", NULL, VOID},
    {"xml", NULL, SKIP},
    {"xmp", "pre", BLOCK | PRE},
};
static const Rule unknown = {"", NULL, 0};

typedef struct {
  const Rule *rule;
  guint hash;
  guint flags;
  const char *tag; /* that was written; NULL: none was */
  char *target;    /* of a link */
  gsize text_at;   /* where its text begins */
  HtmlStyle outer; /* to go back to */
} Open;

typedef struct {
  HarmlessOut *out;
  GString *scratch, *attributes;
  HtmlStyle style;
  Open stack[HARMLESS_DEPTH_MAX];
  guint depth, beyond; /* elements on the stack; open ones that found no room */
  gboolean told;       /* that some found none */
  gboolean first_pre;  /* the line break behind <pre> does not count */
} Harmless;

static int compare_rule(const void *name, const void *rule) {
  return strcmp(name, ((const Rule *)rule)->name);
}

static const Rule *find_rule(const char *name) {
  const Rule *rule = bsearch(name, rules, G_N_ELEMENTS(rules), sizeof *rules, compare_rule);
  return rule ? rule : &unknown;
}

/* ---- links ---- */

/* Where a link leads to, in words that a person can judge; NULL: nowhere that is worth telling. */
static char *link_target(const HtmlToken *token) {
  static const char *const schemes[] = {"https:", "http:", "mailto:", "tel:", "ftp:"};
  g_autoptr(GString) href = g_string_new(NULL);
  if (!html_attribute(token, "href", href)) return NULL;
  g_autofree char *valid = g_utf8_make_valid(href->str, (gssize)href->len);
  g_strstrip(valid);
  for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++)
    if (g_ascii_strncasecmp(valid, schemes[i], strlen(schemes[i])) == 0)
      return g_steal_pointer(&valid);
  return NULL;
}

static gboolean same_words(const char *text, gsize size, const char *target) {
  gsize length = strlen(target);
  while (length && target[length - 1] == '/') length--;
  while (size && (text[size - 1] == '/' || text[size - 1] == ' ')) size--;
  return size == length && g_ascii_strncasecmp(text, target, size) == 0;
}

/* Does the text of the link name its target already, perhaps without "https://"? */
static gboolean names_target(const char *text, gsize size, const char *target) {
  g_autofree char *escaped = g_markup_escape_text(target, -1);
  const char *bare = strchr(escaped, ':') + 1;
  bare += strspn(bare, "/");
  while (size && *text == ' ') text++, size--;
  return same_words(text, size, escaped) || same_words(text, size, bare);
}

static void write_target(HarmlessOut *out, const Open *open) {
  const char *text = out->out->str + open->text_at;
  gsize length = strlen(open->target);
  if (out->cut || names_target(text, out->out->len - open->text_at, open->target)) return;
  if (length > HARMLESS_LINK_MAX_BYTES) {
    const char *end =
        g_utf8_find_prev_char(open->target, open->target + HARMLESS_LINK_MAX_BYTES + 1);
    length = (gsize)(end - open->target);
  }
  gboolean said = out->said;
  harmless_out_text(out, " (", 2, FALSE);
  harmless_out_text(out, open->target, length, FALSE);
  if (open->target[length]) harmless_out_note(out);
  harmless_out_text(out, ")", 1, FALSE);
  out->said = said;
}

/* ---- the stack ---- */

/* Flags of the innermost element that was written. */
static guint flags_around(const Harmless *h) {
  for (int i = (int)h->depth - 1; i >= 0; i--)
    if (h->stack[i].tag) return h->stack[i].flags;
  return 0;
}

static void close_top(Harmless *h) {
  Open *open = &h->stack[--h->depth];
  if (open->target && !(flags_around(h) & (TABLE | SECTION | ROW))) write_target(h->out, open);
  g_clear_pointer(&open->target, g_free);
  if (open->tag) harmless_out_end(h->out, open->tag);
  h->style = open->outer;
}

/* Close everything down to level `depth`. */
static void close_to(Harmless *h, guint depth) {
  while (h->depth > depth) close_top(h);
}

/* The level of the innermost open element with one of `flags`, not behind one of `barrier`; -1. */
static int find_open(const Harmless *h, guint flags, guint barrier) {
  for (int i = (int)h->depth - 1; i >= 0; i--) {
    if (h->stack[i].flags & flags) return i;
    if (h->stack[i].flags & barrier) return -1;
  }
  return -1;
}

static guint barrier_of(guint flags) {
  if (flags & TABLE) return 0;
  if (flags & (SECTION | ROW | CELL)) return TABLE;
  return flags & (BLOCK | FORMAT | SKIP) ? TABLE | CELL : TABLE | CELL | BLOCK;
}

static int find_same(const Harmless *h, const Rule *rule, guint hash) {
  guint barrier = barrier_of(rule->flags);
  for (int i = (int)h->depth - 1; i >= 0; i--) {
    if (h->stack[i].rule == rule && h->stack[i].hash == hash) return i;
    if (h->stack[i].flags & barrier) return -1;
  }
  return -1;
}

/* The stack is full: what would come is left out until an element ends. */
static gboolean has_room(Harmless *h) {
  if (h->depth < HARMLESS_DEPTH_MAX) return TRUE;
  if (!h->told && !h->style.hidden) harmless_out_note(h->out);
  h->told = TRUE;
  return FALSE;
}

/* An element of ours that the mail left out. */
static gboolean push_implied(Harmless *h, const char *name) {
  if (!has_room(h)) return FALSE;
  const Rule *rule = find_rule(name);
  g_autofree char *start = g_strdup_printf("<%s>", rule->tag);
  const char *tag = harmless_out_tag(h->out, start) ? rule->tag : NULL;
  h->stack[h->depth++] = (Open){.rule = rule, .flags = rule->flags, .tag = tag, .outer = h->style};
  return TRUE;
}

/* Something is to be shown: between rows and cells it gets a cell, for browsers would put it before
 * the table. FALSE: it cannot be shown. */
static gboolean ensure_cell(Harmless *h) {
  if (h->beyond || h->style.hidden || h->out->cut) return FALSE;
  guint around = flags_around(h);
  if (around & (TABLE | SECTION) && !push_implied(h, "tr")) return FALSE;
  return !(around & (TABLE | SECTION | ROW)) || push_implied(h, "td");
}

/* ---- where an element may stand ---- */

static void close_level(Harmless *h, int level) {
  if (level >= 0) close_to(h, (guint)level);
}

/* A row, a cell, a section: into the table around; without one it is a mere block. */
static void place_in_table(Harmless *h, Open *open) {
  guint holders = open->flags & CELL  ? TABLE | SECTION | ROW
                  : open->flags & ROW ? TABLE | SECTION
                                      : TABLE;
  int level = find_open(h, holders, 0);
  if (level < 0) {
    open->tag = open->flags & SECTION ? NULL : "div";
    open->flags = open->flags & SECTION ? 0 : BLOCK;
    return;
  }
  close_to(h, (guint)level + 1);
  if (open->flags & CELL && !(h->stack[level].flags & ROW) && !h->style.hidden)
    push_implied(h, "tr");
}

/* Close what cannot hold the new element. */
static void place(Harmless *h, Open *open) {
  if (open->flags & (SECTION | ROW | CELL)) place_in_table(h, open);
  if (open->flags & BLOCK) close_level(h, find_open(h, PARA, TABLE | CELL));
  if (open->flags & ITEM) close_level(h, find_open(h, ITEM, LIST | TABLE | CELL));
  if (open->flags & SELF) close_level(h, find_same(h, open->rule, open->hash));
  if (open->flags & LINK) close_level(h, find_open(h, LINK, TABLE | CELL));
}

/* Browsers leave <svg> and <math> at the first element of HTML, and a mail may forget their ends.
 */
static void leave_foreign(Harmless *h, const Rule *rule) {
  if (!rule->tag || rule->flags & (SECTION | ROW | CELL) || !h->style.hidden) return;
  for (int level; (level = find_open(h, FOREIGN, 0)) >= 0;) close_to(h, (guint)level);
}

/* ---- start tags ---- */

/* A number from 1 to HARMLESS_SPAN_MAX, as an attribute of ours. */
static void add_span(Harmless *h, const HtmlToken *token, const char *name) {
  if (!html_attribute(token, name, h->scratch)) return;
  guint64 n = g_ascii_strtoull(h->scratch->str, NULL, 10);
  if (n > 1)
    g_string_append_printf(h->attributes, " %s=\"%u\"", name, (guint)MIN(n, HARMLESS_SPAN_MAX));
}

static gboolean is_language(const char *text) {
  gsize length = strlen(text);
  for (const char *p = text; *p; p++)
    if (!g_ascii_isalnum(*p) && *p != '-') return FALSE;
  return length > 0 && length <= HARMLESS_LANG_MAX_BYTES;
}

static void add_attributes(Harmless *h, const HtmlToken *token, guint flags) {
  static const char *const directions[] = {"ltr", "rtl", "auto", NULL};
  GString *value = h->scratch;
  g_string_truncate(h->attributes, 0);
  if (flags & CELL) add_span(h, token, "colspan");
  if (flags & CELL) add_span(h, token, "rowspan");
  if (html_attribute(token, "lang", value) && is_language(value->str))
    g_string_append_printf(h->attributes, " lang=\"%s\"", value->str);
  if (!html_attribute(token, "dir", value)) return;
  g_string_ascii_down(value);
  if (g_strv_contains(directions, value->str))
    g_string_append_printf(h->attributes, " dir=\"%s\"", value->str);
}

static void write_rule(Harmless *h) {
  close_level(h, find_open(h, PARA, TABLE | CELL));
  if (ensure_cell(h)) harmless_out_tag(h->out, "<hr>");
}

/* As mail programs mark what they quote: a bar at the left, a line across, Outlook's divider. */
static void mark_quote(Harmless *h, const HtmlToken *token, const HtmlBox *box, Open *open) {
  if (strcmp(token->name, "div") != 0 || !open->tag) return;
  if (box->bar) open->tag = "blockquote";
  gboolean divides =
      html_attribute(token, "id", h->scratch) && g_str_has_suffix(h->scratch->str, "divRplyFwdMsg");
  if (divides || (box->divider && box->border_none)) write_rule(h);
}

static void write_start(Harmless *h, const HtmlToken *token, Open *open) {
  if (!open->tag) return;
  add_attributes(h, token, open->flags);
  gboolean needed = !(open->flags & IF_LANG) || h->attributes->len > 0;
  gboolean within = open->flags & (SECTION | ROW | CELL) || (needed && ensure_cell(h));
  g_autofree char *start = g_strdup_printf("<%s%s>", open->tag, h->attributes->str);
  if (!needed || !within || !has_room(h) || !harmless_out_tag(h->out, start)) open->tag = NULL;
}

/* Struck out by its style: an element that is not written anyway becomes the stroke. */
static void mark_struck(const Harmless *h, const HtmlStyle *style, Open *open) {
  if (!style->struck || h->style.struck || style->hidden) return;
  if (open->tag && !(open->flags & IF_LANG)) return;
  open->tag = "s";
  open->flags &= ~(guint)IF_LANG;
}

static gboolean is_hidden(Harmless *h, const HtmlToken *token, const Rule *rule) {
  if (rule->flags & SKIP) return TRUE;
  return strcmp(rule->name, "option") == 0 && !html_attribute(token, "selected", h->scratch);
}

static void start_element(Harmless *h, const HtmlToken *token, const Rule *rule) {
  Open open = {.rule = rule, .hash = token->hash, .flags = rule->flags, .tag = rule->tag};
  place(h, &open);
  HtmlStyle style = h->style;
  HtmlBox box;
  html_style_apply(token, &style, &box);
  if (is_hidden(h, token, rule)) style.hidden = TRUE;
  if (rule->flags & PRE) style.pre = h->first_pre = TRUE;
  if (style.hidden) open.tag = NULL;
  mark_quote(h, token, &box, &open);
  mark_struck(h, &style, &open);
  write_start(h, token, &open);
  if (!has_room(h)) {
    h->beyond++;
    return;
  }
  if (rule->flags & LINK && !style.hidden) open.target = link_target(token);
  open.text_at = h->out->out->len;
  open.outer = h->style;
  h->stack[h->depth++] = open;
  h->style = style;
}

static void start_void(Harmless *h, const HtmlToken *token) {
  HtmlStyle style = h->style;
  HtmlBox box;
  html_style_apply(token, &style, &box);
  if (style.hidden || h->style.hidden) return;
  if (strcmp(token->name, "hr") == 0) {
    write_rule(h);
  } else if (strcmp(token->name, "br") == 0) {
    if (ensure_cell(h)) harmless_out_tag(h->out, "<br>");
  } else if (html_control(token, h->scratch) && h->scratch->len && ensure_cell(h)) {
    harmless_out_text(h->out, " ", 1, FALSE);
    harmless_out_text(h->out, h->scratch->str, h->scratch->len, FALSE);
    harmless_out_text(h->out, " ", 1, FALSE);
  }
}

static void start_tag(Harmless *h, const HtmlToken *token) {
  const Rule *rule = find_rule(token->name);
  if (h->beyond) {
    h->beyond += rule->flags & VOID ? 0 : 1;
    return;
  }
  leave_foreign(h, rule);
  if (rule->flags & VOID)
    start_void(h, token);
  else
    start_element(h, token, rule);
}

static void end_tag(Harmless *h, const HtmlToken *token) {
  const Rule *rule = find_rule(token->name);
  if (rule->flags & VOID) { /* </br> is a line break to every browser */
    if (strcmp(token->name, "br") == 0) start_void(h, token);
  } else if (h->beyond) {
    h->beyond--;
  } else {
    close_level(h, find_same(h, rule, token->hash));
  }
}

static void add_text(Harmless *h, const HtmlToken *token) {
  GString *text = h->scratch;
  if (h->beyond || h->style.hidden) return;
  g_string_truncate(text, 0);
  html_append_text(text, token->start, token->end);
  html_unescape_letters(text);
  const char *from = text->str;
  if (h->first_pre && *from == '\r') from++;
  if (h->first_pre && *from == '\n') from++;
  h->first_pre = FALSE;
  gboolean blank = from[strspn(from, " \t\r\n\f")] == '\0';
  if (blank && flags_around(h) & (TABLE | SECTION | ROW)) return;
  if (*from && ensure_cell(h))
    harmless_out_text(h->out, from, text->len - (gsize)(from - text->str), h->style.pre);
}

void harmless_html(HarmlessOut *out, const char *html, gsize size) {
  Harmless *h = g_new0(Harmless, 1);
  h->out = out;
  h->scratch = g_string_new(NULL);
  h->attributes = g_string_new(NULL);
  HtmlReader reader;
  HtmlToken token;
  html_reader_init(&reader, html, size);
  while (!out->cut && html_next(&reader, &token) != HTML_END_OF_INPUT) {
    if (token.type == HTML_TEXT)
      add_text(h, &token);
    else if (token.type == HTML_START_TAG)
      start_tag(h, &token);
    else
      end_tag(h, &token);
  }
  close_to(h, 0);
  g_string_free(h->scratch, TRUE);
  g_string_free(h->attributes, TRUE);
  g_free(h);
}

/* ---- text/plain ---- */

typedef struct {
  HarmlessOut *out;
  guint depth;
  gboolean open; /* a paragraph */
} Plain;

static void end_paragraph(Plain *plain) {
  if (plain->open) harmless_out_end(plain->out, "p");
  plain->open = FALSE;
}

static void set_depth(Plain *plain, guint depth) {
  if (plain->depth != depth) end_paragraph(plain);
  for (; plain->depth > depth; plain->depth--) harmless_out_end(plain->out, "blockquote");
  while (plain->depth < depth && harmless_out_tag(plain->out, "<blockquote>")) plain->depth++;
}

static gboolean add_line(const char *line, gsize size, guint depth, void *data) {
  Plain *plain = data;
  gboolean blank = TRUE;
  for (gsize i = 0; i < size && blank; i++) blank = g_ascii_isspace(line[i]);
  set_depth(plain, MIN(depth, HARMLESS_DEPTH_MAX - 1));
  if (blank) {
    end_paragraph(plain);
  } else if (plain->open) {
    harmless_out_tag(plain->out, "<br>");
  } else {
    plain->open = harmless_out_tag(plain->out, "<p>");
  }
  if (!blank) harmless_out_text(plain->out, line, size, TRUE);
  return !plain->out->cut;
}

void harmless_plain(HarmlessOut *out, const MimePart *part, const char *text) {
  Plain plain = {.out = out};
  g_autoptr(GString) shown = g_string_new(text);
  html_unescape_letters(shown);
  plain_each_line(part, shown->str, add_line, &plain);
  set_depth(&plain, 0);
  end_paragraph(&plain);
}
