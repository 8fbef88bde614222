/* compose_reply - one answer as RFC 5322 text; each header field with the clause that asks for it.
 *
 * Relies on: the template's text beginning with "Subject: ". Promises: nothing that a stranger
 * wrote can add a header field or a line beyond its place, the bytes depend on the request alone,
 * and no line is over 998 bytes (78 wanted). */
#include "daemon/compose_reply.h"

#include <gmime/gmime.h>
#include <string.h>

#include "daemon/calendar.h"
#include "daemon/encoded_word.h"
#include "daemon/flowed.h"
#include "daemon/mail/send_smtp.h"
#include "daemon/reply_data.h"
#include "daemon/token.h"

enum {
  LINE_MAX_BYTES = 998, /* RFC 5322 2.1.1, without CRLF */
  SUBJECT_MAX_CHARS = 200,
  MSG_ID_MAX_BYTES = 250,   /* longer ones are not repeated: a line must hold one */
  BASE64_ABOVE_PERCENT = 20 /* quoted-printable triples what is not ASCII */
};

typedef enum { COMPOSE_ERROR_ADDRESS, COMPOSE_ERROR_TEMPLATE, COMPOSE_ERROR_TEXT } ComposeError;

static GQuark compose_error(void) {
  return g_quark_from_static_string("compose-reply-error");
}

/* What is left out, step by step, until the text is short enough. */
static const ReplyDetail details[] = {
    {REPLY_VALUE_MAX_CHARS, 50, TRUE}, {60, 50, TRUE}, {60, 50, FALSE}, {30, 20, FALSE}};

/* --- text ------------------------------------------------------------------------------------- */

typedef struct {
  const ReplyRequest *request;
  const Template *template;
  guint detail; /* row of details */
  json_t *data; /* of that detail; NULL: not made yet */
} Rendering;

/* The template's text with as much detail as there is room for, and no more than before. `first`:
 * with what the first answer alone carries. */
static char *render(Rendering *rendering, gboolean first, GError **error) {
  for (; rendering->detail < G_N_ELEMENTS(details); rendering->detail++) {
    g_autoptr(GError) failed = NULL;
    if (!rendering->data)
      rendering->data = reply_data_new(rendering->request, &details[rendering->detail]);
    json_object_set_new(rendering->data, "first", json_boolean(first));
    char *text =
        template_render(rendering->template, rendering->data, REPLY_TEXT_MAX_BYTES, &failed);
    if (text) return text;
    gboolean last = rendering->detail + 1 == G_N_ELEMENTS(details);
    if (last || !g_error_matches(failed, TEMPLATE_ERROR, TEMPLATE_ERROR_TOO_LONG)) {
      g_propagate_prefixed_error(error, g_steal_pointer(&failed),
                                 "reply '%s': ", reply_kind_name(rendering->request->kind));
      return NULL;
    }
    json_decref(g_steal_pointer(&rendering->data));
  }
  return NULL;
}

/* "Subject: …" off the top; *ret_body: what follows it and its empty line, borrowed. */
static char *take_subject(const ReplyRequest *request, const char *text, const char **ret_body,
                          GError **error) {
  static const char mark[] = "Subject: ";
  if (!g_str_has_prefix(text, mark)) {
    g_set_error(error, compose_error(), COMPOSE_ERROR_TEMPLATE,
                "reply '%s' of event '%s': the first line of the template must begin with "
                "'Subject: '",
                reply_kind_name(request->kind), request->event->id);
    return NULL;
  }
  gsize length = strcspn(text, "\n");
  g_autofree char *line = g_strndup(text + strlen(mark), length - strlen(mark));
  const char *body = text + length;
  while (*body == '\n' || *body == '\r') body++;
  *ret_body = body;
  return reply_data_clean(line, SUBJECT_MAX_CHARS);
}

