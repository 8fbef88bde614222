/* send_dialogue - see send_dialogue.h. What the server said last about an item is its outcome; a
 * link that is lost before the content was out has done nothing to it. */
#include "daemon/mail/send_dialogue.h"

#include <string.h>

#include "store/crash_point.h"

enum { LAST_WORDS_S = 2 };

void send_outcome_done(SendOutcome *outcome) {
  g_clear_pointer(&outcome->text, g_free);
}

/* --- content --------------------------------------------------------------------------------- */

/* The end of the lines from `at` on that may go out as they are. */
static const char *clean_end(const char *at, const char *end) {
  while (at < end && *at != '.') {
    const char *cr = memchr(at, '\r', (gsize)(end - at));
    if (!cr || cr + 1 == end || cr[1] != '\n' || memchr(at, '\n', (gsize)(cr - at))) break;
    at = cr + 2;
  }
  return at;
}

/* No bare CR or LF goes out: servers disagree on what they end, and so where a mail ends. */
void send_dialogue_stuff(GString *out, const char *mail, gsize size) {
  const char *at = mail, *end = mail + size;
  while (at < end) {
    const char *clean = clean_end(at, end), *stop = clean;
    g_string_append_len(out, at, clean - at);
    if (clean == end) break;
    while (stop < end && *stop != '\r' && *stop != '\n') stop++;
    if (*clean == '.') g_string_append_c(out, '.');
    g_string_append_len(out, clean, stop - clean);
    g_string_append(out, "\r\n");
    if (stop < end) stop += stop + 1 < end && stop[0] == '\r' && stop[1] == '\n' ? 2 : 1;
    at = stop;
  }
  g_string_append(out, ".\r\n");
}

/* --- what can be sent at all ----------------------------------------------------------------- */

static gboolean refuse(SendOutcome *ret_outcome, int code, char *text) {
  *ret_outcome = (SendOutcome){.code = code, .text = text};
  return FALSE;
}

static gboolean may_addresses(const SendItem *item, SendOutcome *ret_outcome) {
  if (!item->to_path)
    return refuse(ret_outcome, 553, g_strdup("not sent: the recipient is no mail address"));
  if (!item->from_path)
    return refuse(ret_outcome, 553, g_strdup("not sent: envelope_from is no mail address"));
  return TRUE;
}

gboolean send_dialogue_may(const SendSession *session, const SendItem *item,
                           SendOutcome *ret_outcome) {
  if (!may_addresses(item, ret_outcome)) return FALSE;
  if (!session) return TRUE;
  gsize size = g_bytes_get_size(item->mail);
  if (session->size_max && size > session->size_max)
    return refuse(
        ret_outcome, 552,
        g_strdup_printf("not sent: the mail has %zu bytes, the server takes %" G_GUINT64_FORMAT,
                        size, session->size_max));
  if (!(session->offers & SEND_SMTPUTF8) && item->utf8)
    return refuse(
        ret_outcome, 553,
        g_strdup("not sent: the address needs SMTPUTF8, which the server does not offer"));
  if (!(session->offers & SEND_8BITMIME) && item->is_8bit)
    return refuse(ret_outcome, 554,
                  g_strdup("not sent: the mail has 8-bit text and the server does not offer "
                           "8BITMIME"));
  return TRUE;
}

/* --- commands -------------------------------------------------------------------------------- */

typedef enum { STEP_RSET, STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_COUNT } Step;

static char *mail_command(const SendSession *session, const SendItem *item) {
  GString *line = g_string_new("MAIL FROM:<");
  g_string_append(line, item->from_path);
  g_string_append_c(line, '>');
  if (session->offers & SEND_SIZE)
    g_string_append_printf(line, " SIZE=%zu", g_bytes_get_size(item->mail));
  if ((session->offers & SEND_8BITMIME) && item->is_8bit) g_string_append(line, " BODY=8BITMIME");
  if (item->utf8) g_string_append(line, " SMTPUTF8");
  g_string_append(line, "\r\n");
  return g_string_free(line, FALSE);
}

