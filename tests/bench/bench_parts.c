/* bench_parts - what the bare libraries take for the same mails: the floor of processor time.
 *
 *   bench_parts gmime FOLDER        parse each mail and undo its encodings
 *   bench_parts pcre2 FOLDER        the shipped event's patterns over the text of the mails
 *   bench_parts rules FOLDER        the same by our own rules, line by line
 *   bench_parts replay FOLDER       the very calls of pcre2_match that reading these mails makes
 *   bench_parts lmdb STORE FOLDER   the records of STORE again, in sets, into a new base in FOLDER
 *
 * Each prints "SECONDS PROCESSOR-SECONDS COUNT BYTES", the least of some repetitions. The patterns
 * are those that parsers/rules.c compiles: its calls of pcre2_compile pass through this file. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "bench/bench_parts.h"

#include <gmime/gmime.h>
#include <pcre2.h>
#include <string.h>
#include <time.h>

#include "daemon/event.h"
#include "parsers/rules.h"

enum { REPETITIONS = 5 };

G_NORETURN void parts_die(const char *what) {
  fprintf(stderr, "bench_parts: %s\n", what);
  exit(1);
}

static double clock_s(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void parts_time(PartsWork work, void *context, gsize count, gsize bytes) {
  double least = G_MAXDOUBLE, spent = G_MAXDOUBLE;
  for (int i = 0; i < REPETITIONS; i++) {
    double begin = clock_s(CLOCK_MONOTONIC), before = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    work(context);
    least = MIN(least, clock_s(CLOCK_MONOTONIC) - begin);
    spent = MIN(spent, clock_s(CLOCK_PROCESS_CPUTIME_ID) - before);
  }
  printf("%.6f %.6f %zu %zu\n", least, spent, count, bytes);
}

/* --- the mails ----------------------------------------------------------------------------------
 */

GPtrArray *parts_mails(const char *folder, gsize *ret_bytes) {
  GPtrArray *mails = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  *ret_bytes = 0;
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *data = NULL;
    gsize size = 0;
    if (!g_str_has_suffix(name, ".eml") || !g_file_get_contents(path, &data, &size, NULL)) continue;
    g_ptr_array_add(mails, g_bytes_new_take(data, size));
    *ret_bytes += size;
  }
  if (!mails->len) parts_die("no mails there");
  return mails;
}

static void decode_part(GMimeObject *parent, GMimeObject *part, gpointer data) {
  (void)parent;
  GString *text = data;
  if (!GMIME_IS_PART(part)) return;
  GMimeStream *out = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), out);
  const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
  if (text) g_string_append_len(text, (const char *)bytes->data, bytes->len);
  g_object_unref(out);
}

/* The decoded parts of a mail, appended to `text` where there is one. */
static void decode(GBytes *mail, GString *text) {
  gsize size = 0;
  const char *data = g_bytes_get_data(mail, &size);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, size);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  if (message) g_mime_message_foreach(message, decode_part, text);
  if (message) g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
}

static void decode_all(void *context) {
  const GPtrArray *mails = context;
  for (guint i = 0; i < mails->len; i++) decode(mails->pdata[i], NULL);
}

static void run_gmime(const char *folder) {
  gsize bytes = 0;
  g_autoptr(GPtrArray) mails = parts_mails(folder, &bytes);
  parts_time(decode_all, mails, mails->len, bytes);
}

/* --- the patterns -------------------------------------------------------------------------------
 */

static GPtrArray *codes; /* pcre2_code*: what parsers/rules.c compiles, while it does; unanchored */

pcre2_code *__real_pcre2_compile_8(PCRE2_SPTR8 pattern, PCRE2_SIZE length, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context_8 *context);
pcre2_code *__wrap_pcre2_compile_8(PCRE2_SPTR8 pattern, PCRE2_SIZE length, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context_8 *context);

/* Ours are anchored where rules.c looks for the place itself: PCRE2 alone would look for it. */
pcre2_code *__wrap_pcre2_compile_8(PCRE2_SPTR8 pattern, PCRE2_SIZE length, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context_8 *context) {
  pcre2_code *code = __real_pcre2_compile_8(pattern, length, options, error, offset, context);
  if (code && codes) {
    pcre2_code *bare =
        __real_pcre2_compile_8(pattern, length, options & ~PCRE2_ANCHORED, error, offset, context);
    pcre2_jit_compile(bare, PCRE2_JIT_COMPLETE);
    g_ptr_array_add(codes, bare);
  }
  return code;
}

