/* compose_reply - one answer as RFC 5322 text; each header field with the clause that asks for it.
 *
 * The mail is written from top to bottom, with "\n", and gets its CRLF at the end. GMime reads the
 * sender's name, encodes, quotes and folds the fields that need it, and encodes the parts.
 * Relies on: the template's text beginning with "Subject: ". Promises: nothing that a stranger
 * wrote can add a header field or a line beyond its place, the bytes depend on the request alone,
 * and no line is over 998 bytes (78 wanted). */
#include "daemon/compose_reply.h"

#include <gmime/gmime.h>
#include <gnutls/crypto.h>
#include <sodium.h>
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
  MSG_ID_MAX_BYTES = 250,    /* longer ones are not repeated: a line must hold one */
  BASE64_ABOVE_PERCENT = 20, /* quoted-printable triples what is not ASCII */
  PLAIN_FIELD_BYTES = 70,    /* no shorter line is folded */
  MAIL_USUAL_BYTES = 8 << 10,
  SHA256_BYTES = 32
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
  guint detail;         /* row of details */
  TemplateData *data;   /* of that detail; NULL: not made yet */
  TemplateValue *first; /* in the data */
} Rendering;

static void gather(Rendering *rendering) {
  rendering->data = reply_data_new(rendering->request, &details[rendering->detail]);
  rendering->first = template_data_truth(rendering->data, FALSE);
  template_data_put(template_data_root(rendering->data), "first", rendering->first);
}

/* The template's text with as much detail as there is room for, and no more than before. `first`:
 * with what the first answer alone carries. */
