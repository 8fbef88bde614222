/* merge - two registrations of one person become one. */
#include <stdio.h>
#include <sysexits.h>

#include "daemon/ctl/at_desk.h"

static gboolean merge(AtDesk *at, const Options *options, const DeskAction *action, int *ret_code) {
  g_autoptr(GError) error = NULL;
  if (!at_desk_open(at, ret_code)) return FALSE;
  g_autoptr(DeskPreview) preview = desk_preview(&at->desk, action, &error);
  if (!preview) {
    *ret_code = at_desk_error(error);
    return FALSE;
  }
  at_desk_show(preview);
  if (!at_desk_confirm(options, "Merge the two registrations?", ret_code)) return FALSE;
  if (desk_do(&at->desk, action, &error)) return TRUE;
  *ret_code = at_desk_error(error);
  return FALSE;
}

int ctl_merge(const Options *options, char **arguments) {
  DeskAction action = {.verb = DESK_MERGE};
  if (!ctl_number(arguments[0], "registration's id", &action.id) ||
      !ctl_number(arguments[1], "registration's id", &action.other))
    return EX_USAGE;
  int code = EX_OK;
  if (!at_desk_may_ask(options, "merge", &code)) return code;
  AtDesk at;
  gboolean done = at_desk_load(&at, options, &code) && merge(&at, options, &action, &code);
  at_desk_done(&at);
  if (done)
    printf("%" G_GUINT64_FORMAT ": registration %" G_GUINT64_FORMAT " is merged into it\n",
           action.id, action.other);
  return ctl_end_output(code);
}
