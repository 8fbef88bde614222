/* Frames over real pipes, and extractions that lie. */
#include "parsers/wire.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { SECOND_US = 1000000, SHORT_US = 20000 };

static Extraction *sample(void) {
  Extraction *e = extraction_new();
  g_free(e->message_id);
  e->message_id = g_strdup("a@b");
  g_free(e->subject);
  e->subject = g_strdup("Réunion — 出席");
  e->return_path = g_strdup("");
  e->text = g_strdup("one\ntwo");
  e->bounce = bounce_report_new();
  e->bounce->action = BOUNCE_EXPANDED;
  g_free(e->bounce->diagnostic);
  e->bounce->diagnostic = g_strdup("550 no such user");
  e->page = (PageShown){g_bytes_new_static("\211PNG\r\n\032\nrest", 12), 595, 842};
  e->part = g_bytes_new_static("a\0b", 3);
  e->original = original_mail_new();
  g_free(e->original->html);
  e->original->html = g_strdup("<p>a</p>");
  OriginalPart *part = g_new0(OriginalPart, 1);
  *part = (OriginalPart){3, g_strdup("a.pdf"), g_strdup("application/pdf"), 1ull << 40, 7, TRUE};
  g_ptr_array_add(e->original->parts, part);
  e->kind = KIND_BULLETIN;
  e->flags = EXTRACTION_TO_US | EXTRACTION_CALENDAR;
  g_ptr_array_add(e->notes, g_strdup("note"));
  g_ptr_array_add(e->references, g_strdup("ref@b"));
  Participant *p = participant_new();
  FieldValue *v = field_value_new("last_name", "DURAND");
  v->line = 0;
  v->start = 6;
  v->end = 12;
  v->confidence = 90;
  v->width = 1.5;
  g_ptr_array_add(p->values, v);
  g_ptr_array_add(p->missing, g_strdup("email"));
  g_ptr_array_add(p->invalid, invalid_value_new("phone", "06 12", "too short"));
  g_ptr_array_add(e->participants, p);
  e->lines = g_ptr_array_new_with_free_func((GDestroyNotify)extraction_line_free);
  ExtractionLine *line = extraction_line_new("Nom : DURAND");
  line->quoted = TRUE;
  g_ptr_array_add(e->lines, line);
  return e;
}