/* Equal texts to one person have equal hashes: without the privacy notice, which only the first
 * answer carries, without dates and Message-IDs, and without the subject, which repeats the mail's:
 * a robot that counts its mails there gets one answer all the same. */
static char *text_hash(const ReplyRequest *request, const char *whole) {
  const char *text = whole + strcspn(whole, "\n");
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  const char *parts[] = {request->event->id, reply_kind_name(request->kind), text};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    g_checksum_update(sum, (const guchar *)parts[i], (gssize)strlen(parts[i]) + 1);
  return g_strdup(g_checksum_get_string(sum));
}

/* The text of the answer, and its hash. */
static char *write_text(const ReplyRequest *request, const Template *template, char **ret_hash,
                        GError **error) {
  Rendering rendering = {request, template, 0, NULL};
  char *text = render(&rendering, FALSE, error);
  if (text) *ret_hash = text_hash(request, text);
  if (text && request->first) {
    g_free(text);
    text = render(&rendering, TRUE, error);
  }
  json_decref(rendering.data);
  return text;
}

/* --- header fields ---------------------------------------------------------------------------- */

/* Without <> and white space, or NULL where it is none that may be repeated. */
static char *clean_msg_id(const char *id) {
  g_autofree char *copy = g_strstrip(g_strdup(id ? id : ""));
  gsize length = strlen(copy);
  char *start = copy;
  if (length > 2 && copy[0] == '<' && copy[length - 1] == '>') {
    copy[length - 1] = '\0';
    start++;
  }
  if (!*start || strlen(start) > MSG_ID_MAX_BYTES) return NULL;
  for (const char *p = start; *p; p++)
    if (*p <= ' ' || *p > '~' || *p == '<' || *p == '>') return NULL;
  return g_strdup(start);
}

/* Their references, each once at its last place, and the message itself (RFC 5322 3.6.4). */
static GPtrArray *thread_ids(const ReplyRequest *request) {
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  guint count = request->references ? request->references->len : 0;
  for (guint i = 0; i <= count; i++) {
    const char *raw = i < count ? request->references->pdata[i] : request->message_id;
    char *id = clean_msg_id(raw);
    guint at;
    if (!id) continue;
    if (g_ptr_array_find_with_equal_func(ids, id, g_str_equal, &at))
      g_ptr_array_remove_index(ids, at);
    g_ptr_array_add(ids, id);
  }
  return ids;
}

/* The first and as many of the last as have room: cut in the middle, so that both the root of the
 * thread and the message before this one are still named. */
static char *references(const ReplyRequest *request) {
  g_autoptr(GPtrArray) ids = thread_ids(request);
  if (!ids->len) return NULL;
  gsize room = REPLY_REFERENCES_MAX_BYTES - strlen(ids->pdata[0]) - 3;
  guint from = ids->len;
  while (from > 1 && strlen(ids->pdata[from - 1]) + 3 <= room)
    room -= strlen(ids->pdata[--from]) + 3;
  g_autoptr(GString) out = g_string_new(NULL);
  g_string_append_printf(out, "<%s>", (char *)ids->pdata[0]);
  for (guint i = MAX(from, 1); i < ids->len; i++)
    g_string_append_printf(out, " <%s>", (char *)ids->pdata[i]);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static const char *domain_of(const char *address) {
  const char *at = strrchr(address, '@');
  return at ? at + 1 : "localhost";
}

/* The display name in submission.from; "" if none. */
static char *from_name(const Submission *submission) {
  GMimeParserOptions *options = g_mime_parser_options_new();
  InternetAddressList *list = internet_address_list_parse(options, submission->from);
  g_mime_parser_options_free(options);
  InternetAddress *address = list ? internet_address_list_get_address(list, 0) : NULL;
  const char *name = address ? internet_address_get_name(address) : NULL;
  char *clean = reply_data_clean(name ? name : "", 100);
  if (list) g_object_unref(list);
  return clean;
}

static void set_header(GMimeMessage *message, const char *name, const char *value) {
  if (value && *value) g_mime_object_set_header(GMIME_OBJECT(message), name, value, "utf-8");
}

/* A field of words that GMime would not fold. `words` and `rest` stand as they are. */
static void set_raw(GMimeMessage *message, const char *name, const char *words, const char *rest) {
  g_autofree char *raw = g_strdup_printf(" %s%s\n", words, rest);
  g_mime_object_set_header(GMIME_OBJECT(message), name, "", NULL);
  GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
  g_mime_header_set_raw_value(g_mime_header_list_get_header(list, name), raw);
}

static void set_from(GMimeMessage *message, const Submission *submission, const char *name) {
  if (!encoded_word_needed(name)) {
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, *name ? name : NULL,
                               submission->from_address);
    return;
  }
  g_autofree char *words = encoded_word_write(name, strlen("From: "));
  g_autofree char *address = g_strdup_printf("\n <%s>", submission->from_address);
  set_raw(message, "From", words, address);
}

