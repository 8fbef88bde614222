/* reply - a mail answered in a person's own words. */
#include <stdio.h>
#include <sysexits.h>

#include "daemon/ctl/at_desk.h"
#include "daemon/ctl/own_words.h"

/* On a terminal the mail is shown before it is sent. Elsewhere the call itself is the decision. */
static gboolean is_wanted(const AtDesk *at, const Options *options, const DeskAction *action,
                          int *ret_code) {
  if (options->yes || !at_desk_on_terminal()) return TRUE;
  g_autoptr(GError) error = NULL;
  g_autoptr(DeskPreview) preview = desk_preview(&at->desk, action, &error);
  if (!preview) {
    *ret_code = at_desk_error(error);
    return FALSE;
  }
  at_desk_show(preview);
  return at_desk_confirm(options, "Send this?", ret_code);
}

/* TRUE: done. FALSE: *ret_code says why not. */
static gboolean reply(AtDesk *at, const Options *options, const DeskAction *action, int *ret_code) {
  g_autoptr(GError) error = NULL;
  if (!at_desk_open(at, ret_code) || !is_wanted(at, options, action, ret_code)) return FALSE;
  if (desk_do(&at->desk, action, &error)) return TRUE;
  *ret_code = at_desk_error(error);
  return FALSE;
}

int ctl_reply(const Options *options, char **arguments) {
  DeskAction action = {.verb = DESK_REPLY, .settle = !options->wait};
  if (!ctl_number(arguments[0], "mail's id", &action.id)) return EX_USAGE;
  AtDesk at;
  int code = EX_OK;
  gboolean done = FALSE;
  g_autofree char *words = NULL;
  if (at_desk_load(&at, options, &code)) words = own_words_read(options->text_file, &code);
  action.own_text = words;
  if (words) done = reply(&at, options, &action, &code);
  at_desk_done(&at);
  if (done)
    printf("%" G_GUINT64_FORMAT ": answered in own words%s\n", action.id,
           options->wait ? ", it goes on waiting" : "");
  return ctl_end_output(code);
}
