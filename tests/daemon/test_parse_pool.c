/* parse_pool: a message that ends its worker costs that one; a worker that hangs or lies, or is
 * ended by somebody else, costs its message one retry; no other message anything. The workers are
 * this very program, told by TEST_WORKER. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/parse_pool.h"

#define LANE_NAME "lane-of-test"

/* --- the worker's side
 * ---------------------------------------------------------------------------- */

static void send_bytes(GBytes *bytes) {
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  if (!wire_write(STDOUT_FILENO, data, size, 0, NULL)) _exit(70);
  g_bytes_unref(bytes);
}

static gboolean is_lane; /* this worker reads pictures */

/* Ends when another process has come here, too; "picture meets MINE OTHER", two files. */
static void meet(const char *text) {
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  if (!g_file_set_contents(words[2], "", 0, NULL)) _exit(70);
  while (access(words[3], F_OK) != 0) g_usleep(2000);
}

/* A mail with a picture: the ordinary worker hands it on, the lane's tells its process. */
static void answer_picture(const char *text, Extraction *extraction) {
  if (!is_lane) {
    extraction->flags |= EXTRACTION_PICTURES;
    g_ptr_array_add(extraction->notes, g_strdup(": without the picture"));
    return;
  }
  if (!strcmp(text, "picture that kills")) abort();
  if (!strcmp(text, "picture without end")) pause();
  if (g_str_has_prefix(text, "picture meets")) meet(text);
  g_ptr_array_add(extraction->notes, g_strdup_printf(" by %d", (int)getpid()));
}

static void answer(const Wire__Request *request) {
  g_autofree char *text = g_strndup((const char *)request->message.data, request->message.len);
  if (strstr(text, "no header either")) abort();
  if (request->header_only) {
    g_autoptr(Extraction) header = extraction_new();
    header->kind = KIND_UNREADABLE;
    g_ptr_array_add(header->notes, g_strdup_printf("header of %u", (guint)strlen(text)));
    send_bytes(wire_reply_write(request->id, header));
    return;
  }
  if (g_str_has_suffix(text, "\n\ncrash")) raise(SIGSEGV);
  if (!strcmp(text, "die")) abort();
  if (!strcmp(text, "hang")) pause();
  if (!strcmp(text, "crash")) raise(SIGSEGV);
  if (!strcmp(text, "overrun")) raise(SIGPROF);
  if (!strcmp(text, "killed")) raise(SIGKILL);
  if (g_str_has_prefix(text, "once:")) { /* dies the first time it is read */
    if (access(text + 5, F_OK) != 0 && g_file_set_contents(text + 5, "", 0, NULL)) _exit(1);
  }
  if (!strcmp(text, "lie")) {
    send_bytes(g_bytes_new_static("\xff\xff\xff", 3));
    return;
  }
  g_autoptr(Extraction) extraction = extraction_new();
  g_free(extraction->subject);
  extraction->subject = g_strdup(text);
  if (g_str_has_prefix(text, "picture")) answer_picture(text, extraction);
  send_bytes(wire_reply_write(request->id, extraction));
}

static int worker(const char *mode) {
  signal(SIGSEGV, SIG_DFL); /* a sanitizer would catch it */
  GBytes *setup = wire_read(STDIN_FILENO, WIRE_FRAME_MAX_BYTES, 0, NULL);
  if (!setup || !strcmp(mode, "mute")) return 1;
  Wire__SetupReply reply;
  wire__setup_reply__init(&reply);
  Wire__Problem problem, *problems[] = {&problem};
  wire__problem__init(&problem);
  problem.event = (char *)"event-1";
  problem.regex = (char *)"(";
  problem.text = (char *)"missing )";
  problem.line = 7;
  problem.offset = 1;
  reply.n_problems = !strcmp(mode, "problem");
  reply.problems = problems;
  send_bytes(wire_pack(&reply.base));
  for (GBytes *bytes; (bytes = wire_read(STDIN_FILENO, WIRE_FRAME_MAX_BYTES, 0, NULL));) {
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    Wire__Request *request = wire__request__unpack(NULL, size, data);
    answer(request);
    wire__request__free_unpacked(request, NULL);
    g_bytes_unref(bytes);
  }
  g_bytes_unref(setup);
  return 0;
}

