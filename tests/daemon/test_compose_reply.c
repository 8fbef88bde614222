/* compose_reply: mails read back with GMime and held against RFC 3834, 5230 5.8, 5322, 3676. */
#include "daemon/compose_reply.h"

#include <gmime/gmime.h>

#include "daemon/token.h"
#include "tests/daemon/reply_fixture.h"

enum { NOW = 1560000000 }; /* 2019-06-08T13:20:00Z */
static const guint8 secret[32] = "a secret of the tests, 32 bytes";
static const char *const languages[] = {"fr", "en", "ja"};

/* --- asking and reading ----------------------------------------------------------------------- */

static GPtrArray *people_new(Registration *first) {
  GPtrArray *people = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  if (first) g_ptr_array_add(people, first);
  return people;
}

static ReplyRequest request_for(const Fixture *fixture, ReplyKind kind, const char *language,
                                const GPtrArray *people) {
  return (ReplyRequest){.config = fixture->config,
                        .replies = fixture->replies,
                        .event = fixture->event,
                        .language = language,
                        .kind = kind,
                        .to = "h.durand@ville.example",
                        .registrations = people,
                        .subject = "RE: Re : Réunion du comité de pilotage",
                        .message_id = "one@ville.example",
                        .secret = secret,
                        .thread = 3,
                        .message = 5,
                        .reply_to = FIXTURE_OUR,
                        .own_text = "Bonjour,\n\nune place vous attend.",
                        .now = NOW};
}

static Reply *compose(const ReplyRequest *request) {
  GError *error = NULL;
  Reply *reply = compose_reply(request, &error);
  g_assert_no_error(error);
  return reply;
}

static GMimeMessage *parse(const Reply *reply) {
  gsize size = 0;
  const char *data = g_bytes_get_data(reply->mail, &size);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, size);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  g_object_unref(parser);
  g_object_unref(stream);
  g_assert_nonnull(message);
  return message;
}

static GMimePart *part_at(GMimeMessage *message, int index) {
  GMimeObject *part = g_mime_message_get_mime_part(message);
  if (GMIME_IS_MULTIPART(part)) part = g_mime_multipart_get_part(GMIME_MULTIPART(part), index);
  return GMIME_PART(part);
}

/* The decoded content, CRLF as it stands in it. */
static char *content_of(GMimePart *part) {
  GMimeStream *stream = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), stream);
  GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
  char *text = g_strndup((const char *)bytes->data, bytes->len);
  g_object_unref(stream);
  return text;
}

/* The text as an RFC 3676 reader shows it. */
static char *text_of(GMimeMessage *message) {
  GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part_at(message, 0)));
  gboolean delsp = !g_strcmp0(g_mime_content_type_get_parameter(type, "delsp"), "yes");
  g_autofree char *raw = content_of(part_at(message, 0));
  g_auto(GStrv) lines = g_strsplit(raw, "\r\n", -1);
  GString *out = g_string_new(NULL);
  for (char **line = lines; *line; line++) {
    const char *content = **line == ' ' ? *line + 1 : *line;
    gsize length = strlen(content);
    gboolean soft = length && content[length - 1] == ' ' && strcmp(content, "-- ");
    g_string_append_len(out, content, (gssize)(soft && delsp ? length - 1 : length));
    if (!soft) g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}

/* GMime keeps the Content- fields of the top with the part. */
static const char *header(GMimeMessage *message, const char *name) {
  const char *value = g_mime_object_get_header(GMIME_OBJECT(message), name);
  return value ? value : g_mime_object_get_header(g_mime_message_get_mime_part(message), name);
}

static const char *raw_head(const Reply *reply, char **ret_owned) {
  gsize size = 0;
  const char *data = g_bytes_get_data(reply->mail, &size);
  const char *end = g_strstr_len(data, (gssize)size, "\r\n\r\n");
  return *ret_owned = g_strndup(data, (gsize)(end - data) + 2);
}

