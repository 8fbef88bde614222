/* html_token - see html_token.h. */
#include "parsers/formats/html_token.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum { ENTITY_NAME_MAX = 12 };

/* Elements whose content is text up to their end tag. */
static const char *const raw_elements[] = {"script", "style",    "title",   "textarea",
                                           "iframe", "noframes", "noembed", "xmp"};

void html_reader_init(HtmlReader *reader, const char *html, gsize size) {
  *reader = (HtmlReader){.p = html, .end = html + size};
}

static gboolean is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* ---- tags ---- */

typedef struct {
  const char *name, *name_end, *value, *value_end;
} Attribute;

/* The next attribute at *p; FALSE at '>' or the end, where *p then stands. */
static gboolean next_attribute(const char **p, const char *end, Attribute *ret) {
  const char *q = *p;
  while (q < end && (is_space(*q) || *q == '/')) q++;
  *p = q;
  if (q >= end || *q == '>') return FALSE;
  ret->name = q;
  if (*q == '=') q++;
  while (q < end && !is_space(*q) && *q != '/' && *q != '>' && *q != '=') q++;
  ret->name_end = q;
  const char *after = q;
  while (after < end && is_space(*after)) after++;
  ret->value = ret->value_end = q;
  if (after < end && *after == '=') {
    q = after + 1;
    while (q < end && is_space(*q)) q++;
    if (q < end && (*q == '"' || *q == '\'')) {
      const char *close = memchr(q + 1, *q, (gsize)(end - q - 1));
      ret->value = q + 1;
      ret->value_end = close ? close : end;
      q = close ? close + 1 : end;
    } else {
      ret->value = q;
      while (q < end && !is_space(*q) && *q != '>') q++;
      ret->value_end = q;
    }
  }
  *p = q;
  return TRUE;
}

static void take_name(HtmlToken *token, const char *start, const char *end) {
  gsize kept = 0;
  token->hash = 5381;
  for (const char *p = start; p < end; p++) {
    char c = g_ascii_tolower(*p);
    token->hash = token->hash * 33 + (guchar)c;
    if (kept < HTML_NAME_MAX - 1) token->name[kept++] = c;
  }
  token->name[kept] = '\0';
}

/* A start or end tag whose name begins at `p`; the reader then stands behind its '>'. */
static void read_tag(HtmlReader *reader, const char *p, HtmlToken *token) {
  const char *start = p;
  while (p < reader->end && !is_space(*p) && *p != '/' && *p != '>') p++;
  take_name(token, start, p);
  token->start = p;
  Attribute attribute;
  while (next_attribute(&p, reader->end, &attribute)) continue;
  token->end = p;
  reader->p = p < reader->end ? p + 1 : p;
}

static void begin_raw(HtmlReader *reader, const HtmlToken *token) {
  for (gsize i = 0; i < G_N_ELEMENTS(raw_elements); i++)
    if (strcmp(token->name, raw_elements[i]) == 0)
      g_strlcpy(reader->raw, token->name, sizeof reader->raw);
}

/* Text of a raw element, up to its end tag or the end of all. */
static const char *raw_end(const HtmlReader *reader) {
  gsize length = strlen(reader->raw);
  for (const char *p = reader->p; (p = memmem(p, (gsize)(reader->end - p), "</", 2)); p += 2) {
    const char *after = p + 2 + length;
    if (after < reader->end && g_ascii_strncasecmp(p + 2, reader->raw, length) == 0 &&
        (is_space(*after) || *after == '>' || *after == '/'))
      return p;
  }
  return reader->end;
}

/* "<!…": a comment up to "-->", anything else up to '>'. Of a comment that is never closed browsers
 * drop all that follows; we drop its first tag only, so that a bulletin behind it can be read. */
static const char *skip_declaration(HtmlReader *reader) {
  const char *p = reader->p, *end = reader->end;
  if (end - p >= 4 && memcmp(p, "<!--", 4) == 0 && !reader->open_comment) {
    const char *close = memmem(p + 2, (gsize)(end - p - 2), "-->", 3);
    if (close) return close + 3;
    reader->open_comment = TRUE; /* not to be searched for again: that would be quadratic */
  }
  const char *close = memchr(p, '>', (gsize)(end - p));
  return close ? close + 1 : end;
}

/* Where text stops: at a '<' that opens something. */
static const char *text_end(const char *p, const char *end) {
  while ((p = memchr(p, '<', (gsize)(end - p)))) {
    char c = p + 1 < end ? p[1] : ' ';
    if (g_ascii_isalpha(c) || c == '/' || c == '!' || c == '?') return p;
    p++;
  }
  return end;
}