/* RFC 3461 4.1: where there is a return path, failures are to come back to it. */
static char *rcpt_command(const SendSession *session, const SendItem *item) {
  const char *notify = *item->envelope_from ? " NOTIFY=FAILURE" : " NOTIFY=NEVER";
  return g_strconcat("RCPT TO:<", item->to_path, ">", session->offers & SEND_DSN ? notify : "",
                     "\r\n", NULL);
}

/* NULL: this step is not needed. */
static char *step_command(const SendSession *session, const SendItem *item, Step step) {
  switch (step) {
  case STEP_RSET:
    return session->mail_open ? g_strdup("RSET\r\n") : NULL;
  case STEP_MAIL:
    return mail_command(session, item);
  case STEP_RCPT:
    return rcpt_command(session, item);
  default:
    return g_strdup("DATA\r\n");
  }
}

static void append_commands(const SendSession *session, const SendItem *item, GString *out) {
  for (Step step = STEP_RSET; step < STEP_COUNT; step++) {
    g_autofree char *command = step_command(session, item, step);
    if (command) g_string_append(out, command);
  }
}

static gboolean write_text(SendSession *session, const char *text, gsize size, GError **error) {
  return send_session_write(session, text, size,
                            session->submission->timeout_s * SEND_DATA_TIMEOUTS, error);
}

/* --- outcomes -------------------------------------------------------------------------------- */

/* Ours to repeat when the session, once good, was lost before this item's content: the server
 * ends idle sessions, and after so many mails. */
static void lost_before(const SendSession *session, const char *text, gboolean server,
                        SendOutcome *ret_outcome) {
  *ret_outcome =
      (SendOutcome){.server = server, .again = session->served > 0, .text = g_strdup(text)};
}

/* RSET is said before the item is named. 421 to MAIL, or that we must log in first, is said about
 * us and not about the item. */
static gboolean is_about_server(const SendReply *reply, Step step) {
  return step == STEP_RSET || (reply->code == 421 && step <= STEP_MAIL) || reply->code == 530 ||
         reply->code == 538;
}

static void refused(const SendSession *session, Step step, const SendReply *reply,
                    SendOutcome *ret_outcome) {
  if (is_about_server(reply, step))
    lost_before(session, reply->text, TRUE, ret_outcome);
  else
    *ret_outcome = (SendOutcome){.code = reply->code, .text = g_strdup(reply->text)};
}

static gboolean is_wanted(int code, Step step) {
  return step == STEP_DATA ? code == 354 : code / 100 == 2;
}

/* --- the envelope ---------------------------------------------------------------------------- */

/* Of a pipelined envelope that was refused, every answer is still to come. */
typedef struct {
  gboolean refused, data; /* data: the server waits for content all the same */
} Envelope;

static gboolean send_step(SendSession *session, const SendItem *item, Step step, GError **error) {
  g_autofree char *command = step_command(session, item, step);
  return send_session_write(session, command, strlen(command), session->submission->timeout_s,
                            error);
}

static void note_step(SendSession *session, Envelope *envelope, Step step, const SendReply *reply,
                      SendOutcome *ret_outcome) {
  gboolean wanted = is_wanted(reply->code, step);
  if (step == STEP_RSET && wanted) session->mail_open = FALSE;
  if (step == STEP_MAIL && wanted) session->mail_open = TRUE;
  if (step == STEP_DATA && wanted) envelope->data = TRUE;
  if (wanted || envelope->refused) return;
  envelope->refused = TRUE;
  refused(session, step, reply, ret_outcome);
}

/* FALSE: the session is lost, *ret_outcome says what that means. */
static gboolean run_step(SendSession *session, const SendItem *item, gboolean pipelined, Step step,
                         Envelope *envelope, SendOutcome *ret_outcome) {
  g_autoptr(GError) error = NULL;
  SendReply reply = {0, NULL};
  if ((!pipelined && !send_step(session, item, step, &error)) ||
      !send_session_read(session, session->submission->timeout_s, &reply, &error)) {
    if (!envelope->refused) lost_before(session, error->message, FALSE, ret_outcome);
    return FALSE;
  }
  note_step(session, envelope, step, &reply, ret_outcome);
  if (!is_wanted(reply.code, step) && reply.code < 400) { /* e.g. 250 to DATA */
    send_outcome_done(ret_outcome);
    *ret_outcome =
        (SendOutcome){.text = g_strdup_printf("%s: an answer out of place: %s",
                                              tls_stream_where(session->stream), reply.text)};
    session->lost = TRUE;
  }
  send_reply_done(&reply);
  return !session->lost;
}