typedef struct {
  Rules *rules;
  GPtrArray *folds; /* Fold*: of each mail's text its lines, for rules */
  GPtrArray *texts; /* GString*: of each mail's text, folded, whole */
  gsize bytes;
  pcre2_match_data *match;
} Texts;

static void add_text(Texts *texts, GBytes *mail) {
  g_autoptr(GString) text = g_string_new(NULL);
  decode(mail, text);
  g_autofree char *valid = g_utf8_make_valid(text->str, (gssize)text->len);
  g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
  GString *whole = g_string_new(NULL);
  for (char **line = lines; *line; line++) {
    Fold *fold = g_new0(Fold, 1);
    fold_init(fold);
    fold_line(fold, g_strchomp(*line), -1);
    g_ptr_array_add(texts->folds, fold);
    g_string_append_printf(whole, "%s\n", fold->text->str);
  }
  g_ptr_array_add(texts->texts, whole);
  texts->bytes += whole->len;
}

static void match_all(void *context) {
  const Texts *texts = context;
  for (guint t = 0; t < texts->texts->len; t++) {
    const GString *text = texts->texts->pdata[t];
    for (guint c = 0; c < codes->len; c++) {
      PCRE2_SPTR subject = (PCRE2_SPTR)text->str;
      for (gsize at = 0; at < text->len;) {
        if (pcre2_match(codes->pdata[c], subject, text->len, at, PCRE2_NO_UTF_CHECK, texts->match,
                        NULL) < 0)
          break;
        gsize end = pcre2_get_ovector_pointer(texts->match)[1];
        at = end > at ? end : (gsize)(g_utf8_next_char(text->str + at) - text->str);
      }
    }
  }
}

static void labels_of(Rules *rules, const Fold *line) {
  gsize start = 0, end = 0;
  for (gsize from = 0; rules_find_label(rules, line, from, &start, &end);)
    from = MAX(end, from + 1);
}

static void choices_of(Rules *rules, const Fold *line) {
  gsize start = 0, end = 0;
  for (guint f = 0; f < rules_event(rules)->n_fields; f++)
    for (gsize from = 0; rules_find_choice(rules, f, line, from, &start, &end) >= 0;)
      from = MAX(end, from + 1);
}

static void rules_all(void *context) {
  const Texts *texts = context;
  g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
  for (guint i = 0; i < texts->folds->len; i++) {
    const Fold *line = texts->folds->pdata[i];
    labels_of(texts->rules, line);
    choices_of(texts->rules, line);
    for (guint set = 0; set < RULES_SET_COUNT; set++)
      if (set != RULES_FACTS) (void)rules_matches(texts->rules, set, line, NULL);
    rules_find_patterns(texts->rules, line, hits);
    rules_find_facts(texts->rules, line, hits);
    g_array_set_size(hits, 0);
  }
}

static void run_patterns(const char *folder, PartsWork work) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new();
  Event *event = event_load(SOURCE_DIR "/contrib/events/copil-2019.yaml", problems);
  if (!event) parts_die("the shipped event cannot be read");
  gsize bytes = 0;
  g_autoptr(GPtrArray) mails = parts_mails(folder, &bytes);
  codes = g_ptr_array_new();
  Texts texts = {.rules = rules_new(event->rules, NULL, problems),
                 .folds = g_ptr_array_new(),
                 .texts = g_ptr_array_new(),
                 .match = pcre2_match_data_create(32, NULL)};
  guint count = MIN(mails->len, (guint)PARTS_MAILS);
  for (guint i = 0; i < count; i++) add_text(&texts, mails->pdata[i]);
  parts_time(work, &texts, count, texts.bytes);
}

int main(int argc, char **argv) {
  g_mime_init();
  if (argc == 3 && !strcmp(argv[1], "gmime"))
    run_gmime(argv[2]);
  else if (argc == 3 && !strcmp(argv[1], "pcre2"))
    run_patterns(argv[2], match_all);
  else if (argc == 3 && !strcmp(argv[1], "rules"))
    run_patterns(argv[2], rules_all);
  else if (argc == 3 && !strcmp(argv[1], "replay"))
    parts_replay(argv[2]);
  else if (argc == 4 && !strcmp(argv[1], "lmdb"))
    parts_lmdb(argv[2], argv[3]);
  else
    parts_die("usage: bench_parts gmime FOLDER | pcre2 FOLDER | rules FOLDER | replay FOLDER | "
              "lmdb STORE FOLDER");
  return 0;
}