HtmlTokenType html_next(HtmlReader *reader, HtmlToken *token) {
  for (;;) {
    const char *p = reader->p, *end = reader->end;
    if (p >= end) return token->type = HTML_END_OF_INPUT;
    const char *stop = *reader->raw ? raw_end(reader) : text_end(p, end);
    *reader->raw = '\0';
    if (stop > p) {
      token->start = p;
      token->end = reader->p = stop;
      return token->type = HTML_TEXT;
    }
    if (p[1] == '!' || p[1] == '?') {
      reader->p = skip_declaration(reader);
    } else if (p[1] == '/' && end - p > 2 && g_ascii_isalpha(p[2])) {
      read_tag(reader, p + 2, token);
      return token->type = HTML_END_TAG;
    } else if (p[1] == '/') {
      const char *close = memchr(p, '>', (gsize)(end - p));
      reader->p = close ? close + 1 : end;
    } else {
      read_tag(reader, p + 1, token);
      begin_raw(reader, token);
      return token->type = HTML_START_TAG;
    }
  }
}

gboolean html_attribute(const HtmlToken *token, const char *name, GString *ret_value) {
  gsize length = strlen(name);
  Attribute attribute;
  g_string_truncate(ret_value, 0);
  for (const char *p = token->start; next_attribute(&p, token->end, &attribute);) {
    if ((gsize)(attribute.name_end - attribute.name) != length ||
        g_ascii_strncasecmp(attribute.name, name, length) != 0)
      continue;
    html_append_text(ret_value, attribute.value, attribute.value_end);
    return TRUE;
  }
  return FALSE;
}

/* ---- entities ---- */

/* What HTML 4's table lacks and mail programs write. */
static const struct {
  const char *name;
  gunichar code;
} more_entities[] = {
    {"apos", '\''},     {"check", 0x2713}, {"checkmark", 0x2713}, {"cross", 0x2717},
    {"square", 0x25a1}, {"squ", 0x25a1},   {"squf", 0x25aa},      {"commat", '@'},
    {"colon", ':'},     {"period", '.'},   {"lowbar", '_'},       {"Tab", '\t'},
    {"NewLine", '\n'},  {"comma", ','},    {"sol", '/'},          {"num", '#'},
};

static gunichar named_entity(const char *name) {
  const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
  if (entity) return entity->value;
  for (gsize i = 0; i < G_N_ELEMENTS(more_entities); i++)
    if (strcmp(name, more_entities[i].name) == 0) return more_entities[i].code;
  return 0;
}

/* Numbers 128 to 159 are windows-1252 in every browser. */
static gunichar windows_1252(gunichar code) {
  static const guint16 codes[32] = {0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                    0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
                                    0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                    0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
  return code >= 128 && code < 160 ? codes[code - 128] : code;
}

/* "#233;" or "#xe9;" at `p`; what follows it, NULL: none. */
static const char *numeric_entity(const char *p, const char *end, gunichar *ret_code) {
  gboolean hex = p + 1 < end && (p[1] == 'x' || p[1] == 'X');
  const char *q = p + (hex ? 2 : 1), *digits = q;
  gunichar code = 0;
  for (; q < end && (hex ? g_ascii_isxdigit(*q) : g_ascii_isdigit(*q)); q++)
    if (code <= 0x10ffff)
      code = code * (hex ? 16 : 10) +
             (gunichar)(hex ? g_ascii_xdigit_value(*q) : g_ascii_digit_value(*q));
  if (q == digits) return NULL;
  code = windows_1252(code);
  *ret_code = code > 0 && g_unichar_validate(code) ? code : 0xfffd;
  return q < end && *q == ';' ? q + 1 : q;
}

/* The entity behind a '&' at `p`; what follows it, NULL: the '&' stands for itself. */
static const char *entity_at(const char *p, const char *end, gunichar *ret_code) {
  if (p < end && *p == '#') return numeric_entity(p, end, ret_code);
  char name[ENTITY_NAME_MAX + 1];
  gsize length = 0;
  while (p + length < end && length < ENTITY_NAME_MAX && g_ascii_isalnum(p[length])) {
    name[length] = p[length];
    length++;
  }
  name[length] = '\0';
  gboolean closed = p + length < end && p[length] == ';';
  *ret_code = length ? named_entity(name) : 0;
  /* Without ';' only Latin-1's names count (WHATWG): "&copy 2019", but not "a&sub=1". */
  if (*ret_code == 0 || (!closed && *ret_code > 0xff)) return NULL;
  return p + length + (closed ? 1 : 0);
}

void html_unescape_letters(GString *text) {
  if (!memchr(text->str, '&', text->len)) return;
  g_autofree char *copy = g_strndup(text->str, text->len);
  const char *p = copy, *end = copy + text->len;
  g_string_truncate(text, 0);
  while (p < end) {
    gunichar code = 0;
    const char *next = *p == '&' ? entity_at(p + 1, end, &code) : NULL;
    if (next && next[-1] == ';' && code >= 0xa0) {
      g_string_append_unichar(text, code);
      p = next;
    } else {
      g_string_append_c(text, *p++);
    }
  }
}

void html_append_text(GString *out, const char *start, const char *end) {
  for (const char *p = start; p < end;) {
    const char *amp = memchr(p, '&', (gsize)(end - p));
    g_string_append_len(out, p, (amp ? amp : end) - p);
    if (!amp) return;
    gunichar code = 0;
    const char *next = entity_at(amp + 1, end, &code);
    if (next)
      g_string_append_unichar(out, code);
    else
      g_string_append_c(out, '&');
    p = next ? next : amp + 1;
  }
}
