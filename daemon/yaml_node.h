/* yaml_node - a YAML file as a tree of plain nodes that know their line.
 *
 * Bounded: bytes, depth, and nodes with every alias counted as what it stands for. Mistakes go to
 * `problems` as "FILE:LINE: what is wrong; what would be right". */
#pragma once
#include <glib.h>

enum { YAML_MAX_BYTES = 4 << 20, YAML_MAX_DEPTH = 16, YAML_MAX_NODES = 100000 };

/* NODE_ANY: where a kind is asked for, each will do. */
typedef enum { NODE_SCALAR, NODE_LIST, NODE_MAP, NODE_ANY } NodeKind;

typedef struct YamlNode {
  NodeKind kind;
  guint line;       /* from 1 */
  gboolean plain;   /* scalar without quotes: true, 12, ~ mean what they look like */
  char *text;       /* of a scalar, UTF-8 without NUL; else NULL */
  char *key;        /* in a map */
  guint key_line;   /* in a map */
  GPtrArray *items; /* YamlNode*, of a list or a map; a map holds each key once */
} YamlNode;

/* Read a file, or `size` bytes that `file` names in messages. NULL where there is no tree; the
 * problem tells why. An empty file is an empty map. */
YamlNode *yaml_load(const char *file, GPtrArray *problems);
YamlNode *yaml_parse(const char *file, const char *bytes, gsize size, GPtrArray *problems);
void yaml_node_free(YamlNode *node);

/* The value of a key in a map, or NULL. Borrowed. */
const YamlNode *yaml_get(const YamlNode *map, const char *key);
/* ~, null, or nothing behind the colon. */
gboolean yaml_is_null(const YamlNode *node);
/* "a list", "a map", "text": for messages. */
const char *yaml_kind_name(NodeKind kind);

void yaml_problem(GPtrArray *problems, const char *file, guint line, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlNode, yaml_node_free)