static void set_subject(GMimeMessage *message, const char *subject) {
  if (!encoded_word_needed(subject)) {
    g_mime_message_set_subject(message, subject, "utf-8");
    return;
  }
  g_autofree char *words = encoded_word_write(subject, strlen("Subject: "));
  set_raw(message, "Subject", words, "");
}

static void set_addresses(GMimeMessage *message, const ReplyRequest *request) {
  const Submission *submission = &request->config->submission;
  g_autofree char *name = from_name(submission);
  const char *reply_to = request->reply_to ? request->reply_to : submission->from_address;
  set_from(message, submission, name); /* RFC 3834 3.1.1 */
  g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, NULL, request->to);    /* 3.1.3 */
  g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO, NULL, reply_to); /* 3.1.2 */
}

static void set_thread(GMimeMessage *message, const ReplyRequest *request) {
  g_autofree char *parent = clean_msg_id(request->message_id);
  g_autofree char *refs = references(request);
  g_autofree char *in_reply_to = parent ? g_strdup_printf("<%s>", parent) : NULL;
  set_header(message, "In-Reply-To", in_reply_to); /* RFC 5230 5.8 */
  set_header(message, "References", refs);
}

/* A person's own words are no automatic answer: they go without the marks of one. */
static void set_automatic(GMimeMessage *message, const ReplyRequest *request) {
  if (request->kind == REPLY_OWN) return;
  set_header(message, "Auto-Submitted", "auto-replied");  /* RFC 3834 3.1.7, 5.2 */
  set_header(message, "Precedence", "bulk");              /* RFC 3834 3.1.8 */
  set_header(message, "X-Auto-Response-Suppress", "All"); /* MS-OXCMAIL 2.1.3.2.20 */
}

/* --- body ------------------------------------------------------------------------------------- */

static GMimeDataWrapper *content_of(const char *text) {
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
  GMimeDataWrapper *content =
      g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
  g_object_unref(stream);
  return content;
}

static void set_content(GMimePart *part, const char *text, GMimeContentEncoding encoding) {
  GMimeDataWrapper *content = content_of(text);
  g_mime_part_set_content(part, content);
  g_mime_part_set_content_encoding(part, encoding);
  g_object_unref(content);
}

static char *to_crlf(const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  return g_strjoinv("\r\n", lines);
}

static gboolean mostly_ascii(const char *text) {
  gsize high = 0, length = strlen(text);
  for (const char *p = text; *p; p++) high += (guchar)*p >= 0x80;
  return high * 100 <= length * BASE64_ABOVE_PERCENT;
}

static void set_language(gpointer object, const ReplyRequest *request) {
  const char *language = request->language ? request->language : "";
  gboolean plain = *language != '\0';
  for (const char *p = language; *p; p++) plain = plain && (g_ascii_isalnum(*p) || *p == '-');
  if (plain) g_mime_object_set_header(GMIME_OBJECT(object), "Content-Language", language, NULL);
}