static void test_extraction_survives(void) {
  g_autoptr(Extraction) e = sample();
  g_autoptr(GBytes) bytes = wire_extraction_write(e);
  GError *error = NULL;
  g_autoptr(Extraction) back = wire_extraction_read(bytes, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(back->subject, ==, e->subject);
  g_assert_cmpstr(back->return_path, ==, "");
  g_assert_cmpstr(back->text, ==, "one\ntwo");
  g_assert_cmpint(back->kind, ==, KIND_BULLETIN);
  g_assert_cmpuint(back->flags, ==, e->flags);
  const Participant *p = g_ptr_array_index(back->participants, 0);
  const FieldValue *v = participant_value(p, "last_name");
  g_assert_cmpstr(v->value, ==, "DURAND");
  g_assert_cmpuint(v->end, ==, 12);
  g_assert_cmpfloat(v->width, ==, 1.5);
  g_assert_null(participant_value(p, "email"));
  g_assert_cmpstr(((InvalidValue *)p->invalid->pdata[0])->reason, ==, "too short");
  g_assert_cmpint(back->bounce->action, ==, BOUNCE_EXPANDED);
  g_assert_cmpstr(back->bounce->diagnostic, ==, "550 no such user");
  g_assert_cmpuint(g_bytes_get_size(back->page.png), ==, 12);
  g_assert_cmpfloat(back->page.height, ==, 842);
  g_assert_true(g_bytes_equal(back->part, e->part));
  g_assert_cmpstr(back->original->html, ==, "<p>a</p>");
  g_assert_cmpuint(back->original->parts->len, ==, 1);
  const OriginalPart *part = back->original->parts->pdata[0];
  g_assert_true(part->index == 3 && part->size_bytes == 1ull << 40 && part->pages == 7);
  g_assert_true(part->body && !strcmp(part->name, "a.pdf"));
  g_assert_cmpstr(part->type, ==, "application/pdf");
  g_assert_true(((ExtractionLine *)back->lines->pdata[0])->quoted);
  g_autoptr(GBytes) again = wire_extraction_write(back);
  g_assert_true(g_bytes_equal(bytes, again));
}

static void test_absence_survives(void) {
  g_autoptr(Extraction) e = extraction_new();
  g_autoptr(GBytes) bytes = wire_extraction_write(e);
  g_autoptr(Extraction) back = wire_extraction_read(bytes, NULL);
  g_assert_nonnull(back);
  g_assert_null(back->return_path);
  g_assert_null(back->text);
  g_assert_null(back->bounce);
  g_assert_null(back->lines);
}

/* Each spoils one thing of a valid extraction. */
static FieldValue *value(Extraction *e) {
  return g_ptr_array_index(((Participant *)g_ptr_array_index(e->participants, 0))->values, 0);
}
static void spoil_kind(Extraction *e) {
  e->kind = KIND_COUNT;
}
static void spoil_flags(Extraction *e) {
  e->flags = 1u << 20;
}
static void spoil_utf8(Extraction *e) {
  e->subject[1] = '\xff';
}
static void spoil_line_break(Extraction *e) {
  e->message_id[1] = '\n';
}
static void spoil_line_index(Extraction *e) {
  value(e)->line = 1;
}
static void spoil_end(Extraction *e) {
  value(e)->end = 13;
}
static void spoil_start(Extraction *e) {
  value(e)->start = 13;
}
static void spoil_confidence(Extraction *e) {
  value(e)->confidence = 101;
}
static void spoil_field_name(Extraction *e) {
  g_free(value(e)->field);
  value(e)->field = g_strdup("last\nname");
  value(e)->confidence = 101;
}
static void spoil_rectangle(Extraction *e) {
  value(e)->x = -1.0 / 0.0;
}
static void spoil_field(Extraction *e) {
  value(e)->field[0] = '\0';
}
static void spoil_twice(Extraction *e) {
  Participant *p = g_ptr_array_index(e->participants, 0);
  g_ptr_array_add(p->values, field_value_new("last_name", "X"));
}
static void spoil_value_length(Extraction *e) {
  g_free(value(e)->value);
  value(e)->value = g_strnfill(WIRE_VALUE_MAX_BYTES + 1, 'a');
}
static void spoil_notes(Extraction *e) {
  while (e->notes->len <= WIRE_STRINGS_MAX) g_ptr_array_add(e->notes, g_strdup("n"));
}
static void spoil_participants(Extraction *e) {
  while (e->participants->len <= WIRE_PARTICIPANTS_MAX)
    g_ptr_array_add(e->participants, participant_new());
}
static void spoil_lines(Extraction *e) {
  while (e->lines->len <= WIRE_LINES_MAX) g_ptr_array_add(e->lines, extraction_line_new(""));
}
static void spoil_action(Extraction *e) {
  e->bounce->action = BOUNCE_ACTION_COUNT;
}
static void spoil_diagnostic(Extraction *e) {
  g_free(e->bounce->diagnostic);
  e->bounce->diagnostic = g_strnfill(WIRE_BOUNCE_MAX_BYTES + 1, 'a');
}
static void spoil_png(Extraction *e) {
  g_bytes_unref(e->page.png);
  e->page.png = g_bytes_new_static("GIF89a, no more", 15);
}
static void spoil_page_length(Extraction *e) {
  g_bytes_unref(e->page.png);
  e->page.png = g_bytes_new_take(g_malloc0(WIRE_PAGE_MAX_BYTES + 1), WIRE_PAGE_MAX_BYTES + 1);
}
static OriginalPart *first_part(Extraction *e) {
  return e->original->parts->pdata[0];
}
static void spoil_original(Extraction *e) {
  g_free(e->original->html);
  e->original->html = g_strnfill(WIRE_ORIGINAL_MAX_BYTES + 1, 'a');
}
static void spoil_original_letters(Extraction *e) {
  e->original->html[1] = '\xff';
}
static void spoil_parts(Extraction *e) {
  for (guint i = 0; i < WIRE_PARTS_MAX; i++) {
    OriginalPart *part = g_new0(OriginalPart, 1);
    part->name = g_strdup("");
    part->type = g_strdup("");
    g_ptr_array_add(e->original->parts, part);
  }
}
static void spoil_part_name(Extraction *e) {
  first_part(e)->name[0] = '\n';
}
static void spoil_part_type(Extraction *e) {
  g_free(first_part(e)->type);
  first_part(e)->type = g_strnfill(WIRE_PART_NAME_MAX_BYTES + 1, 'a');
}
static void spoil_part_pages(Extraction *e) {
  first_part(e)->pages = WIRE_PART_PAGES_MAX + 1;
}
static void spoil_page_size(Extraction *e) {
  e->page.height = -1;
}

static void spoil_unseen_line(Extraction *e) {
  g_clear_pointer(&e->lines, g_ptr_array_unref);
  value(e)->line = WIRE_LINES_MAX;
}
static void spoil_raw(Extraction *e) {
  g_free(value(e)->raw);
  value(e)->raw = g_strdup("Nom\xff");
}
static void spoil_rule(Extraction *e) {
  g_free(value(e)->rule);
  value(e)->rule = g_strdup("label:Nom\nX");
}
static void spoil_reason(Extraction *e) {
  Participant *p = g_ptr_array_index(e->participants, 0);
  g_ptr_array_add(p->invalid, invalid_value_new("phone", "06", "too\nshort"));
}
static void spoil_invalid(Extraction *e) {
  Participant *p = g_ptr_array_index(e->participants, 0);
  while (p->invalid->len <= WIRE_STRINGS_MAX)
    g_ptr_array_add(p->invalid, invalid_value_new("phone", "06", "too short"));
}
static void spoil_missing(Extraction *e) {
  Participant *p = g_ptr_array_index(e->participants, 0);
  g_ptr_array_add(p->missing, g_strdup("a\rb"));
}
static void spoil_line_source(Extraction *e) {
  ExtractionLine *line = e->lines->pdata[0];
  g_free(line->source);
  line->source = g_strdup("a\nb");
}
static void spoil_text(Extraction *e) {
  e->text[0] = '\xff';
}

static const struct {
  const char *name, *message;
  void (*spoil)(Extraction *e);
} spoils[] = {
    {"line that is not sent", "last_name: stands on a line beyond the limit", spoil_unseen_line},
    {"raw value", "raw value: not UTF-8", spoil_raw},
    {"rule", "rule: more than one line", spoil_rule},
    {"reason", "reason: more than one line", spoil_reason},
    {"invalid values", "invalid values: too many", spoil_invalid},
    {"missing", "missing fields: more than one line", spoil_missing},
    {"source of a line", "source of a line: more than one line", spoil_line_source},
    {"text", "text: not UTF-8", spoil_text},
    {"kind", "kind: unknown", spoil_kind},
    {"flags", "flags: unknown", spoil_flags},
    {"utf8", "subject: not UTF-8", spoil_utf8},
    {"line break", "message_id: more than one line", spoil_line_break},
    {"line index", "last_name: stands on a line that is not there", spoil_line_index},
    {"end", "last_name: stands behind the end of its line", spoil_end},
    {"start", "last_name: ends before it starts", spoil_start},
    {"confidence", "last_name: confidence above 100", spoil_confidence},
    {"name in an error", "field name: more than one line", spoil_field_name},
    {"rectangle", "last_name: no rectangle", spoil_rectangle},
    {"field", "value: has no field", spoil_field},
    {"twice", "last_name: two values for one participant", spoil_twice},
    {"value length", "value: too long", spoil_value_length},
    {"notes", "notes: too many", spoil_notes},
    {"participants", "participants: too many", spoil_participants},
    {"lines", "lines: too many", spoil_lines},
    {"action", "bounce: unknown action", spoil_action},
    {"diagnostic", "diagnostic: too long", spoil_diagnostic},
    {"page that is no PNG", "page: no PNG", spoil_png},
    {"page length", "page: too long", spoil_page_length},
    {"page size", "page: has no size", spoil_page_size},
    {"original", "original: too long", spoil_original},
    {"letters of the original", "original: not UTF-8", spoil_original_letters},
    {"parts", "parts: too many", spoil_parts},
    {"name of a part", "name of a part: more than one line", spoil_part_name},
    {"type of a part", "type of a part: too long", spoil_part_type},
    {"pages of a part", "part: too many pages", spoil_part_pages},
};

static void test_lies_are_refused(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(spoils); i++) {
    g_autoptr(Extraction) e = sample();
    spoils[i].spoil(e);
    g_autoptr(GBytes) bytes = wire_extraction_write(e);
    g_autoptr(GError) error = NULL;
    Extraction *back = wire_extraction_read(bytes, &error);
    if (back || !g_error_matches(error, WIRE_ERROR, WIRE_ERROR_INVALID) ||
        !strstr(error->message, spoils[i].message))
      g_error("%s: %s", spoils[i].name, error ? error->message : "accepted");
  }
}