/* --- the pool's side
 * -------------------------------------------------------------------------------- */

typedef struct {
  GAsyncQueue *done; /* char*: "message → what came of it" */
} Outcome;

static void on_done(ParseJob *job, Extraction *extraction, void *context) {
  Outcome *outcome = context;
  g_ptr_array_add(extraction->notes, NULL);
  g_autofree char *note = g_strjoinv("; ", (char **)extraction->notes->pdata);
  g_async_queue_push(outcome->done,
                     g_strdup_printf("%s → %s%s", (const char *)job->tag,
                                     extraction->kind == KIND_UNREADABLE ? "unreadable: " : "read",
                                     note));
  extraction_free(extraction);
}

static ParsePool *pool_new(const char *mode, guint workers, Outcome *outcome, GPtrArray *problems,
                           GError **error) {
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_setenv("TEST_WORKER", mode, TRUE);
  outcome->done = g_async_queue_new_full(g_free);
  Wire__Setup setup;
  wire__setup__init(&setup);
  return parse_pool_new(self, workers, &setup, NULL, 1, on_done, outcome, problems, error);
}

static void push(ParsePool *pool, const char *text) {
  g_autoptr(GBytes) raw = g_bytes_new(text, strlen(text));
  parse_pool_push(pool, parse_job_new(raw, (void *)text));
}

static void assert_next(Outcome *outcome, const char *prefix) {
  g_autofree char *text = g_async_queue_pop(outcome->done);
  if (!g_str_has_prefix(text, prefix)) g_error("'%s' does not begin with '%s'", text, prefix);
}

static void test_bad_workers_cost_their_message_alone(void) {
  static const struct {
    const char *message, *want;
    guint restarts;
  } rows[] = {
      {"fine", "fine → read", 0},
      {"die", "die → unreadable: header of 3; the parser gave up on it", 1},
      {"fine again", "fine again → read", 1},
      {"crash", "crash → unreadable: header of 5; the parser crashed on it (SIGSEGV)", 2},
      {"a: b\n\ncrash", "a: b\n\ncrash → unreadable: header of 5; the parser crashed", 3},
      {"no header either", "no header either → unreadable: the parser gave up on it", 5},
      {"overrun", "overrun → unreadable: header of 7; reading took more processor time", 6},
      {"killed", "killed → unreadable: header of 6; the parser failed on it twice", 8},
      {"hang", "hang → unreadable: header of 4; reading took more than worker_timeout (1 s) twice",
       10},
      {"lie", "lie → unreadable: header of 3; the parser failed on it twice", 12},
      {"last", "last → read", 12},
  };
  Outcome outcome;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  ParsePool *pool = pool_new("serve", 1, &outcome, problems, &error);
  g_assert_no_error(error);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    push(pool, rows[i].message);
    assert_next(&outcome, rows[i].want);
    g_assert_cmpuint(parse_pool_restarts(pool), ==, rows[i].restarts);
  }
  parse_pool_free(pool, TRUE);
  g_async_queue_unref(outcome.done);
}

static void test_a_retry_in_a_fresh_worker_succeeds(void) {
  Outcome outcome;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  ParsePool *pool = pool_new("serve", 1, &outcome, problems, NULL);
  g_autofree char *dir = g_dir_make_tmp("parse-pool-XXXXXX", NULL);
  g_autofree char *marker = g_build_filename(dir, "died", NULL);
  g_autofree char *message = g_strconcat("once:", marker, NULL);
  g_autofree char *want = g_strconcat(message, " → read", NULL);
  push(pool, message);
  assert_next(&outcome, want);
  g_assert_cmpuint(parse_pool_restarts(pool), ==, 1);
  parse_pool_free(pool, TRUE);
  g_async_queue_unref(outcome.done);
  unlink(marker);
  rmdir(dir);
}