/* "From To …" as they stand in the mail. */
static char *header_names(const Reply *reply) {
  g_autofree char *head = NULL;
  g_auto(GStrv) lines = g_strsplit(raw_head(reply, &head), "\r\n", -1);
  GString *names = g_string_new(NULL);
  for (char **line = lines; *line && **line; line++)
    if (**line != ' ' && **line != '\t')
      g_string_append_printf(names, "%.*s ", (int)strcspn(*line, ":"), *line);
  return g_string_free(names, FALSE);
}

/* --- every kind in every language ------------------------------------------------------------- */

#define ADDRESSED "From To Reply-To Subject Date Message-Id In-Reply-To References "
#define AUTOMATIC "Auto-Submitted Precedence X-Auto-Response-Suppress "
#define TEXT "MIME-Version Content-Type Content-Language Content-Transfer-Encoding "
#define MIXED "MIME-Version Content-Type Content-Language "

static const struct {
  ReplyKind kind;
  const char *status;
  const char *names;
  const char *method; /* of the calendar; NULL: none */
} kinds[] = {
    {REPLY_CONFIRMED, "registered", ADDRESSED AUTOMATIC MIXED, "PUBLISH"},
    {REPLY_UPDATED, "registered", ADDRESSED AUTOMATIC MIXED, "PUBLISH"},
    {REPLY_ASK, "incomplete", ADDRESSED AUTOMATIC TEXT, NULL},
    {REPLY_LATE, "late", ADDRESSED AUTOMATIC TEXT, NULL},
    {REPLY_DECLINED, "declined", ADDRESSED AUTOMATIC TEXT, NULL},
    {REPLY_CANCELLED, "cancelled", ADDRESSED AUTOMATIC MIXED, "CANCEL"},
    {REPLY_RECEIVED, NULL, ADDRESSED AUTOMATIC TEXT, NULL},
};

static GPtrArray *people_of_kind(guint row) {
  if (!kinds[row].status) return people_new(NULL);
  Registration *registration = fixture_helene();
  fixture_string(&registration->status, kinds[row].status);
  if (kinds[row].kind == REPLY_CANCELLED) {
    HistoryEntry *entry = history_entry_new();
    fixture_string(&entry->status, "registered");
    g_ptr_array_add(registration->history, entry);
  }
  if (kinds[row].kind == REPLY_ASK) {
    registration_set(registration, "organization", NULL);
    g_ptr_array_add(registration->missing, g_strdup("organization"));
  }
  if (kinds[row].kind == REPLY_DECLINED) registration_set(registration, "attendance", "no");
  return people_new(registration);
}

static void check_fixed_headers(GMimeMessage *message, const char *language) {
  static const char *const fixed[][2] = {{"Auto-Submitted", "auto-replied"},
                                         {"Precedence", "bulk"},
                                         {"X-Auto-Response-Suppress", "All"},
                                         {"In-Reply-To", "<one@ville.example>"},
                                         {"References", "<one@ville.example>"},
                                         {"To", "h.durand@ville.example"},
                                         {"Reply-To", FIXTURE_OUR},
                                         {"From", "Cités Unies France <secretariat@cuf.example>"},
                                         {"Date", "Sat, 08 Jun 2019 13:20:00 +0000"},
                                         {"MIME-Version", "1.0"}};
  for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
    g_assert_cmpstr(header(message, fixed[i][0]), ==, fixed[i][1]);
  g_assert_cmpstr(header(message, "Content-Language"), ==, language);
}

/* RFC 5322 2.1.1 and 2.3, RFC 2045 2.7: 7 bit, CRLF alone, no line over 78. */
static void check_bytes(const Reply *reply) {
  gsize size = 0;
  const char *data = g_bytes_get_data(reply->mail, &size);
  g_autofree char *text = g_strndup(data, size);
  g_assert_cmpuint(strlen(text), ==, size);
  g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
  for (char **line = lines; *line; line++) {
    if (strlen(*line) > 78) g_test_message("long: %s", *line);
    g_assert_cmpuint(strlen(*line), <=, 78);
    g_assert_null(strpbrk(*line, "\r\n"));
    g_assert_true(g_str_is_ascii(*line));
  }
  g_assert_true(g_str_has_suffix(text, "\r\n"));
}

