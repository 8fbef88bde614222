/* template - Mustache's core as a tree of nodes; rendered with a stack of values.
 *
 * Promises: depth and output are bounded, an unknown tag is an error with its
 * line, rendering never changes the data; of HTML, a value cannot leave the text or the quoted
 * attribute that it stands in. */
#include "daemon/template.h"

#include <string.h>

#include "daemon/config.h"

G_DEFINE_QUARK(template - error - quark, template_error)

enum { TEMPLATE_DEPTH_MAX = 16, TEMPLATE_BYTES_MAX = 64 << 10, DELIMITER_MAX_CHARS = 8 };

typedef enum { NODE_TEXT, NODE_VARIABLE, NODE_SECTION, NODE_INVERTED } NodeKind;

typedef struct {
  NodeKind kind;
  guint line;
  char *text;          /* the text, or the name */
  gsize length;        /* of the text */
  char **path;         /* the parts of a dotted name; NULL: a text */
  gboolean escape;     /* of a variable: the value becomes HTML */
  GPtrArray *children; /* Node*; sections alone */
} Node;

struct Template {
  char *file;
  GPtrArray *nodes;
};

static void node_free(Node *node) {
  g_free(node->text);
  g_strfreev(node->path);
  if (node->children) g_ptr_array_unref(node->children);
  g_free(node);
}

static GPtrArray *nodes_new(void) {
  return g_ptr_array_new_with_free_func((GDestroyNotify)node_free);
}

/* --- parsing ---------------------------------------------------------------------------------- */

typedef struct {
  const char *start, *at; /* the whole text and what is left of it */
  const char *file;
  gboolean html;
  char *open, *close; /* the delimiters */
  GPtrArray *stack;   /* GPtrArray* of nodes, borrowed: the innermost last */
  GPtrArray *names;   /* Node*, borrowed: the open sections */
} Parser;

typedef struct {
  const char *begin, *end; /* delimiters included */
  char sigil;              /* # ^ / ! = & { or 0 */
  char *name;              /* without white space */
} Tag;

static guint line_of(const Parser *parser, const char *at) {
  guint line = 1;
  for (const char *p = parser->start; p < at; p++) line += *p == '\n';
  return line;
}

static gboolean fail(const Parser *parser, const char *at, GError **error, const char *what,
                     const char *name) {
  g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_SYNTAX, "%s:%u: %s '%s'", parser->file,
              line_of(parser, at), what, name);
  return FALSE;
}

/* The parts of a dotted name, one at least: that of "" is "". */
static char **split_name(const char *name) {
  static const char *const empty[] = {"", NULL};
  return *name ? g_strsplit(name, ".", -1) : g_strdupv((char **)empty);
}

static Node *add_node(Parser *parser, NodeKind kind, const char *at, char *text) {
  Node *node = g_new0(Node, 1);
  node->kind = kind;
  node->line = line_of(parser, at);
  node->text = text;
  node->length = strlen(text);
  if (kind != NODE_TEXT) node->path = split_name(text);
  g_ptr_array_add(parser->stack->pdata[parser->stack->len - 1], node);
  return node;
}

static void add_text(Parser *parser, const char *from, const char *to) {
  if (to > from) add_node(parser, NODE_TEXT, from, g_strndup(from, (gsize)(to - from)));
}

/* The next tag from parser->at on; FALSE without an error: there is none. */
static gboolean next_tag(const Parser *parser, Tag *tag, GError **error) {
  tag->begin = strstr(parser->at, parser->open);
  if (!tag->begin) return FALSE;
  const char *inside = tag->begin + strlen(parser->open);
  tag->sigil = *inside && strchr("#^/!=&{><", *inside) ? *inside : 0;
  if (tag->sigil) inside++;
  g_autofree char *triple = g_strconcat("}", parser->close, NULL);
  g_autofree char *equals = g_strconcat("=", parser->close, NULL);
  const char *closing = tag->sigil == '{' ? triple : tag->sigil == '=' ? equals : parser->close;
  const char *end = strstr(inside, closing);
  if (!end) return fail(parser, tag->begin, error, "a tag is not closed with", closing);
  tag->name = g_strstrip(g_strndup(inside, (gsize)(end - inside)));
  tag->end = end + strlen(closing);
  return TRUE;
}

/* A tag that prints nothing and stands alone takes its line with it: its bounds grow to the line's.
 */
static void widen_standalone(const Parser *parser, Tag *tag) {
  if (!tag->sigil || !strchr("#^/!=", tag->sigil)) return;
  const char *begin = tag->begin, *end = tag->end;
  while (begin > parser->start && (begin[-1] == ' ' || begin[-1] == '\t')) begin--;
  while (*end == ' ' || *end == '\t' || *end == '\r') end++;
  if ((begin > parser->start && begin[-1] != '\n') || (*end && *end != '\n')) return;
  if (begin < parser->at) return;
  tag->begin = begin;
  tag->end = *end ? end + 1 : end;
}

