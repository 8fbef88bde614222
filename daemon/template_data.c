/* template_data - see template_data.h. Blocks of memory that are only added to. */
#include "daemon/template_data.h"

#include <string.h>

#include "daemon/util.h"

enum { BLOCK_BYTES = 4 << 10, ALIGN_BYTES = 8 };

typedef struct Block Block;
struct Block {
  Block *before;
  gsize used, size;
  guint8 bytes[] __attribute__((aligned(ALIGN_BYTES)));
};

struct TemplateData {
  Block *block; /* the newest */
  TemplateValue *root;
};

static void *take(TemplateData *data, gsize size) {
  size = (size + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
  if (!data->block || size > data->block->size - data->block->used) {
    gsize room = MAX(size, (gsize)BLOCK_BYTES);
    Block *block = g_malloc(sizeof *block + room);
    *block = (Block){data->block, 0, room};
    data->block = block;
  }
  void *memory = data->block->bytes + data->block->used;
  data->block->used += size;
  return memory;
}

static TemplateValue *value_new(TemplateData *data, TemplateKind kind) {
  TemplateValue *value = take(data, sizeof *value);
  *value = (TemplateValue){.kind = kind};
  return value;
}

TemplateData *template_data_new(void) {
  TemplateData *data = g_new0(TemplateData, 1);
  data->root = value_new(data, TEMPLATE_MAP);
  return data;
}

void template_data_free(TemplateData *data) {
  if (!data) return;
  for (Block *block = data->block, *before; block; block = before) {
    before = block->before;
    g_free(block);
  }
  g_free(data);
}

TemplateValue *template_data_root(TemplateData *data) {
  return data->root;
}

static TemplateValue *text_of(TemplateData *data, const char *text, gsize length) {
  TemplateValue *value = value_new(data, TEMPLATE_TEXT);
  value->text = memcpy(take(data, length + 1), text, length + 1);
  value->length = length;
  return value;
}

TemplateValue *template_data_text(TemplateData *data, const char *text) {
  gsize length = text ? strlen(text) : 0;
  if (!length) return text_of(data, "", 0);
  if (utf8_is_valid(text, length)) return text_of(data, text, length);
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
  return text_of(data, valid, strlen(valid));
}

TemplateValue *template_data_truth(TemplateData *data, gboolean truth) {
  TemplateValue *value = value_new(data, TEMPLATE_TRUTH);
  value->truth = truth;
  return value;
}

TemplateValue *template_data_list(TemplateData *data) {
  return value_new(data, TEMPLATE_LIST);
}

TemplateValue *template_data_map(TemplateData *data) {
  return value_new(data, TEMPLATE_MAP);
}

void template_data_put(TemplateValue *to, const char *name, TemplateValue *value) {
  value->name = name;
  if (to->last)
    to->last->next = value;
  else
    to->first = value;
  to->last = value;
}

TemplateValue *template_data_get(const TemplateValue *map, const char *name) {
  if (map->kind != TEMPLATE_MAP) return NULL;
  for (TemplateValue *value = map->first; value; value = value->next)
    if (value->name[0] == name[0] && !strcmp(value->name, name)) return value;
  return NULL;
}
