/* extracting - a whole message through extract, as the worker does, and the daemon's check of it.
 */
#pragma once
#include "parsers/extract.h"
#include "tests/fuzz/target.h"
#include "tests/parsers/event_fixture.h"

/* The event, compiled once: its regular expressions take longer than a message. */
static inline const Extractor *extracting_extractor(void) {
  static Extractor *extractor;
  if (extractor) return extractor;
  static Wire__Setup setup;
  static Wire__Event *events[1];
  wire__setup__init(&setup);
  events[0] = (Wire__Event *)fixture_event();
  setup.limits = (Wire__Limits *)target_limits();
  setup.events = events;
  setup.n_events = 1;
  extractor = extractor_new(&setup, NULL);
  return extractor;
}

static inline void extracting_check_value(const Extraction *extraction, const FieldValue *value) {
  target_utf8(value->value);
  g_assert_true(*value->value);
  if (value->line == G_MAXUINT) return;
  g_assert_cmpuint(value->line, <, extraction->lines->len);
  const ExtractionLine *line = extraction->lines->pdata[value->line];
  g_assert_cmpuint(value->start, <=, value->end);
  g_assert_cmpuint(value->end, <=, strlen(line->text));
  g_assert_true(g_utf8_validate(line->text + value->start, value->end - value->start, NULL));
}

/* The values stand where they say, and what goes over the pipe comes back the same. */
static inline void extracting_check_found(const Extraction *found) {
  for (guint p = 0; p < found->participants->len; p++) {
    const Participant *person = found->participants->pdata[p];
    for (guint i = 0; i < person->values->len; i++)
      extracting_check_value(found, person->values->pdata[i]);
  }
  GError *error = NULL;
  g_autoptr(GBytes) bytes = wire_extraction_write(found);
  g_autoptr(Extraction) again = wire_extraction_read(bytes, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) same = wire_extraction_write(again);
  g_assert_true(g_bytes_equal(bytes, same));
}

/* `head` and behind it the bytes, as one message. */
static inline void extracting_check(const char *head, const uint8_t *data, size_t size) {
  g_autoptr(GString) whole = g_string_new(head);
  g_string_append_len(whole, (const char *)data, (gssize)size);
  Wire__Request request = WIRE__REQUEST__INIT;
  request.message.data = (uint8_t *)whole->str;
  request.message.len = whole->len;
  request.want_text = request.want_lines = TRUE;
  g_autoptr(Extraction) found = extract(extracting_extractor(), &request);
  extracting_check_found(found);
}
