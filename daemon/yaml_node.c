/* yaml_node - see yaml_node.h.
 *
 * libyaml's document API makes a graph (an alias is the number of another node, which may hold the
 * alias itself); copying it into a tree under a bound of depth and of nodes is what makes it safe
 * to walk. */
#include "daemon/yaml_node.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "daemon/log.h"

enum { PROBLEM_MAX_CHARS = 1000 };

typedef struct {
  const char *file;
  GPtrArray *problems;
  yaml_document_t *document;
  guint nodes, depth;
  gboolean over; /* a bound was passed, and told */
} Copy;

/* --- problems ----------------------------------------------------------------------------- */

void yaml_problem(GPtrArray *problems, const char *file, guint line, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *raw = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *text = log_clean(raw, PROBLEM_MAX_CHARS); /* a key may hold line breaks */
  g_ptr_array_add(problems, line ? g_strdup_printf("%s:%u: %s", file, line, text)
                                 : g_strdup_printf("%s: %s", file, text));
}

const char *yaml_kind_name(NodeKind kind) {
  static const char *const names[] = {"text", "a list", "a map", "anything"};
  return names[kind];
}

/* --- the tree ----------------------------------------------------------------------------- */

static void node_free(gpointer data) {
  yaml_node_free(data);
}

void yaml_node_free(YamlNode *node) {
  if (!node) return;
  g_free(node->text);
  g_free(node->key);
  if (node->items) g_ptr_array_unref(node->items);
  g_free(node);
}

static YamlNode *node_new(NodeKind kind, guint line) {
  YamlNode *node = g_new0(YamlNode, 1);
  node->kind = kind;
  node->line = line;
  if (kind != NODE_SCALAR) node->items = g_ptr_array_new_with_free_func(node_free);
  return node;
}

const YamlNode *yaml_get(const YamlNode *map, const char *key) {
  for (guint i = 0; map && map->kind == NODE_MAP && i < map->items->len; i++) {
    const YamlNode *item = map->items->pdata[i];
    if (strcmp(item->key, key) == 0) return item;
  }
  return NULL;
}

gboolean yaml_is_null(const YamlNode *node) {
  static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
  return node->kind == NODE_SCALAR && node->plain && g_strv_contains(nulls, node->text);
}

static guint line_of(const yaml_node_t *from) {
  return (guint)from->start_mark.line + 1;
}

/* --- from libyaml's graph ------------------------------------------------------------------- */

static YamlNode *copy_node(Copy *copy, int index);

static YamlNode *copy_scalar(Copy *copy, const yaml_node_t *from) {
  const char *text = (const char *)from->data.scalar.value;
  if (memchr(text, '\0', from->data.scalar.length)) {
    yaml_problem(copy->problems, copy->file, line_of(from), "text holds a zero byte; remove it");
    return NULL;
  }
  YamlNode *node = node_new(NODE_SCALAR, line_of(from));
  node->text = g_strdup(text);
  node->plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  return node;
}

static YamlNode *copy_list(Copy *copy, const yaml_node_t *from) {
  YamlNode *node = node_new(NODE_LIST, line_of(from));
  const yaml_node_item_t *end = from->data.sequence.items.top;
  for (const yaml_node_item_t *item = from->data.sequence.items.start; item < end; item++) {
    YamlNode *child = copy_node(copy, *item);
    if (child) g_ptr_array_add(node->items, child);
  }
  return node;
}

/* The key of a pair where it is text and new, else NULL with the problem told. */
static const char *pair_key(Copy *copy, const yaml_node_t *key, GHashTable *seen) {
  const char *text = key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : NULL;
  guint line = line_of(key);
  if (!text || memchr(text, '\0', key->data.scalar.length)) {
    yaml_problem(copy->problems, copy->file, line, "a key must be text");
    return NULL;
  }
  guint first = GPOINTER_TO_UINT(g_hash_table_lookup(seen, text));
  if (first) {
    yaml_problem(copy->problems, copy->file, line,
                 "'%s' stands here again, first in line %u; "
                 "remove one",
                 text, first);
    return NULL;
  }
  g_hash_table_insert(seen, g_strdup(text), GUINT_TO_POINTER(line));
  return text;
}

static YamlNode *copy_map(Copy *copy, const yaml_node_t *from) {
  YamlNode *node = node_new(NODE_MAP, line_of(from));
  GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  const yaml_node_pair_t *end = from->data.mapping.pairs.top;
  for (const yaml_node_pair_t *pair = from->data.mapping.pairs.start; pair < end; pair++) {
    const yaml_node_t *key = yaml_document_get_node(copy->document, pair->key);
    const char *text = pair_key(copy, key, seen);
    YamlNode *child = text ? copy_node(copy, pair->value) : NULL;
    if (!child) continue;
    child->key = g_strdup(text);
    child->key_line = line_of(key);
    g_ptr_array_add(node->items, child);
  }
  g_hash_table_unref(seen);
  return node;
}

static gboolean within_bounds(Copy *copy, guint line) {
  if (copy->over) return FALSE;
  copy->nodes++;
  copy->over = copy->nodes > YAML_MAX_NODES || copy->depth >= YAML_MAX_DEPTH;
  if (copy->nodes > YAML_MAX_NODES)
    yaml_problem(copy->problems, copy->file, line,
                 "more than %d values, aliases counted in full; make the file smaller",
                 YAML_MAX_NODES);
  else if (copy->over)
    yaml_problem(copy->problems, copy->file, line, "nested deeper than %d levels", YAML_MAX_DEPTH);
  return !copy->over;
}

