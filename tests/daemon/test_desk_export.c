/* desk_export: CSV and JSON byte for byte; the workbook as a program that reads one sees it. */
#include "daemon/desk/desk_export.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/daemon/view_fixture.h"

static GBytes *export_to_bytes(const Desks *desks, const Event *event, ExportFormat format,
                               const char *language) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(desks->fixture.dir, "out", NULL);
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  StoreTxn *txn = desks_begin(desks, FALSE);
  g_assert_true(desk_export(NULL, txn, desks->fixture.config, event, format, language, fd, &error));
  g_assert_no_error(error);
  store_abort(txn);
  close(fd);
  char *bytes = NULL;
  gsize size;
  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
  return g_bytes_new_take(bytes, size);
}

static char *export_to_text(const Desks *desks, const Event *event, ExportFormat format) {
  g_autoptr(GBytes) bytes = export_to_bytes(desks, event, format, "fr");
  return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

/* --- CSV and JSON ----------------------------------------------------------------------------- */

#define HEAD                                                                                       \
  "\xEF\xBB\xBFid,event,status,organization,title,last_name,first_name,role,address,postal_code,"  \
  "city,phone,email,attendance,japanese_partner,themes,workshops,needs"

static void add_some(const Desks *desks) {
  desks_add(desks, "last_name==1+1|phone=+33612345678|city=a;=b|role=l1\n-l2|old=\"x\", y");
  desks_add(desks, "last_name=Éluard|event=other|updated=1559640600");
}

static void test_csv(void) {
  Desks desks;
  desks_open(&desks);
  add_some(&desks);
  g_autofree char *all = export_to_text(&desks, NULL, EXPORT_CSV);
  g_assert_cmpstr(all, ==,
                  HEAD ",old,missing,message_id,created,updated\r\n"
                       "1,copil-2019,registered,,,'=1+1,,\"l1\n'-l2\",,,a;'=b,'+33612345678,,,,,,,"
                       "\"\"\"x\"\", y\",,,2019-06-03T11:30:00+02:00,2019-06-03T11:30:00+02:00\r\n"
                       "2,other,registered,,,Éluard,,,,,,,,,,,,,,,,"
                       "2019-06-03T11:30:00+02:00,2019-06-04T11:30:00+02:00\r\n");
  const Event gone = {.id = (char *)"other", .fields = g_ptr_array_new()};
  g_autofree char *other = export_to_text(&desks, &gone, EXPORT_CSV);
  g_assert_cmpstr(other, ==,
                  "\xEF\xBB\xBFid,event,status,last_name,missing,message_id,created,updated\r\n"
                  "2,other,registered,Éluard,,,2019-06-03T11:30:00+02:00,"
                  "2019-06-04T11:30:00+02:00\r\n");
  g_ptr_array_unref(gone.fields);
  desks_close(&desks);
}

static void test_json(void) {
  Desks desks;
  desks_open(&desks);
  add_some(&desks);
  g_autofree char *mine = export_to_text(&desks, desks.fixture.event, EXPORT_JSON);
  g_assert_cmpstr(mine, ==,
                  "{\"id\":1,\"event\":\"copil-2019\",\"status\":\"registered\",\"fields\":{"
                  "\"last_name\":\"=1+1\",\"phone\":\"+33612345678\",\"city\":\"a;=b\","
                  "\"role\":\"l1\\n-l2\",\"old\":\"\\\"x\\\", y\"},\"message_id\":\"\","
                  "\"updated\":\"2019-06-03T11:30:00+02:00\","
                  "\"created\":\"2019-06-03T11:30:00+02:00\",\"missing\":[],\"sender\":\"\","
                  "\"language\":\"\",\"message\":0,\"history\":[]}\n");
  desks_close(&desks);
}

static void test_formats(void) {
  ExportFormat format = EXPORT_CSV;
  g_assert_true(export_format_parse("xlsx", &format));
  g_assert_cmpint(format, ==, EXPORT_XLSX);
  g_assert_true(export_format_parse("json", &format));
  g_assert_cmpint(format, ==, EXPORT_JSON);
  g_assert_false(export_format_parse("XLS", &format));
  g_assert_true(g_str_has_prefix(export_format_type(EXPORT_CSV), "text/csv"));
}

/* --- the workbook ----------------------------------------------------------------------------- */

/* What the sheets hold, by tests/daemon/xlsx_read.py: a line a cell. */
static char *read_workbook(const Desks *desks, GBytes *bytes) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(desks->fixture.dir, "people.xlsx", NULL);
  g_autofree char *out = NULL, *told = NULL;
  int status = 0;
  g_assert_true(g_file_set_contents(path, g_bytes_get_data(bytes, NULL),
                                    (gssize)g_bytes_get_size(bytes), NULL));
  const char *const words[] = {"python3", SOURCE_DIR "/tests/daemon/xlsx_read.py", path, NULL};
  g_assert_true(g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                             &told, &status, &error));
  g_assert_no_error(error);
  if (status) g_error("xlsx_read.py: %s", told);
  return g_steal_pointer(&out);
}

