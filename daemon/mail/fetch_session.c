/* fetch_session - see fetch_session.h. Stands on fetch_wire and fetch_login; every answer of the
 * server is taken for what it may be: late, short, of other messages than those asked for. */
#include "daemon/mail/fetch_session.h"

#include <libetpan/idle.h>
#include <libetpan/mailimap.h>
#include <libetpan/mailstream.h>
#include <libetpan/uidplus.h>
#include <string.h>

#include "daemon/mail/fetch_login.h"
#include "daemon/mail/fetch_wire.h"

enum {
  HEADER_BYTES = 64 << 10, /* of a message over the limit */
  MARK_SET = 500,          /* UIDs a STORE or MOVE */
};

struct FetchSession {
  FetchWire wire;
  gboolean logged_in; /* a LOGOUT is in order */
  gboolean idle, move, uidplus;
  guint32 exists; /* as last told to the caller */
};

/* --- open and close -------------------------------------------------------------------------- */

static gboolean set_up(FetchSession *session, const Account *account, int cancel_fd,
                       GError **error) {
  FetchWire *wire = &session->wire;
  gboolean known = FALSE;
  if (!fetch_wire_open(wire, account, cancel_fd, &known, error)) return FALSE;
  if (known && account->imap.security == LINK_STARTTLS) {
    fetch_wire_fail(wire, error, MAIL_ERROR_TLS, /* somebody may be in between */
                    "the server greets as logged in, so that STARTTLS cannot be asked for; use "
                    "imaps://");
    return FALSE;
  }
  if (account->imap.security == LINK_STARTTLS && !fetch_wire_start_tls(wire, error)) return FALSE;
  if (!known && !fetch_login(wire, error)) return FALSE;
  session->logged_in = TRUE;
  if (!fetch_login_capabilities(wire, error)) return FALSE;
  session->idle = fetch_login_offers(wire, "IDLE");
  session->move = fetch_login_offers(wire, "MOVE");
  session->uidplus = fetch_login_offers(wire, "UIDPLUS");
  return TRUE;
}

FetchSession *fetch_session_open(const Account *account, int cancel_fd, GError **error) {
  FetchSession *session = g_new0(FetchSession, 1);
  if (set_up(session, account, cancel_fd, error)) return session;
  session->wire.broken = TRUE;
  fetch_session_close(session);
  return NULL;
}

void fetch_session_close(FetchSession *session) {
  if (!session) return;
  fetch_wire_close(&session->wire, session->logged_in);
  g_free(session);
}

char *fetch_session_describe(const FetchSession *session) {
  return g_strconcat(tls_stream_where(session->wire.stream), session->idle ? ", IDLE" : ", no IDLE",
                     session->move ? ", MOVE" : ", no MOVE",
                     session->uidplus ? ", UIDPLUS" : ", no UIDPLUS", NULL);
}

/* --- fetch: what is asked for and what comes ------------------------------------------------- */

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

/* --- select, list, seek ---------------------------------------------------------------------- */

static gboolean uid_at(FetchSession *session, guint32 number, guint32 *ret_uid, GError **error) {
  struct mailimap_set *set = mailimap_set_new_single(number);
  struct mailimap_fetch_type *type = ask_for(mailimap_fetch_att_new_uid(), NULL, NULL);
  clist *result = NULL;
  fetch_wire_begin(&session->wire);
  int rc = mailimap_fetch(session->wire.imap, set, type, &result);
  mailimap_fetch_type_free(type);
  mailimap_set_free(set);
  if (!fetch_wire_done(&session->wire, rc, MAIL_ERROR_TRANSIENT, "FETCH", error)) return FALSE;
  *ret_uid = 0;
  for (clistiter *at = clist_begin(result); at; at = clist_next(at)) {
    const struct mailimap_msg_att *message = clist_content(at);
    if (message->att_number == number) *ret_uid = read_answer(message).uid;
  }
  mailimap_fetch_list_free(result);
  if (*ret_uid) return TRUE;
  fetch_wire_fail(&session->wire, error, MAIL_ERROR_TRANSIENT,
                  "the folder changed while it was read");
  return FALSE;
}

