/* worker - see worker.h. It compiles the rules, touches every library that loads something lazily,
 * locks itself in and only then reads mail. */
#include "parsers/worker.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sysexits.h>
#include <unistd.h>

#include "parsers/charset.h"
#include "parsers/extract.h"
#include "parsers/formats/format.h"
#include "parsers/sandbox.h"
#include "parsers/wire.h"

/* One mail with everything that a library might load late: encoded words, HTML, character sets. */
static const char warm_mail[] =
    "From: =?iso-2022-jp?B?GyRCO3VFRBsoQg==?= <a@example.org>\r\n"
    "To: b@example.org\r\nSubject: =?windows-1252?Q?Pr=E9nom?= =?utf-8?B?w6k=?=\r\n"
    "Message-ID: <warm@example.org>\r\nDate: Mon, 3 Jun 2019 10:00:00 +0200\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=iso-2022-jp; format=flowed\r\n\r\n"
    "\033$B;aL>\033(B : \033$B;3ED\033(B\r\n"
    "--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    "<html><body><table><tr><td>Pr=E9nom&nbsp;:</td><td>Ana&iuml;s</td></tr></table>\r\n"
    "--b\r\nContent-Type: text/plain; name=\"n.txt\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nUHLpbm9tIDogT2N06W8=\r\n--b--\r\n";

static const char *const warm_charsets[] = {
    "utf-8",       "us-ascii",     "iso-8859-1",   "iso-8859-15", "windows-1252",
    "iso-2022-jp", "shift_jis",    "cp932",        "euc-jp",      "utf-7",
    "utf-16",      "utf-16le",     "utf-16be",     "macintosh",   "gb18030",
    "gbk",         "gb2312",       "big5",         "euc-kr",      "iso-8859-2",
    "koi8-r",      "windows-1251", "windows-1250", "iso-2022-kr", NULL,
};

static int fail(int code, const char *what, GError *error) {
  fprintf(stderr, "%s: %s%s%s\n", g_get_prgname(), what, error ? ": " : "",
          error ? error->message : "");
  g_clear_error(&error);
  return code;
}

static void warm_up(const Extractor *extractor) {
  static const guint8 japanese[] = "\x93\xfa\x96\x7b\x8c\xea";
  for (gsize i = 0; warm_charsets[i]; i++)
    g_free(charset_to_utf8(japanese, sizeof japanese - 1, warm_charsets[i], NULL, NULL));
  g_free(charset_to_utf8(japanese, sizeof japanese - 1, NULL, NULL, NULL));
  pdf_warm_up();
  Wire__Request request = WIRE__REQUEST__INIT;
  request.message.data = (guint8 *)warm_mail;
  request.message.len = sizeof warm_mail - 1;
  request.want_text = request.want_lines = TRUE;
  extraction_free(extract(extractor, &request));
}

/* SIGPROF ends the process when one message takes more processor time than it may: RLIMIT_CPU
 * counts the whole life of a warm worker. 0: no limit, or stop the clock. */
static void cpu_clock(guint seconds) {
  struct itimerval timer = {.it_value.tv_sec = seconds};
  setitimer(ITIMER_PROF, &timer, NULL);
}

static gboolean send_frame(GBytes *frame, GError **error) {
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(frame, &size);
  return wire_write(STDOUT_FILENO, data, size, 0, error);
}

static gboolean send_setup_reply(GPtrArray *problems, GError **error) {
  Wire__SetupReply reply = WIRE__SETUP_REPLY__INIT;
  reply.n_problems = problems->len;
  reply.problems = (Wire__Problem **)problems->pdata;
  g_autoptr(GBytes) frame = wire_pack(&reply.base);
  return send_frame(frame, error);
}

