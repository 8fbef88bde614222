/* fuzz_setup - any bytes as the Setup of a worker: refused, its patterns told, or a mail read by
 * it. What is in a Setup is the administrator's: its names may be as long as they are. */
#include "tests/fuzz/extracting.h"

static void problem_free(gpointer problem) {
  wire__problem__free_unpacked(problem, NULL);
}

static void read_mail(const Wire__Setup *setup) {
  static const char mail[] = "From: Ana <ana@example.test>\nTo: b@example.test\n"
                             "Subject: bulletin\n\nNom : Ana Lima\nCode : 12\n☒ Oui ☐ Non\n";
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(problem_free);
  g_autoptr(Extractor) extractor = extractor_new(setup, problems);
  if (problems->len > 0) return;
  Wire__Request request = WIRE__REQUEST__INIT;
  request.message.data = (uint8_t *)(uintptr_t)mail;
  request.message.len = sizeof mail - 1;
  request.want_lines = TRUE;
  g_autoptr(Extraction) found = extract(extractor, &request);
  target_utf8_all(found->notes);
  target_utf8_all(found->review_reasons);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Wire__Limits limits = *target_limits();
  Wire__Setup *setup = wire__setup__unpack(NULL, size, data);
  if (!setup) return 0;
  Wire__Limits *given = setup->limits;
  limits.match_steps = 1000;
  setup->limits = &limits;
  if (wire_is_utf8(&setup->base)) read_mail(setup);
  setup->limits = given;
  wire__setup__free_unpacked(setup, NULL);
  return 0;
}
