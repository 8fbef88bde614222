/* decide_cmds - what a person decides: each command is one call of desk, told in one line.
 *
 * Whose name the history bears is found before the program becomes the store's owner. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ctl/ctl.h"
#include "daemon/desk/desk.h"
#include "daemon/log.h"
#include "daemon/replies.h"

enum { WHO_MAX_CHARS = 64 };

/* --- who -------------------------------------------------------------------------------------- */

/* Who called sudo, who has logged in, whose process it is. SUDO_USER counts for root alone, who
 * could be anybody anyway. */
static char *find_who(void) {
  char login[WHO_MAX_CHARS * 4];
  const char *sudo = geteuid() == 0 ? g_getenv("SUDO_USER") : NULL;
  const char *name = sudo && *sudo                          ? sudo
                     : getlogin_r(login, sizeof login) == 0 ? login
                                                            : g_get_user_name();
  g_autofree char *clean = log_clean(name, WHO_MAX_CHARS);
  return g_strconcat("admin:", clean, NULL);
}

/* --- arguments -------------------------------------------------------------------------------- */

/* field=value, as many as there are; NULL: told. */
static GPtrArray *parse_changes(char **arguments) {
  GPtrArray *changes = g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
  for (char **at = arguments; *at; at++) {
    const char *equals = strchr(*at, '=');
    if (equals && equals > *at && g_utf8_validate(*at, -1, NULL)) {
      g_autofree char *name = g_strndup(*at, (gsize)(equals - *at));
      g_ptr_array_add(changes, store_field_new(name, equals + 1));
      continue;
    }
    ctl_fail(EX_USAGE, "'%s' is no change; write FIELD=VALUE, in UTF-8", *at);
    g_ptr_array_unref(changes);
    return NULL;
  }
  return changes;
}

/* --- the call --------------------------------------------------------------------------------- */

typedef gboolean (*Deciding)(const Desk *desk, guint64 id, const GPtrArray *changes,
                             GError **error);

static int desk_exit_code(const GError *error) {
  static const int codes[] = {[DESK_ERROR_NOT_FOUND] = EX_NOINPUT,
                              [DESK_ERROR_INVALID] = EX_DATAERR,
                              [DESK_ERROR_STATE] = EX_DATAERR};
  if (error->domain != DESK_ERROR) return ctl_error(error);
  return ctl_fail(codes[error->code], "%s", error->message);
}

/* The configuration must be right here: an answer is made of it. */
static gboolean load(const Options *options, Config **ret_config, Replies **ret_replies,
                     int *ret_code) {
  const char *file = options->config ? options->config : CTL_DEFAULT_CONFIG;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  *ret_config = config_load(file, problems);
  if (*ret_config && !ctl_may_write(*ret_config, ret_code)) return FALSE;
  if (*ret_config) *ret_replies = replies_load(*ret_config, problems);
  if (*ret_config && problems->len == 0) return TRUE;
  *ret_code = ctl_problems(problems);
  return FALSE;
}

static int decide_with(const Config *config, const Replies *replies, const char *who,
                       Deciding deciding, guint64 id, const GPtrArray *changes) {
  int code = EX_OK;
  g_autoptr(Store) store = ctl_store(config, 0, &code);
  if (!store) return code;
  g_autoptr(GError) error = NULL;
  Desk desk = {.store = store, .config = config, .replies = replies, .who = who};
  return deciding(&desk, id, changes, &error) ? EX_OK : desk_exit_code(error);
}

static int run(const Options *options, char **arguments, const char *what, const char *told,
               Deciding deciding) {
  guint64 id;
  if (!ctl_number(arguments[0], what, &id)) return EX_USAGE;
  g_autoptr(GPtrArray) changes = parse_changes(arguments + 1);
  if (!changes) return EX_USAGE;
  g_autofree char *who = find_who();
  g_autoptr(Config) config = NULL;
  g_autoptr(Replies) replies = NULL;
  int code = EX_OK;
  if (!load(options, &config, &replies, &code)) return code;
  code = decide_with(config, replies, who, deciding, id, changes);
  if (code == EX_OK) printf("%" G_GUINT64_FORMAT ": %s\n", id, told);
  return ctl_end_output(code);
}

/* --- the commands ----------------------------------------------------------------------------- */

static gboolean ask(const Desk *desk, guint64 id, const GPtrArray *changes, GError **error) {
  (void)changes;
  return desk_ask(desk, id, error);
}

static gboolean ignore(const Desk *desk, guint64 id, const GPtrArray *changes, GError **error) {
  (void)changes;
  return desk_ignore(desk, id, error);
}

static gboolean cancel(const Desk *desk, guint64 id, const GPtrArray *changes, GError **error) {
  (void)changes;
  return desk_cancel(desk, id, error);
}

int ctl_accept(const Options *options, char **arguments) {
  return run(options, arguments, "mail's id", "accepted", desk_accept);
}

int ctl_ask(const Options *options, char **arguments) {
  return run(options, arguments, "mail's id", "its sender is asked", ask);
}

int ctl_ignore(const Options *options, char **arguments) {
  return run(options, arguments, "mail's id", "settled without an answer", ignore);
}

int ctl_edit(const Options *options, char **arguments) {
  return run(options, arguments, "registration's id", "changed", desk_edit);
}

int ctl_cancel(const Options *options, char **arguments) {
  return run(options, arguments, "registration's id", "cancelled", cancel);
}
