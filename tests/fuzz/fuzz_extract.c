/* fuzz_extract - any bytes as a message: what is read passes the daemon's check of it, whatever
 * they are, and each value stands where it says. */
#include "parsers/extract.h"

#include <stdint.h>

#include "tests/parsers/event_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The event, compiled once: its regular expressions take longer than a message. */
static const Extractor *shared_extractor(void) {
  static Extractor *extractor;
  if (extractor) return extractor;
  static Wire__Setup setup;
  static Wire__Limits limits;
  static Wire__Event *events[1];
  wire__setup__init(&setup);
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  events[0] = (Wire__Event *)fixture_event();
  setup.limits = &limits;
  setup.events = events;
  setup.n_events = 1;
  extractor = extractor_new(&setup, NULL);
  return extractor;
}

static void check_value(const Extraction *extraction, const FieldValue *value) {
  g_assert_true(g_utf8_validate(value->value, -1, NULL));
  g_assert_true(*value->value);
  if (value->line == G_MAXUINT) return;
  g_assert_cmpuint(value->line, <, extraction->lines->len);
  const ExtractionLine *line = extraction->lines->pdata[value->line];
  g_assert_cmpuint(value->start, <=, value->end);
  g_assert_cmpuint(value->end, <=, strlen(line->text));
  g_assert_true(g_utf8_validate(line->text + value->start, value->end - value->start, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Wire__Request request = WIRE__REQUEST__INIT;
  request.message.data = (uint8_t *)(uintptr_t)data;
  request.message.len = size;
  request.want_text = request.want_lines = TRUE;
  g_autoptr(Extraction) found = extract(shared_extractor(), &request);
  for (guint p = 0; p < found->participants->len; p++) {
    const Participant *person = found->participants->pdata[p];
    for (guint i = 0; i < person->values->len; i++) check_value(found, person->values->pdata[i]);
  }
  GError *error = NULL;
  g_autoptr(GBytes) bytes = wire_extraction_write(found);
  g_autoptr(Extraction) again = wire_extraction_read(bytes, &error);
  g_assert_no_error(error);
  return 0;
}