/* PERMANENTFLAGS: absent, all but new ones can be set (RFC 3501 7.1). */
static void read_flags(const struct mailimap_selection_info *info, FetchFolder *folder) {
  folder->deletes = !info->sel_perm_flags;
  for (clistiter *at = info->sel_perm_flags ? clist_begin(info->sel_perm_flags) : NULL; at;
       at = clist_next(at)) {
    const struct mailimap_flag_perm *flag = clist_content(at);
    if (flag->fl_type == MAILIMAP_FLAG_PERM_ALL)
      folder->keywords = TRUE;
    else if (flag->fl_flag->fl_type == MAILIMAP_FLAG_DELETED)
      folder->deletes = TRUE;
  }
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
  fetch_wire_begin(&session->wire);
  int rc = writable ? mailimap_select(session->wire.imap, wire)
                    : mailimap_examine(session->wire.imap, wire);
  if (!fetch_wire_done(&session->wire, rc, MAIL_ERROR_PERMANENT, doing, error)) return FALSE;
  const struct mailimap_selection_info *info = session->wire.imap->imap_selection_info;
  FetchFolder got = {.uidvalidity = info->sel_uidvalidity,
                     .uidnext = info->sel_uidnext,
                     .uidnext_told = info->sel_uidnext != 0,
                     .exists = info->sel_exists,
                     .read_only = info->sel_perm == MAILIMAP_MAILBOX_READONLY};
  read_flags(info, &got);
  if (!got.uidvalidity) {
    fetch_wire_fail(&session->wire, error, MAIL_ERROR_PROTOCOL,
                    "%s has no UIDVALIDITY: its UIDs cannot be relied on", doing);
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
  fetch_wire_begin(&session->wire);
  int rc = mailimap_uid_fetch(session->wire.imap, set, type, &result);
  mailimap_fetch_type_free(type);
  mailimap_set_free(set);
  if (!fetch_wire_done(&session->wire, rc, MAIL_ERROR_TRANSIENT, "UID FETCH", error)) return NULL;
  GArray *listed = g_array_new(FALSE, FALSE, sizeof(FetchListed));
  guint32 stranger = 0;
  for (clistiter *at = clist_begin(result); at; at = clist_next(at)) {
    Answer answer = read_answer(clist_content(at));
    FetchListed item = {answer.uid, answer.size_bytes, answer.received};
    if (item.uid >= first && item.uid <= last)
      g_array_append_val(listed, item);
    else if (item.uid && answer.received) /* what we asked for, of a message that we did not */
      stranger = item.uid;
  }
  mailimap_fetch_list_free(result);
  if (!stranger) return listed;
  fetch_wire_fail(
      &session->wire, error, MAIL_ERROR_PROTOCOL,
      "asked for UIDs %u to %u, the server tells of UID %u: its UIDs cannot be relied on", first,
      last, stranger);
  g_array_unref(listed);
  return NULL;
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

/* --- bodies ---------------------------------------------------------------------------------- */

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
  guint64 expected = 0, cap = 0, largest = 0;
  for (guint i = 0; i < count; i++) {
    guint64 size = header_only ? 0 : listed[i].size_bytes;
    guint64 most = 2 * size + HEADER_BYTES;
    expected += size;
    cap += most;
    largest = MAX(largest, most);
  }
  fetch_wire_begin_large(&session->wire, expected, cap, largest);
}

GPtrArray *fetch_session_bodies(FetchSession *session, const FetchListed *listed, guint count,
                                guint32 uidvalidity, gboolean header_only, GError **error) {
  struct mailimap_set *set = set_of(&listed[0].uid, count, sizeof *listed);
  struct mailimap_fetch_type *type =
      ask_for(mailimap_fetch_att_new_uid(), whole_or_header(header_only), NULL);
  clist *result = NULL;
  begin_bodies(session, listed, count, header_only);
  int rc = mailimap_uid_fetch(session->wire.imap, set, type, &result);
  mailimap_fetch_type_free(type);
  mailimap_set_free(set);
  if (!fetch_wire_done(&session->wire, rc, MAIL_ERROR_PERMANENT, "UID FETCH of messages", error))
    return NULL;
  GPtrArray *messages = g_ptr_array_new_with_free_func((GDestroyNotify)fetched_message_free);
  for (clistiter *at = clist_begin(result); at; at = clist_next(at)) {
    Answer answer = read_answer(clist_content(at));
    const FetchListed *item = answer.body ? listed_with(listed, count, answer.uid) : NULL;
    if (item) g_ptr_array_add(messages, message_of(&answer, item, uidvalidity, header_only));
  }
  mailimap_fetch_list_free(result);
  return messages;
}

/* --- idle ------------------------------------------------------------------------------------ */

/* Did the folder's size change since the caller was told of it? Tells it once. */
static gboolean is_changed(FetchSession *session) {
  guint32 exists = session->wire.imap->imap_selection_info->sel_exists;
  gboolean changed = exists != session->exists;
  session->exists = exists;
  return changed;
}

gboolean fetch_session_idle(FetchSession *session, int wake_fd, int timeout_ms, gboolean *ret_news,
                            GError **error) {
  *ret_news = is_changed(session); /* told in answer to another command */
  if (*ret_news) return TRUE;
  fetch_wire_begin(&session->wire);
  if (!session->idle) {
    *ret_news = tls_stream_wait(session->wire.stream, wake_fd, timeout_ms) == 1;
    return TRUE;
  }
  if (!fetch_wire_done(&session->wire, mailimap_idle(session->wire.imap), MAIL_ERROR_PROTOCOL,
                       "IDLE", error))
    return FALSE;
  gboolean readable = session->wire.imap->imap_stream->read_buffer_len > 0 ||
                      tls_stream_wait(session->wire.stream, wake_fd, timeout_ms) == 1;
  fetch_wire_begin(&session->wire);
  if (!fetch_wire_done(&session->wire, mailimap_idle_done(session->wire.imap), MAIL_ERROR_PROTOCOL,
                       "DONE", error))
    return FALSE;
  *ret_news = is_changed(session) || readable;
  return TRUE;
}

/* --- flag and move --------------------------------------------------------------------------- */

static int store_flags(FetchSession *session, struct mailimap_set *set,
                       struct mailimap_flag_list *flags) {
  struct mailimap_store_att_flags *store = mailimap_store_att_flags_new_add_flags_silent(flags);
  int rc = mailimap_uid_store(session->wire.imap, set, store);
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
    fetch_wire_begin(&session->wire);
    int rc = store_flags(session, set, flags);
    mailimap_set_free(set);
    if (!fetch_wire_done(&session->wire, rc, MAIL_ERROR_PERMANENT, "flagging", error)) return FALSE;
  }
  return TRUE;
}