static GMimeObject *text_part(const ReplyRequest *request, const char *body) {
  GMimePart *part = g_mime_part_new_with_type("text", "plain");
  GMimeObject *object = GMIME_OBJECT(part);
  gboolean delsp = flowed_delsp(body);
  g_autofree char *flowed = flowed_write(body, delsp);
  g_autofree char *crlf = to_crlf(flowed);
  gboolean quoted = mostly_ascii(flowed);
  g_mime_object_set_content_type_parameter(object, "charset", "utf-8");
  g_mime_object_set_content_type_parameter(object, "format", "flowed");
  if (delsp) g_mime_object_set_content_type_parameter(object, "delsp", "yes");
  set_language(object, request);
  set_content(part, quoted ? flowed : crlf,
              quoted ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE : GMIME_CONTENT_ENCODING_BASE64);
  return object;
}

static gboolean has_calendar(ReplyKind kind) {
  return kind == REPLY_CONFIRMED || kind == REPLY_UPDATED || kind == REPLY_DECLINED ||
         kind == REPLY_CANCELLED;
}

/* NULL: this answer has none. */
static GMimeObject *calendar_part(const ReplyRequest *request) {
  const Submission *submission = &request->config->submission;
  g_autofree char *name = from_name(submission);
  CalendarRequest wanted = {.event = request->event,
                            .language = request->language,
                            .registrations = request->registrations,
                            .organizer_name = name,
                            .organizer_address = submission->from_address,
                            .domain = domain_of(submission->from_address),
                            .now = request->now};
  const char *method = NULL;
  g_autofree char *calendar = has_calendar(request->kind) ? calendar_write(&wanted, &method) : NULL;
  if (!calendar) return NULL;
  GMimePart *part = g_mime_part_new_with_type("text", "calendar");
  g_autofree char *file = g_strconcat(request->event->id, ".ics", NULL);
  g_strcanon(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", '-');
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "method", method);
  g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
  g_mime_object_set_content_disposition_parameter(GMIME_OBJECT(part), "filename", file);
  set_content(part, calendar, GMIME_CONTENT_ENCODING_BASE64);
  return GMIME_OBJECT(part);
}

/* Made from our Message-ID: the same answer has the same bytes. "=_" is in no quoted-printable or
 * base64 text (RFC 2045 6.7). */
static void set_boundary(GMimeMultipart *multipart, const char *message_id) {
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, message_id, -1);
  g_autofree char *boundary = g_strdup_printf("=_%.32s", sum);
  g_mime_multipart_set_boundary(multipart, boundary);
}

static GMimeObject *body_part(const ReplyRequest *request, const char *body,
                              const char *message_id) {
  GMimeObject *text = text_part(request, body);
  GMimeObject *calendar = calendar_part(request);
  if (!calendar) return text;
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype("mixed");
  set_boundary(multipart, message_id);
  set_language(multipart, request);
  g_mime_multipart_add(multipart, text);
  g_mime_multipart_add(multipart, calendar);
  g_object_unref(text);
  g_object_unref(calendar);
  return GMIME_OBJECT(multipart);
}

/* --- the message ------------------------------------------------------------------------------ */

static GMimeMessage *new_message(const ReplyRequest *request, const char *subject, const char *body,
                                 const char *message_id) {
  GMimeMessage *message = g_mime_message_new(FALSE);
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(request->now);
  set_addresses(message, request);
  set_subject(message, subject);
  g_mime_message_set_date(message, date); /* RFC 3834 3.1.4 */
  g_mime_message_set_message_id(message, message_id);
  set_thread(message, request);
  set_automatic(message, request);
  GMimeObject *part = body_part(request, body, message_id);
  g_mime_message_set_mime_part(message, part);
  g_object_unref(part);
  return message;
}

