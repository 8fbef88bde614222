/* oauth_grant - see oauth_grant.h. */
#include "daemon/mail/oauth_grant.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/settings.h"
#include "daemon/util.h"

void oauth_grant_free(OauthGrant *grant) {
  if (!grant) return;
  secret_wipe(grant->refresh_token);
  secret_wipe(grant->access_token);
  g_free(grant->user);
  g_free(grant->fault);
  g_free(grant);
}

/* --- when ------------------------------------------------------------------------------------- */

/* 60 s, doubled with each time, an hour at most. */
static guint retry_s(guint times) {
  guint doubled = (guint)OAUTH_RETRY_FIRST_S << MIN(times - 1, 10);
  return MIN(doubled, OAUTH_RETRY_MAX_S);
}

static guint apart_s(const OauthGrant *grant) {
  guint failed = grant->failures ? retry_s(grant->failures) : 0;
  guint refused = grant->refused ? retry_s(grant->refusals) : 0;
  return MAX(MAX(failed, refused), OAUTH_APART_S);
}

OauthStep oauth_grant_plan(const OauthGrant *grant, gint64 now, guint *ret_wait_s) {
  if (!grant->refresh_token || grant->withdrawn) return OAUTH_LOG_IN;
  gint64 margin = MIN(OAUTH_MARGIN_S, (grant->until - grant->since) / 4);
  gboolean held = grant->access_token && !grant->refused && grant->since <= now;
  if (held && now < grant->until - margin) return OAUTH_USE;
  gint64 next = grant->tried + apart_s(grant);
  if (grant->tried > now || now >= next) return OAUTH_RENEW; /* a clock that was set back */
  if (held && now < grant->until) return OAUTH_USE;
  *ret_wait_s = (guint)(next - now);
  return OAUTH_WAIT;
}

void oauth_grant_take(OauthGrant *grant, OauthTokens *tokens, gint64 now) {
  secret_wipe(grant->access_token);
  grant->access_token = g_steal_pointer(&tokens->access_token);
  if (tokens->refresh_token) {
    secret_wipe(grant->refresh_token);
    grant->refresh_token = g_steal_pointer(&tokens->refresh_token);
  }
  grant->since = grant->tried = now;
  grant->until = now + tokens->lifetime_s;
  grant->failures = 0;
  grant->refused = grant->withdrawn = FALSE;
  g_clear_pointer(&grant->fault, g_free);
}

void oauth_grant_fail(OauthGrant *grant, const GError *why, gint64 now) {
  grant->tried = now;
  grant->failures++;
  grant->withdrawn = g_error_matches(why, OAUTH_ERROR, OAUTH_ERROR_WITHDRAWN);
  string_set(&grant->fault, why->message);
}

/* A token that had served for a while is refused in its own right; new ones, one after the other,
 * tell that tokens are not what is wrong. */
gboolean oauth_grant_refuse(OauthGrant *grant, const char *token, gint64 now) {
  if (!grant->access_token || strcmp(grant->access_token, token) != 0) return FALSE;
  gboolean aged = now - grant->since >= OAUTH_RETRY_FIRST_S;
  grant->refusals = aged ? 1 : grant->refusals + 1;
  grant->refused = TRUE;
  return TRUE;
}

/* --- the file: reading --------------------------------------------------------------------------
 */

static gboolean file_fault(GError **error, const char *path, const char *doing) {
  g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "%s cannot be %s: %s", path, doing,
              g_strerror(errno));
  return FALSE;
}

/* Root (bulletinctl) must not shut the daemon out: what it makes belongs to the folder's owner. */
static gboolean hand_over(int fd, const char *path) {
  g_autofree char *folder = g_path_get_dirname(path);
  struct stat st;
  if (geteuid() != 0) return TRUE;
  return stat(folder, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0;
}

int oauth_grant_lock(const char *path, GError **error) {
  g_autofree char *name = g_strconcat(path, ".lock", NULL);
  int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && hand_over(fd, name)) {
    while (flock(fd, LOCK_EX) < 0) /* whoever holds it is bounded by oauth_post */
      if (errno != EINTR) break;
    return fd;
  }
  file_fault(error, name, "made");
  if (fd >= 0) close(fd);
  return -1;
}

static char *text_of(const json_t *root, const char *key) {
  const char *text = json_string_value(json_object_get(root, key));
  return g_strdup(text);
}

static gint64 time_of(const json_t *root, const char *key) {
  return json_integer_value(json_object_get(root, key));
}