static YamlNode *copy_node(Copy *copy, int index) {
  const yaml_node_t *from = yaml_document_get_node(copy->document, index);
  if (!within_bounds(copy, line_of(from))) return NULL;
  copy->depth++;
  YamlNode *node = from->type == YAML_SCALAR_NODE     ? copy_scalar(copy, from)
                   : from->type == YAML_SEQUENCE_NODE ? copy_list(copy, from)
                                                      : copy_map(copy, from);
  copy->depth--;
  return node;
}

/* --- what libyaml says, in our words ---------------------------------------------------------- */

static const char *line_text(const char *bytes, gsize size, guint line, gsize *ret_length) {
  const char *at = bytes, *end = bytes + size;
  for (guint i = 1; i < line && at < end; i++) {
    const char *newline = memchr(at, '\n', (gsize)(end - at));
    at = newline ? newline + 1 : end;
  }
  const char *newline = memchr(at, '\n', (gsize)(end - at));
  *ret_length = (gsize)((newline ? newline : end) - at);
  return at;
}

/* A tab where only spaces may indent is the usual cause of what libyaml calls by another name. */
static gboolean indented_by_tab(const char *bytes, gsize size, guint line) {
  gsize length;
  const char *text = line_text(bytes, size, line, &length);
  for (gsize i = 0; i < length && (text[i] == ' ' || text[i] == '\t'); i++)
    if (text[i] == '\t') return TRUE;
  return FALSE;
}

static void tell_parser_problem(const yaml_parser_t *parser, const char *file, const char *bytes,
                                gsize size, GPtrArray *problems) {
  guint line = (guint)parser->problem_mark.line + 1;
  if (parser->error == YAML_READER_ERROR) {
    line = 1;
    for (gsize i = 0; i < MIN(parser->problem_offset, size); i++) line += bytes[i] == '\n';
  }
  if (indented_by_tab(bytes, size, line)) {
    yaml_problem(problems, file, line, "a tab indents this line; YAML takes spaces alone");
    return;
  }
  const char *context = parser->context ? parser->context : "";
  const char *cure = parser->problem && strstr(parser->problem, "mapping values")
                         ? "; a value that holds \": \" stands in quotes"
                         : "";
  yaml_problem(problems, file, line, "no YAML: %s%s%s%s%s",
               parser->problem ? parser->problem : "not readable", *context ? " (" : "", context,
               *context ? ")" : "", cure);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* UTF-16 would be taken by libyaml and counted otherwise by everybody else: one encoding. */
static gboolean check_bytes(const char *file, const char *bytes, gsize size, GPtrArray *problems) {
  const char *end = NULL;
  if (size > YAML_MAX_BYTES) {
    yaml_problem(problems, file, 0, "larger than %d bytes; make the file smaller", YAML_MAX_BYTES);
    return FALSE;
  }
  if (g_utf8_validate_len(bytes, size, &end)) return TRUE;
  guint line = 1;
  for (const char *at = bytes; at < end; at++) line += *at == '\n';
  yaml_problem(problems, file, line,
               *end ? "byte 0x%02x is no UTF-8; save the file as UTF-8"
                    : "byte 0x%02x may not stand in YAML; save the file as UTF-8",
               (guint)(guchar)*end);
  return FALSE;
}

static YamlNode *copy_document(const char *file, yaml_document_t *document, GPtrArray *problems) {
  Copy copy = {.file = file, .problems = problems, .document = document};
  if (!yaml_document_get_root_node(document)) return node_new(NODE_MAP, 1);
  YamlNode *root = copy_node(&copy, 1);
  if (!copy.over) return root;
  yaml_node_free(root);
  return NULL;
}

/* A second document would be dropped in silence. */
static void check_rest(yaml_parser_t *parser, const char *file, const char *bytes, gsize size,
                       GPtrArray *problems) {
  yaml_document_t document;
  if (!yaml_parser_load(parser, &document)) {
    tell_parser_problem(parser, file, bytes, size, problems);
    return;
  }
  const yaml_node_t *root = yaml_document_get_root_node(&document);
  if (root) yaml_problem(problems, file, line_of(root), "a second document; one file holds one");
  yaml_document_delete(&document);
}

YamlNode *yaml_parse(const char *file, const char *bytes, gsize size, GPtrArray *problems) {
  yaml_parser_t parser;
  yaml_document_t document;
  YamlNode *root = NULL;
  if (!check_bytes(file, bytes, size, problems)) return NULL;
  if (!yaml_parser_initialize(&parser)) g_error("libyaml: out of memory");
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  gsize bom = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  yaml_parser_set_input_string(&parser, (const guchar *)bytes + bom, size - bom);
  if (yaml_parser_load(&parser, &document)) {
    root = copy_document(file, &document, problems);
    gboolean more = yaml_document_get_root_node(&document) != NULL;
    yaml_document_delete(&document);
    if (root && more) check_rest(&parser, file, bytes, size, problems);
  } else {
    tell_parser_problem(&parser, file, bytes, size, problems);
  }
  yaml_parser_delete(&parser);
  return root;
}

static gboolean read_bounded(int fd, GByteArray *bytes) {
  guint8 buffer[1 << 14];
  ssize_t count;
  while (bytes->len <= YAML_MAX_BYTES && (count = read(fd, buffer, sizeof buffer)) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FALSE;
    g_byte_array_append(bytes, buffer, (guint)count);
  }
  return TRUE;
}

YamlNode *yaml_load(const char *file, GPtrArray *problems) {
  int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  GByteArray *bytes = g_byte_array_new();
  YamlNode *root = NULL;
  if (fd < 0 || !read_bounded(fd, bytes))
    yaml_problem(problems, file, 0, "cannot be read: %s", g_strerror(errno));
  else
    root = yaml_parse(file, bytes->len ? (const char *)bytes->data : "", bytes->len, problems);
  if (fd >= 0) close(fd);
  g_byte_array_unref(bytes);
  return root;
}
