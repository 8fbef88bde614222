/* test_worker - how a worker ends: what it says to nonsense on its pipe, to rules that cannot be
 * compiled, and to a mail whose reply would be too long. The worker is a child of this program. */
#include "parsers/worker.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/parsers/event_fixture.h"

enum { LAST_WORDS_MAX = 500 };

typedef struct {
  pid_t pid;
  int in, out, errors; /* what it reads, writes and says last */
} Worker;

static gboolean cannot_start(GError **error) {
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no dictionary");
  return FALSE;
}

static void child(const WorkerKind *kind, const int *in, const int *out, const int *errors) {
  dup2(in[0], STDIN_FILENO);
  dup2(out[1], STDOUT_FILENO);
  dup2(errors[1], STDERR_FILENO);
  _exit(worker_run(kind));
}

static Worker worker_start(const WorkerKind *kind) {
  int in[2], out[2], errors[2];
  g_assert_true(pipe(in) == 0 && pipe(out) == 0 && pipe(errors) == 0);
  pid_t pid = fork();
  g_assert_cmpint(pid, >=, 0);
  if (pid == 0) child(kind, in, out, errors);
  close(in[0]);
  close(out[1]);
  close(errors[1]);
  return (Worker){pid, in[1], out[0], errors[0]};
}

static void tell(const Worker *worker, GBytes *frame) {
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(frame, &size);
  g_assert_true(wire_write(worker->in, data, size, 0, NULL));
  g_bytes_unref(frame);
}

/* End of file for the worker; its exit code, and its last words, in one line, which it may lack. */
static int worker_end(Worker *worker, char **ret_words) {
  int status = 0;
  close(worker->in);
  g_assert_cmpint(waitpid(worker->pid, &status, 0), ==, worker->pid);
  char words[LAST_WORDS_MAX] = "";
  ssize_t size = read(worker->errors, words, sizeof words - 1);
  g_assert_cmpint(size, >=, 0);
  g_assert_true(strchr(words, '\n') == (size ? words + size - 1 : NULL));
  *ret_words = g_strdup(g_strchomp(words));
  close(worker->out);
  close(worker->errors);
  g_assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/* The rules of the test's event; `regex`: one more pattern of it. */
static GBytes *setup_new(const char *regex, gboolean limited) {
  Wire__Setup setup = WIRE__SETUP__INIT;
  Wire__Limits limits = WIRE__LIMITS__INIT;
  Wire__Pattern pattern = WIRE__PATTERN__INIT, *patterns[] = {&pattern};
  Wire__Event event = *fixture_event(), *events[] = {&event};
  wire_limits_default(&limits);
  limits.text_bytes = WIRE_REPLY_MAX_BYTES;
  limits.cpu_s = 60;
  pattern.regex = (char *)regex;
  pattern.line = 12;
  if (regex) {
    event.cancellation = patterns;
    event.n_cancellation = 1;
  }
  setup.events = events;
  setup.n_events = 1;
  setup.limits = limited ? &limits : NULL;
  return wire_pack(&setup.base);
}

static GBytes *bytes(const char *text) {
  return g_bytes_new(text, strlen(text));
}

/* What the worker says to its rules; the caller frees with wire__setup_reply__free_unpacked. */
static Wire__SetupReply *setup_reply(const Worker *worker) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) frame = wire_read(worker->out, WIRE_FRAME_MAX_BYTES, 0, &error);
  g_assert_no_error(error);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(frame, &size);
  return wire__setup_reply__unpack(NULL, size, data);
}

static void assert_ready(const Worker *worker) {
  tell(worker, setup_new(NULL, TRUE));
  Wire__SetupReply *reply = setup_reply(worker);
  g_assert_cmpuint(reply->n_problems, ==, 0);
  wire__setup_reply__free_unpacked(reply, NULL);
}

static const WorkerKind plain = {.name = "worker-of-test"};

/* ---- before it is ready ---- */

static void test_no_rules_no_worker(void) {
  const struct {
    const char *name;
    GBytes *setup;
    int code;
    const char *words;
  } rows[] = {{"nothing", NULL, EX_PROTOCOL, "worker-of-test: setup: pipe: closed"},
              {"nonsense", bytes("\xff\xff\xff"), EX_PROTOCOL,
               "worker-of-test: setup: not a Setup with limits, in UTF-8"},
              {"no limits", setup_new(NULL, FALSE), EX_PROTOCOL,
               "worker-of-test: setup: not a Setup with limits, in UTF-8"},
              {"no UTF-8", setup_new("\xe9t\xe9", TRUE), EX_PROTOCOL,
               "worker-of-test: setup: not a Setup with limits, in UTF-8"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].name);
    Worker worker = worker_start(&plain);
    if (rows[i].setup) tell(&worker, rows[i].setup);
    g_autofree char *words = NULL;
    g_assert_cmpint(worker_end(&worker, &words), ==, rows[i].code);
    g_assert_true(g_str_has_prefix(words, rows[i].words));
  }
}