static OauthGrant *from_json(const json_t *root) {
  OauthGrant *grant = g_new0(OauthGrant, 1);
  grant->user = text_of(root, "user");
  grant->refresh_token = text_of(root, "refresh_token");
  grant->access_token = text_of(root, "access_token");
  grant->fault = text_of(root, "fault");
  grant->since = time_of(root, "since");
  grant->until = time_of(root, "until");
  grant->tried = time_of(root, "tried");
  grant->failures = (guint)CLAMP(time_of(root, "failures"), 0, 1000);
  grant->refusals = (guint)CLAMP(time_of(root, "refusals"), 0, 1000);
  grant->refused = json_is_true(json_object_get(root, "refused")) && grant->refusals;
  grant->withdrawn = json_is_true(json_object_get(root, "withdrawn"));
  return grant;
}

static OauthGrant *parse(const char *path, const char *text, gsize size, GError **error) {
  json_t *root = json_loadb(text, size, 0, NULL);
  OauthGrant *grant = json_is_object(root) ? from_json(root) : NULL;
  json_decref(root);
  if (!grant)
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET,
                "%s is no OAuth grant of ours; remove it and log in again", path);
  return grant;
}

static OauthGrant *read_open(const char *path, int fd, GError **error) {
  struct stat st;
  if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_mode & (S_IRWXG | S_IRWXO)) {
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SECRET, "%s is open to others; chmod 600 %s",
                path, path);
    return NULL;
  }
  char *text = g_malloc(OAUTH_GRANT_BYTES_MAX);
  gsize size = 0;
  ssize_t got;
  while (size < OAUTH_GRANT_BYTES_MAX &&
         (got = read(fd, text + size, OAUTH_GRANT_BYTES_MAX - size)) != 0)
    if (got > 0)
      size += (gsize)got;
    else if (errno != EINTR)
      break;
  OauthGrant *grant = parse(path, text, size, error);
  explicit_bzero(text, size);
  g_free(text);
  return grant;
}

OauthGrant *oauth_grant_load(const char *path, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) return g_new0(OauthGrant, 1);
  if (fd < 0) {
    file_fault(error, path, "read");
    return NULL;
  }
  OauthGrant *grant = read_open(path, fd, error);
  close(fd);
  return grant;
}

/* --- the file: writing --------------------------------------------------------------------------
 */

gboolean oauth_grant_prepare(const char *path, OauthDraft *ret_draft, GError **error) {
  OauthDraft draft = {g_strdup(path), g_strconcat(path, ".next", NULL), -1};
  unlink(draft.next); /* of a run that was cut off */
  draft.fd = open(draft.next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (draft.fd >= 0) errno = posix_fallocate(draft.fd, 0, OAUTH_GRANT_BYTES_MAX);
  if (draft.fd < 0 || errno || !hand_over(draft.fd, path)) {
    file_fault(error, draft.next, "made");
    oauth_grant_drop(&draft);
    return FALSE;
  }
  *ret_draft = draft;
  return TRUE;
}

void oauth_grant_drop(OauthDraft *draft) {
  if (draft->fd >= 0) {
    close(draft->fd);
    unlink(draft->next);
  }
  g_free(draft->path);
  g_free(draft->next);
  *draft = (OauthDraft){.fd = -1};
}

static void put_text(json_t *root, const char *key, const char *text) {
  if (text) json_object_set_new(root, key, json_string(text));
}

static char *to_json(const OauthGrant *grant) {
  json_t *root = json_pack("{sI sI sI sI sI sb sb}", "since", (json_int_t)grant->since, "until",
                           (json_int_t)grant->until, "tried", (json_int_t)grant->tried, "failures",
                           (json_int_t)grant->failures, "refusals", (json_int_t)grant->refusals,
                           "refused", grant->refused, "withdrawn", grant->withdrawn);
  put_text(root, "user", grant->user);
  put_text(root, "fault", grant->fault);
  put_text(root, "refresh_token", grant->refresh_token);
  put_text(root, "access_token", grant->access_token);
  char *text = json_dumps(root, JSON_INDENT(1));
  json_decref(root);
  return text;
}

static gboolean write_all(int fd, const char *text) {
  gsize size = strlen(text), done = 0;
  while (done < size) {
    ssize_t put = write(fd, text + done, size - done);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return FALSE;
    done += (gsize)put;
  }
  return ftruncate(fd, (off_t)size) == 0 && fsync(fd) == 0;
}

static void sync_folder(const char *path) {
  g_autofree char *folder = g_path_get_dirname(path);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  if (fsync(fd) < 0) log_warning("%s: %s", folder, g_strerror(errno));
  close(fd);
}

gboolean oauth_grant_save(OauthDraft *draft, const OauthGrant *grant, GError **error) {
  char *text = to_json(grant);
  gboolean kept = write_all(draft->fd, text) && rename(draft->next, draft->path) == 0;
  if (!kept) file_fault(error, draft->next, "written");
  explicit_bzero(text, strlen(text));
  free(text); /* of jansson */
  if (kept) sync_folder(draft->path);
  if (kept) close(draft->fd), draft->fd = -1;
  oauth_grant_drop(draft);
  return kept;
}
