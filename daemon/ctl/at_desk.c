#include "daemon/ctl/at_desk.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/commit.h"
#include "daemon/log.h"

enum { WHO_MAX_CHARS = 64, LINE_MAX_CHARS = 1000, ANSWER_MAX_CHARS = 16 };

/* --- opening ---------------------------------------------------------------------------------- */

char *at_desk_who(void) {
  char login[WHO_MAX_CHARS * 4];
  const char *sudo = geteuid() == 0 ? g_getenv("SUDO_USER") : NULL;
  const char *name = sudo && *sudo                          ? sudo
                     : getlogin_r(login, sizeof login) == 0 ? login
                                                            : g_get_user_name();
  g_autofree char *clean = log_clean(name, WHO_MAX_CHARS);
  return g_strconcat("admin:", clean, NULL);
}

gboolean at_desk_load(AtDesk *at, const Options *options, int *ret_code) {
  *at = (AtDesk){.who = at_desk_who()};
  const char *file = options->config ? options->config : CTL_DEFAULT_CONFIG;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  at->config = config_load(file, problems);
  if (at->config && !ctl_may_write(at->config, ret_code)) return FALSE;
  if (at->config) at->replies = replies_load(at->config, problems);
  if (at->config && problems->len == 0) return TRUE;
  *ret_code = ctl_problems(problems);
  return FALSE;
}

gboolean at_desk_open(AtDesk *at, int *ret_code) {
  at->store = ctl_store(at->config, 0, ret_code);
  at->reader = desk_reader_new(at->config);
  at->desk =
      (Desk){.store = at->store, .config = at->config, .replies = at->replies, .who = at->who};
  return at->store != NULL;
}

void at_desk_done(AtDesk *at) {
  desk_reader_free(at->reader);
  store_close(at->store);
  replies_free(at->replies);
  config_free(at->config);
  g_free(at->who);
}

char *at_desk_thread_event(const AtDesk *at, const Extraction *extraction) {
  g_autoptr(StoreTxn) txn = store_begin(at->store, FALSE, NULL);
  return txn ? commit_thread_event(at->config, store_secret(at->store), txn, extraction) : NULL;
}

int at_desk_error(const GError *error) {
  static const int codes[] = {[DESK_ERROR_NOT_FOUND] = EX_NOINPUT,
                              [DESK_ERROR_INVALID] = EX_DATAERR,
                              [DESK_ERROR_STATE] = EX_DATAERR,
                              [DESK_ERROR_CHANGED] = EX_DATAERR};
  if (error->domain != DESK_ERROR) return ctl_error(error);
  return ctl_fail(codes[error->code], "%s", error->message);
}

/* --- asking ----------------------------------------------------------------------------------- */

gboolean at_desk_on_terminal(void) {
  return isatty(STDIN_FILENO) == 1;
}

static gboolean says_yes(const char *answer) {
  static const char *const words[] = {"y", "yes", "o", "oui", "j", "ja", "はい", NULL};
  g_autofree char *word = g_utf8_strdown(answer, -1);
  return g_strv_contains(words, g_strstrip(word));
}

gboolean at_desk_may_ask(const Options *options, const char *command, int *ret_code) {
  if (options->yes || at_desk_on_terminal()) return TRUE;
  *ret_code = ctl_fail(
      EX_USAGE, "%s asks before it changes anything, and there is no terminal; say --yes", command);
  return FALSE;
}

gboolean at_desk_confirm(const Options *options, const char *question, int *ret_code) {
  if (options->yes) return TRUE;
  char answer[ANSWER_MAX_CHARS * 4] = "";
  fflush(stdout);
  fprintf(stderr, "%s [y/N] ", question);
  if (fgets(answer, sizeof answer, stdin) && g_utf8_validate(answer, -1, NULL) && says_yes(answer))
    return TRUE;
  fprintf(stderr, "Nothing was changed.\n");
  *ret_code = EX_OK;
  return FALSE;
}

/* --- showing ---------------------------------------------------------------------------------- */

static void show_text(const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++) {
    g_autofree char *clean = log_clean(*line, LINE_MAX_CHARS);
    fprintf(stderr, "| %s\n", clean);
  }
}

void at_desk_show(const DeskPreview *preview) {
  for (guint i = 0; i < preview->notes->len; i++) {
    g_autofree char *clean = log_clean(preview->notes->pdata[i], LINE_MAX_CHARS);
    fprintf(stderr, "%s\n", clean);
  }
  if (!preview->to) {
    fprintf(stderr, "Nobody is answered: %s\n", preview->why_not);
    return;
  }
  g_autofree char *subject = log_clean(preview->subject, LINE_MAX_CHARS);
  fprintf(stderr, "To: %s\nSubject: %s\n", preview->to, subject);
  show_text(preview->text);
}