/* The reply's frame; without the texts that were asked for where they would pass its bound. */
static GBytes *reply_frame(guint64 id, Extraction *extraction) {
  GBytes *frame = wire_reply_write(id, extraction);
  gsize content = extraction->part ? g_bytes_get_size(extraction->part) : 0;
  if (g_bytes_get_size(frame) <= WIRE_REPLY_MAX_BYTES + content) return frame;
  g_bytes_unref(frame);
  g_clear_pointer(&extraction->lines, g_ptr_array_unref);
  g_clear_pointer(&extraction->text, g_free);
  g_ptr_array_add(extraction->notes, g_strdup("text left out: longer than a reply may be"));
  return wire_reply_write(id, extraction);
}

static gboolean answer(const Extractor *extractor, const Wire__Request *request, guint cpu_s,
                       GError **error) {
  cpu_clock(cpu_s);
  g_autoptr(Extraction) extraction = extract(extractor, request);
  g_autoptr(GBytes) frame = reply_frame(request->id, extraction);
  cpu_clock(0);
  return send_frame(frame, error);
}

/* Requests and replies until end of file; the sysexits code. */
static int serve(const Extractor *extractor, guint cpu_s) {
  for (;;) {
    GError *error = NULL;
    g_autoptr(GBytes) frame = wire_read(STDIN_FILENO, WIRE_FRAME_MAX_BYTES, 0, &error);
    if (!frame && g_error_matches(error, WIRE_ERROR, WIRE_ERROR_CLOSED)) {
      g_clear_error(&error);
      return EX_OK;
    }
    if (!frame) return fail(EX_PROTOCOL, "request", error);
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(frame, &size);
    Wire__Request *request = wire__request__unpack(NULL, size, data);
    if (!request || !wire_is_utf8(&request->base))
      return fail(EX_PROTOCOL, "request: not a Request in UTF-8", NULL);
    g_clear_pointer(&frame, g_bytes_unref);
    gboolean ok = answer(extractor, request, cpu_s, &error);
    wire__request__free_unpacked(request, NULL);
    if (!ok) return fail(EX_IOERR, "reply", error);
  }
}

static void problem_free(Wire__Problem *problem) {
  wire__problem__free_unpacked(problem, NULL);
}

/* Character maps and fonts that a PDF names but does not bring. */
static const char *const readable[] = {"/usr/share/poppler", "/usr/share/fonts", NULL};

static int run(const WorkerKind *kind, const Wire__Setup *setup) {
  GError *error = NULL;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)problem_free);
  g_autoptr(Extractor) extractor = extractor_new(setup, problems);
  if (problems->len > 0)
    return send_setup_reply(problems, &error) ? EX_CONFIG : fail(EX_IOERR, "setup", error);
  warm_up(extractor);
  extractor_read_pictures(extractor, kind->pictures);
  if (kind->start && !kind->start(&error)) return fail(EX_UNAVAILABLE, "start", error);
  const Wire__Limits *given = setup->limits;
  SandboxLimits limits = {.memory_bytes =
                              kind->pictures ? given->scan_memory_bytes : given->memory_bytes,
                          .readable = readable};
  if (!sandbox_enter(&limits, NULL, &error)) return fail(EX_OSERR, "sandbox", error);
  if (!send_setup_reply(problems, &error)) return fail(EX_IOERR, "setup", error);
  return serve(extractor, kind->pictures ? given->scan_s : given->cpu_s);
}

int worker_run(const WorkerKind *kind) {
  g_set_prgname(kind->name);
  signal(SIGPIPE, SIG_IGN);
  close_range(STDERR_FILENO + 1, ~0U, 0); /* nothing of the parent's comes along */
  GError *error = NULL;
  g_autoptr(GBytes) frame = wire_read(STDIN_FILENO, WIRE_FRAME_MAX_BYTES, 0, &error);
  if (!frame) return fail(EX_PROTOCOL, "setup", error);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(frame, &size);
  Wire__Setup *setup = wire__setup__unpack(NULL, size, data);
  if (!setup || !setup->limits || !wire_is_utf8(&setup->base))
    return fail(EX_PROTOCOL, "setup: not a Setup with limits, in UTF-8", NULL);
  _exit(run(kind, setup)); /* nothing is to be flushed, and exit handlers may meet the sandbox */
}