static void check_parts(GMimeMessage *message, guint row) {
  GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part_at(message, 0)));
  g_assert_true(g_mime_content_type_is_type(type, "text", "plain"));
  g_assert_cmpstr(g_mime_content_type_get_parameter(type, "charset"), ==, "utf-8");
  g_assert_cmpstr(g_mime_content_type_get_parameter(type, "format"), ==, "flowed");
  gboolean mixed = GMIME_IS_MULTIPART(g_mime_message_get_mime_part(message));
  g_assert_true(mixed == (kinds[row].method != NULL));
  if (!mixed) return;
  GMimePart *calendar = part_at(message, 1);
  type = g_mime_object_get_content_type(GMIME_OBJECT(calendar));
  g_assert_true(g_mime_content_type_is_type(type, "text", "calendar"));
  g_assert_cmpstr(g_mime_content_type_get_parameter(type, "method"), ==, kinds[row].method);
  g_assert_cmpstr(g_mime_part_get_filename(calendar), ==, "copil-2019.ics");
  g_autofree char *content = content_of(calendar);
  g_autofree char *line = g_strdup_printf("\r\nMETHOD:%s\r\n", kinds[row].method);
  g_assert_nonnull(strstr(content, line));
}

static void test_kinds(void) {
  Fixture fixture;
  fixture_open(&fixture);
  for (guint row = 0; row < G_N_ELEMENTS(kinds); row++) {
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
      g_autoptr(GPtrArray) people = people_of_kind(row);
      ReplyRequest request = request_for(&fixture, kinds[row].kind, languages[i], people);
      g_autoptr(Reply) reply = compose(&request);
      GMimeMessage *message = parse(reply);
      g_autofree char *names = header_names(reply);
      g_test_message("%s %s", reply_kind_name(kinds[row].kind), languages[i]);
      g_assert_cmpstr(names, ==, kinds[row].names);
      check_fixed_headers(message, languages[i]);
      check_bytes(reply);
      check_parts(message, row);
      g_assert_cmpstr(g_mime_message_get_message_id(message), ==, reply->message_id);
      g_assert_cmpuint(strlen(g_mime_message_get_subject(message)), >, 5);
      g_object_unref(message);
    }
  }
  fixture_close(&fixture);
}

/* --- what the text tells ---------------------------------------------------------------------- */

static char *text_for(const ReplyRequest *request) {
  g_autoptr(Reply) reply = compose(request);
  GMimeMessage *message = parse(reply);
  char *text = text_of(message);
  g_object_unref(message);
  return text;
}

/* Understood values are echoed; health data never, in no kind and no language (RFC 3834 3.2). */
static void test_echo(void) {
  Fixture fixture;
  fixture_open(&fixture);
  for (guint row = 0; row < G_N_ELEMENTS(kinds); row++) {
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
      g_autoptr(GPtrArray) people = people_of_kind(row);
      ReplyRequest request = request_for(&fixture, kinds[row].kind, languages[i], people);
      g_autofree char *text = text_for(&request);
      g_test_message("%s", text);
      g_assert_null(strstr(text, "gluten"));
      g_assert_cmpuint(strlen(text), <=, REPLY_TEXT_MAX_BYTES);
      if (kinds[row].kind == REPLY_CONFIRMED) g_assert_nonnull(strstr(text, "DURAND"));
      if (kinds[row].kind == REPLY_ASK)
        g_assert_nonnull(strstr(text, event_label(fixture.event, languages[i], "organization")));
    }
  }
  fixture_close(&fixture);
}