static char *render(Rendering *rendering, gboolean first, GError **error) {
  for (; rendering->detail < G_N_ELEMENTS(details); rendering->detail++) {
    g_autoptr(GError) failed = NULL;
    if (!rendering->data) gather(rendering);
    rendering->first->truth = first;
    char *text = template_render(rendering->template, template_data_root(rendering->data),
                                 REPLY_TEXT_MAX_BYTES, &failed);
    if (text) return text;
    gboolean last = rendering->detail + 1 == G_N_ELEMENTS(details);
    if (last || !g_error_matches(failed, TEMPLATE_ERROR, TEMPLATE_ERROR_TOO_LONG)) {
      g_propagate_prefixed_error(error, g_steal_pointer(&failed),
                                 "reply '%s': ", reply_kind_name(rendering->request->kind));
      return NULL;
    }
    g_clear_pointer(&rendering->data, template_data_free);
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

/* GnuTLS knows the processor's instructions for it. */
static char *sha256_hex(const char *data, gsize size) {
  guint8 sum[SHA256_BYTES];
  gsize room = 2 * sizeof sum + 1;
  if (gnutls_hash_fast(GNUTLS_DIG_SHA256, data, size, sum) != 0) g_error("SHA-256 is missing");
  return sodium_bin2hex(g_malloc(room), room, sum, sizeof sum);
}

/* Equal texts to one person have equal hashes: without the privacy notice, which only the first
 * answer carries, without dates and Message-IDs, and without the subject, which repeats the mail's:
 * a robot that counts its mails there gets one answer all the same. */
static char *text_hash(const ReplyRequest *request, const char *whole) {
  const char *parts[] = {request->event->id, reply_kind_name(request->kind),
                         whole + strcspn(whole, "\n")};
  g_autoptr(GString) all = g_string_sized_new(REPLY_TEXT_MAX_BYTES);
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    g_string_append_len(all, parts[i], (gssize)strlen(parts[i]) + 1);
  return sha256_hex(all->str, all->len);
}

/* The text of the answer, and its hash. */
static char *write_text(const ReplyRequest *request, const Template *template, char **ret_hash,
                        GError **error) {
  Rendering rendering = {request, template, 0, NULL, NULL};
  char *text = render(&rendering, FALSE, error);
  if (text) *ret_hash = text_hash(request, text);
  if (text && request->first) {
    g_free(text);
    text = render(&rendering, TRUE, error);
  }
  template_data_free(rendering.data);
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
static char *read_from_name(const Submission *submission) {
  InternetAddressList *list = internet_address_list_parse(NULL, submission->from);
  InternetAddress *address = list ? internet_address_list_get_address(list, 0) : NULL;
  const char *name = address ? internet_address_get_name(address) : NULL;
  char *clean = reply_data_clean(name ? name : "", 100);
  if (list) g_object_unref(list);
  return clean;
}

static char *from_name(const ReplyRequest *request) {
  static const char kind[] = "from";
  const Submission *submission = &request->config->submission;
  Memo *memo = replies_memo(request->replies);
  char *name = memo_get(memo, kind, submission->from);
  if (name) return name;
  name = read_from_name(submission);
  memo_put(memo, kind, submission->from, name);
  return name;
}

/* A character of atoms, of `<local@domain>` and of parameters that needs no quotes there. */
static gboolean is_plain_at(const char *value, gsize i) {
  const char *next = value + i + 1;
  switch (value[i]) {
  case '.':
    return i > 0 && g_ascii_isalnum(value[i - 1]) && g_ascii_isalnum(*next);
  case '<':
    return next[strcspn(next, "@>")] == '@';
  case '@':
    return g_ascii_isalnum(*next) && next[strcspn(next, "@>")] != '@';
  case ' ':
    return *next && *next != ' ';
  case ';':
    return *next == ' ';
  default:
    return g_ascii_isalnum(value[i]) || strchr(">-_+=/", value[i]);
  }
}

/* Short, and nothing in it that would be encoded, quoted or folded: it may stand as it is. */
static gboolean is_plain(const char *name, const char *value) {
  gsize length = 0;
  while (value[length] && is_plain_at(value, length)) length++;
  return !value[length] && strlen(name) + length <= PLAIN_FIELD_BYTES;
}

/* A field in words that stand as they are. */
static void add_raw(GString *mail, const char *name, const char *words) {
  g_string_append(mail, name);
  g_string_append(mail, ": ");
  g_string_append(mail, words);
  g_string_append_c(mail, '\n');
}

/* GMime encodes and folds what is not plain. An empty value has no field. */
static void add_field(GString *mail, const char *name, const char *value) {
  if (!value || !*value) return;
  if (is_plain(name, value)) {
    add_raw(mail, name, value);
    return;
  }
  GMimeHeaderList *list = g_mime_header_list_new(NULL);
  g_mime_header_list_append(list, name, value, "utf-8");
  g_autofree char *text = g_mime_header_list_to_string(list, NULL);
  g_string_append(mail, text);
  g_object_unref(list);
}

/* `name` NULL: the address alone. */
static void add_address(GString *mail, const char *field, const char *name, const char *address) {
  if (!name && is_plain(field, address)) {
    add_raw(mail, field, address);
    return;
  }
  InternetAddressList *list = internet_address_list_new();
  InternetAddress *mailbox = internet_address_mailbox_new(name, address);
  internet_address_list_add(list, mailbox);
  g_autoptr(GString) line = g_string_new(field);
  g_string_append(line, ": ");
  internet_address_list_encode(list, NULL, line); /* with its line end */
  g_string_append_len(mail, line->str, (gssize)line->len);
  g_object_unref(mailbox);
  g_object_unref(list);
}

static void make_from(GString *mail, const Submission *submission, const char *name) {
  if (!encoded_word_needed(name)) {
    add_address(mail, "From", *name ? name : NULL, submission->from_address);
    return;
  }
  g_autofree char *words = encoded_word_write(name, strlen("From: "));
  g_string_append_printf(mail, "From: %s\n <%s>\n", words, submission->from_address);
}

static void add_from(GString *mail, const ReplyRequest *request, const char *name) {
  static const char kind[] = "From";
  const Submission *submission = &request->config->submission;
  Memo *memo = replies_memo(request->replies);
  g_autofree char *words = g_strconcat(submission->from_address, "\n", name, NULL);
  g_autofree char *kept = memo_get(memo, kind, words);
  gsize start = mail->len;
  if (kept) {
    g_string_append(mail, kept);
    return;
  }
  make_from(mail, submission, name);
  memo_put(memo, kind, words, mail->str + start);
}

static void add_subject(GString *mail, const char *subject) {
  g_autofree char *words =
      encoded_word_needed(subject) ? encoded_word_write(subject, strlen("Subject: ")) : NULL;
  if (words || strlen("Subject") + strlen(subject) <= PLAIN_FIELD_BYTES)
    add_raw(mail, "Subject", words ? words : subject);
  else
    add_field(mail, "Subject", subject);
}

static void add_addresses(GString *mail, const ReplyRequest *request, const char *name) {
  const char *from = request->config->submission.from_address;
  const char *reply_to = request->reply_to ? request->reply_to : from;
  add_from(mail, request, name);                 /* RFC 3834 3.1.1 */
  add_address(mail, "To", NULL, request->to);    /* 3.1.3 */
  add_address(mail, "Reply-To", NULL, reply_to); /* 3.1.2 */
}

static void add_date(GString *mail, gint64 now) {
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(now);
  g_autofree char *text = g_mime_utils_header_format_date(date);
  add_raw(mail, "Date", text);
}

static void add_thread(GString *mail, const ReplyRequest *request) {
  g_autofree char *parent = clean_msg_id(request->message_id);
  g_autofree char *refs = references(request);
  g_autofree char *in_reply_to = parent ? g_strdup_printf("<%s>", parent) : NULL;
  add_field(mail, "In-Reply-To", in_reply_to); /* RFC 5230 5.8 */
  add_field(mail, "References", refs);
}

/* A person's own words are no automatic answer: they go without the marks of one. */
static void add_automatic(GString *mail, const ReplyRequest *request) {
  if (request->kind == REPLY_OWN) return;
  add_raw(mail, "Auto-Submitted", "auto-replied");  /* RFC 3834 3.1.7, 5.2 */
  add_raw(mail, "Precedence", "bulk");              /* RFC 3834 3.1.8 */
  add_raw(mail, "X-Auto-Response-Suppress", "All"); /* MS-OXCMAIL 2.1.3.2.20 */
}

/* --- body ------------------------------------------------------------------------------------- */

/* The empty line and the text. */
static void add_content(GString *mail, const char *text, GMimeContentEncoding encoding) {
  gsize size = strlen(text);
  GMimeEncoding encoder;
  g_mime_encoding_init_encode(&encoder, encoding);
  add_raw(mail, "Content-Transfer-Encoding", g_mime_content_encoding_to_string(encoding));
  g_string_append_c(mail, '\n');
  gsize start = mail->len;
  g_string_set_size(mail, start + g_mime_encoding_outlen(&encoder, size));
  g_string_set_size(mail, start + g_mime_encoding_flush(&encoder, text, size, mail->str + start));
}

static gsize count_lines(const char *text, const char *end) {
  gsize count = 0;
  while ((text = memchr(text, '\n', (gsize)(end - text)))) count++, text++;
  return count;
}

/* With CRLF for "\n", and a NUL behind it that *ret_size does not count. */
static char *to_crlf(const char *text, gsize size, gsize *ret_size) {
  const char *end = text + size;
  *ret_size = size + count_lines(text, end);
  char *crlf = g_malloc(*ret_size + 1), *to = crlf;
  for (const char *line_end; (line_end = memchr(text, '\n', (gsize)(end - text)));) {
    to = mempcpy(to, text, (gsize)(line_end - text));
    to = mempcpy(to, "\r\n", 2);
    text = line_end + 1;
  }
  to = mempcpy(to, text, (gsize)(end - text));
  *to = '\0';
  return crlf;
}

/* How many bytes are beyond ASCII; eight at a time. */
static gsize high_bytes(const char *text, gsize size) {
  static const guint64 ones = 0x0101010101010101;
  gsize count = 0, i = 0;
  for (guint64 eight; i + sizeof eight <= size; i += sizeof eight) {
    memcpy(&eight, text + i, sizeof eight);
    count += (eight >> 7 & ones) * ones >> 56;
  }
  for (; i < size; i++) count += (guchar)text[i] >> 7;
  return count;
}

static void add_language(GString *mail, const ReplyRequest *request) {
  const char *language = request->language ? request->language : "";
  gboolean plain = TRUE;
  for (const char *p = language; *p; p++) plain = plain && (g_ascii_isalnum(*p) || *p == '-');
  if (plain) add_field(mail, "Content-Language", language);
}

static void add_text_part(GString *mail, const ReplyRequest *request, const char *body) {
  gboolean delsp = flowed_delsp(body);
  g_autofree char *flowed = flowed_write(body, delsp);
  gsize size = strlen(flowed);
  gboolean quoted = high_bytes(flowed, size) * 100 <= size * BASE64_ABOVE_PERCENT;
  add_raw(mail, "Content-Type",
          delsp ? "text/plain; charset=utf-8; format=flowed; delsp=yes"
                : "text/plain; charset=utf-8; format=flowed");
  add_language(mail, request);
  if (quoted) {
    add_content(mail, flowed, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    return;
  }
  g_autofree char *crlf = to_crlf(flowed, size, &size);
  add_content(mail, crlf, GMIME_CONTENT_ENCODING_BASE64);
}

static gboolean has_calendar(ReplyKind kind) {
  return kind == REPLY_CONFIRMED || kind == REPLY_UPDATED || kind == REPLY_DECLINED ||
         kind == REPLY_CANCELLED;
}

/* NULL: this answer has none. */
static char *calendar_of(const ReplyRequest *request, const char *name, const char **ret_method) {
  const Submission *submission = &request->config->submission;
  CalendarRequest wanted = {.event = request->event,
                            .language = request->language,
                            .registrations = request->registrations,
                            .organizer_name = name,
                            .organizer_address = submission->from_address,
                            .domain = domain_of(submission->from_address),
                            .now = request->now,
                            .memo = replies_memo(request->replies)};
  return has_calendar(request->kind) ? calendar_write(&wanted, ret_method) : NULL;
}

static void add_calendar_part(GString *mail, const ReplyRequest *request, const char *calendar,
                              const char *method) {
  g_autofree char *type = g_strconcat("text/calendar; charset=utf-8; method=", method, NULL);
  g_autofree char *id = g_strdup(request->event->id);
  g_strcanon(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", '-');
  g_autofree char *disposition = g_strconcat("attachment; filename=", id, ".ics", NULL);
  add_field(mail, "Content-Type", type);
  add_field(mail, "Content-Disposition", disposition);
  add_content(mail, calendar, GMIME_CONTENT_ENCODING_BASE64);
}

/* Made from our Message-ID: the same answer has the same bytes. "=_" is in no quoted-printable or
 * base64 text (RFC 2045 6.7). */
static char *boundary_for(const char *message_id) {
  g_autofree char *sum = sha256_hex(message_id, strlen(message_id));
  return g_strdup_printf("=_%.32s", sum);
}

static void add_body(GString *mail, const ReplyRequest *request, const char *body, const char *name,
                     const char *message_id) {
  const char *method = NULL;
  g_autofree char *calendar = calendar_of(request, name, &method);
  add_raw(mail, "MIME-Version", "1.0");
  if (!calendar) {
    add_text_part(mail, request, body);
    return;
  }
  g_autofree char *boundary = boundary_for(message_id);
  g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=\"%s\"\n", boundary);
  add_language(mail, request);
  g_string_append_printf(mail, "\n--%s\n", boundary);
  add_text_part(mail, request, body);
  g_string_append_printf(mail, "\n--%s\n", boundary);
  add_calendar_part(mail, request, calendar, method);
  g_string_append_printf(mail, "\n--%s--\n", boundary);
}

/* --- the message ------------------------------------------------------------------------------ */

static GBytes *write_mail(const ReplyRequest *request, const char *subject, const char *body,
                          const char *message_id) {
  g_autoptr(GString) mail = g_string_sized_new(MAIL_USUAL_BYTES);
  g_autofree char *name = from_name(request);
  g_autofree char *quoted_id = g_strdup_printf("<%s>", message_id);
  add_addresses(mail, request, name);
  add_subject(mail, subject);
  add_date(mail, request->now); /* RFC 3834 3.1.4 */
  add_raw(mail, "Message-Id", quoted_id);
  add_thread(mail, request);
  add_automatic(mail, request);
  add_body(mail, request, body, name, message_id);
  gsize size = 0;
  char *crlf = to_crlf(mail->str, mail->len, &size);
  return g_bytes_new_take(crlf, size);
}

/* What must hold for every mail that leaves, whatever the library did. */
static gboolean is_clean_line(const char *line, gsize length) {
  return length >= 2 && length - 1 <= LINE_MAX_BYTES && line[length - 2] == '\r' &&
         !memchr(line, '\r', length - 2) && !memchr(line, '\0', length);
}

static gboolean check_lines(GBytes *mail, GError **error) {
  gsize size = 0;
  const char *data = g_bytes_get_data(mail, &size), *end = data + size;
  gboolean fine = size > 2 && end[-1] == '\n' && !high_bytes(data, size);
  for (const char *line = data; fine && line < end;) {
    const char *next = (const char *)memchr(line, '\n', (gsize)(end - line)) + 1;
    fine = is_clean_line(line, (gsize)(next - line));
    line = next;
  }
  if (!fine)
    g_set_error(error, compose_error(), COMPOSE_ERROR_TEXT,
                "the reply is no clean mail (7 bit, CRLF, lines up to %d bytes)", LINE_MAX_BYTES);
  return fine;
}

/* `ours`: the configuration's, looked at once. */
static gboolean is_address(const ReplyRequest *request, const char *address, gboolean ours) {
  static const char kind[] = "address";
  Memo *memo = ours ? replies_memo(request->replies) : NULL;
  g_autofree char *known = memo_get(memo, kind, address);
  if (known) return TRUE;
  if (!send_smtp_address_ok(address)) return FALSE;
  memo_put(memo, kind, address, "");
  return TRUE;
}

static gboolean check_request(const ReplyRequest *request, GError **error) {
  const char *from = request->config->submission.from_address;
  const char *reply_to = request->reply_to ? request->reply_to : from;
  const char *addresses[] = {request->to, from, reply_to};
  for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
    if (addresses[i] && is_address(request, addresses[i], addresses[i] != request->to)) continue;
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
  reply->mail = write_mail(request, subject, body, reply->message_id);
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