static gboolean open_section(Parser *parser, Tag *tag, GError **error) {
  if (parser->stack->len > TEMPLATE_DEPTH_MAX)
    return fail(parser, tag->begin, error, "sections are nested too deep at", tag->name);
  Node *node = add_node(parser, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED, tag->begin,
                        g_steal_pointer(&tag->name));
  node->children = nodes_new();
  g_ptr_array_add(parser->stack, node->children);
  g_ptr_array_add(parser->names, node);
  return TRUE;
}

static gboolean close_section(Parser *parser, const Tag *tag, GError **error) {
  const Node *open = parser->names->len ? parser->names->pdata[parser->names->len - 1] : NULL;
  if (!open || strcmp(open->text, tag->name) != 0)
    return fail(parser, tag->begin, error, "this closes no open section:", tag->name);
  g_ptr_array_set_size(parser->stack, (gint)parser->stack->len - 1);
  g_ptr_array_set_size(parser->names, (gint)parser->names->len - 1);
  return TRUE;
}

static gboolean set_delimiters(Parser *parser, const Tag *tag, GError **error) {
  g_auto(GStrv) pair = g_strsplit_set(tag->name, " \t", 2);
  char *second = pair[0] && pair[1] ? g_strstrip(pair[1]) : NULL;
  if (!second || !*pair[0] || !*second || strpbrk(second, " \t=") || strchr(pair[0], '=') ||
      strlen(pair[0]) > DELIMITER_MAX_CHARS || strlen(second) > DELIMITER_MAX_CHARS)
    return fail(parser, tag->begin, error, "delimiters are two words without '=', not", tag->name);
  g_free(parser->open);
  g_free(parser->close);
  parser->open = g_strdup(pair[0]);
  parser->close = g_strdup(second);
  return TRUE;
}

static gboolean take_tag(Parser *parser, Tag *tag, GError **error) {
  switch (tag->sigil) {
  case '!':
    return TRUE;
  case '#':
  case '^':
    return open_section(parser, tag, error);
  case '/':
    return close_section(parser, tag, error);
  case '=':
    return set_delimiters(parser, tag, error);
  case '>':
  case '<':
    return fail(parser, tag->begin, error, "partials are not known here:", tag->name);
  default:
    break;
  }
  if (!*tag->name || strpbrk(tag->name, " \t\r\n"))
    return fail(parser, tag->begin, error, "a name is one word, not", tag->name);
  Node *node = add_node(parser, NODE_VARIABLE, tag->begin, g_steal_pointer(&tag->name));
  node->escape = parser->html && !tag->sigil;
  return TRUE;
}

static gboolean parse_all(Parser *parser, GError **error) {
  for (;;) {
    Tag tag = {0};
    GError *broken = NULL;
    if (!next_tag(parser, &tag, &broken)) {
      if (!broken) break;
      g_propagate_error(error, broken);
      return FALSE;
    }
    widen_standalone(parser, &tag);
    add_text(parser, parser->at, tag.begin);
    parser->at = tag.end;
    gboolean taken = take_tag(parser, &tag, error);
    g_free(tag.name);
    if (!taken) return FALSE;
  }
  add_text(parser, parser->at, parser->at + strlen(parser->at));
  if (!parser->names->len) return TRUE;
  const Node *open = parser->names->pdata[parser->names->len - 1];
  g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_SYNTAX, "%s:%u: section '%s' is not closed",
              parser->file, open->line, open->text);
  return FALSE;
}

static Template *parse_as(const char *text, const char *file, gboolean html, GError **error) {
  if (strlen(text) > TEMPLATE_BYTES_MAX || !g_utf8_validate(text, -1, NULL)) {
    g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_SYNTAX,
                "%s:1: not UTF-8 text of at most %d bytes", file, TEMPLATE_BYTES_MAX);
    return NULL;
  }
  g_autoptr(Template) template = g_new0(Template, 1);
  template->file = g_strdup(file);
  template->nodes = nodes_new();
  g_autoptr(GPtrArray) stack = g_ptr_array_new();
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_ptr_array_add(stack, template->nodes);
  Parser parser = {text, text, file, html, g_strdup("{{"), g_strdup("}}"), stack, names};
  gboolean parsed = parse_all(&parser, error);
  g_free(parser.open);
  g_free(parser.close);
  return parsed ? g_steal_pointer(&template) : NULL;
}

Template *template_parse(const char *text, const char *file, GError **error) {
  return parse_as(text, file, FALSE, error);
}

Template *template_parse_html(const char *text, const char *file, GError **error) {
  return parse_as(text, file, TRUE, error);
}

void template_free(Template *template) {
  if (!template) return;
  g_ptr_array_unref(template->nodes);
  g_free(template->file);
  g_free(template);
}

/* --- names ------------------------------------------------------------------------------------ */

