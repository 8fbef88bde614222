#include "daemon/mail/fetch_session.h"

#include <libetpan/idle.h>
#include <libetpan/mailimap.h>
#include <libetpan/mailstream.h>
#include <libetpan/uidplus.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/mail/fetch_guard.h"

enum {
  COMMAND_BYTES = 1 << 20, /* cap of an answer that is no message */
  COMMAND_LINES = 20000,
  HEADER_BYTES = 64 << 10, /* of a message over the limit */
  SLOWEST_BYTES_S = 64 << 10,
  GOODBYE_S = 2,
  MARK_SET = 500,       /* UIDs a STORE or MOVE */
  TEXT_SHOWN_MAX = 200, /* characters of the server's own words */
};

struct FetchSession {
  const Account *account;
  TlsStream *stream;
  mailimap *imap;
  FetchGuard guard;
  GError *error;      /* the stream's or the guard's first */
  gboolean broken;    /* out of step */
  gboolean logged_in; /* a LOGOUT is in order */
  gboolean idle, move, uidplus;
  guint32 exists; /* when the folder was selected */
};

/* --- the stream under libetpan -----------------------------------------------------------------
 */

static ssize_t link_read(mailstream_low *low, void *data, size_t size) {
  FetchSession *session = low->data;
  if (session->error) return -1;
  gssize got = tls_stream_read(session->stream, data, size, &session->error);
  if (got < 0) return -1;
  if (got == 0) { /* libetpan would read on for ever */
    g_set_error(&session->error, MAIL_ERROR, MAIL_ERROR_TRANSIENT,
                "%s: the server closed the connection", tls_stream_where(session->stream));
    return -1;
  }
  const char *fault = fetch_guard_feed(&session->guard, data, (gsize)got);
  if (!fault) return got;
  g_set_error(&session->error, MAIL_ERROR, MAIL_ERROR_PROTOCOL, "%s: the server sent %s",
              tls_stream_where(session->stream), fault);
  return -1;
}

static ssize_t link_write(mailstream_low *low, const void *data, size_t size) {
  FetchSession *session = low->data;
  if (session->error || !tls_stream_write(session->stream, data, size, &session->error)) return -1;
  return (ssize_t)size;
}

static int link_close(mailstream_low *low) {
  (void)low; /* the session closes its stream */
  return 0;
}

static int link_fd(mailstream_low *low) {
  return tls_stream_fd(((FetchSession *)low->data)->stream);
}

static void link_free(mailstream_low *low) {
  free(low);
}

static void link_cancel(mailstream_low *low) {
  (void)low;
}

static const mailstream_low_driver link_driver = {.mailstream_read = link_read,
                                                  .mailstream_write = link_write,
                                                  .mailstream_close = link_close,
                                                  .mailstream_get_fd = link_fd,
                                                  .mailstream_free = link_free,
                                                  .mailstream_cancel = link_cancel};

/* --- a command's budget and its outcome --------------------------------------------------------
 */

static void begin(FetchSession *session, guint64 bytes, guint lines, guint64 literal_max) {
  guint seconds = session->account->timeout_s + (guint)MIN(bytes / SLOWEST_BYTES_S, 24 * 3600);
  tls_stream_budget(session->stream, seconds, bytes);
  fetch_guard_begin(&session->guard, lines, literal_max);
}

static void begin_command(FetchSession *session) {
  begin(session, COMMAND_BYTES, COMMAND_LINES, 0);
}