static void test_draining_finishes_what_is_queued(void) {
  Outcome outcome;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  ParsePool *pool = pool_new("serve", 2, &outcome, problems, NULL);
  for (int i = 0; i < 200; i++) push(pool, "x");
  parse_pool_free(pool, TRUE);
  g_assert_cmpint(g_async_queue_length(outcome.done), ==, 200);
  g_async_queue_unref(outcome.done);
}

static void test_stopping_does_not_wait_for_a_hanging_worker(void) {
  Outcome outcome;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  ParsePool *pool = pool_new("serve", 1, &outcome, problems, NULL);
  push(pool, "hang");
  gint64 before = g_get_monotonic_time();
  parse_pool_free(pool, FALSE);
  g_assert_cmpint(g_get_monotonic_time() - before, <, 900 * 1000);
  g_async_queue_unref(outcome.done);
}

static void test_a_bad_pattern_is_told_with_line_and_offset(void) {
  Outcome outcome;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_assert_null(pool_new("problem", 1, &outcome, problems, NULL));
  g_assert_cmpuint(problems->len, ==, 1);
  g_assert_cmpstr(problems->pdata[0], ==,
                  "event-1:7: regular expression '(': missing ) at offset 1");
  g_async_queue_unref(outcome.done);
}

static void test_a_worker_that_cannot_start_is_an_error(void) {
  Outcome outcome;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  g_assert_null(pool_new("mute", 1, &outcome, problems, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_CLOSED);
  g_async_queue_unref(outcome.done);
}

/* --- the lane for pictures --- */

typedef struct {
  ParsePool *pool;
  Outcome outcome;
  char *dir, *program;
} Lane;

/* Its program is this one, too, by another name. */
static void lane_open(Lane *lane, guint idle_ms) {
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  lane->dir = g_dir_make_tmp("parse-lane-XXXXXX", NULL);
  lane->program = g_build_filename(lane->dir, LANE_NAME, NULL);
  g_assert_cmpint(symlink(self, lane->program), ==, 0);
  lane->pool = pool_new("serve", 1, &lane->outcome, problems, NULL);
  parse_pool_set_lane(lane->pool, lane->program, idle_ms, 1);
}

static void lane_close(Lane *lane) {
  parse_pool_free(lane->pool, TRUE);
  g_async_queue_unref(lane->outcome.done);
  unlink(lane->program);
  rmdir(lane->dir);
  g_free(lane->program);
  g_free(lane->dir);
}

/* The process that read the next message. */
static pid_t next_reader(Outcome *outcome) {
  g_autofree char *text = g_async_queue_pop(outcome->done);
  const char *by = strstr(text, " by ");
  if (!by) g_error("'%s' was not read by the lane", text);
  return (pid_t)g_ascii_strtoll(by + 4, NULL, 10);
}

static void test_pictures_go_to_their_lane(void) {
  Lane lane;
  lane_open(&lane, 60000);
  push(lane.pool, "picture 1");
  pid_t first = next_reader(&lane.outcome);
  push(lane.pool, "text");
  assert_next(&lane.outcome, "text → read");
  push(lane.pool, "picture 2");
  g_assert_cmpint(next_reader(&lane.outcome), ==, first);
  g_assert_cmpuint(parse_pool_restarts(lane.pool), ==, 0);
  lane_close(&lane);
}

/* Two pictures that each hold their process until the other has begun are read at once. */
static void test_a_lane_of_two_reads_two_at_once(void) {
  Lane lane;
  lane_open(&lane, 60000);
  parse_pool_set_lane(lane.pool, lane.program, 60000, 20);
  parse_pool_set_scans(lane.pool, 2);
  g_autofree char *one = g_build_filename(lane.dir, "1", NULL);
  g_autofree char *two = g_build_filename(lane.dir, "2", NULL);
  g_autofree char *one_first = g_strdup_printf("picture meets %s %s", one, two);
  g_autofree char *two_first = g_strdup_printf("picture meets %s %s", two, one);
  push(lane.pool, one_first);
  push(lane.pool, two_first);
  pid_t first = next_reader(&lane.outcome), second = next_reader(&lane.outcome);
  g_assert_cmpint(first, !=, second);
  unlink(one);
  unlink(two);
  g_assert_cmpuint(parse_pool_restarts(lane.pool), ==, 0);
  lane_close(&lane);
}

static void test_where_the_lane_fails_the_first_reading_stands(void) {
  Lane lane;
  lane_open(&lane, 60000);
  push(lane.pool, "picture that kills");
  assert_next(&lane.outcome, "picture that kills → read: without the picture");
  push(lane.pool, "picture without end");
  push(lane.pool, "text"); /* is not held up by it */
  assert_next(&lane.outcome, "text → read");
  assert_next(&lane.outcome, "picture without end → read: without the picture");
  push(lane.pool, "picture 3");
  next_reader(&lane.outcome);
  g_assert_cmpuint(parse_pool_restarts(lane.pool), ==, 0);
  lane_close(&lane);
}

static void test_without_a_lane_the_first_reading_stands(void) {
  Lane lane;
  lane_open(&lane, 60000);
  unlink(lane.program);
  GLogLevelFlags fatal = g_log_set_always_fatal(G_LOG_FATAL_MASK); /* a warning tells of it */
  push(lane.pool, "picture 1");
  assert_next(&lane.outcome, "picture 1 → read: without the picture");
  push(lane.pool, "picture 2");
  assert_next(&lane.outcome, "picture 2 → read: without the picture");
  g_log_set_always_fatal(fatal);
  lane_close(&lane);
}

static void test_an_idle_lane_is_ended_and_comes_back(void) {
  Lane lane;
  lane_open(&lane, 50);
  push(lane.pool, "picture 1");
  pid_t first = next_reader(&lane.outcome);
  gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
  while (kill(first, 0) == 0 && g_get_monotonic_time() < end) g_usleep(2000);
  g_assert_cmpint(kill(first, 0), ==, -1);
  push(lane.pool, "picture 2");
  g_assert_cmpint(next_reader(&lane.outcome), !=, first);
  lane_close(&lane);
}

int main(int argc, char **argv) {
  g_autofree char *name = g_path_get_basename(argv[0]);
  is_lane = !strcmp(name, LANE_NAME);
  const char *mode = g_getenv("TEST_WORKER");
  if (mode) return worker(mode);
  signal(SIGPIPE, SIG_IGN);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/parse_pool/bad-workers", test_bad_workers_cost_their_message_alone);
  g_test_add_func("/parse_pool/retry", test_a_retry_in_a_fresh_worker_succeeds);
  g_test_add_func("/parse_pool/drain", test_draining_finishes_what_is_queued);
  g_test_add_func("/parse_pool/stop", test_stopping_does_not_wait_for_a_hanging_worker);
  g_test_add_func("/parse_pool/bad-pattern", test_a_bad_pattern_is_told_with_line_and_offset);
  g_test_add_func("/parse_pool/lane", test_pictures_go_to_their_lane);
  g_test_add_func("/parse_pool/lane-two", test_a_lane_of_two_reads_two_at_once);
  g_test_add_func("/parse_pool/lane-fails", test_where_the_lane_fails_the_first_reading_stands);
  g_test_add_func("/parse_pool/lane-missing", test_without_a_lane_the_first_reading_stands);
  g_test_add_func("/parse_pool/lane-idle", test_an_idle_lane_is_ended_and_comes_back);
  g_test_add_func("/parse_pool/mute", test_a_worker_that_cannot_start_is_an_error);
  return g_test_run();
}