static void test_privacy_notice(void) {
  Fixture fixture;
  fixture_open(&fixture);
  for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
    g_autoptr(GPtrArray) people = people_of_kind(0);
    ReplyRequest request = request_for(&fixture, REPLY_CONFIRMED, languages[i], people);
    g_autoptr(Reply) second = compose(&request);
    g_autofree char *without = text_for(&request);
    request.first = TRUE;
    g_autoptr(Reply) first = compose(&request);
    g_autofree char *with = text_for(&request);
    const char *url = event_text(fixture.event, languages[i], "privacy_url");
    g_assert_nonnull(strstr(with, url));
    g_assert_null(strstr(without, url));
    g_assert_cmpstr(first->text_hash, ==, second->text_hash);
  }
  fixture_close(&fixture);
}

/* The hash follows the text; the Message-ID the message that is answered. */
static void test_identity(void) {
  Fixture fixture;
  fixture_open(&fixture);
  g_autoptr(GPtrArray) people = people_of_kind(0);
  ReplyRequest request = request_for(&fixture, REPLY_CONFIRMED, "fr", people);
  g_autoptr(Reply) reply = compose(&request);
  g_autoptr(Reply) same = compose(&request);
  g_assert_true(g_bytes_equal(reply->mail, same->mail));
  guint64 thread = 0, message = 0;
  g_assert_true(token_read(secret, reply->message_id, &thread, &message));
  g_assert_cmpuint(thread, ==, 3);
  g_assert_cmpuint(message, ==, 5);
  g_assert_true(g_str_has_suffix(reply->message_id, "@cuf.example"));
  g_assert_cmpstr(reply->envelope_from, ==, "");
  request.message = 6;
  g_autoptr(Reply) later = compose(&request);
  g_assert_cmpstr(reply->text_hash, ==, later->text_hash);
  g_assert_cmpstr(reply->message_id, !=, later->message_id);
  registration_set(people->pdata[0], "phone", "+33699999999");
  g_autoptr(Reply) other = compose(&request);
  g_assert_cmpstr(later->text_hash, !=, other->text_hash);
  fixture_close(&fixture);
}

/* A value that was given but is none is told, as long as it is still lacking. */
static void test_invalid(void) {
  Fixture fixture;
  fixture_open(&fixture);
  g_autoptr(GPtrArray) people = people_of_kind(2);
  g_autoptr(GPtrArray) participants =
      g_ptr_array_new_with_free_func((GDestroyNotify)participant_free);
  Participant *participant = participant_new();
  g_ptr_array_add(participant->invalid, invalid_value_new("phone", "06 12", "too short"));
  g_ptr_array_add(participant->invalid, invalid_value_new("needs", "secret 42", "odd"));
  g_ptr_array_add(participants, participant);
  ReplyRequest request = request_for(&fixture, REPLY_ASK, "fr", people);
  request.participants = participants;
  registration_set(people->pdata[0], "phone", NULL);
  g_autofree char *text = text_for(&request);
  g_assert_nonnull(strstr(text, "06 12"));
  g_assert_null(strstr(text, "secret 42"));
  registration_set(people->pdata[0], "phone", "+33612345678");
  g_autofree char *given = text_for(&request);
  g_assert_null(strstr(given, "06 12"));
  fixture_close(&fixture);
}

/* Fifty people do not fit with every value; all are answered nevertheless. */
static void test_many_people(void) {
  Fixture fixture;
  fixture_open(&fixture);
  for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
    g_autoptr(GPtrArray) people = people_new(NULL);
    for (guint k = 0; k < 50; k++) {
      Registration *registration = fixture_helene();
      registration->id = k + 1;
      g_ptr_array_add(people, registration);
    }
    ReplyRequest request = request_for(&fixture, REPLY_CONFIRMED, languages[i], people);
    request.first = TRUE;
    g_autofree char *text = text_for(&request);
    g_assert_cmpuint(strlen(text), <=, REPLY_TEXT_MAX_BYTES);
    g_assert_nonnull(strstr(text, "DURAND"));
  }
  fixture_close(&fixture);
}

/* --- strangers' words ------------------------------------------------------------------------- */