static gboolean is_in(const struct mailimap_set *set, guint32 uid) {
  for (clistiter *at = clist_begin(set->set_list); at; at = clist_next(at)) {
    const struct mailimap_set_item *range = clist_content(at);
    if (uid >= range->set_first && uid <= range->set_last) return TRUE;
  }
  return FALSE;
}

/* Are all messages marked \Deleted in this folder in `set`? */
static int search_deleted(FetchSession *session, const struct mailimap_set *set,
                          gboolean *ret_ours) {
  struct mailimap_search_key *key = mailimap_search_key_new_all();
  key->sk_type = MAILIMAP_SEARCH_KEY_DELETED; /* a key without arguments either */
  clist *found = NULL;
  fetch_wire_begin(&session->wire);
  int rc = mailimap_uid_search(session->wire.imap, NULL, key, &found);
  mailimap_search_key_free(key);
  if (rc != MAILIMAP_NO_ERROR) return rc;
  *ret_ours = TRUE;
  for (clistiter *at = clist_begin(found); at; at = clist_next(at))
    *ret_ours = *ret_ours && is_in(set, *(const guint32 *)clist_content(at));
  mailimap_search_result_free(found);
  return MAILIMAP_NO_ERROR;
}

/* Without UIDPLUS an EXPUNGE takes whatever is marked \Deleted: only where that is ours alone. */
static int expunge(FetchSession *session, struct mailimap_set *set) {
  gboolean ours = FALSE;
  if (!session->uidplus) {
    int rc = search_deleted(session, set, &ours);
    if (rc != MAILIMAP_NO_ERROR || !ours) return rc;
  }
  fetch_wire_begin(&session->wire);
  return session->uidplus ? mailimap_uid_expunge(session->wire.imap, set)
                          : mailimap_expunge(session->wire.imap);
}

static int copy_and_delete(FetchSession *session, struct mailimap_set *set, const char *folder) {
  int rc = mailimap_uid_copy(session->wire.imap, set, folder);
  if (rc != MAILIMAP_NO_ERROR) return rc;
  struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
  mailimap_flag_list_add(flags, mailimap_flag_new_deleted());
  fetch_wire_begin(&session->wire);
  rc = store_flags(session, set, flags);
  return rc == MAILIMAP_NO_ERROR ? expunge(session, set) : rc;
}

static int move_set(FetchSession *session, struct mailimap_set *set, const char *folder) {
  fetch_wire_begin(&session->wire);
  return session->move ? mailimap_uid_move(session->wire.imap, set, folder)
                       : copy_and_delete(session, set, folder);
}

/* A NO may mean that the folder is missing (TRYCREATE): make it, once, and try again. */
static int move_or_create(FetchSession *session, struct mailimap_set *set, const char *folder) {
  int rc = move_set(session, set, folder);
  if (rc == MAILIMAP_NO_ERROR || fetch_wire_is_broken(&session->wire, rc)) return rc;
  fetch_wire_begin(&session->wire);
  int made = mailimap_create(session->wire.imap, folder);
  /* Again even if it was there: the error to be told is the move's. */
  return fetch_wire_is_broken(&session->wire, made) ? made : move_set(session, set, folder);
}

gboolean fetch_session_move(FetchSession *session, const guint32 *uids, gsize count,
                            const char *folder, GError **error) {
  g_autofree char *wire = fetch_plan_folder(folder);
  g_autofree char *doing = g_strdup_printf("moving to '%s'", folder);
  for (gsize at = 0; at < count; at += MARK_SET) {
    struct mailimap_set *set = set_of(uids + at, MIN(MARK_SET, count - at), sizeof *uids);
    int rc = move_or_create(session, set, wire);
    mailimap_set_free(set);
    if (!fetch_wire_done(&session->wire, rc, MAIL_ERROR_PERMANENT, doing, error)) return FALSE;
  }
  return TRUE;
}