/* A pattern that cannot be compiled is told by its place, and the worker ends. */
static void test_bad_rules_are_told(void) {
  Worker worker = worker_start(&plain);
  tell(&worker, setup_new("annul(er", TRUE));
  Wire__SetupReply *reply = setup_reply(&worker);
  g_assert_cmpuint(reply->n_problems, ==, 1);
  g_assert_cmpstr(reply->problems[0]->event, ==, "jardins");
  g_assert_cmpstr(reply->problems[0]->regex, ==, "annul(er");
  g_assert_cmpuint(reply->problems[0]->line, ==, 12);
  wire__setup_reply__free_unpacked(reply, NULL);
  g_autofree char *words = NULL;
  g_assert_cmpint(worker_end(&worker, &words), ==, EX_CONFIG);
  g_assert_cmpstr(words, ==, "");
}

static void test_what_it_lacks_is_told(void) {
  Worker worker = worker_start(&(WorkerKind){.name = "worker-of-test", .start = cannot_start});
  tell(&worker, setup_new(NULL, TRUE));
  g_autofree char *words = NULL;
  g_assert_cmpint(worker_end(&worker, &words), ==, EX_UNAVAILABLE);
  g_assert_cmpstr(words, ==, "worker-of-test: start: no dictionary");
}

/* ---- at work ---- */

static void test_end_of_file_is_the_end(void) {
  Worker worker = worker_start(&plain);
  assert_ready(&worker);
  g_autofree char *words = NULL;
  g_assert_cmpint(worker_end(&worker, &words), ==, EX_OK);
  g_assert_cmpstr(words, ==, "");
}

static void test_nonsense_is_no_request(void) {
  Worker worker = worker_start(&plain);
  assert_ready(&worker);
  tell(&worker, bytes("\xff\xff\xff"));
  g_autofree char *words = NULL;
  g_assert_cmpint(worker_end(&worker, &words), ==, EX_PROTOCOL);
  g_assert_cmpstr(words, ==, "worker-of-test: request: not a Request in UTF-8");
}

static void test_a_request_has_a_bound(void) {
  Worker worker = worker_start(&plain);
  assert_ready(&worker);
  g_assert_cmpint(write(worker.in, "\377\377\377\377", 4), ==, 4);
  g_autofree char *words = NULL;
  g_assert_cmpint(worker_end(&worker, &words), ==, EX_PROTOCOL);
  g_assert_true(g_str_has_prefix(words, "worker-of-test: request: pipe: a message of"));
}

static GBytes *request_new(const GString *mail, gboolean want_lines) {
  Wire__Request request = WIRE__REQUEST__INIT;
  request.id = 7;
  request.message.data = (guint8 *)mail->str;
  request.message.len = mail->len;
  request.want_text = TRUE;
  request.want_lines = want_lines;
  return wire_pack(&request.base);
}

/* The text twice, as such and in lines, is more than a reply may hold: what was read comes without.
 */
static void test_a_long_reply_comes_without_its_text(void) {
  static const char note[] = "text left out: longer than a reply may be";
  g_autoptr(GString) mail = g_string_new("From: anne@example.org\nSubject: la fête des jardins\n"
                                         "Content-Type: text/plain; charset=utf-8\n\n"
                                         "Organisme : Ville de Sète\nNom : DURAND\nPrénom : Anne\n"
                                         "Courriel : anne@example.org\nViendra : Oui\n\n");
  while (mail->len < WIRE_REPLY_MAX_BYTES * 5 / 8)
    g_string_append_printf(mail, "%0120zu\n", mail->len);
  Worker worker = worker_start(&plain);
  assert_ready(&worker);
  for (gboolean lines = FALSE; lines <= TRUE; lines++) {
    g_autoptr(GError) error = NULL;
    tell(&worker, request_new(mail, lines));
    g_autoptr(GBytes) frame = wire_read(worker.out, WIRE_FRAME_MAX_BYTES, 0, &error);
    g_assert_no_error(error);
    g_autoptr(Extraction) found = wire_reply_read(frame, 7, &error);
    g_assert_no_error(error);
    g_assert_true((found->text == NULL) == lines);
    g_assert_null(found->lines);
    g_assert_cmpuint(found->participants->len, ==, 1);
    const GPtrArray *notes = found->notes;
    gboolean told = notes->len && !strcmp(notes->pdata[notes->len - 1], note);
    g_assert_true(told == lines);
  }
  g_autofree char *words = NULL;
  g_assert_cmpint(worker_end(&worker, &words), ==, EX_OK);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  signal(SIGPIPE, SIG_IGN);
  g_test_add_func("/worker/no-rules", test_no_rules_no_worker);
  g_test_add_func("/worker/bad-rules", test_bad_rules_are_told);
  g_test_add_func("/worker/start", test_what_it_lacks_is_told);
  g_test_add_func("/worker/end", test_end_of_file_is_the_end);
  g_test_add_func("/worker/nonsense", test_nonsense_is_no_request);
  g_test_add_func("/worker/too-long", test_a_request_has_a_bound);
  g_test_add_func("/worker/long-reply", test_a_long_reply_comes_without_its_text);
  return g_test_run();
}
