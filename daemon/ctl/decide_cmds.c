/* decide_cmds - what a person decides: each command is one call of desk, told in one line.
 *
 * Whose name the history bears is found before the program becomes the store's owner. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/at_desk.h"

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

/* What was typed, as the parsers read it; NULL with an error. */
static GPtrArray *read_typed(const AtDesk *at, const DeskAction *action, GError **error) {
  g_autoptr(StoreTxn) txn = store_begin(at->store, FALSE, error);
  return txn ? desk_typed_read(at->reader, at->config, txn, action, error) : NULL;
}

static int decide_with(AtDesk *at, DeskAction *action) {
  int code = EX_OK;
  if (!at_desk_open(at, &code)) return code;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) typed = read_typed(at, action, &error);
  action->typed = typed;
  return typed && desk_do(&at->desk, action, &error) ? EX_OK : at_desk_error(error);
}

static int run(const Options *options, char **arguments, DeskVerb verb, const char *what,
               const char *told) {
  DeskAction action = {.verb = verb};
  if (!ctl_number(arguments[0], what, &action.id)) return EX_USAGE;
  g_autoptr(GPtrArray) changes = parse_changes(arguments + 1);
  if (!changes) return EX_USAGE;
  action.changes = changes;
  AtDesk at;
  int code = EX_OK;
  if (at_desk_load(&at, options, &code)) code = decide_with(&at, &action);
  at_desk_done(&at);
  if (code == EX_OK) printf("%" G_GUINT64_FORMAT ": %s\n", action.id, told);
  return ctl_end_output(code);
}

/* --- the commands ----------------------------------------------------------------------------- */

int ctl_accept(const Options *options, char **arguments) {
  return run(options, arguments, DESK_ACCEPT, "mail's id", "accepted");
}

int ctl_ask(const Options *options, char **arguments) {
  return run(options, arguments, DESK_ASK, "mail's id", "its sender is asked");
}

int ctl_ignore(const Options *options, char **arguments) {
  return run(options, arguments, DESK_IGNORE, "mail's id", "settled without an answer");
}

int ctl_edit(const Options *options, char **arguments) {
  return run(options, arguments, DESK_EDIT, "registration's id", "changed");
}

/* Scripts call it without a terminal: there nobody is asked. */
int ctl_cancel(const Options *options, char **arguments) {
  int code = EX_OK;
  if (at_desk_on_terminal() &&
      !at_desk_confirm(options, "Cancel the registration and tell the participant?", &code))
    return code;
  return run(options, arguments, DESK_CANCEL, "registration's id", "cancelled");
}
