/* target - what the fuzz targets share: the entry that libFuzzer calls, limits that keep one input
 * quick, and the promises of parsers/text.h about any text, checked. */
#pragma once
#include <stdint.h>
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What libraries leave behind: fontconfig its patterns at the end of the process, libetpan what
 * it had read of an answer that goes wrong (some hundred bytes, and the connection ends). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
  return "leak:libfontconfig\nleak:libetpan.so\n";
}

static inline void target_utf8(const char *text) {
  g_assert_nonnull(text);
  g_assert_true(g_utf8_validate(text, -1, NULL));
}

static inline void target_utf8_all(const GPtrArray *texts) {
  for (guint i = 0; i < texts->len; i++) target_utf8(texts->pdata[i]);
}

static inline const Wire__Limits *target_limits(void) {
  static Wire__Limits limits;
  if (limits.lines) return &limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  limits.text_bytes = limits.archive_bytes = 1 << 20;
  limits.pages = 3;
  limits.page_pixels = 1 << 17; /* what is drawn on larger pages is not looked at */
  return &limits;
}

static inline void target_check_line(const TextLine *line, const Text *text) {
  target_utf8(line->text);
  for (const char *c = line->text; *c; c++) g_assert_true(*c == '\t' || !g_ascii_iscntrl(*c));
  g_assert_true(!line->rule || !*line->text);
  g_assert_true(line->source < text->sources->len || !text->sources->len);
  for (guint i = 0; line->places && i < line->places->len; i++) {
    const TextPlace *place = &g_array_index(line->places, TextPlace, i);
    g_assert_cmpuint(place->start, <=, place->end);
    g_assert_cmpuint(place->end, <=, strlen(line->text));
    g_assert_cmpuint(place->confidence, <=, 100);
  }
}

static inline void target_check_text(const Text *text, const Wire__Limits *limits) {
  g_assert_cmpuint(text->lines->len, <=, limits->lines);
  g_assert_cmpuint(text->bytes, <=, limits->text_bytes);
  for (guint i = 0; i < text->lines->len; i++) target_check_line(text->lines->pdata[i], text);
  target_utf8_all(text->sources);
  target_utf8_all(text->notes);
  target_utf8_all(text->review_reasons);
}

/* Read the bytes as one document of a format. */
static inline void target_read(FormatReader read, GBytes *content) {
  static char type[] = "application/octet-stream", name[] = "x", none[] = "";
  MimePart part = {.type = type,
                   .name = name,
                   .charset = none,
                   .method = none,
                   .content_id = none,
                   .content = content};
  g_autoptr(Text) text = text_new();
  gboolean read_it = read(&part, target_limits(), text);
  g_assert_true(read_it || text->lines->len == 0);
  target_check_text(text, target_limits());
}
