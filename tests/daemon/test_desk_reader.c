/* desk_reader: the real worker, found beside the build, reads whole mails: values, the original, a
 * page, a part; what it cannot read is told, and costs nobody else anything. */
#include "daemon/desk/desk_reader.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/desk/desk.h"

enum { CALLERS = 4, ROUNDS = 6 };

#define HEAD                                                                                       \
  "From: Marie Durand <m.durand@ville.example>\r\nTo: inscriptions@example.org\r\n"                \
  "Subject: Bulletin\r\nMessage-ID: <a@b.example>\r\nMIME-Version: 1.0\r\n"
#define MIXED HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define TEXT_PART "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
#define HTML_PART "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
#define FILE_PART(type, name)                                                                      \
  "--b\r\nContent-Type: " type "\r\nContent-Disposition: attachment; filename=\"" name "\"\r\n\r"  \
  "\n"
#define PDF_OBJECTS                                                                                \
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"                                         \
  "2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>endobj\n"                                       \
  "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"                          \
  "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"                                                      \
  "4 0 obj<</Length 41>>stream\nBT /F 12 Tf 72 700 Td (Nom : DURAND) Tj ET\nendstream endobj\n"    \
  "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"                                 \
  "trailer<</Size 6/Root 1 0 R>>\n%%EOF\n"

static const char whole[] = MIXED TEXT_PART
    "Veuillez trouver le bulletin.\r\n> Votre invitation\r\n" FILE_PART("application/pdf",
                                                                        "bulletin.pdf")
        PDF_OBJECTS FILE_PART("application/octet-stream",
                              "../../etc/\001passwd.bin") "octets\r\n--b--\r\n";

static Config *config_new(void) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  Config *config = config_default(problems);
  g_assert_cmpuint(problems->len, ==, 0);
  return config;
}

typedef struct {
  Config *config;
  DeskReader *reader;
} House;

static House house_new(void) {
  Config *config = config_new();
  return (House){config, desk_reader_new(config)};
}

static void house_free(House *house) {
  desk_reader_free(house->reader);
  config_free(house->config);
}

static GBytes *mail_of(const char *text) {
  return g_bytes_new(text, strlen(text));
}

static void assert_png(GBytes *png) {
  gsize size = 0;
  const char *data = g_bytes_get_data(png, &size);
  g_assert_cmpuint(size, >, 1000);
  g_assert_cmpint(memcmp(data, "\211PNG", 4), ==, 0);
}

/* ---- what it gives ---- */

static void test_values(void) {
  static const char text[] = HEAD "Content-Type: text/plain; charset=utf-8\r\n\r\n"
                                  "Bulletin de participation\r\nCollectivité : Ville de Sète\r\n"
                                  "Nom : DURAND\r\nPrénom : Marie\r\nParticipera : Oui\r\n";
  House house = house_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) mail = mail_of(text);
  g_autoptr(Extraction) read =
      desk_reader_read(house.reader, mail, NULL, "copil-2019", TRUE, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(read->participants->len, ==, 1);
  const FieldValue *name = participant_value(read->participants->pdata[0], "last_name");
  g_assert_nonnull(name);
  g_assert_cmpstr(name->value, ==, "DURAND");
  g_assert_nonnull(read->lines);
  g_autoptr(Extraction) other = desk_reader_read(house.reader, mail, NULL, "", FALSE, &error);
  g_assert_no_error(error);
  g_assert_null(other->lines);
  house_free(&house);
}

