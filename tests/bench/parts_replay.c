/* parts_replay - the floor of the rules: the calls of pcre2_match that reading mails makes, alone.
 *
 * The mails are read once by parsers/extract.h, whose calls of pcre2_match pass through this file
 * and are noted; then they are made again with nothing around them. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "bench/bench_parts.h"

#include <pcre2.h>
#include <string.h>

#include "daemon/event.h"
#include "parsers/extract.h"

typedef struct {
  const pcre2_code *code;
  GBytes *subject;
  gsize from;
  uint32_t options;
} Call;

typedef struct {
  GArray *calls; /* Call */
  pcre2_match_data *match;
} Calls;

static GArray *noted; /* Call; NULL: nothing is noted */

int __real_pcre2_match_8(const pcre2_code *code, PCRE2_SPTR8 subject, PCRE2_SIZE length,
                         PCRE2_SIZE from, uint32_t options, pcre2_match_data *data,
                         pcre2_match_context *context);
int __wrap_pcre2_match_8(const pcre2_code *code, PCRE2_SPTR8 subject, PCRE2_SIZE length,
                         PCRE2_SIZE from, uint32_t options, pcre2_match_data *data,
                         pcre2_match_context *context);

/* The line before is often the same one. */
static GBytes *subject_of(const void *subject, gsize length) {
  if (noted->len) {
    GBytes *last = g_array_index(noted, Call, noted->len - 1).subject;
    gsize size = 0;
    const void *data = g_bytes_get_data(last, &size);
    if (size == length && !memcmp(data, subject, size)) return g_bytes_ref(last);
  }
  return g_bytes_new(subject, length);
}

int __wrap_pcre2_match_8(const pcre2_code *code, PCRE2_SPTR8 subject, PCRE2_SIZE length,
                         PCRE2_SIZE from, uint32_t options, pcre2_match_data *data,
                         pcre2_match_context *context) {
  if (noted) {
    gsize size = length == PCRE2_ZERO_TERMINATED ? strlen((const char *)subject) : length;
    Call call = {code, subject_of(subject, size), from, options};
    g_array_append_val(noted, call);
  }
  return __real_pcre2_match_8(code, subject, length, from, options, data, context);
}

static void replay(void *context) {
  const Calls *calls = context;
  for (guint i = 0; i < calls->calls->len; i++) {
    const Call *call = &g_array_index(calls->calls, Call, i);
    gsize size = 0;
    PCRE2_SPTR subject = g_bytes_get_data(call->subject, &size);
    (void)__real_pcre2_match_8(call->code, subject, size, call->from, call->options, calls->match,
                               NULL);
  }
}

void parts_replay(const char *folder) {
  gsize bytes = 0;
  g_autoptr(GPtrArray) mails = parts_mails(folder, &bytes);
  g_autoptr(GPtrArray) problems = g_ptr_array_new();
  g_autoptr(Event) event = event_load(SOURCE_DIR "/contrib/events/copil-2019.yaml", problems);
  if (!event) parts_die("the shipped event cannot be read");
  Wire__Setup setup = WIRE__SETUP__INIT;
  setup.events = &event->rules;
  setup.n_events = 1;
  g_autoptr(Extractor) extractor = extractor_new(&setup, problems);
  guint count = MIN(mails->len, (guint)PARTS_MAILS);
  noted = g_array_new(FALSE, FALSE, sizeof(Call));
  for (guint i = 0; i < count; i++) {
    Wire__Request request = WIRE__REQUEST__INIT;
    request.message.data = (guint8 *)g_bytes_get_data(mails->pdata[i], &request.message.len);
    extraction_free(extract(extractor, &request));
  }
  Calls calls = {noted, pcre2_match_data_create(32, NULL)};
  noted = NULL;
  parts_time(replay, &calls, count, calls.calls->len);
}
