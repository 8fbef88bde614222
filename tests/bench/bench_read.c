/* bench_read - mails read by the parsers alone, in this process, and each reply packed: for a
 * profile by callgrind.
 *
 *   bench_read FOLDER COUNT
 *
 * The sandbox of bulletin-parser lets no profiler write; so its work is done here without it. */
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/event.h"
#include "parsers/extract.h"
#include "parsers/formats/format.h"
#include "parsers/wire.h"

G_NORETURN static void die(const char *what) {
  fprintf(stderr, "bench_read: %s\n", what);
  exit(1);
}

static void read_one(const Extractor *extractor, const char *path) {
  g_autofree char *data = NULL;
  gsize size = 0;
  if (!g_file_get_contents(path, &data, &size, NULL)) die("cannot read a mail");
  Wire__Request request = WIRE__REQUEST__INIT;
  request.message.data = (guint8 *)data;
  request.message.len = size;
  g_autoptr(Extraction) extraction = extract(extractor, &request);
  g_bytes_unref(wire_reply_write(1, extraction));
}

int main(int argc, char **argv) {
  if (argc != 3) die("usage: bench_read FOLDER COUNT");
  g_autoptr(GPtrArray) problems = g_ptr_array_new();
  g_autoptr(Event) event = event_load(SOURCE_DIR "/contrib/events/copil-2019.yaml", problems);
  if (!event) die("the shipped event cannot be read");
  Wire__Setup setup = WIRE__SETUP__INIT;
  setup.events = &event->rules;
  setup.n_events = 1;
  g_autoptr(Extractor) extractor = extractor_new(&setup, problems);
  pdf_warm_up(); /* as a worker does */
  for (int i = 0; i < atoi(argv[2]); i++) {
    g_autofree char *path = g_strdup_printf("%s/%06d.eml", argv[1], i);
    read_one(extractor, path);
  }
  return 0;
}