static void test_original(void) {
  House house = house_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) mail = mail_of(whole);
  g_autoptr(DeskOriginal) original = desk_reader_original(house.reader, mail, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(original->html, ==,
                  "<p>Veuillez trouver le bulletin.</p><blockquote><p>Votre invitation</p>"
                  "</blockquote>");
  static const struct {
    const char *name, *type;
    guint pages;
    gboolean body;
  } rows[] = {{"", "text/plain", 0, TRUE},
              {"bulletin.pdf", "application/pdf", 2, FALSE},
              {"passwd.bin", "application/octet-stream", 0, FALSE}};
  g_assert_cmpuint(original->parts->len, ==, G_N_ELEMENTS(rows));
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    const DeskPart *part = original->parts->pdata[i];
    g_assert_cmpuint(part->index, ==, i);
    g_assert_cmpstr(part->name, ==, rows[i].name);
    g_assert_cmpstr(part->type, ==, rows[i].type);
    g_assert_cmpuint(part->pages, ==, rows[i].pages);
    g_assert_cmpint(part->body, ==, rows[i].body);
    g_assert_cmpuint(part->size_bytes, >, 0);
  }
  house_free(&house);
}

static void test_which_body_is_shown(void) {
  static const struct {
    const char *name, *mail, *want;
  } rows[] = {
      {"HTML before plain text",
       HEAD "Content-Type: multipart/alternative; boundary=b\r\n\r\n" TEXT_PART
            "plain\r\n" HTML_PART "<p>Nom : <b>A</b><script>x</script>\r\n--b--\r\n",
       "<p>Nom : <b>A</b></p>"},
      {"plain text where the HTML says nothing",
       HEAD "Content-Type: multipart/alternative; boundary=b\r\n\r\n" TEXT_PART "plain" HTML_PART
            "<p style='display:none'>x</p><img src=cid:a>\r\n--b--\r\n",
       "<p>plain"},
      {"one after the other", MIXED TEXT_PART "a" HTML_PART "<i>b</i>\r\n--b--\r\n", "<p>a"},
      {"an attached mail is quoted",
       MIXED TEXT_PART "a\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\n"
                       "Subject: E\r\n\r\nf\r\n--b--\r\n",
       "<p>a</p><hr><blockquote><p>Subject: E<br>From: c@d.example</p><p>f</p></blockquote>"},
      {"an attached text is none", MIXED FILE_PART("text/plain", "a.txt") "a\r\n--b--\r\n", ""},
      {"no body at all", HEAD "\r\n", ""},
  };
  House house = house_new();
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) mail = mail_of(rows[i].mail);
    g_autoptr(DeskOriginal) original = desk_reader_original(house.reader, mail, &error);
    g_assert_no_error(error);
    gboolean fits =
        *rows[i].want ? g_str_has_prefix(original->html, rows[i].want) : *original->html == '\0';
    if (!fits) g_error("%s: '%s'", rows[i].name, original->html);
  }
  house_free(&house);
}

static void test_page(void) {
  House house = house_new();
  g_autoptr(GBytes) mail = mail_of(whole);
  g_autoptr(GError) error = NULL;
  FieldValue *value = field_value_new("last_name", "DURAND");
  value->part = 1;
  value->page = 1;
  value->x = 100;
  value->y = 130;
  value->width = 60;
  value->height = 14;
  g_autoptr(GPtrArray) values = g_ptr_array_new();
  g_ptr_array_add(values, value);
  g_autoptr(GBytes) bare = desk_reader_page(house.reader, mail, 1, 1, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) marked = desk_reader_page(house.reader, mail, 1, 1, values, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) second = desk_reader_page(house.reader, mail, 1, 2, values, &error);
  g_assert_no_error(error);
  assert_png(bare);
  g_assert_false(g_bytes_equal(bare, marked)); /* the mark */
  g_assert_true(g_bytes_equal(bare, second));  /* the value is not on that page */
  field_value_free(value);
  static const guint none[][2] = {{1, 3}, {1, 0}, {0, 1}, {2, 1}, {9, 1}, {G_MAXUINT, G_MAXUINT}};
  for (gsize i = 0; i < G_N_ELEMENTS(none); i++) {
    g_autoptr(GError) fault = NULL;
    g_assert_null(desk_reader_page(house.reader, mail, none[i][0], none[i][1], NULL, &fault));
    g_assert_error(fault, DESK_ERROR, DESK_ERROR_NOT_FOUND);
  }
  house_free(&house);
}