static GBytes *message_bytes(GMimeMessage *message) {
  GMimeFormatOptions *options = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
  char *text = g_mime_object_to_string(GMIME_OBJECT(message), options);
  g_mime_format_options_free(options);
  return g_bytes_new_take(text, strlen(text));
}

/* What must hold for every mail that leaves, whatever the library did. */
static gboolean check_lines(GBytes *mail, GError **error) {
  gsize size = 0, start = 0;
  const char *data = g_bytes_get_data(mail, &size);
  gboolean fine = size > 2 && data[size - 1] == '\n';
  for (gsize i = 0; i < size && fine; i++) {
    fine = (guchar)data[i] < 0x80 && data[i] != '\0';
    if (data[i] == '\r') fine = fine && i + 1 < size && data[i + 1] == '\n';
    if (data[i] != '\n') continue;
    fine = fine && i > 0 && data[i - 1] == '\r' && i - 1 - start <= LINE_MAX_BYTES;
    start = i + 1;
  }
  if (!fine)
    g_set_error(error, compose_error(), COMPOSE_ERROR_TEXT,
                "the reply is no clean mail (7 bit, CRLF, lines up to %d bytes)", LINE_MAX_BYTES);
  return fine;
}

static gboolean check_request(const ReplyRequest *request, GError **error) {
  const char *from = request->config->submission.from_address;
  const char *reply_to = request->reply_to ? request->reply_to : from;
  const char *addresses[] = {request->to, from, reply_to};
  for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
    if (addresses[i] && send_smtp_address_ok(addresses[i])) continue;
    g_autofree char *shown = reply_data_clean(addresses[i] ? addresses[i] : "", 100);
    g_set_error(error, compose_error(), COMPOSE_ERROR_ADDRESS,
                "'%s' is no address that mail can be sent to (RFC 5321 4.1.2)", shown);
    return FALSE;
  }
  return TRUE;
}

static const Template *find_template(const ReplyRequest *request, GError **error) {
  const Template *template = request->event ? replies_get(request->replies, request->event,
                                                          request->language, request->kind)
                                            : NULL;
  if (!template)
    g_set_error(error, compose_error(), COMPOSE_ERROR_TEMPLATE,
                "no template '%s.txt' for event '%s', language '%s'",
                reply_kind_name(request->kind), request->event ? request->event->id : "",
                request->language ? request->language : "");
  return template;
}

static void start_gmime(void) {
  static gsize started = 0;
  if (!g_once_init_enter(&started)) return;
  g_mime_init();
  g_once_init_leave(&started, 1);
}

Reply *compose_reply(const ReplyRequest *request, GError **error) {
  const Template *template = find_template(request, error);
  if (!template || !check_request(request, error)) return NULL;
  start_gmime();
  g_autoptr(Reply) reply = g_new0(Reply, 1);
  g_autofree char *text = write_text(request, template, &reply->text_hash, error);
  const char *body = NULL;
  g_autofree char *subject = text ? take_subject(request, text, &body, error) : NULL;
  if (!subject) return NULL;
  const Submission *submission = &request->config->submission;
  reply->to = g_strdup(request->to);
  reply->envelope_from = g_strdup(submission->envelope_from ? submission->envelope_from : "");
  reply->message_id =
      token_make(request->secret, request->thread, request->message, reply_kind_name(request->kind),
                 request->round, domain_of(submission->from_address));
  GMimeMessage *message = new_message(request, subject, body, reply->message_id);
  reply->mail = message_bytes(message);
  g_object_unref(message);
  return check_lines(reply->mail, error) ? g_steal_pointer(&reply) : NULL;
}

void reply_free(Reply *reply) {
  if (!reply) return;
  g_free(reply->to);
  g_free(reply->envelope_from);
  g_free(reply->message_id);
  g_free(reply->text_hash);
  g_clear_pointer(&reply->mail, g_bytes_unref);
  g_free(reply);
}
