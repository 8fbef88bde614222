/* extract - the order of the steps from a raw message to an Extraction.
 *
 * mime_read → text_read → classify → quote → language → form and rules → fields → kind.
 * Deterministic, no I/O: tests and fuzz targets call it as the worker does. */
#pragma once
#include "parsers/extraction.h"
#include "parsers/rules.h"
#include "parsers/text.h"

typedef struct Extractor Extractor;

/* `setup` is borrowed and must outlive the result. Problems: see rules_new. */
Extractor *extractor_new(const Wire__Setup *setup, GPtrArray *problems);
/* Pictures are read by `reader`; without one EXTRACTION_PICTURES tells that there are some. */
void extractor_read_pictures(Extractor *extractor, PictureReader reader);
void extractor_free(Extractor *extractor);

/* Read one message, or what a person typed (typed.h). Never NULL: what cannot be read is
 * KIND_UNREADABLE with a note that says why. */
Extraction *extract(const Extractor *extractor, const Wire__Request *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extractor, extractor_free)