static void fail(FetchSession *session, GError **error, MailError code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
static void fail(FetchSession *session, GError **error, MailError code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(error, MAIL_ERROR, (int)code, "%s: %s", tls_stream_where(session->stream), text);
}

/* Codes after which the connection is out of step; all others mean a tagged NO or BAD. */
static gboolean is_broken(int rc) {
  static const int broken[] = {MAILIMAP_ERROR_BAD_STATE,      MAILIMAP_ERROR_STREAM,
                               MAILIMAP_ERROR_PARSE,          MAILIMAP_ERROR_CONNECTION_REFUSED,
                               MAILIMAP_ERROR_MEMORY,         MAILIMAP_ERROR_FATAL,
                               MAILIMAP_ERROR_PROTOCOL,       MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION,
                               MAILIMAP_ERROR_NEEDS_MORE_DATA};
  for (gsize i = 0; i < G_N_ELEMENTS(broken); i++)
    if (rc == broken[i]) return TRUE;
  return FALSE;
}

/* A NO that time will cure (RFC 5530). */
static gboolean is_passing(const FetchSession *session) {
  static const char *const codes[] = {"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT", NULL};
  const struct mailimap_response_info *info = session->imap->imap_response_info;
  const char *text = session->imap->imap_response;
  for (guint i = 0; codes[i]; i++) {
    if (info && info->rsp_atom && !g_ascii_strcasecmp(info->rsp_atom, codes[i])) return TRUE;
    if (text && text[0] == '[' && g_str_has_prefix(text + 1, codes[i])) return TRUE;
  }
  return FALSE;
}

/* Turn libetpan's code into an error: `refused` is the code for a NO. `doing` names the command. */
static gboolean done(FetchSession *session, int rc, MailError refused, const char *doing,
                     GError **error) {
  if (rc == MAILIMAP_NO_ERROR && !session->error) return TRUE;
  if (session->error || is_broken(rc)) {
    session->broken = TRUE;
    if (session->error)
      g_propagate_error(error, g_error_copy(session->error));
    else
      fail(session, error, MAIL_ERROR_PROTOCOL, "the answer to %s cannot be understood", doing);
    return FALSE;
  }
  const char *words = session->imap->imap_response ? session->imap->imap_response : "";
  g_autofree char *clean = log_clean(words, TEXT_SHOWN_MAX);
  fail(session, error, is_passing(session) ? MAIL_ERROR_TRANSIENT : refused,
       "%s: the server refuses: %s%s", doing, *clean ? clean : "no reason given",
       refused == MAIL_ERROR_AUTH ? "; check user and password" : "");
  return FALSE;
}

/* --- log in ------------------------------------------------------------------------------------
 */

static gboolean read_capabilities(FetchSession *session, GError **error) {
  struct mailimap_capability_data *data = NULL;
  begin_command(session);
  int rc = mailimap_capability(session->imap, &data);
  if (!done(session, rc, MAIL_ERROR_PROTOCOL, "CAPABILITY", error)) return FALSE;
  mailimap_capability_data_free(data);
  session->idle = mailimap_has_extension(session->imap, (char *)"IDLE");
  session->move = mailimap_has_extension(session->imap, (char *)"MOVE");
  session->uidplus = mailimap_has_extension(session->imap, (char *)"UIDPLUS");
  return TRUE;
}

static gboolean offers_auth(const FetchSession *session, const char *mechanism) {
  const struct mailimap_connection_info *info = session->imap->imap_connection_info;
  if (!info || !info->imap_capability) return FALSE;
  for (clistiter *at = clist_begin(info->imap_capability->cap_list); at; at = clist_next(at)) {
    const struct mailimap_capability *capability = clist_content(at);
    if (capability->cap_type == MAILIMAP_CAPABILITY_AUTH_TYPE &&
        !g_ascii_strcasecmp(capability->cap_data.cap_auth_type, mechanism))
      return TRUE;
  }
  return FALSE;
}

static gboolean put_line(FetchSession *session, const char *text) {
  mailstream *stream = session->imap->imap_stream;
  return mailstream_write(stream, text, strlen(text)) >= 0 &&
         mailstream_write(stream, "\r\n", 2) >= 0 && mailstream_flush(stream) >= 0;
}

/* Read past untagged lines; returns whether the next one asks us to go on. */
static int read_until_asked(FetchSession *session, gboolean *ret_asked) {
  for (;;) { /* bounded by the guard's lines */
    const char *line = mailimap_read_line(session->imap);
    if (!line) return MAILIMAP_ERROR_STREAM;
    *ret_asked = line[0] == '+';
    if (line[0] != '*') return MAILIMAP_NO_ERROR;
  }
}

static int parse_tagged(FetchSession *session) {
  struct mailimap_response *response = NULL;
  int rc = mailimap_parse_response(session->imap, &response);
  if (rc != MAILIMAP_NO_ERROR) return rc;
  const struct mailimap_response_done *end = response->rsp_resp_done;
  gboolean ok = end->rsp_type == MAILIMAP_RESP_DONE_TYPE_TAGGED &&
                end->rsp_data.rsp_tagged->rsp_cond_state->rsp_type == MAILIMAP_RESP_COND_STATE_OK;
  mailimap_response_free(response);
  return ok ? MAILIMAP_NO_ERROR : MAILIMAP_ERROR_LOGIN;
}

/* AUTHENTICATE by hand: libetpan's goes through whatever plug-ins of Cyrus SASL are installed. */
static int authenticate(FetchSession *session, const char *mechanism, const char *base64) {
  g_autofree char *command = g_strdup_printf("AUTHENTICATE %s", mechanism);
  gboolean asked = FALSE;
  int rc = mailimap_send_current_tag(session->imap);
  if (rc != MAILIMAP_NO_ERROR) return rc;
  if (!put_line(session, command)) return MAILIMAP_ERROR_STREAM;
  rc = read_until_asked(session, &asked);
  if (rc == MAILIMAP_NO_ERROR && asked) {
    if (!put_line(session, base64)) return MAILIMAP_ERROR_STREAM;
    rc = read_until_asked(session, &asked);
  }
  if (rc == MAILIMAP_NO_ERROR && asked) { /* XOAUTH2 tells its error first, and wants an answer */
    if (!put_line(session, "")) return MAILIMAP_ERROR_STREAM;
    rc = read_until_asked(session, &asked);
  }
  return rc == MAILIMAP_NO_ERROR ? parse_tagged(session) : rc;
}

static void wipe(char *text, gsize size) {
  explicit_bzero(text, size);
  g_free(text);
}

static int authenticate_plain(FetchSession *session, const char *user, const char *password) {
  GString *text = g_string_new(NULL);
  g_string_append_c(text, '\0');
  g_string_append(text, user);
  g_string_append_c(text, '\0');
  g_string_append(text, password);
  char *base64 = g_base64_encode((const guchar *)text->str, text->len);
  int rc = authenticate(session, "PLAIN", base64);
  wipe(base64, strlen(base64));
  explicit_bzero(text->str, text->len);
  g_string_free(text, TRUE);
  return rc;
}

static int authenticate_token(FetchSession *session, const char *user, const char *token) {
  char *text = g_strdup_printf("user=%s\001auth=Bearer %s\001\001", user, token);
  char *base64 = g_base64_encode((const guchar *)text, strlen(text));
  int rc = authenticate(session, "XOAUTH2", base64);
  wipe(base64, strlen(base64));
  wipe(text, strlen(text));
  return rc;
}

/* PLAIN carries any character; LOGIN is for servers that have nothing else. */
static gboolean log_in_with(FetchSession *session, const char *secret, GError **error) {
  const char *user = session->account->user;
  gboolean token = session->account->secret.kind == SECRET_TOKEN_COMMAND;
  gboolean plain = offers_auth(session, "PLAIN");
  g_autofree char *doing = g_strdup_printf("login of '%s'", user);
  if (token && !offers_auth(session, "XOAUTH2")) {
    fail(session, error, MAIL_ERROR_AUTH,
         "the server does not offer XOAUTH2, which token_command "
         "needs; use password_file");
    return FALSE;
  }
  if (!token && !plain && mailimap_has_extension(session->imap, (char *)"LOGINDISABLED")) {
    fail(session, error, MAIL_ERROR_AUTH,
         "the server offers neither PLAIN nor LOGIN on this "
         "connection; use imaps:// or imap+starttls://, or token_command");
    return FALSE;
  }
  begin_command(session);
  int rc = token   ? authenticate_token(session, user, secret)
           : plain ? authenticate_plain(session, user, secret)
                   : mailimap_login(session->imap, user, secret);
  if (!done(session, rc, MAIL_ERROR_AUTH, doing, error)) return FALSE;
  session->imap->imap_state = MAILIMAP_STATE_AUTHENTICATED;
  return TRUE;
}

static gboolean log_in(FetchSession *session, GError **error) {
  char *secret = secret_read(&session->account->secret, error);
  if (!secret) return FALSE;
  gboolean clean = !strpbrk(secret, "\r\n\001");
  gboolean in = clean && log_in_with(session, secret, error);
  if (!clean)
    fail(session, error, MAIL_ERROR_AUTH,
         "the password holds control characters; it must be one "
         "line");
  secret_wipe(secret);
  return in;
}

/* --- open and close ----------------------------------------------------------------------------
 */

static gboolean start_tls(FetchSession *session, GError **error) {
  begin_command(session);
  int rc = mailimap_starttls(session->imap);
  if (!done(session, rc, MAIL_ERROR_TLS, "STARTTLS", error)) return FALSE;
  if (session->imap->imap_stream->read_buffer_len) {
    fail(session, error, MAIL_ERROR_PROTOCOL,
         "the server sent more in clear after STARTTLS; "
         "somebody may be injecting it");
    return FALSE;
  }
  return tls_stream_start(session->stream, error);
}

static gboolean greet(FetchSession *session, gboolean *ret_known, GError **error) {
  mailstream_low *low = mailstream_low_new(session, (mailstream_low_driver *)&link_driver);
  mailstream *stream = mailstream_new(low, 16384);
  begin_command(session);
  int rc = mailimap_connect(session->imap, stream);
  *ret_known = rc == MAILIMAP_NO_ERROR_AUTHENTICATED;
  if (rc == MAILIMAP_NO_ERROR_AUTHENTICATED || rc == MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
    rc = MAILIMAP_NO_ERROR;
  return done(session, rc, MAIL_ERROR_TRANSIENT, "the greeting", error);
}

static gboolean set_up(FetchSession *session, GError **error) {
  gboolean known = FALSE;
  if (!greet(session, &known, error)) return FALSE;
  if (session->account->imap.security == LINK_STARTTLS) {
    if (known) { /* there is no STARTTLS after PREAUTH: somebody may be in between */
      fail(session, error, MAIL_ERROR_TLS,
           "the server greets as logged in, so that STARTTLS cannot "
           "be asked for; use imaps://");
      return FALSE;
    }
    if (!start_tls(session, error)) return FALSE;
  }
  if (!known && (!read_capabilities(session, error) || !log_in(session, error))) return FALSE;
  session->logged_in = TRUE;
  return read_capabilities(session, error); /* more is offered after the login */
}

FetchSession *fetch_session_open(const Account *account, int cancel_fd, GError **error) {
  FetchSession *session = g_new0(FetchSession, 1);
  session->account = account;
  session->stream = tls_stream_open_cancellable(&account->imap, account->ca_file,
                                                account->timeout_s, cancel_fd, error);
  if (session->stream) {
    session->imap = mailimap_new(0, NULL);
    if (set_up(session, error)) return session;
  }
  session->broken = TRUE;
  fetch_session_close(session);
  return NULL;
}

void fetch_session_close(FetchSession *session) {
  if (!session) return;
  if (session->imap && session->logged_in && !session->broken && !session->error) {
    tls_stream_budget(session->stream, GOODBYE_S, COMMAND_BYTES);
    mailimap_logout(session->imap);
  }
  if (session->imap && session->imap->imap_stream) { /* else mailimap_free would log out again */
    mailstream_close(session->imap->imap_stream);
    session->imap->imap_stream = NULL;
  }
  if (session->imap) mailimap_free(session->imap);
  tls_stream_close(session->stream);
  g_clear_error(&session->error);
  g_free(session);
}

char *fetch_session_describe(const FetchSession *session) {
  return g_strconcat(tls_stream_where(session->stream), session->idle ? ", IDLE" : ", no IDLE",
                     session->move ? ", MOVE" : ", no MOVE",
                     session->uidplus ? ", UIDPLUS" : ", no UIDPLUS", NULL);
}

/* --- fetch: what is asked for and what comes ---------------------------------------------------
 */

typedef struct {
  guint32 uid;
  guint64 size_bytes;
  gint64 received;
  const char *body; /* borrowed from the answer */
  gsize body_size;
} Answer;

static gint64 internal_date(const struct mailimap_date_time *date) {
  g_autoptr(GDateTime) local =
      g_date_time_new_utc(date->dt_year, date->dt_month, date->dt_day, date->dt_hour, date->dt_min,
                          CLAMP(date->dt_sec, 0, 59));
  if (!local) return 0;
  int zone = date->dt_zone; /* +0530 is 530 */
  return g_date_time_to_unix(local) - (zone / 100 * 3600 + zone % 100 * 60);
}

static void read_item(const struct mailimap_msg_att_static *item, Answer *answer) {
  switch (item->att_type) {
  case MAILIMAP_MSG_ATT_UID:
    answer->uid = item->att_data.att_uid;
    break;
  case MAILIMAP_MSG_ATT_RFC822_SIZE:
    answer->size_bytes = item->att_data.att_rfc822_size;
    break;
  case MAILIMAP_MSG_ATT_INTERNALDATE:
    answer->received = internal_date(item->att_data.att_internal_date);
    break;
  case MAILIMAP_MSG_ATT_BODY_SECTION:
    answer->body = item->att_data.att_body_section->sec_body_part;
    answer->body_size = item->att_data.att_body_section->sec_length;
    break;
  default:
    break;
  }
}

static Answer read_answer(const struct mailimap_msg_att *message) {
  Answer answer = {0};
  for (clistiter *at = clist_begin(message->att_list); at; at = clist_next(at)) {
    const struct mailimap_msg_att_item *item = clist_content(at);
    if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
      read_item(item->att_data.att_static, &answer);
  }
  return answer;
}

static struct mailimap_fetch_type *ask_for(struct mailimap_fetch_att *one,
                                           struct mailimap_fetch_att *two,
                                           struct mailimap_fetch_att *three) {
  struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();
  mailimap_fetch_type_new_fetch_att_list_add(type, one);
  if (two) mailimap_fetch_type_new_fetch_att_list_add(type, two);
  if (three) mailimap_fetch_type_new_fetch_att_list_add(type, three);
  return type;
}

/* Runs of neighbouring UIDs become ranges; ascending `uids`, `stride` bytes apart. */
static struct mailimap_set *set_of(const void *uids, gsize count, gsize stride) {
  struct mailimap_set *set = mailimap_set_new_empty();
  guint32 first = 0, last = 0;
  for (gsize i = 0; i <= count; i++) {
    guint32 uid = i < count ? *(const guint32 *)(const void *)((const char *)uids + i * stride) : 0;
    if (uid && first && uid == last + 1) {
      last = uid;
      continue;
    }
    if (first) mailimap_set_add_interval(set, first, last);
    first = last = uid;
  }
  return set;
}

/* --- select, list, seek ------------------------------------------------------------------------
 */

static gboolean uid_at(FetchSession *session, guint32 number, guint32 *ret_uid, GError **error) {
  struct mailimap_set *set = mailimap_set_new_single(number);
  struct mailimap_fetch_type *type = ask_for(mailimap_fetch_att_new_uid(), NULL, NULL);
  clist *result = NULL;
  begin_command(session);
  int rc = mailimap_fetch(session->imap, set, type, &result);
  mailimap_fetch_type_free(type);
  mailimap_set_free(set);
  if (!done(session, rc, MAIL_ERROR_TRANSIENT, "FETCH", error)) return FALSE;
  *ret_uid = 0;
  for (clistiter *at = clist_begin(result); at; at = clist_next(at)) {
    const struct mailimap_msg_att *message = clist_content(at);
    if (message->att_number == number) *ret_uid = read_answer(message).uid;
  }
  mailimap_fetch_list_free(result);
  if (*ret_uid) return TRUE;
  fail(session, error, MAIL_ERROR_TRANSIENT, "the folder changed while it was read");
  return FALSE;
}

static gboolean takes_keywords(const struct mailimap_selection_info *info) {
  for (clistiter *at = info->sel_perm_flags ? clist_begin(info->sel_perm_flags) : NULL; at;
       at = clist_next(at))
    if (((const struct mailimap_flag_perm *)clist_content(at))->fl_type == MAILIMAP_FLAG_PERM_ALL)
      return TRUE;
  return FALSE;
}

static gboolean work_out_uidnext(FetchSession *session, FetchFolder *folder, GError **error) {
  guint32 highest = 0;
  if (folder->uidnext) return TRUE;
  if (folder->exists && !uid_at(session, folder->exists, &highest, error)) return FALSE;
  folder->uidnext = highest + 1;
  return TRUE;
}

gboolean fetch_session_select(FetchSession *session, const char *folder, gboolean writable,
                              FetchFolder *ret_folder, GError **error) {
  g_autofree char *wire = fetch_plan_folder(folder);
  g_autofree char *doing = g_strdup_printf("opening folder '%s'", folder);
  begin_command(session);
  int rc = writable ? mailimap_select(session->imap, wire) : mailimap_examine(session->imap, wire);
  if (!done(session, rc, MAIL_ERROR_PERMANENT, doing, error)) return FALSE;
  const struct mailimap_selection_info *info = session->imap->imap_selection_info;
  FetchFolder got = {.uidvalidity = info->sel_uidvalidity,
                     .uidnext = info->sel_uidnext,
                     .exists = info->sel_exists,
                     .read_only = info->sel_perm == MAILIMAP_MAILBOX_READONLY,
                     .keywords = takes_keywords(info)};
  if (!got.uidvalidity) {
    fail(session, error, MAIL_ERROR_PROTOCOL, "%s has no UIDVALIDITY: its UIDs cannot be relied on",
         doing);
    return FALSE;
  }
  if (!work_out_uidnext(session, &got, error)) return FALSE;
  session->exists = got.exists;
  *ret_folder = got;
  return TRUE;
}

GArray *fetch_session_list(FetchSession *session, guint32 first, guint32 last, GError **error) {
  struct mailimap_set *set = mailimap_set_new_interval(first, last);
  struct mailimap_fetch_type *type =
      ask_for(mailimap_fetch_att_new_uid(), mailimap_fetch_att_new_rfc822_size(),
              mailimap_fetch_att_new_internaldate());
  clist *result = NULL;
  begin_command(session);
  int rc = mailimap_uid_fetch(session->imap, set, type, &result);
  mailimap_fetch_type_free(type);
  mailimap_set_free(set);
  if (!done(session, rc, MAIL_ERROR_TRANSIENT, "UID FETCH", error)) return NULL;
  GArray *listed = g_array_new(FALSE, FALSE, sizeof(FetchListed));
  for (clistiter *at = clist_begin(result); at; at = clist_next(at)) {
    Answer answer = read_answer(clist_content(at));
    FetchListed item = {answer.uid, answer.size_bytes, answer.received};
    if (item.uid >= first && item.uid <= last) g_array_append_val(listed, item);
  }
  mailimap_fetch_list_free(result);
  return listed;
}

gboolean fetch_session_seek(FetchSession *session, guint32 exists, guint32 from, guint32 *ret_uid,
                            GError **error) {
  guint32 low = 1, high = exists, found = 0;
  while (low <= high) {
    guint32 middle = low + (high - low) / 2, uid = 0;
    if (!uid_at(session, middle, &uid, error)) return FALSE;
    if (uid >= from) {
      found = uid;
      high = middle - 1;
    } else {
      low = middle + 1;
    }
  }
  *ret_uid = found;
  return TRUE;
}

/* --- bodies ------------------------------------------------------------------------------------
 */

static const FetchListed *listed_with(const FetchListed *listed, guint count, guint32 uid) {
  for (guint i = 0; i < count; i++)
    if (listed[i].uid == uid) return &listed[i];
  return NULL;
}

static FetchedMessage *message_of(const Answer *answer, const FetchListed *listed,
                                  guint32 uidvalidity, gboolean header_only) {
  FetchedMessage *message = g_new0(FetchedMessage, 1);
  message->uidvalidity = uidvalidity;
  message->uid = listed->uid;
  message->received = listed->received;
  message->size_bytes = listed->size_bytes;
  message->header_only = header_only;
  message->raw = g_bytes_new(answer->body, answer->body_size);
  return message;
}

static struct mailimap_fetch_att *whole_or_header(gboolean header_only) {
  return header_only ? mailimap_fetch_att_new_body_peek_section_partial(
                           mailimap_section_new_header(), 0, HEADER_BYTES)
                     : mailimap_fetch_att_new_body_peek_section(mailimap_section_new(NULL));
}

/* Some servers only guess RFC822.SIZE: twice what was announced, and some more, is let in. */
static void begin_bodies(FetchSession *session, const FetchListed *listed, guint count,
                         gboolean header_only) {
  guint64 bytes = 0, largest = 0;
  for (guint i = 0; i < count; i++) {
    guint64 size = header_only ? HEADER_BYTES : 2 * listed[i].size_bytes + HEADER_BYTES;
    bytes += size;
    largest = MAX(largest, size);
  }
  begin(session, bytes + COMMAND_BYTES, COMMAND_LINES, largest);
}

GPtrArray *fetch_session_bodies(FetchSession *session, const FetchListed *listed, guint count,
                                guint32 uidvalidity, gboolean header_only, GError **error) {
  struct mailimap_set *set = set_of(&listed[0].uid, count, sizeof *listed);
  struct mailimap_fetch_type *type =
      ask_for(mailimap_fetch_att_new_uid(), whole_or_header(header_only), NULL);
  clist *result = NULL;
  begin_bodies(session, listed, count, header_only);
  int rc = mailimap_uid_fetch(session->imap, set, type, &result);
  mailimap_fetch_type_free(type);
  mailimap_set_free(set);
  if (!done(session, rc, MAIL_ERROR_PERMANENT, "UID FETCH of messages", error)) return NULL;
  GPtrArray *messages = g_ptr_array_new_with_free_func((GDestroyNotify)fetched_message_free);
  for (clistiter *at = clist_begin(result); at; at = clist_next(at)) {
    Answer answer = read_answer(clist_content(at));
    const FetchListed *item = answer.body ? listed_with(listed, count, answer.uid) : NULL;
    if (item) g_ptr_array_add(messages, message_of(&answer, item, uidvalidity, header_only));
  }
  mailimap_fetch_list_free(result);
  return messages;
}

/* --- idle --------------------------------------------------------------------------------------
 */

static gboolean is_changed(const FetchSession *session) {
  return session->imap->imap_selection_info->sel_exists != session->exists;
}

gboolean fetch_session_idle(FetchSession *session, int wake_fd, int timeout_ms, gboolean *ret_news,
                            GError **error) {
  *ret_news = is_changed(session); /* told in answer to another command */
  if (*ret_news) return TRUE;
  begin_command(session);
  if (!session->idle) {
    *ret_news = tls_stream_wait(session->stream, wake_fd, timeout_ms) == 1;
    return TRUE;
  }
  if (!done(session, mailimap_idle(session->imap), MAIL_ERROR_PROTOCOL, "IDLE", error))
    return FALSE;
  gboolean readable = session->imap->imap_stream->read_buffer_len > 0 ||
                      tls_stream_wait(session->stream, wake_fd, timeout_ms) == 1;
  begin_command(session);
  if (!done(session, mailimap_idle_done(session->imap), MAIL_ERROR_PROTOCOL, "DONE", error))
    return FALSE;
  *ret_news = readable || is_changed(session);
  return TRUE;
}

/* --- flag and move -----------------------------------------------------------------------------
 */

static int store_flags(FetchSession *session, struct mailimap_set *set,
                       struct mailimap_flag_list *flags) {
  struct mailimap_store_att_flags *store = mailimap_store_att_flags_new_add_flags_silent(flags);
  int rc = mailimap_uid_store(session->imap, set, store);
  mailimap_store_att_flags_free(store);
  return rc;
}

gboolean fetch_session_flag(FetchSession *session, const guint32 *uids, gsize count,
                            gboolean keyword, GError **error) {
  for (gsize at = 0; at < count; at += MARK_SET) {
    struct mailimap_set *set = set_of(uids + at, MIN(MARK_SET, count - at), sizeof *uids);
    struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
    mailimap_flag_list_add(flags, mailimap_flag_new_seen());
    if (keyword)
      mailimap_flag_list_add(flags, mailimap_flag_new_flag_keyword(strdup("$bulletind")));
    begin_command(session);
    int rc = store_flags(session, set, flags);
    mailimap_set_free(set);
    if (!done(session, rc, MAIL_ERROR_PERMANENT, "flagging", error)) return FALSE;
  }
  return TRUE;
}

static int copy_and_delete(FetchSession *session, struct mailimap_set *set, const char *folder) {
  int rc = mailimap_uid_copy(session->imap, set, folder);
  if (rc != MAILIMAP_NO_ERROR) return rc;
  struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
  mailimap_flag_list_add(flags, mailimap_flag_new_deleted());
  begin_command(session);
  rc = store_flags(session, set, flags);
  if (rc != MAILIMAP_NO_ERROR || !session->uidplus) return rc;
  begin_command(session);
  return mailimap_uid_expunge(session->imap, set);
}

static int move_set(FetchSession *session, struct mailimap_set *set, const char *folder) {
  begin_command(session);
  return session->move ? mailimap_uid_move(session->imap, set, folder)
                       : copy_and_delete(session, set, folder);
}

/* A NO may mean that the folder is missing (TRYCREATE): make it, once, and try again. */
static int move_or_create(FetchSession *session, struct mailimap_set *set, const char *folder) {
  int rc = move_set(session, set, folder);
  if (rc == MAILIMAP_NO_ERROR || is_broken(rc) || session->error) return rc;
  begin_command(session);
  if (mailimap_create(session->imap, folder) != MAILIMAP_NO_ERROR) return rc;
  return move_set(session, set, folder);
}

gboolean fetch_session_move(FetchSession *session, const guint32 *uids, gsize count,
                            const char *folder, GError **error) {
  g_autofree char *wire = fetch_plan_folder(folder);
  g_autofree char *doing = g_strdup_printf("moving to '%s'", folder);
  for (gsize at = 0; at < count; at += MARK_SET) {
    struct mailimap_set *set = set_of(uids + at, MIN(MARK_SET, count - at), sizeof *uids);
    int rc = move_or_create(session, set, wire);
    mailimap_set_free(set);
    if (!done(session, rc, MAIL_ERROR_PERMANENT, doing, error)) return FALSE;
  }
  return TRUE;
}