/* What a reply with a part of so many bytes, and a text of so many, is taken for; NULL: read. */
static char *reply_fault(gsize part_bytes, gsize text_bytes) {
  g_autoptr(Extraction) e = extraction_new();
  g_autoptr(GError) error = NULL;
  if (part_bytes) e->part = g_bytes_new_take(g_malloc0(part_bytes), part_bytes);
  e->text = g_strnfill(text_bytes, 'a');
  g_autoptr(GBytes) bytes = wire_reply_write(1, e);
  g_autoptr(Extraction) back = wire_reply_read(bytes, 1, &error);
  g_assert_true(!back == !!error);
  if (back && part_bytes) g_assert_cmpuint(g_bytes_get_size(back->part), ==, part_bytes);
  return error ? g_strdup(error->message) : NULL;
}

static void test_a_part_has_a_bound_of_its_own(void) {
  static const struct {
    gsize part, text;
    const char *fault;
  } rows[] = {
      {WIRE_PART_MAX_BYTES, 1000, NULL},
      {WIRE_PART_MAX_BYTES + 1, 1000, "part: too long"},
      {WIRE_PART_MAX_BYTES, WIRE_REPLY_MAX_BYTES, "Reply: too long"},
      {0, WIRE_REPLY_MAX_BYTES - 1000, NULL},
      {0, WIRE_REPLY_MAX_BYTES, "Reply: too long"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *fault = reply_fault(rows[i].part, rows[i].text);
    g_assert_true(!fault == !rows[i].fault);
    if (fault) g_assert_nonnull(strstr(fault, rows[i].fault));
  }
}

/* Two bytes each on the wire, a struct each in memory. */
static void test_amplification_is_bounded(void) {
  const gsize count = 3 << 20;
  guint8 *data = g_malloc(count * 2);
  for (gsize i = 0; i < count; i++) data[2 * i] = (13 << 3) | 2, data[2 * i + 1] = 0;
  g_autoptr(GBytes) bytes = g_bytes_new_take(data, count * 2);
  g_autoptr(GError) error = NULL;
  g_assert_null(wire_extraction_read(bytes, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_INVALID);
}

static void test_reply(void) {
  g_autoptr(Extraction) e = sample();
  g_autoptr(GBytes) bytes = wire_reply_write(7, e);
  g_autoptr(GError) error = NULL;
  g_autoptr(Extraction) back = wire_reply_read(bytes, 7, &error);
  g_assert_nonnull(back);
  g_assert_null(wire_reply_read(bytes, 8, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_INVALID);
  g_clear_error(&error);
  g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
  g_assert_null(wire_reply_read(empty, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_INVALID);
  g_clear_error(&error);
  g_autoptr(GBytes) garbage = g_bytes_new_static("\xff\xff\xff", 3);
  g_assert_null(wire_reply_read(garbage, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_INVALID);
}

/* A worker that was taken over may write what it likes, a field that nobody knows here: what is
 * kept is written anew. */
static void test_what_is_kept_is_ours(void) {
  g_autoptr(Extraction) e = sample();
  g_autoptr(GBytes) made = wire_extraction_write(e);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(made, &size);
  g_autoptr(GByteArray) longer = g_byte_array_new();
  g_byte_array_append(longer, data, (guint)size);
  g_byte_array_append(longer, (const guint8 *)"\xf8\x7f\x01", 3);
  g_autoptr(GBytes) odd = g_bytes_new(longer->data, longer->len);
  g_autoptr(Extraction) back = wire_extraction_read(odd, NULL);
  g_assert_nonnull(back);
  g_autoptr(GBytes) kept = wire_extraction_write(back);
  g_assert_true(g_bytes_equal(made, kept));
}

typedef struct {
  int read, write;
} Pipe;

static Pipe pipe_new(gboolean blocking) {
  int fds[2];
  g_assert_cmpint(pipe2(fds, blocking ? 0 : O_NONBLOCK), ==, 0);
  return (Pipe){fds[0], fds[1]};
}

static void pipe_close(Pipe p) {
  if (p.read >= 0) close(p.read);
  if (p.write >= 0) close(p.write);
}

static gpointer write_big(gpointer data) {
  g_autofree guint8 *big = g_malloc0(1 << 20);
  memset(big, 'b', 1 << 20);
  gboolean ok = wire_write(GPOINTER_TO_INT(data), big, 1 << 20,
                           g_get_monotonic_time() + 10 * SECOND_US, NULL);
  return GINT_TO_POINTER(ok);
}

/* More than a pipe holds, so that both sides must wait for each other. */
static void test_frames(gconstpointer blocking) {
  Pipe p = pipe_new(GPOINTER_TO_INT(blocking));
  GThread *thread = g_thread_new("writer", write_big, GINT_TO_POINTER(p.write));
  g_autoptr(GError) error = NULL;
  gint64 deadline = g_get_monotonic_time() + 10 * SECOND_US;
  g_autoptr(GBytes) frame = wire_read(p.read, 1 << 20, deadline, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(g_bytes_get_size(frame), ==, 1 << 20);
  g_assert_true(GPOINTER_TO_INT(g_thread_join(thread)));
  pipe_close(p);
}

static void test_deadlines(gconstpointer blocking) {
  Pipe p = pipe_new(GPOINTER_TO_INT(blocking));
  g_autoptr(GError) error = NULL;
  g_assert_null(wire_read(p.read, 100, g_get_monotonic_time() + SHORT_US, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_TIMEOUT);
  g_clear_error(&error);
  g_autofree guint8 *big = g_malloc0(1 << 20);
  gint64 before = g_get_monotonic_time();
  g_assert_false(wire_write(p.write, big, 1 << 20, before + SHORT_US, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_TIMEOUT);
  g_assert_cmpint(g_get_monotonic_time() - before, >=, SHORT_US);
  pipe_close(p);
}

static void test_closed(void) {
  Pipe p = pipe_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(write(p.write, "\0\0\0\5ab", 6), ==, 6);
  close(p.write);
  p.write = -1;
  g_assert_null(wire_read(p.read, 100, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_CLOSED);
  g_clear_error(&error);
  pipe_close(p);
  p = pipe_new(TRUE);
  close(p.read);
  p.read = -1;
  g_assert_false(wire_write(p.write, (const guint8 *)"a", 1, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_CLOSED);
  pipe_close(p);
}

static void test_length_is_checked(void) {
  Pipe p = pipe_new(TRUE);
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(write(p.write, "\377\377\377\377", 4), ==, 4);
  g_assert_null(wire_read(p.read, WIRE_FRAME_MAX_BYTES, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_cmpint(write(p.write, "\0\0\0\145", 4), ==, 4); /* 101 */
  g_assert_null(wire_read(p.read, 100, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_cmpint(write(p.write, "\0\0\0\0", 4), ==, 4);
  g_autoptr(GBytes) empty = wire_read(p.read, 100, 0, &error);
  g_assert_cmpuint(g_bytes_get_size(empty), ==, 0);
  pipe_close(p);
}

static void test_kinds(void) {
  for (int kind = 0; kind < KIND_COUNT; kind++)
    g_assert_cmpint(mail_kind_parse(mail_kind_name((MailKind)kind)), ==, kind);
  g_assert_cmpint(mail_kind_parse("spam"), ==, -1);
  g_assert_cmpint(mail_kind_parse(NULL), ==, -1);
}

/* protobuf-c takes any bytes for a string, however deep within a message. */
static void test_utf8(void) {
  Wire__Setup setup = WIRE__SETUP__INIT;
  Wire__Event event = WIRE__EVENT__INIT, *events[] = {&event};
  Wire__Field field = WIRE__FIELD__INIT, *fields[] = {&field};
  char good[] = "d\303\251j\303\240", bad[] = "\303";
  char *words[] = {good, bad};
  setup.events = events;
  setup.n_events = event.n_fields = event.n_words = 1;
  event.fields = fields;
  event.words = words;
  event.id = field.name = good;
  g_assert_true(wire_is_utf8(&setup.base));
  event.n_words = 2;
  g_assert_false(wire_is_utf8(&setup.base));
  event.n_words = 1;
  field.name = bad;
  g_assert_false(wire_is_utf8(&setup.base));
}

static void test_what_cannot_be_written(void) {
  Pipe p = pipe_new(TRUE);
  g_autoptr(GError) error = NULL;
  static const guint8 one[] = "a";
  g_assert_false(wire_write(p.write, one, WIRE_FRAME_MAX_BYTES + 1, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_IO); /* and nothing of it has been read or sent */
  g_clear_error(&error);
  g_assert_true(wire_write(p.write, one, 1, 0, &error));
  g_autoptr(GBytes) frame = wire_read(p.read, 100, 0, &error);
  g_assert_cmpuint(g_bytes_get_size(frame), ==, 1);
  g_assert_false(wire_write(p.read, one, 1, 0, &error)); /* the wrong end of it */
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_IO);
  g_clear_error(&error);
  g_assert_null(wire_read(p.write, 100, 0, &error));
  g_assert_error(error, WIRE_ERROR, WIRE_ERROR_IO);
  pipe_close(p);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  signal(SIGPIPE, SIG_IGN);
  g_test_add_func("/wire/part", test_a_part_has_a_bound_of_its_own);
  g_test_add_func("/wire/extraction", test_extraction_survives);
  g_test_add_func("/wire/absence", test_absence_survives);
  g_test_add_func("/wire/lies", test_lies_are_refused);
  g_test_add_func("/wire/amplification", test_amplification_is_bounded);
  g_test_add_func("/wire/reply", test_reply);
  g_test_add_func("/wire/kept", test_what_is_kept_is_ours);
  g_test_add_data_func("/wire/frames/blocking", GINT_TO_POINTER(TRUE), test_frames);
  g_test_add_data_func("/wire/frames/non-blocking", GINT_TO_POINTER(FALSE), test_frames);
  g_test_add_data_func("/wire/deadlines/blocking", GINT_TO_POINTER(TRUE), test_deadlines);
  g_test_add_data_func("/wire/deadlines/non-blocking", GINT_TO_POINTER(FALSE), test_deadlines);
  g_test_add_func("/wire/closed", test_closed);
  g_test_add_func("/wire/utf8", test_utf8);
  g_test_add_func("/wire/length", test_length_is_checked);
  g_test_add_func("/wire/unwritable", test_what_cannot_be_written);
  g_test_add_func("/extraction/kinds", test_kinds);
  return g_test_run();
}
