/* harmless_check - the promise of parsers/formats/harmless.h, asked of any output: by the bytes,
 * tag for tag, and by libxml2, which reads it as a browser would. */
#pragma once
#include <glib.h>
#include <libxml/HTMLparser.h>
#include <string.h>

static const char *const harmless_elements[] = {
    "p",   "br", "div", "span",  "b",     "strong", "i",  "em", "u",  "s",
    "ul",  "ol", "li",  "table", "thead", "tbody",  "tr", "td", "th", "blockquote",
    "pre", "h1", "h2",  "h3",    "h4",    "h5",     "h6", "hr", NULL};

static inline gboolean harmless_is_void(const char *name) {
  return strcmp(name, "br") == 0 || strcmp(name, "hr") == 0;
}

static inline gboolean harmless_attribute_is_fine(const char *name, const char *value) {
  if (strcmp(name, "colspan") == 0 || strcmp(name, "rowspan") == 0) {
    guint64 n = g_ascii_strtoull(value, NULL, 10);
    return n >= 1 && n <= 100 && value[strspn(value, "0123456789")] == '\0';
  }
  if (strcmp(name, "dir") == 0)
    return !strcmp(value, "ltr") || !strcmp(value, "rtl") || !strcmp(value, "auto");
  if (strcmp(name, "lang") != 0 || !*value || strlen(value) > 35) return FALSE;
  for (const char *c = value; *c; c++)
    if (!g_ascii_isalnum(*c) && *c != '-') return FALSE;
  return TRUE;
}

static inline void harmless_check_node(const xmlNode *node) {
  const char *name = (const char *)node->name;
  if (node->type != XML_ELEMENT_NODE) {
    g_assert_true(node->type == XML_TEXT_NODE);
    return;
  }
  g_assert_true(g_strv_contains(harmless_elements, name) || !strcmp(name, "html") ||
                !strcmp(name, "body"));
  for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
    const xmlNode *value = attribute->children;
    g_assert_true(value && !value->next);
    g_assert_true(
        harmless_attribute_is_fine((const char *)attribute->name, (const char *)value->content));
  }
}

/* Every node below `root`, without recursion: it may be deep. */
static inline void harmless_check_tree(const xmlNode *root) {
  for (const xmlNode *node = root; node;) {
    harmless_check_node(node);
    if (node->children && node->type == XML_ELEMENT_NODE) {
      node = node->children;
      continue;
    }
    while (node && node != root && !node->next) node = node->parent;
    node = node && node != root ? node->next : NULL;
  }
}

/* The tag at `p`, "<name …>" or "</name>", against the stack of what is open. Behind it. */
static inline const char *harmless_check_tag(const char *p, GPtrArray *open) {
  gboolean end = p[1] == '/';
  const char *name = p + (end ? 2 : 1), *close = strchr(p, '>');
  g_assert_nonnull(close);
  gsize length = strspn(name, "abcdefghijklmnopqrstuvwxyz123456");
  char *copy = g_strndup(name, length);
  g_assert_true(g_strv_contains(harmless_elements, copy));
  if (end) {
    g_assert_true(name[length] == '>' && open->len > 0);
    g_assert_cmpstr(open->pdata[open->len - 1], ==, copy);
    g_ptr_array_set_size(open, (int)open->len - 1);
  }
  if (end || harmless_is_void(copy))
    g_free(copy);
  else
    g_ptr_array_add(open, copy);
  for (const char *at = name + length; at < close;) { /* name="value" each */
    g_assert_true(*at == ' ');
    const char *equal = strchr(at, '=');
    g_assert_true(equal && equal < close && equal[1] == '"');
    const char *quote = strchr(equal + 2, '"');
    g_assert_true(quote && quote < close);
    g_autofree char *key = g_strndup(at + 1, (gsize)(equal - at - 1));
    g_autofree char *value = g_strndup(equal + 2, (gsize)(quote - equal - 2));
    g_assert_true(harmless_attribute_is_fine(key, value));
    at = quote + 1;
  }
  return close + 1;
}

static inline void harmless_check(const char *html, gsize max_bytes) {
  gsize size = strlen(html);
  g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func(g_free);
  g_assert_cmpuint(size, <=, max_bytes);
  g_assert_true(g_utf8_validate(html, -1, NULL));
  for (const char *p = html; *p;) {
    g_assert_true(*p != '>' && *p != '"' && *p != '\'' && !g_ascii_iscntrl(*p));
    p = *p == '<' ? harmless_check_tag(p, open) : p + 1;
  }
  g_assert_cmpuint(open->len, ==, 0);
  htmlDocPtr document = htmlReadMemory(html, (int)size, NULL, "utf-8",
                                       HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                           HTML_PARSE_NONET | HTML_PARSE_NODEFDTD | (1 << 19));
  if (!document) return; /* nothing in it */
  if (xmlDocGetRootElement(document)) harmless_check_tree(xmlDocGetRootElement(document));
  xmlFreeDoc(document);
}