static void assert_lines(const char *text, const char *const *lines) {
  g_auto(GStrv) all = g_strsplit(text, "\n", -1);
  for (; *lines; lines++)
    if (!g_strv_contains((const char *const *)all, *lines))
      g_error("no line '%s' in\n%s", *lines, text);
}

static void add_typed(const Desks *desks) {
  desks_add(desks,
            "organization=Ville de Nancy|last_name==HYPERLINK(\"http://x\")|phone=+33612345678|"
            "postal_code=01000|attendance=yes|themes=Eau et assainissement|"
            "first_name=http://example.org/|role=@SUM(1)");
  desks_add(desks, "organization=横浜市|last_name=山田|attendance=no|status=declined|"
                   "themes=assainissement, eau\nGastronomie|created=1559599800|city=a\tb\x01");
}

static void test_workbook(void) {
  Desks desks;
  desks_open(&desks);
  add_typed(&desks);
  g_autoptr(GBytes) bytes = export_to_bytes(&desks, desks.fixture.event, EXPORT_XLSX, "fr");
  g_autofree char *text = read_workbook(&desks, bytes);
  /* sheet, cell, type (s: text, n: number), number format, value; dates are days since 1900 */
  static const char *const lines[] = {"Participants frozen 1 filter A1:V3",
                                      "Participants A1 s General N°",
                                      "Participants D1 s General Collectivité / organisme",
                                      "Participants A2 n 0 1",
                                      "Participants C2 s @ Inscrit",
                                      "Participants D2 s @ Ville de Nancy",
                                      "Participants F2 s @ =HYPERLINK(\"http://x\")",
                                      "Participants G2 s @ http://example.org/",
                                      "Participants H2 s @ @SUM(1)",
                                      "Participants J2 s @ 01000",
                                      "Participants L2 s @ +33612345678",
                                      "Participants N2 s @ Oui",
                                      "Participants U2 n dd/mm/yyyy hh:mm 2019-06-03T11:30:00",
                                      "Participants C3 s @ Ne participe pas",
                                      "Participants D3 s @ 横浜市",
                                      "Participants N3 s @ Non",
                                      "Participants U3 n dd/mm/yyyy hh:mm 2019-06-04T00:10:00",
                                      "Suggestions frozen 1 filter A1:F4",
                                      "Suggestions D1 s General Suggestion",
                                      "Suggestions B2 s @ Eau et assainissement",
                                      "Suggestions C2 n 0 2",
                                      "Suggestions B3 s @ Eau et assainissement",
                                      "Suggestions D3 s @ assainissement, eau",
                                      "Suggestions E3 s @ 横浜市",
                                      "Suggestions F3 n 0 2",
                                      "Suggestions D4 s @ Gastronomie",
                                      "Statistiques frozen 1 filter -",
                                      "Statistiques A3 s @ Inscriptions reçues",
                                      "Statistiques B3 n 0 2",
                                      "formulas 0 links 0",
                                      NULL};
  assert_lines(text, lines);
  desks_close(&desks);
}

static void test_workbook_in_other_languages(void) {
  Desks desks;
  desks_open(&desks);
  add_typed(&desks);
  static const struct {
    const char *language;
    const char *const lines[4];
  } rows[] = {
      {"en",
       {"Participants C2 s @ Registered", "Statistics frozen 1 filter -",
        "Participants U2 n yyyy-mm-dd hh:mm 2019-06-03T11:30:00", NULL}},
      {"ja",
       {"参加者 C2 s @ 登録済み", "ご提案 frozen 1 filter A1:F4", "統計 frozen 1 filter -", NULL}},
      {"xx", {"Participants C2 s @ Registered", NULL}},
      {NULL, {"Participants C2 s @ Registered", NULL}}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GBytes) bytes = export_to_bytes(&desks, NULL, EXPORT_XLSX, rows[i].language);
    g_autofree char *text = read_workbook(&desks, bytes);
    assert_lines(text, rows[i].lines);
  }
  desks_close(&desks);
}