static const char *const evil[] = {
    "x\r\nBcc: victim@example.org",
    "x\nBcc: victim@example.org\n\nbody",
    "x\rBcc: victim@example.org",
    "x\xe2\x80\xa8"
    "Bcc: victim@example.org",
    "\xff\xfe broken \x80",
    "=?utf-8?Q?x=0D=0ABcc:_victim@example.org?=",
    "\"; boundary=x",
    "{{own_text}} {{#people}}",
    "https://evil.example/login www.evil.example javascript://evil.example",
    "\xe2\x80\xae gnp.exe",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaa",
    "会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会議会"
    "議",
    "From here\n> quoted\n.\n-- \nsignature",
};

/* Put one of them everywhere at once. */
static void test_hostile(void) {
  Fixture fixture;
  fixture_open(&fixture);
  for (guint i = 0; i < G_N_ELEMENTS(evil); i++) {
    static const char *const fields[] = {"organization", "last_name", "first_name", "role"};
    g_autoptr(GPtrArray) people = people_of_kind(0);
    for (guint k = 0; k < G_N_ELEMENTS(fields); k++)
      registration_set(people->pdata[0], fields[k], evil[i]);
    g_autoptr(GPtrArray) references = g_ptr_array_new();
    g_ptr_array_add(references, (gpointer)evil[i]);
    ReplyRequest request = request_for(&fixture, REPLY_CONFIRMED, "fr", people);
    request.subject = evil[i];
    request.message_id = evil[i];
    request.references = references;
    g_autoptr(Reply) reply = compose(&request);
    GMimeMessage *message = parse(reply);
    g_autofree char *text = text_of(message);
    g_test_message("row %u", i);
    check_bytes(reply);
    g_assert_null(header(message, "Bcc"));
    g_assert_cmpint(internet_address_list_length(g_mime_message_get_all_recipients(message)), ==,
                    1);
    g_assert_null(strstr(text, "evil.example"));
    g_assert_null(strstr(g_mime_message_get_subject(message), "evil.example"));
    g_assert_null(strstr(text, "\xe2\x80\xae"));
    g_assert_null(strstr(text, "\nBcc"));
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_true(GMIME_IS_MULTIPART(g_mime_message_get_mime_part(message)));
    g_object_unref(message);
  }
  fixture_close(&fixture);
}

static void test_addresses(void) {
  static const struct {
    const char *to;
    gboolean fine;
  } rows[] = {{"a@b.example", TRUE},
              {"first.last+tag@sub.b.example", TRUE},
              {"o'neil@b.example", TRUE},
              {"", FALSE},
              {"a", FALSE},
              {"@b.example", FALSE},
              {"a@", FALSE},
              {"a b@b.example", FALSE},
              {"a@b.example\r\nRCPT TO:<c@d.example>", FALSE},
              {"a@b.example, c@d.example", FALSE},
              {"<a@b.example>", FALSE},
              {"a@b.example>", FALSE},
              {"a@b..example", FALSE},
              {"a@-b.example", FALSE}};
  Fixture fixture;
  fixture_open(&fixture);
  g_autoptr(GPtrArray) people = people_of_kind(0);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    ReplyRequest request = request_for(&fixture, REPLY_CONFIRMED, "fr", people);
    request.to = rows[i].to;
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) reply = compose_reply(&request, &error);
    g_test_message("%s", rows[i].to);
    g_assert_true((reply != NULL) == rows[i].fine);
    g_assert_true((error == NULL) == rows[i].fine);
  }
  fixture_close(&fixture);
}

/* --- the thread ------------------------------------------------------------------------------- */

static void check_references(guint count, const char *parent, const char *want_first,
                             const char *want_last) {
  Fixture fixture;
  fixture_open(&fixture);
  g_autoptr(GPtrArray) people = people_of_kind(6);
  g_autoptr(GPtrArray) references = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < count; i++)
    g_ptr_array_add(references, g_strdup_printf("<message-number-%03u@mail.ville.example>", i));
  ReplyRequest request = request_for(&fixture, REPLY_RECEIVED, "fr", people);
  request.references = references;
  request.message_id = parent;
  g_autoptr(Reply) reply = compose(&request);
  GMimeMessage *message = parse(reply);
  const char *value = header(message, "References");
  if (!want_first) {
    g_assert_null(value);
    g_assert_null(header(message, "In-Reply-To"));
  } else {
    g_assert_true(g_str_has_prefix(value, want_first));
    g_assert_true(g_str_has_suffix(value, want_last));
    g_assert_cmpuint(strlen(value), <=, REPLY_REFERENCES_MAX_BYTES);
  }
  check_bytes(reply);
  g_object_unref(message);
  fixture_close(&fixture);
}

