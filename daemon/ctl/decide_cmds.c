/* decide_cmds - accept, ask, ignore, edit, cancel: what a person decides, done by the desk. */
#include <pwd.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ctl/ctl.h"
#include "daemon/desk/desk.h"

/* Who sat at the keyboard: behind sudo the person, not root. Asked before the store's owner is
 * become. */
static char *who_decides(void) {
  const char *name = g_getenv("SUDO_USER");
  if (name && *name && getuid() == 0 && g_str_is_ascii(name) && strlen(name) < 64)
    return g_strconcat("admin:", name, NULL);
  const struct passwd *entry = getpwuid(getuid());
  return entry ? g_strconcat("admin:", entry->pw_name, NULL)
               : g_strdup_printf("admin:%u", (guint)getuid());
}

/* "field=value" → StoreField; "field=" removes. NULL: told. */
static GPtrArray *read_changes(char **arguments) {
  g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
  for (; *arguments; arguments++) {
    const char *equals = strchr(*arguments, '=');
    if (!equals || equals == *arguments || !g_utf8_validate(*arguments, -1, NULL)) {
      ctl_fail(EX_USAGE, "'%s' is no change; write field=value (field= removes the value)",
               *arguments);
      return NULL;
    }
    g_autofree char *name = g_strndup(*arguments, (gsize)(equals - *arguments));
    g_ptr_array_add(changes, store_field_new(name, equals + 1));
  }
  return g_steal_pointer(&changes);
}

typedef struct {
  const char *what; /* the number is a message's or a registration's */
  gboolean (*with_changes)(const Desk *desk, guint64 id, const GPtrArray *changes, GError **error);
  gboolean (*plain)(const Desk *desk, guint64 id, GError **error);
} Act;

static int act_code(const GError *error) {
  if (error->domain != DESK_ERROR) return ctl_error(error);
  return ctl_fail(error->code == DESK_ERROR_NOT_FOUND ? EX_NOINPUT : EX_DATAERR, "%s",
                  error->message);
}

static int act_on(const Act *act, const Desk *desk, guint64 id, const GPtrArray *changes) {
  g_autoptr(GError) error = NULL;
  gboolean done =
      act->plain ? act->plain(desk, id, &error) : act->with_changes(desk, id, changes, &error);
  return done ? EX_OK : act_code(error);
}

/* An answer will be written: here every mistake of the configuration counts. */
static Config *whole_config(const Options *options, Replies **ret_replies, int *ret_code) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Config) config =
      config_load(options->config ? options->config : CTL_DEFAULT_CONFIG, problems);
  g_autoptr(Replies) replies = config ? replies_load(config, problems) : NULL;
  if (problems->len || !config) {
    *ret_code = ctl_problems(problems);
    return NULL;
  }
  *ret_replies = g_steal_pointer(&replies);
  return g_steal_pointer(&config);
}

static int run_act(const Options *options, char **arguments, const Act *act) {
  guint64 id = 0;
  int code = EX_OK;
  if (!ctl_number(arguments[0], act->what, &id)) return EX_USAGE;
  g_autoptr(GPtrArray) changes = read_changes(arguments + 1);
  if (!changes) return EX_USAGE;
  g_autofree char *who = who_decides();
  g_autoptr(Replies) replies = NULL;
  g_autoptr(Config) config = whole_config(options, &replies, &code);
  if (!config) return code;
  g_autoptr(Store) store = ctl_store(config, 0, &code);
  if (!store) return code;
  Desk desk = {.store = store, .config = config, .replies = replies, .who = who};
  return act_on(act, &desk, id, changes);
}

int ctl_accept(const Options *options, char **arguments) {
  static const Act act = {"message", desk_accept, NULL};
  return run_act(options, arguments, &act);
}

int ctl_ask(const Options *options, char **arguments) {
  static const Act act = {"message", NULL, desk_ask};
  return run_act(options, arguments, &act);
}

int ctl_ignore(const Options *options, char **arguments) {
  static const Act act = {"message", NULL, desk_ignore};
  return run_act(options, arguments, &act);
}

int ctl_edit(const Options *options, char **arguments) {
  static const Act act = {"registration", desk_edit, NULL};
  return run_act(options, arguments, &act);
}

int ctl_cancel(const Options *options, char **arguments) {
  static const Act act = {"registration", NULL, desk_cancel};
  return run_act(options, arguments, &act);
}