/* Integers and dates of an event that has such fields; what is none stays a text. */
static void test_typed_columns(void) {
  Desks desks;
  desks_open(&desks);
  Event *event = fixture_event(&desks.fixture);
  EventField *guests = (EventField *)event_field(event, "role");
  EventField *arrival = (EventField *)event_field(event, "city");
  fixture_string(&guests->type, "integer");
  fixture_string(&arrival->type, "date");
  desks_add(&desks, "role=12|city=2019-07-03");
  desks_add(&desks, "role=douze|city=le 3");
  desks_add(&desks, "role=1234567890123456|city=1850-01-01");
  desks_add(&desks, "role=-3|city=2019-02-30");
  g_autoptr(GBytes) bytes = export_to_bytes(&desks, event, EXPORT_XLSX, "fr");
  g_autofree char *text = read_workbook(&desks, bytes);
  static const char *const lines[] = {"Participants H2 n 0 12",
                                      "Participants K2 n dd/mm/yyyy 2019-07-03T00:00:00",
                                      "Participants H3 s @ douze",
                                      "Participants K3 s @ le 3",
                                      "Participants H4 s @ 1234567890123456",
                                      "Participants K4 s @ 1850-01-01",
                                      "Participants H5 n 0 -3",
                                      "Participants K5 s @ 2019-02-30",
                                      NULL};
  assert_lines(text, lines);
  desks_close(&desks);
}

static void test_same_registrations_same_file(void) {
  Desks desks;
  desks_open(&desks);
  add_typed(&desks);
  g_autoptr(GBytes) first = export_to_bytes(&desks, NULL, EXPORT_XLSX, "fr");
  g_usleep(1100000); /* a date of now, to the second, would differ */
  g_autoptr(GBytes) second = export_to_bytes(&desks, NULL, EXPORT_XLSX, "fr");
  g_assert_true(g_bytes_equal(first, second));
  desks_close(&desks);
}

/* Nobody is registered; a cell holds more than a sheet's cell can. */
static void test_ends(void) {
  Desks desks;
  desks_open(&desks);
  g_autoptr(GBytes) empty = export_to_bytes(&desks, NULL, EXPORT_XLSX, "fr");
  g_autofree char *text = read_workbook(&desks, empty);
  static const char *const lines[] = {"Participants frozen 1 filter A1:V1", NULL};
  assert_lines(text, lines);
  g_autoptr(GString) wide = g_string_new("role=");
  for (guint i = 0; i < EXPORT_CELL_MAX_CHARS; i++)
    g_string_append(wide, "𠮷"); /* two units each */
  desks_add(&desks, wide->str);
  g_autoptr(GBytes) full = export_to_bytes(&desks, NULL, EXPORT_XLSX, "fr");
  g_autofree char *again = read_workbook(&desks, full);
  g_assert_nonnull(strstr(again, "Participants H2 s @ 𠮷𠮷"));
  const char *cell = strstr(again, "𠮷");
  guint units = 0;
  for (; g_utf8_get_char(cell) == 0x20BB7; cell = g_utf8_next_char(cell)) units += 2;
  g_assert_cmpuint(units, ==, EXPORT_CELL_MAX_CHARS - 1);
  desks_close(&desks);
}

static void test_no_room(void) {
  Desks desks;
  desks_open(&desks);
  add_typed(&desks);
  int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  StoreTxn *txn = desks_begin(&desks, FALSE);
  for (ExportFormat format = EXPORT_CSV; format <= EXPORT_XLSX; format++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(desk_export(NULL, txn, desks.fixture.config, NULL, format, "fr", full, &error));
    g_assert_error(error, EXPORT_ERROR, EXPORT_ERROR_WRITE);
  }
  store_abort(txn);
  close(full);
  desks_close(&desks);
}

int main(int argc, char **argv) {
  g_setenv("TZ", "Europe/Paris", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/desk_export/csv", test_csv);
  g_test_add_func("/desk_export/json", test_json);
  g_test_add_func("/desk_export/formats", test_formats);
  g_test_add_func("/desk_export/workbook", test_workbook);
  g_test_add_func("/desk_export/languages", test_workbook_in_other_languages);
  g_test_add_func("/desk_export/types", test_typed_columns);
  g_test_add_func("/desk_export/same", test_same_registrations_same_file);
  g_test_add_func("/desk_export/ends", test_ends);
  g_test_add_func("/desk_export/no-room", test_no_room);
  return g_test_run();
}
