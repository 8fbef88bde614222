/* format_fixture - a document of one format to its lines, by tables: each line with a line break,
 * "! reason" behind them for each reason to look at it. */
#pragma once
#include <string.h>

#include "parsers/formats/format.h"

typedef struct {
  const char *name, *content, *want;
} FormatRow;

static inline Text *format_text(FormatReader read, const char *content, gsize size) {
  static char type[] = "application/octet-stream", name[] = "bulletin.doc", none[] = "";
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  g_autoptr(GBytes) bytes = g_bytes_new(content, size);
  MimePart part = {.type = type,
                   .name = name,
                   .charset = none,
                   .method = none,
                   .content_id = none,
                   .content = bytes};
  Text *text = text_new();
  g_assert_true(read(&part, &limits, text));
  return text;
}

static inline char *format_lines(FormatReader read, const char *content, gsize size) {
  g_autoptr(Text) text = format_text(read, content, size);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < text->lines->len; i++)
    g_string_append_printf(out, "%s\n", ((const TextLine *)text->lines->pdata[i])->text);
  for (guint i = 0; i < text->review_reasons->len; i++)
    g_string_append_printf(out, "! %s\n", (const char *)text->review_reasons->pdata[i]);
  return g_string_free(out, FALSE);
}

static inline void format_check(FormatReader read, const FormatRow *rows, gsize n) {
  for (gsize i = 0; i < n; i++) {
    g_autofree char *got = format_lines(read, rows[i].content, strlen(rows[i].content));
    if (strcmp(got, rows[i].want) != 0)
      g_test_fail_printf("%s: got '%s', not '%s'", rows[i].name, got, rows[i].want);
  }
}
