/* hold - answers are held back and let go. */
#include <stdio.h>
#include <sysexits.h>

#include "daemon/ctl/at_desk.h"

/* One answer, or --all; not both. */
static gboolean which(const Options *options, char **arguments, const char *name, guint64 *ret_id) {
  *ret_id = 0;
  if (options->all && !arguments[0]) return TRUE;
  if (!options->all && arguments[0]) return ctl_number(arguments[0], "answer's id", ret_id);
  ctl_fail(EX_USAGE, "%s takes an answer's id (bulletinctl queue --outbox) or --all", name);
  return FALSE;
}

static int run(const Options *options, char **arguments, DeskVerb verb, const char *name,
               const char *told) {
  DeskAction action = {.verb = verb};
  if (!which(options, arguments, name, &action.id)) return EX_USAGE;
  AtDesk at;
  int code = EX_OK;
  g_autoptr(GError) error = NULL;
  if (at_desk_load(&at, options, &code) && at_desk_open(&at, &code) &&
      !desk_do(&at.desk, &action, &error))
    code = at_desk_error(error);
  at_desk_done(&at);
  if (code == EX_OK && action.id) printf("%" G_GUINT64_FORMAT ": %s\n", action.id, told);
  if (code == EX_OK && !action.id) printf("all: %s\n", told);
  return ctl_end_output(code);
}

int ctl_hold(const Options *options, char **arguments) {
  return run(options, arguments, DESK_HOLD, "hold", "held");
}

int ctl_release(const Options *options, char **arguments) {
  return run(options, arguments, DESK_RELEASE, "release", "released");
}