static void check_nodes(const Template *template, const GPtrArray *nodes, const char *const *known,
                        GPtrArray *problems) {
  for (guint i = 0; i < nodes->len; i++) {
    const Node *node = nodes->pdata[i];
    if (node->children) check_nodes(template, node->children, known, problems);
    if (node->kind == NODE_TEXT || !strcmp(node->text, ".") || g_strv_contains(known, node->text))
      continue;
    const char *near = config_nearest(node->text, known);
    g_ptr_array_add(problems,
                    g_strdup_printf("%s:%u: unknown field '%s'%s%s%s", template->file, node->line,
                                    node->text, near ? "; did you mean '" : "", near ? near : "",
                                    near ? "'?" : ""));
  }
}

void template_check(const Template *template, const char *const *known, GPtrArray *problems) {
  check_nodes(template, template->nodes, known, problems);
}

/* --- rendering -------------------------------------------------------------------------------- */

typedef struct {
  const TemplateValue *stack[TEMPLATE_DEPTH_MAX * 2 + 2]; /* the innermost last */
  guint depth;
  GString *out;
  gsize max_bytes;
} Render;

/* The first part of a dotted name is looked for from the inside out, the rest in what it names. */
static const TemplateValue *find(const Render *render, const Node *node) {
  if (!strcmp(node->text, ".")) return render->stack[render->depth - 1];
  const TemplateValue *value = NULL;
  for (guint i = render->depth; i > 0 && !value; i--)
    value = template_data_get(render->stack[i - 1], node->path[0]);
  for (char **part = node->path + 1; value && *part; part++)
    value = template_data_get(value, *part);
  return value;
}

static gboolean is_true(const TemplateValue *value) {
  if (!value) return FALSE;
  if (value->kind == TEMPLATE_TEXT) return value->length > 0;
  if (value->kind == TEMPLATE_LIST) return value->first != NULL;
  return value->kind == TEMPLATE_MAP || value->truth;
}

void template_escape(GString *out, const char *text, gsize length) {
  static const char *const entities[256] = {
      ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
  gsize done = 0;
  for (gsize i = 0; i < length; i++) {
    const char *entity = entities[(guchar)text[i]];
    if (!entity) continue;
    g_string_append_len(out, text + done, (gssize)(i - done));
    g_string_append(out, entity);
    done = i + 1;
  }
  g_string_append_len(out, text + done, (gssize)(length - done));
}

static void print(Render *render, const TemplateValue *value, gboolean escape) {
  if (value && value->kind == TEMPLATE_TEXT && escape)
    template_escape(render->out, value->text, value->length);
  else if (value && value->kind == TEMPLATE_TEXT)
    g_string_append_len(render->out, value->text, (gssize)value->length);
  if (value && value->kind == TEMPLATE_TRUTH && value->truth) g_string_append(render->out, "true");
}

static gboolean render_nodes(Render *render, const GPtrArray *nodes);

static gboolean render_with(Render *render, const TemplateValue *value, const GPtrArray *nodes) {
  if (render->depth == G_N_ELEMENTS(render->stack)) return FALSE;
  render->stack[render->depth++] = value;
  gboolean fits = render_nodes(render, nodes);
  render->depth--;
  return fits;
}

static gboolean render_section(Render *render, const TemplateValue *value, const GPtrArray *nodes) {
  if (!is_true(value)) return TRUE;
  if (value->kind != TEMPLATE_LIST) return render_with(render, value, nodes);
  for (const TemplateValue *item = value->first; item; item = item->next)
    if (!render_with(render, item, nodes)) return FALSE;
  return TRUE;
}

static gboolean render_node(Render *render, const Node *node) {
  switch (node->kind) {
  case NODE_TEXT:
    g_string_append_len(render->out, node->text, (gssize)node->length);
    break;
  case NODE_VARIABLE:
    print(render, find(render, node), node->escape);
    break;
  case NODE_SECTION:
    if (!render_section(render, find(render, node), node->children)) return FALSE;
    break;
  case NODE_INVERTED:
    if (!is_true(find(render, node)) && !render_nodes(render, node->children)) return FALSE;
  }
  return render->out->len <= render->max_bytes;
}

static gboolean render_nodes(Render *render, const GPtrArray *nodes) {
  for (guint i = 0; i < nodes->len; i++)
    if (!render_node(render, nodes->pdata[i])) return FALSE;
  return TRUE;
}

char *template_render(const Template *template, const TemplateValue *root, gsize max_bytes,
                      GError **error) {
  Render render = {.stack = {root}, .depth = 1, .out = g_string_new(NULL), .max_bytes = max_bytes};
  if (render_nodes(&render, template->nodes)) return g_string_free(render.out, FALSE);
  g_string_free(render.out, TRUE);
  g_set_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_TOO_LONG,
              "%s: the text would be longer than %" G_GSIZE_FORMAT " bytes", template->file,
              max_bytes);
  return NULL;
}