static void test_references(void) {
  check_references(0, "", NULL, NULL);
  check_references(0, "p@q", "<p@q>", "<p@q>");
  check_references(0, "<p@q>", "<p@q>", "<p@q>");
  check_references(2, "p@q", "<message-number-000@mail.ville.example>",
                   "<message-number-001@mail.ville.example> <p@q>");
  check_references(100, "p@q", "<message-number-000@mail.ville.example>",
                   "<message-number-099@mail.ville.example> <p@q>");
  /* The parent is among them already: named once, at the end. */
  check_references(2, "message-number-000@mail.ville.example",
                   "<message-number-001@mail.ville.example>",
                   "<message-number-000@mail.ville.example>");
}

/* Prefixes never grow, whatever the other side's client calls them. */
static void test_subject(void) {
  static const char *const subjects[] = {"Bulletin 3 juillet",
                                         "Re: Bulletin 3 juillet",
                                         "RE: TR: Bulletin 3 juillet",
                                         "Re[2]: Bulletin 3 juillet",
                                         "RE : Réf : Bulletin 3 juillet",
                                         "Auto: Re: Bulletin 3 juillet",
                                         "返信：Re: Bulletin 3 juillet"};
  Fixture fixture;
  fixture_open(&fixture);
  fixture_overlay(&fixture, "fr", "received.txt", "Subject: Re: {{subject}}\n\nBien reçu.\n");
  g_autoptr(GPtrArray) people = people_of_kind(6);
  for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
    ReplyRequest request = request_for(&fixture, REPLY_RECEIVED, "fr", people);
    request.subject = subjects[i];
    g_autoptr(Reply) reply = compose(&request);
    GMimeMessage *message = parse(reply);
    g_assert_cmpstr(g_mime_message_get_subject(message), ==, "Re: Bulletin 3 juillet");
    g_object_unref(message);
  }
  fixture_close(&fixture);
}

/* A template whose own words are longer than a reply may be sends nothing. */
static void test_template_too_long(void) {
  Fixture fixture;
  fixture_open(&fixture);
  g_autofree char *words = g_strnfill(REPLY_TEXT_MAX_BYTES + 1, 'x');
  g_autofree char *text = g_strconcat("Subject: long\n\n", words, "\n", NULL);
  fixture_overlay(&fixture, "fr", "received.txt", text);
  g_autoptr(GPtrArray) people = people_of_kind(6);
  ReplyRequest request = request_for(&fixture, REPLY_RECEIVED, "fr", people);
  g_autoptr(GError) error = NULL;
  g_autoptr(Reply) reply = compose_reply(&request, &error);
  g_assert_null(reply);
  g_assert_nonnull(strstr(error->message, "received.txt"));
  fixture_close(&fixture);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_mime_init();
  g_test_add_func("/compose_reply/kinds", test_kinds);
  g_test_add_func("/compose_reply/echo", test_echo);
  g_test_add_func("/compose_reply/privacy-notice", test_privacy_notice);
  g_test_add_func("/compose_reply/identity", test_identity);
  g_test_add_func("/compose_reply/invalid", test_invalid);
  g_test_add_func("/compose_reply/many-people", test_many_people);
  g_test_add_func("/compose_reply/hostile", test_hostile);
  g_test_add_func("/compose_reply/addresses", test_addresses);
  g_test_add_func("/compose_reply/references", test_references);
  g_test_add_func("/compose_reply/subject", test_subject);
  g_test_add_func("/compose_reply/template-too-long", test_template_too_long);
  return g_test_run();
}