/* TRUE: the server waits for the content. */
static gboolean run_envelope(SendSession *session, const SendItem *item, gboolean pipelined,
                             SendOutcome *ret_outcome) {
  Envelope envelope = {.data = FALSE};
  for (Step step = session->mail_open ? STEP_RSET : STEP_MAIL; step < STEP_COUNT; step++) {
    if (envelope.refused && !pipelined) return FALSE;
    if (!run_step(session, item, pipelined, step, &envelope, ret_outcome)) return FALSE;
  }
  if (!envelope.refused) return TRUE;
  SendReply reply = {0, NULL};
  if (envelope.data && write_text(session, ".\r\n", 3, NULL) && /* RFC 2920 3.1 */
      send_session_read(session, session->submission->timeout_s, &reply, NULL))
    session->mail_open = FALSE;
  send_reply_done(&reply);
  return FALSE;
}

/* --- the content ----------------------------------------------------------------------------- */

/* Who refuses a mail in its midst says so, and closes. */
static gboolean last_words(SendSession *session, SendReply *ret_reply) {
  return send_session_read(session, LAST_WORDS_S, ret_reply, NULL) && ret_reply->code >= 400;
}

static gboolean exchange_content(SendSession *session, const GString *text, SendReply *ret_reply,
                                 GError **error) {
  guint seconds = session->submission->timeout_s * SEND_DATA_TIMEOUTS;
  if (write_text(session, text->str, text->len, error))
    return send_session_read(session, seconds, ret_reply, error);
  if (!last_words(session, ret_reply)) return FALSE;
  g_clear_error(error);
  return TRUE;
}

static void run_content(SendSession *session, const SendItem *item, const SendItem *behind,
                        SendOutcome *ret_outcome) {
  g_autoptr(GError) error = NULL;
  SendReply reply = {0, NULL};
  gsize size;
  const char *mail = g_bytes_get_data(item->mail, &size);
  g_autoptr(GString) text = g_string_sized_new(size + size / 64 + 512);
  session->mail_open = FALSE; /* whatever is said to the content, it ends the mail */
  send_dialogue_stuff(text, mail, size);
  if (behind) append_commands(session, behind, text);
  crash_point("smtp-content");
  gboolean told = exchange_content(session, text, &reply, &error);
  crash_point("smtp-accepted");
  gboolean fits = told && reply.code / 100 != 3;
  if (told && !fits) session->lost = TRUE;
  *ret_outcome = (SendOutcome){.code = fits ? reply.code : 0,
                               .text = g_strdup(told ? reply.text : error->message)};
  send_reply_done(&reply);
}

static gboolean begin(SendSession *session, const SendItem *item, SendOutcome *ret_outcome) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) commands = g_string_new(NULL);
  append_commands(session, item, commands);
  if (send_session_write(session, commands->str, commands->len, session->submission->timeout_s,
                         &error))
    return TRUE;
  lost_before(session, error->message, FALSE, ret_outcome);
  return FALSE;
}

void send_dialogue_run(SendSession *session, const SendItem *item, gboolean *begun, SendNext next,
                       void *context, SendOutcome *ret_outcome) {
  gboolean pipelined = (session->offers & SEND_PIPELINING) != 0;
  gboolean out = *begun;
  const SendItem *behind = NULL;
  *ret_outcome = (SendOutcome){.code = 0};
  *begun = FALSE;
  if (pipelined && !out && !begin(session, item, ret_outcome)) return;
  if (run_envelope(session, item, pipelined, ret_outcome)) {
    behind = pipelined ? next(context) : NULL;
    run_content(session, item, behind, ret_outcome);
  }
  if (ret_outcome->code) session->served++;
  *begun = behind && !session->lost;
}
