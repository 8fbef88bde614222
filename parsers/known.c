/* known - see known.h. */
#include "parsers/known.h"

#include <string.h>

#include "parsers/eight.h"
#include "parsers/fold.h"

struct Known {
  KnownLine *lines[KNOWN_LINES]; /* by hash */
  guint turn;
};

Known *known_new(void) {
  return g_new0(Known, 1);
}

static void line_free(KnownLine *line) {
  if (line) g_free(line->labels);
  g_free(line);
}

void known_free(Known *known) {
  if (!known) return;
  for (guint i = 0; i < KNOWN_LINES; i++) line_free(known->lines[i]);
  g_free(known);
}

/* One step of a hash: its high half depends on every bit that went in. */
static guint64 mix(guint64 hash, guint64 bytes) {
  hash = (hash ^ bytes) * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
  return hash ^ hash >> 32;
}

static guint32 hash_of(const char *text, gsize size) {
  guint64 hash = size;
  char rest[8] = "";
  for (; size >= 8; text += 8, size -= 8) hash = mix(hash, eight_load(text));
  memcpy(rest, text, size);
  return (guint32)(mix(mix(hash, eight_load(rest)), 0) >> 32);
}

static KnownLine *line_new(const char *text, gsize size, guint32 hash) {
  KnownLine *line = g_malloc0(sizeof *line + size + 1 + FOLD_GROWTH * size + 1);
  line->hash = hash;
  line->text = (char *)(line + 1);
  memcpy(line->text, text, size + 1);
  line->folded = line->text + size + 1;
  line->folded[fold_write(text, size, line->folded)] = '\0';
  g_strstrip(line->folded);
  return line;
}

/* NULL: another line of the same message has its place. */
static KnownLine *find(Known *known, const char *text, gsize size) {
  guint32 hash = hash_of(text, size);
  KnownLine **place = &known->lines[hash % KNOWN_LINES];
  if (!*place || (*place)->hash != hash || strcmp((*place)->text, text) != 0) {
    if (*place && (*place)->turn == known->turn) return NULL;
    line_free(*place);
    *place = line_new(text, size, hash);
  }
  (*place)->turn = known->turn;
  return *place;
}

void known_begin(Known *known, Text *text) {
  known->turn++;
  for (guint i = 0; i < text->lines->len; i++) {
    TextLine *line = text->lines->pdata[i];
    gsize size = line->quote_depth > 0 ? strnlen(line->text, KNOWN_LINE_MAX_BYTES + 1) : 0;
    if (size == 0 || size > KNOWN_LINE_MAX_BYTES) continue;
    line->known = find(known, line->text, size);
    if (line->known) line->folded = line->known->folded;
  }
}