/* A picture goes to bulletin-scan, and shows what was found where it was found. */
static void test_page_of_a_scan(void) {
  static const char file[] = SOURCE_DIR "/tests/cases/documents/scan-japonais.eml";
  House house = house_new();
  g_autoptr(GError) error = NULL;
  char *data = NULL;
  gsize size = 0;
  g_assert_true(g_file_get_contents(file, &data, &size, NULL));
  g_autoptr(GBytes) mail = g_bytes_new_take(data, size);
  g_autoptr(Extraction) read = desk_reader_read(house.reader, mail, NULL, "", FALSE, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(read->participants->len, ==, 1);
  const Participant *person = read->participants->pdata[0];
  guint placed = 0;
  for (guint i = 0; i < person->values->len; i++) {
    const FieldValue *value = person->values->pdata[i];
    placed += value->part == 1 && value->page == 1 && value->width > 0;
  }
  g_assert_cmpuint(placed, >=, 5);
  g_autoptr(DeskOriginal) original = desk_reader_original(house.reader, mail, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(((DeskPart *)original->parts->pdata[1])->pages, ==, 1);
  g_autoptr(GBytes) bare = desk_reader_page(house.reader, mail, 1, 1, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) marked = desk_reader_page(house.reader, mail, 1, 1, person->values, &error);
  g_assert_no_error(error);
  assert_png(bare);
  assert_png(marked);
  g_assert_false(g_bytes_equal(bare, marked));
  house_free(&house);
}

static void test_part(void) {
  House house = house_new();
  g_autoptr(GBytes) mail = mail_of(whole);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) part = desk_reader_part(house.reader, mail, 2, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) want = g_bytes_new_static("octets", 6);
  g_assert_true(g_bytes_equal(part, want));
  g_assert_null(desk_reader_part(house.reader, mail, 3, &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_NOT_FOUND);
  house_free(&house);
}

/* More than a Reply may hold otherwise. */
static void test_large_part(void) {
  enum { SIZE = 12 << 20 };
  House house = house_new();
  g_autoptr(GString) text = g_string_new(MIXED FILE_PART("application/x-any", "a.bin"));
  gsize before = text->len;
  g_string_set_size(text, before + SIZE);
  for (gsize i = 0; i < SIZE; i++) text->str[before + i] = i % 70 == 69 ? '\n' : 'a';
  g_string_append(text, "\r\n--b--\r\n");
  g_autoptr(GBytes) mail = g_bytes_new(text->str, text->len);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) part = desk_reader_part(house.reader, mail, 0, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(g_bytes_get_size(part), ==, SIZE);
  house_free(&house);
}

/* ---- the worker ---- */

/* The children of this process, as the kernel lists them. The caller frees. */
static char *children(void) {
  GString *all = g_string_new(NULL);
  GDir *tasks = g_dir_open("/proc/self/task", 0, NULL);
  for (const char *task; (task = g_dir_read_name(tasks));) {
    g_autofree char *path = g_strdup_printf("/proc/self/task/%s/children", task);
    g_autofree char *list = NULL;
    if (g_file_get_contents(path, &list, NULL, NULL)) g_string_append(all, list);
  }
  g_dir_close(tasks);
  return g_string_free(all, FALSE);
}

static guint count_children(void) {
  g_autofree char *list = children();
  g_auto(GStrv) words = g_strsplit(g_strstrip(list), " ", -1);
  return *list ? g_strv_length(words) : 0;
}

static void test_the_worker_comes_and_goes(void) {
  House house = house_new();
  g_autoptr(GBytes) mail = mail_of(whole);
  g_autoptr(GError) error = NULL;
  desk_reader_set_idle(house.reader, 200);
  g_assert_cmpuint(count_children(), ==, 0); /* none before the first call */
  for (int round = 0; round < 2; round++) {
    g_autoptr(DeskOriginal) original = desk_reader_original(house.reader, mail, &error);
    g_assert_no_error(error);
    gint64 until = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (count_children() > 0 && g_get_monotonic_time() < until) g_usleep(10 * 1000);
    g_assert_cmpuint(count_children(), ==, 0);
  }
  house_free(&house);
}

/* Until the list of our children is another one than `before`, at most 20 s. The caller frees. */
static char *children_after(const char *before) {
  gint64 until = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
  char *now = children();
  while (!strcmp(now, before) && g_get_monotonic_time() < until) {
    g_usleep(10 * 1000);
    g_free(now);
    now = children();
  }
  return now;
}

/* Kept warm it is there before the first call, and the same one is still there long after it would
 * have gone. */
static void test_the_worker_is_kept(void) {
  House house = house_new();
  g_autoptr(GBytes) mail = mail_of(whole);
  g_autoptr(GError) error = NULL;
  desk_reader_set_idle(house.reader, 300);
  desk_reader_warm(house.reader);
  g_autofree char *first = children();
  g_assert_cmpuint(count_children(), ==, 1);
  for (guint i = 0; i < 40; i++) { /* 0.8 s */
    desk_reader_warm(house.reader);
    g_usleep(20 * 1000);
  }
  g_autofree char *kept = children();
  g_assert_cmpstr(kept, ==, first);
  g_autofree char *gone = children_after(kept);
  g_assert_cmpstr(gone, !=, kept);
  desk_reader_warm(house.reader); /* started anew, without a call */
  g_autofree char *back = children_after("");
  g_assert_cmpuint(count_children(), ==, 1);
  g_autoptr(DeskOriginal) original = desk_reader_original(house.reader, mail, &error);
  g_assert_no_error(error);
  house_free(&house);
}

/* A page that takes more processor time than it may: that is told, and the next call is served. */
static void test_a_mail_that_ends_the_worker(void) {
  House house = house_new();
  house.config->limits.cpu_s = 1;
  g_autoptr(GString) paint = g_string_new(NULL);
  for (guint i = 0; i < 200000; i++) g_string_append(paint, "0 0 595 842 re f\n");
  g_autofree char *text = g_strdup_printf(
      MIXED FILE_PART(
          "application/pdf",
          "slow.pdf") "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>"
                      "endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 "
                      "obj<</Type/Page/Parent 2 0 R"
                      "/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n4 0 obj<</Length "
                      "%zu>>stream\n%s"
                      "endstream endobj\ntrailer<</Size 5/Root 1 0 R>>\n%%%%EOF\n--b--\r\n",
      paint->len, paint->str);
  g_autoptr(GBytes) slow = mail_of(text), fine = mail_of(whole);
  g_autoptr(GError) error = NULL, none = NULL;
  g_assert_null(desk_reader_page(house.reader, slow, 0, 1, NULL, &error));
  g_assert_error(error, DESK_ERROR, DESK_ERROR_STATE);
  g_assert_nonnull(strstr(error->message, "more processor time than the limits allow"));
  g_autoptr(GBytes) page = desk_reader_page(house.reader, fine, 1, 1, NULL, &none);
  g_assert_no_error(none);
  house_free(&house);
}

/* Whoever kills the worker between two calls costs nobody anything. */
static void test_a_worker_that_was_killed(void) {
  House house = house_new();
  g_autoptr(GBytes) mail = mail_of(whole);
  g_autoptr(GError) error = NULL;
  for (int i = 0; i < 3; i++) {
    g_autoptr(DeskOriginal) original = desk_reader_original(house.reader, mail, &error);
    g_assert_no_error(error);
    g_autofree char *list = children();
    pid_t worker = (pid_t)g_ascii_strtoll(list, NULL, 10);
    g_assert_cmpint(worker, >, 1);
    g_assert_cmpint(kill(worker, SIGKILL), ==, 0);
  }
  house_free(&house);
}

/* ---- several callers ---- */

typedef struct {
  DeskReader *reader;
  GBytes *mail;
  guint number;
} Caller;

static gpointer call(gpointer data) {
  const Caller *caller = data;
  for (guint i = 0; i < ROUNDS; i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *want = g_strdup_printf("<p>mail %u</p>", caller->number);
    g_autoptr(DeskOriginal) original = desk_reader_original(caller->reader, caller->mail, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(original->html, ==, want);
    g_autoptr(GBytes) part = desk_reader_part(caller->reader, caller->mail, 0, &error);
    g_assert_no_error(error);
    g_autoptr(Extraction) read =
        desk_reader_read(caller->reader, caller->mail, NULL, "", FALSE, &error);
    g_assert_no_error(error);
  }
  return NULL;
}

static void test_callers_do_not_mix(void) {
  House house = house_new();
  desk_reader_set_idle(house.reader, 1);
  Caller callers[CALLERS];
  GThread *threads[CALLERS];
  for (guint i = 0; i < CALLERS; i++) {
    g_autofree char *text = g_strdup_printf(HEAD "Content-Type: text/plain\r\n\r\nmail %u\r\n", i);
    callers[i] = (Caller){house.reader, mail_of(text), i};
    threads[i] = g_thread_new("caller", call, &callers[i]);
  }
  for (guint i = 0; i < CALLERS; i++) {
    g_thread_join(threads[i]);
    g_bytes_unref(callers[i].mail);
  }
  house_free(&house);
}

static gpointer call_stopped(gpointer data) {
  const Caller *caller = data;
  GError *error = NULL;
  DeskOriginal *original = desk_reader_original(caller->reader, caller->mail, &error);
  desk_original_free(original);
  return error;
}

static void test_stop_ends_calls(void) {
  House house = house_new();
  Caller caller = {house.reader, mail_of(whole), 0};
  desk_reader_stop(house.reader);
  GError *error = g_thread_join(g_thread_new("caller", call_stopped, &caller));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_TIMEOUT);
  g_error_free(error);
  g_bytes_unref(caller.mail);
  house_free(&house);
}

static void test_a_worker_that_cannot_start(void) {
  House house = house_new();
  g_autofree char *old = g_strdup(g_getenv("BULLETIND_LIBEXEC"));
  g_setenv("BULLETIND_LIBEXEC", "/nonexistent", TRUE);
  g_autoptr(GBytes) mail = mail_of(whole);
  g_autoptr(GError) error = NULL;
  g_assert_null(desk_reader_part(house.reader, mail, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_IO);
  if (old)
    g_setenv("BULLETIND_LIBEXEC", old, TRUE);
  else
    g_unsetenv("BULLETIND_LIBEXEC");
  g_autoptr(GError) later = NULL;
  g_autoptr(GBytes) part = desk_reader_part(house.reader, mail, 0, &later);
  g_assert_no_error(later);
  house_free(&house);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  signal(SIGPIPE, SIG_IGN);
  g_test_add_func("/desk-reader/cannot-start", test_a_worker_that_cannot_start);
  g_test_add_func("/desk-reader/values", test_values);
  g_test_add_func("/desk-reader/original", test_original);
  g_test_add_func("/desk-reader/which-body", test_which_body_is_shown);
  g_test_add_func("/desk-reader/page", test_page);
  g_test_add_func("/desk-reader/scan", test_page_of_a_scan);
  g_test_add_func("/desk-reader/part", test_part);
  g_test_add_func("/desk-reader/large-part", test_large_part);
  g_test_add_func("/desk-reader/idle", test_the_worker_comes_and_goes);
  g_test_add_func("/desk-reader/kept", test_the_worker_is_kept);
  g_test_add_func("/desk-reader/ends-worker", test_a_mail_that_ends_the_worker);
  g_test_add_func("/desk-reader/killed", test_a_worker_that_was_killed);
  g_test_add_func("/desk-reader/callers", test_callers_do_not_mix);
  g_test_add_func("/desk-reader/stop", test_stop_ends_calls);
  return g_test_run();
}
